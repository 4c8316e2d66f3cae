//! FETCH of whole messages, made for the first download: several commands are under way at
//! once, so that the server never waits for us; what it sends goes to a bounded channel, so
//! that it waits when the disk is slower. A message beyond [`FIRST`] bytes comes in parts and
//! into a file, so that 50 MB of mail cost a few MB of memory (RFC 3501, section 6.4.5).
//!
//! A message is whole when a part is shorter than what was asked for. A server may cut parts
//! shorter than that, so RFC822.SIZE is asked along and must be reached, until the server is
//! seen to overstate it (some count what they would have to convert).

use super::command::Command;
use super::dispatch::{Event, LONG, Reply, Tag, flags_of, uid_of};
use super::{Letters, Session, UidSet};
use crate::mail::flags::Flags;
use crate::mail::uid::Uid;
use crate::protocol::body::{Body, MAX_MESSAGE, append};
use crate::protocol::error::{Error, Result};
use async_imap::imap_proto::{AttributeValue, Response};
use std::collections::{HashSet, VecDeque};
use std::path::Path;
use tempfile::NamedTempFile;
use tokio::sync::mpsc::Sender;

/// Bytes of a message asked for at first; a shorter answer is the whole message.
pub(super) const FIRST: u32 = 4 * 1024 * 1024;
/// Bytes of each further part.
const PART: u32 = 2 * 1024 * 1024;
/// Messages that come in parts at the same time; others wait.
const MAX_SPOOLS: usize = 4;

/// A message as the server gave it.
#[derive(Debug)]
pub struct Fetched {
    pub uid: Uid,
    pub flags: Flags,
    /// When the server received it, in Unix seconds, where it says so.
    pub internal_date: Option<i64>,
    pub body: Body,
}

/// How to fetch.
#[derive(Clone, Copy, Debug)]
pub struct FetchPlan<'a> {
    /// Commands under way at once; 2 to 4 are good.
    pub window: usize,
    /// Where large messages are written: best the file system that they will stay on.
    pub spool: &'a Path,
}

/// A command under way.
#[derive(Debug)]
struct Flight {
    tag: Tag,
    work: Work,
}

#[derive(Debug)]
enum Work {
    /// First parts of these messages, without those that came.
    Chunk { set: UidSet, came: HashSet<Uid> },
    /// The next part of a large message.
    Part(Large),
}

/// A message of which more is to come.
#[derive(Debug)]
struct Large {
    uid: Uid,
    flags: Flags,
    internal_date: Option<i64>,
    file: NamedTempFile,
    size: u64,
    /// Its size as the server gave it.
    announced: u64,
    /// Its size here when the part under way was asked for.
    before: u64,
    whole: bool,
}

/// One FETCH answer with a body.
struct Answer {
    uid: Uid,
    flags: Flags,
    internal_date: Option<i64>,
    /// Where the bytes begin in the message; none if the server sent it whole.
    offset: Option<u32>,
    announced: u64,
    data: Option<Vec<u8>>,
}

/// The state of one [`Session::fetch_bodies`].
struct Pipeline<'a> {
    plan: FetchPlan<'a>,
    to: &'a Sender<Fetched>,
    flights: VecDeque<Flight>,
    /// Large messages whose next part is not asked for yet.
    large: VecDeque<Large>,
    /// Large messages that found no room, to be asked for anew.
    again: VecDeque<Uid>,
    /// Nobody listens any more.
    stopped: bool,
    /// The server gives sizes larger than its messages are.
    overstates: bool,
    refusal: Option<Error>,
}

impl Session {
    /// Fetches messages and sends each to the channel as it arrives, in the server's order.
    /// Only messages that were asked for are believed; those that are gone do not come, which is
    /// no error. When the receiver is dropped, what is under way is read to its end and no more
    /// is asked for. If the server refuses a part of the work, the rest is still done, and the
    /// refusal is the result.
    pub async fn fetch_bodies(
        &mut self,
        chunks: impl IntoIterator<Item = UidSet>,
        plan: FetchPlan<'_>,
        to: &Sender<Fetched>,
    ) -> Result<()> {
        let mut chunks = chunks.into_iter().flat_map(|set| set.pieces());
        let mut pipeline = Pipeline::new(plan, to);
        loop {
            while pipeline.flights.len() < plan.window.max(1) {
                let Some((command, work)) = pipeline.work(&mut chunks) else { break };
                let tag = self.send(command, LONG, &mut |_| false).await?;
                pipeline.flights.push_back(Flight { tag, work });
            }
            if pipeline.flights.is_empty() {
                return pipeline.refusal.map_or(Ok(()), Err);
            }
            match self.next(LONG).await? {
                Event::Untagged(reply) => match answer(&reply, &self.letters) {
                    // The disk's fault, with answers still under way.
                    Some(answer) => pipeline.take(answer).await.inspect_err(|_| self.is_broken = true)?,
                    None => self.note(&reply),
                },
                Event::Continue(_) => return self.broken("a continuation that nobody asked for"),
                Event::Done(tag, result) => {
                    let Some(at) = pipeline.flights.iter().position(|f| f.tag == tag) else {
                        return self.broken("an answer to a command that was not sent");
                    };
                    if let Some(flight) = pipeline.flights.remove(at) {
                        pipeline.landed(flight, result.err()).await;
                    }
                }
            }
        }
    }
}

