//! The download: newest first, in chunks with several commands under way, stored in batches as it
//! arrives. What is on disk is not asked for again, so a cut costs what was on the wire.

use super::sync::Mailbox;
use crate::mail::flags::Flags;
use crate::mail::ids::MailboxId;
use crate::mail::keywords::Keywords;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{Body, FetchPlan, Fetched, Letters, UidSet};
use crate::service::receive::Receiving;
use crate::service::state::{Result, Shared};
use crate::storage::{Incoming, IncomingBody};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
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
    let mut keywords = Translation::new(step, id);
    let session = &mut step.line.session;
    let fetching = async move {
        let result = session.fetch_bodies(chunks(new), plan, &to).await;
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

/// From the session's letters to those of the mailbox, which learns new names as they come.
struct Translation {
    shared: Arc<Shared>,
    mailbox: MailboxId,
    letters: Letters,
    table: Keywords,
}

impl Translation {
    fn new(step: &Mailbox<'_>, mailbox: MailboxId) -> Translation {
        let letters = step.line.session.letters();
        Translation { shared: step.worker.shared.clone(), mailbox, letters, table: step.stored.keywords.clone() }
    }

    async fn read(&mut self, flags: Flags) -> Flags {
        if flags == flags.system() {
            return flags;
        }
        let names = self.letters.names(flags);
        if names.iter().any(|name| self.table.flag(name).is_none()) {
            let (mailbox, new) = (self.mailbox, names.clone());
            match self.shared.db(move |store| store.learn_keywords(mailbox, &new)).await {
                Ok(table) => self.table = table,
                // The next synchronisation brings them again.
                Err(problem) => tracing::warn!(%problem, "keywords are not learnt"),
            }
        }
        flags.system().union(self.table.flags(names))
    }
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
