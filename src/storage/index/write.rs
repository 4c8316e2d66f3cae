//! One transaction of the index, with the tally of what it changes.
//!
//! A mailbox's counts and buckets are brought up to date once, at the end of the transaction:
//! a batch of 250 messages costs one reading of the mailbox's buckets, not 250.

use crate::storage::error::Result;
use rusqlite::{Transaction, params};
use std::collections::BTreeMap;

/// A bucket is split when it holds more.
const MAX_BUCKET: i64 = 2048;
/// What a split leaves in each.
const SPLIT_BUCKET: usize = 1024;

/// A message's place in the order: (date, id), the newest being the greatest.
pub(crate) type Key = (i64, i64);

/// Upper bound of every mailbox's first bucket.
pub(crate) const TOP: Key = (i64::MAX, i64::MAX);

/// A transaction.
pub(crate) struct Write<'c> {
    pub tx: Transaction<'c>,
    tallies: BTreeMap<i64, Tally>,
}

/// What changes of one mailbox.
#[derive(Default)]
struct Tally {
    total: i64,
    unread: i64,
    keys: Vec<(Key, i64)>,
}

/// A run of the order: keys up to `top`, down to the next bucket's.
struct Bucket {
    top: Key,
    n: i64,
    changed: bool,
}

impl<'c> Write<'c> {
    pub(super) fn new(tx: Transaction<'c>) -> Write<'c> {
        Write { tx, tallies: BTreeMap::new() }
    }

    /// A listed message comes (`1`) or goes (`-1`).
    pub(super) fn count(&mut self, mailbox: i64, key: Key, unread: bool, by: i64) {
        let tally = self.tallies.entry(mailbox).or_default();
        tally.total = tally.total.saturating_add(by);
        if unread {
            tally.unread = tally.unread.saturating_add(by);
        }
        tally.keys.push((key, by));
    }

    /// A listed message becomes unread (`1`) or read (`-1`).
    pub(super) fn count_unread(&mut self, mailbox: i64, by: i64) {
        let tally = self.tallies.entry(mailbox).or_default();
        tally.unread = tally.unread.saturating_add(by);
    }

    pub(super) fn commit(mut self) -> Result<()> {
        for (mailbox, tally) in std::mem::take(&mut self.tallies) {
            self.tx
                .prepare_cached("UPDATE mailbox SET total = total + ?2, unread = unread + ?3 WHERE id = ?1")?
                .execute([mailbox, tally.total, tally.unread])?;
            if !tally.keys.is_empty() {
                self.fill_buckets(mailbox, &tally.keys)?;
            }
        }
        self.tx.commit()?;
        Ok(())
    }

    fn fill_buckets(&self, mailbox: i64, keys: &[(Key, i64)]) -> Result<()> {
        // Ascending by their tops.
        let mut buckets: Vec<Bucket> = self
            .tx
            .prepare_cached("SELECT top_date, top_id, n FROM bucket WHERE mailbox = ?1 ORDER BY top_date, top_id")?
            .query_map([mailbox], |row| Ok(Bucket { top: (row.get(0)?, row.get(1)?), n: row.get(2)?, changed: false }))?
            .collect::<rusqlite::Result<_>>()?;
        if buckets.last().is_none_or(|b| b.top != TOP) {
            buckets.push(Bucket { top: TOP, n: 0, changed: true });
        }
        for (key, by) in keys {
            let at = buckets.partition_point(|b| b.top < *key);
            if let Some(bucket) = buckets.get_mut(at) {
                bucket.n = bucket.n.saturating_add(*by);
                bucket.changed = true;
            }
        }
        let mut bottom = None;
        for bucket in &buckets {
            if bucket.changed && bucket.n > MAX_BUCKET {
                self.split(mailbox, bucket, bottom)?;
            } else if bucket.changed {
                self.store(mailbox, bucket.top, bucket.n)?;
            }
            bottom = Some(bucket.top);
        }
        Ok(())
    }

    /// Divides a bucket that grew too large; also sets right a count that was wrong.
    fn split(&self, mailbox: i64, bucket: &Bucket, bottom: Option<Key>) -> Result<()> {
        let (bottom_date, bottom_id) = bottom.unwrap_or((i64::MIN, i64::MIN));
        let keys: Vec<Key> = self
            .tx
            .prepare_cached(
                "SELECT date, id FROM message WHERE mailbox = ?1 AND place <> 1 \
                 AND (date, id) <= (?2, ?3) AND (date, id) > (?4, ?5) ORDER BY date DESC, id DESC",
            )?
            .query_map(params![mailbox, bucket.top.0, bucket.top.1, bottom_date, bottom_id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for (i, run) in keys.chunks(SPLIT_BUCKET).enumerate() {
            let top = if i == 0 { Some(bucket.top) } else { run.first().copied() };
            if let Some(top) = top {
                self.store(mailbox, top, i64::try_from(run.len()).unwrap_or(i64::MAX))?;
            }
        }
        Ok(())
    }

    fn store(&self, mailbox: i64, top: Key, n: i64) -> Result<()> {
        if n == 0 && top != TOP {
            self.tx
                .prepare_cached("DELETE FROM bucket WHERE mailbox = ?1 AND top_date = ?2 AND top_id = ?3")?
                .execute([mailbox, top.0, top.1])?;
        } else {
            self.tx
                .prepare_cached("INSERT OR REPLACE INTO bucket VALUES (?1, ?2, ?3, ?4)")?
                .execute([mailbox, top.0, top.1, n])?;
        }
        Ok(())
    }

    /// Counts a mailbox anew: after a comparison with its directory nothing is left to believe.
    pub fn recount(&mut self, mailbox: i64) -> Result<()> {
        self.tallies.remove(&mailbox);
        self.tx.execute(
            "UPDATE mailbox SET total = (SELECT count(*) FROM message WHERE mailbox = ?1 AND place <> 1), \
             unread = (SELECT count(*) FROM message WHERE mailbox = ?1 AND place <> 1 AND flags & 1 = 0) WHERE id = ?1",
            [mailbox],
        )?;
        self.tx.execute("DELETE FROM bucket WHERE mailbox = ?1", [mailbox])?;
        self.split(mailbox, &Bucket { top: TOP, n: 0, changed: true }, None)
    }
}
