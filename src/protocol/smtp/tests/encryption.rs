//! STARTTLS and what must not slip past it.

use super::*;
use crate::demo::{Certificate, Fault};
use crate::protocol::CertificateFailure;
use crate::protocol::testing::{Authority, perform, silent};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio_rustls::TlsAcceptor;

/// Starts a session that demands STARTTLS; the error, and all that the server was told.
async fn refused(script: Vec<Step>) -> (Error, Vec<String>) {
    let (stream, server) = play(script);
    let endpoint = endpoint(Security::StartTls);
    let authority = Authority::create();
    let recorder = Transcript::new().open(&endpoint);
    let result = Submission::start(stream, &endpoint, Some(&authority.file()), &credentials(), recorder).await;
    (result.unwrap_err(), server.await.unwrap())
}

/// A server of STARTTLS with one script before and one after it.
async fn encrypted(before: Vec<Step>, after: Vec<Step>) -> (Result<Submission>, Vec<String>) {
    let authority = Authority::create();
    let config = Arc::new(authority.server("localhost", 2020, 2090));
    let (stream, pipe) = silent();
    let server = tokio::spawn(async move {
        let (mut told, pipe) = perform(pipe, before).await;
        assert!(pipe.buffer().is_empty(), "nothing was said ahead of the handshake");
        let pipe = TlsAcceptor::from(config).accept(pipe.into_inner()).await.unwrap();
        told.extend(perform(pipe, after).await.0);
        told
    });
    let endpoint = endpoint(Security::StartTls);
    let recorder = Transcript::new().open(&endpoint);
    let result = Submission::start(stream, &endpoint, Some(&authority.file()), &credentials(), recorder).await;
    (result, server.await.unwrap())
}

#[tokio::test]
async fn what_was_said_before_tls_is_forgotten_after_it() {
    let before = vec![
        on("", "220 hi\r\n"),
        on("EHLO", ehlo(&["STARTTLS", "AUTH PLAIN", "SMTPUTF8", "SIZE 7"])),
        on("STARTTLS", "220 go\r\n"),
    ];
    let after = vec![
        on("EHLO [127.0.0.1]", ehlo(&["AUTH LOGIN", "STARTTLS", "8BITMIME"])),
        on("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"),
        on("YWRhQGRlbW8udGVzdA==", "334 what now\r\n"),
        on("aHVudGVyMiAi", "235 in\r\n"),
    ];
    let (session, told) = encrypted(before, after).await;
    let session = session.unwrap();
    assert_eq!(session.limits(), Limits { eight_bit_mime: true, ..Limits::default() });
    assert_eq!(session.mechanism(), "LOGIN");
    assert_eq!(told.len(), 6);
}

#[tokio::test]
async fn a_mechanism_heard_before_tls_is_not_believed() {
    let before =
        vec![on("", "220 hi\r\n"), on("EHLO", ehlo(&["STARTTLS", "AUTH PLAIN LOGIN"])), on("STARTTLS", "220 go\r\n")];
    let (result, told) = encrypted(before, vec![on("EHLO", ehlo(&["AUTH GSSAPI"])), on("", "")]).await;
    assert!(matches!(result, Err(Error::NoMechanism)), "{result:?}");
    assert_eq!(told.len(), 3);
}

#[tokio::test]
async fn bytes_ahead_of_the_encryption_end_the_connection() {
    for injected in ["250-evil\r\n250 AUTH LOGIN\r\n", "250 forged\r\n", "x", "250-", "\r\n", "220 again\r\n"] {
        let (error, told) = refused(vec![
            on("", "220 hi\r\n"),
            on("EHLO", ehlo(&["STARTTLS"])),
            on("STARTTLS", format!("220 go\r\n{injected}")),
        ])
        .await;
        assert!(matches!(error, Error::BytesBeforeTls), "{injected:?}: {error:?}");
        assert_eq!(told, ["EHLO [127.0.0.1]", "STARTTLS"]);
    }
}

#[tokio::test]
async fn the_demo_server_injects_over_a_real_socket() {
    let forged = "250-evil\r\n250 AUTH LOGIN\r\n";
    let demo = Running::start(demo().fault(Fault::on(Protocol::Smtp, "STARTTLS").inject(forged))).await;
    let error = demo.connect(Security::StartTls).await.unwrap_err();
    assert!(matches!(error, Error::BytesBeforeTls), "{error:?}");
    let seen = demo.server.connections(Protocol::Smtp).remove(0);
    assert_eq!(seen.before_tls, b"EHLO [127.0.0.1]\r\nSTARTTLS\r\n");
}

