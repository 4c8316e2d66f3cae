//! What can go wrong, as data: the faces word it in the person's language, the log has the cause.

pub use crate::protocol::ProxyFault;
use serde::{Deserialize, Serialize};

/// A failure that reaches a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{kind:?}: {detail}")]
pub struct Problem {
    pub kind: ProblemKind,
    /// The account it is about, where it is about one.
    pub account: Option<String>,
    /// Technical words for Details: the server's reply, the system's error. Never a secret.
    pub detail: String,
}

/// The kinds of failure, each with what its sentence needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProblemKind {
    /// No address, no route, refused or cut: `server` as `host:port`.
    Unreachable { server: String },
    /// A step took longer than its deadline.
    TimedOut { server: String },
    /// The server's certificate does not prove who it is.
    Certificate { server: String, reason: CertificateReason, issuer: String },
    /// Encryption was required and is not offered, or the server misbehaved around it.
    NoEncryption { server: String },
    /// User name or password were refused; `reply` is the server's own sentence.
    Authentication { server: String, reply: String },
    /// No password is stored, or the password command failed.
    NoSecret,
    /// The server said no; its own sentence is `reply`.
    Refused { server: String, reply: String },
    /// The server broke the protocol.
    Protocol { server: String },
    /// The message is larger than the server takes, in bytes.
    TooLarge { size: u64, limit: u64 },
    /// The disk is full.
    DiskFull,
    /// The disk, the file system or its permissions failed.
    Disk { path: String },
    /// The program, or the system, has as many files and connections open as it may.
    TooManyFiles,
    /// Another Postwren works on this profile.
    Locked,
    /// No such account, mailbox, message or outbox entry: `what` was asked for.
    NotFound { what: String },
    /// Only the headers of the message are here: see [`Command::FetchWhole`](super::Command::FetchWhole).
    HeadersOnly,
    /// The input cannot be used; `what` says which and why.
    Invalid { what: String },
    /// A synchronisation would remove so many of a mailbox's messages that it stopped.
    Held { mailbox: String, removals: u64, total: u64 },
    /// Another program removed messages from the account's Maildir, and nobody said yet whether the server shall follow.
    RemovedHere { mailbox: String, removals: u64 },
    /// A mailbox's directory is gone: an unmounted disk must not look like an empty mailbox.
    StoreMissing { path: String },
    /// There is no network.
    Offline,
    /// Something between here and the server answers in its place, as the sign-in page of a network does.
    CaptivePortal { server: String },
    /// The proxy does not answer, or refuses.
    Proxy { proxy: String, fault: ProxyFault },
    /// Another session has the mailbox open (RFC 3206, IN-USE).
    InUse { server: String },
    /// Some recipients were refused; see the Outbox.
    SomeRefused { refused: u64, total: u64 },
    /// Cut after DATA: whether it was sent is unknown.
    UnknownOutcome,
    /// The message was sent, but its server passes no wish for reports of delivery on (DSN, RFC 3461).
    NoReports { server: String },
    /// The server said that it had taken a message into the mailbox, and has it not.
    NotStored { mailbox: String },
    /// The server lets nobody change the mailbox.
    ReadOnly { mailbox: String },
    /// The mailbox was to be deleted, and mail came into it: it is kept.
    MailCame { mailbox: String },
    /// The mailbox is gone on the server, and messages of it that are only here are kept.
    KeptHere { mailbox: String, messages: u64 },
    /// A copy has yet to arrive in the mailbox before the original may go.
    CopyFirst { mailbox: String },
    /// What an earlier version recorded as words.
    Said { words: String },
    /// The message cannot be brought to paper: it took too long, or is more than the process that draws bears.
    Unprintable,
    /// A fault of Postwren's own.
    Internal,
}

/// Why a certificate was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CertificateReason {
    /// It is for other names.
    Name { presented: Vec<String> },
    /// It ended at this Unix time.
    Expired { at: i64 },
    /// It begins at this Unix time.
    NotYetValid { at: i64 },
    /// Nobody trusted has signed it.
    UnknownIssuer,
    /// Anything else, in the TLS library's words.
    Other { words: String },
}

impl ProblemKind {
    /// Whether it stands until the person decides.
    pub fn is_question(&self) -> bool {
        matches!(self, ProblemKind::Held { .. } | ProblemKind::StoreMissing { .. } | ProblemKind::RemovedHere { .. })
    }
}

impl Problem {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Problem {
        Problem { kind, account: None, detail: detail.into() }
    }
    pub fn of(mut self, account: &str) -> Problem {
        self.account = Some(account.into());
        self
    }
    pub fn invalid(what: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::Invalid { what: what.into() }, "")
    }
    pub fn not_found(what: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::NotFound { what: what.into() }, "")
    }
}
