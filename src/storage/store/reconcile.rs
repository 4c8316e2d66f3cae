//! Index and directory compared: after a crash, after other programs, after the index was lost.

use super::{Reconciled, Store};
use crate::mail::ids::MailboxId;
use crate::storage::error::Result;

impl Store {
    /// Makes the index equal the mailbox's directory.
    ///
    /// # Errors
    /// [`Error::Missing`](crate::storage::Error::Missing) where the directory is gone.
    pub fn reconcile(&self, mailbox: MailboxId) -> Result<Reconciled> {
        self.reconcile_with(mailbox, &mut |_, _| {})
    }
    /// As [`Store::reconcile`]; tells (files read, files to read) as it goes.
    pub fn reconcile_with(&self, _mailbox: MailboxId, _progress: &mut dyn FnMut(u64, u64)) -> Result<Reconciled> {
        todo!()
    }
    /// Makes the whole index anew from what lies under `mail/`; tells (files read, files to read) of each mailbox.
    pub fn rebuild(&self, _progress: &mut dyn FnMut(MailboxId, u64, u64)) -> Result<Reconciled> {
        todo!()
    }
}
