//! Conversations with scripted servers.

mod dialogue;
mod encryption;
mod faults;
mod headers;
mod hostile;
mod random;

use super::{MailboxName, Session};
use crate::mail::account::{Endpoint, Protocol, Security};
use crate::protocol::Result;
use crate::protocol::sasl::Credentials;
use crate::protocol::stream::Stream;
use crate::protocol::testing::{Step, on, play};
use crate::protocol::transcript::Transcript;
use tokio::task::JoinHandle;

const SECRET: &str = "hunter2 \"quoted\"";
const CAPABILITIES: &str = "IMAP4rev1 SASL-IR IDLE UIDPLUS MOVE CONDSTORE LIST-EXTENDED";

fn endpoint(security: Security) -> Endpoint {
    Endpoint { protocol: Protocol::Imap, host: "localhost".into(), port: 143, security }
}

fn credentials() -> Credentials {
    Credentials::password("ada", SECRET)
}

pub(super) fn inbox() -> MailboxName {
    MailboxName("INBOX".into())
}

/// Starts a session on a plain connection that the person allowed.
async fn start(stream: Stream, transcript: &Transcript) -> Result<Session> {
    let endpoint = endpoint(Security::None);
    Session::start(stream, &endpoint, None, &credentials(), transcript.open(&endpoint)).await
}

/// The beginning of every script: a greeting and a log-in, with these capabilities after it.
fn greeting(capabilities: &str) -> Vec<Step> {
    vec![
        on("", "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"),
        on("AUTHENTICATE PLAIN ", format!("TAG OK [CAPABILITY {capabilities}] welcome\r\n")),
    ]
}

/// A session with a server that goes on with this script.
pub(super) async fn session(capabilities: &str, script: Vec<Step>) -> (Session, JoinHandle<Vec<String>>) {
    let mut steps = greeting(capabilities);
    steps.extend(script);
    let (stream, server) = play(steps);
    (start(stream, &Transcript::new()).await.unwrap(), server)
}
