//! The way out: the Outbox, one message at a time per account, each step durable before the act.
//!
//! A message is `Sending` before its server is connected to, and `Unknown` from the instant at which
//! the server waits for its bytes until its answer is recorded: so whatever is found after a crash says
//! honestly whether sending again is safe. While this process is at it, people see `Sending`.

mod filing;
mod outcome;
mod retry;
mod send;
mod unknown;

pub(super) use filing::{enqueue, remove_draft, role_mailbox};
pub(super) use retry::{cancel, retry};
pub(super) use send::{deliver, run_due};

use super::account::worker::Worker;
use super::event::Event;
use super::model::Draft;
use super::state::{Result, Shared, locked};
use crate::storage::{OutboxItem, OutboxState, Store};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// The clock may be changed, or the machine sleep: the Outbox is looked at this often at least.
const LOOK: Duration = Duration::from_secs(60);

/// Between two tries, at most, in seconds.
const LONGEST_WAIT: i64 = 1800;

/// Sends what is due until the account ends.
pub(super) async fn watch(worker: Worker) {
    loop {
        // Trouble is on each entry for people to see.
        let _ = run_due(&worker).await;
        if worker.shared.is_ended(&worker.state) {
            return;
        }
        let due = next_due(&worker).await.unwrap_or(None);
        let wait = due.map_or(LOOK, |due| {
            let seconds = u64::try_from(due.saturating_sub(worker.shared.now())).unwrap_or(0);
            Duration::from_secs(seconds.max(1)).min(LOOK)
        });
        tokio::select! {
            () = sleep(wait) => {}
            () = worker.state.outgoing.notified() => {}
            () = worker.shared.ended(&worker.state) => return,
        }
    }
}

async fn next_due(worker: &Worker) -> Result<Option<i64>> {
    let account = worker.account().to_string();
    let items = worker.shared.db(|store| store.outbox().items()).await?;
    let due = items.iter().filter(|item| item.account == account).filter_map(|item| match item.state {
        OutboxState::Waiting { not_before, .. } => Some(not_before),
        _ => None,
    });
    Ok(due.min())
}

/// What a crash left: nothing had reached the server where the entry is still `Sending`.
pub(super) fn recover(store: &Store, now: i64) -> crate::storage::Result<()> {
    for item in store.outbox().items()? {
        if item.state == OutboxState::Sending {
            let waiting = OutboxState::Waiting { not_before: now, reason: None, attempts: 0 };
            store.outbox().set_state(item.id, &waiting, None)?;
        }
    }
    Ok(())
}

/// The network is back, or another: what waits for its next try is tried now. What waits for its own time waits on.
pub(super) async fn hurry(shared: &Arc<Shared>) {
    let now = shared.now();
    let hurried = shared.db(move |store| {
        for item in store.outbox().items()? {
            let OutboxState::Waiting { not_before, reason, attempts } = item.state.clone() else { continue };
            let wait = not_before.saturating_sub(now);
            if attempts > 0 && reason.is_some() && (1..=LONGEST_WAIT).contains(&wait) {
                let sooner = OutboxState::Waiting { not_before: now, reason, attempts };
                store.outbox().advance(item.id, &item.state, &sooner)?;
            }
        }
        Ok(())
    });
    if let Err(problem) = hurried.await {
        tracing::warn!(%problem, "the Outbox waits on");
    }
    shared.accounts().iter().for_each(|state| state.outgoing.notify_one());
}

/// The draft that an entry was built of.
fn draft_of(item: &OutboxItem) -> Option<Draft> {
    serde_json::from_str(item.draft_json.as_deref()?).ok()
}

/// Drafts that are on their way out: they lie in the profile until their message was taken.
pub(super) fn drafts_in_outbox(store: &Store) -> crate::storage::Result<HashSet<String>> {
    Ok(store.outbox().items()?.iter().filter_map(draft_of).map(|draft| draft.id).collect())
}

/// Marks an entry as being sent by this process, for as long as this lives.
struct InHand {
    shared: Arc<Shared>,
    id: i64,
}

impl InHand {
    fn take(shared: &Arc<Shared>, id: i64) -> Option<InHand> {
        locked(&shared.in_hand).insert(id).then(|| InHand { shared: shared.clone(), id })
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        locked(&self.shared.in_hand).remove(&self.id);
    }
}

/// Sets an entry's state durably and tells of it.
async fn set_state(worker: &Worker, id: i64, state: OutboxState) -> Result<()> {
    worker.shared.db(move |store| store.outbox().set_state(id, &state, None)).await?;
    worker.shared.emit(Event::Outbox { id });
    Ok(())
}
