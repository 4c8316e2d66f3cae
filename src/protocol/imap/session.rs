//! From a stream to an authenticated session: greeting, STARTTLS, capabilities, the end.
//! RFC 3501 sections 6.1, 6.2.1, 7.1; RFC 8314.

use super::capability::Capabilities;
use super::changes::Changes;
use super::command::Command;
use super::dispatch::{Event, Reply};
use super::frame::Framed;
use super::letters::Letters;
use crate::mail::account::{Endpoint, Security};
use crate::protocol::error::{Error, Result};
use crate::protocol::net::{self, REPLY, Route};
use crate::protocol::sasl::Credentials;
use crate::protocol::stream::Stream;
use crate::protocol::transcript::{Recorder, Transcript};
use async_imap::imap_proto::{Capability, Response, Status};
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// An IMAP connection. After an error other than [`Error::Refused`] and [`Error::Unsupported`]
/// nothing more can be said on it; drop it and connect anew. The same holds after the future of a
/// command was dropped before its end: give [`Session::wait`] a cancellation instead.
#[derive(Debug)]
pub struct Session {
    pub(super) client: async_imap::Client<Framed>,
    pub(super) recorder: Recorder,
    pub(super) capabilities: Capabilities,
    pub(super) changes: Changes,
    /// Keywords of the selected mailbox.
    pub(super) letters: Letters,
    pub(super) next_tag: u64,
    /// The connection failed or went out of step.
    pub(super) is_broken: bool,
    /// QRESYNC is enabled.
    pub(super) resyncs: bool,
    /// The person chose to go without encryption.
    pub(super) allows_plain: bool,
}

impl Session {
    /// Connects, encrypts as the endpoint says, and authenticates.
    pub async fn connect(
        endpoint: &Endpoint,
        route: &Route,
        credentials: &Credentials,
        transcript: &Transcript,
    ) -> Result<Session> {
        let recorder = transcript.open(endpoint);
        let stream = net::connect(endpoint, route, &recorder).await?;
        Session::start(stream, endpoint, route.ca_file(), credentials, recorder).await
    }

    /// The same on a stream that is there already.
    pub async fn start(
        stream: Stream,
        endpoint: &Endpoint,
        ca_file: Option<&Path>,
        credentials: &Credentials,
        recorder: Recorder,
    ) -> Result<Session> {
        let mut session = Session::new(stream, recorder, endpoint.security == Security::None);
        session.greet().await?;
        if !session.client.get_ref().is_encrypted() {
            match endpoint.security {
                Security::None => session.recorder.note("not encrypted, by choice"),
                Security::StartTls | Security::Tls => session = session.encrypt(&endpoint.host, ca_file).await?,
            }
        }
        if session.capabilities.is_empty() {
            session.ask_capabilities().await?;
        }
        session.authenticate(credentials).await?;
        session.enable_resync().await?;
        Ok(session)
    }

    pub(super) fn new(stream: Stream, recorder: Recorder, allows_plain: bool) -> Session {
        let client = async_imap::Client::new(Framed::new(stream, recorder.clone()));
        Session {
            client,
            recorder,
            capabilities: Capabilities::default(),
            changes: Changes::default(),
            letters: Letters::default(),
            next_tag: 0,
            is_broken: false,
            resyncs: false,
            allows_plain,
        }
    }

