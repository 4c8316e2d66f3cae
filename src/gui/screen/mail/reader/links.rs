//! Links in plain text, and the colours of quoted lines and links.

use crate::gui::theme;
use iced::advanced::text::Highlighter;
use iced::advanced::text::highlighter::Format;
use iced::{Font, Theme};
use std::ops::Range;

const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Byte ranges of the links of a line, in order.
pub fn find(line: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(start) = next(line, from) {
        let rest = line.get(start..).unwrap_or_default();
        let end = rest
            .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '“' | '”' | '`'))
            .unwrap_or(rest.len());
        let link = trimmed(rest.get(..end).unwrap_or_default());
        let scheme = SCHEMES.iter().find(|s| rest.starts_with(**s)).map_or(0, |s| s.len());
        from = start + link.len().max(1);
        while !line.is_char_boundary(from) {
            from += 1;
        }
        if link.len() > scheme {
            found.push(start..start + link.len());
        }
    }
    found
}

/// The next beginning of a link that does not stand in the middle of a word.
fn next(line: &str, from: usize) -> Option<usize> {
    let rest = line.get(from..)?;
    let starts = SCHEMES.iter().flat_map(|scheme| rest.match_indices(scheme).map(|(at, _)| from + at));
    starts
        .filter(|at| !line.get(..*at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric))
        .min()
}

/// Without what belongs to the sentence: its point, and a bracket that was opened before the link.
fn trimmed(link: &str) -> &str {
    let mut link = link;
    loop {
        let shorter = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
        let shorter = match shorter.chars().next_back() {
            Some(close @ (')' | ']' | '}')) => {
                let open = match close {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if shorter.matches(close).count() > shorter.matches(open).count() {
                    shorter.get(..shorter.len() - 1).unwrap_or_default()
                } else {
                    shorter
                }
            }
            _ => shorter,
        };
        if shorter.len() == link.len() {
            return link;
        }
        link = shorter;
    }
}

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Quoted,
    Link,
    /// What is looked for.
    Found,
}

/// Marks quoted lines, links and what is looked for, line by line.
#[derive(Debug)]
pub struct Marks {
    line: usize,
    found: String,
}

impl Highlighter for Marks {
    /// What is looked for; nothing where it is empty.
    type Settings = String;
    type Highlight = Part;
    type Iterator<'a> = std::vec::IntoIter<(Range<usize>, Part)>;

    fn new(found: &String) -> Marks {
        Marks { line: 0, found: found.clone() }
    }
    fn update(&mut self, found: &String) {
        self.found.clone_from(found);
        self.line = 0;
    }
    fn change_line(&mut self, line: usize) {
        self.line = self.line.min(line);
    }
    fn highlight_line(&mut self, line: &str) -> Self::Iterator<'_> {
        self.line += 1;
        let mut parts = parts(line);
        parts.extend(super::find::marks(line, &self.found).into_iter().map(|range| (range, Part::Found)));
        parts.into_iter()
    }
    fn current_line(&self) -> usize {
        self.line
    }
}

fn parts(line: &str) -> Vec<(Range<usize>, Part)> {
    let mut parts = Vec::new();
    if line.trim_start().starts_with('>') {
        parts.push((0..line.len(), Part::Quoted));
    }
    parts.extend(find(line).into_iter().map(|range| (range, Part::Link)));
    parts
}

/// The colour of a part.
pub fn format(part: &Part, theme: &Theme) -> Format<Font> {
    let tokens = theme::tokens(theme);
    let color = match part {
        Part::Quoted => tokens.dim,
        Part::Link => tokens.accent,
        Part::Found => tokens.warn,
    };
    Format { color: Some(color), font: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(line: &str) -> Vec<&str> {
        find(line).into_iter().map(|range| &line[range]).collect()
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        assert_eq!(
            texts("See https://a.example/x, then http://b.example."),
            ["https://a.example/x", "http://b.example"]
        );
        assert_eq!(texts("(https://a.example/w_(x))"), ["https://a.example/w_(x)"]);
        assert_eq!(texts("<mailto:ada@a.example>"), ["mailto:ada@a.example"]);
        assert_eq!(texts("[1]: https://a.example/?q=1&b=2"), ["https://a.example/?q=1&b=2"]);
        assert_eq!(texts("xhttps://a.example https:// mailto:"), Vec::<&str>::new());
    }

    #[test]
    fn quoted_lines_are_marked_with_their_links() {
        assert_eq!(parts("> see http://a.example"), [(0..22, Part::Quoted), (6..22, Part::Link)]);
        assert_eq!(parts("plain"), []);
    }

    proptest! {
        #[test]
        fn ranges_lie_in_the_line_and_in_order(line in "(https://|http://|mailto:|[a-zé中 .()<>]){0,20}") {
            let mut last = 0;
            for range in find(&line) {
                prop_assert!(range.start >= last && range.end > range.start);
                prop_assert!(line.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }
}
