//! The bounds that make any bytes safe to parse (invariant 8). Nothing past a bound is lost: the stored message
//! keeps every byte, and a defect says that not all of it is shown.
//!
//! Two rules keep the stack and the clock out of a stranger's hands. Attached messages are leaves: what a
//! `message/rfc822` part holds is read only when that part is opened as a message of its own, so no nesting of
//! messages is ever followed. And the structure is found by one forward scan with a stack of at most
//! [`MAX_DEPTH`] open multiparts, never by recursion over what the message claims.

/// Open multiparts within each other. Real mail stays below 10.
pub const MAX_DEPTH: usize = 32;

/// Parts that are looked at.
pub const MAX_PARTS: usize = 2_000;

/// Messages within each other that are opened, each by a person's wish.
pub const MAX_WITHIN: usize = 16;

/// Calendars of one message that are read.
pub const MAX_CALENDARS: usize = 5;

/// Bytes of one header block whose fields are read; the body is found behind longer ones too.
pub const MAX_HEADER: usize = 1 << 20;

/// Fields of one header block.
pub const MAX_FIELDS: usize = 2_000;

/// Bytes of one unstructured field, such as the Subject.
pub const MAX_TEXT_FIELD: usize = 16 << 10;

/// Bytes of one address field.
pub const MAX_ADDRESS_FIELD: usize = 512 << 10;

/// Addresses kept of one field.
pub const MAX_ADDRESSES: usize = 5_000;

/// Message-IDs kept of References and In-Reply-To.
pub const MAX_REFERENCES: usize = 200;

/// Parameters of a Content-Type or Content-Disposition, continuations counted singly.
pub const MAX_PARAMETERS: usize = 200;

/// Bytes of one media type field.
pub const MAX_MEDIA_FIELD: usize = 64 << 10;

/// Decoded bytes of text or HTML that are shown.
pub const MAX_TEXT: usize = 2 << 20;

/// Encoded bytes of a body that the preview is made of.
pub const PREVIEW_INPUT: usize = 48 << 10;

/// Characters of a preview.
pub const PREVIEW_LENGTH: usize = 200;

/// Runs a parser of others on a stranger's bytes. None of them is known to panic; should one, the item is unreadable
/// and the program goes on.
pub fn shielded<T>(parse: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(parse)).ok()
}
