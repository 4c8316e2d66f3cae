//! Modified UTF-7, the encoding of mailbox names (RFC 3501, section 5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const ENGINE: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// A name as it goes over the wire: printable ASCII alone.
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut pending: Vec<u8> = Vec::new();
    for c in name.chars() {
        if !matches!(c, ' '..='~') {
            let mut units = [0_u16; 2];
            pending.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
            continue;
        }
        shift(&mut out, &mut pending);
        out.push(c);
        if c == '&' {
            out.push('-');
        }
    }
    shift(&mut out, &mut pending);
    out
}

/// Writes the characters beyond ASCII that have gathered.
fn shift(out: &mut String, pending: &mut Vec<u8>) {
    if !pending.is_empty() {
        out.push('&');
        ENGINE.encode_string(&*pending, out);
        out.push('-');
        pending.clear();
    }
}

/// The name that was meant. What is not valid modified UTF-7 stands for itself, so that a
/// mailbox of a careless server can be seen and, by its wire name, still be opened.
pub fn decode(wire: &str) -> String {
    strictly(wire).unwrap_or_else(|| wire.to_string())
}

fn strictly(wire: &str) -> Option<String> {
    let mut out = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some((plain, shifted)) = rest.split_once('&') {
        let (base64, after) = shifted.split_once('-')?;
        out.push_str(plain);
        if base64.is_empty() {
            out.push('&');
        } else {
            let bytes = ENGINE.decode(base64).ok()?;
            let (units, odd) = bytes.as_chunks::<2>();
            if !odd.is_empty() {
                return None;
            }
            out.push_str(&String::from_utf16(&units.iter().map(|u| u16::from_be_bytes(*u)).collect::<Vec<_>>()).ok()?);
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_standard() {
        assert_eq!(decode("~peter/mail/&U,BTFw-/&ZeVnLIqe-"), "~peter/mail/台北/日本語");
        assert_eq!(encode("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        assert_eq!(encode("Entwürfe & Co"), "Entw&APw-rfe &- Co");
        assert_eq!(encode("😀"), "&2D3eAA-");
    }

    #[test]
    fn invalid_names_stand_for_themselves() {
        for wire in ["a&b", "&AA-", "&2D0-", "&!!-", "&Jjo", "ü&"] {
            assert_eq!(decode(wire), wire);
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in any::<String>()) {
            let wire = encode(&name);
            prop_assert!(wire.bytes().all(|b| (0x20..0x7f).contains(&b)));
            prop_assert_eq!(decode(&wire), name);
        }
    }
}
