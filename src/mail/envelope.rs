//! What a list shows of a message, and what threads and replies need of it.

use super::address::Address;
use serde::{Deserialize, Serialize};

/// The header fields that identify and describe a message, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Message-ID without its angle brackets.
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub from: Vec<Address>,
    pub reply_to: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    pub subject: String,
    /// The Date field in seconds since 1970, where it can be read.
    pub date: Option<i64>,
}
