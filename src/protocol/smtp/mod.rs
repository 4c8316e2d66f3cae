//! Mail submission (RFC 6409, RFC 5321) on lettre.
//!
//! ```text
//!   submission asking                     MAIL, RCPT each with its own outcome, DATA: what is said
//!   transfer                              the message, and the reply to its final dot
//!   session auth offer                    greeting, EHLO, STARTTLS, AUTH
//!   transaction path payload reply        recipients, addresses, the message's bytes, the server's words
//!   lettre's AsyncSmtpConnection          sends a command, waits for its reply
//!   wire                                  the tap beneath it: bounds, grammar, TLS, the transcript
//!   Stream
//! ```
//!
//! What is lettre's (0.11.23) and what is ours, and why:
//! - Its connection sends commands and reads replies over our tap, and its builder makes messages.
//! - STARTTLS is ours: lettre keeps what it had buffered before the handshake and believes it
//!   afterwards. Here the stream is exchanged beneath it, after a check that nothing is buffered,
//!   and what the server offers is read anew.
//! - Replies are bounded and read in `wire`: lettre reads a line of any length before it looks
//!   at it, gives up on text that is not UTF-8 (after the final dot, too), on a code alone and on
//!   codes such as 571, and lets a reply that came too early pass for the answer to the next
//!   command. It is handed a bare line for every reply that we understood.
//! - What the server offers is read in `offer`: lettre knows neither SIZE nor PIPELINING nor DSN.
//! - AUTH is ours: lettre knows four spellings of LOGIN's prompts, cannot hear why XOAUTH2 was
//!   refused, and sends tokens in a command that is longer than RFC 4954 allows.
//! - Sending is ours: lettre's own fails the whole message on one refused recipient, has no
//!   deadlines after connecting, wants the message in memory, and passes bare line ends on, which
//!   lets a message smuggle another one behind it. Here a message is read in pieces from where it
//!   lies, and line ends are normalised on the way.
//!
//! Rules: a message was accepted only if the reply to the final dot was read whole and is
//! positive. A failure says whether anything can have been taken ([`SubmitError`]).

mod asking;
mod auth;
mod offer;
mod path;
mod payload;
mod reply;
mod session;
mod submission;
#[cfg(test)]
mod tests;
mod transaction;
mod transfer;
mod wire;

pub use offer::Limits;
pub use payload::{Letter, Measures};
pub use reply::Reply;
pub use session::Submission;
pub use submission::{EndWatch, Outcome, Post, RecipientReply, SubmissionEnvelope, SubmitError};
