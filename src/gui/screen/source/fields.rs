//! All header fields as one text to select from: each decoded, and below it as it stands where that differs.

use crate::gui::{font, theme};
use crate::service::model::SourceField;
use iced::advanced::text::Highlighter;
use iced::advanced::text::highlighter::Format;
use iced::{Font, Theme};
use std::ops::Range;

/// What stands before a raw line.
const INDENT: &str = "    ";
/// Bytes of a line that are shown; the whole is in the source.
const LONGEST: usize = 4_000;

/// The fields in words.
pub fn text(fields: &[SourceField]) -> String {
    let mut out = String::new();
    for field in fields {
        out.push_str(&field.name);
        out.push_str(": ");
        push(&mut out, &field.decoded, field.shortened);
        let unfolded: String = field.raw.split_whitespace().collect::<Vec<_>>().join(" ");
        let decoded: String = field.decoded.split_whitespace().collect::<Vec<_>>().join(" ");
        if unfolded != decoded {
            for line in field.raw.lines() {
                out.push_str(INDENT);
                push(&mut out, line.trim(), field.shortened);
            }
        }
    }
    out
}

fn push(out: &mut String, line: &str, shortened: bool) {
    let end = line.floor_char_boundary(LONGEST);
    out.push_str(line.get(..end).unwrap_or_default());
    if end < line.len() || shortened {
        out.push('…');
    }
    out.push('\n');
}

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Name,
    Raw,
}

/// Marks the names of fields, and what stands as it was written.
#[derive(Debug)]
pub struct Marks {
    line: usize,
}

impl Highlighter for Marks {
    type Settings = ();
    type Highlight = Part;
    type Iterator<'a> = std::option::IntoIter<(Range<usize>, Part)>;

    fn new((): &()) -> Marks {
        Marks { line: 0 }
    }
    fn update(&mut self, (): &()) {
        self.line = 0;
    }
    fn change_line(&mut self, line: usize) {
        self.line = self.line.min(line);
    }
    fn highlight_line(&mut self, line: &str) -> Self::Iterator<'_> {
        self.line += 1;
        let part = if line.starts_with(INDENT) {
            Some((0..line.len(), Part::Raw))
        } else {
            line.find(':').map(|end| (0..end + 1, Part::Name))
        };
        part.into_iter()
    }
    fn current_line(&self) -> usize {
        self.line
    }
}

/// How a part looks.
pub fn format(part: &Part, theme: &Theme) -> Format<Font> {
    let tokens = theme::tokens(theme);
    match part {
        Part::Name => Format { color: Some(tokens.accent), font: Some(font::SEMIBOLD) },
        Part::Raw => Format { color: Some(tokens.dim), font: Some(font::MONO) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stands_decoded_and_raw_below_where_that_differs() {
        let field = |name: &str, raw: &str, decoded: &str| SourceField {
            name: name.into(),
            raw: raw.into(),
            decoded: decoded.into(),
            shortened: false,
        };
        let fields = [
            field("From", "Ada <a@b.example>", "Ada <a@b.example>"),
            field("Subject", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=\n =?utf-8?q?_an?=", "Grüße an"),
            field("References", "<1@x>\n\t<2@x>", "<1@x> <2@x>"),
        ];
        assert_eq!(
            text(&fields),
            "From: Ada <a@b.example>\nSubject: Grüße an\n    =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n    =?utf-8?q?_an?=\n\
             References: <1@x> <2@x>\n"
        );
        let mut marks = Marks::new(&());
        assert_eq!(marks.highlight_line("From: x").next(), Some((0..5, Part::Name)));
        assert_eq!(marks.highlight_line("    x: y").next(), Some((0..8, Part::Raw)));
    }
}
