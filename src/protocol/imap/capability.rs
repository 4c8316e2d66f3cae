//! What a server says it can do (CAPABILITY, RFC 3501, section 7.2.1).

use std::collections::BTreeSet;

/// The capabilities of a session, in capitals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(BTreeSet<String>);

impl Capabilities {
    pub(super) fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Capabilities {
        Capabilities(words.into_iter().map(str::to_ascii_uppercase).filter(|w| !w.is_empty()).collect())
    }

    /// Whether it names this capability, given in capitals.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
    /// Whether a SASL mechanism is offered.
    pub fn offers(&self, mechanism: &str) -> bool {
        self.0.contains(&format!("AUTH={mechanism}"))
    }
    /// The largest message that APPEND takes, in bytes (RFC 7889).
    pub fn append_limit(&self) -> Option<u64> {
        self.0.iter().find_map(|c| c.strip_prefix("APPENDLIMIT=")).and_then(|n| n.parse().ok())
    }
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
