//! From an endpoint to a connected stream: every address is tried, with a head start for the
//! first (RFC 8305 in its simplest form), and every step has a deadline.

use super::error::{Error, Result};
use super::stream::{Carrier, Stream};
use super::tls;
use super::transcript::Recorder;
use crate::mail::account::{Endpoint, Security};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpStream;

/// To resolve the name and reach an address.
pub const CONNECT: Duration = Duration::from_secs(15);
/// For the TLS handshake.
pub const HANDSHAKE: Duration = Duration::from_secs(15);
/// For a reply to an ordinary command.
pub const REPLY: Duration = Duration::from_secs(60);

/// How long an address has before the next is tried beside it.
const HEAD_START: Duration = Duration::from_millis(250);
/// How many addresses of one name are tried.
const MAX_ADDRESSES: usize = 16;

/// Runs one step of a conversation under a deadline; `step` names it in the error.
pub async fn within<T>(limit: Duration, step: &'static str, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(Error::TimedOut { step }))
}

/// Connects to an endpoint. With [`Security::Tls`] the stream is encrypted when this returns;
/// otherwise it is plain, and the conversation does its STARTTLS with [`Stream::upgrade`].
pub async fn connect(endpoint: &Endpoint, ca_file: Option<&Path>, recorder: &Recorder) -> Result<Stream> {
    let host = ascii_host(&endpoint.host)?;
    let socket = within(CONNECT, "connect", reach(&host, endpoint.port)).await;
    let socket = socket.inspect_err(|error| recorder.note(&error.to_string()))?;
    // Commands are small and answered one by one: waiting to fill a packet costs 40 ms each.
    socket.set_nodelay(true)?;
    if let Ok(address) = socket.peer_addr() {
        recorder.note(&format!("connected to {address}"));
    }
    let carrier = Carrier::Tcp(socket);
    match endpoint.security {
        Security::Tls => tls::connect(carrier, &host, ca_file, recorder).await,
        Security::StartTls | Security::None => Ok(Stream::Plain(carrier)),
    }
}

/// A host's name as it stands in DNS and in certificates (IDNA), or an IP address.
pub(super) fn ascii_host(host: &str) -> Result<String> {
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Ok(host.to_string());
    }
    let parsed = url::Host::parse(host);
    parsed.map(|h| h.to_string()).map_err(|e| Error::Resolve(io::Error::new(io::ErrorKind::InvalidInput, e)))
}

async fn reach(host: &str, port: u16) -> Result<TcpStream> {
    let found = tokio::net::lookup_host((host, port)).await.map_err(Error::Resolve)?;
    let mut addresses = alternated(found.take(MAX_ADDRESSES).collect()).into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    loop {
        if let Some(address) = addresses.next() {
            attempts.push(TcpStream::connect(address));
        } else if attempts.is_empty() {
            return Err(Error::Connect(last));
        }
        let more = addresses.len() > 0;
        tokio::select! {
            Some(done) = attempts.next() => match done {
                Ok(socket) => return Ok(socket),
                Err(error) => last = error,
            },
            () = tokio::time::sleep(HEAD_START), if more => {}
        }
    }
}

/// The resolver's order, but with the two families by turns, so that one dead family costs one head start.
fn alternated(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut out = Vec::new();
    loop {
        let (a, b) = (first.next(), second.next());
        if a.is_none() && b.is_none() {
            return out;
        }
        out.extend(a);
        out.extend(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::account::Protocol;
    use crate::protocol::transcript::Transcript;

    fn endpoint(host: &str, port: u16) -> Endpoint {
        Endpoint { protocol: Protocol::Imap, host: host.into(), port, security: Security::None }
    }

    #[test]
    fn families_take_turns() {
        let parse = |s: &str| s.parse::<SocketAddr>().unwrap();
        let mixed = ["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"].map(parse).to_vec();
        let expected = ["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"].map(parse).to_vec();
        assert_eq!(alternated(mixed), expected);
    }

    #[test]
    fn names_beyond_ascii_become_their_dns_form() {
        assert_eq!(ascii_host("müller.example").unwrap(), "xn--mller-kva.example");
        assert_eq!(ascii_host("::1").unwrap(), "::1");
        assert!(ascii_host("a b").is_err());
    }

    #[tokio::test]
    async fn a_closed_port_is_an_error_of_its_own() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let recorder = Transcript::new().open("test");
        let result = connect(&endpoint("127.0.0.1", port), None, &recorder).await;
        assert!(matches!(result, Err(Error::Connect(_))), "{result:?}");
    }

    #[tokio::test]
    async fn a_deadline_names_its_step() {
        let never = std::future::pending::<Result<()>>();
        let result = within(Duration::from_millis(1), "greeting", never).await;
        assert!(matches!(result, Err(Error::TimedOut { step: "greeting" })));
    }
}
