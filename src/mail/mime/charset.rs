//! Bytes to text. What a message declares is believed as far as the bytes agree with it.

use super::{Defect, shifted};
use mail_parser::decoders::charsets::map::charset_decoder;
use std::borrow::Cow;

/// Bytes as text of the declared charset, with the defect if they are none.
///
/// Undeclared, ASCII and UTF-8 text is read as UTF-8 where it is valid, and else as windows-1252, of which Latin-1
/// is a part: that is what undeclared bytes in Western mail are, and no byte is lost by it.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> (Cow<'a, str>, Option<Defect>) {
    let name = declared.map(|d| d.trim().trim_matches(['"', '\'']).to_ascii_lowercase()).unwrap_or_default();
    match name.as_str() {
        "" | "us-ascii" | "ascii" | "utf-8" | "utf8" | "unicode-1-1-utf-8" | "unknown-8bit" | "x-unknown"
        | "unknown" | "8bit" | "7bit" | "binary" | "default" | "none" | "_iso-2022-jp$esc" => undeclared(bytes, &name),
        // Never of use in mail (RFC 2152 was of its time), and a way to hide what filters look for.
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "csutf7" | "x-utf-7" => {
            (undeclared(bytes, "").0, Some(Defect::UnknownCharset(name)))
        }
        _ => match charset_decoder(shifted::known_name(&name).as_bytes()) {
            _ if let Some((bytes, sister)) = shifted::unshifted(bytes, &name) => {
                let (text, defect) = decode(&bytes, Some(sister));
                (Cow::Owned(text.into_owned()), defect.map(|_| Defect::Charset(name)))
            }
            Some(decoder) => {
                let text = decoder(bytes);
                let broken = text.contains('\u{FFFD}');
                (Cow::Owned(text), broken.then_some(Defect::Charset(name)))
            }
            None => (undeclared(bytes, "").0, Some(Defect::UnknownCharset(shortened(&name)))),
        },
    }
}

fn undeclared<'a>(bytes: &'a [u8], name: &str) -> (Cow<'a, str>, Option<Defect>) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            let declared_utf8 = name.starts_with("utf") || name.starts_with("unicode");
            // Text that is UTF-8 but for some damage stays UTF-8; a text without any multi-byte character is not.
            let mostly = error.valid_up_to() > 0 && has_multibyte(bytes);
            let text =
                if declared_utf8 && mostly { String::from_utf8_lossy(bytes).into_owned() } else { legacy(bytes) };
            let defect = declared_utf8.then(|| Defect::Charset(name.to_string()));
            (Cow::Owned(text), defect)
        }
    }
}

fn legacy(bytes: &[u8]) -> String {
    match charset_decoder(b"windows-1252") {
        Some(decoder) => decoder(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Whether some valid multi-byte UTF-8 sequence occurs.
fn has_multibyte(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().take(1_000).any(|chunk| !chunk.valid().is_ascii())
}

/// Raw bytes of a header field as text (RFC 6532 says UTF-8; older mail says nothing).
pub fn header_text(bytes: &[u8]) -> Cow<'_, str> {
    undeclared(bytes, "").0
}

fn shortened(name: &str) -> String {
    crate::mail::text::truncate(&crate::mail::text::display_safe(name), 60).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_declared_or_as_it_is() {
        type Case<'a> = (&'a [u8], Option<&'a str>, &'a str, Option<Defect>);
        let table: [Case<'_>; 13] = [
            (b"+ADw-script+AD4-", Some("UTF-7"), "+ADw-script+AD4-", Some(Defect::UnknownCharset("utf-7".into()))),
            (b"plain", None, "plain", None),
            ("Jörg".as_bytes(), None, "Jörg", None),
            (b"J\xF6rg", None, "Jörg", None),
            (b"J\xF6rg", Some("us-ascii"), "Jörg", None),
            (b"J\xF6rg", Some("ISO-8859-1"), "Jörg", None),
            (b"5 \x80", Some("iso-8859-1"), "5 €", None),
            (b"J\xF6rg", Some("utf-8"), "Jörg", Some(Defect::Charset("utf-8".into()))),
            (b"\xC3\xA4\xFF", Some("utf-8"), "ä\u{FFFD}", Some(Defect::Charset("utf-8".into()))),
            (b"\xEF\xBB\xBFx", Some("UTF-8"), "x", None),
            (b"\x1b$B%O\x1b(B", Some("ISO-2022-JP"), "ハ", None),
            (b"\xCF\xF0", Some("\"windows-1251\""), "Пр", None),
            (b"J\xF6", Some("klingon"), "Jö", Some(Defect::UnknownCharset("klingon".into()))),
        ];
        for (bytes, charset, text, defect) in table {
            assert_eq!(decode(bytes, charset), (Cow::Borrowed(text), defect), "{bytes:?} {charset:?}");
        }
    }
}
