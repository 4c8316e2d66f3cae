//! Which signatures and encryptions a message claims. Looked at is its form alone; see [`crate::mail::seal`].

use super::structure::{Part, Structure};
use crate::mail::seal::{Act, Seal, Technique};
use crate::mail::text;

/// Seals that are told of one message.
const MAX_SEALS: usize = 8;

/// The seals in the order of the parts; `text` is the readable text, which may have one written into it.
pub fn of(structure: &Structure<'_>, readable: &str) -> Vec<Seal> {
    let mut seals: Vec<Seal> = Vec::new();
    let parts = structure.parts.iter().enumerate();
    let found =
        parts.filter_map(|(at, part)| of_part(part).map(|(technique, act)| Seal { technique, act, whole: at == 0 }));
    for seal in found.chain(written(readable)) {
        let known = seals.iter().any(|s| (s.technique, s.act) == (seal.technique, seal.act));
        if !known && seals.len() < MAX_SEALS {
            seals.push(seal);
        }
    }
    seals
}

fn of_part(part: &Part<'_>) -> Option<(Technique, Act)> {
    let protocol = || part.media.parameter("protocol").map(str::to_ascii_lowercase).unwrap_or_default();
    let technique = |protocol: &str| match protocol {
        "application/pgp-signature" | "application/pgp-encrypted" => Technique::OpenPgp,
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => Technique::Smime,
        _ => Technique::Other,
    };
    match (part.media.kind.as_str(), part.media.subtype.as_str()) {
        ("multipart", "signed") => Some((technique(&protocol()), Act::Signed)),
        ("multipart", "encrypted") => Some((technique(&protocol()), Act::Encrypted)),
        ("application", "pkcs7-mime" | "x-pkcs7-mime") => Some((Technique::Smime, smime_act(part))),
        ("application", "pgp-keys") => Some((Technique::OpenPgp, Act::Keys)),
        ("application", "pgp-encrypted") => Some((Technique::OpenPgp, Act::Encrypted)),
        ("application", "pgp") => Some((Technique::OpenPgp, Act::Signed)),
        _ => None,
    }
}

/// RFC 8551, 3.2.2; older programs say it by the file name alone.
fn smime_act(part: &Part<'_>) -> Act {
    let said = part.media.parameter("smime-type").map(str::to_ascii_lowercase).unwrap_or_default();
    let name = part.declared_name().unwrap_or_default().to_ascii_lowercase();
    match said.as_str() {
        "signed-data" => Act::Signed,
        "certs-only" => Act::Keys,
        "compressed-data" => Act::Compressed,
        "" if name.ends_with(".p7c") => Act::Keys,
        "" if name.ends_with(".p7s") => Act::Signed,
        "" if name.ends_with(".p7z") => Act::Compressed,
        _ => Act::Encrypted,
    }
}

/// OpenPGP armour written into the text (RFC 9580, 6.2), at the beginning of a line.
fn written(readable: &str) -> Option<Seal> {
    let head = text::truncate(readable, 256 << 10);
    let begins = |line: &str| head.starts_with(line) || head.contains(&format!("\n{line}"));
    let act = if begins("-----BEGIN PGP SIGNED MESSAGE-----") {
        Act::Signed
    } else if begins("-----BEGIN PGP MESSAGE-----") {
        Act::Encrypted
    } else if begins("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
        Act::Keys
    } else {
        return None;
    };
    Some(Seal { technique: Technique::OpenPgp, act, whole: head.trim_start().starts_with("-----BEGIN PGP") })
}
