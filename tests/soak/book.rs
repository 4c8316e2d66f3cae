//! What everybody did, counted; and the messages that must be there in the end.

use super::support::lab::DAVE;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// More messages than this are not kept: what is done to them counts, not how many they are.
const MOST: usize = 1_000;

#[derive(Default)]
pub struct Book {
    counts: Mutex<BTreeMap<&'static str, usize>>,
    alive: Mutex<BTreeSet<String>>,
    next: AtomicUsize,
    over: AtomicBool,
}

impl Book {
    pub fn count(&self, deed: &'static str) {
        *self.counts.lock().expect("counts").entry(deed).or_default() += 1;
    }

    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.counts.lock().expect("counts").clone()
    }

    /// All deeds together.
    pub fn deeds(&self) -> usize {
        self.counts.lock().expect("counts").values().sum()
    }

    /// A new message of an actor, whose name is in its Message-ID: nobody else moves or deletes it.
    pub fn write(&self, actor: &str) -> (String, String) {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let id = format!("soak-{actor}-{n}@lab.test");
        let filling = format!("line of {id}\r\n").repeat(n % 60);
        let text = format!(
            "From: Soak <{DAVE}>\r\nTo: {DAVE}\r\nSubject: {id}\r\nMessage-ID: <{id}>\r\n\
             Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\n{filling}"
        );
        self.alive.lock().expect("alive").insert(id.clone());
        (id, text)
    }

    pub fn has_room(&self) -> bool {
        self.alive.lock().expect("alive").len() < MOST
    }

    pub fn bury(&self, id: &str) {
        self.alive.lock().expect("alive").remove(id);
    }

    /// The messages that nobody deleted.
    pub fn alive(&self) -> BTreeSet<String> {
        self.alive.lock().expect("alive").clone()
    }

    /// Lets everybody end.
    pub fn close(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub fn is_open(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }
}
