//! One connection: lines and counted bytes in, replies out, plain or TLS, and the place where
//! faults happen.
//!
//! A session reads a command, asks [`Wire::meet`] whether to carry it out, writes its reply with
//! [`Wire::say`] and ends with [`Wire::finish`], which sends it or what a fault wants instead.

use super::fault::{Cut, Deed, End, Faults, Say};
use super::seen::Record;
use crate::mail::account::Protocol;
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A client that says nothing for so long is sent away.
const PATIENCE: Duration = Duration::from_secs(31 * 60);
/// A client that takes nothing for so long is given up.
const WRITE_PATIENCE: Duration = Duration::from_secs(5 * 60);
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(60);
/// Replies longer than this are sent piece by piece.
const PIECE: usize = 256 * 1024;

/// Room for one read.
const READ: usize = 16 * 1024;

/// The connection is over, whoever ended it.
#[derive(Debug)]
pub(super) struct Over;

pub(super) type Alive<T> = Result<T, Over>;

/// Whether to carry a command out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meet {
    Perform,
    /// A fault has answered already.
    Skip,
}

enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Gone,
}

pub(super) struct Wire {
    transport: Transport,
    protocol: Protocol,
    number: u32,
    faults: Arc<Faults>,
    pub record: Record,
    /// Received and not yet consumed.
    input: Vec<u8>,
    output: Vec<u8>,
    sent: u64,
    received: u64,
    cut_sent: Option<Cut>,
    cut_received: Option<Cut>,
    /// What `finish` does instead of the usual.
    pending: Option<Say>,
}

impl Wire {
    pub fn new(stream: TcpStream, protocol: Protocol, number: u32, faults: Arc<Faults>, record: Record) -> Wire {
        let _ = stream.set_nodelay(true);
        let (cut_sent, cut_received) = faults.cuts(protocol, number);
        Wire {
            transport: Transport::Plain(stream),
            protocol,
            number,
            faults,
            record,
            input: Vec::new(),
            output: Vec::new(),
            sent: 0,
            received: 0,
            cut_sent,
            cut_received,
            pending: None,
        }
    }

    pub fn is_tls(&self) -> bool {
        matches!(self.transport, Transport::Tls(_))
    }

    /// `TLSv1_3` and the like, for the Received header.
    pub fn tls_version(&self) -> Option<String> {
        match &self.transport {
            Transport::Tls(stream) => stream.get_ref().1.protocol_version().map(|v| format!("{v:?}")),
            _ => None,
        }
    }

    /// Makes the connection TLS. What came before the handshake is forgotten (RFC 3207, section 5).
    pub async fn start_tls(&mut self, config: &Arc<ServerConfig>) -> Alive<()> {
        self.input.clear();
        let Transport::Plain(stream) = std::mem::replace(&mut self.transport, Transport::Gone) else {
            return Err(Over);
        };
        let accept = TlsAcceptor::from(config.clone()).accept(stream);
        match tokio::time::timeout(HANDSHAKE_PATIENCE, accept).await {
            Ok(Ok(stream)) => {
                self.transport = Transport::Tls(Box::new(stream));
                self.record.lock().tls = true;
                Ok(())
            }
            Ok(Err(error)) => {
                self.record.lock().tls_error = Some(error.to_string());
                Err(Over)
            }
            Err(_) => Err(Over),
        }
    }

