//! Who sent what just arrived, asked of the DNS where the person turned that on
//! ([`Preferences::verify_senders`](super::model::Preferences)) and the own server says nothing.
//!
//! What came is written down in the same step that stores it, checked after it is in the list, and what was found
//! is kept for good: a message is checked once, when it came, and never because somebody opens it. Not asked about
//! are mail older than [`FRESH`] (its keys may be gone), mail of accounts behind a proxy (the DNS would betray what
//! the proxy hides), and what lies in Junk, Trash, Sent and Drafts.

use super::event::{self, Event};
use super::model::Role;
use super::state::{Result, Shared, locked};
use crate::mail::ids::MessageId;
use crate::mail::trust::{self, Arrival, Authority, Check, Origin, Outcome};
use crate::protocol::authentication::Verifier;
use crate::storage::{Expected, Incoming, IncomingBody, Readable, Store, StoredMailbox};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// Seconds for which a message counts as just arrived.
pub(super) const FRESH: i64 = 3 * 24 * 60 * 60;
/// Seconds after which it is looked whether a message of a finding is still here.
const OLD: i64 = 30 * 24 * 60 * 60;
/// Messages in one step.
const STEP: usize = 50;
/// News comes in bursts.
const QUIET: Duration = Duration::from_millis(500);
/// Where the DNS does not answer, or something else is wrong.
const TROUBLE: Duration = Duration::from_secs(300);

/// Who answers: the DNS, or a test.
pub(super) trait Ask: Send + Sync {
    fn ask(&self, raw: &[u8], origin: Option<&Origin>) -> impl Future<Output = Option<Vec<Check>>> + Send;
}

impl Ask for Verifier {
    async fn ask(&self, raw: &[u8], origin: Option<&Origin>) -> Option<Vec<Check>> {
        self.verify(raw, origin).await
    }
}

/// Whether messages of this account are checked at all.
pub(super) fn is_wanted(shared: &Shared, account: &str) -> bool {
    let on = locked(&shared.preferences).verify_senders;
    on && shared.account(account).is_ok_and(|state| state.account.proxy.is_none())
}

/// Which of a batch came just now, by position.
pub(super) fn fresh(batch: &[Incoming], now: i64) -> Vec<bool> {
    let is_fresh = |incoming: &Incoming| {
        let whole = !matches!(incoming.body, IncomingBody::Headers { .. });
        whole && incoming.internal_date.is_none_or(|at| at > now.saturating_sub(FRESH))
    };
    batch.iter().map(is_fresh).collect()
}

/// Writes down what is to be checked. What goes wrong costs a check and no mail.
pub(super) fn expect(store: &Store, mailbox: &StoredMailbox, ids: &[MessageId], fresh: &[bool], now: i64) {
    let aside = matches!(mailbox.meta.role, Some(Role::Junk | Role::Trash | Role::Sent | Role::Drafts));
    if aside {
        return;
    }
    let wanted: Vec<MessageId> = ids.iter().zip(fresh).filter(|(_, fresh)| **fresh).map(|(id, _)| *id).collect();
    if let Err(error) = store.arrivals().expect(&mailbox.account, &wanted, now) {
        tracing::warn!(%error, "senders will not be checked");
    }
}

/// Checks what arrives until the service ends.
pub(super) async fn watch(shared: Arc<Shared>) {
    let mut stop = shared.stop.subscribe();
    tokio::select! {
        () = follow(&shared) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

async fn follow(shared: &Arc<Shared>) {
    let mut events = shared.events.subscribe();
    if let Err(problem) = sweep(shared).await {
        tracing::warn!(%problem, "old findings about senders were not looked through");
    }
    let mut verifier = None;
    loop {
        if locked(&shared.preferences).verify_senders && verifier.is_none() {
            verifier = open().await;
        }
        match catch_up(shared, verifier.as_ref()).await {
            Ok(true) => {}
            Ok(false) => sleep(TROUBLE).await,
            Err(problem) => {
                tracing::warn!(%problem, "senders were not checked");
                sleep(TROUBLE).await;
            }
        }
        if !event::mail_moved(&mut events).await {
            return;
        }
        sleep(QUIET).await;
        events = events.resubscribe();
    }
}

async fn open() -> Option<Verifier> {
    match tokio::task::spawn_blocking(Verifier::system).await {
        Ok(Ok(verifier)) => Some(verifier),
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no resolver to check senders with");
            None
        }
        Err(_) => None,
    }
}

/// Checks everything that waits. False where some of it could not be answered now.
pub(super) async fn catch_up(shared: &Shared, verifier: Option<&impl Ask>) -> Result<bool> {
    loop {
        let expected = shared.db(|store| store.arrivals().expected(STEP)).await?;
        if expected.is_empty() {
            return Ok(true);
        }
        for expected in expected {
            if !one(shared, &expected, verifier).await? {
                return Ok(false);
            }
        }
    }
}

/// One message; false where it has to wait.
async fn one(shared: &Shared, expected: &Expected, verifier: Option<&impl Ask>) -> Result<bool> {
    let id = expected.message;
    let (now, wanted) = (shared.now(), is_wanted(shared, &expected.account));
    let stale = expected.came < now.saturating_sub(FRESH);
    let authority = shared.account(&expected.account).map(|state| Authority::of(&state.account)).ok();
    let raw = match authority.as_ref().filter(|_| wanted && !stale) {
        Some(authority) => unproved(shared, id, authority.clone()).await?,
        None => None,
    };
    let (Some(raw), Some(authority)) = (raw, authority) else {
        shared.db(move |store| store.arrivals().forget(&[id])).await?;
        return Ok(true);
    };
    let Some(verifier) = verifier else { return Ok(false) };
    let origin = trust::origin(&raw, &authority);
    let checks = verifier.ask(&raw, origin.as_ref()).await.unwrap_or_default();
    if !checks.is_empty() && checks.iter().all(|check| check.outcome == Outcome::TempError) {
        return Ok(false);
    }
    let found = Arrival { at: now, checks };
    let mailbox = shared
        .db(move |store| {
            store.arrivals().record(id, &found)?;
            Ok(store.locate(id)?.map(|located| located.mailbox))
        })
        .await?;
    if let Some(id) = mailbox {
        shared.emit(Event::Mailbox { id });
    }
    Ok(true)
}

/// The bytes of a message that is here and about which the own server says nothing.
async fn unproved(shared: &Shared, id: MessageId, authority: Authority) -> Result<Option<Vec<u8>>> {
    let read = move |store: &Store| match store.readable(id) {
        Ok(Readable::Whole(raw)) => Ok(Some(raw).filter(|raw| !trust::has_results(raw, &authority))),
        Ok(Readable::Headers(_)) | Err(crate::storage::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    };
    shared.db(read).await
}

/// Drops findings about messages that are gone. Young ones stay: the index may just be made anew.
async fn sweep(shared: &Shared) -> Result<()> {
    let before = shared.now().saturating_sub(OLD);
    shared
        .db(move |store| {
            let mut gone = Vec::new();
            for id in store.arrivals().older(before)? {
                if store.locate(id)?.is_none() {
                    gone.push(id);
                }
            }
            store.arrivals().forget(&gone)
        })
        .await
}
