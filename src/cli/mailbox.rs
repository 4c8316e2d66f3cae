//! Mailboxes as the command line names them: `ACCOUNT/path`.

use crate::service::model::{MailboxPath, MailboxView};
use crate::service::{Handle, Problem};
use std::str::FromStr;

/// A mailbox's name on the command line. An account's name has no `/`, so the first one ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxName {
    pub account: String,
    pub path: MailboxPath,
}

impl FromStr for MailboxName {
    type Err = String;

    fn from_str(text: &str) -> Result<MailboxName, String> {
        match text.split_once('/') {
            Some((account, path)) if !account.is_empty() && !path.is_empty() => {
                let path = if path.eq_ignore_ascii_case("inbox") { "INBOX" } else { path };
                Ok(MailboxName { account: account.into(), path: MailboxPath(path.into()) })
            }
            _ => Err("a mailbox is named ACCOUNT/path, as `postwren mailboxes` lists them".into()),
        }
    }
}

impl std::fmt::Display for MailboxName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.account, self.path)
    }
}

/// A mailbox as it would be typed.
pub fn name_of(mailbox: &MailboxView) -> String {
    format!("{}/{}", mailbox.account, mailbox.path)
}

/// The mailbox with this name.
///
/// # Errors
/// `NotFound` with the name as it was typed.
pub async fn find(handle: &Handle, name: &MailboxName) -> Result<MailboxView, Problem> {
    let all = handle.mailboxes(Some(&name.account)).await?;
    all.into_iter().find(|mailbox| mailbox.path == name.path).ok_or_else(|| Problem::not_found(name.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_slash_ends_the_account() {
        let name: MailboxName = "ada@lovelace.example/Projects/Analytical Engine".parse().expect("a name");
        assert_eq!(
            (name.account.as_str(), name.path.0.as_str()),
            ("ada@lovelace.example", "Projects/Analytical Engine")
        );
        assert_eq!(name.to_string(), "ada@lovelace.example/Projects/Analytical Engine");
        assert_eq!("a/inbox".parse::<MailboxName>().expect("a name").path.0, "INBOX");
        for bad in ["", "ada", "/INBOX", "ada/"] {
            assert!(bad.parse::<MailboxName>().is_err(), "{bad}");
        }
    }
}
