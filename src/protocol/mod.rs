//! Conversations with servers. Each is bounded in time and size, and recorded in a transcript.
//!
//! [`net::connect`] makes a [`stream::Stream`], encrypted by [`tls`] where the endpoint says so;
//! a conversation ([`imap`], [`pop3`], [`smtp`]) is held on it, with payloads from [`sasl`], each step
//! under a deadline ([`net::within`]), each failure an [`Error`], and every line in a
//! [`transcript::Transcript`].

pub mod authentication;
pub mod body;
pub mod error;
pub mod https;
pub mod imap;
pub mod net;
pub mod pop3;
pub mod sasl;
pub mod smtp;
pub mod stream;
#[cfg(test)]
pub mod testing;
pub mod tls;
pub mod transcript;

pub use error::{CertificateFailure, Error, ProxyFault, Result};
