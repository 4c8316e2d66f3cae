//! How the files of a batch become durable: with one flush of their whole file system, or one by one.
//!
//! An fsync per file is a commit of the file system's journal for every few of them, however many threads ask. One
//! `syncfs` is one commit for all: measured on ext4 with 256 messages, a third to an eighth of the time. But it is
//! believed only
//! - on file systems that make everything durable by it: those that lie above others may hand their own pages down
//!   and not sync what is below;
//! - since Linux 5.8, which tells of a page that was lost to whoever opened the directory before;
//! - for more than a few files: it waits for what other programs wrote to the same disk, too. Where these make it
//!   slow, the next batches sync file by file.

use crate::storage::error::{Error, Result};
use rustix::fs::{fstatfs, syncfs};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Fewer files are synced one by one.
const FEW: usize = 16;
/// A flush that took longer waited for others,
const SLOW: Duration = Duration::from_secs(3);
/// and so many batches do without.
const WITHOUT: u32 = 16;

/// ext2 to ext4, XFS, Btrfs, F2FS, tmpfs.
const TRUSTED: [u64; 5] = [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x0102_1994];

/// Batches that are still to do without.
static WAITING: AtomicU32 = AtomicU32::new(0);

/// A flush of everything on the file system of a directory; what is written between [`Flush::begin`] and its end is
/// durable after it.
#[derive(Debug)]
pub(super) struct Flush {
    dir: File,
    path: PathBuf,
}

impl Flush {
    /// Begins one for so many files that are about to be written to the directory; `None` where they are better
    /// synced one by one.
    pub fn begin(path: &Path, files: usize) -> Option<Flush> {
        if files < FEW || !is_told_of_lost_pages() {
            return None;
        }
        // From here on the kernel keeps for this descriptor what goes wrong with the file system.
        let dir = File::open(path).ok()?;
        let kind = u64::try_from(fstatfs(&dir).ok()?.f_type).ok()?;
        if !TRUSTED.contains(&kind) {
            return None;
        }
        let doing_without = WAITING.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok();
        (!doing_without).then(|| Flush { dir, path: path.into() })
    }

    /// Returns when it is done.
    ///
    /// # Errors
    /// What the disk says, of any file on it: then none of this batch may be believed.
    pub fn finish(self) -> Result<()> {
        let begin = Instant::now();
        syncfs(&self.dir).map_err(|e| Error::io(&self.path, e.into()))?;
        if begin.elapsed() > SLOW {
            WAITING.store(WITHOUT, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Whether `syncfs` tells of what was lost (Linux 5.8).
fn is_told_of_lost_pages() -> bool {
    static TOLD: OnceLock<bool> = OnceLock::new();
    *TOLD.get_or_init(|| {
        let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        version(&release).is_some_and(|version| version >= (5, 8))
    })
}

fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read() {
        assert_eq!(version("6.18.44-fc-v595\n"), Some((6, 18)));
        assert_eq!(version("5.8-rc1"), Some((5, 8)));
        assert!(version("4.19.0").is_some_and(|v| v < (5, 8)));
        assert_eq!((version(""), version("generic"), version("6")), (None, None, None));
    }

    #[test]
    fn few_files_are_nobody_elses_concern() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Flush::begin(dir.path(), FEW - 1).is_none());
        assert!(Flush::begin(&dir.path().join("missing"), 1000).is_none());
    }
}
