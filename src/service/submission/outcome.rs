//! What an answer of the submission server makes of an Outbox entry.

use crate::protocol::Error;
use crate::protocol::smtp::{Outcome, RecipientReply};
use crate::service::backoff::retry_after;
use crate::storage::{OutboxState, Recipient, RecipientOutcome};

/// The entry's next state and recipients.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub state: OutboxState,
    pub recipients: Vec<Recipient>,
    /// Whether the server took the message, for whomever: then it belongs into Sent.
    pub taken: bool,
}

/// Judges. Some told to come later: tried again, for those alone; then, some refused for good: the person decides.
pub(super) fn settle(mut recipients: Vec<Recipient>, outcome: Outcome, attempts: u32, now: i64) -> Settled {
    let taken = outcome.accepted.is_some();
    for (address, reply) in outcome.recipients {
        let asked = |r: &&mut Recipient| r.address == address && is_open(r);
        let Some(recipient) = recipients.iter_mut().find(asked) else { continue };
        recipient.outcome = match reply {
            RecipientReply::Accepted if taken => RecipientOutcome::Accepted,
            RecipientReply::Accepted => RecipientOutcome::Waiting,
            RecipientReply::Refused { reply, permanent } => {
                RecipientOutcome::Refused { reply: reply.to_string(), permanent }
            }
        };
    }
    let refusal = |wanted: bool| {
        recipients.iter().find_map(|r| match &r.outcome {
            RecipientOutcome::Refused { reply, permanent } if *permanent == wanted => Some(reply.clone()),
            _ => None,
        })
    };
    let is_left = recipients.iter().any(|r| r.outcome == RecipientOutcome::Waiting);
    let state = match (refusal(false), refusal(true), outcome.accepted) {
        (Some(reply), _, _) => later(Some(reply), attempts, now),
        (None, _, _) if is_left => later(None, attempts, now),
        (None, Some(reply), _) => OutboxState::Refused { reply },
        (None, None, Some(reply)) => OutboxState::Accepted { reply: reply.to_string() },
        // There was nobody left to ask: all have it.
        (None, None, None) => OutboxState::Accepted { reply: String::new() },
    };
    Settled { state, recipients, taken }
}

/// Those to be asked: neither have they the message, nor were they refused for good.
pub(super) fn asked(recipients: &[Recipient]) -> Vec<String> {
    recipients.iter().filter(|r| is_open(r)).map(|r| r.address.clone()).collect()
}

fn is_open(recipient: &Recipient) -> bool {
    !matches!(recipient.outcome, RecipientOutcome::Accepted | RecipientOutcome::Refused { permanent: true, .. })
}

pub(super) fn is_refused(recipient: &Recipient) -> bool {
    matches!(recipient.outcome, RecipientOutcome::Refused { .. })
}

/// Nothing was handed over. What the server can never take is the person's to decide.
pub(super) fn not_sent(mut recipients: Vec<Recipient>, error: Error, attempts: u32, now: i64) -> Settled {
    let words = error.to_string();
    let state = match error {
        Error::TooLarge { .. } | Error::Unsupported(_) => {
            for recipient in recipients.iter_mut().filter(|r| is_open(r)) {
                recipient.outcome = RecipientOutcome::Refused { reply: words.clone(), permanent: true };
            }
            OutboxState::Refused { reply: words }
        }
        _ => later(Some(words), attempts, now),
    };
    Settled { state, recipients, taken: false }
}

/// Tried again after a while that grows.
pub(super) fn later(reason: Option<String>, attempts: u32, now: i64) -> OutboxState {
    let attempts = attempts.saturating_add(1);
    OutboxState::Waiting { not_before: now.saturating_add(retry_after(attempts)), reason, attempts }
}
