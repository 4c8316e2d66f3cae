//! The message on its way into DATA (RFC 5321, 4.1.1.4 and 4.5.2): line ends, pieces.

use super::wire::Tap;
use std::borrow::Cow;

/// Bytes handed on at once: the step in which progress is told.
const CHUNK: usize = 16 * 1024;

/// The message with CRLF for every line end and one at its end. A bare LF or CR counts as a
/// line end: servers differ in what they take for one, and `LF . LF` within a message would
/// end it for some, with a second message of somebody's choice behind it (SMTP smuggling).
pub(super) fn normalised(message: &[u8]) -> Cow<'_, [u8]> {
    if is_normal(message) {
        return Cow::Borrowed(message);
    }
    let mut out = Vec::with_capacity(message.len().saturating_add(message.len() / 32).saturating_add(2));
    let mut bytes = message.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    Cow::Owned(out)
}

fn is_normal(message: &[u8]) -> bool {
    let mut before = 0;
    for &byte in message {
        if (before == b'\r') != (byte == b'\n') {
            return false;
        }
        before = byte;
    }
    message.ends_with(b"\r\n")
}

/// The header of a normalised message, up to the empty line.
pub(super) fn header(message: &[u8]) -> &[u8] {
    let end = message.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(message.len());
    message.get(..end).unwrap_or_default()
}

/// Hands a normalised message on in pieces, without its last CRLF, which lettre adds together
/// with the final dot; tells progress, and tells the tap when nothing but that end remains.
pub(super) struct Chunks<'a, P> {
    rest: &'a [u8],
    total: u64,
    tap: Tap,
    progress: P,
}

impl<'a, P: FnMut(u64, u64)> Chunks<'a, P> {
    pub fn new(message: &'a [u8], tap: Tap, progress: P) -> Chunks<'a, P> {
        let rest = message.strip_suffix(b"\r\n").unwrap_or(message);
        Chunks { rest, total: message.len() as u64, tap, progress }
    }
}

impl<'a, P: FnMut(u64, u64)> Iterator for Chunks<'a, P> {
    type Item = &'a [u8];

    /// Asked for a piece only when the one before is written.
    fn next(&mut self) -> Option<&'a [u8]> {
        if !self.tap.may_go_on() {
            return None;
        }
        let (chunk, rest) = self.rest.split_at_checked(self.rest.len().min(CHUNK))?;
        if chunk.is_empty() {
            (self.progress)(self.total, self.total);
            self.tap.end_payload(self.total);
            return None;
        }
        let left = (self.rest.len() as u64).saturating_add(2);
        (self.progress)(self.total.saturating_sub(left), self.total);
        self.rest = rest;
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_line_end_becomes_crlf() {
        for (from, to) in [
            ("", "\r\n"),
            ("a", "a\r\n"),
            ("a\r\n", "a\r\n"),
            ("a\nb\rc\r\nd", "a\r\nb\r\nc\r\nd\r\n"),
            ("a\n.\r\nb", "a\r\n.\r\nb\r\n"),
            ("a\r.\rb\r", "a\r\n.\r\nb\r\n"),
            ("\r\r\n\n", "\r\n\r\n\r\n"),
            ("a\r\n\r", "a\r\n\r\n"),
        ] {
            assert_eq!(&*normalised(from.as_bytes()), to.as_bytes(), "{from:?}");
        }
        assert!(matches!(normalised(b"x\r\ny\r\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_header_ends_at_the_empty_line() {
        assert_eq!(header(b"A: b\r\nC: d\r\n\r\nx\r\n\r\n"), b"A: b\r\nC: d");
        assert_eq!(header(b"A: b\r\n"), b"A: b\r\n");
    }

    proptest! {
        #[test]
        fn normal_stays_normal(bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), any::<u8>()], 0..200)) {
            let once = normalised(&bytes).into_owned();
            prop_assert!(is_normal(&once));
            prop_assert_eq!(&*normalised(&once), &once[..]);
            let words = |b: &[u8]| b.iter().copied().filter(|b| !b"\r\n".contains(b)).collect::<Vec<_>>();
            prop_assert_eq!(words(&once), words(&bytes));
        }
    }
}
