//! `queue.db`: what the person asked for and what was sent. No cache: every transaction is on the disk when it returns.

pub mod ledger;
pub mod operations;
pub mod outbox;
pub mod undo;
