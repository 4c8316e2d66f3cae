//! Conversations, kept while messages come and go: what [`crate::mail::thread`] says of all messages of the profile,
//! found for each with a few look-ups.
//!
//! A message that comes is in the conversation of any message that shares one of its Message-IDs (`link`), or stands
//! next to it with the same base subject (`topic`). Where these are several conversations, the smaller ones take the
//! number of the largest, so a message is renumbered as often as its conversation doubles.
//!
//! A message that goes may have been all that tied others. That is looked at once, at the end of the transaction. In
//! a small conversation all messages are put together anew; in a large one only where a sample does not show at once
//! that all that the message was tied to is still tied.
//!
//! Held messages keep their place in a conversation: they may come back.

use super::conversations::Listed;
use super::write::{Key, Write};
use crate::mail::flags::Flags;
use crate::mail::thread::{self, Member, Node, Sets, Ties};
use crate::storage::error::Result;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Up to so many messages are put together anew without a look at a sample.
const SMALL: i64 = 64;
/// Message-IDs that are looked at in a sample, and messages at each.
const SAMPLED: usize = 64;
const SAMPLE: i64 = 4;
/// Name in `state`: the last number that was given to a conversation.
const LAST: &str = "thread";

/// What a transaction knows of conversations.
#[derive(Default)]
pub(super) struct Tying {
    last: Option<i64>,
    /// Conversations that something went from.
    parting: BTreeMap<i64, Parting>,
    accounts: HashMap<i64, String>,
}

/// What may have come apart.
#[derive(Default)]
struct Parting {
    /// Message-IDs that messages had in common with what went.
    nodes: BTreeSet<Node>,
    /// A subject tied it too.
    all: bool,
}

/// What ties a message, and where it stands.
pub(super) struct Place {
    pub seq: i64,
    pub key: Key,
    pub ties: Ties,
}

/// A neighbour of a message among those of its topic.
struct Neighbour {
    date: i64,
    follows: bool,
    thread: i64,
}

/// Which stretch of time a date is in: what a subject may tie lies in the same one, or in a neighbouring one.
fn era(date: i64) -> i64 {
    date.div_euclid(thread::SUBJECT_WINDOW)
}

/// `refs` of a row: In-Reply-To and References.
pub(super) fn references(refs: Option<&str>) -> (Vec<String>, Vec<String>) {
    let [in_reply_to, references]: [Vec<String>; 2] =
        refs.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    (in_reply_to, references)
}

