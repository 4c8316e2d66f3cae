//! Files written for the person, whole or not at all.

use super::problem::{Problem, ProblemKind};
use super::state::Result;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file beside its place and puts it there when it is whole and on the disk.
///
/// # Errors
/// What the disk says.
pub(super) fn whole(to: &Path, bytes: &[u8]) -> Result<()> {
    let directory = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".postwren-").tempfile_in(directory)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(to).map_err(|e| e.error)?;
        Ok(())
    };
    write().map_err(|error| {
        let kind = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ProblemKind::DiskFull,
            _ => ProblemKind::Disk { path: to.display().to_string() },
        };
        Problem::new(kind, error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_a_failure_names_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.pdf");
        whole(&path, b"one").unwrap();
        whole(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        let problem = whole(&dir.path().join("no/such/dir"), b"x").unwrap_err();
        assert!(matches!(problem.kind, ProblemKind::Disk { path } if path.ends_with("no/such/dir")));
    }
}
