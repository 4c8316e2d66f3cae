//! One transaction of the index, with the tally of what it changes.
//!
//! A mailbox's counts and buckets are brought up to date once, at the end of the transaction:
//! a batch of 250 messages costs one reading of the mailbox's buckets, not 250. So are its conversations.

use super::conversations::Differences;
use super::threads::Tying;
use crate::storage::error::Result;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::{BTreeMap, BTreeSet};

/// A bucket is split when it holds more.
const MAX_BUCKET: i64 = 1024;
/// What a split leaves in each.
const SPLIT_BUCKET: usize = 512;

/// A place in the order: (date, id) of a message, (date of the newest, number) of a conversation; the newest is the
/// greatest.
pub(crate) type Key = (i64, i64);

/// Upper bound of every mailbox's first bucket.
pub(crate) const TOP: Key = (i64::MAX, i64::MAX);

/// Of what a mailbox has an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Messages,
    Conversations,
}

impl Kind {
    /// As `bucket.kind` has it.
    pub fn number(self) -> i64 {
        match self {
            Kind::Messages => 0,
            Kind::Conversations => 1,
        }
    }
}

/// A transaction.
pub(crate) struct Write<'c> {
    pub tx: Transaction<'c>,
    tallies: BTreeMap<i64, Tally>,
    pub(super) differences: Differences,
    pub(super) tying: Tying,
    /// Mailboxes in which conversations were numbered otherwise.
    pub(super) renumbered: BTreeSet<i64>,
}

/// What changes of one mailbox.
#[derive(Default)]
pub(super) struct Tally {
    total: i64,
    unread: i64,
    conversations: i64,
    keys: BTreeMap<Kind, Vec<(Key, i64)>>,
    /// Messages and conversations that are no longer as they were.
    messages: Vec<i64>,
    pub(super) threads: Vec<i64>,
    /// So is everything.
    all: bool,
}

impl Tally {
    pub(super) fn count_key(&mut self, kind: Kind, key: Key, by: i64) {
        if kind == Kind::Conversations {
            self.conversations = self.conversations.saturating_add(by);
        }
        self.keys.entry(kind).or_default().push((key, by));
    }
}

/// What a transaction changed of a mailbox's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub mailbox: i64,
    /// `mailbox.version` since.
    pub version: i64,
    pub messages: Vec<i64>,
    pub threads: Vec<i64>,
    /// So much that nothing is to be believed.
    pub all: bool,
}

/// A run of the order: keys up to `top`, down to the next bucket's.
struct Bucket {
    top: Key,
    n: i64,
}

