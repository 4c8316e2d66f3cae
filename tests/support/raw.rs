//! A client that says raw protocol lines, plain or over TLS, and trusts one certificate authority.

use postwren::mail::account::{Endpoint, Security};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Nothing on loopback takes longer than this.
const LIMIT: Duration = Duration::from_secs(20);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection. Every method panics where the server does not do its part within [`LIMIT`].
pub struct Raw {
    stream: Option<Box<dyn Stream>>,
    plain: Option<TcpStream>,
    ca_pem: String,
    input: Vec<u8>,
    tag: u32,
}

impl Raw {
    /// Connects, with TLS at once where the endpoint wants that. Does not read the greeting.
    pub async fn connect(endpoint: &Endpoint, ca_pem: &str) -> Raw {
        let mut raw = Raw::connect_plain(endpoint, ca_pem).await;
        if endpoint.security == Security::Tls {
            raw.handshake().await.expect("TLS");
        }
        raw
    }

    /// Connects without TLS, whatever the endpoint wants.
    pub async fn connect_plain(endpoint: &Endpoint, ca_pem: &str) -> Raw {
        let stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await.expect("connect");
        stream.set_nodelay(true).expect("nodelay");
        Raw { stream: None, plain: Some(stream), ca_pem: ca_pem.into(), input: Vec::new(), tag: 0 }
    }

    /// Makes the connection TLS, for 127.0.0.1.
    pub async fn handshake(&mut self) -> std::io::Result<()> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(self.ca_pem.as_bytes()) {
            roots.add(certificate.expect("PEM")).expect("authority");
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").expect("name");
        let stream = self.plain.take().expect("a plain connection");
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        self.stream = Some(Box::new(stream));
        Ok(())
    }

    fn stream(&mut self) -> &mut dyn Stream {
        match (&mut self.stream, &mut self.plain) {
            (Some(stream), _) => stream,
            (None, Some(plain)) => plain,
            (None, None) => panic!("the handshake failed"),
        }
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let stream = self.stream();
        stream.write_all(bytes.as_ref()).await.expect("send");
        stream.flush().await.expect("send");
    }

    /// Sends bytes as far as the server takes them, reading its answers meanwhile; true if it took all.
    pub async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let (mut read, mut write) = tokio::io::split(self.stream());
        let mut sink = tokio::io::sink();
        tokio::select! {
            sent = write.write_all(bytes.as_ref()) => sent.is_ok(),
            _ = tokio::io::copy(&mut read, &mut sink) => false,
        }
    }

    /// The next line with its line end taken off; `None` at the end of the connection, however it ended.
    pub async fn try_line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.input.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.input.drain(..=end).collect();
                return Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_string());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    async fn more(&mut self) -> bool {
        let mut buffer = vec![0; 65_536];
        let read = tokio::time::timeout(LIMIT, self.stream().read(&mut buffer)).await.expect("an answer in time");
        match read {
            Ok(n) if n > 0 => {
                self.input.extend_from_slice(&buffer[..n]);
                true
            }
            _ => false,
        }
    }

    /// The next line.
    pub async fn line(&mut self) -> String {
        self.try_line().await.expect("a line, not the end")
    }

    /// Everything up to the end of the connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.input)
    }

    /// Reads and forgets what comes, until nothing does for a while.
    pub async fn drain(&mut self, silence: Duration) {
        self.input.clear();
        let mut sink = vec![0; 65_536];
        while let Ok(Ok(1..)) = tokio::time::timeout(silence, self.stream().read(&mut sink)).await {}
    }

    /// Whether nothing comes for a while.
    pub async fn is_silent(&mut self, time: Duration) -> bool {
        self.input.is_empty() && {
            let mut buffer = [0; 1];
            tokio::time::timeout(time, self.stream().read(&mut buffer)).await.is_err()
        }
    }

    /// Sends a line and takes the next one as its answer: POP3, and SMTP's short replies.
    pub async fn ask(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n")).await;
        self.line().await
    }

    /// Sends a line and takes an SMTP reply of one or more lines.
    pub async fn smtp(&mut self, line: &str) -> Vec<String> {
        self.send(format!("{line}\r\n")).await;
        let mut lines = Vec::new();
        loop {
            let line = self.line().await;
            let last = line.as_bytes().get(3) != Some(&b'-');
            lines.push(line);
            if last {
                return lines;
            }
        }
    }

    /// Sends a POP3 command and takes its lines up to the dot, still stuffed, status first.
    pub async fn pop3(&mut self, line: &str) -> Vec<String> {
        let mut lines = vec![self.ask(line).await];
        while lines[0].starts_with("+OK") {
            let line = self.line().await;
            if line == "." {
                break;
            }
            lines.push(line);
        }
        lines
    }

    /// Sends an IMAP command under a fresh tag and takes all lines up to its tagged answer, which is the
    /// last, without the tag.
    pub async fn imap(&mut self, command: &str) -> Vec<String> {
        self.tag += 1;
        let tag = format!("t{} ", self.tag);
        self.send(format!("{tag}{command}\r\n")).await;
        let mut lines = Vec::new();
        loop {
            let line = self.line().await;
            if let Some(last) = line.strip_prefix(&tag) {
                lines.push(last.to_string());
                return lines;
            }
            lines.push(line);
        }
    }

    /// [`Raw::imap`], which must end with OK.
    pub async fn imap_ok(&mut self, command: &str) -> Vec<String> {
        let lines = self.imap(command).await;
        assert!(lines.last().is_some_and(|l| l.starts_with("OK")), "{command}: {lines:?}");
        lines
    }
}
