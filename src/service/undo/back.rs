//! The way back of one command.

use super::{Created, Deleted, FlagChange, Inverse, Moved, Renamed, Subscribed};
use crate::mail::ids::{MailboxId, MessageId};
use crate::protocol::imap::MailboxName;
use crate::service::dispatch::{Change, Effects};
use crate::storage::{self, Error, MailboxMeta, OpKind, Operation, StoredMailbox};

/// Prepares, records and shows what takes a command back.
pub(super) fn take_back(change: &mut Change<'_>, inverse: &Inverse) -> storage::Result<()> {
    let mut back = Back { change, effects: Effects::default(), renames: Vec::new(), metas: Vec::new() };
    // Those above before those below.
    inverse.deleted.iter().rev().try_for_each(|deleted| back.deleted(deleted))?;
    inverse.created.iter().try_for_each(|created| back.created(created))?;
    inverse.renamed.iter().try_for_each(|renamed| back.renamed(renamed))?;
    inverse.subscribed.iter().try_for_each(|subscribed| back.subscribed(subscribed))?;
    inverse.flags.iter().try_for_each(|flags| back.flags(flags))?;
    inverse.moved.iter().try_for_each(|moved| back.moved(moved))?;
    if !inverse.held.is_empty() {
        back.held(&inverse.held)?;
    }
    inverse.copied.iter().try_for_each(|id| back.copied(MessageId(*id)))?;
    let Back { change, effects, renames, metas } = back;
    change.record()?;
    effects.show(change.store)?;
    for (id, meta) in renames {
        change.store.rename_mailbox(id, &meta)?;
    }
    metas.iter().try_for_each(|(account, meta)| change.store.ensure_mailbox(account, meta).map(drop))
}

struct Back<'a, 'b> {
    change: &'a mut Change<'b>,
    effects: Effects,
    renames: Vec<(MailboxId, MailboxMeta)>,
    metas: Vec<(String, MailboxMeta)>,
}

impl Back<'_, '_> {
    fn flags(&mut self, change: &FlagChange) -> storage::Result<()> {
        let message = MessageId(change.message);
        let Some(located) = self.change.store.locate(message)?.filter(|l| !l.held) else { return Ok(()) };
        let table = self.change.store.learn_keywords(located.mailbox, &change.removed_keywords)?;
        let (back, away) = (table.flags(&change.removed_keywords), table.flags(&change.added_keywords));
        let new = located.flags.union(change.removed).union(back).without(change.added).without(away);
        if new == located.flags {
            return Ok(());
        }
        self.change.touched.insert(located.mailbox);
        if self.change.is_imap(&located.account)
            && let Some(mailbox) = self.change.store.mailbox(located.mailbox)?
        {
            let (add, remove) = (new.without(located.flags), located.flags.without(new));
            let kind = OpKind::change_flags((mailbox.meta.path, &table), message, located.uid, add, remove);
            self.change.queue(&located.account, kind);
        }
        self.effects.flags.push((message, new));
        Ok(())
    }

    fn moved(&mut self, moved: &Moved) -> storage::Result<()> {
        let (message, store) = (MessageId(moved.message), self.change.store);
        let Some(located) = store.locate(message)?.filter(|l| !l.held) else { return Ok(()) };
        let by_number = moved.mailbox.map(|id| store.mailbox(MailboxId(id))).transpose()?.flatten();
        let home = match by_number.filter(|m| m.account == moved.account) {
            Some(home) => home,
            None => match store.find_mailbox(&moved.account, &moved.from)? {
                Some(home) => home,
                None => return Ok(()),
            },
        };
        let Some(here) = store.mailbox(located.mailbox)?.filter(|here| here.id != home.id) else { return Ok(()) };
        self.change.touched.extend([home.id, here.id]);
        if self.change.is_imap(&moved.account) {
            let kind = OpKind::Move {
                message,
                message_id: located.message_id,
                size: located.size,
                from: here.meta.path,
                uid: located.uid,
                to: home.meta.path.clone(),
            };
            self.change.queue(&moved.account, kind);
        }
        self.effects.moves.entry(home.id).or_default().push(message);
        Ok(())
    }

    fn held(&mut self, held: &[u64]) -> storage::Result<()> {
        let waiting = waiting_expunges(self.change)?;
        for message in held.iter().copied().map(MessageId) {
            let Some(located) = self.change.store.locate(message)?.filter(|l| l.held) else { continue };
            let Some(operation) = waiting.get(&message) else { continue };
            if self.change.cancel(operation) {
                self.change.touched.insert(located.mailbox);
                self.effects.unhold.push(message);
                // What would have brought it to the server was taken out when it was to be deleted.
                if located.uid.is_none()
                    && self.change.is_imap(&located.account)
                    && let Some(mailbox) = self.change.store.mailbox(located.mailbox)?
                {
                    let kind = OpKind::Append { message, mailbox: mailbox.meta.path, flags: located.flags };
                    self.change.queue(&located.account, kind);
                }
            }
        }
        Ok(())
    }

