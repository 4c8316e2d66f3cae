//! The parts of a message (RFC 2046), found in one forward scan that never recurses.
//!
//! A line that is the boundary of any open multipart ends everything open inside it, so a multipart without its
//! closing boundary costs nothing but a defect. Attached messages are leaves (see [`guard`]).

use super::header::{self, Header};
use super::media::Media;
use super::transfer::Encoding;
use super::{Defect, guard};

/// A multipart or a leaf.
#[derive(Clone, Debug, Default)]
pub struct Part<'a> {
    pub header: Header<'a>,
    /// The declared type, or the default where there is none.
    pub media: Media,
    pub disposition: Option<Media>,
    pub encoding: Encoding,
    /// Encoded bytes; empty for a multipart.
    pub body: &'a [u8],
    pub parent: Option<usize>,
    /// Of a multipart, in order; a leaf has none.
    pub children: Vec<usize>,
    /// It calls itself a multipart, and names no boundary.
    pub lacks_boundary: bool,
}

impl Part<'_> {
    pub fn is_multipart(&self) -> bool {
        !self.children.is_empty()
    }

    /// Whether the sender wants it listed rather than shown.
    pub fn is_attachment(&self) -> bool {
        self.disposition.as_ref().is_some_and(|d| d.kind == "attachment")
    }

    /// The name it declares, not yet safe to use.
    pub fn declared_name(&self) -> Option<&str> {
        let disposition = self.disposition.as_ref().and_then(|d| d.parameter("filename"));
        disposition.or_else(|| self.media.parameter("name")).filter(|name| !name.trim().is_empty())
    }

    /// Content-ID without its angle brackets.
    pub fn content_id(&self) -> Option<String> {
        let value = self.header.text("content-id", 1_000)?;
        let id = value.trim_matches(|c: char| c == '<' || c == '>' || c.is_whitespace());
        (!id.is_empty()).then(|| crate::mail::text::display_safe(id).into_owned())
    }
}

/// Every part that was found. The first one is the message itself, and always there.
#[derive(Clone, Debug)]
pub struct Structure<'a> {
    pub parts: Vec<Part<'a>>,
    pub defects: Vec<Defect>,
}

impl<'a> Structure<'a> {
    pub fn parse(data: &'a [u8]) -> Structure<'a> {
        let mut scan = Scan { data, parts: Vec::with_capacity(4), open: Vec::new(), leaf: None, defects: Vec::new() };
        scan.run();
        Structure { parts: scan.parts, defects: scan.defects }
    }

    pub fn root(&self) -> Option<&Part<'a>> {
        self.parts.first()
    }
}

/// A multipart whose closing boundary has not come yet.
struct Open {
    part: usize,
    boundary: Vec<u8>,
    body_start: usize,
}

