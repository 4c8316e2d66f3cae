//! POP3 (RFC 1939) with the extensions that servers of today have (RFC 2449, 2595, 3206, 5034).
//!
//! ```text
//!   listing retrieve headers delete   UIDL and LIST, RETR, TOP, DELE: ours, pipelined
//!   session auth                from a stream to an authenticated session, and its end
//!   async_pop::Client           the order of a session, and the grammar of its one-line answers
//!   relay                       the filter beneath it
//!   wire  reply unstuff         lines, deadlines, bounds, the transcript, multi-line answers
//!   Stream                      TLS
//! ```
//!
//! # What async-pop does here, and what not
//! From async-pop 1.1.3 come the steps of a session: greeting, CAPA, AUTH, USER and PASS, STAT,
//! NOOP, RSET, QUIT. It cannot be let near a server, so it talks over a pipe in memory to
//! `relay`, which says its commands to the server and hands it one short answer at a time:
//! - a list that comes in two reads makes it wait for ever for the shorter answer after it, and a
//!   long answer that it cannot read makes it panic at the next: so each is one write of little
//!   more than 1,000 bytes, in words that it knows;
//! - at the end of a stream it spins, it knows no deadline and no bound on a line: those are
//!   `wire`'s, and it never sees the connection;
//! - it logs what it sends: so it is never told the password; the relay puts it in;
//! - a capability that it does not know fails the whole list, and it keeps quiet about that: the
//!   list is read here, and it gets what it understands;
//! - it takes XOAUTH2's explanation of a refusal for a fault, and sends a password that AUTH
//!   refused once more by PASS: the exchange of AUTH is the relay's, and which way is taken is
//!   decided here.
//!
//! Ours altogether, because there it is wrong and cannot be mended from outside: STLS (it has none),
//! UIDL, LIST, RETR and TOP (it does not undo dot-stuffing, waits for ever on an empty message and
//! takes quadratic time), DELE (it cannot pipeline). `tests/library.rs` holds the most of this against it.
//!
//! # Rules
//! The end of the stream is an error always; a message is whole only when its terminator,
//! CRLF `.` CRLF, has come; what we need and cannot read is an error, never an empty list;
//! deletions are real only after [`Session::quit`] returned without an error; every silence has a
//! deadline; nothing foreign grows without bound. Whatever an answer leaves behind ends the session.

mod auth;
mod capability;
mod delete;
mod headers;
mod listing;
mod relay;
mod reply;
mod retrieve;
mod session;
#[cfg(test)]
mod tests;
mod unstuff;
mod wire;

pub use super::body::Body;
pub use capability::{Capabilities, Expire};
pub use retrieve::{RetrievePlan, Retrieved};
pub use session::Session;
