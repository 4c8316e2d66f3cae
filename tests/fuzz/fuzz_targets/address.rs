#![no_main]
//! Anything typed into an address field: what is an address is written and read back as the same.

use libfuzzer_sys::fuzz_target;
use postwren::mail::address;

fuzz_target!(|typed: &str| {
    for found in address::parse_list(typed).into_iter().flatten() {
        let written = found.to_string();
        assert!(!written.contains(['\r', '\n', '\0']));
        let again = address::parse_list(&written);
        assert!(matches!(again.as_slice(), [Ok(one)] if one.same_mailbox(&found)), "{found:?} {again:?}");
    }
});