struct Scan<'a> {
    data: &'a [u8],
    parts: Vec<Part<'a>>,
    open: Vec<Open>,
    /// The leaf whose body is being passed, and where that begins.
    leaf: Option<(usize, usize)>,
    defects: Vec<Defect>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let finder = memchr::memmem::Finder::new(b"\n--");
        let mut at = self.begin(0, None);
        while !self.open.is_empty() {
            let rest = self.data.get(at..).unwrap_or_default();
            let found = if rest.starts_with(b"--") { Some(0) } else { finder.find(rest).map(|p| p.saturating_add(1)) };
            let Some(start) = found.map(|p| at.saturating_add(p)) else { break };
            at = header::line_end(self.data, start);
            let line = self.data.get(start..at).unwrap_or_default();
            let Some((level, closing)) = boundary_of(&self.open, line) else { continue };
            self.end_content(start);
            self.close_above(level.saturating_add(1), start);
            if closing {
                let closed = self.open.pop();
                closed.into_iter().for_each(|open| self.settle(&open, start));
                continue;
            }
            if self.parts.len() >= guard::MAX_PARTS {
                self.note(Defect::TooManyParts);
                self.open.clear();
                return;
            }
            let parent = self.open.last().map(|open| open.part);
            at = self.begin(at, parent);
        }
        let end = self.data.len();
        if let Some((part, start)) = self.leaf.take() {
            self.set_body(part, start, end);
        }
        self.close_above(0, end);
    }

    /// Reads a part's header at `at` and opens it; returns where its body begins.
    fn begin(&mut self, at: usize, parent: Option<usize>) -> usize {
        let data = self.data.get(at..).unwrap_or_default();
        let open = &self.open;
        let (header, length) = header::split(data, |line| boundary_of(open, line).is_some());
        let body_start = at.saturating_add(length);
        let in_digest = parent.and_then(|p| self.parts.get(p)).is_some_and(|p| p.media.is("multipart", "digest"));
        let mut part = read_part(header, in_digest);
        part.parent = parent;
        let index = self.parts.len();
        let boundary = part.media.parameter("boundary").map(|b| b.trim_end().as_bytes().to_vec());
        let boundary = boundary.filter(|b| part.media.kind == "multipart" && !b.is_empty());
        if let Some(parent) = parent.and_then(|p| self.parts.get_mut(p)) {
            parent.children.push(index);
        }
        match boundary {
            Some(boundary) if self.open.len() < guard::MAX_DEPTH => {
                self.open.push(Open { part: index, boundary, body_start });
                self.leaf = None;
            }
            deeper => {
                if deeper.is_some() {
                    self.note(Defect::TooDeep);
                }
                if part.media.kind == "multipart" {
                    part.lacks_boundary = deeper.is_none();
                    part.media = Media::parse(b"text/plain");
                }
                self.leaf = Some((index, body_start));
            }
        }
        self.parts.push(part);
        if self.open.is_empty() {
            self.leaf = None;
            self.set_body(index, body_start, self.data.len());
        }
        body_start
    }

    /// Ends the leaf before the boundary line at `line`: the line end before a boundary belongs to the boundary.
    fn end_content(&mut self, line: usize) {
        let Some((part, start)) = self.leaf.take() else { return };
        self.set_body(part, start, before_line(self.data, line));
    }

    fn set_body(&mut self, part: usize, start: usize, end: usize) {
        if let Some(part) = self.parts.get_mut(part) {
            part.body = self.data.get(start..end.max(start)).unwrap_or_default();
        }
    }

    /// Ends open multiparts from `level` inwards, none of which was closed as it should be.
    fn close_above(&mut self, level: usize, end: usize) {
        while self.open.len() > level {
            self.note(Defect::Unterminated);
            let open = self.open.pop();
            open.into_iter().for_each(|open| self.settle(&open, end));
        }
    }

    /// A multipart in which no part was found is text.
    fn settle(&mut self, open: &Open, end: usize) {
        let body_end = if end < self.data.len() { before_line(self.data, end) } else { end };
        if self.parts.get(open.part).is_some_and(|part| part.children.is_empty()) {
            self.set_body(open.part, open.body_start, body_end);
            if let Some(part) = self.parts.get_mut(open.part) {
                part.media = Media::parse(b"text/plain");
            }
        }
    }

    fn note(&mut self, defect: Defect) {
        if !self.defects.contains(&defect) {
            self.defects.push(defect);
        }
    }
}

/// Where the content before a boundary line ends.
fn before_line(data: &[u8], line: usize) -> usize {
    let before = data.get(..line).unwrap_or_default();
    let before = before.strip_suffix(b"\n").unwrap_or(before);
    before.strip_suffix(b"\r").unwrap_or(before).len()
}

fn read_part<'a>(header: Header<'a>, in_digest: bool) -> Part<'a> {
    let mut media = header.first("content-type").map(Media::parse).unwrap_or_default();
    if media.kind.is_empty() {
        media = Media::parse(if in_digest { b"message/rfc822" } else { b"text/plain" });
    }
    if media.kind == "text" && media.subtype.is_empty() {
        media.subtype = "plain".into();
    }
    let disposition = header.first("content-disposition").map(Media::parse);
    let encoding = header.text("content-transfer-encoding", 100).map(|v| Encoding::from_field(&v)).unwrap_or_default();
    Part { header, media, disposition, encoding, ..Part::default() }
}

