//! The table: who lies how, on which protocol, cut into which segments.
//!
//! Families follow the NO STARTTLS study (nostarttls.secvuln.info): negotiation, buffering, preauth, capabilities,
//! mechanisms, spoofing, referrals, handshakes, certificates.

mod before_tls;
mod credentials;
mod greetings;
mod handshakes;

pub use before_tls::SPOOFED;

use crate::case::{Case, Delivery, Outcome, PROTOCOLS, Step, Why, speech, text};
use crate::certificates::Forge;
use postwren::mail::account::{AuthMethod, Protocol, Security};
use rustls::ServerConfig;
use std::sync::Arc;

/// All cases.
pub fn all(forge: &Forge) -> Vec<Case> {
    let desk = Desk { honest: forge.honest.clone() };
    let mut cases = Vec::new();
    cases.extend(before_tls::negotiation(&desk));
    cases.extend(before_tls::buffering(&desk));
    cases.extend(before_tls::spoofing(&desk));
    cases.extend(greetings::preauth(&desk));
    cases.extend(greetings::invalid(&desk));
    cases.extend(credentials::capabilities(&desk));
    cases.extend(credentials::mechanisms(&desk));
    cases.extend(credentials::referrals(&desk));
    cases.extend(handshakes::broken(&desk));
    cases.extend(certificates(&desk, forge));
    cases
}

/// Makes cases against a server with a good certificate.
pub struct Desk {
    honest: Arc<ServerConfig>,
}

pub const EVERY: [Delivery; 3] = [Delivery::Whole, Delivery::Halves, Delivery::Bytes];

impl Desk {
    /// A case on STARTTLS in which no credentials may be said at all.
    fn case(
        &self,
        family: &'static str,
        protocol: Protocol,
        name: impl Into<String>,
        expected: &[Outcome],
        steps: Vec<Step>,
    ) -> Case {
        Case {
            family,
            name: name.into(),
            protocol,
            security: Security::StartTls,
            host: "localhost",
            method: AuthMethod::Password,
            steps,
            delivery: Delivery::Whole,
            identity: self.honest.clone(),
            expected: expected.to_vec(),
            may_log_in: false,
        }
    }
}

/// The same case in each way to cut it.
fn each_way(case: Case) -> impl Iterator<Item = Case> {
    EVERY.into_iter().map(move |delivery| Case { delivery, ..case.clone() })
}

fn joined(parts: &[&[Step]]) -> Vec<Step> {
    parts.concat()
}

/// From the first byte to an honest server within TLS, one way or the other.
fn into_tls(protocol: Protocol, security: Security) -> Vec<Step> {
    let speech = speech(protocol);
    match security {
        Security::Tls => vec![Step::Tls, text(without_starttls(protocol))],
        _ => joined(&[&speech.until_starttls, &[text(speech.go), Step::Tls]]),
    }
}

/// A greeting within TLS, where STARTTLS is offered no longer.
fn without_starttls(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "* OK ready\r\n",
        _ => speech(protocol).greeting,
    }
}

/// Every forged certificate, on every protocol, both ways; and honest ones, which must be taken.
fn certificates(desk: &Desk, forge: &Forge) -> Vec<Case> {
    let mut cases = Vec::new();
    for protocol in PROTOCOLS {
        for security in [Security::Tls, Security::StartTls] {
            for shown in &forge.forged {
                let expected: Vec<Outcome> = shown.why.iter().map(|why| Outcome::Certificate(*why)).collect();
                let case = desk.case("certificates", protocol, shown.name, &expected, into_tls(protocol, security));
                cases.push(Case { security, host: shown.host, identity: shown.identity.clone(), ..case });
            }
            let honest = [
                ("honest", "localhost", &forge.honest),
                ("honest address", "127.0.0.1", &forge.honest),
                ("honest by an intermediate", "localhost", &forge.by_intermediate),
            ];
            for (name, host, identity) in honest {
                let case = desk.case("certificates", protocol, name, &[Outcome::Welcome], into_tls(protocol, security));
                cases.push(Case { security, host, identity: identity.clone(), may_log_in: true, ..case });
            }
        }
    }
    cases
}

/// The reasons for which a certificate may be refused, for messages.
pub fn why(reason: &postwren::service::problem::CertificateReason) -> Why {
    use postwren::service::problem::CertificateReason as Reason;
    match reason {
        Reason::Name { .. } => Why::Name,
        Reason::Expired { .. } => Why::Expired,
        Reason::NotYetValid { .. } => Why::NotYetValid,
        Reason::UnknownIssuer => Why::UnknownIssuer,
        Reason::Other { .. } => Why::Other,
    }
}
