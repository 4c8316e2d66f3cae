//! The message on its way into DATA (RFC 5321, 4.1.1.4 and 4.5.2): read in pieces, line ends made CRLF, dots doubled.
//!
//! A bare LF or CR counts as a line end: servers differ in what they take for one, and `LF . LF` within a message
//! would end it for some, with a second message of somebody's choice behind it (SMTP smuggling).

use memchr::memchr2;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// Bytes read and handed on at once: the step in which progress is told.
const PIECE: usize = 128 * 1024;
/// Pieces that are ready before the network takes them.
const AHEAD: usize = 2;
/// A message up to this size is held in memory: opening its file twice would cost more.
const SMALL: u64 = 128 * 1024;

/// A message to be submitted, where it lies, with what MAIL must say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    source: Source,
    pub(super) facts: Measures,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Memory(Vec<u8>),
    File(PathBuf),
}

/// What of a message matters before it is sent. Finding it out means reading all of it, so it can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Bytes as they lie.
    bytes: u64,
    /// Bytes with every line end as CRLF.
    pub(super) size: u64,
    pub(super) is_ascii: bool,
    pub(super) is_header_ascii: bool,
}

impl Measures {
    /// Of a message in memory.
    pub fn of(message: &[u8]) -> Measures {
        let mut survey = Survey::default();
        survey.push(message);
        survey.facts()
    }

    /// Reads through the message in a file. Blocks.
    ///
    /// # Errors
    /// What the disk says.
    pub fn of_file(path: &Path) -> io::Result<Measures> {
        let (mut file, mut survey, mut piece) = (File::open(path)?, Survey::default(), vec![0; PIECE]);
        loop {
            match some(&mut file, &mut piece)? {
                0 => return Ok(survey.facts()),
                count => survey.push(piece.get(..count).unwrap_or_default()),
            }
        }
    }
}

impl Letter {
    /// A message in memory.
    pub fn bytes(message: Vec<u8>) -> Letter {
        let facts = Measures::of(&message);
        Letter { source: Source::Memory(message), facts }
    }

    /// Reads through the message in a file. Blocks; a large message is not held in memory. Until the message was
    /// sent its file must stay as it is.
    ///
    /// # Errors
    /// What the disk says.
    pub fn file(path: &Path) -> io::Result<Letter> {
        if std::fs::metadata(path)?.len() <= SMALL {
            return Ok(Letter::bytes(std::fs::read(path)?));
        }
        Ok(Letter { source: Source::File(path.into()), facts: Measures::of_file(path)? })
    }

    /// The same where it was measured before; measured again where it has another size since. Blocks.
    ///
    /// # Errors
    /// What the disk says.
    pub fn measured(path: &Path, facts: Measures) -> io::Result<Letter> {
        let size = std::fs::metadata(path)?.len();
        if size <= SMALL || size != facts.bytes {
            return Letter::file(path);
        }
        Ok(Letter { source: Source::File(path.into()), facts })
    }

    /// Its size on the wire in bytes, without doubled dots.
    pub fn size(&self) -> u64 {
        self.facts.size
    }

    /// The message as it goes over the wire, its end included. A file is read on a thread of its own, ahead of the
    /// network by a few pieces.
    pub(super) fn open(&self) -> Pieces<'_> {
        match &self.source {
            Source::Memory(message) => Pieces::Memory { rest: message, stuffer: Stuffer::default() },
            Source::File(path) => {
                let (sender, receiver) = mpsc::channel(AHEAD);
                let path = path.clone();
                tokio::task::spawn_blocking(move || {
                    if let Err(error) = read(&path, &sender) {
                        // Nobody waits for it any more, or is told.
                        let _ = sender.blocking_send(Err(error));
                    }
                });
                Pieces::File(receiver)
            }
        }
    }
}

/// A part of a message on the wire.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub wire: Vec<u8>,
    /// Bytes of the message that it was made of.
    pub count: u64,
    /// The end of the message is in it.
    pub is_last: bool,
}

