//! Local Folders: the account that is always there. It has no server and no settings; its mailboxes are Maildirs of
//! ours as any other account's, and what is done in them is done at once. Only deletion for good waits in the queue,
//! for as long as it can be taken back.
//!
//! Mail that other programs left comes in here: [`crate::storage::Store::import`] reads and stores it, and a person
//! moves it on from here if they like.

use super::account::local_operations;
use super::account::worker::Worker;
use super::event::{Event, Progress};
use super::foreign;
use super::model::{Account, Endpoint, Import, Imported, LOCAL, Protocol, SyncSummary};
use super::problem::Problem;
use super::problem_from::{of_join, of_storage};
use super::state::{Result, Shared};
use super::submission::role_mailbox;
use crate::mail::account::Security;
use crate::mail::ids::MailboxId;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::storage::{self, MailboxMeta, Store};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Between two reports of progress, and two hints that a list changed.
const REPORT: Duration = Duration::from_millis(200);
/// The rate is the one over this long.
const RATE_WINDOW: Duration = Duration::from_secs(3);
/// After trouble, such as a full disk.
const TROUBLE: Duration = Duration::from_secs(60);

/// What it is among the accounts: one whose mailboxes are here alone.
pub(super) fn account() -> Account {
    let incoming = Endpoint { protocol: Protocol::Pop3, host: String::new(), port: 0, security: Security::Tls };
    Account { name: LOCAL.into(), incoming, ..Account::default() }
}

fn worker(shared: &Arc<Shared>) -> Worker {
    Worker { shared: shared.clone(), state: shared.local.clone() }
}

/// Takes in what other programs did to its Maildirs, and lets go what is deleted for good by now. When the next is due.
pub(super) async fn settle(shared: &Arc<Shared>) -> Result<Option<i64>> {
    let worker = worker(shared);
    foreign::look(&worker).await?;
    local_operations(&worker, &mut SyncSummary::default()).await
}

/// The same whenever something is due, while the service runs.
pub(super) async fn watch(shared: Arc<Shared>) {
    let work = async {
        loop {
            let due = match settle(&shared).await {
                Ok(due) => due,
                Err(problem) => {
                    shared.failed(&shared.local, problem);
                    sleep(TROUBLE).await;
                    continue;
                }
            };
            let seconds = due.map(|due| u64::try_from(due.saturating_sub(shared.now())).unwrap_or(0).max(1));
            tokio::select! {
                () = shared.local.work.notified() => {}
                () = sleep(Duration::from_secs(seconds.unwrap_or(0))), if seconds.is_some() => {}
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = shared.ended(&shared.local) => {}
    }
}

/// Ends the import when it goes.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub(super) async fn import(shared: &Arc<Shared>, import: Import) -> Result<Imported> {
    let Import { paths, account, mailbox, quoting } = import;
    if account != LOCAL {
        return Err(Problem::invalid(format!("{account}/{mailbox}: mail is imported into {LOCAL}/NAME")));
    }
    let stop = Stop(Arc::default());
    let (is_over, sink) = (stop.0.clone(), shared.clone());
    let mut ended = shared.stop.subscribe();
    let work = tokio::task::spawn_blocking(move || {
        let id = make(&sink.store, &mailbox)?;
        let mut report = Report::new(&sink, id, mailbox);
        let done = sink.store.import(id, &paths, quoting, &is_over, &mut |at| report.tell(at, false));
        // Also where it failed: what came before is there.
        report.finish();
        done
    });
    let done = tokio::select! {
        done = work => done.map_err(of_join)?.map_err(of_storage)?,
        _ = ended.wait_for(|stop| *stop) => return Err(super::problem_from::stopped()),
    };
    drop(stop);
    let storage::Imported { new, known, deleted, passed_over, failed, failures } = done;
    Ok(Imported { new, known, deleted, passed_over, failed, failures })
}

/// The mailbox, made where there is none, and the Trash that every account has.
fn make(store: &Store, path: &MailboxPath) -> storage::Result<MailboxId> {
    super::dispatch::check_name(path).map_err(|problem| {
        storage::Error::Invalid(match problem.kind {
            super::ProblemKind::Invalid { what } => what,
            _ => problem.detail,
        })
    })?;
    let trash = role_mailbox(store, LOCAL, Role::Trash, false)?.0;
    if trash.meta.path == *path {
        return Ok(trash.id);
    }
    if let Some(found) = store.find_mailbox(LOCAL, path)? {
        return Ok(found.id);
    }
    let (path, server_name) = (path.clone(), path.0.clone());
    let meta = MailboxMeta { path, server_name, delimiter: None, role: None, selectable: true, subscribed: true };
    store.ensure_mailbox(LOCAL, &meta)
}

/// Tells of progress, not too often.
struct Report<'a> {
    shared: &'a Shared,
    id: MailboxId,
    mailbox: MailboxPath,
    told: Option<Instant>,
    /// When how many were done.
    past: VecDeque<(Instant, u64)>,
    last: storage::ImportProgress,
}

impl<'a> Report<'a> {
    fn new(shared: &'a Shared, id: MailboxId, mailbox: MailboxPath) -> Report<'a> {
        let past = VecDeque::from([(Instant::now(), 0)]);
        let last = storage::ImportProgress { done: 0, total: 0 };
        Report { shared, id, mailbox, told: None, past, last }
    }

    fn tell(&mut self, at: storage::ImportProgress, finished: bool) {
        self.last = at;
        let now = Instant::now();
        if !finished && self.told.is_some_and(|told| now.duration_since(told) < REPORT) {
            return;
        }
        self.told = Some(now);
        self.past.push_back((now, at.done));
        while self.past.len() > 2 && self.past.front().is_some_and(|(at, _)| now.duration_since(*at) > RATE_WINDOW) {
            self.past.pop_front();
        }
        let (start, before) = self.past.front().copied().unwrap_or((now, at.done));
        let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = at.done.saturating_sub(before).saturating_mul(1000) / millis;
        let (account, mailbox) = (LOCAL.to_string(), self.mailbox.clone());
        let (done, total) = (at.done, at.total.max(at.done));
        self.shared.emit(Event::Progress(Progress { account, mailbox, done, total, rate, finished }));
        self.shared.emit(Event::Mailbox { id: self.id });
        self.shared.emit(Event::Mailboxes { account: LOCAL.into() });
    }

    fn finish(&mut self) {
        self.tell(self.last, true);
    }
}
