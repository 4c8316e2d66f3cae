//! Mail that other programs have left, taken in: Maildirs, mboxes and files of one message, recursively.
//!
//! ```text
//!   find     what lies below the paths
//!   split    an mbox, message by message
//! ```
//!
//! One thread reads and gathers batches, two store them, so that one batch is written while the disk makes another
//! durable. What is stored is durable batch by batch, and a message that is in the mailbox already, byte by byte, is
//! not stored again: an import that was cut is made again from its beginning and goes on where it ended. Nothing of
//! what is read is changed.

mod find;
mod split;
#[cfg(test)]
mod tests;

use super::error::{Error, Result};
use super::store::{Incoming, IncomingBody, Store};
use crate::mail::flags::Flags;
use crate::mail::ids::MailboxId;
use crate::mail::mbox::{self, Quoting, Standing};
use find::{Found, Source};
use split::{Body, Fault, SMALL, Split};
use std::fs::{File, Metadata};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

/// Messages of a batch, and its bytes.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 8 << 20;
/// Threads that store.
const STORERS: usize = 2;
/// What a message of an mbox is taken for before the first was read.
const GUESS: u64 = 8 << 10;
/// Of what could not be read, so many are named.
const NAMED: usize = 20;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Messages that are here now and were not before.
    pub new: u64,
    /// Messages that were here already, or came twice.
    pub known: u64,
    /// Messages of an mbox that were deleted there.
    pub deleted: u64,
    /// Files that are no mail.
    pub passed_over: u64,
    /// Files and directories that could not be read.
    pub failed: u64,
    /// The first of them, with what the system said.
    pub failures: Vec<(PathBuf, String)>,
}

/// How far an import is, in messages; `total` is an estimate where mboxes are among the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    pub done: u64,
    pub total: u64,
}

impl Store {
    /// Takes in all mail below these paths. `stop` ends it after the batch at hand; what is stored stays.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a path within the profile; what disk or database say of the store. What cannot be
    /// read is told in the value.
    pub fn import(
        &self,
        mailbox: MailboxId,
        paths: &[PathBuf],
        quoting: Quoting,
        stop: &AtomicBool,
        progress: &mut dyn FnMut(ImportProgress),
    ) -> Result<Imported> {
        let root = self.profile().root();
        for path in paths {
            // A mailbox that is read while it is written to would never end.
            if path.canonicalize().is_ok_and(|path| path.starts_with(root) || root.starts_with(&path)) {
                return Err(Error::Invalid(format!("{} belongs to Postwren itself", path.display())));
            }
        }
        // What a crash has left without a row is known again.
        self.compare_first(mailbox)?;
        let mut found = Found::default();
        paths.iter().for_each(|path| find::below(path, &mut found));
        let (sender, batches) = sync_channel::<Vec<Incoming>>(0);
        let (batches, desk) = (Mutex::new(batches), Desk::default());
        std::thread::scope(|scope| {
            let storers: Vec<_> =
                (0..STORERS).map(|_| scope.spawn(|| store_all(self, mailbox, &batches, &desk))).collect();
            let mut reading = Reading {
                store: self,
                mailbox,
                quoting,
                stop,
                desk: &desk,
                sender,
                batch: Vec::new(),
                bytes: 0,
                read: 0,
                left: found.sources.iter().map(estimate).fold(0, u64::saturating_add),
                average: GUESS,
                progress,
                report: Imported { passed_over: found.passed_over, ..Imported::default() },
            };
            for (path, error) in found.unreadable {
                reading.unreadable(&path, &error);
            }
            let read = reading.run(found.sources);
            let report = std::mem::take(&mut reading.report);
            // Ends the storers.
            drop(reading);
            for storer in storers {
                storer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            }
            read?;
            let (new, known) = (desk.new.load(Ordering::Relaxed), desk.known.load(Ordering::Relaxed));
            progress(ImportProgress { done: new.saturating_add(known), total: new.saturating_add(known) });
            Ok(Imported { new, known, ..report })
        })
    }
}

/// What reader and storers have in common.
#[derive(Default)]
struct Desk {
    new: AtomicU64,
    known: AtomicU64,
    failed: AtomicBool,
}

fn store_all(store: &Store, mailbox: MailboxId, batches: &Mutex<Receiver<Vec<Incoming>>>, desk: &Desk) -> Result<()> {
    let mut result = Ok(());
    loop {
        let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = next else { return result };
        if desk.failed.load(Ordering::Relaxed) {
            continue;
        }
        let all = batch.len() as u64;
        match store.deliver_new(mailbox, batch) {
            Ok(new) => {
                desk.new.fetch_add(new, Ordering::Relaxed);
                desk.known.fetch_add(all.saturating_sub(new), Ordering::Relaxed);
            }
            Err(error) => {
                // The reader must not be left waiting: what it has sent already is taken, and dropped.
                desk.failed.store(true, Ordering::Relaxed);
                result = Err(error);
            }
        }
    }
}

fn estimate(source: &Source) -> u64 {
    match source {
        Source::Maildir { count, .. } => *count,
        Source::Mbox { size, .. } => size.div_ceil(GUESS),
        Source::Message { .. } => 1,
    }
}

/// The reader's side.
struct Reading<'a> {
    store: &'a Store,
    mailbox: MailboxId,
    quoting: Quoting,
    stop: &'a AtomicBool,
    desk: &'a Desk,
    sender: SyncSender<Vec<Incoming>>,
    batch: Vec<Incoming>,
    bytes: usize,
    /// Messages read.
    read: u64,
    /// Messages that are thought to come, those of the source at hand left out.
    left: u64,
    /// Bytes of a message of the mboxes so far.
    average: u64,
    progress: &'a mut dyn FnMut(ImportProgress),
    report: Imported,
}

