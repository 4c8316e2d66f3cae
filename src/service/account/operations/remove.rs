//! Messages removed for good. Never by a bare EXPUNGE, which would take what others marked; without
//! UIDPLUS they stay on the server, marked as deleted, and are not shown here.

use super::find::Wanted;
use super::{Executor, Outcome};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::protocol::imap::UidSet;
use crate::service::state::Result;
use crate::storage::{OpKind, Operation};

impl Executor<'_> {
    pub(super) async fn expunge(&mut self, group: &[Operation], path: &MailboxPath) -> Result<Vec<Outcome>> {
        let mailbox = self.mailbox(path).await?;
        let selected = self.open(&mailbox).await?;
        let (mut uids, mut messages): (Vec<_>, Vec<MessageId>) = Default::default();
        for operation in group {
            let OpKind::Expunge { message, uid, message_id, .. } = &operation.kind else { continue };
            let wanted = Wanted { message: *message, uid: *uid, message_id: message_id.as_deref(), size: 0 };
            uids.extend(self.number(&mailbox, selected.uid_validity, &wanted).await?);
            messages.push(*message);
        }
        self.remove_numbers(&uids.into_iter().collect()).await?;
        self.worker
            .shared
            .change(move |store| {
                // Where a crash kept them from being held they are in the lists, and go all the same.
                store.hold(&messages)?;
                store.drop_held(&messages)
            })
            .await?;
        Ok(group.iter().map(|_| Outcome::Done).collect())
    }

    /// Removes these messages from the open mailbox.
    pub(super) async fn remove_numbers(&mut self, set: &UidSet) -> Result<()> {
        if set.is_empty() {
            return Ok(());
        }
        self.line.session.add_flags(set, Flags::DELETED, &[]).await.map_err(|e| self.line.problem(e))?;
        if self.line.has("UIDPLUS") {
            self.line.session.expunge(set).await.map_err(|e| self.line.problem(e))?;
        }
        Ok(())
    }
}
