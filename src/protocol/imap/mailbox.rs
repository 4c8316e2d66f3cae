//! Names of mailboxes on the wire; creating and renaming (RFC 3501, sections 5.1, 6.3.3 to 6.3.6).

use super::command::Command;
use super::dispatch::LONG;
use super::{Session, utf7};
use crate::mail::mailbox::MailboxPath;
use crate::protocol::error::Result;
use serde::{Deserialize, Serialize};

/// A mailbox's name exactly as its server writes it: modified UTF-7, the server's delimiter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MailboxName(pub String);

impl MailboxName {
    /// The name that a new mailbox of this path has.
    pub fn from_path(path: &MailboxPath, delimiter: Option<char>) -> MailboxName {
        MailboxName(utf7::encode(&path.to_server(delimiter)))
    }
    /// The path as people see it.
    pub fn path(&self, delimiter: Option<char>) -> MailboxPath {
        MailboxPath::from_server(&utf7::decode(&self.0), delimiter)
    }
}

impl Session {
    /// Creates a mailbox and subscribes to it, so that other programs show it too.
    pub async fn create(&mut self, name: &MailboxName) -> Result<()> {
        self.run_for(LONG, Command::new("CREATE ").string(&name.0), |_| false).await?;
        match self.run(Command::new("SUBSCRIBE ").string(&name.0), |_| false).await {
            // The mailbox is there; a server that knows no subscriptions does no harm.
            Err(error) if error.leaves_connection_usable() => Ok(()),
            result => result.map(drop),
        }
    }

    /// Renames a mailbox and what is below it.
    pub async fn rename(&mut self, from: &MailboxName, to: &MailboxName) -> Result<()> {
        let command = Command::new("RENAME ").string(&from.0).words(" ").string(&to.0);
        self.run_for(LONG, command, |_| false).await.map(drop)
    }
}
