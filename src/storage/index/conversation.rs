//! A conversation opened: its messages wherever they lie, each once.

use super::Row;
use super::list::PlaceOf;
use super::messages::{self, row_of};
use crate::mail::ids::{MailboxId, MessageId};
use crate::storage::error::Result;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;
use std::ops::Range;

/// Messages of a conversation that are looked at; of a larger one the newest.
const MAX: i64 = 10_000;

/// A part of a conversation, the oldest message first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    pub thread: i64,
    /// Position of the first of `messages`.
    pub start: u64,
    pub messages: Vec<OpenedMessage>,
    /// Messages of the whole, each counted once.
    pub total: u64,
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedMessage {
    pub row: Row,
    /// Everywhere that it lies, that of `row` first.
    pub places: Vec<PlaceOf>,
}

/// One copy, with what tells whether another is the same message.
struct Copy {
    place: PlaceOf,
    /// The lower, the rather it is shown.
    rank: u8,
    identity: Option<Identity>,
}

/// Message-ID, date, subject and sender. A Message-ID alone could be anybody's, and would hide what it repeats.
type Identity = (String, i64, String, String);

/// The conversation of a message. What lies in Junk or Trash belongs to it only where the message lies there too.
pub(crate) fn open(connection: &Connection, id: MessageId, range: Range<u64>) -> Result<Option<Opened>> {
    let found = connection
        .prepare_cached("SELECT thread, mailbox FROM message WHERE id = ?1 AND place <> 1")?
        .query_row([messages::sql_id(id)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((thread, mailbox)) = found else { return Ok(None) };
    let groups = grouped(copies(connection, thread, mailbox)?);
    let total = u64::try_from(groups.len()).unwrap_or(u64::MAX);
    let small = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let start = range.start.min(total);
    let count = range.end.min(total).saturating_sub(start);
    let mut opened = Vec::new();
    for group in groups.into_iter().skip(small(start)).take(small(count)) {
        let places: Vec<PlaceOf> = group.into_iter().map(|copy| copy.place).collect();
        let row = match places.first() {
            Some(first) => row_of(connection, messages::sql_id(first.id))?,
            None => None,
        };
        opened.extend(row.map(|row| OpenedMessage { row, places }));
    }
    Ok(Some(Opened { thread, start, messages: opened, total }))
}

/// The listed messages of a conversation, the oldest first.
fn copies(connection: &Connection, thread: i64, asked: i64) -> Result<Vec<Copy>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.id, m.mailbox, b.account, b.role, m.message_id, m.date, m.subject, m.people \
         FROM message m CROSS JOIN mailbox b ON b.id = m.mailbox \
         WHERE m.thread = ?1 AND m.place <> 1 AND (m.mailbox = ?2 OR ifnull(b.role, '') NOT IN ('junk', 'trash')) \
         ORDER BY m.date DESC, m.id DESC LIMIT ?3",
    )?;
    let found = statement.query_map([thread, asked, MAX], |row| {
        let mailbox: i64 = row.get(1)?;
        let role: Option<String> = row.get(3)?;
        let rank = match role.as_deref() {
            _ if mailbox == asked => 0,
            Some("inbox") => 1,
            Some("sent") => 2,
            Some("all") => 4,
            _ => 3,
        };
        let from = messages::from_of(row.get_ref(7)?.as_str()?).map(|from| from.addr.to_lowercase());
        let (date, subject) = (row.get(5)?, row.get(6)?);
        let identity = row.get::<_, Option<String>>(4)?.map(|id| (id, date, subject, from.unwrap_or_default()));
        let place =
            PlaceOf { id: messages::message_id(row.get(0)?), mailbox: MailboxId(mailbox), account: row.get(2)? };
        Ok(Copy { place, rank, identity })
    })?;
    let mut copies: Vec<Copy> = found.collect::<rusqlite::Result<_>>()?;
    copies.reverse();
    Ok(copies)
}

/// Copies of the same message together, what is shown first; in the order of the first of each.
fn grouped(copies: Vec<Copy>) -> Vec<Vec<Copy>> {
    let mut groups: Vec<Vec<Copy>> = Vec::new();
    let mut known: HashMap<Identity, usize> = HashMap::new();
    for copy in copies {
        let at = match &copy.identity {
            Some(identity) => *known.entry(identity.clone()).or_insert(groups.len()),
            None => groups.len(),
        };
        match groups.get_mut(at) {
            Some(group) => group.push(copy),
            None => groups.push(vec![copy]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(|copy| (copy.rank, copy.place.id));
    }
    groups
}
