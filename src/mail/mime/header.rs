//! A header block as its raw fields (RFC 5322, 2.2), found leniently.

use super::{charset, guard};
use std::borrow::Cow;

/// One field: name without the colon, value with its folding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub name: &'a [u8],
    pub value: &'a [u8],
}

/// The fields of a block, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header<'a> {
    pub fields: Vec<Field<'a>>,
}

impl<'a> Header<'a> {
    /// The first field of a name, in any case.
    pub fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let name = name.as_bytes();
        self.fields.iter().filter(move |f| f.name.eq_ignore_ascii_case(name)).map(|f| f.value)
    }

    /// The first field of a name as text: repaired to UTF-8, unfolded, trimmed, at most `max` bytes.
    pub fn text(&self, name: &str, max: usize) -> Option<String> {
        self.first(name).map(|value| unfold(value, max))
    }
}

/// A raw value as text: 8-bit bytes repaired, line ends taken out (the white space after them stays), trimmed.
pub fn unfold(value: &[u8], max: usize) -> String {
    let value = value.get(..max).unwrap_or(value);
    let text: Cow<'_, str> = charset::header_text(value);
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        out.push_str(line.strip_suffix('\r').unwrap_or(line));
    }
    out.trim().to_string()
}

/// Splits a block off the front of `data`: its fields, and where the body begins. `stop` says whether a line is a
/// boundary, at which a block without an empty line ends too.
///
/// A line that is neither field nor continuation ends the block and begins the body when nothing but prose
/// follows; in the middle of fields (a folding that lost its blank) it is passed over.
pub fn split<'a>(data: &'a [u8], stop: impl Fn(&[u8]) -> bool) -> (Header<'a>, usize) {
    let mut header = Header::default();
    let mut at = 0;
    // An mbox separator is no field.
    if is_mbox_line(data) {
        at = line_end(data, 0);
    }
    while let Some(line) = data.get(at..line_end(data, at)).filter(|l| !l.is_empty()) {
        let content = line.trim_ascii_end();
        if content.is_empty() && !is_blank(line) || stop(line) {
            return (header, at.saturating_add(if content.is_empty() { line.len() } else { 0 }));
        }
        let next = at.saturating_add(line.len());
        match name_length(line) {
            Some(name) if at <= guard::MAX_HEADER && header.fields.len() < guard::MAX_FIELDS => {
                let end = folded_end(data, next, &stop);
                let value_at = at.saturating_add(name).saturating_add(1);
                header.fields.push(Field {
                    name: data.get(at..at.saturating_add(name)).unwrap_or_default().trim_ascii_end(),
                    value: data.get(value_at..end).unwrap_or_default(),
                });
                at = end;
            }
            Some(_) => return (header, body_after(data, next)),
            None if is_stray(data, next, &header) => at = next,
            None => return (header, at),
        }
    }
    (header, data.len())
}

/// Whether a message begins with the `From ` line of an mbox file, which is no `From :` field.
pub fn is_mbox_line(data: &[u8]) -> bool {
    let rest = data.strip_prefix(b">").unwrap_or(data);
    rest.strip_prefix(b"From ").is_some_and(|rest| !rest.trim_ascii_start().starts_with(b":"))
}

/// Where the line that begins at `at` ends, its line end included.
pub fn line_end(data: &[u8], at: usize) -> usize {
    match data.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)) {
        Some(length) => at.saturating_add(length).saturating_add(1),
        None => data.len(),
    }
}

/// A line of blanks before its line end: inside a header it is a continuation of nothing, not the end.
fn is_blank(line: &[u8]) -> bool {
    line.first().is_some_and(|b| matches!(b, b' ' | b'\t'))
}

/// Length of the name of a field line: visible ASCII up to a colon.
fn name_length(line: &[u8]) -> Option<usize> {
    let colon = line.iter().take(200).position(|b| *b == b':' || matches!(b, b'\r' | b'\n'))?;
    let name = line.get(..colon).filter(|_| line.get(colon) == Some(&b':'))?.trim_ascii_end();
    (!name.is_empty() && name.iter().all(|b| b.is_ascii_graphic())).then_some(colon)
}

