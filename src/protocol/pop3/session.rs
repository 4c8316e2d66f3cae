//! From a stream to an authenticated session: greeting, STLS, capabilities, the end.
//! RFC 1939, sections 4 to 6; RFC 2595, section 4; RFC 8314.

use super::capability::{self, Capabilities};
use super::relay::Relay;
use super::reply::Reply;
use super::wire::{Patience, Show, Wait, Wire};
use crate::mail::account::{Endpoint, Security};
use crate::protocol::error::{Error, Result};
use crate::protocol::net::{self, Route};
use crate::protocol::sasl::Credentials;
use crate::protocol::stream::Stream;
use crate::protocol::transcript::{Recorder, Transcript};
use async_pop::response::types::DataType;
use std::fmt;
use std::path::Path;
use std::time::Duration;
use tokio::io::DuplexStream;

/// How long a server may take to end the connection.
const GOODBYE: Duration = Duration::from_secs(5);

/// A POP3 connection: the maildrop is locked for it until it ends. After an error other than
/// [`Error::Refused`] and [`Error::Unsupported`], or after the future of a command was dropped
/// before its end, nothing more can be said on it ([`Error::Closed`]); drop it and connect anew.
/// What was marked as deleted is then still there.
pub struct Session {
    pub(super) client: async_pop::Client<DuplexStream>,
    pub(super) relay: Relay,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({:?})", self.relay)
    }
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
        Session::start_on(Wire::new(stream, recorder, Patience::default()), endpoint, ca_file, credentials).await
    }

    pub(super) async fn start_on(
        mut wire: Wire,
        endpoint: &Endpoint,
        ca_file: Option<&Path>,
        credentials: &Credentials,
    ) -> Result<Session> {
        greet(&mut wire).await?;
        if !wire.is_encrypted() {
            match endpoint.security {
                Security::None => wire.recorder().note("not encrypted, by choice"),
                Security::StartTls | Security::Tls => wire = encrypt(wire, &endpoint.host, ca_file).await?,
            }
        }
        let (mut relay, pipe) = Relay::new(wire);
        relay.greet().await?;
        let client = relay.carry(async_pop::new(pipe)).await?;
        let mut session = Session { client, relay };
        session.authenticate(credentials).await?;
        Ok(session)
    }

    /// What the server can do, as it said after authentication.
    pub fn capabilities(&self) -> &Capabilities {
        &self.relay.capabilities
    }
    /// Whether an error ended it.
    pub fn is_broken(&self) -> bool {
        !self.relay.wire.is_in_step()
    }

    /// How many messages there are, without those marked as deleted, and their size in octets.
    pub async fn stat(&mut self) -> Result<(u32, u64)> {
        let stat = self.relay.carry(self.client.stat()).await?;
        let count = stat.counter().value().ok().and_then(|count| u32::try_from(count).ok());
        let size = stat.size().value().ok().and_then(|size| u64::try_from(size).ok());
        count.zip(size).ok_or_else(|| self.relay.wire.broken("numbers that cannot be"))
    }

    /// Does nothing, but keeps the session alive.
    pub async fn noop(&mut self) -> Result<()> {
        self.relay.carry(self.client.noop()).await
    }

    /// Takes all marks of deletion back.
    pub async fn reset(&mut self) -> Result<()> {
        self.relay.carry(self.client.rset()).await.map(drop)
    }

    /// Ends the session. Only now does the server delete what was marked, and only if this
    /// returns without an error has it done so: [`Error::Refused`] says that some or all is
    /// still there, any other error that nobody knows; UIDL tells, in the next session.
    pub async fn quit(mut self) -> Result<()> {
        let result = self.relay.carry(self.client.quit()).await.map(drop);
        // How it takes the end of the connection changes nothing.
        let _ = tokio::time::timeout(GOODBYE, self.relay.wire.shutdown()).await;
        result
    }
}

async fn greet(wire: &mut Wire) -> Result<()> {
    wire.begin()?;
    match wire.reply(Wait::Usual, Show::Shown).await? {
        Reply::Ok(_) => {
            wire.finish();
            Ok(())
        }
        Reply::Refused(refusal) => Err(refusal.into_error(wire.recorder())),
        Reply::Challenge(_) => Err(wire.broken("no greeting")),
    }
}

/// STLS (RFC 2595, section 4). What the server said before it is forgotten: nothing but the
/// stream comes out of here.
async fn encrypt(mut wire: Wire, host: &str, ca_file: Option<&Path>) -> Result<Wire> {
    wire.begin()?;
    if !capability::ask(&mut wire).await?.stls {
        return Err(Error::NoStartTls);
    }
    wire.say("STLS", "STLS").await?;
    match wire.ok(Wait::Usual, Show::Shown).await {
        Ok(_) => {}
        Err(Error::Refused { .. }) => return Err(Error::NoStartTls),
        Err(error) => return Err(error),
    }
    wire.upgrade(host, ca_file).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::pop3::RetrievePlan;

    fn is_send<T: Send>(_: &T) {}

    /// The service runs sessions in tasks of its own, so every future of theirs must be able to move.
    #[tokio::test]
    async fn conversations_can_run_in_any_task() {
        let endpoint = Endpoint::parse("pop3://h?security=none").unwrap();
        let credentials = Credentials::password("a", "b");
        is_send(&Session::connect(&endpoint, &Route::default(), &credentials, &Transcript::new()));
        // Never called: that it compiles is the test.
        let call = async |session: &mut Session| {
            let (to, _from) = tokio::sync::mpsc::channel(1);
            is_send(&session.stat());
            is_send(&session.uidl());
            is_send(&session.delete(&[1]));
            is_send(&session.top(1, 0));
            is_send(&session.retrieve([(1, None)], RetrievePlan { window: 1, spool: Path::new("/") }, &to));
        };
        let _ = call;
    }
}
