//! What lists are sorted and filtered by, kept small and together.

use super::write::Write;
use crate::mail::address::Address;
use crate::mail::text::{fold_white, truncate};
use crate::storage::error::Result;
use rusqlite::params;

/// Bytes of a sender, and of a subject, that are kept.
const MAX_SENDER: usize = 120;
const MAX_SUBJECT: usize = 200;

/// A row of `brief`.
pub(super) struct Brief {
    pub mailbox: i64,
    pub seq: i64,
    /// Date and id.
    pub key: (i64, i64),
    pub size: i64,
    pub attached: bool,
    pub sender: String,
    pub subject: String,
}

/// Name and address of who is shown as the sender, in lower case; without a name, the address.
pub(super) fn sender(from: &[Address]) -> String {
    let Some(first) = from.first() else { return String::new() };
    let (name, addr) = (fold_white(&first.name).to_lowercase(), first.addr.to_lowercase());
    let name = name.trim_matches(['"', '\'', ' ']);
    let all = if name.is_empty() { addr } else { format!("{name}\t{addr}") };
    truncate(&all, MAX_SENDER).to_string()
}

/// The whole subject in lower case.
pub(super) fn subject(subject: &str) -> String {
    truncate(&fold_white(truncate(subject, MAX_SUBJECT)).to_lowercase(), MAX_SUBJECT).to_string()
}

impl Write<'_> {
    pub(super) fn put_brief(&self, brief: &Brief) -> Result<()> {
        self.tx.prepare_cached("INSERT INTO brief VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
            brief.mailbox,
            brief.seq,
            brief.key.1,
            brief.key.0,
            brief.size,
            brief.attached,
            brief.sender,
            brief.subject
        ])?;
        Ok(())
    }

    pub(super) fn take_brief(&self, mailbox: i64, seq: i64) -> Result<()> {
        self.tx.prepare_cached("DELETE FROM brief WHERE mailbox = ?1 AND seq = ?2")?.execute([mailbox, seq])?;
        Ok(())
    }

    /// Its message lies in another mailbox.
    pub(super) fn move_brief(&self, id: i64, from: i64, to: i64) -> Result<()> {
        let sql = "UPDATE brief SET mailbox = ?3 WHERE mailbox = ?2 AND seq = (SELECT seq FROM message WHERE id = ?1)";
        self.tx.prepare_cached(sql)?.execute([id, from, to])?;
        Ok(())
    }

    /// For a copied message: its mailbox, number and id.
    pub(super) fn copy_brief(&self, mailbox: i64, seq: i64, to: (i64, i64, i64)) -> Result<()> {
        let sql = "INSERT INTO brief SELECT ?3, ?4, ?5, date, size, attached, sender, subject FROM brief \
                   WHERE mailbox = ?1 AND seq = ?2";
        self.tx.prepare_cached(sql)?.execute([mailbox, seq, to.0, to.1, to.2])?;
        Ok(())
    }
}
