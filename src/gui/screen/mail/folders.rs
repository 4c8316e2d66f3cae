//! The folder tree as lines to show: accounts, their mailboxes with roles and nesting, counts.

use crate::fl;
use crate::gui::widget::icon::Icon;
use crate::service::ProblemKind;
use crate::service::model::{
    AccountView, Connection, LOCAL, MailboxId, MailboxPath, MailboxView, Protocol, Role, SavedSearchId, SecretSource,
    Security,
};

/// What the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    AllInboxes,
    Outbox,
    Mailbox(MailboxId),
    /// What a saved search finds.
    Saved(SavedSearchId),
}

/// A line of the sidebar.
#[derive(Clone, Debug)]
pub enum Entry {
    Account {
        name: String,
        /// What its heading says.
        title: String,
        collapsed: bool,
        pop3: bool,
        /// Its password lies in a file.
        secret_in_file: bool,
        /// It speaks in plain text, by the person's choice.
        plain: bool,
        failed: bool,
        /// There is no network: that is no failure of the account.
        offline: bool,
    },
    Mailbox {
        id: MailboxId,
        name: String,
        sign: Icon,
        depth: usize,
        unread: u64,
        selectable: bool,
        subscribed: bool,
        /// Whether others are inside it, and folded away.
        holds: bool,
        folded: bool,
    },
}

/// How the preferences name a folder that is folded.
pub fn fold_key(mailbox: &MailboxView) -> String {
    format!("{}/{}", mailbox.account, mailbox.path)
}

/// The lines of every account, in the service's order, and then those of Local Folders.
pub fn entries(
    accounts: &[AccountView],
    mailboxes: &[MailboxView],
    collapsed: &[String],
    folded: &[String],
) -> Vec<Entry> {
    let mut all = Vec::with_capacity(accounts.len() + mailboxes.len());
    for view in accounts {
        let account = &view.account;
        let is_collapsed = collapsed.contains(&account.name);
        let problem = match &view.connection {
            Connection::Failed { problem, .. } => Some(problem),
            _ => None,
        };
        all.push(Entry::Account {
            name: account.name.clone(),
            title: account.name.clone(),
            collapsed: is_collapsed,
            pop3: account.incoming.protocol == Protocol::Pop3,
            secret_in_file: account.secret == SecretSource::File,
            plain: account.incoming.security == Security::None || account.outgoing.security == Security::None,
            failed: problem.is_some_and(|problem| problem.kind != ProblemKind::Offline),
            offline: problem.is_some_and(|problem| problem.kind == ProblemKind::Offline),
        });
        if is_collapsed {
            continue;
        }
        all.extend(tree(mailboxes.iter().filter(|m| m.account == account.name).collect(), folded));
    }
    let local: Vec<&MailboxView> = mailboxes.iter().filter(|m| m.account == LOCAL).collect();
    if !local.is_empty() {
        all.push(local_heading(collapsed.iter().any(|name| name == LOCAL)));
        if !collapsed.iter().any(|name| name == LOCAL) {
            all.extend(tree(local, folded));
        }
    }
    all
}

fn local_heading(collapsed: bool) -> Entry {
    Entry::Account {
        name: LOCAL.into(),
        title: fl!("folder-local"),
        collapsed,
        pop3: false,
        secret_in_file: false,
        plain: false,
        failed: false,
        offline: false,
    }
}

/// The lines of one account's mailboxes.
fn tree(own: Vec<&MailboxView>, folded: &[String]) -> Vec<Entry> {
    let mut all = Vec::with_capacity(own.len());
    // A path sorts before all that is inside it.
    let mut hidden: Option<String> = None;
    for mailbox in &own {
        if hidden.as_ref().is_some_and(|above| mailbox.path.0.starts_with(above)) {
            continue;
        }
        let is_folded = folded.contains(&fold_key(mailbox));
        hidden = is_folded.then(|| format!("{}/", mailbox.path));
        let holds = own.iter().any(|other| other.path.parent().as_ref() == Some(&mailbox.path));
        all.push(Entry::Mailbox {
            id: mailbox.id,
            name: name(mailbox),
            sign: sign(mailbox.role, holds && !is_folded),
            depth: depth(mailbox, &own),
            // What is folded away still asks for attention.
            unread: shown_count(mailbox) + if is_folded { below(mailbox, &own) } else { 0 },
            selectable: mailbox.selectable,
            subscribed: mailbox.subscribed,
            holds: holds && mailbox.role != Some(Role::Inbox),
            folded: is_folded,
        });
    }
    all
}