impl<'c> Write<'c> {
    pub(super) fn new(tx: Transaction<'c>) -> Write<'c> {
        Write {
            tx,
            tallies: BTreeMap::new(),
            differences: Differences::default(),
            tying: Tying::default(),
            renumbered: BTreeSet::new(),
        }
    }

    pub(super) fn tally(&mut self, mailbox: i64) -> &mut Tally {
        self.tallies.entry(mailbox).or_default()
    }

    /// A listed message comes (`1`) or goes (`-1`).
    pub(super) fn count(&mut self, mailbox: i64, key: Key, unread: bool, by: i64) {
        let tally = self.tally(mailbox);
        tally.total = tally.total.saturating_add(by);
        if unread {
            tally.unread = tally.unread.saturating_add(by);
        }
        tally.messages.push(key.1);
        tally.count_key(Kind::Messages, key, by);
    }

    /// A listed message has other flags; it becomes unread (`1`) or read (`-1`), or stays what it was (`0`).
    pub(super) fn count_flags(&mut self, mailbox: i64, id: i64, unread: i64) {
        let tally = self.tally(mailbox);
        tally.unread = tally.unread.saturating_add(unread);
        tally.messages.push(id);
    }

    /// Forgets what was counted of a mailbox that goes.
    pub(super) fn forget(&mut self, mailbox: i64) {
        self.tallies.remove(&mailbox);
        self.forget_differences(mailbox);
    }

    /// Brings conversations, counts and buckets up to date; what changed.
    pub(super) fn settle(&mut self) -> Result<Vec<Change>> {
        self.settle_conversations()?;
        self.sum_up()?;
        let mut changes = Vec::new();
        for (mailbox, tally) in std::mem::take(&mut self.tallies) {
            let version: Option<i64> = self
                .tx
                .prepare_cached(
                    "UPDATE mailbox SET total = total + ?2, unread = unread + ?3, conversations = conversations + ?4, \
                     version = version + 1 WHERE id = ?1 RETURNING version",
                )?
                .query_row([mailbox, tally.total, tally.unread, tally.conversations], |row| row.get(0))
                .optional()?;
            for (kind, keys) in tally.keys {
                self.fill_buckets(mailbox, kind, keys)?;
            }
            if let Some(version) = version {
                let (messages, threads, all) = (tally.messages, tally.threads, tally.all);
                changes.push(Change { mailbox, version, messages, threads, all });
            }
        }
        Ok(changes)
    }

    pub(super) fn commit(self) -> Result<()> {
        self.tx.commit()?;
        Ok(())
    }

    /// Counts keys into their buckets. Neighbours share one, so a batch reads and writes a few, however many there are.
    fn fill_buckets(&self, mailbox: i64, kind: Kind, mut keys: Vec<(Key, i64)>) -> Result<()> {
        keys.sort_unstable();
        let mut open: Option<Bucket> = None;
        for (key, by) in keys {
            let mut bucket = match open.take() {
                Some(bucket) if key <= bucket.top => bucket,
                full => {
                    full.map_or(Ok(()), |full| self.close(mailbox, kind, &full))?;
                    self.bucket_of(mailbox, kind, key)?
                }
            };
            bucket.n = bucket.n.saturating_add(by);
            open = Some(bucket);
        }
        open.map_or(Ok(()), |last| self.close(mailbox, kind, &last))
    }

    /// The bucket that a key lies in.
    fn bucket_of(&self, mailbox: i64, kind: Kind, key: Key) -> Result<Bucket> {
        let found = self
            .tx
            .prepare_cached(
                "SELECT top_date, top_id, n FROM bucket WHERE mailbox = ?1 AND kind = ?2 \
                 AND (top_date, top_id) >= (?3, ?4) ORDER BY top_date, top_id LIMIT 1",
            )?
            .query_row(params![mailbox, kind.number(), key.0, key.1], |row| {
                Ok(Bucket { top: (row.get(0)?, row.get(1)?), n: row.get(2)? })
            })
            .optional()?;
        Ok(found.unwrap_or(Bucket { top: TOP, n: 0 }))
    }

    /// Keeps what was counted into a bucket.
    fn close(&self, mailbox: i64, kind: Kind, bucket: &Bucket) -> Result<()> {
        if bucket.n > MAX_BUCKET {
            return self.split(mailbox, kind, bucket.top, self.bottom_of(mailbox, kind, bucket.top)?);
        }
        self.store(mailbox, kind, bucket.top, bucket.n)
    }

    /// The upper bound of the bucket below.
    fn bottom_of(&self, mailbox: i64, kind: Kind, top: Key) -> Result<Option<Key>> {
        let mut statement = self.tx.prepare_cached(
            "SELECT top_date, top_id FROM bucket WHERE mailbox = ?1 AND kind = ?2 \
             AND (top_date, top_id) < (?3, ?4) ORDER BY top_date DESC, top_id DESC LIMIT 1",
        )?;
        let values = params![mailbox, kind.number(), top.0, top.1];
        Ok(statement.query_row(values, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// Divides a bucket that grew too large; also sets right a count that was wrong.
    fn split(&self, mailbox: i64, kind: Kind, top: Key, bottom: Option<Key>) -> Result<()> {
        let (bottom_date, bottom_id) = bottom.unwrap_or((i64::MIN, i64::MIN));
        let sql = match kind {
            Kind::Messages => {
                "SELECT date, id FROM message WHERE mailbox = ?1 AND place <> 1 \
                 AND (date, id) <= (?2, ?3) AND (date, id) > (?4, ?5) ORDER BY date DESC, id DESC"
            }
            Kind::Conversations => {
                "SELECT date, thread FROM conversation WHERE mailbox = ?1 \
                 AND (date, thread) <= (?2, ?3) AND (date, thread) > (?4, ?5) ORDER BY date DESC, thread DESC"
            }
        };
        let keys: Vec<Key> = self
            .tx
            .prepare_cached(sql)?
            .query_map(params![mailbox, top.0, top.1, bottom_date, bottom_id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (i, run) in keys.chunks(SPLIT_BUCKET).enumerate() {
            let top = if i == 0 { Some(top) } else { run.first().copied() };
            if let Some(top) = top {
                self.store(mailbox, kind, top, i64::try_from(run.len()).unwrap_or(i64::MAX))?;
            }
        }
        Ok(())
    }

    fn store(&self, mailbox: i64, kind: Kind, top: Key, n: i64) -> Result<()> {
        if n == 0 && top != TOP {
            self.tx
                .prepare_cached(
                    "DELETE FROM bucket WHERE mailbox = ?1 AND kind = ?2 AND top_date = ?3 AND top_id = ?4",
                )?
                .execute([mailbox, kind.number(), top.0, top.1])?;
        } else {
            self.tx.prepare_cached("INSERT OR REPLACE INTO bucket VALUES (?1, ?2, ?3, ?4, ?5)")?.execute([
                mailbox,
                kind.number(),
                top.0,
                top.1,
                n,
            ])?;
        }
        Ok(())
    }

    /// Counts a mailbox anew: after a comparison with its directory nothing is left to believe.
    pub fn recount(&mut self, mailbox: i64) -> Result<()> {
        self.tx.execute(
            "UPDATE mailbox SET total = (SELECT count(*) FROM message WHERE mailbox = ?1 AND place <> 1), \
             unread = (SELECT count(*) FROM message WHERE mailbox = ?1 AND place <> 1 AND flags & 1 = 0) WHERE id = ?1",
            [mailbox],
        )?;
        self.settle_conversations()?;
        self.recount_conversations(mailbox)?;
        self.tx.execute(
            "UPDATE mailbox SET conversations = (SELECT count(*) FROM conversation WHERE mailbox = ?1) WHERE id = ?1",
            [mailbox],
        )?;
        self.tx.execute("DELETE FROM bucket WHERE mailbox = ?1", [mailbox])?;
        for kind in [Kind::Messages, Kind::Conversations] {
            self.split(mailbox, kind, TOP, None)?;
        }
        self.tallies.insert(mailbox, Tally { all: true, ..Tally::default() });
        Ok(())
    }
}
