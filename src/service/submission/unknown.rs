//! Cut after DATA: some servers file what they take into Sent themselves, so a look there may tell: at once, and
//! again after a while, because they may be slow and the network may have been away.
//! What it does not tell stays unknown, and the person decides.

use super::filing;
use super::kept::Kept;
use crate::mail::mailbox::Role;
use crate::service::account::identity;
use crate::service::account::line::{Line, wire_name};
use crate::service::account::worker::Worker;
use crate::service::event::Event;
use crate::service::model::Protocol;
use crate::service::state::Result;
use crate::storage::{OutboxChange, OutboxState, Recipient, RecipientOutcome, Store};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// Between two looks, in seconds.
const AGAIN: i64 = 300;

/// The same, not too often; nothing is told of an entry that stays unknown.
pub(super) async fn look_again(worker: &Worker, kept: &mut Kept, id: i64) -> Result<()> {
    let is_early = |at: &i64| *at > worker.shared.now() && at.saturating_sub(worker.shared.now()) <= AGAIN;
    if !kept.looks.get(&id).is_some_and(is_early) {
        look(worker, kept, id).await?;
    }
    Ok(())
}

/// The entry's state after the look.
pub(super) async fn look(worker: &Worker, kept: &mut Kept, id: i64) -> Result<OutboxState> {
    if worker.state.account.incoming.protocol != Protocol::Imap {
        return Ok(OutboxState::Unknown);
    }
    kept.looks.insert(id, worker.shared.now().saturating_add(AGAIN));
    let found = tokio::select! {
        found = tokio::time::timeout(LIMIT, is_in_sent(worker, id)) => found.unwrap_or(Ok(false)),
        () = worker.shared.ended(&worker.state) => Ok(false),
    };
    match found {
        Ok(true) => {}
        Ok(false) => return Ok(OutboxState::Unknown),
        Err(problem) => {
            tracing::info!(account = worker.account(), %problem, "Sent could not be looked into");
            return Ok(OutboxState::Unknown);
        }
    }
    kept.looks.remove(&id);
    let state = OutboxState::Accepted { reply: String::new() };
    let is_settled = worker.shared.db(move |store| accept(store, id)).await?;
    if is_settled {
        worker.shared.emit(Event::Outbox { id });
        filing::file(worker, &[id]).await?;
    }
    Ok(state)
}

/// What was unknown was sent, to everybody who was asked; false where it is not unknown any more.
pub(super) fn accept(store: &Store, id: i64) -> crate::storage::Result<bool> {
    let outbox = store.outbox();
    let accepted = OutboxState::Accepted { reply: String::new() };
    let Some(item) = outbox.item(id)?.filter(|item| item.state == OutboxState::Unknown) else { return Ok(false) };
    let refused = |r: &Recipient| matches!(r.outcome, RecipientOutcome::Refused { permanent: true, .. });
    let state = match item.recipients.iter().find(|r| refused(r)) {
        // Those were not asked.
        Some(Recipient { outcome: RecipientOutcome::Refused { reply, .. }, .. }) => {
            OutboxState::Refused { reply: reply.clone() }
        }
        _ => accepted,
    };
    let recipients = item
        .recipients
        .into_iter()
        .map(|r| if refused(&r) { r } else { Recipient { outcome: RecipientOutcome::Accepted, ..r } })
        .collect();
    outbox.set_states(&[OutboxChange { id, state, recipients: Some(recipients) }])?;
    Ok(true)
}

async fn is_in_sent(worker: &Worker, id: i64) -> Result<bool> {
    let account = worker.account().to_string();
    let (item, sent) = worker
        .shared
        .db(move |store| {
            let all = store.mailboxes(Some(&account))?;
            Ok((store.outbox().item(id)?, all.into_iter().find(|m| m.meta.role == Some(Role::Sent))))
        })
        .await?;
    let (Some(item), Some(sent)) = (item, sent) else { return Ok(false) };
    let mut line = Line::connect(&worker.shared, &worker.state).await?;
    line.select(&wire_name(&sent.meta)).await.map_err(|e| line.problem(e))?;
    let found = line.session.search_message_id(&item.message_id).await.map_err(|e| line.problem(e))?;
    let mut is_there = false;
    if !found.is_empty() {
        let set = found.into_iter().collect();
        let each = |h| is_there |= identity::of(&h).as_deref() == Some(item.message_id.as_str());
        line.session.fetch_headers(&set, each).await.map_err(|e| line.problem(e))?;
    }
    line.session.logout().await;
    Ok(is_there)
}
