//! What is stored, read: lists, rows, bytes.

use super::{Identity, Known, Located, Store};
use crate::mail::address::Address;
use crate::mail::ids::{MailboxId, MessageId};
use crate::storage::error::{At, Error, Result};
use crate::storage::index::mailboxes as rows;
use crate::storage::index::messages::{self, Stored};
use crate::storage::index::{Row, people};
use crate::storage::maildir::name::MessageName;
use crate::storage::maildir::{Maildir, Place};
use std::io::ErrorKind;

/// What is here of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable {
    /// Its bytes, exactly as received.
    Whole(Vec<u8>),
    /// Its header block.
    Headers(Vec<u8>),
}

impl Store {
    /// Every message of a mailbox as a synchronisation sees it. The first call of a session compares the
    /// mailbox with its directory, so that nothing is fetched or dropped on a stale index.
    ///
    /// # Errors
    /// [`Error::Missing`] where the mailbox's directory is gone: nothing can be concluded then.
    pub fn known(&self, mailbox: MailboxId) -> Result<Vec<Known>> {
        self.compare_once(mailbox)?;
        let stored = self.inner.index.read(|c| messages::all(c, mailbox))?;
        Ok(stored.into_iter().map(Known::of).collect())
    }
    /// Every message of a mailbox by what it is found again with; compares first, as [`Store::known`].
    pub fn identities(&self, mailbox: MailboxId) -> Result<Vec<Identity>> {
        self.compare_once(mailbox)?;
        let stored = self.inner.index.read(|c| messages::all(c, mailbox))?;
        Ok(stored.into_iter().map(Identity::of).collect())
    }
    /// One message's row; `None` where it is in no list.
    pub fn row(&self, id: MessageId) -> Result<Option<Row>> {
        self.inner.index.read(|c| messages::row_of(c, messages::sql_id(id)))
    }
    /// Where a message lies, held or not.
    pub fn locate(&self, id: MessageId) -> Result<Option<Located>> {
        let found = self.inner.index.read(|c| {
            let Some(stored) = messages::find(c, id)? else { return Ok(None) };
            Ok(rows::find(c, stored.mailbox)?.map(|record| (stored, record)))
        })?;
        let headers_only = found.as_ref().is_some_and(|(stored, _)| stored.is_headers());
        Ok(found.map(|(stored, record)| Located {
            id,
            mailbox: stored.mailbox,
            path: self.maildir(&record).place(stored.place).join(&stored.file_name),
            uid: record.stored.state.uid_validity.zip(stored.uid),
            account: record.stored.account,
            flags: stored.flags,
            server_flags: stored.server_flags,
            size: stored.size,
            message_id: stored.message_id,
            held: stored.place == Place::Held,
            headers_only,
        }))
    }
    /// The message's bytes, exactly as received. Found also where another program just changed its flags.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::HeadersOnly`], so that nobody takes a part for the whole.
    pub fn raw(&self, id: MessageId) -> Result<Vec<u8>> {
        match self.readable(id)? {
            Readable::Whole(bytes) => Ok(bytes),
            Readable::Headers(_) => Err(Error::HeadersOnly(id)),
        }
    }

    /// What is here of a message.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn readable(&self, id: MessageId) -> Result<Readable> {
        // It may become whole between the two looks: then the name that was looked up is gone.
        for _ in 0..3 {
            let located = self.locate(id)?.ok_or_else(|| Error::NotFound(format!("message {id}")))?;
            let bytes = self.bytes_of(id, &located)?;
            let now = self.locate(id)?.is_some_and(|now| now.headers_only);
            if now == located.headers_only {
                return Ok(if now { Readable::Headers(bytes) } else { Readable::Whole(bytes) });
            }
        }
        Err(Error::NotFound(format!("file of message {id}")))
    }

    fn bytes_of(&self, id: MessageId, located: &Located) -> Result<Vec<u8>> {
        match std::fs::read(&located.path) {
            Err(e) if e.kind() == ErrorKind::NotFound => self.raw_exclusively(id),
            other => other.at(&located.path),
        }
    }

    /// Where a file was not found: while nobody here can rename it, either this program has just done so, or
    /// another program has.
    fn raw_exclusively(&self, id: MessageId) -> Result<Vec<u8>> {
        loop {
            let before = self.inner.index.read(|c| messages::expect(c, id))?;
            let read = self.exclusive(&[before.mailbox].into(), || {
                let now = self.inner.index.read(|c| messages::expect(c, id))?;
                if now.mailbox != before.mailbox {
                    // Moved while we waited: its lock is another.
                    return Ok(None);
                }
                let maildir = self.maildir(&self.record(now.mailbox)?);
                self.follow_renaming(&maildir, &now)?;
                let now = self.inner.index.read(|c| messages::expect(c, id))?;
                let path = maildir.place(now.place).join(&now.file_name);
                match std::fs::read(&path) {
                    Err(e) if e.kind() == ErrorKind::NotFound => Err(Error::NotFound(format!("file of message {id}"))),
                    other => other.map(Some).at(&path),
                }
            })?;
            if let Some(bytes) = read {
                return Ok(bytes);
            }
        }
    }

    /// Where another program gave the file other flags, the row follows.
    fn follow_renaming(&self, maildir: &Maildir, stored: &Stored) -> Result<()> {
        let Some(name) = MessageName::parse(&stored.file_name) else { return Ok(()) };
        if maildir.place(stored.place).join(&stored.file_name).exists() {
            return Ok(());
        }
        let Some(found) = maildir.find(stored.place, name.base())? else { return Ok(()) };
        let Some(name) = MessageName::parse(&found) else { return Ok(()) };
        self.inner.index.write(|w| w.set_flags(stored, &found, name.flags(), stored.server_flags))
    }

    /// Messages of an account with this Message-ID (without angle brackets), held ones too, the first stored first.
    pub fn find_message_id(&self, account: &str, message_id: &str) -> Result<Vec<MessageId>> {
        self.inner.index.read(|c| messages::by_message_id(c, account, message_id))
    }
    pub fn unread_ids(&self, mailbox: MailboxId) -> Result<Vec<MessageId>> {
        self.inner.index.read(|c| messages::unread(c, mailbox))
    }
    /// Messages that are held: what a kill left of a deletion that could still be taken back.
    pub fn held_ids(&self) -> Result<Vec<MessageId>> {
        self.inner.index.read(messages::held)
    }
    /// People written to or heard from whose name or address has a word that begins so, the most used first.
    pub fn addresses(&self, prefix: &str, limit: usize) -> Result<Vec<Address>> {
        self.inner.index.read(|c| people::find(c, prefix, limit))
    }
}
