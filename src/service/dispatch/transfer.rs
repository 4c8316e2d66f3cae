//! Messages moved, copied, deleted.

use super::places::{Change, Effects, change};
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::{MailboxPath, Role};
use crate::service::account;
use crate::service::command::{Receipt, UndoToken};
use crate::service::model::UndoKind;
use crate::service::state::{Result, Shared};
use crate::service::submission::role_mailbox;
use crate::service::undo::{Inverse, Moved};
use crate::storage::{self, Identity, Known, Located, OpKind, Operation, StoredMailbox};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Seconds in which a deletion for good can be taken back.
const UNDO: i64 = 10;

pub(super) async fn to_mailbox(shared: &Arc<Shared>, ids: Vec<MessageId>, to: MailboxId) -> Result<Receipt> {
    account::fetch_whole_for(shared, &ids, to).await?;
    change(shared, move |change| {
        let target = change.store.mailbox(to)?.ok_or_else(|| not_found(to))?;
        change.inverse = Inverse::of(UndoKind::Move);
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
        change.inverse = Inverse::of(UndoKind::Move);
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
        change.inverse = Inverse::of(UndoKind::Delete);
        let mut plan = Plan::default();
        for located in located(change, &ids)? {
            let trash = plan.role(change, &located.account, Role::Trash)?;
            if located.mailbox == trash.id {
                plan.hold(change, located, trash.meta.path.clone());
            } else {
                plan.add(change, located, &trash)?;
            }
        }
        plan.carry_out(change)
    })
    .await
}

/// Everything in a mailbox: in Trash, Junk and what lies below them for good, elsewhere into the Trash.
pub(super) async fn empty(shared: &Arc<Shared>, mailbox: MailboxId) -> Result<Receipt> {
    change(shared, move |change| {
        let mailbox = change.store.mailbox(mailbox)?.ok_or_else(|| not_found(mailbox))?;
        change.inverse = Inverse::of(UndoKind::Delete);
        let mut plan = Plan::default();
        plan.empty(change, &mailbox)?;
        plan.carry_out(change)
    })
    .await
}

pub(super) async fn copy(shared: &Arc<Shared>, ids: Vec<MessageId>, to: MailboxId) -> Result<Receipt> {
    account::fetch_whole_for(shared, &ids, to).await?;
    change(shared, move |change| {
        let target = change.store.mailbox(to)?.ok_or_else(|| not_found(to))?;
        let sources = located(change, &ids)?;
        change.inverse = Inverse::of(UndoKind::Copy);
        let mut effects = Effects::default();
        copy_all(change, &mut effects, &sources, &target)?;
        change.count = sources.len();
        let undo = change.record()?;
        effects.show(change.store)?;
        Ok(undo)
    })
    .await
}

pub(super) fn not_found(id: MailboxId) -> storage::Error {
    storage::Error::NotFound(format!("mailbox {}", id.0))
}

fn located(change: &Change<'_>, ids: &[MessageId]) -> storage::Result<Vec<Located>> {
    let mut out = Vec::with_capacity(ids.len());
    let mut seen = HashSet::new();
    for id in ids.iter().filter(|id| seen.insert(**id)) {
        out.extend(change.store.locate(*id)?.filter(|l| !l.held));
    }
    Ok(out)
}

/// Prepares copies, with what the target's server must hear of them; the value names the latest wish, where a server
/// must hear of it.
fn copy_all(
    change: &mut Change<'_>,
    effects: &mut Effects,
    sources: &[Located],
    target: &StoredMailbox,
) -> storage::Result<Option<usize>> {
    let ids: Vec<MessageId> = sources.iter().map(|l| l.id).collect();
    let copies = change.store.copies_of(&ids, target.id)?;
    effects.copies.entry(target.id).or_default().extend(&ids);
    let mut paths = HashMap::new();
    let mut wish = None;
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
        wish = Some(change.queue(&target.account, kind));
    }
    change.touched.insert(target.id);
    Ok(wish)
}

/// What goes where.
#[derive(Default)]
pub(super) struct Plan {
    effects: Effects,
    moved: usize,
    /// Between accounts: copied, and the original then goes to its own Trash.
    across: Vec<(Located, StoredMailbox)>,
    roles: BTreeMap<(String, Role), StoredMailbox>,
    mailboxes: HashMap<MailboxId, StoredMailbox>,
}

