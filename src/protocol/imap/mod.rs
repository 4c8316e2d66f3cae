//! IMAP4rev1 (RFC 3501) with the extensions that servers of today have, on async-imap.
//!
//! ```text
//!   list select status fetch store append transfer search mailbox manage resync idle     one file per topic: what is said
//!   session auth                          from a stream to an authenticated session
//!   dispatch  command code changes        tags, results, and what the server says unasked
//!   async_imap::Client                    the stream of responses and their grammar
//!   frame  scan                           the filter beneath it: bounds, repairs, the transcript
//!   Stream                                TLS
//! ```
//!
//! Rules: a command succeeded only by its tagged OK; the end of the stream is an error always;
//! what we need and cannot read is an error, never an empty answer (a synchroniser would take
//! that for "all deleted"); every silence has a deadline; nothing foreign grows without bound.

mod append;
mod auth;
mod capability;
mod changes;
mod code;
mod command;
mod dispatch;
mod fetch;
mod fetch_bodies;
mod fetch_header_blocks;
mod frame;
mod idle;
mod letters;
mod list;
mod mailbox;
mod manage;
mod resync;
mod scan;
mod search;
mod select;
mod session;
mod status;
mod store;
#[cfg(test)]
mod tests;
mod transfer;
mod uid_set;
pub mod utf7;

pub use crate::protocol::body::Body;
pub use append::{Appended, MessageFile, content_hash};
pub use capability::Capabilities;
pub use changes::Changes;
pub use code::{Code, Copied};
pub use fetch::{FetchedFlags, FetchedHeader};
pub use fetch_bodies::{FetchPlan, Fetched};
pub use fetch_header_blocks::FetchedHeaders;
pub use idle::Wake;
pub use letters::Letters;
pub use list::{Listed, Listing};
pub use mailbox::MailboxName;
pub use resync::{Missed, Resume};
pub use select::{Access, Permanent, Selected};
pub use session::Session;
pub use status::Status;
pub use uid_set::UidSet;
