//! `settings.toml`: accounts and preferences. People edit it too, so keys that this version
//! does not know are kept, and a file that does not parse is never overwritten.

use super::error::Result;
use super::profile::Profile;
use crate::mail::account::Account;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What `settings.toml` holds. The preferences' type is the service's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings<P> {
    pub accounts: Vec<Account>,
    pub preferences: P,
}

/// Reads the settings; a file that is not there gives the defaults.
///
/// # Errors
/// [`Error::Settings`](super::Error::Settings) with line and reason where it cannot be understood.
pub fn load<P: DeserializeOwned + Default>(_profile: &Profile) -> Result<Settings<P>> {
    todo!()
}

/// Writes the settings, whole or not at all; keys that this version does not know stay.
///
/// # Errors
/// [`Error::Settings`](super::Error::Settings) where the file in place cannot be understood: it is not overwritten.
pub fn save<P: Serialize>(_profile: &Profile, _settings: &Settings<P>) -> Result<()> {
    todo!()
}