impl Plan {
    /// The account's mailbox of a role, made where there is none.
    pub fn role(&mut self, change: &mut Change<'_>, account: &str, role: Role) -> storage::Result<StoredMailbox> {
        let key = (account.to_string(), role);
        if let Some(found) = self.roles.get(&key) {
            return Ok(found.clone());
        }
        let (mailbox, operations) = role_mailbox(change.store, account, role, change.is_imap(account))?;
        for kind in operations {
            change.queue(account, kind);
        }
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
        let brings = |op: Operation| match op.kind {
            OpKind::Move { message, .. } | OpKind::Copy { message, .. } | OpKind::Append { message, .. } => {
                message == id
            }
            _ => false,
        };
        Ok(change.store.operations().concerning(&[id])?.into_iter().any(brings))
    }

    pub fn add(&mut self, change: &mut Change<'_>, located: Located, target: &StoredMailbox) -> storage::Result<()> {
        if located.account == target.account {
            return self.add_after(change, located, target, None);
        }
        self.across.push((located, target.clone()));
        Ok(())
    }

    /// Within an account; `after` names the wish that its server waits for.
    fn add_after(
        &mut self,
        change: &mut Change<'_>,
        located: Located,
        target: &StoredMailbox,
        after: Option<usize>,
    ) -> storage::Result<()> {
        if located.mailbox == target.id {
            return Ok(());
        }
        let source = self.mailbox(change, located.mailbox)?;
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
            change.queue_after(&located.account, kind, after);
        }
        let (account, from) = (located.account, source.meta.path);
        let mailbox = Some(source.id.0);
        change.inverse.moved.push(Moved { message: located.id.0, account, from, mailbox });
        change.touched.extend([source.id, target.id]);
        self.effects.moves.entry(target.id).or_default().push(located.id);
        self.moved = self.moved.saturating_add(1);
        Ok(())
    }

    fn hold(&mut self, change: &mut Change<'_>, located: Located, mailbox: MailboxPath) {
        let (message, uid, message_id) = (located.id, located.uid, located.message_id);
        let kind = OpKind::Expunge { message, mailbox, uid, message_id };
        let not_before = change.now.saturating_add(UNDO);
        change.queue_at(&located.account, kind, not_before);
        change.inverse.held.push(message.0);
        change.touched.insert(located.mailbox);
        self.effects.hold.push(message);
    }

    /// Everything in a mailbox, one message at a time: there may be very many.
    pub fn empty(&mut self, change: &mut Change<'_>, mailbox: &StoredMailbox) -> storage::Result<()> {
        let trash = self.role(change, &mailbox.account, Role::Trash)?;
        let goes = mailbox.meta.role == Some(Role::Junk) || mailbox.meta.path.is_within(&trash.meta.path);
        let identities = change.store.identities(mailbox.id)?;
        let known = change.store.known(mailbox.id)?;
        let flags: HashMap<MessageId, Known> = known.into_iter().map(|known| (known.id, known)).collect();
        for Identity { id, uid, message_id, size } in identities {
            let Some(known) = flags.get(&id).filter(|known| !known.held) else { continue };
            let located = Located {
                id,
                mailbox: mailbox.id,
                account: mailbox.account.clone(),
                path: PathBuf::new(),
                uid: mailbox.state.uid_validity.zip(uid),
                flags: known.flags,
                server_flags: known.server_flags,
                size,
                message_id,
                held: false,
                headers_only: known.headers_only,
            };
            if goes {
                self.hold(change, located, mailbox.meta.path.clone());
            } else {
                self.add(change, located, &trash)?;
            }
        }
        Ok(())
    }

    pub fn carry_out(mut self, change: &mut Change<'_>) -> storage::Result<Option<UndoToken>> {
        // The copy is here before the original goes, and the original goes no farther than its Trash. Its server hears
        // of that when the other server has the copy.
        for (located, target) in std::mem::take(&mut self.across) {
            let wish = copy_all(change, &mut self.effects, std::slice::from_ref(&located), &target)?;
            let trash = self.role(change, &located.account, Role::Trash)?;
            if located.mailbox == trash.id {
                self.moved = self.moved.saturating_add(1);
            }
            self.add_after(change, located, &trash, wish)?;
        }
        change.count = self.moved.saturating_add(self.effects.hold.len());
        let undo = change.record()?;
        self.effects.show(change.store)?;
        Ok(undo)
    }
}
