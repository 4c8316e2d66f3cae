//! The life of an account's task: connect, synchronise, wait for news (IDLE in the Inbox, or polling),
//! and after every cut come back, later each time.

use super::cycle::{SLICE, is_over, round};
use super::line::{Line, wire_name};
use super::pool::Kind;
use super::sync::Scope;
use super::worker::Worker;
use super::{crew, operations, pinned, pop3};
use crate::mail::mailbox::MailboxPath;
use crate::protocol::Error;
use crate::protocol::imap::Wake;
use crate::service::backoff::reconnect_after;
use crate::service::foreign;
use crate::service::model::{Connection, Protocol, SyncSummary};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::problem_from::of_protocol;
use crate::service::state::Result;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// Between two looks at the mailboxes that IDLE does not watch.
const POLL: Duration = Duration::from_secs(120);
/// Between two looks at everything, flags of servers without CONDSTORE among it.
const FULL: Duration = Duration::from_secs(15 * 60);
/// Between two looks where the server has no IDLE.
const NOOP: Duration = Duration::from_secs(60);
/// For a line to prove that it is alive, after the network changed.
pub(super) const PROBE: Duration = Duration::from_secs(8);
/// Of downloading, before the only connection looks at the Inbox again.
const TURN: Duration = Duration::from_secs(20);
/// Between two visits of a POP3 server.
const POP3: Duration = Duration::from_secs(5 * 60);

/// Works for the account until it ends.
pub(in crate::service) async fn watch(worker: Worker) {
    let work = async {
        let _working = worker.state.working.read().await;
        live(&worker).await;
    };
    tokio::select! {
        () = worker.shared.ended(&worker.state) => {}
        () = work => {}
    }
}

async fn live(worker: &Worker) {
    let mut failures = 0_u32;
    // What was done while nobody listened.
    if let Err(problem) = foreign::look(worker).await {
        worker.failed(problem);
    }
    let mut network = worker.shared.network.listen();
    loop {
        let result = match worker.state.account.incoming.protocol {
            Protocol::Imap => imap(worker, &mut failures).await,
            Protocol::Pop3 | Protocol::Smtp => visit(worker, &mut failures).await,
        };
        let Err(problem) = result else { continue };
        failures = failures.saturating_add(1);
        let wait = reconnect_after(failures).max(least_wait(&problem)).min(most_wait(&problem));
        let retry_at = worker.shared.now().saturating_add(i64::try_from(wait.as_secs()).unwrap_or(0));
        let problem = problem.of(worker.account());
        if worker.state.pool.shares().look == 0 {
            worker.state.board.refuse_urgent(&problem);
        }
        tracing::info!(account = worker.account(), %problem, ?wait, "connection lost");
        worker.shared.set_connection(&worker.state, Connection::Failed { problem, retry_at: Some(retry_at) });
        tokio::select! {
            () = sleep(wait) => {}
            () = worker.state.refresh.notified() => {}
            () = network.changed() => failures = 0,
        }
    }
}

/// A connection that the network took away.
pub(super) fn dead(worker: &Worker) -> Problem {
    of_protocol(Error::Closed, &worker.state.account.incoming)
}

/// A refused password does not get better by asking every few seconds, and locks accounts.
fn least_wait(problem: &Problem) -> Duration {
    match problem.kind {
        ProblemKind::Authentication { .. } | ProblemKind::Certificate { .. } | ProblemKind::NoSecret => {
            Duration::from_secs(60)
        }
        // Another program may be at it for minutes.
        ProblemKind::InUse { .. } => Duration::from_secs(30),
        _ => Duration::ZERO,
    }
}

/// Some trouble ends by itself and nobody tells: the person signs in to the network, or a cable is plugged in.
fn most_wait(problem: &Problem) -> Duration {
    match problem.kind {
        ProblemKind::CaptivePortal { .. } | ProblemKind::Offline => Duration::from_secs(20),
        _ => Duration::MAX,
    }
}

/// One visit of a POP3 server, and the pause after it.
async fn visit(worker: &Worker, failures: &mut u32) -> Result<()> {
    {
        let _visit = worker.state.visit.lock().await;
        worker.shared.set_connection(&worker.state, Connection::Connecting);
        let mut network = worker.shared.network.listen();
        let mut summary = SyncSummary::default();
        tokio::select! {
            done = pop3::round(worker, &mut summary) => done?,
            () = network.cut() => return Err(dead(worker)),
        }
    }
    let mut network = worker.shared.network.listen();
    *failures = 0;
    worker.shared.set_connection(&worker.state, Connection::Synchronised { at: worker.shared.now() });
    let end = Instant::now() + POP3;
    loop {
        let due = pop3::local_operations(worker, &mut SyncSummary::default()).await?;
        tokio::select! {
            () = sleep_until(end) => return Ok(()),
            () = worker.state.refresh.notified() => return Ok(()),
            () = worker.state.work.notified() => {}
            () = until(worker, due) => {}
            () = network.cut() => return Ok(()),
        }
    }
}

/// One connection's life; it ends with what ended it.
async fn imap(worker: &Worker, failures: &mut u32) -> Result<()> {
    worker.shared.set_connection(&worker.state, Connection::Connecting);
    // One ear for the whole life: two with a moment between them would miss the cut that falls into it.
    let mut network = worker.shared.network.listen();
    let mut line = Line::connect(&worker.shared, &worker.state).await?;
    tokio::select! {
        ended = serve(worker, &mut line, failures) => ended.map(|never| match never {}),
        () = network.cut() => Err(dead(worker)),
    }
}

