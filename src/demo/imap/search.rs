//! SEARCH (RFC 3501, 6.4.4) over headers, flags, dates, sizes and raw text. Text in bodies is looked
//! for as it was sent, undecoded.

use super::super::store::Message;
use super::command::{Set, Token};
use super::fetch::{field_name, fields, split};
use super::{Session, Status};
use crate::mail::flags::Flags;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Keys nested deeper than this are refused.
const DEEPEST: usize = 20;

enum Key {
    All,
    Not(Box<Key>),
    Or(Box<Key>, Box<Key>),
    And(Vec<Key>),
    Flag(Flags),
    Keyword(String),
    Uids(Set),
    Numbers(Set),
    Header(String, String),
    Anywhere(String),
    Body(String),
    Since(Date),
    Before(Date),
    Larger(usize),
}

/// The greatest sequence number and UID, for `*`.
struct Greatest {
    number: u32,
    uid: u32,
}

impl Session<'_> {
    pub(super) fn search(&mut self, arguments: &[Token], by_uid: bool) -> Status {
        let (Some(account), Some(selected)) = (self.account, &self.selected) else {
            return Status::bad("select a mailbox first");
        };
        let arguments = match arguments {
            [Token::Atom(charset), name, rest @ ..] if charset.eq_ignore_ascii_case("CHARSET") => {
                let known =
                    name.text().is_some_and(|n| ["UTF-8", "US-ASCII"].contains(&n.to_ascii_uppercase().as_str()));
                if !known {
                    return Status::no("[BADCHARSET (UTF-8 US-ASCII)] not in this charset");
                }
                rest
            }
            all => all,
        };
        let number = u32::try_from(selected.view.len()).unwrap_or(u32::MAX);
        let greatest = Greatest { number, uid: selected.view.last().map_or(0, |(uid, _)| *uid) };
        let mut tokens = arguments.iter().peekable();
        let Some(key) = all(&mut tokens, &greatest, 0).filter(|_| tokens.peek().is_none()) else {
            return Status::bad("this demo server cannot search for that");
        };
        let found: Vec<String> = {
            let state = self.shared.store.look();
            let messages = state.mailbox(account, &selected.path).map(|m| m.messages.as_slice()).unwrap_or_default();
            (1..)
                .zip(&selected.view)
                .filter_map(|(n, (uid, _))| Some((n, messages.iter().find(|m| m.uid == *uid)?)))
                .filter(|(n, message)| key.fits(*n, message))
                .map(|(n, message)| if by_uid { message.uid } else { n }.to_string())
                .collect()
        };
        let space = if found.is_empty() { "" } else { " " };
        self.wire.say(format!("* SEARCH{space}{}\r\n", found.join(" ")));
        Status::ok("searched")
    }
}

type Tokens<'a> = std::iter::Peekable<std::slice::Iter<'a, Token>>;

/// Keys up to the end or a closing parenthesis, all of which must fit.
fn all(tokens: &mut Tokens, greatest: &Greatest, depth: usize) -> Option<Key> {
    let mut keys = Vec::new();
    while tokens.peek().is_some_and(|t| **t != Token::Close) {
        keys.push(one(tokens, greatest, depth)?);
    }
    (!keys.is_empty()).then_some(Key::And(keys))
}

fn one(tokens: &mut Tokens, greatest: &Greatest, depth: usize) -> Option<Key> {
    let depth = depth.checked_add(1).filter(|d| *d <= DEEPEST)?;
    let word = match tokens.next()? {
        Token::Open => {
            let keys = all(tokens, greatest, depth)?;
            return (tokens.next()? == &Token::Close).then_some(keys);
        }
        Token::Atom(word) => word.to_ascii_uppercase(),
        _ => return None,
    };
    let not = |key: Key| Key::Not(Box::new(key));
    Some(match word.as_str() {
        "ALL" | "OLD" => Key::All,
        "NEW" | "RECENT" => not(Key::All),
        "NOT" => not(one(tokens, greatest, depth)?),
        "OR" => Key::Or(Box::new(one(tokens, greatest, depth)?), Box::new(one(tokens, greatest, depth)?)),
        "SEEN" | "ANSWERED" | "FLAGGED" | "DELETED" | "DRAFT" => Key::Flag(Flags::from_imap(&format!("\\{word}"))),
        "UNSEEN" | "UNANSWERED" | "UNFLAGGED" | "UNDELETED" | "UNDRAFT" => {
            not(Key::Flag(Flags::from_imap(&format!("\\{}", word.strip_prefix("UN")?))))
        }
        "KEYWORD" => Key::Keyword(text(tokens)?),
        "UNKEYWORD" => not(Key::Keyword(text(tokens)?)),
        "UID" => Key::Uids(Set::parse(&text(tokens)?, greatest.uid)?),
        "HEADER" => Key::Header(text(tokens)?.to_ascii_uppercase(), text(tokens)?.to_lowercase()),
        "FROM" | "TO" | "CC" | "BCC" | "SUBJECT" => Key::Header(word, text(tokens)?.to_lowercase()),
        "TEXT" => Key::Anywhere(text(tokens)?.to_lowercase()),
        "BODY" => Key::Body(text(tokens)?.to_lowercase()),
        "SINCE" => Key::Since(date(tokens)?),
        "BEFORE" => Key::Before(date(tokens)?),
        "ON" => {
            let day = date(tokens)?;
            Key::And(vec![Key::Since(day), Key::Before(day.tomorrow().ok()?)])
        }
        "LARGER" => Key::Larger(text(tokens)?.parse().ok()?),
        "SMALLER" => not(Key::Larger(text(tokens)?.parse::<usize>().ok()?.checked_sub(1)?)),
        set => Key::Numbers(Set::parse(set, greatest.number)?),
    })
}

fn text(tokens: &mut Tokens) -> Option<String> {
    tokens.next()?.text()
}

fn date(tokens: &mut Tokens) -> Option<Date> {
    Date::strptime("%d-%b-%Y", text(tokens)?.trim()).ok()
}

impl Key {
    fn fits(&self, number: u32, message: &Message) -> bool {
        match self {
            Key::All => true,
            Key::Not(key) => !key.fits(number, message),
            Key::Or(a, b) => a.fits(number, message) || b.fits(number, message),
            Key::And(keys) => keys.iter().all(|key| key.fits(number, message)),
            Key::Flag(flag) => message.flags.contains(*flag),
            Key::Keyword(word) => {
                let flag = Flags::from_imap(word);
                let known = !flag.is_empty() && message.flags.contains(flag);
                known || message.keywords.iter().any(|k| k.eq_ignore_ascii_case(word))
            }
            Key::Uids(set) => set.contains(message.uid),
            Key::Numbers(set) => set.contains(number),
            Key::Header(name, value) => {
                let fields = fields(split(&message.raw).0);
                fields.into_iter().any(|field| field_name(field) == *name && contains(after_colon(field), value))
            }
            Key::Anywhere(value) => contains(&message.raw, value),
            Key::Body(value) => contains(split(&message.raw).1, value),
            Key::Since(day) => message.date.to_zoned(TimeZone::UTC).date() >= *day,
            Key::Before(day) => message.date.to_zoned(TimeZone::UTC).date() < *day,
            Key::Larger(size) => message.raw.len() > *size,
        }
    }
}

fn after_colon(field: &[u8]) -> &[u8] {
    let colon = field.iter().position(|b| *b == b':').map_or(field.len(), |at| at.saturating_add(1));
    field.get(colon..).unwrap_or_default()
}

fn contains(bytes: &[u8], lower: &str) -> bool {
    String::from_utf8_lossy(bytes).to_lowercase().contains(lower)
}
