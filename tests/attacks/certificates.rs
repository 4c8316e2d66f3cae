//! Certificates, right and wrong in every way that a forger would try.

use crate::case::Why;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints, SanType, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use std::sync::Arc;

/// What a server shows, and why it must be refused.
pub struct Shown {
    pub name: &'static str,
    pub host: &'static str,
    pub why: Vec<Why>,
    pub identity: Arc<ServerConfig>,
}

/// The authority that the account trusts, and all that can be shown.
pub struct Forge {
    pub ca_pem: String,
    /// A server that deserves trust, as `localhost` and 127.0.0.1.
    pub honest: Arc<ServerConfig>,
    /// The same by way of an intermediate authority.
    pub by_intermediate: Arc<ServerConfig>,
    pub forged: Vec<Shown>,
}

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn authority_params(name: &str, constraints: BasicConstraints) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(constraints);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn root(name: &str) -> Issuer {
    CertifiedIssuer::self_signed(authority_params(name, BasicConstraints::Unconstrained), key()).expect("authority")
}

fn below(params: CertificateParams, issuer: &Issuer) -> Issuer {
    CertifiedIssuer::signed_by(params, key(), issuer).expect("authority")
}

fn leaf(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_string()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, "server");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2980, 1, 1);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// A server that shows this chain, unchecked: rustls would refuse to serve some of these.
fn config(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("key");
    let key = provider.key_provider.load_private_key(key).expect("key");
    let shown = SingleCertAndKey::from(CertifiedKey::new(chain, key));
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(config.expect("versions").with_no_client_auth().with_cert_resolver(Arc::new(shown)))
}

/// A server with this certificate by this authority, showing these authorities besides.
fn shown(params: CertificateParams, issuer: &Issuer, besides: &[&Issuer]) -> Arc<ServerConfig> {
    let key = key();
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    let mut chain = vec![certificate.der().clone()];
    chain.extend(besides.iter().map(|issuer| issuer.der().clone()));
    config(chain, &key)
}

fn dns(names: &[&str]) -> CertificateParams {
    let mut params = leaf(&[]);
    let name = |name: &&str| SanType::DnsName((*name).try_into().expect("ASCII"));
    params.subject_alt_names = names.iter().map(name).collect();
    params
}

fn with(mut params: CertificateParams, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    change(&mut params);
    params
}

impl Forge {
    pub fn build() -> Forge {
        let ours = root("Trusted Authority");
        let honest = shown(leaf(&["localhost", "127.0.0.1"]), &ours, &[]);
        let middle = below(authority_params("Middle", BasicConstraints::Constrained(0)), &ours);
        let by_intermediate = shown(leaf(&["localhost", "127.0.0.1"]), &middle, &[&middle]);
        let mut forged = names(&ours);
        forged.extend(dates_and_uses(&ours));
        forged.extend(chains(&ours, &middle));
        Forge { ca_pem: ours.pem(), honest, by_intermediate, forged }
    }
}

/// For somebody else, in many disguises.
fn names(ours: &Issuer) -> Vec<Shown> {
    let wrong =
        |name, host, params| Shown { name, host, why: vec![Why::Name, Why::Other], identity: shown(params, ours, &[]) };
    let common_name = with(leaf(&[]), |params| params.distinguished_name.push(DnType::CommonName, "localhost"));
    let as_text = |text: &str| {
        with(dns(&["elsewhere.example"]), |params| {
            params.subject_alt_names.push(SanType::URI(text.try_into().expect("ASCII")));
            params.subject_alt_names.push(SanType::Rfc822Name(text.try_into().expect("ASCII")));
        })
    };
    vec![
        wrong("another host", "localhost", leaf(&["mail.elsewhere.example"])),
        wrong("name in CN only", "localhost", common_name),
        wrong("no name at all", "localhost", leaf(&[])),
        wrong("address where a name was asked for", "localhost", leaf(&["127.0.0.1"])),
        wrong("name where an address was asked for", "127.0.0.1", leaf(&["localhost"])),
        wrong("another address", "127.0.0.1", leaf(&["127.0.0.2"])),
        wrong("address spelled as a name", "127.0.0.1", dns(&["127.0.0.1"])),
        wrong("wildcard *", "localhost", dns(&["*"])),
        wrong("wildcard *.*", "localhost", dns(&["*.*"])),
        wrong("wildcard local*", "localhost", dns(&["local*"])),
        wrong("wildcard *.localhost", "localhost", dns(&["*.localhost"])),
        wrong("NUL after the name", "localhost", dns(&["localhost\0.attacker.example"])),
        wrong("name with a tail", "localhost", dns(&["localhost.attacker.example"])),
        wrong("name with a head", "localhost", dns(&["xlocalhost"])),
        wrong("name as URI and mail address", "localhost", as_text("localhost")),
    ]
}

