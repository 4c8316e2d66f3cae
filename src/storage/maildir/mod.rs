//! Maildirs: `cur`, `new`, `tmp`, and beside them a description of the mailbox.
//!
//! A message is written to `tmp`, made durable, and renamed into `cur`; its name carries its
//! flags (`:2,FS`). Other programs may read and change the same directories at the same time.

mod batch;
pub mod directory;
mod flush;
pub mod name;
mod scan;

pub use batch::{Batch, Written, scratch};
pub use scan::{Entry, Listing};

use super::error::{At, Error, Result};
use super::files;
use crate::mail::ids::MailboxId;
use crate::mail::keywords::Keywords;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::mail::uid::UidValidity;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The file that says what a mailbox is.
pub const DESCRIPTION: &str = ".postwren.json";
/// Messages held back from the lists.
const HELD: &str = ".postwren-held";
/// Messages of which only the headers are here. Other programs do not look into it, so that none takes half a
/// message for a whole one.
const HEADERS: &str = ".postwren-headers";

/// What a mailbox is, apart from its mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxMeta {
    pub path: MailboxPath,
    /// The server's own name of it, decoded from modified UTF-7.
    pub server_name: String,
    /// The server's hierarchy delimiter.
    pub delimiter: Option<char>,
    pub role: Option<Role>,
    /// False for a node that only holds others.
    pub selectable: bool,
    /// Whether the person's mail programs shall show it (RFC 9051, section 6.3.7).
    #[serde(default = "yes")]
    pub subscribed: bool,
}

fn yes() -> bool {
    true
}

/// [`DESCRIPTION`]: what the files themselves do not say of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The mailbox's number in the index, so that it survives a rebuild.
    pub id: i64,
    #[serde(flatten)]
    pub meta: MailboxMeta,
    /// The generation that the numbers in file names must have to be valid.
    #[serde(default)]
    pub uid_validity: Option<UidValidity>,
    /// What the letters `a` to `z` in file names stand for.
    #[serde(default)]
    pub keywords: Keywords,
}

impl Description {
    pub fn mailbox(&self) -> MailboxId {
        MailboxId(self.id)
    }
}

/// Whether a directory name has a meaning within a Maildir, on file systems that fold case too.
pub fn is_reserved(name: &str) -> bool {
    ["cur", "new", "tmp"].iter().any(|r| name.eq_ignore_ascii_case(r))
}

/// One mailbox's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maildir {
    dir: PathBuf,
}

/// Which of a Maildir's directories a message lies in. Messages in `new` are moved to `cur` when they are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Cur,
    /// Held back from the lists; whole or not, as the name says ([`name::MessageName::whole_size`]).
    Held,
    /// The headers of a message that is whole on its server alone.
    Headers,
}

impl Place {
    /// Whether lists show what lies there.
    pub fn is_listed(self) -> bool {
        self != Place::Held
    }
}

impl Maildir {
    pub fn at(dir: impl Into<PathBuf>) -> Maildir {
        Maildir { dir: dir.into() }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }
    pub fn tmp(&self) -> PathBuf {
        self.dir.join("tmp")
    }
    pub fn new_dir(&self) -> PathBuf {
        self.dir.join("new")
    }
    pub fn place(&self, place: Place) -> PathBuf {
        match place {
            Place::Cur => self.dir.join("cur"),
            Place::Held => self.dir.join(HELD),
            Place::Headers => self.dir.join(HEADERS),
        }
    }
    pub fn exists(&self) -> bool {
        self.place(Place::Cur).is_dir()
    }

    /// Whether all that a Maildir is made of is there.
    pub fn is_whole(&self) -> bool {
        self.exists() && self.new_dir().is_dir() && self.tmp().is_dir()
    }

    /// Whether it has neither a message nor a description: an unmounted disk's place, not a mailbox that was emptied.
    ///
    /// # Errors
    /// What the disk says.
    pub fn is_blank(&self) -> Result<bool> {
        let described = self.dir.join(DESCRIPTION).exists();
        Ok(!described
            && Listing::read(&self.place(Place::Cur))?.is_empty()
            && Listing::read(&self.new_dir())?.is_empty())
    }

