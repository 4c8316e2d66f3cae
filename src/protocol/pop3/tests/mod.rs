//! Conversations with the demo server and with scripted ones.

mod demo;
mod dialogue;
mod faults;
mod hostile;
mod library;
mod log;

use super::{Body, RetrievePlan, Retrieved, Session};
use crate::mail::account::{Endpoint, Protocol, Security};
use crate::protocol::Result;
use crate::protocol::sasl::Credentials;
use crate::protocol::stream::Stream;
use crate::protocol::testing::{ANY, Step, on, play, silent};
use crate::protocol::transcript::Transcript;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
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

/// A server that greets, lets us in, and answers every command by this function, until QUIT; what it was told.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> (Stream, JoinHandle<Vec<String>>) {
    let (stream, pipe) = silent();
    let server = tokio::spawn(async move {
        let mut pipe = BufReader::new(pipe);
        let mut told = Vec::new();
        let mut text = "+OK ready\r\n".to_string();
        while told.last().is_none_or(|line| line != "QUIT") && pipe.get_mut().write_all(text.as_bytes()).await.is_ok() {
            let mut line = String::new();
            if pipe.read_line(&mut line).await.unwrap_or(0) == 0 {
                break;
            }
            let line = line.trim_end().to_string();
            text = match line.split(' ').next() {
                Some("CAPA") => format!("+OK\r\n{CAPABILITIES}\r\n.\r\n"),
                Some("AUTH") => "+OK in\r\n".into(),
                _ => answer(&line),
            };
            told.push(line);
        }
        let _ = pipe.get_mut().write_all(text.as_bytes()).await;
        told
    });
    (stream, server)
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
