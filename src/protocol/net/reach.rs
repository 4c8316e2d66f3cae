//! Happy Eyeballs (RFC 8305): the addresses of a name by turns of their families, each with a head start before the
//! next is tried beside it; the first that answers is taken, and the others are dropped.
//!
//! The system's resolver sorts (RFC 6724) and answers for both families at once, so the resolution delay of section
//! 3 has no place here.

use super::resolve::resolve;
use crate::protocol::error::{Error, Result};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long an address has before the next is tried beside it (section 5: "Connection Attempt Delay").
const HEAD_START: Duration = Duration::from_millis(250);

/// A connection to the first address of the host that answers.
pub(super) async fn reach(host: &str, port: u16) -> Result<TcpStream> {
    let addresses = resolve(host, port).await?;
    race(alternated(addresses), HEAD_START, TcpStream::connect).await.map_err(Error::Connect)
}

/// Tries addresses in their order. One that fails lets the next begin at once.
///
/// # Errors
/// What kept the last from being reached, where none was.
async fn race<T, F: Future<Output = io::Result<T>>>(
    addresses: Vec<SocketAddr>,
    head_start: Duration,
    connect: impl Fn(SocketAddr) -> F,
) -> io::Result<T> {
    let mut addresses = addresses.into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    loop {
        if let Some(address) = addresses.next() {
            attempts.push(connect(address));
        } else if attempts.is_empty() {
            return Err(last);
        }
        let more = addresses.len() > 0;
        tokio::select! {
            Some(done) = attempts.next() => match done {
                Ok(connected) => return Ok(connected),
                Err(error) => last = error,
            },
            () = tokio::time::sleep(head_start), if more => {}
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
    use std::cell::RefCell;
    use std::rc::Rc;

    fn addresses(all: &[&str]) -> Vec<SocketAddr> {
        all.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// Which attempts began, and which were dropped before their end.
    #[derive(Default)]
    struct Log {
        begun: Vec<SocketAddr>,
        dropped: Vec<SocketAddr>,
    }

    /// Notes that its attempt is over.
    struct Attempt(SocketAddr, bool, Rc<RefCell<Log>>);

    impl Attempt {
        fn over(&mut self) {
            self.1 = true;
        }
    }

    impl Drop for Attempt {
        fn drop(&mut self) {
            if !self.1 {
                self.2.borrow_mut().dropped.push(self.0);
            }
        }
    }

    /// A race in which each address does what the function says: when it ends, and whether it answers.
    async fn run(
        all: &[&str],
        head_start: u64,
        behaviour: impl Fn(SocketAddr) -> Option<(u64, bool)>,
    ) -> (io::Result<SocketAddr>, Log) {
        let log = Rc::new(RefCell::new(Log::default()));
        let connect = |address: SocketAddr| {
            log.borrow_mut().begun.push(address);
            let mut attempt = Attempt(address, false, log.clone());
            let does = behaviour(address);
            async move {
                match does {
                    Some((after, answers)) => {
                        tokio::time::sleep(Duration::from_millis(after)).await;
                        attempt.over();
                        if answers { Ok(address) } else { Err(io::ErrorKind::ConnectionRefused.into()) }
                    }
                    None => std::future::pending().await,
                }
            }
        };
        let result = race(alternated(addresses(all)), Duration::from_millis(head_start), connect).await;
        (result, Rc::try_unwrap(log).ok().unwrap().into_inner())
    }

    #[test]
    fn families_take_turns() {
        let mixed = addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]);
        assert_eq!(alternated(mixed), addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"]));
        assert_eq!(alternated(Vec::new()), Vec::new());
    }

    #[tokio::test]
    async fn a_silent_family_costs_one_head_start_and_is_dropped() {
        let all = ["[::1]:1", "[::2]:1", "1.1.1.1:1"];
        let (won, log) = run(&all, 20, |address| address.is_ipv4().then_some((1, true))).await;
        assert_eq!(won.unwrap(), addresses(&all)[2]);
        assert_eq!(log.begun, addresses(&["[::1]:1", "1.1.1.1:1"]), "the third was not needed");
        assert_eq!(log.dropped, addresses(&["[::1]:1"]));
    }

    #[tokio::test]
    async fn the_first_keeps_its_lead_and_a_failure_passes_it_on_at_once() {
        let all = ["[::1]:1", "1.1.1.1:1"];
        let (won, log) = run(&all, 60_000, |_| Some((1, true))).await;
        assert_eq!((won.unwrap(), log.begun.len()), (addresses(&all)[0], 1));
        // Nobody waits for the head start of one that has failed.
        let (won, log) = run(&all, 60_000, |address| Some((1, address.is_ipv4()))).await;
        assert_eq!((won.unwrap(), log.begun.len()), (addresses(&all)[1], 2));
    }

    #[tokio::test]
    async fn when_none_answers_the_last_reason_is_told() {
        let (lost, log) = run(&["[::1]:1", "1.1.1.1:1", "2.2.2.2:1"], 5, |_| Some((1, false))).await;
        assert_eq!(lost.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!((log.begun.len(), log.dropped.len()), (3, 0));
        assert!(run(&[], 5, |_| None).await.0.is_err());
    }

    #[tokio::test]
    async fn a_server_on_one_family_of_localhost_is_found() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let both = addresses(&[&format!("[::1]:{port}"), &format!("127.0.0.1:{port}")]);
        let socket = race(alternated(both), HEAD_START, TcpStream::connect).await.unwrap();
        assert!(socket.peer_addr().unwrap().is_ipv4());
        assert!(reach("localhost", port).await.is_ok());
    }
}
