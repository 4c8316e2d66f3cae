//! What is stored, as the faces see it.

use super::model::*;
use super::problem::{Problem, ProblemKind};
use super::reason;
use crate::storage::transcripts::{Speaker, TranscriptLine as StoredLine};
use crate::storage::{self, MailboxMeta, OpKind, Operation, OutboxState, Store, StoredMailbox};
use std::collections::HashMap;

pub(super) fn mailbox(stored: StoredMailbox) -> MailboxView {
    let StoredMailbox { id, account, meta, unread, total, .. } = stored;
    let MailboxMeta { path, role, selectable, subscribed, .. } = meta;
    MailboxView { id, account, path, role, selectable, unread, total, subscribed }
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
        OutboxState::Waiting { not_before, reason, .. } => {
            Submission::Waiting { not_before, reason: reason.as_deref().map(reason::read) }
        }
        OutboxState::Sending => Submission::Sending,
        OutboxState::Unknown => Submission::Unknown,
        OutboxState::Refused { reply } => match reason::problem(&reply) {
            Some(problem) => Submission::Refused { reply: String::new(), problem: Some(problem) },
            None => Submission::Refused { reply, problem: None },
        },
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
        _ => reason.as_deref().map(reason::read),
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

/// What must be done first.
fn waits_for(store: &Store, first: storage::OpId) -> storage::Result<Option<Problem>> {
    let Some(first) = store.operations().find(first)? else { return Ok(None) };
    let place = first.kind.paths().last().map(ToString::to_string).unwrap_or_default();
    let kind = ProblemKind::CopyFirst { mailbox: format!("{}/{place}", first.account) };
    Ok(Some(Problem::new(kind, "")))
}

/// Where a part of a path stands among its neighbours.
type Place = (u8, Option<Role>, String, String);

/// Puts mailboxes in the order of the sidebar: by account; Inbox, Drafts, Sent, Archive, the person's own by their
/// names, Junk and Trash. What lies within a mailbox stands right below it.
pub(super) fn put_in_order(all: &mut [MailboxView], accounts: &[String]) {
    let own = |m: &MailboxView| Some(((m.account.clone(), m.path.clone()), m.role?));
    let roles: HashMap<(String, MailboxPath), Role> = all.iter().filter_map(own).collect();
    let part = |account: &str, path: MailboxPath| -> Place {
        let name = path.name().to_string();
        let role = roles.get(&(account.to_string(), path)).copied();
        let rank = match role {
            Some(Role::Inbox) => 0,
            Some(Role::Drafts | Role::Sent | Role::Archive) => 1,
            None => 2,
            Some(Role::Junk | Role::Trash | Role::All | Role::Flagged) => 3,
        };
        (rank, role, name.to_lowercase(), name)
    };
    all.sort_by_cached_key(|mailbox| {
        let mut parts = Vec::new();
        let mut path = Some(mailbox.path.clone());
        while let Some(at) = path {
            path = at.parent();
            // Some servers keep every mailbox below INBOX: that says nothing about its place.
            if !at.is_inbox() || parts.is_empty() {
                parts.push(part(&mailbox.account, at));
            }
        }
        parts.reverse();
        (accounts.iter().position(|name| *name == mailbox.account), parts)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_stand_as_people_look_for_them_and_below_what_holds_them() {
        let mailbox = |account: &str, path: &str, role| MailboxView {
            id: MailboxId(1),
            account: account.into(),
            path: MailboxPath(path.into()),
            role,
            selectable: true,
            unread: 0,
            total: 0,
            subscribed: true,
        };
        let mut all = vec![
            mailbox("eve", "INBOX", Some(Role::Inbox)),
            mailbox("ada", "Trash", Some(Role::Trash)),
            mailbox("ada", "projects/Mill", None),
            mailbox("ada", "projects", None),
            mailbox("ada", "Projects A", None),
            mailbox("ada", "INBOX/Lists", None),
            mailbox("ada", "Archive/2025", None),
            mailbox("ada", "Archive", Some(Role::Archive)),
            mailbox("ada", "Junk", Some(Role::Junk)),
            mailbox("ada", "INBOX", Some(Role::Inbox)),
            mailbox("ada", "Trash/old", None),
        ];
        put_in_order(&mut all, &["ada".into(), "eve".into()]);
        let paths: Vec<&str> = all.iter().map(|m| m.path.0.as_str()).collect();
        let own = ["INBOX/Lists", "projects", "projects/Mill", "Projects A"];
        let expected = [&["INBOX", "Archive", "Archive/2025"][..], &own, &["Junk", "Trash", "Trash/old", "INBOX"]];
        assert_eq!(paths, expected.concat());
    }
}