/// Out of its time, or for another use.
fn dates_and_uses(ours: &Issuer) -> Vec<Shown> {
    let good = || leaf(&["localhost", "127.0.0.1"]);
    let case = |name, why: &[Why], params| Shown {
        name,
        host: "localhost",
        why: why.to_vec(),
        identity: shown(params, ours, &[]),
    };
    let uses = |uses: &[ExtendedKeyUsagePurpose]| with(good(), |params| params.extended_key_usages = uses.to_vec());
    let expired = |from: i32, to: i32| {
        with(good(), |params| {
            params.not_before = date_time_ymd(from, 1, 1);
            params.not_after = date_time_ymd(to, 1, 1);
        })
    };
    let critical = with(good(), |params| {
        let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], vec![5, 0]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    });
    let authority = with(good(), |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    vec![
        case("expired", &[Why::Expired], expired(2020, 2021)),
        case("not yet valid", &[Why::NotYetValid], expired(2970, 2980)),
        case("valid never", &[Why::Expired, Why::NotYetValid, Why::Other], expired(2980, 2021)),
        case("for clients", &[Why::Other], uses(&[ExtendedKeyUsagePurpose::ClientAuth])),
        case(
            "for code",
            &[Why::Other],
            uses(&[ExtendedKeyUsagePurpose::CodeSigning, ExtendedKeyUsagePurpose::TimeStamping]),
        ),
        case("an unknown critical extension", &[Why::Other], critical),
        case("an authority as a server", &[Why::Other], authority),
    ]
}

/// By nobody, by somebody else, or along a path that does not hold.
fn chains(ours: &Issuer, middle: &Issuer) -> Vec<Shown> {
    let good = || leaf(&["localhost", "127.0.0.1"]);
    let unknown = [Why::UnknownIssuer, Why::Other];
    let case = |name, why: &[Why], identity| Shown { name, host: "localhost", why: why.to_vec(), identity };
    let itself = {
        let key = key();
        let certificate = good().self_signed(&key).expect("a certificate");
        config(vec![certificate.der().clone()], &key)
    };
    let stranger = root("A Stranger");
    let namesake = root("Trusted Authority");
    // Signed by a server's certificate that the authority did give out.
    let server = below(leaf(&["elsewhere.example"]), ours);
    let deeper = below(authority_params("Deeper", BasicConstraints::Unconstrained), middle);
    let elsewhere = with(authority_params("Constrained", BasicConstraints::Unconstrained), |params| {
        let permitted_subtrees = vec![GeneralSubtree::DnsName("elsewhere.example".into())];
        params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    });
    let elsewhere = below(elsewhere, ours);
    let outlived = with(authority_params("Outlived", BasicConstraints::Unconstrained), |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    let outlived = below(outlived, ours);
    let mut long = vec![below(authority_params("Link 0", BasicConstraints::Unconstrained), ours)];
    for at in 1..100 {
        let params = authority_params(&format!("Link {at}"), BasicConstraints::Unconstrained);
        let next = below(params, long.last().expect("a link"));
        long.push(next);
    }
    let links: Vec<&Issuer> = long.iter().rev().collect();
    vec![
        case("signed by itself", &unknown, itself),
        case("by an unknown authority", &unknown, shown(good(), &stranger, &[])),
        case("by an unknown authority that is shown", &unknown, shown(good(), &stranger, &[&stranger])),
        case("by a namesake of the authority", &unknown, shown(good(), &namesake, &[])),
        case("by a namesake that is shown", &unknown, shown(good(), &namesake, &[&namesake])),
        case("by a server's certificate", &unknown, shown(good(), &server, &[&server])),
        case("an authority too deep", &unknown, shown(good(), &deeper, &[&deeper, middle])),
        case(
            "an authority for other names",
            &[Why::Name, Why::UnknownIssuer, Why::Other],
            shown(good(), &elsewhere, &[&elsewhere]),
        ),
        case(
            "an authority that has expired",
            &[Why::Expired, Why::UnknownIssuer, Why::Other],
            shown(good(), &outlived, &[&outlived]),
        ),
        case("an intermediate that is missing", &unknown, shown(good(), middle, &[])),
        case("a hundred intermediates", &unknown, shown(good(), long.last().expect("a link"), &links)),
    ]
}
