//! Changes that wait for their server.

use super::coalesce::{After, Merged};
use super::{Queue, from_json, to_json};
use crate::mail::ids::{MailboxId, MessageId};
use crate::storage::error::Result;
use crate::storage::files;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use super::kind::{OpKind, ServerUid};

/// Names an operation; grows with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(pub i64);

/// An operation to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOperation {
    pub account: String,
    pub kind: OpKind,
    /// Not before this Unix time; 0 at once.
    pub not_before: i64,
    /// One command of the person: see [`Operations::new_group`].
    pub group: i64,
}

/// A queued operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    pub id: OpId,
    pub account: String,
    pub kind: OpKind,
    /// Unix seconds.
    pub created_at: i64,
    pub not_before: i64,
    pub attempts: u32,
    /// Why it still waits, as the service wrote it.
    pub reason: Option<String>,
    pub group: i64,
    /// The operation, perhaps of another account, that must have been carried out before; only while it waits.
    pub after: Option<OpId>,
}

/// What changes of an operation that was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpState {
    pub attempts: u32,
    pub not_before: i64,
    pub reason: Option<String>,
}

/// The queue of operations. Cheap to clone.
#[derive(Clone)]
pub struct Operations {
    queue: Arc<Queue>,
}

const OPERATION: &str = "SELECT id, account, kind, created_at, not_before, attempts, reason, command,
    (SELECT first.id FROM operation AS first WHERE first.id = operation.after) FROM operation";

impl Operations {
    pub(crate) fn new(queue: &Arc<Queue>) -> Operations {
        Operations { queue: Arc::clone(queue) }
    }

