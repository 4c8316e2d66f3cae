//! The storage floor: Maildirs, the index over them, the durable queue, settings and secrets.
//!
//! Everything here blocks; the service calls it from `spawn_blocking`. [`Store`] is the one way
//! to messages and mailboxes; it keeps the Maildirs (the truth) and `index.db` (a cache of
//! them) in step, in this order: file durable, then row. `queue.db` is no cache: it is what
//! the person asked for and what was sent, written through to the disk before anything acts.
//!
//! # On disk
//! ```text
//! settings.toml                      accounts and preferences, edited by people too
//! secrets.toml                       where no keyring service answers
//! lock                               flock of the running service
//! mail/ACCOUNT/<dir>/{cur,new,tmp}   one Maildir per mailbox, nested mailboxes in nested directories
//! mail/ACCOUNT/<dir>/.postwren.json  what the mailbox is, so that the index can be rebuilt
//! index.db                           cache; may be deleted at any time
//! search.db                          cache of the words in it; may be deleted at any time
//! queue.db                           operations, Outbox, undo, POP3 ledger, saved searches
//! outbox/<id>.eml  drafts/<id>/…  transcripts/ACCOUNT.log
//! ```
//! Directories have mode 0700, files 0600.

pub mod drafts;
pub mod error;
mod fail;
pub mod files;
mod import;
pub mod index;
pub mod maildir;
pub mod profile;
pub mod queue;
pub mod remote_images;
pub mod search;
pub mod secrets;
pub mod settings;
pub mod store;
pub mod transcripts;

pub use drafts::Drafts;
pub use error::{Error, Result};
pub use import::{ImportProgress, Imported};
pub use index::conversation::{Opened, OpenedMessage};
pub use index::list::{ListPage, ListQuery, ListRow, PlaceOf, Summed};
pub use index::{Page, Query, Row, StoredMailbox, SyncState};
pub use maildir::MailboxMeta;
pub use profile::Profile;
pub use queue::arrival::{Arrivals, Expected};
pub use queue::coalesce::{Home, Merged, Wish, coalesce};
pub use queue::ledger::{Ledger, LedgerEntry, LedgerState};
pub use queue::operations::{NewOperation, OpId, OpKind, OpState, Operation, Operations, ServerUid};
pub use queue::outbox::{
    Change as OutboxChange, NewOutbox, Outbox, OutboxItem, OutboxState, Recipient, RecipientOutcome,
};
pub use queue::saved::{Saved, SavedSearches};
pub use queue::undo::{Logged, UndoLog};
pub use search::Order;
pub use secrets::{FileSecrets, MemorySecrets, SecretPlace, Secrets, SystemSecrets};
pub use settings::Settings;
pub use store::{Added, Arrived, Gone, Noticed, Reflagged, Survey};
pub use store::{
    Found, Identity, Incoming, IncomingBody, Indexed, Known, Located, Readable, Reconciled, RowAlone, Store,
};
pub use store::{Stranger, Tree};
pub use transcripts::Transcripts;
