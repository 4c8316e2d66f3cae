//! Messages over one connection, a few at a time. Each step of a batch is one durable record for all of it: that they
//! are being sent, that nobody knows (from before the first byte of the first), and what became of each.
//!
//! A batch is as many messages as go within a moment ([`Pace`]): over a real network that is one, so that a crash
//! leaves in doubt what was in doubt; to a server next door it is many.

use super::in_hand::InHand;
use super::kept::Kept;
use super::outcome::{Settled, asked, later, not_sent, settle};
use crate::protocol::Error;
use crate::protocol::smtp::{Letter, SubmissionEnvelope, SubmitError};
use crate::service::account::worker::Worker;
use crate::service::event::Event;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{OutboxChange, OutboxItem, OutboxState};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Messages of one batch at most.
const MOST: usize = 32;
/// How long a batch may take, to be followed by a larger one.
const MOMENT: Duration = Duration::from_millis(60);

/// How many messages make the next batch.
pub(super) struct Pace(usize);

impl Pace {
    pub fn new() -> Pace {
        Pace(1)
    }
    pub fn next(&self) -> usize {
        self.0
    }
    pub fn took(&mut self, time: Duration) {
        self.0 = if time < MOMENT { self.0.saturating_mul(2).min(MOST) } else { self.0.div_ceil(4) };
    }
}

/// An entry on its way.
struct Task {
    item: OutboxItem,
    letter: Letter,
    in_hand: InHand,
}

/// What became of a batch.
#[derive(Default)]
pub(super) struct Sent {
    /// Entries and their states, durable.
    pub states: Vec<(i64, OutboxState)>,
    /// Those that the server took, for whomever: they belong into Sent.
    pub taken: Vec<i64>,
    /// The server could not be reached: the rest would fare no better.
    pub problem: Option<Problem>,
}

/// Sends those of the entries that still wait and nobody else sends.
///
/// # Errors
/// What disk or database say.
pub(super) async fn send(worker: &Worker, kept: &mut Kept, items: Vec<OutboxItem>) -> Result<Sent> {
    let begun = claim(worker, items).await?;
    let mut changes: Vec<(OutboxChange, bool)> = Vec::with_capacity(begun.len());
    let ids: Vec<i64> = begun.iter().map(|task| task.item.id).collect();
    let is_marked = AtomicBool::new(false);
    let mut problem: Option<Problem> = None;
    for task in &begun {
        worker.shared.emit(Event::Outbox { id: task.item.id });
    }
    for task in &begun {
        let now = worker.shared.now();
        let settled = match &problem {
            Some(problem) => unreached(&task.item, problem, now),
            None if is_given_up(worker, task) => waiting_again(&task.item),
            None => match one(worker, kept, task, &ids, &is_marked).await {
                Ok(settled) => settled,
                Err(unreachable) => {
                    let settled = unreached(&task.item, &unreachable, now);
                    problem = Some(unreachable);
                    settled
                }
            },
        };
        let Settled { state, recipients, taken } = settled;
        changes.push((OutboxChange { id: task.item.id, state, recipients: Some(recipients) }, taken));
    }
    let taken = changes.iter().filter(|(_, taken)| *taken).map(|(change, _)| change.id).collect();
    let states = changes.iter().map(|(change, _)| (change.id, change.state.clone())).collect();
    let changes: Vec<OutboxChange> = changes.into_iter().map(|(change, _)| change).collect();
    tell(worker, &changes);
    worker.shared.db(move |store| store.outbox().set_states(&changes)).await?;
    drop(begun);
    ids.iter().for_each(|id| worker.shared.emit(Event::Outbox { id: *id }));
    Ok(Sent { states, taken, problem })
}

/// Takes the entries: durable before anything else happens.
async fn claim(worker: &Worker, items: Vec<OutboxItem>) -> Result<Vec<Task>> {
    let hold = |item: OutboxItem| InHand::take(&worker.shared, item.id).map(|in_hand| (item, in_hand));
    let held: Vec<(OutboxItem, InHand)> = items.into_iter().filter_map(hold).collect();
    worker
        .shared
        .db(move |store| {
            let outbox = store.outbox();
            let waiting = held.iter().map(|(item, _)| (item.id, item.state.clone()));
            let waiting: Vec<_> = waiting.filter(|(_, s)| matches!(s, OutboxState::Waiting { .. })).collect();
            let claimed = outbox.advance_all(&waiting, &OutboxState::Sending)?;
            let mut tasks = Vec::with_capacity(claimed.len());
            for (item, in_hand) in held.into_iter().filter(|(item, _)| claimed.contains(&item.id)) {
                let path = outbox.path(item.id)?;
                let letter = Letter::file(&path).map_err(|e| crate::storage::Error::io(&path, e));
                match letter {
                    Ok(letter) => tasks.push(Task { item, letter, in_hand }),
                    Err(error) => {
                        // Without its bytes it cannot be sent, and the others can.
                        let state = OutboxState::Refused { reply: error.to_string() };
                        outbox.set_state(item.id, &state, None)?;
                    }
                }
            }
            Ok(tasks)
        })
        .await
}

fn is_given_up(worker: &Worker, task: &Task) -> bool {
    task.in_hand.is_unwanted() || worker.shared.is_ended(&worker.state)
}

/// One message; over a new connection where the old one turns out to have ended.
///
/// # Errors
/// The server could not be reached or did not let us in.
async fn one(worker: &Worker, kept: &mut Kept, task: &Task, batch: &[i64], is_marked: &AtomicBool) -> Result<Settled> {
    let (item, attempts) = (&task.item, attempts(&task.item));
    let recipients = asked(&item.recipients);
    let report = item.report.then_some(item.message_id.as_str());
    let envelope = SubmissionEnvelope { reverse_path: &item.reverse_path, recipients: &recipients, report };
    loop {
        let connecting = async {
            tokio::select! {
                ready = kept.session(worker) => ready.map(Some),
                () = unwanted(worker, task) => Ok(None),
            }
        };
        let Some((session, is_stale)) = connecting.await? else { return Ok(waiting_again(item)) };
        let end = session.end_watch();
        let result = tokio::select! {
            result = session.submit(&envelope, &task.letter, mark(worker, batch, is_marked), |_, _| {}) => Some(result),
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
async fn mark(worker: &Worker, batch: &[i64], is_marked: &AtomicBool) -> io::Result<()> {
    if is_marked.load(Ordering::Relaxed) {
        return Ok(());
    }
    let sending: Vec<_> = batch.iter().map(|id| (*id, OutboxState::Sending)).collect();
    let marked = worker.shared.db(move |store| store.outbox().advance_all(&sending, &OutboxState::Unknown)).await;
    if marked.map_err(io::Error::other)?.len() < batch.len() {
        return Err(io::Error::other("an entry of the Outbox has changed"));
    }
    is_marked.store(true, Ordering::Relaxed);
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

/// Measures a batch.
pub(super) async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let begun = Instant::now();
    let value = work.await;
    (value, begun.elapsed())
}
