//! Delivery status notifications (RFC 3464; RFC 6533 for addresses beyond ASCII).

use super::groups::{self, line, moment, typed};
use super::{Action, DeliveryReport, MAX_RECIPIENTS, Original, Reason, RecipientReport, Status};
use crate::mail::mime::Header;

/// Reads a `message/delivery-status`. `None` where it tells of no recipient.
pub(crate) fn read(body: &[u8], original: Original) -> Option<DeliveryReport> {
    let (groups, more) = groups::of(body);
    let (message, recipients) = groups.split_first()?;
    let is_recipient = |group: &&Header<'_>| group.first("final-recipient").or(group.first("action")).is_some();
    // Some hosts forget the group about the message, or the line between the two.
    let all = std::iter::once(message).chain(recipients).filter(is_recipient);
    let recipients: Vec<RecipientReport> = all.take(MAX_RECIPIENTS).map(recipient).collect();
    if recipients.is_empty() {
        return None;
    }
    Some(DeliveryReport {
        reporting_host: typed(message, "reporting-mta"),
        arrived: moment(message, "arrival-date"),
        envelope_id: line(message, "original-envelope-id"),
        recipients,
        shortened: more,
        original,
    })
}

fn recipient(group: &Header<'_>) -> RecipientReport {
    let diagnostic = typed(group, "diagnostic-code");
    let status = line(group, "status").and_then(|value| Status::parse(&value));
    let (last, original) = (typed(group, "final-recipient"), typed(group, "original-recipient"));
    let address = last.or_else(|| original.clone()).unwrap_or_default();
    let action = action(group, status);
    let fails = matches!(action, Action::Failed | Action::Delayed | Action::Unknown);
    RecipientReport {
        original: original.filter(|original| !original.eq_ignore_ascii_case(&address)),
        address,
        action,
        status,
        reason: if fails { Reason::of(status, diagnostic.as_deref()) } else { Reason::Unsaid },
        remote_host: typed(group, "remote-mta"),
        diagnostic,
        last_attempt: moment(group, "last-attempt-date"),
        will_retry_until: moment(group, "will-retry-until"),
    }
}

fn action(group: &Header<'_>, status: Option<Status>) -> Action {
    let word = line(group, "action").unwrap_or_default();
    let word = word.split([' ', '(', ';']).next().unwrap_or_default().to_ascii_lowercase();
    match (word.as_str(), status.map(|status| status.class)) {
        ("failed", _) => Action::Failed,
        ("delayed", _) => Action::Delayed,
        ("delivered", _) => Action::Delivered,
        ("relayed", _) => Action::Relayed,
        ("expanded", _) => Action::Expanded,
        ("", Some(5)) => Action::Failed,
        ("", Some(4)) => Action::Delayed,
        ("", Some(2)) => Action::Delivered,
        _ => Action::Unknown,
    }
}
