//! Lists: flat or by conversations, sorted, filtered, paged by position.
//!
//! A list by date of everything, which is what people see nearly always, is read from the order in the database, and
//! a position in it found by [`rank`]: it costs nothing to keep but a few counts, and nothing to open. Every other list
//! has its order in memory ([`orders`]), made by one pass when it is first asked for and kept in step since. Either way
//! a page costs what its rows cost. SQL's OFFSET would walk from the top of the list to its page: 60 ms in the
//! middle of a million.
//!
//! A conversation's row sums up its messages in that mailbox ([`conversations`](super::conversations)). In a list of
//! several mailboxes a conversation has a row for each in which it has messages, so that what is done to a row
//! happens where it stands.

pub(crate) mod ordered;
pub(crate) mod orders;
pub(crate) mod rank;

use super::conversations::{self, Sums};
use super::messages::{self, row_of};
use super::write::Kind;
use super::{Index, Query, Row};
use crate::mail::address::Address;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::listing::{Filter, Sort, SortBy};
use crate::storage::error::Result;
use ordered::{At, Ordered, Source, Wanted};
use orders::Kept;
use rank::{Counted, Ranking};
use rusqlite::{Connection, OptionalExtension};
use std::ops::Range;
use std::sync::Arc;

/// Messages of a conversation that are looked at for who takes part in it.
const LOOKED_AT: i64 = 12;
/// Of a date in an order: newer than every message of this second.
const LAST_OF_SECOND: i64 = i64::MAX;

/// Which list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    pub of: Query,
    pub threaded: bool,
    pub sort: Sort,
    pub filter: Filter,
}

/// A part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// Position of the first row among all.
    pub start: u64,
    pub rows: Vec<ListRow>,
    /// Rows of the whole list.
    pub total: u64,
    /// Messages of the mailboxes that are not read, whatever the filter.
    pub unread: u64,
    /// The date of the row before the first one.
    pub date_before: Option<i64>,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// The message; of a conversation its newest one in the mailbox.
    pub row: Row,
    pub conversation: Option<Summed>,
}

/// A conversation in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summed {
    pub thread: i64,
    pub total: u64,
    pub unread: u64,
    pub starred: u64,
    /// Messages that have attachments.
    pub attached: u64,
    pub answered: bool,
    pub forwarded: bool,
    /// Who wrote the newest of its messages, each once, and whether something of theirs is unread.
    pub participants: Vec<(Address, bool)>,
}

/// Ids that a search found, with a number that grows when they may be others.
pub(crate) struct Search<'a> {
    pub name: String,
    pub find: &'a dyn Fn() -> Result<Vec<i64>>,
    /// Words that were read into the search database.
    pub visited: i64,
}

/// A list, ready to be asked.
pub(crate) struct List<'a> {
    connection: &'a Connection,
    mailboxes: Vec<Counted>,
    wanted: Wanted,
    backwards: bool,
    order: Order<'a>,
}

enum Order<'a> {
    Ranked(Ranking<'a>),
    Kept(Arc<Kept>, Option<&'a Search<'a>>),
}

