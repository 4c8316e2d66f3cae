#![no_main]
//! Any markup made harmless: once is enough, and nothing remote is left.

use libfuzzer_sys::fuzz_target;
use postwren::mail::html::{Policy, judge, sanitise};

fuzz_target!(|markup: &str| {
    let once = sanitise(markup, Policy::default());
    assert!(!once.html.contains("<script") && !once.html.contains("src=\"http"));
    for link in &once.facts.links {
        judge(&link.text, &link.href, &["example.org"]);
    }
    let twice = sanitise(&once.html, Policy::default());
    // What was too large is cut at another place the second time.
    assert!(once.facts.shortened || twice.html == once.html);
});
