//! Messages in the index. Every change goes through here, so that counts and order follow.

use super::brief::Brief;
use super::conversations::Listed;
use super::threads::{self, Place as Tied};
use super::write::{Key, Write};
use super::{Row, brief};
use crate::mail::address::Address;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mime::Summary;
use crate::mail::thread::Ties;
use crate::mail::uid::Uid;
use crate::storage::error::{Error, Result};
use crate::storage::maildir::Place;
use crate::storage::maildir::name::MessageName;
use rusqlite::{Connection, OptionalExtension, params};

/// Date fields outside of the years 1 to 9999 cannot be shown; mail with them sorts as at the edge.
const DATES: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// A message to be put into the index.
pub(crate) struct NewMessage<'a> {
    pub id: MessageId,
    pub mailbox: MailboxId,
    pub place: Place,
    pub file_name: &'a str,
    pub uid: Option<Uid>,
    pub flags: Flags,
    pub server_flags: Flags,
    pub arrival: i64,
    pub size: u64,
    pub summary: &'a Summary,
}

/// A message's row without what only lists show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub id: MessageId,
    pub mailbox: MailboxId,
    pub place: Place,
    pub file_name: String,
    pub uid: Option<Uid>,
    pub flags: Flags,
    pub server_flags: Flags,
    pub date: i64,
    pub arrival: i64,
    pub size: u64,
    pub message_id: Option<String>,
    /// The number of its conversation.
    pub thread: i64,
    /// It has attachments.
    pub attached: bool,
}

const STORED: &str = "id, mailbox, place, file_name, uid, flags, server_flags, date, arrival, size, message_id, thread, \
     attachments FROM message";

impl Stored {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Stored> {
        Ok(Stored {
            id: message_id(row.get(0)?),
            mailbox: MailboxId(row.get(1)?),
            place: place_of(row.get(2)?),
            file_name: row.get(3)?,
            uid: row.get::<_, Option<u32>>(4)?.map(Uid),
            flags: Flags(row.get(5)?),
            server_flags: Flags(row.get(6)?),
            date: row.get(7)?,
            arrival: row.get(8)?,
            size: row.get::<_, i64>(9)?.max(0).unsigned_abs(),
            message_id: row.get(10)?,
            thread: row.get(11)?,
            attached: row.get::<_, i64>(12)? > 0,
        })
    }

    /// Whether only its headers are here, listed or held.
    pub fn is_headers(&self) -> bool {
        MessageName::parse(&self.file_name).is_some_and(|name| name.whole_size().is_some())
    }
    /// Where it lies while lists show it.
    pub fn listed_place(&self) -> Place {
        if self.is_headers() { Place::Headers } else { Place::Cur }
    }

    fn key(&self) -> Key {
        (self.date, sql_id(self.id))
    }
    fn listed(&self) -> Listed {
        let Stored { thread, flags, attached, .. } = *self;
        Listed { mailbox: self.mailbox.0, thread, key: self.key(), flags, attached }
    }
    fn unread(&self) -> bool {
        !self.flags.contains(Flags::SEEN)
    }
}

/// Ids have 52 bits; a foreign one with more could not be stored as such and is never found.
pub(crate) fn sql_id(id: MessageId) -> i64 {
    i64::try_from(id.0).unwrap_or(-1)
}

pub(super) fn message_id(id: i64) -> MessageId {
    MessageId(id.max(0).unsigned_abs())
}

/// One message, wherever it is.
pub(crate) fn find(connection: &Connection, id: MessageId) -> Result<Option<Stored>> {
    Ok(connection
        .prepare_cached(&format!("SELECT {STORED} WHERE id = ?1"))?
        .query_row([sql_id(id)], Stored::read)
        .optional()?)
}

/// As [`find`], for what must be there.
pub(crate) fn expect(connection: &Connection, id: MessageId) -> Result<Stored> {
    find(connection, id)?.ok_or_else(|| Error::NotFound(format!("message {id}")))
}

pub(crate) fn find_uid(connection: &Connection, mailbox: MailboxId, uid: Uid) -> Result<Option<Stored>> {
    Ok(connection
        .prepare_cached(&format!("SELECT {STORED} WHERE mailbox = ?1 AND uid = ?2 LIMIT 1"))?
        .query_row(params![mailbox.0, uid.0], Stored::read)
        .optional()?)
}