impl Piece {
    fn of(stuffer: &mut Stuffer, message: &[u8], is_last: bool) -> Piece {
        // Doubled dots and bare line ends are few.
        let mut wire = Vec::with_capacity(message.len().saturating_add(message.len() / 64).saturating_add(256));
        stuffer.push(message, &mut wire);
        if is_last {
            stuffer.finish(&mut wire);
        }
        Piece { wire, count: message.len() as u64, is_last }
    }
}

/// A message being read.
pub(super) enum Pieces<'a> {
    Memory { rest: &'a [u8], stuffer: Stuffer },
    File(mpsc::Receiver<io::Result<Piece>>),
}

impl Pieces<'_> {
    /// The next piece; not to be asked for after the last.
    pub async fn next(&mut self) -> io::Result<Piece> {
        match self {
            Pieces::Memory { rest, stuffer } => {
                let (piece, after) = rest.split_at_checked(PIECE).unwrap_or((rest, &[]));
                *rest = after;
                Ok(Piece::of(stuffer, piece, after.is_empty()))
            }
            Pieces::File(receiver) => receiver.recv().await.unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into())),
        }
    }
}

/// Reads a file through, one piece behind: the last must be known for what it is.
fn read(path: &Path, sender: &mpsc::Sender<io::Result<Piece>>) -> io::Result<()> {
    let mut file = File::open(path)?;
    let (mut stuffer, mut before, mut piece) = (Stuffer::default(), Vec::new(), Vec::with_capacity(PIECE));
    loop {
        piece.resize(PIECE, 0);
        let count = some(&mut file, &mut piece)?;
        piece.truncate(count);
        let is_last = count == 0;
        if is_last || !before.is_empty() {
            let sent = sender.blocking_send(Ok(Piece::of(&mut stuffer, &before, is_last)));
            if is_last || sent.is_err() {
                return Ok(());
            }
        }
        std::mem::swap(&mut before, &mut piece);
    }
}

