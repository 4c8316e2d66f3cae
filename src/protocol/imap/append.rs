//! APPEND: a message into a mailbox (RFC 3501, section 6.3.11; UIDPLUS, RFC 4315; APPENDLIMIT, RFC 7889).

use super::code::Code;
use super::command::Command;
use super::dispatch::LONG;
use super::store::flag_list;
use super::{MailboxName, Session};
use crate::mail::flags::Flags;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::body::Body;
use crate::protocol::error::{Error, Result};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes that are read from a file at a time.
const PIECE: usize = 256 * 1024;

/// A message in a file as it goes over the wire: every line ended by CRLF. Read in pieces, so that memory does not
/// grow with it.
#[derive(Clone, Debug)]
pub struct MessageFile {
    file: Arc<File>,
    /// Bytes on the wire.
    pub size: u64,
    /// SHA-256 of them.
    pub hash: [u8; 32],
}

impl MessageFile {
    /// Reads through the file once. It must not change from here on.
    ///
    /// # Errors
    /// What the disk says.
    pub fn new(file: File) -> std::io::Result<MessageFile> {
        let (file, mut size, mut hash) = (Arc::new(file), 0_u64, Sha256::new());
        let mut pieces = Pieces { file: &file, at: 0, last: 0 };
        while let Some(piece) = pieces.next()? {
            size = size.saturating_add(piece.len() as u64);
            hash.update(&piece);
        }
        Ok(MessageFile { file, size, hash: hash.finalize().into() })
    }

    /// The next bytes on the wire from a place in the file; that place moves on, with the last byte before it.
    pub(super) fn piece(&self, at: &mut u64, last: &mut u8) -> std::io::Result<Option<Vec<u8>>> {
        let mut pieces = Pieces { file: &self.file, at: *at, last: *last };
        let piece = pieces.next();
        (*at, *last) = (pieces.at, pieces.last);
        piece
    }
}

/// The same file is the same message.
impl PartialEq for MessageFile {
    fn eq(&self, other: &MessageFile) -> bool {
        Arc::ptr_eq(&self.file, &other.file)
    }
}

impl Eq for MessageFile {}

/// SHA-256 of a fetched message, as [`MessageFile::hash`]; `None` where there are no bytes. Reads a file.
///
/// # Errors
/// What the disk says.
pub fn content_hash(body: &Body) -> std::io::Result<Option<[u8; 32]>> {
    match body {
        Body::Bytes(bytes) => Ok(Some(Sha256::digest(with_crlf_after(0, bytes.clone())).into())),
        Body::Spooled { file, .. } => Ok(Some(MessageFile::new(file.reopen()?)?.hash)),
        Body::Missing | Body::TooLarge => Ok(None),
    }
}

struct Pieces<'a> {
    file: &'a File,
    at: u64,
    last: u8,
}

impl Pieces<'_> {
    fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; PIECE];
        let n = loop {
            match self.file.read_at(&mut bytes, self.at) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        bytes.truncate(n);
        self.at = self.at.saturating_add(n as u64);
        let Some(end) = bytes.last().copied() else { return Ok(None) };
        let piece = with_crlf_after(self.last, bytes);
        self.last = end;
        Ok(Some(piece))
    }
}

/// Where an appended message is; none where the server does not say (no UIDPLUS).
pub type Appended = Option<(UidValidity, Uid)>;

impl Session {
    /// Puts a message into a mailbox with these flags and keywords and, as its date of arrival, this Unix time.
    /// Lone line feeds become CRLF. [`Error::TooLarge`] where the server's limit is known to be
    /// lower; `TRYCREATE` in [`Error::Refused`] says that the mailbox does not exist.
    pub async fn append(
        &mut self,
        to: &MailboxName,
        flags: Flags,
        keywords: &[String],
        date: Option<i64>,
        message: Vec<u8>,
    ) -> Result<Appended> {
        let message = with_crlf_after(0, message);
        let command = self.appending(to, (flags, keywords), date, message.len() as u64)?.literal(message);
        let done = self.run_for(LONG, command, |_| false).await?;
        Ok(done.code.as_ref().and_then(Code::appended))
    }

    /// The same with a message in a file, which goes over the wire in pieces.
    pub async fn append_file(
        &mut self,
        to: &MailboxName,
        flags: Flags,
        keywords: &[String],
        date: Option<i64>,
        message: &MessageFile,
    ) -> Result<Appended> {
        let command = self.appending(to, (flags, keywords), date, message.size)?.file(message.clone());
        let done = self.run_for(LONG, command, |_| false).await?;
        Ok(done.code.as_ref().and_then(Code::appended))
    }

    fn appending(
        &self,
        to: &MailboxName,
        (flags, keywords): (Flags, &[String]),
        date: Option<i64>,
        size: u64,
    ) -> Result<Command> {
        if let Some(limit) = self.capabilities.append_limit().filter(|limit| size > *limit) {
            return Err(Error::TooLarge { what: "message", limit });
        }
        let date = date.and_then(internal_date).map_or(String::new(), |date| format!("\"{date}\" "));
        let words = format!(" ({}) {date}", flag_list(flags, keywords));
        Ok(Command::new("APPEND ").string(&to.0).words(&words))
    }
}

/// `date-time` of RFC 3501, section 9.
fn internal_date(at: i64) -> Option<String> {
    let at = Timestamp::from_second(at).ok()?.to_zoned(TimeZone::UTC);
    (0..10_000).contains(&at.year()).then(|| at.strftime("%d-%b-%Y %H:%M:%S +0000").to_string())
}

/// The message, or a part of it after this byte, with every line ended by CRLF.
fn with_crlf_after(mut last: u8, message: Vec<u8>) -> Vec<u8> {
    let mut before = last;
    let lone = message.iter().any(|b| std::mem::replace(&mut before, *b) != b'\r' && *b == b'\n');
    if !lone {
        return message;
    }
    let mut out = Vec::with_capacity(message.len().saturating_add(message.len() / 32));
    for byte in message {
        if byte == b'\n' && last != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        last = byte;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_imap_wants_them() {
        assert_eq!(internal_date(0).as_deref(), Some("01-Jan-1970 00:00:00 +0000"));
        assert_eq!(internal_date(837_596_665).as_deref(), Some("17-Jul-1996 09:44:25 +0000"));
        assert_eq!(internal_date(i64::MAX), None);
    }

    #[test]
    fn lone_line_feeds_are_completed() {
        assert_eq!(with_crlf_after(0, b"\na\nb\r\nc".to_vec()), b"\r\na\r\nb\r\nc");
        assert_eq!(with_crlf_after(b'\r', b"\na".to_vec()), b"\na");
    }

    #[test]
    fn a_file_goes_out_as_it_would_from_memory() {
        // Lines end on both sides of the border between two pieces.
        for shift in 0..4 {
            let mut message = vec![b'x'; PIECE - 2 + shift];
            message.extend_from_slice(b"\r\n\n\r\nend\n");
            let mut file = tempfile::tempfile().unwrap();
            std::io::Write::write_all(&mut file, &message).unwrap();
            let file = MessageFile::new(file).unwrap();
            let (mut at, mut last, mut sent) = (0, 0, Vec::new());
            while let Some(piece) = file.piece(&mut at, &mut last).unwrap() {
                sent.extend(piece);
            }
            let expected = with_crlf_after(0, message);
            assert_eq!((file.size, file.hash), (expected.len() as u64, Sha256::digest(&expected).into()));
            assert!(sent == expected, "{shift}");
        }
    }
}
