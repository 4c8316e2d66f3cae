//! Files of a mailbox against the rows that the index has of it: names only, nothing is read or changed here.

use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::uid::Uid;
use crate::storage::index::mailboxes::Record;
use crate::storage::index::messages::Stored;
use crate::storage::maildir::name::MessageName;
use crate::storage::maildir::{Entry, Place};
use std::collections::HashMap;

/// A file that the index lacks.
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) entry: Entry,
}

/// A row that follows its file.
pub(super) struct Moved {
    pub(super) old: Stored,
    pub(super) place: Place,
    pub(super) file_name: String,
    pub(super) name: MessageName,
}

/// Files against rows of one mailbox.
pub(super) struct Diff<'a> {
    record: &'a Record,
    by_file: HashMap<(Place, String), MessageId>,
    by_base: HashMap<String, MessageId>,
    /// Rows whose file was not met (yet).
    pub(super) without_file: HashMap<MessageId, Stored>,
    /// The file of each message that was met.
    pub(super) files: HashMap<MessageId, (Place, String)>,
    pub(super) moved: Vec<Moved>,
    /// Files to be looked at once all names are known.
    pub(super) unmatched: Vec<Found>,
    total: u64,
    unread: u64,
}

impl<'a> Diff<'a> {
    pub(super) fn new(record: &'a Record, stored: Vec<Stored>) -> Diff<'a> {
        let base = |s: &Stored| MessageName::parse(&s.file_name).map(|n| n.base().to_string()).unwrap_or_default();
        Diff {
            record,
            by_file: stored.iter().map(|s| ((s.place, s.file_name.clone()), s.id)).collect(),
            by_base: stored.iter().map(|s| (base(s), s.id)).collect(),
            without_file: stored.into_iter().map(|s| (s.id, s)).collect(),
            files: HashMap::new(),
            moved: Vec::new(),
            unmatched: Vec::new(),
            total: 0,
            unread: 0,
        }
    }

    pub(super) fn mailbox(&self) -> MailboxId {
        self.record.stored.id
    }

    /// A file lies there. Files known by their very name are settled at once.
    pub(super) fn meet(&mut self, place: Place, entry: Entry) {
        let key = (place, entry.file_name.clone());
        let known = self.by_file.get(&key).and_then(|id| self.without_file.remove(id));
        match known {
            Some(old) => {
                self.files.insert(old.id, (place, entry.file_name.clone()));
                self.count(place, &entry.name);
                if old.uid != valid_uid(self.record, &entry.name) || old.flags != entry.name.flags() {
                    let Entry { file_name, name } = entry;
                    self.moved.push(Moved { old, place, file_name, name });
                }
            }
            None => self.unmatched.push(Found { place, entry }),
        }
    }

    fn count(&mut self, place: Place, name: &MessageName) {
        if place.is_listed() {
            self.total = self.total.saturating_add(1);
            if !name.flags().contains(Flags::SEEN) {
                self.unread = self.unread.saturating_add(1);
            }
        }
    }

    /// (total, unread) of the rows that were settled by name; the mailbox's counts where nothing else changed.
    pub(super) fn listed(&self) -> (u64, u64) {
        (self.total, self.unread)
    }

    /// Rows whose files were renamed: by other programs (same base) or by ourselves before a crash (same id).
    pub(super) fn follow_renamed(&mut self) {
        for found in std::mem::take(&mut self.unmatched) {
            let id = self
                .by_base
                .get(found.entry.name.base())
                .copied()
                .or_else(|| found.entry.name.identity().map(|own| own.id));
            match id.and_then(|id| self.without_file.remove(&id)) {
                Some(old) => {
                    self.files.insert(old.id, (found.place, found.entry.file_name.clone()));
                    let Found { place, entry: Entry { file_name, name } } = found;
                    self.moved.push(Moved { old, place, file_name, name });
                }
                None => self.unmatched.push(found),
            }
        }
    }
}

/// A file's number, where it is of the mailbox's generation.
pub(super) fn valid_uid(record: &Record, name: &MessageName) -> Option<Uid> {
    let (validity, uid) = name.identity()?.uid?;
    (record.stored.state.uid_validity == Some(validity)).then_some(uid)
}
