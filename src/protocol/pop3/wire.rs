//! Lines to and from a server: each wait with a deadline, each line bounded, all of it in the
//! transcript, and no answer left behind for the next command to stumble over.

use super::reply::Reply;
use super::unstuff::Unstuffer;
use crate::protocol::error::{Error, Result};
use crate::protocol::net::{REPLY, within};
use crate::protocol::stream::Stream;
use crate::protocol::transcript::Recorder;
use bytes::{Buf, BytesMut};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes of a status line, or of a line of a listing; RFC 2449 allows 512.
pub(super) const MAX_LINE: usize = 8 * 1024;
/// Bytes read from the connection at once.
const CHUNK: usize = 64 * 1024;

/// How long to wait for a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For a status line, for the next bytes of an answer, for a line of ours to leave.
    pub usual: Duration,
    /// For a status line after a command that makes the server work on many messages, or open
    /// or clean a large maildrop.
    pub long: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { usual: REPLY, long: Duration::from_secs(180) }
    }
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    Usual,
    Long,
}

/// Whether an exchange is written to the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    Shown,
    Hidden,
}

/// A connection under a POP3 conversation.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    recorder: Recorder,
    patience: Patience,
    /// Received and not yet used.
    buffer: BytesMut,
    /// Every command so far was answered to its end.
    in_step: bool,
}

impl Wire {
    pub fn new(stream: Stream, recorder: Recorder, patience: Patience) -> Wire {
        Wire { stream, recorder, patience, buffer: BytesMut::new(), in_step: true }
    }

    /// Encrypts the connection (see [`Stream::upgrade`]); nothing of what was said on it before is kept.
    pub async fn upgrade(self, host: &str, ca_file: Option<&Path>) -> Result<Wire> {
        let Wire { stream, recorder, patience, buffer, .. } = self;
        let refused = |error: &Error| recorder.note(&error.to_string());
        let stream = stream.upgrade(host, ca_file, &recorder, &buffer).await.inspect_err(refused)?;
        Ok(Wire::new(stream, recorder, patience))
    }

    pub fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }
    pub fn is_in_step(&self) -> bool {
        self.in_step
    }

    /// Before a command, or a batch of them. What fails or is dropped before [`Wire::finish`]
    /// leaves answers behind that would be taken for those of the next command, so it is the last.
    ///
    /// # Errors
    /// [`Error::Closed`] after such an end; [`Error::Protocol`] where the server spoke unasked.
    pub fn begin(&mut self) -> Result<()> {
        if !std::mem::replace(&mut self.in_step, false) {
            return Err(Error::Closed);
        }
        if !self.buffer.is_empty() {
            return Err(self.broken("more was said than asked"));
        }
        Ok(())
    }

    /// All that was asked since [`Wire::begin`] has been answered to its end.
    pub fn finish(&mut self) {
        self.in_step = true;
    }

    /// The server broke the protocol: nothing more is said on this connection.
    pub fn broken(&mut self, what: &str) -> Error {
        self.in_step = false;
        self.recorder.note(what);
        Error::Protocol(what.into())
    }

    /// Says a line; `shown` stands for it in the transcript.
    pub async fn say(&mut self, line: &str, shown: &str) -> Result<()> {
        self.recorder.client(shown);
        self.write(&format!("{line}\r\n")).await
    }

    /// Sends lines as they are.
    pub async fn write(&mut self, lines: &str) -> Result<()> {
        let (stream, limit) = (&mut self.stream, self.patience.usual);
        let work = async {
            stream.write_all(lines.as_bytes()).await?;
            Ok(stream.flush().await?)
        };
        let result = within(limit, "send", work).await;
        self.noted(result)
    }

    /// The next status line: the whole of it in time, however slowly it comes.
    pub async fn reply(&mut self, wait: Wait, show: Show) -> Result<Reply> {
        let limit = match wait {
            Wait::Usual => self.patience.usual,
            Wait::Long => self.patience.long,
        };
        let line = within(limit, "reply", self.line()).await;
        let line = self.noted(line)?;
        let reply = Reply::parse(&line);
        if show == Show::Shown || !matches!(reply, Some(Reply::Ok(_))) {
            self.recorder.server(&line);
        }
        reply.ok_or_else(|| self.broken("no status line"))
    }

    /// The next status line where only `+OK` and `-ERR` make sense.
    ///
    /// # Errors
    /// [`Error::Refused`] for `-ERR`, after which the session goes on.
    pub async fn ok(&mut self, wait: Wait, show: Show) -> Result<String> {
        match self.reply(wait, show).await? {
            Reply::Ok(text) => Ok(text),
            Reply::Refused(refusal) => Err(refusal.into_error(&self.recorder)),
            Reply::Challenge(_) => Err(self.broken("a challenge that nobody asked for")),
        }
    }

    async fn line(&mut self) -> Result<Vec<u8>> {
        let mut seen = 0;
        loop {
            let news = self.buffer.get(seen..).unwrap_or_default();
            if let Some(at) = news.iter().position(|b| *b == b'\n') {
                let line = self.buffer.split_to(seen.saturating_add(at).saturating_add(1));
                return if line.len() > MAX_LINE { Err(too_long()) } else { Ok(trimmed(&line).to_vec()) };
            }
            seen = self.buffer.len();
            if seen > MAX_LINE {
                return Err(too_long());
            }
            self.fill().await?;
        }
    }

    /// Appends the next part of a multi-line answer to `out`; whether that was the last. The
    /// deadline bounds the silence, not the whole.
    pub async fn content(&mut self, unstuffer: &mut Unstuffer, out: &mut Vec<u8>) -> Result<bool> {
        if self.buffer.is_empty() {
            let limit = self.patience.usual;
            let filled = within(limit, "message", self.fill()).await;
            self.noted(filled)?;
        }
        let used = unstuffer.push(&self.buffer, out);
        self.buffer.advance(used);
        Ok(unstuffer.is_done())
    }

    /// Reads a multi-line answer line by line; how many bytes it had.
    pub async fn lines(&mut self, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
        let mut unstuffer = Unstuffer::default();
        let mut text = Vec::new();
        let mut total = 0_u64;
        loop {
            let done = self.content(&mut unstuffer, &mut text).await?;
            let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at.saturating_add(1));
            for line in text.get(..whole).unwrap_or_default().split_inclusive(|b| *b == b'\n') {
                let result = if line.len() > MAX_LINE { Err(too_long()) } else { take(trimmed(line)) };
                self.noted(result)?;
            }
            total = total.saturating_add(whole as u64);
            text.drain(..whole);
            if text.len() > MAX_LINE {
                return self.noted(Err(too_long()));
            }
            if done {
                return Ok(total);
            }
        }
    }

    async fn fill(&mut self) -> Result<()> {
        self.buffer.reserve(CHUNK);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(Error::Closed),
            _ => Ok(()),
        }
    }

    fn noted<T>(&self, result: Result<T>) -> Result<T> {
        result.inspect_err(|error| self.recorder.note(&error.to_string()))
    }

    /// Ends the connection as one should.
    pub async fn shutdown(&mut self) -> Result<()> {
        Ok(self.stream.shutdown().await?)
    }
}

fn too_long() -> Error {
    Error::TooLarge { what: "line", limit: MAX_LINE as u64 }
}

/// A line without its end.
fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
