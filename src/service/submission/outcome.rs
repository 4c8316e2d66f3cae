//! What an answer of the submission server makes of an Outbox entry.

use crate::mail::account::Endpoint;
use crate::protocol::Error;
use crate::protocol::smtp::{Outcome, RecipientReply};
use crate::service::backoff::retry_after;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::problem_from::of_protocol;
use crate::service::reason;
use crate::storage::{OutboxItem, OutboxState, Recipient, RecipientOutcome};

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
        (Some(reply), _, _) => {
            let kind = ProblemKind::Refused { server: String::new(), reply };
            later(Some(&Problem::new(kind, "")), attempts, now)
        }
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

/// Nothing was handed over. What the server can never take is the person's to decide; no recipient was asked about.
pub(super) fn not_sent(item: &OutboxItem, error: Error, server: &Endpoint, attempts: u32, now: i64) -> Settled {
    let is_final = matches!(error, Error::TooLarge { .. } | Error::Unsupported(_));
    let mut problem = of_protocol(error, server);
    if let ProblemKind::TooLarge { size, .. } = &mut problem.kind {
        *size = item.size;
    }
    let state = match is_final {
        true => OutboxState::Refused { reply: reason::written(&problem) },
        false => later(Some(&problem), attempts, now),
    };
    Settled { state, recipients: item.recipients.clone(), taken: false }
}

/// Tried again after a while that grows.
pub(super) fn later(problem: Option<&Problem>, attempts: u32, now: i64) -> OutboxState {
    let reason = problem.map(reason::written);
    let attempts = attempts.saturating_add(1);
    OutboxState::Waiting { not_before: now.saturating_add(retry_after(attempts)), reason, attempts }
}
