//! `postwren mailboxes [N]`

use super::failure::Failure;
use super::mailbox::name_of;
use super::output;
use super::table::Table;
use crate::fl;
use crate::i18n::units;
use crate::service::Handle;
use crate::service::model::{MailboxView, Role};
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of this account only
    #[arg(value_name = "N")]
    account: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let all = handle.mailboxes(args.account.as_deref()).await?;
    if args.json {
        return output::json(&all.iter().map(to_json).collect::<Vec<_>>());
    }
    if all.is_empty() {
        output::remark(&fl!("cli-mailboxes-none"));
        return Ok(());
    }
    output::print(&render(&all, output::width()))
}

fn render(all: &[MailboxView], width: Option<usize>) -> String {
    let headings =
        vec![fl!("cli-column-unread"), fl!("cli-column-total"), fl!("cli-column-role"), fl!("cli-column-mailbox")];
    let mut table = Table::new(headings, &[0, 1]);
    for mailbox in all {
        let role = mailbox.role.map(word).unwrap_or_default().to_string();
        let counts =
            [mailbox.unread, mailbox.total].map(|n| if mailbox.selectable { units::count(n) } else { "-".into() });
        let [unread, total] = counts;
        table.row(vec![unread, total, role, name_of(mailbox)]);
    }
    table.render(width)
}

/// A role as scripts and settings write it.
fn word(role: Role) -> &'static str {
    match role {
        Role::Inbox => "inbox",
        Role::Drafts => "drafts",
        Role::Sent => "sent",
        Role::Archive => "archive",
        Role::Junk => "junk",
        Role::Trash => "trash",
        Role::All => "all",
        Role::Flagged => "flagged",
    }
}

fn to_json(mailbox: &MailboxView) -> Value {
    json!({
        "mailbox": name_of(mailbox),
        "account": mailbox.account,
        "path": mailbox.path,
        "role": mailbox.role,
        "selectable": mailbox.selectable,
        "unread": mailbox.unread,
        "total": mailbox.total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::model::{MailboxId, MailboxPath};

    fn mailbox(path: &str, role: Option<Role>, selectable: bool, unread: u64) -> MailboxView {
        let (id, account, total) = (MailboxId(1), "ada".to_string(), 48_203);
        MailboxView { id, account, path: MailboxPath(path.into()), role, selectable, unread, total, subscribed: true }
    }

    #[test]
    fn mailboxes_are_listed_with_their_counts() {
        let all = [mailbox("INBOX", Some(Role::Inbox), true, 12), mailbox("Lists", None, false, 0)];
        let expected = "UNREAD   TOTAL  ROLE   MAILBOX\n    \
                        12  48\u{202f}203  inbox  ada/INBOX\n     \
                         -       -         ada/Lists\n";
        assert_eq!(render(&all, None), expected);
        let json = to_json(&all[0]);
        assert_eq!(json["mailbox"], "ada/INBOX");
        assert_eq!((json["role"].as_str(), json["unread"].as_u64()), (Some("inbox"), Some(12)));
    }
}
