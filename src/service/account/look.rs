//! What the server has in a mailbox, asked for as cheaply as it can tell:
//!
//! - QRESYNC: what changed came along when the mailbox was opened;
//! - CONDSTORE: the flags that changed, new messages among them; the list of all numbers only where something
//!   seems to be gone;
//! - neither, and the server announced something: what is new, and the flags of the newest beside it, for what changes
//!   together with new mail is mostly among them;
//! - else everything.
//!
//! The cheap ways tell changes only, so each is checked by the number of messages that the server says there
//! are: with what is known here it must come out exactly, else everything is compared.

use super::flags::Merge;
use super::sync::{Mailbox, Scope, Waiting};
use crate::mail::flags::Flags;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{FetchedFlags, Missed, Resume, Selected, UidSet};
use crate::service::state::Result;
use crate::storage::{Known, StoredMailbox, SyncState};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// So many numbers below those that are new.
const RECENT: u32 = 500;

/// What the server has in the mailbox.
#[derive(Default)]
pub(super) struct There {
    /// All that is there; where only changes are known, what came or changed.
    pub uids: BTreeSet<Uid>,
    /// New flags: of all, or of those that changed.
    pub flags: BTreeMap<Uid, Flags>,
    /// Messages here that `uids` and `flags` are about: all, or those concerned.
    pub known: Vec<Known>,
    /// Messages here that have a number.
    pub numbered: u64,
    /// What is gone, where only changes are known.
    pub vanished: Option<UidSet>,
    /// Whether nothing is missing: as many are accounted for as the server says there are.
    pub whole: bool,
}

impl There {
    /// Messages here that the server has no longer.
    pub fn gone(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|known| {
            known.uid.is_some_and(|uid| match &self.vanished {
                Some(vanished) => vanished.contains(uid),
                None => self.whole && !self.uids.contains(&uid),
            })
        })
    }
    /// Which messages' flags are to be merged.
    pub fn merge(&self) -> Merge {
        if self.vanished.is_some() { Merge::Changed } else { Merge::All }
    }
    fn note(&mut self, answer: FetchedFlags) {
        self.uids.insert(answer.uid);
        self.flags.insert(answer.uid, answer.flags);
    }
}

/// From where a mailbox can be caught up with, where its last synchronisation was complete.
pub(super) fn resume(state: &SyncState) -> Option<Resume> {
    let SyncState { uid_validity, uid_next, highest_mod_seq, exists } = *state;
    uid_next.zip(exists)?;
    Some(Resume { uid_validity: uid_validity?, mod_seq: highest_mod_seq? })
}

/// Whether the server's numbers cannot be those that were known: a new generation, or a count that ran backwards,
/// so that numbers may be given to other messages.
pub(super) fn is_renumbered(stored: &StoredMailbox, selected: &Selected) -> bool {
    let state = &stored.state;
    state.uid_validity.is_some_and(|old| old != selected.uid_validity)
        || state.uid_next.zip(selected.uid_next).is_some_and(|(before, now)| now < before)
}

/// Looks at the mailbox, which is open.
pub(super) async fn look(
    step: &mut Mailbox<'_>,
    selected: &Selected,
    missed: Option<Missed>,
    waiting: &Waiting,
) -> Result<There> {
    if let Some(there) = changes(step, selected, missed, waiting).await? {
        return Ok(there);
    }
    everything(step, selected).await
}

/// What changed, where that can be told and comes out.
async fn changes(
    step: &mut Mailbox<'_>,
    selected: &Selected,
    missed: Option<Missed>,
    waiting: &Waiting,
) -> Result<Option<There>> {
    let state = step.stored.state;
    let complete = state.uid_validity == Some(selected.uid_validity) && state.exists.is_some();
    let Some(before) = state.uid_next.filter(|before| complete && selected.uid_next >= Some(*before)) else {
        return Ok(None);
    };
    let mut there = There::default();
    let mut vanished = UidSet::default();
    if let Some(missed) = missed {
        missed.flags.into_iter().for_each(|answer| there.note(answer));
        vanished = missed.vanished;
        // Said to be changed and to be gone: it went after the change.
        there.uids.retain(|uid| !vanished.contains(*uid));
        there.flags.retain(|uid, _| !vanished.contains(*uid));
    } else if let Some(since) = state
        .highest_mod_seq
        .filter(|since| step.line.has_condstore() && selected.highest_mod_seq.is_some_and(|now| now >= *since))
    {
        let asked = step.line.session.fetch_flags(&UidSet::all(), Some(since), |answer| there.note(answer)).await;
        asked.map_err(|e| step.line.problem(e))?;
        let flags = there.flags.clone();
        return match count(step, selected, there, vanished, waiting).await? {
            Some(there) => Ok(Some(there)),
            None => numbers(step, selected, flags).await.map(Some),
        };
    } else if step.scope != Scope::Full && state.highest_mod_seq.is_none() && selected.uid_next > Some(before) {
        let since = Uid(before.0.saturating_sub(RECENT).max(1));
        let asked = step.line.session.fetch_flags(&UidSet::since(since), None, |answer| there.note(answer)).await;
        asked.map_err(|e| step.line.problem(e))?;
    } else {
        return Ok(None);
    }
    count(step, selected, there, vanished, waiting).await
}

