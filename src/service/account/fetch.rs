//! The download: newest first, in chunks with several commands under way, stored in batches as it
//! arrives. What is on disk is not asked for again, so a cut costs what was on the wire.
//!
//! A chunk is as large as comes in a second or so: then whoever waits for this connection, or this
//! mailbox, does not wait long, also where the network is slow.

use super::keep;
use super::letters::Translation;
use super::sync::Mailbox;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{Body, FetchPlan, Fetched, FetchedHeaders, UidSet};
use crate::service::receive::{Budget, Receiving};
use crate::service::state::Result;
use crate::storage::{Incoming, IncomingBody};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Messages of one command at most.
const CHUNK: usize = 500;
/// Messages of the first command, for mail in the list at once.
const FIRST_CHUNK: usize = 50;
/// Messages of one command at least.
const LEAST: usize = 10;
/// Commands under way at once.
const WINDOW: usize = 3;
/// Messages between network and disk: at first, while nothing bounds their bytes,
const CHANNEL: usize = 4;
/// and once they have their share of the budget.
const ADMITTED: usize = 64;
/// A header block costs as little as a tenth of a message.
const HEADERS_FOR_ONE: usize = 10;

/// What a download did.
pub(super) struct Done {
    /// Messages that were not here before, in part or whole.
    pub new: u64,
    /// Whether nothing of it is left for another time.
    pub complete: bool,
}

/// Fetches these messages, of a mailbox of which `have` are here.
pub(super) async fn run(step: &mut Mailbox<'_>, validity: UidValidity, new: BTreeSet<Uid>, have: u64) -> Result<Done> {
    let choice = keep::choice(step.worker);
    let plan = keep::plan(step, validity, new).await?;
    let (lacking, total) = (plan.lacking.len() as u64, plan.whole.len().saturating_add(plan.headers.len()));
    if total == 0 {
        keep::made_good(step, choice);
        return Ok(Done { new: 0, complete: true });
    }
    // Until it was complete once, what is here counts as done, so that a cut does not set the count back.
    let first = step.stored.state.exists.is_none();
    let mut progress = Progress { before: if first { have } else { 0 }, total: total as u64 };
    let most = step.limit.most.unwrap_or(usize::MAX);
    let whole = Chunks::new(plan.whole, most, step.limit.asker());
    let room = most.saturating_sub(whole.uids.len()).saturating_mul(HEADERS_FOR_ONE);
    let (bodies, mut complete) =
        if whole.uids.is_empty() { (0, whole.is_all) } else { self::whole(step, validity, whole, progress).await? };
    progress.pass(bodies);
    let headers = Chunks::new(plan.headers, room, step.limit.asker());
    complete &= headers.is_all;
    let mut blocks = 0;
    if complete && !headers.uids.is_empty() {
        let all;
        (blocks, all) = self::headers(step, validity, headers, progress).await?;
        complete = all;
    } else if !headers.uids.is_empty() {
        complete = false;
    }
    if complete {
        keep::made_good(step, choice);
    }
    Ok(Done { new: bodies.saturating_add(blocks).saturating_sub(lacking.min(bodies)), complete })
}

/// What a report of progress counts from, and to.
#[derive(Clone, Copy)]
struct Progress {
    before: u64,
    total: u64,
}

impl Progress {
    fn pass(&mut self, done: u64) {
        self.before = self.before.saturating_add(done);
        self.total = self.total.saturating_sub(done);
    }
}

fn receiving(step: &Mailbox<'_>, progress: Progress) -> Receiving {
    Receiving {
        shared: step.worker.shared.clone(),
        state: step.worker.state.clone(),
        mailbox: step.stored.id,
        path: step.stored.meta.path.clone(),
        before: progress.before,
        total: progress.total,
    }
}

