//! Mailboxes in the index.

use super::write::Write;
use super::{StoredMailbox, SyncState, messages};
use crate::mail::ids::MailboxId;
use crate::mail::keywords::Keywords;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::mail::uid::{ModSeq, Uid, UidValidity};
use crate::storage::error::{Error, Result};
use crate::storage::maildir::{Description, MailboxMeta};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};

/// A mailbox with the place of its directory, below `mail/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub stored: StoredMailbox,
    pub dir: PathBuf,
}

impl Record {
    pub fn description(&self) -> Description {
        Description {
            id: self.stored.id.0,
            meta: self.stored.meta.clone(),
            uid_validity: self.stored.state.uid_validity,
            keywords: self.stored.keywords.clone(),
        }
    }

    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Record> {
        let text = |i: usize| row.get::<_, Option<String>>(i);
        let stored = StoredMailbox {
            id: MailboxId(row.get(0)?),
            account: row.get(1)?,
            meta: MailboxMeta {
                path: MailboxPath(row.get(2)?),
                server_name: row.get(3)?,
                delimiter: text(4)?.and_then(|t| t.chars().next()),
                role: text(5)?.as_deref().and_then(role),
                selectable: row.get(6)?,
                subscribed: row.get(14)?,
            },
            state: SyncState {
                uid_validity: row.get::<_, Option<u32>>(8)?.map(UidValidity),
                uid_next: row.get::<_, Option<u32>>(9)?.map(Uid),
                highest_mod_seq: row.get::<_, Option<i64>>(10)?.map(|n| ModSeq(n.max(0).unsigned_abs())),
                exists: row.get(11)?,
            },
            keywords: keywords(&row.get::<_, String>(15)?),
            total: row.get::<_, i64>(12)?.max(0).unsigned_abs(),
            unread: row.get::<_, i64>(13)?.max(0).unsigned_abs(),
        };
        Ok(Record { stored, dir: PathBuf::from(row.get::<_, String>(7)?) })
    }
}

const RECORD: &str = "SELECT id, account, path, server_name, delimiter, role, selectable, dir, \
     uid_validity, uid_next, highest_mod_seq, message_count, total, unread, subscribed, keywords FROM mailbox";

/// The word that a role is stored as: that of its serde.
fn role_word(role: Role) -> Option<String> {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(word)) => Some(word),
        _ => None,
    }
}

fn role(word: &str) -> Option<Role> {
    serde_json::from_value(serde_json::Value::String(word.into())).ok()
}

/// A table of keywords as it stands in its column.
pub(super) fn keywords(text: &str) -> Keywords {
    serde_json::from_str(text).unwrap_or_default()
}

fn keywords_text(keywords: &Keywords) -> Result<String> {
    serde_json::to_string(keywords).map_err(|e| Error::Invalid(e.to_string()))
}

