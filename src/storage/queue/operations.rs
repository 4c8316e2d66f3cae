//! Changes that wait for their server.

use super::{Queue, from_json, to_json};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::keywords::Keywords;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::Result;
use crate::storage::files;
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Names an operation; grows with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(pub i64);

/// A message's number on the server, with the generation that it belongs to.
pub type ServerUid = Option<(UidValidity, Uid)>;

/// What is to be done on the server. Every kind is safe to repeat by an executor that looks first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum OpKind {
    SetFlags {
        mailbox: MailboxPath,
        #[serde(with = "hex")]
        message: MessageId,
        uid: ServerUid,
        /// Without keywords: their bits differ between mailboxes and in time.
        add: Flags,
        remove: Flags,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add_keywords: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove_keywords: Vec<String>,
    },
    Move {
        #[serde(with = "hex")]
        message: MessageId,
        /// Message-ID without angle brackets, to find the message again.
        message_id: Option<String>,
        size: u64,
        from: MailboxPath,
        uid: ServerUid,
        to: MailboxPath,
    },
    /// `message` is the copy's id here; `source` and `uid` are the original's.
    Copy {
        #[serde(with = "hex")]
        message: MessageId,
        #[serde(with = "hex")]
        source: MessageId,
        message_id: Option<String>,
        size: u64,
        from: MailboxPath,
        uid: ServerUid,
        to: MailboxPath,
    },
    /// For good.
    Expunge {
        #[serde(with = "hex")]
        message: MessageId,
        mailbox: MailboxPath,
        uid: ServerUid,
        message_id: Option<String>,
    },
    /// A message stored here goes to the server, with the keywords that it has then.
    Append {
        #[serde(with = "hex")]
        message: MessageId,
        mailbox: MailboxPath,
        flags: Flags,
    },
    CreateMailbox {
        path: MailboxPath,
    },
}

/// An operation to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOperation {
    pub account: String,
    pub kind: OpKind,
    /// Not before this Unix time; 0 at once.
    pub not_before: i64,
    /// One command of the person: see [`Operations::new_group`].
    pub group: i64,
}

/// A queued operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    pub id: OpId,
    pub account: String,
    pub kind: OpKind,
    /// Unix seconds.
    pub created_at: i64,
    pub not_before: i64,
    pub attempts: u32,
    /// Why it still waits, in the server's or system's words.
    pub reason: Option<String>,
    pub group: i64,
}

/// What changes of an operation that was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpState {
    pub attempts: u32,
    pub not_before: i64,
    pub reason: Option<String>,
}

/// The queue of operations. Cheap to clone.
#[derive(Clone)]
pub struct Operations {
    queue: Arc<Queue>,
}

const OPERATION: &str = "SELECT id, account, kind, created_at, not_before, attempts, reason, command FROM operation";

impl OpKind {
    /// A change of flags alone.
    pub fn set_flags(mailbox: MailboxPath, message: MessageId, uid: ServerUid, add: Flags, remove: Flags) -> OpKind {
        let (add, remove) = (add.system(), remove.system());
        OpKind::SetFlags { mailbox, message, uid, add, remove, add_keywords: Vec::new(), remove_keywords: Vec::new() }
    }

    /// A change from one set to another of a mailbox with these keywords.
    pub fn change_flags(
        (mailbox, table): (MailboxPath, &Keywords),
        message: MessageId,
        uid: ServerUid,
        add: Flags,
        remove: Flags,
    ) -> OpKind {
        OpKind::SetFlags {
            mailbox,
            message,
            uid,
            add: add.system(),
            remove: remove.system(),
            add_keywords: table.names(add),
            remove_keywords: table.names(remove),
        }
    }
}

impl Operations {
    pub(crate) fn new(queue: &Arc<Queue>) -> Operations {
        Operations { queue: Arc::clone(queue) }
    }

