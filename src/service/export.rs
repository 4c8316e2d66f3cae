//! A mailbox written for other programs: as one file in the mbox format (RFC 4155, quoted the reversible way that is
//! called mboxrd), or as a directory with a file for each message.
//!
//! It is written beside its place, under a name of its own, and put there when it is whole: what is there already is
//! never overwritten, and what was cut or cancelled leaves nothing. Messages of which only the headers are here are
//! fetched first; where that is not possible nothing is exported, for nobody would miss what is silently left out.

use super::account;
use super::command::{ExportFormat, Receipt};
use super::event::{Event, ExportProgress};
use super::problem::{Problem, ProblemKind};
use super::problem_from::{of_join, of_storage};
use super::state::{Result, Shared, locked};
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mime;
use crate::storage::{self, Store};
use jiff::Timestamp;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::{NamedTempFile, TempDir};
use tokio::sync::watch;

/// Messages between two looks whether it was cancelled.
const CHUNK: usize = 20;
/// Where nobody is named: RFC 4155, appendix A.
const NOBODY: &str = "MAILER-DAEMON";

/// Takes an export out of those that can be cancelled, however it ends.
struct Running<'a>(&'a Shared, MailboxId);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        locked(&self.0.exports).remove(&self.1);
    }
}

/// Exports a mailbox; how many messages.
///
/// # Errors
/// [`ProblemKind::Invalid`] where something is in its place, or it is being exported already; what the disk or the
/// server says.
pub(super) async fn run(
    shared: &Arc<Shared>,
    mailbox: MailboxId,
    format: ExportFormat,
    to: PathBuf,
) -> Result<Receipt> {
    let (stop, mut stopped) = watch::channel(false);
    {
        let mut running = locked(&shared.exports);
        if running.contains_key(&mailbox) {
            return Err(Problem::invalid("the folder is being exported already"));
        }
        running.insert(mailbox, stop);
    }
    let _running = Running(shared, mailbox);
    let ids = shared.db(move |store| store.indexed(mailbox)).await?;
    let total = ids.len() as u64;
    let tell = |done, finished| shared.emit(Event::Export(ExportProgress { mailbox, done, total, finished }));
    tell(0, false);
    let work = async {
        let place = to.clone();
        let mut writer = blocking(move || Writer::begin(format, &place, total)).await?;
        let mut done = 0_u64;
        for chunk in ids.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            account::fetch_whole(shared, chunk.clone()).await?;
            done = done.saturating_add(chunk.len() as u64);
            let store = shared.store.clone();
            writer = blocking(move || writer.put(&store, &chunk)).await?;
            tell(done, false);
        }
        let place = to.clone();
        blocking(move || writer.finish(&place)).await
    };
    let result = tokio::select! {
        result = work => result,
        _ = stopped.wait_for(|stop| *stop) => Err(super::problem_from::stopped()),
    };
    tell(total, true);
    result.map(|count| Receipt { count, ..Receipt::default() })
}

/// Ends an export; nothing of it stays.
pub(super) fn stop(shared: &Shared, mailbox: MailboxId) -> Receipt {
    let running = locked(&shared.exports);
    let stopped = running.get(&mailbox).map(|stop| stop.send_replace(true));
    Receipt { count: usize::from(stopped.is_some()), ..Receipt::default() }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(of_join)?
}

/// What is being written. It removes itself where it is not finished.
enum Writer {
    Mbox { file: BufWriter<NamedTempFile>, count: usize },
    Messages { dir: TempDir, width: usize, count: usize },
}

fn refused(to: &Path, error: &io::Error) -> Problem {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ProblemKind::DiskFull,
        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => {
            ProblemKind::Invalid { what: to.display().to_string() }
        }
        _ => ProblemKind::Disk { path: to.display().to_string() },
    };
    Problem::new(kind, error.to_string())
}

