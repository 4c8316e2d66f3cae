#![no_main]
//! Any header below what the own server wrote: never believed.

use libfuzzer_sys::fuzz_target;
use postwren::mail::account::Account;
use postwren::mail::trust::{Authority, Verdict, assess};

const OWN: &[u8] = b"Received: from out.x.example (out.x.example [192.0.2.1]) by mx.own.example with ESMTPS id 1; Tue, 24 Nov 2026 08:00:00 +0100\r\n";

fuzz_target!(|foreign: &[u8]| {
    let mut account = Account::default();
    account.incoming.host = "imap.own.example".into();
    let raw = [OWN, foreign].concat();
    let trust = assess(&raw, &Authority::of(&account), None);
    assert_ne!(trust.verdict, Verdict::Verified);
    // A header that begins with a blank goes on the server's own field.
    assert!(trust.hops.first().is_some_and(|hop| hop.certain));
});
