//! Mailboxes as things: creating, renaming, deleting, subscribing (RFC 3501, sections 6.3.3 to 6.3.7, 6.3.9).

use super::command::Command;
use super::dispatch::LONG;
use super::list::MAX_MAILBOXES;
use super::{MailboxName, Session};
use crate::protocol::error::{Error, Result};
use async_imap::imap_proto::{MailboxDatum, Response};
use std::collections::BTreeSet;

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

    /// The names that are subscribed to (LSUB), those of mailboxes that are gone among them. None where the
    /// server knows no such command.
    pub(super) async fn subscriptions(&mut self) -> Result<Option<BTreeSet<String>>> {
        let mut names = BTreeSet::new();
        let listed = self
            .run_for(LONG, Command::new("LSUB \"\" \"*\""), |reply| {
                let Response::MailboxData(MailboxDatum::List(data)) = reply.parsed() else { return false };
                // `\Noselect` marks a level above a subscribed name (RFC 3501, section 6.3.9).
                let above = data.name_attributes.contains(&async_imap::imap_proto::NameAttribute::NoSelect);
                if names.len() <= MAX_MAILBOXES && !above {
                    names.insert(data.name.to_string());
                }
                true
            })
            .await;
        match listed {
            Ok(_) if names.len() > MAX_MAILBOXES => {
                Err(Error::TooLarge { what: "list of subscriptions", limit: MAX_MAILBOXES as u64 })
            }
            Ok(_) => Ok(Some(names)),
            Err(Error::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::imap::tests::session;
    use crate::protocol::testing::on;

    fn name(text: &str) -> MailboxName {
        MailboxName(text.into())
    }

    #[tokio::test]
    async fn mailboxes_are_renamed_deleted_and_subscribed() {
        let script = vec![
            on("RENAME \"a \\\"b\\\"\" \"Archive/&U,BTFw-\"", "TAG OK done\r\n"),
            on("DELETE \"Old\"", "TAG OK done\r\n"),
            on("DELETE \"Gone\"", "TAG NO [NONEXISTENT] no such mailbox\r\n"),
            on("UNSUBSCRIBE \"Old\"", "TAG OK done\r\n"),
            on("SUBSCRIBE \"Archive/&U,BTFw-\"", "TAG OK done\r\n"),
        ];
        let (mut session, server) = session("IMAP4rev1", script).await;
        session.rename_mailbox(&name("a \"b\""), &name("Archive/&U,BTFw-")).await.unwrap();
        session.delete_mailbox(&name("Old")).await.unwrap();
        let gone = session.delete_mailbox(&name("Gone")).await;
        assert!(matches!(gone, Err(Error::Refused { code: Some(code), .. }) if code == "NONEXISTENT"));
        session.unsubscribe(&name("Old")).await.unwrap();
        session.subscribe(&name("Archive/&U,BTFw-")).await.unwrap();
        drop(session);
        assert_eq!(server.await.unwrap().len(), 6);
    }

    #[tokio::test]
    async fn names_cannot_smuggle_commands() {
        let script = vec![
            on("DELETE {23}", "+ go\r\n"),
            on("x", ""),
            on("A1 DELETE INBOX", "TAG NO none\r\n"),
            on("NOOP", "TAG OK done\r\n"),
        ];
        let (mut session, server) = session("IMAP4rev1", script).await;
        session.delete_mailbox(&name("xxxxxx\r\nA1 DELETE INBOX")).await.unwrap_err();
        session.noop().await.unwrap();
        drop(session);
        assert_eq!(server.await.unwrap().len(), 5);
    }

    #[tokio::test]
    async fn subscriptions_come_along_with_the_list_or_are_asked_for() {
        let extended = vec![on(
            "LIST \"\" \"*\" RETURN (SUBSCRIBED)",
            "* LIST (\\Subscribed) \"/\" INBOX\r\n* LIST () \"/\" Hidden\r\nTAG OK done\r\n",
        )];
        let plain = |answer: &str| {
            let list = "* LIST () \"/\" inbox\r\n* LIST () \"/\" Hidden\r\nTAG OK done\r\n";
            vec![on("LIST \"\" \"*\"", list), on("LSUB \"\" \"*\"", answer)]
        };
        let some =
            "* LSUB () \"/\" INBOX\r\n* LSUB (\\Noselect) \"/\" Hidden\r\n* LSUB () \"/\" Hidden/x\r\nTAG OK\r\n";
        for (capabilities, script, expected) in [
            ("IMAP4rev1 LIST-EXTENDED", extended, [true, false]),
            ("IMAP4rev1", plain(some), [true, false]),
            ("IMAP4rev1", plain("TAG BAD what?\r\n"), [true, true]),
        ] {
            let (mut session, _server) = session(capabilities, script).await;
            let listing = session.list().await.unwrap();
            let mut found: Vec<(bool, bool)> =
                listing.mailboxes.iter().map(|m| (!m.path.is_inbox(), m.subscribed)).collect();
            found.sort_unstable();
            assert_eq!(found, [(false, expected[0]), (true, expected[1])]);
        }
    }
}
