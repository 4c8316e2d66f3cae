//! Files and directories as this floor makes them: private, and durable when asked.

use super::error::{At, Error, Result};
use sha2::{Digest, Sha256};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Begins the names of files that are about to replace others.
pub const TMP_PREFIX: &str = ".postwren-tmp-";

/// Bytes read at once.
const PIECE: usize = 128 * 1024;

/// Options for files that only their owner reads: mode 0600 from the first instant.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// Makes a directory and those above it, mode 0700.
///
/// # Errors
/// What the disk says.
pub fn create_dir_all(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).at(path)
}

/// Makes the entries of a directory durable: what was created, renamed or removed in it.
///
/// # Errors
/// What the disk says.
pub fn sync_dir(path: &Path) -> Result<()> {
    File::open(path).and_then(|dir| dir.sync_all()).at(path)
}

/// How large a file is, and its SHA-256.
///
/// # Errors
/// What the disk says.
pub fn measure(path: &Path) -> Result<(u64, [u8; 32])> {
    let (mut file, mut hash, mut piece, mut size) = (File::open(path).at(path)?, Sha256::new(), vec![0; PIECE], 0_u64);
    loop {
        let count = file.read(&mut piece).at(path)?;
        if count == 0 {
            return Ok((size, hash.finalize().into()));
        }
        hash.update(piece.get(..count).unwrap_or_default());
        size = size.saturating_add(count as u64);
    }
}

/// Replaces a file whole: after a crash at any instant it has its old content or its new one.
///
/// # Errors
/// What the disk says; the old content is then untouched.
pub fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let dir = path.parent().ok_or_else(|| Error::Invalid(format!("{} has no directory", path.display())))?;
    // Named temporary files are made with mode 0600.
    let mut file = tempfile::Builder::new().prefix(TMP_PREFIX).tempfile_in(dir).at(dir)?;
    file.write_all(content).and_then(|()| file.as_file().sync_all()).at(path)?;
    file.persist(path).map_err(|e| e.error).at(path)?;
    sync_dir(dir)
}

/// The same without waiting for the disk: after a power cut the file may be old, new or empty.
///
/// # Errors
/// What the disk says.
pub fn replace_loosely(path: &Path, content: &[u8]) -> Result<()> {
    let dir = path.parent().ok_or_else(|| Error::Invalid(format!("{} has no directory", path.display())))?;
    let mut file = tempfile::Builder::new().prefix(TMP_PREFIX).tempfile_in(dir).at(dir)?;
    file.write_all(content).at(path)?;
    file.persist(path).map_err(|e| e.error).at(path)?;
    Ok(())
}

/// Makes everything on the file system of this directory durable. Waits for what other programs wrote, too.
///
/// # Errors
/// What the disk says.
pub fn sync_all_below(dir: &Path) -> Result<()> {
    let file = File::open(dir).at(dir)?;
    rustix::fs::syncfs(&file).map_err(|e| Error::io(dir, e.into()))
}

/// Removes what a crash left of [`replace`]. Only what is old: settings may be written by another process right now.
///
/// # Errors
/// What the disk says.
pub fn sweep(dir: &Path) -> Result<()> {
    const OLD: Duration = Duration::from_secs(3600);
    let entries = match std::fs::read_dir(dir) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        other => other.at(dir)?,
    };
    for entry in entries {
        let entry = entry.at(dir)?;
        if !entry.file_name().to_str().is_some_and(|name| name.starts_with(TMP_PREFIX)) {
            continue;
        }
        let written = entry.metadata().and_then(|meta| meta.modified()).ok();
        if written.is_some_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > OLD)) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a file; one that is gone already is fine.
///
/// # Errors
/// What the disk says.
pub fn remove(path: &Path) -> Result<()> {
    absent_is_fine(std::fs::remove_file(path)).at(path)
}

/// Turns "not found" into success.
pub fn absent_is_fine(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
