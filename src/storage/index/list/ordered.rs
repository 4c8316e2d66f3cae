//! One order in memory: the numbers of its messages or conversations, side by side.

use super::orders::{Kept, lock};
use crate::mail::flags::Flags;
use crate::mail::listing::{Filter, Sort, SortBy};
use crate::mail::thread::subject;
use crate::storage::error::Result;
use crate::storage::index::conversations::{self, Sums};
use crate::storage::index::write::Change;
use rusqlite::{Connection, OptionalExtension, params};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};

/// Which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub mailboxes: Vec<i64>,
    pub threaded: bool,
    /// By date only the newest first: the other way is the same order read from its end.
    pub sort: Sort,
    /// A normal one.
    pub filter: Filter,
    /// What a search found, by a name of the search: then `mailboxes` is empty.
    pub found: Option<String>,
}

/// Where an order's rows come from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// The mailboxes, each with its version.
    Mailboxes(&'a [(i64, i64)]),
    /// Ids, with a number that grows when they may be others.
    Found(&'a dyn Fn() -> Result<Vec<i64>>, i64),
}

/// The order as it was at some versions.
pub(crate) struct Ordered {
    versions: Vec<(i64, i64)>,
    /// Messages by id, or conversations by number.
    rows: Vec<i64>,
    /// Of conversations of several mailboxes, which of them each is in.
    places: Vec<u16>,
}

/// What a row is ordered by.
struct Entry {
    text: Box<str>,
    number: i64,
    date: i64,
    row: i64,
    place: u16,
}

/// A row, and for a conversation its mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub row: i64,
    pub mailbox: i64,
}

/// A column that is text.
fn text<'r>(row: &'r rusqlite::Row<'_>, at: usize) -> Result<&'r str> {
    let value = row.get_ref(at)?;
    Ok(value.as_str().map_err(rusqlite::Error::from)?)
}

/// What decides whether a message is shown.
const LISTED: &str = "m.place <> 1";

impl Kept {
    /// Runs `work` with the order, brought in step with a snapshot.
    pub fn with<T>(
        &self,
        connection: &Connection,
        wanted: &Wanted,
        source: Source<'_>,
        work: impl FnOnce(&Ordered) -> Result<T>,
    ) -> Result<T> {
        let found;
        let versions = match source {
            Source::Mailboxes(versions) => versions,
            Source::Found(_, stamp) => {
                found = [(0, stamp)];
                found.as_slice()
            }
        };
        let mut order = lock(&self.order);
        let followed = match order.as_mut() {
            Some(ordered) => match self.notes(&ordered.versions, versions) {
                Some(changes) => ordered.follow(connection, wanted, &changes)?,
                None => false,
            },
            None => false,
        };
        if !followed {
            let ids = match source {
                Source::Mailboxes(_) => None,
                Source::Found(find, _) => Some(find()?),
            };
            *order = Some(Ordered::make(connection, wanted, ids.as_deref(), versions)?);
        }
        let Some(ordered) = order.as_mut() else { return Err(crate::storage::Error::NotFound("order".into())) };
        for (known, (_, now)) in ordered.versions.iter_mut().zip(versions) {
            known.1 = known.1.max(*now);
        }
        work(ordered)
    }
}

impl Ordered {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Rows in this order; `backwards` from its end.
    pub fn range(&self, wanted: &Wanted, start: usize, count: usize, backwards: bool) -> Vec<At> {
        let at = |at: usize| self.at(wanted, at);
        if backwards {
            (0..self.len()).rev().skip(start).take(count).filter_map(at).collect()
        } else {
            (start.min(self.len())..start.saturating_add(count).min(self.len())).filter_map(at).collect()
        }
    }

    fn at(&self, wanted: &Wanted, at: usize) -> Option<At> {
        let place = self.places.get(at).copied().unwrap_or(0);
        let mailbox = wanted.mailboxes.get(usize::from(place)).copied().unwrap_or(0);
        Some(At { row: *self.rows.get(at)?, mailbox })
    }

