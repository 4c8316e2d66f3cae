//! What happens to mail when things break: the fault table. Each class counts its points and what became of them.
//!
//! The quick selection is part of every run; `POSTWREN_FAULTS=all` (by `tests/run --faults`) tries every point.

mod cuts;
mod inject;
mod jobs;
mod limits;
mod oplog;
mod power;
mod relay;
mod replies;
mod scene;
mod servers;
mod store;
#[path = "../support/mod.rs"]
mod support;
mod tally;
mod torn;
mod two;
mod world;
