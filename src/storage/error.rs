//! What can go wrong on disk, in the database, and at the keyring.

use std::io;
use std::path::{Path, PathBuf};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the storage floor. Never contains a secret or a message's text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No space, or no quota left, for what was to be written at `path`. Nothing half-written stays.
    #[error("no space left for {}", path.display())]
    DiskFull { path: PathBuf },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// Another Postwren works on this profile.
    #[error("another Postwren works on this profile")]
    Locked,
    /// A directory that held mail is gone: unmounted, moved, or deleted from outside. Nothing was concluded from that.
    #[error("{} held mail and is gone", path.display())]
    Missing { path: PathBuf },
    /// A database is not readable any more. The index can be made anew by [`Store::rebuild`](super::Store::rebuild).
    #[error("{} is damaged: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    /// SQLite refused for another reason.
    #[error("database: {0}")]
    Database(rusqlite::Error),
    /// The settings cannot be read; they are left as they are.
    #[error("{}: {reason}", path.display())]
    Settings { path: PathBuf, reason: String },
    /// No such mailbox, message, draft or Outbox entry.
    #[error("no such {0}")]
    NotFound(String),
    /// Only the headers of this message are here.
    #[error("of message {0} only the headers are here")]
    HeadersOnly(crate::mail::ids::MessageId),
    /// Input that cannot be stored: which, and why.
    #[error("{0}")]
    Invalid(String),
    /// The mailbox holds mail that no server has.
    #[error("{mailbox} holds {messages} messages that are nowhere else")]
    LocalOnly { mailbox: String, messages: u64 },
    /// A number of another generation than the mailbox's: see
    /// [`Store::new_uid_validity`](super::Store::new_uid_validity).
    #[error("UIDVALIDITY {got} where the mailbox is known by {known}")]
    UidValidity { known: u32, got: u32 },
    /// A keyring service answered and refused, or did not answer in time.
    #[error("keyring: {0}")]
    Keyring(String),
}

impl Error {
    /// Sorts an I/O error at a path: a full disk and a spent quota are told apart from the rest.
    pub fn io(path: impl AsRef<Path>, source: io::Error) -> Error {
        let path = path.as_ref().to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull { path },
            _ => Error::Io { path, source },
        }
    }

    /// Sorts an error of the database at a path.
    pub(crate) fn sql(path: impl AsRef<Path>, error: rusqlite::Error) -> Error {
        use rusqlite::ErrorCode as Code;
        let path = path.as_ref().to_path_buf();
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Error::DiskFull { path },
            // The disk below it, and no fault of ours.
            Some(Code::SystemIoFailure | Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => {
                Error::Io { path, source: io::Error::other(error) }
            }
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Error::Damaged { path, reason: error.to_string() },
            _ => Error::Database(error),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        Error::sql("database", error)
    }
}

/// `result.at(path)`: an I/O error told with the path it happened at.
pub(crate) trait At<T> {
    fn at(self, path: impl AsRef<Path>) -> Result<T>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: impl AsRef<Path>) -> Result<T> {
        self.map_err(|e| Error::io(path, e))
    }
}

impl<T> At<T> for rustix::io::Result<T> {
    fn at(self, path: impl AsRef<Path>) -> Result<T> {
        self.map_err(|e| Error::io(path, e.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_spent_quota_are_told_apart_from_the_rest() {
        for errno in [rustix::io::Errno::NOSPC, rustix::io::Errno::DQUOT] {
            let error = Error::io("/x", io::Error::from(errno));
            assert!(matches!(&error, Error::DiskFull { path } if path == Path::new("/x")), "{error:?}");
        }
        let error = Error::io("/x", io::Error::from(rustix::io::Errno::ROFS));
        assert!(matches!(error, Error::Io { .. }), "{error:?}");
    }
}
