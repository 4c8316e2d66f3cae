//! TLS 1.2 and 1.3 by rustls. Certificates are judged as the platform is configured; an
//! account's own certificate authority is asked where the platform does not know the issuer.
//!
//! There is no way around a refused certificate here: [`Error::Certificate`] says which name,
//! which date, which issuer. Revocation is checked where the platform's verifier does so
//! (macOS, Windows), not on Linux.

use super::error::{CertificateFailure, Error, Result};
use super::net::{self, within};
use super::stream::{Carrier, Stream};
use super::transcript::Recorder;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

type Verdict = std::result::Result<ServerCertVerified, rustls::Error>;

/// Handshakes on an open connection and notes version and cipher in the transcript.
pub(super) async fn connect(
    carrier: Carrier,
    host: &str,
    ca_file: Option<&Path>,
    recorder: &Recorder,
) -> Result<Stream> {
    let result = within(net::HANDSHAKE, "TLS handshake", handshake(carrier, host, ca_file)).await;
    let (_, session) = match &result {
        Ok(Stream::Tls(stream)) => stream.get_ref(),
        Ok(Stream::Plain(_)) => return Err(Error::NoStartTls),
        Err(error) => {
            recorder.note(&error.to_string());
            return result;
        }
    };
    let version = match session.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    match session.negotiated_cipher_suite() {
        Some(suite) => recorder.note(&format!("{version}, {:?}", suite.suite())),
        None => recorder.note(version),
    }
    result
}

async fn handshake(carrier: Carrier, host: &str, ca_file: Option<&Path>) -> Result<Stream> {
    let host = net::ascii_host(host)?;
    let name = ServerName::try_from(host).map_err(|e| Error::Tls(e.to_string()))?;
    let verifier = Arc::new(Verifier::new(ca_file).await?);
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::Tls(e.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    match connector.connect(name, carrier).await {
        Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
        Err(error) => Err(explained(error, &verifier.presented())),
    }
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(ring::default_provider())).clone()
}

/// The platform's verifier, loaded once; none on a machine without any certificate authority.
fn platform() -> Option<Arc<dyn ServerCertVerifier>> {
    static PLATFORM: OnceLock<Option<Arc<dyn ServerCertVerifier>>> = OnceLock::new();
    let load = || match rustls_platform_verifier::Verifier::new(provider()) {
        Ok(verifier) => Some(Arc::new(verifier) as Arc<dyn ServerCertVerifier>),
        Err(error) => {
            tracing::warn!(%error, "the system's certificate authorities cannot be used");
            None
        }
    };
    PLATFORM.get_or_init(load).clone()
}

/// Asks the account's own authority first and the platform second, and remembers the
/// certificate that it was shown.
#[derive(Debug)]
struct Verifier {
    extra: Option<Arc<WebPkiServerVerifier>>,
    presented: Mutex<Vec<u8>>,
}

impl Verifier {
    async fn new(ca_file: Option<&Path>) -> Result<Verifier> {
        let extra = match ca_file {
            Some(path) => Some(extra(path).await?),
            None => None,
        };
        // Some hundred files are read, once. Where the own authority serves they are not needed.
        if extra.is_none() && tokio::task::spawn_blocking(platform).await.unwrap_or_default().is_none() {
            return Err(Error::Tls("this system has no certificate authorities".into()));
        }
        Ok(Verifier { extra, presented: Mutex::default() })
    }

    fn presented(&self) -> Vec<u8> {
        self.presented.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A verifier that trusts the authorities in one PEM file alone.
async fn extra(path: &Path) -> Result<Arc<WebPkiServerVerifier>> {
    let fail = |reason: String| Error::CaFile { path: path.into(), reason };
    let pem = tokio::fs::read(path).await.map_err(|e| fail(e.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|e| fail(e.to_string()))?;
        roots.add(certificate).map_err(|e| fail(e.to_string()))?;
    }
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider());
    builder.build().map_err(|e| fail(e.to_string()))
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Verdict {
        *self.presented.lock().unwrap_or_else(PoisonError::into_inner) = end_entity.to_vec();
        let ask =
            |verifier: &dyn ServerCertVerifier| verifier.verify_server_cert(end_entity, intermediates, name, ocsp, now);
        let own = match self.extra.as_deref().map(|v| ask(v)) {
            Some(Ok(verified)) => return Ok(verified),
            own => own,
        };
        match (platform().as_deref().map(ask), own) {
            (Some(Ok(verified)), _) | (_, Some(Ok(verified))) => Ok(verified),
            // The account's own authority knows the issuer, so its objection is the telling one.
            (_, Some(Err(own))) if !is_unknown_issuer(&own) => Err(own),
            (Some(Err(error)), _) | (None, Some(Err(error))) => Err(error),
            (None, None) => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

fn is_unknown_issuer(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
}

/// A failed handshake in our words, with what the certificate itself says.
fn explained(error: io::Error, presented: &[u8]) -> Error {
    let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(cause) = cause else { return error.into() };
    let rustls::Error::InvalidCertificate(fault) = cause else { return Error::Tls(cause.to_string()) };
    let facts = Facts::of(presented);
    let reason = match fault {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFailure::Name { presented: facts.names }
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateFailure::Expired { at: facts.not_after }
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFailure::NotYetValid { at: facts.not_before }
        }
        // A bad signature: signed by somebody who only bears a trusted name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => CertificateFailure::UnknownIssuer,
        // A certificate made for an authority, shown as a server's own: nearly always self-signed.
        _ if facts.is_self_signed => CertificateFailure::UnknownIssuer,
        other => CertificateFailure::Other(other.to_string()),
    };
    Error::Certificate { reason, issuer: facts.issuer }
}

/// What a certificate says of itself.
#[derive(Default)]
struct Facts {
    names: Vec<String>,
    issuer: String,
    not_before: i64,
    not_after: i64,
    is_self_signed: bool,
}

impl Facts {
    /// Names beyond this many are left out.
    const MAX_NAMES: usize = 20;

    fn of(der: &[u8]) -> Facts {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else { return Facts::default() };
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
        let common = |name: &x509_parser::x509::X509Name<'_>| {
            let parts = [name.iter_common_name().next(), name.iter_organization().next()];
            let part = parts.into_iter().flatten().find_map(|a| a.as_str().ok().map(String::from));
            part.unwrap_or_else(|| name.to_string())
        };
        Facts {
            names: names.iter().filter_map(shown).take(Self::MAX_NAMES).collect(),
            issuer: common(certificate.issuer()),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            is_self_signed: certificate.issuer() == certificate.subject(),
        }
    }
}

/// A name that a server could be reached by.
fn shown(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_string()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(|b| std::net::Ipv4Addr::from(b).to_string());
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(|b| std::net::Ipv6Addr::from(b).to_string())).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