    /// A number for one command of the person.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn new_group(&self) -> Result<i64> {
        self.queue.write(|tx| {
            tx.execute("INSERT INTO command (at) VALUES (?1)", [files::now()])?;
            let group = tx.last_insert_rowid();
            // AUTOINCREMENT remembers the last number by itself.
            tx.execute("DELETE FROM command WHERE id < ?1", [group])?;
            Ok(group)
        })
    }
    /// Queues operations, all or none; durable when this returns.
    pub fn enqueue(&self, operations: &[NewOperation]) -> Result<Vec<OpId>> {
        self.queue.write(|tx| insert(tx, operations))
    }
    /// Queues operations and the inverse of their command, all or none; the second value is the undo token.
    pub fn enqueue_with_undo(&self, operations: &[NewOperation], group: i64, undo: &str) -> Result<(Vec<OpId>, i64)> {
        self.queue.write(|tx| Ok((insert(tx, operations)?, super::undo::insert(tx, group, undo)?)))
    }
    /// What waits, oldest first, of one account or of all.
    pub fn pending(&self, account: Option<&str>) -> Result<Vec<Operation>> {
        self.queue.read(|c| {
            let mut statement =
                c.prepare_cached(&format!("{OPERATION} WHERE ?1 IS NULL OR account = ?1 ORDER BY id"))?;
            Ok(statement.query_map([account], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// The first `most` that wait for an account, oldest first.
    pub fn first(&self, account: &str, most: usize) -> Result<Vec<Operation>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(&format!("{OPERATION} WHERE account = ?1 ORDER BY id LIMIT ?2"))?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            Ok(statement.query_map(params![account, most], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// Those that are due at exactly this time, of all accounts.
    pub fn due_at(&self, not_before: i64) -> Result<Vec<Operation>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(&format!("{OPERATION} WHERE not_before = ?1 ORDER BY id"))?;
            Ok(statement.query_map([not_before], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// Mailboxes that wait to be deleted.
    pub fn deletions(&self) -> Result<Vec<MailboxId>> {
        self.queue.read(|c| {
            let sql = "SELECT deletes FROM operation WHERE deletes IS NOT NULL";
            let read = |row: &rusqlite::Row<'_>| row.get(0).map(MailboxId);
            Ok(c.prepare_cached(sql)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// What waits of one command.
    pub fn of_group(&self, group: i64) -> Result<Vec<Operation>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(&format!("{OPERATION} WHERE command = ?1 ORDER BY id"))?;
            Ok(statement.query_map([group], read)?.collect::<rusqlite::Result<_>>()?)
        })
    }
    /// What waits and concerns these messages, oldest first.
    pub fn concerning(&self, messages: &[MessageId]) -> Result<Vec<Operation>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(&format!("{OPERATION} WHERE message = ?1 OR source = ?1"))?;
            let mut found = BTreeMap::new();
            for message in messages {
                for operation in statement.query_map([message.to_string()], read)? {
                    let operation = operation?;
                    found.insert(operation.id, operation);
                }
            }
            Ok(found.into_values().collect())
        })
    }
    /// One that waits.
    pub fn find(&self, id: OpId) -> Result<Option<Operation>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached(&format!("{OPERATION} WHERE id = ?1"))?;
            Ok(statement.query_row([id.0], read).optional()?)
        })
    }
    /// Accounts that have operations waiting for one of these.
    pub fn accounts_after(&self, ids: &[OpId]) -> Result<Vec<String>> {
        self.queue.read(|c| {
            let mut statement = c.prepare_cached("SELECT DISTINCT account FROM operation WHERE after = ?1")?;
            let mut accounts = Vec::new();
            for id in ids {
                accounts.extend(statement.query_map([id.0], |row| row.get(0))?.collect::<rusqlite::Result<Vec<_>>>()?);
            }
            Ok(accounts)
        })
    }
    /// Carries out what [`coalesce`](super::coalesce::coalesce) planned, all or none: new operations of a command
    /// together with what becomes of those that waited, its inverse, and the inverse that it takes. The value is
    /// the token of the new inverse.
    pub fn apply(&self, merged: &Merged, group: i64, undo: Option<&str>, taken: Option<i64>) -> Result<Option<i64>> {
        self.queue.write(|tx| {
            for (id, kind) in &merged.replaced {
                tx.prepare_cached("UPDATE operation SET kind = ?2 WHERE id = ?1")?
                    .execute(params![id.0, to_json(kind)?])?;
            }
            for id in &merged.dropped {
                tx.prepare_cached("DELETE FROM operation WHERE id = ?1")?.execute([id.0])?;
            }
            let new: Vec<NewOperation> = merged.added.iter().map(|added| added.new.clone()).collect();
            let ids = insert(tx, &new)?;
            for (added, id) in merged.added.iter().zip(&ids) {
                let after = match added.after {
                    None => continue,
                    Some(After::Waiting(id)) => Some(id),
                    Some(After::Added(at)) => ids.get(at).copied(),
                };
                let after = after.map(|id| id.0);
                tx.execute("UPDATE operation SET after = ?2 WHERE id = ?1", params![id.0, after])?;
            }
            if let Some(token) = taken {
                tx.execute("DELETE FROM undo WHERE token = ?1", [token])?;
            }
            undo.map(|undo| super::undo::insert(tx, group, undo)).transpose()
        })
    }
    /// Takes operations out and queues others in their place, all or none.
    pub fn exchange(&self, ends: &[OpId], new: &[NewOperation]) -> Result<Vec<OpId>> {
        self.queue.write(|tx| {
            for id in ends {
                tx.execute("DELETE FROM operation WHERE id = ?1", [id.0])?;
            }
            insert(tx, new)
        })
    }
    /// Replaces the kind of a waiting operation, such as when a message learnt its number.
    pub fn replace(&self, id: OpId, kind: &OpKind) -> Result<()> {
        let json = to_json(kind)?;
        self.queue.write(|tx| {
            tx.execute("UPDATE operation SET kind = ?2 WHERE id = ?1", params![id.0, json])?;
            Ok(())
        })
    }
    pub fn update(&self, id: OpId, state: &OpState) -> Result<()> {
        self.queue.write(|tx| {
            tx.execute(
                "UPDATE operation SET attempts = ?2, not_before = ?3, reason = ?4 WHERE id = ?1",
                params![id.0, state.attempts, state.not_before, state.reason],
            )?;
            Ok(())
        })
    }
    /// The same for many, all or none.
    pub fn update_all(&self, states: &[(OpId, OpState)]) -> Result<()> {
        if states.is_empty() {
            return Ok(());
        }
        self.queue.write(|tx| {
            let sql = "UPDATE operation SET attempts = ?2, not_before = ?3, reason = ?4 WHERE id = ?1";
            let mut statement = tx.prepare_cached(sql)?;
            states.iter().try_for_each(|(id, state)| {
                Ok(statement.execute(params![id.0, state.attempts, state.not_before, state.reason]).map(drop)?)
            })
        })
    }
    /// Operations are about to be tried for the first time.
    pub fn mark_tried(&self, ids: &[OpId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.queue.write(|tx| {
            let mut statement = tx.prepare_cached("UPDATE operation SET attempts = max(attempts, 1) WHERE id = ?1")?;
            ids.iter().try_for_each(|id| Ok(statement.execute([id.0]).map(drop)?))
        })
    }
    /// Lets a waiting operation be tried from this time on.
    pub fn hasten(&self, id: OpId, not_before: i64) -> Result<bool> {
        self.queue.write(|tx| {
            let sql = "UPDATE operation SET not_before = ?2 WHERE id = ?1";
            Ok(tx.execute(sql, params![id.0, not_before])? > 0)
        })
    }
    /// The server has it.
    pub fn done(&self, id: OpId) -> Result<()> {
        self.cancel(id).map(|_| ())
    }
    /// Takes an operation out; false where it was gone already.
    pub fn cancel(&self, id: OpId) -> Result<bool> {
        self.queue.write(|tx| Ok(tx.execute("DELETE FROM operation WHERE id = ?1", [id.0])? > 0))
    }
    /// Takes several out, all or none; the value is how many were there.
    pub fn cancel_all(&self, ids: &[OpId]) -> Result<usize> {
        self.queue.write(|tx| {
            ids.iter().try_fold(0usize, |n, id| {
                Ok(n.saturating_add(tx.execute("DELETE FROM operation WHERE id = ?1", [id.0])?))
            })
        })
    }
}

fn insert(tx: &Transaction<'_>, operations: &[NewOperation]) -> Result<Vec<OpId>> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO operation (account, kind, created_at, not_before, command) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    operations
        .iter()
        .map(|new| {
            let kind = to_json(&new.kind)?;
            Ok(OpId(statement.insert(params![new.account, kind, files::now(), new.not_before, new.group])?))
        })
        .collect()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Operation> {
    Ok(Operation {
        id: OpId(row.get(0)?),
        account: row.get(1)?,
        kind: from_json(&row.get::<_, String>(2)?)?,
        created_at: row.get(3)?,
        not_before: row.get(4)?,
        attempts: row.get(5)?,
        reason: row.get(6)?,
        group: row.get(7)?,
        after: row.get::<_, Option<i64>>(8)?.map(OpId),
    })
}
