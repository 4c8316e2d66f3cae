//! Message disposition notifications (RFC 8098): "read receipts".

use super::groups::{self, line, typed};
use super::{Disposition, DispositionReport, Original};

/// Reads a `message/disposition-notification`. `None` where it tells nothing.
pub(crate) fn read(body: &[u8], original: Original) -> Option<DispositionReport> {
    let (groups, _) = groups::of(body);
    let group = groups.first()?;
    let said = line(group, "disposition")?;
    let (mode, what) = said.split_once(';').unwrap_or(("", &said));
    let mode = mode.to_ascii_lowercase();
    let recipient = typed(group, "final-recipient").or_else(|| typed(group, "original-recipient")).unwrap_or_default();
    let message_id = group.first("original-message-id").and_then(|value| {
        crate::mail::message_id::parse(&String::from_utf8_lossy(value.get(..1_000).unwrap_or(value)), 1)
            .into_iter()
            .next()
    });
    Some(DispositionReport {
        original_recipient: typed(group, "original-recipient").filter(|o| !o.eq_ignore_ascii_case(&recipient)),
        recipient,
        disposition: disposition(what),
        automatic: mode.contains("automatic-action"),
        sent_automatically: mode.contains("mdn-sent-automatically"),
        error: line(group, "error").or_else(|| line(group, "failure")),
        program: line(group, "reporting-ua"),
        original: Original { message_id: message_id.or(original.message_id.clone()), ..original },
    })
}

fn disposition(what: &str) -> Disposition {
    let word = what.trim().split(['/', ' ', '(', ',']).next().unwrap_or_default().to_ascii_lowercase();
    match word.as_str() {
        "displayed" => Disposition::Displayed,
        "deleted" => Disposition::Deleted,
        "dispatched" => Disposition::Dispatched,
        "processed" => Disposition::Processed,
        "denied" => Disposition::Denied,
        "failed" => Disposition::Failed,
        _ => Disposition::Unknown,
    }
}
