//! The message itself, from its first byte to the reply after its final dot (RFC 5321, 4.1.1.4).

use super::Submission;
use super::asking::Asking;
use super::payload::{END, Letter, Piece};
use super::reply::Reply;
use super::submission::{Post, Result, SubmitError};
use crate::protocol::error::Error;
use crate::protocol::net::{waited, within};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// For a reply that may explain why the server hung up.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Submission {
    /// Sends the message, its final dot with what is said ahead of the next one, and reads the reply to the dot.
    pub(super) async fn transfer(
        &mut self,
        letter: &Letter,
        next: Option<Post<'_>>,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Reply> {
        // One that cannot be sent as it is says so when it is its turn.
        let ahead = next.and_then(|next| Asking::new(self.limits(), &next).ok()).filter(Asking::can_go_ahead);
        self.tap.begin_payload();
        let sent = self.send(letter, ahead.as_ref(), progress).await;
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
                self.ahead = ahead.filter(|_| !self.is_broken);
                return Ok(reply);
            }
            Err(error) => error,
        };
        if let Some(refusal) = self.last_words().await {
            return Ok(refusal);
        }
        Err(if is_ended { SubmitError::Unknown(error) } else { SubmitError::NotSent(error) })
    }

    /// Sends the message and its final dot; the last piece, the end and what is said ahead go out together.
    async fn send(
        &mut self,
        letter: &Letter,
        ahead: Option<&Asking>,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> std::result::Result<(), Unsent> {
        let before_end = |error: Error| Unsent { error, is_ended: false };
        let total = letter.size();
        let (mut pieces, mut read) = (letter.open(), 0_u64);
        progress(0, total);
        loop {
            let Piece { mut wire, count, is_last } = pieces.next().await.map_err(|e| before_end(Error::Io(e)))?;
            read = read.saturating_add(count);
            if !is_last {
                self.write(&wire, None).await?;
                progress(read.min(total), total);
                continue;
            }
            self.tap.end_payload(total);
            let end = wire.len();
            if let Some(ahead) = ahead {
                ahead.commands.iter().for_each(|command| command.put(&self.recorder, &mut wire));
            }
            self.write(&wire, Some(wire.len().saturating_sub(end))).await?;
            progress(total, total);
            return Ok(());
        }
    }

    /// Writes a piece of the message, each part of which must leave in its time. The end, which the last piece has
    /// before so many bytes, is on its way as soon as any of it was taken.
    async fn write(&mut self, mut out: &[u8], after_end: Option<usize>) -> std::result::Result<(), Unsent> {
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
            let is_ended = after_end.is_some_and(|after| out.len() < after.saturating_add(END.len()));
            return Err(Unsent { error, is_ended });
        }
        let flushed = match after_end.is_some() {
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
