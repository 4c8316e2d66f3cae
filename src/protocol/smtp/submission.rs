//! One message, from MAIL to the reply after its final dot (RFC 5321, 3.3; RFC 6409).

use super::Submission;
use super::asking::{Asking, PIPELINE};
use super::payload::Letter;
use super::reply::{Raw, Reply};
use super::session::Command;
use super::wire::Tap;
use crate::protocol::error::Error;
use std::io;

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

/// A message with where it comes from and goes to.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    pub envelope: SubmissionEnvelope<'a>,
    pub letter: &'a Letter,
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

pub(super) type Result<T> = std::result::Result<T, SubmitError>;

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
        self.submit_and_go_on(Post { envelope: *envelope, letter }, None, before_data, progress).await
    }

    /// The same for one of many: where the server can pipeline, MAIL, RCPT and DATA of the message that is `next`
    /// go out in one packet with the end of this one (RFC 2920, 3.1), which saves its round trip. Whatever becomes
    /// of this one, the server then waits for the next: another on this connection fails with
    /// [`SubmitError::NotSent`] and [`Error::Closed`], and nothing of it is sent.
    ///
    /// # Errors
    /// As [`submit`](Submission::submit).
    pub async fn submit_and_go_on(
        &mut self,
        post: Post<'_>,
        next: Option<Post<'_>>,
        before_data: impl Future<Output = io::Result<()>> + Send,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Outcome> {
        let result = self.transact(post, next, before_data, progress).await;
        result.inspect_err(|error| self.recorder.note(&error.to_string()))
    }

    async fn transact(
        &mut self,
        post: Post<'_>,
        next: Option<Post<'_>>,
        before_data: impl Future<Output = io::Result<()>> + Send,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Outcome> {
        if self.is_broken {
            return Err(Error::Closed.into());
        }
        // Until what was said ahead is answered; it was of this message, or nobody knows what the answers are to.
        let ahead = self.ahead.take();
        self.is_broken = ahead.is_some();
        let mut asking = Asking::new(self.limits(), &post)?;
        if ahead.as_ref().is_some_and(|ahead| !ahead.says_the_same_as(&asking)) {
            return Err(Error::Closed.into());
        }
        if asking.places.is_empty() {
            return Ok(asking.transaction.outcome(None));
        }
        let data = self.ask(&mut asking, ahead.is_some()).await?;
        let mut transaction = asking.transaction;
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
        let reply = self.transfer(post.letter, next, progress).await?;
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

    /// MAIL and RCPT for all: notes the server's answer for each recipient. Where the server can
    /// pipeline, DATA goes along; its reply then, unless there was no sense in it any more.
    /// What was said along with the message before is not said again.
    async fn ask(&mut self, asking: &mut Asking, is_said: bool) -> Result<Option<Reply>> {
        let Asking { transaction, commands, places, with_data } = asking;
        let mut replies = Vec::new();
        if is_said {
            replies = self.answers(commands.len()).await?;
        } else {
            let window = if *with_data { PIPELINE } else { 1 };
            for group in commands.chunks(window) {
                replies.extend(self.exchange(group).await?);
                // Nobody need be asked about where there is no sender, or no connection.
                if self.is_broken || replies.first().is_some_and(|mail: &Raw| mail.code / 100 != 2) {
                    break;
                }
            }
        }
        let is_whole = replies.len() == commands.len();
        let mut replies = replies.into_iter().map(|raw| raw.into_reply(|text| self.recorder.scrub(text)));
        let mail = replies.next().ok_or(Error::Closed)?;
        let mut rest: Vec<Reply> = replies.collect();
        if let Some(farewell) = rest.iter().find(|reply| reply.ends_connection()) {
            return Err(farewell.clone().into_error().into());
        }
        let data = if *with_data && is_whole { rest.pop() } else { None };
        if !mail.positive() {
            let mail = self.refusal_of_transaction(mail)?;
            places.iter().for_each(|place| transaction.refuse(*place, &mail));
            return Ok(data);
        }
        for (place, reply) in places.iter().zip(rest) {
            if reply.positive() {
                transaction.accept(*place);
            } else {
                let reply = self.refusal_of_transaction(reply)?;
                transaction.refuse(*place, &reply);
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
}
