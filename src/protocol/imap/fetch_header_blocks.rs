//! FETCH of header blocks: the list of a mailbox whose messages stay on the server.
//!
//! Several commands are under way at once, as in [`fetch_bodies`](super::fetch_bodies), and what comes goes to a bounded
//! channel. A header block beyond [`MAX_HEADERS`] is cut there: no reader shows more of it.

use super::command::Command;
use super::dispatch::{Event, LONG, Reply, Tag, flags_of, uid_of};
use super::fetch_bodies::internal_date;
use super::{Letters, Session, UidSet};
use crate::mail::flags::Flags;
use crate::mail::uid::Uid;
use crate::protocol::error::{Error, Result};
use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};
use std::collections::VecDeque;
use tokio::sync::mpsc::Sender;

/// Bytes of a header block that are asked for.
const MAX_HEADERS: u32 = 1024 * 1024;

/// A message's header block as the server gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedHeaders {
    pub uid: Uid,
    pub flags: Flags,
    /// When the server received the message, in Unix seconds, where it says so.
    pub internal_date: Option<i64>,
    /// Of the whole message, in bytes; at least that of the block.
    pub size: u64,
    /// None where the server has the message and gives no bytes of it.
    pub bytes: Option<Vec<u8>>,
}

impl Session {
    /// Fetches header blocks and sends each to the channel as it arrives. Only messages that were asked for are
    /// believed; those that are gone do not come, which is no error. When the receiver is dropped, what is under way is
    /// read to its end and no more is asked for. If the server refuses a part of the work, the rest is still done, and
    /// the refusal is the result.
    pub async fn fetch_header_blocks(
        &mut self,
        chunks: impl IntoIterator<Item = UidSet>,
        window: usize,
        to: &Sender<FetchedHeaders>,
    ) -> Result<()> {
        let mut chunks = chunks.into_iter().flat_map(|set| set.pieces());
        let mut flights: VecDeque<(Tag, UidSet)> = VecDeque::new();
        let mut refusal = None;
        loop {
            while flights.len() < window.max(1) && !to.is_closed() {
                let Some(set) = chunks.find(|set| !set.is_empty()) else { break };
                let items = format!("(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.{MAX_HEADERS}>)");
                let tag = self.send(Command::new(format!("UID FETCH {set} {items}")), LONG, &mut |_| false).await?;
                flights.push_back((tag, set));
            }
            if flights.is_empty() {
                return refusal.map_or(Ok(()), Err);
            }
            match self.next(LONG).await? {
                Event::Untagged(reply) => match fetched(&reply, &self.letters) {
                    Some(fetched) if flights.iter().any(|(_, set)| set.contains(fetched.uid)) => {
                        // Closed: seen above, before more is asked for.
                        let _ = to.send(fetched).await;
                    }
                    Some(_) => {}
                    None => self.note(&reply),
                },
                Event::Continue(_) => return self.broken("a continuation that nobody asked for"),
                Event::Done(tag, result) => {
                    let Some(at) = flights.iter().position(|(t, _)| *t == tag) else {
                        return self.broken("an answer to a command that was not sent");
                    };
                    flights.remove(at);
                    let gone =
                        matches!(&result, Err(Error::Refused { code: Some(code), .. }) if code == "EXPUNGEISSUED");
                    if let Err(error) = result
                        && !gone
                    {
                        refusal.get_or_insert(error);
                    }
                }
            }
        }
    }
}

/// A FETCH answer that brings a header block, or says that there is none.
fn fetched(reply: &Reply, letters: &Letters) -> Option<FetchedHeaders> {
    let Response::Fetch(_, items) = reply.parsed() else { return None };
    let uid = uid_of(items)?;
    let bytes = items.iter().find_map(|item| match item {
        AttributeValue::BodySection { section: Some(SectionPath::Full(MessageSection::Header)), data, .. } => {
            Some(data.as_deref().map(<[u8]>::to_vec))
        }
        _ => None,
    })?;
    let date = items.iter().find_map(|item| match item {
        AttributeValue::InternalDate(date) => internal_date(date),
        _ => None,
    });
    let size = items.iter().find_map(|item| match item {
        AttributeValue::Rfc822Size(size) => Some(u64::from(*size)),
        _ => None,
    });
    let size = size.unwrap_or(0).max(bytes.as_ref().map_or(0, |b| b.len() as u64));
    Some(FetchedHeaders { uid, flags: flags_of(items, letters).unwrap_or_default(), internal_date: date, size, bytes })
}
