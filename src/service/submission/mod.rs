//! The way out: the Outbox, one message after the other per account, each step durable before the act.
//!
//! A message is `Sending` before its server is connected to, and `Unknown` from the instant at which
//! the server waits for its bytes, at the latest, until its answer is recorded: so whatever is found after a crash
//! says honestly whether sending again is safe. While this process is at it, people see `Sending`.
//!
//! ```text
//!   send     what is due: batch after batch, and what is done meanwhile
//!   batch    a batch: taken on, sent, recorded; one transaction records one and takes on the next
//!   pace     how many messages are a batch
//!   kept     the connection, kept for a while         outcome  what the server's answers mean
//!   filing   what was taken goes into Sent            unknown  a look into Sent for what is in doubt
//!   retry    what a person may do with an entry       in_hand  entries that this process is sending
//! ```

mod batch;
mod filing;
mod in_hand;
mod kept;
mod outcome;
mod pace;
mod retry;
mod send;
mod unknown;

pub(super) use filing::{enqueue, remove_draft, role_mailbox};
pub(super) use kept::Kept;
pub(super) use retry::{cancel, mark_sent, moment, reschedule, retry};
pub(super) use send::{deliver, run_due};

use super::account::worker::Worker;
use super::model::Draft;
use super::state::{Result, Shared, locked};
use crate::storage::{OutboxItem, OutboxState, Store};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::sleep;

/// The clock may be changed, or the machine sleep: the Outbox is looked at this often at least.
const LOOK: Duration = Duration::from_secs(60);

/// Between two tries, at most, in seconds.
const LONGEST_WAIT: i64 = 1800;

/// Sends what is due until the account ends; says goodbye to the server when there was nothing for a while.
pub(super) async fn watch(worker: Worker) {
    loop {
        // Trouble is on each entry for people to see.
        let _ = run_due(&worker).await;
        if worker.shared.is_ended(&worker.state) {
            return;
        }
        let due = next_due(&worker).await.unwrap_or(None);
        let wait = due.map_or(LOOK, |seconds| Duration::from_secs(seconds.max(1)).min(LOOK));
        let idle = worker.state.sending.lock().await.left();
        tokio::select! {
            () = sleep(wait) => {}
            () = sleep(idle.unwrap_or(LOOK)), if idle.is_some() => {
                worker.state.sending.lock().await.expire(worker.shared.now()).await;
            }
            () = worker.state.outgoing.notified() => {}
            () = worker.shared.ended(&worker.state) => {
                worker.state.sending.lock().await.quit().await;
                return;
            }
        }
    }
}

/// Seconds until the next entry is due.
async fn next_due(worker: &Worker) -> Result<Option<u64>> {
    let account = worker.account().to_string();
    let items = worker.shared.db(|store| store.outbox().items()).await?;
    let (now, delay) = (worker.shared.now(), i64::from(locked(&worker.shared.preferences).undo_seconds));
    let own = items.iter().filter(|item| item.account == account);
    let due = own.filter_map(|item| send::due_in(item, now, delay)).min();
    Ok(due.map(|seconds| u64::try_from(seconds).unwrap_or(0)))
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
pub(super) async fn hurry(shared: &Shared) {
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
