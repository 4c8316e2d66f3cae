//! First words: a client that is already known (T3), and what is no greeting at all.

use super::{Desk, each_way};
use crate::case::{Case, Outcome, PROTOCOLS, Step, text};
use postwren::mail::account::Protocol::{self, Imap, Pop3, Smtp};
use postwren::mail::account::Security;

/// An IMAP server that greets with PREAUTH, on a plain line and within TLS.
pub fn preauth(desk: &Desk) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, greeting) in [
        ("bare", "* PREAUTH hello\r\n"),
        ("with STARTTLS", "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello\r\n"),
        ("without STARTTLS", "* PREAUTH [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n"),
        ("in lower case", "* preauth hello\r\n"),
        ("with mail", "* PREAUTH hello\r\n* 1 EXISTS\r\n* 1 FETCH (BODY[] {2}\r\nhi)\r\n"),
        ("with an alert", "* PREAUTH [ALERT] please call\r\n"),
        ("with a referral", "* PREAUTH [REFERRAL imap://127.0.0.1:{trap}/] over there\r\n"),
    ] {
        let expected = [Outcome::NoEncryption, Outcome::Protocol];
        for (security, steps) in
            [(Security::StartTls, vec![text(greeting)]), (Security::Tls, vec![Step::Tls, text(greeting)])]
        {
            let case = desk.case("preauth", Imap, name, &expected, steps);
            cases.extend(each_way(Case { security, ..case }));
        }
    }
    for (name, lines) in [
        ("after the greeting", "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n* PREAUTH hello\r\n"),
        ("after the greeting, without an offer", "* OK [CAPABILITY IMAP4rev1] hi\r\n* PREAUTH hello\r\n"),
    ] {
        let steps = vec![text(lines), Step::Hear("STARTTLS"), text("{tag} NO you are in already\r\n")];
        let expected = [Outcome::NoEncryption, Outcome::Protocol];
        cases.extend(each_way(desk.case("preauth", Imap, name, &expected, steps)));
    }
    cases
}

fn no_greetings(protocol: Protocol) -> &'static [&'static str] {
    match protocol {
        Imap => &[
            "* HELLO\r\n",
            "OK hi\r\n",
            "* NO go away\r\n",
            "* BAD go away\r\n",
            "* BYE go away\r\n",
            "P1 OK you are in\r\n",
            "+ go on\r\n",
            "* 1 EXISTS\r\n",
            "\r\n",
            "* OK",
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            "220 hi\r\n",
            "+OK hi\r\n",
            "\x16\x03\x01\r\n",
        ],
        Pop3 => &[
            "-ERR go away\r\n",
            "OK hi\r\n",
            "+ go on\r\n",
            "+OKAY\r\n",
            "\r\n",
            "+OK",
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            "* OK hi\r\n",
            "220 hi\r\n",
            "\x16\x03\x01\r\n",
        ],
        Smtp => &[
            "554 go away\r\n",
            "421 later\r\n",
            "250 hi\r\n",
            "235 you are in\r\n",
            "334 \r\n",
            "220-hi\r\n250 hi\r\n",
            "22\r\n",
            "2200 hi\r\n",
            "\r\n",
            "220 hi",
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            "* OK hi\r\n",
            "+OK hi\r\n",
            "\x16\x03\x01\r\n",
        ],
    }
}

/// A server that begins with something else, on a plain line and within TLS.
pub fn invalid(desk: &Desk) -> Vec<Case> {
    let expected = [Outcome::Protocol, Outcome::Refused, Outcome::Unreachable, Outcome::NoEncryption];
    let mut cases = Vec::new();
    for protocol in PROTOCOLS {
        for greeting in no_greetings(protocol) {
            let name = format!("{greeting:?}");
            // The end comes after it where the line has none, or the client rightly waits for more.
            let mut steps = vec![text(greeting)];
            if !greeting.ends_with('\n') {
                steps.push(Step::Close);
            }
            let portal = if greeting.starts_with("HTTP/") { &[Outcome::CaptivePortal][..] } else { &[] };
            let expected = [&expected[..], portal].concat();
            cases.extend(each_way(desk.case("greetings", protocol, name.as_str(), &expected, steps.clone())));
            steps.insert(0, Step::Tls);
            let case = desk.case("greetings", protocol, name, &expected, steps);
            cases.push(Case { security: Security::Tls, ..case });
        }
    }
    cases
}
