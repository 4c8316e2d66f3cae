//! `format=flowed` (RFC 3676): lines that end in a blank go on in the next.

/// Undoes soft line breaks. `delsp` drops the blank that marks one, as languages without blanks need.
pub fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Quote depth of the paragraph whose last line ended softly.
    let mut open: Option<usize> = None;
    let mut first = true;
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        if open != Some(depth) {
            if !first {
                out.push('\n');
            }
            if depth > 0 {
                out.push_str(&">".repeat(depth));
                out.push(' ');
            }
        }
        first = false;
        // The line before a signature is not joined, nor the separator to what follows.
        let soft = content.ends_with(' ') && content != "-- ";
        let kept =
            if soft && delsp { content.get(..content.len().saturating_sub(1)).unwrap_or_default() } else { content };
        if content == "-- " && open.is_some() {
            out.push('\n');
        }
        out.push_str(kept);
        open = soft.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::unflow;

    #[test]
    fn soft_lines_are_joined() {
        let table = [
            ("one \ntwo\nthree", false, "one two\nthree"),
            ("one \ntwo", true, "onetwo"),
            (" From stuffed\n >no quote", false, "From stuffed\n>no quote"),
            ("> a \n> b\nc", false, "> a b\nc"),
            ("> a \n>> b", false, "> a \n>> b"),
            ("text\n-- \nname \nrole", false, "text\n-- \nname role"),
            ("", false, ""),
            ("a\n\nb\n", false, "a\n\nb\n"),
        ];
        for (text, delsp, expected) in table {
            assert_eq!(unflow(text, delsp), expected, "{text:?}");
        }
    }
}