/// Runs `work` with a list in one snapshot. What a search found is listed by messages, never by conversations.
pub(crate) fn with<T>(
    index: &Index,
    query: &ListQuery,
    search: Option<&Search<'_>>,
    work: impl FnOnce(&List<'_>) -> Result<T>,
) -> Result<T> {
    let by_date = query.sort.by == SortBy::Date;
    let threaded = query.threaded && search.is_none();
    let kind = if threaded { Kind::Conversations } else { Kind::Messages };
    let mut wanted = Wanted {
        mailboxes: Vec::new(),
        threaded,
        sort: if by_date { Sort::default() } else { query.sort },
        filter: query.filter.normal(),
        found: search.map(|search| search.name.clone()),
    };
    let ranked = by_date && wanted.filter.is_empty() && search.is_none();
    let backwards = by_date && query.sort.ascending;
    // An order must be known before the snapshot begins: see `orders`.
    let mut kept = None;
    if !ranked {
        let mailboxes = match search {
            Some(_) => Vec::new(),
            None => index.read(|c| counted(c, &query.of))?,
        };
        wanted.mailboxes = mailboxes.iter().map(|one| one.mailbox).collect();
        kept = Some(index.orders().get(&wanted));
    }
    index.read(|connection| {
        let mut mailboxes = if search.is_some() { Vec::new() } else { counted(connection, &query.of)? };
        let order = match kept {
            None => {
                wanted.mailboxes = mailboxes.iter().map(|one| one.mailbox).collect();
                Order::Ranked(Ranking::new(connection, index.orders(), &mailboxes, kind)?)
            }
            Some(kept) => {
                // One that came since the order was asked for is listed the next time.
                mailboxes.retain(|one| wanted.mailboxes.contains(&one.mailbox));
                wanted.mailboxes.retain(|id| mailboxes.iter().any(|one| one.mailbox == *id));
                Order::Kept(kept, search)
            }
        };
        work(&List { connection, mailboxes, wanted, backwards, order })
    })
}

/// The mailboxes that a query is about.
pub(super) fn counted(connection: &Connection, query: &Query) -> Result<Vec<Counted>> {
    const COUNTED: &str = "SELECT id, version, total, unread, conversations FROM mailbox";
    let found: rusqlite::Result<Vec<Counted>> = match query {
        Query::Mailbox(id) => {
            connection.prepare_cached(&format!("{COUNTED} WHERE id = ?1"))?.query_map([id.0], Counted::read)?.collect()
        }
        Query::AllInboxes => connection
            .prepare_cached(&format!("{COUNTED} WHERE role = 'inbox' ORDER BY id"))?
            .query_map([], Counted::read)?
            .collect(),
    };
    Ok(found?)
}

impl List<'_> {
    /// Rows `range` with the counts.
    pub fn page(&self, range: Range<u64>) -> Result<ListPage> {
        let total = self.total()?;
        let start = range.start.min(total);
        let count = range.end.min(total).saturating_sub(start);
        let dated = self.wanted.sort.by == SortBy::Date && count > 0;
        // With the row before, for its date.
        let lead = u64::from(dated && start > 0);
        let places = self.places(start.saturating_sub(lead), count.saturating_add(lead))?;
        let mut rows = Vec::with_capacity(places.len());
        let mut date_before = None;
        for (at, number) in places.into_iter().zip(0u64..) {
            let row = self.row(at)?;
            if number < lead {
                date_before = row.map(|row| row.row.date);
            } else {
                rows.extend(row);
            }
        }
        let unread = self.mailboxes.iter().map(|one| one.unread).fold(0, u64::saturating_add);
        Ok(ListPage { start, rows, total, unread, date_before })
    }

    /// Rows of the whole list.
    pub fn total(&self) -> Result<u64> {
        match &self.order {
            Order::Ranked(_) => {
                let kind = self.kind();
                Ok(self.mailboxes.iter().map(|one| one.count(kind)).fold(0, u64::saturating_add))
            }
            Order::Kept(kept, search) => self.kept(kept, *search, |order| Ok(whole(order.len()))),
        }
    }

    /// Ids of the messages behind rows: of a conversation all that it has in its mailbox.
    pub fn ids(&self, range: Range<u64>) -> Result<Vec<MessageId>> {
        let places = self.places(range.start, range.end.saturating_sub(range.start))?;
        let mut ids = Vec::with_capacity(places.len());
        for at in places {
            if self.wanted.threaded {
                ids.extend(members(self.connection, at.mailbox, at.row)?);
            } else {
                ids.push(messages::message_id(at.row));
            }
        }
        Ok(ids)
    }

    /// The position of a message, or of its conversation; `None` where the list does not have it.
    pub fn position(&self, id: MessageId) -> Result<Option<u64>> {
        let found = self
            .connection
            .prepare_cached("SELECT mailbox, thread, date FROM message WHERE id = ?1 AND place <> 1")?
            .query_row([messages::sql_id(id)], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            })
            .optional()?;
        let Some((mailbox, thread, date)) = found else { return Ok(None) };
        let row = if self.wanted.threaded { thread } else { messages::sql_id(id) };
        let position = match &self.order {
            Order::Ranked(ranking) => {
                if !self.wanted.mailboxes.contains(&mailbox) {
                    return Ok(None);
                }
                let date = match self.wanted.threaded {
                    false => Some(date),
                    true => conversations::find(self.connection, mailbox, thread)?.map(|row| row.newest.0),
                };
                let Some(date) = date else { return Ok(None) };
                let rank = ranking.rank((date, row))?;
                // The same conversation in another mailbox may have the same key: then it stands before this one.
                let before = match self.wanted.threaded {
                    false => 0,
                    true => self.twins_before(mailbox, thread, date)?,
                };
                Some(rank.saturating_add(before))
            }
            Order::Kept(kept, search) => self.kept(kept, *search, |order| {
                Ok(order.position(self.connection, &self.wanted, At { row, mailbox })?.map(whole))
            })?,
        };
        match position {
            Some(at) if self.backwards => Ok(Some(self.total()?.saturating_sub(at).saturating_sub(1))),
            other => Ok(other),
        }
    }

    /// Where a date is in a list by date: the position of the first row that is not newer, or, the oldest first, not
    /// older; the total where there is none. In another list 0.
    pub fn position_of_date(&self, date: i64) -> Result<u64> {
        if self.wanted.sort.by != SortBy::Date {
            return Ok(0);
        }
        let bound = if self.backwards { date.saturating_sub(1) } else { date };
        let newer = match &self.order {
            Order::Ranked(ranking) => ranking.rank((bound, LAST_OF_SECOND))?,
            Order::Kept(kept, search) => {
                self.kept(kept, *search, |order| Ok(whole(order.newer_than(self.connection, &self.wanted, bound)?)))?
            }
        };
        Ok(if self.backwards { self.total()?.saturating_sub(newer) } else { newer })
    }

    fn twins_before(&self, mailbox: i64, thread: i64, date: i64) -> Result<u64> {
        let mut before = 0u64;
        for other in self.wanted.mailboxes.iter().filter(|other| **other > mailbox) {
            let twin = conversations::find(self.connection, *other, thread)?;
            before = before.saturating_add(u64::from(twin.is_some_and(|twin| twin.newest.0 == date)));
        }
        Ok(before)
    }

    fn kind(&self) -> Kind {
        if self.wanted.threaded { Kind::Conversations } else { Kind::Messages }
    }

    fn kept<T>(&self, kept: &Kept, search: Option<&Search<'_>>, work: impl FnOnce(&Ordered) -> Result<T>) -> Result<T> {
        let versions: Vec<(i64, i64)> = self.mailboxes.iter().map(|one| (one.mailbox, one.version)).collect();
        let source = match search {
            None => Source::Mailboxes(&versions),
            Some(search) => {
                let changed: i64 = self
                    .connection
                    .prepare_cached("SELECT ifnull(sum(version), 0) FROM mailbox")?
                    .query_row([], |row| row.get(0))?;
                Source::Found(search.find, changed.saturating_add(search.visited))
            }
        };
        kept.with(self.connection, &self.wanted, source, work)
    }

    /// What stands at these positions.
    fn places(&self, start: u64, count: u64) -> Result<Vec<At>> {
        match &self.order {
            Order::Ranked(ranking) => {
                let total = self.total()?;
                let count = count.min(total.saturating_sub(start));
                let first = if self.backwards { total.saturating_sub(start).saturating_sub(count) } else { start };
                let keys = ranking.keys(first, count)?;
                let mut places: Vec<At> = keys.into_iter().map(|((_, row), mailbox)| At { row, mailbox }).collect();
                if self.backwards {
                    places.reverse();
                }
                Ok(places)
            }
            Order::Kept(kept, search) => self.kept(kept, *search, |order| {
                let small = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
                Ok(order.range(&self.wanted, small(start), small(count), self.backwards))
            }),
        }
    }

    fn row(&self, at: At) -> Result<Option<ListRow>> {
        if !self.wanted.threaded {
            return Ok(row_of(self.connection, at.row)?.map(|row| ListRow { row, conversation: None }));
        }
        let Some(found) = conversations::find(self.connection, at.mailbox, at.row)? else { return Ok(None) };
        let Some(row) = row_of(self.connection, found.newest.1)? else { return Ok(None) };
        let Sums { total, unread, starred, attached, answered, forwarded } = found.sums;
        let participants = match total {
            ..=1 => row.from.first().map(|from| (from.clone(), unread > 0)).into_iter().collect(),
            _ => participants(self.connection, at)?,
        };
        let count = |n: i64| n.max(0).unsigned_abs();
        let summed = Summed {
            thread: at.row,
            total: count(total),
            unread: count(unread),
            starred: count(starred),
            attached: count(attached),
            answered: answered > 0,
            forwarded: forwarded > 0,
            participants,
        };
        Ok(Some(ListRow { row, conversation: Some(summed) }))
    }
}

