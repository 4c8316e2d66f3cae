//! Messages over one connection, a batch at a time ([`Pace`](super::pace::Pace)). A batch's steps are durable for all of
//! it at once: that it was taken on, and what became of each. Of a single message, or of the first, the state is
//! `Sending` until the server waits for its bytes, and `Unknown` from then on. Of a larger batch every message is
//! `Unknown` from before the first byte of the first: this is recorded while the batch before it is still being sent,
//! so that neither waits for the other. A crash then leaves in doubt at most two batches, which is two moments.
//!
//! A batch that was taken on is always brought to its end by [`send`] and [`turn`]: what was not sent waits again.

use super::in_hand::InHand;
use super::kept::Kept;
use super::outcome::{Settled, asked, later, not_sent, settle};
use crate::protocol::Error;
use crate::protocol::smtp::{Letter, Post, SubmissionEnvelope, SubmitError};
use crate::service::account::worker::Worker;
use crate::service::event::Event;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{OutboxChange, OutboxItem, OutboxState, Store};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// An entry on its way.
struct Task {
    item: OutboxItem,
    letter: Letter,
    /// Whom RCPT asks for.
    recipients: Vec<String>,
    in_hand: InHand,
}

impl Task {
    fn post(&self) -> Post<'_> {
        let report = self.item.report.then_some(self.item.message_id.as_str());
        let envelope =
            SubmissionEnvelope { reverse_path: &self.item.reverse_path, recipients: &self.recipients, report };
        Post { envelope, letter: &self.letter }
    }
}

/// Entries that were taken on.
#[derive(Default)]
pub(super) struct Batch {
    tasks: Vec<Task>,
    /// Whether each is `Unknown` on the disk.
    is_marked: AtomicBool,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }
}

/// What became of a batch. Not on the disk yet: its entries are in hand until they are.
#[derive(Default)]
pub(super) struct Fates {
    pub changes: Vec<OutboxChange>,
    /// Those that the server took, for whomever: they belong into Sent.
    pub taken: Vec<i64>,
    /// The server could not be reached: the rest would fare no better.
    pub problem: Option<Problem>,
    /// How many messages were sent in what time.
    pub pace: (usize, Duration),
    tasks: Vec<Task>,
}

/// How entries are taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taking {
    /// For the first bytes the connection is yet to be made: they are marked when the server waits.
    Sending,
    /// As what they will be the moment that they go.
    Marked,
}

/// Records what became of a batch, and takes on those of the entries that still wait and nobody else sends.
///
/// # Errors
/// What disk or database say.
pub(super) async fn turn(worker: &Worker, fates: Fates, items: Vec<OutboxItem>, taking: Taking) -> Result<Batch> {
    let Fates { changes, tasks: done, .. } = fates;
    let hold = |item: OutboxItem| InHand::take(&worker.shared, item.id).map(|in_hand| (item, in_hand));
    let held: Vec<(OutboxItem, InHand)> = items.into_iter().filter_map(hold).collect();
    tell(worker, &changes);
    let to = match taking {
        Taking::Sending => OutboxState::Sending,
        Taking::Marked => OutboxState::Unknown,
    };
    let work = move |store: &Store| {
        let outbox = store.outbox();
        let waiting = held.iter().map(|(item, _)| (item.id, item.state.clone()));
        let waiting: Vec<_> = waiting.filter(|(_, s)| matches!(s, OutboxState::Waiting { .. })).collect();
        let mut taken: HashMap<i64, PathBuf> = outbox.turn(&changes, &waiting, &to)?.into_iter().collect();
        let mut tasks = Vec::with_capacity(taken.len());
        for (item, in_hand) in held {
            let Some(path) = taken.remove(&item.id) else { continue };
            match letter(&path, &item).map_err(|e| crate::storage::Error::io(&path, e)) {
                Ok(letter) => {
                    let recipients = asked(&item.recipients);
                    tasks.push(Task { item, letter, recipients, in_hand });
                }
                Err(error) => {
                    // Without its bytes it cannot be sent, and the others can.
                    let state = OutboxState::Refused { reply: error.to_string() };
                    outbox.set_state(item.id, &state, None)?;
                }
            }
        }
        Ok(tasks)
    };
    let tasks = worker.shared.db(work).await?;
    let ids: Vec<i64> = done.iter().chain(&tasks).map(|task| task.item.id).collect();
    drop(done);
    ids.into_iter().for_each(|id| worker.shared.emit(Event::Outbox { id }));
    Ok(Batch { tasks, is_marked: AtomicBool::new(taking == Taking::Marked) })
}

/// The message, measured when it was queued; else now.
fn letter(path: &Path, item: &OutboxItem) -> io::Result<Letter> {
    let measures = item.measures.as_deref().and_then(|json| serde_json::from_str(json).ok());
    match measures {
        Some(measures) => Letter::measured(path, measures),
        None => Letter::file(path),
    }
}