/// Synchronises, waits, and synchronises again, until the connection is over.
async fn serve(worker: &Worker, line: &mut Line, failures: &mut u32) -> Result<Infallible> {
    let mut scope = Scope::Full;
    let mut full_at = Instant::now() + FULL;
    let mut all_at = Instant::now() + POLL;
    loop {
        worker.shared.set_connection(&worker.state, Connection::Synchronising);
        if scope != Scope::One
            && let Err(problem) = foreign::look(worker).await
        {
            // Not everything can be heard of everywhere: a file system of another machine tells nothing.
            worker.failed(problem);
        }
        let synchronised = round(worker, line, scope, &mut SyncSummary::default()).await;
        let now = Instant::now();
        match scope {
            Scope::Full => (full_at, all_at) = (now + FULL, now + POLL),
            Scope::Poll => all_at = now + POLL,
            Scope::One => {}
        }
        match synchronised {
            Err(problem) if is_over(line, &problem) => return Err(problem),
            // One mailbox failed, and the person was told; the others are in step.
            _ => {}
        }
        *failures = 0;
        pinned::muster(worker);
        crew::settle(worker);
        scope = wait(worker, line, full_at, all_at).await?;
    }
}

/// Waits for a reason to synchronise; operations are carried out meanwhile.
async fn wait(worker: &Worker, line: &mut Line, full_at: Instant, all_at: Instant) -> Result<Scope> {
    loop {
        let Turn { due, more } = turn(worker, line).await?;
        if more {
            return Ok(if Instant::now() >= all_at { Scope::Poll } else { Scope::One });
        }
        match idle(worker, line, full_at, all_at, due).await? {
            None => return Ok(Scope::One),
            Some(Reason::Refresh) => return Ok(Scope::Full),
            Some(Reason::Time) if Instant::now() >= full_at => return Ok(Scope::Full),
            Some(Reason::Time | Reason::Network) => return Ok(Scope::Poll),
            Some(Reason::Work) => {}
        }
    }
}

/// What the first connection did beside watching.
struct Turn {
    /// When the next operation is due.
    due: Option<i64>,
    /// Whether more is to be done, once the Inbox was looked at.
    more: bool,
}

/// Carries out what is queued; and where no other connection is there for it, serves what the person asks for, and
/// downloads in small pieces.
async fn turn(worker: &Worker, line: &mut Line) -> Result<Turn> {
    let end = Instant::now() + TURN;
    let (board, pool) = (&worker.state.board, &worker.state.pool);
    loop {
        let due = operations::run(worker, line, &mut SyncSummary::default()).await?;
        while !pool.is_staffed(Kind::Look)
            && let Some(urgent) = board.next_urgent()
        {
            crew::serve_urgent(worker, line, urgent).await?;
        }
        let is_alone = pool.shares().look == 0;
        if !is_alone || !crew::download(worker, line, Some(SLICE), true).await? {
            return Ok(Turn { due, more: false });
        }
        if Instant::now() >= end {
            return Ok(Turn { due, more: true });
        }
    }
}

/// Why waiting ended, other than by news of the Inbox.
enum Reason {
    Refresh,
    Work,
    Time,
    /// The network changed, and the line is alive all the same.
    Network,
}

/// Waits in the Inbox; none where it changed.
async fn idle(
    worker: &Worker,
    line: &mut Line,
    full_at: Instant,
    all_at: Instant,
    due: Option<i64>,
) -> Result<Option<Reason>> {
    let (account, inbox) = (worker.account().to_string(), MailboxPath("INBOX".into()));
    let inbox = worker.shared.db(move |store| store.find_mailbox(&account, &inbox)).await?;
    let mut watched = None;
    if let Some(inbox) = inbox {
        let selected = line.ensure_selected(&wire_name(&inbox.meta)).await.map_err(|e| line.problem(e))?;
        // What came after the Inbox was synchronised and before it was opened here is told to nobody.
        let now = (selected.exists, selected.uid_next);
        let seen = worker.state.memory().seen.insert(inbox.id, now);
        if seen.is_some_and(|seen| seen != now) {
            return Ok(None);
        }
        watched = line.has("IDLE").then(|| worker.state.board.watch(inbox.id));
    }
    let (mut network, mut silent) = (worker.shared.network.listen(), worker.shared.network.listen());
    let mut reason = Reason::Time;
    let cancel = async {
        reason = tokio::select! {
            () = worker.state.refresh.notified() => Reason::Refresh,
            () = worker.state.work.notified() => Reason::Work,
            () = until(worker, due) => Reason::Work,
            () = sleep_until(full_at.min(all_at)) => Reason::Time,
            () = network.changed() => Reason::Network,
        };
    };
    let woken = tokio::select! {
        woken = line.session.wait(NOOP, cancel) => woken,
        // The end of IDLE is what a line that is alive answers.
        () = silent.dead(PROBE) => return Err(dead(worker)),
    };
    drop(watched);
    match woken.map_err(|e| line.problem(e))? {
        Wake::Changed => {
            line.session.take_changes();
            Ok(None)
        }
        Wake::Cancelled => Ok(Some(reason)),
    }
}

/// Ready at a Unix time of the platform's clock; never without one.
async fn until(worker: &Worker, due: Option<i64>) {
    match due {
        Some(due) => {
            let seconds = u64::try_from(due.saturating_sub(worker.shared.now())).unwrap_or(0);
            sleep(Duration::from_secs(seconds.max(1))).await;
        }
        None => std::future::pending().await,
    }
}
