//! Writing and sending: drafts as they are typed, their attachments, and the step into the Outbox.

use super::places::change;
use crate::mail::compose::{self, BuildError};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::{message_id, mime};
use crate::protocol::smtp::Measures;
use crate::service::account;
use crate::service::command::{AttachSource, Receipt, SendTime};
use crate::service::compose::of_account;
use crate::service::event::Event;
use crate::service::model::{Account, Draft, DraftAttachment, DraftOrigin, Role};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::problem_from::{of_join, of_storage};
use crate::service::state::{AccountState, Result, Shared};
use crate::service::submission::{enqueue, moment, remove_draft, role_mailbox};
use crate::storage::{self, Incoming, IncomingBody, NewOutbox, OpKind, Store};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::path::Path;
use std::sync::Arc;

pub(super) async fn save(shared: &Arc<Shared>, draft: Draft) -> Result<Receipt> {
    shared.db(move |store| store.drafts().save(&draft)).await?;
    Ok(Receipt { count: 1, ..Receipt::default() })
}

pub(super) async fn discard(shared: &Arc<Shared>, id: String) -> Result<Receipt> {
    shared.db(move |store| store.drafts().remove(&id)).await?;
    Ok(Receipt { count: 1, ..Receipt::default() })
}

pub(super) async fn attach(shared: &Arc<Shared>, draft: String, source: AttachSource) -> Result<Receipt> {
    if let AttachSource::Message { id, .. } = source {
        account::fetch_whole(shared, vec![id]).await?;
    }
    let attachment = shared.db(move |store| attach_stored(store, &draft, source)).await?;
    Ok(Receipt { count: 1, attachment: Some(attachment), ..Receipt::default() })
}

fn attach_stored(store: &Store, draft: &str, source: AttachSource) -> storage::Result<DraftAttachment> {
    let drafts = store.drafts();
    match source {
        AttachSource::File(path) => {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let media_type = media_type(&path);
            drafts.attach_file(draft, &mime::safe_file_name(Some(&name), media_type), media_type, &path)
        }
        AttachSource::Bytes { file_name, media_type, bytes } => {
            drafts.attach_bytes(draft, &mime::safe_file_name(Some(&file_name), &media_type), &media_type, &bytes)
        }
        AttachSource::Message { id, index } => {
            let not_found = || storage::Error::NotFound(format!("attachment {index} of {id}"));
            let (found, bytes) = mime::attachment(&store.raw(id)?, index).ok_or_else(not_found)?;
            drafts.attach_bytes(draft, &found.file_name, &found.media_type, &bytes)
        }
    }
}

/// By the ending of its name; what nobody knows is bytes.
fn media_type(path: &Path) -> &'static str {
    const KNOWN: [(&str, &str); 30] = [
        ("pdf", "application/pdf"),
        ("txt", "text/plain"),
        ("md", "text/markdown"),
        ("csv", "text/csv"),
        ("html", "text/html"),
        ("htm", "text/html"),
        ("ics", "text/calendar"),
        ("vcf", "text/vcard"),
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("svg", "image/svg+xml"),
        ("heic", "image/heic"),
        ("mp3", "audio/mpeg"),
        ("ogg", "audio/ogg"),
        ("wav", "audio/wav"),
        ("mp4", "video/mp4"),
        ("webm", "video/webm"),
        ("zip", "application/zip"),
        ("gz", "application/gzip"),
        ("json", "application/json"),
        ("xml", "application/xml"),
        ("odt", "application/vnd.oasis.opendocument.text"),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("eml", "message/rfc822"),
    ];
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    let found = KNOWN.iter().find(|(known, _)| ending.as_deref() == Some(known));
    found.map_or("application/octet-stream", |(_, media_type)| media_type)
}

/// Ends the editing and keeps the draft in the Drafts mailbox, in the place of the message that it came from.
pub(super) async fn keep(shared: &Arc<Shared>, draft: Draft) -> Result<Receipt> {
    let state = shared.account(&draft.account)?;
    let (now, id) = identity(shared, &state.account);
    let seconds = now.timestamp().as_second();
    let copy = draft.clone();
    let raw = build(shared, &state.account, copy, move |draft, account, store| {
        let mut load = |a: &DraftAttachment| load(store, draft, a);
        compose::build_draft(draft, &of_account(account), &now, &id, &mut load)
    })
    .await?;
    change(shared, move |change| {
        let store = change.store;
        let account = draft.account.as_str();
        let is_imap = change.is_imap(account);
        let (drafts, mut operations) = role_mailbox(store, account, Role::Drafts, is_imap)?;
        let flags = Flags::DRAFT.union(Flags::SEEN);
        let body = IncomingBody::Bytes(raw);
        let stored =
            store.deliver(drafts.id, vec![Incoming { uid: None, flags, internal_date: Some(seconds), body }])?;
        if is_imap {
            let mailbox = drafts.meta.path.clone();
            operations.extend(stored.iter().map(|m| OpKind::Append { message: *m, mailbox: mailbox.clone(), flags }));
        }
        if let DraftOrigin::Draft(old) = draft.origin {
            let (more, mailbox) = remove_draft(store, is_imap, MessageId(old))?;
            operations.extend(more);
            change.touched.extend(mailbox);
        }
        enqueue(store, account, operations)?;
        change.touched.insert(drafts.id);
        change.count = 1;
        store.drafts().remove(&draft.id)?;
        Ok(None)
    })
    .await
}

