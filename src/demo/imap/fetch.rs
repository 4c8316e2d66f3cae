//! FETCH (RFC 3501, 6.4.5): UID, FLAGS, INTERNALDATE, RFC822.SIZE, and bodies whole, by header,
//! by header fields or by text, each also in part (`<offset.length>`).

use super::super::store::Message;
use super::super::wire::{Alive, find};
use super::command::Token;
use super::{Enabled, Session, Status};
use crate::mail::account::Protocol;
use crate::mail::flags::Flags;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// One thing asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Uid,
    Flags,
    ModSeq,
    Date,
    Size,
    Body(Body),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Body {
    /// As it is repeated in the answer, without the length of a partial.
    label: String,
    section: Section,
    partial: Option<(usize, usize)>,
    marks_seen: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Section {
    Whole,
    Header,
    Text,
    /// Only (or, when `not`, all but) the fields of these names, upper case.
    Fields {
        names: Vec<String>,
        not: bool,
    },
}

impl Session<'_> {
    pub(super) async fn fetch(&mut self, arguments: &[Token], by_uid: bool) -> Alive<Status> {
        let (Some(account), Some(selected)) = (self.account, &self.selected) else {
            return Ok(Status::bad("select a mailbox first"));
        };
        let set = arguments.first().and_then(Token::text).unwrap_or_default();
        let Some(chosen) = selected.chosen(&set, by_uid) else { return Ok(Status::bad("which messages?")) };
        let (asked, since) = changed_since(arguments.get(1..).unwrap_or_default());
        let Some(mut items) = items(asked) else {
            return Ok(Status::bad("this demo server cannot fetch that"));
        };
        if since.is_some() {
            if !self.offers("CONDSTORE") {
                return Ok(Status::bad("no CONDSTORE here"));
            }
            self.enabled = self.enabled.max(Enabled::CondStore);
            items.push(Item::ModSeq);
        }
        if by_uid && !items.contains(&Item::Uid) {
            items.insert(0, Item::Uid);
        }
        let path = selected.path.clone();
        if items.iter().any(|i| matches!(i, Item::Body(body) if body.marks_seen)) {
            let uids: BTreeSet<u32> = chosen.iter().map(|(_, uid)| *uid).collect();
            let seen = |f: &mut Flags, _: &mut BTreeSet<String>| *f = f.union(Flags::SEEN);
            let _ = self.shared.store.change(|state| state.alter(account, &path, &uids, seen));
        }
        let messages: BTreeMap<u32, Message> = {
            let state = self.shared.store.look();
            let messages = state.mailbox(account, &path).map(|m| m.messages.as_slice()).unwrap_or_default();
            let changed = messages.iter().filter(|m| since.is_none_or(|since| m.change > since));
            changed.map(|m| (m.uid, m.clone())).collect()
        };
        for (number, message) in chosen.iter().filter_map(|(n, uid)| Some((n, messages.get(uid)?))) {
            self.wire.say(format!("* {number} FETCH ("));
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    self.wire.say(" ");
                }
                self.say_item(item, message);
            }
            self.wire.say(")\r\n");
            self.wire.ease().await?;
        }
        Ok(Status::ok("fetched"))
    }

    fn say_item(&mut self, item: &Item, message: &Message) {
        match item {
            Item::Uid => self.wire.say(format!("UID {}", message.uid)),
            Item::Flags => self.wire.say(format!("FLAGS ({})", message.imap_flags())),
            Item::ModSeq => self.wire.say(format!("MODSEQ ({})", message.change)),
            Item::Date => {
                let date = message.date.to_zoned(TimeZone::UTC);
                self.wire.say(format!("INTERNALDATE \"{}\"", date.strftime("%d-%b-%Y %H:%M:%S %z")));
            }
            Item::Size => {
                let size = self.shared.faults.size(Protocol::Imap, message.raw.len());
                self.wire.say(format!("RFC822.SIZE {size}"));
            }
            Item::Body(body) => {
                let bytes = cut(&message.raw, &body.section);
                let bytes = match body.partial {
                    Some((from, length)) => {
                        let rest = bytes.get(from.min(bytes.len())..).unwrap_or_default();
                        rest.get(..length.min(rest.len())).unwrap_or_default()
                    }
                    None => &bytes,
                };
                self.wire.say(format!("{} {{{}}}\r\n", body.label, bytes.len()));
                self.wire.say(bytes);
            }
        }
    }
}

/// What stands before `(CHANGEDSINCE n)`, and n.
fn changed_since(arguments: &[Token]) -> (&[Token], Option<u64>) {
    let is_word = |t: &Token| matches!(t, Token::Atom(word) if word.eq_ignore_ascii_case("CHANGEDSINCE"));
    let Some(at) = arguments.iter().position(is_word) else { return (arguments, None) };
    let since = arguments.get(at.saturating_add(1)).and_then(Token::text).and_then(|n| n.parse().ok());
    (arguments.get(..at.saturating_sub(1)).unwrap_or_default(), since)
}

