//! Changes that wait for their server.

use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::Result;
use serde::{Deserialize, Serialize};

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
        add: Flags,
        remove: Flags,
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
    /// A message stored here goes to the server.
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
pub struct Operations {}

impl Operations {
    /// A number for one command of the person.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn new_group(&self) -> Result<i64> {
        todo!()
    }
    /// Queues operations, all or none; durable when this returns.
    pub fn enqueue(&self, _operations: &[NewOperation]) -> Result<Vec<OpId>> {
        todo!()
    }
    /// Queues operations and the inverse of their command, all or none; the second value is the undo token.
    pub fn enqueue_with_undo(
        &self,
        _operations: &[NewOperation],
        _group: i64,
        _undo: &str,
    ) -> Result<(Vec<OpId>, i64)> {
        todo!()
    }
    /// What waits, oldest first, of one account or of all.
    pub fn pending(&self, _account: Option<&str>) -> Result<Vec<Operation>> {
        todo!()
    }
    /// What waits of one command.
    pub fn of_group(&self, _group: i64) -> Result<Vec<Operation>> {
        todo!()
    }
    /// Replaces the kind of a waiting operation, such as when a message learnt its number.
    pub fn replace(&self, _id: OpId, _kind: &OpKind) -> Result<()> {
        todo!()
    }
    pub fn update(&self, _id: OpId, _state: &OpState) -> Result<()> {
        todo!()
    }
    /// The server has it.
    pub fn done(&self, _id: OpId) -> Result<()> {
        todo!()
    }
    /// Takes an operation out; false where it was gone already.
    pub fn cancel(&self, _id: OpId) -> Result<bool> {
        todo!()
    }
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
