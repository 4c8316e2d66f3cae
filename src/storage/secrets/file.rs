//! Secrets in a file that only its owner reads, for machines without a keyring service. Not encrypted: the window
//! says so.

use super::{SecretPlace, Secrets};
use crate::storage::error::{At, Error, Result};
use crate::storage::files;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A TOML file of account = secret, mode 0600 from its first instant.
pub struct FileSecrets {
    path: PathBuf,
    /// One change at a time.
    changing: Mutex<()>,
}

impl FileSecrets {
    /// Secrets in the file at `path`, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> FileSecrets {
        FileSecrets { path: path.into(), changing: Mutex::default() }
    }

    fn read(&self) -> Result<BTreeMap<String, String>> {
        let meta = match self.path.metadata() {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            other => other.at(&self.path)?,
        };
        if meta.permissions().mode() & 0o077 != 0 {
            // Copied or unpacked with wider rights.
            std::fs::set_permissions(&self.path, std::fs::Permissions::from_mode(0o600)).at(&self.path)?;
        }
        let text = std::fs::read_to_string(&self.path).at(&self.path)?;
        // The parser's message would quote the line, and the line is a secret.
        toml::from_str(&text).map_err(|_| Error::Settings {
            path: self.path.clone(),
            reason: "it is not a list of account = \"secret\"".into(),
        })
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Result<()> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut secrets = self.read()?;
        change(&mut secrets);
        let text = toml::to_string(&secrets).map_err(|_| Error::Invalid("a secret cannot be written".into()))?;
        files::replace(&self.path, text.as_bytes())
    }
}

impl Secrets for FileSecrets {
    fn get(&self, account: &str) -> Result<Option<String>> {
        Ok(self.read()?.remove(account))
    }
    fn set(&self, account: &str, secret: &str) -> Result<SecretPlace> {
        self.change(|all| drop(all.insert(account.into(), secret.into())))?;
        Ok(SecretPlace::File)
    }
    fn remove(&self, account: &str) -> Result<()> {
        if self.read()?.contains_key(account) {
            self.change(|all| drop(all.remove(account)))?;
        }
        Ok(())
    }
    fn place(&self) -> SecretPlace {
        SecretPlace::File
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_kept_privately() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.toml");
        let secrets = FileSecrets::new(&path);
        assert_eq!(secrets.get("work").unwrap(), None);
        secrets.remove("work").unwrap();
        assert!(!path.exists());
        let odd = "p\"ä\n'= # \u{0}x";
        assert_eq!(secrets.set("a.b@c \"d\"", odd).unwrap(), SecretPlace::File);
        secrets.set("work", "two").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let again = FileSecrets::new(&path);
        assert_eq!(again.get("a.b@c \"d\"").unwrap().as_deref(), Some(odd));
        again.remove("work").unwrap();
        assert_eq!(secrets.get("work").unwrap(), None);
        assert_eq!(secrets.get("a.b@c \"d\"").unwrap().as_deref(), Some(odd));
    }

    #[test]
    fn wide_rights_are_narrowed_and_nothing_is_told_of_the_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.toml");
        std::fs::write(&path, "work = hunter2-not-quoted").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = FileSecrets::new(&path).get("work").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
