//! One message, from MAIL to the reply after its final dot (RFC 5321, 3.3; RFC 6409).

use super::Submission;
use super::payload::{self, Chunks};
use super::reply::{Raw, Reply};
use super::session::{Command, Deadlines};
use super::transaction::{Characters, Transaction};
use super::wire::Tap;
use crate::protocol::error::Error;
use crate::protocol::net::{waited, within};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::Response;
use std::io;
use std::time::Duration;

/// For a reply that may explain why the server hung up.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Commands sent at once, where the server can (RFC 2920). They and their replies fit the
/// buffers of a connection, so that neither side waits for the other to read.
const PIPELINE: usize = 20;

/// Where a message comes from and goes to: not its header, which the server does not read.
#[derive(Clone, Copy, Debug)]
pub struct SubmissionEnvelope<'a> {
    /// An address; empty for mail that must not be answered by a bounce.
    pub reverse_path: &'a str,
    /// Addresses, each once.
    pub recipients: &'a [String],
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecipientReply {
    /// The server took it. The message goes there if [`Outcome::accepted`].
    Accepted,
    /// The message does not go there. Not `permanent`: the server may take it later, as with 452
    /// after too many recipients at once. The reply is to RCPT, or to MAIL, DATA or the message
    /// where it refused those; codes 5.1.3, 5.1.7 and 5.6.7 may also be our own, of an address
    /// that could not be sent as it is.
    Refused { reply: Reply, permanent: bool },
}

/// How a submission ended when the server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Every recipient in the order of the envelope.
    pub recipients: Vec<(String, RecipientReply)>,
    /// The server has the message and the duty to deliver it to those accepted: its reply, as a
    /// rule with its queue id. `None`: nothing was handed over.
    pub accepted: Option<Reply>,
}

