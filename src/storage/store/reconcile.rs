//! Index and directory compared: after a crash, after other programs, after the index was lost.
//!
//! The comparison itself is one pass over names, under the mailbox's lock: rows follow files that
//! were renamed, rows without files go. Files without rows are then read in chunks, the newest
//! first, and the lock is free between them.

use super::delivering::meet;
use super::diff::{Diff, Found, Moved, valid_uid};
use super::identity;
use super::survey::{Added, Arrived, Compared, Noticed, Reflagged, Watch};
use super::{Reconciled, Store, lock, rows, summarise};
use crate::mail::ids::{MailboxId, MessageId};
use crate::storage::error::{At, Error, Result};
use crate::storage::index::SyncState;
use crate::storage::index::mailboxes::Record;
use crate::storage::index::messages::{self, NewMessage, Stored};
use crate::storage::index::people::Met;
use crate::storage::maildir::name::{MessageName, Own};
use crate::storage::maildir::{Entry, Listing, Maildir, Place};
use std::collections::{BTreeSet, HashSet};
use std::io::ErrorKind;
use std::time::UNIX_EPOCH;

/// Files read between two transactions.
const CHUNK: usize = 256;
/// Of a larger file only the beginning is read.
const MAX_SUMMARISED: u64 = 64 << 20;

impl Store {
    /// Makes the index equal the mailbox's directory. Where messages went or their flags were others, the mailbox
    /// counts as not in step: its next synchronisation looks at all of it.
    ///
    /// # Errors
    /// [`Error::Missing`] where the directory is gone: nothing is concluded from that.
    pub fn reconcile(&self, mailbox: MailboxId) -> Result<Reconciled> {
        self.reconcile_with(mailbox, &mut |_, _| {})
    }

    /// As [`Store::reconcile`]; tells (files read, files to read) as it goes.
    pub fn reconcile_with(&self, mailbox: MailboxId, progress: &mut dyn FnMut(u64, u64)) -> Result<Reconciled> {
        let only = BTreeSet::from([mailbox]);
        let compared = self.exclusive(&only, || self.compare(mailbox, None))?;
        let (mut done, mut found) = (compared.done, compared.found);
        // The newest are what a person looks at first.
        found.sort_by_key(|f| std::cmp::Reverse(f.entry.name.arrival()));
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let mut read = 0u64;
        while !found.is_empty() {
            let rest = found.split_off(found.len().min(CHUNK));
            let chunk = std::mem::replace(&mut found, rest);
            read = read.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            let added = self.exclusive(&only, || self.take_in_files(mailbox, chunk, None))?;
            done.added = done.added.saturating_add(added);
            progress(read, total);
        }
        lock(&self.inner.compared).insert(mailbox);
        self.note_completeness()?;
        Ok(done)
    }

    /// An index that was made anew is whole once every mailbox was compared.
    pub(super) fn note_completeness(&self) -> Result<()> {
        if !self.inner.index.is_complete() {
            let all = self.mailboxes(None)?;
            let compared = lock(&self.inner.compared).clone();
            if all.iter().all(|mailbox| compared.contains(&mailbox.id)) {
                self.inner.index.set_complete()?;
            }
        }
        Ok(())
    }

    /// Compares a mailbox with its directory where that was not done since the store was opened.
    pub fn compare_once(&self, mailbox: MailboxId) -> Result<()> {
        if !lock(&self.inner.compared).contains(&mailbox) {
            self.reconcile(mailbox)?;
        }
        // Gone since then: an unmounted disk must not look like an empty mailbox.
        self.expect_store(&self.record(mailbox)?)
    }

    /// As [`Store::compare_once`], without looking at what is in it.
    ///
    /// # Errors
    /// [`Error::Missing`] where the mailbox's directory is gone, or is an empty one that is not ours.
    pub fn expect_there(&self, mailbox: MailboxId) -> Result<()> {
        self.expect_store(&self.record(mailbox)?)
    }

