//! The parts of a message that are files. They are read and written piece by piece: of a file of any size no more than
//! a piece is held.

use super::build::{MAX_LINE, Open};
use super::draft::DraftAttachment;
use crate::mail::mime;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment, Body};
use std::io::{self, Read, Write};

/// Bytes of a line of base64 (RFC 2045, 6.8): 76 characters.
const LINE: usize = 57;
/// Bytes that are read at once: a whole number of lines.
const PIECE: usize = LINE * 1024;

/// Writes a file as a part, without the boundary before it. Its bytes arrive unchanged: base64, but for a message that
/// may travel as it is.
pub(super) fn write(file: &DraftAttachment, open: Open<'_>, out: &mut dyn Write) -> io::Result<()> {
    let declared = mime::essence(&file.media_type);
    let looks = Looks::of(&mut open(file)?)?;
    let as_is = declared == "message/rfc822" && looks.is_seven_bit;
    let media_type = match declared.as_str() {
        // A message must not be encoded (RFC 2046, 5.2.1): one that cannot travel as it is goes as a file.
        declared if as_is => declared.to_string(),
        declared if declared.starts_with("message/") || declared.starts_with("multipart/") => {
            "application/octet-stream".into()
        }
        declared if declared.starts_with("text/") && !looks.is_ascii && looks.is_utf8 => {
            format!("{declared}; charset=utf-8")
        }
        declared => declared.to_string(),
    };
    // As text of 7 bits its line ends would be made CRLF on the way.
    let encoding = if as_is { ContentTransferEncoding::SevenBit } else { ContentTransferEncoding::Base64 };
    let name = mime::safe_file_name(Some(&file.file_name), &declared);
    let head = Attachment::new(name).body(Body::dangerous_pre_encoded(Vec::new(), encoding), content_type(&media_type));
    write!(out, "{}\r\n", head.headers())?;
    let mut from = open(file)?;
    if as_is {
        io::copy(&mut from, out)?;
        // It ends its last line; this one is the boundary's.
        out.write_all(b"\r\n")
    } else {
        encode(&mut from, out)
    }
}

fn content_type(media_type: &str) -> ContentType {
    let octets = || ContentType::parse("application/octet-stream").unwrap_or(ContentType::TEXT_PLAIN);
    ContentType::parse(media_type).unwrap_or_else(|_| octets())
}

/// Base64 in lines; the last line's end is the boundary's.
fn encode(from: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
    let (mut piece, mut text, mut is_empty) = (vec![0; PIECE], String::new(), true);
    loop {
        let bytes = fill(from, &mut piece)?;
        for line in bytes.chunks(LINE) {
            text.clear();
            STANDARD.encode_string(line, &mut text);
            text.push_str("\r\n");
            out.write_all(text.as_bytes())?;
        }
        is_empty &= bytes.is_empty();
        if bytes.len() < PIECE {
            return if is_empty { out.write_all(b"\r\n") } else { Ok(()) };
        }
    }
}

