//! A [`Problem`] in words: what happened, that the mail is safe, and what to do. Technical
//! words (codes, the system's error) are not lost: they stand apart, for Details.

use super::units;
use crate::fl;
use crate::service::problem::{CertificateReason, Problem, ProblemKind, ProxyFault};
use jiff::Zoned;

/// A problem as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What happened, one sentence.
    pub what: String,
    /// Where the mail is meanwhile, and what to do: one or two sentences.
    pub advice: String,
    /// The server's or system's own words, where they say more than the sentence.
    pub details: Option<String>,
}

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.what, self.advice)
    }
}

/// Words a problem in the chosen language.
pub fn words(problem: &Problem) -> Words {
    let what = what(&problem.kind);
    let what = match problem.account.as_deref().filter(|account| !what.contains(*account)) {
        Some(account) => fl!("problem-of-account", account = account, what = what),
        None => what,
    };
    let details = Some(problem.detail.trim()).filter(|d| !d.is_empty() && !what.contains(*d)).map(String::from);
    Words { what, advice: advice(&problem.kind), details }
}

/// Why something waits, for a row of a list: the server's own words where there are some, else what happened. No full
/// stop at its end.
pub fn reason(problem: &Problem) -> String {
    let what = match &problem.kind {
        ProblemKind::Refused { reply, .. } if !reply.is_empty() => return reply.clone(),
        kind => what(kind),
    };
    let what = what.strip_suffix('.').unwrap_or(&what).to_string();
    let details = Some(problem.detail.trim()).filter(|detail| !detail.is_empty() && !what.contains(*detail));
    match (&problem.kind, details) {
        // Their sentences are the same whatever it was.
        (ProblemKind::Internal | ProblemKind::Disk { .. } | ProblemKind::Protocol { .. }, Some(details)) => {
            fl!("problem-reason-details", what = what, details = details)
        }
        _ => what,
    }
}

/// What happened.
fn what(kind: &ProblemKind) -> String {
    match kind {
        ProblemKind::Unreachable { server } => fl!("problem-unreachable", server = server.as_str()),
        ProblemKind::TimedOut { server } => fl!("problem-timed-out", server = server.as_str()),
        ProblemKind::Certificate { server, reason, issuer } => certificate(server, reason, issuer),
        ProblemKind::NoEncryption { server } => fl!("problem-no-encryption", server = server.as_str()),
        ProblemKind::Authentication { server, reply } if reply.is_empty() => {
            fl!("problem-authentication-silent", server = server.as_str())
        }
        ProblemKind::Authentication { server, reply } => {
            fl!("problem-authentication", server = server.as_str(), reply = reply.as_str())
        }
        ProblemKind::NoSecret => fl!("problem-no-secret"),
        ProblemKind::Refused { server, reply } => {
            fl!("problem-refused", server = server.as_str(), reply = reply.as_str())
        }
        ProblemKind::Protocol { server } => fl!("problem-protocol", server = server.as_str()),
        ProblemKind::TooLarge { size, limit } => {
            fl!("problem-too-large", size = units::size(*size), limit = units::size(*limit))
        }
        ProblemKind::DiskFull => fl!("problem-disk-full"),
        ProblemKind::Disk { path } => fl!("problem-disk", path = path.as_str()),
        ProblemKind::TooManyFiles => fl!("problem-too-many-files"),
        ProblemKind::Locked => fl!("problem-locked"),
        ProblemKind::NotFound { what } => fl!("problem-not-found", what = what.as_str()),
        ProblemKind::HeadersOnly => fl!("problem-headers-only"),
        ProblemKind::Invalid { what } => fl!("problem-invalid", what = what.as_str()),
        ProblemKind::Held { mailbox, removals, total } => fl!(
            "problem-held",
            mailbox = mailbox.as_str(),
            removals = units::count(*removals),
            total = units::count(*total)
        ),
        &ProblemKind::RemovedHere { ref mailbox, removals } => {
            fl!("problem-removed-here", mailbox = mailbox.as_str(), count = removals, removals = units::count(removals))
        }
        ProblemKind::StoreMissing { path } => fl!("problem-store-missing", path = path.as_str()),
        ProblemKind::Offline => fl!("problem-offline"),
        ProblemKind::CaptivePortal { server } => fl!("problem-captive-portal", server = server.as_str()),
        ProblemKind::Proxy { proxy, fault } => proxy_fault(proxy, fault),
        ProblemKind::InUse { server } => fl!("problem-in-use", server = server.as_str()),
        &ProblemKind::SomeRefused { refused, total } => {
            let [count, of] = [refused, total];
            fl!(
                "problem-some-refused",
                count = count,
                of = of,
                refused = units::count(refused),
                total = units::count(total)
            )
        }
        ProblemKind::UnknownOutcome => fl!("problem-unknown-outcome"),
        ProblemKind::NoReports { server } => fl!("problem-no-reports", server = server.as_str()),
        ProblemKind::NotStored { mailbox } => fl!("problem-not-stored", mailbox = mailbox.as_str()),
        ProblemKind::ReadOnly { mailbox } => fl!("problem-read-only", mailbox = mailbox.as_str()),
        ProblemKind::MailCame { mailbox } => fl!("problem-mail-came", mailbox = mailbox.as_str()),
        &ProblemKind::KeptHere { ref mailbox, messages } => {
            fl!("problem-kept-here", mailbox = mailbox.as_str(), count = messages, messages = units::count(messages))
        }
        ProblemKind::CopyFirst { mailbox } => fl!("problem-copy-first", mailbox = mailbox.as_str()),
        ProblemKind::Said { words } => words.clone(),
        ProblemKind::Unprintable => fl!("problem-unprintable"),
        ProblemKind::Internal => fl!("problem-internal"),
    }
}

