//! Between the first byte and TLS: encryption that is not offered or not granted, answers that come before their
//! questions, and news that nobody can vouch for.

use super::{Desk, each_way, joined};
use crate::case::{Case, Offer, Outcome, PROTOCOLS, Step, ehlo, speech, text};
use postwren::mail::account::Protocol::{self, Imap, Pop3, Smtp};

/// What an offer without STARTTLS looks like; among them offers that only look like one.
fn without_offer(protocol: Protocol) -> Vec<(&'static str, Vec<Step>)> {
    let greeting = |words: &str| vec![text(format!("* OK [CAPABILITY IMAP4rev1 {words} AUTH=PLAIN] hi\r\n"))];
    let asked = |words: &str| {
        let answer = format!("* CAPABILITY IMAP4rev1 {words} AUTH=PLAIN\r\n{{tag}} OK done\r\n");
        vec![text("* OK hi\r\n"), Step::Hear("CAPABILITY"), text(answer)]
    };
    let capa = |answer: &str| vec![text("+OK hi\r\n"), Step::Hear("CAPA"), text(answer)];
    let hello = |answer: String| vec![text("220 hi\r\n"), Step::Hear("EHLO"), text(answer)];
    match protocol {
        Imap => vec![
            ("not in the greeting", greeting("")),
            ("not when asked", asked("")),
            ("another word that contains it", greeting("XSTARTTLS STARTTLSX")),
            ("as a mechanism", greeting("AUTH=STARTTLS")),
            ("taken back when asked", asked("LOGINDISABLED")),
            ("only in words for people", vec![text("* OK STARTTLS is here\r\n"), Step::Serve(Offer::everything(Imap))]),
            ("refused to say", vec![text("* OK hi\r\n"), Step::Hear("CAPABILITY"), text("{tag} NO secret\r\n")]),
            (
                "does not know the question",
                vec![text("* OK hi\r\n"), Step::Hear("CAPABILITY"), text("{tag} BAD what\r\n")],
            ),
        ],
        Pop3 => vec![
            ("not offered", capa("+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n")),
            ("offers nothing", capa("+OK\r\n.\r\n")),
            ("does not know the question", capa("-ERR what\r\n")),
            ("another word that contains it", capa("+OK\r\nXSTLS\r\nSTLSX\r\nUSER\r\n.\r\n")),
            ("as an argument", capa("+OK\r\nSASL STLS PLAIN\r\nUSER\r\n.\r\n")),
            ("only in words for people", capa("+OK STLS\r\nUSER\r\n.\r\n")),
            ("by its name elsewhere", capa("+OK\r\nSTARTTLS\r\nUSER\r\n.\r\n")),
        ],
        Smtp => vec![
            ("not offered", hello(ehlo(&["AUTH PLAIN LOGIN"]))),
            ("offers nothing", hello("250 hi\r\n".into())),
            ("does not know EHLO", hello("502 what\r\n".into())),
            ("refuses EHLO", hello("550 no\r\n".into())),
            ("another word that contains it", hello(ehlo(&["XSTARTTLS", "STARTTLSX", "AUTH PLAIN"]))),
            ("as an argument", hello(ehlo(&["AUTH STARTTLS PLAIN"]))),
            ("only as the server's name", hello("250-STARTTLS\r\n250 AUTH PLAIN\r\n".into())),
            ("by its name elsewhere", hello(ehlo(&["STLS", "AUTH PLAIN"]))),
        ],
    }
}

/// What is said to STARTTLS instead of the leave.
fn without_leave(protocol: Protocol) -> &'static [(&'static str, &'static str)] {
    match protocol {
        Imap => &[
            ("no", "{tag} NO not now\r\n"),
            ("bad", "{tag} BAD what\r\n"),
            ("no, but log in", "{tag} NO [CAPABILITY IMAP4rev1 AUTH=PLAIN] log in as you are\r\n"),
            ("farewell", "* BYE have a nice day\r\n"),
            ("somebody else's leave", "x1 OK go\r\n"),
            ("leave without a tag", "OK go\r\n"),
            ("garbage", "\x01\x02\x03\r\n"),
            ("an empty line", "\r\n"),
            ("a challenge", "+ go\r\n"),
            ("another protocol's leave", "220 go\r\n"),
            ("already authenticated", "* PREAUTH welcome\r\n{tag} NO needless\r\n"),
        ],
        Pop3 => &[
            ("no", "-ERR not now\r\n"),
            ("no, but log in", "-ERR [AUTH] log in as you are\r\n"),
            ("leave without a sign", "OK go\r\n"),
            ("garbage", "\x01\x02\x03\r\n"),
            ("an empty line", "\r\n"),
            ("a challenge", "+ go\r\n"),
            ("another protocol's leave", "220 go\r\n"),
        ],
        Smtp => &[
            ("later", "454 4.7.0 not now\r\n"),
            ("no", "500 what\r\n"),
            ("unknown", "502 what\r\n"),
            ("another leave", "250 go\r\n"),
            ("a challenge", "334 go\r\n"),
            ("data", "354 go\r\n"),
            ("farewell", "421 bye\r\n"),
            ("leave without a number", "OK go\r\n"),
            ("garbage", "\x01\x02\x03\r\n"),
            ("an empty line", "\r\n"),
            ("authenticated", "235 in\r\n"),
        ],
    }
}

