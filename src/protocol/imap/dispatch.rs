//! The dispatcher: sends commands, reads responses, and decides what each means. A command
//! succeeded only if the server said OK under its tag; the end of the stream is an error always.
//!
//! Commands are written here and not by async-imap, because it logs what it sends, passwords
//! included, and writes each in three packets; responses come through its stream and parser.

use super::append::MessageFile;
use super::code::Code;
use super::command::{Command, Part};
use super::frame::Status;
use super::{Letters, Session, UidSet};
use crate::mail::flags::Flags;
use crate::mail::uid::Uid;
use crate::protocol::error::{Error, Result};
use crate::protocol::net::{REPLY, waited, within};
use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// Commands that make the server work on many messages may be silent for longer.
pub(super) const LONG: Duration = Duration::from_secs(180);
/// Bytes of a literal written under one deadline.
const WRITE: usize = 64 * 1024;

/// The tag of a command under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag(String);

/// A parsed response together with the bytes it borrows from. async-imap does not export the
/// type that it returns for this, so it is held behind a trait.
trait Parsed: Send {
    fn parsed(&self) -> &Response<'_>;
}

struct Held<T, F> {
    data: T,
    parsed: F,
}

impl<T: Send, F: Send + for<'a> Fn(&'a T) -> &'a Response<'a>> Parsed for Held<T, F> {
    fn parsed(&self) -> &Response<'_> {
        (self.parsed)(&self.data)
    }
}

fn held<T: Send + 'static, F>(data: T, parsed: F) -> Box<dyn Parsed>
where
    F: Send + 'static + for<'a> Fn(&'a T) -> &'a Response<'a>,
{
    Box::new(Held { data, parsed })
}

/// One response with the status that the framing filter kept of it.
pub(super) struct Reply {
    data: Box<dyn Parsed>,
    pub status: Status,
}

impl Reply {
    pub fn parsed(&self) -> &Response<'_> {
        self.data.parsed()
    }
}

/// How a command that succeeded was answered.
#[derive(Debug)]
pub(super) struct Done {
    pub code: Option<Code>,
}

/// What a response is to the dispatcher.
pub(super) enum Event {
    /// Untagged data or status.
    Untagged(Reply),
    /// The server waits for more, with its text.
    Continue(String),
    /// A command ended.
    Done(Tag, Result<Done>),
}

impl Session {
    /// Runs a command to its end. `each` sees every untagged response first and says whether it
    /// took it; the rest is gathered as changes.
    pub(super) async fn run(&mut self, command: Command, mut each: impl FnMut(&Reply) -> bool) -> Result<Done> {
        self.run_for(REPLY, command, &mut each).await
    }

    /// The same with another limit to the server's silence.
    pub(super) async fn run_for(
        &mut self,
        limit: Duration,
        command: Command,
        mut each: impl FnMut(&Reply) -> bool,
    ) -> Result<Done> {
        let tag = self.send(command, limit, &mut each).await?;
        self.finish(&tag, limit, &mut each).await
    }

    /// Reads until the command of this tag ends.
    pub(super) async fn finish(
        &mut self,
        tag: &Tag,
        limit: Duration,
        each: &mut impl FnMut(&Reply) -> bool,
    ) -> Result<Done> {
        loop {
            match self.next(limit).await? {
                Event::Untagged(reply) => {
                    if !each(&reply) {
                        self.note(&reply);
                    }
                }
                Event::Continue(_) => return self.broken("a continuation that nobody asked for"),
                Event::Done(done, result) if done == *tag => return result,
                Event::Done(..) => return self.broken("an answer to a command that was not sent"),
            }
        }
    }

