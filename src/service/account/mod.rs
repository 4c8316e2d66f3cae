//! An account at work. Trouble of one account stays its own.
//!
//! ```text
//!   watch                        the first connection: Inbox, queue, what changed anywhere
//!   crew  glance  whole  pinned   the others: downloads, what the person looks at, mailboxes watched too
//!   pool  line                   how many there may be; one of them
//!   board  limit                 what is to be done, who does it, and when they stop for others
//!   cycle  sync  look            a round; one mailbox; what the server has in it
//!   keep  fetch  adopt  remap    how much of it is kept here, how it comes
//!   operations                   what is queued for the server
//! ```

mod adopt;
mod board;
mod crew;
mod cycle;
mod fetch;
mod flags;
mod glance;
pub(super) mod identity;
mod keep;
mod letters;
mod limit;
pub(super) mod line;
mod look;
pub(super) mod mailboxes;
mod merge;
pub(super) mod operations;
mod pinned;
mod pool;
pub(super) mod pop3;
mod remap;
pub(super) mod renames;
mod sync;
mod watch;
mod whole;
pub(super) mod worker;

pub(super) use board::Board;
pub(super) use cycle::{once, operations_only};
pub(super) use glance::look;
pub(super) use pool::Pool;
pub(super) use pop3::local_operations;
pub(super) use watch::watch;
pub(super) use whole::{fetch as fetch_whole, fetch_for as fetch_whole_for};
