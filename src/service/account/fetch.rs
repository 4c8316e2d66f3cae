//! The download: newest first, in chunks with several commands under way, stored in batches as it
//! arrives. What is on disk is not asked for again, so a cut costs what was on the wire.

use super::sync::Mailbox;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{Body, FetchPlan, Fetched, UidSet};
use crate::service::receive::Receiving;
use crate::service::state::Result;
use crate::storage::{Incoming, IncomingBody};
use std::collections::BTreeSet;
use std::path::Path;
use tokio::sync::mpsc;

/// Messages of one command.
const CHUNK: usize = 500;
/// Messages of the first command, for mail in the list at once.
const FIRST_CHUNK: usize = 50;
/// Commands under way at once.
const WINDOW: usize = 3;
/// Messages between network and disk.
const CHANNEL: usize = 64;

/// Fetches these messages; how many were stored.
pub(super) async fn run(step: &mut Mailbox<'_>, validity: UidValidity, new: BTreeSet<Uid>) -> Result<u64> {
    if new.is_empty() {
        return Ok(0);
    }
    let id = step.stored.id;
    // Large messages are written where they will stay.
    let spool =
        step.worker.shared.db(move |store| Ok(store.scratch(id)?.path().parent().map(Path::to_path_buf))).await?;
    let spool = spool.unwrap_or_else(std::env::temp_dir);
    let receiving = Receiving {
        shared: step.worker.shared.clone(),
        state: step.worker.state.clone(),
        mailbox: id,
        path: step.stored.meta.path.clone(),
        total: new.len() as u64,
    };
    let (to_disk, from_network) = mpsc::channel(CHANNEL);
    let (to, mut from) = mpsc::channel::<Fetched>(CHANNEL);
    let plan = FetchPlan { window: WINDOW, spool: &spool };
    let session = &mut step.line.session;
    let fetching = async move {
        let result = session.fetch_bodies(chunks(new), plan, &to).await;
        drop(to);
        result
    };
    let mut without = Vec::new();
    let converting = async {
        while let Some(fetched) = from.recv().await {
            let uid = fetched.uid;
            match incoming(fetched, validity) {
                Some(incoming) => {
                    if to_disk.send(((), incoming)).await.is_err() {
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
    for uid in without {
        tracing::warn!(mailbox = %step.stored.meta.path, uid = uid.0, "the server gives no bytes, or too many");
        step.memory.unobtainable.insert((id, validity, uid));
    }
    let stored = stored?;
    fetched.map_err(|e| step.line.problem(e))?;
    Ok(stored)
}

/// Newest first.
fn chunks(uids: BTreeSet<Uid>) -> Vec<UidSet> {
    let newest_first: Vec<Uid> = uids.into_iter().rev().collect();
    let (first, rest) = newest_first.split_at(FIRST_CHUNK.min(newest_first.len()));
    std::iter::once(first).chain(rest.chunks(CHUNK)).map(|chunk| chunk.iter().copied().collect()).collect()
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
        let chunks = chunks((1..=1200).map(Uid).collect());
        let spans: Vec<u64> = chunks.iter().map(UidSet::len).collect();
        assert_eq!(spans, [50, 500, 500, 150]);
        assert!(chunks[0].contains(Uid(1200)) && chunks[3].contains(Uid(1)));
        assert!(super::chunks(BTreeSet::from([Uid(5)])).iter().map(UidSet::len).sum::<u64>() == 1);
    }
}
