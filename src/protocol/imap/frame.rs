//! The framing filter beneath async-imap: an `AsyncRead + AsyncWrite` that passes on only what
//! its parser can take.
//!
//! Why it is there, as found in async-imap 0.12 and imap-proto 0.17:
//! - a literal's announced size is allocated at once: here a response is passed on only when it
//!   has arrived, within the bounds of [`super::scan`];
//! - data it does not know (NAMESPACE, ESEARCH, THREAD, BINARY …) closes its stream for good:
//!   here such data is passed over, and what we need but cannot read is an error;
//! - deep nesting overflows its stack: bounded here;
//! - response codes that it does not know stay in the text, a code without a space after it
//!   makes it panic, and so does `INTERNALDATE NIL`: here status responses are read by us and
//!   passed on bare, see [`Status`], and that NIL becomes an empty string;
//! - quoted strings come out with their backslashes: here such a string becomes a literal.
//!
//! It passes on one response at a time, never a part of the next, so that the [`Status`] kept
//! here always belongs to the response that the parser returned last.
//!
//! Every response goes into the transcript, with the size of a literal in its place; a run of
//! FETCH answers is summed up.

use super::code::Code;
use super::scan::{Frame, Scanner, is_data};
use crate::protocol::error::{Error, Result};
use crate::protocol::stream::Stream;
use crate::protocol::transcript::{Recorder, thousands};
use async_imap::imap_proto;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// FETCH answers that a transcript shows one by one before it begins to count.
const SHOWN_FETCHES: u64 = 3;
/// Bytes read from the connection at once.
const CHUNK: usize = 32 * 1024;

/// Code and text of a status response or a continuation.
#[derive(Clone, Debug, Default)]
pub(super) struct Status {
    pub code: Option<Code>,
    pub text: String,
}

/// The filter.
#[derive(Debug)]
pub(super) struct Framed {
    inner: Stream,
    recorder: Recorder,
    scanner: Scanner,
    /// Bytes read and not yet scanned: `chunk[start..end]`.
    chunk: Box<[u8]>,
    start: usize,
    end: usize,
    /// The response being handed to the parser, and how far.
    out: Vec<u8>,
    handed: usize,
    status: Status,
    received: Arc<AtomicU64>,
    unreadable_names: u32,
    run: FetchRun,
}

/// FETCH answers in a row, beyond those shown.
#[derive(Debug, Default)]
struct FetchRun {
    answers: u64,
    bytes: u64,
}

impl Framed {
    pub fn new(inner: Stream, recorder: Recorder) -> Framed {
        Framed {
            inner,
            recorder,
            scanner: Scanner::default(),
            chunk: vec![0; CHUNK].into_boxed_slice(),
            start: 0,
            end: 0,
            out: Vec::new(),
            handed: 0,
            status: Status::default(),
            received: Arc::default(),
            unreadable_names: 0,
            run: FetchRun::default(),
        }
    }

    /// The stream, and what was read from it beyond the last response.
    pub fn into_parts(self) -> (Stream, Vec<u8>) {
        let mut ahead = self.out.get(self.handed..).unwrap_or_default().to_vec();
        ahead.extend_from_slice(self.chunk.get(self.start..self.end).unwrap_or_default());
        if self.scanner.is_within() {
            ahead.push(0);
        }
        (self.inner, ahead)
    }

    pub fn is_encrypted(&self) -> bool {
        self.inner.is_encrypted()
    }
    /// Bytes received so far: whether a slow answer still makes progress.
    pub fn received(&self) -> Arc<AtomicU64> {
        self.received.clone()
    }
    /// Code and text of the last response, where it was a status response or a continuation.
    pub fn status(&self) -> &Status {
        &self.status
    }
    /// How many LIST answers were passed over since last asked.
    pub fn take_unreadable_names(&mut self) -> u32 {
        std::mem::take(&mut self.unreadable_names)
    }

