//! What an operation does.

use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::keywords::Keywords;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use serde::{Deserialize, Serialize};

/// A message's number on the server, with the generation that it belongs to.
pub type ServerUid = Option<(UidValidity, Uid)>;

/// What is to be done on the server. Every kind is safe to repeat by an executor that looks first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum OpKind {
    SetFlags {
        mailbox: MailboxPath,
        #[serde(with = "hex")]
        message: MessageId,
        uid: ServerUid,
        /// Without keywords: their bits differ between mailboxes.
        add: Flags,
        remove: Flags,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add_keywords: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove_keywords: Vec<String>,
    },
    Move {
        #[serde(with = "hex")]
        message: MessageId,
        /// Message-ID without angle brackets, to find the message again.
        message_id: Option<String>,
        size: u64,
        from: MailboxPath,
        uid: ServerUid,
        to: MailboxPath,
    },
    /// `message` is the copy's id here; `source` and `uid` are the original's.
    Copy {
        #[serde(with = "hex")]
        message: MessageId,
        #[serde(with = "hex")]
        source: MessageId,
        message_id: Option<String>,
        size: u64,
        from: MailboxPath,
        uid: ServerUid,
        to: MailboxPath,
    },
    /// For good.
    Expunge {
        #[serde(with = "hex")]
        message: MessageId,
        mailbox: MailboxPath,
        uid: ServerUid,
        message_id: Option<String>,
    },
    /// A message stored here goes to the server.
    Append {
        #[serde(with = "hex")]
        message: MessageId,
        mailbox: MailboxPath,
        flags: Flags,
    },
    CreateMailbox {
        path: MailboxPath,
    },
    /// `mailbox` is called `to` here already; the server's name of it is in its description until it is renamed there.
    RenameMailbox {
        #[serde(with = "number")]
        mailbox: MailboxId,
        from: MailboxPath,
        to: MailboxPath,
    },
    /// Here it is shown no longer, and goes when the server's has gone. Deleted only while it is empty; one that goes
    /// `for_good` may hold the messages that the person has `seen`: those below this number.
    DeleteMailbox {
        #[serde(with = "number")]
        mailbox: MailboxId,
        path: MailboxPath,
        for_good: bool,
        seen: Option<Uid>,
    },
    Subscribe {
        path: MailboxPath,
        subscribed: bool,
    },
}

impl OpKind {
    /// A change of flags alone.
    pub fn set_flags(mailbox: MailboxPath, message: MessageId, uid: ServerUid, add: Flags, remove: Flags) -> OpKind {
        let (add, remove) = (add.system(), remove.system());
        OpKind::SetFlags { mailbox, message, uid, add, remove, add_keywords: Vec::new(), remove_keywords: Vec::new() }
    }

    /// A change from one set to another of a mailbox with these keywords.
    pub fn change_flags(
        (mailbox, table): (MailboxPath, &Keywords),
        message: MessageId,
        uid: ServerUid,
        add: Flags,
        remove: Flags,
    ) -> OpKind {
        OpKind::SetFlags {
            mailbox,
            message,
            uid,
            add: add.system(),
            remove: remove.system(),
            add_keywords: table.names(add),
            remove_keywords: table.names(remove),
        }
    }

    /// The messages that it concerns.
    pub fn messages(&self) -> impl Iterator<Item = MessageId> + use<> {
        let (first, second) = match self {
            OpKind::SetFlags { message, .. }
            | OpKind::Move { message, .. }
            | OpKind::Expunge { message, .. }
            | OpKind::Append { message, .. } => (Some(*message), None),
            OpKind::Copy { message, source, .. } => (Some(*message), Some(*source)),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The message that it changes, or makes.
    pub fn message(&self) -> Option<MessageId> {
        self.messages().next()
    }

    /// The mailboxes that it needs.
    pub fn paths(&self) -> impl Iterator<Item = &MailboxPath> {
        let (first, second) = match self {
            OpKind::SetFlags { mailbox: path, .. }
            | OpKind::Expunge { mailbox: path, .. }
            | OpKind::Append { mailbox: path, .. }
            | OpKind::CreateMailbox { path }
            | OpKind::DeleteMailbox { path, .. }
            | OpKind::Subscribe { path, .. } => (path, None),
            OpKind::Move { from, to, .. } | OpKind::Copy { from, to, .. } | OpKind::RenameMailbox { from, to, .. } => {
                (from, Some(to))
            }
        };
        std::iter::once(first).chain(second)
    }

    /// A mailbox was given another path, and all below it: what names it follows. Renamings keep theirs, which
    /// say what the server shall hear; the mailbox that they mean is named by its number.
    pub fn follow(&mut self, old: &MailboxPath, new: &MailboxPath) -> bool {
        let (first, second) = match self {
            OpKind::SetFlags { mailbox: path, .. }
            | OpKind::Expunge { mailbox: path, .. }
            | OpKind::Append { mailbox: path, .. }
            | OpKind::CreateMailbox { path }
            | OpKind::DeleteMailbox { path, .. }
            | OpKind::Subscribe { path, .. } => (path, None),
            OpKind::Move { from, to, .. } | OpKind::Copy { from, to, .. } => (from, Some(to)),
            OpKind::RenameMailbox { .. } => return false,
        };
        let mut changed = false;
        for path in std::iter::once(first).chain(second) {
            if let Some(moved) = path.moved(old, new) {
                *path = moved;
                changed = true;
            }
        }
        changed
    }
}

/// A message's id in JSON, as hexadecimal.
mod hex {
    use crate::mail::ids::MessageId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(id: &MessageId, serializer: S) -> Result<S::Ok, S::Error> {
        id.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MessageId, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A mailbox's number in JSON.
mod number {
    use crate::mail::ids::MailboxId;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(id: &MailboxId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(id.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MailboxId, D::Error> {
        i64::deserialize(deserializer).map(MailboxId)
    }
}
