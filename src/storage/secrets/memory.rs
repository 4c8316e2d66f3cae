//! Secrets: MemorySecrets.

use super::{SecretPlace, Secrets};
use crate::storage::error::Result;

#[derive(Default)]
pub struct MemorySecrets;

impl MemorySecrets {
    pub fn new() -> MemorySecrets {
        MemorySecrets
    }
}

impl Secrets for MemorySecrets {
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
