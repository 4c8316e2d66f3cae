//! The facade: Maildirs and index in step, file first, row after.

mod delivering;
mod diff;
mod filing;
mod identity;
mod keywords;
mod listing;
mod lookup;
mod mailboxes;
mod moving;
mod partial;
mod reading;
mod reconcile;
mod removal;
mod rows_alone;
mod same;
mod searching;
mod survey;
#[cfg(test)]
mod tests;

pub use reading::Readable;
pub use rows_alone::RowAlone;

use super::drafts::Drafts;
use super::error::{Error, Result};
use super::fail::CrashPoint;
use super::files;
use super::index::mailboxes::Record;
use super::index::messages::{self, Stored};
use super::index::{Index, mailboxes as rows};
use super::maildir::{Maildir, Place};
use super::profile::{Lock, Profile};
use super::queue::Queue;
use super::queue::arrival::Arrivals;
use super::queue::ledger::Ledger;
use super::queue::operations::Operations;
use super::queue::outbox::Outbox;
use super::queue::saved::SavedSearches;
use super::queue::undo::UndoLog;
use super::search::Search;
use super::transcripts::Transcripts;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mime::Summary;
use crate::mail::uid::{Uid, UidValidity};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::NamedTempFile;

/// Everything of a profile. Cheap to clone; every clone is the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    profile: Profile,
    index: Index,
    queue: Arc<Queue>,
    search: Search,
    /// One per mailbox: its files and their rows change together.
    locks: Mutex<HashMap<MailboxId, Arc<Mutex<()>>>>,
    /// Mailboxes compared with their directories since the store was opened.
    compared: Mutex<HashSet<MailboxId>>,
    crash: Arc<CrashPoint>,
    _lock: Lock,
}

pub use searching::{Found, Indexed};
pub use survey::{Added, Arrived, Gone, Noticed, Reflagged, Survey};

/// What a synchronisation knows of a stored message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub id: MessageId,
    /// `None`: not on the server yet, or its number is unknown.
    pub uid: Option<Uid>,
    pub flags: Flags,
    /// What the server last said; after a rebuild of the index, the same as `flags`.
    pub server_flags: Flags,
    /// Held back by [`Store::hold`]: in no list, and not to be fetched again.
    pub held: bool,
    /// Only its headers are here.
    pub headers_only: bool,
}

impl Known {
    fn of(stored: Stored) -> Known {
        Known {
            id: stored.id,
            uid: stored.uid,
            flags: stored.flags,
            server_flags: stored.server_flags,
            held: stored.place == Place::Held,
            headers_only: stored.is_headers(),
        }
    }
}

/// By what a message is found again when its number is void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub id: MessageId,
    pub uid: Option<Uid>,
    /// Without angle brackets.
    pub message_id: Option<String>,
    pub size: u64,
}

impl Identity {
    fn of(stored: Stored) -> Identity {
        Identity { id: stored.id, uid: stored.uid, message_id: stored.message_id, size: stored.size }
    }
}

/// A message to be stored.
#[derive(Debug)]
pub struct Incoming {
    /// Its number on the server, where it has one.
    pub uid: Option<(UidValidity, Uid)>,
    /// The flags it has on the server, or is to have.
    pub flags: Flags,
    /// When the server received it, Unix seconds.
    pub internal_date: Option<i64>,
    pub body: IncomingBody,
}

/// The bytes of a message to be stored, exactly as received.
#[derive(Debug)]
pub enum IncomingBody {
    Bytes(Vec<u8>),
    /// A file made by [`Store::scratch`], for large messages: it is renamed, not copied.
    File(NamedTempFile),
    /// A file whose content is on the disk and never changes: it gets a second name, or is copied where it cannot.
    /// The SHA-256 of its bytes goes with it where it is known.
    Durable(PathBuf, Option<[u8; 32]>),
    /// The header block of a message that stays on its server; `size` is the whole message's, in bytes.
    Headers {
        bytes: Vec<u8>,
        size: u64,
    },
}

/// Where a message lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    pub id: MessageId,
    pub mailbox: MailboxId,
    pub account: String,
    pub path: PathBuf,
    pub uid: Option<(UidValidity, Uid)>,
    pub flags: Flags,
    pub server_flags: Flags,
    pub size: u64,
    /// Without angle brackets.
    pub message_id: Option<String>,
    pub held: bool,
    /// Only its headers are here; `size` is the whole message's.
    pub headers_only: bool,
}

/// What [`Store::reconcile`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
}