    /// Scans what was read; whether a response is ready for the parser.
    fn scan(&mut self) -> Result<bool> {
        while let Some(rest) = self.chunk.get(self.start..self.end).filter(|rest| !rest.is_empty()) {
            let (taken, frame) = self.scanner.push(rest)?;
            self.start = self.start.saturating_add(taken);
            if let Some(frame) = frame
                && self.admit(frame)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes a response fit for the parser; `false` where it is passed over.
    fn admit(&mut self, frame: Frame) -> Result<bool> {
        self.record(&frame);
        self.handed = 0;
        self.status = Status::default();
        if !is_data(&frame.raw) {
            let line = String::from_utf8_lossy(&frame.raw);
            let (bare, text) = bare(line.trim_end()).ok_or_else(|| broken(&line))?;
            let (code, text) = Code::split(text);
            self.status = Status { code, text: text.to_string() };
            self.out = bare.into_bytes();
            return Ok(true);
        }
        let kind = Kind::of(&frame.raw);
        if kind == Kind::Unknown {
            return Ok(false);
        }
        self.out = repaired(frame, kind);
        if matches!(imap_proto::Response::parse(&self.out), Ok((rest, _)) if rest.is_empty()) {
            return Ok(true);
        }
        match kind {
            Kind::Needed | Kind::Fetch => return Err(broken(&String::from_utf8_lossy(&self.out))),
            Kind::List => self.unreadable_names = self.unreadable_names.saturating_add(1),
            Kind::Optional | Kind::Unknown => {}
        }
        self.out.clear();
        Ok(false)
    }

    fn record(&mut self, frame: &Frame) {
        let bytes = frame.literals.iter().map(|l| l.len() as u64).sum::<u64>();
        if Kind::of(&frame.raw) == Kind::Fetch {
            self.run.answers = self.run.answers.saturating_add(1);
            if self.run.answers > SHOWN_FETCHES {
                self.run.bytes = self.run.bytes.saturating_add(bytes);
                return;
            }
        } else {
            let run = std::mem::take(&mut self.run);
            let more = run.answers.saturating_sub(SHOWN_FETCHES);
            if more > 0 {
                let (more, bytes) = (thousands(more), thousands(run.bytes));
                self.recorder.note(&format!("{more} more FETCH answers, {bytes} bytes"));
            }
        }
        self.recorder.server(&summary(frame));
    }
}

/// A response with the size of each literal in its place, cut where a transcript cuts.
fn summary(frame: &Frame) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    for literal in &frame.literals {
        let before = frame.raw.get(at..literal.start).unwrap_or_default();
        let brace = before.iter().rposition(|b| *b == b'{').unwrap_or(before.len());
        out.extend_from_slice(before.get(..brace).unwrap_or_default());
        out.extend_from_slice(format!("[{} bytes]", thousands(literal.len() as u64)).as_bytes());
        at = literal.end;
        if out.len() > 4096 {
            return out;
        }
    }
    out.extend_from_slice(frame.raw.get(at..).unwrap_or_default());
    out
}

fn broken(line: &str) -> Error {
    Error::Protocol(line.trim_end().chars().take(200).collect())
}

/// A status response or continuation as its bare start for the parser, and its text for us.
fn bare(line: &str) -> Option<(String, &str)> {
    if let Some(text) = line.strip_prefix('+') {
        return Some(("+ \r\n".into(), text.trim_start()));
    }
    let (tag, rest) = line.split_once(' ')?;
    let (status, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let known = ["OK", "NO", "BAD", "BYE", "PREAUTH"].iter().any(|s| s.eq_ignore_ascii_case(status));
    let tagged = !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    (known && (tag == "*" || tagged)).then(|| (format!("{tag} {status} \r\n"), text))
}

/// What to do with data that the parser cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Fails: without it an answer would be silently incomplete.
    Needed,
    /// Fails too, and is summed up in the transcript.
    Fetch,
    /// Passed over and counted: one unreadable name must not hide all mailboxes.
    List,
    /// Passed over.
    Optional,
    /// Never shown to the parser.
    Unknown,
}

impl Kind {
    fn of(raw: &[u8]) -> Kind {
        let mut words = raw.get(2..).unwrap_or_default().split(|b| matches!(b, b' ' | b'\r' | b'('));
        let first = words.next().unwrap_or_default();
        let numbered = !first.is_empty() && first.iter().all(u8::is_ascii_digit);
        let word = if numbered { words.next().unwrap_or_default() } else { first };
        let word = String::from_utf8_lossy(word).to_ascii_uppercase();
        match (numbered, word.as_str()) {
            (true, "FETCH") => Kind::Fetch,
            (true, "EXISTS" | "EXPUNGE") => Kind::Needed,
            (false, "SEARCH" | "STATUS" | "CAPABILITY" | "VANISHED") => Kind::Needed,
            (false, "LIST" | "LSUB") => Kind::List,
            (true, "RECENT") | (false, "FLAGS" | "ENABLED") => Kind::Optional,
            _ => Kind::Unknown,
        }
    }
}

/// The response with the parser's blind spots worked around; literals are never touched.
fn repaired(frame: Frame, kind: Kind) -> Vec<u8> {
    match kind {
        Kind::Fetch => with_plain_items(frame),
        Kind::List | Kind::Needed => with_plain_names(frame),
        Kind::Optional | Kind::Unknown => frame.raw,
    }
}

/// FETCH: keywords beyond ASCII are marked rather than refused, and a missing date is empty.
fn with_plain_items(mut frame: Frame) -> Vec<u8> {
    let mut at = 0;
    let ends = frame.literals.iter().map(|l| (l.start, l.end)).chain([(frame.raw.len(), frame.raw.len())]);
    for (end, next) in ends {
        if let Some(line) = frame.raw.get_mut(at..end) {
            line.iter_mut().filter(|b| **b >= 0x80 || **b == 0).for_each(|b| *b = b'?');
            let date = b"INTERNALDATE NIL";
            // Same length, so that the literals stay where they are: `INTERNALDATE "" `.
            if let Some(found) = line.windows(date.len()).position(|w| w.eq_ignore_ascii_case(date))
                && let Some(nil) = line.get_mut(found..).and_then(|l| l.get_mut(13..16))
            {
                nil.copy_from_slice(b"\"?\"");
            }
        }
        at = next;
    }
    frame.raw
}

/// LIST and STATUS: a quoted name with backslashes becomes a literal without them. The
/// delimiter of LIST is left alone; its two-character form is read in `list`.
fn with_plain_names(frame: Frame) -> Vec<u8> {
    if !frame.literals.is_empty() {
        return frame.raw;
    }
    let Some((before, name, after)) = quoted_name(&frame.raw) else { return frame.raw };
    let mut plain = Vec::new();
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        plain.push(if *byte == b'\\' { *bytes.next().unwrap_or(&b'\\') } else { *byte });
    }
    let size = format!("{{{}}}\r\n", plain.len());
    [before, size.as_bytes(), &plain, after].concat()
}

