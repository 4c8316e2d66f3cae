//! What the service shows: plain values, one page at a time.

pub use super::listing::*;
pub use crate::mail::account::{
    Account, AuthMethod, Endpoint, LOCAL, Offline, Pop3Keep, Protocol, Proxy, ProxyKind, SecretSource, Security,
};
pub use crate::mail::address::Address;
pub use crate::mail::compose::draft::{Draft, DraftAttachment, DraftOrigin};
pub use crate::mail::flags::Flags;
pub use crate::mail::ids::{MailboxId, MessageId};
pub use crate::mail::invitation::{
    Answer, Attendee, AttendeeKind, AttendeeRole, Event as CalendarEvent, EventKind, EventStatus, Frequency,
    Invitation, Method as CalendarMethod, NthWeekday, Recurrence, When, Zone,
};
pub use crate::mail::mailbox::{MailboxPath, Role};
pub use crate::mail::mbox::Quoting;
pub use crate::mail::mime::{Attachment, AttachmentKind, Content, Danger, Defect, TextOrigin};
pub use crate::mail::prose::{Block, BlockKind, Link, LinkTarget, Prose};
pub use crate::mail::report::{
    Action as DeliveryAction, DeliveryReport, Disposition, DispositionReport, Reason, RecipientReport, Report, Status,
};
pub use crate::mail::seal::{Act, Seal, Technique};
pub use crate::mail::source::{SourceField, SourcePage};
pub use crate::mail::trust::{
    Check, CheckMethod, Evidence, Hop, HopSecurity, Note, Outcome, Suspicion, Transit, Trust, Verdict,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

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
    /// What waits for the person's word.
    pub questions: Vec<Question>,
}

/// Something that stands still until the person has decided: [`ProblemKind::Held`](super::ProblemKind::Held),
/// [`ProblemKind::StoreMissing`](super::ProblemKind::StoreMissing) or
/// [`ProblemKind::RemovedHere`](super::ProblemKind::RemovedHere).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The mailbox that it is about, while there is one.
    pub mailbox: Option<MailboxId>,
    pub problem: super::Problem,
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
    /// Whether the person's mail programs shall show it.
    pub subscribed: bool,
}

/// Which messages to list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    Mailbox(MailboxId),
    /// Every account's Inbox.
    AllInboxes,
    /// What a saved search finds.
    Saved(SavedSearchId),
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
    /// Of the whole message, in bytes, also where only its headers are here.
    pub size: u64,
    /// Names of its keywords, without those that Postwren shows as flags.
    pub keywords: Vec<String>,
    /// Only its headers are here: see [`Command::FetchWhole`](super::Command::FetchWhole).
    pub headers_only: bool,
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

/// Mail to be taken in: see [`Handle::import`](super::Handle::import).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Maildirs, mboxes, files of one message, and directories with such.
    pub paths: Vec<PathBuf>,
    pub account: String,
    pub mailbox: MailboxPath,
    /// How mboxes were written.
    pub quoting: Quoting,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Messages that are here now and were not before.
    pub new: u64,
    /// Messages that were here already, or came twice.
    pub known: u64,
    /// Messages of an mbox that were deleted there.
    pub deleted: u64,
    /// Files that are no mail.
    pub passed_over: u64,
    /// Files and directories that could not be read.
    pub failed: u64,
    /// The first of them, with what the system said.
    pub failures: Vec<(PathBuf, String)>,
}

/// In which order a search shows what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchOrder {
    /// The newest first.
    #[default]
    Date,
    /// Those first in which the words tell most.
    Relevance,
}

/// A part of what a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// Position of the first row among all found.
    pub start: u64,
    pub rows: Vec<Row>,
    /// Messages whose every word was searched.
    pub searched: u64,
    /// Messages that came and whose words were not read yet.
    pub waiting: u64,
}

/// A message opened for reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    pub row: Row,
    pub account: String,
    pub content: Content,
    /// Who really sent it.
    pub trust: Trust,
}

