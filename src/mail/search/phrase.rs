//! Words that were searched for, found again in a text: to light them up there. They are compared as the index compares
//! them: whole words without regard to case and accents, a word that may go on by its beginning, and each character of
//! a script without spaces by itself.

use super::{Text, stands_alone};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that follow each other, as they are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    words: Vec<String>,
    /// The last of them may go on.
    prefix: bool,
}

impl Phrase {
    /// None where the text has no word.
    pub fn of(text: &Text) -> Option<Phrase> {
        let words: Vec<String> = Words::of(&text.words).map(|(word, _)| word).collect();
        (!words.is_empty()).then_some(Phrase { words, prefix: text.prefix })
    }

    fn begins(&self, rest: &VecDeque<(String, Range<usize>)>) -> bool {
        let last = self.words.len().saturating_sub(1);
        rest.len() >= self.words.len()
            && rest.iter().zip(&self.words).enumerate().all(|(at, ((word, _), wanted))| {
                if self.prefix && at == last { word.starts_with(wanted.as_str()) } else { word == wanted }
            })
    }
}

/// Where phrases stand in a text, in its order and apart from each other, in bytes. `go_on` is asked at each word: once
/// it says no, what was found by then is all.
pub fn places(text: &str, phrases: &[Phrase], mut go_on: impl FnMut() -> bool) -> Vec<Range<usize>> {
    let longest = phrases.iter().map(|phrase| phrase.words.len()).max().unwrap_or(0);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut words = Words::of(text);
    let mut ahead: VecDeque<(String, Range<usize>)> = words.by_ref().take(longest).collect();
    while !ahead.is_empty() && go_on() {
        let count = phrases.iter().filter(|phrase| phrase.begins(&ahead)).map(|phrase| phrase.words.len()).max();
        let last = count.and_then(|count| ahead.get(count.checked_sub(1)?));
        if let (Some((_, first)), Some((_, last))) = (ahead.front(), last) {
            match found.last_mut().filter(|before| before.end >= first.start) {
                Some(before) => before.end = before.end.max(last.end),
                None => found.push(first.start..last.end),
            }
        }
        ahead.pop_front();
        ahead.extend(words.next());
    }
    found
}

/// The words of a text as they are compared, each with the bytes that it stands at.
struct Words<'a> {
    rest: Peekable<CharIndices<'a>>,
}

impl Words<'_> {
    fn of(text: &str) -> Words<'_> {
        Words { rest: text.char_indices().peekable() }
    }
}

impl Iterator for Words<'_> {
    type Item = (String, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, first) = self.rest.find(|(_, c)| c.is_alphanumeric())?;
        let mut end = start.saturating_add(first.len_utf8());
        let mut word: String = folded(first).collect();
        if stands_alone(first) {
            return Some((word, start..end));
        }
        let inside = |c: char| (c.is_alphanumeric() || is_combining_mark(c)) && !stands_alone(c);
        while let Some((at, c)) = self.rest.next_if(|(_, c)| inside(*c)) {
            word.extend(folded(c));
            end = at.saturating_add(c.len_utf8());
        }
        Some((word, start..end))
    }
}

fn folded(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::super::Field;
    use super::*;
    use proptest::prelude::*;

    fn phrase(words: &str, prefix: bool) -> Phrase {
        Phrase::of(&Text { field: Field::Anywhere, words: words.into(), prefix }).expect("words")
    }

    fn found<'a>(text: &'a str, phrases: &[Phrase]) -> Vec<&'a str> {
        places(text, phrases, || true).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn phrases_are_found_whole_and_apart() {
        assert_eq!(found("The Engine, engines", &[phrase("engine", false)]), ["Engine"]);
        assert_eq!(found("The Engine, engines", &[phrase("engin", true)]), ["Engine", "engines"]);
        assert_eq!(found("a DIFFERENCE\n engine, a difference", &[phrase("difference éngine", false)]).len(), 1);
        assert_eq!(found("a b c d", &[phrase("a b", false), phrase("b c", false)]), ["a b c"]);
        assert_eq!(found("東京都", &[phrase("京", false)]), ["京"]);
        assert_eq!(found("cafe\u{301}s", &[phrase("café", true)]), ["cafe\u{301}s"]);
        assert_eq!(Phrase::of(&Text { field: Field::Anywhere, words: "…".into(), prefix: true }), None);
        assert!(found("a", &[]).is_empty());
    }

    #[test]
    fn the_search_ends_where_it_is_told_to() {
        let mut left = 5;
        let text = "x ".repeat(100);
        let go_on = || {
            left -= 1;
            left > 0
        };
        assert_eq!(places(&text, &[phrase("x", false)], go_on).len(), 4);
    }

    proptest! {
        #[test]
        fn places_are_parts_of_any_text(text in "[ -~äéß\u{301}\u{ad}東กั\u{200b}]{0,60}", words in "[a-zéß東 ]{0,8}", prefix: bool) {
            let phrases: Vec<Phrase> =
                Phrase::of(&Text { field: Field::Body, words, prefix }).into_iter().collect();
            let mut before = 0;
            for range in places(&text, &phrases, || true) {
                prop_assert!(range.start >= before && range.end > range.start);
                before = range.end;
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
