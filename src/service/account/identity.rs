//! By what a message is recognised where no number does: its Message-ID, and its size.

use crate::mail::message_id;
use crate::protocol::imap::FetchedHeader;

/// The Message-ID of a header that the server gave, as the index keeps it: without angle brackets.
pub(in crate::service) fn of(header: &FetchedHeader) -> Option<String> {
    message_id::parse(header.message_id.as_deref()?, 1).pop()
}
