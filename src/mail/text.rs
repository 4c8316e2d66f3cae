//! Text from strangers made safe to show. What is hidden or reorders its surroundings becomes a visible mark.

use std::borrow::Cow;

/// The visible mark of something that was taken out.
pub const MARK: char = '\u{FFFD}';

/// Whether a character may pretend something in one line of text: controls, line and paragraph separators,
/// and the characters that embed, override or isolate direction. The marks LRM, RLM and ALM stay: they are part
/// of ordinary Hebrew and Arabic.
fn is_disguise(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// One line of text (a name, an address, a subject) with every control and direction override replaced by
/// U+FFFD. A tab becomes a space.
pub fn display_safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_disguise) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\t' => ' ',
                c if is_disguise(c) => MARK,
                c => c,
            })
            .collect(),
    )
}

/// The text of a body: `\n` line ends, no controls but the tab. Direction marks, embeddings and isolates stay, for
/// right-to-left prose needs them; overrides, which only ever disguise, are replaced.
pub fn body_safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(c),
            '\u{0B}' | '\u{0C}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{FEFF}' if out.is_empty() => {}
            '\u{202D}' | '\u{202E}' => out.push(MARK),
            c if c.is_control() => out.push(MARK),
            c => out.push(c),
        }
    }
    out
}

/// Every run of white space as one space, none at the ends.
pub fn fold_white(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// At most `max` bytes of the text, cut between characters.
pub fn truncate(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguises_become_visible_and_right_to_left_text_stays() {
        assert_eq!(display_safe("a\u{202E}fdp.exe"), "a\u{FFFD}fdp.exe");
        assert_eq!(display_safe("x\0y\r\nBcc: z"), "x\u{FFFD}y\u{FFFD}\u{FFFD}Bcc: z");
        assert_eq!(display_safe("tab\there"), "tab here");
        let hebrew = "\u{200F}שלום";
        assert!(matches!(display_safe(hebrew), Cow::Borrowed(_)));
        assert_eq!(body_safe("\u{FEFF}\u{2067}שלום\u{2069}\r\nx\ry\0"), "\u{2067}שלום\u{2069}\nx\ny\u{FFFD}");
    }

    #[test]
    fn cutting_respects_characters() {
        assert_eq!(truncate("aé", 2), "a");
        assert_eq!(truncate("aé", 3), "aé");
        assert_eq!(truncate("", 3), "");
        assert_eq!(fold_white("  a \n\t b\u{A0}c "), "a b c");
    }
}