/// Nesting below mailboxes that are listed too: a path without its parents is not indented.
fn depth(mailbox: &MailboxView, own: &[&MailboxView]) -> usize {
    let mut depth = 0;
    let mut path: Option<MailboxPath> = mailbox.path.parent();
    while let Some(parent) = path {
        if let Some(view) = own.iter().find(|other| other.path == parent)
            // Some servers keep every mailbox below INBOX: that says nothing to a person.
            && view.role != Some(Role::Inbox)
        {
            depth += 1;
        }
        path = parent.parent();
    }
    depth.min(8)
}

/// Drafts count what waits there; nothing counts in Sent and Trash; elsewhere it is the unread.
fn shown_count(mailbox: &MailboxView) -> u64 {
    match mailbox.role {
        Some(Role::Drafts) => mailbox.total,
        Some(Role::Sent | Role::Trash) => 0,
        _ => mailbox.unread,
    }
}

/// What the mailboxes inside this one count together.
fn below(mailbox: &MailboxView, own: &[&MailboxView]) -> u64 {
    let inside = own.iter().filter(|other| other.id != mailbox.id && other.path.is_within(&mailbox.path));
    inside.map(|other| shown_count(other)).sum()
}

/// The mailbox's name: that of its role in the person's language where it has one.
pub fn name(mailbox: &MailboxView) -> String {
    match mailbox.role {
        Some(Role::Inbox) => fl!("folder-inbox"),
        Some(Role::Drafts) => fl!("folder-drafts"),
        Some(Role::Sent) => fl!("folder-sent"),
        Some(Role::Archive) => fl!("folder-archive"),
        Some(Role::Junk) => fl!("folder-junk"),
        Some(Role::Trash) => fl!("folder-trash"),
        Some(Role::All) => fl!("folder-all"),
        Some(Role::Flagged) => fl!("folder-flagged"),
        None => mailbox.path.name().to_string(),
    }
}

/// The sign of a folder beside others of any account.
pub fn sign_of(role: Option<Role>) -> Icon {
    sign(role, false)
}

/// The sign of a folder: that of its role, else whether it stands open.
pub fn sign(role: Option<Role>, holds: bool) -> Icon {
    match role {
        Some(Role::Inbox) => Icon::Inbox,
        Some(Role::Drafts) => Icon::FilePenLine,
        Some(Role::Sent) => Icon::SendHorizontal,
        Some(Role::Archive) => Icon::Archive,
        Some(Role::Junk) => Icon::ShieldAlert,
        Some(Role::Trash) => Icon::Trash2,
        Some(Role::All) => Icon::Mails,
        Some(Role::Flagged) => Icon::Star,
        None if holds => Icon::FolderOpen,
        None => Icon::Folder,
    }
}

