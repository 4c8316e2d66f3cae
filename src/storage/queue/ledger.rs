//! The POP3 ledger: what is known of each message on a server that has no flags (RFC 1939, UIDL).

use crate::mail::ids::MessageId;
use crate::storage::error::Result;

/// How far a message on the server is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerState {
    /// Seen in UIDL; not stored here.
    Known,
    /// Durable here.
    Downloaded,
    /// Durable here; goes from the server at this Unix time.
    RemoveAt(i64),
    /// DELE was confirmed by QUIT, or it is no longer in UIDL.
    Removed,
}

/// One message on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    pub uidl: String,
    /// Of its header: tells a reused UIDL from the old message.
    pub header_hash: Option<String>,
    pub message: Option<MessageId>,
    pub state: LedgerState,
}

/// The ledgers of a profile. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {}

impl Ledger {
    /// Every entry of an account.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn entries(&self, _account: &str) -> Result<Vec<LedgerEntry>> {
        todo!()
    }
    /// Sets entries by their UIDL, all or none; durable when this returns.
    pub fn set(&self, _account: &str, _entries: &[LedgerEntry]) -> Result<()> {
        todo!()
    }
    /// Drops entries by their UIDL.
    pub fn forget(&self, _account: &str, _uidls: &[String]) -> Result<()> {
        todo!()
    }
}
