//! The hash of a message's header, the same whether it came by TOP or with the whole message.

use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// A header beyond this is told apart by its beginning.
const MAX: usize = 4 * 1024 * 1024;
/// Fields that servers add or change while a message lies there: nothing of the message itself.
const PASSING: [&[u8]; 5] = [b"status:", b"x-status:", b"x-uidl:", b"content-length:", b"lines:"];

/// Of the header's lines, whatever their ends, to its last that says something.
pub(super) fn hash(message: &[u8]) -> String {
    let mut hasher = Sha256::new();
    let message = message.get(..MAX).unwrap_or(message);
    let mut skips = false;
    for line in message.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            let starts = |name: &&[u8]| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            skips = PASSING.iter().any(starts);
        }
        if !skips {
            hasher.update(line);
            hasher.update(b"\n");
        }
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A file's hash, and its header's.
pub(super) fn of_file(path: &Path) -> std::io::Result<([u8; 32], String)> {
    let mut file = std::fs::File::open(path)?;
    let (mut hasher, mut head, mut buffer) = (Sha256::new(), Vec::new(), vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut buffer)?;
        let part = buffer.get(..read).unwrap_or_default();
        if part.is_empty() {
            return Ok((hasher.finalize().into(), hash(&head)));
        }
        hasher.update(part);
        if head.len() < MAX {
            head.extend_from_slice(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_the_same_with_and_without_its_body() {
        let message = b"Subject: x\r\nFrom: a\r\n\r\nbody\r\n";
        assert_eq!(hash(message), hash(b"Subject: x\r\nFrom: a\r\n"));
        assert_eq!(hash(message), hash(b"Subject: x\nFrom: a\n\n"));
        assert_ne!(hash(message), hash(b"Subject: y\r\nFrom: a\r\n"));
        let seen = b"Subject: x\r\nStatus: RO\r\nX-UIDL: 7\r\n folded\r\nFrom: a\r\n\r\n";
        assert_eq!(hash(message), hash(seen), "marks of the server");
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("message");
        std::fs::write(&file, message).unwrap();
        let (whole, header) = of_file(&file).unwrap();
        assert_eq!((whole.as_slice(), header), (&Sha256::digest(message)[..], hash(message)));
    }
}
