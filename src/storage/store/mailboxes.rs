//! Mailboxes: made, renamed, removed, and how far they are in step with the server.

use super::Store;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::Result;
use crate::storage::index::{StoredMailbox, SyncState};
use crate::storage::maildir::MailboxMeta;

impl Store {
    /// Mailboxes of one account, or of all, by account and path.
    pub fn mailboxes(&self, _account: Option<&str>) -> Result<Vec<StoredMailbox>> {
        todo!()
    }
    pub fn mailbox(&self, _id: MailboxId) -> Result<Option<StoredMailbox>> {
        todo!()
    }
    pub fn find_mailbox(&self, _account: &str, _path: &MailboxPath) -> Result<Option<StoredMailbox>> {
        todo!()
    }
    /// Makes the mailbox's Maildir and row, or brings them up to date.
    ///
    /// # Errors
    /// [`Error::Missing`](crate::storage::Error::Missing) where it held mail and its directory is gone.
    pub fn ensure_mailbox(&self, _account: &str, _meta: &MailboxMeta) -> Result<MailboxId> {
        todo!()
    }
    /// Gives a mailbox a new path, and those within it with it. Ids stay.
    pub fn rename_mailbox(&self, _id: MailboxId, _meta: &MailboxMeta) -> Result<()> {
        todo!()
    }
    /// Takes a mailbox away that the server no longer has. Its files go to `mail/ACCOUNT/.removed/`.
    ///
    /// # Errors
    /// [`Error::LocalOnly`](crate::storage::Error::LocalOnly) where it holds mail that no server has.
    pub fn remove_mailbox(&self, _id: MailboxId) -> Result<()> {
        todo!()
    }
    /// Deletes everything of an account here: mail, rows, queue, Outbox, ledger, transcript. For good.
    pub fn remove_account(&self, _account: &str) -> Result<()> {
        todo!()
    }
    pub fn set_sync_state(&self, _id: MailboxId, _state: &SyncState) -> Result<()> {
        todo!()
    }
    /// The server renumbered the mailbox: every old number is void, those found again are set.
    pub fn new_uid_validity(&self, _id: MailboxId, _validity: UidValidity, _remap: &[(MessageId, Uid)]) -> Result<()> {
        todo!()
    }
}
