//! STORE: flags (RFC 3501, section 6.4.6).

use super::command::Command;
use super::dispatch::LONG;
use super::{Session, UidSet};
use crate::mail::flags::Flags;
use crate::protocol::error::Result;

impl Session {
    /// Adds flags to messages of the selected mailbox. Messages that are gone are no error.
    pub async fn add_flags(&mut self, set: &UidSet, flags: Flags) -> Result<()> {
        self.store(set, '+', flags).await
    }

    /// Takes flags from messages of the selected mailbox.
    pub async fn remove_flags(&mut self, set: &UidSet, flags: Flags) -> Result<()> {
        self.store(set, '-', flags).await
    }

    async fn store(&mut self, set: &UidSet, sign: char, flags: Flags) -> Result<()> {
        let names = flags.to_imap().join(" ");
        if names.is_empty() {
            return Ok(());
        }
        for piece in set.pieces() {
            let command = Command::new(format!("UID STORE {piece} {sign}FLAGS.SILENT ({names})"));
            self.run_for(LONG, command, |_| false).await?;
        }
        Ok(())
    }
}
