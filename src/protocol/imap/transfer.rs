//! MOVE, COPY, EXPUNGE (RFC 6851; RFC 3501, section 6.4.7; UIDPLUS, RFC 4315).
//!
//! There is no bare EXPUNGE here: it would remove what other programs marked as deleted.

use super::code::Code;
use super::command::Command;
use super::dispatch::LONG;
use super::{Copied, MailboxName, Session, UidSet};
use crate::protocol::error::{Error, Result};

impl Session {
    /// Moves messages in one step. [`Error::Unsupported`] where the server has no MOVE: then
    /// copy, verify, and only then delete. `TRYCREATE` in [`Error::Refused`] says that the target
    /// does not exist. The new UIDs, where the server tells them; messages that were gone already are
    /// no error, and not among them.
    pub async fn move_messages(&mut self, set: &UidSet, to: &MailboxName) -> Result<Option<Copied>> {
        if !self.capabilities.has("MOVE") {
            return Err(Error::Unsupported("MOVE"));
        }
        self.transfer("MOVE", set, to).await
    }

    /// Copies messages. The new UIDs, where the server tells them (UIDPLUS).
    pub async fn copy_messages(&mut self, set: &UidSet, to: &MailboxName) -> Result<Option<Copied>> {
        self.transfer("COPY", set, to).await
    }

    /// Removes those of these messages that are marked `\Deleted`, and no others.
    /// [`Error::Unsupported`] where the server has no UIDPLUS.
    pub async fn expunge(&mut self, set: &UidSet) -> Result<()> {
        if !self.capabilities.has("UIDPLUS") {
            return Err(Error::Unsupported("UIDPLUS"));
        }
        for piece in set.pieces() {
            self.run_for(LONG, Command::new(format!("UID EXPUNGE {piece}")), |_| false).await?;
        }
        Ok(())
    }

    async fn transfer(&mut self, verb: &str, set: &UidSet, to: &MailboxName) -> Result<Option<Copied>> {
        let mut all: Option<Copied> = None;
        for piece in set.pieces() {
            let mut untagged = None;
            let command = Command::new(format!("UID {verb} {piece} ")).string(&to.0);
            let done = self
                .run_for(LONG, command, |reply| {
                    // MOVE tells the new UIDs ahead of its end (RFC 6851, section 4.3).
                    let found = reply.status.code.as_ref().and_then(Code::copied);
                    let took = found.is_some();
                    untagged = found.or(untagged.take());
                    took
                })
                .await?;
            match (done.code.as_ref().and_then(Code::copied).or(untagged), &mut all) {
                (Some(new), Some(known)) if known.validity == new.validity => known.pairs.extend(new.pairs),
                (Some(new), None) => all = Some(new),
                _ => {}
            }
        }
        Ok(all)
    }
}
