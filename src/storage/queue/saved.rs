//! Searches that the person keeps as folders: a name and what was typed.

use super::Queue;
use crate::storage::error::{Error, Result};
use rusqlite::{OptionalExtension, Transaction, params};
use std::sync::Arc;

/// Longest name and longest line that are kept, in bytes.
const MAX_NAME: usize = 256;
const MAX_LINE: usize = 4096;

/// A search under its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub id: i64,
    pub name: String,
    pub line: String,
}

/// The saved searches. Cheap to clone.
#[derive(Clone)]
pub struct SavedSearches {
    queue: Arc<Queue>,
}

impl SavedSearches {
    pub(crate) fn new(queue: &Arc<Queue>) -> SavedSearches {
        SavedSearches { queue: Arc::clone(queue) }
    }

    /// All of them, by their names.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn all(&self) -> Result<Vec<Saved>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached("SELECT id, name, line FROM saved_search")?;
            let read = |row: &rusqlite::Row<'_>| Ok(Saved { id: row.get(0)?, name: row.get(1)?, line: row.get(2)? });
            let mut all: Vec<Saved> = statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
            all.sort_by_cached_key(|saved| (saved.name.to_lowercase(), saved.id));
            Ok(all)
        })
    }

    /// One of them.
    pub fn find(&self, id: i64) -> Result<Option<Saved>> {
        self.queue.read(|c| {
            let read = |row: &rusqlite::Row<'_>| Ok(Saved { id: row.get(0)?, name: row.get(1)?, line: row.get(2)? });
            Ok(c.query_row("SELECT id, name, line FROM saved_search WHERE id = ?1", [id], read).optional()?)
        })
    }

    /// Keeps a search; the value is its id. The same name and line again is the same search.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the name is empty, over-long, or taken by another line.
    pub fn save(&self, name: &str, line: &str) -> Result<i64> {
        let name = checked_name(name)?;
        let line = line.trim();
        if line.is_empty() || line.len() > MAX_LINE {
            return Err(Error::Invalid("a search that says nothing, or too much".into()));
        }
        self.queue.write(|tx| {
            if let Some(other) = named(tx, &name, None)? {
                return if other.line == line { Ok(other.id) } else { Err(taken(&name)) };
            }
            tx.execute("INSERT INTO saved_search (name, line) VALUES (?1, ?2)", params![name, line])?;
            Ok(tx.last_insert_rowid())
        })
    }

    /// Gives a search another name.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] as for [`SavedSearches::save`].
    pub fn rename(&self, id: i64, name: &str) -> Result<()> {
        let name = checked_name(name)?;
        self.queue.write(|tx| {
            if named(tx, &name, Some(id))?.is_some() {
                return Err(taken(&name));
            }
            match tx.execute("UPDATE saved_search SET name = ?2 WHERE id = ?1", params![id, name])? {
                0 => Err(Error::NotFound(format!("saved search {id}"))),
                _ => Ok(()),
            }
        })
    }

    /// Forgets a search; whether there was one.
    pub fn delete(&self, id: i64) -> Result<bool> {
        self.queue.write(|tx| Ok(tx.execute("DELETE FROM saved_search WHERE id = ?1", [id])? > 0))
    }
}

/// The search that has this name, in any case; but for `except`.
fn named(tx: &Transaction<'_>, name: &str, except: Option<i64>) -> Result<Option<Saved>> {
    let wanted = name.to_lowercase();
    let mut statement = tx.prepare_cached("SELECT id, name, line FROM saved_search")?;
    let read = |row: &rusqlite::Row<'_>| Ok(Saved { id: row.get(0)?, name: row.get(1)?, line: row.get(2)? });
    for saved in statement.query_map([], read)? {
        let saved = saved?;
        if saved.name.to_lowercase() == wanted && Some(saved.id) != except {
            return Ok(Some(saved));
        }
    }
    Ok(None)
}

fn checked_name(name: &str) -> Result<String> {
    let name = crate::mail::text::fold_white(&crate::mail::text::display_safe(name)).trim().to_string();
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(Error::Invalid("the name of a search".into()));
    }
    Ok(name)
}

fn taken(name: &str) -> Error {
    Error::Invalid(format!("there is a saved search “{name}” already"))
}
