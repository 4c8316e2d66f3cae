//! What each mailbox shows of each conversation, summed up while messages come and go.
//!
//! Within a transaction only differences are kept, in memory; at its end each conversation that changed costs one
//! reading and one writing of its row, however many messages it has. Only where its newest message left is the next
//! one looked up.

use super::write::{Key, Kind, Write};
use crate::mail::flags::Flags;
use crate::storage::error::Result;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// A listed message, as far as its conversation is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub mailbox: i64,
    pub thread: i64,
    pub key: Key,
    pub flags: Flags,
    pub attached: bool,
}

/// What is counted of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub total: i64,
    pub unread: i64,
    pub starred: i64,
    /// Messages that have attachments.
    pub attached: i64,
    pub answered: i64,
    pub forwarded: i64,
}

impl Sums {
    fn of(flags: Flags, attached: bool) -> Sums {
        let has = |flag| i64::from(flags.contains(flag));
        Sums {
            total: 1,
            unread: i64::from(!flags.contains(Flags::SEEN)),
            starred: has(Flags::FLAGGED),
            attached: i64::from(attached),
            answered: has(Flags::ANSWERED),
            forwarded: has(Flags::FORWARDED),
        }
    }

    fn add(&mut self, other: Sums, by: i64) {
        let add = |sum: &mut i64, n: i64| *sum = sum.saturating_add(n.saturating_mul(by));
        add(&mut self.total, other.total);
        add(&mut self.unread, other.unread);
        add(&mut self.starred, other.starred);
        add(&mut self.attached, other.attached);
        add(&mut self.answered, other.answered);
        add(&mut self.forwarded, other.forwarded);
    }
}

/// A conversation's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Conversation {
    /// Of its newest message.
    pub newest: Key,
    pub sums: Sums,
}

/// Differences of a transaction, by (mailbox, thread).
#[derive(Default)]
pub(super) struct Differences(BTreeMap<(i64, i64), Difference>);

#[derive(Default)]
struct Difference {
    sums: Sums,
    /// The newest that came, and the newest that left.
    came: Option<Key>,
    left: Option<Key>,
}

/// The row of a conversation in a mailbox.
pub(crate) fn find(connection: &Connection, mailbox: i64, thread: i64) -> Result<Option<Conversation>> {
    Ok(connection
        .prepare_cached(
            "SELECT date, id, total, unread, starred, attached, answered, forwarded FROM conversation \
             WHERE mailbox = ?1 AND thread = ?2",
        )?
        .query_row([mailbox, thread], |row| {
            Ok(Conversation {
                newest: (row.get(0)?, row.get(1)?),
                sums: Sums {
                    total: row.get(2)?,
                    unread: row.get(3)?,
                    starred: row.get(4)?,
                    attached: row.get(5)?,
                    answered: row.get(6)?,
                    forwarded: row.get(7)?,
                },
            })
        })
        .optional()?)
}

impl Write<'_> {
    /// A listed message comes into its conversation (`1`) or leaves it (`-1`).
    pub(super) fn converse(&mut self, message: &Listed, by: i64) {
        let difference = self.differences.0.entry((message.mailbox, message.thread)).or_default();
        difference.sums.add(Sums::of(message.flags, message.attached), by);
        let newest = if by > 0 { &mut difference.came } else { &mut difference.left };
        *newest = (*newest).max(Some(message.key));
    }

    /// The flags of a listed message were others.
    pub(super) fn converse_flags(&mut self, mailbox: i64, thread: i64, before: Flags, after: Flags) {
        let difference = self.differences.0.entry((mailbox, thread)).or_default();
        difference.sums.add(Sums::of(before, false), -1);
        difference.sums.add(Sums::of(after, false), 1);
    }

    /// Forgets what changed in a mailbox that goes.
    pub(super) fn forget_differences(&mut self, mailbox: i64) {
        self.differences.0.retain(|(of, _), _| *of != mailbox);
    }

    /// Brings the rows up to date with what changed.
    pub(super) fn sum_up(&mut self) -> Result<()> {
        for ((mailbox, thread), difference) in std::mem::take(&mut self.differences.0) {
            let before = find(&self.tx, mailbox, thread)?;
            let mut sums = before.map(|row| row.sums).unwrap_or_default();
            sums.add(difference.sums, 1);
            let after = match sums.total {
                ..=0 => None,
                _ => self.newest(mailbox, thread, before, &difference)?.map(|newest| Conversation { newest, sums }),
            };
            if before != after {
                self.put_conversation(mailbox, thread, before, after)?;
            }
        }
        Ok(())
    }

    fn newest(
        &self,
        mailbox: i64,
        thread: i64,
        before: Option<Conversation>,
        difference: &Difference,
    ) -> Result<Option<Key>> {
        let newest = before.map(|row| row.newest).max(difference.came);
        if difference.left < newest {
            return Ok(newest);
        }
        Ok(self
            .tx
            .prepare_cached(
                "SELECT date, id FROM message WHERE thread = ?1 AND mailbox = ?2 AND place <> 1 \
                 ORDER BY date DESC, id DESC LIMIT 1",
            )?
            .query_row([thread, mailbox], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    fn put_conversation(
        &mut self,
        mailbox: i64,
        thread: i64,
        before: Option<Conversation>,
        after: Option<Conversation>,
    ) -> Result<()> {
        if let Some(Conversation { newest, sums }) = after {
            self.tx
                .prepare_cached("INSERT OR REPLACE INTO conversation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
                .execute(params![
                    mailbox,
                    thread,
                    newest.0,
                    newest.1,
                    sums.total,
                    sums.unread,
                    sums.starred,
                    sums.attached,
                    sums.answered,
                    sums.forwarded
                ])?;
        } else {
            self.tx
                .prepare_cached("DELETE FROM conversation WHERE mailbox = ?1 AND thread = ?2")?
                .execute([mailbox, thread])?;
        }
        let key = |row: Option<Conversation>| row.map(|row| (row.newest.0, thread));
        let (old, new) = (key(before), key(after));
        let tally = self.tally(mailbox);
        tally.threads.push(thread);
        if old != new {
            old.into_iter().for_each(|key| tally.count_key(Kind::Conversations, key, -1));
            new.into_iter().for_each(|key| tally.count_key(Kind::Conversations, key, 1));
        }
        Ok(())
    }

    /// Sums everything of a mailbox up anew, where the sums are not those of its messages.
    pub(super) fn recount_conversations(&mut self, mailbox: i64) -> Result<()> {
        self.sum_up()?;
        let right: bool = self.tx.query_row(
            "SELECT b.total = ifnull(sum(c.total), 0) AND b.unread = ifnull(sum(c.unread), 0) \
             FROM mailbox b LEFT JOIN conversation c ON c.mailbox = b.id WHERE b.id = ?1",
            [mailbox],
            |row| Ok(row.get::<_, Option<bool>>(0)?.unwrap_or(false)),
        )?;
        if right {
            return Ok(());
        }
        self.tx.execute("DELETE FROM conversation WHERE mailbox = ?1", [mailbox])?;
        let listed: Vec<Listed> = self
            .tx
            .prepare("SELECT thread, date, id, flags, attachments FROM message WHERE mailbox = ?1 AND place <> 1")?
            .query_map([mailbox], |row| {
                Ok(Listed {
                    mailbox,
                    thread: row.get(0)?,
                    key: (row.get(1)?, row.get(2)?),
                    flags: Flags(row.get(3)?),
                    attached: row.get::<_, i64>(4)? > 0,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        listed.iter().for_each(|message| self.converse(message, 1));
        self.sum_up()
    }
}
