#![no_main]
//! Any markup as text.

use libfuzzer_sys::fuzz_target;
use postwren::mail::html;

fuzz_target!(|markup: &str| {
    let (text, _) = html::to_text(markup);
    assert!(!text.contains('\r'));
    html::remote_count(markup);
    html::preview(markup, 200);
});
