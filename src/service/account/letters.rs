//! Keywords from the letters of a session to those of the mailbox here, which learns new names as they come.

use super::sync::Mailbox;
use crate::mail::flags::Flags;
use crate::mail::ids::MailboxId;
use crate::mail::keywords::Keywords;
use crate::protocol::imap::Letters;
use crate::service::state::Shared;
use std::sync::Arc;

/// The way from one table to the other while messages arrive.
pub(super) struct Translation {
    shared: Arc<Shared>,
    mailbox: MailboxId,
    letters: Letters,
    table: Keywords,
}

impl Translation {
    pub fn new(step: &Mailbox<'_>, mailbox: MailboxId) -> Translation {
        let letters = step.line.session.letters();
        Translation { shared: step.worker.shared.clone(), mailbox, letters, table: step.stored.keywords.clone() }
    }

    /// A message's flags as the mailbox's file names write them. The names are durable when this returns.
    pub async fn read(&mut self, flags: Flags) -> Flags {
        if flags == flags.system() {
            return flags;
        }
        let names = self.letters.names(flags);
        if names.iter().any(|name| self.table.flag(name).is_none()) {
            let (mailbox, new) = (self.mailbox, names.clone());
            match self.shared.db(move |store| store.learn_keywords(mailbox, &new)).await {
                Ok(table) => self.table = table,
                // The next synchronisation brings them again.
                Err(problem) => tracing::warn!(%problem, "keywords are not learnt"),
            }
        }
        flags.system().union(self.table.flags(names))
    }
}
