//! An account whose mail comes by POP3. Its mailboxes are here alone; the ledger remembers of every
//! message on the server whether it is here and when it shall go from there.
//!
//! ```text
//!   identity    which message is which: UIDL and header hash together
//!   landmark    a whole maildrop known again by its sizes and its last message, where nothing else is to be had
//!   fetch       from the server to the disk, into the ledger batch by batch
//!   removal     DELE of what may go
//!   header      the hash
//! ```
//!
//! Nothing is deleted on the server that is not durable here and was read back equal, whose header was not seen in
//! this very session to be the one that is here, or that was fetched while the person wanted mail to stay there.

mod fetch;
mod header;
mod identity;
mod landmark;
mod removal;

use super::worker::Worker;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::Role;
use crate::protocol::Error;
use crate::protocol::pop3::Session;
use crate::service::connecting::{Access, ready};
use crate::service::event::Event;
use crate::service::model::{Connection, SyncSummary};
use crate::service::problem_from::of_protocol;
use crate::service::state::{Result, locked};
use crate::service::submission::role_mailbox;
use crate::storage::{LedgerEntry, OpKind, Store};
use identity::{Listed, Maildrop};
use std::collections::{BTreeMap, HashMap, HashSet};

const DAY: i64 = 24 * 60 * 60;
/// Messages that are deleted together.
const BATCH: usize = 1000;

/// What is known of an account's messages, by their keys.
type Ledger = BTreeMap<String, LedgerEntry>;

/// Receives what is new, and removes from the server what may go.
pub(super) async fn round(worker: &Worker, summary: &mut SyncSummary) -> Result<()> {
    local_operations(worker, summary).await?;
    let mut session = connect(worker).await?;
    worker.shared.set_connection(&worker.state, Connection::Synchronising);
    let problem = |error: Error| of_protocol(error, &worker.state.account.incoming);
    let there = listed(&mut session).await.map_err(problem)?;
    let account = worker.account().to_string();
    let (entries, inbox) = worker
        .shared
        .db(move |store| {
            let inbox = role_mailbox(store, &account, Role::Inbox, false)?.0;
            Ok((store.ledger().entries(&account)?, inbox))
        })
        .await?;
    let mut ledger: Ledger = entries.into_iter().map(|e| (e.uidl.clone(), e)).collect();
    removal::bound(worker, &mut ledger).await?;
    let mut maildrop = Maildrop::new(there, &ledger, worker.shared.now());
    maildrop.look(&mut session, &ledger, worker.shared.now()).await.map_err(problem)?;
    let fetched = fetch::fetch(worker, &mut session, &inbox, &mut maildrop, &ledger).await?;
    summary.received = summary.received.saturating_add(fetched.entries.len() as u64);
    let known = maildrop.changes(&ledger);
    remember(worker, &mut ledger, known).await?;
    ledger.extend(fetched.entries.into_iter().map(|e| (e.uidl.clone(), e)));
    match fetched.trouble {
        Some(error) if !error.leaves_connection_usable() => return Err(problem(error)),
        _ => {}
    }
    let removed = removal::remove_due(worker, session, &maildrop, &ledger).await?;
    landmark::set(worker, &maildrop, &ledger, removed || fetched.trouble.is_some()).await?;
    fetched.trouble.map_or(Ok(()), |error| Err(problem(error)))
}

async fn connect(worker: &Worker) -> Result<Session> {
    let account = &worker.state.account;
    let Access { credentials, route } = Access::of(&worker.shared, account).await?;
    let connecting = Session::connect(&account.incoming, &route, &credentials, &worker.state.transcript);
    ready(&worker.shared, &worker.state, &account.incoming, connecting).await
}

