//! The files of messages on their way out, beside the rows that name them.

use super::Queue;
use crate::storage::error::{At, Result};
use crate::storage::files;
use std::collections::HashSet;
use tempfile::NamedTempFile;

impl Queue {
    /// Writes a message's bytes durably under a new name: the row that will name it does not exist yet.
    pub(super) fn keep_outgoing(&self, raw: &[u8]) -> Result<String> {
        let file = new_name();
        self.crash.step();
        files::replace(&self.profile.outbox().join(&file), raw)?;
        Ok(file)
    }

    /// A file that is swept away unless it is placed.
    pub(super) fn scratch_outgoing(&self) -> Result<NamedTempFile> {
        let dir = self.profile.outbox();
        tempfile::Builder::new().prefix(files::TMP_PREFIX).tempfile_in(&dir).at(&dir)
    }

    /// Makes a written file durable under a new name.
    pub(super) fn place_outgoing(&self, written: NamedTempFile) -> Result<String> {
        let (dir, file) = (self.profile.outbox(), new_name());
        self.crash.step();
        written.as_file().sync_all().at(written.path())?;
        let target = dir.join(&file);
        written.persist(&target).map_err(|e| e.error).at(&target)?;
        files::sync_dir(&dir)?;
        Ok(file)
    }

    /// Removes files that no row names: what a crash left between file and row, in either order. Only while
    /// nothing else can be between the two: when opened.
    pub(super) fn sweep_outbox(&self) -> Result<()> {
        let dir = self.profile.outbox();
        let named: HashSet<String> = self.read(|c| {
            let mut statement = c.prepare("SELECT file FROM outbox")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })?;
        for entry in std::fs::read_dir(&dir).at(&dir)? {
            let entry = entry.at(&dir)?;
            let ours = entry
                .file_name()
                .to_str()
                .is_some_and(|n| (n.ends_with(".eml") || n.starts_with(files::TMP_PREFIX)) && !named.contains(n));
            if ours {
                files::remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes the files of rows that are gone.
    pub(super) fn drop_outgoing(&self, names: &[String]) -> Result<()> {
        names.iter().try_for_each(|name| files::remove(&self.profile.outbox().join(name)))
    }
}

/// Never the name of a file that a row may still have.
fn new_name() -> String {
    format!("{}-{:016x}.eml", files::now(), fastrand::u64(..))
}
