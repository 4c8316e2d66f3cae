//! Mailboxes and accounts that go or are called otherwise.

use super::Store;
use super::mailboxes::NAMING;
use crate::mail::ids::MailboxId;
use crate::storage::error::{At, Error, Result};
use crate::storage::files;
use crate::storage::index::mailboxes::{self as rows, Record};
use crate::storage::index::messages;
use crate::storage::maildir::{Description, MailboxMeta};
use crate::storage::profile::Profile;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Begins the name of an account's directory that is being deleted. No account can be called so.
const REMOVING: &str = ".removing-";
/// Where the files of mailboxes go that the server no longer has.
const REMOVED: &str = ".removed";

impl Store {
    /// Takes a mailbox away that the server no longer has. Its files go to `mail/ACCOUNT/.removed/`.
    ///
    /// # Errors
    /// [`Error::LocalOnly`] where it holds mail that no server has.
    pub fn remove_mailbox(&self, id: MailboxId) -> Result<()> {
        let before = self.record(id)?;
        if self.maildir(&before).exists() {
            // Whatever lies there counts, whether the index knows of it or not.
            self.reconcile(id)?;
        }
        self.exclusive(&BTreeSet::from([NAMING, id]), || {
            let record = self.record(id)?;
            let maildir = self.maildir(&record);
            let local = self.inner.index.read(|c| messages::local_only(c, id))?;
            if local > 0 && maildir.exists() {
                return Err(Error::LocalOnly { mailbox: record.stored.meta.path.0, messages: local });
            }
            let name = format!("{}-{:08x}", files::now(), fastrand::u32(..));
            let attic = self.inner.profile.mail().join(&record.stored.account).join(REMOVED).join(name);
            files::create_dir_all(&attic)?;
            // Nested mailboxes stay where they are.
            for entry in std::fs::read_dir(maildir.dir()).into_iter().flatten().flatten() {
                let name = entry.file_name();
                let own = name.to_str().is_some_and(|n| n.starts_with('.') || crate::storage::maildir::is_reserved(n));
                if own {
                    std::fs::rename(entry.path(), attic.join(name)).at(entry.path())?;
                }
            }
            let _ = std::fs::remove_dir(maildir.dir()); // where nothing is nested
            files::sync_dir(&attic)?;
            self.inner.index.write(|w| w.take_mailbox(id))
        })
    }

    /// Gives a mailbox a new path or server's name, and those within it with it. Ids stay.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the account has a mailbox of that path, or the path lies within the mailbox itself.
    pub fn rename_mailbox(&self, id: MailboxId, meta: &MailboxMeta) -> Result<()> {
        self.exclusive(&BTreeSet::from([NAMING]), || {
            let record = self.record(id)?;
            let account = record.stored.account.clone();
            let old = record.stored.meta.clone();
            let other = self.inner.index.read(|c| rows::find_path(c, &account, &meta.path))?;
            if other.is_some_and(|o| o.stored.id != id) {
                return Err(Error::Invalid(format!("there is a mailbox {} already", meta.path)));
            }
            if meta.path != old.path && meta.path.is_within(&old.path) {
                return Err(Error::Invalid(format!("{} lies within {}", meta.path, old.path)));
            }
            let all = self.inner.index.read(|c| rows::list(c, Some(&account)))?;
            // Those within by their names, and those whose directories lie within its own, whatever they are called.
            let is_moved = |r: &Record| r.stored.meta.path.is_within(&old.path) || r.dir.starts_with(&record.dir);
            let moved: Vec<Record> = all.into_iter().filter(is_moved).collect();
            let ids: BTreeSet<MailboxId> = moved.iter().map(|r| r.stored.id).collect();
            self.exclusive(&ids, || {
                let dir = if meta.path == old.path { record.dir.clone() } else { self.new_dir(&account, &meta.path)? };
                self.rename_tree(&account, &record.dir, &dir, &moved, |own, mailbox| {
                    renamed(own, &old, meta, mailbox == id)
                })
            })
        })
    }

    fn rename_tree(
        &self,
        account: &str,
        from: &Path,
        to: &Path,
        moved: &[Record],
        rename: impl Fn(&MailboxMeta, MailboxId) -> MailboxMeta,
    ) -> Result<()> {
        let mail = self.inner.profile.mail();
        let mut described: Vec<(Description, PathBuf)> = Vec::new();
        for record in moved {
            let meta = rename(&record.stored.meta, record.stored.id);
            let description = Description { meta, ..record.description() };
            // The description knows the path, the directory's place may be any: so a crash after this is harmless.
            self.maildir(record).describe(&description)?;
            self.step();
            let dir = match record.dir.strip_prefix(from) {
                Ok(below) if below.as_os_str().is_empty() => to.into(),
                Ok(below) => to.join(below),
                Err(_) => record.dir.clone(),
            };
            described.push((description, dir));
        }
        if from != to {
            let target = mail.join(to);
            if let Some(above) = target.parent() {
                files::create_dir_all(above)?;
            }
            std::fs::rename(mail.join(from), &target).at(&target)?;
            for dir in [target.parent(), mail.join(from).parent()].into_iter().flatten() {
                files::sync_dir(dir)?;
            }
            self.step();
        }
        self.inner
            .index
            .write(|w| described.iter().try_for_each(|(description, dir)| w.put_mailbox(account, description, dir)))
    }

    /// Deletes everything of an account here: mail, rows, queue, Outbox, ledger, transcript. For good.
    /// Drafts stay: they can go out from another account.
    pub fn remove_account(&self, account: &str) -> Result<()> {
        let mailboxes: BTreeSet<MailboxId> = self.mailboxes(Some(account))?.iter().map(|m| m.id).collect();
        self.exclusive(&mailboxes.iter().copied().chain([NAMING]).collect(), || {
            let mail = self.inner.profile.mail();
            let dir = mail.join(account);
            if crate::mail::account::Account::valid_name(account) && dir.is_dir() {
                // One step, so that a crash leaves no half of an account.
                let going = mail.join(format!("{REMOVING}{:08x}", fastrand::u32(..)));
                std::fs::rename(&dir, &going).at(&dir)?;
                files::sync_dir(&mail)?;
            }
            self.step();
            self.inner.index.write(|w| mailboxes.iter().try_for_each(|id| w.take_mailbox(*id)))?;
            self.inner.queue.remove_account(account)?;
            self.transcripts().remove(account)?;
            finish(&self.inner.profile)
        })
    }
}

/// A mailbox's description after the one above it, or itself, was renamed. Names on the server are taken as they
/// are, for only the server knows how they are made.
fn renamed(own: &MailboxMeta, old: &MailboxMeta, new: &MailboxMeta, itself: bool) -> MailboxMeta {
    if itself {
        return new.clone();
    }
    let Some(path) = own.path.moved(&old.path, &new.path) else { return own.clone() };
    let below = old.delimiter.and_then(|d| own.server_name.strip_prefix(&format!("{}{d}", old.server_name)));
    let server_name = match (below, new.delimiter) {
        (Some(below), Some(delimiter)) => format!("{}{delimiter}{below}", new.server_name),
        _ => own.server_name.clone(),
    };
    MailboxMeta { server_name, path, ..own.clone() }
}

/// Deletes what a removal before a crash left.
pub(super) fn finish(profile: &Profile) -> Result<()> {
    let mail = profile.mail();
    for entry in std::fs::read_dir(&mail).at(&mail)? {
        let entry = entry.at(&mail)?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(REMOVING)) {
            match std::fs::remove_dir_all(entry.path()) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(Error::io(entry.path(), e)),
                _ => {}
            }
        }
    }
    Ok(())
}
