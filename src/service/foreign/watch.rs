//! Hears from the operating system where other programs change the Maildirs.
//!
//! Its thread only notes names; a task looks at them once it has been quiet for a moment. Our own changes are heard
//! as well: names that are as the index has them need no look. Where the system lets nobody watch so many
//! directories, their times are asked for now and then instead.

use super::look_at;
use crate::mail::ids::MailboxId;
use crate::service::account::worker::Worker;
use crate::service::event::Event;
use crate::service::state::{Shared, locked};
use notify::{RecursiveMode, Watcher};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;

/// No change for this long, and the look is worth it.
const QUIET: Duration = Duration::from_millis(400);
/// Before what stayed open is looked at again; longer each time.
const AGAIN: Duration = Duration::from_millis(700);
/// Between two looks where nothing can be heard.
const POLL: Duration = Duration::from_secs(15);
/// More names than this of one mailbox are not kept: it is looked at whole.
const MOST_NAMES: usize = 4096;

/// What was heard and not looked at yet.
#[derive(Default)]
struct Heard {
    /// Mailboxes by their directories.
    places: HashMap<PathBuf, MailboxId>,
    names: BTreeMap<MailboxId, Names>,
}

#[derive(Default)]
struct Names {
    set: HashSet<String>,
    /// Something that no name tells.
    whole: bool,
}

/// Watches while the service runs.
pub(in crate::service) async fn watch(shared: Arc<Shared>) {
    let mut stop = shared.stop.subscribe();
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => {}
        () = listen(&shared) => {}
    }
}

async fn listen(shared: &Arc<Shared>) {
    let (heard, bell) = (Arc::new(Mutex::new(Heard::default())), Arc::new(Notify::new()));
    let mut watcher = make(&heard, &bell);
    let mut events = shared.events.subscribe();
    let Followed { mut can_hear, new } = follow(shared, watcher.as_mut(), &heard).await;
    let mut open = Open::default();
    open.note(look(shared, new, true).await);
    loop {
        tokio::select! {
            () = bell.notified() => {
                tokio::time::sleep(QUIET).await;
                open.note(visit(shared, &heard).await);
            }
            event = events.recv() => match event {
                // Mailboxes may have come or gone.
                Ok(Event::Accounts | Event::Mailboxes { .. }) | Err(RecvError::Lagged(_)) => {
                    let followed = follow(shared, watcher.as_mut(), &heard).await;
                    can_hear = followed.can_hear;
                    // What was done there before it could be heard.
                    open.note(look(shared, followed.new, true).await);
                }
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            },
            () = tokio::time::sleep(open.wait), if !open.ids.is_empty() => {
                let ids = std::mem::take(&mut open.ids);
                let wait = open.wait;
                open.note(look(shared, ids, false).await);
                // It waits for an operation, which may wait for its server.
                open.wait = if open.ids.is_empty() { AGAIN } else { wait.saturating_mul(2).min(POLL) };
            }
            () = tokio::time::sleep(POLL), if !can_hear => {
                let all: Vec<MailboxId> = locked(&heard).places.values().copied().collect();
                open.note(look(shared, all.into_iter().collect(), true).await);
            }
        }
    }
}

/// Mailboxes in which something stays open.
struct Open {
    ids: HashSet<MailboxId>,
    /// Before they are looked at again.
    wait: Duration,
}

impl Default for Open {
    fn default() -> Open {
        Open { ids: HashSet::new(), wait: AGAIN }
    }
}

impl Open {
    fn note(&mut self, ids: HashSet<MailboxId>) {
        self.ids.extend(ids);
    }
}

/// What [`follow`] came to.
struct Followed {
    /// Whether all of them can be heard.
    can_hear: bool,
    /// Mailboxes that are heard from now on.
    new: HashSet<MailboxId>,
}

fn make(heard: &Arc<Mutex<Heard>>, bell: &Arc<Notify>) -> Option<notify::RecommendedWatcher> {
    let (heard, bell) = (heard.clone(), bell.clone());
    let made = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let mut heard = locked(&heard);
        match event {
            Ok(event) if event.need_rescan() => note_all(&mut heard),
            Ok(event) if matches!(event.kind, notify::EventKind::Access(_)) => return,
            Ok(event) => event.paths.iter().for_each(|path| note(&mut heard, path)),
            Err(error) => {
                tracing::warn!(%error, "watching the Maildirs");
                note_all(&mut heard);
            }
        }
        if !heard.names.is_empty() {
            bell.notify_one();
        }
    });
    made.inspect_err(|error| tracing::warn!(%error, "the Maildirs cannot be watched")).ok()
}

