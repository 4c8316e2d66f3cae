//! Message-IDs (RFC 5322, 3.6.4), kept without their angle brackets.

/// Longest Message-ID that is kept; a longer one is nobody's. RFC 5322 bounds a line to 998 bytes.
pub const MAX_LENGTH: usize = 990;

/// A new Message-ID under the domain of the sender's address: stable, unique by 128 random bits and the time.
/// `random` comes from the caller, `unix_seconds` is the time of sending. A domain that cannot stand in a
/// Message-ID (none, or not ASCII even as A-labels) becomes `localhost`.
pub fn make(address: &str, random: u128, unix_seconds: i64) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain = super::address::domain_to_ascii(domain).unwrap_or_else(|| "localhost".into());
    format!("{:x}.{random:032x}@{domain}", unix_seconds.max(0))
}

/// The Message-IDs of a field, in order, at most `limit`: what stands between angle brackets; without any, the
/// words that contain an `@`. White space inside (an old folding accident) is dropped.
pub fn parse(field: &str, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = field;
    while ids.len() < limit {
        let Some((_, after)) = rest.split_once('<') else { break };
        let Some((inside, after)) = after.split_once('>') else { break };
        // "<a <b@c>": the last opening bracket counts.
        let inside = inside.rsplit_once('<').map_or(inside, |(_, last)| last);
        ids.extend(clean(inside));
        rest = after;
    }
    if ids.is_empty() {
        ids.extend(field.split([' ', '\t', '\r', '\n', ',']).filter(|w| w.contains('@')).filter_map(clean).take(limit));
    }
    ids
}

fn clean(inside: &str) -> Option<String> {
    let id: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
    let fits = !id.is_empty() && id.len() <= MAX_LENGTH && !id.chars().any(char::is_control);
    (fits && !id.contains(['<', '>'])).then_some(id)
}

/// Whether an id can be written into a header field: printable ASCII with an `@`, no brackets, not over-long.
pub fn is_writable(id: &str) -> bool {
    id.len() <= MAX_LENGTH
        && id.contains('@')
        && id.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'(' | b')' | b'\\' | b','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_ids_carry_the_senders_domain() {
        assert_eq!(make("ada@Example.org", 255, 16), format!("10.{:032x}@example.org", 255));
        assert!(make("ada@bücher.example", 1, 1).ends_with("@xn--bcher-kva.example"));
        assert!(make("nobody", 1, 1).ends_with("@localhost"));
        assert!(is_writable(&make("ada@a b", 1, -5)));
    }

    #[test]
    fn fields_are_read_as_far_as_they_go() {
        let table: [(&str, &[&str]); 9] = [
            ("<a@b>", &["a@b"]),
            (" <a@b>\r\n <c@d>", &["a@b", "c@d"]),
            ("<a@b> (comment) <c@d>", &["a@b", "c@d"]),
            ("<a@b", &[]),
            ("<a <b@c>", &["b@c"]),
            ("a@b, c@d", &["a@b", "c@d"]),
            ("<a\r\n b@c>", &["ab@c"]),
            ("<>", &[]),
            ("your message of Tuesday", &[]),
        ];
        for (field, expected) in table {
            assert_eq!(parse(field, 10), expected, "{field:?}");
        }
        assert_eq!(parse(&"<a@b>".repeat(1000), 10).len(), 10);
        assert!(parse(&format!("<{}@b>", "a".repeat(2000)), 10).is_empty());
    }
}
