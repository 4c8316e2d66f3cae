//! A mail server of our own inside the process, on loopback: submission, IMAP and POP3 over one
//! store in memory. It has two uses:
//!
//! - [`Demo`]: the working mailbox of `postwren --demo`, with two accounts and some forty messages;
//! - [`DemoServer`]: the scripted server of the tests, which can be told by [`Fault`]s to misbehave
//!   at any command or byte, and looked into afterwards.
//!
//! For answers that no honest server would ever put together there is [`scripted::Scripted`], which
//! knows no protocol at all.
//!
//! It is honest about being a demo: greetings say so, mail to other domains is refused with a
//! sentence, and nothing outlives the process. It speaks what our own client needs, to the letter
//! of the RFCs where it speaks at all. However hostile the client: sizes, counts and times are
//! bounded, and nothing panics.

mod certificate;
mod fault;
mod imap;
mod pop3;
mod sasl;
mod seen;
mod server;
mod smtp;
mod store;
mod wire;

pub use certificate::Certificate;
pub use fault::{Fault, FaultAt};
pub use seen::{Connection, Submission};
pub use server::{Builder, DemoServer, MailboxView};
pub use store::Message;