/// Which open multipart a line is the boundary of, innermost first, and whether it closes it.
fn boundary_of(open: &[Open], line: &[u8]) -> Option<(usize, bool)> {
    let text = line.strip_prefix(b"--")?.trim_ascii_end();
    open.iter().enumerate().rev().find_map(|(level, open)| {
        let rest = text.strip_prefix(open.boundary.as_slice())?;
        match rest {
            [] | [b' ' | b'\t', ..] => Some((level, false)),
            [b'-', b'-', ..] => Some((level, true)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(data: &str) -> (Vec<String>, Vec<Defect>) {
        let structure = Structure::parse(data.as_bytes());
        let line = |p: &Part<'_>| {
            let body = String::from_utf8_lossy(p.body).into_owned();
            format!(
                "{}/{} {}{body:?}",
                p.media.kind,
                p.media.subtype,
                p.parent.map_or(String::new(), |p| format!("in {p} "))
            )
        };
        (structure.parts.iter().map(line).collect(), structure.defects)
    }

    #[test]
    fn parts_are_found() {
        let two = "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\n\
                   Content-Type: text/html\r\n\r\ntwo\r\n--b--\r\nepilogue\r\n";
        let (parts, defects) = outline(two);
        assert_eq!(parts, ["multipart/mixed \"\"", "text/plain in 0 \"one\"", "text/html in 0 \"two\""]);
        assert!(defects.is_empty());
        assert_eq!(outline(&two.replace("\r\n", "\n")).0, parts);
    }

    #[test]
    fn a_missing_end_is_a_defect_and_loses_nothing() {
        let inner = "Content-Type: multipart/mixed; boundary=outer\n\n--outer\n\
                     Content-Type: multipart/alternative; boundary=inner\n\n--inner\n\none\n--outer\n\ntwo";
        let (parts, defects) = outline(inner);
        let expected = [
            "multipart/mixed \"\"",
            "multipart/alternative in 0 \"\"",
            "text/plain in 1 \"one\"",
            "text/plain in 0 \"two\"",
        ];
        assert_eq!(parts, expected);
        assert_eq!(defects, [Defect::Unterminated]);
    }

    #[test]
    fn boundaries_are_whole_lines() {
        let prefix =
            "Content-Type: multipart/mixed; boundary=a\n\n--a\n\n--ab is prose\nx --a\n--a \nX: y\n\ntwo\n--a--";
        let (parts, defects) = outline(prefix);
        assert_eq!(parts[1..], ["text/plain in 0 \"--ab is prose\\nx --a\"", "text/plain in 0 \"two\""]);
        assert!(defects.is_empty());
    }

    #[test]
    fn a_multipart_without_parts_is_text() {
        let (parts, defects) = outline("Content-Type: multipart/mixed; boundary=b\n\nall of this\nis text\n");
        assert_eq!(
            (parts, defects),
            (vec!["text/plain \"all of this\\nis text\\n\"".into()], vec![Defect::Unterminated])
        );
        let (parts, defects) = outline("Content-Type: multipart/mixed\n\n--x\n\ntext");
        assert_eq!((parts, defects), (vec!["text/plain \"--x\\n\\ntext\"".into()], vec![]));
        assert_eq!(outline("").0, ["text/plain \"\""]);
    }

    #[test]
    fn parts_of_a_digest_are_messages_and_messages_are_leaves() {
        let digest = "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\nhello\n--b--\n";
        assert_eq!(outline(digest).0[1], "message/rfc822 in 0 \"Subject: x\\n\\nhello\"");
        let header_only = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b--\n";
        assert_eq!(outline(header_only).0[1], "text/html in 0 \"\"");
    }

    #[test]
    fn bombs_are_bounded() {
        let parts = "Content-Type: multipart/mixed; boundary=b\n\n".to_string() + &"--b\n\nx\n".repeat(100_000);
        let structure = Structure::parse(parts.as_bytes());
        assert_eq!((structure.parts.len(), structure.defects), (guard::MAX_PARTS, vec![Defect::TooManyParts]));
        let same = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(100_000);
        let structure = Structure::parse(same.as_bytes());
        assert!(structure.defects.contains(&Defect::TooDeep) && structure.parts.len() <= guard::MAX_PARTS);
        let mut deep = String::new();
        for level in 0..100_000 {
            deep += &format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n");
        }
        let structure = Structure::parse(deep.as_bytes());
        assert_eq!(structure.defects, [Defect::TooDeep, Defect::Unterminated]);
        let messages = "Content-Type: message/rfc822\n\n".repeat(25_000);
        assert_eq!(Structure::parse(messages.as_bytes()).parts.len(), 1);
    }
}
