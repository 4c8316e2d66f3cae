//! The account's list of mailboxes: what the server has, made here; what it no longer has, taken away.

use super::line::Line;
use super::renames;
use super::worker::Worker;
use crate::mail::ids::MailboxId;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::protocol::imap::{Listed, Status};
use crate::service::Mode;
use crate::service::dispatch::follow_watched;
use crate::service::event::Event;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{Error, MailboxMeta, OpKind, Operation, StoredMailbox};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::Ordering;

/// A mailbox to be synchronised, with what the server said of it along with the list.
pub(super) struct Target {
    pub stored: StoredMailbox,
    pub status: Option<Status>,
    /// The server has it no longer, and it is kept here until the person agrees that it goes.
    pub held: Option<Problem>,
}

/// Mailboxes that vanish with no more messages than this are taken away without asking; their files are kept in
/// any case.
const MOST_UNASKED: u64 = 50;

/// What is watched stays so under other names. Other settings begin the account's tasks anew, and whoever calls this
/// is one of them: a round that somebody waits for is brought to its end first.
fn follow(worker: &Worker, watched: Vec<(MailboxId, MailboxPath)>) {
    if worker.shared.mode == Mode::Batch {
        worker.state.memory().watched.extend(watched);
        return;
    }
    let shared = worker.shared.clone();
    worker.shared.spawn(async move {
        if let Err(problem) = follow_watched(&shared, watched).await {
            tracing::warn!(%problem, "renamed mailboxes are no longer watched");
        }
    });
}

/// Brings the list in step. The targets come in the order in which they matter: Inbox, roles, names.
///
/// What waits for the server is what the person wants: a mailbox that was renamed here is known by the server's old
/// name until it is renamed there, and one that is to be deleted is left alone.
pub(super) async fn refresh(worker: &Worker, line: &mut Line) -> Result<Vec<Target>> {
    let mut listing = line.session.list().await.map_err(|e| line.problem(e))?;
    let account = worker.account().to_string();
    let name = account.clone();
    let before = worker.shared.db(move |store| store.mailboxes(Some(&name))).await?;
    renames::tell_states(line, &before, &mut listing.mailboxes).await?;
    // Every account has an Inbox: a list without it has lost something.
    let complete = listing.unreadable == 0 && listing.mailboxes.iter().any(|m| m.path.is_inbox());
    let accepted = worker.state.accept_removals.load(Ordering::Relaxed);
    let (stored, listed, doomed, held, changed) = worker
        .shared
        .change(move |store| {
            let pending = store.operations().pending(Some(&account))?;
            let mut changed = complete && renames::follow(store, &account, &pending, &listing.mailboxes)?;
            let before = store.mailboxes(Some(&account))?;
            let wishes = Wishes::of(&pending);
            let states: BTreeMap<MailboxPath, Option<Status>> =
                listing.mailboxes.iter().map(|m| (wishes.path(&before, m), m.status)).collect();
            let metas: Vec<MailboxMeta> =
                listing.mailboxes.into_iter().map(|listed| wishes.meta(&before, listed)).collect();
            let known: BTreeMap<&MailboxPath, &StoredMailbox> = before.iter().map(|m| (&m.meta.path, m)).collect();
            let other = metas.iter().filter(|meta| known.get(&meta.path).is_none_or(|m| m.meta != **meta));
            let validity = |path| states.get(path).copied().flatten().and_then(|s| s.uid_validity);
            let other: Vec<_> = other.map(|meta| (meta.clone(), validity(&meta.path))).collect();
            changed |= !other.is_empty();
            store.ensure_mailboxes(&account, &other)?;
            let mut held = BTreeMap::new();
            if complete {
                let vanished = vanished(&before, &metas, &pending);
                if accepted || vanished.iter().map(|m| m.total).sum::<u64>() <= MOST_UNASKED {
                    changed |= remove_vanished(store, vanished)?;
                } else {
                    held.extend(vanished.into_iter().filter(|m| m.total > 0).map(|m| (m.id, hold(m))));
                }
            }
            Ok((store.mailboxes(Some(&account))?, states, wishes.doomed, held, changed))
        })
        .await?;
    if changed {
        worker.shared.emit(Event::Mailboxes { account: worker.account().to_string() });
        let pinned = &worker.state.account.pinned;
        let watched: Vec<(MailboxId, MailboxPath)> =
            before.into_iter().filter(|m| pinned.contains(&m.meta.path)).map(|m| (m.id, m.meta.path)).collect();
        follow(worker, watched);
    }
    let mut targets: Vec<Target> = stored
        .into_iter()
        .filter(|m| m.meta.selectable && !doomed.contains(&m.id))
        .filter(|m| listed.contains_key(&m.meta.path) || held.contains_key(&m.id))
        .map(|stored| Target {
            status: listed.get(&stored.meta.path).copied().flatten(),
            held: held.get(&stored.id).cloned(),
            stored,
        })
        .collect();
    targets.sort_by_key(|t| order(&t.stored));
    Ok(targets)
}