    fn copied(&mut self, message: MessageId) -> storage::Result<()> {
        let Some(located) = self.change.store.locate(message)?.filter(|l| !l.held) else { return Ok(()) };
        let Some(mailbox) = self.change.store.mailbox(located.mailbox)? else { return Ok(()) };
        self.change.touched.insert(located.mailbox);
        self.effects.hold.push(message);
        if self.change.is_imap(&located.account) {
            let (uid, message_id) = (located.uid, located.message_id);
            let kind = OpKind::Expunge { message, mailbox: mailbox.meta.path, uid, message_id };
            self.change.queue(&located.account, kind);
        } else {
            self.effects.drop.push(message);
        }
        Ok(())
    }

    fn deleted(&mut self, deleted: &Deleted) -> storage::Result<()> {
        let Deleted { account, mailbox, path, for_good } = deleted;
        let pending = self.change.store.operations().pending(Some(account))?;
        let is_it = |op: &&Operation| matches!(op.kind, OpKind::DeleteMailbox { mailbox: id, .. } if id.0 == *mailbox);
        match pending.iter().find(is_it) {
            Some(operation) if !self.change.cancel(operation) => {
                return Err(Error::Invalid(format!("{path} is being deleted at this moment")));
            }
            Some(operation) => {
                self.change.touched.insert(MailboxId(*mailbox));
                if operation.attempts == 0 || !self.change.is_imap(account) {
                    return Ok(());
                }
            }
            None if *for_good => return Err(Error::NotFound(format!("{path} was deleted for good"))),
            None => {
                let found = self.change.store.find_mailbox(account, path)?;
                let id = found.map_or_else(|| remake(self.change, account, path), |found| Ok(found.id))?;
                self.change.touched.insert(id);
            }
        }
        if self.change.is_imap(account) {
            self.change.queue(account, OpKind::CreateMailbox { path: path.clone() });
        }
        Ok(())
    }

    /// What was made goes, as long as nobody put anything there.
    fn created(&mut self, created: &Created) -> storage::Result<()> {
        let id = MailboxId(created.mailbox);
        let Some(mailbox) = self.change.store.mailbox(id)? else { return Ok(()) };
        let path = mailbox.meta.path;
        let all = self.change.store.mailboxes(Some(&created.account))?;
        let is_used = mailbox.total > 0 || all.iter().any(|m| m.id != id && m.meta.path.is_within(&path));
        if is_used {
            return Err(Error::Invalid(format!("{path} is in use by now")));
        }
        let seen = mailbox.state.uid_next;
        self.change.touched.insert(id);
        self.change.queue(&created.account, OpKind::DeleteMailbox { mailbox: id, path, for_good: true, seen });
        Ok(())
    }

    fn renamed(&mut self, renamed: &Renamed) -> storage::Result<()> {
        let id = MailboxId(renamed.mailbox);
        let Some(StoredMailbox { account, meta, .. }) = self.change.store.mailbox(id)? else { return Ok(()) };
        if self.change.store.find_mailbox(&account, &renamed.from)?.is_some_and(|other| other.id != id) {
            return Err(Error::Invalid(format!("there is a mailbox {} again", renamed.from)));
        }
        self.change.touched.insert(id);
        if self.change.is_imap(&account) {
            let (from, to) = (meta.path.clone(), renamed.from.clone());
            self.change.queue(&account, OpKind::RenameMailbox { mailbox: id, from, to });
        }
        self.renames.push((id, MailboxMeta { path: renamed.from.clone(), ..meta }));
        Ok(())
    }

    fn subscribed(&mut self, subscribed: &Subscribed) -> storage::Result<()> {
        let id = MailboxId(subscribed.mailbox);
        let Some(StoredMailbox { account, meta, .. }) = self.change.store.mailbox(id)? else { return Ok(()) };
        self.change.touched.insert(id);
        if self.change.is_imap(&account) {
            let path = meta.path.clone();
            self.change.queue(&account, OpKind::Subscribe { path, subscribed: subscribed.was });
        }
        self.metas.push((account, MailboxMeta { subscribed: subscribed.was, ..meta }));
        Ok(())
    }
}

/// Operations that will delete held messages.
pub(in crate::service) fn waiting_expunges(
    change: &Change<'_>,
) -> storage::Result<std::collections::HashMap<MessageId, Operation>> {
    let pending = change.store.operations().pending(None)?;
    let expunge = |op: Operation| match op.kind {
        OpKind::Expunge { message, .. } => Some((message, op)),
        _ => None,
    };
    Ok(pending.into_iter().filter_map(expunge).collect())
}

/// Makes a mailbox here again that was deleted. Empty, so that it does no harm if the rest is not reached.
fn remake(change: &Change<'_>, account: &str, path: &crate::mail::mailbox::MailboxPath) -> storage::Result<MailboxId> {
    let delimiter = change.store.mailboxes(Some(account))?.iter().find_map(|m| m.meta.delimiter);
    let server_name = MailboxName::from_path(path, delimiter).0;
    let path = path.clone();
    let meta = MailboxMeta { path, server_name, delimiter, role: None, selectable: true, subscribed: true };
    change.store.ensure_mailbox(account, &meta)
}
