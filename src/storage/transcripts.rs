//! Recorded dialogues on disk: a bounded log per account, rotated, one JSON line per line said.

use super::error::{At, Error, Result};
use super::files;
use super::profile::Profile;
use crate::mail::account::Account;
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// Bytes after which a log becomes the older one; the one that was older goes.
const MAX_LOG: u64 = 1 << 20;

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
    dir: PathBuf,
}

impl Transcripts {
    pub fn new(profile: &Profile) -> Transcripts {
        Transcripts { dir: profile.transcripts() }
    }

    /// Appends lines; the caller gathers them, for one write per second or so. Not fsynced: a log. One caller at
    /// a time for an account.
    ///
    /// # Errors
    /// What the disk says.
    pub fn append(&self, account: &str, lines: &[TranscriptLine]) -> Result<()> {
        let [log, older] = self.paths(account)?;
        files::create_dir_all(&self.dir)?;
        if log.metadata().is_ok_and(|m| m.len() >= MAX_LOG) {
            std::fs::rename(&log, &older).at(&log)?;
        }
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line).map_err(|e| Error::Invalid(e.to_string()))?;
            text.push(b'\n');
        }
        let mut file = files::private().append(true).create(true).open(&log).at(&log)?;
        file.write_all(&text).at(&log)
    }

    /// The lines kept, oldest first. A line that a crash cut is passed over.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read(&self, account: &str) -> Result<Vec<TranscriptLine>> {
        let [log, older] = self.paths(account)?;
        let mut lines = Vec::new();
        for path in [older, log] {
            let text = match std::fs::read(&path) {
                Err(e) if e.kind() == ErrorKind::NotFound => continue,
                other => other.at(&path)?,
            };
            lines.extend(text.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()));
        }
        Ok(lines)
    }

    /// Forgets an account's dialogues.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove(&self, account: &str) -> Result<()> {
        self.paths(account)?.iter().try_for_each(|path| files::remove(path))
    }

    fn paths(&self, account: &str) -> Result<[PathBuf; 2]> {
        if !Account::valid_name(account) {
            return Err(Error::Invalid(format!("“{account}” cannot be an account's name")));
        }
        Ok([self.dir.join(format!("{account}.log")), self.dir.join(format!("{account}.log.1"))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> TranscriptLine {
        TranscriptLine { at: 1, connection: "imaps://h:993 #1".into(), speaker: Speaker::Server, text: text.into() }
    }

    #[test]
    fn lines_are_kept_in_order_and_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let logs = Transcripts::new(&Profile::open(dir.path()).unwrap());
        assert_eq!(logs.read("a").unwrap(), Vec::new());
        logs.append("a", &[line("* OK"), line("a\u{7}\n\"b")]).unwrap();
        logs.append("a", &[line("third")]).unwrap();
        let texts: Vec<String> = logs.read("a").unwrap().into_iter().map(|l| l.text).collect();
        assert_eq!(texts, ["* OK", "a\u{7}\n\"b", "third"]);
        let long = line(&"x".repeat(100_000));
        for _ in 0..40 {
            logs.append("a", std::slice::from_ref(&long)).unwrap();
        }
        logs.append("a", &[line("last")]).unwrap();
        let kept = logs.read("a").unwrap();
        assert!(kept.len() <= 24 && kept.len() > 10, "{}", kept.len());
        assert_eq!(kept.last().unwrap().text, "last");
        logs.remove("a").unwrap();
        assert_eq!(logs.read("a").unwrap(), Vec::new());
        assert!(logs.append("../a", &[]).is_err());
    }
}
