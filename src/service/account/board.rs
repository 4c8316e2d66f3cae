//! What waits to be synchronised for an account, and who has which mailbox in hand.
//!
//! Its connections share this: a mailbox is synchronised by one of them at a time, what the person looks at comes
//! before what waits, and whoever downloads a mailbox that another one needs gives it back at the next chunk.
//! Nothing here outlives the process: the next round with the server finds what is still to be done.

use super::mailboxes::order;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use crate::protocol::imap::Status;
use crate::service::problem::Problem;
use crate::service::state::{Result, locked};
use crate::storage::StoredMailbox;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedMutexGuard, oneshot, watch};

/// What is to be done, and by whom it is being done.
#[derive(Default)]
pub(in crate::service) struct Board {
    inner: Mutex<Inner>,
    /// Changes whenever something else does.
    bell: watch::Sender<u64>,
    /// One for each mailbox: operations and the comparison with the server take turns.
    gates: Mutex<HashMap<MailboxPath, Arc<tokio::sync::Mutex<()>>>>,
}

#[derive(Default)]
struct Inner {
    waiting: Vec<Work>,
    looked: Option<MailboxId>,
    /// The mailbox that the person looks at is to be synchronised now.
    look_due: Option<MailboxId>,
    errands: VecDeque<Errand>,
    in_hand: HashMap<MailboxId, Arc<Wanted>>,
    /// How many wait to take a mailbox in hand: it goes to none of the others then.
    claims: HashMap<MailboxId, usize>,
    /// Mailboxes whose news is announced to a connection.
    watched: HashSet<MailboxId>,
    /// A round with the server is under way that will put more here.
    planning: usize,
}

/// A mailbox that is to be synchronised.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub stored: StoredMailbox,
    /// What the server said of it along with the list.
    pub status: Option<Status>,
    /// Why it is not to be synchronised: see [`Target`](super::mailboxes::Target).
    pub held: Option<Problem>,
    /// Whether it is known to have changed; else the server is asked first.
    pub changed: bool,
}

/// Messages that are wanted whole, and who waits for them.
pub(super) struct Errand {
    pub ids: Vec<MessageId>,
    pub answer: oneshot::Sender<Result<()>>,
    /// Whether a connection failed over it already.
    pub again: bool,
}

/// What the person waits for.
pub(super) enum Urgent {
    Look(MailboxId),
    Errand(Errand),
}

/// Whether somebody else wants the mailbox that is in hand.
#[derive(Default)]
pub(super) struct Wanted(AtomicBool);

impl Wanted {
    pub(super) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A mailbox in hand; dropped, it is free again.
pub(super) struct InHand {
    board: Arc<Board>,
    id: MailboxId,
    pub wanted: Arc<Wanted>,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.board.change(|inner| inner.in_hand.remove(&self.id));
    }
}

/// The announcement of a mailbox's news to a connection, while it lasts.
pub(super) struct Watched {
    board: Arc<Board>,
    id: MailboxId,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.board.change(|inner| inner.watched.remove(&self.id));
    }
}

/// A round that is being planned, while it lasts.
pub(super) struct Planning(Arc<Board>);

impl Drop for Planning {
    fn drop(&mut self) {
        self.0.change(|inner| inner.planning = inner.planning.saturating_sub(1));
    }
}

/// A wish to take a mailbox in hand, while it lasts.
struct Claim {
    board: Arc<Board>,
    id: MailboxId,
}

impl Claim {
    fn new(board: &Arc<Board>, id: MailboxId) -> Claim {
        board.change(|inner| {
            let claims = inner.claims.entry(id).or_default();
            *claims = claims.saturating_add(1);
        });
        Claim { board: board.clone(), id }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.board.change(|inner| match inner.claims.get(&self.id) {
            Some(n) if *n > 1 => inner.claims.insert(self.id, n.saturating_sub(1)),
            _ => inner.claims.remove(&self.id),
        });
    }
}

