//! The Outbox: messages on their way out, each in exactly one honest state (architecture, invariant 5).

use super::{Queue, from_json, to_json};
use crate::storage::error::{At, Error, Result};
use crate::storage::files;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;

/// Where a submission stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum OutboxState {
    /// Waits; `not_before` is the end of the undo delay or the next try, in Unix seconds.
    Waiting { not_before: i64, reason: Option<String>, attempts: u32 },
    /// Written before the first byte goes to the server: found so after a crash, it is [`OutboxState::Unknown`].
    Sending,
    /// Cut after DATA: nobody can know yet. Never resent silently.
    Unknown,
    /// Taken for some or none: see the recipients.
    Refused { reply: String },
    /// A server took it for every recipient; the copy in Sent is not filed yet.
    Accepted { reply: String },
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum RecipientOutcome {
    Waiting,
    Accepted,
    /// The server's own words.
    Refused {
        reply: String,
        permanent: bool,
    },
}

/// One recipient of the envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The addr-spec for RCPT TO.
    pub address: String,
    #[serde(flatten)]
    pub outcome: RecipientOutcome,
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutbox {
    pub account: String,
    /// Without angle brackets.
    pub message_id: String,
    pub subject: String,
    /// The addr-spec for MAIL FROM.
    pub reverse_path: String,
    pub recipients: Vec<String>,
    /// Unix seconds; the end of the undo delay.
    pub not_before: i64,
    /// The draft that it was built of, as the service wrote it.
    pub draft_json: Option<String>,
}

/// A message in the Outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxItem {
    pub id: i64,
    pub account: String,
    pub message_id: String,
    pub subject: String,
    pub reverse_path: String,
    pub recipients: Vec<Recipient>,
    /// Bytes of the message.
    pub size: u64,
    pub draft_json: Option<String>,
    pub state: OutboxState,
    /// Unix seconds.
    pub queued_at: i64,
}

/// The Outbox of a profile. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    queue: Arc<Queue>,
}

const ITEM: &str = "SELECT id, account, message_id, subject, reverse_path, recipients, size, draft, state, queued_at \
     FROM outbox";

impl Outbox {
    pub(crate) fn new(queue: &Arc<Queue>) -> Outbox {
        Outbox { queue: Arc::clone(queue) }
    }

    /// Queues a message: its bytes are on the disk before its row exists.
    ///
    /// # Errors
    /// What disk or database say, as every call here.
    pub fn insert(&self, new: &NewOutbox, raw: &[u8]) -> Result<i64> {
        let recipients: Vec<Recipient> = new
            .recipients
            .iter()
            .map(|address| Recipient { address: address.clone(), outcome: RecipientOutcome::Waiting })
            .collect();
        let state = OutboxState::Waiting { not_before: new.not_before, reason: None, attempts: 0 };
        let (recipients, state) = (to_json(&recipients)?, to_json(&state)?);
        let file = self.queue.keep_outgoing(raw)?;
        self.queue.crash.step();
        self.queue.write(|tx| {
            tx.execute(
                "INSERT INTO outbox (account, message_id, subject, reverse_path, recipients, size, file, draft, state, \
                 queued_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                params![
                    new.account,
                    new.message_id,
                    new.subject,
                    new.reverse_path,
                    recipients,
                    i64::try_from(raw.len()).unwrap_or(i64::MAX),
                    file,
                    new.draft_json,
                    state,
                    files::now(),
                ],
            )?;
            Ok(tx.last_insert_rowid())
        })
    }
    /// Everything in the Outbox, oldest first.
    pub fn items(&self) -> Result<Vec<OutboxItem>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(&format!("{ITEM} ORDER BY id"))?;
            Ok(statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    pub fn item(&self, id: i64) -> Result<Option<OutboxItem>> {
        self.queue.read(|c| Ok(c.query_row(&format!("{ITEM} WHERE id = ?1"), [id], read).optional()?))
    }
    /// The message as it will be, or was, sent.
    pub fn raw(&self, id: i64) -> Result<Vec<u8>> {
        let path = self.queue.profile.outbox().join(self.file(id)?);
        std::fs::read(&path).at(&path)
    }
    /// Sets the state and, where given, every recipient's outcome; durable when this returns.
    pub fn set_state(&self, id: i64, state: &OutboxState, recipients: Option<&[Recipient]>) -> Result<()> {
        let state = to_json(state)?;
        let recipients = recipients.map(|r| to_json(&r)).transpose()?;
        self.queue.write(|tx| {
            let n = tx.execute(
                "UPDATE outbox SET state = ?2, recipients = coalesce(?3, recipients) WHERE id = ?1",
                params![id, state, recipients],
            )?;
            if n == 0 { Err(missing(id)) } else { Ok(()) }
        })
    }
    /// Sets the state only where it still is `from`; false where it was not. So that two cannot send, or
    /// send and cancel, the same message.
    pub fn advance(&self, id: i64, from: &OutboxState, to: &OutboxState) -> Result<bool> {
        let to = to_json(to)?;
        self.queue.write(|tx| {
            if state_of(tx, id)?.as_ref() != Some(from) {
                return Ok(false);
            }
            tx.execute("UPDATE outbox SET state = ?2 WHERE id = ?1", params![id, to])?;
            Ok(true)
        })
    }
    /// Takes a message out only where it still waits; its row as it was then. What is being sent, or was, stays.
    pub fn cancel(&self, id: i64) -> Result<Option<OutboxItem>> {
        let taken = self.queue.write(|tx| {
            let item = tx.query_row(&format!("{ITEM} WHERE id = ?1"), [id], read).optional()?;
            let Some(item) = item.filter(|i| !matches!(i.state, OutboxState::Sending | OutboxState::Accepted { .. }))
            else {
                return Ok(None);
            };
            Ok(Some((item, take(tx, id)?)))
        })?;
        let Some((item, file)) = taken else { return Ok(None) };
        self.queue.drop_outgoing(&file)?;
        Ok(Some(item))
    }
    /// Replaces the message's bytes (where given), recipients and state, such as for corrected addresses.
    pub fn replace(&self, id: i64, raw: Option<&[u8]>, recipients: &[Recipient], state: &OutboxState) -> Result<()> {
        let (recipients, state) = (to_json(&recipients)?, to_json(state)?);
        let file = raw.map(|raw| self.queue.keep_outgoing(raw)).transpose()?;
        let size = raw.map(|raw| i64::try_from(raw.len()).unwrap_or(i64::MAX));
        let before = self.file(id)?;
        self.queue.write(|tx| {
            let n = tx.execute(
                "UPDATE outbox SET recipients = ?2, state = ?3, file = coalesce(?4, file), size = coalesce(?5, size) \
                 WHERE id = ?1",
                params![id, recipients, state, file, size],
            )?;
            if n == 0 { Err(missing(id)) } else { Ok(()) }
        })?;
        if raw.is_some() { self.queue.drop_outgoing(&[before]) } else { Ok(()) }
    }
    /// Takes a message out: row first, then file. One that is gone is fine.
    pub fn remove(&self, id: i64) -> Result<()> {
        let file = self.queue.write(|tx| take(tx, id))?;
        self.queue.drop_outgoing(&file)
    }

    fn file(&self, id: i64) -> Result<String> {
        let found = self.queue.read(|c| {
            Ok(c.query_row("SELECT file FROM outbox WHERE id = ?1", [id], |row| row.get::<_, String>(0)).optional()?)
        })?;
        found.ok_or_else(|| missing(id))
    }
}

