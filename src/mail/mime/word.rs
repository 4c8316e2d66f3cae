//! Encoded words (RFC 2047), decoded so that a character may be split across two of them.

use super::{charset, transfer};
use std::borrow::Cow;

/// Bytes of one encoded word. The RFC allows 75; some programs write a whole subject as one.
const MAX_WORD: usize = 8 << 10;

/// A stretch of a header field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    /// One or more encoded words of the same charset, decoded together.
    Decoded(String),
}

/// An unstructured field or phrase as text: words decoded, white space between adjacent words dropped (section 6.2).
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Plain(plain) => out.push_str(plain),
            Piece::Decoded(decoded) => out.push_str(&decoded),
        }
    }
    Cow::Owned(out)
}

/// The same field with every run of encoded words written as one word in UTF-8, for parsers that decode word by
/// word. What was encoded stays encoded, so that a decoded `<` or `,` never becomes syntax.
pub fn unify(text: &str) -> Cow<'_, str> {
    use base64::Engine;
    if !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Plain(plain) => out.push_str(plain),
            Piece::Decoded(decoded) => {
                out.push_str("=?utf-8?B?");
                base64::engine::general_purpose::STANDARD.encode_string(decoded, &mut out);
                out.push_str("?=");
            }
        }
    }
    Cow::Owned(out)
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut run: Option<Run> = None;
    let mut plain_start = 0;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("=?")) {
        let start = at.saturating_add(found);
        let Some(word) = text.get(start..).and_then(Word::parse) else {
            at = start.saturating_add(2);
            continue;
        };
        let between = text.get(plain_start..start).unwrap_or_default();
        // White space between two words belongs to neither.
        let adjacent = run.is_some() && between.trim().is_empty();
        if !adjacent {
            pieces.extend(run.take().map(Run::finish));
            if !between.is_empty() {
                pieces.push(Piece::Plain(between));
            }
        }
        at = start.saturating_add(word.length);
        plain_start = at;
        match &mut run {
            Some(open) if open.goes_on_in(&word) => open.add(&word),
            _ => {
                pieces.extend(run.take().map(Run::finish));
                let mut open = Run { charset: word.charset, bytes: Vec::new(), text: String::new() };
                open.add(&word);
                run = Some(open);
            }
        }
    }
    pieces.extend(run.map(Run::finish));
    let rest = text.get(plain_start..).unwrap_or_default();
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

struct Run<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    /// What the bytes before made.
    text: String,
}

impl<'a> Run<'a> {
    /// Raw 8-bit characters inside a word, which no rule allows, have become text already and stay it.
    fn add(&mut self, word: &Word<'_>) {
        if word.base64 {
            self.bytes.extend(transfer::base64(word.content.as_bytes()).0);
            return;
        }
        for piece in word.content.split_inclusive(|c: char| !c.is_ascii()) {
            let raw = piece.chars().next_back().filter(|c| !c.is_ascii());
            let ascii = piece.get(..piece.len().saturating_sub(raw.map_or(0, char::len_utf8))).unwrap_or_default();
            transfer::escapes(ascii.replace('_', " ").as_bytes(), &mut self.bytes);
            if let Some(raw) = raw {
                self.flush();
                self.text.push(raw);
            }
        }
    }

    fn flush(&mut self) {
        self.text.push_str(&charset::decode(&self.bytes, Some(self.charset)).0);
        self.bytes.clear();
    }

    /// Whether a word belongs to the same text. In charsets with shift states each word begins anew.
    fn goes_on_in(&self, word: &Word<'_>) -> bool {
        let stateful = ["iso-2022-", "utf-7", "hz-"]
            .iter()
            .any(|s| self.charset.get(..s.len()).is_some_and(|start| start.eq_ignore_ascii_case(s)));
        !stateful && self.charset.eq_ignore_ascii_case(word.charset)
    }

    fn finish(mut self) -> Piece<'a> {
        self.flush();
        Piece::Decoded(self.text)
    }
}

struct Word<'a> {
    charset: &'a str,
    base64: bool,
    content: &'a str,
    length: usize,
}

impl<'a> Word<'a> {
    /// Reads `=?charset*language?B?content?=` at the start of a text. Blanks within the content, which some
    /// programs write, are let pass.
    fn parse(text: &'a str) -> Option<Word<'a>> {
        // The bound keeps a field full of openings from being searched to its end for each.
        let text = crate::mail::text::truncate(text, MAX_WORD);
        let rest = text.strip_prefix("=?")?;
        let (charset, rest) = rest.split_once('?')?;
        let charset = charset.split_once('*').map_or(charset, |(charset, _)| charset);
        if charset.is_empty() || charset.len() > 60 || !charset.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let base64 = match rest.get(..2)? {
            "B?" | "b?" => true,
            "Q?" | "q?" => false,
            _ => return None,
        };
        let rest = rest.get(2..)?;
        let (content, after) = rest.split_once("?=")?;
        // A new word may not begin inside one: then the end of this one is missing.
        if content.contains("=?") {
            return None;
        }
        Some(Word { charset, base64, content, length: text.len().saturating_sub(after.len()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded() {
        let table = [
            ("plain", "plain"),
            ("=?utf-8?Q?J=C3=B6rg_B?=", "Jörg B"),
            ("=?UTF-8?b?SsO2cmc=?= rest", "Jörg rest"),
            ("a =?iso-8859-1?q?b=E4?= c", "a bä c"),
            ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
            ("=?utf-8?Q?a?=\r\n =?iso-8859-1?Q?=E4?=", "aä"),
            ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
            // A character split across two words, in both encodings.
            ("=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?=", "Jörg"),
            ("=?utf-8?B?SsM=?= =?UTF-8?B?tnJn?=", "Jörg"),
            ("=?utf-8*de?Q?=C3=A4?=", "ä"),
            ("=?utf-8?Q??=x", "x"),
            ("=?utf-8?Q?=3D?=", "="),
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("=?utf-8?Q?open", "=?utf-8?Q?open"),
            ("=?=?=?", "=?=?=?"),
            ("=?utf-8?Q?a b?=", "a b"),
            ("=?nonsense?Q?a=E4?=", "aä"),
            ("x=?utf-8?Q?y?=z", "xyz"),
            ("=?iso-2022-jp?B?GyRCJU8bKEI=?=", "ハ"),
            ("=?iso-8859-1?Q?Frös=E4che_ü?=", "Frösäche ü"),
            ("=?iso-2022-jp?B?GyRCJU8bKEI=?= =?ISO-2022-JP?B?GyRCJU8bKEI=?=", "ハハ"),
        ];
        for (field, expected) in table {
            assert_eq!(decode(field), expected, "{field:?}");
        }
    }

    #[test]
    fn unified_words_keep_syntax_encoded() {
        assert_eq!(unify("=?utf-8?Q?a=3C?= =?utf-8?Q?b?= <x@y>"), "=?utf-8?B?YTxi?= <x@y>");
        assert_eq!(unify("none"), "none");
    }

    #[test]
    fn a_million_words_take_linear_time() {
        assert_eq!(decode(&"=?utf-8?Q?a?= ".repeat(200_000)).trim_end().len(), 200_000);
        assert_eq!(decode(&"=?".repeat(200_000)).len(), 400_000);
    }
}
