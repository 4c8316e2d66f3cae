//! What a server took goes into Sent: here at once, on the server by an operation that looks first.

use super::draft_of;
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::protocol::imap::MailboxName;
use crate::service::account::worker::Worker;
use crate::service::event::Event;
use crate::service::model::{DraftOrigin, Protocol};
use crate::service::state::Result;
use crate::storage::{
    self, Incoming, IncomingBody, MailboxMeta, NewOperation, OpKind, OutboxState, Store, StoredMailbox,
};

/// Files an entry of which the server took something; one that was taken for all leaves the Outbox.
/// Safe to repeat from any point.
pub(super) async fn file(worker: &Worker, id: i64) -> Result<()> {
    let (account, now) = (worker.account().to_string(), worker.shared.now());
    let is_imap = worker.state.account.incoming.protocol == Protocol::Imap;
    let touched = worker.shared.change(move |store| file_stored(store, &account, is_imap, id, now)).await?;
    touched.into_iter().for_each(|mailbox| worker.changed(mailbox));
    worker.shared.emit(Event::Outbox { id });
    worker.state.work.notify_one();
    Ok(())
}

fn file_stored(
    store: &Store,
    account: &str,
    is_imap: bool,
    id: i64,
    now: i64,
) -> storage::Result<Vec<crate::mail::ids::MailboxId>> {
    let Some(item) = store.outbox().item(id)? else { return Ok(Vec::new()) };
    let (sent, mut operations) = role_mailbox(store, account, Role::Sent, is_imap)?;
    let mut touched = vec![sent.id];
    let mut filed: Option<MessageId> = None;
    for found in store.find_message_id(account, &item.message_id)? {
        if store.locate(found)?.is_some_and(|l| l.mailbox == sent.id) {
            filed = Some(found);
        }
    }
    let filed = match filed {
        Some(filed) => filed,
        None => {
            let body = IncomingBody::Bytes(store.outbox().raw(id)?);
            let copy = Incoming { uid: None, flags: Flags::SEEN, internal_date: Some(now), body };
            let ids = store.deliver(sent.id, vec![copy])?;
            *ids.first().ok_or_else(|| storage::Error::Invalid("the copy in Sent was not stored".into()))?
        }
    };
    let on_server = store.locate(filed)?.is_some_and(|l| l.uid.is_some());
    let pending = store.operations().pending(Some(account))?;
    let is_queued = pending.iter().any(|op| matches!(op.kind, OpKind::Append { message, .. } if message == filed));
    if is_imap && !on_server && !is_queued {
        operations.push(OpKind::Append { message: filed, mailbox: sent.meta.path.clone(), flags: Flags::SEEN });
    }
    let draft = draft_of(&item);
    if let Some(draft) = &draft {
        let (more, mailbox) = of_origin(store, is_imap, &draft.origin)?;
        operations.extend(more);
        touched.extend(mailbox);
    }
    enqueue(store, account, operations)?;
    if matches!(item.state, OutboxState::Accepted { .. }) {
        store.outbox().remove(id)?;
        if let Some(draft) = draft {
            store.drafts().remove(&draft.id)?;
        }
    }
    Ok(touched)
}

/// What sending means for the message that was answered, forwarded or edited.
fn of_origin(
    store: &Store,
    is_imap: bool,
    origin: &DraftOrigin,
) -> storage::Result<(Vec<OpKind>, Option<crate::mail::ids::MailboxId>)> {
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
) -> storage::Result<(Vec<OpKind>, Option<crate::mail::ids::MailboxId>)> {
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
