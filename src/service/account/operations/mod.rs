//! The queue of operations carried to the server, in order. Each kind looks before it acts, so that
//! a repeat after any cut changes nothing twice; what the server refuses waits with its reason and is
//! tried again, what can never succeed ends with a word to the person.

mod append;
mod choose;
mod find;
mod flags;
mod folders;
mod remove;
mod transfer;

use super::line::Line;
use super::worker::Worker;
use crate::mail::mailbox::MailboxPath;
use crate::protocol::Error;
use crate::service::backoff::retry_after;
use crate::service::dispatch::give_up;
use crate::service::event::Event;
use crate::service::model::SyncSummary;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::reason;
use crate::service::state::{Result, locked};
use crate::storage::{OpId, OpKind, OpState, Operation, StoredMailbox};
use choose::choose;
use std::collections::HashSet;

/// Operations that are looked at before more of the queue is read.
const WINDOW: usize = 8000;

/// What became of an operation.
pub(super) enum Outcome {
    /// The server has it.
    Done,
    /// It can never succeed.
    Never(Problem),
    /// Tried again later.
    Later(Problem),
}

/// Carries out what is due. When the next waiting operation is due, in Unix seconds.
///
/// Several connections of one account may do so at once: what one of them has in hand, and what must come
/// after that, the others leave alone.
///
/// # Errors
/// Trouble with the connection or the disk; what was not done stays queued.
pub(super) async fn run(worker: &Worker, line: &mut Line, summary: &mut SyncSummary) -> Result<Option<i64>> {
    loop {
        let (group, next) = take(worker).await?;
        if group.is_empty() {
            return Ok(next);
        }
        let in_hand = InHand { worker, ids: group.iter().map(|op| op.id).collect() };
        // Nobody compares these mailboxes with the server meanwhile.
        let paths = group.iter().flat_map(|op| op.kind.paths());
        let gate = worker.state.board.gate(paths).await;
        let outcomes = Executor { worker, line }.carry_out(&group).await?;
        settle(worker, &group, outcomes, summary).await?;
        drop((in_hand, gate));
    }
}

/// Operations that this conversation has taken, given back when it ends, however it ends.
struct InHand<'a> {
    worker: &'a Worker,
    ids: Vec<OpId>,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        let mut in_flight = locked(&self.worker.state.in_flight);
        for id in &self.ids {
            in_flight.remove(id);
        }
    }
}

/// The next operations that go together, marked as under way so that nobody else takes or changes them.
///
/// Taken alone among all changes: an operation is recorded before what it is about is shown here, and who carried it
/// out in between would find no such message, and be done.
async fn take(worker: &Worker) -> Result<(Vec<Operation>, Option<i64>)> {
    let (state, now) = (worker.state.clone(), worker.shared.now());
    worker
        .shared
        .change(move |store| {
            let mut in_flight = locked(&state.in_flight);
            let mut most = WINDOW;
            loop {
                // The beginning of a long queue says enough, unless nothing in it is due.
                let mut pending = store.operations().first(state.name(), most)?;
                let is_all = pending.len() < most;
                if !is_all {
                    let read: HashSet<OpId> = pending.iter().map(|op| op.id).collect();
                    for id in in_flight.iter().filter(|id| !read.contains(id)) {
                        pending.extend(store.operations().find(*id)?);
                    }
                }
                let (group, next) = choose(pending, &in_flight, now);
                if is_all || !group.is_empty() {
                    // Durable: from here on the server may have it, and a repeat must look first.
                    let fresh: Vec<OpId> = group.iter().filter(|op| op.attempts == 0).map(|op| op.id).collect();
                    store.operations().mark_tried(&fresh)?;
                    in_flight.extend(group.iter().map(|op| op.id));
                    return Ok((group, next));
                }
                most = most.saturating_mul(8);
            }
        })
        .await
}

async fn settle(worker: &Worker, group: &[Operation], outcomes: Vec<Outcome>, summary: &mut SyncSummary) -> Result<()> {
    let now = worker.shared.now();
    let (mut done, mut waits): (Vec<OpId>, Vec<(OpId, OpState)>) = Default::default();
    for (operation, outcome) in group.iter().zip(outcomes) {
        match outcome {
            Outcome::Done => {
                summary.operations = summary.operations.saturating_add(1);
                done.push(operation.id);
            }
            // What it names was renamed meanwhile: it says now what is meant, and is taken again.
            Outcome::Never(_) if says_another(worker, operation).await? => {}
            Outcome::Never(problem) => {
                give_up(worker, operation).await?;
                worker.failed(problem);
                done.push(operation.id);
            }
            Outcome::Later(problem) => {
                let attempts = operation.attempts.saturating_add(1);
                // A file that another program took away is looked for, and most often found, without the person.
                if attempts == 1 && !matches!(problem.kind, ProblemKind::NotFound { .. }) {
                    worker.failed(problem.clone());
                }
                let not_before = now.saturating_add(retry_after(attempts));
                waits.push((operation.id, OpState { attempts, not_before, reason: Some(reason::written(&problem)) }));
            }
        }
    }
    let woken = worker
        .shared
        .db(move |store| {
            let queue = store.operations();
            let woken = queue.accounts_after(&done)?;
            // All at once: each transaction is a flush of the disk.
            queue.cancel_all(&done)?;
            queue.update_all(&waits)?;
            Ok(woken)
        })
        .await?;
    for account in woken.iter().filter_map(|name| worker.shared.account(name).ok()) {
        account.work.notify_one();
    }
    worker.shared.emit(Event::Mailboxes { account: worker.account().to_string() });
    worker.shared.emit(Event::Queue { account: worker.account().to_string() });
    Ok(())
}

