//! Tests against the demo's server and against scripted ones, good and hostile.

mod dialogue;
mod encryption;
mod faults;
mod hostile;
mod many;

use super::session::Deadlines;
use super::*;
use crate::demo::{Builder, DemoServer};
use crate::mail::account::{Endpoint, Protocol, Security};
use crate::protocol::net::Route;
use crate::protocol::sasl::Credentials;
use crate::protocol::stream::Stream;
use crate::protocol::testing::{ANY, Step, on, play};
use crate::protocol::transcript::Transcript;
use crate::protocol::{Error, Result};
use std::future::ready;
use std::time::Duration;
use tokio::task::JoinHandle;

const SECRET: &str = "hunter2 \"quoted\"";
const ADA: &str = "ada@demo.test";
const BOB: &str = "bob@demo.test";
const MESSAGE: &[u8] = b"From: ada@demo.test\r\nTo: bob@demo.test\r\nSubject: hello\r\n\r\nHello.\r\n";

const IMPATIENT: Deadlines = Deadlines {
    reply: Duration::from_millis(400),
    piece: Duration::from_millis(500),
    acceptance: Duration::from_millis(600),
};

fn endpoint(security: Security) -> Endpoint {
    Endpoint { protocol: Protocol::Smtp, host: "localhost".into(), port: 587, security }
}

fn credentials() -> Credentials {
    Credentials::password(ADA, SECRET)
}

/// A demo server with two accounts.
fn demo() -> Builder {
    DemoServer::builder().account(ADA, SECRET).account(BOB, "other").token(ADA, "t0ken")
}

/// A demo server that runs, with its certificate authority in a file.
struct Running {
    server: DemoServer,
    ca: tempfile::NamedTempFile,
    transcript: Transcript,
}

impl Running {
    async fn start(builder: Builder) -> Running {
        let server = builder.start().await.unwrap();
        let ca = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(ca.path(), server.ca_pem()).unwrap();
        Running { server, ca, transcript: Transcript::new() }
    }

    async fn connect(&self, security: Security) -> Result<Submission> {
        self.connect_as(security, &credentials()).await
    }

    async fn connect_as(&self, security: Security, credentials: &Credentials) -> Result<Submission> {
        let endpoint = self.server.endpoint(Protocol::Smtp, security);
        Submission::connect(&endpoint, &Route::direct(Some(self.ca.path())), credentials, &self.transcript).await
    }

    fn lines(&self) -> Vec<String> {
        self.transcript.lines().into_iter().map(|line| line.text).collect()
    }
}

/// Starts a session on a plain connection that the person allowed.
async fn start(stream: Stream) -> Result<Submission> {
    start_with(stream, &credentials()).await
}

async fn start_with(stream: Stream, credentials: &Credentials) -> Result<Submission> {
    let endpoint = endpoint(Security::None);
    Submission::start(stream, &endpoint, None, credentials, Transcript::new().open(&endpoint)).await
}

/// The same for servers that fall silent.
async fn start_impatient(stream: Stream) -> Result<Submission> {
    let endpoint = endpoint(Security::None);
    let recorder = Transcript::new().open(&endpoint);
    Submission::start_within(IMPATIENT, stream, &endpoint, None, &credentials(), recorder).await
}

/// The beginning of every script: greeting, EHLO with these lines, AUTH.
fn greeting(offers: &[&str]) -> Vec<Step> {
    vec![
        on("", "220 mail.example ESMTP\r\n"),
        on("EHLO [127.0.0.1]", ehlo(&[offers, &["AUTH PLAIN"]].concat())),
        on("AUTH PLAIN ", "235 2.7.0 welcome\r\n"),
    ]
}

fn ehlo(offers: &[&str]) -> String {
    let lines: String = offers.iter().map(|offer| format!("250-{offer}\r\n")).collect();
    format!("250-mail.example\r\n{lines}250 HELP\r\n")
}

/// A session with a server that goes on with this script.
async fn session(offers: &[&str], script: Vec<Step>) -> (Submission, JoinHandle<Vec<String>>) {
    let (stream, server) = play([greeting(offers), script].concat());
    (start(stream).await.unwrap(), server)
}

/// MAIL, one RCPT and DATA as they should be answered.
fn until_data() -> Vec<Step> {
    vec![on("MAIL", "250 2.1.0 ok\r\n"), on("RCPT", "250 2.1.5 ok\r\n"), on("DATA", "354 go\r\n")]
}

/// [`MESSAGE`] to its final dot, which is answered so.
fn payload(reply: &str) -> Vec<Step> {
    let lines = String::from_utf8_lossy(MESSAGE).lines().count();
    let mut steps = vec![on(ANY, ""); lines];
    steps.push(on(".", reply));
    steps
}

async fn submit(
    session: &mut Submission,
    to: &[&str],
    message: impl AsRef<[u8]>,
) -> std::result::Result<Outcome, SubmitError> {
    let recipients: Vec<String> = to.iter().map(ToString::to_string).collect();
    let envelope = SubmissionEnvelope { reverse_path: ADA, recipients: &recipients, report: None };
    session.submit(&envelope, &Letter::bytes(message.as_ref().to_vec()), ready(Ok(())), |_, _| {}).await
}

/// Each recipient's reply as text; `ok` for those accepted.
fn replies(outcome: &Outcome) -> Vec<String> {
    let text = |reply: &RecipientReply| match reply {
        RecipientReply::Accepted => "ok".to_string(),
        RecipientReply::Refused { reply, permanent } => {
            assert_eq!(*permanent, reply.permanent());
            reply.to_string()
        }
    };
    outcome.recipients.iter().map(|(_, reply)| text(reply)).collect()
}
