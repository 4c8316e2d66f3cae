//! The connections beside the first: they come when there is work, and leave when there was none for a while.

use super::board::{Urgent, Work};
use super::cycle::{is_over, synchronise};
use super::limit::Limit;
use super::line::Line;
use super::pool::{Kind, Post};
use super::sync::Scope;
use super::worker::Worker;
use super::{glance, whole};
use crate::service::Mode;
use crate::service::backoff::reconnect_after;
use crate::service::model::{Connection, SyncSummary};
use crate::service::problem::ProblemKind;
use crate::service::state::Result;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

/// A connection for what the person looks at stays so long without work.
const KEEP_LOOK: Duration = Duration::from_secs(60);
/// One that downloads.
const KEEP_BULK: Duration = Duration::from_secs(15);
/// After so many failures in a row the first connection decides how it goes on.
const MOST_FAILURES: u32 = 3;

/// Sees to it that somebody does what is to be done.
pub(in crate::service) fn muster(worker: &Worker) {
    if worker.shared.mode != Mode::Interactive || worker.shared.is_ended(&worker.state) {
        return;
    }
    let (board, pool) = (&worker.state.board, &worker.state.pool);
    let shares = pool.shares();
    if board.has_urgent() || shares.bulk == 0 && board.waiting() > 0 {
        match pool.post(Kind::Look) {
            Some(post) => enlist(worker, post, Kind::Look),
            // The first connection does it in between.
            None if !pool.is_staffed(Kind::Look) => worker.state.work.notify_one(),
            None => {}
        }
    }
    for _ in 0..board.waiting() {
        let Some(post) = pool.post(Kind::Bulk) else { break };
        enlist(worker, post, Kind::Bulk);
    }
}

fn enlist(worker: &Worker, post: Post, kind: Kind) {
    let task = worker.clone();
    worker.shared.spawn(async move {
        let work = async {
            let _working = task.state.working.read().await;
            serve(&task, kind).await
        };
        let in_peace = tokio::select! {
            in_peace = work => in_peace,
            () = task.shared.ended(&task.state) => return,
        };
        drop(post);
        settle(&task);
        if in_peace {
            // What came while this one was leaving.
            muster(&task);
        } else if !task.state.pool.is_staffed(Kind::Look) {
            task.state.work.notify_one();
        }
    });
}

/// Connects and works until there is nothing to do; false where that is not the reason to end.
async fn serve(worker: &Worker, kind: Kind) -> bool {
    let mut failures = 0;
    loop {
        let mut bell = worker.state.board.listen();
        let mut network = worker.shared.network.listen();
        let result = match Line::another(&worker.shared, &worker.state).await {
            Ok(Some(mut line)) => {
                let result = tokio::select! {
                    result = work(worker, &mut line, kind, &mut bell, &mut failures) => result,
                    () = network.cut() => Err(super::watch::dead(worker)),
                };
                // After an error nobody would answer the goodbye in time.
                if result.is_ok() {
                    line.close().await;
                }
                result
            }
            Ok(None) => return false,
            Err(problem) => {
                // Without a server: who waits shall not wait for long.
                if kind == Kind::Look {
                    worker.state.board.refuse_urgent(&problem.clone().of(worker.account()));
                }
                Err(problem)
            }
        };
        let Err(problem) = result else { return true };
        failures = failures.saturating_add(1);
        tracing::info!(account = worker.account(), ?kind, %problem, failures, "a connection was lost");
        if failures >= MOST_FAILURES {
            return false;
        }
        if failures > 1 {
            sleep(reconnect_after(failures)).await;
        }
    }
}

async fn work(
    worker: &Worker,
    line: &mut Line,
    kind: Kind,
    bell: &mut watch::Receiver<u64>,
    failures: &mut u32,
) -> Result<()> {
    let keep = if kind == Kind::Look { KEEP_LOOK } else { KEEP_BULK };
    let mut until = Instant::now() + keep;
    loop {
        bell.mark_unchanged();
        if step(worker, line, kind).await? {
            *failures = 0;
            until = Instant::now() + keep;
            continue;
        }
        match timeout_at(until, bell.changed()).await {
            Ok(Ok(())) => {}
            _ => return Ok(()),
        }
    }
}

/// Does the next thing; false where there is none.
async fn step(worker: &Worker, line: &mut Line, kind: Kind) -> Result<bool> {
    let board = &worker.state.board;
    if kind == Kind::Look
        && let Some(urgent) = board.next_urgent()
    {
        serve_urgent(worker, line, urgent).await?;
        return Ok(true);
    }
    let shares = worker.state.pool.shares();
    if kind == Kind::Look && shares.bulk > 0 {
        return Ok(false);
    }
    download(worker, line, None, kind == Kind::Look).await
}

/// What the person waits for. An error where the connection failed; then the next one tries.
pub(super) async fn serve_urgent(worker: &Worker, line: &mut Line, urgent: Urgent) -> Result<()> {
    let result = match &urgent {
        Urgent::Look(id) => glance::run(worker, line, *id).await,
        Urgent::Errand(errand) => whole::run(worker, line, &errand.ids).await,
    };
    settle(worker);
    match (result, urgent) {
        (Err(problem), urgent) if is_over(line, &problem) => {
            worker.state.board.again(urgent, &problem.clone().of(worker.account()));
            Err(problem)
        }
        (result, Urgent::Errand(errand)) => {
            // Who asked may have gone.
            let _ = errand.answer.send(result.map_err(|problem| problem.of(worker.account())));
            Ok(())
        }
        // Told already.
        (_, Urgent::Look(_)) => Ok(()),
    }
}

/// Synchronises the next mailbox that waits, with `most` messages; false where none does.
pub(super) async fn download(worker: &Worker, line: &mut Line, most: Option<usize>, yields: bool) -> Result<bool> {
    let board = &worker.state.board;
    let Some((work, hand)) = board.next() else { return Ok(false) };
    let limit = Limit { most, yields, ..Limit::new(board, &hand.wanted) };
    match synchronise(worker, line, &work, Scope::Full, limit, &mut SyncSummary::default()).await {
        Ok(true) => drop(hand),
        Ok(false) => {
            board.put([Work { changed: true, ..work }]);
            drop(hand);
        }
        Err(problem) if is_over(line, &problem) => {
            board.put([work]);
            return Err(problem);
        }
        // Told already.
        Err(_) => drop(hand),
    }
    settle(worker);
    Ok(true)
}

/// Tells that everything is in step, where it is.
pub(super) fn settle(worker: &Worker) {
    let state = &worker.state;
    if !state.board.is_done() {
        return;
    }
    let held = state.memory().told.values().any(|told| matches!(told.kind, ProblemKind::Held { .. }));
    if !held {
        state.accept_removals.store(false, Ordering::Relaxed);
    }
    if state.connection() == Connection::Synchronising {
        worker.shared.set_connection(state, Connection::Synchronised { at: worker.shared.now() });
    }
}
