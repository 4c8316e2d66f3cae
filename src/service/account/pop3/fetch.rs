//! From the server to the disk, and into the ledger batch by batch: what a cut leaves is what was not fetched.

use super::identity::{Answer, Maildrop};
use super::{DAY, Ledger, Worker, header};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::protocol::Error;
use crate::protocol::pop3::{Body, RetrievePlan, Retrieved, Session};
use crate::service::model::Pop3Keep;
use crate::service::problem::Problem;
use crate::service::receive::{Receiving, Stored};
use crate::service::state::Result;
use crate::storage::{Incoming, IncomingBody, LedgerEntry, LedgerState, Store, StoredMailbox};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// Commands under way at once.
const WINDOW: usize = 16;
/// Messages between network and disk.
const CHANNEL: usize = 64;
/// Messages that are hashed together.
const TOGETHER: usize = 32;

/// What is remembered of a message on its way to the disk.
struct Mark {
    key: String,
    size: Option<u64>,
    header_hash: String,
    /// Of the whole, where it must read back equal: before it may be removed from the server.
    hash: Option<[u8; 32]>,
}

/// What came.
pub(super) struct Fetched {
    /// The ledger's new entries, which are durable.
    pub entries: Vec<LedgerEntry>,
    /// What ended it early, or was refused.
    pub trouble: Option<Error>,
}

/// A message with its hashes, ready for the disk.
struct Hashed {
    number: u32,
    header_hash: String,
    hash: Option<[u8; 32]>,
    body: IncomingBody,
}

/// Fetches and stores what the maildrop has that is not here; what turns out to be here is dropped.
pub(super) async fn fetch(
    worker: &Worker,
    session: &mut Session,
    inbox: &StoredMailbox,
    maildrop: &mut Maildrop,
    ledger: &Ledger,
) -> Result<Fetched> {
    let wanted = maildrop.wanted();
    if wanted.is_empty() {
        return Ok(Fetched { entries: Vec::new(), trouble: None });
    }
    let id = inbox.id;
    let spool = worker.shared.db(move |store| Ok(store.scratch(id)?.path().parent().map(Path::to_path_buf))).await?;
    let spool: PathBuf = spool.unwrap_or_else(std::env::temp_dir);
    let receiving = Receiving {
        shared: worker.shared.clone(),
        state: worker.state.clone(),
        mailbox: id,
        path: inbox.meta.path.clone(),
        before: 0,
        total: wanted.len() as u64,
    };
    let (to_disk, from_network) = mpsc::channel(CHANNEL);
    let (to, mut from) = mpsc::channel::<Retrieved>(CHANNEL);
    let (to_ledger, mut stored) = mpsc::unbounded_channel::<Stored<Mark>>();
    let plan = RetrievePlan { window: WINDOW, spool: &spool };
    let retrieving = async move {
        let result = session.retrieve(wanted, plan, &to).await;
        drop(to);
        result
    };
    let mut refusal = None;
    let now = worker.shared.now();
    let may_go = worker.state.account.pop3_keep != Pop3Keep::Always;
    let sorting = async {
        let mut batch = Vec::with_capacity(TOGETHER);
        'all: while from.recv_many(&mut batch, TOGETHER).await > 0 {
            let together = std::mem::take(&mut batch);
            let hashed = tokio::task::spawn_blocking(move || {
                together.into_iter().map(|message| hashed(message, may_go)).collect::<Vec<_>>()
            })
            .await;
            for message in hashed.unwrap_or_else(|e| vec![Err(Error::Io(std::io::Error::other(e)))]) {
                let message = match message {
                    Ok(Some(message)) => message,
                    Ok(None) => continue,
                    Err(error) => {
                        refusal = Some(error);
                        continue;
                    }
                };
                let Some(next) = sorted(maildrop, ledger, message, now) else { continue };
                if to_disk.send(next).await.is_err() {
                    break 'all;
                }
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
    let (retrieved, (), written, remembered) = tokio::join!(retrieving, sorting, storing, remembering);
    written?;
    Ok(Fetched { entries: remembered?, trouble: retrieved.err().or(refusal) })
}

/// None where there are no bytes. The whole is hashed where it `may_go` from the server.
fn hashed(Retrieved { number, body }: Retrieved, may_go: bool) -> crate::protocol::Result<Option<Hashed>> {
    let (hash, header_hash, body) = match body? {
        Body::Bytes(bytes) => {
            let hash = may_go.then(|| Sha256::digest(&bytes).into());
            (hash, header::hash(&bytes), IncomingBody::Bytes(bytes))
        }
        Body::Spooled { file, .. } => {
            let (hash, header) = header::of_file(file.path()).map_err(Error::Io)?;
            (Some(hash), header, IncomingBody::File(file))
        }
        Body::Missing | Body::TooLarge => return Ok(None),
    };
    Ok(Some(Hashed { number, header_hash, hash, body }))
}

/// Ready for the disk; none where the message is here already.
fn sorted(maildrop: &mut Maildrop, ledger: &Ledger, message: Hashed, now: i64) -> Option<(Mark, Incoming)> {
    let Hashed { number, header_hash, hash, body } = message;
    let key = match maildrop.answered(number, &header_hash) {
        Answer::Known(key) if ledger.contains_key(&key) => return None,
        Answer::Known(key) | Answer::New(key) => key,
    };
    maildrop.fetched(number, &key);
    let size = maildrop.listed(number).and_then(|m| m.size);
    let incoming = Incoming { uid: None, flags: Flags::empty(), internal_date: Some(now), body };
    Some((Mark { key, size, header_hash, hash }, incoming))
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
                let Mark { key, size, header_hash, .. } = mark;
                let header_hash = Some(header_hash);
                entries.push(LedgerEntry { uidl: key, header_hash, size, message: Some(id), state });
            }
            store.ledger().set(&account, &entries)?;
            Ok(entries)
        })
        .await
}

fn reads_back(store: &Store, id: MessageId, hash: &Option<[u8; 32]>) -> crate::storage::Result<bool> {
    let Some(hash) = hash else { return Ok(false) };
    let is_equal = Sha256::digest(store.raw(id)?)[..] == hash[..];
    if !is_equal {
        tracing::error!(%id, "a message does not read back as it was written; it stays on the server");
    }
    Ok(is_equal)
}
