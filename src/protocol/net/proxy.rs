//! Through a proxy: SOCKS5 (RFC 1928, with user name and password by RFC 1929), or CONNECT of HTTP/1.1 (RFC 9110,
//! section 9.3.6, with Basic). The proxy gets the server's name and resolves it: here nobody is asked for it, so that
//! a name server learns nothing either. A proxy that fails is an error; nothing goes around it.
//!
//! What is said to the proxy is noted in the transcript in words, never as bytes: its password is in none of them.

use super::{CONNECT, reach, within};
use crate::mail::account::{Proxy, ProxyKind};
use crate::protocol::error::{Error, ProxyFault, Result};
use crate::protocol::transcript::Recorder;
use base64::Engine;
use std::fmt;
use std::io;
use std::net::IpAddr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// Bytes of a proxy's HTTP answer.
const MAX_ANSWER: usize = 16 * 1024;
/// Characters kept of what a proxy says.
const MAX_REPLY: usize = 200;

/// A proxy with what opens it. It prints without its password.
#[derive(Clone)]
pub struct ProxyLogin {
    pub proxy: Proxy,
    pub password: Option<String>,
}

impl fmt::Debug for ProxyLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyLogin({:?}, {:?})", self.proxy, self.password.as_ref().map(|_| "…"))
    }
}

impl ProxyLogin {
    /// User name and password, where the account has them.
    fn login(&self) -> Option<(&str, &str)> {
        self.proxy.user.as_deref().map(|user| (user, self.password.as_deref().unwrap_or_default()))
    }

    fn basic(&self) -> Option<String> {
        let (user, password) = self.login()?;
        Some(base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
    }

    fn place(&self) -> String {
        let Proxy { host, port, .. } = &self.proxy;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    #[cfg(test)]
    pub(super) fn for_tests(kind: ProxyKind, port: u16) -> ProxyLogin {
        ProxyLogin { proxy: Proxy { kind, host: "127.0.0.1".into(), port, user: None }, password: None }
    }
}

/// A connection to the server on the proxy's other side. All of it is under one deadline.
///
/// # Errors
/// [`Error::Proxy`], whatever it was.
pub(super) async fn connect(login: &ProxyLogin, host: &str, port: u16, recorder: &Recorder) -> Result<TcpStream> {
    recorder.hide(login.password.iter().cloned().chain(login.basic()));
    let failed = |fault: ProxyFault| Error::Proxy { proxy: login.place(), fault };
    let unreachable = |error: Error| failed(ProxyFault::Unreachable { words: error.to_string() });
    let name = super::ascii_host(&login.proxy.host).map_err(unreachable)?;
    let mut socket = within(CONNECT, "proxy", reach::reach(&name, login.proxy.port)).await.map_err(unreachable)?;
    recorder.note(&format!("connected to the proxy {}", login.place()));
    let work = async {
        match login.proxy.kind {
            ProxyKind::Socks5 => socks5(&mut socket, login, host, port).await,
            ProxyKind::Http => http(&mut socket, login, host, port).await,
        }
    };
    let opened = tokio::time::timeout(CONNECT, work).await;
    opened.unwrap_or(Err(ProxyFault::Silent)).map_err(|fault| {
        failed(match fault {
            ProxyFault::Http { reply } => {
                let reply = recorder.scrub(&reply).chars().filter(|c| !c.is_control()).take(MAX_REPLY).collect();
                ProxyFault::Http { reply }
            }
            fault => fault,
        })
    })?;
    recorder.note(&format!("the proxy connected to {host}:{port}"));
    Ok(socket)
}

impl From<io::Error> for ProxyFault {
    fn from(error: io::Error) -> ProxyFault {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => ProxyFault::Closed,
            _ => ProxyFault::Broken { words: error.to_string() },
        }
    }
}

fn foreign(protocol: &str) -> ProxyFault {
    ProxyFault::Foreign { protocol: protocol.into() }
}

const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const PASSWORD: u8 = 2;

/// RFC 1928. Exactly the bytes of each answer are read: what comes after them is the server's.
async fn socks5(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    login: &ProxyLogin,
    host: &str,
    port: u16,
) -> std::result::Result<(), ProxyFault> {
    let hello: &[u8] =
        if login.login().is_some() { &[VERSION, 2, NO_LOGIN, PASSWORD] } else { &[VERSION, 1, NO_LOGIN] };
    stream.write_all(hello).await?;
    let mut chosen = [0; 2];
    stream.read_exact(&mut chosen).await?;
    match (chosen, login.login()) {
        ([VERSION, NO_LOGIN], _) => {}
        ([VERSION, PASSWORD], Some((user, password))) => authenticate(stream, user, password).await?,
        ([VERSION, _], None) => return Err(ProxyFault::WantsLogin),
        ([VERSION, _], Some(_)) => return Err(ProxyFault::TakesNoLogin),
        _ => return Err(foreign("SOCKS5")),
    }
    let mut request = vec![VERSION, 1, 0];
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        Err(_) => {
            request.push(3);
            counted(&mut request, host)?;
        }
    }
    request.extend(port.to_be_bytes());
    stream.write_all(&request).await?;
    let mut reply = [0; 4];
    stream.read_exact(&mut reply).await?;
    let [version, status, _, kind] = reply;
    if version != VERSION {
        return Err(foreign("SOCKS5"));
    }
    if status != 0 {
        return Err(ProxyFault::Socks { status });
    }
    // The address that it is connected from, and its port: of no use here.
    let rest = match kind {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await?),
        _ => return Err(foreign("SOCKS5")),
    };
    stream.read_exact(&mut vec![0; rest.saturating_add(2)]).await?;
    Ok(())
}

