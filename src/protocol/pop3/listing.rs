//! UIDL and LIST (RFC 1939, sections 5 and 7): the identity and the size of every message.

use super::Session;
use super::wire::{Show, Wait};
use crate::protocol::error::{Error, Result};
use crate::protocol::transcript::thousands;
use sha2::{Digest, Sha256};

/// Messages of one maildrop.
const MAX_ENTRIES: usize = 1_000_000;
/// Bytes of a unique id that are kept as they are; RFC 1939 allows 70.
const MAX_UID: usize = 255;

impl Session {
    /// Number and unique id of every message that is not marked as deleted. Two messages may have
    /// the same id, where they are the same (RFC 1939, section 7), or the server is wrong. The id is empty where the
    /// server gives none, or none that can be read; of one that is longer than any should be, the end is hashed.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the server has no UIDL.
    pub async fn uidl(&mut self) -> Result<Vec<(u32, String)>> {
        let capabilities = self.capabilities();
        if !capabilities.uidl {
            return Err(Error::Unsupported("UIDL"));
        }
        let is_known = capabilities.is_known;
        self.listing("UIDL", unique_id).await.map_err(|error| match error {
            Error::Refused { code: None, .. } if !is_known => Error::Unsupported("UIDL"),
            error => error,
        })
    }

    /// Number and size of every message that is not marked as deleted, in octets as the server
    /// counts them: good for progress, not for proof.
    pub async fn list(&mut self) -> Result<Vec<(u32, u64)>> {
        self.listing("LIST", |text| text.split_ascii_whitespace().next()?.parse().ok()).await
    }

    async fn listing<T>(&mut self, command: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<(u32, T)>> {
        let wire = &mut self.relay.wire;
        wire.begin()?;
        wire.say(command, command).await?;
        if let Err(error) = wire.ok(Wait::Long, Show::Shown).await {
            if matches!(error, Error::Refused { .. }) {
                wire.finish();
            }
            return Err(error);
        }
        let mut entries = Vec::new();
        let take = |line: &[u8]| {
            if entries.len() >= MAX_ENTRIES {
                return Err(Error::TooLarge { what: "listing", limit: MAX_ENTRIES as u64 });
            }
            entries.push(entry(line, &read).ok_or_else(|| Error::Protocol("a listing that cannot be read".into()))?);
            Ok(())
        };
        let bytes = wire.lines(take).await?;
        let count = thousands(entries.len() as u64);
        wire.recorder().note(&format!("… {count} lines, {} bytes", thousands(bytes)));
        let mut numbers: Vec<u32> = entries.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.len() != entries.len() {
            return Err(wire.broken("two messages of one number"));
        }
        wire.finish();
        Ok(entries)
    }
}

fn entry<T>(line: &[u8], read: impl Fn(&str) -> Option<T>) -> Option<(u32, T)> {
    let line = std::str::from_utf8(line).ok()?;
    let line = line.trim();
    let (number, text) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let number = number.parse().ok().filter(|number| *number > 0)?;
    Some((number, read(text.trim())?))
}

fn unique_id(text: &str) -> Option<String> {
    if text.chars().any(char::is_control) {
        return Some(String::new());
    }
    let cut = text.char_indices().map(|(at, _)| at).find(|at| *at >= MAX_UID);
    Some(match cut {
        None => text.to_string(),
        Some(cut) => {
            let (start, rest) = text.split_at(cut);
            let hash: String = Sha256::digest(rest).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{start} {hash}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_leniently_as_is_safe() {
        let uid = |line: &str| entry(line.as_bytes(), unique_id);
        assert_eq!(uid("1 whqtswO00WBw418f9t5JxYwZ"), Some((1, "whqtswO00WBw418f9t5JxYwZ".into())));
        assert_eq!(uid("4294967295  x "), Some((u32::MAX, "x".into())));
        assert_eq!(uid(&format!("1 {}", "x".repeat(255))).map(|(_, uid)| uid.len()), Some(255));
        let [long, other] = ["x", "y"].map(|end| uid(&format!("1 {}{end}", "x".repeat(300))).unwrap().1);
        assert!(long != other && long.len() < 400, "{long}");
        for none in ["1", "1 ", "1 a\u{7}b", "1 a\0"] {
            assert_eq!(uid(none), Some((1, String::new())), "{none:?}");
        }
        for bad in ["", "0 x", "-1 x", "x 1", "4294967296 x"] {
            assert_eq!(uid(bad), None, "{bad:?}");
        }
        let size = |line: &str| entry(line.as_bytes(), |text| text.parse::<u64>().ok());
        assert_eq!((size("1 7"), size("1"), size("1 x")), (Some((1, 7)), None, None));
        assert_eq!(entry(b"1 \xff", unique_id), None);
    }
}
