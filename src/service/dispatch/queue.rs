//! What a person does with the queue itself: trying again, and taking out.

use super::places::{Change, Effects, change};
use crate::mail::ids::{MailboxId, MessageId};
use crate::service::account::renames::rewrite;
use crate::service::account::worker::Worker;
use crate::service::command::Receipt;
use crate::service::event::Event;
use crate::service::foreign;
use crate::service::problem::Problem;
use crate::service::state::{Result, Shared};
use crate::service::undo::Inverse;
use crate::storage::{self, Error, MailboxMeta, OpId, OpKind, Operation};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Lets a waiting operation be tried now.
pub(super) async fn retry(shared: &Arc<Shared>, id: i64) -> Result<Receipt> {
    let now = shared.now();
    let found = shared
        .db(move |store| {
            let found = store.operations().find(OpId(id))?;
            if found.is_some() {
                store.operations().hasten(OpId(id), now)?;
            }
            Ok(found)
        })
        .await?;
    let account = found.ok_or_else(|| Problem::not_found(format!("operation {id}")))?.account;
    if let Ok(state) = shared.owner(&account) {
        state.work.notify_one();
        // Where there is no connection, it is made now.
        if matches!(state.connection(), crate::service::model::Connection::Failed { .. }) {
            state.refresh.notify_one();
        }
    }
    shared.emit(Event::Queue { account });
    Ok(Receipt { count: 1, ..Receipt::default() })
}

/// Takes a waiting operation out, with what follows on it, and what was shown of it back.
pub(super) async fn cancel(shared: &Arc<Shared>, id: i64) -> Result<Receipt> {
    let found = shared.db(move |store| store.operations().find(OpId(id))).await?;
    let receipt = take_out(shared, id).await?;
    if let Some(state) = found.filter(|op| op.not_before >= foreign::HELD).map(|op| shared.account(&op.account)) {
        state?.refresh.notify_one();
    }
    Ok(receipt)
}

async fn take_out(shared: &Arc<Shared>, id: i64) -> Result<Receipt> {
    change(shared, move |change| {
        let missing = || Error::NotFound(format!("operation {id}"));
        let operation = change.store.operations().find(OpId(id))?.ok_or_else(missing)?;
        let all = followers(change.store, &operation)?;
        if !all.iter().all(|op| change.cancel(op)) {
            return Err(Error::Invalid("it is being carried out at this moment".into()));
        }
        // Of removals that were never carried to the server the messages come again. First that: after a crash in
        // between the mailbox is looked at in vain.
        for operation in all.iter().filter(|op| op.not_before >= foreign::HELD) {
            if let Some(path) = operation.kind.paths().next()
                && let Some(mailbox) = change.store.find_mailbox(&operation.account, path)?
            {
                change.store.expect_all(mailbox.id)?;
            }
        }
        reverse(change, &all, true)?;
        Ok(None)
    })
    .await
}

/// Takes back here what was shown of an operation that will never be done. What waited for it goes with it.
pub(in crate::service) async fn give_up(worker: &Worker, operation: &Operation) -> Result<()> {
    let operation = operation.clone();
    change(&worker.shared, move |change| {
        let waiting: Vec<Operation> =
            dependents(change.store, &operation)?.into_iter().filter(|op| change.cancel(op)).collect();
        reverse(change, &waiting, true)?;
        // The message itself stays where it was wanted: it may be the only one there is.
        reverse(change, std::slice::from_ref(&operation), false)?;
        Ok(None)
    })
    .await
    .map(drop)
}

/// An operation with those that only make sense after it, the latest first.
fn followers(store: &storage::Store, first: &Operation) -> storage::Result<Vec<Operation>> {
    let mut all = dependents(store, first)?;
    if let Some(message) = first.kind.message() {
        let later = |op: &Operation| op.id > first.id && op.kind.message() == Some(message);
        all.extend(store.operations().concerning(&[message])?.into_iter().filter(later));
    }
    all.push(first.clone());
    all.sort_by_key(|op| std::cmp::Reverse(op.id));
    all.dedup_by_key(|op| op.id);
    Ok(all)
}

/// Those that wait until it was carried out.
fn dependents(store: &storage::Store, first: &Operation) -> storage::Result<Vec<Operation>> {
    let mut found = Vec::new();
    for account in store.operations().accounts_after(&[first.id])? {
        let pending = store.operations().pending(Some(&account))?;
        found.extend(pending.into_iter().filter(|op| op.after == Some(first.id)));
    }
    Ok(found)
}

/// Prepares what shows the opposite of operations, records and shows it. `moves`: messages that were moved or copied
/// go back, too.
fn reverse(change: &mut Change<'_>, operations: &[Operation], moves: bool) -> storage::Result<()> {
    let mut way = Way { effects: Effects::default(), numbers: Vec::new(), metas: Vec::new(), gone: BTreeSet::new() };
    for operation in operations {
        way.back(change, operation, moves)?;
    }
    // Shown before the rows go: what is cut in between is carried out, and both sides follow the server.
    let Way { effects, numbers, metas, gone } = way;
    effects.show(change.store)?;
    for (message, uid) in numbers {
        if let (Some((validity, uid)), Some(located)) = (uid, change.store.locate(message)?)
            && let Some(mailbox) = change.store.mailbox(located.mailbox)?
            && mailbox.state.uid_validity == Some(validity)
            && located.uid.is_none()
        {
            change.store.adopt(message, validity, uid, located.server_flags)?;
        }
    }
    for (id, meta) in metas {
        if let Some(mailbox) = change.store.mailbox(id)? {
            if mailbox.meta.path == meta.path {
                change.store.ensure_mailbox(&mailbox.account, &meta)?;
            } else {
                change.store.rename_mailbox(id, &meta)?;
                rewrite(change.store, &mailbox.account, &mailbox.meta.path, &meta.path)?;
            }
        }
    }
    for id in gone {
        change.store.remove_mailbox(id)?;
    }
    change.count = change.count.max(operations.len());
    change.record().map(drop)
}

