//! A message that is being written.

use crate::mail::address::Address;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A file that goes with the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftAttachment {
    pub file_name: String,
    pub media_type: String,
    pub size: u64,
    /// The private copy beside the draft: later changes of the original do not matter.
    pub path: PathBuf,
}

/// What the draft answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DraftOrigin {
    New,
    /// Reply or reply-all: the id of the answered message in the index, as the service names it.
    Reply(u64),
    Forward(u64),
    /// Editing a message of the Drafts mailbox, which goes when this is sent.
    Draft(u64),
}

/// A message being written; saved as one, so that a kill loses at most what was typed in the last second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Stable name of the draft, file-name safe.
    pub id: String,
    /// Name of the account it goes out from.
    pub account: String,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    pub subject: String,
    /// Plain text, `\n` line ends.
    pub body: String,
    pub attachments: Vec<DraftAttachment>,
    /// Message-IDs without angle brackets.
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub origin: DraftOrigin,
    /// Text typed into an address field and not yet a chip: (to, cc, bcc).
    #[serde(default)]
    pub unfinished: [String; 3],
    /// Whether reports of delivery are asked for (DSN, RFC 3461).
    #[serde(default)]
    pub report: bool,
}
