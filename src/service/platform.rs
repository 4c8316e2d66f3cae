//! What the service needs of the machine: places, secrets, time. Real ones in `main`, scripted ones in tests.

use std::path::PathBuf;

/// The machine under a service.
#[derive(Clone, Debug)]
pub struct Platform {
    /// The directory that holds everything of the profile.
    pub profile: PathBuf,
}

/// What a service does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Connects, watches, sends: for the window and `sync --watch`.
    Interactive,
    /// Nothing until told: for the command line.
    Batch,
}

impl Platform {
    /// The machine's own: the system keyring, the system clock; the profile where the person said, else where
    /// the desktop's rules put it.
    pub fn system(profile: Option<PathBuf>) -> Platform {
        Platform { profile: profile.unwrap_or_default() }
    }
}
