//! The inverse of each command that can be taken back, kept beside the operations.

use super::Queue;
use crate::storage::error::Result;
use crate::storage::files;
use rusqlite::{OptionalExtension, Transaction, params};
use std::sync::Arc;

/// An inverse in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    pub token: i64,
    /// When it was recorded, Unix seconds.
    pub at: i64,
    /// The service's JSON.
    pub inverse: String,
}

/// The undo log. Cheap to clone.
#[derive(Clone)]
pub struct UndoLog {
    queue: Arc<Queue>,
}

impl UndoLog {
    pub(crate) fn new(queue: &Arc<Queue>) -> UndoLog {
        UndoLog { queue: Arc::clone(queue) }
    }

    /// Records the inverse (the service's JSON) of a command; the value is the token that takes it.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn record(&self, group: i64, inverse: &str) -> Result<i64> {
        self.queue.write(|tx| insert(tx, group, inverse))
    }
    /// An inverse as it stands: its group and its JSON. For an undo that must survive a crash in its middle:
    /// look, act, then take.
    pub fn peek(&self, token: i64) -> Result<Option<(i64, String)>> {
        self.queue.read(|c| {
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            Ok(c.query_row("SELECT command, inverse FROM undo WHERE token = ?1", [token], read).optional()?)
        })
    }
    /// Takes an inverse out: its group and its JSON. `None` where it was taken already or dropped.
    pub fn take(&self, token: i64) -> Result<Option<(i64, String)>> {
        self.queue.write(|tx| {
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let sql = "DELETE FROM undo WHERE token = ?1 RETURNING command, inverse";
            Ok(tx.query_row(sql, [token], read).optional()?)
        })
    }
    /// Inverses recorded since this Unix time, the newest first.
    pub fn history(&self, since: i64, limit: usize) -> Result<Vec<Logged>> {
        self.queue.read(|c| {
            let sql = "SELECT token, at, inverse FROM undo WHERE at >= ?1 ORDER BY token DESC LIMIT ?2";
            let read =
                |row: &rusqlite::Row<'_>| Ok(Logged { token: row.get(0)?, at: row.get(1)?, inverse: row.get(2)? });
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            Ok(c.prepare_cached(sql)?.query_map([since, limit], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// The latest inverse of a command.
    pub fn of_group(&self, group: i64) -> Result<Option<String>> {
        self.queue.read(|c| {
            let sql = "SELECT inverse FROM undo WHERE command = ?1 ORDER BY token DESC LIMIT 1";
            Ok(c.query_row(sql, [group], |row| row.get(0)).optional()?)
        })
    }
    /// Drops the inverses recorded before this Unix time; the value is how many.
    pub fn expire(&self, before: i64) -> Result<usize> {
        self.queue.write(|tx| Ok(tx.execute("DELETE FROM undo WHERE at < ?1", [before])?))
    }
}

pub(super) fn insert(tx: &Transaction<'_>, group: i64, inverse: &str) -> Result<i64> {
    tx.execute("INSERT INTO undo (command, inverse, at) VALUES (?1, ?2, ?3)", params![group, inverse, files::now()])?;
    Ok(tx.last_insert_rowid())
}
