//! What a program did to the files of its profile, in order, read from strace's log; and what a disk may hold of it
//! after a loss of power.
//!
//! POSIX promises little: bytes are there once their file was synchronised, names once their directory was. Of
//! everything younger any part may be there and any part missing, in whatever order it was written; a write may be
//! torn.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Disks write so much at once, at least.
const SECTOR: usize = 512;

/// The calls that are read.
pub const CALLS: &str = "?open,openat,?creat,close,write,?pwrite64,?writev,?pwritev,?ftruncate,fsync,fdatasync,?syncfs,\
    ?rename,?renameat,?renameat2,?link,?linkat,?unlink,?unlinkat,?sendto,?sendmsg,?dup,?dup2,?dup3";

/// One step. Files are numbered, for their names change.
#[derive(Clone, Debug)]
pub enum Op {
    Write {
        file: usize,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: usize,
        length: usize,
    },
    Name {
        path: String,
        file: usize,
    },
    Rename {
        from: String,
        to: String,
        file: usize,
    },
    Unname {
        path: String,
    },
    SyncFile {
        file: usize,
    },
    SyncDir {
        path: String,
    },
    SyncAll,
    /// Bytes that went to a server.
    Said {
        bytes: Vec<u8>,
    },
}

/// An open file.
#[derive(Clone, Copy)]
struct Open {
    file: usize,
    at: usize,
}

/// The log being read.
pub struct Log {
    pub ops: Vec<Op>,
    root: String,
    /// What there was at first.
    first: Disk,
    names: HashMap<String, usize>,
    open: HashMap<i64, Open>,
    /// Directories and the like that are open.
    dirs: HashMap<i64, String>,
    sizes: Vec<usize>,
}

/// What a disk holds: bytes by path, from the root.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    pub files: Vec<Vec<u8>>,
    pub names: BTreeMap<String, usize>,
}

