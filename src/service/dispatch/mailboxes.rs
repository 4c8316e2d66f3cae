//! Mailboxes of the person's making: created, renamed, moved, deleted, subscribed to.
//!
//! A mailbox that is renamed has its new path here at once, and keeps the name that the server knows it by until it
//! is renamed there: so whatever waits can be carried out before and after. One that is deleted is shown no longer,
//! and goes here when the server's has gone.

use super::places::{Change, change};
use super::transfer::{Plan, not_found};
use crate::mail::ids::MailboxId;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::protocol::imap::MailboxName;
use crate::service::command::{Receipt, UndoToken};
use crate::service::event::Event;
use crate::service::model::UndoKind;
use crate::service::problem::Problem;
use crate::service::state::{Result, Shared};
use crate::service::undo::{Created, Deleted, Inverse, Renamed, Subscribed};
use crate::storage::{self, Error, MailboxMeta, OpKind, StoredMailbox};
use std::sync::Arc;

const LONGEST_NAME: usize = 200;
/// Seconds in which the deletion of a mailbox with its mail can be taken back.
const UNDO: i64 = 10;

pub(in crate::service) fn check_name(path: &MailboxPath) -> Result<()> {
    let segments_fit = path.0.split('/').all(|segment| {
        let fits = !segment.is_empty() && segment.len() <= LONGEST_NAME && segment.trim() == segment;
        fits && !segment.chars().any(char::is_control)
    });
    if segments_fit && !path.0.eq_ignore_ascii_case("inbox") {
        return Ok(());
    }
    Err(Problem::invalid(format!("“{path}” cannot be a mailbox's name")))
}

/// Makes a mailbox, here at once; one that is there already is fine.
pub(super) async fn create(shared: &Arc<Shared>, account: &str, path: MailboxPath) -> Result<Receipt> {
    check_name(&path)?;
    let account = shared.owner(account)?.name().to_string();
    let changed = account.clone();
    let receipt = change(shared, move |change| {
        if let Some(found) = change.store.find_mailbox(&account, &path)? {
            return keep(change, &found);
        }
        let all = change.store.mailboxes(Some(&account))?;
        let delimiter = all.iter().find_map(|m| m.meta.delimiter);
        let role = Role::from_name(path.name())
            .filter(|role| path.depth() == 0 && all.iter().all(|m| m.meta.role != Some(*role)));
        let server_name = MailboxName::from_path(&path, delimiter).0;
        if change.is_imap(&account) {
            change.queue(&account, OpKind::CreateMailbox { path: path.clone() });
        }
        let meta = MailboxMeta { path, server_name, delimiter, role, selectable: true, subscribed: true };
        // It is empty: that it is here before it is recorded does no harm, and its inverse needs its number.
        let id = change.store.ensure_mailbox(&account, &meta)?;
        change.inverse = Inverse::of(UndoKind::CreateMailbox);
        change.inverse.created.push(Created { account: account.clone(), mailbox: id.0 });
        change.touched.insert(id);
        change.record()
    })
    .await?;
    shared.emit(Event::Mailboxes { account: changed });
    Ok(receipt)
}

/// A mailbox that is here already is wanted: one that is about to be deleted stays, and one that the server may not
/// have, because its creation was cut before it was recorded, is asked for again.
fn keep(change: &mut Change<'_>, mailbox: &StoredMailbox) -> storage::Result<Option<UndoToken>> {
    let mut asked = mailbox.state.uid_validity.is_some() || !change.is_imap(&mailbox.account);
    for operation in change.store.operations().pending(Some(&mailbox.account))? {
        match &operation.kind {
            OpKind::DeleteMailbox { mailbox: id, .. } if *id == mailbox.id => {
                if !change.cancel(&operation) {
                    return Err(Error::Invalid(format!("{} is being deleted at this moment", mailbox.meta.path)));
                }
                asked &= operation.attempts == 0 || !change.is_imap(&mailbox.account);
            }
            OpKind::CreateMailbox { path } if *path == mailbox.meta.path => asked = true,
            _ => {}
        }
    }
    if !asked {
        change.queue(&mailbox.account, OpKind::CreateMailbox { path: mailbox.meta.path.clone() });
    }
    change.touched.insert(mailbox.id);
    change.record()
}