    /// Sends a command. Where it holds a literal, waits for the server's leave (or does without,
    /// LITERAL+); a refusal at that point is the command's result.
    pub(super) async fn send(
        &mut self,
        command: Command,
        limit: Duration,
        each: &mut impl FnMut(&Reply) -> bool,
    ) -> Result<Tag> {
        if self.is_broken {
            return Err(Error::Closed);
        }
        self.next_tag = self.next_tag.wrapping_add(1);
        let tag = Tag(format!("P{}", self.next_tag));
        self.recorder.client(&format!("{} {}", tag.0, command.shown()));
        let mut text = format!("{} ", tag.0).into_bytes();
        for part in command.parts {
            match part {
                Part::Text(words) => text.extend_from_slice(words.as_bytes()),
                Part::Literal(bytes) => {
                    let size = bytes.len() as u64;
                    self.announce(std::mem::take(&mut text), size, &tag, limit, each).await?;
                    self.write(&bytes, false).await?;
                }
                Part::File(message) => {
                    self.announce(std::mem::take(&mut text), message.size, &tag, limit, each).await?;
                    self.write_file(&message).await?;
                }
            }
        }
        text.extend_from_slice(b"\r\n");
        self.write(&text, true).await?;
        Ok(tag)
    }

    /// Writes what comes before a literal, and waits for the server's leave where it must be asked.
    async fn announce(
        &mut self,
        mut text: Vec<u8>,
        size: u64,
        tag: &Tag,
        limit: Duration,
        each: &mut impl FnMut(&Reply) -> bool,
    ) -> Result<()> {
        let unasked = self.capabilities.has("LITERAL+") || self.capabilities.has("LITERAL-") && size <= 4096;
        let plus = if unasked { "+" } else { "" };
        text.extend_from_slice(format!("{{{size}{plus}}}\r\n").as_bytes());
        self.write(&text, true).await?;
        if !unasked {
            self.await_continue(tag, limit, each).await?;
        }
        Ok(())
    }

    /// Writes a message from its file. Where it turns out shorter or longer than was announced, the conversation
    /// cannot go on.
    async fn write_file(&mut self, message: &MessageFile) -> Result<()> {
        let (mut at, mut last, mut left) = (0_u64, 0_u8, message.size);
        loop {
            let source = message.clone();
            let read = tokio::task::spawn_blocking(move || {
                let piece = source.piece(&mut at, &mut last);
                (piece, at, last)
            });
            let (piece, now, end) = match read.await {
                Ok(read) => read,
                Err(e) => (Err(std::io::Error::other(e)), at, last),
            };
            (at, last) = (now, end);
            let piece = match piece {
                Ok(piece) => piece,
                Err(error) => {
                    self.is_broken = true;
                    return Err(Error::Io(error));
                }
            };
            let Some(piece) = piece else { break };
            let Some(rest) = left.checked_sub(piece.len() as u64) else {
                return self.broken("a file that grew while it was sent");
            };
            left = rest;
            self.write(&piece, false).await?;
        }
        if left == 0 { Ok(()) } else { self.broken("a file that shrank while it was sent") }
    }

    /// Waits for `+`, and returns its text.
    pub(super) async fn await_continue(
        &mut self,
        tag: &Tag,
        limit: Duration,
        each: &mut impl FnMut(&Reply) -> bool,
    ) -> Result<String> {
        loop {
            match self.next(limit).await? {
                Event::Continue(text) => return Ok(text),
                Event::Untagged(reply) => {
                    if !each(&reply) {
                        self.note(&reply);
                    }
                }
                Event::Done(done, Err(error)) if done == *tag => return Err(error),
                Event::Done(..) => return self.broken("an answer before the command was complete"),
            }
        }
    }

    /// Writes one line beneath the commands: an answer to a challenge, or DONE.
    pub(super) async fn line(&mut self, line: &str, shown: &str) -> Result<()> {
        self.recorder.client(shown);
        self.write(format!("{line}\r\n").as_bytes(), true).await
    }

    async fn write(&mut self, bytes: &[u8], flush: bool) -> Result<()> {
        let stream = self.client.get_mut();
        let work = async {
            for part in bytes.chunks(WRITE) {
                within(REPLY, "send", async { Ok(stream.write_all(part).await?) }).await?;
            }
            if flush {
                within(REPLY, "send", async { Ok(stream.flush().await?) }).await?;
            }
            Ok(())
        };
        let result = work.await;
        self.is_broken |= result.is_err();
        result
    }

    /// The next response, whatever it is. `limit` bounds the silence, not the whole: a large
    /// answer may take as long as it needs while bytes arrive. Safe to drop while waiting.
    pub(super) async fn next(&mut self, limit: Duration) -> Result<Event> {
        let result = self.next_unguarded(limit).await;
        self.is_broken |= result.is_err();
        result
    }

