//! Stored messages change: flags, numbers, and those that go.

use super::Store;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::{Error, Result};
use crate::storage::files;
use crate::storage::index::messages::{self, Stored};
use crate::storage::maildir::name::{MessageName, Own};
use crate::storage::maildir::{Maildir, Place};
use std::collections::{BTreeSet, HashMap};

impl Store {
    /// A message stored here learns its number on the server. Where the server's copy was fetched meanwhile as
    /// a message of its own, that one goes: it is the same message.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::UidValidity`].
    pub fn adopt(&self, id: MessageId, validity: UidValidity, uid: Uid, server_flags: Flags) -> Result<()> {
        let before = self.inner.index.read(|c| messages::expect(c, id))?;
        self.exclusive(&BTreeSet::from([before.mailbox]), || {
            let mut record = self.record(before.mailbox)?;
            self.expect_validity(&mut record, validity)?;
            let maildir = self.maildir(&record);
            let (old, twin) = self.inner.index.read(|c| {
                Ok((messages::expect(c, id)?, messages::find_uid(c, before.mailbox, uid)?.filter(|t| t.id != id)))
            })?;
            if let Some(twin) = twin {
                // The server has it still: nothing is lost if the next step is not reached.
                files::remove(&maildir.place(twin.place).join(&twin.file_name))?;
                self.step();
                self.inner.index.write(|w| w.take(&twin))?;
            }
            self.step();
            let own = Own { arrival: old.arrival, id, uid: Some((validity, uid)) };
            let file_name = match self.rename_in(&maildir, &old, &MessageName::own_like(own, &old.file_name)) {
                // Another program has just taken it away. Whoever looks where it went must know its number: the
                // server has it in this mailbox.
                Err(Error::NotFound(_)) => old.file_name.clone(),
                renamed => renamed?,
            };
            files::sync_dir(&maildir.place(old.place))?;
            self.step();
            self.inner.index.write(|w| {
                w.set_uid(&old, &file_name, Some(uid))?;
                w.set_flags(&old, &file_name, old.flags, server_flags)
            })
        })
    }

    /// Messages turn out not to be on the server (any more): their numbers are dropped, they stay here.
    pub fn disown(&self, ids: &[MessageId]) -> Result<()> {
        self.by_mailbox(ids, |_, maildir, stored| {
            let mut renamed = Vec::new();
            for old in stored.iter().filter(|s| s.uid.is_some()) {
                self.step();
                let own = Own { arrival: old.arrival, id: old.id, uid: None };
                renamed.push((old, self.rename_in(maildir, old, &MessageName::own_like(own, &old.file_name))?));
            }
            self.step();
            self.inner.index.write(|w| renamed.iter().try_for_each(|(old, name)| w.set_uid(old, name, None)))
        })
    }

    /// What the server says now, and what the flags here become of it: (number, server's, resulting).
    /// Numbers that are not known here are passed over.
    pub fn set_server_flags(&self, mailbox: MailboxId, changes: &[(Uid, Flags, Flags)]) -> Result<()> {
        self.exclusive(&BTreeSet::from([mailbox]), || {
            let maildir = self.maildir(&self.record(mailbox)?);
            let mut found = Vec::with_capacity(changes.len());
            self.inner.index.read(|c| {
                for (uid, server, local) in changes {
                    found.extend(messages::find_uid(c, mailbox, *uid)?.map(|old| (old, *local, *server)));
                }
                Ok(())
            })?;
            self.change_flags(&maildir, &found)
        })
    }

    /// The person's change. Ids that are gone are passed over.
    pub fn set_local_flags(&self, changes: &[(MessageId, Flags)]) -> Result<()> {
        let wanted: HashMap<MessageId, Flags> = changes.iter().copied().collect();
        let ids: Vec<MessageId> = changes.iter().map(|(id, _)| *id).collect();
        self.by_mailbox(&ids, |_, maildir, stored| {
            let found: Vec<(Stored, Flags, Flags)> = stored
                .into_iter()
                .map(|old| {
                    let (flags, server) = (wanted.get(&old.id).copied().unwrap_or(old.flags), old.server_flags);
                    (old, flags, server)
                })
                .collect();
            self.change_flags(maildir, &found)
        })
    }

    /// Renames for (message, flags here, flags on the server), then one transaction.
    fn change_flags(&self, maildir: &Maildir, changes: &[(Stored, Flags, Flags)]) -> Result<()> {
        let mut renamed = Vec::with_capacity(changes.len());
        for (old, flags, server) in changes {
            if old.flags == *flags {
                if old.server_flags != *server {
                    renamed.push((old, old.file_name.clone(), *flags, *server));
                }
                continue;
            }
            self.step();
            match maildir.set_flags(old.place, &old.file_name, *flags) {
                Ok(file_name) => renamed.push((old, file_name, *flags, *server)),
                Err(Error::NotFound(what)) => tracing::warn!(what, "flags of a message whose file is gone"),
                Err(error) => return Err(error),
            }
        }
        if renamed.is_empty() {
            return Ok(());
        }
        // Names first: after a power cut a row ahead of its file would look as if another program had taken the
        // change back.
        for place in [Place::Cur, Place::Held, Place::Headers] {
            if renamed.iter().any(|(old, name, ..)| old.place == place && old.file_name != *name) {
                files::sync_dir(&maildir.place(place))?;
            }
        }
        self.step();
        self.inner.index.write(|w| {
            renamed.iter().try_for_each(|(old, name, flags, server)| w.set_flags(old, name, *flags, *server))
        })
    }

    /// Gone on the server: files and rows are removed. Messages in other mailboxes are passed over.
    pub fn forget(&self, mailbox: MailboxId, ids: &[MessageId]) -> Result<()> {
        self.exclusive(&BTreeSet::from([mailbox]), || {
            let maildir = self.maildir(&self.record(mailbox)?);
            let stored: Vec<Stored> = self.stored(ids)?.into_iter().filter(|s| s.mailbox == mailbox).collect();
            self.delete(&maildir, &stored)
        })
    }

    /// Removes files, then rows.
    pub(super) fn delete(&self, maildir: &Maildir, stored: &[Stored]) -> Result<()> {
        for old in stored {
            self.step();
            let dir = maildir.place(old.place);
            let path = dir.join(&old.file_name);
            if path.exists() {
                files::remove(&path)?;
            } else if let Some(name) = MessageName::parse(&old.file_name)
                && let Some(found) = maildir.find(old.place, name.base())?
            {
                files::remove(&dir.join(found))?;
            }
        }
        self.step();
        self.inner.index.write(|w| stored.iter().try_for_each(|old| w.take(old)))
    }

    /// Renames a message where it lies.
    fn rename_in(&self, maildir: &Maildir, old: &Stored, name: &MessageName) -> Result<String> {
        maildir.rename(old.place, &old.file_name, old.place, maildir, name)
    }
}
