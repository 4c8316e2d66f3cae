//! What an answer of the submission server makes of an Outbox entry.

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

/// Judges. Some refused for good: the person decides. Some told to come later: tried again, for those alone.
pub(super) fn settle(mut recipients: Vec<Recipient>, outcome: Outcome, attempts: u32, now: i64) -> Settled {
    let taken = outcome.accepted.is_some();
    for (address, reply) in outcome.recipients {
        let asked = |r: &&mut Recipient| r.address == address && r.outcome != RecipientOutcome::Accepted;
        let Some(recipient) = recipients.iter_mut().find(asked) else { continue };
        recipient.outcome = match reply {
            RecipientReply::Accepted if taken => RecipientOutcome::Accepted,
            RecipientReply::Accepted => RecipientOutcome::Waiting,
            RecipientReply::Refused { reply, permanent } => {
                RecipientOutcome::Refused { reply: reply.to_string(), permanent }
            }
        };
    }
    let refusals = || {
        recipients.iter().filter_map(|r| match &r.outcome {
            RecipientOutcome::Refused { reply, permanent } => Some((reply.clone(), *permanent)),
            _ => None,
        })
    };
    let for_good = refusals().find(|(_, permanent)| *permanent);
    let state = match (for_good, refusals().next()) {
        (Some((reply, _)), _) => OutboxState::Refused { reply },
        (None, Some((reply, _))) => later(Some(reply), attempts, now),
        (None, None) => match outcome.accepted {
            Some(reply) => OutboxState::Accepted { reply: reply.to_string() },
            None => later(None, attempts, now),
        },
    };
    Settled { state, recipients, taken }
}

/// Tried again after a while that grows.
pub(super) fn later(reason: Option<String>, attempts: u32, now: i64) -> OutboxState {
    let attempts = attempts.saturating_add(1);
    OutboxState::Waiting { not_before: now.saturating_add(retry_after(attempts)), reason, attempts }
}