impl Inner {
    /// Whether the next one who has nothing to do may take it.
    fn is_free(&self, id: MailboxId) -> bool {
        !self.in_hand.contains_key(&id) && !self.claims.contains_key(&id)
    }
}

impl Board {
    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let result = change(&mut locked(&self.inner));
        self.bell.send_modify(|n| *n = n.wrapping_add(1));
        result
    }

    /// The same for who looks whether there is something to take. That there is nothing is no change: everybody who
    /// waits for one would look in turn, and ring for the others.
    fn take<T>(&self, take: impl FnOnce(&mut Inner) -> Option<T>) -> Option<T> {
        let taken = take(&mut locked(&self.inner));
        if taken.is_some() {
            self.bell.send_modify(|n| *n = n.wrapping_add(1));
        }
        taken
    }

    /// Hears of every change from now on.
    pub(super) fn listen(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// Puts mailboxes up; one that waits already is replaced.
    pub(super) fn put(&self, work: impl IntoIterator<Item = Work>) {
        self.change(|inner| {
            for one in work {
                match inner.waiting.iter_mut().find(|w| w.stored.id == one.stored.id) {
                    Some(waiting) => *waiting = Work { changed: one.changed || waiting.changed, ..one },
                    None => inner.waiting.push(one),
                }
            }
            inner.waiting.sort_by_cached_key(|w| order(&w.stored));
        });
    }

    /// The next mailbox that nobody has in hand: the Inbox, what the person looks at, roles, names.
    pub(super) fn next(self: &Arc<Board>) -> Option<(Work, InHand)> {
        let (work, wanted) = self.take(|inner| {
            let free = |w: &&Work| inner.is_free(w.stored.id);
            let rank = |w: &&Work| (!w.stored.meta.path.is_inbox(), inner.looked != Some(w.stored.id));
            // The first of equals is the first in order.
            let id = inner.waiting.iter().filter(free).min_by_key(rank)?.stored.id;
            let at = inner.waiting.iter().position(|w| w.stored.id == id)?;
            let wanted = Arc::<Wanted>::default();
            inner.in_hand.insert(id, wanted.clone());
            Some((inner.waiting.remove(at), wanted))
        })?;
        let id = work.stored.id;
        Some((work, InHand { board: self.clone(), id, wanted }))
    }

    /// Takes a mailbox in hand as soon as who has it gives it back, which it is asked to.
    pub(super) async fn claim(self: &Arc<Board>, id: MailboxId) -> InHand {
        let mut bell = self.listen();
        let _claim = Claim::new(self, id);
        loop {
            bell.mark_unchanged();
            let taken = {
                let mut inner = locked(&self.inner);
                match inner.in_hand.get(&id) {
                    Some(wanted) => {
                        wanted.0.store(true, Ordering::Relaxed);
                        None
                    }
                    None => {
                        let wanted = Arc::<Wanted>::default();
                        inner.in_hand.insert(id, wanted.clone());
                        // What waited is done by who claims it.
                        inner.waiting.retain(|w| w.stored.id != id);
                        Some(wanted)
                    }
                }
            };
            if let Some(wanted) = taken {
                return InHand { board: self.clone(), id, wanted };
            }
            // It cannot fail: the sender is ours.
            let _ = bell.changed().await;
        }
    }

    /// The person looks at this mailbox now; whether somebody must synchronise it.
    pub(super) fn look(&self, id: Option<MailboxId>) -> bool {
        self.change(|inner| {
            inner.looked = id;
            inner.look_due = id.filter(|id| {
                let waits = inner.waiting.iter().any(|w| w.stored.id == *id);
                waits || !inner.watched.contains(id)
            });
            inner.look_due.is_some()
        })
    }

    /// Wants these messages whole; the answer comes when they are here, or cannot be had.
    pub(super) fn send_for(&self, ids: Vec<MessageId>) -> oneshot::Receiver<Result<()>> {
        let (answer, waits) = oneshot::channel();
        self.change(|inner| inner.errands.push_back(Errand { ids, answer, again: false }));
        waits
    }

    /// A connection failed over this: the next one tries, once.
    pub(super) fn again(&self, urgent: Urgent, problem: &Problem) {
        match urgent {
            Urgent::Errand(errand) if errand.again => drop(errand.answer.send(Err(problem.clone()))),
            Urgent::Errand(errand) => self.change(|inner| inner.errands.push_front(Errand { again: true, ..errand })),
            Urgent::Look(id) => self.change(|inner| inner.look_due = inner.look_due.or(Some(id))),
        }
    }

    /// What the person waits for; a message that is open before a list.
    pub(super) fn next_urgent(&self) -> Option<Urgent> {
        self.take(|inner| match inner.errands.pop_front() {
            Some(errand) => Some(Urgent::Errand(errand)),
            None => inner.look_due.take().map(Urgent::Look),
        })
    }
    pub(super) fn has_urgent(&self) -> bool {
        let inner = locked(&self.inner);
        !inner.errands.is_empty() || inner.look_due.is_some()
    }
    /// How many mailboxes wait that nobody has in hand.
    pub(super) fn waiting(&self) -> usize {
        let inner = locked(&self.inner);
        inner.waiting.iter().filter(|w| inner.is_free(w.stored.id)).count()
    }
    /// Whether nothing waits and nobody works.
    pub(super) fn is_done(&self) -> bool {
        let inner = locked(&self.inner);
        inner.waiting.is_empty() && inner.in_hand.is_empty() && inner.planning == 0
    }

    /// Nobody can be asked now: what the person waits for fails.
    pub(super) fn refuse_urgent(&self, problem: &Problem) {
        let errands = self.change(|inner| {
            inner.look_due = None;
            std::mem::take(&mut inner.errands)
        });
        for errand in errands {
            // Who asked may have gone.
            let _ = errand.answer.send(Err(problem.clone()));
        }
    }

    /// A connection hears of this mailbox's news until the value is dropped.
    pub(super) fn watch(self: &Arc<Board>, id: MailboxId) -> Watched {
        self.change(|inner| {
            inner.watched.insert(id);
        });
        Watched { board: self.clone(), id }
    }

    /// More will be put up until the value is dropped.
    pub(super) fn plan(self: &Arc<Board>) -> Planning {
        self.change(|inner| inner.planning = inner.planning.saturating_add(1));
        Planning(self.clone())
    }

    /// Keeps operations and comparisons of these mailboxes out of each other's way.
    pub(super) async fn gate<'p>(&self, paths: impl IntoIterator<Item = &'p MailboxPath>) -> Vec<OwnedMutexGuard<()>> {
        // In one order for all, so that nobody waits for somebody who waits for them.
        let paths: BTreeSet<&MailboxPath> = paths.into_iter().collect();
        let gates: Vec<_> = {
            let mut all = locked(&self.gates);
            paths.into_iter().map(|path| all.entry(path.clone()).or_default().clone()).collect()
        };
        let mut held = Vec::with_capacity(gates.len());
        for gate in gates {
            held.push(gate.lock_owned().await);
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection without work waits for the bell: one that rang it by looking would look for ever.
    #[test]
    fn to_look_for_work_where_there_is_none_wakes_nobody() {
        let board = Arc::<Board>::default();
        let bell = board.listen();
        assert!(board.next().is_none() && board.next_urgent().is_none());
        assert!(!board.has_urgent() && board.is_done() && board.waiting() == 0);
        assert!(!bell.has_changed().unwrap(), "nothing has changed");
        board.look(Some(MailboxId(1)));
        assert!(bell.has_changed().unwrap());
        let bell = board.listen();
        assert!(board.next_urgent().is_some());
        assert!(bell.has_changed().unwrap(), "what was taken is gone for the others");
    }
}
