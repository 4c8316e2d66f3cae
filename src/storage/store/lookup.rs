//! Some messages of a mailbox, found by their numbers: a synchronisation that is told what changed costs what
//! changed.

use super::{Identity, Known, Store};
use crate::mail::ids::MailboxId;
use crate::mail::uid::Uid;
use crate::storage::error::Result;
use crate::storage::index::messages;

impl Store {
    /// Compares the mailbox with its directory where that was not done since the store was opened. Where they
    /// differed, the mailbox is no longer in step with the server: see [`Store::reconcile`].
    ///
    /// # Errors
    /// [`Error::Missing`](crate::storage::Error::Missing) where the mailbox's directory is gone.
    pub fn compare_first(&self, mailbox: MailboxId) -> Result<()> {
        self.compare_once(mailbox)
    }

    /// The messages whose numbers lie in these ranges, both ends included, as [`Store::known`] gives them.
    pub fn known_among(&self, mailbox: MailboxId, ranges: &[(Uid, Uid)]) -> Result<Vec<Known>> {
        let stored = self.inner.index.read(|c| {
            let mut all = Vec::new();
            for (low, high) in ranges {
                messages::numbered_among(c, mailbox, *low, *high, &mut all)?;
            }
            Ok(all)
        })?;
        Ok(stored.into_iter().map(Known::of).collect())
    }

    /// How many messages of a mailbox have a number, held ones too. Costs what has none, not what has one.
    pub fn numbered(&self, mailbox: MailboxId) -> Result<u64> {
        self.inner.index.read(|c| messages::numbered(c, mailbox))
    }

    /// Messages of a mailbox that have no number, by what they are found again with; held ones too.
    pub fn unnumbered(&self, mailbox: MailboxId) -> Result<Vec<Identity>> {
        let stored = self.inner.index.read(|c| messages::unnumbered(c, mailbox))?;
        Ok(stored.into_iter().map(Identity::of).collect())
    }
}