impl Reading<'_> {
    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.desk.failed.load(Ordering::Relaxed)
    }

    fn run(&mut self, sources: Vec<Source>) -> Result<()> {
        for source in sources {
            if self.is_over() {
                break;
            }
            self.left = self.left.saturating_sub(estimate(&source));
            match source {
                Source::Maildir { dir, is_new, count } => self.maildir(&dir, is_new, count)?,
                Source::Mbox { path, size } => self.mbox(&path, size)?,
                Source::Message { path } => self.file(&path, |_| (Flags::SEEN, None), 0)?,
            }
        }
        self.send(0);
        Ok(())
    }

    fn maildir(&mut self, dir: &Path, is_new: bool, count: u64) -> Result<()> {
        let before = self.read;
        let entries = match std::fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => {
                self.unreadable(dir, &error);
                return Ok(());
            }
        };
        for entry in entries {
            if self.is_over() {
                return Ok(());
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.unreadable(dir, &error);
                    return Ok(());
                }
            };
            if !find::is_message(&entry) {
                continue;
            }
            let name = entry.file_name();
            let name = name.to_str().and_then(super::maildir::name::MessageName::parse);
            let of_name = |_: &Metadata| match &name {
                Some(name) if !is_new => (name.flags().system(), name.arrival()),
                Some(name) => (Flags::empty(), name.arrival()),
                None => (Flags::empty(), None),
            };
            let left = count.saturating_sub(self.read.saturating_sub(before));
            self.file(&entry.path(), of_name, left)?;
        }
        Ok(())
    }

    /// A file that is one message.
    fn file(&mut self, path: &Path, of: impl Fn(&Metadata) -> (Flags, Option<i64>), left: u64) -> Result<()> {
        let opened = File::open(path).and_then(|file| file.metadata().map(|meta| (file, meta)));
        let (mut file, meta) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.unreadable(path, &error);
                return Ok(());
            }
        };
        let (flags, arrival) = of(&meta);
        let modified = || meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs().try_into().ok();
        let size = usize::try_from(meta.len()).unwrap_or(usize::MAX);
        let body = if size > SMALL {
            let mut copy = self.store.scratch(self.mailbox)?;
            match std::io::copy(&mut file, copy.as_file_mut()) {
                Ok(_) => IncomingBody::File(copy),
                Err(error) if error.raw_os_error().is_some_and(is_of_target) => {
                    return Err(Error::io(copy.path(), error));
                }
                Err(error) => {
                    self.unreadable(path, &error);
                    return Ok(());
                }
            }
        } else {
            let mut bytes = Vec::with_capacity(size);
            if let Err(error) = file.take(SMALL as u64 * 2).read_to_end(&mut bytes) {
                self.unreadable(path, &error);
                return Ok(());
            }
            if bytes.is_empty() {
                self.report.passed_over = self.report.passed_over.saturating_add(1);
                return Ok(());
            }
            IncomingBody::Bytes(bytes)
        };
        self.add(Incoming { uid: None, flags, internal_date: arrival.or_else(modified), body }, left);
        Ok(())
    }

    fn mbox(&mut self, path: &Path, size: u64) -> Result<()> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => {
                self.unreadable(path, &error);
                return Ok(());
            }
        };
        let mut split = Split::new(BufReader::with_capacity(256 << 10, file), self.quoting);
        let (store, mailbox, before) = (self.store, self.mailbox, self.read);
        let mut spill = || store.scratch(mailbox);
        while !self.is_over() {
            let (body, received) = match split.next(&mut spill) {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(Fault::Store(error)) => return Err(error),
                Err(Fault::Source(error)) => {
                    self.unreadable(path, &error);
                    break;
                }
            };
            let (standing, body) = match body {
                Body::Bytes(bytes) => (mbox::standing(&bytes), IncomingBody::Bytes(bytes)),
                Body::File(beginning, file) => (mbox::standing(&beginning), IncomingBody::File(file)),
            };
            let Standing::Flags(flags) = standing else {
                self.report.deleted = self.report.deleted.saturating_add(1);
                continue;
            };
            let here = self.read.saturating_sub(before).saturating_add(1);
            self.average = (split.offset / here).max(1);
            let left = size.saturating_sub(split.offset) / self.average;
            self.add(Incoming { uid: None, flags, internal_date: received, body }, left);
        }
        Ok(())
    }

    /// `left`: messages that are thought to come from the same source.
    fn add(&mut self, incoming: Incoming, left: u64) {
        self.read = self.read.saturating_add(1);
        if let IncomingBody::Bytes(bytes) = &incoming.body {
            self.bytes = self.bytes.saturating_add(bytes.len());
        }
        self.batch.push(incoming);
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES {
            self.send(left);
        }
    }

    fn send(&mut self, left: u64) {
        if self.batch.is_empty() {
            return;
        }
        self.bytes = 0;
        // Where nobody takes it any more, the storer's error is told.
        let _ = self.sender.send(std::mem::take(&mut self.batch));
        let done = self.desk.new.load(Ordering::Relaxed).saturating_add(self.desk.known.load(Ordering::Relaxed));
        let total = self.read.saturating_add(left).saturating_add(self.left);
        (self.progress)(ImportProgress { done, total });
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        tracing::warn!(path = %path.display(), %error, "not imported");
        self.report.failed = self.report.failed.saturating_add(1);
        if self.report.failures.len() < NAMED {
            self.report.failures.push((path.into(), error.to_string()));
        }
    }
}

/// Errors of a copy that only the side that is written to can have.
fn is_of_target(code: i32) -> bool {
    use rustix::io::Errno;
    [Errno::NOSPC, Errno::DQUOT, Errno::FBIG, Errno::ROFS].iter().any(|e| e.raw_os_error() == code)
}
