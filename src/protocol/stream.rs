//! The bytes under a conversation: a socket, plain or encrypted, or a pipe in memory for
//! scripted servers.

use super::error::{Error, Result};
use super::tls;
use super::transcript::Recorder;
use futures::FutureExt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// What carries the bytes. Where a web server answers in the mail server's place, its first bytes are
/// [`Error::Intercepted`]: no mail server begins so, nor does TLS.
#[derive(Debug)]
pub struct Carrier {
    line: Line,
    first: First,
}

#[derive(Debug)]
enum Line {
    Tcp(TcpStream),
    /// A pipe within the process, for tests.
    Memory(DuplexStream),
}

impl Carrier {
    pub(super) fn tcp(socket: TcpStream) -> Carrier {
        Carrier { line: Line::Tcp(socket), first: First::default() }
    }

    fn memory(pipe: DuplexStream) -> Carrier {
        Carrier { line: Line::Memory(pipe), first: First::default() }
    }
}

/// What a web server's answer begins with, in small letters.
const WEB: [&[u8]; 3] = [b"http/", b"<html", b"<!doctype html"];

/// The first bytes that came, until they say enough.
#[derive(Debug, Default)]
enum First {
    #[default]
    None,
    Some(Vec<u8>),
    Seen,
}

impl First {
    /// Looks at what came; whether it is a web server's.
    fn is_web(&mut self, bytes: &[u8]) -> bool {
        let mut seen = match std::mem::take(self) {
            First::Seen => {
                *self = First::Seen;
                return false;
            }
            First::None => Vec::new(),
            First::Some(seen) => seen,
        };
        seen.extend(
            bytes.iter().take(WEB.iter().map(|start| start.len()).max().unwrap_or(0)).map(u8::to_ascii_lowercase),
        );
        let could_be = |start: &&[u8]| start.starts_with(&seen);
        let is_web = WEB.iter().any(|start| seen.starts_with(start));
        *self = if !is_web && WEB.iter().any(could_be) { First::Some(seen) } else { First::Seen };
        is_web
    }
}

/// A connection that a conversation is held on.
#[derive(Debug)]
pub enum Stream {
    Plain(Carrier),
    Tls(Box<TlsStream<Carrier>>),
}

impl Stream {
    /// A stream over a pipe in memory: the other end is a scripted server.
    pub fn memory(pipe: DuplexStream) -> Stream {
        Stream::Plain(Carrier::memory(pipe))
    }

    pub fn is_encrypted(&self) -> bool {
        matches!(self, Stream::Tls(_))
    }

    /// The second half of STARTTLS and STLS, after the server granted it. `buffered` is what the
    /// conversation has already read past the grant: anything in it, or anything that the socket
    /// already holds, ends the connection, because it was said before the encryption and would
    /// be believed after it (CVE-2011-0411 and its kin).
    pub async fn upgrade(
        self,
        host: &str,
        ca_file: Option<&Path>,
        recorder: &Recorder,
        buffered: &[u8],
    ) -> Result<Stream> {
        let Stream::Plain(mut carrier) = self else {
            return Err(Error::Protocol("encryption within encryption".into()));
        };
        // Lets the reactor see what has already arrived.
        tokio::task::yield_now().await;
        let waiting = carrier.read(&mut [0_u8; 1]).now_or_never();
        match waiting {
            _ if !buffered.is_empty() => Err(Error::BytesBeforeTls),
            Some(Ok(0)) => Err(Error::Closed),
            Some(Ok(_)) => Err(Error::BytesBeforeTls),
            Some(Err(error)) => Err(error.into()),
            None => tls::connect(carrier, host, ca_file, recorder).await,
        }
    }
}

/// Forwards the four poll functions to whichever variant it is.
macro_rules! forward {
    ($name:ident, $first:ident, $second:ident) => {
        impl AsyncRead for $name {
            fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
                match self.get_mut() {
                    $name::$first(inner) => Pin::new(inner).poll_read(cx, buf),
                    $name::$second(inner) => Pin::new(inner).poll_read(cx, buf),
                }
            }
        }
        impl AsyncWrite for $name {
            fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
                match self.get_mut() {
                    $name::$first(inner) => Pin::new(inner).poll_write(cx, buf),
                    $name::$second(inner) => Pin::new(inner).poll_write(cx, buf),
                }
            }
            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                match self.get_mut() {
                    $name::$first(inner) => Pin::new(inner).poll_flush(cx),
                    $name::$second(inner) => Pin::new(inner).poll_flush(cx),
                }
            }
            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                match self.get_mut() {
                    $name::$first(inner) => Pin::new(inner).poll_shutdown(cx),
                    $name::$second(inner) => Pin::new(inner).poll_shutdown(cx),
                }
            }
        }
    };
}

forward!(Line, Tcp, Memory);
forward!(Stream, Plain, Tls);

impl AsyncRead for Carrier {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Carrier { line, first } = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(line).poll_read(cx, buf))?;
        let came = buf.filled().get(before..).unwrap_or_default();
        if !matches!(first, First::Seen) && first.is_web(came) {
            return Poll::Ready(Err(Error::Intercepted.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Carrier {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().line).poll_write(cx, buf)
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().line).poll_flush(cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().line).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_server_is_known_by_its_first_bytes_however_they_come() {
        let is_web = |parts: &[&str]| {
            let mut first = First::default();
            parts.iter().any(|part| first.is_web(part.as_bytes()))
        };
        for web in [&["HTTP/1.1 302 Found"][..], &["H", "TT", "P/1.0 "], &["<HTML>"], &["<!DOCTYPE html>"]] {
            assert!(is_web(web), "{web:?}");
        }
        for mail in [
            &["* OK HTTP/1.1"][..],
            &["+OK"],
            &["220 http/ ESMTP"],
            &["HELO"],
            &["\u{16}\u{3}\u{3}"],
            &["", "* OK", "HTTP/1.1"],
            &["<1@x>"],
        ] {
            assert!(!is_web(mail), "{mail:?}");
        }
    }
}
