//! Stored messages change: flags, numbers, places.

use super::Store;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::Result;

impl Store {
    /// A message stored here learns its number on the server.
    pub fn adopt(&self, _id: MessageId, _validity: UidValidity, _uid: Uid, _server_flags: Flags) -> Result<()> {
        todo!()
    }
    /// A message turns out not to be on the server any more (or never was): its number is dropped, it stays here.
    pub fn disown(&self, _ids: &[MessageId]) -> Result<()> {
        todo!()
    }
    /// What the server says now, and what the flags here become of it: (number, server's, resulting).
    pub fn set_server_flags(&self, _mailbox: MailboxId, _changes: &[(Uid, Flags, Flags)]) -> Result<()> {
        todo!()
    }
    /// The person's change. Ids that are gone are passed over.
    pub fn set_local_flags(&self, _changes: &[(MessageId, Flags)]) -> Result<()> {
        todo!()
    }
    /// Gone on the server: files and rows are removed.
    pub fn forget(&self, _mailbox: MailboxId, _ids: &[MessageId]) -> Result<()> {
        todo!()
    }
    /// Moves within an account's or between accounts' mailboxes; ids stay, numbers are dropped.
    pub fn move_local(&self, _ids: &[MessageId], _to: MailboxId) -> Result<()> {
        todo!()
    }
    /// Copies; the values are the copies' ids, in order.
    pub fn copy_local(&self, _ids: &[MessageId], _to: MailboxId) -> Result<Vec<MessageId>> {
        todo!()
    }
    /// Takes messages out of the lists, to be dropped or brought back.
    pub fn hold(&self, _ids: &[MessageId]) -> Result<()> {
        todo!()
    }
    /// Brings held messages back.
    pub fn unhold(&self, _ids: &[MessageId]) -> Result<()> {
        todo!()
    }
    /// Deletes held messages for good.
    pub fn drop_held(&self, _ids: &[MessageId]) -> Result<()> {
        todo!()
    }
}