/// The mailboxes that messages can be moved to, whose name has the words of `filter`, with their accounts.
pub fn targets<'a>(mailboxes: &'a [MailboxView], accounts: &[&str], from: Place, filter: &str) -> Vec<&'a MailboxView> {
    let filter = filter.to_lowercase();
    let words: Vec<&str> = filter.split_whitespace().collect();
    let matches = |mailbox: &MailboxView| {
        let text = format!("{} {} {}", name(mailbox), mailbox.path, mailbox.account).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    // Local Folders are everybody's, and from there every account can be reached.
    let own = |m: &&MailboxView| {
        accounts.is_empty() || accounts == [LOCAL] || accounts.contains(&m.account.as_str()) || m.account == LOCAL
    };
    mailboxes.iter().filter(|m| m.selectable && Place::Mailbox(m.id) != from && own(m) && matches(m)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::screen::mail::fixtures::{account, mailbox};

    #[test]
    fn the_tree_is_indented_below_what_is_listed() {
        let mailboxes = [
            mailbox(1, "ada", "INBOX", Some(Role::Inbox)),
            mailbox(2, "ada", "Projects", None),
            mailbox(3, "ada", "Projects/Engine", None),
            mailbox(4, "ada", "INBOX/Lists", None),
            mailbox(5, "ada", "Lost/Found", None),
            mailbox(6, "eve", "INBOX", Some(Role::Inbox)),
        ];
        let lines = entries(&[account("ada"), account("eve")], &mailboxes, &["eve".into()], &[]);
        let depths: Vec<(i64, usize)> = lines
            .iter()
            .filter_map(|line| match line {
                Entry::Mailbox { id, depth, .. } => Some((id.0, *depth)),
                Entry::Account { .. } => None,
            })
            .collect();
        assert_eq!(depths, [(1, 0), (2, 0), (3, 1), (4, 0), (5, 0)], "eve is folded away");
        assert!(matches!(lines.last(), Some(Entry::Account { collapsed: true, .. })));
    }

    #[test]
    fn local_folders_come_last_and_only_where_there_are_any() {
        let ada = mailbox(1, "ada", "INBOX", Some(Role::Inbox));
        let names = |mailboxes: &[MailboxView]| -> Vec<String> {
            let line = |line| match line {
                Entry::Mailbox { name, .. } => name,
                Entry::Account { title, .. } => title,
            };
            entries(&[account("ada")], mailboxes, &[], &[]).into_iter().map(line).collect()
        };
        assert_eq!(names(std::slice::from_ref(&ada)), ["ada", "Inbox"]);
        let old = mailbox(2, LOCAL, "Old mail", None);
        assert_eq!(names(&[ada, old]), ["ada", "Inbox", "Local Folders", "Old mail"]);
    }

    #[test]
    fn counts_say_what_asks_for_attention() {
        let count = |role| shown_count(&MailboxView { unread: 3, total: 9, ..mailbox(1, "a", "x", role) });
        assert_eq!(count(Some(Role::Inbox)), 3);
        assert_eq!(count(Some(Role::Drafts)), 9);
        assert_eq!(count(Some(Role::Trash)), 0);
        assert_eq!(count(None), 3);
    }

    #[test]
    fn what_is_folded_away_is_counted_by_what_holds_it() {
        let mailboxes = [
            MailboxView { unread: 1, ..mailbox(1, "ada", "Projects", None) },
            MailboxView { unread: 3, ..mailbox(2, "ada", "Projects/Engine", None) },
            MailboxView { unread: 5, ..mailbox(3, "ada", "Projectors", None) },
        ];
        let counts = |folded: &[String]| -> Vec<(i64, u64)> {
            let lines = entries(&[account("ada")], &mailboxes, &[], folded);
            let count = |line: &Entry| match line {
                Entry::Mailbox { id, unread, .. } => Some((id.0, *unread)),
                Entry::Account { .. } => None,
            };
            lines.iter().filter_map(count).collect()
        };
        assert_eq!(counts(&[]), [(1, 1), (2, 3), (3, 5)]);
        assert_eq!(counts(&["ada/Projects".into()]), [(1, 4), (3, 5)]);
    }

    #[test]
    fn a_folder_is_found_by_the_words_of_its_path() {
        let mailboxes = [
            mailbox(1, "ada", "INBOX", Some(Role::Inbox)),
            mailbox(2, "ada", "Projects/Analytical Engine", None),
            mailbox(3, "ada", "Projects/Royal Society", None),
            MailboxView { selectable: false, ..mailbox(4, "ada", "Projects", None) },
        ];
        let found =
            |from, filter| -> Vec<i64> { targets(&mailboxes, &["ada"], from, filter).iter().map(|m| m.id.0).collect() };
        assert_eq!(found(Place::Mailbox(MailboxId(1)), ""), [2, 3]);
        assert_eq!(found(Place::AllInboxes, "engine PROJ"), [2]);
        assert_eq!(found(Place::AllInboxes, "nowhere"), Vec::<i64>::new());
        assert!(targets(&mailboxes, &["eve"], Place::AllInboxes, "").is_empty());
    }
}