#[tokio::test]
async fn answers_ahead_of_their_questions_end_the_connection() {
    for (greeting, answer) in [
        ("220 hi\r\n250-evil\r\n250 AUTH PLAIN\r\n", String::new()),
        ("220 hi\r\n", format!("{}220 go\r\n", ehlo(&["STARTTLS"]))),
    ] {
        let (error, told) = refused(vec![on("", greeting), on("EHLO", answer), on(ANY, "")]).await;
        assert!(matches!(error, Error::Protocol(_) | Error::NoStartTls), "{error:?}");
        assert_eq!(told, ["EHLO [127.0.0.1]"]);
    }
}

#[tokio::test]
async fn without_encryption_nothing_is_said() {
    for (offers, answer) in [
        (&["AUTH PLAIN"][..], ""),
        (&["STARTTLS", "AUTH PLAIN"], "454 4.7.0 not now\r\n"),
        (&["STARTTLS"], "500 what\r\n"),
        (&["STARTTLS"], "354 go\r\n"),
        (&["STARTTLS"], "250 go\r\n"),
    ] {
        let script = vec![on("", "220 hi\r\n"), on("EHLO", ehlo(offers)), on("STARTTLS", answer)];
        let (error, told) = refused(script).await;
        assert!(matches!(error, Error::NoStartTls), "{error:?}");
        assert!(told.iter().all(|line| line == "EHLO [127.0.0.1]" || line == "STARTTLS"), "{told:?}");
    }
    let demo = Running::start(demo().fault(Fault::omit(Protocol::Smtp, "STARTTLS"))).await;
    assert!(matches!(demo.connect(Security::StartTls).await, Err(Error::NoStartTls)));
    assert_eq!(demo.server.connections(Protocol::Smtp)[0].before_tls, b"EHLO [127.0.0.1]\r\n");
}

#[tokio::test]
async fn garbage_instead_of_a_handshake_is_an_error() {
    let (stream, pipe) = silent();
    let server = tokio::spawn(async move {
        let mut pipe = BufReader::new(pipe);
        pipe.get_mut().write_all(b"220 hi\r\n").await.unwrap();
        let mut line = String::new();
        pipe.read_line(&mut line).await.unwrap();
        pipe.get_mut().write_all(ehlo(&["STARTTLS"]).as_bytes()).await.unwrap();
        pipe.read_line(&mut line).await.unwrap();
        pipe.get_mut().write_all(b"220 go\r\n").await.unwrap();
        let mut first = [0];
        pipe.read_exact(&mut first).await.unwrap();
        assert_eq!(first[0], 0x16, "a TLS handshake record");
        pipe.get_mut().write_all(b"250 now log in please\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = pipe.read_to_end(&mut rest).await;
        assert!(!rest.windows(4).any(|w| w == b"AUTH"), "no credentials in the clear");
    });
    let endpoint = endpoint(Security::StartTls);
    let authority = Authority::create();
    let recorder = Transcript::new().open(&endpoint);
    let result = Submission::start(stream, &endpoint, Some(&authority.file()), &credentials(), recorder).await;
    assert!(matches!(result, Err(Error::Tls(_))), "{result:?}");
    server.await.unwrap();
}

#[tokio::test]
async fn a_bad_certificate_ends_it_before_the_credentials() {
    for kind in [
        Certificate::WrongName,
        Certificate::Expired,
        Certificate::NotYetValid,
        Certificate::SelfSigned,
        Certificate::UnknownAuthority,
    ] {
        let demo = Running::start(demo().certificate(kind)).await;
        for security in [Security::StartTls, Security::Tls] {
            let error = demo.connect(security).await.unwrap_err();
            let Error::Certificate { reason, .. } = error else { panic!("{kind:?}: {error:?}") };
            assert_eq!(matches!(reason, CertificateFailure::Name { .. }), kind == Certificate::WrongName);
        }
        assert!(demo.server.commands(Protocol::Smtp).iter().all(|line| !line.starts_with("AUTH")));
    }
}

#[tokio::test]
async fn a_plain_line_is_used_by_choice_alone_and_noted() {
    let demo = Running::start(demo().allow_plain()).await;
    let mut session = demo.connect(Security::None).await.unwrap();
    assert!(submit(&mut session, &[BOB], MESSAGE).await.unwrap().accepted.is_some());
    assert!(demo.lines().contains(&"not encrypted, by choice".to_string()));
    assert!(!demo.server.commands(Protocol::Smtp).contains(&"STARTTLS".to_string()));
}
