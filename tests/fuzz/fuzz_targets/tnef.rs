#![no_main]
//! Any bytes as `winmail.dat`: opened or not, never more than is there.

use libfuzzer_sys::fuzz_target;
use postwren::mail::tnef;

fuzz_target!(|bytes: &[u8]| {
    if let Some(opened) = tnef::open(bytes) {
        assert!(opened.files.len() <= tnef::MAX_FILES);
        let most = bytes.len().saturating_mul(usize::from(tnef::MAX_DEPTH) + 1).saturating_mul(3);
        assert!(opened.files.iter().map(|file| file.bytes.len()).sum::<usize>() <= most);
    }
});