/// Reads until the piece is full or the file ends.
fn fill<'a>(from: &mut dyn Read, piece: &'a mut [u8]) -> io::Result<&'a [u8]> {
    let mut full = 0usize;
    while let Some(free) = piece.get_mut(full..).filter(|free| !free.is_empty()) {
        match from.read(free) {
            Ok(0) => break,
            Ok(count) => full = full.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(piece.get(..full).unwrap_or_default())
}

/// What a file's bytes are like.
struct Looks {
    is_ascii: bool,
    is_utf8: bool,
    /// ASCII without NUL in CRLF lines of bounded length, the last one ended.
    is_seven_bit: bool,
}

impl Looks {
    fn of(from: &mut dyn Read) -> io::Result<Looks> {
        let mut looks = Looks { is_ascii: true, is_utf8: true, is_seven_bit: true };
        let (mut piece, mut lines, mut begun) = (vec![0; PIECE], Lines::default(), Vec::new());
        loop {
            let bytes = fill(from, &mut piece)?;
            looks.is_ascii &= bytes.is_ascii();
            looks.is_seven_bit = looks.is_seven_bit && looks.is_ascii && lines.take(bytes);
            if looks.is_utf8 && !(bytes.is_ascii() && begun.is_empty()) {
                begun.extend_from_slice(bytes);
                looks.is_utf8 = match std::str::from_utf8(&begun) {
                    Ok(_) => {
                        begun.clear();
                        true
                    }
                    // A character that goes on in the next piece.
                    Err(error) => {
                        begun.drain(..error.valid_up_to());
                        error.error_len().is_none()
                    }
                };
            }
            if bytes.len() < PIECE {
                looks.is_utf8 &= begun.is_empty();
                looks.is_seven_bit &= lines.are_ended();
                return Ok(looks);
            }
        }
    }
}

/// Lines as they come.
#[derive(Default)]
struct Lines {
    length: usize,
    is_after_cr: bool,
}

impl Lines {
    /// Whether all is well so far.
    fn take(&mut self, bytes: &[u8]) -> bool {
        bytes.iter().all(|byte| match (byte, self.is_after_cr) {
            (b'\n', true) => {
                *self = Lines::default();
                true
            }
            (b'\r', false) => {
                self.is_after_cr = true;
                true
            }
            (0 | b'\n', _) | (_, true) => false,
            _ => {
                self.length = self.length.saturating_add(1);
                self.length <= MAX_LINE
            }
        })
    }

    fn are_ended(&self) -> bool {
        self.length == 0 && !self.is_after_cr
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn looks(bytes: &[u8]) -> (bool, bool, bool) {
        let looks = Looks::of(&mut &*bytes).unwrap();
        (looks.is_ascii, looks.is_utf8, looks.is_seven_bit)
    }

    /// As it would be asked of a whole file in memory.
    fn whole(bytes: &[u8]) -> (bool, bool, bool) {
        let lines = bytes.split_inclusive(|b| *b == b'\n').all(|line| {
            let content = line.strip_suffix(b"\r\n");
            content.is_some_and(|c| c.len() <= MAX_LINE && !c.contains(&b'\r'))
        });
        let ascii = bytes.is_ascii();
        (ascii, std::str::from_utf8(bytes).is_ok(), ascii && !bytes.contains(&0) && lines)
    }

    #[test]
    fn what_lies_across_two_pieces_is_seen_whole() {
        let long = "x".repeat(MAX_LINE) + "\r\n";
        let many = long.repeat(PIECE / long.len() + 1);
        assert_eq!(looks(many.as_bytes()), (true, true, true));
        for tail in ["é", "ü\r\n", "\r\n", "\r", "\n", ""] {
            for before in [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE - 1] {
                let text = many.repeat(3)[..before].to_string() + tail;
                assert_eq!(looks(text.as_bytes()), whole(text.as_bytes()), "{before} {tail:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_file_is_judged_as_if_it_were_read_at_once(text in "[a\r\n\u{0}é]{0,40}", tail in prop::collection::vec(any::<u8>(), 0..3)) {
            let bytes = [text.as_bytes(), &tail].concat();
            prop_assert_eq!(looks(&bytes), whole(&bytes));
        }

        #[test]
        fn base64_is_what_it_would_be_at_once(size in 0..PIECE * 2 + 100) {
            let bytes: Vec<u8> = (0..size).map(|n| (n * 7 % 251) as u8).collect();
            let mut out = Vec::new();
            encode(&mut &*bytes, &mut out).unwrap();
            let text: Vec<u8> = out.iter().copied().filter(|b| !b"\r\n".contains(b)).collect();
            prop_assert_eq!(STANDARD.decode(text).unwrap(), bytes);
            prop_assert!(out.ends_with(b"\r\n") && out.split(|b| *b == b'\n').all(|line| line.len() <= 77));
        }
    }
}
