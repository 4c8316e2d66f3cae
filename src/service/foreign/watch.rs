//! Hears from the operating system where other programs change the Maildirs.
//!
//! Its thread only notes names; a task looks at them once it has been quiet for a moment. Our own changes are heard
//! as well: names that are as the index has them need no look. Where the system lets nobody watch so many
//! directories, their times are asked for now and then instead.
//!
//! Where the mailboxes lie is watched as well: a Maildir that another program makes there becomes one of them.

use super::{folders, look_at};
use crate::mail::ids::MailboxId;
use crate::service::account::worker::Worker;
use crate::service::event::Event;
use crate::service::state::{Shared, locked};
use notify::{RecursiveMode, Watcher};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    /// Directories in which a Maildir may appear, with their accounts.
    trees: HashMap<PathBuf, String>,
    /// Those of them, by account, that are no mailboxes.
    others: HashMap<String, Vec<PathBuf>>,
    /// Accounts in whose trees there is a new directory.
    grown: BTreeSet<String>,
}

impl Heard {
    fn is_quiet(&self) -> bool {
        self.names.is_empty() && self.grown.is_empty()
    }
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
    open.note(grow(shared, watcher.as_mut(), &heard).await);
    loop {
        tokio::select! {
            () = bell.notified() => {
                tokio::time::sleep(QUIET).await;
                open.note(grow(shared, watcher.as_mut(), &heard).await);
                open.note(visit(shared, &heard).await);
            }
            event = events.recv() => match event {
                // Mailboxes may have come or gone.
                Ok(Event::Accounts | Event::Mailboxes { .. }) | Err(RecvError::Lagged(_)) => {
                    let followed = follow(shared, watcher.as_mut(), &heard).await;
                    can_hear = followed.can_hear;
                    // What was done there before it could be heard.
                    open.note(look(shared, followed.new, true).await);
                    open.note(grow(shared, watcher.as_mut(), &heard).await);
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
                locked(&heard).grown = shared.all_accounts().iter().map(|state| state.name().to_string()).collect();
                open.note(grow(shared, watcher.as_mut(), &heard).await);
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
        if !heard.is_quiet() {
            bell.notify_one();
        }
    });
    made.inspect_err(|error| tracing::warn!(%error, "the Maildirs cannot be watched")).ok()
}

fn note_all(heard: &mut Heard) {
    let all: HashSet<MailboxId> = heard.places.values().copied().collect();
    all.into_iter().for_each(|id| heard.names.entry(id).or_default().whole = true);
    heard.grown = heard.trees.values().cloned().collect();
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
    } else if let Some(account) = heard.trees.get(dir).cloned()
        && path.is_dir()
    {
        heard.grown.insert(account);
    }
}

/// Takes in the Maildirs that appeared. One that is not whole yet is watched, and looked at once more as soon as it is:
/// it may have become so just before. The value is what stays open of the mail in them.
async fn grow(
    shared: &Arc<Shared>,
    mut watcher: Option<&mut notify::RecommendedWatcher>,
    heard: &Mutex<Heard>,
) -> HashSet<MailboxId> {
    const TURNS: usize = 4;
    let mut new = HashSet::new();
    for _ in 0..TURNS {
        let grown = std::mem::take(&mut locked(heard).grown);
        if grown.is_empty() {
            break;
        }
        for state in shared.all_accounts().into_iter().filter(|state| grown.contains(state.name())) {
            let worker = Worker { shared: shared.clone(), state };
            match folders::look(&worker).await {
                Ok(others) => drop(locked(heard).others.insert(worker.account().to_string(), others)),
                Err(problem) => worker.failed(problem),
            }
        }
        new.extend(follow(shared, watcher.as_deref_mut(), heard).await.new);
    }
    look(shared, new, true).await
}

/// The directories in which Maildirs may appear: that of each account, and all below it.
fn trees(
    roots: &HashMap<String, PathBuf>,
    places: &HashMap<PathBuf, MailboxId>,
    others: &HashMap<String, Vec<PathBuf>>,
) -> HashMap<PathBuf, String> {
    let mut trees = HashMap::new();
    for (account, root) in roots {
        let others = others.get(account).into_iter().flatten();
        for place in places.keys().filter_map(|dir| dir.parent()).chain(others.map(PathBuf::as_path)) {
            for dir in place.ancestors().take_while(|dir| dir.starts_with(root)) {
                if trees.insert(dir.to_path_buf(), account.clone()).is_some() {
                    break;
                }
            }
        }
    }
    trees
}

/// Watches every mailbox's directories, and no others.
async fn follow(
    shared: &Arc<Shared>,
    watcher: Option<&mut notify::RecommendedWatcher>,
    heard: &Mutex<Heard>,
) -> Followed {
    let nothing = |can_hear| Followed { can_hear, new: HashSet::new() };
    let places = shared.db(|store| {
        let (mut places, mut roots) = (HashMap::new(), HashMap::new());
        for mailbox in store.mailboxes(None)? {
            places.extend(store.watched_dirs(mailbox.id)?.map(|dir| (dir, mailbox.id)));
            roots.insert(mailbox.account.clone(), store.account_dir(&mailbox.account));
        }
        Ok((places, roots))
    });
    let Ok((places, roots)) = places.await else { return nothing(false) };
    let (before, trees_before) = {
        let mut heard = locked(heard);
        let trees = trees(&roots, &places, &heard.others);
        // Known before it is heard of.
        (std::mem::replace(&mut heard.places, places.clone()), std::mem::replace(&mut heard.trees, trees))
    };
    let trees = locked(heard).trees.clone();
    if before == places && trees_before == trees {
        return nothing(watcher.is_some());
    }
    let Some(watcher) = watcher else { return nothing(false) };
    let mut all = true;
    let is_kept = |dir: &&PathBuf| places.contains_key(*dir) || trees.contains_key(*dir);
    before.keys().chain(trees_before.keys()).filter(|dir| !is_kept(dir)).for_each(|dir| drop(watcher.unwatch(dir)));
    let mut new = HashSet::new();
    let new_places = places.iter().filter(|(dir, _)| !before.contains_key(*dir)).map(|(dir, id)| (dir, Ok(*id)));
    let new_trees = trees.iter().filter(|(dir, _)| !trees_before.contains_key(*dir)).map(|(dir, of)| (dir, Err(of)));
    for (dir, what) in new_places.chain(new_trees) {
        match watcher.watch(dir, RecursiveMode::NonRecursive) {
            Ok(()) => match what {
                Ok(id) => drop(new.insert(id)),
                // What came there before it could be heard.
                Err(account) => drop(locked(heard).grown.insert(account.clone())),
            },
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
    for state in shared.all_accounts() {
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
