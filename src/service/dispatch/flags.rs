//! Read, flagged, answered, and keywords: the person's flags.

use super::places::{Change, change};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::keywords::{Keywords, is_keyword};
use crate::mail::mailbox::MailboxPath;
use crate::service::command::{Receipt, UndoToken};
use crate::service::model::UndoKind;
use crate::service::problem::Problem;
use crate::service::state::{Result, Shared};
use crate::service::undo::{FlagChange, Inverse};
use crate::storage::{self, OpKind};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// What the person wants of some messages' flags.
#[derive(Default)]
struct Wish {
    add: Flags,
    remove: Flags,
    add_keywords: Vec<String>,
    remove_keywords: Vec<String>,
}

pub(super) async fn set(shared: &Arc<Shared>, ids: Vec<MessageId>, add: Flags, remove: Flags) -> Result<Receipt> {
    if !Flags(add.0 & remove.0).is_empty() {
        return Err(Problem::invalid("a flag cannot be added and removed at once"));
    }
    let wish = Wish { add: add.system(), remove: remove.system(), ..Wish::default() };
    change(shared, move |change| set_stored(change, &ids, &wish)).await
}

pub(super) async fn set_keywords(
    shared: &Arc<Shared>,
    ids: Vec<MessageId>,
    add: Vec<String>,
    remove: Vec<String>,
) -> Result<Receipt> {
    if let Some(name) = add.iter().chain(&remove).find(|name| !is_keyword(name)) {
        return Err(Problem::invalid(format!("“{name}” cannot be a keyword")));
    }
    if add.iter().any(|name| remove.iter().any(|other| other.eq_ignore_ascii_case(name))) {
        return Err(Problem::invalid("a keyword cannot be added and removed at once"));
    }
    let wish = Wish { add_keywords: add, remove_keywords: remove, ..Wish::default() };
    change(shared, move |change| set_stored(change, &ids, &wish)).await
}

pub(super) async fn mark_all_read(shared: &Arc<Shared>, mailbox: MailboxId) -> Result<Receipt> {
    change(shared, move |change| {
        let ids = change.store.unread_ids(mailbox)?;
        set_stored(change, &ids, &Wish { add: Flags::SEEN, ..Wish::default() })
    })
    .await
}

fn set_stored(change: &mut Change<'_>, ids: &[MessageId], wish: &Wish) -> storage::Result<Option<UndoToken>> {
    let mut places: HashMap<MailboxId, (MailboxPath, Keywords)> = HashMap::new();
    let mut changes = Vec::new();
    change.inverse = Inverse::of(UndoKind::Flags);
    for id in ids {
        let Some(located) = change.store.locate(*id)?.filter(|l| !l.held) else { continue };
        let (path, table) = match places.entry(located.mailbox) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let Some(mailbox) = change.store.mailbox(located.mailbox)? else { continue };
                let table = change.store.learn_keywords(located.mailbox, &wish.add_keywords)?;
                place.insert((mailbox.meta.path, table))
            }
        };
        let add = wish.add.union(table.flags(&wish.add_keywords));
        let remove = wish.remove.union(table.flags(&wish.remove_keywords));
        let new = located.flags.union(add).without(remove);
        // A keyword for which no letter is left here is the server's to keep.
        let for_server = wish.add_keywords.iter().filter(|name| table.flag(name).is_none());
        // What really changes: so that the opposite cancels out with it.
        let (added, removed) = (new.without(located.flags), located.flags.without(new));
        let mut add_keywords = table.names(added);
        add_keywords.extend(for_server.cloned());
        if new == located.flags && add_keywords.is_empty() {
            continue;
        }
        if change.is_imap(&located.account) {
            let kind = OpKind::SetFlags {
                mailbox: path.clone(),
                message: *id,
                uid: located.uid,
                add: added.system(),
                remove: removed.system(),
                add_keywords,
                remove_keywords: table.names(removed),
            };
            change.queue(&located.account, kind);
        }
        change.inverse.flags.push(FlagChange {
            message: id.0,
            added: added.system(),
            removed: removed.system(),
            added_keywords: table.names(added),
            removed_keywords: table.names(removed),
        });
        change.touched.insert(located.mailbox);
        changes.push((*id, new));
    }
    change.count = changes.len();
    let undo = change.record()?;
    change.store.set_local_flags(&changes)?;
    Ok(undo)
}