    /// A number for one command of the person.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn new_group(&self) -> Result<i64> {
        self.queue.write(|tx| {
            tx.execute("INSERT INTO command (at) VALUES (?1)", [files::now()])?;
            let group = tx.last_insert_rowid();
            // AUTOINCREMENT remembers the last number by itself.
            tx.execute("DELETE FROM command WHERE id < ?1", [group])?;
            Ok(group)
        })
    }
    /// Queues operations, all or none; durable when this returns.
    pub fn enqueue(&self, operations: &[NewOperation]) -> Result<Vec<OpId>> {
        self.queue.write(|tx| insert(tx, operations))
    }
    /// Queues operations and the inverse of their command, all or none; the second value is the undo token.
    pub fn enqueue_with_undo(&self, operations: &[NewOperation], group: i64, undo: &str) -> Result<(Vec<OpId>, i64)> {
        self.queue.write(|tx| Ok((insert(tx, operations)?, super::undo::insert(tx, group, undo)?)))
    }
    /// What waits, oldest first, of one account or of all.
    pub fn pending(&self, account: Option<&str>) -> Result<Vec<Operation>> {
        self.queue.read(|c| {
            let mut statement =
                c.prepare_cached(&format!("{OPERATION} WHERE ?1 IS NULL OR account = ?1 ORDER BY id"))?;
            Ok(statement.query_map([account], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// What waits of one command.
    pub fn of_group(&self, group: i64) -> Result<Vec<Operation>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(&format!("{OPERATION} WHERE command = ?1 ORDER BY id"))?;
            Ok(statement.query_map([group], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// Replaces the kind of a waiting operation, such as when a message learnt its number.
    pub fn replace(&self, id: OpId, kind: &OpKind) -> Result<()> {
        let json = to_json(kind)?;
        self.queue.write(|tx| {
            tx.execute("UPDATE operation SET kind = ?2 WHERE id = ?1", params![id.0, json])?;
            Ok(())
        })
    }
    pub fn update(&self, id: OpId, state: &OpState) -> Result<()> {
        self.queue.write(|tx| {
            tx.execute(
                "UPDATE operation SET attempts = ?2, not_before = ?3, reason = ?4 WHERE id = ?1",
                params![id.0, state.attempts, state.not_before, state.reason],
            )?;
            Ok(())
        })
    }
    /// The server has it.
    pub fn done(&self, id: OpId) -> Result<()> {
        self.cancel(id).map(|_| ())
    }
    /// Takes an operation out; false where it was gone already.
    pub fn cancel(&self, id: OpId) -> Result<bool> {
        self.queue.write(|tx| Ok(tx.execute("DELETE FROM operation WHERE id = ?1", [id.0])? > 0))
    }
    /// Takes several out, all or none; the value is how many were there.
    pub fn cancel_all(&self, ids: &[OpId]) -> Result<usize> {
        self.queue.write(|tx| {
            ids.iter().try_fold(0usize, |n, id| {
                Ok(n.saturating_add(tx.execute("DELETE FROM operation WHERE id = ?1", [id.0])?))
            })
        })
    }
}

fn insert(tx: &Transaction<'_>, operations: &[NewOperation]) -> Result<Vec<OpId>> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO operation (account, kind, created_at, not_before, command) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    operations
        .iter()
        .map(|new| {
            let kind = to_json(&new.kind)?;
            Ok(OpId(statement.insert(params![new.account, kind, files::now(), new.not_before, new.group])?))
        })
        .collect()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Operation> {
    Ok(Operation {
        id: OpId(row.get(0)?),
        account: row.get(1)?,
        kind: from_json(&row.get::<_, String>(2)?)?,
        created_at: row.get(3)?,
        not_before: row.get(4)?,
        attempts: row.get(5)?,
        reason: row.get(6)?,
        group: row.get(7)?,
    })
}

/// A message's id in JSON, as hexadecimal.
mod hex {
    use crate::mail::ids::MessageId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(id: &MessageId, serializer: S) -> Result<S::Ok, S::Error> {
        id.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MessageId, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