/// The rows of a mailbox, held ones too. Asked for as two kinds, for each of which there is an index: without one
/// every question would read the rows of all mailboxes.
pub(crate) const LISTED: &str = "mailbox = ?1 AND place <> 1";
pub(crate) const HELD: &str = "mailbox = ?1 AND place = 1";

/// Everything of a mailbox, held messages too, in no order.
pub(crate) fn all(connection: &Connection, mailbox: MailboxId) -> Result<Vec<Stored>> {
    let mut found = Vec::new();
    for kind in [LISTED, HELD] {
        let mut statement = connection.prepare_cached(&format!("SELECT {STORED} WHERE {kind}"))?;
        for stored in statement.query_map([mailbox.0], Stored::read)? {
            found.push(stored?);
        }
    }
    Ok(found)
}

/// What the index has of a message's name.
pub(crate) struct Named<'a> {
    pub place: Place,
    pub file_name: &'a str,
    pub uid: Option<Uid>,
    pub flags: Flags,
}

/// The same for each message of a mailbox, one by one, without holding them all.
pub(crate) fn each_name(connection: &Connection, mailbox: MailboxId, mut each: impl FnMut(Named<'_>)) -> Result<()> {
    for kind in [LISTED, HELD] {
        let sql = format!("SELECT place, file_name, uid, flags FROM message WHERE {kind}");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([mailbox.0])?;
        while let Some(row) = rows.next()? {
            let file_name = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            let (uid, flags) = (row.get::<_, Option<u32>>(2)?.map(Uid), Flags(row.get(3)?));
            each(Named { place: place_of(row.get(0)?), file_name, uid, flags });
        }
    }
    Ok(())
}

/// The messages that came after this one, in that order, each with its place in it.
pub(crate) fn after(connection: &Connection, seq: i64, most: i64) -> Result<Vec<(i64, Stored)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, mailbox, place, file_name, uid, flags, server_flags, date, arrival, size, message_id, thread, \
         attachments, seq FROM message WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let found = statement.query_map(params![seq, most], |row| Ok((row.get(13)?, Stored::read(row)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Messages of a mailbox whose numbers lie between these, both included.
pub(crate) fn numbered_among(
    connection: &Connection,
    mailbox: MailboxId,
    low: Uid,
    high: Uid,
    into: &mut Vec<Stored>,
) -> Result<()> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {STORED} WHERE mailbox = ?1 AND uid BETWEEN ?2 AND ?3"))?;
    for stored in statement.query_map(params![mailbox.0, low.0, high.0], Stored::read)? {
        into.push(stored?);
    }
    Ok(())
}

/// Messages of a mailbox without a number.
pub(crate) fn unnumbered(connection: &Connection, mailbox: MailboxId) -> Result<Vec<Stored>> {
    Ok(connection
        .prepare_cached(&format!("SELECT {STORED} WHERE mailbox = ?1 AND uid IS NULL ORDER BY seq"))?
        .query_map([mailbox.0], Stored::read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// How many messages of a mailbox have a number: all that are listed but those without one, and held ones.
pub(crate) fn numbered(connection: &Connection, mailbox: MailboxId) -> Result<u64> {
    let n: i64 = connection
        .prepare_cached(
            "SELECT (SELECT total FROM mailbox WHERE id = ?1) \
             - (SELECT count(*) FROM message WHERE mailbox = ?1 AND uid IS NULL AND place <> 1) \
             + (SELECT count(*) FROM message WHERE mailbox = ?1 AND place = 1 AND uid IS NOT NULL)",
        )?
        .query_row([mailbox.0], |row| row.get::<_, Option<i64>>(0))?
        .unwrap_or(0);
    Ok(n.max(0).unsigned_abs())
}

pub(crate) fn by_message_id(connection: &Connection, account: &str, message: &str) -> Result<Vec<MessageId>> {
    let mut found = Vec::new();
    for seq in threads::owners(connection, message)? {
        let mut statement = connection.prepare_cached(
            "SELECT m.id FROM message m JOIN mailbox b ON b.id = m.mailbox \
             WHERE m.seq = ?1 AND m.message_id = ?2 AND b.account = ?3",
        )?;
        found
            .extend(statement.query_row(params![seq, message, account], |row| Ok(message_id(row.get(0)?))).optional()?);
    }
    Ok(found)
}

pub(crate) fn newest_by_message_id(
    connection: &Connection,
    mailbox: MailboxId,
    message: &str,
) -> Result<Option<MessageId>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM message WHERE message_id = ?1 AND mailbox = ?2 ORDER BY seq DESC LIMIT 1")?;
    Ok(statement.query_row(params![message, mailbox.0], |row| Ok(message_id(row.get(0)?))).optional()?)
}

pub(crate) fn unread(connection: &Connection, mailbox: MailboxId) -> Result<Vec<MessageId>> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM message WHERE mailbox = ?1 AND place <> 1 AND flags & 1 = 0")?;
    let found = statement.query_map([mailbox.0], |row| Ok(message_id(row.get(0)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn held(connection: &Connection) -> Result<Vec<MessageId>> {
    // Ordered by what no index has, for otherwise SQLite would walk through every message instead of the held ones.
    let mut statement = connection.prepare_cached("SELECT id FROM message WHERE place = 1 ORDER BY +seq")?;
    let found = statement.query_map([], |row| Ok(message_id(row.get(0)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// How many messages of a mailbox no server has.
pub(crate) fn local_only(connection: &Connection, mailbox: MailboxId) -> Result<u64> {
    let n: i64 = connection.query_row(
        "SELECT count(*) FROM message WHERE mailbox = ?1 AND uid IS NULL",
        [mailbox.0],
        |row| row.get(0),
    )?;
    Ok(n.max(0).unsigned_abs())
}

/// Every keyword letter that a mailbox's messages have.
pub(crate) fn letters(connection: &Connection, mailbox: MailboxId) -> Result<Flags> {
    let (system, mut all) = (Flags::SYSTEM.0, Flags::empty());
    for kind in [LISTED, HELD] {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT DISTINCT (flags | server_flags) & ?2 FROM message WHERE {kind} AND (flags | server_flags) > ?3"
        ))?;
        for bits in statement.query_map(params![mailbox.0, !system, system], |row| row.get::<_, u32>(0))? {
            all = all.union(Flags(bits?));
        }
    }
    Ok(all)
}

/// What a list shows of a message; `None` where it is in no list.
pub(crate) fn row_of(connection: &Connection, id: i64) -> Result<Option<Row>> {
    Ok(connection
        .prepare_cached(
            "SELECT mailbox, people, subject, preview, date, flags, attachments, size, place, \
             (SELECT keywords FROM mailbox WHERE id = message.mailbox) FROM message WHERE id = ?1 AND place <> 1",
        )?
        .query_row([id], |row| {
            let people: String = row.get(1)?;
            // From, to, cc, reply-to.
            let [from, to, _, _]: [Vec<Address>; 4] = serde_json::from_str(&people).unwrap_or_default();
            let flags = Flags(row.get(5)?);
            let keywords = match row.get::<_, Option<String>>(9)? {
                Some(table) if flags != flags.system() => super::mailboxes::keywords(&table).names(flags),
                _ => Vec::new(),
            };
            Ok(Row {
                id: message_id(id),
                mailbox: MailboxId(row.get(0)?),
                from,
                to,
                subject: row.get(2)?,
                preview: row.get(3)?,
                date: row.get(4)?,
                flags,
                keywords,
                attachments: row.get(6)?,
                size: row.get::<_, i64>(7)?.max(0).unsigned_abs(),
                headers_only: place_of(row.get(8)?) == Place::Headers,
            })
        })
        .optional()?)
}

/// Who is shown as the sender, of a row's `people`.
pub(super) fn from_of(people: &str) -> Option<Address> {
    let [from, ..]: [Vec<Address>; 4] = serde_json::from_str(people).ok()?;
    from.into_iter().next()
}

/// The numbers of messages of which only the headers are here.
pub(crate) fn headers_only(connection: &Connection, mailbox: MailboxId) -> Result<Vec<Uid>> {
    let mut statement = connection
        .prepare_cached("SELECT uid FROM message WHERE mailbox = ?1 AND place = 2 AND uid IS NOT NULL ORDER BY uid")?;
    let found = statement.query_map([mailbox.0], |row| row.get(0).map(Uid))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

impl Write<'_> {
    /// Puts a message in, in the place of what had its id.
    pub fn put(&mut self, new: &NewMessage<'_>) -> Result<()> {
        if let Some(old) = find(&self.tx, new.id)? {
            self.take(&old)?;
        }
        let envelope = &new.summary.envelope;
        let date = envelope.date.unwrap_or(new.arrival).clamp(*DATES.start(), *DATES.end());
        let people = serde_json::to_string(&[&envelope.from, &envelope.to, &envelope.cc, &envelope.reply_to])
            .map_err(|e| Error::Invalid(e.to_string()))?;
        let key = (date, sql_id(new.id));
        let account = self.account_of(new.mailbox.0)?;
        let ties = Ties::of(
            &account,
            envelope.message_id.as_deref(),
            &envelope.in_reply_to,
            &envelope.references,
            &envelope.subject,
        );
        let thread = self.conversation_for(&ties, key)?;
        let refs = if envelope.in_reply_to.is_empty() && envelope.references.is_empty() {
            None
        } else {
            serde_json::to_string(&[&envelope.in_reply_to, &envelope.references]).ok()
        };
        self.tx
            .prepare_cached(
                "INSERT INTO message (id, mailbox, place, file_name, uid, flags, server_flags, date, arrival, size, \
                 attachments, message_id, subject, preview, people, refs, thread) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?
            .execute(params![
                sql_id(new.id),
                new.mailbox.0,
                sql_place(new.place),
                new.file_name,
                new.uid.map(|u| u.0),
                new.flags.0,
                new.server_flags.0,
                date,
                new.arrival,
                i64::try_from(new.size).unwrap_or(i64::MAX),
                new.summary.attachments,
                envelope.message_id,
                envelope.subject,
                new.summary.preview,
                people,
                refs,
                thread,
            ])?;
        let seq = self.tx.last_insert_rowid();
        self.tie(&Tied { seq, key, ties })?;
        let attached = new.summary.attachments > 0;
        self.put_brief(&Brief {
            mailbox: new.mailbox.0,
            seq,
            key,
            size: i64::try_from(new.size).unwrap_or(i64::MAX),
            attached,
            sender: brief::sender(&envelope.from),
            subject: brief::subject(&envelope.subject),
        })?;
        if new.place.is_listed() {
            self.come(&Listed { mailbox: new.mailbox.0, thread, key, flags: new.flags, attached });
        }
        Ok(())
    }

    /// A message is listed.
    fn come(&mut self, message: &Listed) {
        self.count(message.mailbox, message.key, !message.flags.contains(Flags::SEEN), 1);
        self.converse(message, 1);
    }

    /// It is listed no longer.
    fn leave(&mut self, message: &Listed) {
        self.count(message.mailbox, message.key, !message.flags.contains(Flags::SEEN), -1);
        self.converse(message, -1);
    }

    /// Takes a message out.
    pub fn take(&mut self, old: &Stored) -> Result<()> {
        let Some(tied) = self.place_of(sql_id(old.id), old.mailbox.0)? else { return Ok(()) };
        // It may have been numbered otherwise since it was looked up.
        let thread = self.thread_of(old.id)?;
        self.tx.prepare_cached("DELETE FROM message WHERE id = ?1")?.execute([sql_id(old.id)])?;
        self.tx.prepare_cached("INSERT OR IGNORE INTO gone VALUES (?1)")?.execute([sql_id(old.id)])?;
        self.take_brief(old.mailbox.0, tied.seq)?;
        if old.place.is_listed() {
            self.leave(&Listed { thread, ..old.listed() });
        }
        self.untie(&tied, thread)
    }

    fn thread_of(&self, id: MessageId) -> Result<i64> {
        let found = self
            .tx
            .prepare_cached("SELECT thread FROM message WHERE id = ?1")?
            .query_row([sql_id(id)], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or(0))
    }

    /// A message's file is called otherwise, and its flags are others.
    pub fn set_flags(&mut self, old: &Stored, file_name: &str, flags: Flags, server: Flags) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE message SET file_name = ?2, flags = ?3, server_flags = ?4 WHERE id = ?1")?
            .execute(params![sql_id(old.id), file_name, flags.0, server.0])?;
        if old.place.is_listed() && flags.system() != old.flags.system() {
            let unread = i64::from(!flags.contains(Flags::SEEN)).saturating_sub(i64::from(old.unread()));
            let thread = self.thread_of(old.id)?;
            self.count_flags(old.mailbox.0, sql_id(old.id), unread);
            self.converse_flags(old.mailbox.0, thread, old.flags, flags);
        }
        Ok(())
    }

    /// A message's number on the server, and the file name that carries it.
    pub fn set_uid(&mut self, old: &Stored, file_name: &str, uid: Option<Uid>) -> Result<()> {
        self.tx.prepare_cached("UPDATE message SET file_name = ?2, uid = ?3 WHERE id = ?1")?.execute(params![
            sql_id(old.id),
            file_name,
            uid.map(|u| u.0)
        ])?;
        Ok(())
    }

    /// A message lies elsewhere: in another mailbox, or held. Its number stays only within its mailbox.
    pub fn set_place(&mut self, old: &Stored, mailbox: MailboxId, place: Place, file_name: &str) -> Result<()> {
        let uid = old.uid.filter(|_| mailbox == old.mailbox);
        self.tx
            .prepare_cached("UPDATE message SET mailbox = ?2, place = ?3, file_name = ?4, uid = ?5 WHERE id = ?1")?
            .execute(params![sql_id(old.id), mailbox.0, sql_place(place), file_name, uid.map(|u| u.0)])?;
        let listed = Listed { thread: self.thread_of(old.id)?, ..old.listed() };
        if old.place.is_listed() {
            self.leave(&listed);
        }
        if place.is_listed() {
            self.come(&Listed { mailbox: mailbox.0, ..listed });
        }
        if mailbox != old.mailbox {
            self.move_brief(sql_id(old.id), old.mailbox.0, mailbox.0)?;
            self.change_account(sql_id(old.id), old.mailbox.0, mailbox.0, listed.thread)?;
        }
        Ok(())
    }

    /// Voids every number of a mailbox.
    pub fn void_uids(&mut self, mailbox: MailboxId) -> Result<()> {
        self.tx.execute("UPDATE message SET uid = NULL WHERE mailbox = ?1 AND uid IS NOT NULL", [mailbox.0])?;
        Ok(())
    }

    /// Copies a row for a copied file.
    pub fn copy(
        &mut self,
        old: &Stored,
        id: MessageId,
        mailbox: MailboxId,
        place: Place,
        file_name: &str,
    ) -> Result<()> {
        let Some(like) = self.place_of(sql_id(old.id), mailbox.0)? else {
            return Err(Error::NotFound(format!("message {}", old.id)));
        };
        let key = (old.date, sql_id(id));
        let thread = self.conversation_for(&like.ties, key)?;
        self.tx
            .prepare_cached(
                "INSERT INTO message (id, mailbox, place, file_name, uid, flags, server_flags, date, arrival, size, \
                 attachments, message_id, subject, preview, people, refs, thread) \
                 SELECT ?2, ?3, ?5, ?4, NULL, flags, flags, date, arrival, size, \
                 attachments, message_id, subject, preview, people, refs, ?6 FROM message WHERE id = ?1",
            )?
            .execute(params![sql_id(old.id), sql_id(id), mailbox.0, file_name, sql_place(place), thread])?;
        let seq = self.tx.last_insert_rowid();
        self.tie(&Tied { seq, key, ties: like.ties })?;
        self.copy_brief(old.mailbox.0, like.seq, (mailbox.0, seq, sql_id(id)))?;
        self.come(&Listed { mailbox: mailbox.0, thread, key, ..old.listed() });
        Ok(())
    }
}

fn sql_place(place: Place) -> i64 {
    match place {
        Place::Cur => 0,
        Place::Held => 1,
        Place::Headers => 2,
    }
}

fn place_of(place: i64) -> Place {
    match place {
        0 => Place::Cur,
        2 => Place::Headers,
        _ => Place::Held,
    }
}