fn note_all(heard: &mut Heard) {
    let all: HashSet<MailboxId> = heard.places.values().copied().collect();
    all.into_iter().for_each(|id| heard.names.entry(id).or_default().whole = true);
}

fn note(heard: &mut Heard, path: &std::path::Path) {
    let Some(dir) = path.parent() else { return };
    if let Some(id) = heard.places.get(path).copied() {
        // The directory itself came, went, or was given away.
        heard.names.entry(id).or_default().whole = true;
    } else if let Some(id) = heard.places.get(dir).copied() {
        let is_cur = dir.ends_with("cur");
        let names = heard.names.entry(id).or_default();
        match path.file_name().and_then(|name| name.to_str()) {
            Some(name) if is_cur && names.set.len() < MOST_NAMES => drop(names.set.insert(name.to_string())),
            _ => names.whole = true,
        }
    }
}

/// Watches every mailbox's directories, and no others.
async fn follow(
    shared: &Arc<Shared>,
    watcher: Option<&mut notify::RecommendedWatcher>,
    heard: &Mutex<Heard>,
) -> Followed {
    let nothing = |can_hear| Followed { can_hear, new: HashSet::new() };
    let places = shared.db(|store| {
        let mut places = HashMap::new();
        for mailbox in store.mailboxes(None)? {
            places.extend(store.watched_dirs(mailbox.id)?.map(|dir| (dir, mailbox.id)));
        }
        Ok(places)
    });
    let Ok(places) = places.await else { return nothing(false) };
    let before = locked(heard).places.clone();
    if before == places {
        return nothing(watcher.is_some());
    }
    let Some(watcher) = watcher else {
        locked(heard).places = places;
        return nothing(false);
    };
    let mut all = true;
    // Known before it is heard of.
    locked(heard).places = places.clone();
    before.keys().filter(|dir| !places.contains_key(*dir)).for_each(|dir| drop(watcher.unwatch(dir)));
    let mut new = HashSet::new();
    for (dir, id) in places.iter().filter(|(dir, _)| !before.contains_key(*dir)) {
        match watcher.watch(dir, RecursiveMode::NonRecursive) {
            Ok(()) => drop(new.insert(*id)),
            Err(error) => {
                tracing::info!(dir = %dir.display(), %error, "not watched");
                all = false;
                if matches!(error.kind, notify::ErrorKind::MaxFilesWatch) {
                    break;
                }
            }
        }
    }
    Followed { can_hear: all, new }
}

/// Looks at what was heard, as far as it was not our own doing. The value is what stays open, here and below.
async fn visit(shared: &Arc<Shared>, heard: &Mutex<Heard>) -> HashSet<MailboxId> {
    let names = std::mem::take(&mut locked(heard).names);
    let strange = shared.db(move |store| {
        let mut strange = HashSet::new();
        for (id, names) in names {
            if names.whole || !store.explains(id, &names.set).unwrap_or(false) {
                strange.insert(id);
            }
        }
        Ok(strange)
    });
    match strange.await {
        Ok(strange) => look(shared, strange, true).await,
        Err(_) => HashSet::new(),
    }
}

/// `tells`: of trouble; it is not told with every further try. The value is what wants another look.
async fn look(shared: &Arc<Shared>, ids: HashSet<MailboxId>, tells: bool) -> HashSet<MailboxId> {
    let mut open = HashSet::new();
    if ids.is_empty() {
        return open;
    }
    let all = shared.db(|store| store.mailboxes(None)).await.unwrap_or_default();
    for state in shared.accounts() {
        let own: Vec<MailboxId> =
            all.iter().filter(|m| m.account == state.name() && ids.contains(&m.id)).map(|m| m.id).collect();
        let worker = Worker { shared: shared.clone(), state };
        match look_at(&worker, own.clone()).await {
            Ok(more) => open.extend(more),
            Err(problem) => {
                if tells {
                    worker.failed(problem);
                }
                open.extend(own);
            }
        }
    }
    open
}
