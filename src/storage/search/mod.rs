//! `search.db`: where which words stand, over every message of the profile.
//!
//! SQLite's FTS5 was chosen over tantivy by measuring both on 10,000 messages (188 MB, twelve languages), reading and
//! parsing included: 2.2 s of CPU and 43 MiB against 3.0 s and 63 MiB, questions 0.01–0.2 ms against
//! 0.01–0.08 ms; its file is larger (47 MB against 19 MB). It is in the program anyway, and one file that is
//! either committed or not needs no care of ours after a crash. At 100,000 messages (1.8 GB) FTS5 alone was measured:
//! their words cost 42 s of CPU and 113 MiB, storing them 23 s; the file has 428 MB.
//!
//! The database is a cache beside the index, filled after it by [`Store::index_words`](crate::storage::Store::index_words):
//! a person sees new mail in the list first, and finds its words a moment later. Rows of the index are visited in the
//! order in which they came; which were visited is one number, kept with the index's identity, so that an index made
//! anew is visited anew and costs a look at each message, not its reading. Messages that went are noted by the
//! index itself and taken out in the next round; until then the join with the index passes them over.
//!
//! A message's rowid begins with its date: the newest fifty are found by reading backwards and stopping.

mod compile;
mod schema;
mod words;

use super::error::{At, Error, Result};
use super::files;
use crate::mail::mime::Searchable;
use crate::mail::search::Expression;
use compile::compile;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params, params_from_iter};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Readers kept open for the next question.
const MAX_IDLE_READERS: usize = 2;
/// Bits of a rowid below the date.
const TWINS: u32 = 20;
/// Name in `state`: how many messages are in.
const COUNT: &str = "count";

/// The search database.
pub(crate) struct Search {
    path: PathBuf,
    index: PathBuf,
    /// Before the writer, so that they close before it. Each with the generation of the index that it has attached.
    readers: Mutex<Vec<(u64, Connection)>>,
    writer: Mutex<Option<Connection>>,
}

/// Which rows of the index were visited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Visited {
    /// The index's identity.
    pub index: i64,
    pub seq: i64,
}

/// A message whose words are put in.
pub(crate) struct Words {
    pub id: i64,
    pub date: i64,
    /// Bytes that were read.
    pub size: i64,
    pub text: Searchable,
}

/// In which order messages are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The newest first.
    #[default]
    Date,
    /// Those first in which the words are most telling (BM25).
    Relevance,
}

impl Search {
    pub fn new(path: PathBuf, index: PathBuf) -> Search {
        Search { path, index, readers: Mutex::default(), writer: Mutex::default() }
    }

    /// What was visited so far.
    pub fn visited(&self, generation: u64) -> Result<Visited> {
        // Not by the writer: a person's search would wait for the batch that is being put in.
        self.read(generation, |c| Ok(Visited { index: state(c, "index")?, seq: state(c, "seq")? }))
    }

    /// Which of these messages are in already, with the bytes that were read of each.
    pub fn sizes(&self, ids: &[i64]) -> Result<Vec<Option<i64>>> {
        self.write(|tx| {
            let mut statement = tx.prepare_cached("SELECT size FROM doc WHERE id = ?1")?;
            ids.iter().map(|id| Ok(statement.query_row([id], |row| row.get(0)).optional()?)).collect()
        })
    }

