//! Positions in the order by date, found without walking to them.
//!
//! The buckets of a mailbox (at most some hundred keys each, each with its count) give the rank of any bucket's upper
//! bound by adding up. A range is reached from the nearest bound before it, so a jump into the middle of a million
//! messages reads some hundred entries of the order and the rows asked for. The sums are kept in memory, some
//! twenty bytes for each bucket, until the mailbox changes. Several mailboxes are merged in the same way.

use super::orders::Orders;
use crate::storage::error::Result;
use crate::storage::index::write::{Key, Kind, TOP};
use rusqlite::{Connection, params};
use std::sync::Arc;

/// A mailbox as lists need it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub mailbox: i64,
    pub version: i64,
    pub total: u64,
    pub unread: u64,
    pub conversations: u64,
}

impl Counted {
    pub fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Counted> {
        let count = |at: usize| Ok::<u64, rusqlite::Error>(row.get::<_, i64>(at)?.max(0).unsigned_abs());
        Ok(Counted {
            mailbox: row.get(0)?,
            version: row.get(1)?,
            total: count(2)?,
            unread: count(3)?,
            conversations: count(4)?,
        })
    }

    pub fn count(&self, kind: Kind) -> u64 {
        match kind {
            Kind::Messages => self.total,
            Kind::Conversations => self.conversations,
        }
    }
}

/// The upper bounds of a mailbox's buckets, the greatest first, each with how many keys are greater.
#[derive(Debug, Default)]
pub(crate) struct Bounds(Vec<(Key, u64)>);

impl Bounds {
    fn read(connection: &Connection, mailbox: i64, kind: Kind) -> Result<Bounds> {
        let mut statement = connection.prepare_cached(
            "SELECT top_date, top_id, n FROM bucket WHERE mailbox = ?1 AND kind = ?2 \
             ORDER BY top_date DESC, top_id DESC",
        )?;
        let found = statement.query_map([mailbox, kind.number()], |row| {
            Ok(((row.get(0)?, row.get(1)?), row.get::<_, i64>(2)?.max(0).unsigned_abs()))
        })?;
        let (mut bounds, mut above) = (Vec::new(), 0u64);
        for bound in found {
            let (top, n) = bound?;
            bounds.push((top, above));
            above = above.saturating_add(n);
        }
        Ok(Bounds(bounds))
    }
}

/// An order of one or several mailboxes.
pub(crate) struct Ranking<'c> {
    connection: &'c Connection,
    kind: Kind,
    mailboxes: Vec<(i64, Arc<Bounds>)>,
}

impl<'c> Ranking<'c> {
    pub fn new(connection: &'c Connection, orders: &Orders, counted: &[Counted], kind: Kind) -> Result<Ranking<'c>> {
        let bounds = |one: &Counted| {
            let read = || Bounds::read(connection, one.mailbox, kind);
            Ok((one.mailbox, orders.bounds(one.mailbox, kind, one.version, read)?))
        };
        Ok(Ranking { connection, kind, mailboxes: counted.iter().map(bounds).collect::<Result<_>>()? })
    }

    /// How many keys are greater.
    pub fn rank(&self, key: Key) -> Result<u64> {
        let mut rank = 0u64;
        for (mailbox, bounds) in &self.mailboxes {
            // The bucket that the key lies in, or would.
            let after = bounds.0.partition_point(|(top, _)| *top >= key);
            let Some((top, above)) = after.checked_sub(1).and_then(|at| bounds.0.get(at)) else { continue };
            rank = rank.saturating_add(*above);
            if *top > key {
                let part: i64 = self
                    .connection
                    .prepare_cached(match self.kind {
                        Kind::Messages => {
                            "SELECT count(*) FROM message WHERE mailbox = ?1 AND place <> 1 \
                             AND (date, id) <= (?2, ?3) AND (date, id) > (?4, ?5)"
                        }
                        Kind::Conversations => {
                            "SELECT count(*) FROM conversation WHERE mailbox = ?1 \
                             AND (date, thread) <= (?2, ?3) AND (date, thread) > (?4, ?5)"
                        }
                    })?
                    .query_row(params![mailbox, top.0, top.1, key.0, key.1], |row| row.get(0))?;
                rank = rank.saturating_add(part.max(0).unsigned_abs());
            }
        }
        Ok(rank)
    }

    /// `wanted` keys from position `start` on, the greatest first, each with its mailbox.
    pub fn keys(&self, start: u64, wanted: u64) -> Result<Vec<(Key, i64)>> {
        if wanted == 0 {
            return Ok(Vec::new());
        }
        let (bound, rank) = self.nearest(start)?;
        let skip = start.saturating_sub(rank);
        if let [(mailbox, _)] = self.mailboxes.as_slice() {
            return self.below(*mailbox, bound, wanted, skip);
        }
        let mut keys: Vec<(Key, i64)> = Vec::new();
        for (mailbox, _) in &self.mailboxes {
            keys.extend(self.below(*mailbox, bound, skip.saturating_add(wanted), 0)?);
        }
        keys.sort_unstable_by(|a, b| b.cmp(a));
        let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Ok(keys.into_iter().skip(whole(skip)).take(whole(wanted)).collect())
    }

    fn below(&self, mailbox: i64, bound: Key, wanted: u64, skip: u64) -> Result<Vec<(Key, i64)>> {
        let mut statement = self.connection.prepare_cached(match self.kind {
            Kind::Messages => {
                "SELECT date, id FROM message WHERE mailbox = ?1 AND place <> 1 AND (date, id) <= (?2, ?3) \
                 ORDER BY date DESC, id DESC LIMIT ?4 OFFSET ?5"
            }
            Kind::Conversations => {
                "SELECT date, thread FROM conversation WHERE mailbox = ?1 AND (date, thread) <= (?2, ?3) \
                 ORDER BY date DESC, thread DESC LIMIT ?4 OFFSET ?5"
            }
        })?;
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let values = params![mailbox, bound.0, bound.1, number(wanted), number(skip)];
        let found = statement.query_map(values, |row| Ok(((row.get(0)?, row.get(1)?), mailbox)))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// A bound whose rank is surely not past `start`, and that rank.
    fn nearest(&self, start: u64) -> Result<(Key, u64)> {
        if let [(_, bounds)] = self.mailboxes.as_slice() {
            let after = bounds.0.partition_point(|(_, above)| *above <= start);
            return Ok(after.checked_sub(1).and_then(|at| bounds.0.get(at)).copied().unwrap_or((TOP, 0)));
        }
        // Adding up whole buckets counts too much where another mailbox's bucket reaches below the bound.
        let mut all: Vec<(Key, u64)> = Vec::new();
        for (_, bounds) in &self.mailboxes {
            let counts = bounds.0.windows(2).filter_map(|pair| match pair {
                [(top, above), (_, next)] => Some((*top, next.saturating_sub(*above))),
                _ => None,
            });
            all.extend(counts);
            // Of the last nobody asks.
            all.extend(bounds.0.last().map(|(top, _)| (*top, u64::MAX)));
        }
        all.sort_unstable_by_key(|(top, _)| std::cmp::Reverse(*top));
        let (mut chosen, mut above) = (TOP, 0u64);
        for (top, n) in &all {
            if above > start {
                break;
            }
            chosen = *top;
            above = above.saturating_add(*n);
        }
        Ok((chosen, self.rank(chosen)?))
    }
}
