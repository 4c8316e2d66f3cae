//! The numbers by which mailboxes and messages are known here, made of what does not change.

use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use sha2::{Digest, Sha256};

/// Hash of a message's bytes.
pub(super) type ContentHash = [u8; 32];

/// What makes a message the same when it is stored again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seed<'a> {
    /// Its number on the server.
    Server(UidValidity, Uid),
    /// Its bytes, where no server has it.
    Content(&'a ContentHash),
    /// A copy of another message here.
    Copy(MessageId),
}

/// The id of a message first stored in a mailbox. `attempt` grows while ids are taken by other messages: after
/// a message was moved away, its number or bytes can come to the mailbox again.
pub(super) fn message(account: &str, mailbox: &MailboxPath, seed: Seed<'_>, attempt: u32) -> MessageId {
    let mut hash = begin("message", account, mailbox);
    match seed {
        Seed::Server(validity, uid) => {
            hash.update(b"server\0");
            hash.update(validity.0.to_be_bytes());
            hash.update(uid.0.to_be_bytes());
        }
        Seed::Content(content) => {
            hash.update(b"content\0");
            hash.update(content);
        }
        Seed::Copy(id) => {
            hash.update(b"copy\0");
            hash.update(id.0.to_be_bytes());
        }
    }
    hash.update(attempt.to_be_bytes());
    MessageId(first_bits(hash))
}

/// The id of a file that another program delivered: of its name without flags. The mailbox's number rather than
/// its path, because the file cannot carry the id, and the mailbox may be called otherwise when the index is rebuilt.
pub(super) fn file(mailbox: MailboxId, base: &str, attempt: u32) -> MessageId {
    let mut hash = Sha256::new();
    hash.update(b"file\0");
    hash.update(mailbox.0.to_be_bytes());
    hash.update(base.as_bytes());
    hash.update(attempt.to_be_bytes());
    MessageId(first_bits(hash))
}

/// The number of a mailbox first made with this path.
pub(super) fn mailbox(account: &str, path: &MailboxPath, attempt: u32) -> i64 {
    let mut hash = begin("mailbox", account, path);
    hash.update(attempt.to_be_bytes());
    i64::try_from(first_bits(hash)).unwrap_or_default()
}

/// Length before text, so that no two inputs run together into the same bytes.
fn begin(kind: &str, account: &str, mailbox: &MailboxPath) -> Sha256 {
    let mut hash = Sha256::new();
    for text in [kind, account, &mailbox.0] {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash
}

/// The first 52 bits: exact in a JSON number, 13 hexadecimal digits.
fn first_bits(hash: Sha256) -> u64 {
    let digest = hash.finalize();
    let first = digest.iter().take(8).fold(0u64, |n, byte| (n << 8) | u64::from(*byte));
    first >> 12
}
