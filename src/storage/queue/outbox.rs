//! The Outbox: messages on their way out, each in exactly one honest state (architecture, invariant 5).

use super::{Queue, from_json, to_json};
use crate::storage::error::{At, Error, Result};
use crate::storage::files;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::NamedTempFile;

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
    /// The field `Bcc` with its line end, which the message does not have and its copy in Sent has.
    pub bcc: Option<String>,
    /// Whether reports of delivery are asked for.
    pub report: bool,
    /// The time that the person chose for it, Unix seconds; then `not_before` is the same.
    pub leaves_at: Option<i64>,
    /// What the service wants to know of these bytes when they go, as it wrote it.
    pub measures: Option<String>,
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
    pub bcc: Option<String>,
    pub report: bool,
    /// The time that the person chose for it, Unix seconds.
    pub leaves_at: Option<i64>,
    /// What the service wrote of these bytes; none where they were changed since.
    pub measures: Option<String>,
    /// SHA-256 of the bytes, where it is known.
    pub sha256: Option<[u8; 32]>,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub id: i64,
    pub state: OutboxState,
    /// Every recipient, where their outcomes changed.
    pub recipients: Option<Vec<Recipient>>,
}

/// The Outbox of a profile. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    queue: Arc<Queue>,
}

const ITEM: &str = "SELECT id, account, message_id, subject, reverse_path, recipients, size, draft, state, queued_at, \
     bcc, report, leaves_at, measures, sha256, file FROM outbox";

impl Outbox {
    pub(crate) fn new(queue: &Arc<Queue>) -> Outbox {
        Outbox { queue: Arc::clone(queue) }
    }

    /// Queues a message: its bytes are on the disk before its row exists.
    ///
    /// # Errors
    /// What disk or database say, as every call here.
    pub fn insert(&self, new: &NewOutbox, raw: &[u8]) -> Result<i64> {
        let file = self.queue.keep_outgoing(raw)?;
        self.insert_row(new, &file, raw.len() as u64, Sha256::digest(raw).into())
    }
    /// The same with a file made by [`Outbox::scratch`], which is renamed.
    pub fn insert_file(&self, new: &NewOutbox, raw: NamedTempFile) -> Result<i64> {
        let (size, sha256) = files::measure(raw.path())?;
        let file = self.queue.place_outgoing(raw)?;
        self.insert_row(new, &file, size, sha256)
    }
    /// A file to write a large message into and then to [`insert_file`](Outbox::insert_file).
    pub fn scratch(&self) -> Result<NamedTempFile> {
        self.queue.scratch_outgoing()
    }