    fn make(connection: &Connection, wanted: &Wanted, ids: Option<&[i64]>, versions: &[(i64, i64)]) -> Result<Ordered> {
        let mut entries = match ids {
            Some(ids) => found(connection, wanted, ids)?,
            None => Vec::new(),
        };
        for (mailbox, place) in wanted.mailboxes.iter().zip(0..) {
            if wanted.threaded {
                conversations_of(connection, wanted, *mailbox, place, &mut entries)?;
            } else {
                messages_of(connection, wanted, *mailbox, place, &mut entries)?;
            }
        }
        entries.sort_unstable_by(|a, b| compare(wanted.sort, a, b));
        let rows = entries.iter().map(|entry| entry.row).collect();
        let places = if wanted.needs_places() { entries.iter().map(|e| e.place).collect() } else { Vec::new() };
        Ok(Ordered { versions: versions.to_vec(), rows, places })
    }

    /// Takes out what changed and puts it in where it belongs; whether that could be done.
    fn follow(&mut self, connection: &Connection, wanted: &Wanted, changes: &[Change]) -> Result<bool> {
        let mut touched: BTreeSet<(u16, i64)> = BTreeSet::new();
        for change in changes {
            let Some((_, place)) = wanted.mailboxes.iter().zip(0u16..).find(|(m, _)| **m == change.mailbox) else {
                continue;
            };
            let rows = if wanted.threaded { &change.threads } else { &change.messages };
            touched.extend(rows.iter().map(|row| (place, *row)));
        }
        if touched.is_empty() {
            return Ok(true);
        }
        self.take_out(wanted, &touched);
        let mut new = Vec::new();
        for (place, row) in touched {
            new.extend(entry(connection, wanted, place, row)?);
        }
        new.sort_unstable_by(|a, b| compare(wanted.sort, a, b));
        // A message may be in the changes of two mailboxes.
        new.dedup_by(|a, b| a.row == b.row && a.place == b.place);
        let mut at = Vec::with_capacity(new.len());
        for entry in &new {
            let Some(found) = self.place_for(connection, wanted, entry)? else { return Ok(false) };
            at.push(found);
        }
        self.put_in(wanted, &new, &at);
        Ok(true)
    }

    fn take_out(&mut self, wanted: &Wanted, touched: &BTreeSet<(u16, i64)>) {
        if wanted.needs_places() {
            let kept: Vec<(i64, u16)> = self.rows.iter().copied().zip(self.places.iter().copied()).collect();
            let kept = kept.into_iter().filter(|(row, place)| !touched.contains(&(*place, *row)));
            (self.rows, self.places) = kept.unzip();
        } else {
            let rows: HashSet<i64> = touched.iter().map(|(_, row)| *row).collect();
            self.rows.retain(|row| !rows.contains(row));
        }
    }

    fn put_in(&mut self, wanted: &Wanted, new: &[Entry], at: &[usize]) {
        let Some(first) = at.first().copied() else { return };
        let tail = self.rows.split_off(first.min(self.rows.len()));
        let places = self.places.split_off(first.min(self.places.len()));
        let mut old = tail.into_iter();
        let mut old_places = places.into_iter();
        let mut reached = first;
        for (entry, at) in new.iter().zip(at) {
            let run = at.saturating_sub(reached);
            self.rows.extend(old.by_ref().take(run));
            self.places.extend(old_places.by_ref().take(run));
            reached = *at;
            self.rows.push(entry.row);
            if wanted.needs_places() {
                self.places.push(entry.place);
            }
        }
        self.rows.extend(old);
        self.places.extend(old_places);
    }

    /// How many rows stand before an entry; `None` where a row is no longer what it was.
    fn place_for(&self, connection: &Connection, wanted: &Wanted, sought: &Entry) -> Result<Option<usize>> {
        self.before(connection, wanted, |other| compare(wanted.sort, other, sought) == Ordering::Less)
    }

