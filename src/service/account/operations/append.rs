//! A message that is only here goes to the server, once: the mailbox is searched for it before every try,
//! because the last try may have succeeded without our hearing of it, and because some servers file
//! what they send themselves.

use super::find::Wanted;
use super::{Executor, Outcome, wants_creation};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::service::account::line::wire_name;
use crate::service::state::Result;

impl Executor<'_> {
    pub(super) async fn append(&mut self, message: MessageId, path: &MailboxPath, flags: Flags) -> Result<Outcome> {
        let mailbox = self.mailbox(path).await?;
        let located = self.worker.shared.db(move |store| store.locate(message)).await?;
        let Some(located) = located.filter(|l| !l.held) else { return Ok(Outcome::Done) };
        if located.uid.is_some() && located.mailbox == mailbox.id {
            return Ok(Outcome::Done);
        }
        let selected = self.open(&mailbox).await?;
        let wanted = Wanted { message, uid: None, message_id: located.message_id.as_deref(), size: 0 };
        if let Some(uid) = self.search(&mailbox, &wanted).await?.last().copied() {
            self.placed(message, &mailbox, selected.uid_validity, uid).await?;
            return Ok(Outcome::Done);
        }
        let (raw, date) = self
            .worker
            .shared
            .db(move |store| Ok((store.raw(message)?, store.row(message)?.map(|row| row.date))))
            .await?;
        let mut keywords = mailbox.keywords.names(located.flags);
        keywords.retain(|name| selected.permanent.keeps(name));
        let name = wire_name(&mailbox.meta);
        let appended = match self.line.session.append(&name, flags.system(), &keywords, date, raw.clone()).await {
            Err(error) if wants_creation(&error) => {
                self.create(path).await?;
                self.line.session.append(&name, flags.system(), &keywords, date, raw).await
            }
            result => result,
        };
        let place = match appended.map_err(|e| self.problem(e))? {
            Some(place) => Some(place),
            None => {
                // Lets the server notice what it was just given.
                self.line.session.noop().await.map_err(|e| self.line.problem(e))?;
                let found = self.search(&mailbox, &wanted).await?;
                found.last().map(|uid| (selected.uid_validity, *uid))
            }
        };
        if let Some((validity, uid)) = place {
            self.placed(message, &mailbox, validity, uid).await?;
        }
        Ok(Outcome::Done)
    }
}
