//! What is stored, as the faces see it.

use super::model::*;
use crate::storage::transcripts::{Speaker, TranscriptLine as StoredLine};
use crate::storage::{self, MailboxMeta, OpKind, Operation, OutboxState, Store, StoredMailbox};

pub(super) fn mailbox(stored: StoredMailbox) -> MailboxView {
    let StoredMailbox { id, account, meta, unread, total, .. } = stored;
    let MailboxMeta { path, role, selectable, subscribed, .. } = meta;
    MailboxView { id, account, path, role, selectable, unread, total, subscribed }
}

pub(super) fn query(query: &Query) -> storage::Query {
    match query {
        Query::Mailbox(id) => storage::Query::Mailbox(*id),
        Query::AllInboxes => storage::Query::AllInboxes,
    }
}

pub(super) fn page(page: storage::Page) -> Page {
    let storage::Page { start, rows, total, unread } = page;
    Page { start, rows: rows.into_iter().map(row).collect(), total, unread }
}

pub(super) fn row(row: storage::Row) -> Row {
    let storage::Row {
        id,
        mailbox,
        from,
        to,
        subject,
        preview,
        date,
        flags,
        keywords,
        attachments,
        size,
        headers_only,
    } = row;
    Row { id, mailbox, from, to, subject, preview, date, flags, attachments, size, keywords, headers_only }
}

pub(super) fn outbox_item(item: storage::OutboxItem) -> OutboxItem {
    OutboxItem {
        id: item.id,
        account: item.account,
        subject: item.subject,
        message_id: item.message_id,
        attempts: if let OutboxState::Waiting { attempts, .. } = &item.state { *attempts } else { 0 },
        report: item.report,
        leaves_at: item.leaves_at,
        is_editable: item.draft_json.is_some(),
        submission: submission(item.state),
        recipients: item.recipients.into_iter().map(|r| (r.address, outcome(r.outcome))).collect(),
        queued_at: item.queued_at,
    }
}

fn submission(state: OutboxState) -> Submission {
    match state {
        OutboxState::Waiting { not_before, reason, .. } => Submission::Waiting { not_before, reason },
        OutboxState::Sending => Submission::Sending,
        OutboxState::Unknown => Submission::Unknown,
        OutboxState::Refused { reply } => Submission::Refused { reply },
        OutboxState::Accepted { reply } => Submission::Accepted { reply },
    }
}

fn outcome(outcome: storage::RecipientOutcome) -> RecipientOutcome {
    match outcome {
        storage::RecipientOutcome::Waiting => RecipientOutcome::Waiting,
        storage::RecipientOutcome::Accepted => RecipientOutcome::Accepted,
        storage::RecipientOutcome::Refused { reply, permanent } => RecipientOutcome::Refused { reply, permanent },
    }
}

pub(super) fn transcript_line(account: &str, line: StoredLine) -> TranscriptLine {
    let direction = match line.speaker {
        Speaker::Client => Direction::Client,
        Speaker::Server => Direction::Server,
        Speaker::Note => Direction::Note,
    };
    let StoredLine { at, connection, text, .. } = line;
    TranscriptLine { at, account: account.to_string(), connection, direction, text }
}

pub(super) fn secret_place(place: storage::SecretPlace) -> SecretPlace {
    match place {
        storage::SecretPlace::Keyring => SecretPlace::Keyring,
        storage::SecretPlace::File => SecretPlace::File,
    }
}

/// A waiting operation with the subject of its message; `under_way` says whether it is being carried out.
pub(super) fn operation(store: &Store, operation: Operation, under_way: bool) -> storage::Result<QueuedOperation> {
    let Operation { id, account, kind, attempts, reason, not_before, after, .. } = operation;
    // What waits for the person's word has no time.
    let due = if not_before >= super::foreign::HELD { 0 } else { not_before };
    let reason = match after {
        Some(first) if reason.is_none() => waits_for(store, first)?,
        _ => reason,
    };
    let (kind, mailbox, message) = match kind {
        OpKind::SetFlags { mailbox, message, .. } => (QueuedKind::Flags, mailbox, Some(message)),
        OpKind::Move { to, message, .. } => (QueuedKind::Move, to, Some(message)),
        OpKind::Copy { to, message, .. } => (QueuedKind::Copy, to, Some(message)),
        OpKind::Expunge { mailbox, message, .. } => (QueuedKind::Expunge, mailbox, Some(message)),
        OpKind::Append { mailbox, message, .. } => (QueuedKind::Append, mailbox, Some(message)),
        OpKind::CreateMailbox { path } => (QueuedKind::CreateMailbox, path, None),
        OpKind::RenameMailbox { to, .. } => (QueuedKind::RenameMailbox, to, None),
        OpKind::DeleteMailbox { path, .. } => (QueuedKind::DeleteMailbox, path, None),
        OpKind::Subscribe { path, subscribed: true } => (QueuedKind::Subscribe, path, None),
        OpKind::Subscribe { path, subscribed: false } => (QueuedKind::Unsubscribe, path, None),
    };
    let subject = match message {
        Some(message) => store.row(message)?.map(|row| row.subject),
        None => None,
    };
    Ok(QueuedOperation { id: id.0, account, kind, mailbox, subject, attempts, reason, not_before: due, under_way })
}

/// The words for what must be done first.
fn waits_for(store: &Store, first: storage::OpId) -> storage::Result<Option<String>> {
    let Some(first) = store.operations().find(first)? else { return Ok(None) };
    let place = first.kind.paths().last().map(ToString::to_string).unwrap_or_default();
    Ok(Some(format!("the copy has not arrived in {}/{place} yet", first.account)))
}
