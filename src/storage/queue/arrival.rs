//! What was found out about the senders of messages when these arrived.
//!
//! It stands here and not in the index because nothing brings it back: senders change their keys, and asking for
//! them later would tell the sender when the message was read. Where it is lost, a message counts as not checked.

use super::{Queue, from_json, to_json};
use crate::mail::ids::MessageId;
use crate::mail::trust::Arrival;
use crate::storage::error::Result;
use crate::storage::index::messages::sql_id;
use rusqlite::{OptionalExtension, params};
use std::sync::Arc;

/// A message of which the sender is to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub message: MessageId,
    pub account: String,
    /// When it came, Unix seconds.
    pub came: i64,
}

/// The findings of a profile. Cheap to clone.
#[derive(Clone)]
pub struct Arrivals {
    queue: Arc<Queue>,
}

impl Arrivals {
    pub(crate) fn new(queue: &Arc<Queue>) -> Arrivals {
        Arrivals { queue: Arc::clone(queue) }
    }

    /// Messages that came and are to be checked; what is known of one already stays.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn expect(&self, account: &str, messages: &[MessageId], came: i64) -> Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        self.queue.write(|tx| {
            let mut insert =
                tx.prepare_cached("INSERT OR IGNORE INTO arrival (message, account, came) VALUES (?1, ?2, ?3)")?;
            messages.iter().try_for_each(|id| insert.execute(params![sql_id(*id), account, came]).map(drop))?;
            Ok(())
        })
    }

    /// What is to be checked, the oldest first.
    pub fn expected(&self, limit: usize) -> Result<Vec<Expected>> {
        self.queue.read(|c| {
            let sql = "SELECT message, account, came FROM arrival WHERE found IS NULL ORDER BY came, message LIMIT ?1";
            let mut statement = c.prepare_cached(sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map([limit], |row| {
                let message = MessageId(u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default());
                Ok(Expected { message, account: row.get(1)?, came: row.get(2)? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Keeps what was found.
    pub fn record(&self, message: MessageId, found: &Arrival) -> Result<()> {
        let found = to_json(found)?;
        self.queue.write(|tx| {
            tx.execute("UPDATE arrival SET found = ?2 WHERE message = ?1", params![sql_id(message), found])?;
            Ok(())
        })
    }

    /// There is nothing to check, or nothing to know any more.
    pub fn forget(&self, messages: &[MessageId]) -> Result<()> {
        self.queue.write(|tx| {
            let mut delete = tx.prepare_cached("DELETE FROM arrival WHERE message = ?1")?;
            messages.iter().try_for_each(|id| delete.execute([sql_id(*id)]).map(drop))?;
            Ok(())
        })
    }

    /// What was found about one message.
    pub fn found(&self, message: MessageId) -> Result<Option<Arrival>> {
        self.queue.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT found FROM arrival WHERE message = ?1 AND found IS NOT NULL")?;
            let json: Option<String> = statement.query_row([sql_id(message)], |row| row.get(0)).optional()?;
            Ok(json.map(|json| from_json(&json)).transpose()?)
        })
    }

    /// Messages of findings from before `came`, which may be gone by now.
    pub fn older(&self, came: i64) -> Result<Vec<MessageId>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached("SELECT message FROM arrival WHERE came < ?1")?;
            let rows = statement
                .query_map([came], |row| Ok(MessageId(u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default())))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}
