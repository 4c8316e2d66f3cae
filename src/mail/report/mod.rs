//! Reports that mail systems send about a message: of its delivery (RFC 3464) and of what became of it at its
//! recipient's (RFC 8098), as facts. What they mean in words is said by the faces.
//!
//! Nothing in a report is proved: anybody can send one. It is shown as what its sender claims.

mod delivery;
mod disposition;
mod groups;
mod status;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub(crate) use delivery::read as delivery;
pub(crate) use disposition::read as disposition;
pub use status::{Reason, Status};

/// Recipients of one report that are told.
pub const MAX_RECIPIENTS: usize = 500;

/// A machine-readable report (multipart/report, RFC 6522).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "report")]
pub enum Report {
    Delivery(DeliveryReport),
    Disposition(DispositionReport),
}

/// What became of a message on its way (RFC 3464).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeliveryReport {
    /// The host that reports.
    pub reporting_host: Option<String>,
    /// When that host took the message, Unix seconds.
    pub arrived: Option<i64>,
    /// The ENVID that the sender gave it (RFC 3461).
    pub envelope_id: Option<String>,
    pub recipients: Vec<RecipientReport>,
    /// There were more recipients than [`MAX_RECIPIENTS`].
    pub shortened: bool,
    pub original: Original,
}

/// What became of a message for one recipient (RFC 3464, 2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RecipientReport {
    /// Where it was to go in the end.
    pub address: String,
    /// The address that its sender had written, where it is another.
    pub original: Option<String>,
    pub action: Action,
    /// The enhanced status code (RFC 3463).
    pub status: Option<Status>,
    /// What the status, or else the host's reply, says is the reason.
    pub reason: Reason,
    /// The host that refused or took it.
    pub remote_host: Option<String>,
    /// That host's own words, on one line.
    pub diagnostic: Option<String>,
    /// Unix seconds.
    pub last_attempt: Option<i64>,
    /// Until when it is tried again, Unix seconds.
    pub will_retry_until: Option<i64>,
}

/// What was done with the message (RFC 3464, 2.3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Failed,
    /// It is still tried.
    Delayed,
    Delivered,
    /// Handed to a system that sends no reports.
    Relayed,
    /// Delivered, and sent on to several.
    Expanded,
    /// A word that no standard knows, or none.
    #[default]
    Unknown,
}

/// The message that a report is about, as far as it is enclosed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Original {
    pub subject: Option<String>,
    /// Without angle brackets.
    pub message_id: Option<String>,
    /// Unix seconds.
    pub date: Option<i64>,
}

/// What became of a message at its recipient's (RFC 8098).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DispositionReport {
    /// Who reports.
    pub recipient: String,
    /// The address that its sender had written, where it is another.
    pub original_recipient: Option<String>,
    pub disposition: Disposition,
    /// A program decided on it, not the person (`automatic-action`).
    pub automatic: bool,
    /// The report was sent without asking the person (`MDN-sent-automatically`).
    pub sent_automatically: bool,
    /// What went wrong there, in its words.
    pub error: Option<String>,
    /// The program that reports.
    pub program: Option<String>,
    pub original: Original,
}

/// What the recipient or their program did (RFC 8098, 3.2.6.2, with the words of RFC 3798).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Shown to somebody; not necessarily read, nor by the person.
    Displayed,
    Deleted,
    /// Sent on somewhere without being shown.
    Dispatched,
    /// Handled by a program without being shown.
    Processed,
    /// The person does not want it to be known.
    Denied,
    Failed,
    #[default]
    Unknown,
}
