//! Header fields written by ourselves, for what lettre's own encoder would leave ambiguous or too long.

use crate::mail::address::{self, Address};
use base64::Engine;
use lettre::message::header::{HeaderName, HeaderValue};

/// Bytes of text in one encoded word: 75 characters with its frame (RFC 2047, 2).
const WORD_BYTES: usize = 42;
/// An unbroken word of plain text that still fits a line of 998 bytes.
const MAX_PLAIN_WORD: usize = 400;

/// Text as encoded words in UTF-8, each on a line of its own.
pub fn words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let chunk = crate::mail::text::truncate(rest, WORD_BYTES);
        rest = rest.get(chunk.len()..).unwrap_or_default();
        if !out.is_empty() {
            out.push_str("\r\n ");
        }
        out.push_str("=?utf-8?B?");
        base64::engine::general_purpose::STANDARD.encode_string(chunk, &mut out);
        out.push_str("?=");
    }
    out
}

/// An unstructured field. `text` is one line without controls.
pub fn unstructured(name: &'static str, text: &str) -> HeaderValue {
    let header = HeaderName::new_from_ascii_str(name);
    let ambiguous = text.contains("=?") || text.split(' ').any(|word| word.len() > MAX_PLAIN_WORD);
    match ambiguous {
        true => HeaderValue::dangerous_new_pre_encoded(header, text.to_string(), words(text)),
        false => HeaderValue::new(header, text.to_string()),
    }
}

/// An address field of a message that is kept, not sent: what is no address yet is written as a name alone, and read
/// back as that.
pub fn kept_addresses(name: &'static str, list: &[Address], unfinished: &str) -> Option<HeaderValue> {
    let mut items: Vec<String> = list.iter().map(kept_address).collect();
    if !unfinished.trim().is_empty() {
        items.push(words(&one_line(unfinished)));
    }
    let value = items.join(",\r\n ");
    let header = HeaderName::new_from_ascii_str(name);
    (!items.is_empty()).then(|| HeaderValue::dangerous_new_pre_encoded(header, value.clone(), value))
}

/// A whole address field with its line end; nothing where there are no addresses.
pub fn address_field(name: &str, list: &[Address]) -> Option<String> {
    let items: Vec<String> = list.iter().map(kept_address).collect();
    (!items.is_empty()).then(|| format!("{name}: {}\r\n", items.join(",\r\n ")))
}

fn kept_address(address: &Address) -> String {
    match address::to_wire(&address.addr) {
        Some(addr) if address.name.is_empty() => format!("<{addr}>"),
        Some(addr) => format!("{}\r\n <{addr}>", words(&one_line(&address.name))),
        None => words(&one_line(&address.to_string())),
    }
}

/// The From field of a message that lacks it, with its line end.
pub fn from_field(from: &Address, wire: &str) -> String {
    let name = one_line(&from.name);
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
    match (name.is_empty(), plain) {
        (true, _) => format!("From: <{wire}>\r\n"),
        (false, true) if name.len() < 200 => format!("From: {name} <{wire}>\r\n"),
        _ => format!("From: {}\r\n <{wire}>\r\n", words(&name)),
    }
}

/// One line for a header field.
pub fn one_line(text: &str) -> String {
    crate::mail::text::fold_white(&crate::mail::text::display_safe(text))
}