/// Fetches whole messages; how many were stored, and whether all were asked for.
async fn whole(
    step: &mut Mailbox<'_>,
    validity: UidValidity,
    chunks: Chunks<impl Fn() -> bool + Send>,
    progress: Progress,
) -> Result<(u64, bool)> {
    let (id, receiving) = (step.stored.id, receiving(step, progress));
    // Large messages are written where they will stay.
    let spool =
        step.worker.shared.db(move |store| Ok(store.scratch(id)?.path().parent().map(Path::to_path_buf))).await?;
    let spool = spool.unwrap_or_else(std::env::temp_dir);
    let (to_disk, from_network) = mpsc::channel(ADMITTED);
    let (to, mut from) = mpsc::channel::<Fetched>(CHANNEL);
    let budget = Budget::new();
    let plan = FetchPlan { window: WINDOW, spool: &spool };
    let mut keywords = Translation::new(step, step.stored.id);
    let left = AtomicBool::new(!chunks.is_all);
    let sets = chunks.iter(&left);
    let session = &mut step.line.session;
    let fetching = async move {
        let result = session.fetch_bodies(sets, plan, &to).await;
        drop(to);
        result
    };
    let mut without = Vec::new();
    let converting = async {
        while let Some(mut fetched) = from.recv().await {
            let uid = fetched.uid;
            fetched.flags = keywords.read(fetched.flags).await;
            match incoming(fetched, validity) {
                Some(incoming) => {
                    let share = budget.share(&incoming).await;
                    if to_disk.send((share, incoming)).await.is_err() {
                        break;
                    }
                }
                None => without.push(uid),
            }
        }
        // Dropping both ends tells the network that the disk wants no more.
        drop((from, to_disk));
    };
    let storing = receiving.run(from_network, drop);
    let (fetched, (), stored) = tokio::join!(fetching, converting, storing);
    unobtainable(step, validity, without);
    let stored = stored?;
    fetched.map_err(|e| step.line.problem(e))?;
    Ok((stored, !left.load(Ordering::Relaxed)))
}

/// Fetches header blocks, likewise.
async fn headers(
    step: &mut Mailbox<'_>,
    validity: UidValidity,
    chunks: Chunks<impl Fn() -> bool + Send>,
    progress: Progress,
) -> Result<(u64, bool)> {
    let receiving = receiving(step, progress);
    let (to_disk, from_network) = mpsc::channel(ADMITTED);
    let (to, mut from) = mpsc::channel::<FetchedHeaders>(ADMITTED);
    let mut keywords = Translation::new(step, step.stored.id);
    let left = AtomicBool::new(!chunks.is_all);
    let sets = chunks.iter(&left);
    let session = &mut step.line.session;
    let fetching = async move {
        let result = session.fetch_header_blocks(sets, WINDOW, &to).await;
        drop(to);
        result
    };
    let mut without = Vec::new();
    let converting = async {
        while let Some(FetchedHeaders { uid, flags, internal_date, size, bytes }) = from.recv().await {
            let Some(bytes) = bytes else {
                without.push(uid);
                continue;
            };
            let flags = keywords.read(flags).await;
            let body = IncomingBody::Headers { bytes, size };
            let incoming = Incoming { uid: Some((validity, uid)), flags, internal_date, body };
            if to_disk.send(((), incoming)).await.is_err() {
                break;
            }
        }
        drop((from, to_disk));
    };
    let storing = receiving.run(from_network, drop);
    let (fetched, (), stored) = tokio::join!(fetching, converting, storing);
    unobtainable(step, validity, without);
    let stored = stored?;
    fetched.map_err(|e| step.line.problem(e))?;
    Ok((stored, !left.load(Ordering::Relaxed)))
}

fn unobtainable(step: &Mailbox<'_>, validity: UidValidity, uids: Vec<Uid>) {
    let mut memory = step.worker.state.memory();
    for uid in uids {
        tracing::warn!(mailbox = %step.stored.meta.path, uid = uid.0, "the server gives no bytes, or too many");
        memory.unobtainable.insert((step.stored.id, validity, uid));
    }
}

