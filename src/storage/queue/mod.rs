//! `queue.db`: what the person asked for and what was sent. No cache: every transaction is on
//! the disk when it returns (WAL, `synchronous=FULL`). Saved searches are here for the same reason: nobody could
//! make them anew.

pub mod arrival;
pub mod coalesce;
mod kind;
pub mod ledger;
pub mod operations;
pub mod outbox;
mod outgoing;
pub mod saved;
#[cfg(test)]
mod tests;
pub mod undo;

use super::error::{At, Error, Result};
use super::fail::CrashPoint;
use super::files;
use super::profile::Profile;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What takes the database from each version to the next: its version is how many of these it has seen. This database
/// is never thrown away, so a change of its tables is one more entry at the end.
const MIGRATIONS: [&str; 7] =
    [TABLES, OPERATION_ORDER, OUTBOX_OPTIONS, LEDGER_SIZES, ARRIVALS, SAVED_SEARCHES, OUTBOX_MEASURES];

/// What was found about senders when their messages arrived; `found` is JSON, none while that is to be done.
const ARRIVALS: &str = "
CREATE TABLE arrival (message INTEGER PRIMARY KEY, account TEXT NOT NULL, came INTEGER NOT NULL, found TEXT);
CREATE INDEX arrival_expected ON arrival (came) WHERE found IS NULL;
";

/// Searches kept as folders.
const SAVED_SEARCHES: &str = "
CREATE TABLE saved_search (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, line TEXT NOT NULL);
";

/// What was found out about a message on its way out when it was written: the SHA-256 of its bytes, and what the
/// service wants to know of it when it goes.
const OUTBOX_MEASURES: &str = "
ALTER TABLE outbox ADD COLUMN sha256 BLOB;
ALTER TABLE outbox ADD COLUMN measures TEXT;
";

/// The size of a message as LIST said it.
const LEDGER_SIZES: &str = "ALTER TABLE ledger ADD COLUMN size INTEGER;";

/// An operation that waits for another; what waits for a message is found without reading the whole queue.
const OPERATION_ORDER: &str = "
ALTER TABLE operation ADD COLUMN after INTEGER;
CREATE INDEX operation_after ON operation (after);
ALTER TABLE operation ADD COLUMN message TEXT AS (json_extract(kind, '$.message')) VIRTUAL;
ALTER TABLE operation ADD COLUMN source TEXT AS (json_extract(kind, '$.source')) VIRTUAL;
ALTER TABLE operation ADD COLUMN deletes INTEGER AS
    (CASE json_extract(kind, '$.kind') WHEN 'delete_mailbox' THEN json_extract(kind, '$.mailbox') END) VIRTUAL;
CREATE INDEX operation_deletes ON operation (deletes) WHERE deletes IS NOT NULL;
CREATE INDEX operation_message ON operation (message);
CREATE INDEX operation_source ON operation (source);
";

/// Hidden recipients for the copy in Sent, reports of delivery, and a time that the person chose.
const OUTBOX_OPTIONS: &str = "
ALTER TABLE outbox ADD COLUMN bcc TEXT;
ALTER TABLE outbox ADD COLUMN report INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN leaves_at INTEGER;
";

const TABLES: &str = "
CREATE TABLE operation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    command INTEGER NOT NULL
);
CREATE INDEX operation_account ON operation (account, id);
CREATE INDEX operation_command ON operation (command);
CREATE TABLE command (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL);
CREATE TABLE undo (
    token INTEGER PRIMARY KEY AUTOINCREMENT,
    command INTEGER NOT NULL,
    inverse TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    message_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    reverse_path TEXT NOT NULL,
    recipients TEXT NOT NULL,
    size INTEGER NOT NULL,
    file TEXT NOT NULL,
    draft TEXT,
    state TEXT NOT NULL,
    queued_at INTEGER NOT NULL
);
CREATE TABLE ledger (
    account TEXT NOT NULL,
    uidl TEXT NOT NULL,
    header_hash TEXT,
    message INTEGER,
    state INTEGER NOT NULL,
    remove_at INTEGER,
    PRIMARY KEY (account, uidl)
) WITHOUT ROWID;
";

/// The database behind operations, undo log, Outbox and ledger.
pub(crate) struct Queue {
    profile: Profile,
    connection: Mutex<Connection>,
    crash: Arc<CrashPoint>,
}

impl Queue {
    /// Opens or makes the database.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it cannot be read or is of a later version: it is left as it is.
    pub fn open(profile: &Profile, crash: Arc<CrashPoint>) -> Result<Queue> {
        let path = profile.queue();
        files::create_dir_all(&profile.outbox())?;
        if !path.exists() {
            files::private().write(true).create_new(true).open(&path).at(&path)?;
            files::sync_dir(profile.root())?;
        }
        let connection = open(&path).map_err(|e| Error::sql(&path, e))?;
        let version: i32 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|e| Error::sql(&path, e))?;
        let queue = Queue { profile: profile.clone(), connection: Mutex::new(connection), crash };
        let known = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
        let Some(new) = usize::try_from(version).ok().and_then(|done| MIGRATIONS.get(done..)) else {
            return Err(Error::Damaged { path, reason: format!("it is of a later version, {version}") });
        };
        if !new.is_empty() {
            queue.write(|tx| {
                new.iter().try_for_each(|sql| tx.execute_batch(sql))?;
                Ok(tx.pragma_update(None, "user_version", known)?)
            })?;
        }
        queue.sweep_outbox()?;
        Ok(queue)
    }

    /// One transaction, on the disk when this returns.
    fn write<T>(&self, change: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let apply = |connection: &mut Connection| {
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = change(&tx)?;
            self.crash.step();
            tx.commit()?;
            Ok(value)
        };
        let result = apply(&mut connection);
        drop(connection);
        self.crash.step();
        result.map_err(|e| self.placed(e))
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        read(&connection).map_err(|e| self.placed(e))
    }

    fn placed(&self, error: Error) -> Error {
        let path = self.profile.queue();
        match error {
            Error::DiskFull { path: at } if at == Path::new("database") => Error::DiskFull { path },
            Error::Damaged { reason, .. } => Error::Damaged { path, reason },
            other => other,
        }
    }

    /// Drops everything of an account.
    pub fn remove_account(&self, account: &str) -> Result<()> {
        let outgoing: Vec<String> = self.read(|c| {
            let mut statement = c.prepare("SELECT file FROM outbox WHERE account = ?1")?;
            Ok(statement.query_map([account], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })?;
        self.write(|tx| {
            for sql in [
                "DELETE FROM undo WHERE command IN (SELECT command FROM operation WHERE account = ?1)",
                "DELETE FROM operation WHERE account = ?1",
                "DELETE FROM outbox WHERE account = ?1",
                "DELETE FROM ledger WHERE account = ?1",
                "DELETE FROM arrival WHERE account = ?1",
            ] {
                tx.execute(sql, [account])?;
            }
            Ok(())
        })?;
        self.drop_outgoing(&outgoing)
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -1024)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// JSON of our own making, for a column.
fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Invalid(e.to_string()))
}

/// JSON from a column.
fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e)))
}
