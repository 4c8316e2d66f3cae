//! A case: what the server does, and what must come of it.

use postwren::mail::account::{AuthMethod, Protocol, Security};
use rustls::ServerConfig;
use std::sync::Arc;

/// What the server does next.
#[derive(Clone, Debug)]
pub enum Step {
    /// Says bytes; `{tag}` is the first word of the last line, `{trap}` a port on which nobody may ever knock.
    Say(Vec<u8>),
    /// Lets a moment pass, so that what was said is read and what follows is a segment of its own.
    Pause,
    /// Waits for a line with this text, in capitals. Another one ends the script.
    Hear(&'static str),
    /// Handshakes.
    Tls,
    /// Serves as a server would that offers this.
    Serve(Offer),
    /// Ends the connection.
    Close,
}

/// How what is said is cut into segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Whole,
    Halves,
    Bytes,
}

/// What a server offers, and what it says to credentials.
#[derive(Clone, Debug)]
pub struct Offer {
    words: Vec<String>,
    verdict: Option<String>,
}

impl Offer {
    pub fn of(words: &[&str]) -> Offer {
        Offer { words: words.iter().map(|word| (*word).to_string()).collect(), verdict: None }
    }

    /// Every way to log in.
    pub fn everything(protocol: Protocol) -> Offer {
        Offer::of(match protocol {
            Protocol::Imap => &["IMAP4rev1", "AUTH=PLAIN", "AUTH=LOGIN", "AUTH=XOAUTH2", "SASL-IR"],
            Protocol::Pop3 => &["USER", "SASL PLAIN XOAUTH2", "UIDL", "TOP"],
            Protocol::Smtp => &["AUTH PLAIN LOGIN XOAUTH2", "8BITMIME"],
        })
    }

    /// Says this to credentials instead of letting them in.
    pub fn saying(mut self, verdict: &str) -> Offer {
        self.verdict = Some(verdict.to_string());
        self
    }

    pub fn answer(&self, protocol: Protocol, command: &str) -> String {
        let welcome = match protocol {
            Protocol::Imap => "{tag} OK in\r\n",
            Protocol::Pop3 => "+OK in\r\n",
            Protocol::Smtp => "235 in\r\n",
        };
        match (protocol, command) {
            (Protocol::Imap, "CAPABILITY") => format!("* CAPABILITY {}\r\n{{tag}} OK done\r\n", self.words.join(" ")),
            (Protocol::Imap, "LOGOUT") => "* BYE\r\n{tag} OK bye\r\n".into(),
            (Protocol::Imap, "AUTHENTICATE" | "LOGIN")
            | (Protocol::Pop3, "AUTH" | "PASS")
            | (Protocol::Smtp, "AUTH") => self.verdict.clone().unwrap_or_else(|| welcome.into()),
            (Protocol::Imap, "STARTTLS") => "{tag} BAD not again\r\n".into(),
            (Protocol::Imap, _) => "{tag} OK done\r\n".into(),
            (Protocol::Pop3, "CAPA") => {
                let lines = self.words.iter().map(|word| format!("{word}\r\n")).collect::<String>();
                format!("+OK\r\n{lines}.\r\n")
            }
            (Protocol::Pop3, "STLS") => "-ERR not again\r\n".into(),
            (Protocol::Pop3, _) => "+OK done\r\n".into(),
            (Protocol::Smtp, "EHLO") => ehlo(&self.words),
            (Protocol::Smtp, "STARTTLS") => "503 not again\r\n".into(),
            (Protocol::Smtp, "QUIT") => "221 bye\r\n".into(),
            (Protocol::Smtp, _) => "250 done\r\n".into(),
        }
    }
}

pub fn ehlo<S: AsRef<str>>(words: &[S]) -> String {
    let mut lines = vec!["liar.example".to_string()];
    lines.extend(words.iter().map(|word| word.as_ref().to_string()));
    let last = lines.len() - 1;
    let line = |(at, text): (usize, &String)| format!("250{}{text}\r\n", if at == last { ' ' } else { '-' });
    lines.iter().enumerate().map(line).collect()
}

/// What the client must report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Encryption was demanded and something was wrong about it.
    NoEncryption,
    /// The certificate proves nothing.
    Certificate(Why),
    /// The server broke the protocol.
    Protocol,
    /// The server said no.
    Refused,
    /// The connection ended.
    Unreachable,
    /// A web server speaks, as the sign-in page of a network does.
    CaptivePortal,
    /// No way to log in, or refused.
    Authentication,
    /// It is the honest server that it says it is, and lets us in.
    Welcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Name,
    Expired,
    NotYetValid,
    UnknownIssuer,
    Other,
}

#[derive(Clone)]
pub struct Case {
    pub family: &'static str,
    pub name: String,
    pub protocol: Protocol,
    pub security: Security,
    pub host: &'static str,
    pub method: AuthMethod,
    pub steps: Vec<Step>,
    pub delivery: Delivery,
    pub identity: Arc<ServerConfig>,
    /// Any of these.
    pub expected: Vec<Outcome>,
    /// Credentials may be said within verified TLS.
    pub may_log_in: bool,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {:?} {:?}, {} ({:?})", self.family, self.protocol, self.security, self.name, self.delivery)
    }
}

/// Words in which the protocols differ.
pub struct Speech {
    pub greeting: &'static str,
    /// From the greeting to the client's demand for TLS.
    pub until_starttls: Vec<Step>,
    /// The server's leave to begin TLS.
    pub go: &'static str,
}

pub const PROTOCOLS: [Protocol; 3] = [Protocol::Imap, Protocol::Pop3, Protocol::Smtp];

pub fn speech(protocol: Protocol) -> Speech {
    match protocol {
        Protocol::Imap => Speech {
            greeting: "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR] ready\r\n",
            until_starttls: vec![
                text("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR] ready\r\n"),
                Step::Hear("STARTTLS"),
            ],
            go: "{tag} OK go\r\n",
        },
        Protocol::Pop3 => Speech {
            greeting: "+OK ready\r\n",
            until_starttls: vec![
                text("+OK ready\r\n"),
                Step::Hear("CAPA"),
                text("+OK\r\nSTLS\r\nUSER\r\nSASL PLAIN\r\n.\r\n"),
                Step::Hear("STLS"),
            ],
            go: "+OK go\r\n",
        },
        Protocol::Smtp => Speech {
            greeting: "220 liar.example ESMTP\r\n",
            until_starttls: vec![
                text("220 liar.example ESMTP\r\n"),
                Step::Hear("EHLO"),
                text(ehlo(&["STARTTLS", "AUTH PLAIN LOGIN"])),
                Step::Hear("STARTTLS"),
            ],
            go: "220 go\r\n",
        },
    }
}

/// Says text.
pub fn text(words: impl AsRef<[u8]>) -> Step {
    Step::Say(words.as_ref().to_vec())
}
