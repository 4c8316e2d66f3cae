use crate::mail::account::{Endpoint, Protocol, Security};
use crate::protocol::net::Route;
use crate::protocol::testing::{Authority, self_signed};
use crate::protocol::transcript::Transcript;
use crate::protocol::{CertificateFailure, Error, Result, net};
use rustls::ServerConfig;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Connects by TLS to a server that greets with `hello`; what came, and the transcript.
async fn greeting(config: ServerConfig, host: &str, ca_file: Option<&Path>) -> (Result<String>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        if let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(socket).await {
            let _ = stream.write_all(b"hello").await;
            let _ = stream.shutdown().await;
        }
    });
    let endpoint = Endpoint { protocol: Protocol::Imap, host: host.into(), port, security: Security::Tls };
    let transcript = Transcript::new();
    let recorder = transcript.open(&endpoint);
    let result = match net::connect(&endpoint, &Route::direct(ca_file), &recorder).await {
        Ok(mut stream) => {
            let mut text = String::new();
            assert!(stream.is_encrypted());
            stream.read_to_string(&mut text).await.map(|_| text).map_err(Error::from)
        }
        Err(error) => Err(error),
    };
    let words = transcript.lines().into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
    (result, words)
}

fn refusal(result: Result<String>) -> (CertificateFailure, String) {
    match result {
        Err(Error::Certificate { reason, issuer }) => (reason, issuer),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_accounts_own_authority_is_trusted_for_it_alone() {
    let authority = Authority::create();
    let (result, words) =
        greeting(authority.server("localhost", 2020, 2090), "localhost", Some(&authority.file())).await;
    assert_eq!(result.unwrap(), "hello");
    assert!(words.contains("TLS 1.3, TLS13_"), "{words}");
    let (result, words) = greeting(authority.server("localhost", 2020, 2090), "localhost", None).await;
    match result {
        // On a machine with certificate authorities, and on one without.
        Err(Error::Certificate { reason: CertificateFailure::UnknownIssuer, issuer }) => {
            assert_eq!(issuer, "Test Authority");
        }
        Err(Error::Tls(words)) => assert!(words.contains("no certificate authorities")),
        other => panic!("{other:?}"),
    }
    assert!(!words.contains("TLS 1.3"));
}

#[tokio::test]
async fn addresses_can_be_names() {
    let authority = Authority::create();
    let (result, _) = greeting(authority.server("127.0.0.1", 2020, 2090), "127.0.0.1", Some(&authority.file())).await;
    assert_eq!(result.unwrap(), "hello");
}

#[tokio::test]
async fn each_bad_certificate_is_named() {
    let authority = Authority::create();
    let file = authority.file();
    let (result, _) = greeting(authority.server("other.example", 2020, 2090), "localhost", Some(&file)).await;
    let presented = vec!["other.example".to_string()];
    assert_eq!(refusal(result), (CertificateFailure::Name { presented }, "Test Authority".into()));

    let (result, words) = greeting(authority.server("localhost", 2020, 2021), "localhost", Some(&file)).await;
    assert_eq!(refusal(result), (CertificateFailure::Expired { at: 1_609_459_200 }, "Test Authority".into()));
    assert!(words.contains("it expired"), "{words}");

    let (result, _) = greeting(authority.server("localhost", 2090, 2091), "localhost", Some(&file)).await;
    assert_eq!(refusal(result).0, CertificateFailure::NotYetValid { at: 3_786_912_000 });

    let (result, _) = greeting(self_signed("localhost"), "localhost", Some(&file)).await;
    assert_eq!(refusal(result).0, CertificateFailure::UnknownIssuer);

    let stranger = Authority::create();
    let (result, _) = greeting(stranger.server("localhost", 2020, 2090), "localhost", Some(&file)).await;
    assert_eq!(refusal(result).0, CertificateFailure::UnknownIssuer);
}

#[tokio::test]
async fn a_certificate_file_that_cannot_be_used_is_named() {
    let authority = Authority::create();
    let missing = authority.file().with_file_name("missing.pem");
    let (result, _) = greeting(authority.server("localhost", 2020, 2090), "localhost", Some(&missing)).await;
    assert!(matches!(result, Err(Error::CaFile { .. })), "{result:?}");
    let empty = authority.file().with_file_name("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    let (result, _) = greeting(authority.server("localhost", 2020, 2090), "localhost", Some(&empty)).await;
    assert!(matches!(result, Err(Error::CaFile { .. })), "{result:?}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.write_all(b"* OK plain here\r\n").await;
        let _ = socket.read(&mut [0; 512]).await;
    });
    let authority = Authority::create();
    let endpoint = Endpoint { protocol: Protocol::Imap, host: "localhost".into(), port, security: Security::Tls };
    let recorder = Transcript::new().open(&endpoint);
    let result = net::connect(&endpoint, &Route::direct(Some(&authority.file())), &recorder).await;
    assert!(matches!(result, Err(Error::Tls(_) | Error::Closed)), "{result:?}");
}
