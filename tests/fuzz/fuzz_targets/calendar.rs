#![no_main]
//! Any text as a calendar message: bounded, one line where one is promised, never a panic.

use libfuzzer_sys::fuzz_target;
use postwren::mail::{invitation, mime};

fuzz_target!(|calendar: &[u8]| {
    let raw = [b"From: a@x.example\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n", calendar].concat();
    for found in mime::content(&raw).invitations {
        assert!(found.events.len() <= invitation::MAX_EVENTS);
        for event in found.events {
            assert!(event.attendees.len() <= invitation::MAX_ATTENDEES);
            assert!(!event.summary.contains(['\r', '\n', '\0']) && !event.location.contains(['\r', '\n', '\0']));
            assert!(event.conference.is_none_or(|url| url.starts_with("http") || url.starts_with("HTTP")));
        }
    }
});
