//! Taking a change back: the inverse of each command lies in the log beside its operations. What the
//! server has not heard of is simply cancelled; what it has is answered by the opposite operation.

use super::command::Receipt;
use super::event::Event;
use super::model::Protocol;
use super::problem::Problem;
use super::state::{AccountState, Result, Shared, locked};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use crate::storage::{self, NewOperation, OpKind, Operation, ServerUid, Store};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Seconds for which inverses are kept: a day.
pub(super) const KEPT: i64 = 24 * 60 * 60;

/// What takes one command back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Inverse {
    /// Flags that were added and removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<FlagChange>,
    /// Messages that were moved, with where from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Moved>,
    /// Messages that are held, to be deleted for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<u64>,
    /// Copies that were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copied: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FlagChange {
    pub message: u64,
    /// Without keywords: their bits differ between mailboxes.
    pub added: Flags,
    pub removed: Flags,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added_keywords: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_keywords: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    pub message: u64,
    pub account: String,
    pub from: MailboxPath,
}

impl Inverse {
    pub fn is_empty(&self) -> bool {
        *self == Inverse::default()
    }
    fn messages(&self) -> impl Iterator<Item = MessageId> + '_ {
        let flags = self.flags.iter().map(|f| f.message);
        let moved = self.moved.iter().map(|m| m.message);
        let rest = self.held.iter().chain(&self.copied).copied();
        flags.chain(moved).chain(rest).map(MessageId)
    }
}

/// Takes a command back.
///
/// # Errors
/// [`ProblemKind::NotFound`](super::ProblemKind::NotFound) where it was taken back already or too long ago.
pub(super) async fn undo(shared: &Arc<Shared>, token: i64) -> Result<Receipt> {
    let not_found = || Problem::not_found("the change to take back");
    let (group, json) = shared.db(move |store| store.undo_log().take(token)).await?.ok_or_else(not_found)?;
    let inverse: Inverse = serde_json::from_str(&json).map_err(|_| not_found())?;
    let accounts: BTreeMap<String, Arc<AccountState>> =
        shared.accounts().into_iter().map(|state| (state.name().to_string(), state)).collect();
    let count = inverse.messages().count();
    let names = accounts.clone();
    let touched = shared.change(move |store| take_back(store, &names, group, &inverse)).await?;
    for mailbox in touched {
        shared.emit(Event::Mailbox { id: mailbox });
    }
    for state in accounts.values() {
        shared.emit(Event::Mailboxes { account: state.name().to_string() });
        state.work.notify_one();
    }
    Ok(Receipt { count, ..Receipt::default() })
}

/// What was cancelled of a command: it never reached a server.
struct Cancelled(Vec<OpKind>);

impl Cancelled {
    fn has(&self, id: MessageId, wanted: impl Fn(&OpKind) -> bool) -> bool {
        self.0.iter().any(|kind| message_of(kind) == Some(id) && wanted(kind))
    }
    /// The number of a message whose move was cancelled.
    fn number(&self, id: MessageId) -> ServerUid {
        self.0.iter().find_map(|kind| match kind {
            OpKind::Move { message, uid, .. } if *message == id => *uid,
            _ => None,
        })
    }
}

fn message_of(kind: &OpKind) -> Option<MessageId> {
    match kind {
        OpKind::SetFlags { message, .. }
        | OpKind::Move { message, .. }
        | OpKind::Copy { message, .. }
        | OpKind::Expunge { message, .. }
        | OpKind::Append { message, .. } => Some(*message),
        OpKind::CreateMailbox { .. } => None,
    }
}

fn take_back(
    store: &Store,
    accounts: &BTreeMap<String, Arc<AccountState>>,
    group: i64,
    inverse: &Inverse,
) -> storage::Result<BTreeSet<MailboxId>> {
    let cancelled = cancel(store, accounts, store.operations().of_group(group)?)?;
    let mut back = Back { store, accounts, cancelled, operations: Vec::new(), touched: BTreeSet::new() };
    inverse.flags.iter().try_for_each(|change| back.flags(change))?;
    inverse.moved.iter().try_for_each(|moved| back.moved(moved))?;
    inverse.held.iter().try_for_each(|id| back.held(MessageId(*id)))?;
    inverse.copied.iter().try_for_each(|id| back.copied(MessageId(*id)))?;
    let new_group = store.operations().new_group()?;
    let new: Vec<NewOperation> = back
        .operations
        .into_iter()
        .map(|(account, kind)| NewOperation { account, kind, not_before: 0, group: new_group })
        .collect();
    if !new.is_empty() {
        store.operations().enqueue(&new)?;
    }
    Ok(back.touched)
}