    /// Waits for more input. Safe to cancel.
    pub async fn fill(&mut self) -> Alive<()> {
        let room = match self.cut_received {
            Some((at, end)) => match at.saturating_sub(self.received) {
                0 => return self.end(end).await,
                room => room,
            },
            None => u64::MAX,
        };
        let before = self.input.len();
        self.input.reserve(READ);
        let read = async {
            match &mut self.transport {
                Transport::Plain(stream) => stream.take(room).read_buf(&mut self.input).await,
                Transport::Tls(stream) => stream.take(room).read_buf(&mut self.input).await,
                Transport::Gone => Ok(0),
            }
        };
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(n)) if n > 0 => {
                self.received = self.received.saturating_add(n as u64);
                self.record.heard(self.input.get(before..).unwrap_or_default());
                Ok(())
            }
            _ => Err(Over),
        }
    }

    /// A complete line in the buffer, without its line end.
    pub fn buffered_line(&mut self) -> Option<Vec<u8>> {
        let end = self.input.iter().position(|b| *b == b'\n')?;
        let mut line: Vec<u8> = self.input.drain(..=end).collect();
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(line)
    }

    /// The next line without its line end; `None` where it is longer than `limit`.
    pub async fn line(&mut self, limit: usize) -> Alive<Option<Vec<u8>>> {
        loop {
            if let Some(line) = self.buffered_line() {
                return Ok(Some(line).filter(|l| l.len() <= limit));
            }
            if self.input.len() > limit {
                return Ok(None);
            }
            self.fill().await?;
        }
    }

    /// Exactly `count` bytes.
    pub async fn exactly(&mut self, count: usize) -> Alive<Vec<u8>> {
        while self.input.len() < count {
            self.fill().await?;
        }
        Ok(self.input.drain(..count).collect())
    }

    /// Everything up to a line of one dot, dots unstuffed; `None` where it is longer than `limit`
    /// (it is read to its end all the same).
    pub async fn until_dot(&mut self, limit: usize) -> Alive<Option<Vec<u8>>> {
        let mut data: Vec<u8> = b"\r\n".to_vec();
        let mut too_long = false;
        loop {
            let from = data.len().saturating_sub(4);
            data.append(&mut self.input);
            if let Some(at) = data.get(from..).and_then(|tail| find(tail, b"\r\n.\r\n")) {
                let end = from.saturating_add(at);
                self.input = data.split_off(end.saturating_add(5));
                data.truncate(end.saturating_add(2));
                return Ok((!too_long).then(|| unstuffed(&data)));
            }
            if data.len() > limit {
                too_long = true;
                let keep = data.len().saturating_sub(4);
                data.drain(..keep);
            }
            self.fill().await?;
        }
    }

    /// Tells the faults of an event and hears whether to go on with it.
    pub async fn meet(&mut self, line: &str, tag: &str) -> Alive<Meet> {
        let Some(Deed { done, delay, say }) = self.faults.met(self.protocol, self.number, line) else {
            return Ok(Meet::Perform);
        };
        tokio::time::sleep(delay).await;
        let say = match say {
            Say::Bytes(bytes) => Say::Bytes(tagged(&bytes, tag)),
            Say::BytesAndEnd(bytes, end) => Say::BytesAndEnd(tagged(&bytes, tag), end),
            other => other,
        };
        if done || matches!(say, Say::Own { .. }) {
            self.pending = Some(say);
            return Ok(Meet::Perform);
        }
        self.enact(say).await?;
        Ok(Meet::Skip)
    }

    /// Adds to the reply.
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.output.extend_from_slice(bytes.as_ref());
    }

    /// Sends part of a long reply, unless a fault waits for its end.
    pub async fn ease(&mut self) -> Alive<()> {
        if self.output.len() >= PIECE && self.pending.is_none() { self.flush().await } else { Ok(()) }
    }

    /// Sends what is there at once: a continuation request in the middle of a command.
    pub async fn prompt(&mut self, bytes: impl AsRef<[u8]>) -> Alive<()> {
        self.say(bytes);
        self.flush().await
    }

    /// The reply is complete: sends it, or what a fault wants instead.
    pub async fn finish(&mut self) -> Alive<()> {
        match self.pending.take() {
            Some(say) => self.enact(say).await,
            None => self.flush().await,
        }
    }

    async fn enact(&mut self, say: Say) -> Alive<()> {
        match say {
            Say::Own { before, after } => {
                let own = std::mem::replace(&mut self.output, before);
                self.say(own);
                self.say(after);
                self.flush().await
            }
            Say::Bytes(bytes) => {
                self.output = bytes;
                self.flush().await
            }
            Say::BytesAndEnd(bytes, end) => {
                self.output = bytes;
                self.flush().await?;
                self.end(end).await
            }
            Say::End(end) => {
                self.output.clear();
                self.end(end).await
            }
        }
    }

    async fn flush(&mut self) -> Alive<()> {
        let mut bytes = std::mem::take(&mut self.output);
        if bytes.is_empty() {
            return Ok(());
        }
        let mut last = None;
        if let Some((at, end)) = self.cut_sent {
            let room = usize::try_from(at.saturating_sub(self.sent)).unwrap_or(usize::MAX);
            if bytes.len() >= room {
                bytes.truncate(room);
                last = Some(end);
            }
        }
        self.sent = self.sent.saturating_add(bytes.len() as u64);
        self.record.lock().sent = self.sent;
        let write = async {
            match &mut self.transport {
                Transport::Plain(stream) => stream.write_all(&bytes).await,
                Transport::Tls(stream) => {
                    stream.write_all(&bytes).await?;
                    stream.flush().await
                }
                Transport::Gone => Err(std::io::ErrorKind::NotConnected.into()),
            }
        };
        match (tokio::time::timeout(WRITE_PATIENCE, write).await, last) {
            (Ok(Ok(())), None) => Ok(()),
            (Ok(Ok(())), Some(end)) => self.end(end).await,
            _ => Err(Over),
        }
    }

    /// Ends the connection in the way a fault wants.
    async fn end<T>(&mut self, end: End) -> Alive<T> {
        let mut stream = match std::mem::replace(&mut self.transport, Transport::Gone) {
            Transport::Plain(stream) => stream,
            Transport::Tls(stream) => stream.into_inner().0,
            Transport::Gone => return Err(Over),
        };
        match end {
            End::Close => {
                // Closing with unread input would make it a reset and take back what was sent.
                let _ = stream.shutdown().await;
                let _ = tokio::time::timeout(Duration::from_millis(300), drain(&mut stream)).await;
            }
            End::Reset => {
                let _ = stream.set_zero_linger();
            }
            End::Stall => {
                let _ = tokio::time::timeout(PATIENCE, drain(&mut stream)).await;
            }
        }
        Err(Over)
    }

    /// Ends the connection as one should.
    pub async fn close(&mut self) {
        let close = async {
            match &mut self.transport {
                Transport::Plain(stream) => stream.shutdown().await,
                Transport::Tls(stream) => stream.shutdown().await,
                Transport::Gone => Ok(()),
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(2), close).await;
        self.record.lock().open = false;
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.record.lock().open = false;
    }
}

