//! What async-pop does where it is let near a server: why [`super::super::relay`] is there. When one of
//! these fails after an update, a part of the relay may have become unnecessary.

use super::*;
use async_pop::Client;
use async_pop::error::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, DuplexStream};

/// A client of its own on a pipe, let in already; the other end goes on with these answers, each in these
/// pieces.
async fn client(answers: Vec<Vec<String>>) -> Client<DuplexStream> {
    with_capabilities("UIDL\r\nTOP", answers).await
}

async fn with_capabilities(capabilities: &str, answers: Vec<Vec<String>>) -> Client<DuplexStream> {
    let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
    let list = format!("+OK\r\n{capabilities}\r\n.\r\n");
    tokio::spawn(async move {
        let mut buffer = [0; 1000];
        theirs.write_all(b"+OK\r\n").await.unwrap();
        for answer in [vec![list]].into_iter().chain(answers) {
            let _ = theirs.read(&mut buffer).await;
            for piece in answer {
                let _ = theirs.write_all(piece.as_bytes()).await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        std::future::pending::<()>().await;
    });
    async_pop::new(ours).await.unwrap()
}

fn whole(text: &str) -> Vec<String> {
    vec![text.to_string()]
}

/// Whether it waits without an end.
async fn hangs<T>(call: impl Future<Output = T>) -> bool {
    tokio::time::timeout(Duration::from_millis(300), call).await.is_err()
}

#[tokio::test]
async fn it_waits_for_ever_after_a_list_in_two_pieces() {
    let pieces = vec!["+OK\r\nUIDL\r\nTO".to_string(), "P\r\n.\r\n".to_string()];
    let mut client = client(vec![pieces, whole("+OK\r\n")]).await;
    assert_eq!(client.capa().await.unwrap().len(), 2);
    assert!(hangs(client.noop()).await);
}

#[tokio::test]
async fn it_waits_for_ever_for_a_message_that_is_empty_and_keeps_dots() {
    let mut client = client(vec![whole("+OK\r\n..\r\na\r\n.\r\n"), whole("+OK\r\n.\r\n")]).await;
    assert_eq!(&client.retr(1).await.unwrap()[..], b"..\r\na");
    assert!(hangs(client.retr(2)).await);
}

#[tokio::test]
async fn a_long_answer_that_it_cannot_read_leaves_it_in_ruins() {
    let odd = format!("{}X-ODD (", "UIDL\r\n".repeat(500));
    let mut client = with_capabilities(&odd, vec![whole("+OK 1 2\r\n")]).await;
    assert!(client.capabilities().is_empty(), "and it keeps quiet about it");
    let outcome = tokio::spawn(async move { client.stat().await.is_ok() }).await;
    assert!(outcome.is_err_and(|error| error.is_panic()));
}

#[tokio::test]
async fn it_sends_a_password_again_after_a_refusal() {
    let refusals = vec![whole("-ERR no\r\n"), whole("+OK\r\n"), whole("+OK\r\n"), whole("+OK\r\n.\r\n")];
    let mut client = with_capabilities("SASL PLAIN", refusals).await;
    assert!(client.login("ada", "wrong").await.is_ok(), "by PASS, after AUTH was refused");
}

#[tokio::test]
async fn it_takes_a_challenge_for_a_fault() {
    let mut client = with_capabilities("SASL XOAUTH2", vec![whole("+ eyJ9\r\n")]).await;
    let error = client.auth(async_pop::sasl::OAuth2Authenticator::new("ada", "x")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnexpectedResponse));
}
