//! Modified UTF-7, the spelling of mailbox names in IMAP4rev1 (RFC 3501, section 5.1.3).

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const ENGINE: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// Writes a name.
pub fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut shifted: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut shifted, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            shifted.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut shifted, &mut out);
    out
}

fn flush(shifted: &mut Vec<u8>, out: &mut String) {
    if !shifted.is_empty() {
        out.push('&');
        out.push_str(&ENGINE.encode(&shifted));
        out.push('-');
        shifted.clear();
    }
}

/// Reads a name; `None` where it is not well-formed.
pub fn decode(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = name;
    while let Some((plain, shifted)) = rest.split_once('&') {
        out.push_str(plain);
        let (code, after) = shifted.split_once('-')?;
        if code.is_empty() {
            out.push('&');
        } else {
            let bytes = ENGINE.decode(code).ok()?;
            let units: Vec<u16> = bytes
                .chunks(2)
                .map(|pair| match *pair {
                    [high, low] => Some(u16::from_be_bytes([high, low])),
                    _ => None,
                })
                .collect::<Option<_>>()?;
            out.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    out.push_str(rest);
    out.chars().all(|c| !c.is_control()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_and_the_example_of_the_rfc_agrees() {
        assert_eq!(encode("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        for name in ["INBOX", "A & B", "Entwürfe", "📮 post", "&", ""] {
            assert_eq!(decode(&encode(name)).as_deref(), Some(name));
        }
        for bad in ["&", "&AA-", "&2D0-", "a&AAo-b"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
