//! The inverse of each command that can be taken back, kept beside the operations.

use super::Queue;
use crate::storage::error::Result;
use crate::storage::files;
use rusqlite::{OptionalExtension, Transaction, params};
use std::sync::Arc;

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
    /// Drops the inverses recorded before this Unix time; the value is how many.
    pub fn expire(&self, before: i64) -> Result<usize> {
        self.queue.write(|tx| Ok(tx.execute("DELETE FROM undo WHERE at < ?1", [before])?))
    }
}

pub(super) fn insert(tx: &Transaction<'_>, group: i64, inverse: &str) -> Result<i64> {
    tx.execute("INSERT INTO undo (command, inverse, at) VALUES (?1, ?2, ?3)", params![group, inverse, files::now()])?;
    Ok(tx.last_insert_rowid())
}