/// Every message with what UIDL and LIST say of it. One that UIDL leaves out has no id.
async fn listed(session: &mut Session) -> crate::protocol::Result<Vec<Listed>> {
    let ids: BTreeMap<u32, String> = match session.uidl().await {
        Ok(ids) => ids.into_iter().collect(),
        Err(Error::Unsupported(_)) => BTreeMap::new(),
        Err(error) => return Err(error),
    };
    let sizes: HashMap<u32, u64> = match session.list().await {
        Ok(sizes) => sizes.into_iter().collect(),
        Err(error) if error.leaves_connection_usable() && !ids.is_empty() => HashMap::new(),
        Err(error) => return Err(error),
    };
    let mut numbers: Vec<u32> = ids.keys().chain(sizes.keys()).copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let listed = |number: u32| Listed {
        number,
        uidl: ids.get(&number).cloned().unwrap_or_default(),
        size: sizes.get(&number).copied(),
    };
    Ok(numbers.into_iter().map(listed).collect())
}

/// Sets entries of the ledger, on the disk too.
async fn remember(worker: &Worker, ledger: &mut Ledger, entries: Vec<LedgerEntry>) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    ledger.extend(entries.iter().map(|e| (e.uidl.clone(), e.clone())));
    let account = worker.account().to_string();
    worker.shared.db(move |store| store.ledger().set(&account, &entries)).await
}

/// What is queued of an account without mailboxes on a server: deletions for good that can no longer be taken
/// back. When the next is due.
pub(in crate::service) async fn local_operations(worker: &Worker, summary: &mut SyncSummary) -> Result<Option<i64>> {
    let (state, now) = (worker.state.clone(), worker.shared.now());
    let (done, next, touched) = worker
        .shared
        .change(move |store| {
            // Undo looks here whether it may still cancel.
            let _in_flight = locked(&state.in_flight);
            let (mut done, mut next, mut touched) = (Vec::new(), None::<i64>, HashSet::new());
            let (mut dropped, mut mailboxes) = (Vec::new(), Vec::new());
            for operation in store.operations().pending(Some(state.name()))? {
                if operation.not_before > now {
                    next = Some(next.map_or(operation.not_before, |n| n.min(operation.not_before)));
                    continue;
                }
                match operation.kind {
                    OpKind::Expunge { message, .. } => {
                        touched.extend(store.locate(message)?.map(|l| l.mailbox));
                        dropped.push(message);
                    }
                    OpKind::DeleteMailbox { mailbox, for_good, .. } => {
                        mailboxes.push((mailbox, for_good));
                        touched.insert(mailbox);
                    }
                    _ => {}
                }
                done.push(operation.id);
            }
            dropped.chunks(BATCH).try_for_each(|ids| store.drop_held(ids))?;
            mailboxes.into_iter().try_for_each(|(mailbox, for_good)| remove_mailbox(store, mailbox, for_good))?;
            if !done.is_empty() {
                store.operations().cancel_all(&done)?;
            }
            let done = done.len() as u64;
            Ok((done, next, touched))
        })
        .await?;
    summary.operations = summary.operations.saturating_add(done);
    if done > 0 {
        let account = worker.account().to_string();
        worker.shared.emit(Event::Mailboxes { account: account.clone() });
        worker.shared.emit(Event::Queue { account });
    }
    touched.into_iter().for_each(|id| worker.shared.emit(Event::Mailbox { id }));
    Ok(next)
}

/// Deletes a mailbox of the person's own, as far as what is in it is to go, too; else it stays and is shown again.
fn remove_mailbox(store: &Store, mailbox: MailboxId, for_good: bool) -> crate::storage::Result<()> {
    if store.mailbox(mailbox)?.is_none() {
        return Ok(());
    }
    if for_good {
        let all: Vec<MessageId> = store.known(mailbox)?.into_iter().map(|known| known.id).collect();
        store.hold(&all)?;
        store.drop_held(&all)?;
    }
    match store.remove_mailbox(mailbox) {
        Err(error @ crate::storage::Error::LocalOnly { .. }) => {
            tracing::info!(%error, "the mailbox is kept");
            Ok(())
        }
        result => result,
    }
}
