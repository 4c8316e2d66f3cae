//! Many messages made durable together.
//!
//! All of a batch is written first, and then made durable with one flush where that is sound ([`Flush`]); else its
//! files are synced from many threads, which lets the file system commit them in groups. The renames become durable
//! by one fsync of the directory.

use super::flush::Flush;
use super::scan::TMP_PREFIX;
use super::{Maildir, Place};
use crate::storage::error::{At, Error, Result};
use crate::storage::fail::CrashPoint;
use crate::storage::files;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::{NamedTempFile, TempPath};

/// A message up to this size is read whole for its summary.
const SMALL: u64 = 1 << 20;
/// Of a larger one this much of each part, and this much in all.
const PART: usize = 64 << 10;
const MOST_SKIMMED: usize = 4 << 20;

/// Threads that wait for fsync. They only wait, so this is not about processors.
const SYNCERS: usize = 32;

/// A message in `tmp`, not durable yet. Removed when dropped before it is placed.
#[derive(Debug)]
pub struct Written {
    /// `None` where its content is on the disk already, or becomes durable with the rest of its file system.
    file: Option<File>,
    path: TempPath,
    pub size: u64,
}

impl Written {
    /// Writes bytes to a new file in `tmp`.
    ///
    /// # Errors
    /// What the disk says.
    pub fn bytes(maildir: &Maildir, bytes: &[u8]) -> Result<Written> {
        let path = maildir.tmp().join(tmp_name());
        let mut file = files::private().write(true).create_new(true).open(&path).at(&path)?;
        let path = TempPath::try_from_path(path).map_err(|e| Error::io(maildir.tmp(), e))?;
        file.write_all(bytes).at(&path)?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(Written { file: Some(file), path, size })
    }

    /// Takes over a file; one that does not lie in `tmp` is copied there.
    ///
    /// # Errors
    /// What the disk says.
    pub fn file(maildir: &Maildir, given: NamedTempFile) -> Result<Written> {
        if given.path().parent() == Some(maildir.tmp().as_path()) {
            let (file, path) = given.into_parts();
            let size = file.metadata().at(&path)?.len();
            return Ok(Written { file: Some(file), path, size });
        }
        let mut source = given.reopen().at(given.path())?;
        Written::copy(maildir, &mut source)
    }

    /// Gives a file, whose content is on the disk and stays as it is, a second name in `tmp`; copies it where the two
    /// places are not of one file system.
    ///
    /// # Errors
    /// What the disk says.
    pub fn durable(maildir: &Maildir, source: &Path) -> Result<Written> {
        let mut file = File::open(source).at(source)?;
        let path = maildir.tmp().join(tmp_name());
        if std::fs::hard_link(source, &path).is_err() {
            return Written::copy(maildir, &mut file);
        }
        let path = TempPath::try_from_path(path).map_err(|e| Error::io(maildir.tmp(), e))?;
        let size = file.metadata().at(&path)?.len();
        Ok(Written { file: None, path, size })
    }

    /// Copies from a file to a new one in `tmp`.
    ///
    /// # Errors
    /// What the disk says.
    pub fn copy(maildir: &Maildir, source: &mut File) -> Result<Written> {
        let Written { file, path, .. } = Written::bytes(maildir, &[])?;
        let Some(mut file) = file else { return Err(Error::Invalid("a new file that is closed".into())) };
        source.rewind().at(&path)?;
        let size = std::io::copy(source, &mut file).at(&path)?;
        Ok(Written { file: Some(file), path, size })
    }

