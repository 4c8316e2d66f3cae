//! What is stored, read: lists, rows, bytes.

use super::{Identity, Known, Located, Store};
use crate::mail::address::Address;
use crate::mail::ids::{MailboxId, MessageId};
use crate::storage::error::Result;
use crate::storage::index::{Page, Query, Row};
use std::ops::Range;

impl Store {
    /// Every message of a mailbox as a synchronisation sees it. The first call of a session compares the
    /// mailbox with its directory, so that nothing is fetched or dropped on a stale index.
    pub fn known(&self, _mailbox: MailboxId) -> Result<Vec<Known>> {
        todo!()
    }
    /// Every message of a mailbox by what it is found again with.
    pub fn identities(&self, _mailbox: MailboxId) -> Result<Vec<Identity>> {
        todo!()
    }
    /// Rows `range` of a query, newest first. Costs what the range costs, wherever it lies.
    pub fn page(&self, _query: &Query, _range: Range<u64>) -> Result<Page> {
        todo!()
    }
    pub fn row(&self, _id: MessageId) -> Result<Option<Row>> {
        todo!()
    }
    pub fn locate(&self, _id: MessageId) -> Result<Option<Located>> {
        todo!()
    }
    /// The message's bytes.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::storage::Error::NotFound).
    pub fn raw(&self, _id: MessageId) -> Result<Vec<u8>> {
        todo!()
    }
    /// Messages of an account with this Message-ID (without angle brackets).
    pub fn find_message_id(&self, _account: &str, _message_id: &str) -> Result<Vec<MessageId>> {
        todo!()
    }
    pub fn unread_ids(&self, _mailbox: MailboxId) -> Result<Vec<MessageId>> {
        todo!()
    }
    /// Messages that are held: what a kill left of a deletion that could still be taken back.
    pub fn held_ids(&self) -> Result<Vec<MessageId>> {
        todo!()
    }
    /// People written to or heard from whose name or address has a word that begins so, the most used first.
    pub fn addresses(&self, _prefix: &str, _limit: usize) -> Result<Vec<Address>> {
        todo!()
    }
}