pub(crate) fn list(connection: &Connection, account: Option<&str>) -> Result<Vec<Record>> {
    let mut statement =
        connection.prepare_cached(&format!("{RECORD} WHERE ?1 IS NULL OR account = ?1 ORDER BY account, path"))?;
    Ok(statement.query_map([account], Record::read)?.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn find(connection: &Connection, id: MailboxId) -> Result<Option<Record>> {
    Ok(connection.prepare_cached(&format!("{RECORD} WHERE id = ?1"))?.query_row([id.0], Record::read).optional()?)
}

pub(crate) fn find_path(connection: &Connection, account: &str, path: &MailboxPath) -> Result<Option<Record>> {
    Ok(connection
        .prepare_cached(&format!("{RECORD} WHERE account = ?1 AND path = ?2"))?
        .query_row([account, &path.0], Record::read)
        .optional()?)
}

/// How the mailbox's directories were when they were last compared.
pub(crate) fn seen(connection: &Connection, id: MailboxId) -> Result<Option<String>> {
    let found =
        connection.prepare_cached("SELECT seen FROM mailbox WHERE id = ?1")?.query_row([id.0], |row| row.get(0));
    Ok(found.optional()?.flatten())
}

pub(crate) fn dir_is_taken(connection: &Connection, dir: &Path) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM mailbox WHERE dir = ?1")?.exists([text_of(dir)?])?)
}

/// Directories are made of text by [`directory`](crate::storage::maildir::directory); others are not taken in.
fn text_of(dir: &Path) -> Result<&str> {
    dir.to_str().ok_or_else(|| Error::Invalid(format!("{} is no text", dir.display())))
}

impl Write<'_> {
    pub fn put_mailbox(&mut self, account: &str, description: &Description, dir: &Path) -> Result<()> {
        let meta = &description.meta;
        self.tx.execute(
            "INSERT INTO mailbox (id, account, path, server_name, delimiter, role, selectable, dir, uid_validity, \
             subscribed, keywords) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
             ON CONFLICT (id) DO UPDATE SET account = ?2, path = ?3, server_name = ?4, delimiter = ?5, role = ?6, \
             selectable = ?7, dir = ?8, uid_validity = ?9, subscribed = ?10, keywords = ?11",
            params![
                description.id,
                account,
                meta.path.0,
                meta.server_name,
                meta.delimiter.map(String::from),
                meta.role.and_then(role_word),
                meta.selectable,
                text_of(dir)?,
                description.uid_validity.map(|v| v.0),
                meta.subscribed,
                keywords_text(&description.keywords)?,
            ],
        )?;
        Ok(())
    }

    pub fn set_seen(&mut self, id: MailboxId, seen: Option<&str>) -> Result<()> {
        self.tx.prepare_cached("UPDATE mailbox SET seen = ?2 WHERE id = ?1")?.execute(params![id.0, seen])?;
        Ok(())
    }

    pub fn set_keywords(&mut self, id: MailboxId, keywords: &Keywords) -> Result<()> {
        let text = keywords_text(keywords)?;
        self.tx.prepare_cached("UPDATE mailbox SET keywords = ?2 WHERE id = ?1")?.execute(params![id.0, text])?;
        Ok(())
    }

    pub fn set_state(&mut self, id: MailboxId, state: &SyncState) -> Result<()> {
        let number = |n: Option<u64>| n.map_or(Value::Null, |n| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX)));
        self.tx
            .prepare_cached(
                "UPDATE mailbox SET uid_validity = ?2, uid_next = ?3, highest_mod_seq = ?4, message_count = ?5 \
                 WHERE id = ?1",
            )?
            .execute(params![
                id.0,
                number(state.uid_validity.map(|v| v.0.into())),
                number(state.uid_next.map(|u| u.0.into())),
                number(state.highest_mod_seq.map(|m| m.0)),
                number(state.exists.map(u64::from)),
            ])?;
        Ok(())
    }

    /// Takes a mailbox's rows out, with its messages'.
    pub fn take_mailbox(&mut self, id: MailboxId) -> Result<()> {
        for kind in [messages::LISTED, messages::HELD] {
            let ids = format!("SELECT id FROM message WHERE {kind} LIMIT 1000");
            loop {
                let some: Vec<i64> = self
                    .tx
                    .prepare_cached(&ids)?
                    .query_map([id.0], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                if some.is_empty() {
                    break;
                }
                for message in some {
                    if let Some(old) = super::messages::find(&self.tx, super::messages::message_id(message))? {
                        self.take(&old)?;
                    }
                }
                // Nobody asks for its counts.
                self.forget(id.0);
            }
        }
        for sql in [
            "DELETE FROM conversation WHERE mailbox = ?1",
            "DELETE FROM brief WHERE mailbox = ?1",
            "DELETE FROM bucket WHERE mailbox = ?1",
            "DELETE FROM mailbox WHERE id = ?1",
        ] {
            self.tx.execute(sql, [id.0])?;
        }
        Ok(())
    }
}
