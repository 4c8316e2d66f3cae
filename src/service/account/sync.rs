//! One mailbox brought in step with its server: what is new is fetched, what is gone is removed,
//! flags are merged. A mailbox whose state the server gives as the one of the last complete
//! synchronisation costs nothing.
//!
//! Nothing here trusts an answer that says less than SELECT did: messages are removed only where
//! the server has listed as many as it says there are, and never more than a fifth of a larger
//! mailbox without the person's word (architecture, invariant 4).

use super::limit::Limit;
use super::line::{Line, wire_name};
use super::worker::Worker;
use super::{adopt, fetch, flags, keep, remap};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{Selected, Status, UidSet};
use crate::service::model::SyncSummary;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{Known, OpKind, Operation, StoredMailbox, SyncState};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::Ordering;

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// This mailbox alone: it was announced to have changed, or the person looks at it.
    One,
    /// Every mailbox, but without the flags of those whose counts are as they were, where the server has
    /// no cheap way to tell.
    Poll,
    /// Everything.
    Full,
}

/// One mailbox's synchronisation.
pub(super) struct Mailbox<'a> {
    pub worker: &'a Worker,
    pub line: &'a mut Line,
    pub summary: &'a mut SyncSummary,
    pub stored: StoredMailbox,
    pub scope: Scope,
    pub limit: Limit,
}

/// What the server has in the mailbox.
#[derive(Default)]
struct There {
    uids: BTreeSet<Uid>,
    /// New flags: of all, or of those that changed.
    flags: BTreeMap<Uid, Flags>,
    /// Whether `uids` is as many as the server says there are.
    whole: bool,
}

impl Mailbox<'_> {
    /// Whether it is done to the end: see [`Limit`].
    pub(super) async fn synchronise(&mut self, status: Option<Status>) -> Result<bool> {
        if self.scope != Scope::One && self.is_unchanged(status).await? {
            let state = self.stored.state;
            if let Some(exists) = state.exists {
                self.worker.state.memory().seen.insert(self.stored.id, (exists, state.uid_next));
            }
            return Ok(true);
        }
        let name = wire_name(&self.stored.meta);
        let selected = self.line.select(&name).await.map_err(|e| self.line.problem(e))?;
        let (id, account) = (self.stored.id, self.worker.account().to_string());
        self.worker.state.memory().seen.insert(id, (selected.exists, selected.uid_next));
        // What is known here and what the server says are compared while no operation changes both.
        let gate = self.worker.state.board.gate([&self.stored.meta.path]).await;
        let (mut known, pending) = self
            .worker
            .shared
            .db(move |store| Ok((store.known(id)?, store.operations().pending(Some(&account))?)))
            .await?;
        let validity = selected.uid_validity;
        if self.stored.state.uid_validity.is_some_and(|old| old != validity) {
            known = remap::run(self, &selected, known).await?;
        }
        let there = self.look(&selected, &known).await?;
        let waiting = Waiting::of(&pending, &self.stored, validity);
        let (letters, permanent) = (self.line.session.letters().table(), selected.permanent.clone());
        let merged = flags::merge(self.worker, id, there.flags.clone(), letters, permanent).await?;
        self.summary.flags = self.summary.flags.saturating_add(merged);

        let have: HashSet<Uid> = known.iter().filter_map(|k| k.uid).collect();
        let mut new: BTreeSet<Uid> = there.uids.iter().copied().filter(|uid| !have.contains(uid)).collect();
        new.retain(|uid| !waiting.uids.contains(uid));
        {
            let memory = self.worker.state.memory();
            new.retain(|uid| !memory.unobtainable.contains(&(id, validity, *uid)));
        }
        self.leave_out_deleted(&mut new, &there.flags).await?;
        adopt::run(self, validity, &mut new, &known, &waiting).await?;
        drop(gate);
        let have = have.len() as u64;
        let fetched = fetch::run(self, validity, new, have).await?;
        self.summary.received = self.summary.received.saturating_add(fetched.new);
        self.remove_gone(&there, &known).await?;
        // While something of ours is on its way the numbers are not the last word.
        if there.whole && waiting.is_empty() && fetched.complete {
            let state = SyncState {
                uid_validity: Some(validity),
                uid_next: selected.uid_next,
                highest_mod_seq: selected.highest_mod_seq,
                exists: Some(selected.exists),
            };
            self.worker.shared.db(move |store| store.set_sync_state(id, &state)).await?;
        }
        Ok(fetched.complete)
    }

    /// Whether the server's state is the one of the last complete synchronisation.
    pub(super) async fn is_unchanged(&mut self, status: Option<Status>) -> Result<bool> {
        if keep::is_behind(self.worker, self.stored.id).await? {
            return Ok(false);
        }
        let status = match status {
            Some(status) => status,
            None => {
                let name = wire_name(&self.stored.meta);
                self.line.session.status(&name).await.map_err(|e| self.line.problem(e))?
            }
        };
        let state = &self.stored.state;
        let same_messages = state.uid_validity.is_some()
            && state.uid_validity == status.uid_validity
            && state.uid_next.is_some()
            && state.uid_next == status.uid_next
            && state.exists.is_some()
            && state.exists == status.messages;
        let same_flags = match (state.highest_mod_seq, status.highest_mod_seq) {
            (Some(before), Some(now)) => before == now,
            (None, None) => {
                status.messages == Some(0)
                    || self.scope == Scope::Poll && status.unseen.map(u64::from) == Some(self.stored.unread)
            }
            _ => false,
        };
        Ok(same_messages && same_flags)
    }

    /// What is there, and which flags changed.
    async fn look(&mut self, selected: &Selected, known: &[Known]) -> Result<There> {
        let mut there = There { whole: true, ..There::default() };
        if selected.exists == 0 {
            return Ok(there);
        }
        let since = self.stored.state.highest_mod_seq.filter(|_| {
            selected.highest_mod_seq.is_some()
                && self.line.has_condstore()
                && self.stored.state.uid_validity == Some(selected.uid_validity)
        });
        let session = &mut self.line.session;
        let result = if known.iter().all(|k| k.uid.is_none()) {
            // Bodies will bring their flags along.
            session.search_all().await.map(|uids| there.uids.extend(uids))
        } else {
            let flags = &mut there.flags;
            let result = session.fetch_flags(&UidSet::all(), since, |f| flags.extend([(f.uid, f.flags)])).await;
            match (result, since) {
                (Ok(()), Some(_)) => session.search_all().await.map(|uids| there.uids.extend(uids)),
                (Ok(()), None) => {
                    there.uids.extend(there.flags.keys());
                    Ok(())
                }
                (error, _) => error,
            }
        };
        result.map_err(|e| self.line.problem(e))?;
        there.whole = there.uids.len() as u64 >= u64::from(selected.exists);
        Ok(there)
    }

    /// Without UIDPLUS what we removed stays there, marked: it must not come back.
    async fn leave_out_deleted(&mut self, new: &mut BTreeSet<Uid>, flags: &BTreeMap<Uid, Flags>) -> Result<()> {
        if self.line.has("UIDPLUS") || new.is_empty() {
            return Ok(());
        }
        let mut flags = flags.clone();
        if new.iter().any(|uid| !flags.contains_key(uid)) {
            let set: UidSet = new.iter().copied().collect();
            let found = self.line.session.fetch_flags(&set, None, |f| flags.extend([(f.uid, f.flags)])).await;
            found.map_err(|e| self.line.problem(e))?;
        }
        new.retain(|uid| flags.get(uid).is_none_or(|f| !f.contains(Flags::DELETED)));
        Ok(())
    }

    async fn remove_gone(&mut self, there: &There, known: &[Known]) -> Result<()> {
        if !there.whole {
            return Ok(());
        }
        let numbered = known.iter().filter(|k| k.uid.is_some()).count();
        let gone = known.iter().filter(|k| !k.held && k.uid.is_some_and(|uid| !there.uids.contains(&uid)));
        let gone: Vec<MessageId> = gone.map(|k| k.id).collect();
        self.remove(gone, numbered).await
    }

    /// Removes messages that the server has no longer, unless they are suspiciously many.
    pub(super) async fn remove(&mut self, gone: Vec<MessageId>, of: usize) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let accepted = self.worker.state.accept_removals.load(Ordering::Relaxed);
        if of > 50 && gone.len().saturating_mul(5) > of && !accepted {
            let mailbox = self.stored.meta.path.to_string();
            let (removals, total) = (gone.len() as u64, of as u64);
            let kind = ProblemKind::Held { mailbox, removals, total };
            return Err(Problem::new(kind, "nothing was removed").of(self.worker.account()));
        }
        let (id, count) = (self.stored.id, gone.len() as u64);
        self.worker.shared.db(move |store| store.forget(id, &gone)).await?;
        self.summary.removed = self.summary.removed.saturating_add(count);
        self.worker.changed(id);
        Ok(())
    }
}

