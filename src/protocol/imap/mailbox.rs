//! Names of mailboxes on the wire (RFC 3501, section 5.1).

use super::utf7;
use crate::mail::mailbox::MailboxPath;
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
