//! A maildrop without ids would have to be looked through message by message at every visit. But servers append: if
//! the sizes of its first messages are as they were, and the last of them still has its header, then as many precede
//! it as before, and they are the same. So one header stands for all, and where even that is doubtful, because a
//! message was removed or the order changed, everything is looked at once more and a new landmark is set.

use super::identity::{Listed, Maildrop};
use super::{Ledger, Worker};
use crate::service::state::Result;
use crate::storage::{LedgerEntry, LedgerState};
use sha2::{Digest, Sha256};

/// Its key in the ledger: no message has such a one.
const KEY: &str = " landmark";

/// The last message that is known, and how many it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Landmark {
    pub count: usize,
    pub number: u32,
    /// Of its header.
    pub hash: String,
}

impl Landmark {
    /// The one that was set, if the sizes before it are as they were and nothing is due to be removed: that needs
    /// every message's name.
    pub fn of(ledger: &Ledger, there: &[Listed], now: i64) -> Option<Landmark> {
        let text = ledger.get(KEY)?.header_hash.as_deref()?;
        let mut words = text.split(' ');
        let (count, sizes, hash) = (words.next()?.parse::<usize>().ok()?, words.next()?, words.next()?);
        let number = there.get(count.checked_sub(1)?)?.number;
        let is_due = ledger.values().any(|entry| matches!(entry.state, LedgerState::RemoveAt(at) if at <= now));
        let stands = !is_due && digest(there.get(..count)?) == sizes;
        stands.then(|| Landmark { count, number, hash: hash.to_string() })
    }
}

fn digest(messages: &[Listed]) -> String {
    let mut hasher = Sha256::new();
    for message in messages {
        hasher.update(message.size.unwrap_or(u64::MAX).to_be_bytes());
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A landmark as the ledger keeps it.
pub(super) fn text(there: &[Listed], hash: &str) -> String {
    format!("{} {} {hash}", there.len(), digest(there))
}

/// Sets it after a visit, or takes it away where the maildrop is `uncertain`: something was removed or not fetched.
pub(super) async fn set(worker: &Worker, maildrop: &Maildrop, ledger: &Ledger, uncertain: bool) -> Result<()> {
    let last = maildrop.there.last();
    let hash = last.and_then(|last| maildrop.hashes.get(&last.number));
    let is_whole = maildrop.is_anonymous && !uncertain && maildrop.is_settled();
    let text = hash.filter(|_| is_whole).map(|hash| text(&maildrop.there, hash));
    let old = ledger.get(KEY).and_then(|entry| entry.header_hash.as_ref());
    if text.as_ref() == old {
        return Ok(());
    }
    let account = worker.account().to_string();
    let work = move |store: &crate::storage::Store| match text {
        Some(text) => {
            let state = LedgerState::Known;
            let entry = LedgerEntry { uidl: KEY.into(), header_hash: Some(text), size: None, message: None, state };
            store.ledger().set(&account, &[entry])
        }
        None => store.ledger().forget(&account, &[KEY.to_string()]),
    };
    worker.shared.db(work).await
}