    /// Every message that the index has in a mailbox, whatever its directory says.
    pub fn indexed(&self, mailbox: MailboxId) -> Result<Vec<MessageId>> {
        let stored = self.inner.index.read(|c| messages::all(c, mailbox))?;
        Ok(stored.into_iter().map(|one| one.id).collect())
    }

    /// Makes the directory of a mailbox anew whose own is gone. Its rows go, and its server is asked for everything;
    /// what waits for the server waits on. The value are the messages that were in it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the directory is there: then nothing is lost, and nothing is to be made.
    pub fn begin_again(&self, mailbox: MailboxId) -> Result<Vec<MessageId>> {
        self.exclusive(&BTreeSet::from([mailbox]), || {
            let record = self.record(mailbox)?;
            if self.expect_store(&record).is_ok() {
                return Err(Error::Invalid(format!("{} is there", record.stored.meta.path)));
            }
            let gone = self.inner.index.read(|c| messages::all(c, mailbox))?;
            let state = SyncState { exists: None, highest_mod_seq: None, uid_next: None, ..record.stored.state };
            self.inner.index.write(|w| {
                w.set_state(mailbox, &state)?;
                w.set_seen(mailbox, None)?;
                gone.iter().try_for_each(|old| w.take(old))
            })?;
            self.step();
            self.maildir(&record).create(&record.description())?;
            Ok(gone.into_iter().map(|old| old.id).collect())
        })
    }

    /// The mailbox's directory must be there, and be ours.
    pub(super) fn expect_store(&self, record: &Record) -> Result<()> {
        let maildir = self.maildir(record);
        if !maildir.exists() || record.stored.total > 0 && maildir.is_blank()? {
            return Err(Error::Missing { path: maildir.dir().into() });
        }
        Ok(())
    }

