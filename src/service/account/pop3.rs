//! An account whose mail comes by POP3. Its mailboxes are here alone; the ledger remembers of every
//! message on the server, by its UIDL, whether it is here and when it shall go from there.
//!
//! Nothing is deleted on the server that is not durable here and was read back equal, and nothing
//! that was fetched while the person wanted mail to stay there.

use super::worker::Worker;
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::Role;
use crate::protocol::Error;
use crate::protocol::pop3::{Body, RetrievePlan, Retrieved, Session};
use crate::service::connecting::{Access, ready};
use crate::service::event::Event;
use crate::service::model::{Connection, Pop3Keep, SyncSummary};
use crate::service::problem::Problem;
use crate::service::problem_from::of_protocol;
use crate::service::receive::{Receiving, Stored};
use crate::service::state::{Result, locked};
use crate::service::submission::role_mailbox;
use crate::storage::{Incoming, IncomingBody, LedgerEntry, LedgerState, OpKind, Store, StoredMailbox};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// Commands under way at once.
const WINDOW: usize = 8;
/// Messages between network and disk.
const CHANNEL: usize = 64;
const DAY: i64 = 24 * 60 * 60;

/// Receives what is new, and removes from the server what may go.
pub(super) async fn round(worker: &Worker, summary: &mut SyncSummary) -> Result<()> {
    local_operations(worker, summary).await?;
    let endpoint = &worker.state.account.incoming;
    let mut session = connect(worker).await?;
    worker.shared.set_connection(&worker.state, Connection::Synchronising);
    let problem = |error: Error| of_protocol(error, endpoint);
    let there = session.uidl().await.map_err(problem)?;
    let sizes: HashMap<u32, u64> = match session.list().await {
        Ok(sizes) => sizes.into_iter().collect(),
        Err(error) if error.leaves_connection_usable() => HashMap::new(),
        Err(error) => return Err(problem(error)),
    };
    let account = worker.account().to_string();
    let (ledger, inbox) = worker
        .shared
        .db(move |store| {
            let inbox = role_mailbox(store, &account, Role::Inbox, false)?.0;
            Ok((store.ledger().entries(&account)?, inbox))
        })
        .await?;
    let mut ledger: BTreeMap<String, LedgerEntry> = ledger.into_iter().map(|e| (e.uidl.clone(), e)).collect();
    let reused = reused(worker, &mut session, &there, &ledger).await?;
    let mut seen = HashSet::new();
    let new: Vec<(u32, String)> = there
        .iter()
        .filter(|(_, uidl)| reused.contains(uidl) || is_new(ledger.get(uidl)))
        // Twins of one UIDL are one message (RFC 1939, section 7).
        .filter(|(_, uidl)| seen.insert(uidl.clone()))
        .cloned()
        .collect();
    let fetched = fetch(worker, &mut session, &inbox, new, &sizes).await;
    let (entries, trouble) = fetched?;
    summary.received = summary.received.saturating_add(entries.len() as u64);
    ledger.extend(entries.into_iter().map(|e| (e.uidl.clone(), e)));
    match trouble {
        Some(error) if !error.leaves_connection_usable() => return Err(problem(error)),
        _ => {}
    }
    remove_due(worker, session, &there, &ledger).await?;
    trouble.map_or(Ok(()), |error| Err(problem(error)))
}

async fn connect(worker: &Worker) -> Result<Session> {
    let account = &worker.state.account;
    let Access { credentials, route } = Access::of(&worker.shared, account).await?;
    let connecting = Session::connect(&account.incoming, &route, &credentials, &worker.state.transcript);
    ready(&worker.shared, &worker.state, &account.incoming, connecting).await
}

fn is_new(entry: Option<&LedgerEntry>) -> bool {
    entry.is_none_or(|entry| entry.state == LedgerState::Known)
}

/// Due for removal, at this time.
fn is_due(entry: &LedgerEntry, now: i64) -> bool {
    matches!(entry.state, LedgerState::RemoveAt(at) if at <= now)
}

/// UIDLs that the server has given to another message meanwhile: asked only of those that are about to be
/// removed or should be gone, where a mistake would lose mail.
async fn reused(
    worker: &Worker,
    session: &mut Session,
    there: &[(u32, String)],
    ledger: &BTreeMap<String, LedgerEntry>,
) -> Result<HashSet<String>> {
    let now = worker.shared.now();
    let mut reused = HashSet::new();
    for (number, uidl) in there {
        let Some(entry) = ledger.get(uidl).filter(|e| is_due(e, now) || e.state == LedgerState::Removed) else {
            continue;
        };
        let Some(known) = &entry.header_hash else { continue };
        match session.top(*number, 0).await {
            Ok(header) if header_hash(&header) == *known => {}
            Ok(_) => drop(reused.insert(uidl.clone())),
            // Without TOP it cannot be told; what was there once has gone, so this is another.
            Err(Error::Unsupported(_)) if entry.state == LedgerState::Removed => drop(reused.insert(uidl.clone())),
            Err(error) if error.leaves_connection_usable() => {}
            Err(error) => return Err(of_protocol(error, &worker.state.account.incoming)),
        }
    }
    Ok(reused)
}

