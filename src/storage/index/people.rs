//! Whom the person writes to and hears from, for completing addresses.

use super::write::Write;
use crate::mail::address::Address;
use crate::storage::error::Result;
use rusqlite::{Connection, params};
use std::collections::HashMap;

/// People counted while a batch is stored.
#[derive(Default)]
pub(crate) struct Met(HashMap<String, (Address, i64, i64)>);

impl Met {
    /// The person wrote to these.
    pub fn written(&mut self, addresses: &[Address]) {
        addresses.iter().for_each(|a| self.add(a, 1, 0));
    }
    /// These wrote to the person.
    pub fn heard(&mut self, addresses: &[Address]) {
        addresses.iter().for_each(|a| self.add(a, 0, 1));
    }

    fn add(&mut self, address: &Address, written: i64, heard: i64) {
        // What no mail can be sent to is no help in writing one.
        if address.addr.len() > 320 || !address.addr.contains('@') || address.addr.contains(char::is_whitespace) {
            return;
        }
        let entry = self.0.entry(address.addr.to_lowercase()).or_insert_with(|| (address.clone(), 0, 0));
        if entry.0.name.is_empty() {
            entry.0.name.clone_from(&address.name);
        }
        entry.1 = entry.1.saturating_add(written);
        entry.2 = entry.2.saturating_add(heard);
    }

    pub fn store(&self, write: &Write<'_>) -> Result<()> {
        let mut statement = write.tx.prepare_cached(
            "INSERT INTO person VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (addr) DO UPDATE SET \
             written = written + excluded.written, heard = heard + excluded.heard, \
             name = CASE WHEN excluded.name = '' THEN name ELSE excluded.name END, \
             words = CASE WHEN excluded.name = '' THEN words ELSE excluded.words END",
        )?;
        for (addr, (address, written, heard)) in &self.0 {
            statement.execute(params![addr, address.addr, address.name, words(address), written, heard])?;
        }
        Ok(())
    }
}

/// Every word that a search may begin with, each after a space.
fn words(address: &Address) -> String {
    let name = address.name.to_lowercase();
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    parts.fold(format!(" {}", address.addr.to_lowercase().replace(['.', '@', '-', '_', '+'], " ")), |all, w| {
        all + " " + w
    }) + " "
        + &address.addr.to_lowercase()
        + " "
        + &name
}

/// People with a word that begins with `prefix`, the most used first; having been written to counts most.
pub(crate) fn find(connection: &Connection, prefix: &str, limit: usize) -> Result<Vec<Address>> {
    let prefix = prefix.trim().to_lowercase();
    let mut statement = connection.prepare_cached(
        "SELECT name, shown FROM person WHERE ?1 = '' OR instr(words, ' ' || ?1) > 0 \
         ORDER BY written * 8 + heard DESC, addr LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement
        .query_map(params![prefix, limit], |row| Ok(Address { name: row.get(0)?, addr: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(found)
}
