//! Mailboxes that the person pinned: each has a connection that waits for its news, as the Inbox has. Those for
//! which there is no room are polled with the rest.

use super::board::Work;
use super::crew;
use super::cycle::{SLICE, is_over, synchronise};
use super::limit::Limit;
use super::line::Line;
use super::sync::Scope;
use super::watch::{PROBE, dead};
use super::worker::Worker;
use crate::mail::mailbox::MailboxPath;
use crate::service::Mode;
use crate::service::backoff::reconnect_after;
use crate::service::model::SyncSummary;
use crate::service::state::Result;
use std::time::Duration;
use tokio::time::sleep;

/// Between two looks at a mailbox of which nothing was announced.
const AGAIN: Duration = Duration::from_secs(15 * 60);
/// Between two looks where the server has no IDLE.
const NOOP: Duration = Duration::from_secs(60);
/// After so many failures in a row the mailbox is polled until the next round of the first connection.
const MOST_FAILURES: u32 = 3;

/// Sees to it that every pinned mailbox is watched for which there is room.
pub(super) fn muster(worker: &Worker) {
    if worker.shared.mode != Mode::Interactive {
        return;
    }
    let pinned = worker.state.account.pinned.iter().filter(|path| !path.is_inbox());
    for path in pinned.take(worker.state.pool.shares().pinned) {
        let Some(post) = worker.state.pool.pin(path) else { continue };
        let (task, path) = (worker.clone(), path.clone());
        worker.shared.spawn(async move {
            let watching = async {
                let _working = task.state.working.read().await;
                watch(&task, &path).await;
            };
            tokio::select! {
                () = watching => {}
                () = task.shared.ended(&task.state) => {}
            }
            drop(post);
        });
    }
}

async fn watch(worker: &Worker, path: &MailboxPath) {
    let mut failures = 0;
    while failures < MOST_FAILURES {
        match live(worker, path, &mut failures).await {
            // There is no room, or no such mailbox.
            Ok(()) => return,
            Err(problem) => {
                failures = failures.saturating_add(1);
                tracing::info!(account = worker.account(), %path, %problem, "a pinned mailbox is not watched");
                sleep(reconnect_after(failures)).await;
            }
        }
    }
}

/// One connection's life.
async fn live(worker: &Worker, path: &MailboxPath, failures: &mut u32) -> Result<()> {
    // Before there is anything to cut, and until the end: a cut at any moment is heard.
    let mut network = worker.shared.network.listen();
    let Some(mut line) = Line::another(&worker.shared, &worker.state).await? else { return Ok(()) };
    let served = tokio::select! {
        served = serve(worker, &mut line, path, failures) => served,
        () = network.cut() => Err(dead(worker)),
    };
    if served.is_ok() {
        line.close().await;
    }
    served
}

/// Ends without trouble where there is no such mailbox any more.
async fn serve(worker: &Worker, line: &mut Line, path: &MailboxPath, failures: &mut u32) -> Result<()> {
    let board = &worker.state.board;
    loop {
        let (account, wanted) = (worker.account().to_string(), path.clone());
        let found = worker.shared.db(move |store| store.find_mailbox(&account, &wanted)).await?;
        let Some(stored) = found.filter(|s| s.meta.selectable) else { return Ok(()) };
        let id = stored.id;
        let hand = board.claim(id).await;
        let limit = Limit::new(board, &hand.wanted).most(SLICE);
        let work = Work { stored, status: None, held: None, changed: true };
        match synchronise(worker, line, &work, Scope::One, limit, &mut SyncSummary::default()).await {
            Ok(true) => drop(hand),
            Ok(false) => {
                board.put([work]);
                drop(hand);
                crew::muster(worker);
            }
            Err(problem) if is_over(line, &problem) => return Err(problem),
            // Told already; tried again when there is news.
            Err(_) => drop(hand),
        }
        crew::settle(worker);
        *failures = 0;
        let _watched = board.watch(id);
        let (mut network, mut silent) = (worker.shared.network.listen(), worker.shared.network.listen());
        let cancel = async {
            tokio::select! {
                () = sleep(AGAIN) => {}
                () = network.changed() => {}
            }
        };
        let woken = tokio::select! {
            woken = line.session.wait(NOOP, cancel) => woken,
            // The end of IDLE is what a line that is alive answers.
            () = silent.dead(PROBE) => return Err(dead(worker)),
        };
        woken.map_err(|e| line.problem(e))?;
        line.session.take_changes();
    }
}
