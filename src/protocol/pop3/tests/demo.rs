//! Whole sessions with the demo server, over sockets and TLS.

use super::*;
use crate::demo::{DemoServer, Fault};
use crate::protocol::Error;
use crate::protocol::net::Route;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

const ADA: &str = "ada@pop.example";

/// Messages that POP3 has to work for: dots, no line end, nothing at all, line feeds alone, large.
fn messages() -> Vec<Vec<u8>> {
    let large: Vec<u8> = (0..150_000).flat_map(|i| format!(".{i} of a large message\r\n").into_bytes()).collect();
    let headed = |body: &[u8]| [b"Subject: x\r\n\r\n", body].concat();
    vec![
        headed(b"one\r\n"),
        headed(b".\r\n..\r\n...x\r\n.\r\n"),
        headed(b"no line end"),
        Vec::new(),
        headed(b"a\n.b\n.\nc\n"),
        headed(b"8-bit \xff\0\x80\r\n.\r\n"),
        [headed(b""), large.clone(), large].concat(),
    ]
}

struct World {
    server: DemoServer,
    directory: TempDir,
}

impl World {
    async fn new() -> World {
        let mut builder = DemoServer::builder().account(ADA, SECRET).token(ADA, "good").allow_plain();
        for message in messages() {
            builder = builder.message(ADA, "INBOX", message);
        }
        let server = builder.start().await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("ca.pem"), server.ca_pem()).unwrap();
        World { server, directory }
    }

    fn ca_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    async fn connect_as(
        &self,
        security: Security,
        credentials: Credentials,
        transcript: &Transcript,
    ) -> Result<Session> {
        let endpoint = self.server.endpoint(Protocol::Pop3, security);
        Session::connect(&endpoint, &Route::direct(Some(&self.ca_file())), &credentials, transcript).await
    }

    async fn connect(&self, security: Security) -> Result<Session> {
        self.connect_as(security, Credentials::password(ADA, SECRET), &Transcript::new()).await
    }

    fn left(&self) -> usize {
        self.server.messages(ADA, "INBOX").len()
    }
}

/// With the line end that the transfer adds.
fn ended(message: &[u8]) -> Vec<u8> {
    let end: &[u8] = if message.is_empty() || message.ends_with(b"\r\n") { b"" } else { b"\r\n" };
    [message, end].concat()
}

#[tokio::test]
async fn a_whole_session_however_it_is_encrypted() {
    for security in [Security::Tls, Security::StartTls, Security::None] {
        let world = World::new().await;
        let mut session = world.connect(security).await.unwrap();
        let capabilities = session.capabilities();
        assert!(capabilities.is_known && capabilities.uidl && capabilities.top && capabilities.pipelining);
        assert_eq!(session.relay.wire.is_encrypted(), security != Security::None);

        let count = messages().len();
        let (stat, octets) = session.stat().await.unwrap();
        let list = session.list().await.unwrap();
        assert_eq!((stat as usize, list.len()), (count, count));
        assert_eq!(octets, list.iter().map(|(_, size)| size).sum::<u64>());
        let uidl = session.uidl().await.unwrap();
        assert_eq!(uidl.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (1..=7).collect::<Vec<_>>());

        let (all, result) = retrieve_into(&mut session, 1..=7, world.directory.path()).await;
        result.unwrap();
        assert!(matches!(all[6].body, Ok(Body::Spooled { .. })));
        for (retrieved, message) in all.iter().zip(messages()) {
            assert!(bytes(retrieved) == ended(&message), "message {}", retrieved.number);
        }
        assert_eq!(session.top(2, 1).await.unwrap(), b"Subject: x\r\n\r\n.\r\n");

        let marked = session.delete(&[1, 9, 3]).await.unwrap();
        assert!(matches!(marked.as_slice(), [(1, Ok(())), (9, Err(Error::Refused { code: None, .. })), (3, Ok(()))]));
        assert_eq!(session.stat().await.unwrap().0, 5);
        session.reset().await.unwrap();
        session.noop().await.unwrap();
        assert_eq!(session.stat().await.unwrap().0, 7);
        session.delete(&[2]).await.unwrap();
        assert_eq!(world.left(), 7, "DELE alone deletes nothing");
        session.quit().await.unwrap();
        assert_eq!(world.left(), 6);
        let seen = &world.server.connections(Protocol::Pop3)[0];
        assert_eq!(seen.credentials_before_tls.is_empty(), security != Security::None);
    }
}

