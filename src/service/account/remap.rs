//! A new UIDVALIDITY, or numbers that run backwards: every number known is void. Messages are found again by Message-ID and size
//! (those without a Message-ID by a size that is unique), so that nothing is fetched twice.

use super::identity;
use super::sync::Mailbox;
use crate::mail::ids::MessageId;
use crate::mail::uid::Uid;
use crate::protocol::imap::{Selected, UidSet};
use crate::service::state::Result;
use crate::storage::Identity;
use std::collections::{HashMap, HashSet};

type Key = (Option<String>, u64);

/// Gives known messages their new numbers; what the server has no longer is removed, under the
/// same caution as always.
pub(super) async fn run(step: &mut Mailbox<'_>, selected: &Selected) -> Result<()> {
    let mut there: Vec<(Uid, Key)> = Vec::new();
    if selected.exists > 0 {
        let each = |h: crate::protocol::imap::FetchedHeader| {
            there.push((h.uid, (identity::of(&h), u64::from(h.size.unwrap_or(0)))));
        };
        let found = step.line.session.fetch_headers(&UidSet::all(), each).await;
        found.map_err(|e| step.line.problem(e))?;
    }
    there.sort_unstable();
    there.dedup_by_key(|(uid, _)| *uid);
    let whole = there.len() as u64 >= u64::from(selected.exists);

    let id = step.stored.id;
    let (known, here) = step.worker.shared.db(move |store| Ok((store.known(id)?, store.identities(id)?))).await?;
    let held: HashSet<MessageId> = known.iter().filter(|k| k.held).map(|k| k.id).collect();
    let here: Vec<Identity> = here.into_iter().filter(|i| i.uid.is_some()).collect();
    let of = here.len();
    let (pairs, lost) = pair(&here, &there);
    tracing::info!(mailbox = %step.stored.meta.path, found = pairs.len(), lost = lost.len(), "UIDVALIDITY changed");
    // Those without a Message-ID may be among what is fetched now; they go when that is here.
    let gone: Vec<MessageId> = lost.iter().filter(|m| !held.contains(m)).copied().collect();
    if whole {
        step.remove(gone, of).await?;
    }
    let validity = selected.uid_validity;
    step.worker.shared.db(move |store| store.new_uid_validity(id, validity, &pairs)).await?;
    step.stored.state = crate::storage::SyncState { uid_validity: Some(validity), ..Default::default() };
    step.worker.changed(id);
    Ok(())
}

/// Which message here is which there; the second value are those here that are not there.
fn pair(here: &[Identity], there: &[(Uid, Key)]) -> (Vec<(MessageId, Uid)>, Vec<MessageId>) {
    let mut open: HashMap<&Key, Vec<Uid>> = HashMap::new();
    for (uid, key) in there.iter().rev() {
        open.entry(key).or_default().push(*uid);
    }
    let mut sorted: Vec<&Identity> = here.iter().collect();
    sorted.sort_by_key(|i| i.uid);
    let keys: Vec<(MessageId, Key)> = sorted.iter().map(|i| (i.id, (i.message_id.clone(), i.size))).collect();
    let mut count: HashMap<&Key, usize> = HashMap::new();
    for (_, key) in &keys {
        *count.entry(key).or_default() += 1;
    }
    let (mut pairs, mut lost) = (Vec::new(), Vec::new());
    for (id, key) in &keys {
        let certain =
            key.0.is_some() || count.get(key) == Some(&1) && open.get(key).is_some_and(|uids| uids.len() == 1);
        // Old and new numbers ascend alike, so that twins keep their places.
        match open.get_mut(key).filter(|_| certain).and_then(Vec::pop) {
            Some(uid) => pairs.push((*id, uid)),
            None => lost.push(*id),
        }
    }
    (pairs, lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(id: u64, message_id: Option<&str>, size: u64) -> Identity {
        Identity {
            id: MessageId(id),
            uid: Some(Uid(u32::try_from(id).unwrap())),
            message_id: message_id.map(String::from),
            size,
        }
    }
    fn there(uid: u32, message_id: Option<&str>, size: u64) -> (Uid, Key) {
        (Uid(uid), (message_id.map(String::from), size))
    }

    #[test]
    fn messages_are_found_again_and_doubtful_ones_are_not_guessed() {
        let (pairs, lost) = pair(
            &[
                here(1, Some("a"), 10),
                here(2, Some("b"), 10),
                here(3, Some("a"), 10),
                here(4, None, 7),
                here(5, None, 8),
                here(6, None, 8),
                here(7, Some("a"), 11),
            ],
            &[
                there(11, Some("a"), 10),
                there(12, Some("a"), 10),
                there(13, None, 7),
                there(14, None, 8),
                there(15, Some("c"), 10),
            ],
        );
        let found: Vec<(u64, u32)> = pairs.iter().map(|(m, u)| (m.0, u.0)).collect();
        assert_eq!(found, [(1, 11), (3, 12), (4, 13)]);
        assert_eq!(lost.iter().map(|m| m.0).collect::<Vec<_>>(), [2, 5, 6, 7]);
    }
}
