//! Mailbox paths as directories that are safe whatever a server calls a mailbox.
//!
//! Each segment becomes one directory name: `%XX` stands for bytes that a file system or
//! another program could take for something else, so the name reads back. What is too long is
//! cut and told apart by a hash; the mailbox's description knows the path then.

use super::is_reserved;
use crate::mail::mailbox::MailboxPath;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// Bytes of one directory name; file systems take 255, some less.
const MAX_SEGMENT: usize = 120;
/// Bytes of a mailbox's whole directory path below its account.
const MAX_PATH: usize = 1000;
/// Stands for a segment without characters.
const EMPTY: &str = "%-";
/// Begins the hash of a name that was cut. No escape looks like it.
const CUT: &str = "%~";

/// Where a mailbox's directory lies below that of its account. Never empty, never outside it.
pub fn relative(path: &MailboxPath) -> PathBuf {
    let whole: Vec<String> = path.0.split('/').map(segment).collect();
    if whole.iter().map(|s| s.len().saturating_add(1)).fold(0, usize::saturating_add) > MAX_PATH {
        // Too deep for a path: one directory, named after the end of it.
        return PathBuf::from(cut(&segment(path.name()), &path.0));
    }
    whole.iter().collect()
}

/// One segment of a path as a directory's name.
pub fn segment(text: &str) -> String {
    if text.is_empty() {
        return EMPTY.into();
    }
    let reserved = is_reserved(text);
    let last = text.chars().count().saturating_sub(1);
    let mut name = String::with_capacity(text.len());
    for (i, c) in text.chars().enumerate() {
        let unsafe_here = match c {
            '.' => i == 0 || i == last,
            ' ' => i == last,
            '-' => i == 0,
            // For the file systems of other desktops too; U+202A.. and such turn a listing around.
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' => true,
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
            c => c.is_control() || (reserved && i == 0),
        };
        if unsafe_here {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                name.push_str(&format!("%{byte:02X}"));
            }
        } else {
            name.push(c);
        }
    }
    if name.len() > MAX_SEGMENT { cut(&name, text) } else { name }
}

/// A name cut to length, with a hash of the whole text.
fn cut(name: &str, whole: &str) -> String {
    let hash = Sha256::digest(whole.as_bytes());
    let mut end = name.len().min(MAX_SEGMENT.saturating_sub(20));
    while !name.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    // Not in the middle of an escape.
    let kept = name.get(..end).unwrap_or_default();
    let kept = match kept.rfind('%') {
        Some(at) if kept.len().saturating_sub(at) < 3 => kept.get(..at).unwrap_or_default(),
        _ => kept,
    };
    let hash: String = hash.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("{kept}{CUT}{hash}")
}

/// The path that a directory stands for, for Maildirs without a description. `None` where it was cut or is not ours.
pub fn path_of(relative: &std::path::Path) -> Option<MailboxPath> {
    // Maildir++, as other programs make them: none of ours begins with a full stop.
    if let Some(flat) = relative.to_str().and_then(|name| name.strip_prefix('.')) {
        let is_whole = flat.split('.').all(|segment| !segment.is_empty()) && !flat.contains('/');
        return is_whole.then(|| MailboxPath(flat.replace('.', "/")));
    }
    let segments: Option<Vec<String>> = relative.iter().map(|s| unescape(s.to_str()?)).collect();
    Some(MailboxPath(segments?.join("/")))
}

fn unescape(name: &str) -> Option<String> {
    if name == EMPTY {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(u8::from_str_radix(escape.get(1..3)?, 16).ok()?);
        rest = escape.get(3..)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Component;

    fn dir(path: &str) -> String {
        relative(&MailboxPath(path.into())).display().to_string()
    }

    #[test]
    fn what_other_programs_call_mailboxes_is_understood() {
        let path = |name: &str| path_of(std::path::Path::new(name)).map(|path| path.0);
        assert_eq!(path(".Projects.Mill").as_deref(), Some("Projects/Mill"));
        assert_eq!(path("Projects/Mill").as_deref(), Some("Projects/Mill"));
        for none in [".", "..", ".a..b", ".a/b", "a%zz"] {
            assert_eq!(path(none), None, "{none}");
        }
    }

    #[test]
    fn everyday_names_stay_readable() {
        assert_eq!(dir("INBOX"), "INBOX");
        assert_eq!(dir("Projekte/Über uns/2026"), "Projekte/Über uns/2026");
        assert_eq!(dir("[Gmail]/All Mail"), "[Gmail]/All Mail");
    }

    #[test]
    fn hostile_names_stay_inside() {
        assert_eq!(dir("../../etc/passwd"), "%2E%2E/%2E%2E/etc/passwd");
        assert_eq!(dir("/etc"), "%-/etc");
        assert_eq!(dir("a/cur/b"), "a/%63ur/b");
        assert_eq!(dir("CUR"), "%43UR");
        assert_eq!(dir(".postwren-held"), "%2Epostwren-held");
        assert_eq!(dir("a\0b\n"), "a%00b%0A");
        assert_eq!(dir(""), "%-");
        assert_eq!(dir("100%"), "100%25");
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_account(path in "(\\PC|[./%\\x00-\\x1f]|cur|new|tmp){0,300}") {
            let dir = relative(&MailboxPath(path.clone()));
            prop_assert!(dir.components().next().is_some());
            prop_assert!(dir.as_os_str().len() <= MAX_PATH + 1);
            for part in dir.components() {
                let Component::Normal(name) = part else { panic!("{path:?} gave {dir:?}") };
                let name = name.to_str().unwrap();
                prop_assert!(name.len() <= MAX_SEGMENT && !name.starts_with('.') && !is_reserved(name));
                prop_assert!(!name.chars().any(char::is_control));
            }
            // It reads back, unless it was cut.
            if let Some(back) = path_of(&dir) {
                prop_assert_eq!(back.0, path);
            } else {
                prop_assert!(dir.display().to_string().contains(CUT));
            }
        }

        #[test]
        fn different_names_never_share_a_directory(a in "[a%/.~\\-]{0,12}", b in "[a%/.~\\-]{0,12}") {
            prop_assume!(a != b);
            prop_assert_ne!(dir(&a), dir(&b));
        }

        #[test]
        fn long_names_are_told_apart_by_their_hash(n in 121usize..5000, deep in 1usize..900) {
            let (a, b) = (format!("{}x", "é".repeat(n)), format!("{}y", "é".repeat(n)));
            prop_assert_ne!(dir(&a), dir(&b));
            let (a, b) = (format!("{}x", "long name/".repeat(deep)), format!("{}y", "long name/".repeat(deep)));
            prop_assert_ne!(dir(&a), dir(&b));
            prop_assert!(dir(&a).len() <= MAX_PATH);
        }
    }
}
