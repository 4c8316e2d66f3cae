//! Messages whose files are gone: moved by another program, or removed.
//!
//! Other programs move a message by a rename, or write it a second time and remove the first, at once or minutes
//! later. So a message that is gone was moved where the account has it in another mailbox and that one came about on
//! this side just now ([`Newcomers`](super::Newcomers)): a file that waits to be brought to the server, or that was
//! brought there. A copy that was there before says nothing: the removal is one. What its way began as in the
//! queue is made one move as long as no server can have heard of it; a copy that the server has already needs the
//! original to go. What is under way at this moment is left for the next look.

use super::{HELD, Look};
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::service::state::locked;
use crate::storage::{self, Gone, Located, NewOperation, OpId, OpKind, Operation, ServerUid, StoredMailbox};
use std::collections::{HashMap, HashSet};

/// Where the server has a message whose file is gone, or may have it.
struct Source {
    mailbox: StoredMailbox,
    uid: ServerUid,
    /// Operations that end with what becomes of it.
    ends: Vec<OpId>,
}

/// The message in its new place.
struct Target {
    located: Located,
    mailbox: StoredMailbox,
    /// What brings it to the server, untouched so far; else the server has it.
    append: Option<OpId>,
}

/// A removal that waits for the person's word: from where, and the number there.
type Held = (OpId, MailboxPath, ServerUid);

/// What is to be done about a message that is gone.
enum Finding {
    /// No server has it, or what is queued for it says all.
    Nothing(Vec<OpId>),
    Moved(Box<(Source, Target)>),
    Removed,
    /// Something of it is under way: the next look knows more.
    Open,
}

