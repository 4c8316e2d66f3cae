//! The database's connections: opened, made anew, lent.

use super::list::orders::Orders;
use super::schema;
use super::write::Write;
use crate::storage::error::{At, Error, Result};
use crate::storage::files;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Readers kept open for the next question.
const MAX_IDLE_READERS: usize = 4;
/// Name in `state`: a number that no other index has.
const IDENTITY: &str = "identity";
/// Name in `state`: 1 once the whole index was compared with the Maildirs.
const COMPLETE: &str = "complete";

/// The index.
pub(crate) struct Index {
    path: PathBuf,
    /// Before the writer, so that they close before it: the last to close moves the log into the database, and
    /// only a writer can.
    readers: Mutex<Vec<(u64, Connection)>>,
    writer: Mutex<Option<Connection>>,
    /// Grows when the file is made anew, so that old readers are not lent again.
    generation: AtomicU64,
    complete: AtomicBool,
    renumbered: Mutex<BTreeSet<i64>>,
    orders: Orders,
}

impl Index {
    /// Opens the index; one that is missing, damaged or of another version is made anew.
    ///
    /// # Errors
    /// What disk or database say.
    pub fn open(path: &Path) -> Result<Index> {
        let connection = match existing(path) {
            Ok(Some(connection)) => connection,
            Ok(None) => fresh(path)?,
            Err(error @ (Error::DiskFull { .. } | Error::Io { .. })) => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "the index is made anew");
                fresh(path)?
            }
        };
        let complete = flag(&connection, COMPLETE).unwrap_or(false);
        Ok(Index {
            path: path.into(),
            writer: Mutex::new(Some(connection)),
            readers: Mutex::default(),
            generation: AtomicU64::new(0),
            complete: AtomicBool::new(complete),
            renumbered: Mutex::default(),
            orders: Orders::default(),
        })
    }

    /// Whether every Maildir was compared with the index since it was made.
    pub fn is_complete(&self) -> bool {
        self.complete.load(Ordering::SeqCst)
    }

    /// Records that the index holds everything.
    pub fn set_complete(&self) -> Result<()> {
        self.write(|w| {
            w.tx.execute("INSERT OR REPLACE INTO state VALUES (?1, 1)", [COMPLETE])?;
            Ok(())
        })?;
        self.complete.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Throws the database away and begins an empty one.
    pub fn reset(&self) -> Result<()> {
        let mut writer = lock(&self.writer);
        self.complete.store(false, Ordering::SeqCst);
        self.generation.fetch_add(1, Ordering::SeqCst);
        lock(&self.readers).clear();
        self.orders.forget();
        *writer = None;
        *writer = Some(fresh(&self.path)?);
        Ok(())
    }

    /// Grows when the file is made anew.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// A number that no other index has, the one before this among them.
    pub fn identity(&self) -> Result<i64> {
        self.read(|c| Ok(c.query_row("SELECT value FROM state WHERE name = ?1", [IDENTITY], |row| row.get(0))?))
    }

    /// Reads, in one snapshot, beside any writing.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let generation = self.generation.load(Ordering::SeqCst);
        let lent = {
            let mut idle = lock(&self.readers);
            idle.retain(|(g, _)| *g == generation);
            idle.pop().map(|(_, c)| c)
        };
        let reader = match lent {
            Some(reader) => reader,
            None => self.reader()?,
        };
        let snapshot = reader.unchecked_transaction()?;
        let result = read(&snapshot);
        drop(snapshot);
        let mut idle = lock(&self.readers);
        if idle.len() < MAX_IDLE_READERS && self.generation.load(Ordering::SeqCst) == generation {
            idle.push((generation, reader));
        }
        result.map_err(|e| self.placed(e))
    }

    /// Changes the index in one transaction, with counts and order brought up to date at its end.
    pub fn write<T>(&self, change: impl FnOnce(&mut Write<'_>) -> Result<T>) -> Result<T> {
        let mut guard = lock(&self.writer);
        if guard.is_none() {
            // A reset that failed half-way.
            *guard = Some(fresh(&self.path)?);
        }
        let Some(connection) = guard.as_mut() else { return Err(Error::NotFound("index".into())) };
        let apply = |connection: &mut Connection| {
            let tx: Transaction<'_> = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut write = Write::new(tx);
            let value = change(&mut write)?;
            let changes = write.settle()?;
            lock(&self.renumbered).append(&mut write.renumbered);
            // Before anybody can see them; who asks meanwhile has an older version and does not look.
            self.orders.note(&changes);
            let committed = write.commit();
            if committed.is_err() {
                self.orders.forget();
            }
            committed.map(|()| value)
        };
        apply(connection).map_err(|e| self.placed(e))
    }

    /// Mailboxes in which conversations joined or parted since this was last asked, each perhaps because of a message
    /// in another.
    pub fn take_renumbered(&self) -> BTreeSet<i64> {
        std::mem::take(&mut *lock(&self.renumbered))
    }

    /// Orders that are kept in memory.
    pub fn orders(&self) -> &Orders {
        &self.orders
    }

    fn reader(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        reader.busy_timeout(Duration::from_secs(10))?;
        reader.pragma_update(None, "cache_size", -2048)?;
        reader.set_prepared_statement_cache_capacity(64);
        Ok(reader)
    }

    /// Names the database in an error that came without.
    fn placed(&self, error: Error) -> Error {
        match error {
            Error::DiskFull { .. } => Error::DiskFull { path: self.path.clone() },
            Error::Damaged { reason, .. } => Error::Damaged { path: self.path.clone(), reason },
            other => other,
        }
    }
}

/// The index in place, where it is of this version and can be read.
fn existing(path: &Path) -> Result<Option<Connection>> {
    if !path.exists() {
        return Ok(None);
    }
    let connection = open(path)?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != schema::VERSION {
        return Ok(None);
    }
    // Reads the root of what every list begins with; a page damaged deeper is told by the query that meets it.
    connection.query_row("SELECT count(*) FROM mailbox", [], |row| row.get::<_, i64>(0))?;
    Ok(Some(connection))
}

fn fresh(path: &Path) -> Result<Connection> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        files::remove(Path::new(&name))?;
    }
    // Made here first: SQLite gives its other files the mode of this one.
    files::private().write(true).create_new(true).open(path).at(path)?;
    let mut connection = open(path)?;
    let tx = connection.transaction()?;
    tx.execute_batch(schema::TABLES)?;
    tx.execute("INSERT INTO state VALUES (?1, ?2)", params![IDENTITY, fastrand::i64(1..)])?;
    tx.pragma_update(None, "user_version", schema::VERSION)?;
    tx.commit()?;
    Ok(connection)
}

fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "journal_size_limit", 16 << 20)?;
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

fn flag(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare("SELECT value FROM state WHERE name = ?1")?;
    let mut rows = statement.query([name])?;
    Ok(match rows.next()? {
        Some(row) => row.get::<_, i64>(0)? != 0,
        None => false,
    })
}

/// A crash simulated by unwinding leaves nothing half-done behind these mutexes: SQLite rolls back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
