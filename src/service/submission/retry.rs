//! What a person may do with an entry that waits, was refused, or is unknown: send again, or take it back.

use super::{draft_of, filing, in_hand, unknown};
use crate::service::account::worker::Worker;
use crate::service::command::{Receipt, SendTime};
use crate::service::event::Event;
use crate::service::problem::Problem;
use crate::service::state::{Result, Shared};
use crate::storage::{OutboxItem, OutboxState, Recipient, RecipientOutcome};
use std::sync::Arc;

/// Takes an entry out; the draft is open again where it was written here.
pub(in crate::service) async fn cancel(shared: &Arc<Shared>, id: i64) -> Result<Receipt> {
    let item = idle(shared, id).await?;
    let (state, draft) = (item.state.clone(), draft_of(&item));
    let kept = draft.clone();
    let taken = shared
        .db(move |store| {
            if let Some(draft) = &kept {
                store.drafts().save(draft)?;
            }
            // Only if nobody began to send it meanwhile.
            let withdrawn = OutboxState::Refused { reply: String::new() };
            if state != withdrawn && !store.outbox().advance(id, &state, &withdrawn)? {
                return Ok(false);
            }
            store.outbox().remove(id)?;
            Ok(true)
        })
        .await?;
    if !taken {
        return Err(being_sent());
    }
    shared.emit(Event::Outbox { id });
    Ok(Receipt { count: 1, draft: draft.map(Box::new), ..Receipt::default() })
}

/// Sends again to all that do not have it, with some addresses corrected.
pub(in crate::service) async fn retry(
    shared: &Arc<Shared>,
    id: i64,
    corrected: Vec<(String, String)>,
) -> Result<Receipt> {
    let item = idle(shared, id).await?;
    let state = shared.account(&item.account)?;
    let recipients = corrected_recipients(&item.recipients, &corrected)?;
    let waiting = OutboxState::Waiting { not_before: shared.now(), reason: None, attempts: 0 };
    shared
        .db(move |store| {
            if corrected.is_empty() {
                return store.outbox().replace(id, None, &recipients, &waiting);
            }
            let raw = store.outbox().raw(id)?;
            let new = corrected.iter().fold(raw.clone(), |raw, (old, new)| with_address(&raw, old, new));
            let changed = (new != raw).then_some(new);
            store.outbox().replace(id, changed.as_deref(), &recipients, &waiting)
        })
        .await?;
    shared.emit(Event::Outbox { id });
    state.outgoing.notify_one();
    Ok(Receipt { count: 1, outbox: Some(id), ..Receipt::default() })
}

/// Gives a waiting entry another time.
pub(in crate::service) async fn reschedule(shared: &Arc<Shared>, id: i64, when: SendTime) -> Result<Receipt> {
    let item = idle(shared, id).await?;
    let state = shared.account(&item.account)?;
    if !matches!(item.state, OutboxState::Waiting { .. }) {
        return Err(Problem::invalid("the message does not wait for a time"));
    }
    let (not_before, leaves_at) = moment(shared, when);
    let waiting = OutboxState::Waiting { not_before, reason: None, attempts: 0 };
    let before = item.state;
    let moved = shared.db(move |store| store.outbox().reschedule(id, &before, &waiting, leaves_at)).await?;
    if !moved {
        return Err(being_sent());
    }
    shared.emit(Event::Outbox { id });
    state.outgoing.notify_one();
    Ok(Receipt { count: 1, outbox: Some(id), ..Receipt::default() })
}

/// When an entry may leave, and the time that the person chose, where one was chosen.
pub(in crate::service) fn moment(shared: &Shared, when: SendTime) -> (i64, Option<i64>) {
    match when {
        SendTime::After(seconds) => (shared.now().saturating_add(i64::from(seconds)), None),
        SendTime::At(at) => (at, Some(at)),
    }
}

/// The person knows that an entry of which we do not know was sent: it is filed in Sent.
pub(in crate::service) async fn mark_sent(shared: &Arc<Shared>, id: i64) -> Result<Receipt> {
    let item = idle(shared, id).await?;
    let worker = Worker { shared: shared.clone(), state: shared.account(&item.account)? };
    if !shared.db(move |store| unknown::accept(store, id)).await? {
        return Err(Problem::invalid("it is known what became of the message"));
    }
    shared.emit(Event::Outbox { id });
    filing::file(&worker, &[id]).await?;
    Ok(Receipt { count: 1, outbox: Some(id), ..Receipt::default() })
}

