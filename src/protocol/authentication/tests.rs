use super::*;
use base64::Engine;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::DkimSigner;
use mail_auth::dmarc::Dmarc;
use mail_auth::hickory_resolver::config::ResolverConfig;
use mail_auth::spf::Spf;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A DNS that only knows what it was told; everything else does not exist.
#[derive(Default)]
struct Zone {
    records: HashMap<Box<str>, Txt>,
    asked: Mutex<usize>,
}

impl Zone {
    fn with(mut self, name: &str, record: Txt) -> Zone {
        self.records.insert(format!("{name}.").into(), record);
        self
    }
}

impl ResolverCache<Box<str>, Txt> for Zone {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        *self.asked.lock().unwrap() += 1;
        let missing = || {
            Txt::Error(mail_auth::Error::Dns(mail_auth::DnsError::RecordNotFound(
                mail_auth::hickory_resolver::proto::op::ResponseCode::NXDomain,
            )))
        };
        Some(self.records.get(name).cloned().unwrap_or_else(missing))
    }
    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }
    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

fn verifier() -> Verifier {
    // No server at all: what is not in the zone cannot be asked for anywhere.
    let config = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
    Verifier { authenticator: MessageAuthenticator::new(config, ResolverOpts::default()).unwrap() }
}

const LETTER: &str = "From: Ada <ada@x.example>\r\nTo: bob@y.example\r\nSubject: The mill\r\n\r\nIt works.\r\n";

/// A signed letter, and a zone with the key.
fn signed() -> (String, Zone) {
    let secret = Ed25519Key::generate_pkcs8().unwrap();
    let key = Ed25519Key::from_pkcs8_der(&secret).unwrap();
    let public = base64::engine::general_purpose::STANDARD.encode(key.public_key());
    let record = DomainKey::parse(format!("v=DKIM1; k=ed25519; p={public}").as_bytes()).unwrap();
    let signature = DkimSigner::from_key(key).domain("x.example").selector("s").headers(["From", "To", "Subject"]);
    let signature = signature.sign(LETTER.as_bytes()).unwrap();
    let zone = Zone::default().with("s._domainkey.x.example", Txt::DomainKey(Arc::new(record)));
    (format!("{}{LETTER}", signature.to_header()), zone)
}

fn dmarc(policy: &str) -> Txt {
    Txt::Dmarc(Arc::new(Dmarc::parse(format!("v=DMARC1; p={policy}").as_bytes()).unwrap()))
}

fn found(checks: &[Check], method: CheckMethod) -> Option<(Outcome, bool)> {
    checks.iter().find(|check| check.method == method).map(|check| (check.outcome, check.aligned))
}

#[tokio::test]
async fn a_good_signature_is_told() {
    let (raw, zone) = signed();
    let zone = zone.with("_dmarc.x.example", dmarc("reject"));
    let checks = verifier().verify_with(raw.as_bytes(), None, &zone).await.unwrap();
    assert_eq!(found(&checks, CheckMethod::Dkim), Some((Outcome::Pass, true)), "{checks:?}");
    assert_eq!(found(&checks, CheckMethod::Dmarc), Some((Outcome::Pass, true)), "{checks:?}");
}

#[tokio::test]
async fn a_changed_letter_fails() {
    let (raw, zone) = signed();
    let zone = zone.with("_dmarc.x.example", dmarc("reject"));
    let checks = verifier().verify_with(raw.replace("works", "fails").as_bytes(), None, &zone).await.unwrap();
    let dkim = found(&checks, CheckMethod::Dkim).unwrap().0;
    assert!(matches!(dkim, Outcome::Fail | Outcome::Neutral | Outcome::PermError), "{checks:?}");
    assert_ne!(found(&checks, CheckMethod::Dmarc).unwrap().0, Outcome::Pass, "{checks:?}");
}

#[tokio::test]
async fn the_host_it_came_from_is_looked_up() {
    let zone = || {
        let spf = Txt::Spf(Arc::new(Spf::parse(b"v=spf1 ip4:192.0.2.1 -all").unwrap()));
        Zone::default().with("x.example", spf).with("_dmarc.x.example", dmarc("none"))
    };
    for (address, outcome) in [("192.0.2.1", Outcome::Pass), ("192.0.2.2", Outcome::Fail)] {
        let origin = Origin {
            address: address.parse().unwrap(),
            helo: "out.x.example".into(),
            host: "mx.y.example".into(),
            reverse_path: "ada@x.example".into(),
        };
        let checks = verifier().verify_with(LETTER.as_bytes(), Some(&origin), &zone()).await.unwrap();
        assert_eq!(found(&checks, CheckMethod::Spf), Some((outcome, true)), "{checks:?}");
        assert_eq!(found(&checks, CheckMethod::Dmarc), Some((outcome, true)), "{checks:?}");
    }
}

#[tokio::test]
async fn unsigned_mail_without_a_policy_proves_nothing() {
    let zone = Zone::default();
    let checks = verifier().verify_with(LETTER.as_bytes(), None, &zone).await.unwrap();
    assert_eq!(checks, []);
    assert!(*zone.asked.lock().unwrap() > 0);
    let flood = "DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s; bh=aGVsbG8=; b=aGVsbG8=; h=From\r\n".repeat(50);
    assert_eq!(verifier().verify_with(format!("{flood}{LETTER}").as_bytes(), None, &Zone::default()).await, None);
    assert_eq!(verifier().verify_with(b"", None, &Zone::default()).await, None);
}
