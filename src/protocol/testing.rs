//! For tests: certificates good and bad, and servers that read lines and answer from a script.

use super::stream::Stream;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream};
use tokio::task::JoinHandle;

/// A certificate authority of our own.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: tempfile::TempDir,
}

impl Authority {
    pub fn create() -> Authority {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Test Authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("ca.pem"), issuer.pem()).unwrap();
        Authority { issuer, directory }
    }

    /// Its certificate as an account's `ca_file`.
    pub fn file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A server with a certificate for this name, valid in these years.
    pub fn server(&self, name: &str, from: i32, to: i32) -> ServerConfig {
        let mut params = CertificateParams::new([name.to_string()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        config(certificate.der().clone(), &key)
    }
}

/// A server with a certificate that it signed itself.
pub fn self_signed(name: &str) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_string()]).unwrap().self_signed(&key).unwrap();
    config(certificate.der().clone(), &key)
}

fn config(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

/// What a scripted server does next: wait for a line that contains the first text (nothing waits
/// for nothing, [`ANY`] for any line), then say the second. `TAG` in it becomes the first word of the last line.
pub type Step = (&'static str, String);

thread_local! {
    static HASTE: Cell<u32> = const { Cell::new(1) };
}

/// Makes every deadline of this test so many times shorter. Its runtime must have one thread.
pub fn hurry(times: u32) {
    HASTE.set(times);
}

/// A deadline in the time of this test.
pub fn hurried(limit: Duration) -> Duration {
    limit.checked_div(HASTE.get()).unwrap_or(limit)
}

/// Any line.
pub const ANY: &str = "any";

/// A step.
pub fn on(line: &'static str, reply: impl Into<String>) -> Step {
    (line, reply.into())
}

/// Plays a script on one end of a pipe and then closes it; the lines that it was told come back.
pub fn play(script: Vec<Step>) -> (Stream, JoinHandle<Vec<String>>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    (Stream::memory(ours), tokio::spawn(async move { perform(theirs, script).await.0 }))
}

/// Plays a script on a connection: the lines told, and the connection, for more.
pub async fn perform<S: AsyncRead + AsyncWrite + Unpin>(pipe: S, script: Vec<Step>) -> (Vec<String>, BufReader<S>) {
    let mut pipe = BufReader::new(pipe);
    let mut told = Vec::new();
    let mut tag = String::new();
    for (expected, reply) in script {
        if !expected.is_empty() {
            let mut line = Vec::new();
            if pipe.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
                break;
            }
            let line = String::from_utf8_lossy(&line).trim_end().to_string();
            assert!(expected == ANY || line.contains(expected), "expected “{expected}”, was told “{line}”");
            if let Some((word, _)) = line.split_once(' ').filter(|(word, _)| word.starts_with('P')) {
                tag = word.to_string();
            }
            told.push(line);
        }
        if pipe.get_mut().write_all(reply.replace("TAG", &tag).as_bytes()).await.is_err() {
            break;
        }
    }
    (told, pipe)
}

/// A pipe whose other end does nothing.
pub fn silent() -> (Stream, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    (Stream::memory(ours), theirs)
}
