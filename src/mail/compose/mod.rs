//! Writing mail: the draft, how a reply or a forward begins, and the RFC 5322 message built of it.
//!
//! Nothing here has a clock, a random source or a disk: time, Message-ID and the bytes of attachments come from the
//! caller, and so do the words for people (the attribution line, the labels of a forwarded header).

pub mod draft;

mod attach;
mod build;
mod encode;
mod from_message;
mod mailboxes;
pub mod mailto;
mod quote;
pub mod raw;
mod reply;
pub mod subject;

pub use build::{BuildError, Open, bcc_field, build, build_draft};
pub use from_message::from_message;
pub use mailboxes::{Recipients, envelope, recipients};
pub use quote::{quote, without_signature};
pub use reply::{ForwardWords, forward, reply};

use super::address::Address;
use draft::{Draft, DraftOrigin};

/// What a draft begins with: all of it but its own name, its account and the copies of attachments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftParts {
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    pub subject: String,
    /// Plain text, `\n` line ends.
    pub body: String,
    /// Message-IDs without angle brackets.
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    /// Attachments of the original to copy beside the draft, by [`crate::mail::mime::Attachment::index`].
    pub attachments: Vec<usize>,
    /// Text of the address fields that is no address yet: (to, cc, bcc).
    pub unfinished: [String; 3],
}

impl DraftParts {
    /// The draft, still without its attachments.
    pub fn into_draft(self, id: impl Into<String>, account: impl Into<String>, origin: DraftOrigin) -> Draft {
        Draft {
            id: id.into(),
            account: account.into(),
            to: self.to,
            cc: self.cc,
            bcc: self.bcc,
            subject: self.subject,
            body: self.body,
            attachments: Vec::new(),
            in_reply_to: self.in_reply_to,
            references: self.references,
            origin,
            unfinished: self.unfinished,
            report: false,
        }
    }
}

#[cfg(test)]
mod tests;
