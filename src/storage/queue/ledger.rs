//! The POP3 ledger: what is known of each message on a server that has no flags (RFC 1939, UIDL).

use super::Queue;
use crate::mail::ids::MessageId;
use crate::storage::error::Result;
use rusqlite::params;
use std::sync::Arc;

/// How far a message on the server is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerState {
    /// Seen in UIDL; not stored here.
    Known,
    /// Durable here.
    Downloaded,
    /// Durable here; goes from the server at this Unix time.
    RemoveAt(i64),
    /// DELE was confirmed by QUIT, or it is no longer in UIDL.
    Removed,
}

/// One message on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// What the account knows it by: as a rule its UIDL.
    pub uidl: String,
    /// Of its header: tells a reused UIDL from the old message.
    pub header_hash: Option<String>,
    /// As LIST said it: not the truth, but where it changes the UIDL may be another message's.
    pub size: Option<u64>,
    pub message: Option<MessageId>,
    pub state: LedgerState,
}

/// The ledgers of a profile. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    queue: Arc<Queue>,
}

impl Ledger {
    pub(crate) fn new(queue: &Arc<Queue>) -> Ledger {
        Ledger { queue: Arc::clone(queue) }
    }

    /// Every entry of an account.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn entries(&self, account: &str) -> Result<Vec<LedgerEntry>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT uidl, header_hash, message, state, remove_at, size FROM ledger WHERE account = ?1",
            )?;
            Ok(statement.query_map([account], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// Sets entries by their UIDL, all or none; durable when this returns.
    pub fn set(&self, account: &str, entries: &[LedgerEntry]) -> Result<()> {
        self.queue.write(|tx| {
            let mut statement = tx.prepare_cached(
                "INSERT OR REPLACE INTO ledger (account, uidl, header_hash, message, state, remove_at, size)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for entry in entries {
                let (state, remove_at) = match entry.state {
                    LedgerState::Known => (KNOWN, None),
                    LedgerState::Downloaded => (DOWNLOADED, None),
                    LedgerState::RemoveAt(at) => (REMOVE_AT, Some(at)),
                    LedgerState::Removed => (REMOVED, None),
                };
                let size = entry.size.and_then(|size| i64::try_from(size).ok());
                let message = entry.message.and_then(|id| i64::try_from(id.0).ok());
                statement.execute(params![account, entry.uidl, entry.header_hash, message, state, remove_at, size])?;
            }
            Ok(())
        })
    }
    /// Drops entries by their UIDL.
    pub fn forget(&self, account: &str, uidls: &[String]) -> Result<()> {
        self.queue.write(|tx| {
            let mut statement = tx.prepare_cached("DELETE FROM ledger WHERE account = ?1 AND uidl = ?2")?;
            uidls.iter().try_for_each(|uidl| Ok(statement.execute([account, uidl]).map(|_| ())?))
        })
    }
}

const KNOWN: i64 = 0;
const DOWNLOADED: i64 = 1;
const REMOVE_AT: i64 = 2;
const REMOVED: i64 = 3;

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<LedgerEntry> {
    let remove_at: Option<i64> = row.get(4)?;
    let state = match (row.get::<_, i64>(3)?, remove_at) {
        (DOWNLOADED, _) => LedgerState::Downloaded,
        (REMOVE_AT, Some(at)) => LedgerState::RemoveAt(at),
        (REMOVED, _) => LedgerState::Removed,
        _ => LedgerState::Known,
    };
    let message: Option<i64> = row.get(2)?;
    Ok(LedgerEntry {
        uidl: row.get(0)?,
        header_hash: row.get(1)?,
        size: row.get::<_, Option<i64>>(5)?.and_then(|size| u64::try_from(size).ok()),
        message: message.and_then(|id| u64::try_from(id).ok()).map(MessageId),
        state,
    })
}
