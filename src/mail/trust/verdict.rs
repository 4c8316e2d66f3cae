//! From all evidence to one word.

use super::results::{Authority, find};
use super::sender::Sender;
use super::{Arrival, Check, CheckMethod, Evidence, Outcome, Suspicion, Trust, Verdict, received};
use crate::mail::mime;

/// What is known of a message's sender. `raw` may be its header alone; `arrival` is what Postwren found when it came.
/// Any bytes give an answer; nothing is looked up.
pub fn assess(raw: &[u8], authority: &Authority, arrival: Option<&Arrival>) -> Trust {
    let (header, _) = mime::split_header(raw);
    let sender = Sender::of(&header);
    let way = received::way(&header, authority);
    let domain = sender.domain();
    let found = find(&header, authority, way.entry, domain.as_deref());
    let mut suspicions = sender.suspicions;
    if found.forged {
        suspicions.push(Suspicion::ForgedResults);
    }
    let (evidence, checks) = match (found.name, arrival) {
        (Some(name), _) => (Evidence::Server { name }, found.checks),
        (None, Some(arrival)) => (Evidence::Arrival { at: arrival.at }, arrival.checks.clone()),
        (None, None) => (Evidence::None, Vec::new()),
    };
    let (proved, proof) = of_checks(&checks);
    let verdict = match (suspicions.is_empty(), &evidence) {
        (false, _) => Verdict::Suspicious,
        (true, Evidence::None) => Verdict::NotChecked,
        (true, _) => proved,
    };
    let domain = if verdict == Verdict::Verified { proof.or(domain) } else { None };
    Trust { verdict, evidence, checks, domain, suspicions, notes: sender.notes, hops: way.hops, transit: way.transit }
}

/// What the checks say together: DMARC's word counts; without it, one aligned proof by DKIM or SPF is enough, and
/// failures of those that are aligned count against it.
fn of_checks(checks: &[Check]) -> (Verdict, Option<String>) {
    let of = |method| checks.iter().filter(move |check| check.method == method);
    let aligned = |outcome| {
        let proofs = of(CheckMethod::Dkim).chain(of(CheckMethod::Spf));
        proofs.filter(move |check| check.aligned && check.outcome == outcome)
    };
    let proof = || aligned(Outcome::Pass).next().and_then(|check| check.domain.clone());
    let dmarc = of(CheckMethod::Dmarc).map(|check| (check.outcome, check.aligned)).collect::<Vec<_>>();
    // Two answers of one server about one message do not happen; the worse one counts.
    if dmarc.iter().any(|(outcome, _)| *outcome == Outcome::Fail) {
        return (Verdict::Failed, None);
    }
    if dmarc.contains(&(Outcome::Pass, true)) {
        return (Verdict::Verified, of(CheckMethod::Dmarc).find_map(|check| check.domain.clone()).or_else(proof));
    }
    if aligned(Outcome::Pass).next().is_some() {
        return (Verdict::Verified, proof());
    }
    match aligned(Outcome::Fail).next() {
        Some(_) => (Verdict::Failed, None),
        None => (Verdict::Unknown, None),
    }
}