    /// Puts words in, takes out those of messages that went, and records what was visited: all or nothing.
    pub fn put(&self, mut new: Vec<Words>, gone: &[i64], visited: Visited) -> Result<()> {
        // FTS5 writes ascending rowids together.
        new.sort_by_key(|words| words.date);
        self.write(|tx| {
            let mut count = counted(tx)?;
            for id in gone.iter().chain(new.iter().map(|words| &words.id)) {
                count = count.saturating_sub(i64::from(take(tx, *id)?));
            }
            for words in &new {
                insert(tx, words)?;
                count = count.saturating_add(1);
            }
            let mut statement = tx.prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2)")?;
            statement.execute(params!["index", visited.index])?;
            statement.execute(params!["seq", visited.seq])?;
            statement.execute(params![COUNT, count])?;
            Ok(())
        })
    }

    /// Ids of the messages that an expression finds.
    ///
    /// # Errors
    /// What the databases say.
    pub fn find(
        &self,
        generation: u64,
        expression: &Expression,
        order: Order,
        range: std::ops::Range<u64>,
    ) -> Result<Vec<i64>> {
        let compiled = compile(expression);
        let (from, key) = match &compiled.matching {
            Some(_) => ("word JOIN doc d ON d.key = word.rowid", "word.rowid"),
            None => ("doc d", "d.key"),
        };
        let mut values: Vec<Value> = compiled.matching.iter().cloned().map(Value::Text).collect();
        let matching = compiled.matching.is_some().then(|| "word MATCH ?".to_string());
        let listed = "m.place <> 1".to_string();
        let conditions: Vec<String> =
            matching.into_iter().chain([listed]).chain(compiled.conditions.iter().cloned()).collect();
        values.extend(compiled.values);
        let order = match (order, &compiled.matching) {
            (Order::Relevance, Some(_)) => "word.rank",
            _ => &format!("{key} DESC"),
        };
        let sql = format!(
            "SELECT m.id FROM {from} CROSS JOIN idx.message m ON m.id = d.id CROSS JOIN idx.mailbox b ON b.id = m.mailbox \
             WHERE {} ORDER BY {order} LIMIT ? OFFSET ?",
            conditions.join(" AND ").replace("{key}", key)
        );
        let number = |n: u64| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        values.extend([number(range.end.saturating_sub(range.start)), number(range.start)]);
        self.read(generation, |c| {
            let mut statement = c.prepare_cached(&sql)?;
            let found = statement.query_map(params_from_iter(values), |row| row.get(0))?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// How many messages were read.
    pub fn count(&self, generation: u64) -> Result<u64> {
        self.read(generation, |c| Ok(counted(c)?.max(0).unsigned_abs()))
    }

    fn read<T>(&self, generation: u64, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let lent = {
            let mut idle = lock(&self.readers);
            idle.retain(|(g, _)| *g == generation);
            idle.pop().map(|(_, c)| c)
        };
        let reader = match lent {
            Some(reader) => reader,
            None => self.reader()?,
        };
        let result = read(&reader);
        let mut idle = lock(&self.readers);
        if idle.len() < MAX_IDLE_READERS {
            idle.push((generation, reader));
        }
        result.map_err(|e| self.placed(e))
    }

    fn reader(&self) -> Result<Connection> {
        // There is something to read.
        self.write(|_| Ok(()))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        reader.busy_timeout(Duration::from_secs(10))?;
        reader.pragma_update(None, "cache_size", -4096)?;
        let index = self.index.to_str().ok_or_else(|| Error::Invalid("the profile's path is no text".into()))?;
        reader.execute("ATTACH DATABASE ?1 AS idx", [index])?;
        Ok(reader)
    }

    /// One transaction; a database that is missing, damaged or of another version is made anew first.
    fn write<T>(&self, change: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut guard = lock(&self.writer);
        if guard.is_none() {
            *guard = Some(existing(&self.path).map_or_else(|| fresh(&self.path), Ok)?);
        }
        let Some(connection) = guard.as_mut() else { return Err(Error::NotFound("search".into())) };
        let apply = |connection: &mut Connection| {
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = change(&tx)?;
            tx.commit()?;
            Ok(value)
        };
        let result = apply(connection);
        if matches!(result, Err(Error::Damaged { .. })) {
            // A cache: the next call makes it anew.
            *guard = None;
            lock(&self.readers).clear();
            remove(&self.path)?;
        }
        result.map_err(|e| self.placed(e))
    }

    fn placed(&self, error: Error) -> Error {
        match error {
            Error::DiskFull { .. } => Error::DiskFull { path: self.path.clone() },
            Error::Damaged { reason, .. } => Error::Damaged { path: self.path.clone(), reason },
            other => other,
        }
    }
}

fn state(connection: &Connection, name: &str) -> Result<i64> {
    Ok(known(connection, name)?.unwrap_or(0))
}

fn known(connection: &Connection, name: &str) -> Result<Option<i64>> {
    let found =
        connection.prepare_cached("SELECT value FROM state WHERE name = ?1")?.query_row([name], |row| row.get(0));
    Ok(found.optional()?)
}

/// How many messages are in. SQLite would walk through all of them to count them, for every question.
fn counted(connection: &Connection) -> Result<i64> {
    match known(connection, COUNT)? {
        Some(count) => Ok(count),
        None => Ok(connection.prepare_cached("SELECT count(*) FROM doc")?.query_row([], |row| row.get(0))?),
    }
}

/// Takes a message's words out, where they are in; whether they were.
fn take(tx: &Transaction<'_>, id: i64) -> Result<bool> {
    let key: Option<i64> = tx
        .prepare_cached("DELETE FROM doc WHERE id = ?1 RETURNING key")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(key) = key {
        tx.prepare_cached("DELETE FROM word WHERE rowid = ?1")?.execute([key])?;
    }
    Ok(key.is_some())
}

fn insert(tx: &Transaction<'_>, words: &Words) -> Result<()> {
    let key = free_key(tx, words)?;
    let text = &words.text;
    let separated = words::separated;
    tx.prepare_cached("INSERT INTO doc VALUES (?1, ?2, ?3)")?.execute([key, words.id, words.size])?;
    tx.prepare_cached(
        "INSERT INTO word (rowid, sender, recipient, subject, body, files, other) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        key,
        separated(&text.from),
        separated(&text.to),
        separated(&text.subject),
        separated(&text.body),
        separated(&text.files),
        text.message_id,
    ])?;
    Ok(())
}

/// A rowid that begins with the date; the rest is made of the id, and counted on where another message has it.
fn free_key(tx: &Transaction<'_>, words: &Words) -> Result<i64> {
    let mask = (1_i64 << TWINS).wrapping_sub(1);
    let first = first_key(words.date);
    let mut statement = tx.prepare_cached("SELECT 1 FROM doc WHERE key = ?1")?;
    for step in 0..=mask {
        let key = first | (words.id.wrapping_add(step) & mask);
        if !statement.exists([key])? {
            return Ok(key);
        }
    }
    Err(Error::Invalid("a million messages of one second".into()))
}

/// The lowest rowid of a date.
fn first_key(date: i64) -> i64 {
    date.clamp(-(1 << 42), 1 << 42) << TWINS
}

fn existing(path: &Path) -> Option<Connection> {
    if !path.exists() {
        return None;
    }
    let connection = open(path).ok()?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).ok()?;
    let readable = connection.query_row("SELECT count(*) FROM state", [], |row| row.get::<_, i64>(0)).is_ok();
    (version == schema::VERSION && readable).then_some(connection)
}

fn fresh(path: &Path) -> Result<Connection> {
    remove(path)?;
    // Made here first: SQLite gives its other files the mode of this one.
    files::private().write(true).create_new(true).open(path).at(path)?;
    let mut connection = open(path)?;
    let tx = connection.transaction()?;
    tx.execute_batch(schema::TABLES)?;
    tx.pragma_update(None, "user_version", schema::VERSION)?;
    tx.commit()?;
    Ok(connection)
}

fn remove(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        files::remove(Path::new(&name))?;
    }
    Ok(())
}

fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "journal_size_limit", 16 << 20)?;
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
