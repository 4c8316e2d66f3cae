//! One task per account: it keeps a connection, carries out what is queued, synchronises, and waits
//! for news. Trouble of one account stays its own.

mod adopt;
mod cycle;
mod fetch;
mod flags;
pub(super) mod identity;
pub(super) mod line;
mod look;
pub(super) mod mailboxes;
mod merge;
pub(super) mod operations;
pub(super) mod pop3;
mod remap;
pub(super) mod renames;
mod sync;
mod watch;
pub(super) mod worker;

pub(super) use cycle::{once, operations_only};
pub(super) use watch::watch;
