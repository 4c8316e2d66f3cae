//! Messages coming in, in batches.

use super::{Incoming, Store};
use crate::mail::ids::{MailboxId, MessageId};
use crate::storage::error::Result;
use tempfile::NamedTempFile;

impl Store {
    /// A file in the mailbox's `tmp/`, to write a large message into and then to [`deliver`](Store::deliver).
    pub fn scratch(&self, _mailbox: MailboxId) -> Result<NamedTempFile> {
        todo!()
    }
    /// Stores a batch: durable on disk and indexed when this returns; the ids are in the batch's order.
    /// The same number again, or the same bytes again where there is no number, replaces and does not double.
    pub fn deliver(&self, _mailbox: MailboxId, _batch: Vec<Incoming>) -> Result<Vec<MessageId>> {
        todo!()
    }
}