/// What a proxy did, or did not.
fn proxy_fault(proxy: &str, fault: &ProxyFault) -> String {
    match fault {
        ProxyFault::Unreachable { .. } | ProxyFault::Silent => fl!("problem-proxy-silent", proxy = proxy),
        ProxyFault::Closed | ProxyFault::Broken { .. } => fl!("problem-proxy-closed", proxy = proxy),
        ProxyFault::WantsLogin => fl!("problem-proxy-wants-login", proxy = proxy),
        ProxyFault::TakesNoLogin => fl!("problem-proxy-takes-no-login", proxy = proxy),
        ProxyFault::WrongLogin => fl!("problem-proxy-wrong-login", proxy = proxy),
        ProxyFault::TooLong => fl!("problem-proxy-too-long", proxy = proxy),
        ProxyFault::Foreign { protocol } => fl!("problem-proxy-foreign", proxy = proxy, protocol = protocol.as_str()),
        ProxyFault::Http { reply } => fl!("problem-proxy", proxy = proxy, reply = reply.as_str()),
        ProxyFault::Socks { status } => match status {
            2 => fl!("problem-proxy-rules", proxy = proxy),
            3 | 4 => fl!("problem-proxy-no-way", proxy = proxy),
            5 => fl!("problem-proxy-refused-there", proxy = proxy),
            6 => fl!("problem-proxy-too-slow", proxy = proxy),
            status => fl!("problem-proxy-cannot", proxy = proxy, status = i64::from(*status)),
        },
    }
}

/// A refused certificate: which name, which date, which issuer.
fn certificate(server: &str, reason: &CertificateReason, issuer: &str) -> String {
    let now = Zoned::now();
    let issuer = if issuer.is_empty() { fl!("problem-certificate-nobody") } else { issuer.to_string() };
    match reason {
        CertificateReason::Name { presented } => {
            let names = if presented.is_empty() { fl!("problem-certificate-no-name") } else { presented.join(", ") };
            fl!("problem-certificate-name", server = server, names = names, issuer = issuer)
        }
        CertificateReason::Expired { at } => {
            fl!("problem-certificate-expired", server = server, date = units::day(*at, &now), issuer = issuer)
        }
        CertificateReason::NotYetValid { at } => {
            fl!("problem-certificate-early", server = server, date = units::day(*at, &now), issuer = issuer)
        }
        CertificateReason::UnknownIssuer => fl!("problem-certificate-issuer", server = server, issuer = issuer),
        CertificateReason::Other { words } => {
            fl!("problem-certificate-other", server = server, words = words.as_str(), issuer = issuer)
        }
    }
}

/// Where the mail is, and what to do.
fn advice(kind: &ProblemKind) -> String {
    match kind {
        ProblemKind::Unreachable { .. } => fl!("problem-unreachable-advice"),
        ProblemKind::TimedOut { .. } => fl!("problem-timed-out-advice"),
        ProblemKind::Certificate { .. } => fl!("problem-certificate-advice"),
        ProblemKind::NoEncryption { .. } => fl!("problem-no-encryption-advice"),
        ProblemKind::Authentication { .. } => fl!("problem-authentication-advice"),
        ProblemKind::NoSecret => fl!("problem-no-secret-advice"),
        ProblemKind::Refused { .. } => fl!("problem-refused-advice"),
        ProblemKind::Protocol { .. } => fl!("problem-protocol-advice"),
        ProblemKind::TooLarge { .. } => fl!("problem-too-large-advice"),
        ProblemKind::DiskFull => fl!("problem-disk-full-advice"),
        ProblemKind::Disk { .. } => fl!("problem-disk-advice"),
        ProblemKind::TooManyFiles => fl!("problem-too-many-files-advice"),
        ProblemKind::Locked => fl!("problem-locked-advice"),
        ProblemKind::NotFound { .. } => fl!("problem-not-found-advice"),
        ProblemKind::HeadersOnly => fl!("problem-headers-only-advice"),
        ProblemKind::Invalid { .. } => fl!("problem-invalid-advice"),
        ProblemKind::Held { .. } => fl!("problem-held-advice"),
        ProblemKind::RemovedHere { .. } => fl!("problem-removed-here-advice"),
        ProblemKind::StoreMissing { .. } => fl!("problem-store-missing-advice"),
        ProblemKind::Offline => fl!("problem-offline-advice"),
        ProblemKind::CaptivePortal { .. } => fl!("problem-captive-portal-advice"),
        ProblemKind::Proxy { .. } => fl!("problem-proxy-advice"),
        ProblemKind::InUse { .. } => fl!("problem-in-use-advice"),
        ProblemKind::SomeRefused { .. } => fl!("problem-some-refused-advice"),
        ProblemKind::UnknownOutcome => fl!("problem-unknown-outcome-advice"),
        ProblemKind::NoReports { .. } => fl!("problem-no-reports-advice"),
        ProblemKind::NotStored { .. } => fl!("problem-not-stored-advice"),
        ProblemKind::ReadOnly { .. } => fl!("problem-read-only-advice"),
        ProblemKind::MailCame { .. } => fl!("problem-mail-came-advice"),
        ProblemKind::KeptHere { .. } => fl!("problem-kept-here-advice"),
        ProblemKind::CopyFirst { .. } | ProblemKind::Said { .. } => fl!("problem-waits-advice"),
        ProblemKind::Unprintable => fl!("problem-unprintable-advice"),
        ProblemKind::Internal => fl!("problem-internal-advice"),
    }
}

#[cfg(test)]
mod tests;
