//! The header fields that make an envelope, decoded and made safe to show.

use super::header::Header;
use super::{Defect, charset, guard, header, word};
use crate::mail::address::Address;
use crate::mail::envelope::Envelope;
use crate::mail::{message_id, text};
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, HeaderValue};

/// Reads an envelope, and notes what is wrong with it.
pub fn envelope(header: &Header<'_>, defects: &mut Vec<Defect>) -> Envelope {
    let mut disguise = false;
    let mut people = |name: &str| addresses(header, name, &mut disguise);
    let from = people("from");
    let (reply_to, to, cc, bcc) = (people("reply-to"), people("to"), people("cc"), people("bcc"));
    let subject = subject(header, &mut disguise);
    let date = date(header);
    let from_fields = header.all("from").count();
    if from_fields != 1 || from.iter().filter(|a| !a.addr.is_empty()).count() != 1 {
        defects.push(Defect::From);
    }
    if date.is_none() {
        defects.push(Defect::Date);
    }
    if disguise {
        defects.push(Defect::Disguise);
    }
    let ids = |name: &str| {
        let value = header.text(name, guard::MAX_TEXT_FIELD.saturating_mul(4)).unwrap_or_default();
        message_id::parse(&value, guard::MAX_REFERENCES)
    };
    Envelope {
        message_id: ids("message-id").into_iter().next(),
        in_reply_to: ids("in-reply-to"),
        references: ids("references"),
        from,
        reply_to,
        to,
        cc,
        bcc,
        subject,
        date,
    }
}

/// The Subject on one line, decoded.
pub fn subject(header: &Header<'_>, disguise: &mut bool) -> String {
    let value = header.text("subject", guard::MAX_TEXT_FIELD).unwrap_or_default();
    shown(&word::decode(&value), disguise)
}

/// Every address of every field of that name. Groups are opened; what has a name but no address keeps the name.
fn addresses(header: &Header<'_>, name: &str, disguise: &mut bool) -> Vec<Address> {
    let mut found = Vec::new();
    for value in header.all(name) {
        parse_addresses(value, &mut found, disguise);
        if found.len() >= guard::MAX_ADDRESSES {
            found.truncate(guard::MAX_ADDRESSES);
            break;
        }
    }
    found
}

pub fn parse_addresses(value: &[u8], found: &mut Vec<Address>, disguise: &mut bool) {
    let value = bounded_list(value);
    let text = charset::header_text(value);
    let mut line = word::unify(&text).into_owned();
    line.push('\n');
    let before = found.len();
    let mut add = |addr: &Addr<'_>| {
        let name = addr.name.as_deref().map(|n| shown(&word::decode(n), disguise)).unwrap_or_default();
        let specs = specs(addr.address.as_deref().unwrap_or_default(), disguise);
        if !name.is_empty() || specs.iter().any(|spec| !spec.is_empty()) {
            found.extend(specs.into_iter().map(|addr| Address { name: name.clone(), addr }));
        }
    };
    if let Some(HeaderValue::Address(list)) = guard::shielded(|| MessageStream::new(line.as_bytes()).parse_address()) {
        match &list {
            mail_parser::Address::List(list) => list.iter().for_each(&mut add),
            mail_parser::Address::Group(groups) => groups.iter().flat_map(|g| &g.addresses).for_each(&mut add),
        }
    }
    // What cannot be understood is shown as it stands, but for an empty group.
    if found.len() == before && !text.trim_end().ends_with([':', ';']) {
        let name = shown(&word::decode(&header::unfold(value, 1_000)), disguise);
        if !name.is_empty() {
            found.push(Address { name, addr: String::new() });
        }
    }
}

/// The addr-specs of one mailbox: one, but for lists whose commas were forgotten. A route, which nobody has used
/// since RFC 1123, goes.
fn specs(text: &str, disguise: &mut bool) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let several = words.len() > 1 && words.iter().all(|word| word.contains('@'));
    let whole = if several { words.iter().map(|word| word.to_string()).collect() } else { vec![words.concat()] };
    let without_route = |spec: String| match spec.strip_prefix('@').and_then(|route| route.rsplit_once(':')) {
        Some((_, spec)) => spec.to_string(),
        None => spec,
    };
    whole.into_iter().map(|spec| shown(&without_route(spec), disguise)).collect()
}

/// The beginning of a list that is too long, up to a comma.
fn bounded_list(value: &[u8]) -> &[u8] {
    let Some(head) = value.get(..guard::MAX_ADDRESS_FIELD) else { return value };
    let end = memchr::memrchr(b',', head).unwrap_or(head.len());
    head.get(..end).unwrap_or(head)
}

/// One line, white space folded, disguises marked.
pub fn shown(text: &str, disguise: &mut bool) -> String {
    // White space at the ends and tabs are no disguise; a line end inside is.
    let trimmed = text.trim();
    let safe = text::display_safe(trimmed);
    *disguise |=
        safe.chars().filter(|c| *c == text::MARK).count() > trimmed.chars().filter(|c| *c == text::MARK).count();
    text::fold_white(&safe)
}

fn date(header: &Header<'_>) -> Option<i64> {
    moment(header.first("date")?)
}

/// A date (RFC 5322, 3.3) as Unix seconds.
pub fn moment(value: &[u8]) -> Option<i64> {
    let mut value = header::unfold(value, 200);
    value.push('\n');
    guard::shielded(|| match MessageStream::new(value.as_bytes()).parse_date() {
        HeaderValue::DateTime(date) if date.is_valid() => Some(date.to_timestamp()),
        _ => None,
    })
    .flatten()
}

/// The Subject of an attached message, for its file name.
pub fn subject_of(raw: &[u8]) -> String {
    let (header, _) = header::split(raw, |_| false);
    subject(&header, &mut false)
}