fn being_sent() -> Problem {
    Problem::invalid("the message is being sent")
}

/// The entry, if nobody is sending it; one that is being sent is given up where that is safe.
async fn idle(shared: &Arc<Shared>, id: i64) -> Result<OutboxItem> {
    let not_found = || Problem::not_found(format!("Outbox entry {id}"));
    let is_free = in_hand::release(shared, id).await;
    let item = shared.db(move |store| store.outbox().item(id)).await?.ok_or_else(not_found)?;
    if !is_free || matches!(item.state, OutboxState::Sending | OutboxState::Accepted { .. }) {
        return Err(being_sent());
    }
    Ok(item)
}

fn corrected_recipients(recipients: &[Recipient], corrected: &[(String, String)]) -> Result<Vec<Recipient>> {
    for (old, new) in corrected {
        let is_open = |r: &Recipient| r.address == *old && r.outcome != RecipientOutcome::Accepted;
        if !recipients.iter().any(is_open) {
            return Err(Problem::invalid(format!("{old} is not a recipient that can be corrected")));
        }
        let is_address = new.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if !is_address || new.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',')) {
            return Err(Problem::invalid(format!("“{new}” is not an address")));
        }
    }
    let mut out: Vec<Recipient> = Vec::new();
    for recipient in recipients {
        let is_done = recipient.outcome == RecipientOutcome::Accepted;
        let new = corrected.iter().find(|(old, _)| *old == recipient.address).filter(|_| !is_done);
        let address = new.map_or(&recipient.address, |(_, new)| new).clone();
        if !out.iter().any(|r| r.address == address) {
            let outcome = if is_done { RecipientOutcome::Accepted } else { RecipientOutcome::Waiting };
            out.push(Recipient { address, outcome });
        }
    }
    Ok(out)
}

/// The message with an address replaced where it stands alone in To or Cc.
fn with_address(raw: &[u8], old: &str, new: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len().saturating_add(new.len()));
    let (mut in_header, mut in_field) = (true, false);
    for line in raw.split_inclusive(|b| *b == b'\n') {
        in_header &= !matches!(line, b"\n" | b"\r\n");
        let is_folded = matches!(line.first(), Some(b' ' | b'\t'));
        if in_header && !is_folded {
            let starts = |name: &[u8]| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            in_field = starts(b"to:") || starts(b"cc:");
        }
        match std::str::from_utf8(line) {
            Ok(text) if in_header && in_field => out.extend_from_slice(replaced(text, old, new).as_bytes()),
            _ => out.extend_from_slice(line),
        }
    }
    out
}

/// Replaces the address where no character beside it would make it another one.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '%');
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once(old).filter(|_| !old.is_empty()) {
        let stands_alone = !before.ends_with(is_part) && !after.starts_with(is_part);
        out.push_str(before);
        out.push_str(if stands_alone { new } else { old });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_corrected_in_to_and_cc_alone() {
        let raw = b"From: bob@b.test\r\nTo: Bob <bob@b.test>,\r\n rob.bob@b.test, bob@b.test.org\r\nSubject: bob@b.test\r\n\r\nTo: bob@b.test\r\n";
        let new = String::from_utf8(with_address(raw, "bob@b.test", "bob@c.test")).unwrap();
        assert_eq!(
            new,
            "From: bob@b.test\r\nTo: Bob <bob@c.test>,\r\n rob.bob@b.test, bob@b.test.org\r\nSubject: bob@b.test\r\n\r\nTo: bob@b.test\r\n"
        );
    }

    #[test]
    fn only_those_without_the_message_are_asked_again() {
        let refused = RecipientOutcome::Refused { reply: "550".into(), permanent: true };
        let recipient =
            |address: &str, outcome: &RecipientOutcome| Recipient { address: address.into(), outcome: outcome.clone() };
        let all = [recipient("a@x", &RecipientOutcome::Accepted), recipient("b@x", &refused)];
        let new = corrected_recipients(&all, &[("b@x".into(), "c@x".into())]).unwrap();
        assert_eq!(new, [recipient("a@x", &RecipientOutcome::Accepted), recipient("c@x", &RecipientOutcome::Waiting)]);
        let once = corrected_recipients(&all, &[("b@x".into(), "a@x".into())]).unwrap();
        assert_eq!(once.len(), 1, "a recipient who has it is not asked twice");
        assert!(corrected_recipients(&all, &[("a@x".into(), "z@x".into())]).is_err());
        assert!(corrected_recipients(&all, &[("b@x".into(), "no address".into())]).is_err());
    }
}