#[tokio::test]
async fn a_session_that_ends_without_quit_deletes_nothing() {
    let world = World::new().await;
    let mut session = world.connect(Security::Tls).await.unwrap();
    session.delete(&[1, 2, 3]).await.unwrap();
    drop(session);
    let session = world.connect(Security::Tls).await.unwrap();
    assert_eq!(world.left(), 7);
    session.quit().await.unwrap();
    assert_eq!(world.left(), 7);
}

#[tokio::test]
async fn a_goodbye_that_was_not_answered_deleted_nothing_that_we_know_of() {
    for (fault, gone) in [
        (Fault::on(Protocol::Pop3, "QUIT").close(), 0),
        (Fault::on(Protocol::Pop3, "QUIT").done().close(), 1),
        (Fault::on(Protocol::Pop3, "QUIT").status("-ERR [SYS/TEMP] some deleted messages not removed"), 0),
        (Fault::on(Protocol::Pop3, "QUIT").reply("+"), 0),
    ] {
        let world = World::new().await;
        let mut session = world.connect(Security::Tls).await.unwrap();
        session.delete(&[1]).await.unwrap();
        world.server.fault(fault.clone());
        world.server.fault(Fault::on(Protocol::Pop3, "QUIT").nth(2).close());
        let quit = tokio::time::timeout(Duration::from_secs(2), session.quit()).await;
        assert!(!matches!(quit, Ok(Ok(()))), "{fault:?}: {quit:?}");
        assert_eq!(world.left(), 7 - gone);
    }
}

#[tokio::test]
async fn a_message_that_was_cut_is_none() {
    let world = World::new().await;
    for (i, bytes) in (1..).zip([1000_u64, 1500, 100_000, 5_000_000]) {
        let cut = Fault::after_sent(Protocol::Pop3, bytes).connection(i);
        world.server.fault(if i % 2 == 0 { cut.reset() } else { cut.close() });
        let result = async {
            let mut session = world.connect(Security::Tls).await?;
            session.list().await?;
            let (all, result) = retrieve_into(&mut session, 1..=7, world.directory.path()).await;
            for (retrieved, message) in all.iter().zip(messages()) {
                assert!(self::bytes(retrieved) == ended(&message), "message {}", retrieved.number);
            }
            assert!(all.len() < 7, "{} arrived of {bytes} bytes", all.len());
            assert!(session.is_broken());
            result
        };
        let result = result.await;
        assert!(matches!(result, Err(Error::Closed)), "after {bytes}: {result:?}");
        let left = std::fs::read_dir(world.directory.path()).unwrap().count();
        assert_eq!(left, 1, "what was spooled is gone");
    }
}

#[tokio::test]
async fn refusals_keep_their_meaning() {
    let world = World::new().await;
    let wrong = Credentials::password(ADA, "mistaken");
    for omitted in ["", "SASL"] {
        world.server.fault(Fault::omit(Protocol::Pop3, omitted));
        let error = world.connect_as(Security::Tls, wrong.clone(), &Transcript::new()).await.unwrap_err();
        assert!(matches!(&error, Error::Authentication { reply } if reply.contains("wrong")), "{error:?}");
        world.connect(Security::Tls).await.unwrap();
    }
    world.server.fault(Fault::on(Protocol::Pop3, "PASS").status("-ERR [in-use] maildrop is locked"));
    let error = world.connect(Security::Tls).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { code: Some(code), reply } if code == "IN-USE" && reply == "maildrop is locked")
    );

    let mut session = world.connect(Security::Tls).await.unwrap();
    world.server.fault(Fault::on(Protocol::Pop3, "RETR 3").status("-ERR [SYS/TEMP] not now"));
    world.server.fault(Fault::on(Protocol::Pop3, "RETR 1").reply("-ERR\r\n"));
    let (all, result) = retrieve(&mut session, 1..=6).await;
    result.unwrap();
    let refused: Vec<u32> = all.iter().filter(|r| r.body.is_err()).map(|r| r.number).collect();
    assert_eq!((all.len(), refused), (6, vec![1, 3]));
    assert!(matches!(&all[2].body, Err(Error::Refused { code: Some(code), .. }) if code == "SYS/TEMP"));
    session.stat().await.unwrap();
}

