//! Quoting with `> `.

use crate::mail::text;

/// Bytes of a text that are quoted at most.
const MAX_QUOTED: usize = 256 << 10;

/// Every line with `> ` before it, quotes one level deeper (`>> `).
pub fn quote(body: &str) -> String {
    let body = text::truncate(body, MAX_QUOTED);
    let mut out = String::with_capacity(body.len().saturating_add(body.len() / 8));
    for line in body.trim_end().lines() {
        let line = line.trim_end();
        out.push('>');
        if !line.is_empty() && !line.starts_with('>') {
            out.push(' ');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The text before its signature (`-- ` alone on a line, RFC 3676, 4.3).
pub fn without_signature(body: &str) -> &str {
    if body.starts_with("-- \n") {
        return "";
    }
    match body.rfind("\n-- \n") {
        Some(at) => body.get(..at).unwrap_or(body),
        None => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_nest_and_signatures_stay_behind() {
        assert_eq!(quote("a\n\n> b\n>> c\n\n"), "> a\n>\n>> b\n>>> c\n");
        assert_eq!(quote(""), "");
        assert_eq!(without_signature("text\n-- \nAda\n"), "text");
        assert_eq!(without_signature("-- \nAda"), "");
        assert_eq!(without_signature("a\n--\nb"), "a\n--\nb");
    }
}
