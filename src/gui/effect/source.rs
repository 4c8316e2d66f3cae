//! The source of messages, piece by piece.

use crate::service::{Handle, MessagePlace, Problem};
use std::ops::Range;

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;
/// Bytes that go to the clipboard at once.
const MOST_COPIED: u64 = 16 << 20;

/// Where a text stands next, from a byte on or back from it.
pub async fn find(
    handle: &Handle,
    place: &MessagePlace,
    text: &str,
    from: u64,
    back: bool,
) -> Result<Option<u64>, Problem> {
    let wanted = text.to_ascii_lowercase().into_bytes();
    if wanted.is_empty() {
        return Ok(None);
    }
    // Pieces overlap by what may stand across their border.
    let overlap = wanted.len() as u64 - 1;
    let step = (PIECE as u64).saturating_sub(overlap).max(1);
    let mut end = from;
    let mut start = if back { from.saturating_sub(step) } else { from };
    loop {
        let length = if back { end.saturating_sub(start).saturating_add(overlap) } else { PIECE as u64 };
        let length = usize::try_from(length).unwrap_or(PIECE).min(PIECE);
        let mut page = handle.letter_source(place, start, length).await?;
        page.bytes.make_ascii_lowercase();
        let found =
            if back { memchr::memmem::rfind(&page.bytes, &wanted) } else { memchr::memmem::find(&page.bytes, &wanted) };
        if let Some(at) = found {
            return Ok(Some(page.start.saturating_add(at as u64)));
        }
        if back {
            if start == 0 {
                return Ok(None);
            }
            end = start;
            start = start.saturating_sub(step);
        } else {
            start = start.saturating_add(step);
            if start >= page.total || page.bytes.is_empty() {
                return Ok(None);
            }
        }
    }
}

/// Bytes of a source as text.
pub async fn text(handle: &Handle, place: &MessagePlace, range: Range<u64>) -> Result<String, Problem> {
    let mut bytes: Vec<u8> = Vec::new();
    let end = range.end.min(range.start.saturating_add(MOST_COPIED));
    let mut at = range.start;
    while at < end {
        let length = usize::try_from(end.saturating_sub(at)).unwrap_or(PIECE).min(PIECE);
        let page = handle.letter_source(place, at, length).await?;
        if page.bytes.is_empty() {
            break;
        }
        at = at.saturating_add(page.bytes.len() as u64);
        bytes.extend(page.bytes);
    }
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}