    async fn next_unguarded(&mut self, limit: Duration) -> Result<Event> {
        if self.is_broken {
            return Err(Error::Closed);
        }
        let data = self.read(limit).await?;
        let status = self.client.get_ref().status().clone();
        if let Response::Continue(_) = data.parsed() {
            return Ok(Event::Continue(status.text));
        }
        let reply = Reply { data, status };
        let Response::Done { tag, status, .. } = reply.parsed() else { return Ok(Event::Untagged(reply)) };
        use async_imap::imap_proto::Status as S;
        let result = match status {
            S::Ok => Ok(Done { code: reply.status.code.clone() }),
            S::No | S::Bad => Err(self.refusal(&reply.status)),
            S::PreAuth | S::Bye => return Err(Error::Protocol("a tagged greeting".into())),
        };
        if let Some(code) = &reply.status.code
            && code.name == "ALERT"
        {
            self.changes.alert = Some(self.alert(&reply.status.text));
        }
        Ok(Event::Done(Tag(tag.0.clone()), result))
    }

    async fn read(&mut self, limit: Duration) -> Result<Box<dyn Parsed>> {
        let received = self.client.get_ref().received();
        let response = self.client.read_response();
        tokio::pin!(response);
        loop {
            let before = received.load(Ordering::Relaxed);
            match tokio::time::timeout(waited(limit), &mut response).await {
                Ok(Ok(Some(data))) => return Ok(held(data, |data| data.parsed())),
                Ok(Ok(None)) => return Err(Error::Closed),
                Ok(Err(error)) => return Err(error.into()),
                Err(_) if received.load(Ordering::Relaxed) > before => {}
                Err(_) => return Err(Error::TimedOut { step: "reply" }),
            }
        }
    }

    pub(super) fn refusal(&self, status: &Status) -> Error {
        let code = status.code.as_ref().map(|code| code.name.clone());
        let reply = self.recorder.scrub(&status.text).chars().take(500).collect();
        Error::Refused { code, reply }
    }

    /// An alert is for people, and foreign: one line, of bounded length, and none of it before encryption.
    fn alert(&self, text: &str) -> String {
        let text = self.recorder.scrub(text);
        text.chars().filter(|c| !c.is_control()).take(300).collect()
    }

    /// The server broke the protocol: nothing more is said on this connection.
    pub(super) fn broken<T>(&mut self, what: &str) -> Result<T> {
        self.is_broken = true;
        self.recorder.note(what);
        Err(Error::Protocol(what.into()))
    }

    /// Gathers what a response says about the selected mailbox, the capabilities, or to a person.
    pub(super) fn note(&mut self, reply: &Reply) {
        match reply.parsed() {
            Response::MailboxData(MailboxDatum::Exists(n)) => self.changes.exists = Some(*n),
            Response::Expunge(_) => self.changes.expunged = self.changes.expunged.saturating_add(1),
            Response::Vanished { uids, .. } => {
                let gone = UidSet::of_ranges(uids.iter().cloned()).len();
                self.changes.expunged = self.changes.expunged.saturating_add(gone);
            }
            Response::Fetch(_, items) => {
                let flags = flags_of(items, &self.letters);
                if flags.is_some() {
                    self.changes.note_flags(uid_of(items), flags);
                }
            }
            Response::Data { .. } => {
                let Some(code) = &reply.status.code else { return };
                if code.name == "ALERT" && (self.client.get_ref().is_encrypted() || self.allows_plain) {
                    self.changes.alert = Some(self.alert(&reply.status.text));
                }
            }
            _ => {}
        }
    }
}

/// The UID among a FETCH answer's items; 0 is none.
pub(super) fn uid_of(items: &[AttributeValue<'_>]) -> Option<Uid> {
    items.iter().find_map(|item| match item {
        AttributeValue::Uid(uid) if *uid > 0 => Some(Uid(*uid)),
        _ => None,
    })
}

/// The flags among a FETCH answer's items, keywords by the session's letters.
pub(super) fn flags_of(items: &[AttributeValue<'_>], letters: &Letters) -> Option<Flags> {
    items.iter().find_map(|item| match item {
        AttributeValue::Flags(names) => Some(letters.read(names)),
        _ => None,
    })
}
