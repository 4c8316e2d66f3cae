//! By what a message is recognised where no number does: its Message-ID, and its size.

use crate::protocol::imap::FetchedHeader;

/// A Message-ID as the index keeps it: without angle brackets and white space.
pub(in crate::service) fn bare(message_id: &str) -> Option<String> {
    let bare = message_id.trim().trim_start_matches('<').trim_end_matches('>').trim();
    (!bare.is_empty()).then(|| bare.to_string())
}

/// The Message-ID of a header that the server gave.
pub(super) fn of(header: &FetchedHeader) -> Option<String> {
    header.message_id.as_deref().and_then(bare)
}
