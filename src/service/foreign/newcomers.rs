//! Messages that other programs have put into an account just now: only to such a one can another have been moved. A
//! copy that somebody made a while ago is a copy, and that its original goes later is a removal.
//!
//! Kept in memory alone. After a restart nobody is new, so that in doubt the person is asked.

use crate::mail::ids::MessageId;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// As long as that after its copy was seen a message may go: programs that move many messages write all of them first.
const RECENT: Duration = Duration::from_secs(60);

/// The newcomers of an account.
#[derive(Debug, Default)]
pub struct Newcomers {
    since: HashMap<MessageId, Instant>,
    /// The last look could not conclude everything, and the next one goes on with it.
    is_open: bool,
}

impl Newcomers {
    /// A look begins.
    pub fn begin(&mut self) {
        if !self.is_open {
            self.since.retain(|_, since| since.elapsed() < RECENT);
        }
    }
    /// It has ended.
    pub fn end(&mut self, is_open: bool) {
        self.is_open = is_open;
    }
    pub fn note(&mut self, id: MessageId) {
        self.since.insert(id, Instant::now());
    }
    pub fn has(&self, id: MessageId) -> bool {
        self.since.contains_key(&id)
    }
    #[cfg(test)]
    pub fn age(&mut self, by: Duration) {
        self.since.values_mut().for_each(|since| *since = since.checked_sub(by).unwrap_or(*since));
    }
}
