//! Who really sent a message, in words.

use crate::fl;
use crate::mail::trust::{
    Check, CheckMethod, Evidence, Hop, HopSecurity, Note, Outcome, Suspicion, Transit, Trust, Verdict,
};

/// The one sentence of the chip.
pub fn verdict(trust: &Trust) -> String {
    let domain = trust.domain.as_deref().unwrap_or_default();
    match (trust.verdict, &trust.evidence) {
        (Verdict::Verified, Evidence::Server { name }) if !name.is_empty() => {
            fl!("trust-verified-by", domain = domain, server = name.as_str())
        }
        (Verdict::Verified, _) => fl!("trust-verified", domain = domain),
        (Verdict::Failed, _) => fl!("trust-failed"),
        (Verdict::Unknown, _) => fl!("trust-unknown"),
        (Verdict::NotChecked, _) => fl!("trust-not-checked"),
        (Verdict::Suspicious, _) => fl!("trust-suspicious"),
    }
}

/// What a message pretends, a sentence.
pub fn suspicion(suspicion: &Suspicion) -> String {
    match suspicion {
        Suspicion::NameIsAddress { shown, real } => {
            fl!("suspicion-name-is-address", shown = shown.as_str(), real = real.as_str())
        }
        Suspicion::Hidden => fl!("suspicion-hidden"),
        Suspicion::MixedScripts { domain, ascii } => {
            fl!("suspicion-mixed-scripts", domain = domain.as_str(), ascii = ascii.as_str())
        }
        Suspicion::LookAlike { domain, ascii } => {
            fl!("suspicion-look-alike", domain = domain.as_str(), ascii = ascii.as_str())
        }
        Suspicion::SeveralAuthors => fl!("suspicion-several-authors"),
        Suspicion::ForgedResults => fl!("suspicion-forged-results"),
    }
}

/// Something usual that is good to know, a sentence.
pub fn note(note: &Note) -> String {
    match note {
        Note::SenderDiffers { address } => fl!("note-sender-differs", address = address.as_str()),
        Note::ReplyToDiffers { address } => fl!("note-reply-to-differs", address = address.as_str()),
        Note::ReturnPathDiffers { address } => fl!("note-return-path-differs", address = address.as_str()),
        Note::International { domain, ascii } => {
            fl!("note-international", domain = domain.as_str(), ascii = ascii.as_str())
        }
    }
}

/// A check and its outcome, such as “DKIM: passed (example.org)”.
pub fn check(check: &Check) -> String {
    let method = match check.method {
        CheckMethod::Dmarc => "DMARC",
        CheckMethod::Dkim => "DKIM",
        CheckMethod::Spf => "SPF",
        CheckMethod::Arc => "ARC",
    };
    let outcome = match check.outcome {
        Outcome::Pass => fl!("outcome-pass"),
        Outcome::Fail => fl!("outcome-fail"),
        Outcome::SoftFail => fl!("outcome-soft-fail"),
        Outcome::Neutral => fl!("outcome-neutral"),
        Outcome::None => fl!("outcome-none"),
        Outcome::TempError => fl!("outcome-temp-error"),
        Outcome::PermError => fl!("outcome-perm-error"),
        Outcome::Policy => fl!("outcome-policy"),
    };
    match &check.domain {
        Some(domain) => fl!("trust-check-domain", method = method, outcome = outcome, domain = domain.as_str()),
        None => fl!("trust-check", method = method, outcome = outcome),
    }
}

/// Whether it was encrypted on its way, a sentence.
pub fn transit(transit: Transit) -> String {
    match transit {
        Transit::Encrypted => fl!("transit-encrypted"),
        Transit::Clear => fl!("transit-clear"),
        Transit::Unknown => fl!("transit-unknown"),
    }
}

/// A step of the way: from where to where, and how it was protected.
pub fn hop(hop: &Hop) -> String {
    let security = match &hop.security {
        HopSecurity::Encrypted { version: Some(version) } => fl!("hop-encrypted-with", version = version.as_str()),
        HopSecurity::Encrypted { version: None } => fl!("hop-encrypted"),
        HopSecurity::Local => fl!("hop-local"),
        HopSecurity::Clear => fl!("hop-clear"),
        HopSecurity::Unknown => fl!("hop-unknown"),
    };
    let place = |host: &Option<String>| host.clone().unwrap_or_else(|| "?".into());
    format!("{} → {}: {security}", place(&hop.from), place(&hop.by))
}
