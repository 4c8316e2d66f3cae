//! What lies below the paths that a person names: Maildirs, mboxes, and files of one message.

use std::fs::{File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Directories within each other.
const MAX_DEPTH: usize = 64;

/// Something that holds messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A directory of a Maildir in which each file is a message; those in `new` were never seen.
    Maildir {
        dir: PathBuf,
        is_new: bool,
        count: u64,
    },
    Mbox {
        path: PathBuf,
        size: u64,
    },
    Message {
        path: PathBuf,
    },
}

#[derive(Debug, Default)]
pub(super) struct Found {
    pub sources: Vec<Source>,
    /// Files that are no mail.
    pub passed_over: u64,
    pub unreadable: Vec<(PathBuf, io::Error)>,
}

/// Looks below a path. Links within it are not followed: they could lead round and round.
pub(super) fn below(path: &Path, found: &mut Found) {
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => directory(path, 0, found),
        Ok(meta) if meta.is_file() => file(path, true, found),
        Ok(_) => found.passed_over = found.passed_over.saturating_add(1),
        Err(error) => found.unreadable.push((path.into(), error)),
    }
}

fn directory(dir: &Path, depth: usize, found: &mut Found) {
    let is_maildir = ["cur", "new"].iter().any(|sub| dir.join(sub).is_dir());
    if is_maildir {
        for (sub, is_new) in [("cur", false), ("new", true)] {
            let dir = dir.join(sub);
            match count(&dir) {
                Ok(0) => {}
                Ok(count) => found.sources.push(Source::Maildir { dir, is_new, count }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => found.unreadable.push((dir, error)),
            }
        }
    }
    let mut entries: Vec<(PathBuf, FileType)> = Vec::new();
    let listed = std::fs::read_dir(dir).and_then(|all| {
        for entry in all {
            let entry = entry?;
            entries.push((entry.path(), entry.file_type()?));
        }
        Ok(())
    });
    if let Err(error) = listed {
        found.unreadable.push((dir.into(), error));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_part = is_maildir && matches!(name.as_str(), "cur" | "new" | "tmp") || name.starts_with(".postwren-");
        if kind.is_dir() && !is_part && depth < MAX_DEPTH {
            directory(&path, depth.saturating_add(1), found);
        } else if kind.is_file() && !is_maildir {
            file(&path, false, found);
        }
    }
}

fn count(dir: &Path) -> io::Result<u64> {
    let mut count = 0_u64;
    for entry in std::fs::read_dir(dir)? {
        if is_message(&entry?) {
            count = count.saturating_add(1);
        }
    }
    Ok(count)
}

/// Whether a file of a Maildir is a message: its name begins with no dot.
pub(super) fn is_message(entry: &std::fs::DirEntry) -> bool {
    !entry.file_name().as_encoded_bytes().starts_with(b".") && entry.file_type().is_ok_and(|kind| kind.is_file())
}

/// A file that the person named is mail where it looks so; of others only those that are called so, too: there are
/// many kinds of files that have a colon in their first line.
fn file(path: &Path, is_named: bool, found: &mut Found) {
    let mut beginning = [0; 1024];
    let read = File::open(path).and_then(|file| {
        let size = file.metadata()?.len();
        let mut file = file.take(1024);
        let mut n = 0;
        while let Some(rest) = beginning.get_mut(n..).filter(|rest| !rest.is_empty()) {
            match file.read(rest)? {
                0 => break,
                more => n = n.saturating_add(more),
            }
        }
        Ok((n, size))
    });
    let (n, size) = match read {
        Ok(read) => read,
        Err(error) => return found.unreadable.push((path.into(), error)),
    };
    let beginning = beginning.get(..n).unwrap_or_default();
    let first = beginning.split(|b| *b == b'\n').next().unwrap_or_default();
    if crate::mail::mbox::separator(first).is_some() {
        found.sources.push(Source::Mbox { path: path.into(), size });
    } else if begins_header(first) && (is_named || is_called_message(path)) {
        found.sources.push(Source::Message { path: path.into() });
    } else {
        found.passed_over = found.passed_over.saturating_add(1);
    }
}

/// `.eml`, or a number, as MH has it.
fn is_called_message(path: &Path) -> bool {
    let is_eml = path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("eml"));
    is_eml || path.file_name().is_some_and(|name| name.as_encoded_bytes().iter().all(u8::is_ascii_digit))
}

/// A field's name and its colon (RFC 5322, section 2.2).
fn begins_header(line: &[u8]) -> bool {
    let name = line.iter().position(|b| *b == b':').and_then(|colon| line.get(..colon)).unwrap_or_default();
    let name = name.trim_ascii_end();
    !name.is_empty() && name.iter().all(|b| matches!(b, 33..=126))
}