    /// Makes the directories and writes the description, durably.
    ///
    /// # Errors
    /// What the disk says.
    pub fn create(&self, description: &Description) -> Result<()> {
        for sub in [self.tmp(), self.new_dir(), self.place(Place::Cur)] {
            files::create_dir_all(&sub)?;
        }
        if let Some(above) = self.dir.parent() {
            files::sync_dir(above)?;
        }
        self.describe(description)
    }

    /// The same without waiting for the disk: for many at once, after which the caller syncs them all.
    ///
    /// # Errors
    /// What the disk says.
    pub fn create_loosely(&self, description: &Description) -> Result<()> {
        for sub in [self.tmp(), self.new_dir(), self.place(Place::Cur)] {
            files::create_dir_all(&sub)?;
        }
        if self.description()?.as_ref() == Some(description) {
            return Ok(());
        }
        let json = serde_json::to_vec_pretty(description).map_err(|e| Error::Invalid(e.to_string()))?;
        files::replace_loosely(&self.dir.join(DESCRIPTION), &json)
    }

    /// Replaces the description, durably; writes nothing where it says so already.
    ///
    /// # Errors
    /// What the disk says.
    pub fn describe(&self, description: &Description) -> Result<()> {
        if self.description()?.as_ref() == Some(description) {
            return Ok(());
        }
        let path = self.dir.join(DESCRIPTION);
        let json = serde_json::to_vec_pretty(description).map_err(|e| Error::Invalid(e.to_string()))?;
        files::replace(&path, &json)
    }

    /// Reads the description; `None` where there is none that can be read.
    ///
    /// # Errors
    /// What the disk says.
    pub fn description(&self) -> Result<Option<Description>> {
        let path = self.dir.join(DESCRIPTION);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(e) => Err(Error::io(&path, e)),
        }
    }

    /// Finds a message's file by the part of its name that other programs do not change.
    ///
    /// # Errors
    /// What the disk says.
    pub fn find(&self, place: Place, base: &str) -> Result<Option<String>> {
        let listing = Listing::read(&self.place(place))?;
        Ok(listing.into_iter().find(|e| e.name.base() == base).map(|e| e.file_name))
    }

    /// The Maildirs below a directory, each with its path from there.
    ///
    /// # Errors
    /// What the disk says.
    pub fn below(root: &Path) -> Result<Vec<(PathBuf, Maildir)>> {
        let mut found = Vec::new();
        Maildir::each_below(root, &mut |relative, maildir| {
            if maildir.exists() || maildir.dir.join(DESCRIPTION).exists() {
                found.push((relative, maildir));
            }
        })?;
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }

    /// The directories below one that are, or may become, Maildirs. Does not look into `cur`, `new`, `tmp` or hidden
    /// directories, nor through links; but a hidden one right there that is a Maildir counts, as Maildir++ has them.
    ///
    /// # Errors
    /// What the disk says. A directory that goes meanwhile is passed over.
    pub fn each_below(root: &Path, tell: &mut dyn FnMut(PathBuf, Maildir)) -> Result<()> {
        /// Deeper than any path that [`directory::relative`] makes.
        const MAX_DEPTH: usize = 520;
        let mut waiting = vec![(PathBuf::new(), 0)];
        while let Some((relative, depth)) = waiting.pop() {
            let dir = root.join(&relative);
            let entries = match std::fs::read_dir(&dir) {
                Err(error) if depth > 0 && error.kind() == ErrorKind::NotFound => continue,
                entries => entries.at(&dir)?,
            };
            for entry in entries {
                let entry = entry.at(&dir)?;
                let Some(name) = entry.file_name().to_str().map(String::from) else { continue };
                if is_reserved(&name) || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    continue;
                }
                let (below, maildir) = (relative.join(&name), Maildir::at(entry.path()));
                if name.starts_with('.') {
                    if depth == 0 && maildir.is_whole() {
                        tell(below, maildir);
                    }
                    continue;
                }
                tell(below.clone(), maildir);
                if depth < MAX_DEPTH {
                    waiting.push((below, depth.saturating_add(1)));
                }
            }
        }
        Ok(())
    }
}
