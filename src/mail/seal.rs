//! What signed and encrypted mail is, by its form alone. No signature is verified and nothing is decrypted, so none
//! of these is a verdict, and a face must not draw one.

use serde::Serialize;

/// A protection that a message, or a part of it, claims to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Seal {
    pub technique: Technique,
    pub act: Act,
    /// It covers the whole message, not only a part of it.
    pub whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Technique {
    /// RFC 8551.
    Smime,
    /// RFC 3156 and 9580; also PGP written into the text.
    OpenPgp,
    /// A protocol that nobody knows.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Signed,
    Encrypted,
    /// Certificates or keys alone.
    Keys,
    /// Compressed only (RFC 3274).
    Compressed,
}
