//! Charsets that shift between two sets of seven-bit characters, which libraries refuse for the sake of browsers:
//! ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922) and HZ (RFC 1843). Mail has no scripts to trick, and old mail has
//! them. Each is turned into its eight-bit sister, which everybody reads.

use std::borrow::Cow;

/// The bytes in the sister charset, and that charset's name; `None` for all other charsets.
pub fn unshifted(bytes: &[u8], charset: &str) -> Option<(Vec<u8>, &'static str)> {
    match charset.replace('_', "-").as_str() {
        "iso-2022-kr" | "csiso2022kr" => Some((iso_2022(bytes), "euc-kr")),
        "iso-2022-cn" | "iso-2022-cn-ext" => Some((iso_2022(bytes), "gb18030")),
        "hz-gb-2312" | "hz" => Some((hz(bytes), "gb18030")),
        _ => None,
    }
}

const ESCAPE: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;

/// Between SO and SI stand characters of the set that an escape sequence chose; a line end shifts back.
fn iso_2022(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            SHIFT_OUT => shifted = true,
            SHIFT_IN => shifted = false,
            // ESC $ ) C and its like: intermediates, then one final character.
            ESCAPE => drop(rest.find(|b| (0x40..=0x7E).contains(b) || *b == b'\n')),
            b'\n' | b'\r' => {
                shifted = false;
                out.push(byte);
            }
            0x21..=0x7E if shifted => out.push(byte | 0x80),
            _ => out.push(byte),
        }
    }
    out
}

/// `~{` and `~}` around Chinese, `~~` for a tilde, `~` at the end of a line for nothing.
fn hz(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    loop {
        rest = match rest {
            [b'~', b'{', after @ ..] => {
                shifted = true;
                after
            }
            [b'~', b'}', after @ ..] => {
                shifted = false;
                after
            }
            [b'~', b'~', after @ ..] if !shifted => {
                out.push(b'~');
                after
            }
            [b'~', b'\r', b'\n', after @ ..] | [b'~', b'\n', after @ ..] if !shifted => after,
            [b'\n', after @ ..] => {
                shifted = false;
                out.push(b'\n');
                after
            }
            [byte, after @ ..] => {
                let double = shifted && (0x21..=0x7E).contains(byte);
                out.push(if double { byte | 0x80 } else { *byte });
                after
            }
            [] => return out,
        };
    }
}

/// The name under which a charset is known to the decoder, for names that programs made up.
pub fn known_name(name: &str) -> Cow<'_, str> {
    let trimmed = name.strip_prefix("x-").unwrap_or(name);
    let known = match trimmed {
        // GBK and GB 18030 contain GB 2312, and what calls itself that is written by programs that know the larger.
        "gb2312" | "gb_2312-80" | "gb2312-80" | "gbk" | "cp936" | "ms936" | "windows-936" | "euc-cn" | "gb"
        | "gb-18030" => "gb18030",
        "cp932" | "ms932" | "windows-932" | "cswindows31j" | "sjis-win" | "shift-jis" | "sjis" => "shift_jis",
        "cp949" | "ms949" | "uhc" | "ks_c_5601" | "ksc5601_1987" | "euckr" => "euc-kr",
        "eucjp" | "ujis" => "euc-jp",
        "cp950" | "big-5" | "big5-eten" => "big5",
        "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-ms" | "cp50220" | "cp50221" => "iso-2022-jp",
        "ansi" | "ansi_x3.4-1968" | "iso646-us" | "cp1252" | "windows1252" | "win-1252" | "latin-1" | "iso_8859_1"
        | "iso8859-1" | "iso-8859" => "windows-1252",
        "windows1251" | "win-1251" | "win1251" => "windows-1251",
        "windows1250" | "win-1250" => "windows-1250",
        "latin-9" | "iso8859-15" => "iso-8859-15",
        "mac-roman" | "macroman" => "macintosh",
        "koi8r" => "koi8-r",
        _ => return Cow::Borrowed(name),
    };
    Cow::Borrowed(known)
}

#[cfg(test)]
mod tests {
    use super::super::charset::decode;

    #[test]
    fn shifted_text_is_read() {
        let table: [(&[u8], &str, &str); 8] = [
            (b"\x1b$)C\x0e0!3*\x0f ok", "iso-2022-kr", "가나 ok"),
            (b"\x1b$)C\x0e0!\n3*", "ISO-2022-KR", "가\n3*"),
            (b"\x1b$)A\x0eVPND\x0f!", "iso-2022-cn", "中文!"),
            (b"~{VPND~} ~~ ok", "hz-gb-2312", "中文 ~ ok"),
            (b"a~\nb~{VP", "hz", "ab中"),
            (b"\xD6\xD0\x81\x30\x81\x30", "gb2312", "中\u{80}"),
            (b"\x83\x6E", "x-sjis", "ハ"),
            (b"\x80 5", "x-ansi", "€ 5"),
        ];
        for (bytes, charset, text) in table {
            assert_eq!(decode(bytes, Some(charset)).0, text, "{charset}");
        }
    }
}
