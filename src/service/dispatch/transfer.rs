//! Messages moved, copied, deleted.

use super::places::{Change, change};
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::Role;
use crate::service::command::{Receipt, UndoToken};
use crate::service::state::{Result, Shared};
use crate::service::submission::role_mailbox;
use crate::service::undo::Moved;
use crate::storage::{self, Located, OpKind, StoredMailbox};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Seconds in which a deletion for good can be taken back.
const UNDO: i64 = 10;

pub(super) async fn to_mailbox(shared: &Arc<Shared>, ids: Vec<MessageId>, to: MailboxId) -> Result<Receipt> {
    change(shared, move |change| {
        let target = change.store.mailbox(to)?.ok_or_else(|| not_found(to))?;
        let mut plan = Plan::default();
        for located in located(change, &ids)? {
            plan.add(change, located, &target)?;
        }
        plan.carry_out(change)
    })
    .await
}

pub(super) async fn to_role(shared: &Arc<Shared>, ids: Vec<MessageId>, role: Role) -> Result<Receipt> {
    change(shared, move |change| {
        let mut plan = Plan::default();
        for located in located(change, &ids)? {
            let target = plan.role(change, &located.account, role)?;
            plan.add(change, located, &target)?;
        }
        plan.carry_out(change)
    })
    .await
}

/// To the Trash; what lies there is held back and removed for good when nobody took that back.
pub(super) async fn delete(shared: &Arc<Shared>, ids: Vec<MessageId>) -> Result<Receipt> {
    change(shared, move |change| {
        let mut plan = Plan::default();
        for located in located(change, &ids)? {
            let trash = plan.role(change, &located.account, Role::Trash)?;
            if located.mailbox == trash.id {
                plan.hold(change, located, &trash);
            } else {
                plan.add(change, located, &trash)?;
            }
        }
        plan.carry_out(change)
    })
    .await
}

pub(super) async fn copy(shared: &Arc<Shared>, ids: Vec<MessageId>, to: MailboxId) -> Result<Receipt> {
    change(shared, move |change| {
        let target = change.store.mailbox(to)?.ok_or_else(|| not_found(to))?;
        let sources = located(change, &ids)?;
        copy_all(change, &sources, &target)?;
        change.count = sources.len();
        change.record()
    })
    .await
}

fn not_found(id: MailboxId) -> storage::Error {
    storage::Error::NotFound(format!("mailbox {}", id.0))
}

fn located(change: &Change<'_>, ids: &[MessageId]) -> storage::Result<Vec<Located>> {
    let mut out = Vec::with_capacity(ids.len());
    for id in ids {
        out.extend(change.store.locate(*id)?.filter(|l| !l.held));
    }
    Ok(out)
}

/// Copies, with what the target's server must hear of it. The copies are here when this returns.
fn copy_all(change: &mut Change<'_>, sources: &[Located], target: &StoredMailbox) -> storage::Result<()> {
    let ids: Vec<MessageId> = sources.iter().map(|l| l.id).collect();
    let copies = change.store.copy_local(&ids, target.id)?;
    let mut paths = HashMap::new();
    for (source, copy) in sources.iter().zip(copies) {
        change.inverse.copied.push(copy.0);
        if !change.is_imap(&target.account) {
            continue;
        }
        let from = match paths.entry(source.mailbox) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let mailbox = change.store.mailbox(source.mailbox)?.ok_or_else(|| not_found(source.mailbox))?;
                place.insert(mailbox.meta.path)
            }
        };
        let to = target.meta.path.clone();
        let kind = match from {
            from if source.account == target.account && source.uid.is_some() => OpKind::Copy {
                message: copy,
                source: source.id,
                message_id: source.message_id.clone(),
                size: source.size,
                from: from.clone(),
                uid: source.uid,
                to,
            },
            // The target's server has never seen it.
            _ => OpKind::Append { message: copy, mailbox: to, flags: source.flags },
        };
        change.queue(&target.account, kind);
    }
    change.touched.insert(target.id);
    Ok(())
}

/// What goes where.
#[derive(Default)]
struct Plan {
    moves: Vec<(MessageId, MailboxId)>,
    holds: Vec<MessageId>,
    /// Between accounts: copied, and the original then goes to its own Trash.
    across: Vec<(Located, StoredMailbox)>,
    roles: BTreeMap<(String, Role), StoredMailbox>,
    mailboxes: HashMap<MailboxId, StoredMailbox>,
    /// Messages that a queued operation will give a number.
    expected: Option<HashSet<MessageId>>,
}

