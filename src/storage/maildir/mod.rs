//! Maildirs: `cur`, `new`, `tmp`, and beside them a description of the mailbox.

use crate::mail::mailbox::{MailboxPath, Role};
use serde::{Deserialize, Serialize};

/// What a mailbox is, apart from its mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxMeta {
    pub path: MailboxPath,
    /// The server's own name of it, decoded from modified UTF-7.
    pub server_name: String,
    /// The server's hierarchy delimiter.
    pub delimiter: Option<char>,
    pub role: Option<Role>,
    /// False for a node that only holds others.
    pub selectable: bool,
}
