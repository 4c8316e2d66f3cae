//! Words of a search, lit up where they stand: in the rows that were found and in the message that is read. They are
//! compared as the index compares them: whole words without regard to case and accents, a word that may go on by its
//! beginning, and each character of a script without spaces by itself.

use crate::mail::search::{self, Field, Text};
use jiff::Zoned;
use std::ops::Range;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that are lit up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    terms: Arc<Vec<Term>>,
}

/// Words that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    field: Field,
    words: Vec<String>,
    /// The last of them may go on.
    prefix: bool,
}

/// Which part of a message a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Subject,
    Body,
    /// Who wrote it.
    From,
}

impl Hits {
    /// What a line of a search looks for, as far as it is words.
    pub fn of(line: &str, now: &Zoned) -> Hits {
        let expression = search::parse(line, now, true);
        let terms = expression.words().into_iter().filter_map(term).collect();
        Hits { terms: Arc::new(terms) }
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Where they stand in a text, in its order, in bytes.
    pub fn marks(&self, text: &str, part: Part) -> Vec<Range<usize>> {
        if self.is_empty() {
            return Vec::new();
        }
        let words = words(text);
        let terms: Vec<&Term> = self.terms.iter().filter(|term| term.is_of(part)).collect();
        let mut found: Vec<Range<usize>> = Vec::new();
        for at in 0..words.len() {
            let rest = words.get(at..).unwrap_or_default();
            let longest = terms.iter().filter(|term| term.begins(rest)).map(|term| term.words.len()).max();
            let last = longest.and_then(|count| rest.get(count.checked_sub(1)?));
            if let (Some((_, first)), Some((_, last))) = (rest.first(), last) {
                match found.last_mut().filter(|before| before.end >= first.start) {
                    Some(before) => before.end = before.end.max(last.end),
                    None => found.push(first.start..last.end),
                }
            }
        }
        found
    }
}

fn term(text: &Text) -> Option<Term> {
    let words: Vec<String> = words(&text.words).into_iter().map(|(word, _)| word).collect();
    (!words.is_empty()).then_some(Term { field: text.field, words, prefix: text.prefix })
}

impl Term {
    fn is_of(&self, part: Part) -> bool {
        match self.field {
            Field::Anywhere => true,
            Field::Subject => part == Part::Subject,
            Field::Body => part == Part::Body,
            Field::From => part == Part::From,
            Field::To | Field::FileName => false,
        }
    }

    fn begins(&self, rest: &[(String, Range<usize>)]) -> bool {
        let Some(here) = rest.get(..self.words.len()) else { return false };
        let last = self.words.len().saturating_sub(1);
        here.iter().zip(&self.words).enumerate().all(|(at, ((word, _), wanted))| {
            if self.prefix && at == last { word.starts_with(wanted.as_str()) } else { word == wanted }
        })
    }
}

/// The words of a text as they are compared, each with the bytes that it stands at.
fn words(text: &str) -> Vec<(String, Range<usize>)> {
    let mut all: Vec<(String, Range<usize>)> = Vec::new();
    let mut goes_on = false;
    for (at, c) in text.char_indices() {
        let end = at.saturating_add(c.len_utf8());
        let alone = search::stands_alone(c);
        if !(c.is_alphanumeric() || goes_on && is_combining_mark(c)) {
            goes_on = false;
            continue;
        }
        match all.last_mut().filter(|_| goes_on && !alone) {
            Some((word, range)) => {
                word.extend(folded(c));
                range.end = end;
            }
            None => all.push((folded(c).collect(), at..end)),
        }
        goes_on = !alone;
    }
    all
}

fn folded(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lit<'a>(line: &str, text: &'a str, part: Part) -> Vec<&'a str> {
        Hits::of(line, &Zoned::now()).marks(text, part).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_are_lit_as_the_index_finds_them() {
        let body = |line, text| lit(line, text, Part::Body);
        assert_eq!(body("engine mill ", "The Engine; a windmill, engines, the MILL"), ["Engine", "MILL"]);
        assert_eq!(body("engin", "The Engine; engines, ENGIN"), ["Engine", "engines", "ENGIN"], "it is being typed");
        assert_eq!(body("carr* x", "carry the carriage"), ["carry", "carriage"]);
        assert_eq!(body("\"difference engine\" ", "a difference engine, a difference"), ["difference engine"]);
        assert_eq!(body("cafe ", "Café, CAFE\u{301}S, cafe\u{301}"), ["Café", "cafe\u{301}"]);
        assert_eq!(body("東京 ", "会議は東京で、京都で"), ["東京"]);
        assert_eq!(body("-engine is:unread ", "engine unread"), Vec::<&str>::new());
        assert_eq!(body("", "engine"), Vec::<&str>::new());
    }

    #[test]
    fn a_field_lights_what_it_is_about() {
        assert_eq!(lit("subject:engine ", "engine", Part::Body), Vec::<&str>::new());
        assert_eq!(lit("subject:engine ", "engine", Part::Subject), ["engine"]);
        assert_eq!(lit("from:ada ", "Ada Lovelace", Part::From), ["Ada"]);
        assert_eq!(lit("to:ada ", "Ada", Part::From), Vec::<&str>::new());
    }
}
