//! `mailto:` URLs (RFC 6068), as other programs hand them over. They come from strangers: a page decides what they
//! say. Only recipients, subject, body and In-Reply-To are taken; `attach` and its like are never looked at, and
//! nothing is ever sent by a URL alone.

use super::DraftParts;
use super::encode::one_line;
use crate::mail::address::{self, Address};
use crate::mail::{message_id, mime, text};

/// Longest URL that is taken. A longer one is refused, for a cut could turn one address into another.
const MAX_URL: usize = 256 << 10;
/// Recipients of one field.
const MAX_RECIPIENTS: usize = 200;
/// Bytes of a subject.
const MAX_SUBJECT: usize = 2_000;

/// What a draft begins with, or `None` where the text is no `mailto:` URL.
pub fn parse(url: &str) -> Option<DraftParts> {
    let url = Some(url.trim()).filter(|url| url.len() <= MAX_URL)?;
    let rest = url.get(7..).filter(|_| url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")))?;
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (recipients, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let mut parts = DraftParts::default();
    add(&mut parts.to, &mut parts.unfinished[0], recipients);
    // Some programs escape `&` as in HTML.
    for field in fields.replace("&amp;", "&").split('&') {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        match decode(name).to_ascii_lowercase().as_str() {
            "to" => add(&mut parts.to, &mut parts.unfinished[0], value),
            "cc" => add(&mut parts.cc, &mut parts.unfinished[1], value),
            "bcc" => add(&mut parts.bcc, &mut parts.unfinished[2], value),
            "subject" => parts.subject = text::truncate(&one_line(&decode(value)), MAX_SUBJECT).to_string(),
            "body" => parts.body = text::body_safe(&decode(value)),
            "in-reply-to" => {
                let ids = message_id::parse(&decode(value), 1);
                parts.in_reply_to = ids.into_iter().filter(|id| message_id::is_writable(id)).collect();
                parts.references = parts.in_reply_to.clone();
            }
            _ => {}
        }
    }
    Some(parts)
}

/// Adds the addresses of a comma-separated value; a comma within an address is percent-encoded (RFC 6068, 2).
fn add(list: &mut Vec<Address>, unfinished: &mut String, value: &str) {
    for item in value.split(',').filter(|item| !item.is_empty()) {
        // A line end would begin a new address, or a new header field for less careful readers.
        let typed = one_line(&decode(item));
        let whole = address::parse_list(&typed);
        for found in whole {
            match found {
                Ok(found) if list.len() < MAX_RECIPIENTS => {
                    if !list.iter().any(|known| known.same_mailbox(&found)) {
                        list.push(found);
                    }
                }
                Ok(_) => {}
                Err(bad) if unfinished.len() < 1_000 => {
                    if !unfinished.is_empty() {
                        unfinished.push_str(", ");
                    }
                    unfinished.push_str(text::truncate(&bad.text, 200));
                }
                Err(_) => {}
            }
        }
    }
}

/// Undoes percent-encoding; a `+` stands for itself (RFC 6068, 2).
fn decode(text: &str) -> String {
    mime::percent_decode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        let parts =
            parse("mailto:ada@x.example,b@x.example?subject=Hello%20there&cc=c@x.example&body=a%0D%0Ab").unwrap();
        assert_eq!(parts.to, [Address::new("", "ada@x.example"), Address::new("", "b@x.example")]);
        assert_eq!(parts.cc, [Address::new("", "c@x.example")]);
        assert_eq!((parts.subject.as_str(), parts.body.as_str()), ("Hello there", "a\nb"));
        let table = [
            ("MAILTO:a@x.example", "a@x.example", ""),
            ("mailto:a+b@x.example?subject=1+1", "a+b@x.example", "1+1"),
            ("mailto:?to=a@x.example&subject=J%C3%B6rg", "a@x.example", "Jörg"),
            ("mailto:a@x.example?Subject=x&amp;body=y", "a@x.example", "x"),
            ("mailto:%22a%2Cb%22@x.example", "\"a,b\"@x.example", ""),
            ("mailto:a@x.example#fragment", "a@x.example", ""),
            ("mailto:a%40x.example?subject=100%", "a@x.example", "100%"),
        ];
        for (url, to, subject) in table {
            let parts = parse(url).unwrap();
            assert_eq!((parts.to[0].addr.as_str(), parts.subject.as_str()), (to, subject), "{url}");
        }
        assert_eq!(parse("http://x.example"), None);
        assert_eq!(parse("mail"), None);
        assert_eq!(parse("mailto:").unwrap(), DraftParts::default());
    }

    #[test]
    fn unsafe_fields_are_not_looked_at() {
        let url = "mailto:a@x.example?attach=/etc/passwd&attachment=~/.ssh/id_rsa&insert=x&from=evil@x.example\
                   &reply-to=evil@x.example&content-type=text/html&resent-to=e@x.example";
        let parts = parse(url).unwrap();
        let expected = DraftParts { to: vec![Address::new("", "a@x.example")], ..DraftParts::default() };
        assert_eq!(parts, expected);
    }

    #[test]
    fn line_ends_cannot_add_fields_or_recipients() {
        let parts = parse("mailto:a@x.example%0D%0ABcc:evil@x.example?subject=x%0D%0ABcc:%20e@x.example").unwrap();
        assert!(parts.bcc.is_empty() && parts.to.is_empty(), "{parts:?}");
        assert!(parts.unfinished[0].contains('\u{FFFD}'));
        assert_eq!(parts.subject, "x\u{FFFD}\u{FFFD}Bcc: e@x.example");
        let many = |count| format!("mailto:{}", "a@x.example,".repeat(count));
        assert_eq!(parse(&many(10_000)).unwrap().to.len(), 1);
        assert_eq!(parse(&many(100_000)), None);
    }
}
