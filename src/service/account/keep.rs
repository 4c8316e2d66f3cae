//! How much of each message is kept here: all of it, or its headers, as the person chose for the account.
//!
//! A choice of less removes nothing that is here; a choice of more is made good mailbox by mailbox, at the first
//! synchronisation that has it.

use super::sync::Mailbox;
use super::worker::Worker;
use crate::mail::ids::MailboxId;
use crate::mail::uid::{Uid, UidValidity};
use crate::service::model::Offline;
use crate::service::state::Result;
use jiff::ToSpan;
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::Ordering;

/// What is to be fetched of a mailbox.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub whole: BTreeSet<Uid>,
    pub headers: BTreeSet<Uid>,
    /// Of `whole`: those whose headers are here.
    pub lacking: BTreeSet<Uid>,
}

/// The person's choice, as far as the network allows it now.
pub(super) fn choice(worker: &Worker) -> Offline {
    if worker.shared.metered.load(Ordering::Relaxed) { Offline::Headers } else { worker.state.account.offline }
}

/// Whether messages of a mailbox may be here by their headers alone that are to be here whole.
pub(super) async fn is_behind(worker: &Worker, mailbox: MailboxId) -> Result<bool> {
    let choice = choice(worker);
    let kept = worker.state.memory().kept.get(&mailbox).copied();
    if choice == Offline::Headers || kept == Some(choice) {
        return Ok(false);
    }
    let lacking = worker.shared.db(move |store| store.headers_only(mailbox)).await?;
    if lacking.is_empty() {
        worker.state.memory().kept.insert(mailbox, choice);
    }
    Ok(!lacking.is_empty())
}

/// Divides what is new in the mailbox, which is open, and adds what is to become whole.
pub(super) async fn plan(step: &mut Mailbox<'_>, validity: UidValidity, new: BTreeSet<Uid>) -> Result<Plan> {
    let choice = choice(step.worker);
    let behind = is_behind(step.worker, step.stored.id).await?;
    if choice == Offline::Headers {
        return Ok(Plan { headers: new, ..Plan::default() });
    }
    let id = step.stored.id;
    let mut lacking: BTreeSet<Uid> = if behind {
        step.worker.shared.db(move |store| store.headers_only(id)).await?.into_iter().collect()
    } else {
        BTreeSet::new()
    };
    {
        let memory = step.worker.state.memory();
        lacking.retain(|uid| !memory.unobtainable.contains(&(id, validity, *uid)));
    }
    let Offline::Months(months) = choice else {
        return Ok(Plan { whole: new.union(&lacking).copied().collect(), headers: BTreeSet::new(), lacking });
    };
    if new.is_empty() && lacking.is_empty() {
        return Ok(Plan::default());
    }
    let since = first_day(step.worker.shared.now(), months);
    let recent = step.line.session.search_since(since).await.map_err(|e| step.line.problem(e))?;
    let recent: HashSet<Uid> = recent.into_iter().collect();
    lacking.retain(|uid| recent.contains(uid));
    let (mut whole, headers): (BTreeSet<Uid>, BTreeSet<Uid>) = new.into_iter().partition(|uid| recent.contains(uid));
    whole.extend(&lacking);
    Ok(Plan { whole, headers, lacking })
}

/// What was planned is here.
pub(super) fn made_good(step: &Mailbox<'_>, choice: Offline) {
    step.worker.state.memory().kept.insert(step.stored.id, choice);
}

/// The day so many months before a time in Unix seconds, by UTC.
fn first_day(now: i64, months: u32) -> jiff::civil::Date {
    let now = jiff::Timestamp::from_second(now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    today.checked_sub(i64::from(months.min(12_000)).months()).unwrap_or(jiff::civil::Date::constant(1970, 1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        assert_eq!(first_day(1_793_000_000, 0).to_string(), "2026-10-26");
        assert_eq!(first_day(1_793_000_000, 1).to_string(), "2026-09-26");
        assert_eq!(first_day(1_793_000_000, 3).to_string(), "2026-07-26");
        assert_eq!(first_day(i64::MAX, u32::MAX).to_string(), "0970-01-01");
    }
}
