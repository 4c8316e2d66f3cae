//! Whether a mailbox's directory and its rows say the same, found out without holding either: both are summed up,
//! whatever their order, and the sums compared. So a look at a mailbox in which nothing was changed by others, the
//! usual case after messages came in, costs no memory.
//!
//! What is summed are hashes with a key of this run, so that nobody can make names whose sums agree.

use super::Store;
use super::diff::valid_uid;
use crate::mail::flags::Flags;
use crate::mail::uid::Uid;
use crate::storage::error::Result;
use crate::storage::index::mailboxes::Record;
use crate::storage::index::messages::{self, Named};
use crate::storage::maildir::{Listing, Maildir, Place};
use std::hash::{BuildHasher, RandomState};

/// A heap of names, in no order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heap {
    count: u64,
    sums: [u64; 2],
    listed: u64,
    unread: u64,
}

/// Two keys, so that the sums have 128 bits together.
struct Keys([RandomState; 2]);

impl Heap {
    fn add(&mut self, keys: &Keys, place: Place, file_name: &str, uid: Option<Uid>, flags: Flags) {
        self.count = self.count.saturating_add(1);
        for (sum, key) in self.sums.iter_mut().zip(&keys.0) {
            *sum = sum.wrapping_add(key.hash_one((place, file_name, uid.map(|u| u.0), flags.0)));
        }
        if place.is_listed() {
            self.listed = self.listed.saturating_add(1);
            self.unread = self.unread.saturating_add(u64::from(!flags.contains(Flags::SEEN)));
        }
    }
}

impl Store {
    /// Whether every file has its row and every row its file, with the same number and flags, and the mailbox's counts
    /// are right: then there is nothing that [`Diff`](super::diff::Diff) would find.
    pub(super) fn is_same(&self, record: &Record, maildir: &Maildir) -> Result<bool> {
        let keys = Keys([RandomState::new(), RandomState::new()]);
        let (mut files, mut rows) = (Heap::default(), Heap::default());
        for place in [Place::Cur, Place::Held, Place::Headers] {
            Listing::each(&maildir.place(place), |entry| {
                let uid = valid_uid(record, &entry.name);
                files.add(&keys, place, &entry.file_name, uid, entry.name.flags());
            })?;
        }
        let stored = &record.stored;
        self.inner.index.read(|c| {
            messages::each_name(c, stored.id, |Named { place, file_name, uid, flags }| {
                rows.add(&keys, place, file_name, uid, flags);
            })
        })?;
        Ok(files == rows && (files.listed, files.unread) == (stored.total, stored.unread))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heap(keys: &Keys, names: &[(Place, &str, Option<u32>, Flags)]) -> Heap {
        let mut heap = Heap::default();
        names.iter().for_each(|(place, name, uid, flags)| heap.add(keys, *place, name, uid.map(Uid), *flags));
        heap
    }

    #[test]
    fn order_does_not_matter_and_everything_else_does() {
        let keys = Keys([RandomState::new(), RandomState::new()]);
        let [one, two] = [(Place::Cur, "1", Some(1), Flags::SEEN), (Place::Headers, "2", None, Flags::empty())];
        let both = heap(&keys, &[one, two]);
        assert_eq!(both, heap(&keys, &[two, one]));
        assert_eq!((both.count, both.listed, both.unread), (2, 2, 1));
        let others = [
            vec![one],
            vec![one, two, two],
            vec![one, (Place::Held, "2", None, Flags::empty())],
            vec![one, (Place::Headers, "3", None, Flags::empty())],
            vec![one, (Place::Headers, "2", Some(2), Flags::empty())],
            vec![one, (Place::Headers, "2", None, Flags::FLAGGED)],
        ];
        for other in others {
            assert_ne!(both, heap(&keys, &other), "{other:?}");
        }
    }
}
