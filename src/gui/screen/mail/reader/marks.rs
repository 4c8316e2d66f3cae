//! The colours within a text: its links, what is looked for in it, and the words of the search that found it.

use super::find;
use crate::gui::screen::mail::hits::{Hits, Part};
use crate::gui::theme;
use iced::advanced::text::Highlighter;
use iced::advanced::text::highlighter::Format;
use iced::{Font, Theme};
use std::ops::Range;
use std::sync::Arc;

/// A link in a line of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineLink {
    pub line: usize,
    pub bytes: Range<usize>,
    /// What is opened.
    pub target: String,
}

/// What is marked in a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// In the order of the text.
    pub links: Arc<Vec<LineLink>>,
    /// What is looked for; nothing where it is empty.
    pub found: String,
    pub hits: Hits,
}

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Link,
    /// A word that was searched for.
    Hit,
    /// What is looked for.
    Found,
}

/// Marks a text line by line.
#[derive(Debug)]
pub struct Marks {
    line: usize,
    settings: Settings,
}

impl Highlighter for Marks {
    type Settings = Settings;
    type Highlight = Mark;
    type Iterator<'a> = std::vec::IntoIter<(Range<usize>, Mark)>;

    fn new(settings: &Settings) -> Marks {
        Marks { line: 0, settings: settings.clone() }
    }
    fn update(&mut self, settings: &Settings) {
        self.settings.clone_from(settings);
        self.line = 0;
    }
    fn change_line(&mut self, line: usize) {
        self.line = self.line.min(line);
    }
    fn highlight_line(&mut self, line: &str) -> Self::Iterator<'_> {
        let Settings { links, found, hits } = &self.settings;
        let first = links.partition_point(|link| link.line < self.line);
        let here = links.iter().skip(first).take_while(|link| link.line == self.line);
        let mut all: Vec<_> = here.map(|link| (link.bytes.clone(), Mark::Link)).collect();
        all.extend(hits.marks(line, Part::Body).into_iter().map(|range| (range, Mark::Hit)));
        all.extend(find::marks(line, found).into_iter().map(|range| (range, Mark::Found)));
        self.line += 1;
        all.into_iter()
    }
    fn current_line(&self) -> usize {
        self.line
    }
}

/// The colour of a part.
pub fn format(mark: &Mark, theme: &Theme) -> Format<Font> {
    let tokens = theme::tokens(theme);
    let color = match mark {
        Mark::Link => tokens.accent,
        Mark::Hit => tokens.hit,
        Mark::Found => tokens.warn,
    };
    Format { color: Some(color), font: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::screen::mail::hits::Hits;

    #[test]
    fn a_line_is_marked_with_what_lies_in_it() {
        let link = |line, bytes| LineLink { line, bytes, target: String::new() };
        let links = Arc::new(vec![link(1, 0..3), link(1, 4..7), link(2, 0..1)]);
        let hits = Hits::of("engine", &jiff::Zoned::now());
        let mut marks = Marks::new(&Settings { links, found: "in".into(), hits });
        assert_eq!(marks.highlight_line("an engine").collect::<Vec<_>>(), [(3..9, Mark::Hit), (6..8, Mark::Found)]);
        assert_eq!(marks.highlight_line("xxx yyy").collect::<Vec<_>>(), [(0..3, Mark::Link), (4..7, Mark::Link)]);
        marks.change_line(1);
        assert_eq!(marks.highlight_line("xxx yyy").count(), 2);
    }
}