/// Gives a mailbox another path, with all below it.
pub(super) async fn rename(shared: &Arc<Shared>, mailbox: MailboxId, to: MailboxPath) -> Result<Receipt> {
    check_name(&to)?;
    change(shared, move |change| {
        let found = change.store.mailbox(mailbox)?.ok_or_else(|| not_found(mailbox))?;
        let StoredMailbox { account, meta, .. } = found;
        if meta.path == to {
            return Ok(None);
        }
        refuse_role(&meta, "keeps its name")?;
        if to.is_within(&meta.path) {
            return Err(Error::Invalid(format!("{to} lies within {}", meta.path)));
        }
        if change.store.find_mailbox(&account, &to)?.is_some() {
            return Err(Error::Invalid(format!("there is a mailbox {to} already")));
        }
        if change.is_imap(&account) && meta.delimiter.is_none() && to.depth() > 0 {
            return Err(Error::Invalid("this server has no mailboxes within mailboxes".into()));
        }
        if change.is_imap(&account) {
            let (from, to) = (meta.path.clone(), to.clone());
            change.queue(&account, OpKind::RenameMailbox { mailbox, from, to });
        }
        change.inverse = Inverse::of(UndoKind::RenameMailbox);
        change.inverse.renamed.push(Renamed { mailbox: mailbox.0, from: meta.path.clone() });
        change.touched.insert(mailbox);
        let undo = change.record()?;
        change.store.rename_mailbox(mailbox, &MailboxMeta { path: to, ..meta })?;
        Ok(undo)
    })
    .await
}

/// Deletes a mailbox with all below it: their messages go to the Trash first. In the Trash it goes with its messages.
pub(super) async fn delete(shared: &Arc<Shared>, mailbox: MailboxId) -> Result<Receipt> {
    change(shared, move |change| {
        let top = change.store.mailbox(mailbox)?.ok_or_else(|| not_found(mailbox))?;
        let all = change.store.mailboxes(Some(&top.account))?;
        let mut tree: Vec<StoredMailbox> = all.into_iter().filter(|m| m.meta.path.is_within(&top.meta.path)).collect();
        tree.iter().try_for_each(|m| refuse_role(&m.meta, "cannot be deleted"))?;
        change.inverse = Inverse::of(UndoKind::DeleteMailbox);
        let mut plan = Plan::default();
        let trash = plan.role(change, &top.account, Role::Trash)?;
        let in_trash = top.meta.path.is_within(&trash.meta.path);
        let has_mail = tree.iter().any(|m| m.total > 0);
        let not_before = if in_trash && has_mail { change.now.saturating_add(UNDO) } else { 0 };
        // Those below before those above: servers keep what holds others.
        tree.sort_by(|a, b| b.meta.path.cmp(&a.meta.path));
        for m in tree {
            let for_good = in_trash || m.total == 0;
            if !for_good {
                plan.empty(change, &m)?;
            }
            let StoredMailbox { id, account, meta: MailboxMeta { path, .. }, state, .. } = m;
            let kind = OpKind::DeleteMailbox { mailbox: id, path: path.clone(), for_good, seen: state.uid_next };
            change.queue_at(&account, kind, not_before);
            let for_good = in_trash && has_mail;
            change.inverse.deleted.push(Deleted { account, mailbox: id.0, path, for_good });
            change.touched.insert(id);
        }
        plan.carry_out(change)
    })
    .await
}

/// Whether the person's mail programs shall show a mailbox.
pub(super) async fn subscribe(shared: &Arc<Shared>, mailbox: MailboxId, subscribed: bool) -> Result<Receipt> {
    change(shared, move |change| {
        let found = change.store.mailbox(mailbox)?.ok_or_else(|| not_found(mailbox))?;
        let StoredMailbox { account, meta, .. } = found;
        if meta.subscribed == subscribed {
            return Ok(None);
        }
        if change.is_imap(&account) {
            change.queue(&account, OpKind::Subscribe { path: meta.path.clone(), subscribed });
        }
        change.inverse = Inverse::of(UndoKind::Subscribe);
        change.inverse.subscribed.push(Subscribed { mailbox: mailbox.0, was: meta.subscribed });
        change.touched.insert(mailbox);
        let undo = change.record()?;
        change.store.ensure_mailbox(&account, &MailboxMeta { subscribed, ..meta })?;
        Ok(undo)
    })
    .await
}

/// The Inbox and its like are where servers and programs look for them.
fn refuse_role(meta: &MailboxMeta, words: &str) -> storage::Result<()> {
    match meta.role {
        Some(_) => Err(Error::Invalid(format!("{} has a purpose of its own and {words}", meta.path))),
        None => Ok(()),
    }
}