/// A submission that did not end with the server's answer.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The message was not handed over: its final dot was not sent, and without it no server may
    /// deliver (RFC 5321, 4.1.1.4). Sending it again is safe.
    #[error("not sent: {0}")]
    NotSent(#[source] Error),
    /// The message was sent to its end, and the answer did not come, or not whole: whether the
    /// server has it is unknown.
    #[error("whether it was sent is unknown: {0}")]
    Unknown(#[source] Error),
}

impl SubmitError {
    /// What went wrong.
    pub fn error(&self) -> &Error {
        let (SubmitError::NotSent(error) | SubmitError::Unknown(error)) = self;
        error
    }
}

type Result<T> = std::result::Result<T, SubmitError>;

impl From<Error> for SubmitError {
    /// Before the message's end, which is the rule; [`SubmitError::Unknown`] is made by name.
    fn from(error: Error) -> SubmitError {
        SubmitError::NotSent(error)
    }
}

impl Submission {
    /// Submits one message; line ends are normalised. `before_data` is awaited when the server
    /// waits for the message and nothing of it is sent: what is recorded then separates a crash
    /// after which sending again is safe from one after which it is not. If it fails, nothing is
    /// sent. `progress` hears bytes written and bytes in all. Whoever drops the future after
    /// `before_data` does not know more than after a crash.
    ///
    /// A refusal by the server is an [`Outcome`], for all or some recipients. The connection
    /// serves for the next message unless it [is broken](Submission::is_broken).
    ///
    /// # Errors
    /// [`SubmitError::NotSent`] with [`Error::TooLarge`] or [`Error::Unsupported`] where the
    /// server has said that it cannot take such a message (nothing is said to it then), with
    /// [`Error::Refused`] where it ended the connection with 421, or with what broke it;
    /// [`SubmitError::Unknown`] for the same after the message's end.
    pub async fn submit(
        &mut self,
        envelope: &SubmissionEnvelope<'_>,
        message: &[u8],
        before_data: impl Future<Output = io::Result<()>> + Send,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Outcome> {
        let result = self.transact(envelope, message, before_data, progress).await;
        result.inspect_err(|error| self.recorder.note(&error.to_string()))
    }

    async fn transact(
        &mut self,
        envelope: &SubmissionEnvelope<'_>,
        message: &[u8],
        before_data: impl Future<Output = io::Result<()>> + Send,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Outcome> {
        if self.is_broken {
            return Err(Error::Closed.into());
        }
        let message = payload::normalised(message);
        let mut transaction = Transaction::new(envelope, self.takes_header(&message)?);
        let parameters = self.parameters(&message, &transaction)?;
        if transaction.asked().next().is_none() {
            return Ok(transaction.outcome(None));
        }
        self.ask(&mut transaction, &parameters).await?;
        if !transaction.has_accepted() {
            self.forget().await;
            return Ok(transaction.outcome(None));
        }
        let reply = self.command(Command::new("DATA")).await?;
        if !reply.intermediate() {
            let reply = self.refusal_of_transaction(reply)?;
            self.forget().await;
            transaction.refuse_accepted(&reply);
            return Ok(transaction.outcome(None));
        }
        self.is_broken = true;
        before_data.await.map_err(Error::Io)?;
        let reply = self.transfer(&message, progress).await?;
        if reply.positive() {
            return Ok(transaction.outcome(Some(reply)));
        }
        transaction.refuse_accepted(&reply);
        Ok(transaction.outcome(None))
    }

    /// Whether the header may be sent as it is: beyond ASCII only with SMTPUTF8, which this says.
    fn takes_header(&self, message: &[u8]) -> Result<Characters> {
        let limits = self.limits();
        if payload::header(message).is_ascii() {
            return Ok(Characters { offered: limits.smtputf8, needed: false });
        }
        if !limits.smtputf8 {
            return Err(Error::Unsupported("SMTPUTF8").into());
        }
        Ok(Characters { offered: true, needed: true })
    }

    /// The parameters of MAIL, each only where the server has announced it.
    fn parameters(&self, message: &[u8], transaction: &Transaction) -> Result<String> {
        let limits = self.limits();
        let size = message.len() as u64;
        if let Some(limit) = limits.size.filter(|limit| size > *limit) {
            return Err(Error::TooLarge { what: "message", limit }.into());
        }
        let is_ascii = message.is_ascii();
        if !is_ascii && !limits.eight_bit_mime {
            return Err(Error::Unsupported("8BITMIME").into());
        }
        let mut parameters = String::new();
        if limits.size.is_some() {
            parameters.push_str(&format!(" SIZE={size}"));
        }
        if !is_ascii {
            parameters.push_str(" BODY=8BITMIME");
        }
        if transaction.characters.needed {
            parameters.push_str(" SMTPUTF8");
        }
        Ok(parameters)
    }

    /// MAIL and RCPT for all: notes the server's answer for each recipient.
    async fn ask(&mut self, transaction: &mut Transaction, parameters: &str) -> Result<()> {
        let mut commands = vec![Command::new(format!("MAIL FROM:<{}>{parameters}", transaction.sender))];
        let mut places = Vec::new();
        for (place, path) in transaction.asked() {
            commands.push(Command::new(format!("RCPT TO:<{path}>")));
            places.push(place);
        }
        let window = if self.limits().pipelining { PIPELINE } else { 1 };
        let mut replies = Vec::new();
        for group in commands.chunks(window) {
            replies.extend(self.exchange(group).await?);
            // Nobody need be asked about where there is no sender, or no connection.
            if self.is_broken || replies.first().is_some_and(|mail: &Raw| mail.code / 100 != 2) {
                break;
            }
        }
        let mut replies = replies.into_iter().map(|raw| raw.into_reply(|text| self.recorder.scrub(text)));
        let mail = replies.next().ok_or(Error::Closed)?;
        let rest: Vec<Reply> = replies.collect();
        if let Some(farewell) = rest.iter().find(|reply| reply.ends_connection()) {
            return Err(farewell.clone().into_error().into());
        }
        if !mail.positive() {
            let mail = self.refusal_of_transaction(mail)?;
            places.iter().for_each(|place| transaction.refuse(*place, &mail));
            return Ok(());
        }
        for (place, reply) in places.into_iter().zip(rest) {
            if reply.positive() {
                transaction.accept(place);
            } else {
                let reply = self.refusal_of_transaction(reply)?;
                transaction.refuse(place, &reply);
            }
        }
        Ok(())
    }

    /// A reply that refuses; a farewell or what is neither yes nor no is an error.
    fn refusal_of_transaction(&mut self, reply: Reply) -> Result<Reply> {
        let refuses = reply.permanent() || reply.transient();
        if refuses && !reply.ends_connection() {
            return Ok(reply);
        }
        self.is_broken = true;
        Err(reply.into_error().into())
    }

    /// Forgets the transaction. If that fails, the connection is broken, and the outcome stands.
    async fn forget(&mut self) {
        if let Err(error) = self.reset().await {
            self.recorder.note(&error.to_string());
        }
    }

    /// Sends the message, its final dot, and reads the reply.
    async fn transfer(&mut self, message: &[u8], progress: impl FnMut(u64, u64) + Send) -> Result<Reply> {
        self.tap.begin_payload();
        let tap = self.tap.clone();
        let chunks = Chunks::new(message, tap.clone(), progress);
        let answered = send(&mut self.connection, chunks, &tap, self.deadlines).await;
        let is_ended = tap.is_ending();
        let result = match answered {
            Some(answered) => self.verdict(answered),
            None if is_ended => Err(Error::TimedOut { step: "reply to the message" }),
            None => Err(Error::TimedOut { step: "send" }),
        };
        tap.finish_payload();
        let error = match result.map(|raw| raw.into_reply(|text| self.recorder.scrub(text))) {
            Ok(reply) if reply.intermediate() => reply.into_error(),
            Ok(reply) => {
                self.is_broken = reply.ends_connection();
                return Ok(reply);
            }
            Err(error) => error,
        };
        if let Some(refusal) = self.last_words().await {
            return Ok(refusal);
        }
        Err(if is_ended { SubmitError::Unknown(error) } else { SubmitError::NotSent(error) })
    }

    /// Where the server stopped taking the message: its refusal, if it gave one ("552 too big").
    async fn last_words(&mut self) -> Option<Reply> {
        if !self.tap.is_write_failure() {
            return None;
        }
        let read = async { Ok(self.connection.read_response().await) };
        let answered = within(LAST_WORDS, "last words", read).await.ok()?;
        let reply = self.verdict(answered).ok()?.into_reply(|text| self.recorder.scrub(text));
        Some(reply).filter(|reply| reply.permanent() || reply.transient())
    }
}

/// lettre's verdict on the message; nothing where a deadline passed: each piece must leave in
/// its time, and the reply to the final dot come in its own.
async fn send<'a, P: FnMut(u64, u64)>(
    connection: &mut AsyncSmtpConnection,
    chunks: Chunks<'a, P>,
    tap: &Tap,
    deadlines: Deadlines,
) -> Option<std::result::Result<Response, lettre::transport::smtp::Error>> {
    let sending = connection.message_iter(chunks);
    tokio::pin!(sending);
    loop {
        let (is_ending, written) = (tap.is_ending(), tap.written());
        let limit = if is_ending { deadlines.acceptance } else { deadlines.piece };
        match tokio::time::timeout(waited(limit), &mut sending).await {
            Ok(answered) => return Some(answered),
            Err(_) if !is_ending && (tap.is_ending() || tap.written() > written) => {}
            Err(_) => return None,
        }
    }
}
