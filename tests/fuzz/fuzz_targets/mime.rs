#![no_main]
//! Any bytes as a message: list, reader and attachments agree and never panic.

use libfuzzer_sys::fuzz_target;
use postwren::mail::mime;

fuzz_target!(|raw: &[u8]| {
    let content = mime::content(raw);
    assert_eq!(mime::summary(raw).envelope, content.envelope);
    for listed in &content.attachments {
        let (again, bytes) = mime::attachment(raw, listed.index).expect("what is listed is there");
        assert_eq!((&again, again.size), (listed, bytes.len() as u64));
        assert!(!listed.file_name.is_empty() && !listed.file_name.contains(['/', '\\', '\0']));
    }
});
