//! Content-Type and Content-Disposition (RFC 2045, 2183) with their parameters (RFC 2231), read leniently.

use super::{charset, guard, header, transfer, word};
use std::borrow::Cow;

/// A media type, or a disposition (then `subtype` is empty), with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Lower case, such as `text`, `multipart`, `attachment`.
    pub kind: String,
    /// Lower case, such as `plain`.
    pub subtype: String,
    parameters: Vec<(String, String)>,
}

impl Media {
    pub fn parse(value: &[u8]) -> Media {
        let text = header::unfold(value, guard::MAX_MEDIA_FIELD);
        let (essence, parameters) = text.split_once(';').unwrap_or((&text, ""));
        let essence = without_comments(essence);
        let mut words = essence.split_whitespace();
        let essence = words.next().unwrap_or_default().trim_matches('"').to_ascii_lowercase();
        let (kind, subtype) = essence.split_once('/').unwrap_or((&essence, ""));
        // "text/plain charset=x": the semicolon was forgotten.
        let forgotten = words.collect::<Vec<_>>().join(" ");
        let mut found = scan(&forgotten);
        found.append(&mut scan(parameters));
        Media { kind: kind.into(), subtype: subtype.into(), parameters: assemble(found) }
    }

    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind == kind && self.subtype == subtype
    }

    /// A parameter by its lower-case name, decoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// `kind/subtype`, or `None` where it is no media type.
    pub fn essence(&self) -> Option<String> {
        let token = |t: &str| {
            !t.is_empty() && t.len() < 128 && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        (token(&self.kind) && token(&self.subtype)).then(|| format!("{}/{}", self.kind, self.subtype))
    }
}

/// One parameter as written: its name, and its value out of the quotes.
struct Written<'a> {
    name: &'a str,
    value: Cow<'a, str>,
}

/// Cuts `a=b; c="d"; …` into parameters.
fn scan(text: &str) -> Vec<Written<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while found.len() < guard::MAX_PARAMETERS {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        let Some(end) = rest.find(['=', ';']) else { break };
        let (name, after) = rest.split_at(end);
        if after.starts_with(';') {
            rest = after;
            continue;
        }
        let after = after.get(1..).unwrap_or_default().trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(inside) => quoted(inside),
            None => plain(after),
        };
        found.push(Written { name: name.trim(), value });
        rest = next;
    }
    found
}

/// A quoted value up to its closing quote, or to the end. Only `\"` and `\\` are undone: `C:\temp` stays readable.
fn quoted(inside: &str) -> (Cow<'_, str>, &str) {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let value = inside.get(..at).unwrap_or_default();
                return (unescape(value), inside.get(at.saturating_add(1)..).unwrap_or_default());
            }
            _ => {}
        }
    }
    // Never closed: up to the next semicolon.
    let (value, next) = inside.split_once(';').unwrap_or((inside, ""));
    (unescape(value.trim_end()), next)
}

fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, characters.peek()) {
            ('\\', Some('"' | '\\')) => out.extend(characters.next()),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// An unquoted value: up to a semicolon, with blanks inside (against the rules, but common in file names).
fn plain(text: &str) -> (Cow<'_, str>, &str) {
    let (value, next) = text.split_once(';').unwrap_or((text, ""));
    let value = value.trim();
    let value = match value.strip_suffix(')').and_then(|v| v.rsplit_once(" (")) {
        Some((before, _)) => before.trim_end(),
        None => value,
    };
    (Cow::Borrowed(value), next)
}

fn without_comments(text: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' if depth > 0 => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// One segment of a parameter value (RFC 2231, section 3).
struct Segment<'a> {
    number: usize,
    encoded: bool,
    value: &'a str,
}

/// Joins continuations and decodes: `name*` and `name*0*` in the charset they declare, plain values as RFC 2047
/// words, which the RFC forbids there and much mail has.
fn assemble(written: Vec<Written<'_>>) -> Vec<(String, String)> {
    let mut plain: Vec<(String, String)> = Vec::new();
    let mut extended: Vec<(String, Vec<Segment<'_>>)> = Vec::new();
    for parameter in &written {
        let name = parameter.name.to_ascii_lowercase();
        let Some((base, rest)) = name.split_once('*') else {
            if !plain.iter().any(|(n, _)| *n == name) {
                plain.push((name, word::decode(&parameter.value).into_owned()));
            }
            continue;
        };
        let (number, encoded) = match rest.strip_suffix('*') {
            Some(number) => (number, true),
            None => (rest, rest.is_empty()),
        };
        let number = if number.is_empty() { Some(0) } else { number.parse().ok() };
        let Some(number) = number else { continue };
        let segment = Segment { number, encoded, value: &parameter.value };
        match extended.iter_mut().find(|(n, _)| n == base) {
            Some((_, segments)) => segments.push(segment),
            None => extended.push((base.to_string(), vec![segment])),
        }
    }
    // The extended form is the better one where both are given (RFC 6266, 4.3).
    let mut all: Vec<(String, String)> = extended.into_iter().map(|(name, s)| (name, join(s))).collect();
    for (name, value) in plain {
        if !all.iter().any(|(n, _)| *n == name) {
            all.push((name, value));
        }
    }
    all
}

fn join(mut segments: Vec<Segment<'_>>) -> String {
    segments.sort_by_key(|s| s.number);
    segments.dedup_by_key(|s| s.number);
    let mut charset = None;
    let mut bytes = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let mut value = segment.value;
        if !segment.encoded {
            bytes.extend_from_slice(value.as_bytes());
            continue;
        }
        if at == 0
            && let Some((declared, rest)) = value.split_once('\'')
            && let Some((_, text)) = rest.split_once('\'')
        {
            charset = Some(declared).filter(|c| !c.is_empty());
            value = text;
        }
        percent(value.as_bytes(), &mut bytes);
    }
    let text = charset::decode(&bytes, charset).0;
    word::decode(&text).into_owned()
}

/// Undoes `%XX`.
pub fn percent(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%'
            && let [high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (transfer::hex(*high), transfer::hex(*low))
        {
            out.push(high << 4 | low);
            rest = after;
            continue;
        }
        out.push(*first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_parameters_are_read() {
        let table = [
            ("text/plain; charset=utf-8", "text/plain", "charset", Some("utf-8")),
            ("TEXT/Plain;charset=\"UTF-8\"", "text/plain", "charset", Some("UTF-8")),
            ("text/plain charset=x", "text/plain", "charset", Some("x")),
            ("text/plain (a comment); charset=us-ascii (Plain text)", "text/plain", "charset", Some("us-ascii")),
            ("text/plain; charset = \"a\"; format=flowed", "text/plain", "format", Some("flowed")),
            ("multipart/mixed; boundary=\"a;b=c\"", "multipart/mixed", "boundary", Some("a;b=c")),
            ("multipart/mixed;\r\n\tboundary=abc", "multipart/mixed", "boundary", Some("abc")),
            ("a/b; name=\"say \\\"hi\\\"\"", "a/b", "name", Some("say \"hi\"")),
            ("a/b; name=\"C:\\temp\\x\"", "a/b", "name", Some("C:\\temp\\x")),
            ("a/b; name=my file.pdf; x=y", "a/b", "name", Some("my file.pdf")),
            ("a/b; name=\"open", "a/b", "name", Some("open")),
            ("a/b; junk; name=x", "a/b", "name", Some("x")),
            ("a/b; name*=utf-8''J%C3%B6rg.txt", "a/b", "name", Some("Jörg.txt")),
            ("a/b; name*=iso-8859-1'de'J%F6rg", "a/b", "name", Some("Jörg")),
            ("a/b; name*0=long; name*1=name", "a/b", "name", Some("longname")),
            ("a/b; name*1=b; name*0=a", "a/b", "name", Some("ab")),
            // A character split across two segments.
            ("a/b; name*0*=utf-8''J%C3; name*1*=%B6rg; name*2=.txt", "a/b", "name", Some("Jörg.txt")),
            ("a/b; name=plain; name*=utf-8''%E2%82%AC", "a/b", "name", Some("€")),
            ("a/b; name=\"=?utf-8?Q?J=C3=B6?= =?utf-8?Q?rg?=\"", "a/b", "name", Some("Jörg")),
            ("a/b; name=%41", "a/b", "name", Some("%41")),
            ("a/b; name*x=1; name*=''%zz", "a/b", "name", Some("%zz")),
            ("a/b;;;", "a/b", "name", None),
            ("", "/", "name", None),
        ];
        for (field, essence, name, value) in table {
            let media = Media::parse(field.as_bytes());
            assert_eq!(format!("{}/{}", media.kind, media.subtype), essence, "{field:?}");
            assert_eq!(media.parameter(name), value, "{field:?}");
        }
        let raw = Media::parse(b"a/b; name=\"J\xF6rg.txt\"");
        assert_eq!(raw.parameter("name"), Some("Jörg.txt"));
        assert_eq!(Media::parse(b"attachment; filename=x").essence(), None);
    }

    #[test]
    fn a_hundred_thousand_continuations_are_bounded() {
        let many: String = (0..100_000).map(|i| format!("; name*{i}=x")).collect();
        let media = Media::parse(format!("a/b{many}").as_bytes());
        assert_eq!(media.parameter("name").map(str::len), Some(guard::MAX_PARAMETERS));
    }
}