/// What is remembered of a message on its way to the disk.
struct Mark {
    uidl: String,
    header_hash: String,
    hash: [u8; 32],
}

/// Fetches and stores; the ledger's new entries, and what ended it early.
async fn fetch(
    worker: &Worker,
    session: &mut Session,
    inbox: &StoredMailbox,
    new: Vec<(u32, String)>,
    sizes: &HashMap<u32, u64>,
) -> Result<(Vec<LedgerEntry>, Option<Error>)> {
    if new.is_empty() {
        return Ok((Vec::new(), None));
    }
    let id = inbox.id;
    let spool = worker.shared.db(move |store| Ok(store.scratch(id)?.path().parent().map(Path::to_path_buf))).await?;
    let spool: PathBuf = spool.unwrap_or_else(std::env::temp_dir);
    let receiving = Receiving {
        shared: worker.shared.clone(),
        state: worker.state.clone(),
        mailbox: id,
        path: inbox.meta.path.clone(),
        total: new.len() as u64,
    };
    let uidls: HashMap<u32, String> = new.iter().cloned().collect();
    // The newest have the highest numbers.
    let numbers: Vec<(u32, Option<u64>)> = new.iter().rev().map(|(n, _)| (*n, sizes.get(n).copied())).collect();
    let (to_disk, from_network) = mpsc::channel(CHANNEL);
    let (to, mut from) = mpsc::channel::<Retrieved>(CHANNEL);
    let (to_ledger, mut stored) = mpsc::unbounded_channel::<Stored<Mark>>();
    let plan = RetrievePlan { window: WINDOW, spool: &spool };
    let retrieving = async move {
        let result = session.retrieve(numbers, plan, &to).await;
        drop(to);
        result
    };
    let mut refusal = None;
    let now = worker.shared.now();
    let converting = async {
        while let Some(Retrieved { number, body }) = from.recv().await {
            let Some(uidl) = uidls.get(&number).cloned() else { continue };
            let converted = tokio::task::spawn_blocking(move || convert(uidl, body, now)).await;
            match converted.unwrap_or_else(|e| Err(Error::Io(std::io::Error::other(e)))) {
                Ok(Some(next)) => {
                    if to_disk.send(next).await.is_err() {
                        break;
                    }
                }
                Ok(None) => {}
                Err(error) => refusal = Some(error),
            }
        }
        drop((from, to_disk));
    };
    let storing = receiving.run(from_network, move |batch| drop(to_ledger.send(batch)));
    let remembering = async {
        let mut all = Vec::new();
        while let Some(batch) = stored.recv().await {
            all.extend(remember(worker, batch, now).await?);
        }
        Ok::<_, Problem>(all)
    };
    let (retrieved, (), written, remembered) = tokio::join!(retrieving, converting, storing, remembering);
    written?;
    Ok((remembered?, retrieved.err().or(refusal)))
}

/// Ready for the disk, with what proves later that it arrived there. None where there are no bytes.
fn convert(
    uidl: String,
    body: crate::protocol::Result<Body>,
    now: i64,
) -> crate::protocol::Result<Option<(Mark, Incoming)>> {
    let (hash, header_hash, body) = match body? {
        Body::Bytes(bytes) => (Sha256::digest(&bytes).into(), header_hash(&bytes), IncomingBody::Bytes(bytes)),
        Body::Spooled { file, .. } => {
            let (hash, header) = hash_of_file(file.path()).map_err(Error::Io)?;
            (hash, header, IncomingBody::File(file))
        }
        Body::Missing | Body::TooLarge => return Ok(None),
    };
    let incoming = Incoming { uid: None, flags: Flags::empty(), internal_date: Some(now), body };
    Ok(Some((Mark { uidl, header_hash, hash }, incoming)))
}

fn hash_of_file(path: &Path) -> std::io::Result<([u8; 32], String)> {
    let mut file = std::fs::File::open(path)?;
    let (mut hasher, mut head, mut buffer) = (Sha256::new(), Vec::new(), vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut buffer)?;
        let part = buffer.get(..read).unwrap_or_default();
        if part.is_empty() {
            return Ok((hasher.finalize().into(), header_hash(&head)));
        }
        hasher.update(part);
        // A header beyond this is told apart by its beginning, in TOP's answer too.
        if head.len() < 4 * 1024 * 1024 {
            head.extend_from_slice(part);
        }
    }
}

