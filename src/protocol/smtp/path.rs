//! Addresses as they stand in MAIL and RCPT (RFC 5321, 4.1.2; RFC 6531, 3.3).

use crate::protocol::net::ascii_host;

/// Longest address; RFC 5321, 4.5.3.1 has 64 and 255 for its halves.
const MAX: usize = 320;

/// What goes between the angle brackets, or nothing where this is no address. The domain comes
/// out in ASCII (IDNA), so that only a local part beyond ASCII needs SMTPUTF8. Nothing that
/// could end the path or the line gets through.
pub(super) fn path(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@').filter(|_| address.len() <= MAX)?;
    let local_fits = match local.strip_prefix('"') {
        Some(rest) => is_quoted(rest.strip_suffix('"')?),
        None => !local.is_empty() && local.chars().all(is_plain),
    };
    let domain = if domain.is_ascii() { domain.to_string() } else { ascii_host(domain).ok()? };
    let domain_fits = match domain.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.bytes().all(|b| b.is_ascii_alphanumeric() || b":.-".contains(&b)),
        None => domain.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b)),
    };
    let whole = local_fits && domain_fits && !domain.is_empty() && !domain.starts_with(['.', '-']);
    whole.then(|| format!("{local}@{domain}"))
}

/// What RCPT says further where reports are asked for (RFC 3461, 4.1 and 4.2): when, and for whom they are. An
/// address beyond ASCII has no ORCPT that every server could read.
pub(super) fn report_parameters(path: &str) -> String {
    let original = xtext(path).map(|path| format!(" ORCPT=rfc822;{path}"));
    format!(" NOTIFY=SUCCESS,FAILURE,DELAY{}", original.unwrap_or_default())
}

/// Visible ASCII in parameters (RFC 3461, 4); nothing for text beyond it, or longer than a parameter may be.
pub(super) fn xtext(text: &str) -> Option<String> {
    const LONGEST: usize = 100;
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'+' | b'=' => out.push_str(&format!("+{byte:02X}")),
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => return None,
        }
    }
    (out.len() <= LONGEST && !out.is_empty()).then_some(out)
}

/// Generous with dots, which real addresses have where the grammar does not.
fn is_plain(c: char) -> bool {
    !c.is_control() && !c.is_whitespace() && !"<>()[]\\,;:\"@".contains(c)
}

/// The inside of a quoted string. Angle brackets are left out: not every server counts quotes.
fn is_quoted(inside: &str) -> bool {
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        let c = if c == '\\' { chars.next() } else { Some(c).filter(|c| *c != '"') };
        if c.is_none_or(|c| c.is_control() || matches!(c, '<' | '>' | '\u{2028}' | '\u{2029}')) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_generously() {
        for good in [
            "a@b",
            "ada.lovelace+x@mail.example.org",
            "a..b.@docomo.ne.jp",
            "o'neil/x=y@example.org",
            "\"john \\\"d\\\" @ doe\"@example.org",
            "a@[192.0.2.1]",
            "a@[IPv6:2001:db8::1]",
            "a@under_score.example",
            "jörg@example.org",
        ] {
            assert_eq!(path(good).as_deref(), Some(good));
        }
        assert_eq!(path("ada@müller.example").as_deref(), Some("ada@xn--mller-kva.example"));
    }

    #[test]
    fn parameters_are_visible_ascii() {
        assert_eq!(xtext("a+b=c@x").as_deref(), Some("a+2Bb+3Dc@x"));
        assert_eq!((xtext(""), xtext("a b"), xtext("\u{e4}"), xtext(&"x".repeat(101))), (None, None, None, None));
        assert_eq!(report_parameters("a@b"), " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a@b");
        assert_eq!(report_parameters("\u{e4}@b"), " NOTIFY=SUCCESS,FAILURE,DELAY");
    }

    #[test]
    fn nothing_ends_the_path_or_the_line() {
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c",
            "a@b c",
            "a@b>",
            "<a@b>",
            "a@b>\r\nRCPT TO:<x@y",
            "a\r\n@b",
            "\"a\r\n\"@b",
            "\"a>\"@b",
            "\"a\"b\"@c",
            "\"a\\\"@b",
            "\"@b",
            "a@b@c",
            "a,b@c",
            "a\0@b",
            "a@.b",
            "a@-b",
            "a@[x y]",
            "a@[",
            "a\u{2028}@b",
            "a@b\u{a0}c",
        ] {
            assert_eq!(path(bad), None, "{bad:?}");
        }
        assert_eq!(path(&format!("{}@b", "a".repeat(400))), None);
    }
}
