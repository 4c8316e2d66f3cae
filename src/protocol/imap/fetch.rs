//! FETCH of what is small: flags, sizes, Message-IDs (RFC 3501, section 6.4.5; CONDSTORE, RFC 7162).

use super::command::Command;
use super::dispatch::{LONG, flags_of, uid_of};
use super::{Letters, Session, UidSet};
use crate::mail::flags::Flags;
use crate::mail::uid::{ModSeq, Uid};
use crate::protocol::error::Result;
use async_imap::imap_proto::{AttributeValue, Response};

/// A message's flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchedFlags {
    pub uid: Uid,
    pub flags: Flags,
    /// Where the server keeps modification sequences.
    pub mod_seq: Option<ModSeq>,
}

/// What a message is recognised by after its UID has become void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedHeader {
    pub uid: Uid,
    pub size: Option<u32>,
    /// The Message-ID header's value as it stands, with its angle brackets.
    pub message_id: Option<String>,
}

impl Session {
    /// The flags of every message of the set that exists, and so which exist at all. With
    /// `since`, only those that changed after it (needs CONDSTORE). A message may come twice;
    /// the later is the newer.
    pub async fn fetch_flags(
        &mut self,
        set: &UidSet,
        since: Option<ModSeq>,
        mut each: impl FnMut(FetchedFlags),
    ) -> Result<()> {
        let letters = self.letters();
        let since = since.map_or(String::new(), |ModSeq(n)| format!(" (CHANGEDSINCE {n})"));
        for piece in set.pieces() {
            let command = Command::new(format!("UID FETCH {piece} (UID FLAGS){since}"));
            self.run_for(LONG, command, |reply| {
                let Response::Fetch(_, items) = reply.parsed() else { return false };
                let Some(answer) = flags_answer(items, &letters).filter(|f| set.contains(f.uid)) else { return false };
                each(answer);
                true
            })
            .await?;
        }
        Ok(())
    }

    /// Message-IDs and sizes, without the messages: to find again what is already here.
    pub async fn fetch_headers(&mut self, set: &UidSet, mut each: impl FnMut(FetchedHeader)) -> Result<()> {
        for piece in set.pieces() {
            let items = "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
            self.run_for(LONG, Command::new(format!("UID FETCH {piece} {items}")), |reply| {
                let Response::Fetch(_, items) = reply.parsed() else { return false };
                let Some(uid) = uid_of(items).filter(|uid| set.contains(*uid)) else { return false };
                let header = items.iter().find_map(|item| match item {
                    AttributeValue::BodySection { data, .. } => data.as_deref(),
                    _ => None,
                });
                let size = items.iter().find_map(|item| match item {
                    AttributeValue::Rfc822Size(size) => Some(*size),
                    _ => None,
                });
                if header.is_none() && size.is_none() {
                    return false;
                }
                each(FetchedHeader { uid, size, message_id: header.and_then(message_id) });
                true
            })
            .await?;
        }
        Ok(())
    }
}

/// A FETCH answer that gives a message's flags.
pub(super) fn flags_answer(items: &[AttributeValue<'_>], letters: &Letters) -> Option<FetchedFlags> {
    Some(FetchedFlags { uid: uid_of(items)?, flags: flags_of(items, letters)?, mod_seq: mod_seq_of(items) })
}

fn mod_seq_of(items: &[AttributeValue<'_>]) -> Option<ModSeq> {
    items.iter().find_map(|item| match item {
        AttributeValue::ModSeq(n) => Some(ModSeq(*n)),
        _ => None,
    })
}

/// The value of a header that may be folded.
fn message_id(header: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(header);
    let (_, value) = text.split_once(':')?;
    let value: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
    (!value.is_empty() && value.len() <= 998).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_message_ids_are_read() {
        assert_eq!(message_id(b"Message-ID:\r\n <a@b>\r\n\r\n"), Some("<a@b>".into()));
        assert_eq!(message_id(b"\r\n"), None);
        assert_eq!(message_id(b"Message-ID: \r\n\r\n"), None);
    }
}
