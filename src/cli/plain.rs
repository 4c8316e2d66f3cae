//! Text from outside on its way to a terminal. A message may hold escape sequences that move the
//! cursor, rename the window or type for its reader, and direction marks that turn `exe.txt`
//! around. They are replaced before anything foreign is printed; only `show --raw` is exempt.

/// What stands for a character that must not reach a terminal.
const REPLACEMENT: char = '\u{fffd}';

/// One line: no control, line-breaking or direction-changing character is left.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() || turns(c) => REPLACEMENT,
            c => c,
        })
        .collect()
}

/// Several lines: `\n` and tabs stay, `\r\n` becomes `\n`, other control characters are replaced.
/// Direction marks stay: running text needs them, and they end with their line.
pub fn text(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { REPLACEMENT } else { c }).collect()
}

/// JSON whose strings hold none of these characters either: they are escaped, so nothing is lost.
/// Outside of strings JSON has none of them, so that every one found is inside.
pub fn json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && (c.is_control() || turns(c)) {
            // All of them are in the basic plane: one escape is enough.
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a character changes the direction of what follows it (UAX 9, embeddings, overrides, isolates).
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Shortens to a number of terminal columns, with `…` where something is left out.
pub fn fit(text: &str, columns: usize) -> String {
    if console::measure_text_width(text) <= columns {
        return text.to_string();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let width = console::measure_text_width(c.encode_utf8(&mut [0; 4]));
        if used + width + 1 > columns {
            break;
        }
        used += width;
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_escape_sequence_reaches_the_terminal() {
        let hostile = "a\u{1b}]0;owned\u{7}\u{9b}31mb\u{7f}\r\n\tc\u{202e}exe";
        let clean = line(hostile);
        assert!(!clean.chars().any(char::is_control), "{clean:?}");
        assert!(clean.starts_with("a\u{fffd}]0;owned") && clean.ends_with("c\u{fffd}exe"), "{clean:?}");
        assert_eq!(text("a\r\nb\rc\u{1b}[2J\td"), "a\nb\u{fffd}c\u{fffd}[2J\td");
    }

    #[test]
    fn json_loses_nothing() {
        let value = serde_json::json!({ "subject": "a\u{1b}[2J\u{9b}31m\u{7f}\u{202e}ü\n" });
        let printed = json(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert!(!printed.chars().any(|c| c != '\n' && c.is_control()), "{printed:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&printed).expect("JSON"), value);
    }

    #[test]
    fn wide_characters_are_counted_as_two() {
        assert_eq!(fit("論文の草稿", 10), "論文の草稿");
        assert_eq!(fit("論文の草稿", 9), "論文の草…");
        assert_eq!(fit("論文の草稿", 8), "論文の…");
        assert_eq!(fit("abc", 2), "a…");
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_in_is_harmless(any in ".*") {
            proptest::prop_assert!(!line(&any).chars().any(|c| c.is_control() || turns(c)));
            proptest::prop_assert!(!text(&any).chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
    }
}