fn items(arguments: &[Token]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    for token in arguments.iter().filter(|t| !matches!(t, Token::Open | Token::Close)) {
        let Token::Atom(word) = token else { return None };
        match word.to_ascii_uppercase().as_str() {
            "UID" => items.push(Item::Uid),
            "FLAGS" => items.push(Item::Flags),
            "MODSEQ" => items.push(Item::ModSeq),
            "INTERNALDATE" => items.push(Item::Date),
            "RFC822.SIZE" => items.push(Item::Size),
            "FAST" => items.extend([Item::Flags, Item::Date, Item::Size]),
            "RFC822" => items.push(whole("RFC822", Section::Whole, true)),
            "RFC822.HEADER" => items.push(whole("RFC822.HEADER", Section::Header, false)),
            "RFC822.TEXT" => items.push(whole("RFC822.TEXT", Section::Text, true)),
            upper => items.push(Item::Body(body(upper)?)),
        }
        if items.len() > 50 {
            return None;
        }
    }
    (!items.is_empty()).then_some(items)
}

fn whole(label: &str, section: Section, marks_seen: bool) -> Item {
    Item::Body(Body { label: label.into(), section, partial: None, marks_seen })
}

/// Reads `BODY[…]`, `BODY.PEEK[…]`, each perhaps with `<from.length>`; upper case.
fn body(word: &str) -> Option<Body> {
    let (rest, marks_seen) = match word.strip_prefix("BODY.PEEK[") {
        Some(rest) => (rest, false),
        None => (word.strip_prefix("BODY[")?, true),
    };
    let (inside, partial) = rest.split_once(']')?;
    let fields = |list: &str| -> Vec<String> {
        list.trim().trim_matches(['(', ')']).split(' ').map(|n| n.trim_matches('"').to_string()).collect()
    };
    let section = match inside {
        "" => Section::Whole,
        "HEADER" => Section::Header,
        "TEXT" => Section::Text,
        _ => match inside.strip_prefix("HEADER.FIELDS.NOT ") {
            Some(list) => Section::Fields { names: fields(list), not: true },
            None => Section::Fields { names: fields(inside.strip_prefix("HEADER.FIELDS ")?), not: false },
        },
    };
    let mut label = format!("BODY[{inside}]");
    let partial = match partial {
        "" => None,
        part => {
            let (from, length) = part.strip_prefix('<')?.strip_suffix('>')?.split_once('.')?;
            label.push_str(&format!("<{from}>"));
            Some((from.parse().ok()?, length.parse().ok()?))
        }
    };
    Some(Body { label, section, partial, marks_seen })
}

/// Header with its empty line, and body.
pub(super) fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    match find(raw, b"\r\n\r\n") {
        Some(at) => raw.split_at(at.saturating_add(4).min(raw.len())),
        None => (raw, &[]),
    }
}

/// The fields of a header, each with its folded lines, without the empty line at the end.
pub(super) fn fields(header: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = header;
    while !rest.is_empty() && rest != b"\r\n" {
        let mut end = 0_usize;
        for line in rest.split_inclusive(|b| *b == b'\n') {
            if end > 0 && !line.starts_with(b" ") && !line.starts_with(b"\t") {
                break;
            }
            end = end.saturating_add(line.len());
        }
        let (field, after) = rest.split_at(end.min(rest.len()));
        found.push(field);
        rest = after;
    }
    found
}

/// A field's name, upper case.
pub(super) fn field_name(field: &[u8]) -> String {
    let name = field.split(|b| *b == b':').next().unwrap_or_default();
    String::from_utf8_lossy(name.trim_ascii()).to_ascii_uppercase()
}

fn cut<'a>(raw: &'a [u8], section: &Section) -> std::borrow::Cow<'a, [u8]> {
    let (header, text) = split(raw);
    match section {
        Section::Whole => raw.into(),
        Section::Header => header.into(),
        Section::Text => text.into(),
        Section::Fields { names, not } => {
            let wanted = fields(header).into_iter().filter(|f| names.contains(&field_name(f)) != *not);
            let mut bytes = wanted.collect::<Vec<_>>().concat();
            bytes.extend_from_slice(b"\r\n");
            bytes.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: &[u8] = b"From: a\r\nSubject: b\r\n c\r\nX: d\r\n\r\nbody\r\n";

    #[test]
    fn sections_are_cut_where_they_begin() {
        let section = |word: &str| cut(RAW, &body(word).unwrap().section).into_owned();
        assert_eq!(section("BODY[]"), RAW);
        assert_eq!(section("BODY[TEXT]"), b"body\r\n");
        assert_eq!(section("BODY[HEADER]"), b"From: a\r\nSubject: b\r\n c\r\nX: d\r\n\r\n");
        assert_eq!(section("BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)]"), b"Subject: b\r\n c\r\n\r\n");
        assert_eq!(section("BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT)]"), b"From: a\r\nX: d\r\n\r\n");
    }

    #[test]
    fn partials_are_labelled_with_their_offset() {
        let part = body("BODY.PEEK[]<3.10>").unwrap();
        assert_eq!((part.label.as_str(), part.partial, part.marks_seen), ("BODY[]<3>", Some((3, 10)), false));
        assert!(["BODY[1]", "BODY[]<3>", "BODY[", "ENVELOPE", "BODY[]<a.b>"].iter().all(|w| body(w).is_none()));
    }

    #[test]
    fn messages_without_header_or_body_are_cut_without_harm() {
        for raw in [&b""[..], b"\r\n", b"x", b"\r\n\r\n", b": \r\n\n"] {
            let (header, text) = split(raw);
            assert_eq!([header, text].concat(), raw);
            fields(header);
        }
    }
}
