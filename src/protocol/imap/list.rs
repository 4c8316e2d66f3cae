//! LIST: which mailboxes there are (RFC 3501, section 6.3.8; LIST-EXTENDED, RFC 5258;
//! SPECIAL-USE, RFC 6154; LIST-STATUS, RFC 5819).

use super::command::Command;
use super::dispatch::LONG;
use super::{MailboxName, Session, Status};
use crate::mail::mailbox::{MailboxPath, Role};
use crate::protocol::error::{Error, Result};
use async_imap::imap_proto::{MailboxDatum, MailboxListData, NameAttribute, Response};
use std::collections::{BTreeMap, BTreeSet};

/// More mailboxes than this are an error.
pub(super) const MAX_MAILBOXES: usize = 10_000;

/// One mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: MailboxName,
    pub path: MailboxPath,
    /// What separates levels in its name; none in a flat name.
    pub delimiter: Option<char>,
    /// By SPECIAL-USE, else by its name; each role at most once.
    pub role: Option<Role>,
    /// Whether it can hold messages; otherwise it is only a level above others.
    pub selectable: bool,
    /// Whether the person's mail programs shall show it.
    pub subscribed: bool,
    /// Where LIST-STATUS brought it along.
    pub status: Option<Status>,
}

/// The mailboxes of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub mailboxes: Vec<Listed>,
    /// Answers that could not be read: mailboxes may be missing above, and must not be taken for deleted.
    pub unreadable: u32,
}

impl Session {
    /// Every mailbox, by path, with its state where the server can tell it at once (LIST-STATUS).
    pub async fn list(&mut self) -> Result<Listing> {
        let mut options = Vec::new();
        let is_extended = self.capabilities.has("LIST-EXTENDED");
        if is_extended && self.capabilities.has("SPECIAL-USE") {
            options.push("SPECIAL-USE".to_string());
        }
        if is_extended {
            options.push("SUBSCRIBED".to_string());
        }
        if self.capabilities.has("LIST-STATUS") {
            options.push(format!("STATUS {}", self.status_items()));
        }
        let returned = if options.is_empty() { String::new() } else { format!(" RETURN ({})", options.join(" ")) };
        let mut found = BTreeMap::new();
        let mut states = BTreeMap::new();
        self.client.get_mut().take_unreadable_names();
        self.run_for(LONG, Command::new(format!("LIST \"\" \"*\"{returned}")), |reply| {
            match reply.parsed() {
                Response::MailboxData(MailboxDatum::List(data)) if found.len() <= MAX_MAILBOXES => {
                    found.insert(data.name.to_string(), listed(data));
                }
                Response::MailboxData(MailboxDatum::Status { mailbox, status }) if states.len() <= MAX_MAILBOXES => {
                    states.insert(mailbox.to_string(), Status::of(status));
                }
                Response::MailboxData(MailboxDatum::List(_) | MailboxDatum::Status { .. }) => {}
                _ => return false,
            }
            true
        })
        .await?;
        if found.len() > MAX_MAILBOXES {
            return Err(Error::TooLarge { what: "list of mailboxes", limit: MAX_MAILBOXES as u64 });
        }
        let mut mailboxes: Vec<Listed> = found.into_values().flatten().collect();
        let unreadable = self.client.get_mut().take_unreadable_names();
        // Where there is LIST-EXTENDED the list told it; a server that knows no subscriptions hides nothing.
        let subscribed = if is_extended { None } else { self.subscriptions().await? };
        for mailbox in &mut mailboxes {
            if !is_extended {
                mailbox.subscribed = subscribed.as_ref().is_none_or(|names| is_among(mailbox, names));
            }
            mailbox.status = states.get(&mailbox.name.0).copied();
        }
        assign_roles(&mut mailboxes);
        mailboxes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Listing { mailboxes, unreadable })
    }
}

/// One answer; none for a name that leads nowhere (`\NonExistent` without children is not a mailbox).
fn listed(data: &MailboxListData<'_>) -> Option<Listed> {
    let delimiter = data
        .delimiter
        .as_deref()
        .and_then(|d| d.strip_prefix('\\').filter(|d| !d.is_empty()).unwrap_or(d).chars().next());
    let name = MailboxName(data.name.to_string());
    let path = name.path(delimiter);
    let attributes: Vec<&str> = data.name_attributes.iter().map(spelling).collect();
    let has = |name: &str| attributes.iter().any(|a| a.eq_ignore_ascii_case(name));
    let role =
        if path.is_inbox() { Some(Role::Inbox) } else { attributes.iter().find_map(|a| Role::from_special_use(a)) };
    let selectable = !has("\\Noselect") && !has("\\NonExistent");
    let subscribed = has("\\Subscribed");
    (!data.name.is_empty()).then_some(Listed { name, path, delimiter, role, selectable, subscribed, status: None })
}

/// `INBOX` in any case is one name.
fn is_among(mailbox: &Listed, names: &BTreeSet<String>) -> bool {
    names.contains(&mailbox.name.0)
        || mailbox.path.is_inbox() && names.iter().any(|name| name.eq_ignore_ascii_case("INBOX"))
}

fn spelling<'a>(attribute: &'a NameAttribute<'_>) -> &'a str {
    match attribute {
        NameAttribute::NoSelect => "\\Noselect",
        NameAttribute::All => "\\All",
        NameAttribute::Archive => "\\Archive",
        NameAttribute::Drafts => "\\Drafts",
        NameAttribute::Flagged => "\\Flagged",
        NameAttribute::Junk => "\\Junk",
        NameAttribute::Sent => "\\Sent",
        NameAttribute::Trash => "\\Trash",
        NameAttribute::Extension(name) => name,
        _ => "",
    }
}

/// Each role once: the first that claims it by attribute, else the first so named, at the top or below INBOX.
fn assign_roles(mailboxes: &mut [Listed]) {
    mailboxes.sort_by(|a, b| (a.path.depth(), &a.path).cmp(&(b.path.depth(), &b.path)));
    let mut taken = BTreeSet::new();
    for mailbox in mailboxes.iter_mut() {
        mailbox.role = mailbox.role.filter(|role| mailbox.selectable && taken.insert(*role));
    }
    for mailbox in mailboxes.iter_mut().filter(|m| m.selectable && m.role.is_none()) {
        let near = mailbox.path.depth() == 0 || mailbox.path.parent().is_some_and(|p| p.is_inbox());
        let guess = Role::from_name(mailbox.path.name()).filter(|_| near);
        mailbox.role = guess.filter(|role| taken.insert(*role));
    }
}