/// Whether an operation was changed since it was taken.
async fn says_another(worker: &Worker, taken: &Operation) -> Result<bool> {
    let id = taken.id;
    let now = worker.shared.db(move |store| store.operations().find(id)).await?;
    Ok(now.is_some_and(|now| now.kind != taken.kind))
}

/// Carries out groups of operations.
pub(super) struct Executor<'a> {
    pub worker: &'a Worker,
    pub line: &'a mut Line,
}

impl Executor<'_> {
    /// One outcome for each; an error where the connection or the disk failed.
    async fn carry_out(&mut self, group: &[Operation]) -> Result<Vec<Outcome>> {
        let Some(first) = group.first() else { return Ok(Vec::new()) };
        let result = match &first.kind {
            OpKind::SetFlags { mailbox, add, remove, add_keywords, remove_keywords, .. } => {
                let (add_keywords, remove_keywords) = (add_keywords.clone(), remove_keywords.clone());
                let change = flags::Change { add: *add, remove: *remove, add_keywords, remove_keywords };
                self.set_flags(group, mailbox, change).await
            }
            OpKind::Move { from, to, .. } => self.move_group(group, from, to).await,
            OpKind::Copy { from, to, .. } => self.copy_group(group, from, to).await,
            OpKind::Expunge { mailbox, .. } => self.expunge(group, mailbox).await,
            OpKind::Append { message, mailbox, flags } => {
                self.append(first, *message, mailbox, *flags).await.map(|outcome| vec![outcome])
            }
            OpKind::RenameMailbox { mailbox, from, to } => {
                self.rename(*mailbox, from, to).await.map(|outcome| vec![outcome])
            }
            OpKind::DeleteMailbox { mailbox, for_good, seen, .. } => {
                self.delete(*mailbox, *for_good, *seen).await.map(|outcome| vec![outcome])
            }
            OpKind::Subscribe { path, subscribed } => {
                self.subscribe(path, *subscribed).await.map(|outcome| vec![outcome])
            }
            OpKind::CreateMailbox { path } => self.create(path).await.map(|()| vec![Outcome::Done]),
        };
        match result {
            Ok(outcomes) => Ok(outcomes),
            Err(problem) if self.line.session.is_broken() || is_ours(&problem) => Err(problem),
            // The server said no, and the connection goes on.
            Err(problem) => Ok(group
                .iter()
                .map(|_| match problem.kind {
                    ProblemKind::NotFound { .. } | ProblemKind::TooLarge { .. } => Outcome::Never(problem.clone()),
                    _ => Outcome::Later(problem.clone()),
                })
                .collect()),
        }
    }

    /// The mailbox as it is known here.
    async fn mailbox(&self, path: &MailboxPath) -> Result<StoredMailbox> {
        let (account, wanted) = (self.worker.account().to_string(), path.clone());
        let found = self.worker.shared.db(move |store| store.find_mailbox(&account, &wanted)).await?;
        found.ok_or_else(|| Problem::not_found(path.to_string()))
    }

    /// The same mailbox as it is known by now, whatever it is called.
    async fn again(&self, mailbox: &StoredMailbox) -> Result<StoredMailbox> {
        let id = mailbox.id;
        let found = self.worker.shared.db(move |store| store.mailbox(id)).await?;
        found.ok_or_else(|| Problem::not_found(mailbox.meta.path.to_string()))
    }

    fn problem(&self, error: Error) -> Problem {
        self.line.problem(error)
    }
}

/// Trouble on this side, which trying the next operation would not help.
fn is_ours(problem: &Problem) -> bool {
    use ProblemKind::{Disk, DiskFull, Internal, TooManyFiles};
    matches!(problem.kind, DiskFull | Disk { .. } | TooManyFiles | Internal)
}

/// Whether a refusal says that the mailbox does not exist.
pub(super) fn wants_creation(error: &Error) -> bool {
    matches!(error, Error::Refused { code: Some(code), .. } if code == "TRYCREATE" || code == "NONEXISTENT")
}
