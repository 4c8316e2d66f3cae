//! How many connections an account has to its server, and what for.
//!
//! One is always there: it watches the Inbox and carries out what is queued. One more serves what the person looks
//! at, so that it never waits behind a download; pinned mailboxes have one each; the rest download. A server that
//! refuses one more lowers the limit, and nobody is told: everything goes on with fewer.

use crate::mail::mailbox::MailboxPath;
use crate::service::state::locked;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// Connections that download at the same time.
const BULK: usize = 2;
/// Without a choice of the person's, and beside pinned mailboxes: one watches, one looks, two download. Dovecot lets
/// ten in, Gmail fifteen.
const USUAL: usize = 2 + BULK;
/// No more without the person's word.
const MOST: usize = 9;
/// A server that had no room then may have it now.
const FORGIVEN: Duration = Duration::from_secs(60 * 60);

/// What the connections beside the first are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shares {
    /// One looks; where none downloads it does that too, when nobody looks.
    pub look: usize,
    pub pinned: usize,
    pub bulk: usize,
}

/// The connections of an account.
pub(in crate::service) struct Pool {
    chosen: usize,
    pinned: usize,
    open: AtomicUsize,
    refused: Mutex<Option<(usize, Instant)>>,
    look: AtomicUsize,
    bulk: AtomicUsize,
    watched: Mutex<HashSet<MailboxPath>>,
}

/// A pinned mailbox that has a task of its own.
pub(super) struct Pin(Arc<Pool>, MailboxPath);

impl Drop for Pin {
    fn drop(&mut self) {
        locked(&self.0.watched).remove(&self.1);
    }
}

/// What a task of the account's is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Look,
    Bulk,
}

/// A connection's place among those that are open.
pub(super) struct Seat(Arc<Pool>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A task at work.
pub(super) struct Post(Arc<Pool>, Kind);

impl Drop for Post {
    fn drop(&mut self) {
        self.0.posts(self.1).fetch_sub(1, Ordering::SeqCst);
    }
}

impl Pool {
    /// `chosen` by the person; 0 leaves it to us.
    pub fn new(chosen: u8, pinned: usize) -> Pool {
        let chosen = if chosen == 0 { USUAL.saturating_add(pinned).min(MOST) } else { usize::from(chosen) };
        let (open, look, bulk) = Default::default();
        Pool { chosen, pinned, open, refused: Mutex::default(), look, bulk, watched: Mutex::default() }
    }

    /// A post for watching this mailbox, where nobody has it.
    pub(super) fn pin(self: &Arc<Pool>, path: &MailboxPath) -> Option<Pin> {
        locked(&self.watched).insert(path.clone()).then(|| Pin(self.clone(), path.clone()))
    }

    /// Connections at most.
    pub(super) fn limit(&self) -> usize {
        let mut refused = locked(&self.refused);
        if refused.is_some_and(|(_, at)| at.elapsed() > FORGIVEN) {
            *refused = None;
        }
        refused.map_or(self.chosen, |(limit, _)| limit.min(self.chosen)).max(1)
    }

    pub(super) fn shares(&self) -> Shares {
        shares(self.limit(), self.pinned)
    }

    /// A place for the connection that must be there.
    pub(super) fn first(self: &Arc<Pool>) -> Seat {
        self.open.fetch_add(1, Ordering::SeqCst);
        Seat(self.clone())
    }
    /// A place for one more, where there is room.
    pub(super) fn another(self: &Arc<Pool>) -> Option<Seat> {
        let limit = self.limit();
        let more = |open: usize| (open < limit).then(|| open.saturating_add(1));
        self.open.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).ok()?;
        Some(Seat(self.clone()))
    }
    /// The server let no more in than are open beside this one.
    pub(super) fn refused(&self, seat: Seat) {
        drop(seat);
        let limit = self.open.load(Ordering::SeqCst).max(1);
        tracing::info!(limit, "the server takes no more connections");
        *locked(&self.refused) = Some((limit, Instant::now()));
    }

    /// A post for a task of this kind, where one is free.
    pub(super) fn post(self: &Arc<Pool>, kind: Kind) -> Option<Post> {
        let shares = self.shares();
        let most = if kind == Kind::Look { shares.look } else { shares.bulk };
        let more = |n: usize| (n < most).then(|| n.saturating_add(1));
        self.posts(kind).fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).ok()?;
        Some(Post(self.clone(), kind))
    }
    /// Whether somebody is at this post.
    pub(super) fn is_staffed(&self, kind: Kind) -> bool {
        self.posts(kind).load(Ordering::SeqCst) > 0
    }
    fn posts(&self, kind: Kind) -> &AtomicUsize {
        if kind == Kind::Look { &self.look } else { &self.bulk }
    }
}

fn shares(limit: usize, pinned: usize) -> Shares {
    let look = usize::from(limit >= 2);
    let pinned = pinned.min(limit.saturating_sub(2));
    let bulk = limit.saturating_sub(2).saturating_sub(pinned).min(BULK);
    Shares { look, pinned, bulk }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_person_looks_at_comes_first_then_pins_then_downloads() {
        let of = |limit, pinned| {
            let Shares { look, pinned, bulk } = shares(limit, pinned);
            (look, pinned, bulk)
        };
        assert_eq!([of(1, 3), of(2, 3), of(3, 0), of(3, 3)], [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 0)]);
        assert_eq!([of(4, 0), of(9, 2), of(20, 3)], [(1, 0, 2), (1, 2, 2), (1, 3, 2)]);
    }

    #[tokio::test]
    async fn a_refusal_lowers_the_limit_to_what_is_open() {
        let pool = Arc::new(Pool::new(0, 0));
        assert_eq!(pool.limit(), 4);
        let first = pool.first();
        let (second, third) = (pool.another().unwrap(), pool.another().unwrap());
        pool.refused(third);
        assert_eq!((pool.limit(), pool.another().is_none()), (2, true));
        assert_eq!(pool.shares(), Shares { look: 1, pinned: 0, bulk: 0 });
        drop((first, second));
        assert!(pool.another().is_some(), "what was closed may be opened again");
        assert!(pool.post(Kind::Bulk).is_none() && pool.post(Kind::Look).is_some());
    }
}
