//! What the server says unasked: new messages, removed ones, changed flags (RFC 3501, section
//! 7.3 and 7.4). Gathered while any command runs, coalesced so that a flood costs nothing.

use crate::mail::flags::Flags;
use crate::mail::uid::Uid;
use std::collections::BTreeMap;

/// What changed in the selected mailbox since last asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The number of messages, where the server gave it.
    pub exists: Option<u32>,
    /// Messages that went, as EXPUNGE or VANISHED; which ones, the next synchronisation finds out.
    pub expunged: u64,
    /// New flags of messages whose UID the server gave.
    pub flags: BTreeMap<Uid, Flags>,
    /// Flags of other messages changed too: fetch them again.
    pub other_flags: bool,
    /// What the server wants a person to read, the latest.
    pub alert: Option<String>,
}

impl Changes {
    /// Flag changes kept apart; beyond them only that there were more.
    const MAX_FLAGS: usize = 1000;

    /// Whether the mailbox is as it was.
    pub fn is_empty(&self) -> bool {
        self.exists.is_none() && self.expunged == 0 && self.flags.is_empty() && !self.other_flags
    }

    pub(super) fn note_flags(&mut self, uid: Option<Uid>, flags: Option<Flags>) {
        match (uid, flags) {
            (Some(uid), Some(flags)) if self.flags.len() < Self::MAX_FLAGS || self.flags.contains_key(&uid) => {
                self.flags.insert(uid, flags);
            }
            _ => self.other_flags = true,
        }
    }
}
