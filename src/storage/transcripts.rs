//! Recorded dialogues on disk: a bounded log per account, rotated, one JSON line per line said.

use super::error::Result;
use super::profile::Profile;
use serde::{Deserialize, Serialize};

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    Client,
    Server,
    /// A remark of our own: connected, TLS version, closed.
    Note,
}

/// One line of a dialogue, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptLine {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Such as `imaps://mail.example.org:993 #3`.
    pub connection: String,
    pub speaker: Speaker,
    /// Without its line end.
    pub text: String,
}

/// The logs of a profile.
#[derive(Clone, Debug)]
pub struct Transcripts {
    _profile: Profile,
}

impl Transcripts {
    pub fn new(profile: &Profile) -> Transcripts {
        Transcripts { _profile: profile.clone() }
    }

    /// Appends lines; the caller gathers them, for one write per second or so. Not fsynced: a log.
    ///
    /// # Errors
    /// What the disk says.
    pub fn append(&self, _account: &str, _lines: &[TranscriptLine]) -> Result<()> {
        todo!()
    }

    /// The lines kept, oldest first.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read(&self, _account: &str) -> Result<Vec<TranscriptLine>> {
        todo!()
    }

    /// Forgets an account's dialogues.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove(&self, _account: &str) -> Result<()> {
        todo!()
    }
}
