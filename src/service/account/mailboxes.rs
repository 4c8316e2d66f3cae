//! The account's list of mailboxes: what the server has, made here; what it no longer has, taken away.

use super::line::Line;
use super::worker::Worker;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::protocol::imap::{Listed, Status};
use crate::service::event::Event;
use crate::service::state::Result;
use crate::storage::{Error, MailboxMeta, OpKind, StoredMailbox};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A mailbox to be synchronised, with what the server said of it along with the list.
pub(super) struct Target {
    pub stored: StoredMailbox,
    pub status: Option<Status>,
}

/// Brings the list in step. The targets come in the order in which they matter: Inbox, roles, names.
pub(super) async fn refresh(worker: &Worker, line: &mut Line) -> Result<Vec<Target>> {
    let listing = line.session.list().await.map_err(|e| line.problem(e))?;
    let complete = listing.unreadable == 0 && !listing.mailboxes.is_empty();
    let states: BTreeMap<MailboxPath, Option<Status>> =
        listing.mailboxes.iter().map(|m| (m.path.clone(), m.status)).collect();
    let metas: Vec<MailboxMeta> = listing.mailboxes.into_iter().map(meta).collect();
    let account = worker.account().to_string();
    let (stored, changed) = worker
        .shared
        .db(move |store| {
            let before = store.mailboxes(Some(&account))?;
            let known: BTreeMap<&MailboxPath, &StoredMailbox> = before.iter().map(|m| (&m.meta.path, m)).collect();
            let mut changed = false;
            for meta in &metas {
                if known.get(&meta.path).is_none_or(|m| m.meta != *meta) {
                    store.ensure_mailbox(&account, meta)?;
                    changed = true;
                }
            }
            if complete {
                changed |= remove_vanished(store, &account, &before, &metas)?;
            }
            Ok((store.mailboxes(Some(&account))?, changed))
        })
        .await?;
    if changed {
        worker.shared.emit(Event::Mailboxes { account: worker.account().to_string() });
    }
    let mut targets: Vec<Target> = stored
        .into_iter()
        .filter(|m| m.meta.selectable && states.contains_key(&m.meta.path))
        .map(|stored| Target { status: states.get(&stored.meta.path).copied().flatten(), stored })
        .collect();
    targets.sort_by_key(|t| order(&t.stored));
    Ok(targets)
}

/// Takes away what the server no longer has; whatever is still to be done there keeps a mailbox.
fn remove_vanished(
    store: &crate::storage::Store,
    account: &str,
    before: &[StoredMailbox],
    listed: &[MailboxMeta],
) -> crate::storage::Result<bool> {
    let listed: HashSet<&MailboxPath> = listed.iter().map(|m| &m.path).collect();
    let vanished: Vec<&StoredMailbox> = before.iter().filter(|m| !listed.contains(&m.meta.path)).collect();
    if vanished.is_empty() {
        return Ok(false);
    }
    let pending = store.operations().pending(Some(account))?;
    let needed: BTreeSet<&MailboxPath> = pending.iter().flat_map(|op| paths_of(&op.kind)).collect();
    let mut changed = false;
    // Deepest first: a mailbox above others goes when they have gone.
    for mailbox in vanished.into_iter().rev().filter(|m| !needed.contains(&m.meta.path)) {
        match store.remove_mailbox(mailbox.id) {
            Ok(()) => changed = true,
            Err(error @ (Error::LocalOnly { .. } | Error::Missing { .. })) => {
                tracing::info!(mailbox = %mailbox.meta.path, %error, "kept, though the server has it no longer");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(changed)
}

/// The mailboxes that an operation needs.
pub(super) fn paths_of(kind: &OpKind) -> Vec<&MailboxPath> {
    match kind {
        OpKind::SetFlags { mailbox, .. } | OpKind::Expunge { mailbox, .. } | OpKind::Append { mailbox, .. } => {
            vec![mailbox]
        }
        OpKind::Move { from, to, .. } | OpKind::Copy { from, to, .. } => vec![from, to],
        OpKind::CreateMailbox { path } => vec![path],
    }
}

fn meta(listed: Listed) -> MailboxMeta {
    let Listed { name, path, delimiter, role, selectable, subscribed, status: _ } = listed;
    MailboxMeta { path, server_name: name.0, delimiter, role, selectable, subscribed }
}

/// Inbox, then roles as they are listed in the sidebar, then names.
pub(in crate::service) fn order(mailbox: &StoredMailbox) -> (u8, Option<Role>, MailboxPath) {
    let rank = match mailbox.meta.role {
        Some(Role::Inbox) => 0,
        Some(_) => 1,
        None => 2,
    };
    (rank, mailbox.meta.role, mailbox.meta.path.clone())
}
