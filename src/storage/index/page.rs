//! A range of a list, newest first, found without walking to it.
//!
//! The buckets of a mailbox (at most a few thousand messages each, each with its count) give the
//! rank of any bucket's upper bound by adding up. A range is reached from the nearest bound
//! before it, so a jump into the middle of a million messages reads some thousand numbers and
//! the rows asked for. Several mailboxes are merged in the same way.

use super::messages::row_of;
use super::write::{Key, TOP};
use super::{Page, Query, Row};
use crate::storage::error::Result;
use rusqlite::{Connection, params};
use std::ops::Range;

/// Rows of a query with its counts.
pub(crate) fn page(connection: &Connection, query: &Query, range: Range<u64>) -> Result<Page> {
    let mailboxes = mailboxes_of(connection, query)?;
    let (mut total, mut unread) = (0u64, 0u64);
    for (_, t, u) in &mailboxes {
        total = total.saturating_add(*t);
        unread = unread.saturating_add(*u);
    }
    let start = range.start.min(total);
    let wanted = range.end.min(total).saturating_sub(start);
    let ids: Vec<i64> = mailboxes.iter().map(|m| m.0).collect();
    let keys = keys_at(connection, &ids, start, wanted)?;
    let mut rows: Vec<Row> = Vec::with_capacity(keys.len());
    for (_, id) in keys {
        rows.extend(row_of(connection, id)?);
    }
    Ok(Page { start, rows, total, unread })
}

/// (id, total, unread) of the mailboxes that a query is about.
fn mailboxes_of(connection: &Connection, query: &Query) -> Result<Vec<(i64, u64, u64)>> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.max(0).unsigned_abs(), row.get::<_, i64>(2)?.max(0).unsigned_abs()))
    };
    let found: rusqlite::Result<Vec<_>> = match query {
        Query::Mailbox(id) => connection
            .prepare_cached("SELECT id, total, unread FROM mailbox WHERE id = ?1")?
            .query_map([id.0], read)?
            .collect(),
        Query::AllInboxes => connection
            .prepare_cached("SELECT id, total, unread FROM mailbox WHERE role = 'inbox' ORDER BY id")?
            .query_map([], read)?
            .collect(),
    };
    Ok(found?)
}

/// `wanted` keys of the merged mailboxes from position `start` on.
fn keys_at(connection: &Connection, mailboxes: &[i64], start: u64, wanted: u64) -> Result<Vec<Key>> {
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let (bound, rank) = nearest_bound(connection, mailboxes, start)?;
    let skip = start.saturating_sub(rank);
    let reach = i64::try_from(skip.saturating_add(wanted)).unwrap_or(i64::MAX);
    let mut keys: Vec<Key> = Vec::new();
    for mailbox in mailboxes {
        let mut statement = connection.prepare_cached(
            "SELECT date, id FROM message WHERE mailbox = ?1 AND place <> 1 AND (date, id) <= (?2, ?3) \
             ORDER BY date DESC, id DESC LIMIT ?4",
        )?;
        let found =
            statement.query_map(params![mailbox, bound.0, bound.1, reach], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for key in found {
            keys.push(key?);
        }
    }
    if mailboxes.len() > 1 {
        keys.sort_unstable_by(|a, b| b.cmp(a));
    }
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
    Ok(keys.into_iter().skip(skip).take(wanted).collect())
}

/// The lowest bound whose rank (how many keys are greater) is surely not past `start`, and that rank.
fn nearest_bound(connection: &Connection, mailboxes: &[i64], start: u64) -> Result<(Key, u64)> {
    // Every bound with the count of its bucket, the greatest first.
    let mut bounds: Vec<(Key, i64, u64)> = Vec::new();
    for mailbox in mailboxes {
        let mut statement = connection.prepare_cached("SELECT top_date, top_id, n FROM bucket WHERE mailbox = ?1")?;
        let found = statement.query_map([mailbox], |row| {
            Ok(((row.get(0)?, row.get(1)?), *mailbox, row.get::<_, i64>(2)?.max(0).unsigned_abs()))
        })?;
        for bound in found {
            bounds.push(bound?);
        }
    }
    bounds.sort_unstable_by_key(|b| std::cmp::Reverse(b.0));
    // Adding up whole buckets counts too much where another mailbox's bucket reaches below the bound.
    let mut chosen = TOP;
    let mut above = 0u64;
    for (top, _, n) in &bounds {
        if above > start {
            break;
        }
        chosen = *top;
        above = above.saturating_add(*n);
    }
    let mut rank = 0u64;
    for mailbox in mailboxes {
        rank = rank.saturating_add(rank_in(connection, *mailbox, &bounds, chosen)?);
    }
    Ok((chosen, rank))
}

/// How many keys of one mailbox are greater than a bound.
fn rank_in(connection: &Connection, mailbox: i64, bounds: &[(Key, i64, u64)], bound: Key) -> Result<u64> {
    let own: Vec<(Key, u64)> = bounds.iter().filter(|b| b.1 == mailbox).map(|b| (b.0, b.2)).collect();
    let mut rank = 0u64;
    for (i, (top, n)) in own.iter().enumerate() {
        if *top <= bound {
            break;
        }
        let next = own.get(i.saturating_add(1)).map(|b| b.0);
        if next.is_some_and(|next| next >= bound) {
            rank = rank.saturating_add(*n);
            continue;
        }
        // The bucket that the bound lies in.
        let part: i64 = connection
            .prepare_cached(
                "SELECT count(*) FROM message WHERE mailbox = ?1 AND place <> 1 \
                 AND (date, id) <= (?2, ?3) AND (date, id) > (?4, ?5)",
            )?
            .query_row(params![mailbox, top.0, top.1, bound.0, bound.1], |row| row.get(0))?;
        rank = rank.saturating_add(part.max(0).unsigned_abs());
        break;
    }
    Ok(rank)
}