/// The quoted name with backslashes in an answer: what stands before, inside, and after its quotes.
fn quoted_name(raw: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let head = raw.get(..b"* STATUS ".len())?;
    let at = if head.eq_ignore_ascii_case(b"* STATUS ") {
        head.len()
    } else {
        let attributes = raw.iter().position(|b| *b == b')')?.saturating_add(2);
        let delimiter = if raw.get(attributes..)?.starts_with(b"\"\\") { 5 } else { 4 };
        attributes.saturating_add(delimiter)
    };
    let (before, quoted) = raw.split_at_checked(at)?;
    let inside = quoted.strip_prefix(b"\"")?;
    let mut escaped = false;
    let end = inside.iter().position(|b| {
        let is_end = *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        is_end
    })?;
    let (name, after) = inside.split_at_checked(end)?;
    name.contains(&b'\\').then_some((before, name, after.get(1..)?))
}

impl AsyncRead for Framed {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let rest = this.out.get(this.handed..).unwrap_or_default();
            if !rest.is_empty() {
                let part = rest.get(..buf.remaining()).unwrap_or(rest);
                buf.put_slice(part);
                this.handed = this.handed.saturating_add(part.len());
                return Poll::Ready(Ok(()));
            }
            if this.scan()? {
                continue;
            }
            let mut chunk = ReadBuf::new(&mut this.chunk);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut chunk))?;
            (this.start, this.end) = (0, chunk.filled().len());
            this.received.fetch_add(this.end as u64, Ordering::Relaxed);
            if this.end == 0 {
                let whole = !this.scanner.is_within();
                this.recorder.note(if whole { "closed by the server" } else { "cut within a response" });
                return Poll::Ready(if whole { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) });
            }
        }
    }
}

impl AsyncWrite for Framed {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
