//! Read, flagged, answered: the person's flags.

use super::places::{Change, change};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::service::command::{Receipt, UndoToken};
use crate::service::model::UndoKind;
use crate::service::problem::Problem;
use crate::service::state::{Result, Shared};
use crate::service::undo::{FlagChange, Inverse};
use crate::storage::{self, OpKind};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

pub(super) async fn set(shared: &Arc<Shared>, ids: Vec<MessageId>, add: Flags, remove: Flags) -> Result<Receipt> {
    if !Flags(add.0 & remove.0).is_empty() {
        return Err(Problem::invalid("a flag cannot be added and removed at once"));
    }
    change(shared, move |change| set_stored(change, &ids, add, remove)).await
}

pub(super) async fn mark_all_read(shared: &Arc<Shared>, mailbox: MailboxId) -> Result<Receipt> {
    change(shared, move |change| {
        let ids = change.store.unread_ids(mailbox)?;
        set_stored(change, &ids, Flags::SEEN, Flags::empty())
    })
    .await
}

fn set_stored(
    change: &mut Change<'_>,
    ids: &[MessageId],
    add: Flags,
    remove: Flags,
) -> storage::Result<Option<UndoToken>> {
    let mut paths = HashMap::new();
    let mut changes = Vec::new();
    change.inverse = Inverse::of(UndoKind::Flags);
    for id in ids {
        let Some(located) = change.store.locate(*id)?.filter(|l| !l.held) else { continue };
        let new = located.flags.union(add).without(remove);
        if new == located.flags {
            continue;
        }
        let path = match paths.entry(located.mailbox) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let Some(mailbox) = change.store.mailbox(located.mailbox)? else { continue };
                place.insert(mailbox.meta.path)
            }
        };
        // What really changes: so that the opposite cancels out with it.
        let (added, removed) = (new.without(located.flags), located.flags.without(new));
        if change.is_imap(&located.account) {
            let mailbox = path.clone();
            let kind = OpKind::SetFlags { mailbox, message: *id, uid: located.uid, add: added, remove: removed };
            change.queue(&located.account, kind);
        }
        change.inverse.flags.push(FlagChange { message: id.0, added, removed });
        change.touched.insert(located.mailbox);
        changes.push((*id, new));
    }
    change.count = changes.len();
    let undo = change.record()?;
    change.store.set_local_flags(&changes)?;
    Ok(undo)
}
