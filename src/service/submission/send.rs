//! What is due of an account to its server, and one entry at once where somebody waits for it.

use super::batch::{self, Batch, Fates, Taking};
use super::kept::Kept;
use super::pace::Pace;
use super::{filing, unknown};
use crate::service::account::{self, worker::Worker};
use crate::service::backoff::retry_after;
use crate::service::event::Event;
use crate::service::model::{OutboxItem as View, RecipientOutcome, Submission as ViewState};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::reason;
use crate::service::state::{Result, Shared, locked};
use crate::service::{Mode, view};
use crate::storage::{OutboxChange, OutboxItem, OutboxState};
use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes of the messages of one batch at most, where it is more than one message.
const BATCH_BYTES: u64 = 4 << 20;

/// Entries filed in Sent together at most, and at least while others are sent.
const FILED: usize = 256;
const FILED_AT_LEAST: usize = 32;

/// Sends what is due of an account, and files what was taken before; how many were taken for all.
pub(in crate::service) async fn run_due(worker: &Worker) -> Result<u64> {
    let mut kept = worker.state.sending.lock().await;
    let result = send_due(worker, &mut kept).await;
    if worker.shared.mode == Mode::Batch || worker.shared.is_ended(&worker.state) {
        kept.quit().await;
    }
    result.map_err(|problem| problem.of(worker.account()))
}

async fn send_due(worker: &Worker, kept: &mut Kept) -> Result<u64> {
    let account = worker.account().to_string();
    let mut items = worker.shared.db(|store| store.outbox().items()).await?;
    items.retain(|item| item.account == account);
    let accepted: Vec<i64> =
        items.iter().filter(|i| matches!(i.state, OutboxState::Accepted { .. })).map(|i| i.id).collect();
    for some in accepted.chunks(FILED) {
        filing::file(worker, some).await?;
    }
    let doubtful = items.iter().filter(|item| item.state == OutboxState::Unknown).map(|item| item.id).collect();
    unknown::look_again(worker, kept, doubtful).await?;
    let now = worker.shared.now();
    let delay = i64::from(locked(&worker.shared.preferences).undo_seconds);
    let due = items.into_iter().filter(|item| is_due(item, now, delay)).collect();
    Sending::of(worker, due).run(kept).await
}

/// Batches on their way: while one is sent, what became of the one before is recorded, the next is taken on, and what
/// was recorded is filed in Sent.
struct Sending<'a> {
    worker: &'a Worker,
    due: VecDeque<OutboxItem>,
    pace: Pace,
    /// What became of the last batch, until it is recorded.
    fates: Fates,
    /// Recorded, to be filed.
    to_file: Vec<i64>,
    unknown: Vec<i64>,
    /// Taken for all.
    count: u64,
    /// What a person must know of the first entry that stays.
    first: Option<Problem>,
    /// The server cannot be reached.
    problem: Option<Problem>,
}

