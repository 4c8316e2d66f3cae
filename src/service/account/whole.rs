//! Messages of which only the headers are here become whole: because the person opens them, or needs their bytes.

use super::board::Work;
use super::crew;
use super::cycle::synchronise;
use super::limit::Limit;
use super::line::{Line, wire_name};
use super::operations;
use super::sync::Scope;
use super::worker::Worker;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{Body, FetchPlan, Fetched, UidSet};
use crate::service::Mode;
use crate::service::model::{Connection, Protocol, SyncSummary};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::problem_from::stopped;
use crate::service::state::{Result, Shared};
use crate::storage::{Incoming, IncomingBody, Located};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::mpsc;

/// Messages of one command.
const CHUNK: usize = 20;

/// Fetches what is missing of these messages and returns when it is here; how many became whole. Those that are
/// whole already cost nothing.
///
/// # Errors
/// The server cannot be reached, or has a message no longer.
pub(in crate::service) async fn fetch(shared: &Arc<Shared>, ids: Vec<MessageId>) -> Result<usize> {
    let mut by_account: BTreeMap<String, Vec<MessageId>> = BTreeMap::new();
    for located in lacking(shared, ids).await? {
        by_account.entry(located.account).or_default().push(located.id);
    }
    let mut count = 0_usize;
    for (account, ids) in by_account {
        count = count.saturating_add(ids.len());
        let worker = Worker { shared: shared.clone(), state: shared.account(&account)? };
        if worker.state.account.incoming.protocol != Protocol::Imap {
            return Err(Problem::new(ProblemKind::HeadersOnly, "no server has the rest").of(&account));
        }
        match shared.mode {
            Mode::Interactive => send_for(&worker, ids).await?,
            Mode::Batch => at_once(&worker, &ids).await.map_err(|problem| problem.of(&account))?,
        }
    }
    Ok(count)
}

/// Another account's server can only be given what is whole here: fetches what is lacking of these messages where
/// the mailbox is of another account than they.
///
/// # Errors
/// As [`fetch`]: then nothing is moved or copied.
pub(in crate::service) async fn fetch_for(shared: &Arc<Shared>, ids: &[MessageId], to: MailboxId) -> Result<()> {
    let Some(target) = shared.db(move |store| store.mailbox(to)).await? else { return Ok(()) };
    let lacking = lacking(shared, ids.to_vec()).await?;
    let across = lacking.into_iter().filter(|l| l.account != target.account).map(|l| l.id).collect();
    fetch(shared, across).await.map(drop)
}

/// On the connection that serves what the person looks at.
async fn send_for(worker: &Worker, ids: Vec<MessageId>) -> Result<()> {
    let answer = worker.state.board.send_for(ids);
    crew::muster(worker);
    // The only connection is lost: nobody is there to be asked.
    if worker.state.pool.shares().look == 0
        && let Connection::Failed { problem, .. } = worker.state.connection()
    {
        worker.state.board.refuse_urgent(&problem);
    }
    tokio::select! {
        answer = answer => answer.unwrap_or_else(|_| Err(stopped())),
        () = worker.shared.ended(&worker.state) => Err(stopped()),
    }
}

/// On a connection of its own.
async fn at_once(worker: &Worker, ids: &[MessageId]) -> Result<()> {
    let _working = worker.state.working.read().await;
    let work = async {
        let mut line = Line::connect(&worker.shared, &worker.state).await?;
        let result = run(worker, &mut line, ids).await;
        line.close().await;
        result
    };
    tokio::select! {
        result = work => result,
        () = worker.shared.ended(&worker.state) => Err(stopped()),
    }
}

/// Those of which only the headers are here.
async fn lacking(shared: &Shared, ids: Vec<MessageId>) -> Result<Vec<Located>> {
    shared
        .db(move |store| {
            let mut found = Vec::new();
            for id in ids {
                found.extend(store.locate(id)?.filter(|l| l.headers_only));
            }
            Ok(found)
        })
        .await
}

