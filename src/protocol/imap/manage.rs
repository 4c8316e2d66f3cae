//! Mailboxes as things: creating, renaming, deleting, subscribing (RFC 3501, sections 6.3.3 to 6.3.7, 6.3.9).

use super::command::Command;
use super::dispatch::LONG;
use super::{MailboxName, Session};
use crate::protocol::error::Result;

impl Session {
    /// Creates a mailbox and subscribes to it, so that other programs show it too.
    ///
    /// # Errors
    /// [`Error::Refused`] with `ALREADYEXISTS` in many words or none where there is one of this name.
    pub async fn create(&mut self, name: &MailboxName) -> Result<()> {
        self.run_for(LONG, Command::new("CREATE ").string(&name.0), |_| false).await?;
        match self.subscribe(name).await {
            // The mailbox is there; a server that knows no subscriptions does no harm.
            Err(error) if error.leaves_connection_usable() => Ok(()),
            result => result,
        }
    }

    /// Renames a mailbox and what is below it. Subscriptions stay with the old names (RFC 9051, section
    /// 6.3.6): the caller moves those that it wants moved. Of INBOX the messages move, and it stays.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is no such mailbox, or already one of the new name.
    pub async fn rename_mailbox(&mut self, from: &MailboxName, to: &MailboxName) -> Result<()> {
        let command = Command::new("RENAME ").string(&from.0).words(" ").string(&to.0);
        self.run_for(LONG, command, |_| false).await.map(drop)
    }

    /// Deletes a mailbox with all that is in it. What is below it stays; where there is something, servers
    /// refuse, or keep the name as a level without messages. Its subscription is not touched.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is no such mailbox, or the server keeps it.
    pub async fn delete_mailbox(&mut self, name: &MailboxName) -> Result<()> {
        self.run_for(LONG, Command::new("DELETE ").string(&name.0), |_| false).await.map(drop)
    }

    /// Lets the person's mail programs show a mailbox.
    ///
    /// # Errors
    /// [`Error::Refused`] where the server keeps no subscription of it.
    pub async fn subscribe(&mut self, name: &MailboxName) -> Result<()> {
        self.run(Command::new("SUBSCRIBE ").string(&name.0), |_| false).await.map(drop)
    }

    /// Lets the person's mail programs hide a mailbox; it stays, and so does its mail.
    ///
    /// # Errors
    /// [`Error::Refused`] where the server keeps no subscription of it.
    pub async fn unsubscribe(&mut self, name: &MailboxName) -> Result<()> {
        self.run(Command::new("UNSUBSCRIBE ").string(&name.0), |_| false).await.map(drop)
    }
}
