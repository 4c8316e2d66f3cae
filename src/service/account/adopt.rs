//! Messages that are here without a number (copies in Sent, moved and copied ones whose new place
//! the server did not tell) recognise themselves among what is new on the server, so that they are
//! not fetched as if they were others.

use super::identity;
use super::merge::three_way;
use super::sync::{Mailbox, Waiting};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{FetchedHeader, UidSet};
use crate::service::state::Result;
use crate::storage::{Identity, Store};
use std::collections::BTreeSet;

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
    let mut here = step.worker.shared.db(move |store| store.unnumbered(id)).await?;
    if here.is_empty() && waiting.message_ids.is_empty() {
        return Ok(());
    }
    let set: UidSet = new.iter().copied().collect();
    let mut headers: Vec<FetchedHeader> = Vec::new();
    let fetched = step.line.session.fetch_headers(&set, |h| headers.push(h)).await;
    fetched.map_err(|e| step.line.problem(e))?;
    headers.sort_by_key(|h| h.uid);
    headers.dedup_by_key(|h| h.uid);
    let mut adopted: Vec<(MessageId, Uid)> = Vec::new();
    for header in headers {
        let Some(message_id) = identity::of(&header) else { continue };
        if waiting.message_ids.contains(&message_id) {
            new.remove(&header.uid);
        } else if let Some(at) = here.iter().position(|i| is_same(i, &message_id, header.size, waiting)) {
            adopted.push((here.swap_remove(at).id, header.uid));
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
            for (message, uid) in adopted {
                let said = flags.iter().find(|(u, _)| *u == uid).map(|(_, f)| letters.translate(*f, &table));
                give_number(store, message, validity, uid, said)?;
            }
            Ok(())
        })
        .await?;
    step.worker.changed(id);
    Ok(())
}

/// Message-ID and size must agree; for a message that is to be appended the Message-ID alone, for a server
/// that files what is sent itself may have added fields.
fn is_same(here: &Identity, message_id: &str, size: Option<u32>, waiting: &Waiting) -> bool {
    here.message_id.as_deref() == Some(message_id)
        && (size.map(u64::from) == Some(here.size) || waiting.appends.contains(&here.id))
}

/// A message here learns its number, and its flags meet those that the server's message has, where these are known.
pub(super) fn give_number(
    store: &Store,
    message: MessageId,
    validity: UidValidity,
    uid: Uid,
    said: Option<Flags>,
) -> crate::storage::Result<()> {
    let Some(located) = store.locate(message)? else { return Ok(()) };
    let said = said.unwrap_or(located.server_flags);
    store.adopt(message, validity, uid, said)?;
    let merged = three_way(located.server_flags, located.flags, said);
    if merged != located.flags {
        store.set_server_flags(located.mailbox, &[(uid, said, merged)])?;
    }
    Ok(())
}

async fn flags_of(step: &mut Mailbox<'_>, adopted: &[(MessageId, Uid)]) -> Result<Vec<(Uid, Flags)>> {
    let set: UidSet = adopted.iter().map(|(_, uid)| *uid).collect();
    let mut flags = Vec::new();
    let fetched = step.line.session.fetch_flags(&set, None, |f| flags.push((f.uid, f.flags))).await;
    fetched.map_err(|e| step.line.problem(e))?;
    flags.reverse();
    Ok(flags)
}
