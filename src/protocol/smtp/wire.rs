//! The tap beneath lettre's connection: an `AsyncRead + AsyncWrite` that reads the server's
//! replies itself, within bounds, keeps them for the session, and hands lettre a bare line for
//! each, one at a time, so that lettre's own buffer is empty whenever a command is due.
//!
//! It lets nothing through that the session did not announce, and writes what was announced
//! into the transcript, without secrets, at the moment when it goes out.

use super::reply::{Gatherer, MAX_LINE, Raw};
use crate::protocol::error::{Error, Result};
use crate::protocol::stream::Stream;
use crate::protocol::transcript::{Recorder, thousands};
use lettre::transport::smtp::client::AsyncTokioStream;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes read at once.
const CHUNK: usize = 8 * 1024;

/// A handle to the tap: one is lettre's, one the session's.
#[derive(Clone, Debug)]
pub(super) struct Tap(Arc<Mutex<Wire>>);

#[derive(Debug)]
struct Wire {
    /// Away during the handshake.
    stream: Option<Stream>,
    recorder: Recorder,
    /// Bytes read and not yet looked at: `chunk[start..end]`.
    chunk: Box<[u8]>,
    start: usize,
    end: usize,
    /// A line that has not ended.
    line: Vec<u8>,
    gatherer: Gatherer,
    /// What lettre is to read, and how far it has.
    out: Vec<u8>,
    handed: usize,
    /// Whole replies for the session.
    replies: VecDeque<Raw>,
    /// Why reading or writing failed.
    failure: Option<Error>,
    /// It failed in writing.
    is_write_failure: bool,
    /// What the next writes will be, for the transcript.
    announced: VecDeque<Vec<String>>,
    phase: Phase,
    /// The rest of the message and its end are being written, or were.
    is_ending: bool,
}

/// What may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing that was not announced.
    Idle,
    /// The command that was announced, until it is flushed.
    Command,
    /// The message, with its end.
    Payload,
}

impl Tap {
    pub fn new(stream: Stream, recorder: Recorder) -> Tap {
        Tap(Arc::new(Mutex::new(Wire {
            stream: Some(stream),
            recorder,
            chunk: vec![0; CHUNK].into_boxed_slice(),
            start: 0,
            end: 0,
            line: Vec::new(),
            gatherer: Gatherer::default(),
            out: Vec::new(),
            handed: 0,
            replies: VecDeque::new(),
            failure: None,
            is_write_failure: false,
            announced: VecDeque::new(),
            phase: Phase::Idle,
            is_ending: false,
        })))
    }

    /// A panic elsewhere leaves nothing half-done here.
    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Allows one write, shown in the transcript as these lines.
    pub fn announce(&self, shown: Vec<String>) {
        self.wire().announced.push_back(shown);
    }

    /// The oldest reply that the session has not seen.
    pub fn take_reply(&self) -> Option<Raw> {
        self.wire().replies.pop_front()
    }

    /// Why reading or writing failed.
    pub fn take_failure(&self) -> Option<Error> {
        self.wire().failure.take()
    }

    /// Whether writing failed: a reply may lie ready that says why.
    pub fn is_write_failure(&self) -> bool {
        self.wire().is_write_failure
    }

    pub fn is_encrypted(&self) -> bool {
        self.wire().stream.as_ref().is_some_and(Stream::is_encrypted)
    }

    /// Why nothing should be said now, as far as it has arrived: the server has answered before
    /// it was asked, or left. Its farewell (421) may come at any time.
    pub fn objection(&self) -> Option<Error> {
        let mut wire = self.wire();
        let objection = wire.objection();
        objection.filter(|_| !wire.unread().starts_with(b"421"))
    }

    /// Takes the stream out for a handshake, with what was read from it beyond the last reply.
    pub fn take_stream(&self) -> Option<(Stream, Vec<u8>)> {
        let mut wire = self.wire();
        let ahead = wire.unread();
        wire.stream.take().map(|stream| (stream, ahead))
    }

    /// Puts the encrypted stream in.
    pub fn put_stream(&self, stream: Stream) {
        self.wire().stream = Some(stream);
    }

    /// The message follows.
    pub fn begin_payload(&self) {
        self.wire().phase = Phase::Payload;
    }

    /// Another piece of the message is due. A server that has already answered has not waited for
    /// the final dot: its answer must not pass for the one to the dot, which then is not sent, and
    /// neither is it to a server that has left and could not answer.
    pub fn may_go_on(&self) -> bool {
        let mut wire = self.wire();
        if let Some(error) = wire.objection() {
            wire.fail(error, true);
        }
        wire.failure.is_none()
    }

    /// The end follows; the transcript shows it and the message's size, in the place of its bytes.
    pub fn end_payload(&self, total: u64) {
        let mut wire = self.wire();
        wire.is_ending = true;
        wire.recorder.client(&format!("… {} bytes", thousands(total)));
        wire.recorder.client(".");
    }

    /// Whether the final dot may be on its way.
    pub fn is_ending(&self) -> bool {
        self.wire().is_ending
    }

