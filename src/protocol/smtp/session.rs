//! From a stream to an authenticated session: greeting, EHLO, STARTTLS, the end
//! (RFC 5321, 4.1.1.1 and 4.3.1; RFC 3207; RFC 8314).

use super::asking::Asking;
use super::offer::{Limits, Offer};
use super::reply::{Raw, Reply};
use super::wire::Tap;
use crate::mail::account::{Endpoint, Security};
use crate::protocol::error::{Error, Result};
use crate::protocol::net::{self, Route, within};
use crate::protocol::sasl::Credentials;
use crate::protocol::stream::Stream;
use crate::protocol::transcript::{Recorder, Transcript};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use std::fmt;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How long each step may take, in the spirit of RFC 5321, 4.5.3.2, with a person waiting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    /// For the reply to a command.
    pub reply: Duration,
    /// For one piece of the message to be taken by the network.
    pub piece: Duration,
    /// For the reply to the final dot: scanners and archives work before it, and who gives up
    /// too early does not know what became of the message.
    pub acceptance: Duration,
}

impl Default for Deadlines {
    fn default() -> Deadlines {
        Deadlines { reply: net::REPLY, piece: Duration::from_secs(60), acceptance: Duration::from_secs(600) }
    }
}

/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
/// Who we say that we are: the machine's name and address are nobody's business, and a
/// submission server takes us by our credentials.
const CLIENT: ClientId = ClientId::Ipv4(Ipv4Addr::LOCALHOST);

/// A connection to a submission server, authenticated and ready for messages, one after the
/// other. Once it [is broken](Submission::is_broken) nothing more can be said on it; drop it and
/// connect anew. The same holds after the future of a step was dropped before its end.
pub struct Submission {
    pub(super) connection: AsyncSmtpConnection,
    pub(super) tap: Tap,
    pub(super) recorder: Recorder,
    pub(super) offer: Offer,
    pub(super) mechanism: &'static str,
    pub(super) deadlines: Deadlines,
    /// The connection failed, went out of step, or a step on it was given up.
    pub(super) is_broken: bool,
    /// What was said along with the end of the last message: its answers are still to be read.
    pub(super) ahead: Option<Asking>,
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Submission({:?}, {:?})", self.recorder, self.offer)
    }
}

/// One line to send, without its line end, and what the transcript shows of it.
#[derive(PartialEq, Eq)]
pub(super) struct Command {
    text: String,
    shown: String,
}

