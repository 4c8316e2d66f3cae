#![no_main]
//! Any bytes as a ready message: refused, or sent with every line end a pair and no Bcc.

use libfuzzer_sys::fuzz_target;
use postwren::mail::address::Address;
use postwren::mail::compose::raw::prepare;

fuzz_target!(|raw: &[u8]| {
    let from = Address::new("Ada", "ada@x.example");
    let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    let Ok(prepared) = prepare(raw, &from, &now, "1@x.example") else { return };
    let bytes = &prepared.bytes;
    for (at, byte) in bytes.iter().enumerate() {
        assert!(*byte != b'\n' || at > 0 && bytes[at - 1] == b'\r');
        assert!(*byte != b'\r' || bytes.get(at + 1) == Some(&b'\n'));
    }
    assert!(!prepared.recipients.is_empty());
    assert!(postwren::mail::mime::content(bytes).envelope.bcc.is_empty());
});
