//! What is stored, read: lists, rows, bytes.

use super::{Identity, Known, Located, Store};
use crate::mail::address::Address;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::source::SourcePage;
use crate::storage::error::{At, Error, Result};
use crate::storage::index::mailboxes as rows;
use crate::storage::index::messages::{self, Stored};
use crate::storage::index::{Row, people};
use crate::storage::maildir::name::MessageName;
use crate::storage::maildir::{Maildir, Place};
use std::collections::HashSet;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

/// What is here of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable {
    /// Its bytes, exactly as received.
    Whole(Vec<u8>),
    /// Its header block.
    Headers(Vec<u8>),
}

/// Bytes of one page of a source.
const MAX_PAGE: usize = 4 << 20;

fn page_of(path: &Path, start: u64, length: usize) -> std::io::Result<SourcePage> {
    let mut file = std::fs::File::open(path)?;
    let total = file.metadata()?.len();
    let start = start.min(total);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(SourcePage { start, bytes, total })
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

    /// A stretch of what is here of a message, read from the disk alone as far as it is asked for.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn source(&self, id: MessageId, start: u64, length: usize) -> Result<SourcePage> {
        let located = self.locate(id)?.ok_or_else(|| Error::NotFound(format!("message {id}")))?;
        let length = length.min(MAX_PAGE);
        match page_of(&located.path, start, length) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                // It was just renamed; then it is looked for with care, and read whole.
                let bytes = self.raw_exclusively(id)?;
                let total = bytes.len() as u64;
                let start = start.min(total);
                let from = usize::try_from(start).unwrap_or(bytes.len());
                let rest = bytes.get(from..).unwrap_or_default();
                Ok(SourcePage { start, bytes: rest.get(..length).unwrap_or(rest).to_vec(), total })
            }
            other => other.at(&located.path),
        }
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
                read_renamed(&maildir, &now)?.map(Some).ok_or_else(|| Error::NotFound(format!("file of message {id}")))
            })?;
            if let Some(bytes) = read {
                return Ok(bytes);
            }
        }
    }

    /// Messages of an account with this Message-ID (without angle brackets), held ones too, the first stored first.
    pub fn find_message_id(&self, account: &str, message_id: &str) -> Result<Vec<MessageId>> {
        self.inner.index.read(|c| messages::by_message_id(c, account, message_id))
    }
    /// For each Message-ID the message of this mailbox that has it, the newest of several.
    pub fn find_message_ids_in(&self, mailbox: MailboxId, message_ids: &[&str]) -> Result<Vec<Option<MessageId>>> {
        let find = |c: &_, id: &&str| messages::newest_by_message_id(c, mailbox, id);
        self.inner.index.read(|c| message_ids.iter().map(|id| find(c, id)).collect())
    }
    /// Those of the messages that have no number on the server.
    pub fn without_number(&self, ids: &[MessageId]) -> Result<Vec<MessageId>> {
        let stored = self.stored(ids)?;
        let numbered: HashSet<MessageId> = stored.iter().filter(|s| s.uid.is_some()).map(|s| s.id).collect();
        Ok(ids.iter().copied().filter(|id| !numbered.contains(id)).collect())
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

/// The bytes of a file that another program may have renamed for other flags, once more while it is looked for. The row
/// is left as it is: what changed is told to the server by who compares the two.
fn read_renamed(maildir: &Maildir, stored: &Stored) -> Result<Option<Vec<u8>>> {
    let base = MessageName::parse(&stored.file_name).map(|name| name.base().to_string()).unwrap_or_default();
    let mut name = Some(stored.file_name.clone());
    for _ in 0..3 {
        let Some(file_name) = name else { return Ok(None) };
        let path = maildir.place(stored.place).join(file_name);
        match std::fs::read(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => name = maildir.find(stored.place, &base)?,
            other => return other.map(Some).at(&path),
        }
    }
    Ok(None)
}
