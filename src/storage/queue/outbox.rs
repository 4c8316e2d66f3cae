//! The Outbox: messages on their way out, each in exactly one honest state (architecture, invariant 5).

use crate::storage::error::Result;
use serde::{Deserialize, Serialize};

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
pub struct Outbox {}

impl Outbox {
    /// Queues a message: its bytes are on the disk before its row exists.
    ///
    /// # Errors
    /// What disk or database say, as every call here.
    pub fn insert(&self, _new: &NewOutbox, _raw: &[u8]) -> Result<i64> {
        todo!()
    }
    /// Everything in the Outbox, oldest first.
    pub fn items(&self) -> Result<Vec<OutboxItem>> {
        todo!()
    }
    pub fn item(&self, _id: i64) -> Result<Option<OutboxItem>> {
        todo!()
    }
    /// The message as it will be, or was, sent.
    pub fn raw(&self, _id: i64) -> Result<Vec<u8>> {
        todo!()
    }
    /// Sets the state and, where given, every recipient's outcome; durable when this returns.
    pub fn set_state(&self, _id: i64, _state: &OutboxState, _recipients: Option<&[Recipient]>) -> Result<()> {
        todo!()
    }
    /// Sets the state only where it still is `from`; false where it was not. So that two cannot send, or
    /// send and cancel, the same message.
    pub fn advance(&self, _id: i64, _from: &OutboxState, _to: &OutboxState) -> Result<bool> {
        todo!()
    }
    /// Replaces the message's bytes, recipients and state, such as for corrected addresses.
    pub fn replace(
        &self,
        _id: i64,
        _raw: Option<&[u8]>,
        _recipients: &[Recipient],
        _state: &OutboxState,
    ) -> Result<()> {
        todo!()
    }
    /// Takes a message out: row first, then file. One that is gone is fine.
    pub fn remove(&self, _id: i64) -> Result<()> {
        todo!()
    }
}
