//! One mailbox brought in step with its server: what is new is fetched, what is gone is removed,
//! flags are merged. A mailbox whose state the server gives as the one of the last complete
//! synchronisation costs nothing.
//!
//! Nothing here trusts an answer that says less than SELECT did: messages are removed only where
//! the server has listed as many as it says there are, and never more than a fifth of a larger
//! mailbox without the person's word (architecture, invariant 4). What the server gives as changes is believed
//! where it comes out with the number of messages that it says there are (`look`), and the state up to which a
//! mailbox is known is recorded only when nothing was left out.

use super::limit::Limit;
use super::line::{Line, wire_name};
use super::look::{self, There};
use super::worker::Worker;
use super::{adopt, fetch, flags, keep, remap};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::Role;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{Status, UidSet};
use crate::service::model::SyncSummary;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{OpKind, Operation, StoredMailbox, SyncState};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::Ordering;

/// Of a larger mailbox no more than a fifth is removed without the person's word,
const FEW: usize = 50;
/// and a mailbox of more than these is not emptied without it.
const HANDFUL: usize = 10;

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
        if self.is_empty_on_both_sides(status).await? {
            return Ok(true);
        }
        let name = wire_name(&self.stored.meta);
        // What is known here and what the server says are compared while no operation changes both.
        let gate = self.worker.state.board.gate([&self.stored.meta.path]).await;
        let opened = self.line.resume(&name, look::resume(&self.stored.state)).await;
        let (selected, missed) = opened.map_err(|e| self.line.problem(e))?;
        let (id, account) = (self.stored.id, self.worker.account().to_string());
        self.worker.state.memory().seen.insert(id, (selected.exists, selected.uid_next));
        let pending = self
            .worker
            .shared
            .db(move |store| {
                // It may turn out that the mailbox is not in step after all.
                store.compare_first(id)?;
                Ok((store.mailbox(id)?, store.operations().pending(Some(&account))?))
            })
            .await?;
        let (Some(stored), pending) = pending else { return Ok(true) };
        self.stored = stored;
        let validity = selected.uid_validity;
        if look::is_renumbered(&self.stored, &selected) {
            remap::run(self, &selected).await?;
        }
        let waiting = Waiting::of(&pending, &self.stored, validity);
        let there = look::look(self, &selected, missed, &waiting).await?;
        let (letters, permanent) = (self.line.session.letters().table(), selected.permanent.clone());
        let merged = flags::merge(self.worker, id, there.flags.clone(), letters, permanent, there.merge()).await?;
        self.summary.flags = self.summary.flags.saturating_add(merged);

        let have: HashSet<Uid> = there.known.iter().filter_map(|k| k.uid).collect();
        let mut new: BTreeSet<Uid> = there.uids.iter().copied().filter(|uid| !have.contains(uid)).collect();
        new.retain(|uid| !waiting.uids.contains(uid));
        let unobtainable = self.unobtainable(validity);
        new.retain(|uid| !unobtainable.contains(uid));
        self.leave_out_deleted(&mut new, &there.flags).await?;
        adopt::run(self, validity, &mut new, &waiting).await?;
        drop(gate);
        let fetched = fetch::run(self, validity, new, there.numbered).await?;
        self.summary.received = self.summary.received.saturating_add(fetched.new);
        self.remove_gone(&there).await?;
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

    /// Whether a mailbox that was never synchronised needs no opening, for it is empty here and there. Its state
    /// is recorded.
    async fn is_empty_on_both_sides(&mut self, status: Option<Status>) -> Result<bool> {
        let Some(status) = status.filter(|s| s.messages == Some(0) && s.uid_next.is_some()) else { return Ok(false) };
        let Some(validity) = status.uid_validity.filter(|v| v.0 > 0) else { return Ok(false) };
        let state = self.stored.state;
        let is_new = state.exists.is_none() && state.uid_validity.is_none_or(|known| known == validity);
        if !is_new || self.stored.total > 0 {
            return Ok(false);
        }
        let id = self.stored.id;
        let Status { uid_next, highest_mod_seq, .. } = status;
        let state = SyncState { uid_validity: Some(validity), uid_next, highest_mod_seq, exists: Some(0) };
        let work = move |store: &crate::storage::Store| {
            let is_empty = store.known(id)?.is_empty();
            if is_empty {
                store.set_sync_state(id, &state)?;
            }
            Ok(is_empty)
        };
        self.worker.shared.db(work).await
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

    async fn remove_gone(&mut self, there: &There) -> Result<()> {
        let gone: Vec<MessageId> = there.gone().filter(|k| !k.held).map(|k| k.id).collect();
        self.remove(gone, usize::try_from(there.numbered).unwrap_or(usize::MAX)).await
    }

    /// Removes messages that the server has no longer, unless they are suspiciously many.
    pub(super) async fn remove(&mut self, gone: Vec<MessageId>, of: usize) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let accepted = self.worker.state.accept_removals.load(Ordering::Relaxed);
        let is_bulk = of > FEW && gone.len().saturating_mul(5) > of;
        // Trash and Junk are emptied every day, by servers too.
        let is_emptied = of > HANDFUL && gone.len() >= of;
        let is_bin = matches!(self.stored.meta.role, Some(Role::Trash | Role::Junk));
        if (is_bulk || is_emptied && !is_bin) && !accepted {
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
