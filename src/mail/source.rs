//! A message as it stands: its header fields raw and decoded, in their order.

use super::mime;
use serde::Serialize;

/// Bytes of one raw or decoded field that are shown.
pub const MAX_FIELD: usize = 64 << 10;

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceField {
    /// As written.
    pub name: String,
    /// The value with its folding, bytes that are no text replaced; controls but line ends are marked.
    pub raw: String,
    /// On one line, encoded words decoded, safe to show.
    pub decoded: String,
    /// Only its beginning is here.
    pub shortened: bool,
}

/// All header fields of a message, first to last; at most [`mime::guard::MAX_FIELDS`].
pub fn fields(raw: &[u8]) -> Vec<SourceField> {
    mime::header_fields(raw)
        .into_iter()
        .map(|(name, value)| {
            let head = value.get(..MAX_FIELD).unwrap_or(value);
            SourceField {
                name: super::text::display_safe(&String::from_utf8_lossy(name)).into_owned(),
                raw: super::text::body_safe(&String::from_utf8_lossy(head)).trim().to_string(),
                decoded: mime::decoded_line(head),
                shortened: head.len() < value.len(),
            }
        })
        .collect()
}

/// A stretch of a message's source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourcePage {
    /// Where it begins, in bytes.
    pub start: u64,
    /// Bytes exactly as stored.
    pub bytes: Vec<u8>,
    /// Bytes of the whole source that is here.
    pub total: u64,
}
