//! One picture from the web (RFC 9110, 9112): a GET that says nothing of the person. No cookies, no referrer, no
//! languages, no credentials, no caching; https only; so large and so long at most; never into the machine's own
//! network, where a stranger's URL has no business.

use super::error::{Error, Result};
use super::net::{Route, within};
use super::stream::{Carrier, Stream};
use super::transcript::Transcript;
use super::{net, tls};
use crate::mail::account::{Endpoint, Protocol, Security};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::{Host, Url};

/// Bytes of one picture.
pub const MAX_BODY: usize = 12 << 20;
/// Bytes of an answer's header.
const MAX_HEADER: usize = 64 << 10;
/// Fields of it.
const MAX_FIELDS: usize = 128;
/// For all of one picture, with its redirections.
const WHOLE: Duration = Duration::from_secs(20);
/// Redirections that are followed.
const MAX_REDIRECTIONS: usize = 4;

/// Fetches a picture.
///
/// # Errors
/// Those of the connection; [`Error::Refused`] for any answer but 200 with a picture; [`Error::TooLarge`];
/// [`Error::Unsupported`] for another scheme than https and for hosts of private networks.
pub async fn picture(url: &str, route: &Route) -> Result<Vec<u8>> {
    within(WHOLE, "picture", follow(url, route)).await
}

async fn follow(url: &str, route: &Route) -> Result<Vec<u8>> {
    let mut url = parse(url)?;
    for _ in 0..=MAX_REDIRECTIONS {
        match get(&url, route).await? {
            Got::Picture(bytes) => return Ok(bytes),
            Got::Elsewhere(location) => {
                let next = url.join(&location).map_err(|_| Error::Protocol("a redirection to nowhere".into()))?;
                url = parse(next.as_str())?;
            }
        }
    }
    Err(Error::Protocol("too many redirections".into()))
}

fn parse(url: &str) -> Result<Url> {
    let url = Url::parse(url).map_err(|_| Error::Protocol("no URL".into()))?;
    if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Unsupported("a picture by this URL"));
    }
    Ok(url)
}

enum Got {
    Picture(Vec<u8>),
    Elsewhere(String),
}

