//! The demo's own certificate authority, made anew at each start, and the certificate that
//! it gives to the server; for tests also certificates that a careful client must refuse.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// What is right, or wrong, with the certificate that the server shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// For `localhost` and 127.0.0.1, by the demo's authority, valid now.
    #[default]
    Good,
    /// Valid, but for `mail.elsewhere.example`.
    WrongName,
    /// It ended in 2021.
    Expired,
    /// It begins in 2990.
    NotYetValid,
    /// Signed by its own key.
    SelfSigned,
    /// Signed by an authority of the same name but with another key.
    UnknownAuthority,
}

/// The authority's certificate as PEM, and the server's TLS settings.
pub(super) struct Identity {
    pub ca_pem: String,
    pub config: Arc<ServerConfig>,
}

/// Makes authority, certificate and TLS settings.
pub(super) fn identity(kind: Certificate) -> std::io::Result<Identity> {
    made(kind).map_err(std::io::Error::other)
}

fn made(kind: Certificate) -> Result<Identity, Box<dyn std::error::Error + Send + Sync>> {
    let (ca_pem, issuer) = authority()?;
    let key = KeyPair::generate()?;
    let leaf = leaf(kind)?;
    let certificate = match kind {
        Certificate::SelfSigned => leaf.self_signed(&key)?,
        Certificate::UnknownAuthority => leaf.signed_by(&key, &authority()?.1)?,
        _ => leaf.signed_by(&key, &issuer)?,
    };
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(Identity { ca_pem, config: Arc::new(config) })
}

fn authority() -> Result<(String, Issuer<'static, KeyPair>), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Postwren demo authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    let pem = params.self_signed(&key)?.pem();
    Ok((pem, Issuer::new(params, key)))
}

fn leaf(kind: Certificate) -> Result<CertificateParams, rcgen::Error> {
    let names: &[&str] = match kind {
        Certificate::WrongName => &["mail.elsewhere.example"],
        _ => &["localhost", "127.0.0.1"],
    };
    let mut params = CertificateParams::new(names.iter().map(|n| n.to_string()).collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, "Postwren demo server");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = kind != Certificate::SelfSigned;
    (params.not_before, params.not_after) = match kind {
        Certificate::Expired => (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1)),
        Certificate::NotYetValid => (date_time_ymd(2990, 1, 1), date_time_ymd(2991, 1, 1)),
        _ => (date_time_ymd(2020, 1, 1), date_time_ymd(2980, 1, 1)),
    };
    Ok(params)
}