#[tokio::test]
async fn servers_that_lack_something_are_told_apart() {
    let world = World::new().await;
    for capability in ["UIDL", "TOP", "PIPELINING"] {
        world.server.fault(Fault::omit(Protocol::Pop3, capability));
    }
    let mut session = world.connect(Security::StartTls).await.unwrap();
    assert!(matches!(session.uidl().await, Err(Error::Unsupported("UIDL"))));
    assert!(matches!(session.top(1, 1).await, Err(Error::Unsupported("TOP"))));
    let (all, result) = retrieve(&mut session, 1..=4).await;
    result.unwrap();
    assert_eq!(all.len(), 4);

    // Without CAPA, what is older than it is tried, and its refusal understood.
    world.server.fault(Fault::omit(Protocol::Pop3, "CAPA"));
    let mut session = world.connect(Security::StartTls).await.unwrap();
    assert!(!session.capabilities().is_known);
    assert!(matches!(session.uidl().await, Err(Error::Unsupported("UIDL"))));
    assert!(!session.is_broken());
    world.server.clear_faults();
    world.server.fault(Fault::omit(Protocol::Pop3, "CAPA"));
    let mut session = world.connect(Security::StartTls).await.unwrap();
    assert_eq!(session.uidl().await.unwrap().len(), 7);
    world.server.fault(Fault::omit(Protocol::Pop3, "STLS"));
    assert!(matches!(world.connect(Security::StartTls).await, Err(Error::NoStartTls)));
}

#[tokio::test]
async fn tokens_open_the_maildrop_and_wrong_ones_do_not() {
    let world = World::new().await;
    world.connect_as(Security::Tls, Credentials::token(ADA, "good"), &Transcript::new()).await.unwrap();
    let error = world.connect_as(Security::Tls, Credentials::token(ADA, "bad"), &Transcript::new()).await.unwrap_err();
    assert!(matches!(error, Error::Authentication { .. }), "{error:?}");
    // Longer than a command may be: the token goes in answer to a challenge.
    let long = Credentials::token(ADA, "x".repeat(2000));
    let transcript = Transcript::new();
    let error = world.connect_as(Security::Tls, long, &transcript).await.unwrap_err();
    assert!(matches!(error, Error::Authentication { .. }), "{error:?}");
    let lines: Vec<String> = transcript.lines().into_iter().map(|line| line.text).collect();
    let at = lines.iter().position(|line| line == "AUTH XOAUTH2").unwrap();
    assert_eq!(&lines[at..at + 3], ["AUTH XOAUTH2", "+ ", "…"]);
}

#[tokio::test]
async fn what_the_server_said_before_tls_does_not_reach_beyond_it() {
    let world = World::new().await;
    for injected in ["+OK forged\r\n", "x", "+OK\r\nUIDL\r\n.\r\n"] {
        world.server.fault(Fault::on(Protocol::Pop3, "STLS").inject(injected));
        let error = world.connect(Security::StartTls).await.unwrap_err();
        assert!(matches!(error, Error::BytesBeforeTls), "{injected:?}: {error:?}");
    }
    world.server.fault(Fault::on(Protocol::Pop3, "STLS").status("-ERR not now"));
    assert!(matches!(world.connect(Security::StartTls).await, Err(Error::NoStartTls)));
    let seen = world.server.connections(Protocol::Pop3);
    assert!(seen.iter().all(|c| c.credentials_before_tls.is_empty() && c.account.is_none()));
}

#[tokio::test]
async fn the_transcript_shows_the_dialogue_without_the_secret() {
    let world = World::new().await;
    for omitted in ["", "SASL"] {
        world.server.fault(Fault::omit(Protocol::Pop3, omitted));
        let transcript = Transcript::new();
        let credentials = Credentials::password(ADA, SECRET);
        let mut session = world.connect_as(Security::Tls, credentials.clone(), &transcript).await.unwrap();
        session.uidl().await.unwrap();
        let (_, result) = retrieve(&mut session, 1..=7).await;
        result.unwrap();
        session.quit().await.unwrap();
        let text: Vec<String> = transcript.lines().into_iter().map(|line| line.text).collect();
        let all = text.join("\n");
        for form in credentials.forms() {
            assert!(!all.contains(&form), "{all}");
        }
        assert!(all.contains(if omitted.is_empty() { "AUTH PLAIN …" } else { "PASS …" }), "{all}");
        for line in ["UIDL", "RETR 1", "… 19 bytes", "QUIT", "+OK goodbye"] {
            assert!(text.iter().any(|t| t == line), "{line}: {all}");
        }
        assert!(!all.contains("RETR 4") && all.contains("4 more RETR"), "{all}");
    }
}