    /// Commands again.
    pub fn finish_payload(&self) {
        let mut wire = self.wire();
        (wire.phase, wire.is_ending) = (Phase::Idle, false);
    }
}

impl Wire {
    /// Looks at what was read until lettre has a line to read.
    fn scan(&mut self) -> Result<bool> {
        while let Some(rest) = self.chunk.get(self.start..self.end).filter(|rest| !rest.is_empty()) {
            let line_end = rest.iter().position(|b| *b == b'\n');
            let taken = line_end.map_or(rest.len(), |at| at.saturating_add(1));
            self.line.extend_from_slice(rest.get(..taken).unwrap_or_default());
            self.start = self.start.saturating_add(taken);
            if self.line.len() > MAX_LINE {
                return Err(Error::TooLarge { what: "line", limit: MAX_LINE as u64 });
            }
            if line_end.is_none() {
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = line.strip_suffix(b"\n").unwrap_or(&line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.recorder.server(line);
            if let Some(reply) = self.gatherer.push(line)? {
                self.out = bare(reply.code);
                self.handed = 0;
                self.replies.push_back(reply);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What was read beyond the last whole reply.
    fn unread(&self) -> Vec<u8> {
        let mut unread = self.out.get(self.handed..).unwrap_or_default().to_vec();
        if self.gatherer.is_within() {
            unread.push(0);
        }
        unread.extend_from_slice(&self.line);
        unread.extend_from_slice(self.chunk.get(self.start..self.end).unwrap_or_default());
        unread
    }

    fn objection(&mut self) -> Option<Error> {
        if self.unread().is_empty() {
            let mut cx = Context::from_waker(Waker::noop());
            match self.poll_chunk(&mut cx) {
                Poll::Ready(Ok(0)) => return Some(Error::Closed),
                Poll::Ready(Err(error)) => return Some(error.into()),
                Poll::Ready(Ok(_)) | Poll::Pending => {}
            }
        }
        let is_silent = self.unread().is_empty();
        (!is_silent).then(|| Error::Protocol("an answer that nobody asked for".into()))
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let Some(stream) = &mut self.stream else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        let mut chunk = ReadBuf::new(&mut self.chunk);
        ready!(Pin::new(stream).poll_read(cx, &mut chunk))?;
        (self.start, self.end) = (0, chunk.filled().len());
        Poll::Ready(Ok(self.end))
    }

    fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            if self.handed < self.out.len() || self.scan()? {
                return Poll::Ready(Ok(()));
            }
            if ready!(self.poll_chunk(cx))? == 0 {
                return Poll::Ready(Err(Error::Closed));
            }
        }
    }

    /// Whether writing is allowed now; begins an announced command.
    fn admit_write(&mut self) -> Result<()> {
        match self.phase {
            _ if self.failure.is_some() => return Err(Error::Closed),
            Phase::Idle => {
                let shown = self.announced.pop_front().ok_or(Error::Closed)?;
                shown.iter().for_each(|line| self.recorder.client(line));
                self.phase = Phase::Command;
            }
            Phase::Command | Phase::Payload => {}
        }
        Ok(())
    }

    /// Keeps the first error for the session; lettre gets one without words.
    fn fail(&mut self, error: Error, in_writing: bool) -> io::Error {
        if self.failure.is_none() {
            self.failure = Some(error);
            self.is_write_failure = in_writing;
        }
        io::ErrorKind::ConnectionAborted.into()
    }
}

/// A reply for lettre's parser, which does not know every second digit.
fn bare(code: u16) -> Vec<u8> {
    let known = if code / 10 % 10 > 5 { code / 100 * 100 + 50 + code % 10 } else { code };
    format!("{known} reply\r\n").into_bytes()
}

impl AsyncRead for Tap {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.wire();
        if let Err(error) = ready!(wire.poll_out(cx)) {
            return Poll::Ready(Err(wire.fail(error, false)));
        }
        let rest = wire.out.get(wire.handed..).unwrap_or_default();
        let part = rest.get(..buf.remaining()).unwrap_or(rest);
        buf.put_slice(part);
        let handed = wire.handed.saturating_add(part.len());
        wire.handed = handed;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tap {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut wire = self.wire();
        if let Err(error) = wire.admit_write() {
            return Poll::Ready(Err(wire.fail(error, true)));
        }
        let Some(stream) = &mut wire.stream else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        match ready!(Pin::new(stream).poll_write(cx, buf)) {
            Ok(count) => Poll::Ready(Ok(count)),
            Err(error) => Poll::Ready(Err(wire.fail(error.into(), true))),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.wire();
        let Some(stream) = &mut wire.stream else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        match ready!(Pin::new(stream).poll_flush(cx)) {
            Ok(()) => {
                if wire.phase == Phase::Command {
                    wire.phase = Phase::Idle;
                }
                Poll::Ready(Ok(()))
            }
            Err(error) => Poll::Ready(Err(wire.fail(error.into(), true))),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.wire();
        let Some(stream) = &mut wire.stream else { return Poll::Ready(Ok(())) };
        Pin::new(stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Tap {
    /// lettre never asks on this way.
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