/// Adds what is known here of the messages concerned. None where the numbers do not come out.
async fn count(
    step: &mut Mailbox<'_>,
    selected: &Selected,
    mut there: There,
    vanished: UidSet,
    waiting: &Waiting,
) -> Result<Option<There>> {
    // There, though not here: on their way out, or such as the server gives no bytes of.
    let absent: BTreeSet<Uid> = waiting.uids.iter().copied().chain(step.unobtainable(selected.uid_validity)).collect();
    let concerned: UidSet = there.uids.iter().chain(&absent).copied().collect();
    let id = step.stored.id;
    let ranges: Vec<(Uid, Uid)> = concerned.ranges().chain(vanished.ranges()).collect();
    let asked = step.worker.shared.db(move |store| Ok((store.known_among(id, &ranges)?, store.numbered(id)?)));
    let (known, numbered) = asked.await?;
    (there.known, there.numbered) = (known, numbered);
    let have: HashSet<Uid> = there.known.iter().filter_map(|k| k.uid).collect();
    let more: BTreeSet<Uid> = there.uids.iter().chain(&absent).copied().filter(|uid| !have.contains(uid)).collect();
    let more = more.into_iter().filter(|uid| !vanished.contains(*uid)).count() as u64;
    let gone = have.iter().filter(|uid| vanished.contains(**uid)).count() as u64;
    let expected = numbered.saturating_add(more).checked_sub(gone);
    if expected != Some(u64::from(selected.exists)) {
        let (mailbox, exists) = (&step.stored.meta.path, selected.exists);
        tracing::debug!(%mailbox, exists, ?expected, "changes alone do not come out");
        return Ok(None);
    }
    there.vanished = Some(vanished);
    there.whole = true;
    Ok(Some(there))
}

/// All numbers, with the flags that are known to have changed.
async fn numbers(step: &mut Mailbox<'_>, selected: &Selected, flags: BTreeMap<Uid, Flags>) -> Result<There> {
    let id = step.stored.id;
    let known = step.worker.shared.db(move |store| store.known(id)).await?;
    let numbered = known.iter().filter(|k| k.uid.is_some()).count() as u64;
    let uids = step.line.session.search_all().await.map_err(|e| step.line.problem(e))?;
    let uids: BTreeSet<Uid> = uids.into_iter().collect();
    let whole = uids.len() as u64 >= u64::from(selected.exists);
    Ok(There { uids, flags, known, numbered, vanished: None, whole })
}

/// All numbers with all flags.
async fn everything(step: &mut Mailbox<'_>, selected: &Selected) -> Result<There> {
    let id = step.stored.id;
    let known = step.worker.shared.db(move |store| store.known(id)).await?;
    let numbered = known.iter().filter(|k| k.uid.is_some()).count() as u64;
    let mut there = There { known, numbered, whole: true, ..There::default() };
    if selected.exists == 0 && numbered == 0 {
        return Ok(there);
    }
    let session = &mut step.line.session;
    let result = if numbered == 0 || selected.exists == 0 {
        // Bodies will bring their flags along; and that all is gone is not believed on one word.
        session.search_all().await.map(|uids| there.uids.extend(uids))
    } else {
        session.fetch_flags(&UidSet::all(), None, |answer| there.note(answer)).await
    };
    result.map_err(|e| step.line.problem(e))?;
    there.whole = there.uids.len() as u64 >= u64::from(selected.exists);
    Ok(there)
}

impl Mailbox<'_> {
    /// Numbers of messages that the server gave no bytes of.
    pub(super) fn unobtainable(&self, validity: UidValidity) -> Vec<Uid> {
        let memory = self.worker.state.memory();
        let all = memory.unobtainable.iter();
        all.filter(|(id, v, _)| *id == self.stored.id && *v == validity).map(|(_, _, uid)| *uid).collect()
    }
}