async fn drain(stream: &mut TcpStream) {
    let mut sink = [0; 4096];
    while stream.read(&mut sink).await.is_ok_and(|n| n > 0) {}
}

/// With the tag in place of each `{tag}`.
pub(super) fn tagged(bytes: &[u8], tag: &str) -> Vec<u8> {
    let mut rest = bytes;
    let mut out = Vec::with_capacity(bytes.len());
    while let Some(at) = find(rest, b"{tag}") {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        out.extend_from_slice(tag.as_bytes());
        rest = after.get(5..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// Where `needle` begins in `hay`.
pub(super) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

/// Takes the extra dot from lines that begin with one (RFC 5321, 4.5.2). `data` begins with a line end
/// that is not the message's.
fn unstuffed(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some(at) = find(rest, b"\r\n.") {
        let (before, after) = rest.split_at(at.saturating_add(2));
        out.extend_from_slice(before);
        rest = after.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out.drain(..out.len().min(2));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_unstuffed_at_line_starts_only() {
        assert_eq!(unstuffed(b"\r\n..a\r\nb.\r\n...\r\n"), b".a\r\nb.\r\n..\r\n");
        assert_eq!(unstuffed(b"\r\n"), b"");
    }

    #[test]
    fn the_tag_is_filled_in_wherever_it_stands() {
        assert_eq!(tagged(b"* x\r\n{tag} OK\r\n{tag} OK", "a1"), b"* x\r\na1 OK\r\na1 OK");
    }
}
