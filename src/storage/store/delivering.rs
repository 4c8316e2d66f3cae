//! Messages coming in, in batches: written, made durable, named, indexed, in this order.

use super::identity::{self, ContentHash, Seed};
use super::{Incoming, IncomingBody, Store, summarise};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::Role;
use crate::mail::mime::Summary;
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::{Error, Result};
use crate::storage::files;
use crate::storage::index::mailboxes::Record;
use crate::storage::index::messages::{self, NewMessage, Stored};
use crate::storage::index::people::Met;
use crate::storage::maildir::name::{MessageName, Own};
use crate::storage::maildir::{Batch, Maildir, Place, Written, scratch};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};
use tempfile::NamedTempFile;

/// Messages written and synced together; also how many files are open at once.
const CHUNK: usize = 256;
/// Threads that write and read through messages. The rest of the machine is the person's.
const WORKERS: usize = 2;

/// A message in `tmp` with all that its name and row need.
struct Prepared {
    written: Written,
    summary: Summary,
    /// Where no server has it: what makes it the same when it comes again.
    content: ContentHash,
    uid: Option<(UidValidity, Uid)>,
    flags: Flags,
    internal_date: Option<i64>,
    /// Only its headers are here: the size of the whole.
    whole_size: Option<u64>,
}

/// A message on its way in.
enum Ready {
    /// The same bytes are here already, and no server numbers them: nothing needs to be written.
    Known(MessageId),
    Written(Box<Prepared>),
}

impl Ready {
    fn known(&self) -> Option<Delivered> {
        match self {
            Ready::Known(id) => Some(Delivered { id: *id, is_new: false }),
            Ready::Written(_) => None,
        }
    }
    fn prepared(self) -> Option<Prepared> {
        match self {
            Ready::Known(_) => None,
            Ready::Written(prepared) => Some(*prepared),
        }
    }
}

/// A message that is stored now.
struct Delivered {
    id: MessageId,
    is_new: bool,
}

/// Which message this is.
enum Settled {
    /// Stored already with the same bytes, or with more of them, or held: nothing is to be done.
    Kept(MessageId),
    New {
        id: MessageId,
        arrival: i64,
        /// The row in whose place it comes.
        before: Option<Stored>,
    },
}

impl Store {
    /// A file in the mailbox's `tmp/`, to write a large message into and then to [`deliver`](Store::deliver).
    pub fn scratch(&self, mailbox: MailboxId) -> Result<NamedTempFile> {
        scratch(&self.maildir(&self.record(mailbox)?))
    }

    /// Stores a batch: durable on disk and indexed when this returns; the ids are in the batch's order.
    /// The same number again, or the same bytes again where there is no number, replaces and does not double.
    ///
    /// # Errors
    /// [`Error::UidValidity`] where numbers are of another generation than the mailbox's; [`Error::Missing`]
    /// where the mailbox's directory is gone; what disk or database say. Of a batch that failed some may be
    /// stored: delivering it again is harmless.
    pub fn deliver(&self, mailbox: MailboxId, batch: Vec<Incoming>) -> Result<Vec<MessageId>> {
        Ok(self.deliver_all(mailbox, batch)?.into_iter().map(|delivered| delivered.id).collect())
    }

    /// The same; the value is how many were not here before.
    pub fn deliver_new(&self, mailbox: MailboxId, batch: Vec<Incoming>) -> Result<u64> {
        Ok(self.deliver_all(mailbox, batch)?.into_iter().filter(|delivered| delivered.is_new).count() as u64)
    }

    fn deliver_all(&self, mailbox: MailboxId, mut batch: Vec<Incoming>) -> Result<Vec<Delivered>> {
        let mut all = Vec::with_capacity(batch.len());
        while !batch.is_empty() {
            let rest = batch.split_off(batch.len().min(CHUNK));
            all.extend(self.deliver_chunk(mailbox, std::mem::replace(&mut batch, rest))?);
        }
        Ok(all)
    }