/// Fetches them on this connection.
pub(super) async fn run(worker: &Worker, line: &mut Line, ids: &[MessageId]) -> Result<()> {
    for try_again in [true, false] {
        let mut by_mailbox: BTreeMap<MailboxId, Vec<(UidValidity, Uid)>> = BTreeMap::new();
        let mut homeless = BTreeSet::new();
        for located in lacking(&worker.shared, ids.to_vec()).await? {
            match located.uid {
                Some(uid) => by_mailbox.entry(located.mailbox).or_default().push(uid),
                // It was moved, and its new number is not known yet.
                None => drop(homeless.insert(located.mailbox)),
            }
        }
        for (mailbox, uids) in by_mailbox {
            if !from_mailbox(worker, line, mailbox, uids).await? {
                homeless.insert(mailbox);
            }
        }
        if homeless.is_empty() {
            break;
        }
        if try_again {
            operations::run(worker, line, &mut SyncSummary::default()).await?;
            for mailbox in homeless {
                renumber(worker, line, mailbox).await?;
            }
        }
    }
    match lacking(&worker.shared, ids.to_vec()).await?.first() {
        None => Ok(()),
        Some(left) => Err(Problem::not_found(format!("message {}", left.id))),
    }
}

/// Finds the numbers that messages of a mailbox have now.
async fn renumber(worker: &Worker, line: &mut Line, id: MailboxId) -> Result<()> {
    let Some(stored) = worker.shared.db(move |store| store.mailbox(id)).await? else { return Ok(()) };
    let board = &worker.state.board;
    let hand = board.claim(id).await;
    let limit = Limit::new(board, &hand.wanted).most(0);
    let work = Work { stored, status: None, held: None, changed: true };
    if !synchronise(worker, line, &work, Scope::One, limit, &mut SyncSummary::default()).await? {
        board.put([work]);
    }
    Ok(())
}

/// Fetches by number; false where the numbers are void.
async fn from_mailbox(worker: &Worker, line: &mut Line, id: MailboxId, uids: Vec<(UidValidity, Uid)>) -> Result<bool> {
    let Some(stored) = worker.shared.db(move |store| store.mailbox(id)).await? else { return Ok(true) };
    line.follow_names(worker.state.names.load(Ordering::SeqCst));
    let selected = line.ensure_selected(&wire_name(&stored.meta)).await.map_err(|e| line.problem(e))?;
    let validity = selected.uid_validity;
    if uids.iter().any(|(known, _)| *known != validity) {
        return Ok(false);
    }
    let spool = worker.shared.db(move |store| Ok(store.scratch(id)?.path().parent().map(Path::to_path_buf))).await?;
    let spool = spool.unwrap_or_else(std::env::temp_dir);
    let newest_first: Vec<Uid> =
        uids.into_iter().map(|(_, uid)| uid).collect::<BTreeSet<_>>().into_iter().rev().collect();
    let chunks: Vec<UidSet> = newest_first.chunks(CHUNK).map(|chunk| chunk.iter().copied().collect()).collect();
    let (to, mut from) = mpsc::channel::<Fetched>(4);
    let session = &mut line.session;
    let fetching = async move {
        let result = session.fetch_bodies(chunks, FetchPlan { window: 2, spool: &spool }, &to).await;
        drop(to);
        result
    };
    let storing = async {
        let mut stored = Ok(());
        while let Some(Fetched { uid, flags, internal_date, body }) = from.recv().await {
            let body = match body {
                Body::Bytes(bytes) => IncomingBody::Bytes(bytes),
                Body::Spooled { file, .. } => IncomingBody::File(file),
                Body::Missing | Body::TooLarge => continue,
            };
            let incoming = Incoming { uid: Some((validity, uid)), flags, internal_date, body };
            stored = worker.shared.db(move |store| store.deliver(id, vec![incoming]).map(drop)).await;
            if stored.is_err() {
                break;
            }
            worker.changed(id);
        }
        stored
    };
    let (fetched, stored) = tokio::join!(fetching, storing);
    stored?;
    fetched.map_err(|e| line.problem(e))?;
    Ok(true)
}
