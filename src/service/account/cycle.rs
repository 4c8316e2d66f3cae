//! One round with a server: what is queued goes there, what is new comes here.
//!
//! The first connection asks what changed and synchronises the Inbox, its newest messages only; the rest goes on the
//! [`Board`](super::board::Board), where the other connections find it. So the Inbox and the queue never wait for a
//! download. Without others (a server that lets only one in, the command line) it does everything itself.

use super::board::Work;
use super::limit::Limit;
use super::line::Line;
use super::mailboxes::{self, Target};
use super::sync::{Mailbox, Scope};
use super::worker::Worker;
use super::{crew, operations};
use crate::mail::ids::MailboxId;
use crate::mail::mailbox::MailboxPath;
use crate::protocol::imap::Status;
use crate::service::foreign;
use crate::service::model::{Connection, Protocol, SyncSummary};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::problem_from::stopped;
use crate::service::state::Result;
use std::collections::HashSet;
use std::sync::atomic::Ordering;

/// Messages that the first connection fetches at once; more of them are for the others.
pub(super) const SLICE: usize = 100;
/// Mailboxes with so few new messages are not worth another connection.
const FEW: u64 = 20;
/// So many mailboxes are asked one by one, where the server has no LIST-STATUS (RFC 5819), before the Inbox is watched
/// again; of more than these the other connections ask.
const SHORT: usize = 30;
/// So many of the small ones in one round.
const SMALL: usize = 4;
/// Mailboxes with so many are worth one more in a single round,
const HEAVY: u64 = 100;
/// and so are so many mailboxes that have any.
const MANY: usize = 25;

/// One complete round, with connections of its own: receive, and carry out what is queued.
pub(in crate::service) async fn once(worker: &Worker) -> Result<SyncSummary> {
    let _working = worker.state.working.read().await;
    let mut summary = SyncSummary::default();
    worker.shared.set_connection(&worker.state, Connection::Connecting);
    let work = async {
        foreign::look(worker).await?;
        match worker.state.account.incoming.protocol {
            Protocol::Imap => imap(worker, &mut summary).await,
            Protocol::Pop3 | Protocol::Smtp => {
                let _visit = worker.state.visit.lock().await;
                crate::service::account::pop3::round(worker, &mut summary).await
            }
        }
    };
    let result = tokio::select! {
        result = work => result,
        () = worker.shared.ended(&worker.state) => Err(stopped()),
    };
    let connection = match &result {
        Ok(()) => Connection::Synchronised { at: worker.shared.now() },
        Err(problem) => Connection::Failed { problem: problem.clone(), retry_at: None },
    };
    worker.shared.set_connection(&worker.state, connection);
    result.map(|()| summary).map_err(|problem| problem.of(worker.account()))
}

/// Carries out what is queued, and nothing else.
pub(in crate::service) async fn operations_only(worker: &Worker) -> Result<()> {
    let _working = worker.state.working.read().await;
    let mut summary = SyncSummary::default();
    if worker.state.account.incoming.protocol != Protocol::Imap {
        return crate::service::account::pop3::local_operations(worker, &mut summary).await.map(drop);
    }
    let work = async {
        let mut line = Line::connect(&worker.shared, &worker.state).await?;
        let result = operations::run(worker, &mut line, &mut summary).await;
        line.close().await;
        result.map(drop)
    };
    tokio::select! {
        result = work => result,
        () = worker.shared.ended(&worker.state) => Err(stopped()),
    }
}

