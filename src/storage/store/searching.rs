//! The words of stored messages: read into the search database, and found there.

use super::{Store, Stored, messages, rows};
use crate::mail::ids::MessageId;
use crate::mail::mime::{Searchable, searchable};
use crate::mail::search::Expression;
use crate::storage::error::Result;
use crate::storage::index::Row;
use crate::storage::search::{Order, Visited, Words};
use rusqlite::params;
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::path::PathBuf;

/// Messages of one transaction, and their bytes: what is put in together FTS5 need not merge afterwards.
const BATCH: i64 = 1000;
const BATCH_BYTES: u64 = 8 << 20;
/// Of a larger file only the beginning is read.
const MAX_READ: u64 = 64 << 20;
/// Space that is made for a file before it is read.
const MAX_READ_AT_ONCE: usize = 4 << 20;

/// How far the search database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    /// Messages read in this step.
    pub read: u64,
    /// Messages still to be looked at.
    pub left: u64,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub rows: Vec<Row>,
    /// Messages whose words were searched.
    pub searched: u64,
    /// Messages that came and were not read yet.
    pub waiting: u64,
}

/// A row of the index, to be read.
struct Visit {
    seq: i64,
    stored: Stored,
    path: PathBuf,
}

impl Store {
    /// Reads the words of the next messages that came; call it until nothing is left. A message whose file cannot be
    /// read is passed over: it comes again when the mailbox is compared with its directory.
    ///
    /// # Errors
    /// What disk or database say.
    pub fn index_words(&self) -> Result<Indexed> {
        let (index, search) = (&self.inner.index, &self.inner.search);
        let identity = index.identity()?;
        let visited = search.visited(index.generation())?;
        let seq = if visited.index == identity { visited.seq } else { 0 };
        let (visits, gone) = self.next_visits(seq)?;
        if visits.is_empty() && gone.is_empty() {
            return Ok(Indexed::default());
        }
        let ids: Vec<i64> = visits.iter().map(|v| messages::sql_id(v.stored.id)).collect();
        let wanted: Vec<(&Visit, Option<i64>)> = visits.iter().zip(search.sizes(&ids)?).collect();
        let new = read_all(&wanted);
        let read = u64::try_from(new.len()).unwrap_or(u64::MAX);
        let last = visits.last().map_or(seq, |v| v.seq);
        search.put(new, &gone, Visited { index: identity, seq: last })?;
        if !gone.is_empty() {
            index.write(|w| {
                let mut statement = w.tx.prepare_cached("DELETE FROM gone WHERE id = ?1")?;
                gone.iter().try_for_each(|id| statement.execute([id]).map(drop))?;
                Ok(())
            })?;
        }
        Ok(Indexed { read, left: self.words_left(last)? })
    }

    /// Messages in one go whose words are to be read, and ids of those that went.
    fn next_visits(&self, seq: i64) -> Result<(Vec<Visit>, Vec<i64>)> {
        let (found, gone) = self.inner.index.read(|c| {
            let found = messages::after(c, seq, BATCH)?;
            let mut statement = c.prepare_cached(
                "SELECT id FROM gone WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = gone.id) LIMIT ?1",
            )?;
            let gone = statement.query_map([BATCH], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
            let mut maildirs = HashMap::new();
            for (_, stored) in &found {
                if !maildirs.contains_key(&stored.mailbox)
                    && let Some(record) = rows::find(c, stored.mailbox)?
                {
                    maildirs.insert(stored.mailbox, self.maildir(&record));
                }
            }
            let visits = found.into_iter().filter_map(|(seq, stored)| {
                let path = maildirs.get(&stored.mailbox)?.place(stored.place).join(&stored.file_name);
                Some(Visit { seq, stored, path })
            });
            Ok((of_one_round(visits), gone))
        })?;
        Ok((found, gone))
    }

    fn words_left(&self, seq: i64) -> Result<u64> {
        self.inner.index.read(|c| {
            let n: i64 = c
                .prepare_cached("SELECT count(*) FROM message WHERE seq > ?1")?
                .query_row(params![seq], |row| row.get(0))?;
            Ok(n.max(0).unsigned_abs())
        })
    }

    /// Messages that came and whose words were not read yet.
    pub fn words_waiting(&self) -> Result<u64> {
        let visited = self.inner.search.visited(self.inner.index.generation())?;
        let seq = if visited.index == self.inner.index.identity()? { visited.seq } else { 0 };
        self.words_left(seq)
    }

    /// Rows of the messages that an expression finds.
    ///
    /// # Errors
    /// What the databases say.
    pub fn search(&self, expression: &Expression, order: Order, range: Range<u64>) -> Result<Found> {
        let (index, search) = (&self.inner.index, &self.inner.search);
        let generation = index.generation();
        let ids = search.find(generation, expression, order, range)?;
        let rows = index.read(|c| ids.iter().filter_map(|id| messages::row_of(c, *id).transpose()).collect())?;
        Ok(Found { rows, searched: search.count(generation)?, waiting: self.words_waiting()? })
    }

    /// Ids of every message that an expression finds, the newest first.
    ///
    /// # Errors
    /// What the databases say.
    pub fn search_ids(&self, expression: &Expression) -> Result<Vec<MessageId>> {
        let generation = self.inner.index.generation();
        let ids = self.inner.search.find(generation, expression, Order::Date, 0..u64::from(u32::MAX))?;
        Ok(ids.into_iter().map(|id| MessageId(id.max(0).unsigned_abs())).collect())
    }
}

/// As many as are read in one go; at least one.
fn of_one_round(visits: impl Iterator<Item = Visit>) -> Vec<Visit> {
    let mut bytes = 0_u64;
    let fits = |visit: &Visit| {
        let before = bytes;
        bytes = bytes.saturating_add(visit.stored.size);
        before == 0 || bytes <= BATCH_BYTES
    };
    visits.take_while(fits).collect()
}

/// Reads files on two threads, without those that were read before as they are.
fn read_all(visits: &[(&Visit, Option<i64>)]) -> Vec<Words> {
    let half = visits.len().div_ceil(2).max(1);
    let read = |share: &[(&Visit, Option<i64>)]| -> Vec<Words> {
        share.iter().filter_map(|(visit, before)| read_one(visit, *before)).collect()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = visits.chunks(half).map(|share| scope.spawn(move || read(share))).collect();
        let joined = workers.into_iter().map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    })
}

fn read_one(visit: &Visit, before: Option<i64>) -> Option<Words> {
    let file = std::fs::File::open(&visit.path).ok()?;
    let size = i64::try_from(file.metadata().ok()?.len()).ok()?;
    if before == Some(size) {
        return None;
    }
    // In one go: without a size known, reading grows the space step by step.
    let length = usize::try_from(size).unwrap_or(0).min(MAX_READ_AT_ONCE).saturating_add(1);
    let mut bytes = Vec::with_capacity(length);
    file.take(MAX_READ).read_to_end(&mut bytes).ok()?;
    let text: Searchable = searchable(&bytes);
    Some(Words { id: messages::sql_id(visit.stored.id), date: visit.stored.date, size, text })
}
