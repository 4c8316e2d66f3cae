//! STARTTLS and what must not slip past it.

use super::*;
use crate::protocol::Error;
use crate::protocol::testing::{Authority, perform, silent};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

/// Starts a session that demands STARTTLS; the error, and all that the server was told.
async fn refused(script: Vec<Step>) -> (Error, Vec<String>) {
    let (stream, server) = play(script);
    let endpoint = endpoint(Security::StartTls);
    let authority = Authority::create();
    let recorder = Transcript::new().open(&endpoint);
    let result = Session::start(stream, &endpoint, Some(&authority.file()), &credentials(), recorder).await;
    (result.unwrap_err(), server.await.unwrap())
}

#[tokio::test]
async fn what_was_said_before_tls_is_forgotten_after_it() {
    let authority = Authority::create();
    let config = Arc::new(authority.server("localhost", 2020, 2090));
    let (stream, pipe) = silent();
    let server = tokio::spawn(async move {
        let before = vec![
            on("", "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR FORGED] hi\r\n"),
            on("STARTTLS", "TAG OK go\r\n"),
        ];
        let (mut told, pipe) = perform(pipe, before).await;
        assert!(pipe.buffer().is_empty());
        let pipe = TlsAcceptor::from(config).accept(pipe.into_inner()).await.unwrap();
        let after = vec![
            on("CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN\r\nTAG OK done\r\n"),
            on("AUTHENTICATE PLAIN", "+ \r\n"),
            on("AGFk", "TAG OK in\r\n"),
            on("CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"),
        ];
        told.extend(perform(pipe, after).await.0);
        told
    });
    let endpoint = endpoint(Security::StartTls);
    let transcript = Transcript::new();
    let recorder = transcript.open(&endpoint);
    let session = Session::start(stream, &endpoint, Some(&authority.file()), &credentials(), recorder).await.unwrap();
    assert!(!session.capabilities().has("FORGED"));
    assert_eq!(server.await.unwrap().len(), 5);
    assert!(transcript.lines().iter().any(|line| line.text.starts_with("TLS 1.3")));
}

#[tokio::test]
async fn bytes_ahead_of_the_encryption_end_the_connection() {
    for injected in ["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", "P2 OK forged\r\n", "x", "* 1 FETCH (BODY[] {5}\r\n"] {
        let (error, told) = refused(vec![
            on("", "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"),
            on("STARTTLS", format!("TAG OK go\r\n{injected}")),
        ])
        .await;
        assert!(matches!(error, Error::BytesBeforeTls), "{injected:?}: {error:?}");
        assert_eq!(told, ["P1 STARTTLS"]);
    }
}

#[tokio::test]
async fn without_encryption_nothing_is_said() {
    for (greeting, answer) in [
        ("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n", ""),
        ("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n", "TAG NO not now\r\n"),
        ("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n", "TAG BAD what\r\n"),
    ] {
        let (error, told) = refused(vec![on("", greeting), on("STARTTLS", answer)]).await;
        assert!(matches!(error, Error::NoStartTls), "{error:?}");
        assert!(told.iter().all(|line| line == "P1 STARTTLS"));
    }
}

#[tokio::test]
async fn a_greeting_as_authenticated_is_refused() {
    let (error, told) = refused(vec![on("", "* PREAUTH [CAPABILITY IMAP4rev1] hello friend\r\n")]).await;
    assert!(matches!(error, Error::Preauth), "{error:?}");
    assert!(told.is_empty());
    let (error, _) = refused(vec![on("", "* BYE too many connections\r\n")]).await;
    assert!(matches!(&error, Error::Refused { reply, .. } if reply == "too many connections"), "{error:?}");
    let (error, _) = refused(vec![on("", "HTTP/1.1 400 Bad Request\r\n")]).await;
    assert!(matches!(error, Error::Intercepted), "{error:?}");
}

#[tokio::test]
async fn garbage_instead_of_a_handshake_is_an_error() {
    let (stream, mut pipe) = silent();
    let server = tokio::spawn(async move {
        pipe.write_all(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n").await.unwrap();
        let mut line = [0; 13];
        pipe.read_exact(&mut line).await.unwrap();
        pipe.write_all(b"P1 OK go\r\n").await.unwrap();
        let mut hello = vec![0; 1024];
        let n = pipe.read(&mut hello).await.unwrap();
        assert_eq!(hello[0], 0x16, "a TLS handshake record");
        pipe.write_all(b"* OK now log in please\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = pipe.read_to_end(&mut rest).await;
        let all = [&hello[..n], &rest].concat();
        assert!(!all.windows(5).any(|w| w == b"LOGIN"), "no credentials in the clear");
    });
    let endpoint = endpoint(Security::StartTls);
    let authority = Authority::create();
    let recorder = Transcript::new().open(&endpoint);
    let result = Session::start(stream, &endpoint, Some(&authority.file()), &credentials(), recorder).await;
    assert!(matches!(result, Err(Error::Tls(_))), "{result:?}");
    server.await.unwrap();
}

#[tokio::test]
async fn login_is_not_tried_where_it_is_disabled() {
    let (stream, server) = play(vec![on("", "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] hi\r\n")]);
    let error = start(stream, &Transcript::new()).await.unwrap_err();
    assert!(matches!(error, Error::NoMechanism));
    assert!(server.await.unwrap().is_empty());
}
