//! An mbox read message by message: small ones in memory, large ones from file to file.

use crate::mail::mbox::{self, Quoting};
use crate::storage::error::Result;
use std::io::{BufRead, Write};
use tempfile::NamedTempFile;

/// A message up to this size is held in memory.
pub(super) const SMALL: usize = 1 << 20;
/// A line is looked at whole up to this length; of a longer one the rest goes on as it is.
const LINE: usize = 64 << 10;

/// A message's bytes.
pub(super) enum Body {
    Bytes(Vec<u8>),
    /// Its beginning, and all of it.
    File(Vec<u8>, NamedTempFile),
}

pub(super) struct Split<R> {
    source: R,
    quoting: Quoting,
    /// Bytes read so far.
    pub offset: u64,
    line: Vec<u8>,
    /// The line before has ended.
    at_start: bool,
    /// What begins the next message was read already.
    next: Option<mbox::Separator>,
}

/// Where a large message is written to.
type Spill<'a> = &'a mut dyn FnMut() -> Result<NamedTempFile>;

/// A message in the making.
struct Gathering {
    bytes: Vec<u8>,
    file: Option<NamedTempFile>,
}

impl Gathering {
    fn add(&mut self, piece: &[u8], spill: Spill<'_>) -> Result<()> {
        if let Some(file) = &mut self.file {
            let path = file.path().to_path_buf();
            return file.write_all(piece).map_err(|e| crate::storage::Error::io(path, e));
        }
        self.bytes.extend_from_slice(piece);
        if self.bytes.len() > SMALL {
            let mut file = spill()?;
            let path = file.path().to_path_buf();
            file.write_all(&self.bytes).map_err(|e| crate::storage::Error::io(path, e))?;
            self.bytes.truncate(LINE);
            self.file = Some(file);
        }
        Ok(())
    }

    fn done(self) -> Option<Body> {
        match self.file {
            Some(file) => Some(Body::File(self.bytes, file)),
            None if self.bytes.is_empty() => None,
            None => Some(Body::Bytes(self.bytes)),
        }
    }
}

/// What stopped the reading: the mbox, or the disk that is written to.
pub(super) enum Fault {
    Source(std::io::Error),
    Store(crate::storage::Error),
}

impl<R: BufRead> Split<R> {
    pub fn new(source: R, quoting: Quoting) -> Split<R> {
        Split { source, quoting, offset: 0, line: Vec::new(), at_start: true, next: None }
    }

    /// The next message, with the time at which it was received.
    pub fn next(&mut self, spill: Spill<'_>) -> std::result::Result<Option<(Body, Option<i64>)>, Fault> {
        loop {
            let begins = self.next.take();
            let mut message = Gathering { bytes: Vec::new(), file: None };
            // The empty line before a separator is the mbox's, not the message's.
            let mut blank: Option<Vec<u8>> = (self.offset == 0).then(Vec::new);
            loop {
                let is_start = self.at_start;
                if !self.piece().map_err(Fault::Source)? {
                    break;
                }
                if is_start && blank.is_some() {
                    self.next = mbox::separator(&self.line);
                    if self.next.is_some() {
                        break;
                    }
                }
                let mut put = |bytes: &[u8]| message.add(bytes, spill).map_err(Fault::Store);
                if let Some(held) = blank.take() {
                    put(&held)?;
                }
                if is_start && matches!(self.line.as_slice(), b"\n" | b"\r\n") {
                    blank = Some(self.line.clone());
                } else if is_start {
                    put(self.quoting.unquote(&self.line))?;
                } else {
                    put(&self.line)?;
                }
            }
            let received = begins.and_then(|b| b.received);
            match message.done() {
                Some(body) => return Ok(Some((body, received))),
                None if self.next.is_some() => {}
                None => return Ok(None),
            }
        }
    }

    /// Reads a line, or a part of a long one; false at the end.
    fn piece(&mut self) -> std::io::Result<bool> {
        self.line.clear();
        while self.line.len() < LINE {
            let ahead = match self.source.fill_buf() {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if ahead.is_empty() {
                break;
            }
            let end = memchr::memchr(b'\n', ahead).map_or(ahead.len(), |at| at.saturating_add(1));
            self.line.extend_from_slice(ahead.get(..end).unwrap_or_default());
            self.source.consume(end);
            self.offset = self.offset.saturating_add(end as u64);
            if self.line.ends_with(b"\n") {
                break;
            }
        }
        self.at_start = self.line.ends_with(b"\n");
        Ok(!self.line.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn all(text: &[u8], buffer: usize) -> Vec<Vec<u8>> {
        let mut split = Split::new(BufReader::with_capacity(buffer, text), Quoting::Mboxrd);
        let mut found = Vec::new();
        let mut spill = || Ok(NamedTempFile::new().unwrap());
        while let Some((body, _)) = split.next(&mut spill).unwrap_or_else(|_| panic!("read")) {
            found.push(match body {
                Body::Bytes(bytes) => bytes,
                Body::File(beginning, file) => {
                    let whole = std::fs::read(file.path()).unwrap();
                    assert!(whole.starts_with(&beginning));
                    whole
                }
            });
        }
        found
    }

    const FROM: &str = "From a@x Thu Aug 22 12:36:23 2002\n";

    #[test]
    fn messages_come_apart_where_they_begin_and_nowhere_else() {
        let one = "Subject: 1\n\nFrom here on.\n\nFrom then on.\n>From me\n";
        let two = "Subject: 2\r\n\r\n";
        let text = format!("{FROM}{one}\n{FROM}{two}\r\n{FROM}Subject: 3\n\nno end");
        let expected = [one.replace(">From", "From"), two.into(), "Subject: 3\n\nno end".into()];
        for buffer in [1, 7, 4096] {
            assert_eq!(all(text.as_bytes(), buffer), expected.each_ref().map(|t| t.as_bytes().to_vec()), "{buffer}");
        }
        assert!(all(b"", 10).is_empty());
        assert!(all(format!("{FROM}\n{FROM}\n{FROM}").as_bytes(), 10).is_empty(), "nothing between them");
    }

    #[test]
    fn large_messages_and_endless_lines_pass_through() {
        let large = format!("Subject: large\n\n{}\nFrom within\n", "x".repeat(3 << 20));
        let text = format!("{FROM}{large}\n{FROM}Subject: next\n\n1\n\n");
        assert_eq!(all(text.as_bytes(), 8192), [large.into_bytes(), b"Subject: next\n\n1\n".to_vec()]);
    }

    proptest! {
        #[test]
        fn what_an_mboxrd_writer_writes_comes_back(
            messages in prop::collection::vec("[a-c][a-z]{0,3}: x\n(\n([>From :1-4\\n]{0,40}\n)?)?", 1..6),
            buffer in 1_usize..50,
        ) {
            let mut text = Vec::new();
            for message in &messages {
                text.extend_from_slice(FROM.as_bytes());
                for line in message.split_inclusive('\n') {
                    if line.trim_start_matches('>').starts_with("From ") {
                        text.push(b'>');
                    }
                    text.extend_from_slice(line.as_bytes());
                }
                text.push(b'\n');
            }
            let expected: Vec<Vec<u8>> = messages.iter().map(|m| m.as_bytes().to_vec()).collect();
            prop_assert_eq!(all(&text, buffer), expected);
        }
    }
}
