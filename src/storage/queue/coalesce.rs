//! Operations that the server has not heard of meet those that follow on them: ten changes of a message's flags
//! become one, a flag that is set and cleared none, a move after a move one move, a removal of what was never
//! appended no append. What is under way or was tried is never touched: the server may have it.

use super::kind::{OpKind, ServerUid};
use super::operations::{NewOperation, OpId, Operation};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use std::collections::{HashMap, HashSet};

/// An operation on its way into the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub new: NewOperation,
    /// That one of the same command, by its place, must have been carried out before.
    pub after: Option<usize>,
}

/// What becomes of a command's operations and of those that waited. Carried out by
/// [`Operations::apply`](super::operations::Operations::apply).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    pub replaced: Vec<(OpId, OpKind)>,
    pub dropped: Vec<OpId>,
    pub added: Vec<Added>,
    /// Messages whose moves cancelled out: on the server they never left.
    pub home: Vec<Home>,
}

/// An operation that is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    pub new: NewOperation,
    pub after: Option<After>,
}

/// What an operation waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Waiting(OpId),
    /// By its place in [`Merged::added`].
    Added(usize),
}

/// Where a message is on the server, which never heard that it was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub account: String,
    pub message: MessageId,
    pub mailbox: MailboxPath,
    pub uid: ServerUid,
}

/// Plans how wishes meet what waits. `untouchable` are operations under way; `waiting` is in queue order.
pub fn coalesce(waiting: Vec<Operation>, untouchable: &HashSet<OpId>, wishes: Vec<Wish>) -> Merged {
    let mut desk = Desk::default();
    for operation in waiting {
        let is_fresh = operation.attempts == 0 && !untouchable.contains(&operation.id);
        desk.lay(Slip::of(operation, is_fresh));
    }
    let places: Vec<Option<usize>> = wishes.into_iter().map(|wish| desk.add(wish)).collect();
    desk.cleared(&places)
}

/// An operation on the desk.
struct Slip {
    id: Option<OpId>,
    /// None: it is not wanted any more.
    kind: Option<OpKind>,
    changed: bool,
    /// The server cannot have heard of it.
    fresh: bool,
    account: String,
    not_before: i64,
    group: i64,
    /// For new ones: the wish that they wait for.
    after: Option<usize>,
}

impl Slip {
    fn of(operation: Operation, fresh: bool) -> Slip {
        let Operation { id, account, kind, not_before, group, .. } = operation;
        Slip { id: Some(id), kind: Some(kind), changed: false, fresh, account, not_before, group, after: None }
    }
}

/// What a change of flags adds and removes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Delta {
    add: Flags,
    remove: Flags,
    add_keywords: Vec<String>,
    remove_keywords: Vec<String>,
}

impl Delta {
    fn of(kind: &OpKind) -> Delta {
        match kind.clone() {
            OpKind::SetFlags { add, remove, add_keywords, remove_keywords, .. } => {
                Delta { add, remove, add_keywords, remove_keywords }
            }
            _ => Delta::default(),
        }
    }

    /// Both, one after the other: what one sets and the other clears is as it was before both.
    fn then(&self, then: &Delta) -> Delta {
        Delta {
            add: self.add.without(then.remove).union(then.add.without(self.remove)),
            remove: self.remove.without(then.add).union(then.remove.without(self.add)),
            add_keywords: both(&self.add_keywords, &then.remove_keywords, &then.add_keywords, &self.remove_keywords),
            remove_keywords: both(&self.remove_keywords, &then.add_keywords, &then.remove_keywords, &self.add_keywords),
        }
    }

    fn put_into(&self, kind: OpKind) -> OpKind {
        let Delta { add, remove, add_keywords, remove_keywords } = self.clone();
        match kind {
            OpKind::SetFlags { mailbox, message, uid, .. } => {
                OpKind::SetFlags { mailbox, message, uid, add, remove, add_keywords, remove_keywords }
            }
            other => other,
        }
    }
}

/// (first without undone) with (second without before), each name once.
fn both(first: &[String], undone: &[String], second: &[String], before: &[String]) -> Vec<String> {
    let without = |names: &[String], others: &[String]| -> Vec<String> {
        names.iter().filter(|n| !others.iter().any(|o| o.eq_ignore_ascii_case(n))).cloned().collect()
    };
    let mut names = without(first, undone);
    let more = without(&without(second, before), &names);
    names.extend(more);
    names
}

#[derive(Default)]
struct Desk {
    slips: Vec<Slip>,
    /// Places of the slips that concern each message, in order.
    by_message: HashMap<MessageId, Vec<usize>>,
    home: Vec<Home>,
}

impl Desk {
    fn lay(&mut self, slip: Slip) -> usize {
        let at = self.slips.len();
        for message in slip.kind.iter().flat_map(OpKind::messages) {
            self.by_message.entry(message).or_default().push(at);
        }
        self.slips.push(slip);
        at
    }

