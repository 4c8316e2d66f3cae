//! Delivery reports and receipts in plain words.

use crate::fl;
use crate::i18n::units;
use crate::mail::report::{Action, Disposition, DispositionReport, Reason, RecipientReport};
use jiff::Zoned;

/// What became of a message for one recipient: one to three sentences.
pub fn recipient(report: &RecipientReport, now: &Zoned) -> String {
    let address = report.address.as_str();
    let what = match report.action {
        Action::Failed => fl!("report-failed", address = address),
        Action::Delayed => fl!("report-delayed", address = address),
        Action::Delivered => fl!("report-delivered", address = address),
        Action::Relayed => fl!("report-relayed", address = address),
        Action::Expanded => fl!("report-expanded", address = address),
        Action::Unknown => fl!("report-unknown", address = address),
    };
    let until = report.will_retry_until.map(|at| fl!("report-retried", until = units::full_date(at, now)));
    let all = [Some(what), reason(report.reason), until];
    all.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Why, a sentence; none where nothing is said.
pub fn reason(reason: Reason) -> Option<String> {
    Some(match reason {
        Reason::Unsaid => return None,
        Reason::NoSuchMailbox => fl!("reason-no-such-mailbox"),
        Reason::NoSuchDomain => fl!("reason-no-such-domain"),
        Reason::DomainWithoutMail => fl!("reason-domain-without-mail"),
        Reason::BadAddress => fl!("reason-bad-address"),
        Reason::MailboxMoved => fl!("reason-mailbox-moved"),
        Reason::BadSenderAddress => fl!("reason-bad-sender-address"),
        Reason::MailboxDisabled => fl!("reason-mailbox-disabled"),
        Reason::MailboxFull => fl!("reason-mailbox-full"),
        Reason::MessageTooLarge => fl!("reason-message-too-large"),
        Reason::List => fl!("reason-list"),
        Reason::SystemFull => fl!("reason-system-full"),
        Reason::NotAccepting => fl!("reason-not-accepting"),
        Reason::SystemTrouble => fl!("reason-system-trouble"),
        Reason::NoAnswer => fl!("reason-no-answer"),
        Reason::BadConnection => fl!("reason-bad-connection"),
        Reason::NoRoute => fl!("reason-no-route"),
        Reason::Congestion => fl!("reason-congestion"),
        Reason::Loop => fl!("reason-loop"),
        Reason::Expired => fl!("reason-expired"),
        Reason::TooManyRecipients => fl!("reason-too-many-recipients"),
        Reason::Protocol => fl!("reason-protocol"),
        Reason::Content => fl!("reason-content"),
        Reason::Policy => fl!("reason-policy"),
        Reason::NotAllowed => fl!("reason-not-allowed"),
        Reason::SenderNotProved => fl!("reason-sender-not-proved"),
        Reason::Encryption => fl!("reason-encryption"),
        Reason::RateLimit => fl!("reason-rate-limit"),
    })
}

/// What became of a message at its recipient's, one or two sentences.
pub fn disposition(report: &DispositionReport) -> String {
    let who = report.recipient.as_str();
    let what = match report.disposition {
        Disposition::Displayed => fl!("disposition-displayed", who = who),
        Disposition::Deleted => fl!("disposition-deleted", who = who),
        Disposition::Dispatched => fl!("disposition-dispatched", who = who),
        Disposition::Processed => fl!("disposition-processed", who = who),
        Disposition::Denied => fl!("disposition-denied", who = who),
        Disposition::Failed => fl!("disposition-failed", who = who),
        Disposition::Unknown => fl!("disposition-unknown", who = who),
    };
    if report.automatic { format!("{what} {}", fl!("disposition-automatic")) } else { what }
}
