//! The directory that holds everything of a profile, and the lock that one service has on it.

use super::error::{At, Error, Result};
use super::files;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A profile's root directory. It exists, with mode 0700.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    root: PathBuf,
}

/// Held while a service works on the profile; released by the system however the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Profile {
    /// The profile at `root`, made where it does not exist.
    ///
    /// # Errors
    /// What the disk says.
    pub fn open(root: impl Into<PathBuf>) -> Result<Profile> {
        let root = root.into();
        files::create_dir_all(&root)?;
        // An absolute path: paths of attachments are handed out and must survive a change of directory.
        let root = root.canonicalize().at(&root)?;
        Ok(Profile { root })
    }

    /// Where the desktop's rules put it, such as `~/.local/share/postwren`; `None` where the person has no home.
    pub fn default_root() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "postwren").map(|dirs| dirs.data_dir().to_path_buf())
    }

    pub fn root(&self) -> &Path {
        &self.root
    }
    pub fn settings(&self) -> PathBuf {
        self.root.join("settings.toml")
    }
    pub fn secrets(&self) -> PathBuf {
        self.root.join("secrets.toml")
    }
    pub fn index(&self) -> PathBuf {
        self.root.join("index.db")
    }
    pub fn search(&self) -> PathBuf {
        self.root.join("search.db")
    }
    pub fn queue(&self) -> PathBuf {
        self.root.join("queue.db")
    }
    pub fn mail(&self) -> PathBuf {
        self.root.join("mail")
    }
    pub fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }
    pub fn drafts(&self) -> PathBuf {
        self.root.join("drafts")
    }
    pub fn transcripts(&self) -> PathBuf {
        self.root.join("transcripts")
    }

    /// Takes the profile's lock.
    ///
    /// # Errors
    /// [`Error::Locked`] where another process, or another [`Store`](super::Store) of this one, has it.
    pub fn lock(&self) -> Result<Lock> {
        let path = self.root.join("lock");
        let file = files::private().write(true).create(true).truncate(false).open(&path).at(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(Error::Locked),
            Err(std::fs::TryLockError::Error(e)) => Err(Error::io(&path, e)),
        }
    }
}
