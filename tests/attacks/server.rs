//! A server that lies: it plays the steps of a case and keeps every byte that it was told.
//!
//! After its steps it goes on as a server that offers everything and asks for nothing, on whatever line there
//! is by then. A client that was only shaken a little would log in there.

use crate::case::{Case, Delivery, Offer, Step};
use postwren::mail::account::Protocol;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How long the client may be silent before this server ends the connection by itself.
const IDLE: Duration = Duration::from_secs(3);

/// Between two segments: long enough for the first to have been read.
const GAP: Duration = Duration::from_millis(15);

/// What a server was told.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub connections: usize,
    /// Everything as it came over the network.
    pub raw: Vec<u8>,
    /// What was said within TLS.
    pub inside: Vec<u8>,
    /// The last connection was ended by the client, not by the server's patience.
    pub left_by_client: bool,
}

pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Seen>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn start(case: &Case, trap: u16) -> io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let seen = Arc::<Mutex<Seen>>::default();
        let (case, log) = (case.clone(), seen.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                look(&log, |seen| seen.connections += 1);
                // One after the other: a case is one connection, and a second is already wrong.
                let ended = play(stream, &case, trap, &log).await;
                let by_client = !matches!(&ended, Err(error) if error.kind() == io::ErrorKind::TimedOut);
                look(&log, |seen| seen.left_by_client = by_client);
            }
        });
        Ok(Server { port, seen, task })
    }

    /// What it was told, once the connection has ended.
    pub async fn seen(&self) -> Seen {
        for _ in 0..400 {
            if look(&self.seen, |seen| seen.left_by_client) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        look(&self.seen, |seen| seen.clone())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn look<T>(seen: &Mutex<Seen>, at: impl FnOnce(&mut Seen) -> T) -> T {
    at(&mut seen.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn play(stream: TcpStream, case: &Case, trap: u16, log: &Arc<Mutex<Seen>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut line: Box<dyn Duplex> = Box::new(Tap { inner: stream, log: log.clone() });
    let mut wire = Wire { tag: String::new(), is_encrypted: false, log: log.clone() };
    for step in &case.steps {
        match step {
            Step::Say(bytes) => say(&mut line, &wire.filled(bytes, trap), case.delivery).await?,
            Step::Pause => tokio::time::sleep(GAP).await,
            Step::Hear(text) => {
                let heard = wire.line(&mut line).await?;
                if !heard.to_ascii_uppercase().contains(text) {
                    return wire.until_the_end(&mut line).await;
                }
            }
            Step::Tls => {
                line = Box::new(TlsAcceptor::from(case.identity.clone()).accept(line).await?);
                wire.is_encrypted = true;
            }
            Step::Serve(offer) => serve(&mut line, &mut wire, case.protocol, offer, trap).await?,
            Step::Close => {
                line.shutdown().await?;
                return wire.until_the_end(&mut line).await;
            }
        }
    }
    // Whatever went wrong before: here is a server that takes everything.
    serve(&mut line, &mut wire, case.protocol, &Offer::everything(case.protocol), trap).await?;
    wire.until_the_end(&mut line).await
}

async fn say(line: &mut Box<dyn Duplex>, bytes: &[u8], delivery: Delivery) -> io::Result<()> {
    match delivery {
        Delivery::Whole => line.write_all(bytes).await?,
        Delivery::Halves => {
            let (first, second) = bytes.split_at(bytes.len() / 2);
            line.write_all(first).await?;
            line.flush().await?;
            tokio::time::sleep(GAP).await;
            line.write_all(second).await?;
        }
        Delivery::Bytes => {
            for byte in bytes {
                line.write_all(&[*byte]).await?;
                line.flush().await?;
                tokio::task::yield_now().await;
            }
        }
    }
    line.flush().await
}

/// The conversation as it stands.
struct Wire {
    tag: String,
    is_encrypted: bool,
    log: Arc<Mutex<Seen>>,
}

impl Wire {
    fn filled(&self, bytes: &[u8], trap: u16) -> Vec<u8> {
        replaced(&replaced(bytes, b"{tag}", self.tag.as_bytes()), b"{trap}", trap.to_string().as_bytes())
    }

    async fn line(&mut self, line: &mut Box<dyn Duplex>) -> io::Result<String> {
        let mut bytes = Vec::new();
        while bytes.last() != Some(&b'\n') {
            bytes.push(within(line.read_u8()).await?);
        }
        self.keep(&bytes);
        let heard = String::from_utf8_lossy(&bytes).trim_end().to_string();
        self.tag = heard.split(' ').next().unwrap_or_default().to_string();
        Ok(heard)
    }

    fn keep(&self, bytes: &[u8]) {
        if self.is_encrypted {
            look(&self.log, |seen| seen.inside.extend_from_slice(bytes));
        }
    }

    /// Listens until the client goes; an error where it does not.
    async fn until_the_end(&self, line: &mut Box<dyn Duplex>) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            match within(line.read(&mut buffer)).await? {
                0 => return Ok(()),
                n => self.keep(&buffer[..n]),
            }
        }
    }
}

async fn within<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(IDLE, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// An obliging server, until the client says goodbye or goes.
async fn serve(
    line: &mut Box<dyn Duplex>,
    wire: &mut Wire,
    protocol: Protocol,
    offer: &Offer,
    trap: u16,
) -> io::Result<()> {
    loop {
        let heard = wire.line(line).await?;
        let words: Vec<String> = heard.split(' ').map(str::to_ascii_uppercase).collect();
        let at = usize::from(protocol == Protocol::Imap);
        let command = words.get(at).map_or("", String::as_str);
        let tag = wire.tag.clone();
        // A mechanism without its payload waits for it.
        let asks = match protocol {
            Protocol::Imap => command == "AUTHENTICATE" && words.len() < 4,
            Protocol::Pop3 | Protocol::Smtp => command == "AUTH" && words.len() < 3,
        };
        if asks {
            let login = words.last().is_some_and(|word| word == "LOGIN");
            for _ in 0..if login { 2 } else { 1 } {
                let challenge: &[u8] = if protocol == Protocol::Smtp { b"334 \r\n" } else { b"+ \r\n" };
                line.write_all(challenge).await?;
                line.flush().await?;
                wire.line(line).await?;
            }
            wire.tag = tag;
        }
        let answer = wire.filled(offer.answer(protocol, command).as_bytes(), trap);
        line.write_all(&answer).await?;
        line.flush().await?;
        if matches!(command, "LOGOUT" | "QUIT") {
            return Ok(());
        }
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Keeps what comes over the network before anybody else sees it.
struct Tap {
    inner: TcpStream,
    log: Arc<Mutex<Seen>>,
}

impl AsyncRead for Tap {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        let came = buf.filled().get(before..).unwrap_or_default();
        look(&self.log, |seen| seen.raw.extend_from_slice(came));
        polled
    }
}

impl AsyncWrite for Tap {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
