//! What is here and what is on the server, and how the two differ.

use super::BOXES;
use super::support::raw::Raw;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// So many of each kind of difference are spelled out.
const SHOWN: usize = 12;

/// A place of a message: its mailbox, its flags as letters, and the hash of its bytes.
pub type Place = (String, String, String);

/// Every message by its Message-ID, with all its places.
pub type Side = BTreeMap<String, Vec<Place>>;

/// The message files of a Maildir with its `new` and `cur`.
pub fn files(root: &Path, path: &str) -> Vec<PathBuf> {
    let parts = ["cur", "new"].into_iter().map(|part| root.join(path).join(part));
    parts.flat_map(|part| std::fs::read_dir(part).into_iter().flatten().flatten().map(|entry| entry.path())).collect()
}

pub fn id_of(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let found = text.lines().find_map(|line| line.strip_prefix("Message-ID: <"));
    found.unwrap_or_default().trim_end_matches(['>', '\r']).to_string()
}

fn put(side: &mut Side, path: &str, flags: BTreeSet<char>, raw: &[u8]) {
    // Dovecot keeps line ends of its own; what is between them is compared.
    let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let hash = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    side.entry(id_of(raw)).or_default().push((path.to_string(), flags.into_iter().collect(), hash));
}

/// What the Maildirs hold. A file that is renamed meanwhile may be missed: who watches looks again.
pub fn here(root: &Path) -> Side {
    let mut side = Side::new();
    for path in BOXES {
        for file in files(root, path) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let flags = name.split_once(":2,").map_or("", |(_, flags)| flags);
            let Ok(raw) = std::fs::read(&file) else { continue };
            put(&mut side, path, flags.chars().filter(|flag| "SFR".contains(*flag)).collect(), &raw);
        }
    }
    side
}

/// What the server holds.
pub async fn there(server: &mut Raw) -> Side {
    let mut side = Side::new();
    for path in BOXES {
        server.imap_ok(&format!("SELECT \"{path}\"")).await;
        let mut lines = server.imap("UID FETCH 1:* (FLAGS BODY.PEEK[])").await.into_iter();
        while let Some(line) = lines.next() {
            let size = line.strip_suffix('}').and_then(|line| line.rsplit_once('{')).and_then(|(_, n)| n.parse().ok());
            let (Some(size), true) = (size, line.contains(" FETCH ")) else { continue };
            let mut text = String::new();
            while text.len() < size {
                let Some(line) = lines.next() else { break };
                text.push_str(&line);
                text.push_str("\r\n");
            }
            text.truncate(size);
            let words = line.split_once("FLAGS (").and_then(|(_, rest)| rest.split(')').next()).unwrap_or("");
            let letters = [("\\Answered", 'R'), ("\\Flagged", 'F'), ("\\Seen", 'S')];
            let flags = letters.iter().filter(|(word, _)| words.contains(word)).map(|(_, letter)| *letter).collect();
            put(&mut side, path, flags, text.as_bytes());
        }
    }
    side
}

/// What both sides come to in the end.
#[derive(Default)]
pub struct Verdict {
    pub messages: usize,
    pub lost: Vec<String>,
    pub doubled: Vec<String>,
    pub risen: Vec<String>,
    pub differ: Vec<String>,
}

impl Verdict {
    pub fn of(alive: &BTreeSet<String>, here: &Side, there: &Side) -> Verdict {
        let places = |id: &String| format!("{id}: here {}, there {}", shown(here.get(id)), shown(there.get(id)));
        let ids: BTreeSet<&String> = here.keys().chain(there.keys()).chain(alive).collect();
        let mut verdict = Verdict { messages: alive.len(), ..Verdict::default() };
        for id in ids {
            let (a, b) = (here.get(id), there.get(id));
            let kind = if !alive.contains(id) {
                &mut verdict.risen
            } else if a.is_none() || b.is_none() {
                &mut verdict.lost
            } else if a.is_some_and(|a| a.len() > 1) || b.is_some_and(|b| b.len() > 1) {
                &mut verdict.doubled
            } else if a != b {
                &mut verdict.differ
            } else {
                continue;
            };
            kind.push(places(id));
        }
        verdict
    }

    pub fn is_well(&self) -> bool {
        [&self.lost, &self.doubled, &self.risen, &self.differ].into_iter().all(Vec::is_empty)
    }

    /// The counts in one line.
    pub fn line(&self) -> String {
        format!(
            "{} messages, {} not on both sides, {} doubled, {} risen from the dead, {} that differ",
            self.messages,
            self.lost.len(),
            self.doubled.len(),
            self.risen.len(),
            self.differ.len()
        )
    }

    /// The counts, and the first of each kind.
    pub fn words(&self) -> String {
        let mut words = self.line();
        let kinds = [
            ("not on both sides", &self.lost),
            ("doubled", &self.doubled),
            ("deleted, but there", &self.risen),
            ("different", &self.differ),
        ];
        for (kind, all) in kinds {
            for one in all.iter().take(SHOWN) {
                write!(words, "\n  {kind}: {one}").expect("a string");
            }
        }
        words
    }
}

fn shown(places: Option<&Vec<Place>>) -> String {
    let Some(places) = places else { return "nothing".into() };
    let one = |(path, flags, hash): &Place| format!("{path} [{flags}] {}", &hash[..8]);
    places.iter().map(one).collect::<Vec<_>>().join(" and ")
}
