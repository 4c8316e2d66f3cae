//! What is kept in memory about the orders of lists, and how it learns of changes.
//!
//! An order by sender, subject or size, or of what a filter leaves, is made by one pass over `brief` when it is first
//! asked for: about half a second for a million messages, with eight bytes for each row. It is then kept in step:
//! every transaction notes which messages and conversations it changed before it commits, and whoever asks next takes
//! those out and puts them in where they belong now. A mailbox's version in the snapshot tells which notes are to be
//! followed, and whether one was missed: then the order is made anew.

use super::ordered::{Ordered, Wanted};
use super::rank::Bounds;
use crate::storage::error::Result;
use crate::storage::index::write::{Change, Kind};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Orders that are kept, and rows of them all together, above which the one not asked for longest goes.
const MAX_ORDERS: usize = 32;
const MAX_ROWS: usize = 4_000_000;
/// Changes that are noted for an order; with more it is made anew.
const MAX_CHANGES: usize = 20_000;
/// Mailboxes whose bounds are kept.
const MAX_BOUNDS: usize = 64;

/// Sums of a mailbox's buckets, with its version.
type Known = (i64, Arc<Bounds>);

/// Everything that is kept.
#[derive(Default)]
pub(crate) struct Orders {
    /// The one asked for last stands last.
    kept: Mutex<Vec<(Wanted, Arc<Kept>)>>,
    bounds: Mutex<HashMap<(i64, Kind), Known>>,
}

/// One order.
#[derive(Default)]
pub(crate) struct Kept {
    /// Of its own, so that a transaction never waits for an order that is being made.
    notes: Mutex<Notes>,
    pub(super) order: Mutex<Option<Ordered>>,
}

#[derive(Default)]
struct Notes {
    changes: Vec<Change>,
    count: usize,
}

impl Orders {
    /// The bounds of a mailbox at a version.
    pub(super) fn bounds(
        &self,
        mailbox: i64,
        kind: Kind,
        version: i64,
        read: impl FnOnce() -> Result<Bounds>,
    ) -> Result<Arc<Bounds>> {
        if let Some((at, bounds)) = lock(&self.bounds).get(&(mailbox, kind))
            && *at == version
        {
            return Ok(Arc::clone(bounds));
        }
        let bounds = Arc::new(read()?);
        let mut all = lock(&self.bounds);
        if all.len() >= MAX_BOUNDS {
            all.clear();
        }
        all.insert((mailbox, kind), (version, Arc::clone(&bounds)));
        Ok(bounds)
    }

    /// An order, perhaps not made yet. To be asked for before the snapshot that it is brought in step with begins.
    pub(super) fn get(&self, wanted: &Wanted) -> Arc<Kept> {
        let mut kept = lock(&self.kept);
        let found = kept.iter().position(|(other, _)| other == wanted).map(|at| kept.remove(at).1);
        let order = found.unwrap_or_default();
        kept.push((wanted.clone(), Arc::clone(&order)));
        while kept.len() > 1 && (kept.len() > MAX_ORDERS || rows(&kept) > MAX_ROWS) {
            kept.remove(0);
        }
        order
    }

    /// A transaction is about to commit.
    pub fn note(&self, changes: &[Change]) {
        let kept = lock(&self.kept);
        for (wanted, order) in kept.iter() {
            let mut notes = lock(&order.notes);
            for change in changes.iter().filter(|change| wanted.mailboxes.contains(&change.mailbox)) {
                notes.count = notes.count.saturating_add(change.messages.len()).saturating_add(change.threads.len());
                if notes.count > MAX_CHANGES {
                    // A gap, which whoever looks will find.
                    notes.changes.clear();
                    notes.count = 0;
                } else {
                    notes.changes.push(change.clone());
                }
            }
        }
    }

    /// Nothing that is kept is to be believed.
    pub fn forget(&self) {
        lock(&self.kept).clear();
        lock(&self.bounds).clear();
    }
}

impl Kept {
    /// Takes the notes that lead from the versions of `from` to those of `to`; `None` where some are missing.
    pub(super) fn notes(&self, from: &[(i64, i64)], to: &[(i64, i64)]) -> Option<Vec<Change>> {
        let mut notes = lock(&self.notes);
        let mut taken = Vec::new();
        let mut whole = from.len() == to.len();
        for ((mailbox, before), (same, after)) in from.iter().zip(to) {
            whole &= mailbox == same;
            let of = |change: &Change| change.mailbox == *mailbox && change.version > *before;
            let steps = notes.changes.iter().filter(|c| of(c) && c.version <= *after);
            let steps: Vec<Change> = steps.cloned().collect();
            let expected = usize::try_from(after.saturating_sub(*before).max(0)).unwrap_or(usize::MAX);
            whole &= steps.len() == expected && !steps.iter().any(|step| step.all);
            taken.extend(steps);
        }
        notes.changes.retain(|c| to.iter().any(|(mailbox, after)| c.mailbox == *mailbox && c.version > *after));
        notes.count = notes.changes.iter().map(|c| c.messages.len().saturating_add(c.threads.len())).sum();
        whole.then_some(taken)
    }
}

fn rows(kept: &[(Wanted, Arc<Kept>)]) -> usize {
    // One that is being made is not counted.
    let len = |order: &Arc<Kept>| order.order.try_lock().ok().and_then(|o| o.as_ref().map(Ordered::len)).unwrap_or(0);
    kept.iter().map(|(_, order)| len(order)).sum()
}

/// A thread that panicked left nothing half-done that matters: what it kept is compared with versions.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
