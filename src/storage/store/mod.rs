//! The facade: Maildirs and index in step, file first, row after.

mod delivering;
mod filing;
mod mailboxes;
mod reading;
mod reconcile;

use super::drafts::Drafts;
use super::error::Result;
use super::profile::Profile;
use super::queue::ledger::Ledger;
use super::queue::operations::Operations;
use super::queue::outbox::Outbox;
use super::queue::undo::UndoLog;
use super::transcripts::Transcripts;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::uid::{Uid, UidValidity};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::NamedTempFile;

/// Everything of a profile. Cheap to clone; every clone is the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    profile: Profile,
}

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
    pub fn open(_profile: &Profile) -> Result<Store> {
        todo!()
    }
    /// Whether the index was made anew and [`Store::rebuild`] has not finished since.
    pub fn needs_rebuild(&self) -> bool {
        todo!()
    }
    pub fn profile(&self) -> &Profile {
        &self.inner.profile
    }
    pub fn operations(&self) -> Operations {
        todo!()
    }
    pub fn undo_log(&self) -> UndoLog {
        todo!()
    }
    pub fn outbox(&self) -> Outbox {
        todo!()
    }
    pub fn ledger(&self) -> Ledger {
        todo!()
    }
    pub fn drafts(&self) -> Drafts {
        Drafts::new(&self.inner.profile)
    }
    pub fn transcripts(&self) -> Transcripts {
        Transcripts::new(&self.inner.profile)
    }
}
