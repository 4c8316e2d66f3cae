//! UIDL and LIST (RFC 1939, sections 5 and 7): the identity and the size of every message.

use super::Session;
use super::wire::{Show, Wait};
use crate::protocol::error::{Error, Result};
use crate::protocol::transcript::thousands;

/// Messages of one maildrop.
const MAX_ENTRIES: usize = 1_000_000;
/// Bytes of a unique id; RFC 1939 allows 70.
const MAX_UID: usize = 255;

impl Session {
    /// Number and unique id of every message that is not marked as deleted. Two messages may have
    /// the same id, where they are the same (RFC 1939, section 7).
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
    let (number, text) = line.trim().split_once([' ', '\t'])?;
    let number = number.parse().ok().filter(|number| *number > 0)?;
    Some((number, read(text.trim())?))
}

fn unique_id(text: &str) -> Option<String> {
    let fits = (1..=MAX_UID).contains(&text.len()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_string())
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
        let long = format!("1 {}", "x".repeat(256));
        for bad in ["", "1", "1 ", "0 x", "-1 x", "x 1", "4294967296 x", "1 a\u{7}b", "1 a\0", long.as_str()] {
            assert_eq!(uid(bad), None, "{bad:?}");
        }
        assert_eq!(entry(b"1 \xff", unique_id), None);
    }
}