/// End of a field whose first line ended at `at`: lines that begin with a blank belong to it, unless they are empty.
fn folded_end(data: &[u8], mut at: usize, stop: &impl Fn(&[u8]) -> bool) -> usize {
    while data.get(at).is_some_and(|b| matches!(b, b' ' | b'\t')) {
        let end = line_end(data, at);
        let line = data.get(at..end).unwrap_or_default();
        if stop(line) {
            break;
        }
        at = end;
    }
    at
}

/// Whether a line that is no field stands among fields: some were read, and the next line is one too.
fn is_stray(data: &[u8], next: usize, header: &Header<'_>) -> bool {
    if header.fields.is_empty() || next > guard::MAX_HEADER {
        return false;
    }
    let line = data.get(next..line_end(data, next)).unwrap_or_default();
    line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) || name_length(line).is_some()
}

/// The body behind a block too long to read: after the next empty line.
fn body_after(data: &[u8], from: usize) -> usize {
    let rest = data.get(from..).unwrap_or_default();
    let lf = memchr::memmem::find(rest, b"\n\n").map(|at| at.saturating_add(2));
    let crlf = memchr::memmem::find(rest, b"\n\r\n").map(|at| at.saturating_add(3));
    let found = match (lf, crlf) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    found.map_or(data.len(), |at| from.saturating_add(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str) -> (Vec<(String, String)>, String) {
        let (header, body) = split(data.as_bytes(), |line| line.starts_with(b"--b"));
        let fields = header.fields.iter();
        let fields = fields.map(|f| (String::from_utf8_lossy(f.name).into_owned(), unfold(f.value, 1000))).collect();
        (fields, data.get(body..).unwrap().to_string())
    }

    #[test]
    fn blocks_are_split_from_bodies() {
        let field = |n: &str, v: &str| (n.to_string(), v.to_string());
        let table = [
            ("A: 1\r\nB: 2\r\n\r\nbody", vec![field("A", "1"), field("B", "2")], "body"),
            ("A: 1\nB: 2\n\nbody", vec![field("A", "1"), field("B", "2")], "body"),
            ("A: 1\r\n 2\r\n\t3\r\n\r\nbody", vec![field("A", "1 2\t3")], "body"),
            ("A:1\n \n2\n\nbody", vec![field("A", "1")], "2\n\nbody"),
            ("A : 1\n\n", vec![field("A", "1")], ""),
            ("From x Mon\nA: 1\n\nbody", vec![field("A", "1")], "body"),
            ("From : x\nA: 1\n\nbody", vec![field("From", "x"), field("A", "1")], "body"),
            ("\nbody", vec![], "body"),
            ("just prose\nmore", vec![], "just prose\nmore"),
            ("A: 1\nlost fold\nB: 2\n\nbody", vec![field("A", "1"), field("B", "2")], "body"),
            ("A: 1\nprose follows\nat once", vec![field("A", "1")], "prose follows\nat once"),
            ("A: 1", vec![field("A", "1")], ""),
            ("A: 1\n--b\nx", vec![field("A", "1")], "--b\nx"),
            ("", vec![], ""),
        ];
        for (data, fields, body) in table {
            assert_eq!(read(data), (fields, body.to_string()), "{data:?}");
        }
        let (header, _) = split(b"Subject: J\xF6rg\r\n\r\n", |_| false);
        assert_eq!(header.text("SUBJECT", 100).as_deref(), Some("Jörg"));
    }

    #[test]
    fn endless_blocks_are_bounded_and_their_body_found() {
        let many = "X: 1\r\n".repeat(100_000) + "\r\nbody";
        let (header, body) = split(many.as_bytes(), |_| false);
        assert_eq!((header.fields.len(), &many[body..]), (guard::MAX_FIELDS, "body"));
        let long = format!("Subject: {}\r\n\r\nbody", "a".repeat(50_000_000));
        let (header, body) = split(long.as_bytes(), |_| false);
        assert_eq!((header.text("subject", 10).unwrap().len(), &long[body..]), (9, "body"));
    }
}