/// What waits to be told to the server of its mailboxes.
#[derive(Default)]
struct Wishes {
    renamed: HashSet<MailboxId>,
    doomed: HashSet<MailboxId>,
    subscribed: HashMap<MailboxPath, bool>,
}

impl Wishes {
    fn of(pending: &[Operation]) -> Wishes {
        let mut wishes = Wishes::default();
        for operation in pending {
            match &operation.kind {
                OpKind::RenameMailbox { mailbox, .. } => drop(wishes.renamed.insert(*mailbox)),
                OpKind::DeleteMailbox { mailbox, .. } => drop(wishes.doomed.insert(*mailbox)),
                OpKind::Subscribe { path, subscribed } => {
                    wishes.subscribed.insert(path.clone(), *subscribed);
                }
                _ => {}
            }
        }
        wishes
    }

    /// The path here of a mailbox that the server lists: while it or one above it waits to be renamed, that of the
    /// mailbox that has its name.
    fn path(&self, stored: &[StoredMailbox], listed: &Listed) -> MailboxPath {
        if self.renamed.is_empty() {
            return listed.path.clone();
        }
        let same = stored.iter().find(|m| m.meta.server_name == listed.name.0);
        let above = |m: &StoredMailbox| {
            stored.iter().any(|r| self.renamed.contains(&r.id) && m.meta.path.is_within(&r.meta.path))
        };
        same.filter(|m| above(m)).map_or_else(|| listed.path.clone(), |m| m.meta.path.clone())
    }

    fn meta(&self, stored: &[StoredMailbox], listed: Listed) -> MailboxMeta {
        let path = self.path(stored, &listed);
        let Listed { name, delimiter, role, selectable, subscribed, .. } = listed;
        let subscribed = self.subscribed.get(&path).copied().unwrap_or(subscribed);
        MailboxMeta { path, server_name: name.0, delimiter, role, selectable, subscribed }
    }
}

/// What the server no longer has; whatever is still to be done there keeps a mailbox.
fn vanished<'a>(before: &'a [StoredMailbox], listed: &[MailboxMeta], pending: &[Operation]) -> Vec<&'a StoredMailbox> {
    let listed: HashSet<&MailboxPath> = listed.iter().map(|m| &m.path).collect();
    let needed: BTreeSet<&MailboxPath> = pending.iter().flat_map(|op| op.kind.paths()).collect();
    before.iter().filter(|m| !listed.contains(&m.meta.path) && !needed.contains(&m.meta.path)).collect()
}

/// What the person is asked of a mailbox that vanished with its mail.
fn hold(mailbox: &StoredMailbox) -> Problem {
    let path = mailbox.meta.path.to_string();
    let kind = ProblemKind::Held { mailbox: path, removals: mailbox.total, total: mailbox.total };
    Problem::new(kind, "the server lists it no longer; nothing was removed").of(&mailbox.account)
}

/// Takes mailboxes away; those with mail that no server has stay.
fn remove_vanished(store: &crate::storage::Store, vanished: Vec<&StoredMailbox>) -> crate::storage::Result<bool> {
    let mut changed = false;
    // Deepest first: a mailbox above others goes when they have gone.
    for mailbox in vanished.into_iter().rev() {
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

/// Inbox, then roles as they are listed in the sidebar, then names.
pub(in crate::service) fn order(mailbox: &StoredMailbox) -> (u8, Option<Role>, MailboxPath) {
    let rank = match mailbox.meta.role {
        Some(Role::Inbox) => 0,
        Some(_) => 1,
        None => 2,
    };
    (rank, mailbox.meta.role, mailbox.meta.path.clone())
}
