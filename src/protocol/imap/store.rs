//! STORE: flags (RFC 3501, section 6.4.6).

use super::command::Command;
use super::dispatch::LONG;
use super::{Session, UidSet};
use crate::mail::flags::Flags;
use crate::mail::keywords::is_keyword;
use crate::protocol::error::Result;

impl Session {
    /// Adds flags and keywords to messages of the selected mailbox. Messages that are gone are no error.
    pub async fn add_flags(&mut self, set: &UidSet, flags: Flags, keywords: &[String]) -> Result<()> {
        self.store(set, '+', flags, keywords).await
    }

    /// Takes flags and keywords from messages of the selected mailbox.
    pub async fn remove_flags(&mut self, set: &UidSet, flags: Flags, keywords: &[String]) -> Result<()> {
        self.store(set, '-', flags, keywords).await
    }

    async fn store(&mut self, set: &UidSet, sign: char, flags: Flags, keywords: &[String]) -> Result<()> {
        let names = flag_list(flags, keywords);
        if names.is_empty() {
            return Ok(());
        }
        for piece in set.pieces() {
            let command = Command::new(format!("UID STORE {piece} {sign}FLAGS.SILENT ({names})"));
            self.run_for(LONG, command, |_| false).await?;
        }
        Ok(())
    }
}

/// Flags and keywords as they stand between parentheses. What cannot be a keyword never reaches the wire.
pub(super) fn flag_list(flags: Flags, keywords: &[String]) -> String {
    let keywords = keywords.iter().map(String::as_str).filter(|name| is_keyword(name));
    flags.to_imap().into_iter().chain(keywords).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_cannot_carry_a_command() {
        let words = ["$Junk", "a) \r\nP2 LOGOUT", "Work"].map(String::from);
        assert_eq!(flag_list(Flags::SEEN, &words), "\\Seen $Junk Work");
    }
}