/// RFC 1929.
async fn authenticate(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    user: &str,
    password: &str,
) -> std::result::Result<(), ProxyFault> {
    let mut request = vec![1];
    counted(&mut request, user)?;
    counted(&mut request, password)?;
    stream.write_all(&request).await?;
    let mut reply = [0; 2];
    stream.read_exact(&mut reply).await?;
    if reply[1] == 0 { Ok(()) } else { Err(ProxyFault::WrongLogin) }
}

/// Appends a text with its length before it.
fn counted(to: &mut Vec<u8>, text: &str) -> std::result::Result<(), ProxyFault> {
    match u8::try_from(text.len()) {
        Ok(length) => {
            to.push(length);
            to.extend_from_slice(text.as_bytes());
            Ok(())
        }
        Err(_) => Err(ProxyFault::TooLong),
    }
}

/// RFC 9110, section 9.3.6. The answer is read byte by byte up to its empty line: a mail server may have begun to
/// speak right behind it.
async fn http(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    login: &ProxyLogin,
    host: &str,
    port: u16,
) -> std::result::Result<(), ProxyFault> {
    let target = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let credentials = login.basic().map(|basic| format!("Proxy-Authorization: Basic {basic}\r\n"));
    let request =
        format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{}\r\n", credentials.as_deref().unwrap_or_default());
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") && !answer.ends_with(b"\n\n") {
        if answer.len() >= MAX_ANSWER {
            return Err(foreign("HTTP"));
        }
        answer.push(stream.read_u8().await?);
    }
    let answer = String::from_utf8_lossy(&answer);
    let line = answer.lines().next().unwrap_or_default();
    let mut words = line.splitn(3, ' ');
    let is_http = words.next().is_some_and(|word| word.starts_with("HTTP/1."));
    let code = words.next().and_then(|code| code.parse::<u16>().ok()).filter(|_| is_http);
    match code {
        Some(200..=299) => Ok(()),
        Some(407) if login.login().is_some() => Err(ProxyFault::WrongLogin),
        Some(407) => Err(ProxyFault::WantsLogin),
        Some(code) => {
            let reply = format!("{code} {}", words.next().unwrap_or_default()).trim_end().to_string();
            Err(ProxyFault::Http { reply })
        }
        None => Err(foreign("HTTP")),
    }
}

#[cfg(test)]
#[path = "proxy/tests.rs"]
mod tests;
