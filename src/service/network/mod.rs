//! The network under the machine: sleep and wake, routes that come and go, and whether each byte is paid for.
//!
//! ```text
//!   routes      which routes and addresses there are: /proc on Linux, looked at every few seconds
//!   desktop     what logind and NetworkManager say by D-Bus, where they are
//!   portal      one certificate in the place of every server's: a sign-in page
//! ```
//!
//! Tasks that hold a connection listen ([`Network::listen`]): after a *change* it may be dead, and is tried at once;
//! after a *cut* (the machine slept, or an address that it had is gone) it is dead, and is dropped. Either way every
//! pause before the next try ends. So nobody waits for a deadline on a line that nobody will answer.
//!
//! Nothing here asks a server: neither whether the network works, nor whether a page must be signed first.

#[cfg(target_os = "linux")]
mod desktop;
mod portal;
mod routes;

pub use routes::Snapshot;

use super::model::MeteredChoice;
use super::state::{Shared, locked};
use super::submission;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{mpsc, watch};

/// Between two looks at clock and routes.
const LOOK: Duration = Duration::from_secs(5);
/// Routes come in several steps: the news is told when they have settled.
const SETTLE: Duration = Duration::from_millis(500);
/// Wall clock ahead of the monotonic one by this much: the machine slept (or its clock was set, which costs one try).
const SLEPT: Duration = Duration::from_secs(10);
/// After a sleep of this length no server has waited.
const LONG_SLEEP: Duration = Duration::from_secs(60);

/// Tells which routes there are; none where that cannot be known.
pub type Sense = Arc<dyn Fn() -> Option<Snapshot> + Send + Sync>;

/// What the system says of its routes.
pub(super) fn system() -> Sense {
    Arc::new(routes::read)
}

/// How often something happened since the service began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct News {
    changes: u64,
    cuts: u64,
}

/// What happened to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Connections may be dead.
    Changed,
    /// Connections are dead.
    Cut,
}

/// What is known of the network.
pub(super) struct Network {
    sense: Sense,
    news: watch::Sender<News>,
    /// As the system says.
    system_metered: AtomicBool,
    portal: Mutex<portal::Seen>,
}

impl Network {
    pub fn new(sense: Sense) -> Network {
        Network {
            sense,
            news: watch::Sender::default(),
            system_metered: AtomicBool::new(false),
            portal: Mutex::default(),
        }
    }

    /// Whether there is a way to anywhere beyond this machine; true where that cannot be known.
    pub fn has_route(&self) -> bool {
        (self.sense)().is_none_or(|snapshot| snapshot.has_route())
    }

    /// Hears of changes from now on.
    pub fn listen(&self) -> Listener {
        let mut news = self.news.subscribe();
        let seen = *news.borrow_and_update();
        Listener { news, seen }
    }

    pub fn tell(&self, change: Change) {
        locked(&self.portal).forget();
        self.news.send_modify(|news| {
            news.changes = news.changes.wrapping_add(1);
            news.cuts = news.cuts.wrapping_add(u64::from(change == Change::Cut));
        });
    }

    /// A server proved who it is.
    pub fn reached(&self, host: &str) {
        locked(&self.portal).reached(host);
    }

    /// A server showed a certificate for other names; whether that must be a sign-in page, by what all `servers` of
    /// this profile showed since the network last changed.
    pub fn presented(&self, host: &str, names: &[String], issuer: &str, servers: &[String]) -> bool {
        locked(&self.portal).presented(host, names, issuer, servers)
    }
}

/// One who must know when connections die.
pub(super) struct Listener {
    news: watch::Receiver<News>,
    seen: News,
}

impl Listener {
    /// Ready when the network changed in any way since this was last ready, or made.
    pub async fn changed(&mut self) {
        let seen = self.seen.changes;
        self.until(|news| news.changes != seen).await;
    }

    /// Ready when connections that were made before are dead.
    pub async fn cut(&mut self) {
        let seen = self.seen.cuts;
        self.until(|news| news.cuts != seen).await;
    }

    async fn until(&mut self, is_news: impl Fn(&News) -> bool) {
        let news = self.news.wait_for(|news| is_news(news)).await.ok().map(|news| *news);
        match news {
            Some(news) => self.seen = news,
            // The service has ended.
            None => std::future::pending().await,
        }
    }

    /// Ready when a connection has proved dead: at once after a cut, or where it was not asked and did not answer
    /// within `patience` after another change. To be raced against the answer.
    pub async fn dead(&mut self, patience: Duration) {
        let mut other = Listener { news: self.news.clone(), seen: self.seen };
        let late = async {
            other.changed().await;
            tokio::time::sleep(patience).await;
        };
        tokio::select! {
            () = self.cut() => {}
            () = late => {}
        }
        self.seen = *self.news.borrow_and_update();
    }
}

/// Whether a host is this machine: reached without any network.
pub(super) fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// How long the machine slept between two looks, by how far the clocks went.
fn slept(monotonic: Duration, wall: Duration) -> Option<Duration> {
    wall.checked_sub(monotonic).filter(|ahead| *ahead >= SLEPT)
}

/// What a sleep did to connections.
fn after_sleep(length: Duration) -> Change {
    if length >= LONG_SLEEP { Change::Cut } else { Change::Changed }
}

/// What the desktop says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Woke,
    Changed,
    Metered(bool),
}

