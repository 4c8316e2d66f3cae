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
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{OutboxChange, OutboxState, Recipient, RecipientOutcome, Store};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// Between two looks, in seconds.
const AGAIN: i64 = 300;

/// The same, not too often; nothing is told of entries that stay unknown.
pub(super) async fn look_again(worker: &Worker, kept: &mut Kept, ids: Vec<i64>) -> Result<()> {
    let now = worker.shared.now();
    let is_early = |at: &i64| *at > now && at.saturating_sub(now) <= AGAIN;
    let due: Vec<i64> = ids.into_iter().filter(|id| !kept.looks.get(id).is_some_and(is_early)).collect();
    look(worker, kept, &due).await.map(drop)
}

/// Looks for entries over one connection; those that turn out to have been sent.
pub(super) async fn look(worker: &Worker, kept: &mut Kept, ids: &[i64]) -> Result<Vec<i64>> {
    if ids.is_empty() || worker.state.account.incoming.protocol != Protocol::Imap {
        return Ok(Vec::new());
    }
    let next = worker.shared.now().saturating_add(AGAIN);
    kept.looks.extend(ids.iter().map(|id| (*id, next)));
    let mut found = Vec::new();
    let looking = async {
        tokio::select! {
            looked = look_into_sent(worker, ids, &mut found) => looked,
            () = worker.shared.ended(&worker.state) => Ok(()),
        }
    };
    if let Err(problem) = looking.await {
        tracing::info!(account = worker.account(), %problem, "Sent could not be looked into");
    }
    let mut settled = Vec::with_capacity(found.len());
    for id in &found {
        let id = *id;
        kept.looks.remove(&id);
        if worker.shared.db(move |store| accept(store, id)).await? {
            worker.shared.emit(Event::Outbox { id });
            settled.push(id);
        }
    }
    filing::file(worker, &settled).await?;
    Ok(found)
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

/// Adds those of the entries that are in the server's Sent.
async fn look_into_sent(worker: &Worker, ids: &[i64], found: &mut Vec<i64>) -> Result<()> {
    let (account, ids) = (worker.account().to_string(), ids.to_vec());
    let (entries, sent) = worker
        .shared
        .db(move |store| {
            let all = store.mailboxes(Some(&account))?;
            let sent = all.into_iter().find(|m| m.meta.role == Some(Role::Sent));
            Ok((store.outbox().with_files(&ids)?, sent))
        })
        .await?;
    let Some(sent) = sent else { return Ok(()) };
    let late = || Problem::new(ProblemKind::Internal, "no answer");
    let connecting = async {
        let mut line = Line::connect(&worker.shared, &worker.state).await?;
        line.select(&wire_name(&sent.meta)).await.map_err(|e| line.problem(e))?;
        Ok(line)
    };
    let mut line = tokio::time::timeout(LIMIT, connecting).await.unwrap_or_else(|_| Err(late()))?;
    for (item, _) in entries {
        let is_there = tokio::time::timeout(LIMIT, is_there(&mut line, &item.message_id)).await;
        if is_there.unwrap_or_else(|_| Err(late()))? {
            found.push(item.id);
        }
    }
    line.session.logout().await;
    Ok(())
}

/// Whether the selected mailbox has a message of this name.
async fn is_there(line: &mut Line, message_id: &str) -> Result<bool> {
    let found = line.session.search_message_id(message_id).await.map_err(|e| line.problem(e))?;
    let mut is_there = false;
    if !found.is_empty() {
        let set = found.into_iter().collect();
        let each = |h| is_there |= identity::of(&h).as_deref() == Some(message_id);
        line.session.fetch_headers(&set, each).await.map_err(|e| line.problem(e))?;
    }
    Ok(is_there)
}