/// What shows the opposite.
struct Way {
    effects: Effects,
    numbers: Vec<(MessageId, storage::ServerUid)>,
    metas: Vec<(MailboxId, MailboxMeta)>,
    gone: BTreeSet<MailboxId>,
}

impl Way {
    fn back(&mut self, change: &mut Change<'_>, operation: &Operation, moves: bool) -> storage::Result<()> {
        let (store, account) = (change.store, &operation.account);
        let located = match operation.kind.message() {
            Some(message) => store.locate(message)?,
            None => None,
        };
        change.touched.extend(located.as_ref().map(|l| l.mailbox));
        match (&operation.kind, located) {
            (OpKind::SetFlags { message, .. }, Some(located)) if !moves => {
                self.effects.flags.push((*message, located.server_flags));
            }
            (OpKind::SetFlags { message, add, remove, add_keywords, remove_keywords, .. }, Some(located)) => {
                let table = store.learn_keywords(located.mailbox, remove_keywords)?;
                let (back, away) = (table.flags(remove_keywords).union(*remove), table.flags(add_keywords).union(*add));
                self.effects.flags.push((*message, located.flags.union(back).without(away)));
            }
            (OpKind::Move { message, from, uid, .. }, Some(_)) if moves => {
                if let Some(home) = store.find_mailbox(account, from)? {
                    self.effects.moves.retain(|_, ids| {
                        ids.retain(|id| id != message);
                        !ids.is_empty()
                    });
                    self.effects.moves.entry(home.id).or_default().push(*message);
                    self.numbers.push((*message, *uid));
                    change.touched.insert(home.id);
                }
            }
            (OpKind::Copy { message, .. }, Some(_)) if moves => self.remove(*message),
            (OpKind::Append { message, .. }, Some(_)) if moves => self.append(change, operation, *message)?,
            (OpKind::Expunge { message, .. }, Some(_)) => self.effects.unhold.push(*message),
            (OpKind::CreateMailbox { path }, _) if moves => {
                if let Some(mailbox) = store.find_mailbox(account, path)? {
                    refuse_if_used(change, operation, mailbox.id)?;
                    self.gone.insert(mailbox.id);
                }
            }
            (OpKind::RenameMailbox { mailbox, from, .. }, _) => {
                if let Some(found) = store.mailbox(*mailbox)? {
                    let is_free = store.find_mailbox(account, from)?.is_none();
                    let path = if is_free { from.clone() } else { found.meta.path.clone() };
                    self.metas.push((*mailbox, MailboxMeta { path, ..found.meta }));
                    change.touched.insert(*mailbox);
                }
            }
            (OpKind::Subscribe { path, subscribed }, _) => {
                if let Some(found) = store.find_mailbox(account, path)? {
                    change.touched.insert(found.id);
                    self.metas.push((found.id, MailboxMeta { subscribed: !subscribed, ..found.meta }));
                }
            }
            (OpKind::DeleteMailbox { mailbox, .. }, _) => drop(change.touched.insert(*mailbox)),
            _ => {}
        }
        Ok(())
    }

    fn remove(&mut self, message: MessageId) {
        self.effects.hold.push(message);
        self.effects.drop.push(message);
    }

    /// What the message came here by says what its opposite is: a copy goes, what was moved goes back, and what was
    /// written or sent here stays, for it is the only one.
    fn append(&mut self, change: &Change<'_>, operation: &Operation, message: MessageId) -> storage::Result<()> {
        let Some(json) = change.store.undo_log().of_group(operation.group)? else { return Ok(()) };
        let inverse: Inverse = serde_json::from_str(&json).unwrap_or_default();
        if inverse.copied.contains(&message.0) {
            self.remove(message);
        } else if let Some(moved) = inverse.moved.iter().find(|moved| moved.message == message.0)
            && let Some(home) = change.store.find_mailbox(&moved.account, &moved.from)?
        {
            self.effects.moves.entry(home.id).or_default().push(message);
        }
        Ok(())
    }
}

/// A mailbox that is not made after all must not be needed.
fn refuse_if_used(change: &Change<'_>, operation: &Operation, mailbox: MailboxId) -> storage::Result<()> {
    let Some(found) = change.store.mailbox(mailbox)? else { return Ok(()) };
    let path = &found.meta.path;
    let pending = change.store.operations().pending(Some(&operation.account))?;
    let is_needed = pending.iter().any(|op| op.id != operation.id && op.kind.paths().any(|p| p.is_within(path)));
    if found.total > 0 || is_needed {
        return Err(Error::Invalid(format!("{path} is in use by now")));
    }
    Ok(())
}