/// Who wrote the newest messages of a conversation in a mailbox, in the order in which they first did among those.
fn participants(connection: &Connection, at: At) -> Result<Vec<(Address, bool)>> {
    let mut statement = connection.prepare_cached(
        "SELECT people, flags FROM message WHERE thread = ?1 AND mailbox = ?2 AND place <> 1 \
         ORDER BY date DESC, id DESC LIMIT ?3",
    )?;
    let found = statement.query_map([at.row, at.mailbox, LOOKED_AT], |row| {
        let unread = !Flags(row.get(1)?).contains(Flags::SEEN);
        Ok((row.get_ref(0)?.as_str().map(messages::from_of)?, unread))
    })?;
    let mut newest: Vec<(Option<Address>, bool)> = found.collect::<rusqlite::Result<_>>()?;
    newest.reverse();
    let mut all: Vec<(Address, bool)> = Vec::new();
    for (from, unread) in newest {
        let Some(from) = from else { continue };
        match all.iter_mut().find(|(known, _)| known.addr.eq_ignore_ascii_case(&from.addr)) {
            Some((_, known)) => *known |= unread,
            None => all.push((from, unread)),
        }
    }
    Ok(all)
}

/// The listed messages of a conversation in a mailbox, the oldest first.
pub(super) fn members(connection: &Connection, mailbox: i64, thread: i64) -> Result<Vec<MessageId>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM message WHERE thread = ?1 AND mailbox = ?2 AND place <> 1 ORDER BY date, id")?;
    let found = statement.query_map([thread, mailbox], |row| Ok(messages::message_id(row.get(0)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// All listed messages of the conversations of these, each in the mailboxes of the ones that were given.
pub(crate) fn conversations_of(connection: &Connection, ids: &[MessageId]) -> Result<Vec<MessageId>> {
    let mut threads = std::collections::BTreeSet::new();
    for id in ids {
        let found = connection
            .prepare_cached("SELECT mailbox, thread FROM message WHERE id = ?1")?
            .query_row([messages::sql_id(*id)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        threads.extend(found);
    }
    let mut all = Vec::new();
    for (mailbox, thread) in threads {
        all.extend(members(connection, mailbox, thread)?);
    }
    Ok(all)
}

/// A copy of a message, where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceOf {
    pub id: MessageId,
    pub mailbox: MailboxId,
    pub account: String,
}

fn whole(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