/// Of the header's bytes, to its last line that says something.
fn header_hash(message: &[u8]) -> String {
    let mut hasher = Sha256::new();
    for line in message.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        hasher.update(line);
        hasher.update(b"\n");
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Enters a durable batch into the ledger. Only what reads back equal is ever to be removed from the server.
async fn remember(worker: &Worker, batch: Stored<Mark>, now: i64) -> Result<Vec<LedgerEntry>> {
    let (account, keep) = (worker.account().to_string(), worker.state.account.pop3_keep);
    worker
        .shared
        .db(move |store| {
            let mut entries = Vec::with_capacity(batch.len());
            for (mark, id) in batch {
                let state = match keep {
                    Pop3Keep::Always => LedgerState::Downloaded,
                    _ if !reads_back(store, id, &mark.hash)? => LedgerState::Downloaded,
                    Pop3Keep::Days(days) => LedgerState::RemoveAt(now.saturating_add(DAY.saturating_mul(days.into()))),
                    Pop3Keep::Never => LedgerState::RemoveAt(now),
                };
                let Mark { uidl, header_hash, .. } = mark;
                entries.push(LedgerEntry { uidl, header_hash: Some(header_hash), message: Some(id), state });
            }
            store.ledger().set(&account, &entries)?;
            Ok(entries)
        })
        .await
}

fn reads_back(store: &Store, id: MessageId, hash: &[u8; 32]) -> crate::storage::Result<bool> {
    let is_equal = Sha256::digest(store.raw(id)?)[..] == hash[..];
    if !is_equal {
        tracing::error!(%id, "a message does not read back as it was written; it stays on the server");
    }
    Ok(is_equal)
}

/// Removes what is due from the server, and ends the session; only its good end makes it true.
async fn remove_due(
    worker: &Worker,
    mut session: Session,
    there: &[(u32, String)],
    ledger: &BTreeMap<String, LedgerEntry>,
) -> Result<()> {
    let (now, account) = (worker.shared.now(), &worker.state.account);
    let problem = |error: Error| of_protocol(error, &account.incoming);
    let goes = |uidl: &String| {
        let entry = ledger.get(uidl)?;
        let is_left_over = entry.state == LedgerState::Removed;
        (account.pop3_keep != Pop3Keep::Always && (is_due(entry, now) || is_left_over)).then_some(entry)
    };
    let due: Vec<(u32, &LedgerEntry)> = there.iter().filter_map(|(n, uidl)| Some((*n, goes(uidl)?))).collect();
    if due.is_empty() {
        // Nothing depends on how it ends.
        let _ = session.quit().await;
        return Ok(());
    }
    let numbers: Vec<u32> = due.iter().map(|(number, _)| *number).collect();
    let outcomes = session.delete(&numbers).await.map_err(problem)?;
    session.quit().await.map_err(problem)?;
    let taken: HashSet<u32> = outcomes.into_iter().filter(|(_, outcome)| outcome.is_ok()).map(|(n, _)| n).collect();
    let removed: Vec<LedgerEntry> = due
        .into_iter()
        .filter(|(number, _)| taken.contains(number))
        .map(|(_, entry)| LedgerEntry { state: LedgerState::Removed, ..entry.clone() })
        .collect();
    let name = account.name.clone();
    worker.shared.db(move |store| store.ledger().set(&name, &removed)).await
}

/// What is queued of an account without mailboxes on a server: deletions for good that can no longer be taken
/// back. When the next is due.
pub(super) async fn local_operations(worker: &Worker, summary: &mut SyncSummary) -> Result<Option<i64>> {
    let (state, now) = (worker.state.clone(), worker.shared.now());
    let (done, next, touched) = worker
        .shared
        .change(move |store| {
            // Undo looks here whether it may still cancel.
            let _in_flight = locked(&state.in_flight);
            let (mut done, mut next, mut touched) = (0_u64, None::<i64>, HashSet::new());
            for operation in store.operations().pending(Some(state.name()))? {
                if operation.not_before > now {
                    next = Some(next.map_or(operation.not_before, |n| n.min(operation.not_before)));
                    continue;
                }
                if let OpKind::Expunge { message, .. } = operation.kind {
                    touched.extend(store.locate(message)?.map(|l| l.mailbox));
                    store.drop_held(&[message])?;
                }
                store.operations().done(operation.id)?;
                done = done.saturating_add(1);
            }
            Ok((done, next, touched))
        })
        .await?;
    summary.operations = summary.operations.saturating_add(done);
    touched.into_iter().for_each(|id| worker.shared.emit(Event::Mailbox { id }));
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_the_same_with_and_without_its_body() {
        let message = b"Subject: x\r\nFrom: a\r\n\r\nbody\r\n";
        assert_eq!(header_hash(message), header_hash(b"Subject: x\r\nFrom: a\r\n"));
        assert_eq!(header_hash(message), header_hash(b"Subject: x\nFrom: a\n\n"));
        assert_ne!(header_hash(message), header_hash(b"Subject: y\r\nFrom: a\r\n"));
    }
}