/// What is asked for, newest first, command by command.
struct Chunks<F> {
    uids: Vec<Uid>,
    /// Whether nothing was left out.
    is_all: bool,
    /// Whether somebody else shall have their turn.
    stop: F,
}

impl<F: Fn() -> bool> Chunks<F> {
    fn new(uids: BTreeSet<Uid>, most: usize, stop: F) -> Chunks<F> {
        let is_all = uids.len() <= most;
        Chunks { uids: uids.into_iter().rev().take(most).collect(), is_all, stop }
    }

    /// The commands' sets; `left` says in the end whether some were left out.
    fn iter(self, left: &AtomicBool) -> impl Iterator<Item = UidSet> + use<'_, F> {
        let Chunks { uids, stop, .. } = self;
        let (mut at, mut size, mut asked) = (0_usize, FIRST_CHUNK, Instant::now());
        std::iter::from_fn(move || {
            let rest = uids.get(at..).filter(|rest| !rest.is_empty())?;
            if at > 0 && stop() {
                left.store(true, Ordering::Relaxed);
                return None;
            }
            // The first commands go out together and say nothing of the pace.
            if at >= FIRST_CHUNK.saturating_mul(WINDOW) {
                size = paced(size, asked.elapsed());
            }
            asked = Instant::now();
            let chunk = rest.get(..size.min(rest.len()))?;
            at = at.saturating_add(chunk.len());
            Some(chunk.iter().copied().collect())
        })
    }
}

/// The size of the next chunk, by how long the last took.
fn paced(size: usize, took: Duration) -> usize {
    let next = match took.as_millis() {
        0..700 => size.saturating_mul(2),
        700..2000 => size,
        _ => size / 2,
    };
    next.clamp(LEAST, CHUNK)
}

fn incoming(fetched: Fetched, validity: UidValidity) -> Option<Incoming> {
    let Fetched { uid, flags, internal_date, body } = fetched;
    let body = match body {
        Body::Bytes(bytes) => IncomingBody::Bytes(bytes),
        Body::Spooled { file, .. } => IncomingBody::File(file),
        Body::Missing | Body::TooLarge => return None,
    };
    Some(Incoming { uid: Some((validity, uid)), flags, internal_date, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_and_all_come() {
        let left = AtomicBool::new(false);
        let chunks = Chunks::new((1..=1200).map(Uid).collect(), usize::MAX, || false);
        let sets: Vec<UidSet> = chunks.iter(&left).collect();
        let spans: Vec<u64> = sets.iter().map(UidSet::len).collect();
        assert_eq!(spans, [50, 50, 50, 100, 200, 400, 350]);
        assert!(sets[0].contains(Uid(1200)) && sets[6].contains(Uid(1)));
        assert!(!left.load(Ordering::Relaxed));
    }

    #[test]
    fn what_is_left_is_told() {
        let left = AtomicBool::new(false);
        let stops = std::cell::Cell::new(0);
        let stop = || stops.replace(stops.get() + 1) == 1;
        let sets: Vec<UidSet> = Chunks::new((1..=1000).map(Uid).collect(), usize::MAX, stop).iter(&left).collect();
        assert_eq!(sets.iter().map(UidSet::len).sum::<u64>(), 100, "the first is always asked for");
        assert!(left.load(Ordering::Relaxed));
        assert!(!Chunks::new((1..=10).map(Uid).collect(), 9, || false).is_all);
    }

    #[test]
    fn a_slow_network_gets_small_chunks() {
        let millis = Duration::from_millis;
        assert_eq!(paced(100, millis(100)), 200);
        assert_eq!(paced(400, millis(1)), CHUNK);
        assert_eq!((paced(100, millis(900)), paced(100, millis(5000)), paced(12, millis(5000))), (100, 50, LEAST));
    }
}
