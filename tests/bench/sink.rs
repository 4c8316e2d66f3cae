//! A submission server that takes everything and keeps nothing, plain or over TLS, on loopback.

use memchr::memmem;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs until the program ends.
pub struct Sink {
    pub port: u16,
    pub ca_pem: Option<String>,
    messages: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Sink {
    pub fn start(encrypted: bool) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let (messages, connections) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let identity = encrypted.then(identity);
        let ca_pem = identity.as_ref().map(|(pem, _)| pem.clone());
        let config = identity.map(|(_, config)| config);
        let (taken, opened) = (messages.clone(), connections.clone());
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                opened.fetch_add(1, Ordering::Relaxed);
                let (config, taken) = (config.clone(), taken.clone());
                // A client that leaves without a goodbye ends its thread.
                std::thread::spawn(move || drop(welcome(socket, config, &taken)));
            }
        });
        Sink { port, ca_pem, messages, connections }
    }

    /// Messages and connections since the last time.
    pub fn taken(&self) -> (usize, usize) {
        (self.messages.swap(0, Ordering::Relaxed), self.connections.swap(0, Ordering::Relaxed))
    }
}

fn identity() -> (String, Arc<ServerConfig>) {
    let mut ca = CertificateParams::new(Vec::<String>::new()).expect("parameters");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "Bench authority");
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let mut server = CertificateParams::new(vec!["localhost".to_string()]).expect("parameters");
    server.distinguished_name.push(DnType::CommonName, "localhost");
    let server = server.signed_by(&key, &ca).expect("a certificate");
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], private)
        .expect("an identity");
    (ca.pem(), Arc::new(config))
}

fn welcome(socket: TcpStream, config: Option<Arc<ServerConfig>>, taken: &AtomicUsize) -> io::Result<()> {
    socket.set_nodelay(true)?;
    match config {
        None => serve(BufReader::with_capacity(64 * 1024, socket), taken),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            serve(BufReader::with_capacity(64 * 1024, StreamOwned::new(connection, socket)), taken)
        }
    }
}

fn serve<S: Read + Write>(mut stream: BufReader<S>, taken: &AtomicUsize) -> io::Result<()> {
    let mut line = Vec::new();
    let mut replies = String::from("220 sink ESMTP\r\n");
    loop {
        // Replies to commands that came together leave together.
        if stream.buffer().is_empty() {
            stream.get_mut().write_all(replies.as_bytes())?;
            stream.get_mut().flush()?;
            replies.clear();
        }
        line.clear();
        if stream.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_slice() {
            b"EHLO" => "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 100000000\r\n250 AUTH PLAIN\r\n",
            b"AUTH" => "235 2.7.0 welcome\r\n",
            b"DATA" => {
                replies.push_str("354 go\r\n");
                stream.get_mut().write_all(replies.as_bytes())?;
                stream.get_mut().flush()?;
                replies.clear();
                swallow(&mut stream)?;
                taken.fetch_add(1, Ordering::Relaxed);
                "250 2.0.0 taken\r\n"
            }
            b"QUIT" => {
                replies.push_str("221 2.0.0 bye\r\n");
                stream.get_mut().write_all(replies.as_bytes())?;
                return stream.get_mut().flush();
            }
            _ => "250 2.0.0 ok\r\n",
        };
        replies.push_str(reply);
    }
}

/// Reads a message to its end. What follows stays: a client may send its next commands along (RFC 2920).
fn swallow<R: Read>(stream: &mut BufReader<R>) -> io::Result<()> {
    const END: &[u8] = b"\r\n.\r\n";
    // The last bytes of what went before: an end may lie across two pieces. DATA was a line of its own.
    let mut tail = b"\r\n".to_vec();
    loop {
        let piece = stream.fill_buf()?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let seam = [tail.as_slice(), piece.get(..END.len() - 1).unwrap_or(piece)].concat();
        let across = memmem::find(&seam, END).map(|at| at + END.len() - tail.len());
        if let Some(end) = across.or_else(|| memmem::find(piece, END).map(|at| at + END.len())) {
            stream.consume(end);
            return Ok(());
        }
        tail.extend_from_slice(piece.get(piece.len().saturating_sub(END.len() - 1)..).unwrap_or_default());
        tail.drain(..tail.len().saturating_sub(END.len() - 1));
        let count = piece.len();
        stream.consume(count);
    }
}
