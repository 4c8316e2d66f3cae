//! `remote-images.toml`: whose mail may load images from the web, and whose never asks. People may edit it.
//!
//! ```toml
//! always = ["news@example.org"]
//! never = ["offers@example.com"]
//! ```

use super::error::{At, Error, Result};
use super::files;
use super::profile::Profile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::ErrorKind;

/// Senders by their addresses, in small letters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteImages {
    pub always: BTreeSet<String>,
    pub never: BTreeSet<String>,
}

/// Reads the lists; a file that is not there gives empty ones.
///
/// # Errors
/// [`Error::Settings`] where the file cannot be understood.
pub fn load(profile: &Profile) -> Result<RemoteImages> {
    let path = profile.root().join("remote-images.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(RemoteImages::default()),
        Err(e) => return Err(e).at(&path),
    };
    toml::from_str(&text).map_err(|e| Error::Settings { path, reason: e.to_string() })
}

/// Writes the lists, whole or not at all.
///
/// # Errors
/// What the disk says.
pub fn save(profile: &Profile, lists: &RemoteImages) -> Result<()> {
    let path = profile.root().join("remote-images.toml");
    let text =
        toml::to_string_pretty(lists).map_err(|e| Error::Settings { path: path.clone(), reason: e.to_string() })?;
    files::replace(&path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_kept_and_a_broken_file_is_told() {
        let place = tempfile::tempdir().unwrap();
        let profile = Profile::open(place.path()).unwrap();
        assert_eq!(load(&profile).unwrap(), RemoteImages::default());
        let lists = RemoteImages { always: ["a@example.org".to_string()].into(), never: BTreeSet::new() };
        save(&profile, &lists).unwrap();
        assert_eq!(load(&profile).unwrap(), lists);
        std::fs::write(place.path().join("remote-images.toml"), "always = 3").unwrap();
        assert!(load(&profile).is_err());
    }
}
