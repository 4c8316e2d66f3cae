//! Within TLS: what was offered before it is void (T4), no mechanism is weaker than the account's (T5), and nobody
//! is followed to another server (T7).

use super::{Desk, each_way, into_tls, joined};
use crate::case::{Case, Offer, Outcome, PROTOCOLS, Step, ehlo, text};
use postwren::mail::account::Protocol::{self, Imap, Pop3, Smtp};
use postwren::mail::account::{AuthMethod, Security};

const BOTH: [Security; 2] = [Security::StartTls, Security::Tls];

/// Until TLS, with an offer of everything and more on the plain line.
fn tempting(protocol: Protocol) -> Vec<Step> {
    let steps = match protocol {
        Imap => vec![
            text("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN SASL-IR] hi\r\n"),
            Step::Hear("STARTTLS"),
            text("{tag} OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] go\r\n"),
        ],
        Pop3 => vec![
            text("+OK hi <1896.697170952@liar.example>\r\n"),
            Step::Hear("CAPA"),
            text("+OK\r\nSTLS\r\nUSER\r\nSASL PLAIN LOGIN\r\n.\r\n"),
            Step::Hear("STLS"),
            text("+OK go\r\n"),
        ],
        Smtp => vec![
            text("220 hi\r\n"),
            Step::Hear("EHLO"),
            text(ehlo(&["STARTTLS", "AUTH PLAIN LOGIN", "AUTH=PLAIN LOGIN"])),
            Step::Hear("STARTTLS"),
            text("220 go\r\n"),
        ],
    };
    joined(&[&steps, &[Step::Tls]])
}