/// STARTTLS is stripped or refused (T1).
pub fn negotiation(desk: &Desk) -> Vec<Case> {
    let no = [Outcome::NoEncryption, Outcome::Protocol, Outcome::Refused];
    let mut cases = Vec::new();
    for protocol in PROTOCOLS {
        for (name, steps) in without_offer(protocol) {
            cases.extend(each_way(desk.case("negotiation", protocol, name, &no, steps)));
        }
        for (name, answer) in without_leave(protocol) {
            let steps = joined(&[&speech(protocol).until_starttls, &[text(answer)]]);
            // A server of few words closes, and so ends what would be waited for.
            let expected = [&no[..], &[Outcome::Unreachable]].concat();
            cases.extend(each_way(desk.case("negotiation", protocol, *name, &expected, steps)));
        }
        let steps = joined(&[&speech(protocol).until_starttls, &[Step::Close]]);
        cases.push(desk.case("negotiation", protocol, "the end instead of an answer", &[Outcome::Unreachable], steps));
    }
    cases
}

/// What an attacker puts behind the leave, to be read as if it came through TLS.
fn injected(protocol: Protocol) -> &'static [(&'static str, &'static str)] {
    match protocol {
        Imap => &[
            ("capabilities", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"),
            ("the next answer", "P2 OK forged\r\n"),
            ("a greeting", "* OK welcome\r\n"),
            ("authenticated", "* PREAUTH welcome\r\n"),
            ("a farewell", "* BYE\r\n"),
            ("half a message", "* 1 FETCH (BODY[] {5}\r\n"),
            ("one byte", "x"),
            ("an empty line", "\r\n"),
            ("a line feed", "\n"),
            ("a space", " "),
            ("NUL", "\0"),
        ],
        Pop3 => &[
            ("capabilities", "+OK\r\nUSER\r\n.\r\n"),
            ("the next answer", "+OK forged\r\n"),
            ("a refusal", "-ERR forged\r\n"),
            ("a challenge", "+ \r\n"),
            ("one byte", "x"),
            ("an empty line", "\r\n"),
            ("a line feed", "\n"),
            ("NUL", "\0"),
        ],
        Smtp => &[
            ("an offer", "250-evil\r\n250 AUTH LOGIN\r\n"),
            ("the next answer", "250 forged\r\n"),
            ("half an offer", "250-"),
            ("a second leave", "220 again\r\n"),
            ("a challenge", "334 \r\n"),
            ("one byte", "x"),
            ("an empty line", "\r\n"),
            ("a line feed", "\n"),
            ("NUL", "\0"),
        ],
    }
}

/// Answers that come before their questions (T2): after the leave, in its segment and in one of its own, and before it.
pub fn buffering(desk: &Desk) -> Vec<Case> {
    let mut cases = Vec::new();
    for protocol in PROTOCOLS {
        let speech = speech(protocol);
        for (name, forged) in injected(protocol) {
            // The attacker steps aside then, and the real server answers: who read the forgery would go on to log in.
            let same = [text(format!("{}{forged}", speech.go)), Step::Tls];
            let steps = joined(&[&speech.until_starttls, &same]);
            let case =
                desk.case("buffering", protocol, format!("same segment: {name}"), &[Outcome::NoEncryption], steps);
            cases.extend(each_way(case));
            let next = [text(speech.go), Step::Pause, text(forged), Step::Tls];
            let steps = joined(&[&speech.until_starttls, &next]);
            cases.push(desk.case(
                "buffering",
                protocol,
                format!("next segment: {name}"),
                &[Outcome::NoEncryption],
                steps,
            ));
        }
        for (name, steps) in ahead(protocol) {
            // IMAP's tags can be guessed. Who guesses the one of STARTTLS gains nothing: TLS proves itself all the same,
            // and everything is asked anew within.
            let is_harmless = protocol == Imap && name == "leave with the greeting";
            let welcome = if is_harmless { Outcome::Welcome } else { Outcome::Protocol };
            let expected = [Outcome::NoEncryption, Outcome::Protocol, welcome];
            let case = desk.case("buffering", protocol, name, &expected, steps);
            cases.extend(each_way(Case { may_log_in: is_harmless, ..case }));
        }
    }
    cases
}

