//! Enhanced status codes (RFC 3463) and what they give as the reason.

use serde::Serialize;
use std::fmt;

/// An enhanced status code, such as 5.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// 2: done, 4: not yet, 5: never.
    pub class: u8,
    pub subject: u16,
    pub detail: u16,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl Status {
    /// The code at the beginning of a text, perhaps followed by others words.
    pub fn parse(text: &str) -> Option<Status> {
        let word = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
        let mut numbers = word.split('.');
        let (class, subject, detail) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let short = |n: &str| n.len() <= 3;
        let all = numbers.next().is_none() && short(subject) && short(detail);
        let status =
            Status { class: class.parse().ok()?, subject: subject.parse().ok()?, detail: detail.parse().ok()? };
        (all && matches!(status.class, 2 | 4 | 5)).then_some(status)
    }

    /// The first code within a host's reply, such as `550 5.1.1 No such user`.
    pub fn within(reply: &str) -> Option<Status> {
        // Three-digit reply codes and hyphens come before it.
        reply.split([' ', '-', '(', '#', '[', ':']).take(24).find_map(Status::parse)
    }

    /// Nothing but success, delay or failure is said.
    fn is_vague(self) -> bool {
        self.subject == 0
    }
}

/// Why a message was not delivered, as far as codes say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    #[default]
    Unsaid,
    NoSuchMailbox,
    NoSuchDomain,
    /// The domain takes no mail (null MX, RFC 7505).
    DomainWithoutMail,
    BadAddress,
    MailboxMoved,
    BadSenderAddress,
    MailboxDisabled,
    MailboxFull,
    MessageTooLarge,
    /// The mailing list cannot pass it on.
    List,
    SystemFull,
    /// The host takes no mail now.
    NotAccepting,
    /// The host is set up wrongly, or has trouble of its own.
    SystemTrouble,
    NoAnswer,
    BadConnection,
    /// No way there is known.
    NoRoute,
    Congestion,
    /// It went round in circles.
    Loop,
    /// It was tried for too long.
    Expired,
    TooManyRecipients,
    /// The two hosts do not understand each other.
    Protocol,
    /// Its content cannot be taken or converted.
    Content,
    /// It was taken for spam or refused by other rules.
    Policy,
    /// The sender may not write there.
    NotAllowed,
    /// SPF, DKIM or DMARC failed.
    SenderNotProved,
    /// Encryption is demanded and cannot be had.
    Encryption,
    /// Too much mail came from there.
    RateLimit,
}

impl Reason {
    /// What a code says, or, where it is missing or vague, what the host's reply does.
    pub fn of(status: Option<Status>, reply: Option<&str>) -> Reason {
        let reply = reply.unwrap_or_default();
        let status = status.filter(|s| !s.is_vague()).or_else(|| Status::within(reply).filter(|s| !s.is_vague()));
        match status.map(Reason::of_code) {
            Some(Reason::Unsaid | Reason::SystemTrouble) | None => match Reason::of_words(reply) {
                Reason::Unsaid => status.map_or(Reason::Unsaid, Reason::of_code),
                said => said,
            },
            Some(reason) => reason,
        }
    }

    /// RFC 3463, 3.2 to 3.8, with the registry of IANA.
    fn of_code(status: Status) -> Reason {
        match (status.subject, status.detail) {
            (1, 0 | 1) => Reason::NoSuchMailbox,
            (1, 2) => Reason::NoSuchDomain,
            (1, 3 | 4 | 5 | 9) => Reason::BadAddress,
            (1, 6) => Reason::MailboxMoved,
            (1, 7 | 8) | (7, 27) => Reason::BadSenderAddress,
            (1, 10) => Reason::DomainWithoutMail,
            (2, 1) => Reason::MailboxDisabled,
            (2, 2) => Reason::MailboxFull,
            (2, 3) | (3, 4) => Reason::MessageTooLarge,
            (2, 4) | (7, 2) => Reason::List,
            (3, 1) => Reason::SystemFull,
            (3, 2) => Reason::NotAccepting,
            (3, 3) | (5, 6) => Reason::Protocol,
            (2 | 3, _) => Reason::SystemTrouble,
            (4, 1) => Reason::NoAnswer,
            (4, 2) => Reason::BadConnection,
            (4, 3 | 4) => Reason::NoRoute,
            (4, 5) => Reason::Congestion,
            (4, 6) => Reason::Loop,
            (4, 7) => Reason::Expired,
            (5, 3) => Reason::TooManyRecipients,
            (5, _) => Reason::Protocol,
            (6, _) => Reason::Content,
            (7, 1 | 8 | 9 | 13 | 14) => Reason::NotAllowed,
            (7, 20..=24 | 26) => Reason::SenderNotProved,
            (7, 10 | 11 | 30) => Reason::Encryption,
            (7, 28) => Reason::RateLimit,
            (7, _) => Reason::Policy,
            _ => Reason::Unsaid,
        }
    }

    /// What hosts write who know no codes.
    fn of_words(reply: &str) -> Reason {
        let lower = crate::mail::text::truncate(reply, 1_000).to_lowercase();
        let table: [(&[&str], Reason); 8] = [
            (&["user unknown", "no such user", "unknown user", "no mailbox", "does not exist"], Reason::NoSuchMailbox),
            (&["quota", "mailbox full", "mailbox is full"], Reason::MailboxFull),
            (&["host not found", "host or domain name not found", "no such domain"], Reason::NoSuchDomain),
            (&["spam", "blacklist", "blocklist", "block list", "blocked", "reputation"], Reason::Policy),
            (&["dmarc", "spf check", "dkim"], Reason::SenderNotProved),
            (&["too large", "size limit", "exceeds size"], Reason::MessageTooLarge),
            (&["timed out", "connection refused", "no route"], Reason::NoAnswer),
            (&["relay access denied", "relaying denied", "not permitted"], Reason::NotAllowed),
        ];
        let found = table.iter().find(|(words, _)| words.iter().any(|word| lower.contains(word)));
        found.map_or(Reason::Unsaid, |(_, reason)| *reason)
    }
}
