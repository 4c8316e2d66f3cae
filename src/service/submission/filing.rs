//! What a server took goes into Sent: here at once, on the server by an operation that looks first.

use super::draft_of;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::{MailboxPath, Role};
use crate::protocol::imap::MailboxName;
use crate::service::account::worker::Worker;
use crate::service::event::Event;
use crate::service::model::{Draft, DraftOrigin, Protocol};
use crate::service::state::Result;
use crate::storage::{
    self, Incoming, IncomingBody, MailboxMeta, NewOperation, OpKind, OutboxItem, OutboxState, Store, StoredMailbox,
};
use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// A larger message is copied from file to file, never held in memory.
const SMALL: u64 = 256 * 1024;

/// Files entries of which the server took something; those that were taken for all leave the Outbox.
/// Safe to repeat from any point.
pub(super) async fn file(worker: &Worker, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let (account, now) = (worker.account().to_string(), worker.shared.now());
    let is_imap = worker.state.account.incoming.protocol == Protocol::Imap;
    let all = ids.to_vec();
    let work = move |store: &Store| Filing::new(store, &account, is_imap)?.file(&all, now);
    let touched = worker.shared.change(work).await?;
    touched.into_iter().for_each(|mailbox| worker.changed(mailbox));
    ids.iter().for_each(|id| worker.shared.emit(Event::Outbox { id: *id }));
    worker.state.work.notify_one();
    Ok(())
}

/// Entries of one account on their way into Sent.
struct Filing<'a> {
    store: &'a Store,
    account: &'a str,
    is_imap: bool,
    sent: StoredMailbox,
    operations: Vec<OpKind>,
    touched: BTreeSet<MailboxId>,
    /// Messages that wait to be brought to the server.
    queued: HashSet<MessageId>,
}

impl Filing<'_> {
    fn new<'a>(store: &'a Store, account: &'a str, is_imap: bool) -> storage::Result<Filing<'a>> {
        let (sent, operations) = role_mailbox(store, account, Role::Sent, is_imap)?;
        let appended = |op: storage::Operation| match op.kind {
            OpKind::Append { message, .. } => Some(message),
            _ => None,
        };
        let queued = store.operations().pending(Some(account))?.into_iter().filter_map(appended).collect();
        let touched = BTreeSet::from([sent.id]);
        Ok(Filing { store, account, is_imap, sent, operations, touched, queued })
    }

    fn file(mut self, ids: &[i64], now: i64) -> storage::Result<BTreeSet<MailboxId>> {
        let entries = self.store.outbox().with_files(ids)?;
        let message_ids: Vec<&str> = entries.iter().map(|(item, _)| item.message_id.as_str()).collect();
        // Those that were filed before a crash.
        let filed = self.store.find_message_ids_in(self.sent.id, &message_ids)?;
        let mut new = Vec::with_capacity(entries.len());
        for ((item, path), _) in entries.iter().zip(&filed).filter(|(_, filed)| filed.is_none()) {
            let body = self.body(item, path)?;
            new.push(Incoming { uid: None, flags: Flags::SEEN, internal_date: Some(now), body });
        }
        let mut copies: Vec<MessageId> = filed.into_iter().flatten().collect();
        copies.extend(self.store.deliver(self.sent.id, new)?);
        if self.is_imap {
            for message in self.store.without_number(&copies)? {
                if self.queued.insert(message) {
                    let mailbox = self.sent.meta.path.clone();
                    self.operations.push(OpKind::Append { message, mailbox, flags: Flags::SEEN });
                }
            }
        }
        let items: Vec<OutboxItem> = entries.into_iter().map(|(item, _)| item).collect();
        let drafts: Vec<Option<Draft>> = items.iter().map(draft_of).collect();
        for draft in drafts.iter().flatten() {
            let (more, mailbox) = of_origin(self.store, self.is_imap, &draft.origin)?;
            self.operations.extend(more);
            self.touched.extend(mailbox);
        }
        enqueue(self.store, self.account, self.operations)?;
        let is_done = |item: &OutboxItem| matches!(item.state, OutboxState::Accepted { .. });
        let done: Vec<i64> = items.iter().filter(|item| is_done(item)).map(|item| item.id).collect();
        self.store.outbox().remove_all(&done)?;
        for (_, draft) in items.iter().zip(&drafts).filter(|(item, _)| is_done(item)) {
            if let Some(draft) = draft {
                self.store.drafts().remove(&draft.id)?;
            }
        }
        Ok(self.touched)
    }

    /// The copy: the message as it was sent and, above it, to whom it went in secret.
    fn body(&self, item: &OutboxItem, path: &Path) -> storage::Result<IncomingBody> {
        let bcc = item.bcc.as_deref().unwrap_or_default();
        // What was sent lies on the disk since it was queued, and leaves the Outbox now.
        if bcc.is_empty() && matches!(item.state, OutboxState::Accepted { .. }) {
            return Ok(IncomingBody::Durable(path.to_path_buf(), item.sha256));
        }
        if item.size <= SMALL {
            let raw = std::fs::read(path).map_err(|e| storage::Error::io(path, e))?;
            return Ok(IncomingBody::Bytes([bcc.as_bytes(), &raw].concat()));
        }
        let mut copy = self.store.scratch(self.sent.id)?;
        let copied = File::open(path).and_then(|mut message| {
            copy.write_all(bcc.as_bytes())?;
            std::io::copy(&mut message, copy.as_file_mut())
        });
        copied.map_err(|e| storage::Error::io(path, e))?;
        Ok(IncomingBody::File(copy))
    }
}