    /// Makes the whole index anew from what lies under `mail/`; tells (files read, files to read) of each mailbox.
    /// One mailbox that cannot be read does not keep the others from being there again.
    pub fn rebuild(&self, progress: &mut dyn FnMut(MailboxId, u64, u64)) -> Result<Reconciled> {
        self.inner.index.reset()?;
        lock(&self.inner.compared).clear();
        self.find_mailboxes()?;
        let mut all = Reconciled::default();
        let mut failed = None;
        for mailbox in self.mailboxes(None)? {
            match self.reconcile_with(mailbox.id, &mut |read, total| progress(mailbox.id, read, total)) {
                Ok(one) => all.added = all.added.saturating_add(one.added),
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => self.inner.index.set_complete().map(|()| all),
        }
    }

    /// One pass over the names. Where `watch` hears what other programs did, rows whose file is gone stay: they are
    /// its to judge.
    pub(super) fn compare(&self, mailbox: MailboxId, watch: Watch<'_>) -> Result<Compared> {
        let mut record = self.record(mailbox)?;
        let maildir = self.maildir(&record);
        self.expect_store(&record)?;
        maildir.clean_tmp(false)?;
        maildir.take_new()?;
        self.follow_description(&mut record, &maildir)?;
        if self.is_same(&record, &maildir)? {
            return Ok(Compared::default());
        }
        let stored = self.inner.index.read(|c| messages::all(c, mailbox))?;
        let mut diff = Diff::new(&record, stored);
        for place in [Place::Cur, Place::Held, Place::Headers] {
            for entry in Listing::read(&maildir.place(place))? {
                diff.meet(place, entry);
            }
        }
        let whole = self.settle_headers(&maildir, &mut diff)?;
        diff.follow_renamed();
        let mut found = self.sort_out(&record, &maildir, &mut diff)?;
        let replaced: HashSet<MessageId> = whole.iter().filter_map(|f| f.entry.name.identity()).map(|o| o.id).collect();
        found.extend(whole);
        let mut gone = Vec::new();
        if let Some(tell) = watch {
            let is_gone = |old: &Stored| old.place == Place::Cur && !replaced.contains(&old.id);
            gone = diff.without_file.extract_if(|_, old| is_gone(old)).map(|(_, old)| old).collect();
            let noticed = notice(&record, &diff);
            if !noticed.is_empty() {
                // Durable before the index forgets how it was.
                tell(&noticed)?;
                self.step();
            }
        }
        let wrong_counts = diff.listed() != (record.stored.total, record.stored.unread);
        let done = Reconciled {
            added: 0,
            removed: u64::try_from(diff.without_file.len()).unwrap_or(u64::MAX),
            changed: u64::try_from(diff.moved.len()).unwrap_or(u64::MAX),
        };
        if wrong_counts || done != Reconciled::default() {
            self.inner.index.write(|w| {
                diff.without_file.values().try_for_each(|old| w.take(old))?;
                for moved in &diff.moved {
                    let uid = valid_uid(&record, &moved.name);
                    w.set_flags(&moved.old, &moved.file_name, moved.name.flags(), moved.old.server_flags)?;
                    w.set_uid(&moved.old, &moved.file_name, uid)?;
                    let now = Stored { flags: moved.name.flags(), ..moved.old.clone() };
                    if now.place != moved.place || now.mailbox != mailbox {
                        w.set_place(&now, mailbox, moved.place, &moved.file_name)?;
                        w.set_uid(&now, &moved.file_name, uid)?;
                    }
                }
                if done != Reconciled::default() {
                    let validity = record.stored.state.uid_validity;
                    w.set_state(mailbox, &SyncState { uid_validity: validity, ..SyncState::default() })?;
                }
                w.recount(mailbox.0)
            })?;
        }
        Ok(Compared { done, found, gone })
    }

    /// The generation of numbers and the names of letters are what the description says: it was written before the index.
    fn follow_description(&self, record: &mut Record, maildir: &Maildir) -> Result<()> {
        let Some(description) = maildir.description()? else {
            return maildir.describe(&record.description());
        };
        if description.keywords != record.stored.keywords {
            record.stored.keywords = description.keywords;
            self.inner.index.write(|w| w.set_keywords(record.stored.id, &record.stored.keywords))?;
        }
        if description.uid_validity != record.stored.state.uid_validity && description.uid_validity.is_some() {
            record.stored.state = SyncState { uid_validity: description.uid_validity, ..Default::default() };
            self.inner.index.write(|w| w.set_state(record.stored.id, &record.stored.state))?;
        }
        Ok(())
    }

    /// Of the files that have no row in this mailbox: which are new, which belong to a row elsewhere, which are
    /// the same message twice.
    fn sort_out(&self, record: &Record, maildir: &Maildir, diff: &mut Diff<'_>) -> Result<Vec<Found>> {
        let mut learning = record.clone();
        let mut new = Vec::new();
        for found in std::mem::take(&mut diff.unmatched) {
            let Some(own) = found.entry.name.identity() else {
                new.push(found);
                continue;
            };
            if let Some((place, file_name)) = diff.files.get(&own.id) {
                let (kept, extra) = (maildir.place(*place).join(file_name), file_path(maildir, &found));
                if kept == extra || std::fs::read(&kept).at(&kept)? == std::fs::read(&extra).at(&extra)? {
                    // Left by a crash between a file's coming and its predecessor's going.
                    crate::storage::files::remove(&extra)?;
                } else {
                    new.extend(self.give_other_id(record, maildir, found)?);
                }
                continue;
            }
            let elsewhere = self.inner.index.read(|c| {
                let Some(old) = messages::find(c, own.id)? else { return Ok(None) };
                Ok(rows::find(c, old.mailbox)?.map(|r| (old, r)))
            })?;
            diff.files.insert(own.id, (found.place, found.entry.file_name.clone()));
            match elsewhere {
                None => new.push(self.doubt_number(record, maildir, found)?),
                // Nothing is moved between accounts: here it is new, there it is gone.
                Some((_, other)) if other.stored.account != record.stored.account => {
                    diff.files.remove(&own.id);
                    new.extend(self.give_other_id(record, maildir, found)?);
                }
                Some((old, other)) if self.maildir(&other).place(old.place).join(&old.file_name).exists() => {
                    // Copied by another program, name and all.
                    diff.files.remove(&own.id);
                    new.extend(self.give_other_id(record, maildir, found)?);
                }
                Some((old, other)) => diff.moved.push(self.settle_in(&mut learning, maildir, (old, &other), found)?),
            }
        }
        Ok(new)
    }

    /// A message that came from another mailbox, by another program or before a crash of ours. Its number is of no
    /// use here, though it may look so, and its letters may be those of where it came from.
    fn settle_in(
        &self,
        record: &mut Record,
        maildir: &Maildir,
        (old, from): (Stored, &Record),
        found: Found,
    ) -> Result<Moved> {
        self.make_room(std::slice::from_ref(&old), from, record)?;
        let there = |flags| from.stored.keywords.translate(flags, &record.stored.keywords);
        let before = MessageName::parse(&old.file_name);
        let as_it_was = before.as_ref().is_some_and(|b| b.base() == found.entry.name.base());
        let numbered = found.entry.name.identity().is_some_and(|own| own.uid.is_some());
        let flags = found.entry.name.flags();
        let flags = if as_it_was && (numbered || flags == old.flags) { there(flags) } else { flags };
        let own = Own { arrival: old.arrival, id: old.id, uid: None };
        let name = MessageName::own_like(own, &found.entry.file_name).with_flags(flags);
        let file_name = maildir.rename(found.place, &found.entry.file_name, found.place, maildir, &name)?;
        let old = Stored { server_flags: there(old.server_flags), ..old };
        Ok(Moved { old, place: found.place, file_name, name })
    }

    /// A number in the name of a file that the index never saw. After a rebuild it is believed; else only where the
    /// id says that it was made of it: another program may have brought the file from another mailbox.
    fn doubt_number(&self, record: &Record, maildir: &Maildir, found: Found) -> Result<Found> {
        let Some(own) = found.entry.name.identity() else { return Ok(found) };
        let Some((validity, uid)) = own.uid.filter(|_| self.inner.index.is_complete()) else { return Ok(found) };
        let stored = &record.stored;
        let made = identity::message(&stored.account, &stored.meta.path, identity::Seed::Server(validity, uid), 0);
        if made == own.id {
            return Ok(found);
        }
        let name = MessageName::own_like(Own { uid: None, ..own }, &found.entry.file_name);
        let file_name = maildir.rename(found.place, &found.entry.file_name, found.place, maildir, &name)?;
        Ok(Found { place: found.place, entry: Entry { file_name, name } })
    }

    /// Renames a file whose id another message has.
    fn give_other_id(&self, record: &Record, maildir: &Maildir, found: Found) -> Result<Option<Found>> {
        let Some(own) = found.entry.name.identity() else { return Ok(Some(found)) };
        let id = self.file_id(record, &found.entry.file_name, &HashSet::new())?;
        let name = MessageName::own_like(Own { id, uid: None, ..own }, &found.entry.file_name);
        let file_name = maildir.rename(found.place, &found.entry.file_name, found.place, maildir, &name)?;
        Ok(Some(Found { place: found.place, entry: Entry { file_name, name } }))
    }

    /// An id for a file of another program, made of its name; `taken` are those given to others meanwhile.
    fn file_id(&self, record: &Record, base: &str, taken: &HashSet<MessageId>) -> Result<MessageId> {
        self.inner.index.read(|c| {
            for attempt in 0..u32::MAX {
                let id = identity::file(record.stored.id, base, attempt);
                if !taken.contains(&id) && messages::find(c, id)?.is_none() {
                    return Ok(id);
                }
            }
            Err(Error::Invalid("no id can be found for a file".into()))
        })
    }

    pub(super) fn take_in_files(&self, mailbox: MailboxId, chunk: Vec<Found>, watch: Watch<'_>) -> Result<u64> {
        let record = self.record(mailbox)?;
        let maildir = self.maildir(&record);
        let read = read_files(&maildir, &chunk)?;
        let mut taken = HashSet::new();
        let mut new = Vec::with_capacity(chunk.len());
        for (found, file) in chunk.iter().zip(read) {
            // Gone meanwhile: moved or deleted by another program.
            let Some(file) = file else { continue };
            let name = &found.entry.name;
            let id = match name.identity() {
                Some(own) if self.inner.index.read(|c| messages::find(c, own.id))?.is_some() => continue,
                Some(own) => own.id,
                None => self.file_id(&record, name.base(), &taken)?,
            };
            if taken.insert(id) {
                new.push((found, file, id));
            }
        }
        if let Some(tell) = watch {
            let added = |(found, file, id): &(&Found, ReadFile, MessageId)| Added {
                id: *id,
                is_numbered: valid_uid(&record, &found.entry.name).is_some(),
                flags: found.entry.name.flags(),
                size: file.size,
                message_id: file.summary.envelope.message_id.clone(),
            };
            let added = new.iter().filter(|(found, ..)| found.place == Place::Cur).map(added).collect();
            tell(&Noticed { mailbox, added, ..Noticed::default() })?;
        }
        self.step();
        self.inner.index.write(|w| {
            let mut met = Met::default();
            for (found, file, id) in &new {
                let name = &found.entry.name;
                w.put(&NewMessage {
                    id: *id,
                    mailbox,
                    place: found.place,
                    file_name: &found.entry.file_name,
                    uid: valid_uid(&record, name),
                    flags: name.flags(),
                    server_flags: name.flags(),
                    arrival: name.arrival().unwrap_or(file.modified),
                    size: name.whole_size().unwrap_or(file.size),
                    summary: &file.summary,
                })?;
                meet(&mut met, record.stored.meta.role, &file.summary);
            }
            met.store(w)
        })?;
        Ok(u64::try_from(new.len()).unwrap_or(u64::MAX))
    }
}

/// Flags and places that other programs changed.
fn notice(record: &Record, diff: &Diff<'_>) -> Noticed {
    let mailbox = record.stored.id;
    let mut noticed = Noticed { mailbox, ..Noticed::default() };
    for moved in diff.moved.iter().filter(|m| m.place == Place::Cur && m.old.place == Place::Cur) {
        let (old, flags) = (&moved.old, moved.name.flags());
        if old.mailbox != mailbox {
            let (size, message_id) = (old.size, old.message_id.clone());
            noticed.arrived.push(Arrived { id: old.id, from: old.mailbox, uid: old.uid, size, message_id, flags });
        }
        let before = if old.mailbox == mailbox { old.flags } else { old.server_flags };
        if flags != before {
            let uid = old.uid.filter(|_| old.mailbox == mailbox);
            noticed.flags.push(Reflagged { id: old.id, uid, before, after: flags });
        }
    }
    noticed
}

fn file_path(maildir: &Maildir, found: &Found) -> std::path::PathBuf {
    maildir.place(found.place).join(&found.entry.file_name)
}

/// A file read through.
struct ReadFile {
    summary: crate::mail::mime::Summary,
    size: u64,
    /// Unix seconds.
    modified: i64,
}

/// Reads files on two threads; `None` for those that are gone.
fn read_files(maildir: &Maildir, chunk: &[Found]) -> Result<Vec<Option<ReadFile>>> {
    let half = chunk.len().div_ceil(2).max(1);
    std::thread::scope(|scope| {
        let readers: Vec<_> = chunk
            .chunks(half)
            .map(|share| scope.spawn(|| share.iter().map(|f| read_file(maildir, f)).collect::<Result<Vec<_>>>()))
            .collect();
        let mut all = Vec::with_capacity(chunk.len());
        for reader in readers {
            all.extend(reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}

fn read_file(maildir: &Maildir, found: &Found) -> Result<Option<ReadFile>> {
    use std::io::Read;
    let path = file_path(maildir, found);
    let file = match std::fs::File::open(&path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.at(&path)?,
    };
    let meta = file.metadata().at(&path)?;
    let mut bytes = Vec::new();
    file.take(MAX_SUMMARISED).read_to_end(&mut bytes).at(&path)?;
    let modified = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Ok(Some(ReadFile {
        summary: summarise(&bytes),
        size: meta.len(),
        modified: i64::try_from(modified.as_secs()).unwrap_or_default(),
    }))
}