impl Queue {
    /// Writes a message's bytes durably under a new name: the row that will name it does not exist yet.
    fn keep_outgoing(&self, raw: &[u8]) -> Result<String> {
        // Never the name of a file that a row may still have.
        let file = format!("{}-{:016x}.eml", files::now(), fastrand::u64(..));
        self.crash.step();
        files::replace(&self.profile.outbox().join(&file), raw)?;
        Ok(file)
    }

    /// Removes files that no row names: what a crash left between file and row, in either order. Only while
    /// nothing else can be between the two: when opened.
    pub(super) fn sweep_outbox(&self) -> Result<()> {
        let dir = self.profile.outbox();
        let named: HashSet<String> = self.read(|c| {
            let mut statement = c.prepare("SELECT file FROM outbox")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })?;
        for entry in std::fs::read_dir(&dir).at(&dir)? {
            let entry = entry.at(&dir)?;
            let ours = entry
                .file_name()
                .to_str()
                .is_some_and(|n| (n.ends_with(".eml") || n.starts_with(files::TMP_PREFIX)) && !named.contains(n));
            if ours {
                files::remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes the files of rows that are gone.
    pub(super) fn drop_outgoing(&self, names: &[String]) -> Result<()> {
        names.iter().try_for_each(|name| files::remove(&self.profile.outbox().join(name)))
    }
}

/// Deletes a row; the value is the file that it named.
fn take(tx: &Transaction<'_>, id: i64) -> Result<Vec<String>> {
    let read = |row: &rusqlite::Row<'_>| row.get(0);
    Ok(tx.query_row("DELETE FROM outbox WHERE id = ?1 RETURNING file", [id], read).optional()?.into_iter().collect())
}

fn state_of(tx: &Transaction<'_>, id: i64) -> Result<Option<OutboxState>> {
    let read = |row: &rusqlite::Row<'_>| from_json(&row.get::<_, String>(0)?);
    Ok(tx.query_row("SELECT state FROM outbox WHERE id = ?1", [id], read).optional()?)
}

fn missing(id: i64) -> Error {
    Error::NotFound(format!("Outbox entry {id}"))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<OutboxItem> {
    Ok(OutboxItem {
        id: row.get(0)?,
        account: row.get(1)?,
        message_id: row.get(2)?,
        subject: row.get(3)?,
        reverse_path: row.get(4)?,
        recipients: from_json(&row.get::<_, String>(5)?)?,
        size: row.get::<_, i64>(6)?.max(0).unsigned_abs(),
        draft_json: row.get(7)?,
        state: from_json(&row.get::<_, String>(8)?)?,
        queued_at: row.get(9)?,
    })
}
