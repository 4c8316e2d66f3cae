//! Mailboxes that were renamed by another program: one has vanished, and one that has its numbers has appeared. It is
//! the same, and nothing of it is fetched again. And renamings of the person's own that a crash kept from being shown.

use super::line::Line;
use crate::mail::ids::MailboxId;
use crate::mail::mailbox::MailboxPath;
use crate::protocol::imap::Listed;
use crate::service::state::Result;
use crate::storage::{self, MailboxMeta, OpKind, Operation, Store, StoredMailbox};
use std::collections::{BTreeMap, BTreeSet};

/// More new mailboxes than this are not asked for their numbers one by one.
const MOST_ASKED: usize = 64;

/// Asks for the states of mailboxes that appeared while others vanished, where the list did not bring them along.
pub(super) async fn tell_states(line: &mut Line, stored: &[StoredMailbox], listed: &mut [Listed]) -> Result<()> {
    let names: BTreeSet<&str> = listed.iter().map(|m| m.name.0.as_str()).collect();
    let is_vanished = |m: &StoredMailbox| !names.contains(m.meta.server_name.as_str());
    let vanished = stored.iter().any(|m| is_vanished(m) && m.state.uid_validity.is_some());
    let known: BTreeSet<&str> = stored.iter().map(|m| m.meta.server_name.as_str()).collect();
    let is_asked = |m: &Listed| m.selectable && m.status.is_none() && !known.contains(m.name.0.as_str());
    if !vanished || listed.iter().filter(|m| is_asked(m)).count() > MOST_ASKED {
        return Ok(());
    }
    for mailbox in listed.iter_mut().filter(|m| is_asked(m)) {
        match line.session.status(&mailbox.name).await {
            Ok(status) => mailbox.status = Some(status),
            Err(error) if line.session.is_broken() => return Err(line.problem(error)),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Renames here what was renamed there. Whether there was something.
pub(super) fn follow(store: &Store, account: &str, pending: &[Operation], listed: &[Listed]) -> storage::Result<bool> {
    // What the person renames is not second-guessed.
    let ours: BTreeSet<MailboxId> = pending
        .iter()
        .filter_map(|op| match op.kind {
            OpKind::RenameMailbox { mailbox, .. } => Some(mailbox),
            _ => None,
        })
        .collect();
    let mut changed = false;
    // A renaming takes what is below along, so each is looked for among what remains.
    for _ in 0..listed.len() {
        let stored = store.mailboxes(Some(account))?;
        let Some((id, new)) = pair(&stored, listed, &ours) else { break };
        let Some(old) = stored.iter().find(|m| m.id == id).map(|m| m.meta.clone()) else { break };
        tracing::info!(account, from = %old.path, to = %new.path, "renamed on the server");
        let path = new.path.clone();
        let meta = MailboxMeta {
            path: path.clone(),
            server_name: new.name.0.clone(),
            delimiter: new.delimiter,
            ..old.clone()
        };
        store.rename_mailbox(id, &meta)?;
        rewrite(store, account, &old.path, &path)?;
        changed = true;
    }
    Ok(changed)
}

/// One that vanished, and the one that appeared with the same numbers; only where there is no other such pair.
fn pair<'a>(
    stored: &[StoredMailbox],
    listed: &'a [Listed],
    ours: &BTreeSet<MailboxId>,
) -> Option<(MailboxId, &'a Listed)> {
    let names: BTreeSet<&str> = listed.iter().map(|m| m.name.0.as_str()).collect();
    let known: BTreeSet<&str> = stored.iter().map(|m| m.meta.server_name.as_str()).collect();
    let paths: BTreeSet<&MailboxPath> = stored.iter().map(|m| &m.meta.path).collect();
    let mut vanished: BTreeMap<(u32, u32, u32), Vec<&StoredMailbox>> = BTreeMap::new();
    for mailbox in stored.iter().filter(|m| !names.contains(m.meta.server_name.as_str()) && !ours.contains(&m.id)) {
        let state = mailbox.state;
        if let (Some(validity), Some(next), Some(exists)) = (state.uid_validity, state.uid_next, state.exists)
            && exists > 0
        {
            vanished.entry((validity.0, next.0, exists)).or_default().push(mailbox);
        }
    }
    let mut appeared: BTreeMap<(u32, u32, u32), Vec<&Listed>> = BTreeMap::new();
    for mailbox in listed.iter().filter(|m| !known.contains(m.name.0.as_str()) && !paths.contains(&m.path)) {
        if let Some(status) = mailbox.status
            && let (Some(validity), Some(next), Some(messages)) =
                (status.uid_validity, status.uid_next, status.messages)
        {
            appeared.entry((validity.0, next.0, messages)).or_default().push(mailbox);
        }
    }
    // Those above first: what is below goes along.
    let mut pairs: Vec<(&StoredMailbox, &Listed)> = vanished
        .into_iter()
        .filter_map(|(key, old)| match (old.as_slice(), appeared.get(&key).map(Vec::as_slice)) {
            ([old], Some([new])) if !new.path.is_within(&old.meta.path) => Some((*old, *new)),
            _ => None,
        })
        .collect();
    // Where its numbers went on since we saw it, its generation tells it, as long as nothing else has the same.
    let generation = |m: &StoredMailbox| m.state.uid_validity;
    for old in stored.iter().filter(|m| !names.contains(m.meta.server_name.as_str()) && !ours.contains(&m.id)) {
        let Some(validity) = generation(old) else { continue };
        let same: Vec<&Listed> = listed
            .iter()
            .filter(|m| m.status.is_some_and(|s| s.uid_validity == Some(validity)))
            .filter(|m| !known.contains(m.name.0.as_str()) && !paths.contains(&m.path))
            .collect();
        let is_alone = stored.iter().filter(|m| generation(m) == Some(validity)).count() == 1;
        if let ([new], true) = (same.as_slice(), is_alone)
            && new.status.and_then(|s| s.uid_next) >= old.state.uid_next
            && !new.path.is_within(&old.meta.path)
        {
            pairs.push((old, *new));
        }
    }
    pairs.sort_by_key(|(old, _)| old.meta.path.depth());
    pairs.first().map(|(old, new)| (old.id, *new))
}

/// Operations that name a mailbox by its path follow it.
pub(in crate::service) fn rewrite(
    store: &Store,
    account: &str,
    old: &MailboxPath,
    new: &MailboxPath,
) -> storage::Result<()> {
    for operation in store.operations().pending(Some(account))? {
        let mut kind = operation.kind;
        if kind.follow(old, new) {
            store.operations().replace(operation.id, &kind)?;
        }
    }
    Ok(())
}

/// Renamings that were recorded and not shown: what waits names the mailbox by its new path already.
pub(in crate::service) fn show_recorded(store: &Store) -> storage::Result<()> {
    let mut last: BTreeMap<MailboxId, (MailboxPath, MailboxPath)> = BTreeMap::new();
    for operation in store.operations().pending(None)? {
        if let OpKind::RenameMailbox { mailbox, from, to } = operation.kind {
            last.insert(mailbox, (from, to));
        }
    }
    for (id, (from, to)) in last {
        let Some(mailbox) = store.mailbox(id)?.filter(|m| m.meta.path == from) else { continue };
        if store.find_mailbox(&mailbox.account, &to)?.is_none() {
            store.rename_mailbox(id, &MailboxMeta { path: to, ..mailbox.meta })?;
        }
    }
    Ok(())
}