    fn deliver_chunk(&self, mailbox: MailboxId, chunk: Vec<Incoming>) -> Result<Vec<Delivered>> {
        let record = self.record(mailbox)?;
        self.expect_store(&record)?;
        let maildir = self.maildir(&record);
        let mut batch = Batch::new(&maildir, &self.inner.crash, chunk.len());
        let ready = self.prepare(&record, &maildir, &batch, chunk)?;
        if ready.iter().all(|one| matches!(one, Ready::Known(_))) {
            return Ok(ready.iter().filter_map(Ready::known).collect());
        }
        let known: Vec<Option<Delivered>> = ready.iter().map(Ready::known).collect();
        let prepared: Vec<Prepared> = ready.into_iter().filter_map(Ready::prepared).collect();
        if prepared.iter().any(|p| p.whole_size.is_some()) {
            files::create_dir_all(&maildir.place(Place::Headers))?;
            files::sync_dir(maildir.dir())?;
        }
        let (files, prepared): (Vec<Written>, Vec<Details>) = prepared.into_iter().map(Prepared::split).unzip();
        batch.sync(&files)?;
        self.exclusive(&BTreeSet::from([mailbox]), || {
            let mut record = self.record(mailbox)?;
            for (validity, _) in prepared.iter().filter_map(|p| p.uid) {
                self.expect_validity(&mut record, validity)?;
            }
            let settled = self
                .inner
                .index
                .read(|c| prepared.iter().map(|p| settle(c, &record, p)).collect::<Result<Vec<_>>>())?;
            let settled = last_of_each(settled);
            let mut named = Vec::with_capacity(files.len());
            let mut names = Vec::with_capacity(files.len());
            for ((file, details), settled) in files.into_iter().zip(&prepared).zip(&settled) {
                let Settled::New { id, arrival, .. } = settled else {
                    names.push(String::new());
                    continue;
                };
                let own = Own { arrival: *arrival, id: *id, uid: details.uid };
                let flags = settled.flags(details).0;
                let name = match details.whole_size {
                    Some(size) => MessageName::own_headers(own, size, flags),
                    None => MessageName::own(own, flags),
                };
                let name = name.to_string();
                named.push((file, details.place(), name.clone()));
                names.push(name);
            }
            batch.place(named)?;
            self.step();
            self.index_chunk(&record, &prepared, &settled, &names)?;
            self.step();
            remove_replaced(&maildir, &prepared, &settled, &names)?;
            let mut settled = settled.iter().map(Settled::delivered);
            Ok(known.into_iter().filter_map(|known| known.or_else(|| settled.next())).collect())
        })
    }

    /// Writes every message that is not here yet and reads through it, on a few threads.
    fn prepare(
        &self,
        record: &Record,
        maildir: &Maildir,
        batch: &Batch<'_>,
        mut chunk: Vec<Incoming>,
    ) -> Result<Vec<Ready>> {
        let half = chunk.len().div_ceil(WORKERS).max(1);
        let mut shares = Vec::new();
        while !chunk.is_empty() {
            let rest = chunk.split_off(chunk.len().min(half));
            shares.push(std::mem::replace(&mut chunk, rest));
        }
        let prepare = |share: Vec<Incoming>| -> Result<Vec<Ready>> {
            share
                .into_iter()
                .map(|incoming| {
                    let content = content_of(&incoming);
                    if let Some(content) = &content
                        && let Some(id) = self.inner.index.read(|c| held_as(c, record, content))?
                    {
                        return Ok(Ready::Known(id));
                    }
                    self.step();
                    Ok(Ready::Written(Box::new(prepare(maildir, batch, incoming, content)?)))
                })
                .collect()
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| prepare(share))).collect();
            let mut all = Vec::new();
            for worker in workers {
                all.push(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            Ok(all.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
        })
    }

    fn index_chunk(&self, record: &Record, prepared: &[Details], settled: &[Settled], names: &[String]) -> Result<()> {
        self.inner.index.write(|w| {
            let mut met = Met::default();
            for ((details, settled), file_name) in prepared.iter().zip(settled).zip(names) {
                let Settled::New { id, arrival, before } = settled else { continue };
                let (flags, server_flags) = settled.flags(details);
                w.put(&NewMessage {
                    id: *id,
                    mailbox: record.stored.id,
                    place: details.place(),
                    file_name,
                    uid: details.uid.map(|(_, uid)| uid),
                    flags,
                    server_flags,
                    arrival: *arrival,
                    size: details.whole_size.unwrap_or(details.size),
                    summary: &details.summary,
                })?;
                if before.is_none() {
                    meet(&mut met, record.stored.meta.role, &details.summary);
                }
            }
            met.store(w)
        })
    }
}

/// A prepared message without its open file.
struct Details {
    summary: Summary,
    content: ContentHash,
    uid: Option<(UidValidity, Uid)>,
    flags: Flags,
    internal_date: Option<i64>,
    whole_size: Option<u64>,
    size: u64,
}

impl Details {
    fn place(&self) -> Place {
        if self.whole_size.is_some() { Place::Headers } else { Place::Cur }
    }
}

impl Prepared {
    fn split(self) -> (Written, Details) {
        let size = self.written.size;
        let Prepared { written, summary, content, uid, flags, internal_date, whole_size } = self;
        (written, Details { summary, content, uid, flags, internal_date, whole_size, size })
    }
}

impl Settled {
    /// The flags here and the server's. A message that becomes whole keeps what was changed here meanwhile.
    fn flags(&self, details: &Details) -> (Flags, Flags) {
        match self {
            Settled::New { before: Some(before), .. } if before.place == Place::Headers => {
                (before.flags, before.server_flags)
            }
            _ => (details.flags, details.flags),
        }
    }
    fn id(&self) -> MessageId {
        match self {
            Settled::Kept(id) | Settled::New { id, .. } => *id,
        }
    }
    fn delivered(&self) -> Delivered {
        Delivered { id: self.id(), is_new: matches!(self, Settled::New { before: None, .. }) }
    }
}

/// What makes a message the same where no server numbers it; `None` where that shows only when it is written.
fn content_of(incoming: &Incoming) -> Option<ContentHash> {
    match &incoming.body {
        IncomingBody::Bytes(bytes) if incoming.uid.is_none() => Some(Sha256::digest(bytes).into()),
        IncomingBody::Durable(_, known) if incoming.uid.is_none() => *known,
        _ => None,
    }
}

