//! Cuts the server's bytes into responses: a line, or several joined by literals (RFC 3501,
//! sections 4.3 and 9). Nothing is believed before it has arrived: a literal's size is a
//! promise that is checked against a bound, never an amount to allocate.

use crate::protocol::error::{Error, Result};
use std::ops::Range;

/// Bytes of one response outside its literals.
pub const MAX_LINE: usize = 1024 * 1024;
/// Bytes of all literals of one response. Bodies are asked for in parts far below it.
pub const MAX_LITERAL: usize = 64 * 1024 * 1024;
/// Parentheses within parentheses. The parser above recurses, so this guards the stack.
pub const MAX_NESTING: usize = 64;
/// Literals in one response.
const MAX_LITERALS: usize = 1000;

/// One whole response.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// All of it, with its last CRLF; a lone LF was completed.
    pub raw: Vec<u8>,
    /// Where the contents of literals lie in it.
    pub literals: Vec<Range<usize>>,
}

/// Collects bytes until a response is whole.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    frame: Frame,
    /// Where the line began that is being read: after the last literal, or 0.
    line: usize,
    /// Bytes of the literal that have not arrived.
    missing: usize,
    quoted: bool,
    escaped: bool,
    nesting: usize,
}

impl Scanner {
    /// Whether a response has begun.
    pub fn is_within(&self) -> bool {
        !self.frame.raw.is_empty()
    }

    /// Takes bytes up to the end of a response: how many, and the response if it is whole.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(usize, Option<Frame>)> {
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            if self.missing > 0 {
                let part = rest.get(..self.missing).unwrap_or(rest);
                self.frame.raw.extend_from_slice(part);
                self.missing = self.missing.saturating_sub(part.len());
                taken += part.len();
                if self.missing == 0 {
                    self.line = self.frame.raw.len();
                }
                continue;
            }
            let end = rest.iter().position(|b| *b == b'\n').map(|at| at + 1);
            let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
            taken += part.len();
            self.extend_line(part)?;
            if end.is_some() && self.end_line()? {
                let frame = std::mem::take(self).frame;
                return Ok((taken, Some(frame)));
            }
        }
        Ok((taken, None))
    }

    fn extend_line(&mut self, part: &[u8]) -> Result<()> {
        let literals: usize = self.frame.literals.iter().map(|l| l.len()).sum();
        if self.frame.raw.len().saturating_sub(literals).saturating_add(part.len()) > MAX_LINE {
            return Err(Error::TooLarge { what: "line", limit: MAX_LINE as u64 });
        }
        self.frame.raw.extend_from_slice(part);
        Ok(())
    }

    /// At the end of a line: whether the response ends with it.
    fn end_line(&mut self) -> Result<bool> {
        if !self.frame.raw.ends_with(b"\r\n") {
            self.frame.raw.pop();
            self.frame.raw.extend_from_slice(b"\r\n");
        }
        if !is_data(&self.frame.raw) {
            return Ok(true);
        }
        self.count_nesting()?;
        let line = self.frame.raw.get(self.line..).unwrap_or_default();
        let size = if self.quoted { None } else { announced(line) };
        self.quoted = false;
        self.escaped = false;
        let Some(size) = size else { return Ok(true) };
        let before: usize = self.frame.literals.iter().map(|l| l.len()).sum();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if before.saturating_add(size) > MAX_LITERAL {
            return Err(Error::TooLarge { what: "literal", limit: MAX_LITERAL as u64 });
        }
        if self.frame.literals.len() >= MAX_LITERALS {
            return Err(Error::TooLarge { what: "number of literals", limit: MAX_LITERALS as u64 });
        }
        let start = self.frame.raw.len();
        self.frame.literals.push(start..start.saturating_add(size));
        self.missing = size;
        self.line = start;
        Ok(false)
    }

    fn count_nesting(&mut self) -> Result<()> {
        for byte in self.frame.raw.get(self.line..).unwrap_or_default() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.quoted => self.escaped = true,
                b'"' => self.quoted = !self.quoted,
                b'(' if !self.quoted => self.nesting = self.nesting.saturating_add(1),
                b')' if !self.quoted => self.nesting = self.nesting.saturating_sub(1),
                _ => {}
            }
            if self.nesting > MAX_NESTING {
                return Err(Error::TooLarge { what: "nesting", limit: MAX_NESTING as u64 });
            }
        }
        Ok(())
    }
}

/// Whether a response is untagged data, which alone can hold literals and structure; the
/// text of a status response may hold anything, even what looks like a literal.
pub(super) fn is_data(raw: &[u8]) -> bool {
    raw.strip_prefix(b"* ").is_some_and(|rest| {
        let end = rest.iter().position(|b| matches!(b, b' ' | b'\r' | b'\n')).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        !["OK", "NO", "BAD", "BYE", "PREAUTH"].iter().any(|status| word.eq_ignore_ascii_case(status.as_bytes()))
    })
}

/// The size in `{123}`, `{123+}` or `~{123}` at the end of a line.
fn announced(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"}\r\n")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let open = line.iter().rposition(|b| *b == b'{')?;
    let digits = line.get(open.saturating_add(1)..).filter(|d| !d.is_empty() && d.iter().all(u8::is_ascii_digit))?;
    // More digits than a u64 holds are a size past every bound.
    Some(std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames(input: &[u8], step: usize) -> Result<Vec<Frame>> {
        let mut scanner = Scanner::default();
        let mut out = Vec::new();
        for chunk in input.chunks(step.max(1)) {
            let mut rest = chunk;
            while !rest.is_empty() {
                let (taken, frame) = scanner.push(rest)?;
                out.extend(frame);
                rest = &rest[taken..];
            }
        }
        Ok(out)
    }

    #[test]
    fn literals_are_part_of_their_response_however_the_bytes_arrive() {
        let input = b"* 1 FETCH (BODY[] {5}\r\na)\r\n\" UID 7)\r\n* OK see {9}\r\nA1 OK {3}\r\n+ go {2}\r\n";
        for step in 1..input.len() {
            let frames = frames(input, step).unwrap();
            assert_eq!(frames.len(), 4, "step {step}");
            assert_eq!(&frames[0].raw[frames[0].literals[0].clone()], b"a)\r\n\"");
        }
    }

    #[test]
    fn an_empty_literal_and_a_quoted_brace_are_told_apart() {
        let frames = frames(b"* LIST () \"/\" {0}\r\n\r\n* LIST () \"/\" \"{3}\"\r\n* 1 EXISTS\n", 3).unwrap();
        assert_eq!(frames.len(), 3);
        assert_eq!(frames[2].raw, b"* 1 EXISTS\r\n");
    }

    #[test]
    fn every_bound_holds() {
        let what = |input: &[u8]| match frames(input, 4096) {
            Err(Error::TooLarge { what, .. }) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(what(b"* 1 FETCH (BODY[] {500000000}\r\n"), "literal");
        assert_eq!(what(b"* 1 FETCH (BODY[] {99999999999999999999999999}\r\n"), "literal");
        assert_eq!(what(&[b'x'; MAX_LINE + 1]), "line");
        assert_eq!(what(&[b"* 1 FETCH ".as_slice(), &[b'('; 100], b"\r\n"].concat()), "nesting");
        let many = [b"* X {0}\r\n".as_slice(), &b"{0}\r\n".repeat(1001)].concat();
        assert_eq!(what(&many), "number of literals");
        assert!(
            frames(b"* OK ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((\r\n", 9)
                .is_ok()
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(input in proptest::collection::vec(any::<u8>(), 0..300), step in 1_usize..20) {
            let _ = frames(&input, step);
        }
    }
}