    /// Where the wish ended: on its own slip, on an older one, or on none.
    fn add(&mut self, wish: Wish) -> Option<usize> {
        let met = match &wish.new.kind {
            OpKind::SetFlags { message, .. } => self.flags(*message, &Delta::of(&wish.new.kind)),
            OpKind::Move { message, from, to, .. } => self.moved(*message, from, to),
            OpKind::RenameMailbox { mailbox, from, to } => {
                let (mailbox, from, to) = (*mailbox, from.clone(), to.clone());
                self.follow(&wish.new.account, &from, &to);
                self.renamed(&wish.new.account, mailbox, &to)
            }
            OpKind::Subscribe { path, subscribed } => self.subscribed(&wish.new.account, path, *subscribed),
            _ => None,
        };
        if let Some(met) = met {
            return met;
        }
        let Wish { new, after } = wish;
        let NewOperation { account, mut kind, not_before, group } = new;
        if let OpKind::Expunge { message, uid, message_id, .. } = &mut kind
            && self.never_arrives(*message)
        {
            // Nothing of it must be looked for on the server.
            (*uid, *message_id) = (None, None);
        }
        let kind = Some(kind);
        Some(self.lay(Slip { id: None, kind, changed: false, fresh: true, account, not_before, group, after }))
    }

    /// The message's slips that may still be changed: those after the last that may not, or that copies it as it
    /// is by then.
    fn tail(&self, message: MessageId) -> Vec<usize> {
        let all = self.by_message.get(&message).map(Vec::as_slice).unwrap_or_default();
        let of = |at: &usize| self.slips.get(*at);
        let ends =
            |slip: &Slip| !slip.fresh || matches!(slip.kind, Some(OpKind::Copy { source, .. }) if source == message);
        let start = all.iter().rposition(|at| of(at).is_some_and(ends)).map_or(0, |at| at.saturating_add(1));
        let tail = all.get(start..).unwrap_or_default();
        tail.iter().copied().filter(|at| of(at).is_some_and(|slip| slip.kind.is_some())).collect()
    }

    fn kind(&self, at: usize) -> Option<&OpKind> {
        self.slips.get(at).and_then(|slip| slip.kind.as_ref())
    }

    fn put(&mut self, at: usize, kind: Option<OpKind>) {
        if let Some(slip) = self.slips.get_mut(at)
            && slip.kind != kind
        {
            slip.kind = kind;
            slip.changed = true;
        }
    }

    /// Another change of a message's flags. Flags and moves of one message may pass each other.
    fn flags(&mut self, message: MessageId, then: &Delta) -> Option<Option<usize>> {
        let tail = self.tail(message);
        if tail.iter().any(|at| matches!(self.kind(*at), Some(OpKind::Expunge { .. }))) {
            return None;
        }
        for at in tail.into_iter().rev() {
            let (kind, empty) = match self.kind(at)?.clone() {
                first @ OpKind::SetFlags { .. } => {
                    let both = Delta::of(&first).then(then);
                    (both.put_into(first), both == Delta::default())
                }
                // It takes its keywords from the message as it is by then, and has no place for others.
                OpKind::Append { .. } if !then.add_keywords.is_empty() || !then.remove_keywords.is_empty() => {
                    return None;
                }
                OpKind::Append { message, mailbox, flags } => {
                    (OpKind::Append { message, mailbox, flags: flags.union(then.add).without(then.remove) }, false)
                }
                _ => continue,
            };
            self.put(at, (!empty).then_some(kind));
            return Some((!empty).then_some(at));
        }
        None
    }

    /// Another move of a message: the server hears of one, from where it has the message to where it is wanted.
    fn moved(&mut self, message: MessageId, from: &MailboxPath, to: &MailboxPath) -> Option<Option<usize>> {
        let tail = self.tail(message);
        let arrival = |at: &usize| match self.kind(*at) {
            Some(OpKind::Move { to, .. } | OpKind::Append { mailbox: to, .. }) => to == from,
            Some(OpKind::Copy { message: copy, to, .. }) => *copy == message && to == from,
            _ => false,
        };
        let place = tail.iter().rposition(arrival)?;
        let at = *tail.get(place)?;
        let later: Vec<usize> = tail.get(place.saturating_add(1)..).unwrap_or_default().to_vec();
        let is_portable = |kind: &OpKind| matches!(kind, OpKind::SetFlags { add, remove, .. } if add.union(*remove).system() == add.union(*remove));
        if !later.iter().all(|at| self.kind(*at).is_some_and(is_portable)) {
            return None;
        }
        let mut number: ServerUid = None;
        let kind = match self.kind(at)?.clone() {
            OpKind::Move { message, uid, from: origin, .. } if origin == *to => {
                number = uid;
                let account = self.slips.get(at).map(|slip| slip.account.clone()).unwrap_or_default();
                self.home.push(Home { account, message, mailbox: origin, uid });
                None
            }
            OpKind::Move { message, message_id, size, from, uid, .. } => {
                Some(OpKind::Move { message, message_id, size, from, uid, to: to.clone() })
            }
            OpKind::Append { message, flags, .. } if flags.system() == flags => {
                Some(OpKind::Append { message, mailbox: to.clone(), flags })
            }
            OpKind::Copy { message, source, message_id, size, from, uid, .. } => {
                Some(OpKind::Copy { message, source, message_id, size, from, uid, to: to.clone() })
            }
            _ => return None,
        };
        let remains = kind.is_some();
        self.put(at, kind);
        for at in later {
            if let Some(OpKind::SetFlags { message, uid, add, remove, add_keywords, remove_keywords, .. }) =
                self.kind(at).cloned()
            {
                let uid = if remains { uid } else { number };
                self.put(
                    at,
                    Some(OpKind::SetFlags {
                        mailbox: to.clone(),
                        message,
                        uid,
                        add,
                        remove,
                        add_keywords,
                        remove_keywords,
                    }),
                );
            }
        }
        Some(remains.then_some(at))
    }