/// Where a submission stands (architecture, invariant 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Submission {
    /// Waits; `not_before` is the end of the undo delay or the next try, in Unix seconds.
    Waiting {
        not_before: i64,
        reason: Option<super::Problem>,
    },
    Sending,
    /// A server took it for every recipient; `reply` is its line, with the queue id.
    Accepted {
        reply: String,
    },
    /// Taken for some or none: see the recipients. With a `problem` no recipient was asked about: the message cannot
    /// be sent as it is.
    Refused {
        reply: String,
        problem: Option<super::Problem>,
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
    /// How often sending was tried.
    pub attempts: u32,
    /// Whether reports of delivery were asked for.
    pub report: bool,
    /// The time that the person chose for it, Unix seconds.
    pub leaves_at: Option<i64>,
    /// It was written here: it can become a draft again.
    pub is_editable: bool,
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

/// How the window was left and what the person prefers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub theme: ThemeChoice,
    /// A language tag such as `de`; none follows the desktop.
    pub language: Option<String>,
    /// Width of the folder pane in logical pixels.
    pub sidebar_width: f32,
    /// Width of the message list in logical pixels.
    pub list_width: f32,
    pub window_width: f32,
    pub window_height: f32,
    /// Accounts whose folders are folded away.
    pub collapsed: Vec<String>,
    /// Folders, as ACCOUNT/path, in which others are folded away.
    pub folded: Vec<String>,
    /// Seconds in which sending can be taken back.
    pub undo_seconds: u32,
    /// Over a metered network only headers are fetched.
    pub metered: MeteredChoice,
    /// Where the own server says nothing about a sender, DKIM, SPF and DMARC are looked up in the DNS when mail
    /// arrives. Never when it is opened.
    pub verify_senders: bool,
    /// The list shows conversations, not each message.
    pub conversations: bool,
    /// Rows of the list are one line high, in columns.
    pub columns: bool,
}

impl Default for Preferences {
    fn default() -> Preferences {
        Preferences {
            theme: ThemeChoice::default(),
            language: None,
            sidebar_width: 232.0,
            list_width: 388.0,
            window_width: 1280.0,
            window_height: 800.0,
            collapsed: Vec::new(),
            folded: Vec::new(),
            undo_seconds: 10,
            metered: MeteredChoice::default(),
            verify_senders: false,
            conversations: true,
            columns: false,
        }
    }
}

/// Light, dark, or as the desktop says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    #[default]
    System,
    Light,
    Dark,
}

/// A change that waits for its server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueuedOperation {
    pub id: i64,
    pub account: String,
    pub kind: QueuedKind,
    pub mailbox: MailboxPath,
    /// Of the message, where it concerns one.
    pub subject: Option<String>,
    pub attempts: u32,
    /// Why it still waits.
    pub reason: Option<super::Problem>,
    /// Not tried before this Unix time; 0 as soon as the server is reached.
    pub not_before: i64,
    /// It is being carried out: it cannot be cancelled any more.
    pub under_way: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuedKind {
    Flags,
    Move,
    Copy,
    Expunge,
    Append,
    CreateMailbox,
    RenameMailbox,
    DeleteMailbox,
    Subscribe,
    Unsubscribe,
}

/// A change that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct UndoEntry {
    pub token: i64,
    /// When it was made, Unix seconds.
    pub at: i64,
    pub kind: UndoKind,
    /// Messages it concerned; 0 for a change of a mailbox.
    pub count: u64,
}

/// What a change was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndoKind {
    Flags,
    Move,
    Copy,
    Delete,
    CreateMailbox,
    RenameMailbox,
    DeleteMailbox,
    Subscribe,
}

/// How a network counts what goes over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MeteredChoice {
    /// As the system says.
    #[default]
    System,
    Always,
    Never,
}

/// What one synchronisation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncSummary {
    pub received: u64,
    pub flags: u64,
    pub removed: u64,
    pub operations: u64,
    pub sent: u64,
}

impl SyncSummary {
    /// Adds what another connection did.
    pub fn add(&mut self, other: SyncSummary) {
        self.received = self.received.saturating_add(other.received);
        self.flags = self.flags.saturating_add(other.flags);
        self.removed = self.removed.saturating_add(other.removed);
        self.operations = self.operations.saturating_add(other.operations);
        self.sent = self.sent.saturating_add(other.sent);
    }
}
