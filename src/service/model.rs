//! What the service shows: plain values, one page at a time.

pub use crate::mail::account::{Account, AuthMethod, Endpoint, Pop3Keep, Protocol, SecretSource, Security};
pub use crate::mail::address::Address;
pub use crate::mail::compose::draft::{Draft, DraftAttachment, DraftOrigin};
pub use crate::mail::flags::Flags;
pub use crate::mail::mailbox::{MailboxPath, Role};
pub use crate::mail::mime::{Attachment, Content, Defect, TextOrigin};
use serde::Serialize;

/// A mailbox in the index. Valid until the index is rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct MailboxId(pub i64);

/// A message in the index: a number made of where it was first stored, so that it is
/// the same after the index was rebuilt. People see it as hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub u64);

impl std::fmt::Display for MessageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:013x}", self.0)
    }
}
impl std::str::FromStr for MessageId {
    type Err = std::num::ParseIntError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(s, 16).map(MessageId)
    }
}
impl Serialize for MessageId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// How an account's connection stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Not tried yet.
    #[default]
    Idle,
    Connecting,
    Synchronising,
    /// In step with the server since this Unix time.
    Synchronised {
        at: i64,
    },
    /// Not reachable or refused; tried again at this Unix time.
    Failed {
        problem: super::Problem,
        retry_at: Option<i64>,
    },
}

/// An account as the sidebar shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    pub account: Account,
    pub connection: Connection,
}

/// A mailbox as the sidebar shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailboxView {
    pub id: MailboxId,
    pub account: String,
    pub path: MailboxPath,
    pub role: Option<Role>,
    /// False for a node that only holds others.
    pub selectable: bool,
    pub unread: u64,
    pub total: u64,
}

/// Which messages to list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    Mailbox(MailboxId),
    /// Every account's Inbox.
    AllInboxes,
}

/// One row of the message list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub id: MessageId,
    pub mailbox: MailboxId,
    pub from: Vec<Address>,
    pub to: Vec<Address>,
    pub subject: String,
    pub preview: String,
    /// Unix seconds: the Date field, else when the server received it.
    pub date: i64,
    pub flags: Flags,
    pub attachments: u32,
    pub size: u64,
}

/// Rows of a query, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Position of the first row among all.
    pub start: u64,
    pub rows: Vec<Row>,
    pub total: u64,
    pub unread: u64,
}

/// A message opened for reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    pub row: Row,
    pub account: String,
    pub content: Content,
}

/// Where a submission stands (architecture, invariant 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Submission {
    /// Waits; `not_before` is the end of the undo delay or the next try, in Unix seconds.
    Waiting {
        not_before: i64,
        reason: Option<String>,
    },
    Sending,
    /// A server took it for every recipient; `reply` is its line, with the queue id.
    Accepted {
        reply: String,
    },
    /// Taken for some or none: see the recipients.
    Refused {
        reply: String,
    },
    /// The line was cut after DATA: nobody can know yet. Never resent silently.
    Unknown,
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
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

/// A message on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboxItem {
    pub id: i64,
    pub account: String,
    pub subject: String,
    pub message_id: String,
    pub submission: Submission,
    pub recipients: Vec<(String, RecipientOutcome)>,
    pub queued_at: i64,
}

/// One line of a recorded dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TranscriptLine {
    /// Milliseconds since 1970.
    pub at: i64,
    pub account: String,
    /// Such as `imaps://mail.example.org:993 #3`.
    pub connection: String,
    pub direction: Direction,
    /// Without its line end; secrets were never in it.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Client,
    Server,
    /// A remark of our own: connected, TLS version, closed.
    Note,
}

/// What the live test of an account's settings found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// For each server a line about how it was reached ("TLS 1.3, PLAIN"), or why not.
    pub incoming: Result<String, super::Problem>,
    pub outgoing: Result<String, super::Problem>,
}

/// Where a secret would be kept, for the words of the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    Keyring,
    /// No keyring service answered: a file of mode 0600.
    File,
}