    /// A message that goes for good before anything brought it to the server: nothing will.
    fn never_arrives(&mut self, message: MessageId) -> bool {
        let tail = self.tail(message);
        let brings = |at: &usize| match self.kind(*at) {
            Some(OpKind::Append { .. }) => true,
            Some(OpKind::Copy { message: copy, .. }) => *copy == message,
            _ => false,
        };
        let is_first = self.by_message.get(&message).and_then(|all| all.first()) == tail.first();
        if !is_first || !tail.first().is_some_and(brings) {
            return false;
        }
        tail.into_iter().for_each(|at| self.put(at, None));
        true
    }

    /// A mailbox has another path: what waits for it follows, whoever has it in hand.
    fn follow(&mut self, account: &str, old: &MailboxPath, new: &MailboxPath) {
        for slip in self.slips.iter_mut().filter(|slip| slip.account == account) {
            if let Some(kind) = &mut slip.kind
                && kind.follow(old, new)
            {
                slip.changed = true;
            }
        }
    }

    /// Another renaming of a mailbox of which the server has not heard.
    fn renamed(&mut self, account: &str, mailbox: MailboxId, to: &MailboxPath) -> Option<Option<usize>> {
        let is_folders = |slip: &Slip| {
            slip.account == account
                && matches!(
                    slip.kind,
                    Some(
                        OpKind::RenameMailbox { .. }
                            | OpKind::CreateMailbox { .. }
                            | OpKind::DeleteMailbox { .. }
                            | OpKind::Subscribe { .. }
                    )
                )
        };
        // Only the latest change of the tree: another mailbox may have taken a name meanwhile.
        let at = self.slips.iter().rposition(is_folders)?;
        let slip = self.slips.get(at).filter(|slip| slip.fresh)?;
        let Some(OpKind::RenameMailbox { mailbox: same, from, .. }) = &slip.kind else { return None };
        if *same != mailbox {
            return None;
        }
        let (from, to) = (from.clone(), to.clone());
        let remains = from != to;
        self.put(at, remains.then_some(OpKind::RenameMailbox { mailbox, from, to }));
        Some(remains.then_some(at))
    }

    fn subscribed(&mut self, account: &str, path: &MailboxPath, subscribed: bool) -> Option<Option<usize>> {
        let same = |slip: &Slip| {
            slip.account == account && matches!(&slip.kind, Some(OpKind::Subscribe { path: p, .. }) if p == path)
        };
        let at = self.slips.iter().rposition(same)?;
        let slip = self.slips.get(at).filter(|slip| slip.fresh)?;
        let Some(OpKind::Subscribe { subscribed: before, .. }) = slip.kind else { return None };
        if before == subscribed {
            return Some(Some(at));
        }
        self.put(at, None);
        Some(None)
    }

    /// What there is to be done in the queue. `places` are where the wishes ended.
    fn cleared(self, places: &[Option<usize>]) -> Merged {
        let mut merged = Merged { home: self.home, ..Merged::default() };
        // Where each slip that is new comes in the queue.
        let mut number: HashMap<usize, usize> = HashMap::new();
        for (at, slip) in self.slips.iter().enumerate() {
            if slip.id.is_none() && slip.kind.is_some() {
                number.insert(at, number.len());
            }
        }
        let ids: Vec<Option<OpId>> = self.slips.iter().map(|slip| slip.id).collect();
        let dropped: HashSet<usize> =
            self.slips.iter().enumerate().filter(|(_, slip)| slip.kind.is_none()).map(|(at, _)| at).collect();
        for slip in self.slips {
            match (slip.id, slip.kind) {
                (Some(id), None) => merged.dropped.push(id),
                (Some(id), Some(kind)) if slip.changed => merged.replaced.push((id, kind)),
                (Some(_), Some(_)) | (None, None) => {}
                (None, Some(kind)) => {
                    let place = slip.after.and_then(|wish| places.get(wish).copied().flatten());
                    let after = place.filter(|at| !dropped.contains(at)).and_then(|at| {
                        let waiting = ids.get(at).copied().flatten().map(After::Waiting);
                        waiting.or_else(|| number.get(&at).copied().map(After::Added))
                    });
                    let Slip { account, not_before, group, .. } = slip;
                    merged.added.push(Added { new: NewOperation { account, kind, not_before, group }, after });
                }
            }
        }
        merged
    }
}

#[cfg(test)]
#[path = "coalesce_tests.rs"]
mod tests;
