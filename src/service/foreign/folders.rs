//! Maildirs that other programs make in an account's tree become mailboxes of it, on the server as well. That one
//! goes says nothing: a mailbox without its directory is asked about ([`missing`](crate::service::missing)), and is
//! deleted on the server by nobody but the person.

use crate::mail::account::Account;
use crate::mail::mailbox::MailboxPath;
use crate::protocol::imap::MailboxName;
use crate::service::account::worker::Worker;
use crate::service::dispatch::check_name;
use crate::service::event::Event;
use crate::service::model::Protocol;
use crate::service::state::Result;
use crate::storage::{self, MailboxMeta, NewOperation, OpKind, Operation, Store};
use std::path::PathBuf;

/// Makes mailboxes of what is new. The value are directories in which more may appear.
pub(super) async fn look(worker: &Worker) -> Result<Vec<PathBuf>> {
    let state = worker.state.clone();
    let (others, made) = worker.shared.change(move |store| take_in(store, &state.account)).await?;
    if made > 0 {
        worker.shared.emit(Event::Mailboxes { account: worker.account().to_string() });
        worker.shared.emit(Event::Queue { account: worker.account().to_string() });
        worker.state.work.notify_one();
    }
    Ok(others)
}

fn take_in(store: &Store, account: &Account) -> storage::Result<(Vec<PathBuf>, usize)> {
    let tree = store.tree(&account.name)?;
    let mut made = 0usize;
    for stranger in tree.strangers {
        let Some(meta) = described(store, account, stranger.path.clone())? else { continue };
        // First that the server shall have it: without that a mailbox here is one that the server deleted.
        ask_for(store, account, &meta.path, |_| true)?;
        if store.adopt_stranger(&account.name, &stranger, meta)?.is_some() {
            // Taken in hand before it was here, the wish came to nothing.
            ask_for(store, account, &stranger.path, |asked| asked.attempts == 0)?;
            tracing::info!(account = account.name, mailbox = %stranger.path, "made by another program");
            made = made.saturating_add(1);
        }
    }
    Ok((tree.others, made))
}

/// None where the server could not have it, or nobody knows yet how it names such mailboxes.
fn described(store: &Store, account: &Account, path: MailboxPath) -> storage::Result<Option<MailboxMeta>> {
    let all = store.mailboxes(Some(&account.name))?;
    let delimiter = all.iter().find_map(|mailbox| mailbox.meta.delimiter);
    let is_imap = account.incoming.protocol == Protocol::Imap;
    let has_place = !is_imap || path.depth() == 0 || delimiter.is_some();
    if all.is_empty() || !has_place || check_name(&path).is_err() {
        tracing::debug!(account = account.name, mailbox = %path, "a Maildir that is no mailbox");
        return Ok(None);
    }
    let server_name = MailboxName::from_path(&path, delimiter).0;
    Ok(Some(MailboxMeta { path, server_name, delimiter, role: None, selectable: true, subscribed: true }))
}

/// Queues that the server shall have a mailbox, unless an operation that says so `counts`: a crash came between it and
/// the mailbox.
fn ask_for(
    store: &Store,
    account: &Account,
    path: &MailboxPath,
    counts: impl Fn(&Operation) -> bool,
) -> storage::Result<()> {
    let queue = store.operations();
    let asks = |kind: &OpKind| matches!(kind, OpKind::CreateMailbox { path: wanted } if wanted == path);
    let is_asked = queue.pending(Some(&account.name))?.iter().any(|op| asks(&op.kind) && counts(op));
    if is_asked || account.incoming.protocol != Protocol::Imap {
        return Ok(());
    }
    let kind = OpKind::CreateMailbox { path: path.clone() };
    let new = NewOperation { account: account.name.clone(), kind, not_before: 0, group: queue.new_group()? };
    queue.enqueue(&[new]).map(drop)
}
