//! A name's addresses, as the system's resolver knows them: hosts file, mDNS and DNS as it is configured.
//!
//! It can neither be cancelled nor hurried, so it runs on a thread of its own and not on one of the runtime's: those
//! are waited for when the program ends, and a dead name server would hold it for half a minute.

use crate::protocol::error::{Error, Result};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use tokio::sync::oneshot;

/// How many addresses of one name are tried.
const MAX_ADDRESSES: usize = 16;

/// The addresses of a host; of an address itself without asking anybody.
///
/// # Errors
/// [`Error::Resolve`] where there is none.
pub(super) async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    #[cfg(test)]
    tests::note(host);
    let (tell, told) = oneshot::channel();
    let host = host.to_string();
    let ask = move || {
        // Nobody listening any more is fine.
        let _ = tell.send(look_up(&host, port));
    };
    std::thread::Builder::new().name("resolve".into()).spawn(ask).map_err(Error::Resolve)?;
    let found = told.await.unwrap_or_else(|_| Err(io::Error::other("the resolver failed")));
    found.map_err(Error::Resolve)
}

fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    #[cfg(test)]
    if host == "a-name-that-takes-for-ever.test" {
        std::thread::sleep(std::time::Duration::from_secs(2));
    }
    let found: Vec<SocketAddr> = (host, port).to_socket_addrs()?.take(MAX_ADDRESSES).collect();
    if found.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(found) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::sync::Mutex;

    static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

    pub fn note(host: &str) {
        ASKED.lock().unwrap().push(host.to_string());
    }

    /// Whether the resolver was ever asked for this name.
    pub fn was_asked(host: &str) -> bool {
        ASKED.lock().unwrap().iter().any(|asked| asked == host)
    }

    #[tokio::test]
    async fn addresses_are_asked_of_nobody_and_names_are_found() {
        assert_eq!(resolve("::1", 7).await.unwrap(), ["[::1]:7".parse().unwrap()]);
        assert!(!was_asked("::1"));
        assert!(resolve("localhost", 7).await.unwrap().iter().all(|found| found.ip().is_loopback()));
        assert!(was_asked("localhost"));
    }
}
