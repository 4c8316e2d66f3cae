//! TLS that is none (T9): plain words, alerts, old versions, and nothing instead of the handshake.

use super::{Desk, each_way, joined};
use crate::case::{Case, Outcome, PROTOCOLS, Step, speech, text};
use postwren::mail::account::Security;

/// A ServerHello of an old version with an old cipher.
fn server_hello(minor: u8) -> Vec<u8> {
    let mut body = vec![3, minor];
    body.extend([7; 32]);
    // No session, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, no compression.
    body.extend([0, 0xc0, 0x13, 0]);
    record(22, minor, &[&[2, 0, 0, u8::try_from(body.len()).expect("short")], body.as_slice()].concat())
}

fn record(kind: u8, minor: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("short").to_be_bytes();
    [&[kind, 3, minor], &length[..], body].concat()
}

/// What comes instead of the server's part of the handshake.
pub fn broken(desk: &Desk) -> Vec<Case> {
    let answers: Vec<(&str, Vec<u8>)> = vec![
        ("plain words", b"* OK +OK 220 let us go on without\r\n".to_vec()),
        ("TLS 1.0", server_hello(1)),
        ("TLS 1.1", server_hello(2)),
        ("SSL 3", server_hello(0)),
        ("SSL 2", vec![0x80, 0x04, 0x04, 0, 1, 0]),
        ("handshake failure", record(21, 3, &[2, 40])),
        ("protocol version", record(21, 3, &[2, 70])),
        ("close notify", record(21, 3, &[1, 0])),
        ("an unknown alert", record(21, 3, &[1, 255])),
        ("data before the handshake", record(23, 3, b"* OK hi\r\n")),
        ("an unknown record", record(99, 3, b"hi")),
        ("a record without end", vec![22, 3, 3, 0xff, 0xff, 1, 2, 3]),
        ("an empty record", record(22, 3, &[])),
    ];
    let mut cases = Vec::new();
    for protocol in PROTOCOLS {
        let speech = speech(protocol);
        let expected = [Outcome::NoEncryption, Outcome::Unreachable];
        for (name, bytes) in &answers {
            let answer = [Step::Pause, text(bytes), Step::Pause, Step::Close];
            let steps = joined(&[&speech.until_starttls, &[text(speech.go)], &answer]);
            cases.push(desk.case("handshakes", protocol, *name, &expected, steps));
            let case = desk.case("handshakes", protocol, *name, &expected, answer.to_vec());
            cases.push(Case { security: Security::Tls, ..case });
        }
        let steps = joined(&[&speech.until_starttls, &[text(speech.go), Step::Close]]);
        cases.push(desk.case("handshakes", protocol, "the end", &expected, steps));
        let case = desk.case("handshakes", protocol, "the end", &expected, vec![Step::Close]);
        cases.push(Case { security: Security::Tls, ..case });
        // A server that speaks plainly where TLS was to begin.
        let case = desk.case("handshakes", protocol, "a greeting in clear", &expected, vec![text(speech.greeting)]);
        cases.extend(each_way(Case { security: Security::Tls, ..case }));
    }
    cases
}
