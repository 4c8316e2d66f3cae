//! What the letters in a mailbox's file names stand for. A name is durable in the mailbox's description
//! before the first file name has its letter.

use super::Store;
use crate::mail::flags::Flags;
use crate::mail::ids::MailboxId;
use crate::mail::keywords::{Keywords, is_keyword};
use crate::storage::error::Result;
use crate::storage::index::mailboxes::Record;
use crate::storage::index::messages::{self, Stored};
use std::collections::BTreeSet;

impl Store {
    /// A mailbox's table with these names in it; those that are new get letters, as long as there are any left.
    ///
    /// # Errors
    /// What disk or database say, and [`Error::NotFound`](crate::storage::Error::NotFound).
    pub fn learn_keywords(&self, mailbox: MailboxId, names: &[String]) -> Result<Keywords> {
        let record = self.record(mailbox)?;
        if !names.iter().any(|name| lacks(&record.stored.keywords, name)) {
            return Ok(record.stored.keywords);
        }
        self.exclusive(&BTreeSet::from([mailbox]), || {
            let mut record = self.record(mailbox)?;
            self.learn_in(&mut record, names)?;
            Ok(record.stored.keywords)
        })
    }

    /// The same where the mailbox's lock is held.
    pub(super) fn learn_in(&self, record: &mut Record, names: &[String]) -> Result<()> {
        if !names.iter().any(|name| lacks(&record.stored.keywords, name)) {
            return Ok(());
        }
        let id = record.stored.id;
        let used = self.inner.index.read(|c| messages::letters(c, id))?;
        let taken = used.without(record.stored.keywords.named());
        let mut table = record.stored.keywords.clone();
        for name in names {
            // Beyond the twenty-sixth they stay on the server alone.
            let _: Option<Flags> = table.learn(name, taken);
        }
        if table == record.stored.keywords {
            return Ok(());
        }
        record.stored.keywords = table;
        self.maildir(record).describe(&record.description())?;
        self.step();
        self.inner.index.write(|w| w.set_keywords(id, &record.stored.keywords))
    }

    /// Makes ready for messages of another mailbox: the table of `to`, whose lock is held, learns the names of
    /// their keywords, and so [`Keywords::translate`] loses none that has room.
    pub(super) fn make_room(&self, messages: &[Stored], from: &Record, to: &mut Record) -> Result<()> {
        let all = messages.iter().fold(Flags::empty(), |all, m| all.union(m.flags).union(m.server_flags));
        self.learn_in(to, &from.stored.keywords.names(all))
    }
}

fn lacks(table: &Keywords, name: &str) -> bool {
    is_keyword(name) && table.flag(name).is_none()
}
