#![no_main]
//! Any bytes as a report about delivery or reading.

use libfuzzer_sys::fuzz_target;
use postwren::mail::mime;
use postwren::mail::report::{MAX_RECIPIENTS, Report};

fuzz_target!(|body: &[u8]| {
    for kind in ["delivery-status", "disposition-notification"] {
        let head = format!("Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/{kind}\r\n\r\n");
        for report in mime::content(&[head.as_bytes(), body].concat()).reports {
            if let Report::Delivery(report) = report {
                assert!(!report.recipients.is_empty() && report.recipients.len() <= MAX_RECIPIENTS);
            }
        }
    }
});