/// Messages that have this Message-ID as their own, as rows' numbers.
pub(super) fn owners(connection: &Connection, message_id: &str) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached("SELECT seq FROM link WHERE node = ?1 AND role = 0 ORDER BY seq")?;
    let found = statement.query_map([Node::of(message_id).0], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

impl Write<'_> {
    /// The account that a mailbox is of.
    pub(super) fn account_of(&mut self, mailbox: i64) -> Result<String> {
        if let Some(known) = self.tying.accounts.get(&mailbox) {
            return Ok(known.clone());
        }
        let found: Option<String> = self
            .tx
            .prepare_cached("SELECT account FROM mailbox WHERE id = ?1")?
            .query_row([mailbox], |row| row.get(0))
            .optional()?;
        let account = found.unwrap_or_default();
        self.tying.accounts.insert(mailbox, account.clone());
        Ok(account)
    }

    /// What ties the message of a row, as if it lay in `mailbox`.
    pub(super) fn place_of(&mut self, id: i64, mailbox: i64) -> Result<Option<Place>> {
        let account = self.account_of(mailbox)?;
        Ok(self
            .tx
            .prepare_cached("SELECT seq, date, message_id, refs, subject FROM message WHERE id = ?1")?
            .query_row([id], |row| {
                let (in_reply_to, references) = references(row.get_ref(3)?.as_str_or_null()?);
                let own = row.get_ref(2)?.as_str_or_null()?;
                let ties = Ties::of(&account, own, &in_reply_to, &references, row.get_ref(4)?.as_str()?);
                Ok(Place { seq: row.get(0)?, key: (row.get(1)?, id), ties })
            })
            .optional()?)
    }

    /// The conversation that a message comes into; those that it ties become one.
    pub(super) fn conversation_for(&mut self, ties: &Ties, key: Key) -> Result<i64> {
        let mut found = BTreeSet::new();
        for node in ties.nodes() {
            let thread: Option<i64> = self
                .tx
                .prepare_cached(
                    "SELECT m.thread FROM link l CROSS JOIN message m ON m.seq = l.seq WHERE l.node = ?1 LIMIT 1",
                )?
                .query_row([node.0], |row| row.get(0))
                .optional()?;
            found.extend(thread);
        }
        found.extend(self.by_topic(ties, key)?);
        self.unite(&found)
    }

    /// The conversations that a message joins by its subject.
    fn by_topic(&mut self, ties: &Ties, key: Key) -> Result<Vec<i64>> {
        let Some(topic) = ties.topic else { return Ok(Vec::new()) };
        let after = self.after(topic, key)?.filter(|after| after.follows && thread::is_near(key.0, after.date));
        // What most messages are, of a subject that is new, asks no more than that.
        if !ties.follows && after.is_none() {
            return Ok(Vec::new());
        }
        let before = self.before(topic, key)?;
        let mut joined = Vec::new();
        if ties.follows {
            joined.extend(before.iter().filter(|b| thread::is_near(b.date, key.0)).map(|b| b.thread));
        } else if let (Some(before), Some(after)) = (&before, &after)
            && thread::is_near(before.date, after.date)
        {
            // It comes between two of which the later followed the earlier.
            self.tying.parting.entry(after.thread).or_default().all = true;
        }
        joined.extend(after.map(|after| after.thread));
        Ok(joined)
    }

    /// The message before this one with the same topic, where it is near enough to matter.
    fn before(&self, topic: i64, key: Key) -> Result<Option<Neighbour>> {
        let sql = "SELECT t.date, t.follows, m.thread FROM topic t CROSS JOIN message m ON m.seq = t.seq \
                   WHERE t.era = ?1 AND t.topic = ?2 AND (t.date, t.id) < (?3, ?4) ORDER BY t.date DESC, t.id DESC LIMIT 1";
        let era = era(key.0);
        self.neighbour(sql, [era, era.saturating_sub(1)], topic, key)
    }

    /// The same of the one after it.
    fn after(&self, topic: i64, key: Key) -> Result<Option<Neighbour>> {
        let sql = "SELECT t.date, t.follows, m.thread FROM topic t CROSS JOIN message m ON m.seq = t.seq \
                   WHERE t.era = ?1 AND t.topic = ?2 AND (t.date, t.id) > (?3, ?4) ORDER BY t.date, t.id LIMIT 1";
        let era = era(key.0);
        self.neighbour(sql, [era, era.saturating_add(1)], topic, key)
    }

    /// In the first of these eras that has one.
    fn neighbour(&self, sql: &str, eras: [i64; 2], topic: i64, key: Key) -> Result<Option<Neighbour>> {
        let read =
            |row: &rusqlite::Row<'_>| Ok(Neighbour { date: row.get(0)?, follows: row.get(1)?, thread: row.get(2)? });
        let mut statement = self.tx.prepare_cached(sql)?;
        for era in eras {
            if let Some(found) = statement.query_row(params![era, topic, key.0, key.1], read).optional()? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Records what ties a message that is in now.
    pub(super) fn tie(&mut self, place: &Place) -> Result<()> {
        let mut link = self.tx.prepare_cached("INSERT OR IGNORE INTO link VALUES (?1, ?2, ?3)")?;
        if let Some(node) = place.ties.own {
            link.execute([node.0, 0, place.seq])?;
        }
        for node in &place.ties.references {
            link.execute([node.0, 1, place.seq])?;
        }
        drop(link);
        self.tie_topic(place)
    }

    fn tie_topic(&mut self, place: &Place) -> Result<()> {
        if let Some(topic) = place.ties.topic {
            self.tx
                .prepare_cached("INSERT OR REPLACE INTO topic VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![era(place.key.0), topic, place.key.0, place.key.1, place.ties.follows, place.seq])?;
        }
        Ok(())
    }

    /// A message that went from `thread` ties nothing any more.
    pub(super) fn untie(&mut self, place: &Place, thread: i64) -> Result<()> {
        let mut link = self.tx.prepare_cached("DELETE FROM link WHERE node = ?1 AND role = ?2 AND seq = ?3")?;
        if let Some(node) = place.ties.own {
            link.execute([node.0, 0, place.seq])?;
        }
        for node in &place.ties.references {
            link.execute([node.0, 1, place.seq])?;
        }
        drop(link);
        let parting = self.tying.parting.entry(thread).or_default();
        parting.nodes.extend(place.ties.nodes());
        self.untie_topic(place, thread)
    }

    fn untie_topic(&mut self, place: &Place, thread: i64) -> Result<()> {
        let (Some(topic), key) = (place.ties.topic, place.key) else { return Ok(()) };
        self.tx
            .prepare_cached("DELETE FROM topic WHERE era = ?1 AND topic = ?2 AND date = ?3 AND id = ?4")?
            .execute([era(key.0), topic, key.0, key.1])?;
        let before = self.before(topic, key)?;
        let after = self.after(topic, key)?.filter(|after| after.follows);
        let tied = after.as_ref().is_some_and(|after| thread::is_near(key.0, after.date))
            || place.ties.follows && before.as_ref().is_some_and(|b| thread::is_near(b.date, key.0));
        if tied {
            self.tying.parting.entry(thread).or_default().all = true;
        }
        // What followed it follows the one before it now.
        if let (Some(before), Some(after)) = (before, after)
            && thread::is_near(before.date, after.date)
        {
            self.unite(&BTreeSet::from([before.thread, after.thread]))?;
        }
        Ok(())
    }

    /// A message moved to a mailbox of another account: its subject ties it to others there.
    pub(super) fn change_account(&mut self, id: i64, from: i64, to: i64, thread: i64) -> Result<()> {
        if self.account_of(from)? == self.account_of(to)? {
            return Ok(());
        }
        let (Some(old), Some(new)) = (self.place_of(id, from)?, self.place_of(id, to)?) else { return Ok(()) };
        self.untie_topic(&old, thread)?;
        let mut joined: BTreeSet<i64> = self.by_topic(&new.ties, new.key)?.into_iter().collect();
        let own: i64 =
            self.tx.prepare_cached("SELECT thread FROM message WHERE id = ?1")?.query_row([id], |row| row.get(0))?;
        joined.insert(own);
        self.tie_topic(&new)?;
        self.unite(&joined)?;
        Ok(())
    }

    /// Makes conversations one; its number. Of none, a new one.
    fn unite(&mut self, threads: &BTreeSet<i64>) -> Result<i64> {
        let mut rest = threads.iter().copied();
        let Some(mut winner) = rest.next() else { return self.new_conversation() };
        for other in rest {
            let (larger, smaller) = if self.is_larger(other, winner)? { (other, winner) } else { (winner, other) };
            let members = self.members_of(smaller)?;
            self.renumber(smaller, larger, &members)?;
            if let Some(parting) = self.tying.parting.remove(&smaller) {
                let whole = self.tying.parting.entry(larger).or_default();
                whole.nodes.extend(parting.nodes);
                whole.all |= parting.all;
            }
            winner = larger;
        }
        Ok(winner)
    }

    /// Whether one has more messages; what both have is not counted to the end.
    fn is_larger(&self, one: i64, other: i64) -> Result<bool> {
        let mut limit = SMALL;
        loop {
            let (a, b) = (self.count_to(one, limit)?, self.count_to(other, limit)?);
            if a < limit || b < limit {
                return Ok(a > b);
            }
            limit = limit.saturating_mul(4);
        }
    }

    fn count_to(&self, thread: i64, limit: i64) -> Result<i64> {
        Ok(self
            .tx
            .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM message WHERE thread = ?1 LIMIT ?2)")?
            .query_row([thread, limit], |row| row.get(0))?)
    }

    fn new_conversation(&mut self) -> Result<i64> {
        let last = match self.tying.last {
            Some(last) => last,
            None => self
                .tx
                .prepare_cached("SELECT value FROM state WHERE name = ?1")?
                .query_row([LAST], |row| row.get(0))
                .optional()?
                .unwrap_or(0),
        };
        let new = last.saturating_add(1);
        self.tying.last = Some(new);
        Ok(new)
    }

    /// Every message of a conversation: its row's number, and what its mailbox shows of it, where it does.
    fn members_of(&self, thread: i64) -> Result<Vec<(i64, Option<Listed>)>> {
        let mut statement = self.tx.prepare_cached(
            "SELECT seq, mailbox, date, id, flags, attachments, place <> 1 FROM message WHERE thread = ?1 ORDER BY seq",
        )?;
        let found = statement.query_map([thread], |row| {
            let listed = Listed {
                mailbox: row.get(1)?,
                thread,
                key: (row.get(2)?, row.get(3)?),
                flags: Flags(row.get(4)?),
                attached: row.get::<_, i64>(5)? > 0,
            };
            Ok((row.get(0)?, row.get::<_, bool>(6)?.then_some(listed)))
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    fn renumber(&mut self, from: i64, to: i64, members: &[(i64, Option<Listed>)]) -> Result<()> {
        for (seq, listed) in members {
            self.tx.prepare_cached("UPDATE message SET thread = ?2 WHERE seq = ?1")?.execute([*seq, to])?;
            if let Some(listed) = listed {
                self.converse(&Listed { thread: from, ..*listed }, -1);
                self.converse(&Listed { thread: to, ..*listed }, 1);
                self.renumbered.insert(listed.mailbox);
            }
        }
        Ok(())
    }

    /// Parts what holds together no longer, and keeps the last number.
    pub(super) fn settle_conversations(&mut self) -> Result<()> {
        while let Some((thread, parting)) = self.tying.parting.pop_first() {
            self.part(thread, &parting)?;
        }
        if let Some(last) = self.tying.last.take() {
            self.tx.prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2)")?.execute(params![LAST, last])?;
        }
        Ok(())
    }

    fn part(&mut self, thread: i64, parting: &Parting) -> Result<()> {
        let count = self.count_to(thread, SMALL.saturating_add(1))?;
        if count <= 1 || count > SMALL && !parting.all && self.are_tied(&parting.nodes)? {
            return Ok(());
        }
        let members = self.members_of(thread)?;
        let whole = self.ties_of(thread)?;
        let mut groups: BTreeMap<usize, Vec<(i64, Option<Listed>)>> = BTreeMap::new();
        for (member, group) in members.into_iter().zip(thread::conversations(&whole)) {
            groups.entry(group).or_default().push(member);
        }
        // The largest keeps the number.
        let largest = groups.iter().max_by_key(|(at, group)| (group.len(), std::cmp::Reverse(**at))).map(|(at, _)| *at);
        for (at, group) in groups {
            if Some(at) != largest {
                let new = self.new_conversation()?;
                self.renumber(thread, new, &group)?;
            }
        }
        Ok(())
    }

    /// Whether all of these that messages still have hang together, as far as a sample shows.
    fn are_tied(&self, nodes: &BTreeSet<Node>) -> Result<bool> {
        if nodes.len() > SAMPLED {
            return Ok(false);
        }
        let mut numbers: HashMap<Node, usize> = HashMap::new();
        let mut pairs: Vec<(Node, Node)> = Vec::new();
        let mut living = Vec::new();
        for node in nodes {
            let seqs: Vec<i64> = self
                .tx
                .prepare_cached("SELECT seq FROM link WHERE node = ?1 ORDER BY role, seq LIMIT ?2")?
                .query_map([node.0, SAMPLE], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            if !seqs.is_empty() {
                living.push(*node);
            }
            for seq in seqs {
                // Topics do not matter here.
                let ties = self.ties_at(seq)?;
                pairs.extend(ties.nodes().map(|other| (*node, other)));
            }
        }
        for node in pairs.iter().flat_map(|(a, b)| [*a, *b]) {
            let next = numbers.len();
            numbers.entry(node).or_insert(next);
        }
        let mut sets = Sets::new(numbers.len());
        for (a, b) in &pairs {
            if let (Some(a), Some(b)) = (numbers.get(a), numbers.get(b)) {
                sets.join(*a, *b);
            }
        }
        let roots: BTreeSet<usize> = living.iter().filter_map(|n| numbers.get(n)).map(|at| sets.find(*at)).collect();
        Ok(roots.len() <= 1)
    }

    fn ties_at(&self, seq: i64) -> Result<Ties> {
        let found = self
            .tx
            .prepare_cached("SELECT message_id, refs FROM message WHERE seq = ?1")?
            .query_row([seq], |row| {
                let (in_reply_to, references) = references(row.get_ref(1)?.as_str_or_null()?);
                Ok(Ties::of("", row.get_ref(0)?.as_str_or_null()?, &in_reply_to, &references, ""))
            })
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// What ties the messages of a conversation, in the order of [`Write::members_of`].
    fn ties_of(&self, thread: i64) -> Result<Vec<Member>> {
        let mut statement = self.tx.prepare_cached(
            "SELECT m.date, m.id, m.message_id, m.refs, m.subject, ifnull(b.account, '') \
             FROM message m LEFT JOIN mailbox b ON b.id = m.mailbox WHERE m.thread = ?1 ORDER BY m.seq",
        )?;
        let found = statement.query_map([thread], |row| {
            let (in_reply_to, references) = references(row.get_ref(3)?.as_str_or_null()?);
            let (own, subject) = (row.get_ref(2)?.as_str_or_null()?, row.get_ref(4)?.as_str()?);
            let ties = Ties::of(row.get_ref(5)?.as_str()?, own, &in_reply_to, &references, subject);
            Ok(Member { key: (row.get(0)?, row.get(1)?), ties })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}
