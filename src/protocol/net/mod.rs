//! From an endpoint to a connected stream. Every step has a deadline, and whoever drops a future ends its step at
//! once, also in the middle of a name's resolution.
//!
//! ```text
//!   resolve      a name's addresses, by the system's resolver on a thread of its own
//!   reach        the first of several addresses that answers (RFC 8305)
//!   proxy        a way through a SOCKS5 or HTTP proxy, which resolves the name in our place
//! ```
//!
//! # Deadlines
//! | step | limit |
//! |---|---|
//! | name, TCP, and a proxy's grant: together | [`CONNECT`] |
//! | TLS handshake, with the account's certificate file | [`HANDSHAKE`] |
//! | greeting, or the reply to a command | [`REPLY`]; 180 s where the server works on many messages |
//! | the next bytes of an answer, a piece of ours to leave | [`REPLY`] |
//! | SMTP: the reply to the final dot | 600 s (RFC 5321, 4.5.3.2.6) |
//! | goodbye, and the end of the stream | 5 s |
//! | IDLE and long silences | the waiting is cancelled from outside; keep-alive finds a dead line within 3 min |
//! | all of connecting to logged in | 120 s (`service`) |
//! | keyring | 5 s (`storage::secrets`) |
//! | password command | 30 s (`service::secret_command`) |

mod proxy;
mod reach;
mod resolve;

pub use proxy::ProxyLogin;

use super::error::{Error, Result};
use super::stream::{Carrier, Stream};
use super::tls;
use super::transcript::Recorder;
use crate::mail::account::{Endpoint, Security};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpStream;

/// To resolve the name and reach an address.
pub const CONNECT: Duration = Duration::from_secs(15);
/// For the TLS handshake.
pub const HANDSHAKE: Duration = Duration::from_secs(15);
/// For a reply to an ordinary command.
pub const REPLY: Duration = Duration::from_secs(60);

/// A connection that is silent for so long is asked whether it still is one.
const KEEP_ALIVE: Duration = Duration::from_secs(120);
/// Between such questions; the third without an answer ends it.
const KEEP_ALIVE_AGAIN: Duration = Duration::from_secs(20);

/// How an account's servers are reached and who is trusted to vouch for them.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// One more certificate authority, as a PEM file.
    pub ca_file: Option<PathBuf>,
    /// Everything goes through it, names included; nothing ever goes around it.
    pub proxy: Option<ProxyLogin>,
}

impl Route {
    /// Straight to the server.
    pub fn direct(ca_file: Option<&Path>) -> Route {
        Route { ca_file: ca_file.map(Path::to_path_buf), proxy: None }
    }

    /// The file of [`Route::ca_file`].
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }
}

/// Runs one step of a conversation under a deadline; `step` names it in the error.
pub async fn within<T>(limit: Duration, step: &'static str, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(waited(limit), work).await.unwrap_or(Err(Error::TimedOut { step }))
}

/// How long a limit is waited for: itself. In tests that fall silent at every byte, a fraction of it.
pub(super) fn waited(limit: Duration) -> Duration {
    #[cfg(test)]
    let limit = super::testing::hurried(limit);
    limit
}

/// Connects to an endpoint. With [`Security::Tls`] the stream is encrypted when this returns;
/// otherwise it is plain, and the conversation does its STARTTLS with [`Stream::upgrade`].
///
/// # Errors
/// [`Error::Resolve`], [`Error::Connect`], [`Error::Proxy`], [`Error::TimedOut`]; those of the handshake.
pub async fn connect(endpoint: &Endpoint, route: &Route, recorder: &Recorder) -> Result<Stream> {
    let host = ascii_host(&endpoint.host)?;
    let socket = match &route.proxy {
        Some(proxy) => proxy::connect(proxy, &host, endpoint.port, recorder).await,
        None => within(CONNECT, "connect", reach::reach(&host, endpoint.port)).await,
    };
    let socket = socket.inspect_err(|error| recorder.note(&error.to_string()))?;
    prepare(&socket)?;
    if let (Ok(address), None) = (socket.peer_addr(), &route.proxy) {
        recorder.note(&format!("connected to {address}"));
    }
    let carrier = Carrier::tcp(socket);
    match endpoint.security {
        Security::Tls => tls::connect(carrier, &host, route.ca_file(), recorder).await,
        Security::StartTls | Security::None => Ok(Stream::Plain(carrier)),
    }
}

fn prepare(socket: &TcpStream) -> io::Result<()> {
    // Commands are small and answered one by one: waiting to fill a packet costs 40 ms each.
    socket.set_nodelay(true)?;
    // A router that forgot a silent connection says so to nobody.
    let keep_alive = socket2::TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE_AGAIN);
    #[cfg(not(windows))]
    let keep_alive = keep_alive.with_retries(3);
    if let Err(error) = socket2::SockRef::from(socket).set_tcp_keepalive(&keep_alive) {
        tracing::debug!(%error, "no keep-alive");
    }
    Ok(())
}

/// A host's name as it stands in DNS and in certificates (IDNA), or an IP address.
pub(super) fn ascii_host(host: &str) -> Result<String> {
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Ok(host.to_string());
    }
    let parsed = url::Host::parse(host);
    parsed.map(|h| h.to_string()).map_err(|e| Error::Resolve(io::Error::new(io::ErrorKind::InvalidInput, e)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::account::Protocol;
    use crate::protocol::transcript::Transcript;

    fn endpoint(host: &str, port: u16, security: Security) -> Endpoint {
        Endpoint { protocol: Protocol::Imap, host: host.into(), port, security }
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
        let result = connect(&endpoint("127.0.0.1", port, Security::None), &Route::default(), &recorder).await;
        assert!(matches!(result, Err(Error::Connect(_))), "{result:?}");
    }

    #[tokio::test]
    async fn a_deadline_names_its_step() {
        let never = std::future::pending::<Result<()>>();
        let result = within(Duration::from_millis(1), "greeting", never).await;
        assert!(matches!(result, Err(Error::TimedOut { step: "greeting" })));
    }

    #[tokio::test]
    async fn connecting_is_given_up_at_once_wherever_it_is() {
        // Accepts and stays silent: in the TLS handshake, and in the proxy's greeting.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let recorder = Transcript::new().open("test");
        let proxy = ProxyLogin::for_tests(crate::mail::account::ProxyKind::Socks5, port);
        let through = Route { ca_file: None, proxy: Some(proxy) };
        for (host, security, route) in [
            ("127.0.0.1", Security::Tls, Route::default()),
            ("mail.example.org", Security::None, through),
            ("a-name-that-takes-for-ever.test", Security::None, Route::default()),
        ] {
            let endpoint = endpoint(host, port, security);
            let begun = std::time::Instant::now();
            let work = connect(&endpoint, &route, &recorder);
            let ended = tokio::time::timeout(Duration::from_millis(100), work).await;
            assert!(ended.is_err(), "{host}: {ended:?}");
            assert!(begun.elapsed() < Duration::from_secs(1), "{host}");
        }
    }
}