impl<'a> Pipeline<'a> {
    fn new(plan: FetchPlan<'a>, to: &'a Sender<Fetched>) -> Pipeline<'a> {
        let (flights, large, again) = (VecDeque::new(), VecDeque::new(), VecDeque::new());
        Pipeline { plan, to, flights, large, again, stopped: false, overstates: false, refusal: None }
    }

    /// What to ask for next: the rest of large messages first, so that their files do not gather.
    fn work(&mut self, chunks: &mut impl Iterator<Item = UidSet>) -> Option<(Command, Work)> {
        self.stopped |= self.to.is_closed();
        if self.stopped {
            return None;
        }
        if let Some(mut large) = self.large.pop_front() {
            large.before = large.size;
            let words = format!("UID FETCH {} (UID BODY.PEEK[]<{}.{PART}>)", large.uid.0, large.size);
            return Some((Command::new(words), Work::Part(large)));
        }
        let room = self.spools() < MAX_SPOOLS;
        let again = if room { self.again.pop_front() } else { None };
        let set = match again {
            Some(uid) => UidSet::range(uid, uid),
            None => chunks.find(|set| !set.is_empty())?,
        };
        let words = format!("UID FETCH {set} (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{FIRST}>)");
        Some((Command::new(words), Work::Chunk { set, came: HashSet::new() }))
    }

    fn spools(&self) -> usize {
        self.large.len() + self.flights.iter().filter(|f| matches!(f.work, Work::Part(_))).count()
    }

    async fn take(&mut self, answer: Answer) -> Result<()> {
        let part = self.flights.iter_mut().find_map(|flight| match &mut flight.work {
            Work::Part(large) if large.uid == answer.uid && !large.whole => Some(large),
            _ => None,
        });
        if let Some(large) = part
            && u64::from(answer.offset.unwrap_or(0)) == large.size
        {
            let Some(data) = answer.data else { return Ok(()) };
            large.size = large.size.saturating_add(data.len() as u64);
            self.overstates |= data.is_empty() && large.size < large.announced;
            large.whole =
                data.is_empty() || data.len() < PART as usize && (self.overstates || large.size >= large.announced);
            return append(&large.file, data).await;
        }
        let asked = self.flights.iter_mut().any(|flight| match &mut flight.work {
            Work::Chunk { set, came } => set.contains(answer.uid) && came.insert(answer.uid),
            Work::Part(_) => false,
        });
        if !asked {
            return Ok(());
        }
        let Answer { uid, flags, internal_date, offset, announced, data } = answer;
        let announced = if self.overstates { 0 } else { announced };
        let is_part =
            |data: &[u8]| offset.is_some() && (data.len() >= FIRST as usize || (data.len() as u64) < announced);
        let body = match data {
            None => Body::Missing,
            Some(data) if is_part(&data) => {
                if self.spools() >= MAX_SPOOLS {
                    self.again.push_back(uid);
                    return Ok(());
                }
                let file = NamedTempFile::new_in(self.plan.spool).map_err(Error::Io)?;
                let size = data.len() as u64;
                append(&file, data).await?;
                self.large.push_back(Large {
                    uid,
                    flags,
                    internal_date,
                    file,
                    size,
                    announced,
                    before: size,
                    whole: false,
                });
                return Ok(());
            }
            Some(data) => Body::Bytes(data),
        };
        self.hand(Fetched { uid, flags, internal_date, body }).await;
        Ok(())
    }

    /// A command ended.
    async fn landed(&mut self, flight: Flight, refusal: Option<Error>) {
        let gone = matches!(&refusal, Some(Error::Refused { code: Some(code), .. }) if code == "EXPUNGEISSUED");
        let refused = refusal.is_some();
        if !gone && let Some(refusal) = refusal {
            self.refusal.get_or_insert(refusal);
        }
        let Work::Part(large) = flight.work else { return };
        let Large { uid, flags, internal_date, size, .. } = large;
        if large.whole {
            self.hand(Fetched { uid, flags, internal_date, body: Body::Spooled { file: large.file, size } }).await;
        } else if size > MAX_MESSAGE {
            self.hand(Fetched { uid, flags, internal_date, body: Body::TooLarge }).await;
        } else if size > large.before && !refused {
            self.large.push_back(large);
        }
        // Otherwise nothing more came: the message is gone.
    }

    /// Waits until the channel has room.
    async fn hand(&mut self, fetched: Fetched) {
        if !self.stopped {
            self.stopped = self.to.send(fetched).await.is_err();
        }
    }
}

/// A FETCH answer that brings a message's bytes, or says that there are none.
fn answer(reply: &Reply, letters: &Letters) -> Option<Answer> {
    let Response::Fetch(_, items) = reply.parsed() else { return None };
    let uid = uid_of(items)?;
    let (offset, data) = items.iter().find_map(|item| match item {
        AttributeValue::BodySection { section: None, index, data } => Some((*index, data)),
        _ => None,
    })?;
    let date = items.iter().find_map(|item| match item {
        AttributeValue::InternalDate(date) => internal_date(date),
        _ => None,
    });
    let announced = items.iter().find_map(|item| match item {
        AttributeValue::Rfc822Size(size) => Some(u64::from(*size)),
        _ => None,
    });
    let announced = announced.unwrap_or(0);
    let flags = flags_of(items, letters).unwrap_or_default();
    Some(Answer { uid, flags, internal_date: date, offset, announced, data: data.as_deref().map(<[u8]>::to_vec) })
}

/// `17-Jul-1996 02:44:25 -0700` in Unix seconds.
pub(super) fn internal_date(text: &str) -> Option<i64> {
    let parsed = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?;
    Some(parsed.to_timestamp().ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrival_dates_are_read() {
        assert_eq!(internal_date("17-Jul-1996 02:44:25 -0700"), Some(837_596_665));
        assert_eq!(internal_date(" 1-Jan-1970 00:00:00 +0000"), Some(0));
        for bad in ["", "?", "99-Xxx-0000 00:00:00 +0000", "17-Jul-1996"] {
            assert_eq!(internal_date(bad), None, "{bad}");
        }
    }
}
