//! Secrets: SystemSecrets.

use super::{SecretPlace, Secrets};
use crate::storage::error::Result;

#[derive(Default)]
pub struct SystemSecrets;

impl SystemSecrets {
    /// The system keyring; `fallback` is the file for a machine without one.
    pub fn new(_fallback: impl Into<std::path::PathBuf>) -> SystemSecrets {
        todo!()
    }
}

impl Secrets for SystemSecrets {
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
