//! Messages that are here without a number (copies in Sent, moved and copied ones whose new place
//! the server did not tell) recognise themselves among what is new on the server, so that they are
//! not fetched as if they were others.

use super::identity;
use super::merge::three_way;
use super::sync::{Mailbox, Waiting};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{FetchedHeader, UidSet};
use crate::service::state::Result;
use crate::storage::{Identity, Store};
use std::collections::{BTreeSet, HashMap};

/// Messages that learn their numbers in one transaction.
const BATCH: usize = 1000;

/// Takes out of `new` what is here already, and what is about to leave.
pub(super) async fn run(
    step: &mut Mailbox<'_>,
    validity: UidValidity,
    new: &mut BTreeSet<Uid>,
    waiting: &Waiting,
) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let id = step.stored.id;
    let unnumbered = step.worker.shared.db(move |store| store.unnumbered(id)).await?;
    if unnumbered.is_empty() && waiting.message_ids.is_empty() {
        return Ok(());
    }
    let set: UidSet = new.iter().copied().collect();
    let mut headers: Vec<FetchedHeader> = Vec::new();
    let fetched = step.line.session.fetch_headers(&set, |h| headers.push(h)).await;
    fetched.map_err(|e| step.line.problem(e))?;
    headers.sort_by_key(|h| h.uid);
    headers.dedup_by_key(|h| h.uid);
    let nameless: Vec<u64> = unnumbered
        .iter()
        .filter(|one| one.message_id.is_none() && waiting.appends.contains(&one.id))
        .map(|one| one.size)
        .collect();
    // As large, but for line ends that became CRLF on the way.
    let is_nameless = |size: Option<u32>| {
        nameless.iter().any(|own| size.is_none_or(|size| (*own..=own.saturating_mul(2)).contains(&u64::from(size))))
    };
    let mut here: HashMap<String, Vec<Identity>> = HashMap::new();
    for one in unnumbered {
        if let Some(message_id) = one.message_id.clone() {
            here.entry(message_id).or_default().push(one);
        }
    }
    let mut adopted: Vec<(MessageId, Uid)> = Vec::new();
    for header in headers {
        let Some(message_id) = identity::of(&header) else {
            // Whether it is the one that is to be appended its operation finds out, before anything else.
            if is_nameless(header.size) {
                new.remove(&header.uid);
            }
            continue;
        };
        if waiting.message_ids.contains(&message_id) {
            new.remove(&header.uid);
        } else if let Some(same) = here.get_mut(&message_id)
            && let Some(at) = same.iter().position(|i| is_same(i, header.size, waiting))
        {
            adopted.push((same.swap_remove(at).id, header.uid));
            new.remove(&header.uid);
        }
    }
    if adopted.is_empty() {
        return Ok(());
    }
    let flags = flags_of(step, &adopted).await?;
    let letters = step.line.session.letters().table();
    step.worker
        .shared
        .change(move |store| {
            let all = flags.iter().fold(Flags::empty(), |all, (_, one)| all.union(*one));
            let table = store.learn_keywords(id, &letters.names(all))?;
            let flags: HashMap<Uid, Flags> = flags.into_iter().collect();
            let said = |uid: &Uid| flags.get(uid).map(|flags| letters.translate(*flags, &table));
            let numbers: Vec<_> = adopted.into_iter().map(|(message, uid)| (message, uid, said(&uid))).collect();
            numbers.chunks(BATCH).try_for_each(|numbers| give_numbers(store, id, validity, numbers))
        })
        .await?;
    step.worker.changed(id);
    Ok(())
}

/// The Message-ID agrees, and the size must; for a message that is to be appended the Message-ID is enough, for a server
/// that files what is sent itself may have added fields.
fn is_same(here: &Identity, size: Option<u32>, waiting: &Waiting) -> bool {
    size.map(u64::from) == Some(here.size) || waiting.appends.contains(&here.id)
}

/// Messages of one mailbox learn their numbers, and their flags meet those that the server's messages have, where
/// these are known.
pub(super) fn give_numbers(
    store: &Store,
    mailbox: MailboxId,
    validity: UidValidity,
    numbers: &[(MessageId, Uid, Option<Flags>)],
) -> crate::storage::Result<()> {
    let (mut adopted, mut merged) = (Vec::with_capacity(numbers.len()), Vec::new());
    for (message, uid, said) in numbers {
        let Some(located) = store.locate(*message)?.filter(|l| l.mailbox == mailbox) else { continue };
        let said = said.unwrap_or(located.server_flags);
        adopted.push((*message, *uid, said));
        let flags = three_way(located.server_flags, located.flags, said);
        if flags != located.flags {
            merged.push((*uid, said, flags));
        }
    }
    store.adopt_all(mailbox, validity, &adopted)?;
    if merged.is_empty() { Ok(()) } else { store.set_server_flags(mailbox, &merged) }
}

async fn flags_of(step: &mut Mailbox<'_>, adopted: &[(MessageId, Uid)]) -> Result<Vec<(Uid, Flags)>> {
    let set: UidSet = adopted.iter().map(|(_, uid)| *uid).collect();
    let mut flags = Vec::new();
    let fetched = step.line.session.fetch_flags(&set, None, |f| flags.push((f.uid, f.flags))).await;
    fetched.map_err(|e| step.line.problem(e))?;
    Ok(flags)
}
