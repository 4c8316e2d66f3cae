//! File descriptors: a batch of messages on its way to the disk has some hundred files open, each connection one.

use super::Failure;
use crate::fl;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::File;

/// Enough for databases, connections and one small batch. With fewer, libraries give up without a word.
const LEAST: usize = 48;

/// Asks for as many as the system allows, and ends here where they are too few to work with.
///
/// # Errors
/// A sentence for the person.
pub fn prepare() -> Result<(), Failure> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
    {
        tracing::info!(%error, "the limit of open files stays");
    }
    if are_free(LEAST) { Ok(()) } else { Err(Failure::Sentence(fl!("cli-few-descriptors", count = LEAST))) }
}

/// Whether so many more files can be opened.
fn are_free(count: usize) -> bool {
    let mut held = Vec::with_capacity(count);
    (0..count).all(|_| File::open("/dev/null").map(|file| held.push(file)).is_ok())
}
