//! The service: the only floor that joins protocol and storage. The faces (window, command
//! line, tests) know nothing but [`Handle`], [`Command`], the views in [`model`], and [`Event`].
//!
//! ```text
//!   handle                      queries, and commands on their way in
//!   dispatch/                   what a command does: recorded durably, then shown here
//!   account/                    a task per account: connect, synchronise, carry out what is queued, wait
//!   submission/                 the Outbox, with its honest states
//!   local                       Local Folders, and mail that is imported into them
//!   connecting                  what a connection needs, and what its failure means here and now
//!   network/                    sleep, wake, routes, and whether each byte is paid for
//!   page                        the HTML of a message as a document to look at
//!   receive                     messages on their way from network to disk
//!   undo                        the inverse of what a command did
//! ```

mod account;
mod arrival;
mod backoff;
mod check;
pub mod command;
mod compose;
mod connecting;
mod dispatch;
mod doctor;
pub mod event;
mod export;
mod foreign;
pub mod handle;
mod letter;
mod listing;
mod lists;
mod local;
mod missing;
pub mod model;
pub mod network;
#[cfg(feature = "html")]
pub mod page;
pub mod platform;
#[cfg(feature = "html")]
pub mod printing;
pub mod problem;
mod problem_from;
mod reason;
mod receive;
mod save;
mod search;
mod secret_command;
mod start;
mod state;
mod submission;
#[cfg(test)]
mod tests;
mod transcript_sink;
mod undo;
mod view;

pub use command::{Command, Receipt, SendTime};
pub use compose::{ComposeWords, EnglishWords};
pub use event::Event;
pub use handle::Handle;
pub use letter::{Letter, MessagePlace, Root};
pub use platform::{Mode, Platform};
pub use problem::{Problem, ProblemKind};
pub use start::start;
