//! RETR and TOP (RFC 1939, sections 5 and 7), made for the first download: where the server takes
//! commands ahead of its answers, it never waits for us; messages go to a bounded channel, so
//! that it waits when the disk is slower.

use super::Session;
use super::unstuff::Unstuffer;
use super::wire::{Show, Wait, Wire};
use crate::protocol::body::{Body, BodyWriter, MAX_MESSAGE};
use crate::protocol::error::{Error, Result};
use crate::protocol::transcript::thousands;
use std::collections::VecDeque;
use std::path::Path;
use tokio::sync::mpsc::Sender;

/// Commands under way at once, at most: what a server's socket takes while we do not read.
const MAX_WINDOW: usize = 64;
/// Messages that a transcript shows one by one before it begins to count.
const SHOWN: u64 = 3;
/// Bytes of an answer to TOP.
pub(super) const MAX_TOP: usize = 16 * 1024 * 1024;

/// A message as the server gave it.
#[derive(Debug)]
pub struct Retrieved {
    /// Its number in this session.
    pub number: u32,
    /// Its bytes, whole and without the dots of the transfer; [`Error::Refused`] where the server
    /// does not give this one.
    pub body: Result<Body>,
}

/// How to retrieve.
#[derive(Clone, Copy, Debug)]
pub struct RetrievePlan<'a> {
    /// Commands under way at once, where the server offers PIPELINING; 8 are good.
    pub window: usize,
    /// Where large messages are written: best the file system that they will stay on.
    pub spool: &'a Path,
}

/// What a transcript sums up.
#[derive(Debug, Default)]
struct Run {
    asked: u64,
    answered: u64,
    bytes: u64,
}

impl Session {
    /// Retrieves messages, given by number and, where LIST told it, size, and sends each to the
    /// channel as it arrives, in order. A message that the server refuses, or that is announced
    /// as larger than 1 GiB, is sent as such, and the rest goes on. When the receiver is dropped,
    /// what is under way is read to its end and no more is asked for.
    ///
    /// # Errors
    /// Those of the connection and of the spool directory: what came before has arrived whole,
    /// the message under way has not, and the session is over. So it is after a message that has
    /// no end within 1 GiB; that one is sent as too large, so that it can be passed over.
    pub async fn retrieve(
        &mut self,
        numbers: impl IntoIterator<Item = (u32, Option<u64>)>,
        plan: RetrievePlan<'_>,
        to: &Sender<Retrieved>,
    ) -> Result<()> {
        let window = if self.capabilities().pipelining { plan.window.clamp(1, MAX_WINDOW) } else { 1 };
        let wire = &mut self.relay.wire;
        wire.begin()?;
        let mut numbers = numbers.into_iter();
        let mut flights = VecDeque::new();
        let mut run = Run::default();
        loop {
            let mut batch = String::new();
            while flights.len() < window && !to.is_closed() {
                let Some((number, size)) = numbers.next() else { break };
                if size.is_some_and(|size| size > MAX_MESSAGE) {
                    // Nobody listening is seen at the next turn.
                    let _ = to.send(Retrieved { number, body: Ok(Body::TooLarge) }).await;
                    continue;
                }
                run.ask(wire, number);
                batch.push_str(&format!("RETR {number}\r\n"));
                flights.push_back(number);
            }
            if !batch.is_empty() {
                wire.write(&batch).await?;
            }
            let Some(number) = flights.pop_front() else { break };
            let body = match wire.ok(Wait::Usual, run.show()).await {
                Ok(_) => message(wire, plan.spool, &mut run).await,
                Err(error) => Err(error),
            };
            match body {
                Err(Error::Refused { .. }) => run.refused(wire, number),
                Err(error) => {
                    wire.recorder().note(&format!("RETR {number}: {error}"));
                    if matches!(error, Error::TooLarge { what: "answer", .. }) {
                        let _ = to.send(Retrieved { number, body: Ok(Body::TooLarge) }).await;
                    }
                    return Err(error);
                }
                Ok(_) => {}
            }
            let _ = to.send(Retrieved { number, body }).await;
        }
        run.end(wire);
        wire.finish();
        Ok(())
    }

    /// The header of a message and so many lines of its body.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the server has no TOP.
    pub async fn top(&mut self, number: u32, lines: u32) -> Result<Vec<u8>> {
        if !self.capabilities().top {
            return Err(Error::Unsupported("TOP"));
        }
        let wire = &mut self.relay.wire;
        wire.begin()?;
        let command = format!("TOP {number} {lines}");
        wire.say(&command, &command).await?;
        if let Err(error) = wire.ok(Wait::Long, Show::Shown).await {
            if matches!(error, Error::Refused { .. }) {
                wire.finish();
            }
            return Err(error);
        }
        let mut unstuffer = Unstuffer::default();
        let mut text = Vec::new();
        while !wire.content(&mut unstuffer, &mut text).await? {
            if text.len() > MAX_TOP {
                return Err(Error::TooLarge { what: "header", limit: MAX_TOP as u64 });
            }
        }
        wire.recorder().note(&format!("… {} bytes", thousands(text.len() as u64)));
        wire.finish();
        Ok(text)
    }
}

/// Reads a message to its end.
async fn message(wire: &mut Wire, spool: &Path, run: &mut Run) -> Result<Body> {
    let mut unstuffer = Unstuffer::default();
    let mut writer = BodyWriter::new(spool);
    while !wire.content(&mut unstuffer, writer.pending()).await? {
        if writer.size() > MAX_MESSAGE {
            // No end is in sight, and there is no other way to stop it.
            return Err(Error::TooLarge { what: "answer", limit: MAX_MESSAGE });
        }
        writer.settle().await?;
    }
    run.answer(wire, writer.size());
    writer.finish().await
}

impl Run {
    fn ask(&mut self, wire: &Wire, number: u32) {
        self.asked = self.asked.saturating_add(1);
        if self.asked <= SHOWN {
            wire.recorder().client(&format!("RETR {number}"));
        }
    }

    fn show(&self) -> Show {
        if self.answered < SHOWN { Show::Shown } else { Show::Hidden }
    }

    fn answer(&mut self, wire: &Wire, bytes: u64) {
        if self.show() == Show::Shown {
            wire.recorder().note(&format!("… {} bytes", thousands(bytes)));
        } else {
            self.bytes = self.bytes.saturating_add(bytes);
        }
        self.answered = self.answered.saturating_add(1);
    }

    fn refused(&mut self, wire: &Wire, number: u32) {
        wire.recorder().note(&format!("that was to RETR {number}"));
        self.answered = self.answered.saturating_add(1);
    }

    fn end(&self, wire: &Wire) {
        let more = self.answered.saturating_sub(SHOWN);
        if more > 0 {
            wire.recorder().note(&format!("{} more RETR, {} bytes", thousands(more), thousands(self.bytes)));
        }
    }
}