/// Everything, and at the end of it everything is done.
async fn imap(worker: &Worker, summary: &mut SyncSummary) -> Result<()> {
    let mut line = Line::connect(&worker.shared, &worker.state).await?;
    worker.shared.set_connection(&worker.state, Connection::Synchronising);
    let mut work = async || {
        operations::run(worker, &mut line, summary).await?;
        let targets = mailboxes::refresh(worker, &mut line).await?;
        let heavy = targets.iter().filter(|t| news(t) > HEAVY).count();
        let small = targets.iter().filter(|t| (1..=HEAVY).contains(&news(t))).count();
        let up = |t: Target| Work { stored: t.stored, status: t.status, held: t.held, changed: false };
        worker.state.board.put(targets.into_iter().map(up));
        let others = heavy.saturating_sub(1).saturating_add(small / MANY).min(worker.state.pool.shares().bulk);
        let others = futures::future::join_all((0..others).map(|_| help(worker)));
        let (mine, others) = tokio::join!(work_off(worker, &mut line, summary), others);
        for other in others {
            summary.add(other);
        }
        // What an other gave back where its connection failed.
        let synchronised = match mine {
            Ok(()) => work_off(worker, &mut line, summary).await,
            Err(problem) => Err(problem),
        };
        if !line.session.is_broken() {
            operations::run(worker, &mut line, summary).await?;
        }
        synchronised
    };
    let result = work().await;
    if result.is_ok() {
        worker.state.accept_removals.store(false, Ordering::Relaxed);
    }
    line.close().await;
    result
}

/// One more connection for the time that there is work. What fails is left for the first.
async fn help(worker: &Worker) -> SyncSummary {
    let mut summary = SyncSummary::default();
    if let Ok(Some(mut line)) = Line::another(&worker.shared, &worker.state).await {
        // Of a mailbox's own trouble the person was told.
        let _ = work_off(worker, &mut line, &mut summary).await;
        line.close().await;
    }
    summary
}

/// Synchronises what is on the board until nothing is. Trouble with one mailbox leaves the others alone and is the
/// result in the end; trouble with the connection ends it at once.
async fn work_off(worker: &Worker, line: &mut Line, summary: &mut SyncSummary) -> Result<()> {
    let board = &worker.state.board;
    let mut first = None;
    while let Some((work, hand)) = board.next() {
        let limit = Limit::new(board, &hand.wanted);
        match synchronise(worker, line, &work, Scope::Full, limit, summary).await {
            Ok(true) => drop(hand),
            Ok(false) => board.put([work]),
            Err(problem) if is_over(line, &problem) => {
                board.put([work]);
                return Err(problem);
            }
            Err(problem) => drop(first.get_or_insert(problem)),
        }
    }
    first.map_or(Ok(()), Err)
}

/// The first connection's round. Operations first, so that what is fetched already has them; and again after, for what
/// the fetching queued.
pub(super) async fn round(worker: &Worker, line: &mut Line, scope: Scope, summary: &mut SyncSummary) -> Result<()> {
    let planning = worker.state.board.plan();
    operations::run(worker, line, summary).await?;
    let synchronised = plan(worker, line, scope, summary).await;
    if !line.session.is_broken() {
        operations::run(worker, line, summary).await?;
    }
    drop(planning);
    crew::muster(worker);
    synchronised
}

/// Synchronises the Inbox and what is small; the rest goes on the board.
async fn plan(worker: &Worker, line: &mut Line, scope: Scope, summary: &mut SyncSummary) -> Result<()> {
    let targets = match scope {
        Scope::One => inbox(worker).await?,
        Scope::Poll | Scope::Full => mailboxes::refresh(worker, line).await?,
    };
    if scope != Scope::One {
        // Of a mailbox that is gone nothing is to be told.
        let here: HashSet<MailboxId> = targets.iter().map(|t| t.stored.id).collect();
        let told: Vec<MailboxId> = worker.state.memory().told.keys().copied().collect();
        told.into_iter().filter(|id| !here.contains(id)).for_each(|id| worker.relieve(id));
    }
    let board = &worker.state.board;
    let (mut first, mut small) = (None, 0_usize);
    let is_short = targets.len() <= SHORT;
    for target in targets {
        if worker.shared.is_ended(&worker.state) {
            return Err(stopped());
        }
        let few = news(&target) <= FEW && target.stored.state.exists.is_some();
        let Target { stored, status, held } = target;
        let mut work = Work { stored, status, held, changed: scope == Scope::One };
        let is_inbox = work.stored.meta.path.is_inbox();
        if !is_inbox && work.held.is_none() {
            if work.stored.state.exists.is_none() {
                work.changed = true;
            } else if work.status.is_some() || is_short {
                // It costs nothing to know, or little.
                if is_unchanged(worker, line, &work, scope, summary).await? {
                    continue;
                }
                work.changed = true;
            }
            if !few || !work.changed || small >= SMALL {
                board.put([work]);
                continue;
            }
            small = small.saturating_add(1);
        }
        let hand = board.claim(work.stored.id).await;
        let limit = Limit::new(board, &hand.wanted).most(SLICE);
        match synchronise(worker, line, &work, scope, limit, summary).await {
            Ok(true) => drop(hand),
            Ok(false) => board.put([Work { changed: true, ..work }]),
            Err(problem) if is_over(line, &problem) => return Err(problem),
            Err(problem) => drop(first.get_or_insert(problem)),
        }
        if is_inbox {
            crew::muster(worker);
        }
    }
    first.map_or(Ok(()), Err)
}

