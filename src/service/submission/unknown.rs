//! Cut after DATA: some servers file what they take into Sent themselves, so one look there may tell.
//! What it does not tell stays unknown, and the person decides.

use super::{filing, set_state};
use crate::mail::mailbox::Role;
use crate::service::account::identity;
use crate::service::account::line::{Line, wire_name};
use crate::service::account::worker::Worker;
use crate::service::model::Protocol;
use crate::service::state::Result;
use crate::storage::{OutboxState, Recipient, RecipientOutcome};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// The entry's state after the look.
pub(super) async fn look(worker: &Worker, id: i64) -> Result<OutboxState> {
    if worker.state.account.incoming.protocol != Protocol::Imap {
        return Ok(OutboxState::Unknown);
    }
    let found = tokio::time::timeout(LIMIT, is_in_sent(worker, id)).await.unwrap_or(Ok(false));
    match found {
        Ok(true) => {}
        Ok(false) => return Ok(OutboxState::Unknown),
        Err(problem) => {
            tracing::info!(account = worker.account(), %problem, "Sent could not be looked into");
            return Ok(OutboxState::Unknown);
        }
    }
    let state = OutboxState::Accepted { reply: String::new() };
    let accepted = state.clone();
    worker
        .shared
        .db(move |store| {
            let Some(item) = store.outbox().item(id)? else { return Ok(()) };
            let outcome = RecipientOutcome::Accepted;
            let recipients: Vec<Recipient> =
                item.recipients.into_iter().map(|r| Recipient { outcome: outcome.clone(), ..r }).collect();
            store.outbox().set_state(id, &accepted, Some(&recipients))
        })
        .await?;
    set_state(worker, id, state.clone()).await?;
    filing::file(worker, id).await?;
    Ok(state)
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
