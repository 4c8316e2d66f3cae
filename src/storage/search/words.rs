//! Text made ready for the tokenizer.
//!
//! FTS5's `unicode61` takes a run of letters for a word. Scripts that write no spaces would then have
//! words as long as their sentences, so each of their characters becomes a word: `東京` is found as
//! the two words 東 and 京 one after the other, in the text as in what is searched for.

use crate::mail::search::stands_alone;
use std::borrow::Cow;

/// The text with spaces around each character of a script that writes none.
pub fn separated(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(stands_alone) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_mul(2));
    for c in text.chars() {
        if stands_alone(c) {
            out.push(' ');
            out.push(c);
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Words as a phrase of FTS5: `"…"`, with what has a meaning there doubled.
pub fn phrase(words: &str, prefix: bool) -> String {
    let quoted = separated(words).replace('"', "\"\"").replace('\0', " ");
    format!("\"{}\"{}", quoted.trim(), if prefix { "*" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_scripts_without_spaces_become_words() {
        assert_eq!(separated("plain text"), "plain text");
        assert_eq!(separated("Größe"), "Größe");
        assert_eq!(separated("会議room"), " 会  議 room");
        assert_eq!(phrase("東京", false), "\"東  京\"");
        assert_eq!(phrase("a\"b", true), "\"a\"\"b\"*");
    }
}
