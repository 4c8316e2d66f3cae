//! The beginning: the profile is opened, what a crash left is put in order, and the accounts' tasks begin.

use super::account::worker::Worker;
use super::account::{self};
use super::event::Event;
use super::handle::Handle;
use super::model::{Account, Preferences, Protocol, Role};
use super::platform::{Mode, Platform};
use super::problem::Problem;
use super::problem_from::{of_join, of_storage};
use super::state::{AccountState, Result, Shared};
use super::{foreign, submission, undo};
use crate::mail::ids::{MailboxId, MessageId};
use crate::storage::{self, OpKind, Operation, Profile, Settings, Store};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Opens the profile and starts the service on the current tokio runtime.
///
/// # Errors
/// [`ProblemKind::Locked`](super::ProblemKind::Locked) where another Postwren works on the profile, or what its
/// disk says.
pub async fn start(platform: Platform, mode: Mode) -> Result<Handle, Problem> {
    let place = platform.profile.clone();
    let now = (platform.clock)();
    let opened = tokio::task::spawn_blocking(move || open(place, now)).await.map_err(of_join)?;
    let (store, settings) = opened.map_err(of_storage)?;
    let needs_rebuild = store.needs_rebuild();
    let shared = Arc::new(Shared::new(platform, mode, store, settings.preferences));
    for (position, account) in settings.accounts.into_iter().enumerate() {
        put(&shared, account, position).await?;
    }
    // Not among the tasks that are waited for at the end: it has none.
    let (sink, mut stop) = (shared.transcripts.clone(), shared.stop.subscribe());
    tokio::spawn(async move {
        tokio::select! {
            () = sink.run() => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    });
    if needs_rebuild && mode == Mode::Batch {
        rebuild(&shared).await?;
    }
    if mode == Mode::Interactive {
        let begin = shared.clone();
        shared.spawn(async move {
            if needs_rebuild && let Err(problem) = rebuild(&begin).await {
                begin.emit(Event::Failed(problem));
            }
            begin.spawn(super::search::watch(begin.clone()));
            begin.spawn(super::arrival::watch(begin.clone()));
            begin.spawn(super::foreign::watch(begin.clone()));
            begin.spawn(super::network::watch(begin.clone()));
            begin.accounts_in_order().into_iter().for_each(|state| begin_tasks(&begin, state));
        });
    }
    Ok(Handle::new(shared))
}

fn open(place: std::path::PathBuf, now: i64) -> storage::Result<(Store, Settings<Preferences>)> {
    let profile = Profile::open(place)?;
    let settings = storage::settings::load::<Preferences>(&profile)?;
    let store = Store::open(&profile)?;
    submission::recover(&store, now)?;
    account::renames::show_recorded(&store)?;
    compare_unsettled(&store, &settings.accounts)?;
    release_held(&store)?;
    store.undo_log().expire(now.saturating_sub(undo::KEPT))?;
    Ok((store, settings))
}

/// Where a message that something waits for is not where it was to be shown, a crash came in between: its
/// mailboxes are compared with their directories before anybody builds on what the index says. What other programs did
/// there meanwhile is queued for the server as it always is.
fn compare_unsettled(store: &Store, accounts: &[Account]) -> storage::Result<()> {
    let mut last: HashMap<MessageId, Operation> = HashMap::new();
    for operation in store.operations().pending(None)? {
        if let Some(message) = operation.kind.message() {
            last.insert(message, operation);
        }
    }
    let mut unsettled: BTreeSet<MailboxId> = BTreeSet::new();
    for (message, operation) in last {
        let located = store.locate(message)?;
        if located.as_ref().is_some_and(|l| l.path.exists() && is_shown(store, &operation.kind, l)) {
            continue;
        }
        unsettled.extend(located.map(|l| l.mailbox));
        for path in operation.kind.paths() {
            unsettled.extend(store.find_mailbox(&operation.account, path)?.map(|m| m.id));
        }
    }
    let mailboxes = store.mailboxes(None)?;
    for account in accounts {
        let own = mailboxes.iter().filter(|mailbox| mailbox.account == account.name && unsettled.contains(&mailbox.id));
        foreign::catch_up(store, account, &own.map(|mailbox| mailbox.id).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Whether a message lies where the latest operation on it leaves it.
fn is_shown(store: &Store, kind: &OpKind, located: &storage::Located) -> bool {
    let place = match kind {
        OpKind::Expunge { .. } => return located.held,
        OpKind::Move { to, .. } | OpKind::Copy { to, .. } => to,
        OpKind::SetFlags { mailbox, .. } | OpKind::Append { mailbox, .. } => mailbox,
        _ => return true,
    };
    let found = store.find_mailbox(&located.account, place);
    matches!(found, Ok(Some(mailbox)) if mailbox.id == located.mailbox)
}

/// A deletion that was cut before it was queued did not happen.
fn release_held(store: &Store) -> storage::Result<()> {
    let held = store.held_ids()?;
    if held.is_empty() {
        return Ok(());
    }
    let expunged: HashSet<MessageId> = store
        .operations()
        .pending(None)?
        .into_iter()
        .filter_map(|op| match op.kind {
            OpKind::Expunge { message, .. } => Some(message),
            _ => None,
        })
        .collect();
    let released: Vec<MessageId> = held.into_iter().filter(|id| !expunged.contains(id)).collect();
    store.unhold(&released)
}

async fn rebuild(shared: &Arc<Shared>) -> Result<()> {
    let sink = shared.clone();
    let mut told = std::time::Instant::now();
    let progress = move |mailbox, _: u64, _: u64| {
        if told.elapsed().as_millis() > 500 {
            told = std::time::Instant::now();
            sink.emit(Event::Mailbox { id: mailbox });
        }
    };
    let mut progress = progress;
    shared.change(move |store| store.rebuild(&mut progress)).await?;
    shared.emit(Event::Lagged);
    Ok(())
}

/// Puts an account among those that are served; a POP3 account gets its mailboxes.
pub(super) async fn put(shared: &Arc<Shared>, account: Account, position: usize) -> Result<Arc<AccountState>> {
    if account.incoming.protocol != Protocol::Imap {
        let name = account.name.clone();
        shared.change(move |store| make_mailboxes(store, &name)).await?;
    }
    let transcript = shared.transcripts.transcript(&account.name);
    let state = Arc::new(AccountState::new(account, position, transcript));
    shared.put_account(state.clone());
    Ok(state)
}

/// The mailboxes that every account without folders on its server has here.
fn make_mailboxes(store: &Store, account: &str) -> storage::Result<()> {
    for role in [Role::Inbox, Role::Drafts, Role::Sent, Role::Archive, Role::Junk, Role::Trash] {
        submission::role_mailbox(store, account, role, false)?;
    }
    Ok(())
}

/// Begins what an account does by itself.
pub(super) fn begin_tasks(shared: &Arc<Shared>, state: Arc<AccountState>) {
    let only = &shared.platform.only;
    let is_meant = only.is_empty() || only.iter().any(|name| name == state.name());
    if shared.mode == Mode::Interactive && is_meant && !shared.is_ended(&state) {
        let worker = Worker { shared: shared.clone(), state };
        shared.spawn(submission::watch(worker.clone()));
        shared.spawn(account::watch(worker));
    }
}