/// Reads what there is, again where a signal came between.
fn some(file: &mut File, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// What a piece consists of.
enum Part<'a> {
    /// Without line ends, never empty.
    Text(&'a [u8]),
    LineEnd,
}

/// Finds line ends across pieces: CRLF, or either alone.
#[derive(Debug, Default)]
struct Lines {
    /// The last piece ended in CR: an LF that follows belongs to it.
    is_after_cr: bool,
}

impl Lines {
    fn split<'a>(&mut self, piece: &'a [u8], mut each: impl FnMut(Part<'a>)) {
        let mut rest = piece;
        if std::mem::take(&mut self.is_after_cr) {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some((text, end)) = memchr2(b'\r', b'\n', rest).and_then(|at| rest.split_at_checked(at)) {
            if !text.is_empty() {
                each(Part::Text(text));
            }
            each(Part::LineEnd);
            self.is_after_cr = end == b"\r";
            let after = end.strip_prefix(b"\r\n").or_else(|| end.get(1..));
            rest = after.unwrap_or_default();
        }
        if !rest.is_empty() {
            each(Part::Text(rest));
        }
    }
}

/// Measures a message.
#[derive(Debug)]
struct Survey {
    lines: Lines,
    bytes: u64,
    size: u64,
    is_within_line: bool,
    is_in_header: bool,
    is_ascii: bool,
    is_header_ascii: bool,
}

impl Default for Survey {
    fn default() -> Survey {
        let (lines, bytes, size, is_within_line) = Default::default();
        Survey { lines, bytes, size, is_within_line, is_in_header: true, is_ascii: true, is_header_ascii: true }
    }
}

impl Survey {
    fn push(&mut self, piece: &[u8]) {
        let Survey { lines, bytes, size, is_within_line, is_in_header, is_ascii, is_header_ascii } = self;
        *bytes = bytes.saturating_add(piece.len() as u64);
        lines.split(piece, |part| match part {
            Part::Text(text) => {
                *size = size.saturating_add(text.len() as u64);
                *is_within_line = true;
                if !text.is_ascii() {
                    *is_ascii = false;
                    *is_header_ascii &= !*is_in_header;
                }
            }
            Part::LineEnd => {
                *size = size.saturating_add(2);
                // The empty line after the header.
                *is_in_header &= *is_within_line;
                *is_within_line = false;
            }
        });
    }

    fn facts(&self) -> Measures {
        let missing_end = if self.is_within_line { 2 } else { 0 };
        let Survey { bytes, is_ascii, is_header_ascii, .. } = *self;
        Measures { bytes, size: self.size.saturating_add(missing_end), is_ascii, is_header_ascii }
    }
}

/// What ends a message on the wire, its last line end included.
pub(super) const END: &[u8] = b"\r\n.\r\n";

/// Makes of pieces what goes over the wire.
#[derive(Debug)]
pub(super) struct Stuffer {
    lines: Lines,
    is_at_line_start: bool,
}

impl Default for Stuffer {
    fn default() -> Stuffer {
        Stuffer { lines: Lines::default(), is_at_line_start: true }
    }
}

impl Stuffer {
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.goes_as_it_is(piece) {
            out.extend_from_slice(piece);
            self.is_at_line_start = piece.ends_with(b"\n");
            return;
        }
        let Stuffer { lines, is_at_line_start } = self;
        lines.split(piece, |part| match part {
            Part::Text(text) => {
                if *is_at_line_start && text.starts_with(b".") {
                    out.push(b'.');
                }
                out.extend_from_slice(text);
                *is_at_line_start = false;
            }
            Part::LineEnd => {
                out.extend_from_slice(b"\r\n");
                *is_at_line_start = true;
            }
        });
    }

    /// Whether nothing in a piece needs another form: attachments are such, and most of what is sent.
    fn goes_as_it_is(&self, piece: &[u8]) -> bool {
        let begins_within = self.lines.is_after_cr || self.is_at_line_start && piece.starts_with(b".");
        if begins_within || piece.is_empty() {
            return false;
        }
        let mut line_ends = 0_usize;
        for at in memchr::memchr_iter(b'\n', piece) {
            let is_crlf = at.checked_sub(1).and_then(|before| piece.get(before)) == Some(&b'\r');
            if !is_crlf || piece.get(at.saturating_add(1)) == Some(&b'.') {
                return false;
            }
            line_ends = line_ends.saturating_add(1);
        }
        // Each CR is one of those before an LF.
        memchr::memchr_iter(b'\r', piece).count() == line_ends
    }

    /// Ends the last line and the message.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.is_at_line_start { b".\r\n" } else { END });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The message on the wire when it is read in pieces of this size.
    fn stuffed(message: &[u8], piece: usize) -> Vec<u8> {
        let (mut stuffer, mut out) = (Stuffer::default(), Vec::new());
        message.chunks(piece).for_each(|piece| stuffer.push(piece, &mut out));
        stuffer.finish(&mut out);
        out
    }

    #[test]
    fn every_line_end_becomes_crlf_and_dots_are_doubled() {
        for (from, to) in [
            ("", ".\r\n"),
            ("a", "a\r\n.\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            ("a\nb\rc\r\nd", "a\r\nb\r\nc\r\nd\r\n.\r\n"),
            ("a\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r.\rb\r", "a\r\n..\r\nb\r\n.\r\n"),
            (".", "..\r\n.\r\n"),
            ("a.\r\n..b", "a.\r\n...b\r\n.\r\n"),
            ("\r\r\n\n", "\r\n\r\n\r\n.\r\n"),
            ("a\r\n\r", "a\r\n\r\n.\r\n"),
        ] {
            for piece in 1..9 {
                assert_eq!(String::from_utf8_lossy(&stuffed(from.as_bytes(), piece)), to, "{from:?} by {piece}");
            }
        }
    }

    #[test]
    fn the_header_ends_at_the_empty_line() {
        let facts = |message: &str| Letter::bytes(message.as_bytes().to_vec()).facts;
        for (message, is_ascii, is_header_ascii) in [
            ("A: b\r\nC: d\r\n\r\nx\r\n", true, true),
            ("A: b\n\n\u{e4}\n", false, true),
            ("A: \u{e4}\n\nx\n", false, false),
            ("A: b\r\r\u{e4}", false, true),
            ("A: b\r\n \u{e4}\r\n", false, false),
        ] {
            let found = facts(message);
            assert_eq!((found.is_ascii, found.is_header_ascii), (is_ascii, is_header_ascii), "{message:?}");
        }
        assert_eq!(facts("a\nb").size, 6);
        assert_eq!(facts("a\r\n.\r\n").size, 6, "doubled dots do not count");
    }

    #[tokio::test]
    async fn a_large_file_is_the_same_as_its_bytes() {
        let message = "A: b\n\n.line\r\n".repeat(30_000).into_bytes();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &message).unwrap();
        let letter = Letter::file(file.path()).unwrap();
        assert!(matches!(letter.source, Source::File(_)));
        assert_eq!(letter.facts, Letter::bytes(message.clone()).facts);
        assert_eq!(Letter::measured(file.path(), letter.facts).unwrap(), letter);
        let other = Measures::of(b"A: b\r\n");
        assert_eq!(Letter::measured(file.path(), other).unwrap(), letter, "it changed since");
        let whole = stuffed(&message, 7);
        for letter in [letter, Letter::bytes(message.clone())] {
            let (mut pieces, mut out, mut count) = (letter.open(), Vec::new(), 0);
            let mut is_last = false;
            while !is_last {
                let piece = pieces.next().await.unwrap();
                out.extend_from_slice(&piece.wire);
                (count, is_last) = (count + piece.count, piece.is_last);
            }
            assert!(out == whole && count == message.len() as u64);
        }
    }

    /// A byte at a time, as the RFC says it.
    fn by_the_book(message: &[u8]) -> Vec<u8> {
        let text = String::from_utf8(message.to_vec()).unwrap().replace("\r\n", "\n").replace('\r', "\n");
        let text = if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" };
        let lines = text.split_inclusive('\n').map(|line| match line.strip_prefix('.') {
            Some(rest) => format!("..{rest}"),
            None => line.to_string(),
        });
        (lines.collect::<String>() + ".\n").replace('\n', "\r\n").into_bytes()
    }

    proptest! {
        #[test]
        fn what_goes_as_it_is_is_what_would_have_become_of_it(
            parts in proptest::collection::vec(prop_oneof![Just("\r\n"), Just("\r\n."), Just("\r"), Just("\n"), Just("abc")], 0..60),
            piece in 1..40_usize,
        ) {
            let message = parts.concat().into_bytes();
            prop_assert_eq!(stuffed(&message, piece), by_the_book(&message));
        }

        #[test]
        fn pieces_make_no_difference_and_nothing_is_lost(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), any::<u8>()], 0..200),
            piece in 1..40_usize,
        ) {
            let whole = stuffed(&bytes, 1000);
            prop_assert_eq!(&stuffed(&bytes, piece), &whole);
            // What a server makes of it: the end is at the end only, and the words are the same.
            let text = whole.strip_suffix(b".\r\n").unwrap();
            let received: Vec<Vec<u8>> = text.split_inclusive(|b| *b == b'\n').map(|line| {
                assert!(line.ends_with(b"\r\n") && line != b".\r\n");
                assert!(!line[..line.len() - 2].contains(&b'\r'));
                line.strip_prefix(b".").unwrap_or(line).to_vec()
            }).collect();
            let received = received.concat();
            let words = |b: &[u8]| b.iter().copied().filter(|b| !b"\r\n".contains(b)).collect::<Vec<_>>();
            prop_assert_eq!(words(&received), words(&bytes));
            prop_assert_eq!(received.len() as u64, Letter::bytes(bytes).size());
        }
    }
}
