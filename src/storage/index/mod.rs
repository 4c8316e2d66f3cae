//! `index.db`: a cache of what the Maildirs hold, for lists that must answer at once.
//!
//! One connection writes, behind a mutex; a few read-only ones read, so that a list never waits
//! for a bulk insert (WAL). Counts, conversations and the order's buckets change in the transaction that
//! changes the messages: [`write::Write`] keeps the tally. How lists are read: [`list`].

mod brief;
pub(crate) mod conversation;
mod conversations;
pub(crate) mod database;
pub mod list;
pub(crate) mod mailboxes;
pub(crate) mod messages;
pub(crate) mod people;
mod schema;
#[cfg(test)]
mod tests;
mod threads;
pub(crate) mod write;

pub(crate) use database::Index;

use super::maildir::MailboxMeta;
use crate::mail::address::Address;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::keywords::Keywords;
use crate::mail::uid::{ModSeq, Uid, UidValidity};

/// How far a mailbox is in step with its server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    /// The generation that every number known here belongs to. Set by the first delivery that carries one;
    /// survives a rebuild. The other fields are of the last complete synchronisation, and do not.
    pub uid_validity: Option<UidValidity>,
    pub uid_next: Option<Uid>,
    pub highest_mod_seq: Option<ModSeq>,
    pub exists: Option<u32>,
}

/// A mailbox with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMailbox {
    /// Survives a rebuild of the index.
    pub id: MailboxId,
    pub account: String,
    pub meta: MailboxMeta,
    pub state: SyncState,
    /// What the keyword bits of its messages' flags are called.
    pub keywords: Keywords,
    pub unread: u64,
    pub total: u64,
}

/// Which messages to list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    Mailbox(MailboxId),
    /// Every account's Inbox.
    AllInboxes,
}

/// One row of the message list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: MessageId,
    pub mailbox: MailboxId,
    pub from: Vec<Address>,
    pub to: Vec<Address>,
    pub subject: String,
    pub preview: String,
    /// Unix seconds: the Date field, else when the server received it.
    pub date: i64,
    pub flags: Flags,
    /// Names of its keywords.
    pub keywords: Vec<String>,
    pub attachments: u32,
    /// Of the whole message, in bytes.
    pub size: u64,
    /// Only its headers are here.
    pub headers_only: bool,
}

/// Rows of a query, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Position of the first row among all.
    pub start: u64,
    pub rows: Vec<Row>,
    pub total: u64,
    pub unread: u64,
}