/// The message of this mailbox that has these bytes and that no server has numbered.
fn held_as(connection: &Connection, record: &Record, content: &ContentHash) -> Result<Option<MessageId>> {
    let (account, path) = (&record.stored.account, &record.stored.meta.path);
    let id = identity::message(account, path, Seed::Content(content), 0);
    let found = messages::find(connection, id)?.filter(|stored| stored.mailbox == record.stored.id);
    Ok(found.map(|stored| stored.id))
}

fn prepare(maildir: &Maildir, batch: &Batch<'_>, incoming: Incoming, content: Option<ContentHash>) -> Result<Prepared> {
    let Incoming { uid, flags, internal_date, body } = incoming;
    let whole_size = match &body {
        IncomingBody::Headers { size, .. } => Some(*size),
        IncomingBody::Bytes(_) | IncomingBody::File(_) | IncomingBody::Durable(..) => None,
    };
    let hash = |bytes: &[u8]| if uid.is_none() { Sha256::digest(bytes).into() } else { ContentHash::default() };
    let (written, summary, content) = match body {
        IncomingBody::Bytes(bytes) | IncomingBody::Headers { bytes, .. } => {
            let content = content.unwrap_or_else(|| hash(&bytes));
            (batch.write(&bytes)?, summarise(&bytes), content)
        }
        body @ (IncomingBody::File(_) | IncomingBody::Durable(..)) => {
            let written = match body {
                IncomingBody::File(file) => Written::file(maildir, file)?,
                IncomingBody::Durable(path, _) => Written::durable(maildir, &path)?,
                IncomingBody::Bytes(bytes) | IncomingBody::Headers { bytes, .. } => batch.write(&bytes)?,
            };
            let (bytes, found) = written.read_through(uid.is_none() && content.is_none())?;
            (written, summarise(&bytes), content.or(found).unwrap_or_default())
        }
    };
    Ok(Prepared { written, summary, content, uid, flags, internal_date, whole_size })
}

/// Finds out which message this is: one that is here already, or a new one with an id that nobody has.
fn settle(connection: &Connection, record: &Record, details: &Details) -> Result<Settled> {
    let stored = &record.stored;
    if let Some((_, uid)) = details.uid
        && let Some(before) = messages::find_uid(connection, stored.id, uid)?
    {
        return Ok(replacing(before, details));
    }
    let seed = match details.uid {
        Some((validity, uid)) => Seed::Server(validity, uid),
        None => Seed::Content(&details.content),
    };
    for attempt in 0..u32::MAX {
        let id = identity::message(&stored.account, &stored.meta.path, seed, attempt);
        match messages::find(connection, id)? {
            None => {
                let arrival = details.internal_date.filter(|d| *d > 0).unwrap_or_else(files::now);
                return Ok(Settled::New { id, arrival, before: None });
            }
            Some(before) if before.mailbox == stored.id => {
                return Ok(if details.uid.is_some() { replacing(before, details) } else { Settled::Kept(id) });
            }
            // Stored here once and moved away since.
            Some(_) => {}
        }
    }
    Err(Error::Invalid("no id can be found for a message".into()))
}

fn replacing(before: Stored, details: &Details) -> Settled {
    match before.place {
        // About to be deleted by the person: it does not come back by itself.
        Place::Held => Settled::Kept(before.id),
        // What is here is never exchanged for less.
        Place::Cur | Place::Headers if details.whole_size.is_some() => Settled::Kept(before.id),
        Place::Cur | Place::Headers => Settled::New { id: before.id, arrival: before.arrival, before: Some(before) },
    }
}

/// Of the same message twice in a batch, the last is stored.
fn last_of_each(mut settled: Vec<Settled>) -> Vec<Settled> {
    let mut seen = HashSet::new();
    for one in settled.iter_mut().rev() {
        if matches!(one, Settled::New { .. }) && !seen.insert(one.id()) {
            *one = Settled::Kept(one.id());
        }
    }
    settled
}

/// Removes files in whose place others came.
fn remove_replaced(maildir: &Maildir, details: &[Details], settled: &[Settled], names: &[String]) -> Result<()> {
    for ((details, settled), name) in details.iter().zip(settled).zip(names) {
        let Settled::New { before: Some(before), .. } = settled else { continue };
        let is_elsewhere = before.place != details.place();
        if is_elsewhere || before.file_name != *name && !names.contains(&before.file_name) {
            files::remove(&maildir.place(before.place).join(&before.file_name))?;
        }
    }
    Ok(())
}

/// Counts people, by what the mailbox is for; those in Junk are nobody's acquaintances.
pub(super) fn meet(met: &mut Met, role: Option<Role>, summary: &Summary) {
    match role {
        Some(Role::Junk | Role::Trash | Role::Drafts) => {}
        Some(Role::Sent) => {
            met.written(&summary.envelope.to);
            met.written(&summary.envelope.cc);
        }
        _ => met.heard(&summary.envelope.from),
    }
}
