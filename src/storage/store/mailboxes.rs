//! Mailboxes: found, made, and how far they are in step with the server.

use super::{Store, identity, removal};
use crate::mail::account::Account;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::keywords::Keywords;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::{At, Error, Result};
use crate::storage::files;
use crate::storage::index::mailboxes::{self as rows, Record};
use crate::storage::index::{StoredMailbox, SyncState};
use crate::storage::maildir::name::{MessageName, Own};
use crate::storage::maildir::{Description, MailboxMeta, Maildir, directory};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Stands for the giving of names and directories in [`Store::exclusive`]: no mailbox has it.
pub(super) const NAMING: MailboxId = MailboxId(-1);

impl Store {
    /// Mailboxes of one account, or of all, by account and path.
    pub fn mailboxes(&self, account: Option<&str>) -> Result<Vec<StoredMailbox>> {
        Ok(self.inner.index.read(|c| rows::list(c, account))?.into_iter().map(|r| r.stored).collect())
    }
    pub fn mailbox(&self, id: MailboxId) -> Result<Option<StoredMailbox>> {
        Ok(self.inner.index.read(|c| rows::find(c, id))?.map(|r| r.stored))
    }
    pub fn find_mailbox(&self, account: &str, path: &MailboxPath) -> Result<Option<StoredMailbox>> {
        Ok(self.inner.index.read(|c| rows::find_path(c, account, path))?.map(|r| r.stored))
    }

    /// Makes the mailbox's Maildir and row, or brings them up to date.
    ///
    /// # Errors
    /// [`Error::Missing`] where it held mail and its directory is gone; [`Error::Invalid`] for an account's name
    /// that cannot be a directory's.
    pub fn ensure_mailbox(&self, account: &str, meta: &MailboxMeta) -> Result<MailboxId> {
        if !Account::valid_name(account) {
            return Err(Error::Invalid(format!("“{account}” cannot be an account's name")));
        }
        self.exclusive(&BTreeSet::from([NAMING]), || {
            match self.inner.index.read(|c| rows::find_path(c, account, &meta.path))? {
                // Its numbers' generation may be set by a delivery at this moment.
                Some(known) => self.exclusive(&BTreeSet::from([known.stored.id]), || {
                    self.update_mailbox(account, self.record(known.stored.id)?, meta)
                }),
                None => self.make_mailbox(account, meta),
            }
        })
    }

    fn update_mailbox(&self, account: &str, record: Record, meta: &MailboxMeta) -> Result<MailboxId> {
        let maildir = self.maildir(&record);
        let here = maildir.exists();
        if !here && record.stored.total > 0 {
            return Err(Error::Missing { path: maildir.dir().into() });
        }
        if here && record.stored.meta == *meta {
            return Ok(record.stored.id);
        }
        let description = Description { meta: meta.clone(), ..record.description() };
        maildir.create(&description)?;
        self.inner.index.write(|w| w.put_mailbox(account, &description, &record.dir))?;
        Ok(record.stored.id)
    }

