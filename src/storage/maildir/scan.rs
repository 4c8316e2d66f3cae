//! What lies in a Maildir.

use super::name::MessageName;
use super::{Maildir, Place};
use crate::mail::flags::Flags;
use crate::storage::error::{At, Error, Result};
use crate::storage::files;
use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Maildir's own rule: what lies in `tmp` longer than this was abandoned.
const ABANDONED: Duration = Duration::from_secs(36 * 3600);
/// Begins the names of our own files in `tmp`.
pub(super) const TMP_PREFIX: &str = "postwren-";

/// One message's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As it stands on disk, with or without info.
    pub file_name: String,
    pub name: MessageName,
}

/// Directory listings.
pub struct Listing;

impl Listing {
    /// The messages in a directory, in no order; empty where there is no such directory.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read(dir: &Path) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        Listing::each(dir, |entry| found.push(entry))?;
        leave_out_earlier_names(dir, &mut found);
        Ok(found)
    }

    /// The same one by one, without holding them all; a file that is renamed meanwhile may come under both names.
    ///
    /// # Errors
    /// What the disk says.
    pub fn each(dir: &Path, mut each: impl FnMut(Entry)) -> Result<()> {
        let entries = match std::fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(Error::io(dir, e)),
        };
        for entry in entries {
            let entry = entry.at(dir)?;
            let Some(file_name) = entry.file_name().to_str().map(String::from) else {
                tracing::warn!(path = %entry.path().display(), "a file name that is not text is passed over");
                continue;
            };
            let Some(name) = MessageName::parse(&file_name) else { continue };
            // Links are not followed: they could lead out of the profile.
            if entry.file_type().is_ok_and(|t| t.is_file()) {
                each(Entry { file_name, name });
            }
        }
        Ok(())
    }
}

/// A file that is renamed while its directory is read may be listed under both names.
fn leave_out_earlier_names(dir: &Path, found: &mut Vec<Entry>) {
    let mut counts: HashMap<&str, u32> = HashMap::with_capacity(found.len());
    for entry in &*found {
        let count = counts.entry(entry.name.base()).or_default();
        *count = count.saturating_add(1);
    }
    let twice: HashSet<String> = counts.into_iter().filter(|(_, n)| *n > 1).map(|(base, _)| base.to_string()).collect();
    if !twice.is_empty() {
        found.retain(|entry| !twice.contains(entry.name.base()) || dir.join(&entry.file_name).exists());
    }
}

impl Maildir {
    /// Moves what other programs delivered to `new` into `cur`, as a reader of the mailbox must. True where
    /// something was moved.
    ///
    /// # Errors
    /// What the disk says.
    pub fn take_new(&self) -> Result<bool> {
        let (new, cur) = (self.new_dir(), self.place(Place::Cur));
        let waiting = Listing::read(&new)?;
        for entry in &waiting {
            let to = cur.join(entry.name.with_flags(entry.name.flags()).to_string());
            rename_new(&new.join(&entry.file_name), &to)?;
        }
        if !waiting.is_empty() {
            files::sync_dir(&cur)?;
            files::sync_dir(&new)?;
        }
        Ok(!waiting.is_empty())
    }

    /// Removes what was abandoned in `tmp`: anything old, and, where `mine` (nobody can be writing it now),
    /// every file of our own.
    ///
    /// # Errors
    /// What the disk says.
    pub fn clean_tmp(&self, mine: bool) -> Result<()> {
        let tmp = self.tmp();
        let entries = match std::fs::read_dir(&tmp) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(Error::io(&tmp, e)),
        };
        for entry in entries {
            let entry = entry.at(&tmp)?;
            let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(TMP_PREFIX));
            let Ok(meta) = entry.metadata() else { continue };
            let age = meta.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
            if meta.is_file() && ((ours && mine) || age.is_some_and(|age| age > ABANDONED)) {
                files::remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Gives a message other flags by its name; the value is the name it has then. A file that another
    /// program renamed meanwhile is found by its base.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the file is gone.
    pub fn set_flags(&self, place: Place, file_name: &str, flags: Flags) -> Result<String> {
        let name = MessageName::parse(file_name).ok_or_else(|| Error::NotFound(format!("message {file_name}")))?;
        let to = name.with_flags(flags);
        self.rename(place, file_name, place, self, &to)
    }

    /// Renames a message, also into another mailbox of the same file system; the value is the new file name.
    /// Never replaces another message. Flags that another program has just given to the file or taken from it are kept
    /// so: the value says it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the file is gone.
    pub fn rename(
        &self,
        place: Place,
        file_name: &str,
        to_place: Place,
        to: &Maildir,
        name: &MessageName,
    ) -> Result<String> {
        let target_name = name.to_string();
        let from = self.place(place).join(file_name);
        let target = to.place(to_place).join(&target_name);
        if from == target {
            return Ok(target_name);
        }
        match rename_new(&from, &target) {
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            other => return other.map(|()| target_name),
        }
        // Renamed by another program, or by ourselves before a crash.
        let base = MessageName::parse(file_name).map(|n| n.base().to_string()).unwrap_or_default();
        // It may be renamed once more while it is looked for.
        for _ in 0..3 {
            let Some(found) = self.find(place, &base)? else { break };
            let target_name = match (MessageName::parse(file_name), MessageName::parse(&found)) {
                (Some(known), Some(now)) => name.carrying(&known, &now, self.dir() == to.dir()).to_string(),
                _ => target_name.clone(),
            };
            match rename_new(&self.place(place).join(found), &to.place(to_place).join(&target_name)) {
                Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {}
                other => return other.map(|()| target_name),
            }
        }
        match to.find(to_place, name.base())? {
            Some(found) if found == target_name => Ok(found),
            Some(found) => {
                rename_new(&to.place(to_place).join(found), &target)?;
                Ok(target_name)
            }
            None => Err(Error::NotFound(format!("file {}", from.display()))),
        }
    }
}

/// Renames without ever replacing: where the target exists with the same bytes the source goes, else both stay.
pub(super) fn rename_new(from: &Path, to: &Path) -> Result<()> {
    if from == to {
        return Ok(());
    }
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::EXIST) => {
            if std::fs::read(from).at(from)? == std::fs::read(to).at(to)? {
                return files::remove(from);
            }
            Err(Error::io(to, ErrorKind::AlreadyExists.into()))
        }
        // A file system that does not know the flag.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            std::fs::hard_link(from, to).at(to)?;
            files::remove(from)
        }
        Err(e) => Err(Error::io(from, e.into())),
    }
}