/// What operations that are not carried out yet have to do with a mailbox.
#[derive(Default)]
pub(super) struct Waiting {
    /// Numbers of messages that are on their way out.
    pub uids: BTreeSet<Uid>,
    /// Message-IDs of those whose number is unknown, and of messages that are being appended.
    pub message_ids: HashSet<String>,
    /// Messages here that are to be appended.
    pub appends: HashSet<MessageId>,
}

impl Waiting {
    fn of(pending: &[Operation], mailbox: &StoredMailbox, validity: UidValidity) -> Waiting {
        let mut waiting = Waiting::default();
        for operation in pending {
            match &operation.kind {
                OpKind::Move { from, uid, message_id, .. } if *from == mailbox.meta.path => {
                    waiting.leaves(*uid, message_id.as_deref(), validity);
                }
                OpKind::Expunge { mailbox: path, uid, message_id, .. } if *path == mailbox.meta.path => {
                    waiting.leaves(*uid, message_id.as_deref(), validity);
                }
                OpKind::Append { mailbox: path, message, .. } if *path == mailbox.meta.path => {
                    waiting.appends.insert(*message);
                }
                _ => {}
            }
        }
        waiting
    }

    fn leaves(&mut self, uid: crate::storage::ServerUid, message_id: Option<&str>, now: UidValidity) {
        match (uid, message_id) {
            (Some((validity, uid)), _) if validity == now => drop(self.uids.insert(uid)),
            (_, Some(message_id)) => drop(self.message_ids.insert(message_id.to_string())),
            _ => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.uids.is_empty() && self.message_ids.is_empty() && self.appends.is_empty()
    }
}