impl Store {
    /// Opens the profile's store and takes its lock. A missing, damaged or foreign `index.db` is made anew:
    /// then mailboxes are there at once, their messages after [`Store::rebuild`] or [`Store::reconcile`].
    ///
    /// # Errors
    /// [`Error::Locked`](super::Error::Locked); what disk or database say.
    pub fn open(profile: &Profile) -> Result<Store> {
        let lock = profile.lock()?;
        files::create_dir_all(&profile.mail())?;
        let crash = Arc::new(CrashPoint::default());
        let store = Store {
            inner: Arc::new(Inner {
                profile: profile.clone(),
                index: Index::open(&profile.index())?,
                queue: Arc::new(Queue::open(profile, Arc::clone(&crash))?),
                search: Search::new(profile.search(), profile.index()),
                locks: Mutex::default(),
                compared: Mutex::default(),
                crash,
                _lock: lock,
            }),
        };
        store.find_mailboxes()?;
        store.sweep()?;
        Ok(store)
    }
    /// Whether the index was made anew and [`Store::rebuild`] has not finished since.
    pub fn needs_rebuild(&self) -> bool {
        !self.inner.index.is_complete()
    }
    pub fn profile(&self) -> &Profile {
        &self.inner.profile
    }
    pub fn operations(&self) -> Operations {
        Operations::new(&self.inner.queue)
    }
    pub fn undo_log(&self) -> UndoLog {
        UndoLog::new(&self.inner.queue)
    }
    pub fn outbox(&self) -> Outbox {
        Outbox::new(&self.inner.queue)
    }
    pub fn arrivals(&self) -> Arrivals {
        Arrivals::new(&self.inner.queue)
    }
    pub fn ledger(&self) -> Ledger {
        Ledger::new(&self.inner.queue)
    }
    pub fn saved_searches(&self) -> SavedSearches {
        SavedSearches::new(&self.inner.queue)
    }
    pub fn drafts(&self) -> Drafts {
        Drafts::new(&self.inner.profile)
    }
    pub fn transcripts(&self) -> Transcripts {
        Transcripts::new(&self.inner.profile)
    }

    /// Dies at the n-th step from now that changes the disk; 0 never.
    #[cfg(test)]
    pub(crate) fn die_at(&self, n: i64) {
        self.inner.crash.arm(n);
    }

    fn record(&self, id: MailboxId) -> Result<Record> {
        self.inner.index.read(|c| rows::find(c, id))?.ok_or_else(|| Error::NotFound(format!("mailbox {}", id.0)))
    }

    fn maildir(&self, record: &Record) -> Maildir {
        Maildir::at(self.inner.profile.mail().join(&record.dir))
    }

    /// Rows of these messages, without those that are gone.
    fn stored(&self, ids: &[MessageId]) -> Result<Vec<Stored>> {
        self.inner.index.read(|c| ids.iter().filter_map(|id| messages::find(c, *id).transpose()).collect())
    }

    /// Runs `change` while nothing else changes these mailboxes.
    fn exclusive<T>(&self, mailboxes: &BTreeSet<MailboxId>, change: impl FnOnce() -> Result<T>) -> Result<T> {
        let locks: Vec<Arc<Mutex<()>>> = {
            let mut all = lock(&self.inner.locks);
            // In the order of the set: two movers never wait for each other.
            mailboxes.iter().map(|id| Arc::clone(all.entry(*id).or_default())).collect()
        };
        let _held: Vec<MutexGuard<'_, ()>> = locks.iter().map(|l| lock(l)).collect();
        change()
    }

    /// Runs `change` for each mailbox that the messages lie in, with their rows as they are then.
    fn by_mailbox(
        &self,
        ids: &[MessageId],
        mut change: impl FnMut(&Record, &Maildir, Vec<Stored>) -> Result<()>,
    ) -> Result<()> {
        let mailboxes: BTreeSet<MailboxId> = self.stored(ids)?.iter().map(|s| s.mailbox).collect();
        for mailbox in mailboxes {
            self.exclusive(&BTreeSet::from([mailbox]), || {
                let record = self.record(mailbox)?;
                let here = self.stored(ids)?.into_iter().filter(|s| s.mailbox == mailbox).collect();
                change(&record, &self.maildir(&record), here)
            })?;
        }
        Ok(())
    }

    fn step(&self) {
        self.inner.crash.step();
    }
}

/// What the index keeps of a message.
fn summarise(raw: &[u8]) -> Summary {
    crate::mail::mime::summary(raw)
}

/// After a simulated crash nothing behind these is used.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
