#![no_main]
//! Any `mailto:` URL: recipients are valid, the subject is one line.

use libfuzzer_sys::fuzz_target;
use postwren::mail::compose::mailto;

fuzz_target!(|rest: &str| {
    if let Some(parts) = mailto::parse(&format!("mailto:{rest}")) {
        assert!(parts.to.iter().chain(&parts.cc).chain(&parts.bcc).all(|a| a.is_valid()));
        assert!(!parts.subject.contains(['\r', '\n', '\0']));
    }
});