impl Disk {
    /// Everything below a directory.
    pub fn read(root: &Path) -> Disk {
        let mut disk = Disk::default();
        let mut waiting = vec![root.to_path_buf()];
        while let Some(dir) = waiting.pop() {
            for entry in std::fs::read_dir(&dir).expect("read").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    waiting.push(path);
                } else if path.is_file() {
                    disk.names.insert(path.to_str().expect("UTF-8").into(), disk.files.len());
                    disk.files.push(std::fs::read(&path).expect("read"));
                }
            }
        }
        disk
    }

    fn file(&mut self, file: usize) -> &mut Vec<u8> {
        if self.files.len() <= file {
            self.files.resize(file + 1, Vec::new());
        }
        &mut self.files[file]
    }

    /// Carries a step out, of a write perhaps only so many bytes.
    fn apply(&mut self, op: &Op, most: usize) {
        match op {
            Op::Write { file, at, bytes } => {
                let bytes = &bytes[..bytes.len().min(most)];
                let content = self.file(*file);
                content.resize(content.len().max(at + bytes.len()), 0);
                content[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Op::Truncate { file, length } => self.file(*file).resize(*length, 0),
            Op::Name { path, file } => {
                self.file(*file);
                self.names.insert(path.clone(), *file);
            }
            Op::Rename { from, to, file } => {
                if self.names.get(from) == Some(file) {
                    self.names.remove(from);
                }
                self.names.insert(to.clone(), *file);
            }
            Op::Unname { path } => drop(self.names.remove(path)),
            Op::SyncFile { .. } | Op::SyncDir { .. } | Op::SyncAll | Op::Said { .. } => {}
        }
    }
}

/// The directory that a name is in.
fn above(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// Whether a later step makes an earlier one last.
fn seals(later: &Op, earlier: &Op) -> bool {
    match (later, earlier) {
        (Op::SyncAll, _) => true,
        (Op::SyncFile { file }, Op::Write { file: own, .. } | Op::Truncate { file: own, .. }) => file == own,
        (Op::SyncDir { path }, Op::Name { path: own, .. } | Op::Unname { path: own }) => path == above(own),
        (Op::SyncDir { path }, Op::Rename { from, to, .. }) => path == above(from) || path == above(to),
        _ => false,
    }
}

impl Log {
    /// Reads what happened to the files below `root`, which held `first` before.
    pub fn read(text: &str, root: &Path, first: Disk) -> Log {
        let names = first.names.iter().map(|(path, file)| (path.clone(), *file)).collect();
        let sizes = first.files.iter().map(Vec::len).collect();
        let root = root.to_str().expect("UTF-8").to_string();
        let (ops, open, dirs) = Default::default();
        let mut log = Log { ops, root, first, names, open, dirs, sizes };
        let mut begun: HashMap<&str, String> = HashMap::new();
        for line in text.lines() {
            let Some((pid, rest)) = line.split_once(' ') else { continue };
            let rest = rest.trim_start();
            if let Some(start) = rest.strip_suffix("<unfinished ...>") {
                begun.insert(pid, start.trim_end().to_string());
            } else if let Some((_, end)) = rest.strip_prefix("<... ").and_then(|r| r.split_once(" resumed>")) {
                let whole = begun.remove(pid).unwrap_or_default() + end;
                log.call(&whole);
            } else {
                log.call(rest);
            }
        }
        log
    }

    fn call(&mut self, line: &str) {
        let (Some((name, rest)), Some((_, result))) = (line.split_once('('), line.rsplit_once(" = ")) else { return };
        let result: i64 = number(result);
        if result < 0 {
            return;
        }
        let strings: Vec<Vec<u8>> = rest.split('"').skip(1).step_by(2).map(unescaped).collect();
        let path = |n: usize| strings.get(n).map(|s| String::from_utf8_lossy(s).into_owned()).unwrap_or_default();
        let fd = number(rest);
        let last = || rest.rsplit_once(')').map_or(0, |(args, _)| number(args.rsplit(", ").next().unwrap_or("")));
        match name {
            "open" | "openat" | "creat" => self.opened(&path(0), result, rest),
            "dup" | "dup2" | "dup3" => {
                if let Some(open) = self.open.get(&fd).copied() {
                    self.open.insert(result, open);
                }
            }
            "close" => {
                self.open.remove(&fd);
                self.dirs.remove(&fd);
            }
            "write" | "writev" | "sendto" | "sendmsg" => self.written(fd, None, strings.concat()),
            "pwrite64" | "pwritev" => self.written(fd, Some(last()), strings.concat()),
            "ftruncate" => {
                if let Some(open) = self.open.get(&fd).copied() {
                    let length = usize::try_from(last()).unwrap_or(0);
                    self.sizes[open.file] = length;
                    self.ops.push(Op::Truncate { file: open.file, length });
                }
            }
            "fsync" | "fdatasync" => match (self.open.get(&fd), self.dirs.get(&fd)) {
                (Some(open), _) => self.ops.push(Op::SyncFile { file: open.file }),
                (_, Some(path)) => self.ops.push(Op::SyncDir { path: path.clone() }),
                _ => {}
            },
            "syncfs" => self.ops.push(Op::SyncAll),
            "rename" | "renameat" | "renameat2" => self.renamed(path(0), path(1)),
            "link" | "linkat" => {
                if let Some(file) = self.names.get(&path(0)).copied() {
                    self.names.insert(path(1), file);
                    self.ops.push(Op::Name { path: path(1), file });
                }
            }
            "unlink" | "unlinkat" if self.names.remove(&path(0)).is_some() => {
                self.ops.push(Op::Unname { path: path(0) });
            }
            _ => {}
        }
    }

    fn opened(&mut self, path: &str, fd: i64, arguments: &str) {
        self.open.remove(&fd);
        self.dirs.remove(&fd);
        if !path.starts_with(&self.root) {
            return;
        }
        if Path::new(path).is_dir() || arguments.contains("O_DIRECTORY") {
            self.dirs.insert(fd, path.into());
            return;
        }
        let file = match self.names.get(path).copied() {
            Some(file) => file,
            None if arguments.contains("O_CREAT") => {
                let file = self.sizes.len();
                self.sizes.push(0);
                self.names.insert(path.into(), file);
                self.ops.push(Op::Name { path: path.into(), file });
                file
            }
            None => return,
        };
        if arguments.contains("O_TRUNC") && self.sizes[file] > 0 {
            self.sizes[file] = 0;
            self.ops.push(Op::Truncate { file, length: 0 });
        }
        let at = if arguments.contains("O_APPEND") { self.sizes[file] } else { 0 };
        self.open.insert(fd, Open { file, at });
    }

    fn written(&mut self, fd: i64, at: Option<i64>, bytes: Vec<u8>) {
        let Some(open) = self.open.get_mut(&fd) else {
            self.ops.push(Op::Said { bytes });
            return;
        };
        let (file, from) = (open.file, at.and_then(|at| usize::try_from(at).ok()).unwrap_or(open.at));
        if at.is_none() {
            open.at += bytes.len();
        }
        self.sizes[file] = self.sizes[file].max(from + bytes.len());
        self.ops.push(Op::Write { file, at: from, bytes });
    }

    fn renamed(&mut self, from: String, to: String) {
        if let Some(file) = self.names.remove(&from) {
            self.names.insert(to.clone(), file);
            self.ops.push(Op::Rename { from, to, file });
        }
    }

    /// What a program would have done that never synchronises.
    pub fn careless(&self) -> Log {
        let syncs = |op: &&Op| !matches!(op, Op::SyncFile { .. } | Op::SyncDir { .. } | Op::SyncAll);
        let (root, first, sizes) = (self.root.clone(), self.first.clone(), self.sizes.clone());
        let (names, open, dirs) = Default::default();
        Log { ops: self.ops.iter().filter(syncs).cloned().collect(), root, first, names, open, dirs, sizes }
    }

    /// What of the first `end` steps may be missing.
    pub fn loose(&self, end: usize) -> Vec<usize> {
        let before = &self.ops[..end];
        let is_change =
            |op: &Op| !matches!(op, Op::SyncFile { .. } | Op::SyncDir { .. } | Op::SyncAll | Op::Said { .. });
        let sealed = |at: usize| before[at..].iter().any(|later| seals(later, &before[at]));
        (0..end).filter(|at| is_change(&before[*at]) && !sealed(*at)).collect()
    }

    /// The disk after a loss of power at step `end`. `fate` says of each loose step whether it is there; a write may be
    /// there in part.
    pub fn disk(&self, end: usize, loose: &[usize], mut fate: impl FnMut() -> Fate) -> Disk {
        let mut disk = self.first.clone();
        let mut loose = loose.iter().peekable();
        for (at, op) in self.ops[..end].iter().enumerate() {
            let fate = if loose.next_if_eq(&&at).is_some() { fate() } else { Fate::There };
            match fate {
                Fate::There => disk.apply(op, usize::MAX),
                Fate::Missing => {}
                Fate::Torn => disk.apply(op, SECTOR),
            }
        }
        disk
    }
}

/// What becomes of a step that nothing made last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    There,
    Missing,
    /// Of a write only its beginning is there.
    Torn,
}

/// The number at the beginning of a text; -1 where there is none.
fn number(text: &str) -> i64 {
    let text = text.trim_start();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let value: i64 = digits[..end].parse().unwrap_or(-1);
    if text.starts_with('-') { -1 } else { value }
}

/// Bytes as strace's -xx writes them.
fn unescaped(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok()).collect()
}
