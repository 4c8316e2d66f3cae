//! Content-Transfer-Encoding (RFC 2045, section 6), undone leniently.

use std::borrow::Cow;

/// How a body travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// 7bit, 8bit, binary, and whatever nobody knows.
    #[default]
    Identity,
    QuotedPrintable,
    Base64,
    Uuencode,
}

impl Encoding {
    pub fn from_field(value: &str) -> Encoding {
        let word = value.trim().trim_matches(['"', '\'']);
        let word = word.split([';', ' ', '(']).next().unwrap_or_default();
        match word.to_ascii_lowercase().as_str() {
            "quoted-printable" | "quoted_printable" | "quotedprintable" => Encoding::QuotedPrintable,
            "base64" | "base-64" => Encoding::Base64,
            "x-uuencode" | "x-uue" | "uuencode" => Encoding::Uuencode,
            _ => Encoding::Identity,
        }
    }
}

/// A body as it was before it was encoded; the second half is true where it does not decode as declared.
pub fn decode(body: &[u8], encoding: Encoding) -> (Cow<'_, [u8]>, bool) {
    match encoding {
        Encoding::Identity => (Cow::Borrowed(body), false),
        Encoding::QuotedPrintable => {
            let (bytes, broken) = quoted_printable(body);
            (Cow::Owned(bytes), broken)
        }
        Encoding::Base64 => {
            let (bytes, broken) = base64(body);
            (Cow::Owned(bytes), broken)
        }
        Encoding::Uuencode => match super::uuencode::find(body).next() {
            Some(block) => (Cow::Owned(block.decode()), false),
            None => (Cow::Borrowed(body), true),
        },
    }
}

/// Size of a body once decoded, without keeping it.
pub fn decoded_len(body: &[u8], encoding: Encoding) -> usize {
    match encoding {
        Encoding::Identity => body.len(),
        Encoding::Base64 => {
            // Each padding ends a run of sextets; what is left of a run makes no byte.
            let sextets = |run: &[u8]| run.iter().filter(|b| base64_value(**b).is_some()).count();
            body.split(|b| *b == b'=').map(|run| sextets(run).saturating_mul(3) / 4).sum()
        }
        _ => decode(body, encoding).0.len(),
    }
}

/// Quoted-printable: a `=` that begins no code stands for itself, and trailing white space goes (RFC 2045, 6.7 (3)).
pub fn quoted_printable(body: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(body.len());
    let mut broken = false;
    for line in body.split_inclusive(|b| *b == b'\n') {
        let ended = line.ends_with(b"\n");
        let text = line.trim_ascii_end();
        let (text, soft) = match text.strip_suffix(b"=") {
            Some(text) => (text, true),
            None => (text, false),
        };
        broken |= escapes(text, &mut out);
        if ended && !soft {
            out.extend_from_slice(if line.ends_with(b"\r\n") { b"\r\n" } else { b"\n" });
        } else if !ended && !soft {
            // A body that ends without a line end keeps its last blanks.
            out.extend_from_slice(line.get(text.len()..).unwrap_or_default());
        }
    }
    (out, broken)
}

/// Undoes `=XX` within one line; true where a `=` begins no code.
pub fn escapes(line: &[u8], out: &mut Vec<u8>) -> bool {
    let mut broken = false;
    let mut rest = line;
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (before, code) = rest.split_at(at);
        out.extend_from_slice(before);
        match code {
            [_, high, low, after @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                rest = after;
            }
            [equals, after @ ..] => {
                broken = true;
                out.push(*equals);
                rest = after;
            }
            [] => rest = &[],
        }
    }
    out.extend_from_slice(rest);
    broken
}

pub fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// Base64: characters outside the alphabet are passed over (RFC 2045, 6.8), a padding inside begins anew.
pub fn base64(body: &[u8]) -> (Vec<u8>, bool) {
    // mail-parser takes a byte 255 for the end.
    let whole = memchr::memchr(u8::MAX, body).is_none();
    if let Some(bytes) = mail_parser::decoders::base64::base64_decode(body).filter(|_| whole) {
        return (bytes, false);
    }
    let clean: Vec<u8> = body.iter().copied().filter(|b| base64_value(*b).is_some() || *b == b'=').collect();
    (mail_parser::decoders::base64::base64_decode(&clean).unwrap_or_default(), true)
}

fn base64_value(b: u8) -> Option<()> {
    (b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_is_undone_leniently() {
        let table: [(&str, &str, bool); 9] = [
            ("J=C3=B6rg", "Jörg", false),
            ("J=c3=b6rg", "Jörg", false),
            ("soft=\r\nly", "softly", false),
            ("soft= \t\r\nly", "softly", false),
            ("end  \r\nnext", "end\r\nnext", false),
            ("a=20\r\nb", "a \r\nb", false),
            ("1 = 2", "1 = 2", true),
            ("=G1=", "=G1", true),
            ("", "", false),
        ];
        for (body, expected, broken) in table {
            assert_eq!(quoted_printable(body.as_bytes()), (expected.as_bytes().to_vec(), broken), "{body:?}");
        }
    }

    #[test]
    fn base64_is_undone_leniently() {
        let table: [(&str, &str, bool); 7] = [
            ("aGVsbG8=", "hello", false),
            ("aGVs\r\nbG8=\r\n", "hello", false),
            ("aGVsbG8", "hello", false),
            ("aGVs!bG8=", "hello", true),
            ("aGVsbG8=\r\n-- \r\n", "hello", true),
            ("aGk=aGk=", "hihi", false),
            ("", "", false),
        ];
        for (body, expected, broken) in table {
            assert_eq!(base64(body.as_bytes()), (expected.as_bytes().to_vec(), broken), "{body:?}");
        }
        assert_eq!(base64(b"aGVs\xFFbG8="), (b"hello".to_vec(), true));
    }

    #[test]
    fn sizes_are_those_of_the_decoded_body() {
        for (body, encoding) in [
            ("aGVs\r\nbG8=\r\n", Encoding::Base64),
            ("aGVsbA", Encoding::Base64),
            ("aG=Vs!b=G=8=", Encoding::Base64),
            ("aGVsÿbA", Encoding::Base64),
            ("J=C3=B6rg=\r\n", Encoding::QuotedPrintable),
            ("as is\r\n", Encoding::Identity),
        ] {
            let body = body.as_bytes();
            assert_eq!(decoded_len(body, encoding), decode(body, encoding).0.len());
        }
    }
}
