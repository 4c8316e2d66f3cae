//! Conversations with the demo server and with scripted ones.

mod demo;

use super::{Body, RetrievePlan, Retrieved, Session};
use crate::mail::account::{Endpoint, Protocol, Security};
use crate::protocol::Result;
use crate::protocol::sasl::Credentials;
use crate::protocol::stream::Stream;
use crate::protocol::testing::{Step, on, play};
use crate::protocol::transcript::Transcript;
use std::path::Path;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const SECRET: &str = "hunter2 \"quoted\"";
const CAPABILITIES: &str = "UIDL\r\nTOP\r\nPIPELINING\r\nSASL PLAIN";

fn endpoint(security: Security) -> Endpoint {
    Endpoint { protocol: Protocol::Pop3, host: "localhost".into(), port: 110, security }
}

fn credentials() -> Credentials {
    Credentials::password("ada", SECRET)
}

/// Starts a session on a plain connection that the person allowed.
async fn start(stream: Stream, transcript: &Transcript) -> Result<Session> {
    let endpoint = endpoint(Security::None);
    Session::start(stream, &endpoint, None, &credentials(), transcript.open(&endpoint)).await
}

/// The answer to CAPA with these lines.
fn capa(capabilities: &str) -> Step {
    on("CAPA", format!("+OK\r\n{capabilities}\r\n.\r\n"))
}

/// The beginning of every script: a greeting and a log-in, with these capabilities.
fn greeting(capabilities: &str) -> Vec<Step> {
    vec![on("", "+OK ready\r\n"), capa(capabilities), on("AUTH PLAIN ", "+OK in\r\n"), capa(capabilities)]
}

/// A session with a server that goes on with this script.
async fn session(capabilities: &str, script: Vec<Step>) -> (Session, JoinHandle<Vec<String>>) {
    let (stream, server) = play([greeting(capabilities), script].concat());
    (start(stream, &Transcript::new()).await.unwrap(), server)
}

/// Retrieves messages by number; what arrived, and how it ended.
async fn retrieve(session: &mut Session, numbers: impl IntoIterator<Item = u32>) -> (Vec<Retrieved>, Result<()>) {
    let spool = tempfile::tempdir().unwrap();
    retrieve_into(session, numbers, spool.path()).await
}

async fn retrieve_into(
    session: &mut Session,
    numbers: impl IntoIterator<Item = u32>,
    spool: &Path,
) -> (Vec<Retrieved>, Result<()>) {
    let (to, mut from) = mpsc::channel(4);
    let work = async move {
        let numbers = numbers.into_iter().map(|number| (number, None));
        session.retrieve(numbers, RetrievePlan { window: 8, spool }, &to).await
    };
    let collect = async {
        let mut all = Vec::new();
        while let Some(retrieved) = from.recv().await {
            all.push(retrieved);
        }
        all
    };
    let (result, all) = tokio::join!(work, collect);
    (all, result)
}

/// The bytes of a message that arrived.
fn bytes(retrieved: &Retrieved) -> Vec<u8> {
    match &retrieved.body {
        Ok(Body::Bytes(bytes)) => bytes.clone(),
        Ok(Body::Spooled { file, size }) => {
            let bytes = std::fs::read(file.path()).unwrap();
            assert_eq!(bytes.len() as u64, *size);
            bytes
        }
        other => panic!("{other:?}"),
    }
}
