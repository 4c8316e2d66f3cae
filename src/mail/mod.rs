//! The ground floor: pure values and functions about mail. No I/O, no clock, no
//! network; what is random or dated is handed in by the caller.

pub mod account;
pub mod address;
pub mod compose;
pub mod envelope;
pub mod flags;
pub mod html;
pub mod ids;
pub mod invitation;
pub mod keywords;
pub mod listing;
pub mod mailbox;
pub mod message_id;
pub mod mime;
pub mod prose;
pub mod report;
pub mod schedule;
pub mod seal;
pub mod search;
pub mod source;
pub mod text;
pub mod thread;
pub mod tnef;
pub mod trust;
pub mod uid;
