//! Postwren, a mail user agent. One library, two faces.
//!
//! ```text
//!         gui        cli                 two faces of one service
//!           \        /
//!            service                     the only place that joins what is below
//!           /   |    \
//!    protocol render storage             siblings; none knows another
//!           \   |    /
//!             mail                       pure values and functions: no I/O, no clock, no network
//! ```
//!
//! `i18n` (words for people) serves both faces. `demo` is a mail server of our own,
//! for `--demo` and for tests; it knows only `mail`.
//!
//! `render` draws HTML mail, in a process of its own that may do nothing else (feature `html`).
//!
//! # Invariants
//! 1. **The Maildir is the truth.** The index can be deleted at any time and comes back the same.
//! 2. **Store first, mark last.** A message is durable in its Maildir before the index knows it,
//!    before a UID high-water mark moves, before POP3 DELE, before an Outbox entry goes.
//! 3. **Operations before effects.** Every change a person makes is a durable row first; safe to repeat.
//! 4. **Copy, verify, then delete.** A synchronisation that would remove more than a fifth of a
//!    mailbox of over 50 messages, or finds its store missing, stops and asks.
//! 5. **Submission has honest states**; *unknown* is never resent silently.
//! 6. **UIDVALIDITY** change re-maps by Message-ID and size.
//! 7. **Encryption is not opportunistic.**
//! 8. **Everything foreign is bounded.**
//! 9. **The UI thread** computes only what is on the screen.

pub mod cli;
pub mod demo;
#[cfg(feature = "gui")]
pub mod gui;
pub mod i18n;
pub mod mail;
pub mod protocol;
#[cfg(feature = "html")]
pub mod render;
pub mod service;
pub mod storage;
