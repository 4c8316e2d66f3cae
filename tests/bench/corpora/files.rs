//! The files of a corpus.

use std::path::{Path, PathBuf};

pub struct File {
    /// Its path from the one that was given, that one's last part included.
    pub name: String,
    path: PathBuf,
}

/// All files below these paths, in order.
pub fn below(paths: &[PathBuf]) -> Vec<File> {
    let mut files = Vec::new();
    for path in paths {
        let root = path.parent().unwrap_or(Path::new(""));
        let mut waiting = vec![path.clone()];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path).expect("a directory");
                waiting.extend(entries.map(|entry| entry.expect("an entry").path()));
            } else {
                let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
                files.push(File { name, path });
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

impl File {
    pub fn is_page(&self) -> bool {
        self.has_extension(&["html", "htm"])
    }

    pub fn is_mbox(&self) -> bool {
        self.has_extension(&["mbox"])
    }

    fn has_extension(&self, known: &[&str]) -> bool {
        self.path.extension().is_some_and(|ext| known.iter().any(|known| ext.eq_ignore_ascii_case(known)))
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).expect("a file")
    }

    /// The message in it, without the line that an mbox begins it with.
    pub fn message(&self) -> Vec<u8> {
        let bytes = self.bytes();
        if self.is_mbox() || !bytes.starts_with(b"From ") {
            return bytes;
        }
        let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        bytes[end..].to_vec()
    }
}
