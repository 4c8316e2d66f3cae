//! The numbers by which an IMAP server names messages (RFC 9051, section 2.3.1).

use serde::{Deserialize, Serialize};

/// Unique identifier of a message within one mailbox and one [`UidValidity`].
/// Zero is never valid on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Uid(pub u32);

/// The generation of a mailbox's UIDs. When it changes, every [`Uid`] known before is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UidValidity(pub u32);

/// Modification sequence (RFC 7162): grows with every change of a mailbox's metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ModSeq(pub u64);