/// The leave is there before it is asked for.
fn ahead(protocol: Protocol) -> Vec<(&'static str, Vec<Step>)> {
    let go_on = [Step::Hear(""), Step::Tls];
    let after = |first: Vec<Step>| joined(&[&first, &go_on]);
    match protocol {
        Imap => vec![
            ("leave with the greeting", after(vec![text("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\nP1 OK go\r\n")])),
            (
                "answer with the greeting",
                after(vec![text("* OK hi\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nP1 OK\r\nP2 OK go\r\n")]),
            ),
        ],
        Pop3 => vec![("answer with the greeting", after(vec![text("+OK hi\r\n+OK\r\nSTLS\r\n.\r\n+OK go\r\n")]))],
        Smtp => vec![
            ("answer with the greeting", after(vec![text(format!("220 hi\r\n{}220 go\r\n", ehlo(&["STARTTLS"])))])),
            (
                "leave with the offer",
                after(vec![text("220 hi\r\n"), Step::Hear("EHLO"), text(format!("{}220 go\r\n", ehlo(&["STARTTLS"])))]),
            ),
        ],
    }
}

/// Text that must never be taken for the server's own once TLS stands.
pub const SPOOFED: &str = "CALL-0800-SPOOF";

/// News before TLS (T6): never kept, and not a word of it in what the person reads afterwards.
pub fn spoofing(desk: &Desk) -> Vec<Case> {
    let mut cases = Vec::new();
    let refused = [Outcome::Authentication];
    let mut put = |protocol, name: &str, steps: Vec<Step>| {
        let verdict = match protocol {
            Imap => "{tag} NO wrong password\r\n",
            Pop3 => "-ERR wrong password\r\n",
            Smtp => "535 wrong password\r\n",
        };
        let within = [Step::Serve(Offer::everything(protocol).saying(verdict))];
        let steps = joined(&[&steps, &[Step::Tls], &within]);
        let case = Case { may_log_in: true, ..desk.case("spoofing", protocol, name, &refused, steps) };
        cases.extend(each_way(case));
    };
    let news = [
        ("alert", format!("* OK [ALERT] {SPOOFED}\r\n")),
        ("exists", "* 99999 EXISTS\r\n* 3 RECENT\r\n".to_string()),
        ("mail", format!("* 1 FETCH (UID 1 FLAGS () BODY[] {{{}}}\r\n{SPOOFED})\r\n", SPOOFED.len())),
        ("mailboxes", format!("* LIST () \"/\" \"{SPOOFED}\"\r\n")),
        ("expunged", "* 1 EXPUNGE\r\n".to_string()),
        ("flags", format!("* FLAGS ({SPOOFED})\r\n")),
        ("no", format!("* NO {SPOOFED}\r\n")),
        ("bad", format!("* BAD {SPOOFED}\r\n")),
    ];
    for (name, line) in &news {
        let before = vec![
            text("* OK hi\r\n"),
            Step::Hear("CAPABILITY"),
            text(format!("{line}* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n{{tag}} OK done\r\n")),
            Step::Hear("STARTTLS"),
            text(format!("{line}{{tag}} OK go\r\n")),
        ];
        put(Imap, name, before);
    }
    let greeting = format!("* OK [CAPABILITY IMAP4rev1 STARTTLS] \x1b[31m{SPOOFED}\r\n");
    put(Imap, "greeting", vec![text(greeting), Step::Hear("STARTTLS"), text(format!("{{tag}} OK {SPOOFED}\r\n"))]);
    let capa = format!("+OK {SPOOFED}\r\nSTLS\r\nIMPLEMENTATION {SPOOFED}\r\n.\r\n");
    let steps = vec![
        text(format!("+OK \x1b[31m{SPOOFED}\r\n")),
        Step::Hear("CAPA"),
        text(capa),
        Step::Hear("STLS"),
        text(format!("+OK {SPOOFED}\r\n")),
    ];
    put(Pop3, "greeting", steps);
    let offer = ehlo(&["STARTTLS", SPOOFED]);
    let steps = vec![
        text(format!("220 \x1b[31m{SPOOFED}\r\n")),
        Step::Hear("EHLO"),
        text(offer),
        Step::Hear("STARTTLS"),
        text(format!("220 {SPOOFED}\r\n")),
    ];
    put(Smtp, "greeting", steps);
    let long = format!("220-{SPOOFED}\r\n220-second line\r\n220 {SPOOFED}\r\n");
    let steps = vec![
        text(long),
        Step::Hear("EHLO"),
        text(ehlo(&["STARTTLS"])),
        Step::Hear("STARTTLS"),
        text(format!("220 {SPOOFED}\r\n")),
    ];
    put(Smtp, "greeting of many lines", steps);
    cases
}
