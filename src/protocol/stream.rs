//! The bytes under a conversation: a socket, plain or encrypted, or a pipe in memory for
//! scripted servers.

use super::error::{Error, Result};
use super::tls;
use super::transcript::Recorder;
use futures::FutureExt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// What carries the bytes.
#[derive(Debug)]
pub enum Carrier {
    Tcp(TcpStream),
    /// A pipe within the process, for tests.
    Memory(DuplexStream),
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
        Stream::Plain(Carrier::Memory(pipe))
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

forward!(Carrier, Tcp, Memory);
forward!(Stream, Plain, Tls);
