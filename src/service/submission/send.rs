//! One message to its server.

use super::outcome::{Settled, later, settle};
use super::{InHand, filing, set_state, unknown};
use crate::protocol::Error;
use crate::protocol::smtp::{Submission, SubmissionEnvelope, SubmitError};
use crate::service::account::{self, worker::Worker};
use crate::service::connecting::{Access, ready};
use crate::service::event::Event;
use crate::service::model::{OutboxItem as View, Submission as ViewState};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::{Result, Shared};
use crate::service::{Mode, view};
use crate::storage::{OutboxItem, OutboxState, Recipient, RecipientOutcome};
use std::sync::Arc;

/// Sends what is due of an account, and files what was taken before; how many were taken for all.
pub(in crate::service) async fn run_due(worker: &Worker) -> Result<u64> {
    let _alone = worker.state.sending.lock().await;
    let account = worker.account().to_string();
    let items = worker.shared.db(|store| store.outbox().items()).await?;
    let (mut line, mut taken, mut first) = (None, 0_u64, None);
    for item in items.into_iter().filter(|item| item.account == account) {
        if worker.shared.is_ended(&worker.state) {
            break;
        }
        let is_due = match &item.state {
            OutboxState::Waiting { not_before, .. } => *not_before <= worker.shared.now(),
            OutboxState::Accepted { .. } => {
                filing::file(worker, item.id).await?;
                false
            }
            _ => false,
        };
        if !is_due {
            continue;
        }
        match one(worker, &mut line, item.id).await {
            Ok(Some(state)) => {
                taken = taken.saturating_add(u64::from(matches!(state, OutboxState::Accepted { .. })));
                first = first.or_else(|| problem_of(&state));
            }
            Ok(None) => {}
            Err(problem) => {
                // Without a server the others would fare no better.
                first = Some(problem);
                break;
            }
        }
    }
    if let Some(line) = line {
        line.quit().await;
    }
    first.map_or(Ok(taken), |problem| Err(problem.of(worker.account())))
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
    let mut line = None;
    let sent = {
        let _alone = worker.state.sending.lock().await;
        let sent = one(&worker, &mut line, id).await;
        if let Some(line) = line {
            line.quit().await;
        }
        sent
    };
    let after = shared.db(move |store| store.outbox().item(id)).await?;
    let Some(item) = after else {
        // Taken by all and filed: it has left the Outbox.
        let reply = match sent {
            Ok(Some(OutboxState::Accepted { reply })) => reply,
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
        view.recipients.iter_mut().for_each(|r| r.1 = crate::service::model::RecipientOutcome::Accepted);
        return Ok(view);
    };
    Ok(view::outbox_item(item))
}

/// Sends one entry if it waits. Its state afterwards; none where it was not to be sent.
///
/// # Errors
/// The server could not be reached or did not let us in; the entry waits for the next try.
async fn one(worker: &Worker, line: &mut Option<Submission>, id: i64) -> Result<Option<OutboxState>> {
    let Some(_in_hand) = InHand::take(&worker.shared, id) else { return Ok(None) };
    let Some((item, raw)) = start(worker, id).await? else { return Ok(None) };
    let OutboxState::Waiting { attempts, .. } = item.state else { return Ok(None) };
    worker.shared.emit(Event::Outbox { id });
    let now = || worker.shared.now();
    if line.as_ref().is_none_or(Submission::is_broken) {
        match connect(worker).await {
            Ok(fresh) => *line = Some(fresh),
            Err(problem) => {
                set_state(worker, id, later(Some(problem.detail.clone()), attempts, now())).await?;
                // After that it is on the entry.
                if attempts == 0 {
                    worker.failed(problem.clone());
                }
                return Err(problem);
            }
        }
    }
    let Some(session) = line.as_mut() else { return Ok(None) };
    let asked = asked(&item.recipients);
    let envelope = SubmissionEnvelope { reverse_path: &item.reverse_path, recipients: &asked };
    let mark = worker.clone();
    let before_data = async move {
        let marked = mark.shared.db(move |store| store.outbox().set_state(id, &OutboxState::Unknown, None)).await;
        marked.map_err(std::io::Error::other)
    };
    let result = session.submit(&envelope, &raw, before_data, |_, _| {}).await;
    let settled = match result {
        Ok(outcome) => settle(item.recipients, outcome, attempts, now()),
        Err(SubmitError::Unknown(error)) => {
            let problem = Problem::new(ProblemKind::UnknownOutcome, error.to_string());
            tracing::warn!(account = worker.account(), id, %error, "whether a message was sent is unknown");
            set_state(worker, id, OutboxState::Unknown).await?;
            worker.failed(problem);
            return unknown::look(worker, id).await.map(Some);
        }
        Err(SubmitError::NotSent(error)) => not_sent(item.recipients, error, attempts, now()),
    };
    finish(worker, id, settled).await.map(Some)
}

/// Takes the entry: durable before anything else happens.
async fn start(worker: &Worker, id: i64) -> Result<Option<(OutboxItem, Vec<u8>)>> {
    worker
        .shared
        .db(move |store| {
            let Some(item) = store.outbox().item(id)? else { return Ok(None) };
            let waits = matches!(item.state, OutboxState::Waiting { .. });
            if !waits || !store.outbox().advance(id, &item.state, &OutboxState::Sending)? {
                return Ok(None);
            }
            let raw = store.outbox().raw(id)?;
            Ok(Some((item, raw)))
        })
        .await
}

async fn connect(worker: &Worker) -> Result<Submission> {
    let account = &worker.state.account;
    let Access { credentials, route } = Access::of(&worker.shared, account).await?;
    let connecting = Submission::connect(&account.outgoing, &route, &credentials, &worker.state.transcript);
    ready(&worker.shared, &worker.state, &account.outgoing, connecting).await
}

/// Those who do not have it yet.
fn asked(recipients: &[Recipient]) -> Vec<String> {
    let open = recipients.iter().filter(|r| r.outcome != RecipientOutcome::Accepted);
    open.map(|r| r.address.clone()).collect()
}

/// Nothing was handed over. What the server can never take is the person's to decide.
fn not_sent(mut recipients: Vec<Recipient>, error: Error, attempts: u32, now: i64) -> Settled {
    let words = error.to_string();
    let state = match error {
        Error::TooLarge { .. } | Error::Unsupported(_) => {
            for recipient in recipients.iter_mut().filter(|r| r.outcome != RecipientOutcome::Accepted) {
                recipient.outcome = RecipientOutcome::Refused { reply: words.clone(), permanent: true };
            }
            OutboxState::Refused { reply: words }
        }
        _ => later(Some(words), attempts, now),
    };
    Settled { state, recipients, taken: false }
}

/// Records what became of it; then files what was taken.
async fn finish(worker: &Worker, id: i64, settled: Settled) -> Result<OutboxState> {
    let Settled { state, recipients, taken } = settled;
    let (now, refused) = (state.clone(), recipients.iter().filter(|r| is_refused(r)).count() as u64);
    let total = recipients.len() as u64;
    worker.shared.db(move |store| store.outbox().set_state(id, &state, Some(&recipients))).await?;
    worker.shared.emit(Event::Outbox { id });
    if taken {
        filing::file(worker, id).await?;
    }
    match &now {
        OutboxState::Refused { reply } => {
            let kind = ProblemKind::SomeRefused { refused, total };
            worker.failed(Problem::new(kind, reply.clone()));
        }
        OutboxState::Waiting { reason, .. } => {
            tracing::info!(account = worker.account(), id, ?reason, "not sent yet");
        }
        _ => {}
    }
    Ok(now)
}

fn is_refused(recipient: &Recipient) -> bool {
    matches!(recipient.outcome, RecipientOutcome::Refused { .. })
}
