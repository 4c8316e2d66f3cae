//! Secrets: FileSecrets.

use super::{SecretPlace, Secrets};
use crate::storage::error::Result;

#[derive(Default)]
pub struct FileSecrets;

impl FileSecrets {
    /// Secrets in the file at `path`, which need not exist yet.
    pub fn new(_path: impl Into<std::path::PathBuf>) -> FileSecrets {
        todo!()
    }
}

impl Secrets for FileSecrets {
    fn get(&self, _account: &str) -> Result<Option<String>> {
        todo!()
    }
    fn set(&self, _account: &str, _secret: &str) -> Result<SecretPlace> {
        todo!()
    }
    fn remove(&self, _account: &str) -> Result<()> {
        todo!()
    }
    fn place(&self) -> SecretPlace {
        todo!()
    }
}