impl Plan {
    /// The account's mailbox of a role, made where there is none.
    fn role(&mut self, change: &mut Change<'_>, account: &str, role: Role) -> storage::Result<StoredMailbox> {
        let key = (account.to_string(), role);
        if let Some(found) = self.roles.get(&key) {
            return Ok(found.clone());
        }
        let (mailbox, operations) = role_mailbox(change.store, account, role, change.is_imap(account))?;
        operations.into_iter().for_each(|kind| change.queue(account, kind));
        self.roles.insert(key, mailbox.clone());
        Ok(mailbox)
    }

    fn mailbox(&mut self, change: &Change<'_>, id: MailboxId) -> storage::Result<StoredMailbox> {
        if let Some(found) = self.mailboxes.get(&id) {
            return Ok(found.clone());
        }
        let found = change.store.mailbox(id)?.ok_or_else(|| not_found(id))?;
        self.mailboxes.insert(id, found.clone());
        Ok(found)
    }

    /// Whether something queued will bring the message to the server.
    fn is_expected(&mut self, change: &Change<'_>, id: MessageId) -> storage::Result<bool> {
        if self.expected.is_none() {
            let pending = change.store.operations().pending(None)?;
            let messages = pending.into_iter().filter_map(|op| match op.kind {
                OpKind::Move { message, .. } | OpKind::Copy { message, .. } | OpKind::Append { message, .. } => {
                    Some(message)
                }
                _ => None,
            });
            self.expected = Some(messages.collect());
        }
        Ok(self.expected.as_ref().is_some_and(|ids| ids.contains(&id)))
    }

    fn add(&mut self, change: &mut Change<'_>, located: Located, target: &StoredMailbox) -> storage::Result<()> {
        if located.mailbox == target.id {
            return Ok(());
        }
        let source = self.mailbox(change, located.mailbox)?;
        if located.account != target.account {
            self.across.push((located, target.clone()));
            return Ok(());
        }
        if change.is_imap(&located.account) {
            let (message, to) = (located.id, target.meta.path.clone());
            let kind = if located.uid.is_none() && !self.is_expected(change, message)? {
                OpKind::Append { message, mailbox: to, flags: located.flags }
            } else {
                OpKind::Move {
                    message,
                    message_id: located.message_id.clone(),
                    size: located.size,
                    from: source.meta.path.clone(),
                    uid: located.uid,
                    to,
                }
            };
            change.queue(&located.account, kind);
        }
        let (account, from) = (located.account, source.meta.path);
        change.inverse.moved.push(Moved { message: located.id.0, account, from });
        change.touched.extend([source.id, target.id]);
        self.moves.push((located.id, target.id));
        Ok(())
    }

    fn hold(&mut self, change: &mut Change<'_>, located: Located, trash: &StoredMailbox) {
        let (message, uid, message_id) = (located.id, located.uid, located.message_id);
        let kind = OpKind::Expunge { message, mailbox: trash.meta.path.clone(), uid, message_id };
        let not_before = change.now.saturating_add(UNDO);
        change.queue_at(&located.account, kind, not_before);
        change.inverse.held.push(message.0);
        change.touched.insert(trash.id);
        self.holds.push(message);
    }

    fn carry_out(mut self, change: &mut Change<'_>) -> storage::Result<Option<UndoToken>> {
        change.count = self.moves.len().saturating_add(self.holds.len()).saturating_add(self.across.len());
        // The copy is durable before the original goes, and the original goes no farther than its Trash.
        for (located, target) in std::mem::take(&mut self.across) {
            copy_all(change, std::slice::from_ref(&located), &target)?;
            let trash = self.role(change, &located.account, Role::Trash)?;
            self.add(change, located, &trash)?;
        }
        let undo = change.record()?;
        let mut by_target: BTreeMap<MailboxId, Vec<MessageId>> = BTreeMap::new();
        for (id, target) in self.moves {
            by_target.entry(target).or_default().push(id);
        }
        for (target, ids) in by_target {
            change.store.move_local(&ids, target)?;
        }
        if !self.holds.is_empty() {
            change.store.hold(&self.holds)?;
        }
        Ok(undo)
    }
}