impl Look<'_> {
    /// Concludes what became of messages of a mailbox; those that were removed are left for the person's word. True
    /// where something stays open.
    pub(super) fn conclude(&mut self, from: &StoredMailbox, gone: Vec<Gone>, total: u64) -> storage::Result<bool> {
        let absent: HashSet<MessageId> = gone.iter().map(|one| one.id).collect();
        let (mut removed, mut settled, mut open) = (Vec::new(), Vec::new(), false);
        for one in gone {
            // Nothing is taken in hand meanwhile.
            let in_flight = locked(self.in_flight);
            match self.find_out(from, &one, &absent, &in_flight)? {
                Finding::Nothing(ends) => {
                    self.store.operations().cancel_all(&ends)?;
                    settled.push(one.id);
                }
                Finding::Moved(way) => {
                    let (source, target) = *way;
                    let kinds = carried(&one, &source, &target);
                    let ends: Vec<OpId> = source.ends.iter().copied().chain(target.append).collect();
                    self.followed.insert(target.located.id);
                    self.touched.insert(target.mailbox.id);
                    self.exchange(&ends, kinds)?;
                    if source.mailbox.id == target.mailbox.id {
                        // It has another name, and the server need not know.
                        self.store.let_go(from.id, &[one.id])?;
                        if let Some((validity, uid)) = source.uid {
                            self.store.adopt(target.located.id, validity, uid, one.server_flags)?;
                        }
                    }
                    settled.push(one.id);
                }
                Finding::Removed => removed.push(one),
                Finding::Open => open = true,
            }
        }
        self.store.let_go(from.id, &settled)?;
        self.removed(from, removed, total)?;
        Ok(open)
    }

    fn find_out(
        &self,
        from: &StoredMailbox,
        one: &Gone,
        absent: &HashSet<MessageId>,
        in_flight: &HashSet<OpId>,
    ) -> storage::Result<Finding> {
        let waiting = self.store.operations().concerning(&[one.id])?;
        if waiting.iter().any(|op| in_flight.contains(&op.id)) {
            return Ok(Finding::Open);
        }
        let leaves = |op: &&Operation| match &op.kind {
            OpKind::Move { from: path, .. } | OpKind::Expunge { mailbox: path, .. } => *path == from.meta.path,
            _ => false,
        };
        if waiting.iter().any(|op| leaves(&op)) {
            // Concluded before a crash.
            return Ok(Finding::Nothing(Vec::new()));
        }
        let Some(source) = self.source(from, one, &waiting)? else {
            return Ok(if waiting.iter().any(|op| matches!(op.kind, OpKind::Move { .. })) {
                Finding::Open
            } else {
                Finding::Nothing(appends(&waiting))
            });
        };
        Ok(match self.target(from, one, absent, in_flight)? {
            Some(Ok(target)) => Finding::Moved(Box::new((source, target))),
            Some(Err(())) => Finding::Open,
            // What was on its way here is removed from nowhere else.
            None if one.uid.is_none() => Finding::Nothing(appends(&waiting)),
            None => Finding::Removed,
        })
    }

    /// Where the server has it; none where it cannot have it, or where that shows only later.
    fn source(&self, from: &StoredMailbox, one: &Gone, waiting: &[Operation]) -> storage::Result<Option<Source>> {
        if one.uid.is_some() {
            return Ok(Some(Source { mailbox: from.clone(), uid: one.uid, ends: Vec::new() }));
        }
        for operation in waiting {
            let (fresh, ends) = (operation.attempts == 0, vec![operation.id]);
            match &operation.kind {
                OpKind::Move { from, uid, .. } if fresh => {
                    let mailbox = self.store.find_mailbox(self.account, from)?;
                    return Ok(mailbox.map(|mailbox| Source { mailbox, uid: *uid, ends }));
                }
                // The answer of an earlier try may have been lost.
                OpKind::Append { .. } if !fresh => {
                    return Ok(Some(Source { mailbox: from.clone(), uid: None, ends }));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Where it is now; an error where it is on its way there.
    fn target(
        &self,
        from: &StoredMailbox,
        one: &Gone,
        absent: &HashSet<MessageId>,
        in_flight: &HashSet<OpId>,
    ) -> storage::Result<Option<Result<Target, ()>>> {
        let Some(message_id) = &one.message_id else { return Ok(None) };
        let (mut there, mut coming) = (None, false);
        for id in self.store.find_message_id(self.account, message_id)? {
            let Some(located) = self.store.locate(id)? else { continue };
            let elsewhere = located.id != one.id && !located.held && !located.headers_only;
            if !elsewhere || absent.contains(&id) || self.followed.contains(&id) || located.size != one.size {
                continue;
            }
            // A copy of old is no place to which it went.
            if !locked(self.newcomers).has(id) {
                continue;
            }
            let Some(mailbox) = self.store.mailbox(located.mailbox)? else { continue };
            let waiting = self.store.operations().concerning(&[id])?;
            let arrives = |op: &Operation| matches!(op.kind, OpKind::Append { .. } | OpKind::Move { .. });
            let fresh = |op: &&Operation| op.attempts == 0 && !in_flight.contains(&op.id);
            match waiting.iter().find(|op| arrives(op)) {
                Some(op) if matches!(op.kind, OpKind::Append { .. }) && fresh(&op) => {
                    return Ok(Some(Ok(Target { located, mailbox, append: Some(op.id) })));
                }
                Some(_) => coming = true,
                // What the server gave us in two places was in both before.
                None if located.uid.is_some() && mailbox.id != from.id && self.store.is_of_here(id)? => {
                    there.get_or_insert(Target { located, mailbox, append: None });
                }
                None => {}
            }
        }
        Ok(match there {
            Some(target) => Some(Ok(target)),
            None => coming.then_some(Err(())),
        })
    }

    /// Removals that wait for the person's word turn out to have been moves: the message came to another mailbox.
    pub(super) fn follow_held(&mut self) -> storage::Result<()> {
        let queue = self.store.operations();
        let new: Vec<_> = std::mem::take(&mut self.appends);
        let new: Vec<_> = new.into_iter().filter(|(added, _)| !self.followed.contains(&added.id)).collect();
        if new.iter().all(|(added, _)| added.message_id.is_none()) {
            return Ok(());
        }
        let mut held: HashMap<(String, u64), Vec<Held>> = HashMap::new();
        for operation in queue.pending(Some(self.account))?.into_iter().filter(|op| op.not_before == HELD) {
            if let OpKind::Move { message_id: Some(message_id), size, from, uid, .. } = operation.kind {
                held.entry((message_id, size)).or_default().push((operation.id, from, uid));
            }
        }
        for (added, to) in new {
            let Some(message_id) = &added.message_id else { continue };
            let Some((removal, from, uid)) = held.get_mut(&(message_id.clone(), added.size)).and_then(Vec::pop) else {
                continue;
            };
            let in_flight = locked(self.in_flight);
            let append = queue
                .concerning(&[added.id])?
                .into_iter()
                .find(|op| matches!(op.kind, OpKind::Append { .. }) && op.attempts == 0 && !in_flight.contains(&op.id));
            let (Some(append), Some(target)) = (append, self.store.mailbox(to)?) else { continue };
            let (message, message_id, size, to) = (added.id, Some(message_id.clone()), added.size, target.meta.path);
            self.exchange(&[removal, append.id], vec![OpKind::Move { message, message_id, size, from, uid, to }])?;
        }
        Ok(())
    }

    /// New operations in the place of others.
    fn exchange(&mut self, ends: &[OpId], kinds: Vec<OpKind>) -> storage::Result<()> {
        let queue = self.store.operations();
        let group = queue.new_group()?;
        let account = self.account.to_string();
        let new: Vec<NewOperation> = kinds
            .into_iter()
            .map(|kind| NewOperation { account: account.clone(), kind, not_before: 0, group })
            .collect();
        queue.exchange(ends, &new)?;
        self.queued = true;
        Ok(())
    }
}

fn appends(waiting: &[Operation]) -> Vec<OpId> {
    waiting.iter().filter(|op| matches!(op.kind, OpKind::Append { .. })).map(|op| op.id).collect()
}

/// What the server is to do so that it has the message where it is now, with its flags.
fn carried(one: &Gone, source: &Source, target: &Target) -> Vec<OpKind> {
    let (mailbox, uid, message_id) = (source.mailbox.meta.path.clone(), source.uid, one.message_id.clone());
    if target.append.is_none() {
        return vec![OpKind::Expunge { message: one.id, mailbox, uid, message_id }];
    }
    let (message, to) = (target.located.id, target.mailbox.meta.path.clone());
    let mut kinds = Vec::new();
    if source.mailbox.id != target.mailbox.id {
        kinds.push(OpKind::Move { message, message_id, size: one.size, from: mailbox, uid, to: to.clone() });
    }
    let (keywords, now) = (&target.mailbox.keywords, target.located.flags);
    let before = source.mailbox.keywords.translate(one.server_flags, keywords);
    let (add, remove) = (now.without(before), before.without(now));
    if !add.union(remove).is_empty() {
        kinds.push(OpKind::change_flags((to, keywords), message, None, add, remove));
    }
    kinds
}
