//! Secrets in memory, for tests and the demo: they end with the process.

use super::{SecretPlace, Secrets};
use crate::storage::error::Result;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps secrets until it is dropped.
#[derive(Default)]
pub struct MemorySecrets {
    kept: Mutex<HashMap<String, String>>,
}

impl MemorySecrets {
    pub fn new() -> MemorySecrets {
        MemorySecrets::default()
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for MemorySecrets {
    fn get(&self, account: &str) -> Result<Option<String>> {
        Ok(self.kept().get(account).cloned())
    }
    fn set(&self, account: &str, secret: &str) -> Result<SecretPlace> {
        self.kept().insert(account.into(), secret.into());
        Ok(SecretPlace::Keyring)
    }
    fn remove(&self, account: &str) -> Result<()> {
        self.kept().remove(account);
        Ok(())
    }
    fn place(&self) -> SecretPlace {
        SecretPlace::Keyring
    }
}
