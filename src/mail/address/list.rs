//! What people type or paste into an address field.

use super::{Address, reason};
use crate::mail::mime::word;
use crate::mail::text;

/// Something in an address field that is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is no mail address: {reason}")]
pub struct BadAddress {
    /// As typed, trimmed.
    pub text: String,
    pub reason: BadAddressReason,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddressReason {
    #[error("it has no @")]
    NoAt,
    #[error("a mailbox cannot be called so")]
    LocalPart,
    #[error("there can be no such domain")]
    Domain,
}

/// Reads addresses separated by commas, semicolons or line ends: `a@b`, `Name <a@b>`, `"Name, Other" <a@b>`,
/// `a@b (Name)`, `mailto:a@b`, encoded words, groups (whose name is dropped), international domains. Several bare
/// addresses may be separated by blanks alone. Where semicolons separate, a comma may stand in an unquoted name
/// (`Lovelace, Ada <ada@x>; …`). Nothing is lost: what is no address comes back as the error of its place.
pub fn parse_list(typed: &str) -> Vec<Result<Address, BadAddress>> {
    let semicolons = pieces(typed, |c| c == ';').len() > 1 && !typed.contains(':');
    let mut found = Vec::new();
    let mut waiting = String::new();
    for item in pieces(typed, |c| matches!(c, ',' | ';' | '\n' | '\r')) {
        let text = item.text.trim();
        if text.is_empty() {
            continue;
        }
        if semicolons && item.end == Some(',') && !text.contains('@') {
            waiting.push_str(text);
            waiting.push_str(", ");
            continue;
        }
        let whole = std::mem::take(&mut waiting) + text;
        item_into(&whole, &mut found);
    }
    let left = waiting.trim_end_matches([',', ' ']);
    if !left.is_empty() {
        item_into(left, &mut found);
    }
    found
}

struct Item<'a> {
    text: &'a str,
    /// The separator after it.
    end: Option<char>,
}

/// Cuts at separators outside quotes, angle brackets and comments. A bracket or quote that is never closed
/// protects nothing beyond its line.
fn pieces(typed: &str, separator: impl Fn(char) -> bool) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let (mut start, mut quoted, mut escaped, mut angle, mut comments) = (0, false, false, false, 0u32);
    for (at, c) in typed.char_indices() {
        let line_end = matches!(c, '\n' | '\r');
        if line_end {
            (quoted, angle, comments) = (false, false, 0);
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' => comments = comments.saturating_add(1),
            ')' => comments = comments.saturating_sub(1),
            '<' if comments == 0 => angle = true,
            '>' if comments == 0 => angle = false,
            _ => {}
        }
        if separator(c) && !quoted && !angle && comments == 0 {
            items.push(Item { text: typed.get(start..at).unwrap_or_default(), end: Some(c) });
            start = at.saturating_add(c.len_utf8());
        }
    }
    items.push(Item { text: typed.get(start..).unwrap_or_default(), end: None });
    items
}

fn item_into(item: &str, found: &mut Vec<Result<Address, BadAddress>>) {
    let words: Vec<&str> = item.split_whitespace().collect();
    let bare = !item.contains(['<', '"', '(']);
    if bare && words.len() > 1 && words.iter().all(|w| w.contains('@')) {
        found.extend(words.into_iter().map(parse_one));
    } else {
        found.push(parse_one(item));
    }
}

/// One address as typed.
fn parse_one(typed: &str) -> Result<Address, BadAddress> {
    let typed = typed.trim();
    let (name, addr) = match bracketed(typed) {
        Some(both) => both,
        None => commented(typed),
    };
    let addr = addr.trim().trim_end_matches(['.', ',', ';']);
    let addr = without_prefix(addr);
    match reason(addr) {
        None => Ok(Address { name: clean_name(name), addr: addr.to_string() }),
        Some(reason) => Err(BadAddress { text: text::display_safe(typed).into_owned(), reason }),
    }
}

/// `Name <a@b>`: split at the last opening bracket outside quotes.
fn bracketed(typed: &str) -> Option<(&str, &str)> {
    let inside = typed.strip_suffix('>').unwrap_or(typed);
    let (name, addr) = inside.rsplit_once('<')?;
    // The bracket belongs to a quoted name when the quotes before it are odd.
    let quotes = name.replace("\\\\", "").replace("\\\"", "").matches('"').count();
    (quotes % 2 == 0).then_some((name, addr))
}

/// `a@b (Name)`, or the address alone.
fn commented(typed: &str) -> (&str, &str) {
    match typed.strip_suffix(')').and_then(|t| t.split_once('(')) {
        Some((addr, name)) if addr.contains('@') => (name, addr),
        _ => ("", typed),
    }
}

/// Drops `mailto:` and a group's name (`friends: a@b`).
fn without_prefix(addr: &str) -> &str {
    match addr.split_once(':') {
        Some((prefix, rest)) if !prefix.contains(['@', '"', '[']) => rest.trim(),
        _ => addr,
    }
}

fn clean_name(name: &str) -> String {
    let name = without_group(name.trim());
    let unquoted = match name.strip_prefix('"').and_then(|n| n.strip_suffix('"')) {
        Some(inside) => unescape(inside),
        None => unescape(&name.replace('"', "")),
    };
    let decoded = word::decode(&unquoted);
    let name = text::fold_white(&text::display_safe(&decoded));
    name.trim_matches(|c| matches!(c, '“' | '”' | '„' | '\'')).to_string()
}

/// A group's name before the first member's.
fn without_group(name: &str) -> &str {
    match name.split_once(':') {
        Some((group, rest)) if !group.contains('"') && !rest.trim().is_empty() => rest.trim(),
        _ => name,
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        if c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        escaped = false;
        out.push(c);
    }
    out
}