/// What sending means for the message that was answered, forwarded or edited.
fn of_origin(store: &Store, is_imap: bool, origin: &DraftOrigin) -> storage::Result<(Vec<OpKind>, Option<MailboxId>)> {
    let (id, flag) = match origin {
        DraftOrigin::New => return Ok((Vec::new(), None)),
        DraftOrigin::Reply(id) => (MessageId(*id), Flags::ANSWERED),
        DraftOrigin::Forward(id) => (MessageId(*id), Flags::FORWARDED),
        DraftOrigin::Draft(id) => return remove_draft(store, is_imap, MessageId(*id)),
    };
    let Some(located) = store.locate(id)?.filter(|l| !l.flags.contains(flag)) else { return Ok((Vec::new(), None)) };
    let Some(mailbox) = store.mailbox(located.mailbox)? else { return Ok((Vec::new(), None)) };
    let mut operations = Vec::new();
    if is_imap {
        let (add, remove) = (flag, Flags::empty());
        let mailbox = mailbox.meta.path;
        operations.push(OpKind::set_flags(mailbox, id, located.uid, add, remove));
    }
    store.set_local_flags(&[(id, located.flags.union(flag))])?;
    Ok((operations, Some(located.mailbox)))
}

/// The message of the Drafts mailbox that was edited has done its duty.
pub(in crate::service) fn remove_draft(
    store: &Store,
    is_imap: bool,
    id: MessageId,
) -> storage::Result<(Vec<OpKind>, Option<MailboxId>)> {
    let Some(located) = store.locate(id)?.filter(|l| !l.held) else { return Ok((Vec::new(), None)) };
    let Some(mailbox) = store.mailbox(located.mailbox)?.filter(|m| m.meta.role == Some(Role::Drafts)) else {
        return Ok((Vec::new(), None));
    };
    let mut operations = Vec::new();
    if is_imap {
        let (uid, message_id) = (located.uid, located.message_id);
        operations.push(OpKind::Expunge { message: id, mailbox: mailbox.meta.path, uid, message_id });
    }
    store.hold(&[id])?;
    if !is_imap {
        store.drop_held(&[id])?;
    }
    Ok((operations, Some(located.mailbox)))
}

pub(in crate::service) fn enqueue(store: &Store, account: &str, kinds: Vec<OpKind>) -> storage::Result<()> {
    if kinds.is_empty() {
        return Ok(());
    }
    let group = store.operations().new_group()?;
    let account = account.to_string();
    let new: Vec<NewOperation> =
        kinds.into_iter().map(|kind| NewOperation { account: account.clone(), kind, not_before: 0, group }).collect();
    store.operations().enqueue(&new).map(drop)
}

/// The mailbox that plays a role, made where there is none; with the operation that makes it on the server.
pub(in crate::service) fn role_mailbox(
    store: &Store,
    account: &str,
    role: Role,
    is_imap: bool,
) -> storage::Result<(StoredMailbox, Vec<OpKind>)> {
    let all = store.mailboxes(Some(account))?;
    if let Some(found) = all.iter().find(|m| m.meta.role == Some(role) && m.meta.selectable) {
        return Ok((found.clone(), Vec::new()));
    }
    let name = match role {
        Role::Inbox => "INBOX",
        Role::Drafts => "Drafts",
        Role::Sent => "Sent",
        Role::Archive => "Archive",
        Role::Junk => "Junk",
        Role::Trash => "Trash",
        Role::All => "All",
        Role::Flagged => "Flagged",
    };
    // On servers whose every mailbox lies below INBOX a new one must, too.
    let others = || all.iter().filter(|m| !m.meta.path.is_inbox());
    let below = others().next().is_some() && others().all(|m| m.meta.path.0.starts_with("INBOX/"));
    let path = MailboxPath(if below { format!("INBOX/{name}") } else { name.to_string() });
    let delimiter = all.iter().find_map(|m| m.meta.delimiter);
    let server_name = MailboxName::from_path(&path, delimiter).0;
    let (path_here, role) = (path.clone(), Some(role));
    let meta = MailboxMeta { path: path_here, server_name, delimiter, role, selectable: true, subscribed: true };
    let id = store.ensure_mailbox(account, &meta)?;
    let made = store.mailbox(id)?.ok_or_else(|| storage::Error::NotFound(path.to_string()))?;
    let operations = if is_imap { vec![OpKind::CreateMailbox { path }] } else { Vec::new() };
    Ok((made, operations))
}