/// Takes operations out of the queue, but for those that are under way.
fn cancel(
    store: &Store,
    accounts: &BTreeMap<String, Arc<AccountState>>,
    operations: Vec<Operation>,
) -> storage::Result<Cancelled> {
    let mut cancelled = Vec::new();
    for operation in operations {
        // A mailbox that was made stays: others may be in it by now. What was tried may have been done.
        if matches!(operation.kind, OpKind::CreateMailbox { .. }) || operation.attempts > 0 {
            continue;
        }
        let in_flight = accounts.get(&operation.account).map(|state| locked(&state.in_flight));
        let is_under_way = in_flight.as_ref().is_some_and(|ids| ids.contains(&operation.id));
        if !is_under_way && store.operations().cancel(operation.id)? {
            cancelled.push(operation.kind);
        }
    }
    Ok(Cancelled(cancelled))
}

/// The way back of one command.
struct Back<'a> {
    store: &'a Store,
    accounts: &'a BTreeMap<String, Arc<AccountState>>,
    cancelled: Cancelled,
    operations: Vec<(String, OpKind)>,
    touched: BTreeSet<MailboxId>,
}

impl Back<'_> {
    fn is_imap(&self, account: &str) -> bool {
        self.accounts.get(account).is_some_and(|state| state.account.incoming.protocol == Protocol::Imap)
    }

    fn flags(&mut self, change: &FlagChange) -> storage::Result<()> {
        let message = MessageId(change.message);
        let Some(located) = self.store.locate(message)? else { return Ok(()) };
        self.touched.insert(located.mailbox);
        let table = self.store.learn_keywords(located.mailbox, &change.removed_keywords)?;
        let add = change.removed.union(table.flags(&change.removed_keywords));
        let remove = change.added.union(table.flags(&change.added_keywords));
        let is_known = !self.cancelled.has(message, |kind| matches!(kind, OpKind::SetFlags { .. }));
        if is_known
            && self.is_imap(&located.account)
            && let Some(mailbox) = self.store.mailbox(located.mailbox)?
        {
            let kind = OpKind::SetFlags {
                mailbox: mailbox.meta.path,
                message,
                uid: located.uid,
                add: change.removed,
                remove: change.added,
                add_keywords: change.removed_keywords.clone(),
                remove_keywords: change.added_keywords.clone(),
            };
            self.operations.push((located.account, kind));
        }
        self.store.set_local_flags(&[(message, located.flags.union(add).without(remove))])
    }

    fn moved(&mut self, moved: &Moved) -> storage::Result<()> {
        let message = MessageId(moved.message);
        let Some(located) = self.store.locate(message)? else { return Ok(()) };
        let Some(home) = self.store.find_mailbox(&moved.account, &moved.from)? else { return Ok(()) };
        let Some(here) = self.store.mailbox(located.mailbox)? else { return Ok(()) };
        self.touched.extend([home.id, here.id]);
        let number = self.cancelled.number(message);
        let never_told =
            self.cancelled.has(message, |kind| matches!(kind, OpKind::Move { .. } | OpKind::Append { .. }));
        if !never_told && self.is_imap(&moved.account) {
            let kind = OpKind::Move {
                message,
                message_id: located.message_id.clone(),
                size: located.size,
                from: here.meta.path,
                uid: located.uid,
                to: moved.from.clone(),
            };
            self.operations.push((moved.account.clone(), kind));
        }
        self.store.move_local(&[message], home.id)?;
        if let Some((validity, uid)) = number.filter(|(v, _)| home.state.uid_validity == Some(*v)) {
            self.store.adopt(message, validity, uid, located.server_flags)?;
        }
        Ok(())
    }

    fn held(&mut self, message: MessageId) -> storage::Result<()> {
        let Some(located) = self.store.locate(message)?.filter(|l| l.held) else { return Ok(()) };
        let is_local = !self.is_imap(&located.account);
        if is_local || self.cancelled.has(message, |kind| matches!(kind, OpKind::Expunge { .. })) {
            self.touched.insert(located.mailbox);
            self.store.unhold(&[message])?;
        }
        Ok(())
    }

    fn copied(&mut self, message: MessageId) -> storage::Result<()> {
        let Some(located) = self.store.locate(message)? else { return Ok(()) };
        self.touched.insert(located.mailbox);
        let never_told =
            self.cancelled.has(message, |kind| matches!(kind, OpKind::Copy { .. } | OpKind::Append { .. }));
        let Some(mailbox) = self.store.mailbox(located.mailbox)? else { return Ok(()) };
        if !never_told && self.is_imap(&located.account) {
            let (uid, message_id) = (located.uid, located.message_id);
            let kind = OpKind::Expunge { message, mailbox: mailbox.meta.path, uid, message_id };
            self.operations.push((located.account, kind));
            return self.store.hold(&[message]);
        }
        self.store.hold(&[message])?;
        self.store.drop_held(&[message])
    }
}
