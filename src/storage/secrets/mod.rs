//! Where passwords and tokens are kept: the system keyring, or a file where no keyring service answers.

mod file;
mod memory;
mod system;

pub use file::FileSecrets;
pub use memory::MemorySecrets;
pub use system::SystemSecrets;

use super::error::Result;

/// Where a secret was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    Keyring,
    /// A file of mode 0600 in the profile.
    File,
}

/// A place for one secret per account.
pub trait Secrets: Send + Sync {
    /// The account's secret, `None` where none was kept.
    ///
    /// # Errors
    /// [`Error::Keyring`](super::Error::Keyring) where the service refused or did not answer in time.
    fn get(&self, account: &str) -> Result<Option<String>>;
    /// Keeps a secret and says where.
    ///
    /// # Errors
    /// As [`Secrets::get`]; and what the disk says.
    fn set(&self, account: &str, secret: &str) -> Result<SecretPlace>;
    /// Forgets a secret; none there is fine.
    ///
    /// # Errors
    /// As [`Secrets::set`].
    fn remove(&self, account: &str) -> Result<()>;
    /// Where a secret given now would go.
    fn place(&self) -> SecretPlace;
}