    /// Reads the message through once. What a summary needs of it, within bounds: all of a small one, of a larger one
    /// the beginning of each part, so that a large attachment is counted and not held in memory. And the SHA-256 of
    /// all of it, where it is asked for.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read_through(&self, with_hash: bool) -> Result<(Vec<u8>, Option<[u8; 32]>)> {
        let mut file = File::open(&self.path).at(&self.path)?;
        if self.size <= SMALL {
            let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or_default());
            file.read_to_end(&mut bytes).at(&self.path)?;
            let hash = with_hash.then(|| Sha256::digest(&bytes).into());
            return Ok((bytes, hash));
        }
        let mut hash = with_hash.then(Sha256::new);
        let kept = skim(&mut file, hash.as_mut()).at(&self.path)?;
        Ok((kept, hash.map(|hash| hash.finalize().into())))
    }

    /// Makes one message durable and gives it its name; the directory is the caller's to sync.
    ///
    /// # Errors
    /// What the disk says.
    pub fn place_alone(self, target: &Path) -> Result<()> {
        self.sync()?;
        self.path.persist(target).map_err(|e| Error::io(target, e.error))
    }

    fn sync(&self) -> Result<()> {
        match &self.file {
            Some(file) => file.sync_all().at(&self.path),
            None => Ok(()),
        }
    }
}

/// A new file in `tmp` for a message that is still coming in.
///
/// # Errors
/// What the disk says.
pub fn scratch(maildir: &Maildir) -> Result<NamedTempFile> {
    let tmp = maildir.tmp();
    tempfile::Builder::new().prefix(&tmp_name()).tempfile_in(&tmp).at(&tmp)
}

fn tmp_name() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("{TMP_PREFIX}{}-{count}-{:08x}", std::process::id(), fastrand::u32(..))
}

/// Bytes read at once of a large message; a longer line is taken for more than one.
const BLOCK: usize = 256 << 10;

/// Reads a message through, all of it for its hash, and keeps the beginnings of its parts.
fn skim(message: &mut impl Read, mut hash: Option<&mut Sha256>) -> std::io::Result<Vec<u8>> {
    let (mut skim, mut block, mut held) = (Skim::default(), vec![0; BLOCK], 0_usize);
    loop {
        let free = block.get_mut(held..).unwrap_or_default();
        let count = message.read(free)?;
        if let Some(hash) = &mut hash {
            hash.update(free.get(..count).unwrap_or_default());
        }
        if count == 0 || hash.is_none() && skim.is_full() {
            skim.push(block.get(..held).unwrap_or_default());
            return Ok(skim.kept);
        }
        let filled = held.saturating_add(count);
        let here = block.get(..filled).unwrap_or_default();
        // Whole lines, so that a boundary is never seen in halves.
        let end = match memchr::memrchr(b'\n', here) {
            Some(at) => at.saturating_add(1),
            None if filled < BLOCK => 0,
            None => filled,
        };
        skim.push(here.get(..end).unwrap_or_default());
        block.copy_within(end..filled, 0);
        held = filled.saturating_sub(end);
    }
}

/// Keeps the beginnings of parts: whatever follows a line that may be a boundary, up to a bound, and everything up to
/// a bound in all. Lines are kept whole, so that what is encoded stays readable; one without an end is cut.
struct Skim {
    kept: Vec<u8>,
    /// Bytes kept of this part.
    of_part: usize,
    is_at_start: bool,
    /// This line is kept.
    is_kept: bool,
}

impl Default for Skim {
    fn default() -> Skim {
        Skim { kept: Vec::new(), of_part: 0, is_at_start: true, is_kept: true }
    }
}

impl Skim {
    fn is_full(&self) -> bool {
        self.kept.len() >= MOST_SKIMMED
    }

    fn push(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() && !self.is_full() {
            if self.is_at_start {
                if rest.starts_with(b"--") {
                    self.of_part = 0;
                }
                self.is_kept = self.of_part < PART;
            }
            let taken = if self.is_kept {
                let end = memchr::memchr(b'\n', rest).map(|at| at.saturating_add(1));
                let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                if self.of_part < PART.saturating_mul(2) {
                    self.kept.extend_from_slice(line);
                    self.of_part = self.of_part.saturating_add(line.len());
                }
                self.is_at_start = end.is_some();
                line.len()
            } else {
                // On to the next line that may be a boundary.
                let next = memchr::memmem::find(rest, b"\n--").map(|at| at.saturating_add(1));
                self.is_at_start = next.is_some() || rest.ends_with(b"\n");
                next.unwrap_or(rest.len())
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
    }
}

/// Messages of one Maildir on their way from `tmp` to where they stay.
pub struct Batch<'a> {
    maildir: &'a Maildir,
    crash: &'a CrashPoint,
    flush: Option<Flush>,
}

impl<'a> Batch<'a> {
    /// For so many messages, of which none is written yet.
    pub(crate) fn new(maildir: &'a Maildir, crash: &'a CrashPoint, messages: usize) -> Batch<'a> {
        Batch { maildir, crash, flush: Flush::begin(&maildir.tmp(), messages) }
    }