/// Builds the message and queues it. The draft stays in the profile until a server took the message.
pub(super) async fn submit(shared: &Arc<Shared>, draft: Draft, when: SendTime, report: bool) -> Result<Receipt> {
    let state = shared.account(&draft.account)?;
    let from = of_account(&state.account);
    let (now, id) = identity(shared, &state.account);
    let (not_before, leaves_at) = moment(shared, when);
    let bcc = compose::bcc_field(&draft).map_err(unbuilt)?;
    let (reverse_path, recipients) = compose::envelope(&draft, &from).map_err(unbuilt)?;
    let message_id = id.clone();
    let raw = build(shared, &state.account, draft.clone(), move |draft, account, store| {
        let mut load = |a: &DraftAttachment| load(store, draft, a);
        compose::build(draft, &of_account(account), &now, &id, &mut load)
    })
    .await?;
    let draft_json = serde_json::to_string(&draft).map_err(|e| Problem::new(ProblemKind::Internal, e.to_string()))?;
    let new = NewOutbox {
        account: draft.account.clone(),
        message_id,
        subject: draft.subject.clone(),
        reverse_path,
        recipients,
        not_before,
        draft_json: Some(draft_json),
        bcc,
        report: report || draft.report,
        leaves_at,
        measures: None,
    };
    // Saved as it was sent, for the case that it is taken back.
    shared.db(move |store| store.drafts().save(&draft)).await?;
    queue(shared, &state, new, raw).await
}

async fn queue(shared: &Arc<Shared>, state: &AccountState, new: NewOutbox, raw: Vec<u8>) -> Result<Receipt> {
    let work = move |store: &Store| {
        let measures = serde_json::to_string(&Measures::of(&raw)).ok();
        store.outbox().insert(&NewOutbox { measures, ..new }, &raw)
    };
    let id = shared.db(work).await?;
    Ok(queued(shared, state, id))
}

/// An entry is in the Outbox.
pub(super) fn queued(shared: &Shared, state: &AccountState, id: i64) -> Receipt {
    shared.emit(Event::Outbox { id });
    state.outgoing.notify_one();
    Receipt { count: 1, outbox: Some(id), ..Receipt::default() }
}

/// Builds on a blocking thread.
async fn build(
    shared: &Arc<Shared>,
    account: &Account,
    draft: Draft,
    work: impl FnOnce(&Draft, &Account, &Store) -> std::result::Result<Vec<u8>, BuildError> + Send + 'static,
) -> Result<Vec<u8>> {
    let (store, account) = (shared.store.clone(), account.clone());
    let built = tokio::task::spawn_blocking(move || work(&draft, &account, &store)).await.map_err(of_join)?;
    // As it will be on the wire and in Sent: a lone line feed of an attached text would be completed there, and the
    // two copies would differ.
    built.map(|raw| compose::raw::crlf(&raw)).map_err(unbuilt)
}

/// The private copy of an attachment; nothing outside the draft's own directory is read.
fn load(store: &Store, draft: &Draft, attachment: &DraftAttachment) -> std::io::Result<Vec<u8>> {
    let place = store.profile().drafts().join(&draft.id).canonicalize()?;
    let path = attachment.path.canonicalize()?;
    if !path.starts_with(&place) {
        return Err(std::io::Error::other("it lies outside the draft"));
    }
    std::fs::read(path)
}

/// The time of a new message, where the person is, and its Message-ID.
pub(super) fn identity(shared: &Shared, account: &Account) -> (Zoned, String) {
    let seconds = shared.now();
    let now = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::system());
    (now, message_id::make(&account.email, fastrand::u128(..), seconds))
}

fn unbuilt(error: BuildError) -> Problem {
    match error {
        BuildError::Attachment { file_name, source } => of_storage(storage::Error::io(file_name, source)),
        error => Problem::invalid(error.to_string()),
    }
}