    /// What the server can do, as it said after the last change of state.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
    /// What the server said unasked since last taken.
    pub fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }
    /// The same without taking it.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }
    /// What the keyword bits of the selected mailbox's flags are called.
    pub fn letters(&self) -> Letters {
        self.letters.clone()
    }
    /// Whether an error ended it.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    async fn greet(&mut self) -> Result<()> {
        let Event::Untagged(reply) = self.next(REPLY).await? else {
            return self.broken("no greeting");
        };
        match reply.parsed() {
            Response::Data { status: Status::Ok, .. } => {
                self.take_capabilities(&reply);
                Ok(())
            }
            // On an encrypted line too: we come with credentials, and the server already believes in somebody else's.
            Response::Data { status: Status::PreAuth, .. } => {
                self.is_broken = true;
                Err(Error::Preauth)
            }
            Response::Data { status: Status::Bye, .. } => {
                self.is_broken = true;
                Err(self.refusal(&reply.status))
            }
            _ => self.broken("no greeting"),
        }
    }

    /// STARTTLS (RFC 3501, section 6.2.1). What the server said before it is forgotten: the
    /// session that comes out knows nothing of the one that went in.
    async fn encrypt(mut self, host: &str, ca_file: Option<&Path>) -> Result<Session> {
        if self.capabilities.is_empty() {
            self.ask_capabilities().await?;
        }
        if !self.capabilities.has("STARTTLS") {
            return Err(Error::NoStartTls);
        }
        match self.run(Command::new("STARTTLS"), |_| false).await {
            Ok(_) => {}
            Err(Error::Refused { .. }) => return Err(Error::NoStartTls),
            Err(error) => return Err(error),
        }
        let (stream, ahead) = self.client.into_inner().into_parts();
        let refused = |error: &Error| self.recorder.note(&error.to_string());
        let stream = stream.upgrade(host, ca_file, &self.recorder, &ahead).await.inspect_err(refused)?;
        Ok(Session::new(stream, self.recorder, false))
    }

    pub(super) async fn ask_capabilities(&mut self) -> Result<()> {
        let mut found = None;
        self.run(Command::new("CAPABILITY"), |reply| {
            let Response::Capabilities(words) = reply.parsed() else { return false };
            found = Some(parsed(words));
            true
        })
        .await?;
        match found {
            Some(capabilities) => self.capabilities = capabilities,
            None => return self.broken("no capabilities"),
        }
        Ok(())
    }

    /// Capabilities that came as a response code.
    pub(super) fn take_capabilities(&mut self, reply: &Reply) {
        if let Some(code) = reply.status.code.as_ref().filter(|code| code.name == "CAPABILITY") {
            self.capabilities = Capabilities::parse(code.arguments.split_ascii_whitespace());
        }
    }

    /// Asks for news and does nothing (NOOP): polling, where IDLE is missing.
    pub async fn noop(&mut self) -> Result<()> {
        self.run(Command::new("NOOP"), |_| false).await.map(drop)
    }

    /// Says goodbye; a server that does not answer is left.
    pub async fn logout(mut self) {
        let goodbye = self.run(Command::new("LOGOUT"), |_| false);
        // Whether it answers changes nothing.
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
        let _ = tokio::time::timeout(GOODBYE, self.client.get_mut().shutdown()).await;
    }
}

fn parsed(words: &[Capability<'_>]) -> Capabilities {
    let words: Vec<String> = words
        .iter()
        .map(|word| match word {
            Capability::Imap4rev1 => "IMAP4REV1".to_string(),
            Capability::Auth(mechanism) => format!("AUTH={mechanism}"),
            Capability::Atom(atom) => atom.to_string(),
        })
        .collect();
    Capabilities::parse(words.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::imap::{FetchPlan, UidSet};

    fn is_send<T: Send>(_: &T) {}

    /// The service runs sessions in tasks of its own, so every future of theirs must be able to move.
    #[tokio::test]
    async fn conversations_can_run_in_any_task() {
        let (ours, _theirs) = tokio::io::duplex(1);
        let mut session = Session::new(Stream::memory(ours), Transcript::new().open("test"), true);
        is_send(&session);
        is_send(&session.wait(Duration::ZERO, std::future::pending()));
        is_send(&session.list());
        let (to, _from) = tokio::sync::mpsc::channel(1);
        let plan = FetchPlan { window: 1, spool: Path::new("/") };
        is_send(&session.fetch_bodies([UidSet::all()], plan, &to));
        is_send(&session.fetch_flags(&UidSet::all(), None, |_| {}));
    }
}