    /// The same for many: those that are new are made together, durable and in one transaction, each with the
    /// generation of numbers that the server gives it, where it does.
    pub fn ensure_mailboxes(&self, account: &str, wanted: &[(MailboxMeta, Option<UidValidity>)]) -> Result<()> {
        /// Fewer are made one by one, without waiting for what other programs have written.
        const MANY: usize = 16;
        let mut new = Vec::new();
        for (meta, validity) in wanted {
            let known = self.inner.index.read(|c| rows::find_path(c, account, &meta.path))?.is_some();
            match known || wanted.len() < MANY || !Account::valid_name(account) {
                true => drop(self.ensure_mailbox(account, meta)?),
                false => new.push((meta, *validity)),
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        self.exclusive(&BTreeSet::from([NAMING]), || {
            let mut made = Vec::with_capacity(new.len());
            let mut taken = HashSet::new();
            for (meta, validity) in new {
                let (mut description, dir) = self.plan_mailbox(account, meta, &taken)?;
                taken.insert(description.id);
                description.uid_validity = description.uid_validity.or(validity);
                Maildir::at(self.inner.profile.mail().join(&dir)).create_loosely(&description)?;
                made.push((description, dir));
            }
            self.step();
            files::sync_all_below(&self.inner.profile.mail().join(account))?;
            self.step();
            self.inner
                .index
                .write(|w| made.iter().try_for_each(|(description, dir)| w.put_mailbox(account, description, dir)))
        })
    }

    fn make_mailbox(&self, account: &str, meta: &MailboxMeta) -> Result<MailboxId> {
        let (description, dir) = self.plan_mailbox(account, meta, &HashSet::new())?;
        Maildir::at(self.inner.profile.mail().join(&dir)).create(&description)?;
        self.step();
        self.inner.index.write(|w| w.put_mailbox(account, &description, &dir))?;
        Ok(description.mailbox())
    }

    /// A directory and a number for a new mailbox; `taken` are the numbers given to others meanwhile.
    fn plan_mailbox(&self, account: &str, meta: &MailboxMeta, taken: &HashSet<i64>) -> Result<(Description, PathBuf)> {
        let dir = self.free_dir(account, &meta.path)?;
        files::create_dir_all(&self.inner.profile.mail().join(account))?;
        // Made before a crash and not in the index yet, or put back from a backup: what it says of its mail holds.
        let before = Maildir::at(self.inner.profile.mail().join(&dir)).description()?;
        let description = Description {
            id: self.free_id(account, &meta.path, before.as_ref().map(|d| d.id), taken)?,
            meta: meta.clone(),
            uid_validity: before.as_ref().and_then(|d| d.uid_validity),
            keywords: before.map(|d| d.keywords).unwrap_or_default(),
        };
        Ok((description, dir))
    }

    /// A directory, below `mail/`, that no other mailbox has: also where the file system folds case or normalises.
    fn free_dir(&self, account: &str, path: &MailboxPath) -> Result<PathBuf> {
        self.find_dir(account, path, |maildir| {
            let there = maildir.description()?;
            Ok(there.is_none_or(|d| d.meta.path == *path))
        })
    }

    /// The same where nothing at all is, so that a directory can be renamed to it.
    pub(super) fn new_dir(&self, account: &str, path: &MailboxPath) -> Result<PathBuf> {
        self.find_dir(account, path, |maildir| Ok(!maildir.dir().exists()))
    }

    fn find_dir(&self, account: &str, path: &MailboxPath, fits: impl Fn(&Maildir) -> Result<bool>) -> Result<PathBuf> {
        let wanted = Path::new(account).join(directory::relative(path));
        for attempt in 1..1000u32 {
            let mut name = wanted.as_os_str().to_owned();
            if attempt > 1 {
                // No escape looks like it, so it is no other mailbox's name.
                name.push(format!("%~{attempt}"));
            }
            let dir = PathBuf::from(name);
            if self.inner.index.read(|c| rows::dir_is_taken(c, &dir))? {
                continue;
            }
            if fits(&Maildir::at(self.inner.profile.mail().join(&dir)))? {
                return Ok(dir);
            }
        }
        Err(Error::Invalid(format!("no directory can be found for mailbox {path}")))
    }

    pub(super) fn free_id(
        &self,
        account: &str,
        path: &MailboxPath,
        wanted: Option<i64>,
        taken: &HashSet<i64>,
    ) -> Result<i64> {
        self.inner.index.read(|c| {
            let derived = (0..1000u32).map(|attempt| identity::mailbox(account, path, attempt));
            for id in wanted.into_iter().filter(|id| *id > 0).chain(derived) {
                if !taken.contains(&id) && rows::find(c, MailboxId(id))?.is_none() {
                    return Ok(id);
                }
            }
            Err(Error::Invalid(format!("no number can be found for mailbox {path}")))
        })
    }

    /// When opened: where the index lacks the mailboxes (it was lost) or they are not where it thinks (a crash
    /// while one was renamed), they are looked for. Cheap otherwise: `cur` is never read.
    pub(super) fn find_mailboxes(&self) -> Result<()> {
        removal::finish(&self.inner.profile)?;
        let known = self.inner.index.read(|c| rows::list(c, None))?;
        if known.is_empty() || known.iter().any(|r| !self.maildir(r).exists()) {
            self.take_in(&known)?;
        }
        if known.is_empty() && self.inner.index.read(|c| rows::list(c, None))?.is_empty() {
            self.inner.index.set_complete()?;
        }
        Ok(())
    }

    /// When opened, under the profile's lock: what is ours and half-written is a leftover of a crash.
    pub(super) fn sweep(&self) -> Result<()> {
        files::sweep(self.inner.profile.root())?;
        for record in self.inner.index.read(|c| rows::list(c, None))? {
            let maildir = self.maildir(&record);
            files::sweep(maildir.dir())?;
            maildir.clean_tmp(true)?;
        }
        Ok(())
    }

    fn take_in(&self, known: &[Record]) -> Result<()> {
        let mail = self.inner.profile.mail();
        let mut ids: HashSet<i64> = HashSet::new();
        let by_id: HashMap<i64, &Record> = known.iter().map(|r| (r.stored.id.0, r)).collect();
        for account in accounts_below(&mail)? {
            for (relative, maildir) in Maildir::below(&mail.join(&account))? {
                let dir = Path::new(&account).join(&relative);
                let described = maildir.description()?.filter(|d| !ids.contains(&d.id));
                let Some(description) = described.or_else(|| describe(&account, &relative)) else { continue };
                if !ids.insert(description.id) {
                    continue;
                }
                let right = by_id.get(&description.id).is_some_and(|r| r.dir == dir);
                if right && maildir.exists() {
                    continue;
                }
                maildir.create(&description)?;
                if let Err(error) = self.inner.index.write(|w| w.put_mailbox(&account, &description, &dir)) {
                    tracing::warn!(%error, dir = %maildir.dir().display(), "a mailbox is not taken in");
                }
            }
        }
        Ok(())
    }

    /// Sets how far the mailbox is in step.
    ///
    /// # Errors
    /// [`Error::UidValidity`] where the generation is another than that of the numbers known.
    pub fn set_sync_state(&self, id: MailboxId, state: &SyncState) -> Result<()> {
        self.exclusive(&BTreeSet::from([id]), || {
            let mut record = self.record(id)?;
            if let Some(validity) = state.uid_validity {
                self.expect_validity(&mut record, validity)?;
            }
            let kept = state.uid_validity.or(record.stored.state.uid_validity);
            self.inner.index.write(|w| w.set_state(id, &SyncState { uid_validity: kept, ..*state }))
        })
    }

    /// The generation that numbers must have here; the first one seen is recorded, durably.
    pub(super) fn expect_validity(&self, record: &mut Record, got: UidValidity) -> Result<()> {
        match record.stored.state.uid_validity {
            Some(known) if known == got => Ok(()),
            Some(known) => Err(Error::UidValidity { known: known.0, got: got.0 }),
            None => {
                record.stored.state.uid_validity = Some(got);
                self.maildir(record).describe(&record.description())?;
                self.inner.index.write(|w| w.set_state(record.stored.id, &record.stored.state))
            }
        }
    }

    /// The server renumbered the mailbox: every old number is void, those found again are set.
    ///
    /// First the files found again get their new names, then the description the new generation (only now are
    /// the old numbers void and the new ones valid), then the index follows: a crash in between is repaired by
    /// [`Store::reconcile`], or the whole is done again.
    pub fn new_uid_validity(&self, id: MailboxId, validity: UidValidity, remap: &[(MessageId, Uid)]) -> Result<()> {
        self.exclusive(&BTreeSet::from([id]), || {
            let mut record = self.record(id)?;
            let maildir = self.maildir(&record);
            let ids: Vec<MessageId> = remap.iter().map(|(id, _)| *id).collect();
            let stored: HashMap<MessageId, _> =
                self.stored(&ids)?.into_iter().filter(|s| s.mailbox == id).map(|s| (s.id, s)).collect();
            let mut renamed = Vec::new();
            for (message, uid) in remap {
                let Some(old) = stored.get(message) else { continue };
                let own = Own { arrival: old.arrival, id: old.id, uid: Some((validity, *uid)) };
                let name = MessageName::own_like(own, &old.file_name);
                self.step();
                match maildir.rename(old.place, &old.file_name, old.place, &maildir, &name) {
                    Ok(file_name) => renamed.push((old, file_name, *uid)),
                    Err(Error::NotFound(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            let places: BTreeSet<_> = renamed.iter().map(|(old, ..)| old.place).collect();
            places.into_iter().try_for_each(|place| files::sync_dir(&maildir.place(place)))?;
            self.step();
            record.stored.state = SyncState { uid_validity: Some(validity), ..SyncState::default() };
            maildir.describe(&record.description())?;
            self.step();
            self.inner.index.write(|w| {
                w.void_uids(id)?;
                w.set_state(id, &record.stored.state)?;
                renamed.iter().try_for_each(|(old, file_name, uid)| w.set_uid(old, file_name, Some(*uid)))
            })
        })
    }
}

/// The accounts that have a directory.
pub(super) fn accounts_below(mail: &Path) -> Result<Vec<String>> {
    let mut accounts = Vec::new();
    for entry in std::fs::read_dir(mail).at(mail)? {
        let entry = entry.at(mail)?;
        let Some(name) = entry.file_name().to_str().map(String::from) else { continue };
        if Account::valid_name(&name) && entry.file_type().at(entry.path())?.is_dir() {
            accounts.push(name);
        }
    }
    accounts.sort();
    Ok(accounts)
}

/// What can be said of a Maildir that nobody described: its name.
fn describe(account: &str, relative: &Path) -> Option<Description> {
    let path = directory::path_of(relative)?;
    let meta = MailboxMeta {
        server_name: path.0.clone(),
        delimiter: Some('/'),
        role: path.is_inbox().then_some(crate::mail::mailbox::Role::Inbox),
        selectable: true,
        subscribed: true,
        path,
    };
    Some(Description {
        id: identity::mailbox(account, &meta.path, 0),
        meta,
        uid_validity: None,
        keywords: Keywords::default(),
    })
}
