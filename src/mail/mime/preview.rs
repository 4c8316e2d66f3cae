//! The first words of a message, for its row in a list.

use super::body::Selection;
use super::structure::{Part, Structure};
use super::transfer::Encoding;
use super::{charset, guard, reader, transfer};
use crate::mail::{html, text};

/// At most [`guard::PREVIEW_LENGTH`] characters of what the sender wrote, on one line.
pub fn of(structure: &Structure<'_>, selection: &Selection) -> String {
    let candidates = selection.text.iter().chain(selection.html.iter()).take(8);
    for part in candidates.filter_map(|at| structure.parts.get(*at)) {
        // Most previews are found in the first few kilobytes.
        for input in [4 << 10, guard::PREVIEW_INPUT] {
            let preview = from_part(part, input);
            let enough = preview.chars().count() >= guard::PREVIEW_LENGTH;
            if enough || (part.body.len() <= input || input == guard::PREVIEW_INPUT) && !preview.is_empty() {
                return preview;
            }
        }
    }
    String::new()
}

fn from_part(part: &Part<'_>, input: usize) -> String {
    let head = part.body.get(..input).unwrap_or(part.body);
    let bytes = transfer::decode(head, part.encoding).0;
    let whole_characters = if head.len() < part.body.len() { without_split_character(&bytes) } else { &bytes };
    if part.media.is("text", "html") {
        let declared = reader::html_charset(part, whole_characters);
        let decoded = charset::decode(whole_characters, declared.as_deref()).0;
        return first_words(&html::preview(&decoded, guard::PREVIEW_LENGTH));
    }
    let decoded = charset::decode(whole_characters, part.media.parameter("charset")).0;
    let body = if part.encoding == Encoding::Identity { without_files(&decoded) } else { &decoded };
    first_words(body)
}

/// The text without a UTF-8 character that the cut left incomplete.
fn without_split_character(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().rposition(|b| *b < 0x80 || *b >= 0xC0).unwrap_or(0);
    match bytes.get(start) {
        Some(lead) if *lead >= 0xC0 => bytes.get(..start).unwrap_or(bytes),
        _ => bytes,
    }
}

/// The text up to a uuencoded file.
fn without_files(text: &str) -> &str {
    match super::uuencode::find(text.as_bytes()).next() {
        Some(block) => text.get(..block.range.start).unwrap_or(text),
        None => text,
    }
}

/// What stands before quotes, attributions and the signature; where nothing does, the quoted words.
fn first_words(body: &str) -> String {
    let own = collect(body, false);
    if own.is_empty() { collect(body, true) } else { own }
}

fn collect(body: &str, quoted_too: bool) -> String {
    let mut out = String::new();
    let mut left = guard::PREVIEW_LENGTH;
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if line == "--" {
            // A signature ends the text; one at its very beginning is all there is.
            if out.is_empty() { continue } else { break }
        }
        let quoted = line.starts_with('>');
        let next_quoted = lines.peek().is_some_and(|next| next.trim_start().starts_with('>') || next.trim().is_empty());
        if !quoted_too && (quoted || is_attribution(line) && next_quoted) || is_rule(line) {
            continue;
        }
        let line = if quoted { line.trim_start_matches(['>', ' ']) } else { line };
        for word in line.split_whitespace() {
            let gap = usize::from(!out.is_empty());
            let length = word.chars().count();
            if left <= gap {
                return out;
            }
            if gap == 1 {
                out.push(' ');
            }
            left = left.saturating_sub(gap);
            out.push_str(&text::display_safe(&word.chars().take(left).collect::<String>()));
            left = left.saturating_sub(length);
        }
    }
    out
}

/// `On Monday Ada wrote:` and its like in other languages: a line that ends in a colon and says when.
fn is_attribution(line: &str) -> bool {
    let Some(words) = line.strip_suffix([':', '：']) else { return false };
    let lower = words.to_lowercase();
    let verbs = [
        "wrote",
        "writes",
        "schrieb",
        "a écrit",
        "escribió",
        "ha scritto",
        "escreveu",
        "skrev",
        "napisał",
        "пишет",
        "写道",
    ];
    verbs.iter().any(|verb| lower.contains(verb))
}

/// A line of dashes, stars and the like.
fn is_rule(line: &str) -> bool {
    !line.is_empty()
        && !line.chars().any(char::is_alphanumeric)
        && line.chars().filter(|c| c.is_ascii_punctuation()).count() > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_say_what_the_sender_wrote() {
        let table = [
            ("Hello\n\n  you  \tthere", "Hello you there"),
            ("On Monday, Ada wrote:\n> old\n> text\n\nNew answer", "New answer"),
            ("Am 3. März schrieb Ada <a@b>:\n\n> alt\nNeu", "Neu"),
            ("> only quoted\n> words", "only quoted words"),
            ("----------\nNews\n==========\nmore", "News more"),
            ("Text\n-- \nAda Lovelace", "Text"),
            ("-- \nAda Lovelace", "Ada Lovelace"),
            ("I wrote:\nno quote follows", "I wrote: no quote follows"),
            ("a\u{202E}b", "a\u{FFFD}b"),
            ("", ""),
        ];
        for (body, expected) in table {
            assert_eq!(first_words(body), expected, "{body:?}");
        }
        assert_eq!(first_words(&"é".repeat(1000)).chars().count(), guard::PREVIEW_LENGTH);
        assert_eq!(first_words(&"ab ".repeat(1000)).chars().count(), guard::PREVIEW_LENGTH);
    }

    #[test]
    fn a_cut_leaves_no_half_character() {
        assert_eq!(without_split_character("aé".as_bytes()), b"a");
        assert_eq!(without_split_character(b"ab"), b"ab");
        assert_eq!(without_split_character(b""), b"");
    }
}
