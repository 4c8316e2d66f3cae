//! One message, from MAIL to the reply after its final dot (RFC 5321, 3.3; RFC 6409).

use super::Submission;
use super::path;
use super::payload::{END, Letter, Stuffer};
use super::reply::{Raw, Reply};
use super::session::Command;
use super::transaction::{Characters, Transaction};
use super::wire::Tap;
use crate::protocol::error::Error;
use crate::protocol::net::{waited, within};
use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// For a reply that may explain why the server hung up.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Commands sent at once, where the server can (RFC 2920). They and their replies fit the
/// buffers of a connection, so that neither side waits for the other to read.
const PIPELINE: usize = 20;

/// Where a message comes from and goes to: not its header, which the server does not read.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubmissionEnvelope<'a> {
    /// An address; empty for mail that must not be answered by a bounce.
    pub reverse_path: &'a str,
    /// Addresses, each once.
    pub recipients: &'a [String],
    /// Reports are asked for on delivery, delay and failure (DSN, RFC 3461), where the server
    /// offers that, under this name (ENVID) for the message: its Message-ID.
    pub report: Option<&'a str>,
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

/// Sees, beside a submission that goes on, whether it may still be given up.
#[derive(Clone, Debug)]
pub struct EndWatch(Tap);

impl EndWatch {
    /// Whether the end of the message may be on its way. Before that a submission can be dropped:
    /// without its end no server may deliver the message.
    pub fn is_on_its_way(&self) -> bool {
        self.0.is_ending()
    }
}

impl Submission {
    /// For the submission that follows.
    pub fn end_watch(&self) -> EndWatch {
        EndWatch(self.tap.clone())
    }

