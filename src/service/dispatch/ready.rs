//! A ready message of elsewhere on its way into the Outbox: read in pieces, never held in memory.
//!
//! It is taken in to a scratch file first, with line ends and lines in order; its header tells what the new one is
//! (and whose account sends it); then new header and old body become the Outbox's file.

use super::drafts::{identity, queued};
use crate::mail::compose::raw::{Intake, PrepareError, Prepared, prepare_header};
use crate::mail::mime;
use crate::protocol::smtp::Measures;
use crate::service::command::{Receipt, SendTime};
use crate::service::compose::of_account;
use crate::service::problem::Problem;
use crate::service::problem_from::{of_join, of_storage};
use crate::service::state::{AccountState, Result, Shared};
use crate::service::submission::moment;
use crate::storage::{self, NewOutbox, Store};
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;

/// Bytes read at once.
const PIECE: usize = 64 * 1024;

/// Where the message comes from.
pub(super) enum Source {
    Bytes(Vec<u8>),
    File(PathBuf),
}

/// A message as it was taken in.
struct Taken {
    file: NamedTempFile,
    intake: Intake,
}

/// Why it could not be.
enum Failure {
    Message(PrepareError),
    Storage(storage::Error),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        match failure {
            Failure::Message(error) => Problem::invalid(format!("the message: {error}")),
            Failure::Storage(error) => of_storage(error),
        }
    }
}

/// Queues a ready message; nothing of it is kept as a draft.
pub(super) async fn submit(
    shared: &Arc<Shared>,
    account: Option<String>,
    source: Source,
    when: SendTime,
    report: bool,
) -> Result<Receipt> {
    let store = shared.store.clone();
    let taken = tokio::task::spawn_blocking(move || take_in(&store, source)).await.map_err(of_join)??;
    let state = match account {
        Some(name) => shared.account(&name)?,
        None => sender(shared, &taken.intake.header)?,
    };
    let (now, id) = identity(shared, &state.account);
    let from = of_account(&state.account);
    let prepared = prepare_header(&taken.intake, &from, &now, &id).map_err(Failure::Message)?;
    let (not_before, leaves_at) = moment(shared, when);
    let account = state.name().to_string();
    let id = shared
        .db(move |store| {
            let file = completed(store, taken, &prepared)?;
            let measures = Measures::of_file(file.path()).map_err(|e| storage::Error::io(file.path(), e))?;
            let Prepared { reverse_path, recipients, subject, message_id, bcc, .. } = prepared;
            let new = NewOutbox {
                account,
                message_id,
                subject,
                reverse_path,
                recipients,
                not_before,
                draft_json: None,
                bcc,
                report,
                leaves_at,
                measures: serde_json::to_string(&measures).ok(),
            };
            store.outbox().insert_file(&new, file)
        })
        .await?;
    Ok(queued(shared, &state, id))
}

/// Reads the message into a scratch file.
fn take_in(store: &Store, source: Source) -> std::result::Result<Taken, Failure> {
    let (mut reader, path): (Box<dyn Read>, PathBuf) = match source {
        Source::Bytes(bytes) => (Box::new(Cursor::new(bytes)), PathBuf::from("message")),
        Source::File(path) => {
            let opened = File::open(&path).map_err(|e| Failure::Storage(storage::Error::io(&path, e)))?;
            (Box::new(opened), path)
        }
    };
    let mut file = store.outbox().scratch().map_err(Failure::Storage)?;
    let (mut intake, mut piece, mut out) = (Intake::default(), vec![0; PIECE], Vec::new());
    loop {
        let count = reader.read(&mut piece).map_err(|e| Failure::Storage(storage::Error::io(&path, e)))?;
        let taken = match count {
            0 => intake.finish(&mut out),
            _ => intake.push(piece.get(..count).unwrap_or_default(), &mut out),
        };
        taken.map_err(Failure::Message)?;
        file.write_all(&out).map_err(|e| Failure::Storage(storage::Error::io(file.path(), e)))?;
        out.clear();
        if count == 0 {
            return Ok(Taken { file, intake });
        }
    }
}

/// The new header, and the body as it was taken in.
fn completed(store: &Store, taken: Taken, prepared: &Prepared) -> storage::Result<NamedTempFile> {
    let Taken { file: mut source, intake } = taken;
    let mut target = store.outbox().scratch()?;
    let at = target.path().to_path_buf();
    let written = target.write_all(&prepared.bytes).and_then(|()| {
        source.seek(SeekFrom::Start(intake.header.len() as u64))?;
        std::io::copy(source.as_file_mut(), target.as_file_mut())
    });
    written.map_err(|e| storage::Error::io(Path::new(&at), e))?;
    Ok(target)
}

/// The account whose address the message comes from, else the first.
fn sender(shared: &Arc<Shared>, header: &[u8]) -> Result<Arc<AccountState>> {
    let from = mime::summary(header).envelope.from;
    let accounts = shared.accounts_in_order();
    let is_sender = |state: &&Arc<AccountState>| from.iter().any(|f| f.same_person(&of_account(&state.account)));
    let found = accounts.iter().find(is_sender).or(accounts.first());
    found.cloned().ok_or_else(|| Problem::not_found("an account to send from"))
}
