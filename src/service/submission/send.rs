//! What is due of an account to its server, and one entry at once where somebody waits for it.

use super::batch::{self, Pace, Sent};
use super::kept::Kept;
use super::{filing, unknown};
use crate::service::account::{self, worker::Worker};
use crate::service::backoff::retry_after;
use crate::service::event::Event;
use crate::service::model::{OutboxItem as View, RecipientOutcome, Submission as ViewState};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::{Result, Shared, locked};
use crate::service::{Mode, view};
use crate::storage::{OutboxChange, OutboxItem, OutboxState};
use std::sync::Arc;

/// Entries filed in Sent together.
const FILED: usize = 256;

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
    let mut first = None;
    for item in items.iter().filter(|item| item.state == OutboxState::Unknown) {
        unknown::look_again(worker, kept, item.id).await?;
    }
    let now = worker.shared.now();
    let delay = i64::from(locked(&worker.shared.preferences).undo_seconds);
    let mut due: Vec<OutboxItem> = items.into_iter().filter(|item| is_due(item, now, delay)).collect();
    let (mut pace, mut count, mut to_file) = (Pace::new(), 0_u64, Vec::new());
    while !due.is_empty() && !worker.shared.is_ended(&worker.state) {
        let rest = due.split_off(due.len().min(pace.next()));
        let some = std::mem::replace(&mut due, rest);
        let (sent, time) = batch::timed(batch::send(worker, kept, some)).await;
        pace.took(time);
        let Sent { states, taken, problem } = sent?;
        to_file.extend(taken);
        if to_file.len() >= FILED {
            filing::file(worker, &std::mem::take(&mut to_file)).await?;
        }
        for (id, state) in states {
            let state = if state == OutboxState::Unknown { unknown::look(worker, kept, id).await? } else { state };
            count = count.saturating_add(u64::from(matches!(state, OutboxState::Accepted { .. })));
            first = first.or_else(|| problem_of(&state));
        }
        if let Some(problem) = problem {
            postpone(worker, &due, &problem).await?;
            first = Some(problem);
            break;
        }
    }
    filing::file(worker, &to_file).await?;
    first.map_or(Ok(count), Err)
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
                let later = super::outcome::later(Some(problem.detail.clone()), attempts, now);
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
        OutboxState::Refused { reply } => Some(Problem::new(refused(reply), reply.clone())),
        OutboxState::Waiting { reason: Some(reason), .. } => Some(Problem::new(refused(reason), reason.clone())),
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
    let Sent { states, taken, .. } = batch::send(worker, kept, vec![item]).await?;
    filing::file(worker, &taken).await?;
    match states.into_iter().next() {
        Some((id, OutboxState::Unknown)) => unknown::look(worker, kept, id).await.map(Some),
        Some((_, state)) => Ok(Some(state)),
        None => Ok(None),
    }
}