impl Writer {
    fn begin(format: ExportFormat, to: &Path, total: u64) -> Result<Writer> {
        if std::fs::symlink_metadata(to).is_ok() {
            return Err(refused(to, &io::ErrorKind::AlreadyExists.into()));
        }
        let beside = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".postwren-");
        let begun = match format {
            ExportFormat::Mbox => {
                builder.tempfile_in(beside).map(|file| Writer::Mbox { file: BufWriter::new(file), count: 0 })
            }
            ExportFormat::Messages => {
                builder.tempdir_in(beside).map(|dir| Writer::Messages { dir, width: total.to_string().len(), count: 0 })
            }
        };
        begun.map_err(|error| refused(to, &error))
    }

    /// Adds messages. One that left the mailbox meanwhile is left out.
    fn put(mut self, store: &Store, ids: &[MessageId]) -> Result<Writer> {
        for id in ids {
            let (row, raw) = match (store.row(*id).map_err(of_storage)?, store.raw(*id)) {
                (Some(row), Ok(raw)) => (row, raw),
                (None, _) | (_, Err(storage::Error::NotFound(_))) => continue,
                (_, Err(error)) => return Err(of_storage(error)),
            };
            match &mut self {
                Writer::Mbox { file, count } => {
                    let sender = row.from.first().map(|from| from.addr.as_str()).unwrap_or_default();
                    let path = file.get_ref().path().to_path_buf();
                    write_mbox(file, sender, row.date, &raw).map_err(|error| refused(&path, &error))?;
                    *count = count.saturating_add(1);
                }
                Writer::Messages { dir, width, count } => {
                    *count = count.saturating_add(1);
                    let name = format!("{count:0width$} {}.eml", row.subject.trim(), width = *width);
                    let path = dir.path().join(mime::safe_file_name(Some(&name), "message/rfc822"));
                    let mut options = std::fs::OpenOptions::new();
                    let written = options.write(true).create_new(true).open(&path).and_then(|mut f| f.write_all(&raw));
                    written.map_err(|error| refused(&path, &error))?;
                }
            }
        }
        Ok(self)
    }

    /// Puts it in its place, durably; how many messages it holds.
    fn finish(self, to: &Path) -> Result<usize> {
        let failed = |error: io::Error| refused(to, &error);
        match self {
            Writer::Mbox { file, count } => {
                let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
                file.as_file().sync_all().map_err(failed)?;
                file.persist_noclobber(to).map_err(|error| failed(error.error))?;
                Ok(count)
            }
            Writer::Messages { dir, count, .. } => {
                // Made here, it is nobody else's; a directory may take the place of an empty one.
                std::fs::create_dir(to).map_err(failed)?;
                let renamed = std::fs::rename(dir.path(), to);
                if renamed.is_err() {
                    let _ = std::fs::remove_dir(to);
                }
                renamed.map_err(failed)?;
                // It has another name now, which is not to be removed.
                let _ = dir.keep();
                Ok(count)
            }
        }
    }
}

/// One message of an mbox file: its line, the message with `From ` quoted and lines ended as the system does, and an
/// empty line.
fn write_mbox(file: &mut impl Write, sender: &str, at: i64, raw: &[u8]) -> io::Result<()> {
    let plain = !sender.is_empty() && sender.chars().all(|c| c.is_ascii_graphic());
    let sender = if plain { sender } else { NOBODY };
    let at = Timestamp::from_second(at).unwrap_or_default();
    writeln!(file, "From {sender} {}", at.strftime("%a %b %e %H:%M:%S %Y"))?;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let quoted = line.iter().position(|byte| *byte != b'>').and_then(|at| line.get(at..));
        if quoted.is_some_and(|rest| rest.starts_with(b"From ")) {
            file.write_all(b">")?;
        }
        file.write_all(line)?;
        file.write_all(b"\n")?;
    }
    file.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mbox(raw: &[u8]) -> String {
        let mut out = Vec::new();
        write_mbox(&mut out, "ada@lovelace.example", 1_000_000_000, raw).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_that_begin_like_a_message_are_quoted() {
        let text = mbox(b"Subject: x\r\n\r\nFrom here\r\n>From there\r\nFromage\r\nno end");
        let begin = "From ada@lovelace.example Sun Sep  9 01:46:40 2001\n";
        assert_eq!(text, format!("{begin}Subject: x\n\n>From here\n>>From there\nFromage\nno end\n\n"));
    }

    #[test]
    fn a_sender_that_would_break_the_line_is_not_named() {
        let mut out = Vec::new();
        write_mbox(&mut out, "a b\r\nFrom x", 0, b"").unwrap();
        assert!(out.starts_with(b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"));
    }

    proptest! {
        #[test]
        fn what_was_quoted_reads_back(lines in proptest::collection::vec("(>{0,2}From |>|)[a-z ]{0,6}", 0..12)) {
            let raw: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let text = mbox(raw.as_bytes());
            let mut read = text.lines().skip(1);
            for line in &lines {
                let got = read.next().unwrap();
                prop_assert!(!got.starts_with("From "));
                let bare = got.trim_start_matches('>');
                let got = if bare.starts_with("From ") { got.strip_prefix('>').unwrap() } else { got };
                prop_assert_eq!(got, line);
            }
            prop_assert_eq!(read.collect::<Vec<_>>(), [""]);
        }
    }
}
