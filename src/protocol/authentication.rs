//! DKIM, SPF and DMARC of a message that just arrived, asked of the DNS through mail-auth, where the person wants
//! that. The names that are looked up are the sender's choice, so this is done when mail comes and never when it is
//! opened.
//!
//! Bounded: messages up to [`MAX_MESSAGE`], [`MAX_SIGNATURES`] signatures, [`DEADLINE`] for all of it. What cannot
//! be looked up is a temporary error of that check and nothing else.

use super::error::{Error, Result};
use crate::mail::trust::{Check, CheckMethod, Origin, Outcome, aligned};
use mail_auth::common::verify::VerifySignature;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::hickory_resolver::config::ResolverOpts;
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DmarcResult, MessageAuthenticator, Parameters, ResolverCache,
    SpfOutput, SpfResult, Txt,
};
use std::time::Duration;

/// Bytes of a message whose signatures are checked.
pub const MAX_MESSAGE: usize = 30 << 20;

/// Signatures that are checked, as many as mail-auth itself allows in one message of ours.
const MAX_SIGNATURES: usize = 10;

/// For all questions about one message.
const DEADLINE: Duration = Duration::from_secs(20);

/// Asks the DNS that the system is set up with.
#[derive(Clone)]
pub struct Verifier {
    authenticator: MessageAuthenticator,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier")
    }
}

impl Verifier {
    /// The verifier by the system's resolver configuration. Reads it from the disk.
    ///
    /// # Errors
    /// [`Error::Resolve`] where there is none.
    pub fn system() -> Result<Verifier> {
        let failed = |error: &dyn std::fmt::Display| Error::Resolve(std::io::Error::other(error.to_string()));
        let (config, options) = read_system_conf().map_err(|error| failed(&error))?;
        let options = bounded(options);
        let authenticator = MessageAuthenticator::new(config, options).map_err(|error| failed(&error))?;
        Ok(Verifier { authenticator })
    }

    /// Checks a message; `None` where there is nothing to check or not everything was answered in time.
    pub async fn verify(&self, raw: &[u8], origin: Option<&Origin>) -> Option<Vec<Check>> {
        self.verify_with(raw, origin, &Nothing).await
    }

    async fn verify_with<C>(&self, raw: &[u8], origin: Option<&Origin>, known: &C) -> Option<Vec<Check>>
    where
        C: ResolverCache<Box<str>, Txt>,
    {
        if raw.len() > MAX_MESSAGE {
            return None;
        }
        let message = AuthenticatedMessage::parse(raw)?;
        if message.dkim_headers.len() > MAX_SIGNATURES {
            return None;
        }
        tokio::time::timeout(DEADLINE, self.ask(&message, origin, known)).await.ok()
    }

    async fn ask<C>(&self, message: &AuthenticatedMessage<'_>, origin: Option<&Origin>, known: &C) -> Vec<Check>
    where
        C: ResolverCache<Box<str>, Txt>,
    {
        let from = message.from().rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
        let from = from.as_deref();
        let signatures = self.authenticator.verify_dkim(Parameters::new(message).with_txt_cache(known)).await;
        let mut checks: Vec<Check> = signatures.iter().filter_map(|output| of_signature(output, from)).collect();
        let envelope = match origin {
            Some(origin) => {
                let Origin { address, helo, host, reverse_path } = origin;
                let question = match reverse_path.as_str() {
                    "" => SpfParameters::verify_ehlo(*address, helo, host),
                    path => SpfParameters::verify_mail_from(*address, helo, host, path),
                };
                let output = self.authenticator.verify_spf(Parameters::new(question).with_txt_cache(known)).await;
                checks.push(check(CheckMethod::Spf, of_spf(output.result()), output.domain(), from));
                output
            }
            None => SpfOutput::new(String::new()).with_result(SpfResult::None),
        };
        let sender = envelope.domain().to_string();
        let question = DmarcParameters::new(message, &signatures, &sender, &envelope);
        let output = self.authenticator.verify_dmarc(Parameters::new(question).with_txt_cache(known)).await;
        if output.dmarc_record().is_some() {
            let best = match (output.dkim_result(), output.spf_result()) {
                (DmarcResult::Pass, _) | (_, DmarcResult::Pass) => Outcome::Pass,
                (DmarcResult::TempError(_), _) | (_, DmarcResult::TempError(_)) => Outcome::TempError,
                // Without knowing from where it came, what SPF would say is open.
                _ if origin.is_none() && !signatures.iter().any(|s| matches!(s.result(), DkimResult::Fail(_))) => {
                    Outcome::Neutral
                }
                _ => Outcome::Fail,
            };
            checks.push(Check {
                method: CheckMethod::Dmarc,
                outcome: best,
                domain: from.map(str::to_string),
                aligned: true,
            });
        }
        checks.sort_by_key(|check| (check.method, check.outcome != Outcome::Pass));
        checks
    }
}

/// The system's options, with less patience than it may have.
fn bounded(mut options: ResolverOpts) -> ResolverOpts {
    options.timeout = options.timeout.min(Duration::from_secs(5));
    options.attempts = options.attempts.min(2);
    options
}

fn of_signature(output: &DkimOutput<'_>, from: Option<&str>) -> Option<Check> {
    let outcome = match output.result() {
        DkimResult::Pass => Outcome::Pass,
        DkimResult::Neutral(_) => Outcome::Neutral,
        DkimResult::Fail(_) => Outcome::Fail,
        DkimResult::PermError(_) => Outcome::PermError,
        DkimResult::TempError(_) => Outcome::TempError,
        DkimResult::None => return None,
    };
    Some(check(CheckMethod::Dkim, outcome, output.signature().map(|s| s.domain()).unwrap_or_default(), from))
}

fn of_spf(result: SpfResult) -> Outcome {
    match result {
        SpfResult::Pass => Outcome::Pass,
        SpfResult::Fail => Outcome::Fail,
        SpfResult::SoftFail => Outcome::SoftFail,
        SpfResult::Neutral => Outcome::Neutral,
        SpfResult::TempError => Outcome::TempError,
        SpfResult::PermError => Outcome::PermError,
        SpfResult::None => Outcome::None,
    }
}

fn check(method: CheckMethod, outcome: Outcome, domain: &str, from: Option<&str>) -> Check {
    let domain = domain.trim_end_matches('.').to_lowercase();
    let is_aligned = from.is_some_and(|from| aligned(&domain, from));
    Check { method, outcome, domain: (!domain.is_empty()).then_some(domain), aligned: is_aligned }
}

/// Remembers nothing: the resolver below has a memory of its own.
struct Nothing;

impl ResolverCache<Box<str>, Txt> for Nothing {
    fn get<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        None
    }
    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        None
    }
    fn insert(&self, _: Box<str>, _: Txt, _: std::time::Instant) {}
}

#[cfg(test)]
mod tests;
