//! `format=flowed` (RFC 3676): lines that end in a blank go on in the next. Quotation is part of the format, so the
//! lines come out with their level rather than with marks that the text could have by itself.

use crate::mail::prose::{Line, MAX_LEVEL};
use std::borrow::Cow;

/// Undoes soft line breaks. `delsp` drops the blank that marks one, as languages without blanks need.
pub fn lines(text: &str, delsp: bool) -> impl Iterator<Item = Line<'_>> {
    let mut source = text.split('\n').map(FlowedLine::read).peekable();
    std::iter::from_fn(move || {
        let first = source.next()?;
        let mut text = Cow::Borrowed(first.kept(delsp));
        let mut soft = first.is_soft();
        // The line before a signature is not joined, nor the separator to what follows.
        while soft && let Some(next) = source.next_if(|next| next.level == first.level && !next.is_separator()) {
            text.to_mut().push_str(next.kept(delsp));
            soft = next.is_soft();
        }
        let level = u8::try_from(first.level).unwrap_or(MAX_LEVEL).min(MAX_LEVEL);
        Some(Line { level, text, is_separator: first.level == 0 && first.is_separator() })
    })
}

/// The lines as one text, quotations marked again.
pub fn marked<'a>(lines: impl Iterator<Item = Line<'a>>) -> String {
    let mut out = String::new();
    for (at, line) in lines.enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if line.level > 0 {
            out.push_str(&">".repeat(usize::from(line.level)));
            out.push(' ');
        }
        out.push_str(&line.text);
    }
    out
}

/// A line as it came: its quote depth, and its content without stuffing.
struct FlowedLine<'a> {
    level: usize,
    content: &'a str,
}

impl<'a> FlowedLine<'a> {
    fn read(line: &'a str) -> FlowedLine<'a> {
        let level = line.bytes().take_while(|b| *b == b'>').count();
        let content = line.get(level..).unwrap_or_default();
        FlowedLine { level, content: content.strip_prefix(' ').unwrap_or(content) }
    }

    fn is_separator(&self) -> bool {
        self.content == "-- "
    }

    fn is_soft(&self) -> bool {
        self.content.ends_with(' ') && !self.is_separator()
    }

    fn kept(&self, delsp: bool) -> &'a str {
        match self.content.strip_suffix(' ') {
            Some(shorter) if delsp && self.is_soft() => shorter,
            _ => self.content,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_lines_are_joined() {
        let table = [
            ("one \ntwo\nthree", false, "one two\nthree"),
            ("one \ntwo", true, "onetwo"),
            (" From stuffed\n >no quote", false, "From stuffed\n>no quote"),
            ("> a \n> b\nc", false, "> a b\nc"),
            ("> a \n>> b", false, "> a \n>> b"),
            ("text\n-- \nname \nrole", false, "text\n-- \nname role"),
            ("text \n-- \nname", false, "text \n-- \nname"),
            ("", false, ""),
            ("a\n\nb\n", false, "a\n\nb\n"),
            (">>> deep \n>>> er", false, ">>> deep er"),
        ];
        for (text, delsp, expected) in table {
            assert_eq!(marked(lines(text, delsp)), expected, "{text:?}");
        }
    }

    #[test]
    fn a_stuffed_mark_is_no_quotation() {
        let all: Vec<Line<'_>> = lines(" >no quote\n> quote\n-- \nAda", false).collect();
        let seen: Vec<(u8, &str, bool)> = all.iter().map(|l| (l.level, l.text.as_ref(), l.is_separator)).collect();
        assert_eq!(seen, [(0, ">no quote", false), (1, "quote", false), (0, "-- ", true), (0, "Ada", false)]);
    }

    #[test]
    fn a_million_soft_lines_are_one() {
        assert_eq!(lines(&"a \n".repeat(300_000), false).count(), 1);
    }
}
