//! Messages that change their place: to another mailbox, copied, held back and returned.

use super::identity::{self, Seed};
use super::{Store, messages};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::storage::error::{At, Error, Result};
use crate::storage::files;
use crate::storage::index::mailboxes::Record;
use crate::storage::index::messages::Stored;
use crate::storage::maildir::name::{MessageName, Own};
use crate::storage::maildir::{Maildir, Place, Written};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;

impl Store {
    /// Moves to another mailbox, also of another account; ids stay, numbers are dropped. Ids that are gone are
    /// passed over.
    pub fn move_local(&self, ids: &[MessageId], to: MailboxId) -> Result<()> {
        let from: BTreeSet<MailboxId> = self.stored(ids)?.iter().map(|s| s.mailbox).filter(|m| *m != to).collect();
        for mailbox in from {
            self.exclusive(&BTreeSet::from([mailbox, to]), || {
                let (from, mut into) = (self.record(mailbox)?, self.record(to)?);
                let (source, target) = (self.maildir(&from), self.maildir(&into));
                let stored: Vec<Stored> = self.stored(ids)?.into_iter().filter(|s| s.mailbox == mailbox).collect();
                self.make_room(&stored, &from, &mut into)?;
                let letters = |flags| from.stored.keywords.translate(flags, &into.stored.keywords);
                for (place, stored) in grouped(stored, Stored::listed_place) {
                    self.shift(&stored, &source, &target, (to, place), local_name, letters)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Takes messages out of the lists, to be dropped or brought back.
    pub fn hold(&self, ids: &[MessageId]) -> Result<()> {
        self.replace(ids, Place::is_listed, |_| Place::Held)
    }
    /// Brings held messages back.
    pub fn unhold(&self, ids: &[MessageId]) -> Result<()> {
        self.replace(ids, |place| place == Place::Held, Stored::listed_place)
    }
    /// Deletes held messages for good.
    pub fn drop_held(&self, ids: &[MessageId]) -> Result<()> {
        self.by_mailbox(ids, |_, maildir, stored| {
            let held: Vec<Stored> = stored.into_iter().filter(|s| s.place == Place::Held).collect();
            self.delete(maildir, &held)
        })
    }

    /// Within their mailboxes, from one directory to another.
    fn replace(&self, ids: &[MessageId], from: fn(Place) -> bool, to: fn(&Stored) -> Place) -> Result<()> {
        self.by_mailbox(ids, |record, maildir, stored| {
            let name = |old: &Stored| MessageName::parse(&old.file_name).unwrap_or_else(|| local_name(old));
            let stored: Vec<Stored> = stored.into_iter().filter(|s| from(s.place)).collect();
            for (place, stored) in grouped(stored, to) {
                self.shift(&stored, maildir, maildir, (record.stored.id, place), name, |flags| flags)?;
            }
            Ok(())
        })
    }

    /// Renames files, makes the names durable, then moves the rows in one transaction. `letters` are a message's
    /// flags as the target's file names write them.
    fn shift(
        &self,
        stored: &[Stored],
        source: &Maildir,
        target: &Maildir,
        (mailbox, place): (MailboxId, Place),
        name: impl Fn(&Stored) -> MessageName,
        letters: impl Fn(Flags) -> Flags,
    ) -> Result<()> {
        if !target.exists() {
            return Err(Error::Missing { path: target.dir().into() });
        }
        files::create_dir_all(&target.place(place))?;
        let mut moved = Vec::with_capacity(stored.len());
        for old in stored {
            self.step();
            let name = name(old);
            let name = name.with_flags(letters(name.flags()));
            match source.rename(old.place, &old.file_name, place, target, &name) {
                Ok(file_name) => moved.push((old, file_name)),
                Err(Error::NotFound(what)) => tracing::warn!(what, "a message to be moved is gone"),
                Err(error) => return Err(error),
            }
        }
        // The new name first: a crash in between shows a message twice rather than not at all.
        files::sync_dir(&target.place(place))?;
        let left: HashSet<_> = stored.iter().map(|s| source.place(s.place)).collect();
        left.iter().try_for_each(|dir| files::sync_dir(dir))?;
        self.step();
        self.inner.index.write(|w| {
            moved.iter().try_for_each(|(old, name)| {
                w.set_place(old, mailbox, place, name)?;
                w.set_flags(old, name, letters(old.flags), letters(old.server_flags))
            })
        })
    }

    /// Copies; the values are the copies' ids, in order of `ids`, without those that are gone.
    pub fn copy_local(&self, ids: &[MessageId], to: MailboxId) -> Result<Vec<MessageId>> {
        let from: BTreeSet<MailboxId> = self.stored(ids)?.iter().map(|s| s.mailbox).chain([to]).collect();
        self.exclusive(&from, || {
            let mut record = self.record(to)?;
            let target = self.maildir(&record);
            let mut copied = Vec::new();
            let mut taken = HashSet::new();
            for old in self.stored(ids)?.into_iter().filter(|s| from.contains(&s.mailbox)) {
                self.step();
                let source_record = self.record(old.mailbox)?;
                self.make_room(std::slice::from_ref(&old), &source_record, &mut record)?;
                let letters = |flags| source_record.stored.keywords.translate(flags, &record.stored.keywords);
                let source = self.maildir(&source_record);
                let id = self.copy_id(&record, old.id, &taken)?;
                let own = Own { arrival: old.arrival, id, uid: None };
                let name = MessageName::own_like(own, &old.file_name);
                let name = name.with_flags(letters(name.flags())).to_string();
                let flags = letters(old.flags);
                let path = source.place(old.place).join(&old.file_name);
                let place = old.listed_place();
                files::create_dir_all(&target.place(place))?;
                copy_file(&path, &target, &target.place(place).join(&name))?;
                taken.insert(id);
                copied.push((old, id, name, flags));
            }
            let places: HashSet<_> = copied.iter().map(|(old, ..)| target.place(old.listed_place())).collect();
            places.iter().try_for_each(|dir| files::sync_dir(dir))?;
            self.step();
            self.inner.index.write(|w| {
                copied.iter().try_for_each(|(old, id, name, flags)| {
                    w.copy(old, *id, to, old.listed_place(), name)?;
                    w.set_flags(&Stored { id: *id, ..old.clone() }, name, *flags, *flags)
                })
            })?;
            Ok(copied.iter().map(|(_, id, ..)| *id).collect())
        })
    }

    /// The ids that [`Store::copy_local`] will give, so that they can be recorded before there is a copy.
    pub fn copies_of(&self, ids: &[MessageId], to: MailboxId) -> Result<Vec<MessageId>> {
        let (record, mut taken) = (self.record(to)?, HashSet::new());
        let mut copies = Vec::with_capacity(ids.len());
        for old in self.stored(ids)? {
            let id = self.copy_id(&record, old.id, &taken)?;
            taken.insert(id);
            copies.push(id);
        }
        Ok(copies)
    }

    fn copy_id(&self, to: &Record, of: MessageId, taken: &HashSet<MessageId>) -> Result<MessageId> {
        self.inner.index.read(|c| {
            for attempt in 0..u32::MAX {
                let id = identity::message(&to.stored.account, &to.stored.meta.path, Seed::Copy(of), attempt);
                if !taken.contains(&id) && messages::find(c, id)?.is_none() {
                    return Ok(id);
                }
            }
            Err(Error::Invalid("no id can be found for a copy".into()))
        })
    }
}

/// Messages by where they are to lie.
fn grouped(stored: Vec<Stored>, place: fn(&Stored) -> Place) -> BTreeMap<Place, Vec<Stored>> {
    let mut grouped: BTreeMap<Place, Vec<Stored>> = BTreeMap::new();
    for one in stored {
        grouped.entry(place(&one)).or_default().push(one);
    }
    grouped
}

/// Our name of a message without a number.
fn local_name(old: &Stored) -> MessageName {
    MessageName::own_like(Own { arrival: old.arrival, id: old.id, uid: None }, &old.file_name)
}

/// Messages are never written to again, so a second name of the same file is a copy; elsewhere its bytes are copied.
fn copy_file(from: &std::path::Path, to: &Maildir, target: &std::path::Path) -> Result<()> {
    match std::fs::hard_link(from, target) {
        Ok(()) => return Ok(()),
        // Copied before a crash.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(Error::io(from, e)),
        Err(_) => {}
    }
    let written = Written::copy(to, &mut File::open(from).at(from)?)?;
    written.place_alone(target)
}