    /// How many rows stand before the first that `is_before` does not say of.
    fn before(
        &self,
        connection: &Connection,
        wanted: &Wanted,
        is_before: impl Fn(&Entry) -> bool,
    ) -> Result<Option<usize>> {
        let (mut low, mut high) = (0, self.rows.len());
        while low < high {
            let middle = low.midpoint(high);
            let place = self.places.get(middle).copied().unwrap_or(0);
            let Some(row) = self.rows.get(middle) else { return Ok(None) };
            let Some(other) = entry(connection, wanted, place, *row)? else { return Ok(None) };
            if is_before(&other) {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        Ok(Some(low))
    }

    /// The position of a row.
    pub fn position(&self, connection: &Connection, wanted: &Wanted, at: At) -> Result<Option<usize>> {
        let place = wanted.mailboxes.iter().zip(0u16..).find(|(m, _)| **m == at.mailbox).map_or(0, |(_, place)| place);
        let Some(sought) = entry(connection, wanted, place, at.row)? else { return Ok(None) };
        let found = self.place_for(connection, wanted, &sought)?;
        Ok(found.filter(|at| self.rows.get(*at) == Some(&sought.row)))
    }

    /// Of an order by date: how many rows are newer than this.
    pub fn newer_than(&self, connection: &Connection, wanted: &Wanted, date: i64) -> Result<usize> {
        Ok(self.before(connection, wanted, |other| other.date > date)?.unwrap_or(0))
    }
}

impl Wanted {
    fn needs_places(&self) -> bool {
        self.threaded && self.mailboxes.len() > 1
    }

    fn needs_brief(&self) -> bool {
        self.sort.by != SortBy::Date || self.filter.attachment || !self.filter.text.is_empty()
    }

    fn passes(&self, flags: Flags, attached: bool) -> bool {
        let Filter { unread, starred, attachment, .. } = self.filter;
        (!unread || !flags.contains(Flags::SEEN))
            && (!starred || flags.contains(Flags::FLAGGED))
            && (!attachment || attached)
    }

    fn passes_sums(&self, sums: &Sums) -> bool {
        let Filter { unread, starred, attachment, .. } = self.filter;
        (!unread || sums.unread > 0) && (!starred || sums.starred > 0) && (!attachment || sums.attached > 0)
    }

    fn has_words(&self, sender: &str, subject: &str) -> bool {
        self.filter.text.is_empty() || self.filter.has_words(sender, subject)
    }

    fn text(&self, sender: &str, of: &str) -> Box<str> {
        match self.sort.by {
            SortBy::Sender => sender.into(),
            SortBy::Subject => subject::sort_key(of).into(),
            SortBy::Date | SortBy::Size => "".into(),
        }
    }

    fn number(&self, size: i64) -> i64 {
        if self.sort.by == SortBy::Size { size } else { 0 }
    }
}

fn compare(sort: Sort, a: &Entry, b: &Entry) -> Ordering {
    let by = a.number.cmp(&b.number).then_with(|| a.text.cmp(&b.text));
    let by = if sort.ascending { by } else { by.reverse() };
    by.then_with(|| (b.date, b.row, b.place).cmp(&(a.date, a.row, a.place)))
}

/// Messages of a mailbox that the filter lets through.
fn messages_of(
    connection: &Connection,
    wanted: &Wanted,
    mailbox: i64,
    place: u16,
    into: &mut Vec<Entry>,
) -> Result<()> {
    let filter = &wanted.filter;
    let mut conditions = vec![LISTED];
    let by_flags = filter.unread || filter.starred;
    if filter.unread {
        conditions.push("m.flags & 1 = 0");
    }
    if filter.starred {
        conditions.push("m.flags & 4 = 4");
    }
    let conditions = conditions.join(" AND ");
    if by_flags && !wanted.needs_brief() {
        let sql = format!("SELECT m.id, m.date FROM message m WHERE m.mailbox = ?1 AND {conditions}");
        let mut statement = connection.prepare_cached(&sql)?;
        let found = statement.query_map([mailbox], |row| {
            Ok(Entry { text: "".into(), number: 0, date: row.get(1)?, row: row.get(0)?, place })
        })?;
        for entry in found {
            into.push(entry?);
        }
        return Ok(());
    }
    let attached = if filter.attachment { " AND b.attached" } else { "" };
    let from = if by_flags {
        format!(
            "message m CROSS JOIN brief b ON b.mailbox = m.mailbox AND b.seq = m.seq \
             WHERE m.mailbox = ?1 AND {conditions}{attached}"
        )
    } else {
        format!("brief b WHERE b.mailbox = ?1{attached}")
    };
    let held = held(connection, mailbox)?;
    let sql = format!("SELECT b.id, b.date, b.size, b.sender, b.subject FROM {from}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([mailbox])?;
    while let Some(row) = rows.next()? {
        let (sender, subject) = (text(row, 3)?, text(row, 4)?);
        let id = row.get(0)?;
        if wanted.has_words(sender, subject) && !held.contains(&id) {
            let (text, number) = (wanted.text(sender, subject), wanted.number(row.get(2)?));
            into.push(Entry { text, number, date: row.get(1)?, row: id, place });
        }
    }
    Ok(())
}

/// Messages of a mailbox that are not to be shown.
fn held(connection: &Connection, mailbox: i64) -> Result<HashSet<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM message WHERE mailbox = ?1 AND place = 1")?;
    Ok(statement.query_map([mailbox], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Conversations of a mailbox that the filter lets through.
fn conversations_of(
    connection: &Connection,
    wanted: &Wanted,
    mailbox: i64,
    place: u16,
    into: &mut Vec<Entry>,
) -> Result<()> {
    let mut conditions = vec!["c.mailbox = ?1"];
    let filter = &wanted.filter;
    for (is_wanted, condition) in
        [(filter.unread, "c.unread > 0"), (filter.starred, "c.starred > 0"), (filter.attachment, "c.attached > 0")]
    {
        if is_wanted {
            conditions.push(condition);
        }
    }
    let conditions = conditions.join(" AND ");
    let with_words = if filter.text.is_empty() { None } else { Some(with_words(connection, wanted, mailbox)?) };
    let sql = if wanted.sort.by == SortBy::Date {
        format!("SELECT c.thread, c.date, 0, '', '' FROM conversation c WHERE {conditions}")
    } else {
        format!(
            "SELECT c.thread, c.date, b.size, b.sender, b.subject FROM conversation c \
             CROSS JOIN message m ON m.id = c.id CROSS JOIN brief b ON b.mailbox = c.mailbox AND b.seq = m.seq \
             WHERE {conditions}"
        )
    };
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([mailbox])?;
    while let Some(row) = rows.next()? {
        let thread = row.get(0)?;
        if with_words.as_ref().is_none_or(|found| found.contains(&thread)) {
            let (sender, subject) = (text(row, 3)?, text(row, 4)?);
            let (text, number) = (wanted.text(sender, subject), wanted.number(row.get(2)?));
            into.push(Entry { text, number, date: row.get(1)?, row: thread, place });
        }
    }
    Ok(())
}

/// Conversations with a message in a mailbox that has the words.
fn with_words(connection: &Connection, wanted: &Wanted, mailbox: i64) -> Result<HashSet<i64>> {
    let mut found = HashSet::new();
    let mut statement = connection.prepare_cached("SELECT seq, sender, subject FROM brief WHERE mailbox = ?1")?;
    let mut rows = statement.query([mailbox])?;
    while let Some(row) = rows.next()? {
        if wanted.has_words(text(row, 1)?, text(row, 2)?) {
            let sql = format!("SELECT m.thread FROM message m WHERE m.seq = ?1 AND {LISTED}");
            let seq: i64 = row.get(0)?;
            let thread: Option<i64> = connection.prepare_cached(&sql)?.query_row([seq], |r| r.get(0)).optional()?;
            found.extend(thread);
        }
    }
    Ok(found)
}

/// Messages that a search found, as far as the filter lets them through.
fn found(connection: &Connection, wanted: &Wanted, ids: &[i64]) -> Result<Vec<Entry>> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        all.extend(entry(connection, wanted, 0, *id)?);
    }
    Ok(all)
}

/// What a row is ordered by now; `None` where it is not in the order.
fn entry(connection: &Connection, wanted: &Wanted, place: u16, row: i64) -> Result<Option<Entry>> {
    if wanted.threaded {
        let mailbox = wanted.mailboxes.get(usize::from(place)).copied().unwrap_or(0);
        conversation_entry(connection, wanted, (mailbox, place), row)
    } else {
        message_entry(connection, wanted, place, row)
    }
}

fn message_entry(connection: &Connection, wanted: &Wanted, place: u16, id: i64) -> Result<Option<Entry>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.mailbox, m.flags, b.attached, m.date, b.size, b.sender, b.subject FROM message m \
         CROSS JOIN brief b ON b.mailbox = m.mailbox AND b.seq = m.seq WHERE m.id = ?1 AND m.place <> 1",
    )?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let is_here = wanted.found.is_some() || wanted.mailboxes.contains(&row.get(0)?);
    let (sender, subject) = (text(row, 5)?, text(row, 6)?);
    if !is_here || !wanted.passes(Flags(row.get(1)?), row.get(2)?) || !wanted.has_words(sender, subject) {
        return Ok(None);
    }
    let (text, number) = (wanted.text(sender, subject), wanted.number(row.get(4)?));
    Ok(Some(Entry { text, number, date: row.get(3)?, row: id, place: if wanted.needs_places() { place } else { 0 } }))
}

fn conversation_entry(
    connection: &Connection,
    wanted: &Wanted,
    (mailbox, place): (i64, u16),
    thread: i64,
) -> Result<Option<Entry>> {
    let Some(row) = conversations::find(connection, mailbox, thread)? else { return Ok(None) };
    if !wanted.passes_sums(&row.sums) || !has_message_with_words(connection, wanted, mailbox, thread)? {
        return Ok(None);
    }
    let (date, id) = row.newest;
    if wanted.sort.by == SortBy::Date {
        return Ok(Some(Entry { text: "".into(), number: 0, date, row: thread, place }));
    }
    let mut statement = connection.prepare_cached(
        "SELECT b.size, b.sender, b.subject FROM message m \
         CROSS JOIN brief b ON b.mailbox = m.mailbox AND b.seq = m.seq WHERE m.id = ?1",
    )?;
    let mut rows = statement.query([id])?;
    let Some(newest) = rows.next()? else { return Ok(None) };
    let text = wanted.text(text(newest, 1)?, text(newest, 2)?);
    Ok(Some(Entry { text, number: wanted.number(newest.get(0)?), date, row: thread, place }))
}

fn has_message_with_words(connection: &Connection, wanted: &Wanted, mailbox: i64, thread: i64) -> Result<bool> {
    if wanted.filter.text.is_empty() {
        return Ok(true);
    }
    let mut statement = connection.prepare_cached(
        "SELECT b.sender, b.subject FROM message m CROSS JOIN brief b ON b.mailbox = m.mailbox AND b.seq = m.seq \
         WHERE m.thread = ?1 AND m.mailbox = ?2 AND m.place <> 1",
    )?;
    let mut rows = statement.query(params![thread, mailbox])?;
    while let Some(row) = rows.next()? {
        if wanted.has_words(text(row, 0)?, text(row, 1)?) {
            return Ok(true);
        }
    }
    Ok(false)
}