    /// Submits one message; line ends are normalised. `before_data` is awaited when the server
    /// waits for the message and nothing of it is sent: what is recorded then separates a crash
    /// after which sending again is safe from one after which it is not. If it fails, nothing is
    /// sent. `progress` hears bytes written and bytes in all. Whoever drops the future after
    /// `before_data` does not know more than after a crash.
    ///
    /// A refusal by the server is an [`Outcome`], for all or some recipients. The connection
    /// serves for the next message unless it [is broken](Submission::is_broken).
    ///
    /// Where the server can pipeline (RFC 2920), MAIL, RCPT and DATA are one packet and one
    /// round trip.
    ///
    /// # Errors
    /// [`SubmitError::NotSent`] with [`Error::TooLarge`] or [`Error::Unsupported`] where the
    /// server has said that it cannot take such a message (nothing is said to it then), with
    /// [`Error::Refused`] where it ended the connection with 421, or with what broke it;
    /// [`SubmitError::Unknown`] for the same after the message's end.
    pub async fn submit(
        &mut self,
        envelope: &SubmissionEnvelope<'_>,
        letter: &Letter,
        before_data: impl Future<Output = io::Result<()>> + Send,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Outcome> {
        let result = self.transact(envelope, letter, before_data, progress).await;
        result.inspect_err(|error| self.recorder.note(&error.to_string()))
    }

    async fn transact(
        &mut self,
        envelope: &SubmissionEnvelope<'_>,
        letter: &Letter,
        before_data: impl Future<Output = io::Result<()>> + Send,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Outcome> {
        if self.is_broken {
            return Err(Error::Closed.into());
        }
        let mut transaction = Transaction::new(envelope, self.takes_header(letter)?);
        let report = envelope.report.filter(|_| self.limits().dsn);
        let parameters = self.parameters(letter, &transaction, report)?;
        if transaction.asked().next().is_none() {
            return Ok(transaction.outcome(None));
        }
        let data = self.ask(&mut transaction, &parameters, report.is_some()).await?;
        if !transaction.has_accepted() {
            self.decline(data).await;
            return Ok(transaction.outcome(None));
        }
        let data = match data {
            Some(reply) => reply,
            None => self.command(Command::new("DATA")).await?,
        };
        if !data.intermediate() {
            let reply = self.refusal_of_transaction(data)?;
            self.forget().await;
            transaction.refuse_accepted(&reply);
            return Ok(transaction.outcome(None));
        }
        self.is_broken = true;
        before_data.await.map_err(Error::Io)?;
        let reply = self.transfer(letter, progress).await?;
        if reply.positive() {
            return Ok(transaction.outcome(Some(reply)));
        }
        transaction.refuse_accepted(&reply);
        Ok(transaction.outcome(None))
    }

    /// Nobody is to get the message. A server that was asked along with the recipients and waits
    /// for it all the same gets a lone dot (RFC 2920, 3.1).
    async fn decline(&mut self, data: Option<Reply>) {
        if data.is_some_and(|reply| reply.intermediate())
            && let Err(error) = self.command(Command::new(".")).await
        {
            self.recorder.note(&error.to_string());
            return;
        }
        self.forget().await;
    }

    /// Whether the header may be sent as it is: beyond ASCII only with SMTPUTF8, which this says.
    fn takes_header(&self, letter: &Letter) -> Result<Characters> {
        let limits = self.limits();
        if letter.facts.is_header_ascii {
            return Ok(Characters { offered: limits.smtputf8, needed: false });
        }
        if !limits.smtputf8 {
            return Err(Error::Unsupported("SMTPUTF8").into());
        }
        Ok(Characters { offered: true, needed: true })
    }

    /// The parameters of MAIL, each only where the server has announced it.
    fn parameters(&self, letter: &Letter, transaction: &Transaction, report: Option<&str>) -> Result<String> {
        let (limits, size) = (self.limits(), letter.size());
        if let Some(limit) = limits.size.filter(|limit| size > *limit) {
            return Err(Error::TooLarge { what: "message", limit }.into());
        }
        let is_ascii = letter.facts.is_ascii;
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
        if let Some(name) = report {
            // The report need not carry the message back, which lies in Sent.
            parameters.push_str(" RET=HDRS");
            if let Some(name) = path::xtext(name) {
                parameters.push_str(&format!(" ENVID={name}"));
            }
        }
        Ok(parameters)
    }

    /// MAIL and RCPT for all: notes the server's answer for each recipient. Where the server can
    /// pipeline, DATA goes along; its reply then, unless there was no sense in it any more.
    async fn ask(
        &mut self,
        transaction: &mut Transaction,
        parameters: &str,
        with_report: bool,
    ) -> Result<Option<Reply>> {
        let mut commands = vec![Command::new(format!("MAIL FROM:<{}>{parameters}", transaction.sender))];
        let mut places = Vec::new();
        for (place, path) in transaction.asked() {
            let parameters = if with_report { path::report_parameters(path) } else { String::new() };
            commands.push(Command::new(format!("RCPT TO:<{path}>{parameters}")));
            places.push(place);
        }
        let pipelining = self.limits().pipelining;
        if pipelining {
            commands.push(Command::new("DATA"));
        }
        let window = if pipelining { PIPELINE } else { 1 };
        let mut replies = Vec::new();
        for group in commands.chunks(window) {
            replies.extend(self.exchange(group).await?);
            // Nobody need be asked about where there is no sender, or no connection.
            if self.is_broken || replies.first().is_some_and(|mail: &Raw| mail.code / 100 != 2) {
                break;
            }
        }
        let is_whole = replies.len() == commands.len();
        let mut replies = replies.into_iter().map(|raw| raw.into_reply(|text| self.recorder.scrub(text)));
        let mail = replies.next().ok_or(Error::Closed)?;
        let mut rest: Vec<Reply> = replies.collect();
        if let Some(farewell) = rest.iter().find(|reply| reply.ends_connection()) {
            return Err(farewell.clone().into_error().into());
        }
        let data = if pipelining && is_whole { rest.pop() } else { None };
        if !mail.positive() {
            let mail = self.refusal_of_transaction(mail)?;
            places.iter().for_each(|place| transaction.refuse(*place, &mail));
            return Ok(data);
        }
        for (place, reply) in places.into_iter().zip(rest) {
            if reply.positive() {
                transaction.accept(place);
            } else {
                let reply = self.refusal_of_transaction(reply)?;
                transaction.refuse(place, &reply);
            }
        }
        Ok(data)
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
    async fn transfer(&mut self, letter: &Letter, progress: impl FnMut(u64, u64) + Send) -> Result<Reply> {
        self.tap.begin_payload();
        let sent = self.send(letter, progress).await;
        let is_ended = match &sent {
            Ok(()) => true,
            Err(unsent) => unsent.is_ended,
        };
        let result = match sent {
            Ok(()) => {
                let read = async { Ok(self.connection.read_response().await) };
                let answered = within(self.deadlines.acceptance, "reply to the message", read).await;
                answered.and_then(|answered| self.verdict(answered))
            }
            Err(unsent) => Err(unsent.error),
        };
        self.tap.finish_payload();
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

    /// Sends the message and its final dot; the last piece and the end go out together.
    async fn send(
        &mut self,
        letter: &Letter,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> std::result::Result<(), Unsent> {
        let before_end = |error: Error| Unsent { error, is_ended: false };
        let total = letter.size();
        let mut pieces = letter.open().await.map_err(|e| before_end(e.into()))?;
        let (mut stuffer, mut out) = (Stuffer::default(), Vec::new());
        let mut read = 0_u64;
        progress(0, total);
        loop {
            let piece = pieces.next().await.map_err(|e| before_end(Error::Io(e)))?;
            let is_last = piece.is_empty();
            if !is_last {
                read = read.saturating_add(piece.len() as u64);
                // One piece stays behind until it is known whether it is the last.
                if !out.is_empty() {
                    self.write(&out, false).await?;
                    progress(read.saturating_sub(piece.len() as u64).min(total), total);
                    out.clear();
                }
                stuffer.push(piece, &mut out);
                continue;
            }
            stuffer.finish(&mut out);
            self.tap.end_payload(total);
            self.write(&out, true).await?;
            progress(total, total);
            return Ok(());
        }
    }

    /// Writes a piece of the message, each part of which must leave in its time. The end is on its
    /// way as soon as any of it was taken.
    async fn write(&mut self, mut out: &[u8], with_end: bool) -> std::result::Result<(), Unsent> {
        if !self.tap.may_go_on() {
            return Err(Unsent { error: self.tap.take_failure().unwrap_or(Error::Closed), is_ended: false });
        }
        let mut tap = self.tap.clone();
        while !out.is_empty() {
            let written = tokio::time::timeout(waited(self.deadlines.piece), tap.write(out)).await;
            let error = match written {
                Ok(Ok(count)) if count > 0 => {
                    out = out.get(count..).unwrap_or_default();
                    continue;
                }
                Ok(_) => self.tap.take_failure().unwrap_or(Error::Closed),
                Err(_) => Error::TimedOut { step: "send" },
            };
            return Err(Unsent { error, is_ended: with_end && out.len() < END.len() });
        }
        let flushed = match with_end {
            true => tokio::time::timeout(waited(self.deadlines.piece), tap.flush()).await,
            false => Ok(Ok(())),
        };
        match flushed {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Unsent { error: self.tap.take_failure().unwrap_or(Error::Closed), is_ended: true }),
            Err(_) => Err(Unsent { error: Error::TimedOut { step: "send" }, is_ended: true }),
        }
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

/// The message did not leave whole.
struct Unsent {
    error: Error,
    /// Part of its end was taken by the network.
    is_ended: bool,
}