impl<'a> Sending<'a> {
    fn of(worker: &'a Worker, due: VecDeque<OutboxItem>) -> Sending<'a> {
        Sending {
            worker,
            due,
            pace: Pace::new(),
            fates: Fates::default(),
            to_file: Vec::new(),
            unknown: Vec::new(),
            count: 0,
            first: None,
            problem: None,
        }
    }

    async fn run(mut self, kept: &mut Kept) -> Result<u64> {
        let mut ready = Batch::default();
        loop {
            if ready.is_empty() {
                let taking = if self.pace.is_quick() { Taking::Marked } else { Taking::Sending };
                ready = self.turn(self.pace.next(), taking).await?;
            }
            if ready.is_empty() {
                if self.due.is_empty() || self.is_over() {
                    break;
                }
                continue;
            }
            let (worker, problem) = (self.worker, self.problem.clone());
            let sending = batch::send(worker, kept, std::mem::take(&mut ready), problem);
            let (fates, next) = tokio::join!(sending, self.meanwhile());
            self.pace.took(fates.pace.0, fates.pace.1);
            self.problem = fates.problem.clone();
            self.fates = fates;
            match next {
                Ok(next) => ready = next,
                Err(problem) => {
                    // What was sent is recorded where that can be done.
                    let _ = self.turn(0, Taking::Sending).await;
                    return Err(problem);
                }
            }
        }
        self.finish(kept).await
    }

    fn is_over(&self) -> bool {
        self.problem.is_some() || self.worker.shared.is_ended(&self.worker.state)
    }

    /// Records what became of the last batch and takes on the next, of so many at most.
    async fn turn(&mut self, most: usize, taking: Taking) -> Result<Batch> {
        let next = if self.is_over() { Vec::new() } else { self.take(most) };
        let fates = std::mem::take(&mut self.fates);
        let taken = fates.taken.clone();
        let states: Vec<(i64, OutboxState)> = fates.changes.iter().map(|c| (c.id, c.state.clone())).collect();
        let batch = batch::turn(self.worker, fates, next, taking).await?;
        self.to_file.extend(taken);
        for (id, state) in states {
            if state == OutboxState::Unknown {
                self.unknown.push(id);
            } else {
                self.settled(&state);
            }
        }
        Ok(batch)
    }

    /// The next entries, so many at most, and so many that their messages fit in memory beside those before them.
    fn take(&mut self, most: usize) -> Vec<OutboxItem> {
        let (mut taken, mut bytes) = (Vec::new(), 0_u64);
        while let Some(item) = self.due.pop_front_if(|item| {
            bytes = bytes.saturating_add(item.size);
            taken.len() < most && (taken.is_empty() || bytes <= BATCH_BYTES)
        }) {
            taken.push(item);
        }
        taken
    }

    fn settled(&mut self, state: &OutboxState) {
        self.count = self.count.saturating_add(u64::from(matches!(state, OutboxState::Accepted { .. })));
        self.first = self.first.take().or_else(|| problem_of(state));
    }

    /// What is done while a batch is sent; the next batch where one was taken on.
    async fn meanwhile(&mut self) -> Result<Batch> {
        // Far away each is taken on when it is its turn.
        let most = if self.pace.is_quick() { self.pace.next() } else { 0 };
        let next = self.turn(most, Taking::Marked).await?;
        if self.to_file.len() >= FILED_AT_LEAST
            && let Err(problem) = filing::file(self.worker, &std::mem::take(&mut self.to_file)).await
        {
            // It is recorded, and filed with the next look at the Outbox. The batch that was taken on is sent.
            self.first = self.first.take().or(Some(problem));
        }
        Ok(next)
    }

    async fn finish(mut self, kept: &mut Kept) -> Result<u64> {
        filing::file(self.worker, &self.to_file).await?;
        let unknown = std::mem::take(&mut self.unknown);
        let found = unknown::look(self.worker, kept, &unknown).await?;
        for id in unknown {
            let accepted = OutboxState::Accepted { reply: String::new() };
            self.settled(if found.contains(&id) { &accepted } else { &OutboxState::Unknown });
        }
        if let Some(problem) = self.problem {
            postpone(self.worker, self.due.make_contiguous(), &problem).await?;
            return Err(problem);
        }
        self.first.map_or(Ok(self.count), Err)
    }
}

/// Whether an entry leaves now. A time that nobody chose and that lies further off than any delay there is, is that
/// of a clock that was wrong.
pub(super) fn is_due(item: &OutboxItem, now: i64, undo_seconds: i64) -> bool {
    due_in(item, now, undo_seconds).is_some_and(|seconds| seconds <= 0)
}

/// Seconds until an entry leaves; nothing where it does not wait.
pub(super) fn due_in(item: &OutboxItem, now: i64, undo_seconds: i64) -> Option<i64> {
    let OutboxState::Waiting { not_before, attempts, .. } = item.state else { return None };
    let seconds = not_before.saturating_sub(now);
    let longest = if attempts > 0 { retry_after(attempts) } else { undo_seconds.max(MOST_UNDO) };
    let is_chosen = attempts == 0 && item.leaves_at.is_some();
    Some(if is_chosen || seconds <= longest { seconds } else { 0 })
}

/// No delay for taking back is longer, whatever a face asked for.
const MOST_UNDO: i64 = 3600;

/// Without a server the rest would fare no better: it waits like the first.
async fn postpone(worker: &Worker, items: &[OutboxItem], problem: &Problem) -> Result<()> {
    let now = worker.shared.now();
    let entries: Vec<(i64, OutboxState, OutboxState)> = items
        .iter()
        .filter_map(|item| match item.state {
            OutboxState::Waiting { attempts, .. } => {
                let later = super::outcome::later(Some(problem), attempts, now);
                Some((item.id, item.state.clone(), later))
            }
            _ => None,
        })
        .collect();
    let ids: Vec<i64> = entries.iter().map(|(id, ..)| *id).collect();
    worker
        .shared
        .db(move |store| {
            let outbox = store.outbox();
            let current = outbox.items()?;
            let is_same = |id: i64, from: &OutboxState| current.iter().any(|i| i.id == id && i.state == *from);
            let changes: Vec<OutboxChange> = entries
                .into_iter()
                .filter(|(id, from, _)| is_same(*id, from))
                .map(|(id, _, state)| OutboxChange { id, state, recipients: None })
                .collect();
            outbox.set_states(&changes)
        })
        .await?;
    ids.into_iter().for_each(|id| worker.shared.emit(Event::Outbox { id }));
    Ok(())
}

/// What a person must know of an entry that stays.
fn problem_of(state: &OutboxState) -> Option<Problem> {
    let refused = |reply: &str| ProblemKind::Refused { server: String::new(), reply: reply.to_string() };
    match state {
        OutboxState::Refused { reply } => {
            Some(reason::problem(reply).unwrap_or_else(|| Problem::new(refused(reply), reply.clone())))
        }
        OutboxState::Waiting { reason: Some(reason), .. } => Some(reason::read(reason)),
        OutboxState::Unknown => Some(Problem::new(ProblemKind::UnknownOutcome, "cut after DATA")),
        _ => None,
    }
}

/// Sends one entry now, whatever its time.
///
/// # Errors
/// [`ProblemKind::NotFound`]. That the server is away or says no is in the entry, which is the result.
pub(in crate::service) async fn deliver(shared: &Arc<Shared>, id: i64) -> Result<View> {
    let not_found = || Problem::not_found(format!("Outbox entry {id}"));
    let before = shared.db(move |store| store.outbox().item(id)).await?.ok_or_else(not_found)?;
    let worker = Worker { shared: shared.clone(), state: shared.account(&before.account)? };
    let sent = {
        let mut kept = worker.state.sending.lock().await;
        let sent = deliver_one(&worker, &mut kept, before.clone()).await;
        if shared.mode == Mode::Batch {
            kept.quit().await;
        }
        sent?
    };
    let after = shared.db(move |store| store.outbox().item(id)).await?;
    let Some(item) = after else {
        // Taken by all and filed: it has left the Outbox.
        let reply = match sent {
            Some(OutboxState::Accepted { reply }) => reply,
            _ => String::new(),
        };
        if shared.mode == Mode::Batch {
            // Nobody else would bring the copy into the server's Sent; where this fails it stays queued.
            if let Err(problem) = account::operations_only(&worker).await {
                tracing::info!(account = worker.account(), %problem, "Sent is filed on the server later");
            }
        }
        let mut view = view::outbox_item(before);
        view.submission = ViewState::Accepted { reply };
        view.recipients.iter_mut().for_each(|r| r.1 = RecipientOutcome::Accepted);
        return Ok(view);
    };
    Ok(view::outbox_item(item))
}

async fn deliver_one(worker: &Worker, kept: &mut Kept, item: OutboxItem) -> Result<Option<OutboxState>> {
    let taken_on = batch::turn(worker, Fates::default(), vec![item], Taking::Sending).await?;
    let fates = batch::send(worker, kept, taken_on, None).await;
    let (taken, last) = (fates.taken.clone(), fates.changes.first().map(|change| (change.id, change.state.clone())));
    batch::turn(worker, fates, Vec::new(), Taking::Sending).await?;
    filing::file(worker, &taken).await?;
    match last {
        Some((id, OutboxState::Unknown)) if !unknown::look(worker, kept, &[id]).await?.is_empty() => {
            Ok(Some(OutboxState::Accepted { reply: String::new() }))
        }
        last => Ok(last.map(|(_, state)| state)),
    }
}
