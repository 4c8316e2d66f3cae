//! Entries that this process is sending: marked for as long as that lasts, and given up where somebody wants that
//! and it is safe.

use crate::service::state::{Shared, locked};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long giving up may take.
const GIVEN_UP: Duration = Duration::from_secs(1);

/// An entry that is being sent; no longer when this is dropped.
pub(super) struct InHand {
    shared: Arc<Shared>,
    pub id: i64,
    unwanted: watch::Receiver<bool>,
}

impl InHand {
    /// Nothing where the entry is in hand already.
    pub fn take(shared: &Arc<Shared>, id: i64) -> Option<InHand> {
        let mut all = locked(&shared.in_hand);
        if all.contains_key(&id) {
            return None;
        }
        let (sender, unwanted) = watch::channel(false);
        all.insert(id, sender);
        Some(InHand { shared: shared.clone(), id, unwanted })
    }

    /// Whether somebody wants it back.
    pub fn is_unwanted(&self) -> bool {
        *self.unwanted.borrow()
    }

    /// Ready when somebody wants it back.
    pub async fn unwanted(&self) {
        let mut unwanted = self.unwanted.clone();
        if unwanted.wait_for(|unwanted| *unwanted).await.is_err() {
            // Its sender goes only together with this.
            std::future::pending().await
        }
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        locked(&self.shared.in_hand).remove(&self.id);
    }
}

/// Asks for an entry back and waits a moment for it; false where it is in hand still.
pub(super) async fn release(shared: &Shared, id: i64) -> bool {
    let Some(sender) = locked(&shared.in_hand).get(&id).cloned() else { return true };
    sender.send_replace(true);
    tokio::time::timeout(GIVEN_UP, sender.closed()).await.is_ok()
}
