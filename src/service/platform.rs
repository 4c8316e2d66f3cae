//! What the service needs of the machine: places, secrets, time. Real ones in `main`, scripted ones in tests.

use super::compose::{ComposeWords, EnglishWords};
use super::network::Sense;
use crate::storage::{Profile, Secrets};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time in Unix seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The machine under a service.
#[derive(Clone)]
pub struct Platform {
    /// The directory that holds everything of the profile.
    pub profile: PathBuf,
    /// Where passwords are kept; none for the system's keyring, with a file of mode 0600 where no keyring answers.
    pub secrets: Option<Arc<dyn Secrets>>,
    pub clock: Clock,
    /// Which routes there are.
    pub network: Sense,
    /// What answers and forwarded messages begin with, in the person's language.
    pub words: Arc<dyn ComposeWords>,
    /// The accounts that an interactive service connects; all where none is named.
    pub only: Vec<String>,
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
        Platform {
            profile: profile.unwrap_or_else(default_profile),
            secrets: None,
            clock: Arc::new(system_clock),
            network: super::network::system(),
            words: Arc::new(EnglishWords),
            only: Vec::new(),
        }
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// Where the desktop's rules put it; below the working directory where the person has no home.
fn default_profile() -> PathBuf {
    Profile::default_root().unwrap_or_else(|| PathBuf::from("postwren-profile"))
}

fn system_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}