/// Sends a batch; nothing of it where it is known already that the server cannot be reached.
pub(super) async fn send(worker: &Worker, kept: &mut Kept, batch: Batch, mut problem: Option<Problem>) -> Fates {
    let begun = Instant::now();
    let mut fates = Fates::default();
    let (mut sent, mut tasks) = (0_usize, batch.tasks.iter().peekable());
    while let Some(task) = tasks.next() {
        let now = worker.shared.now();
        let next = tasks.peek().copied().filter(|next| !is_given_up(worker, next));
        let settled = match &problem {
            Some(problem) => unreached(&task.item, problem, now),
            None if is_given_up(worker, task) => waiting_again(&task.item),
            None => match one(worker, kept, &batch, task, next).await {
                Ok(settled) => settled,
                Err(unreachable) => {
                    let settled = unreached(&task.item, &unreachable, now);
                    problem = Some(unreachable);
                    settled
                }
            },
        };
        let Settled { state, recipients, taken } = settled;
        if taken {
            fates.taken.push(task.item.id);
        }
        sent = sent.saturating_add(1);
        fates.changes.push(OutboxChange { id: task.item.id, state, recipients: Some(recipients) });
    }
    Fates { problem, pace: (sent, begun.elapsed()), tasks: batch.tasks, ..fates }
}

fn is_given_up(worker: &Worker, task: &Task) -> bool {
    task.in_hand.is_unwanted() || worker.shared.is_ended(&worker.state)
}

/// One message; over a new connection where the old one turns out to have ended.
///
/// # Errors
/// The server could not be reached or did not let us in.
async fn one(worker: &Worker, kept: &mut Kept, batch: &Batch, task: &Task, next: Option<&Task>) -> Result<Settled> {
    let (item, attempts) = (&task.item, attempts(&task.item));
    loop {
        let connecting = async {
            tokio::select! {
                ready = kept.session(worker) => ready.map(Some),
                () = unwanted(worker, task) => Ok(None),
            }
        };
        let Some((session, is_stale)) = connecting.await? else { return Ok(waiting_again(item)) };
        let end = session.end_watch();
        let next = next.map(Task::post);
        let result = tokio::select! {
            result = session.submit_and_go_on(task.post(), next, mark(worker, batch), |_, _| {}) => Some(result),
            // Without its end a message is nobody's.
            () = async {
                unwanted(worker, task).await;
                while end.is_on_its_way() {
                    std::future::pending::<()>().await;
                }
            } => None,
        };
        let now = worker.shared.now();
        let Some(result) = result else { return Ok(waiting_again(item)) };
        let has_reports = session.limits().dsn;
        let settled = match result {
            Ok(outcome) => settle(item.recipients.clone(), outcome, attempts, now),
            Err(SubmitError::NotSent(error)) if is_stale && is_of_connection(&error) => continue,
            Err(SubmitError::NotSent(error)) => not_sent(item.recipients.clone(), error, attempts, now),
            Err(SubmitError::Unknown(error)) => {
                tracing::warn!(account = worker.account(), id = item.id, %error, "whether a message was sent is unknown");
                worker.failed(Problem::new(ProblemKind::UnknownOutcome, error.to_string()));
                Settled { state: OutboxState::Unknown, recipients: item.recipients.clone(), taken: false }
            }
        };
        kept.used(now);
        if settled.taken && item.report && !has_reports {
            let server = worker.state.account.outgoing.host.clone();
            worker.failed(Problem::new(ProblemKind::NoReports { server }, ""));
        }
        return Ok(settled);
    }
}

/// Ready when the message shall not be sent after all, or not now.
async fn unwanted(worker: &Worker, task: &Task) {
    tokio::select! {
        () = task.in_hand.unwanted() => {}
        () = worker.shared.ended(&worker.state) => {}
    }
}

/// The server waits for the first message of the batch: from now on nobody knows of any of it.
async fn mark(worker: &Worker, batch: &Batch) -> io::Result<()> {
    if batch.is_marked.load(Ordering::Relaxed) {
        return Ok(());
    }
    let sending: Vec<_> = batch.tasks.iter().map(|task| (task.item.id, OutboxState::Sending)).collect();
    let marked = worker.shared.db(move |store| store.outbox().advance_all(&sending, &OutboxState::Unknown)).await;
    if marked.map_err(io::Error::other)?.len() < batch.tasks.len() {
        return Err(io::Error::other("an entry of the Outbox has changed"));
    }
    batch.is_marked.store(true, Ordering::Relaxed);
    Ok(())
}

/// The connection had ended, as servers do after so many messages or so long a time, and nothing was handed over.
fn is_of_connection(error: &Error) -> bool {
    match error {
        Error::Closed | Error::Io(_) | Error::TimedOut { .. } => true,
        Error::Refused { reply, .. } => reply.starts_with("421"),
        _ => false,
    }
}

fn attempts(item: &OutboxItem) -> u32 {
    if let OutboxState::Waiting { attempts, .. } = item.state { attempts } else { 0 }
}

/// As it was: nothing was tried.
fn waiting_again(item: &OutboxItem) -> Settled {
    Settled { state: item.state.clone(), recipients: item.recipients.clone(), taken: false }
}

fn unreached(item: &OutboxItem, problem: &Problem, now: i64) -> Settled {
    let state = later(Some(problem.detail.clone()), attempts(item), now);
    Settled { state, recipients: item.recipients.clone(), taken: false }
}

/// Tells of what people must know.
fn tell(worker: &Worker, changes: &[OutboxChange]) {
    for change in changes {
        match &change.state {
            OutboxState::Refused { reply } => {
                let recipients = change.recipients.as_deref().unwrap_or_default();
                let refused = recipients.iter().filter(|r| super::outcome::is_refused(r)).count() as u64;
                let kind = ProblemKind::SomeRefused { refused, total: recipients.len() as u64 };
                worker.failed(Problem::new(kind, reply.clone()));
            }
            OutboxState::Waiting { reason: Some(reason), .. } => {
                tracing::info!(account = worker.account(), id = change.id, reason, "not sent yet");
            }
            _ => {}
        }
    }
}