    /// Writes a message of this batch to a new file in `tmp`.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write(&self, bytes: &[u8]) -> Result<Written> {
        let written = Written::bytes(self.maildir, bytes)?;
        let file = written.file.filter(|_| self.flush.is_none());
        Ok(Written { file, ..written })
    }

    /// Makes every file's content durable. After a failure none may be believed: the caller drops them all,
    /// and nothing is synced a second time (the kernel reports a lost page once).
    ///
    /// # Errors
    /// What the disk says.
    pub fn sync(&mut self, written: &[Written]) -> Result<()> {
        self.crash.step();
        // Those that were not written by this batch, too: what went wrong with them may have been told already.
        let open: Vec<&Written> = written.iter().filter(|w| w.file.is_some()).collect();
        let share = open.len().div_ceil(SYNCERS).max(1);
        std::thread::scope(|scope| {
            let syncers: Vec<_> =
                open.chunks(share).map(|chunk| scope.spawn(move || chunk.iter().try_for_each(|w| w.sync()))).collect();
            // Every thread is waited for; the first failure is told.
            let results: Vec<Result<()>> = syncers.into_iter().map(join).collect();
            results.into_iter().collect::<Result<()>>()
        })?;
        self.flush.take().map_or(Ok(()), Flush::finish)
    }

    /// Renames each file to its place and name, and makes the names durable. A file that has the name
    /// already is the same message from before a crash, and is replaced.
    ///
    /// # Errors
    /// What the disk says; files not yet renamed are then removed.
    pub fn place(&self, written: Vec<(Written, Place, String)>) -> Result<()> {
        let places: BTreeSet<Place> = written.iter().map(|(_, place, _)| *place).collect();
        for (one, place, name) in written {
            self.crash.step();
            let target: PathBuf = self.maildir.place(place).join(name);
            one.path.persist(&target).map_err(|e| Error::io(&target, e.error))?;
        }
        self.crash.step();
        places.into_iter().try_for_each(|place| files::sync_dir(&self.maildir.place(place)))
    }
}

/// A thread's result; its panic goes on here.
fn join<T>(handle: std::thread::ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_parts_are_skimmed_and_every_part_is_seen() {
        let large = "QUJD\r\n".repeat(500_000);
        let part = |name: &str, body: &str| {
            format!(
                "--b\r\nContent-Type: application/pdf; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}"
            )
        };
        let message = format!(
            "Subject: two\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello.\r\n{}{}--b--\r\n",
            part("one.pdf", &large),
            part("two.pdf", &large),
        );
        let mut hash = Sha256::new();
        let kept = skim(&mut message.as_bytes(), Some(&mut hash)).unwrap();
        assert_eq!(hash.finalize(), Sha256::digest(message.as_bytes()), "all of it counts");
        assert!(kept.len() < 3 * PART, "{}", kept.len());
        let (whole, skimmed) = (crate::mail::mime::summary(message.as_bytes()), crate::mail::mime::summary(&kept));
        assert_eq!(skimmed, whole);
        // In whatever pieces it is read.
        for size in [7, 1_000, BLOCK - 1] {
            assert!(skim(&mut Slow(message.as_bytes(), size), None).unwrap() == kept, "by {size}");
        }
        // No line ends, and only boundaries: both are bounded.
        let endless = vec![b'x'; 10 << 20];
        assert!(skim(&mut endless.as_slice(), None).unwrap().len() <= 3 * PART + BLOCK);
        let boundaries = "--\n".repeat(3 << 20);
        assert!(skim(&mut boundaries.as_bytes(), None).unwrap().len() <= MOST_SKIMMED + 3);
    }

    /// Gives little at once.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let size = self.1.min(into.len());
            self.0.read(&mut into[..size])
        }
    }
}