async fn get(url: &Url, route: &Route) -> Result<Got> {
    let mut stream = connect(url, route).await?;
    let host = url.host_str().unwrap_or_default();
    let authority = url.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: Mozilla/5.0\r\nAccept: image/*\r\n\
         Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut read = Vec::new();
    let head = loop {
        if let Some(head) = head(&read)? {
            break head;
        }
        if read.len() > MAX_HEADER {
            return Err(Error::TooLarge { what: "header", limit: MAX_HEADER as u64 });
        }
        if more(&mut stream, &mut read).await? == 0 {
            return Err(Error::Closed);
        }
    };
    match (head.status, &head.location) {
        (200, _) if head.is_picture => {}
        (301 | 302 | 303 | 307 | 308, Some(location)) => return Ok(Got::Elsewhere(location.clone())),
        (status, _) => return Err(Error::Refused { code: Some(status.to_string()), reply: format!("HTTP {status}") }),
    }
    let rest = read.split_off(head.length.min(read.len()));
    body(&mut stream, rest, &head).await.map(Got::Picture)
}

/// What of a header matters here.
struct Head {
    /// Bytes of it.
    length: usize,
    status: u16,
    location: Option<String>,
    is_picture: bool,
    chunked: bool,
    content_length: Option<usize>,
}

/// The header, where all of it is there.
fn head(read: &[u8]) -> Result<Option<Head>> {
    let broken = |error: httparse::Error| Error::Protocol(error.to_string());
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(length) = response.parse(read).map_err(broken)? else { return Ok(None) };
    let field = |name: &str| {
        let found = response.headers.iter().find(|f| f.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok().map(str::trim)
    };
    let kind = field("content-type").unwrap_or_default().to_ascii_lowercase();
    // Some servers do not know what they serve; the engine looks for itself.
    let is_picture =
        kind.starts_with("image/") && !kind.contains("svg") || kind.starts_with("application/octet-stream");
    Ok(Some(Head {
        length,
        status: response.code.unwrap_or_default(),
        location: field("location").map(str::to_string),
        is_picture,
        chunked: field("transfer-encoding").is_some_and(|v| v.to_ascii_lowercase().contains("chunked")),
        content_length: field("content-length").and_then(|v| v.parse().ok()),
    }))
}

async fn body(stream: &mut Stream, mut read: Vec<u8>, head: &Head) -> Result<Vec<u8>> {
    let too_large = Error::TooLarge { what: "picture", limit: MAX_BODY as u64 };
    if head.chunked {
        return chunks(stream, read).await;
    }
    if head.content_length.is_some_and(|length| length > MAX_BODY) {
        return Err(too_large);
    }
    loop {
        if let Some(length) = head.content_length.filter(|length| read.len() >= *length) {
            read.truncate(length);
            return Ok(read);
        }
        if read.len() > MAX_BODY {
            return Err(too_large);
        }
        if more(stream, &mut read).await? == 0 {
            return if head.content_length.is_none() { Ok(read) } else { Err(Error::Closed) };
        }
    }
}

/// A body in chunks (RFC 9112, section 7.1).
async fn chunks(stream: &mut Stream, mut read: Vec<u8>) -> Result<Vec<u8>> {
    let mut whole: Vec<u8> = Vec::new();
    loop {
        let parsed = httparse::parse_chunk_size(&read).map_err(|_| Error::Protocol("a chunk without size".into()))?;
        if let httparse::Status::Complete((start, size)) = parsed {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            if size.saturating_add(whole.len()) > MAX_BODY {
                return Err(Error::TooLarge { what: "picture", limit: MAX_BODY as u64 });
            }
            if size == 0 {
                return Ok(whole);
            }
            let end = start.saturating_add(size);
            if let Some(chunk) = read.get(start..end) {
                whole.extend_from_slice(chunk);
                // Its own line end follows.
                let after = end.saturating_add(2);
                while read.len() < after {
                    if more(stream, &mut read).await? == 0 {
                        return Err(Error::Closed);
                    }
                }
                read.drain(..after.min(read.len()));
                continue;
            }
        }
        if more(stream, &mut read).await? == 0 {
            return Err(Error::Closed);
        }
    }
}

async fn more(stream: &mut Stream, read: &mut Vec<u8>) -> Result<usize> {
    let mut piece = vec![0; 16 << 10];
    // Without a goodbye of TLS the end counts only where the length says so, too.
    let count = match stream.read(&mut piece).await {
        Ok(count) => count,
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => 0,
        Err(error) => return Err(error.into()),
    };
    read.extend_from_slice(piece.get(..count).unwrap_or_default());
    Ok(count)
}

/// Straight to a public address, or by the account's proxy, which then decides what is public.
async fn connect(url: &Url, route: &Route) -> Result<Stream> {
    let recorder = Transcript::new().open(url.host_str().unwrap_or_default());
    let port = url.port_or_known_default().unwrap_or(443);
    let host = match url.host() {
        Some(Host::Domain(name)) => name.to_string(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        None => return Err(Error::Protocol("no host".into())),
    };
    if route.proxy.is_some() {
        let endpoint = Endpoint { protocol: Protocol::Imap, host, port, security: Security::Tls };
        return net::connect(&endpoint, route, &recorder).await;
    }
    let addresses = tokio::net::lookup_host((host.as_str(), port)).await.map_err(Error::Resolve)?;
    let addresses: Vec<SocketAddr> = addresses.filter(|address| is_allowed(address.ip())).collect();
    if addresses.is_empty() {
        return Err(Error::Unsupported("a picture from a private network"));
    }
    let connecting = async { tokio::net::TcpStream::connect(addresses.as_slice()).await.map_err(Error::Connect) };
    let socket = within(net::CONNECT, "connect", connecting).await?;
    tls::connect(Carrier::tcp(socket), &host, route.ca_file(), &recorder).await
}

fn is_allowed(address: IpAddr) -> bool {
    is_public(address) || cfg!(test) && address.is_loopback()
}

/// Whether an address is of the internet at large, not of this machine or its networks (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let reserved = a == 0 || a >= 240 || a == 192 && b == 0 || a == 198 && (18..20).contains(&b);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_documentation()
                || shared
                || reserved)
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_public(IpAddr::V4(v4));
            }
            let [first, second, ..] = v6.segments();
            // Global unicast, without what stands for other networks: 6to4, Teredo, documentation.
            let tunnelled = first == 0x2002 || first == 0x2001 && (second == 0 || second == 0xdb8);
            (0x2000..0x4000).contains(&first) && !tunnelled
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_told_apart() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "2002:a00::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_header_is_read_when_it_is_whole() {
        assert!(head(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n").unwrap().is_none());
        let whole = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3\r\n\r\nabc";
        let read = head(whole).unwrap().unwrap();
        assert!(read.is_picture && read.status == 200 && read.content_length == Some(3));
        assert_eq!(read.length + 3, whole.len());
        let svg = head(b"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\n\r\n").unwrap().unwrap();
        assert!(!svg.is_picture);
        assert!(head(b"SSH-2.0-x\r\n").is_err());
    }

    #[test]
    fn only_https_without_a_password_is_asked() {
        for url in ["http://example.com/x", "ftp://example.com", "https://user@example.com/", "file:///etc/passwd"] {
            assert!(parse(url).is_err(), "{url}");
        }
    }

    #[tokio::test]
    async fn bodies_come_by_length_by_chunks_and_by_their_end() {
        async fn answered(reply: &'static [u8]) -> Result<Vec<u8>> {
            let (ours, mut theirs) = tokio::io::duplex(64);
            let serving = tokio::spawn(async move {
                let _ = theirs.write_all(reply).await;
            });
            let mut stream = Stream::memory(ours);
            let mut read = Vec::new();
            let head = loop {
                if let Some(head) = head(&read)? {
                    break head;
                }
                more(&mut stream, &mut read).await?;
            };
            let rest = read.split_off(head.length);
            let got = body(&mut stream, rest, &head).await;
            drop(stream);
            serving.await.unwrap();
            got
        }
        // The carrier takes a web server for an intruder where no TLS is in between: the status line is another's.
        let by_length = answered(b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more").await;
        assert_eq!(by_length.unwrap(), b"hello");
        let chunked = b"\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";
        assert_eq!(answered(chunked).await.unwrap(), b"hello");
        assert_eq!(answered(b"\r\nHTTP/1.1 200 OK\r\n\r\nhello").await.unwrap(), b"hello");
        assert!(answered(b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").await.is_err());
        assert!(answered(b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n").await.is_err());
    }
}
