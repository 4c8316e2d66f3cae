//! The server's flags meet those here.

use super::merge::three_way;
use super::worker::Worker;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::keywords::Keywords;
use crate::mail::uid::Uid;
use crate::protocol::imap::{Permanent, UidSet};
use crate::service::state::Result;
use crate::storage::{NewOperation, OpKind, Store};
use std::collections::{BTreeMap, HashMap};

/// Which messages a merge looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Merge {
    /// All of the mailbox: what another program changed here is found too.
    All,
    /// Those whose flags the server gave.
    Changed,
}

/// Merges what the server says into a mailbox; the number of messages whose flags changed here.
///
/// Flags that another program changed in the Maildir (no operation of ours accounts for them) are
/// queued for the server.
///
/// Flags that the server does not keep (not among `permanent`) are this side's alone, and so are letters whose
/// meaning nobody here knows. The server's flags come with `letters` of the session that asked.
pub(super) async fn merge(
    worker: &Worker,
    mailbox: MailboxId,
    server: BTreeMap<Uid, Flags>,
    letters: Keywords,
    permanent: Permanent,
    which: Merge,
) -> Result<u64> {
    if which == Merge::Changed && server.is_empty() {
        return Ok(0);
    }
    let account = worker.account().to_string();
    let work = move |store: &Store| {
        let all = server.values().fold(Flags::empty(), |all, one| all.union(*one));
        let table = store.learn_keywords(mailbox, &letters.names(all))?;
        let server = server.into_iter().map(|(uid, flags)| (uid, letters.translate(flags, &table))).collect();
        merge_stored(store, &account, mailbox, &server, &table, permanent.flags_of(&table), which)
    };
    let changed = worker.shared.change(work).await?;
    if changed > 0 {
        worker.changed(mailbox);
    }
    Ok(changed)
}

fn merge_stored(
    store: &Store,
    account: &str,
    mailbox: MailboxId,
    server: &BTreeMap<Uid, Flags>,
    table: &Keywords,
    permanent: Flags,
    which: Merge,
) -> crate::storage::Result<u64> {
    let Some(stored) = store.mailbox(mailbox)? else { return Ok(0) };
    let mut waiting: HashMap<MessageId, Vec<(Flags, Flags)>> = HashMap::new();
    for operation in store.operations().pending(Some(account))? {
        if let OpKind::SetFlags { message, add, remove, add_keywords, remove_keywords, .. } = operation.kind {
            let change = (add.union(table.flags(add_keywords)), remove.union(table.flags(remove_keywords)));
            waiting.entry(message).or_default().push(change);
        }
    }
    let (mut changes, mut foreign, mut changed) = (Vec::new(), Vec::new(), 0_u64);
    let known = match which {
        Merge::All => store.known(mailbox)?,
        Merge::Changed => {
            let set: UidSet = server.keys().copied().collect();
            store.known_among(mailbox, &set.ranges().collect::<Vec<_>>())?
        }
    };
    for known in known.into_iter().filter(|k| !k.held) {
        let Some(uid) = known.uid else { continue };
        let kept = |flags: Flags| Flags(flags.0 & permanent.0 | known.flags.0 & !permanent.0);
        let base = kept(known.server_flags);
        let said = server.get(&uid).map_or(base, |said| kept(*said));
        let merged = three_way(base, known.flags, said);
        let ours = waiting.get(&known.id);
        let result = ours.into_iter().flatten().fold(merged, |f, (add, remove)| f.union(*add).without(*remove));
        if said != known.server_flags || result != known.flags {
            changes.push((uid, said, result));
            changed = changed.saturating_add(u64::from(result != known.flags));
        }
        if ours.is_none() && result != said {
            let (add, remove) = (result.without(said), said.without(result));
            let validity = stored.state.uid_validity.map(|validity| (validity, uid));
            let mailbox = stored.meta.path.clone();
            foreign.push(OpKind::change_flags((mailbox, table), known.id, validity, add, remove));
        }
    }
    if !changes.is_empty() {
        store.set_server_flags(mailbox, &changes)?;
    }
    if !foreign.is_empty() {
        let group = store.operations().new_group()?;
        let account = account.to_string();
        let new: Vec<NewOperation> = foreign
            .into_iter()
            .map(|kind| NewOperation { account: account.clone(), kind, not_before: 0, group })
            .collect();
        store.operations().enqueue(&new)?;
    }
    Ok(changed)
}