impl Command {
    pub fn new(text: impl Into<String>) -> Command {
        let text = text.into();
        Command { shown: text.clone(), text }
    }
    /// One that the transcript must not show as it is.
    pub fn secret(text: impl Into<String>, shown: impl Into<String>) -> Command {
        Command { text: text.into(), shown: shown.into() }
    }
    /// Whether it is more than a line.
    pub fn has_line_end(&self) -> bool {
        self.text.contains(['\r', '\n', '\0'])
    }
    /// Adds it to what goes out, and to the transcript.
    pub fn put(&self, recorder: &Recorder, out: &mut Vec<u8>) {
        recorder.client(&self.shown);
        out.extend_from_slice(self.text.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

impl Submission {
    /// Connects, encrypts as the endpoint says, and authenticates.
    ///
    /// # Errors
    /// [`Error::NoStartTls`] and [`Error::BytesBeforeTls`] before any credential is sent;
    /// [`Error::NoMechanism`]; [`Error::Authentication`] where the server refused them for good,
    /// [`Error::Refused`] where it is unwell (its `code` begins with 4) or does not want us.
    pub async fn connect(
        endpoint: &Endpoint,
        route: &Route,
        credentials: &Credentials,
        transcript: &Transcript,
    ) -> Result<Submission> {
        let recorder = transcript.open(endpoint);
        let stream = net::connect(endpoint, route, &recorder).await?;
        Submission::start(stream, endpoint, route.ca_file(), credentials, recorder).await
    }

    /// The same on a stream that is there already.
    pub async fn start(
        stream: Stream,
        endpoint: &Endpoint,
        ca_file: Option<&Path>,
        credentials: &Credentials,
        recorder: Recorder,
    ) -> Result<Submission> {
        let deadlines = Deadlines::default();
        Submission::start_within(deadlines, stream, endpoint, ca_file, credentials, recorder).await
    }

    pub(super) async fn start_within(
        deadlines: Deadlines,
        stream: Stream,
        endpoint: &Endpoint,
        ca_file: Option<&Path>,
        credentials: &Credentials,
        recorder: Recorder,
    ) -> Result<Submission> {
        let note = recorder.clone();
        let work = async {
            let mut session = Submission::greet(deadlines, stream, recorder).await?;
            if !session.tap.is_encrypted() {
                match endpoint.security {
                    Security::None => session.recorder.note("not encrypted, by choice"),
                    Security::StartTls | Security::Tls => session.encrypt(&endpoint.host, ca_file).await?,
                }
            }
            session.authenticate(credentials).await?;
            Ok(session)
        };
        work.await.inspect_err(|error: &Error| note.note(&error.to_string()))
    }

    /// What the server can do and how much it takes, as it said after the last change of state.
    pub fn limits(&self) -> Limits {
        self.offer.limits
    }
    /// The SASL mechanism by which the server took the credentials.
    pub fn mechanism(&self) -> &'static str {
        self.mechanism
    }
    /// Whether nothing more can be said on it.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Greeting and first EHLO, which lettre's connection begins with.
    async fn greet(deadlines: Deadlines, stream: Stream, recorder: Recorder) -> Result<Submission> {
        let tap = Tap::new(stream, recorder.clone());
        tap.announce(vec![format!("EHLO {CLIENT}")]);
        let connecting = AsyncSmtpConnection::connect_with_transport(Box::new(tap.clone()), &CLIENT);
        let connected = within(deadlines.reply, "greeting", async { Ok(connecting.await) }).await?;
        let failed = || tap.take_failure().unwrap_or(Error::Closed);
        // No other code greets (RFC 5321, 4.3.2): what says something else is out of step, or no submission server.
        if positive(tap.take_reply().ok_or_else(failed)?, &recorder)?.code != 220 {
            return Err(Error::Protocol("no greeting".into()));
        }
        let offer = Offer::parse(&positive(tap.take_reply().ok_or_else(failed)?, &recorder)?);
        let connection = connected.map_err(|error| tap.take_failure().unwrap_or_else(|| disagrees(&error)))?;
        Ok(Submission { connection, tap, recorder, offer, mechanism: "", deadlines, is_broken: false, ahead: None })
    }

    /// STARTTLS (RFC 3207). What the server said before it is forgotten.
    async fn encrypt(&mut self, host: &str, ca_file: Option<&Path>) -> Result<()> {
        if !self.offer.starttls {
            return Err(Error::NoStartTls);
        }
        let reply = self.command(Command::new("STARTTLS")).await?;
        // No other: an answer to something else must not open the handshake.
        if reply.code != 220 {
            return Err(Error::NoStartTls);
        }
        self.offer = Offer::default();
        let (stream, ahead) = self.tap.take_stream().ok_or(Error::Closed)?;
        self.tap.put_stream(stream.upgrade(host, ca_file, &self.recorder, &ahead).await?);
        let answer = self.exchange(&[Command::new(format!("EHLO {CLIENT}"))]).await?.pop();
        self.offer = Offer::parse(&positive(answer.ok_or(Error::Closed)?, &self.recorder)?);
        Ok(())
    }

    /// Sends a command and reads its reply, whatever that says.
    pub(super) async fn command(&mut self, command: Command) -> Result<Reply> {
        let raw = self.exchange(&[command]).await?.pop().ok_or(Error::Closed)?;
        Ok(raw.into_reply(|text| self.recorder.scrub(text)))
    }

    /// Sends commands at once and reads a reply to each.
    pub(super) async fn exchange(&mut self, commands: &[Command]) -> Result<Vec<Raw>> {
        // Until the last reply is there: whoever drops this future leaves the dialogue half-said.
        if std::mem::replace(&mut self.is_broken, true) || self.ahead.is_some() {
            return Err(Error::Closed);
        }
        if commands.iter().any(Command::has_line_end) {
            return Err(Error::Protocol("a line end within a command".into()));
        }
        if let Some(objection) = self.tap.objection() {
            return Err(objection);
        }
        self.tap.announce(commands.iter().map(|command| command.shown.clone()).collect());
        let text: String = commands.iter().flat_map(|command| [command.text.as_str(), "\r\n"]).collect();
        let answered = within(self.deadlines.reply, "reply", async { Ok(self.connection.command(text).await) }).await?;
        let first = self.verdict(answered)?;
        self.answers_after(vec![first], commands.len()).await
    }

    /// Reads a reply to each of so many commands.
    pub(super) async fn answers(&mut self, count: usize) -> Result<Vec<Raw>> {
        self.is_broken = true;
        self.answers_after(Vec::with_capacity(count), count).await
    }

    async fn answers_after(&mut self, mut replies: Vec<Raw>, count: usize) -> Result<Vec<Raw>> {
        while replies.len() < count && replies.last().is_none_or(|reply| reply.code != 421) {
            let answered =
                within(self.deadlines.reply, "reply", async { Ok(self.connection.read_response().await) }).await?;
            replies.push(self.verdict(answered)?);
        }
        self.is_broken = replies.last().is_none_or(|reply| reply.code == 421);
        Ok(replies)
    }

    /// The reply that the tap kept, if lettre saw one too.
    pub(super) fn verdict(
        &self,
        answered: std::result::Result<Response, lettre::transport::smtp::Error>,
    ) -> Result<Raw> {
        match (self.tap.take_reply(), answered) {
            (Some(raw), Ok(_)) => Ok(raw),
            (Some(raw), Err(error)) if error.status().is_some() => Ok(raw),
            (_, Err(error)) => Err(self.tap.take_failure().unwrap_or_else(|| disagrees(&error))),
            (None, Ok(_)) => Err(Error::Closed),
        }
    }

    /// Forgets a transaction that was begun (RSET).
    pub async fn reset(&mut self) -> Result<()> {
        let reply = self.command(Command::new("RSET")).await?;
        if !reply.positive() {
            self.is_broken = true;
            return Err(reply.into_error());
        }
        Ok(())
    }

    /// Says goodbye; a server that does not answer is left.
    pub async fn quit(mut self) {
        // Whether it answers changes nothing.
        let _ = tokio::time::timeout(GOODBYE, self.command(Command::new("QUIT"))).await;
        let _ = tokio::time::timeout(GOODBYE, self.tap.shutdown()).await;
    }
}

/// A positive reply, or the error that another one is.
fn positive(raw: Raw, recorder: &Recorder) -> Result<Raw> {
    let reply = raw.clone().into_reply(|text| recorder.scrub(text));
    if reply.positive() { Ok(raw) } else { Err(reply.into_error()) }
}

/// lettre failed where we saw no reason to.
fn disagrees(error: &lettre::transport::smtp::Error) -> Error {
    Error::Protocol(error.to_string())
}