/// Watches until the service ends.
pub(super) async fn watch(shared: Arc<Shared>) {
    let (tell, mut signs) = mpsc::channel(16);
    #[cfg(target_os = "linux")]
    let desktop = tokio::spawn(async move {
        // Not there in a container or a bare session: then clock and routes must do.
        if let Err(error) = desktop::listen(&tell).await {
            tracing::debug!(%error, "nobody tells of sleep and networks");
        }
        // So that the receiver waits on.
        tell.closed().await;
    });
    #[cfg(not(target_os = "linux"))]
    let keep = tell;
    let mut stop = shared.stop.subscribe();
    tokio::select! {
        () = look(&shared, &mut signs) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    #[cfg(target_os = "linux")]
    desktop.abort();
    #[cfg(not(target_os = "linux"))]
    drop(keep);
}

async fn look(shared: &Arc<Shared>, signs: &mut mpsc::Receiver<Sign>) {
    let mut before = sense(shared).await;
    let mut clocks = (Instant::now(), SystemTime::now());
    loop {
        let sign = tokio::select! {
            () = tokio::time::sleep(LOOK) => None,
            sign = signs.recv() => sign,
        };
        let now = (Instant::now(), SystemTime::now());
        let wall = now.1.duration_since(clocks.1).unwrap_or_default();
        let mut change = slept(now.0.duration_since(clocks.0), wall).map(after_sleep);
        clocks = now;
        match sign {
            Some(Sign::Woke) => change = change.or(Some(Change::Changed)),
            Some(Sign::Metered(metered)) => {
                shared.network.system_metered.store(metered, Ordering::Relaxed);
                judge_metered(shared);
            }
            Some(Sign::Changed) | None => {}
        }
        let mut after = sense(shared).await;
        if after != before {
            tokio::time::sleep(SETTLE).await;
            after = sense(shared).await;
        }
        let routes = before.as_ref().zip(after.as_ref()).and_then(|(before, after)| before.change(after));
        before = after;
        let change = match (change, routes) {
            (Some(Change::Cut), _) | (_, Some(Change::Cut)) => Some(Change::Cut),
            (change, routes) => change.or(routes),
        };
        if let Some(change) = change {
            tracing::info!(?change, "the network");
            shared.network.tell(change);
            submission::hurry(shared).await;
        }
    }
}

async fn sense(shared: &Arc<Shared>) -> Option<Snapshot> {
    let sense = shared.network.sense.clone();
    tokio::task::spawn_blocking(move || sense()).await.ok().flatten()
}

/// Sets [`Shared::metered`] by what the person and the system say. Where bytes become free, accounts look again.
pub(super) fn judge_metered(shared: &Shared) {
    let metered = match locked(&shared.preferences).metered {
        MeteredChoice::Always => true,
        MeteredChoice::Never => false,
        MeteredChoice::System => shared.network.system_metered.load(Ordering::Relaxed),
    };
    let before = shared.metered.swap(metered, Ordering::Relaxed);
    if before && !metered {
        shared.accounts().iter().for_each(|state| state.refresh.notify_one());
    }
}

/// For a service that does not watch: asks the system once whether bytes are paid for.
pub(super) async fn ask_metered(shared: &Shared) {
    #[cfg(target_os = "linux")]
    if locked(&shared.preferences).metered == MeteredChoice::System
        && let Ok(Ok(Some(metered))) = tokio::time::timeout(SETTLE, desktop::is_metered()).await
    {
        shared.network.system_metered.store(metered, Ordering::Relaxed);
    }
    judge_metered(shared);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_seen_by_its_clocks() {
        let seconds = Duration::from_secs;
        assert_eq!(slept(seconds(5), seconds(5)), None);
        assert_eq!(slept(seconds(5), seconds(14)), None, "a clock that is put right");
        assert_eq!(slept(seconds(5), seconds(0)), None, "a clock that was put back");
        assert_eq!(slept(seconds(5), seconds(3605)), Some(seconds(3600)));
        assert_eq!((after_sleep(seconds(20)), after_sleep(seconds(3600))), (Change::Changed, Change::Cut));
    }

    #[test]
    fn this_machine_needs_no_network() {
        for local in ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST.", "imap.localhost"] {
            assert!(is_local(local), "{local}");
        }
        for other in ["mail.example.org", "10.0.0.1", "localhost.example.org", "fe80::1"] {
            assert!(!is_local(other), "{other}");
        }
    }

    #[tokio::test]
    async fn listeners_hear_of_what_came_after_them_and_once() {
        let soon = Duration::from_millis(20);
        let network = Network::new(Arc::new(|| None));
        assert!(network.has_route(), "nobody knows, so nobody claims");
        network.tell(Change::Cut);
        let mut listener = network.listen();
        assert!(tokio::time::timeout(soon, listener.changed()).await.is_err());
        network.tell(Change::Changed);
        let mut cut = network.listen();
        listener.changed().await;
        assert!(tokio::time::timeout(soon, listener.changed()).await.is_err());
        assert!(tokio::time::timeout(soon, cut.cut()).await.is_err());
        network.tell(Change::Cut);
        cut.cut().await;
        // At once after a cut; after another change when the time is over; never without one.
        tokio::time::timeout(soon, listener.dead(Duration::from_secs(60))).await.unwrap();
        assert!(tokio::time::timeout(soon, listener.dead(Duration::ZERO)).await.is_err());
        network.tell(Change::Changed);
        assert!(tokio::time::timeout(soon, listener.dead(Duration::from_secs(60))).await.is_err());
        tokio::time::timeout(soon, listener.dead(Duration::ZERO)).await.unwrap();
    }
}