/// An offer of nothing that we may use.
fn nothing(protocol: Protocol) -> Vec<(&'static str, Offer)> {
    let offers: &[(&'static str, &[&str])] = match protocol {
        Imap => &[
            ("login disabled", &["IMAP4rev1", "LOGINDISABLED"]),
            ("login disabled, by challenge alone", &["IMAP4rev1", "LOGINDISABLED", "AUTH=CRAM-MD5", "AUTH=GSSAPI"]),
            ("login disabled, anonymous", &["IMAP4rev1", "LOGINDISABLED", "AUTH=ANONYMOUS"]),
            ("login disabled, words that look alike", &["IMAP4rev1", "LOGINDISABLED", "XAUTH=PLAIN", "AUTH=PLAINX"]),
        ],
        // POP3 has no way to forbid USER and PASS but to refuse them.
        Pop3 => &[],
        Smtp => &[
            ("no mechanism", &["8BITMIME"]),
            ("by challenge alone", &["AUTH CRAM-MD5 DIGEST-MD5 GSSAPI"]),
            ("anonymous", &["AUTH ANONYMOUS EXTERNAL"]),
            ("words that look alike", &["XAUTH PLAIN", "AUTH PLAINX XLOGIN", "AUTHPLAIN"]),
        ],
    };
    offers.iter().map(|(name, words)| (*name, Offer::of(words))).collect()
}

/// What was offered before TLS counts for nothing after it.
pub fn capabilities(desk: &Desk) -> Vec<Case> {
    let mut cases = Vec::new();
    let none = [Outcome::Authentication, Outcome::Protocol];
    for protocol in PROTOCOLS {
        for (name, offer) in nothing(protocol) {
            let steps = joined(&[&tempting(protocol), &[Step::Serve(offer)]]);
            cases.extend(each_way(desk.case("capabilities", protocol, format!("then {name}"), &none, steps)));
        }
        // The other way round: what forbade it on the plain line forbids nothing within.
        let steps = joined(&[&tempting(protocol), &[Step::Serve(Offer::everything(protocol))]]);
        let case = desk.case("capabilities", protocol, "then everything", &[Outcome::Welcome], steps);
        cases.extend(each_way(Case { may_log_in: true, ..case }));
    }
    let forbidding = vec![
        text("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hi\r\n"),
        Step::Hear("STARTTLS"),
        text("{tag} OK go\r\n"),
        Step::Tls,
        Step::Serve(Offer::everything(Imap)),
    ];
    let case = desk.case("capabilities", Imap, "forbidden before, allowed within", &[Outcome::Welcome], forbidding);
    cases.extend(each_way(Case { may_log_in: true, ..case }));
    for (name, answer) in [("not told again", "{tag} OK done\r\n"), ("refused", "{tag} NO secret\r\n")] {
        let steps = joined(&[&tempting(Imap), &[Step::Hear("CAPABILITY"), text(answer)]]);
        let expected = [Outcome::Protocol, Outcome::Refused, Outcome::Authentication];
        cases.extend(each_way(desk.case("capabilities", Imap, name, &expected, steps)));
    }
    cases
}

/// The account's own way to log in, or none.
pub fn mechanisms(desk: &Desk) -> Vec<Case> {
    let mut cases = Vec::new();
    for protocol in PROTOCOLS {
        for security in BOTH {
            let passwords = match protocol {
                Imap => Offer::of(&["IMAP4rev1", "AUTH=PLAIN", "AUTH=LOGIN"]),
                Pop3 => Offer::of(&["USER", "SASL PLAIN LOGIN"]),
                Smtp => Offer::of(&["AUTH PLAIN LOGIN"]),
            };
            let steps = joined(&[&into_tls(protocol, security), &[Step::Serve(passwords)]]);
            let name = "a token where passwords alone are taken";
            let case = desk.case("mechanisms", protocol, name, &[Outcome::Authentication], steps);
            cases.push(Case { security, method: AuthMethod::XOAuth2, ..case });
            for (name, offer) in nothing(protocol) {
                let steps = joined(&[&into_tls(protocol, security), &[Step::Serve(offer)]]);
                let none = [Outcome::Authentication, Outcome::Protocol];
                let case = desk.case("mechanisms", protocol, name, &none, steps);
                cases.push(Case { security, ..case });
            }
        }
    }
    cases
}

/// Where the server sends us to: a port on which nobody knocks.
pub fn referrals(desk: &Desk) -> Vec<Case> {
    let verdicts: [(Protocol, &str, &str, Outcome); 9] = [
        (
            Imap,
            "refused with",
            "{tag} NO [REFERRAL imap://ada@127.0.0.1:{trap}/] over there\r\n",
            Outcome::Authentication,
        ),
        (
            Imap,
            "bad with",
            "{tag} BAD [REFERRAL imap://127.0.0.1:{trap}/INBOX] over there\r\n",
            Outcome::Authentication,
        ),
        (Imap, "let in with", "{tag} OK [REFERRAL imap://127.0.0.1:{trap}/] rather there\r\n", Outcome::Welcome),
        (
            Imap,
            "farewell with",
            "* BYE [REFERRAL imap://127.0.0.1:{trap}/] over there\r\n{tag} NO\r\n",
            Outcome::Authentication,
        ),
        (Pop3, "refused with", "-ERR [REFERRAL pop://127.0.0.1:{trap}/] over there\r\n", Outcome::Authentication),
        (Pop3, "let in with", "+OK [REFERRAL pop://127.0.0.1:{trap}/] rather there\r\n", Outcome::Welcome),
        (Smtp, "refused with", "551 5.7.8 try 127.0.0.1:{trap}\r\n", Outcome::Authentication),
        (Smtp, "later with", "454 4.7.0 try 127.0.0.1:{trap}\r\n", Outcome::Refused),
        (Smtp, "let in with", "235 2.7.0 rather 127.0.0.1:{trap}\r\n", Outcome::Welcome),
    ];
    let mut cases = Vec::new();
    for (protocol, name, verdict, outcome) in verdicts {
        for security in BOTH {
            let offer = Offer::everything(protocol).saying(verdict);
            let steps = joined(&[&into_tls(protocol, security), &[Step::Serve(offer)]]);
            let expected = [outcome, Outcome::Refused, Outcome::Unreachable, Outcome::Protocol];
            let case = desk.case("referrals", protocol, format!("{name} a referral"), &expected, steps);
            cases.push(Case { security, may_log_in: true, ..case });
        }
    }
    for (name, greeting) in [
        ("greeting with a referral", "* OK [REFERRAL imap://127.0.0.1:{trap}/] over there\r\n"),
        ("farewell with a referral", "* BYE [REFERRAL imap://127.0.0.1:{trap}/] over there\r\n"),
    ] {
        let expected = [Outcome::NoEncryption, Outcome::Refused];
        cases.extend(each_way(desk.case("referrals", Imap, name, &expected, vec![text(greeting)])));
    }
    cases
}