/// How many messages more or fewer than known there are.
fn news(target: &Target) -> u64 {
    let there = target.status.and_then(|s| s.messages).map_or(0, u64::from);
    there.abs_diff(target.stored.total)
}

async fn inbox(worker: &Worker) -> Result<Vec<Target>> {
    let account = worker.account().to_string();
    let path = MailboxPath("INBOX".into());
    let found = worker.shared.db(move |store| store.find_mailbox(&account, &path)).await?;
    Ok(found.into_iter().map(|stored| Target { stored, status: None, held: None }).collect())
}

async fn is_unchanged(
    worker: &Worker,
    line: &mut Line,
    work: &Work,
    scope: Scope,
    summary: &mut SyncSummary,
) -> Result<bool> {
    let (stored, wanted) = (work.stored.clone(), Default::default());
    let limit = Limit::new(&worker.state.board, &wanted);
    Mailbox { worker, line, summary, stored, scope, limit }.is_unchanged(work.status).await
}

/// Synchronises one mailbox, which is in hand; whether to the end. Its own trouble is told once.
pub(super) async fn synchronise(
    worker: &Worker,
    line: &mut Line,
    work: &Work,
    scope: Scope,
    limit: Limit,
    summary: &mut SyncSummary,
) -> Result<bool> {
    if worker.shared.is_ended(&worker.state) {
        return Err(stopped());
    }
    let (id, status): (MailboxId, Option<Status>) = (work.stored.id, work.status);
    // As it is now: it may have waited for long.
    let stored = worker.shared.db(move |store| store.mailbox(id)).await?;
    let Some(stored) = stored.filter(|s| s.meta.selectable) else { return Ok(true) };
    let scope = if work.changed { Scope::One } else { scope };
    let mut step = Mailbox { worker, line, summary, stored, scope, limit };
    let result = match work.held.clone() {
        Some(problem) => Err(problem),
        None => step.synchronise(status).await,
    };
    let problem = match result {
        Ok(complete) => {
            let was_missing = matches!(
                worker.state.memory().told.get(&id).map(|told| &told.kind),
                Some(ProblemKind::StoreMissing { .. })
            );
            // Nothing new there says nothing about the disk here.
            if !was_missing || worker.shared.db(move |store| store.expect_there(id)).await.is_ok() {
                worker.relieve(id);
            }
            return Ok(complete);
        }
        Err(problem) => problem,
    };
    tracing::info!(account = worker.account(), mailbox = %work.stored.meta.path, %problem, "not synchronised");
    if !is_over(line, &problem) {
        // What was told is told again when it changes, not with every round.
        worker.tell(id, problem.clone());
    }
    Err(problem)
}

/// Whether a conversation cannot go on after this.
pub(super) fn is_over(line: &Line, problem: &Problem) -> bool {
    line.session.is_broken()
        || matches!(problem.kind, ProblemKind::DiskFull | ProblemKind::TooManyFiles | ProblemKind::Internal)
}