    fn insert_row(&self, new: &NewOutbox, file: &str, size: u64, sha256: [u8; 32]) -> Result<i64> {
        let waiting = |address: &String| Recipient { address: address.clone(), outcome: RecipientOutcome::Waiting };
        let recipients: Vec<Recipient> = new.recipients.iter().map(waiting).collect();
        let state = OutboxState::Waiting { not_before: new.not_before, reason: None, attempts: 0 };
        let (recipients, state) = (to_json(&recipients)?, to_json(&state)?);
        self.queue.crash.step();
        self.queue.write(|tx| {
            tx.execute(
                "INSERT INTO outbox (account, message_id, subject, reverse_path, recipients, size, file, draft, state, \
                 queued_at, bcc, report, leaves_at, measures, sha256) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
                params![
                    new.account,
                    new.message_id,
                    new.subject,
                    new.reverse_path,
                    recipients,
                    i64::try_from(size).unwrap_or(i64::MAX),
                    file,
                    new.draft_json,
                    state,
                    files::now(),
                    new.bcc,
                    new.report,
                    new.leaves_at,
                    new.measures,
                    sha256,
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
        let sql = format!("{ITEM} WHERE id = ?1");
        self.queue.read(|c| Ok(c.prepare_cached(&sql)?.query_row([id], read).optional()?))
    }
    /// Those of the entries that are there, in this order, each with the file where its bytes lie.
    pub fn with_files(&self, ids: &[i64]) -> Result<Vec<(OutboxItem, PathBuf)>> {
        let (sql, dir) = (format!("{ITEM} WHERE id = ?1"), self.queue.profile.outbox());
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(&sql)?;
            let read = |row: &rusqlite::Row<'_>| Ok((read(row)?, dir.join(row.get::<_, String>(15)?)));
            let found = ids.iter().filter_map(|id| statement.query_row([id], read).optional().transpose());
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// Where the message's bytes lie, as they will be, or were, sent.
    pub fn path(&self, id: i64) -> Result<PathBuf> {
        Ok(self.queue.profile.outbox().join(self.file(id)?))
    }
    /// The message as it will be, or was, sent.
    pub fn raw(&self, id: i64) -> Result<Vec<u8>> {
        let path = self.path(id)?;
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
    /// Sets the states of several entries, all or none. One that is gone is passed over.
    pub fn set_states(&self, changes: &[Change]) -> Result<()> {
        self.queue.write(|tx| set_states(tx, changes))
    }
    /// Records what became of some entries and takes on others, in one transaction: those that are still in the given
    /// state get the state `to`. Each that was taken on, with the file where its bytes lie.
    pub fn turn(
        &self,
        changes: &[Change],
        entries: &[(i64, OutboxState)],
        to: &OutboxState,
    ) -> Result<Vec<(i64, PathBuf)>> {
        if changes.is_empty() && entries.is_empty() {
            return Ok(Vec::new());
        }
        let (to, dir) = (to_json(to)?, self.queue.profile.outbox());
        self.queue.write(|tx| {
            set_states(tx, changes)?;
            let mut taken = Vec::with_capacity(entries.len());
            let mut statement = tx.prepare_cached("UPDATE outbox SET state = ?2 WHERE id = ?1 RETURNING file")?;
            for (id, from) in entries {
                if state_of(tx, *id)?.as_ref() == Some(from) {
                    let file: String = statement.query_row(params![id, to], |row| row.get(0))?;
                    taken.push((*id, dir.join(file)));
                }
            }
            Ok(taken)
        })
    }
    /// Sets the state of those entries that are still in the given one, in one transaction; their ids.
    pub fn advance_all(&self, entries: &[(i64, OutboxState)], to: &OutboxState) -> Result<Vec<i64>> {
        let to = to_json(to)?;
        self.queue.write(|tx| {
            let mut advanced = Vec::with_capacity(entries.len());
            let mut statement = tx.prepare_cached("UPDATE outbox SET state = ?2 WHERE id = ?1")?;
            for (id, from) in entries {
                if state_of(tx, *id)?.as_ref() == Some(from) {
                    statement.execute(params![id, to])?;
                    advanced.push(*id);
                }
            }
            Ok(advanced)
        })
    }
    /// Gives an entry that still is in the state `from` another time; false where it was not in it.
    pub fn reschedule(&self, id: i64, from: &OutboxState, to: &OutboxState, leaves_at: Option<i64>) -> Result<bool> {
        let to = to_json(to)?;
        self.queue.write(|tx| {
            if state_of(tx, id)?.as_ref() != Some(from) {
                return Ok(false);
            }
            let sql = "UPDATE outbox SET state = ?2, leaves_at = ?3 WHERE id = ?1";
            tx.execute(sql, params![id, to, leaves_at])?;
            Ok(true)
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
        let sha256: Option<[u8; 32]> = raw.map(|raw| Sha256::digest(raw).into());
        let before = self.file(id)?;
        self.queue.write(|tx| {
            let n = tx.execute(
                "UPDATE outbox SET recipients = ?2, state = ?3, file = coalesce(?4, file), size = coalesce(?5, size), \
                 sha256 = coalesce(?6, sha256), measures = iif(?6 IS NULL, measures, NULL), leaves_at = NULL \
                 WHERE id = ?1",
                params![id, recipients, state, file, size, sha256],
            )?;
            if n == 0 { Err(missing(id)) } else { Ok(()) }
        })?;
        if raw.is_some() { self.queue.drop_outgoing(&[before]) } else { Ok(()) }
    }
    /// Takes messages out: rows first, all or none, then files. One that is gone is fine.
    pub fn remove_all(&self, ids: &[i64]) -> Result<()> {
        let files = self.queue.write(|tx| {
            ids.iter().try_fold(Vec::new(), |mut files, id| {
                files.extend(take(tx, *id)?);
                Ok(files)
            })
        })?;
        self.queue.drop_outgoing(&files)
    }
    /// Takes a message out: row first, then file. One that is gone is fine.
    pub fn remove(&self, id: i64) -> Result<()> {
        let file = self.queue.write(|tx| take(tx, id))?;
        self.queue.drop_outgoing(&file)
    }

    fn file(&self, id: i64) -> Result<String> {
        let found = self.queue.read(|c| {
            let mut statement = c.prepare_cached("SELECT file FROM outbox WHERE id = ?1")?;
            Ok(statement.query_row([id], |row| row.get::<_, String>(0)).optional()?)
        })?;
        found.ok_or_else(|| missing(id))
    }
}

/// Deletes a row; the value is the file that it named.
fn take(tx: &Transaction<'_>, id: i64) -> Result<Vec<String>> {
    let read = |row: &rusqlite::Row<'_>| row.get(0);
    let mut statement = tx.prepare_cached("DELETE FROM outbox WHERE id = ?1 RETURNING file")?;
    Ok(statement.query_row([id], read).optional()?.into_iter().collect())
}

fn set_states(tx: &Transaction<'_>, changes: &[Change]) -> Result<()> {
    let mut statement =
        tx.prepare_cached("UPDATE outbox SET state = ?2, recipients = coalesce(?3, recipients) WHERE id = ?1")?;
    for change in changes {
        let recipients = change.recipients.as_ref().map(to_json).transpose()?;
        statement.execute(params![change.id, to_json(&change.state)?, recipients])?;
    }
    Ok(())
}

fn state_of(tx: &Transaction<'_>, id: i64) -> Result<Option<OutboxState>> {
    let read = |row: &rusqlite::Row<'_>| from_json(&row.get::<_, String>(0)?);
    Ok(tx.prepare_cached("SELECT state FROM outbox WHERE id = ?1")?.query_row([id], read).optional()?)
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
        bcc: row.get(10)?,
        report: row.get(11)?,
        leaves_at: row.get(12)?,
        measures: row.get(13)?,
        sha256: row.get(14)?,
    })
}
