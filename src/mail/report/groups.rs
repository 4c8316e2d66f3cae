//! The groups of fields that a machine-readable report is made of (RFC 3464, 2.1).

use crate::mail::mime::{self, Header};

/// Groups that are looked at.
const MAX_GROUPS: usize = super::MAX_RECIPIENTS + 1;

/// The groups in order; whether there were more.
pub fn of(body: &[u8]) -> (Vec<Header<'_>>, bool) {
    let mut groups = Vec::new();
    let mut rest = body;
    loop {
        let blank = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        rest = rest.get(blank..).unwrap_or_default();
        if rest.is_empty() {
            return (groups, false);
        }
        if groups.len() >= MAX_GROUPS {
            return (groups, true);
        }
        let (header, end) = mime::split_header(rest);
        // What is no field at all would be read again and again.
        if header.fields.is_empty() {
            return (groups, false);
        }
        groups.push(header);
        rest = rest.get(end..).unwrap_or_default();
    }
}

/// A field as one safe line; none where it is empty.
pub fn line(group: &Header<'_>, name: &str) -> Option<String> {
    group.first(name).map(|value| mime::decoded_line(value.get(..MAX_LINE).unwrap_or(value))).filter(|v| !v.is_empty())
}

/// Bytes of one field.
const MAX_LINE: usize = 4 << 10;

/// A field of the form `type; value` (RFC 3464, 2.1.2): the value.
pub fn typed(group: &Header<'_>, name: &str) -> Option<String> {
    let value = line(group, name)?;
    let value = match value.split_once(';') {
        // The type is one word; a host's reply may have a semicolon of its own.
        Some((kind, rest)) if !kind.trim().contains(' ') => rest.trim().to_string(),
        _ => value,
    };
    let value = value.strip_prefix('<').and_then(|v| v.strip_suffix('>')).unwrap_or(&value).to_string();
    (!value.is_empty()).then_some(value)
}

/// A field with a date.
pub fn moment(group: &Header<'_>, name: &str) -> Option<i64> {
    group.first(name).and_then(mime::moment)
}
