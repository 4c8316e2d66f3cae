//! MIME (RFC 2045–2049, 2183, 2231, 2047) read from raw bytes, for lists and for the reader.
//!
//! Nothing here fails: what cannot be read becomes a [`Defect`], and the rest is shown.

use super::envelope::Envelope;
use serde::{Deserialize, Serialize};

/// Something about a message that breaks the rules, worded for its reader by the faces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Defect {
    /// No header at all.
    NoHeaders,
    /// Parts nested deeper than [`guard`] allows; it is shown as plain source.
    TooDeep,
    /// More parts than are shown.
    TooManyParts,
    /// Bytes that are no text in the declared charset.
    Charset(String),
    /// A charset nobody knows.
    UnknownCharset(String),
    /// A body that does not decode as declared (base64, quoted-printable).
    Encoding,
    /// A multipart whose closing boundary is missing: perhaps cut short.
    Unterminated,
    /// No readable Date.
    Date,
    /// More than one From, or none.
    From,
    /// Control or direction characters in a name or subject, replaced by U+FFFD.
    Disguise,
}

/// What the index keeps of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub envelope: Envelope,
    /// The first words of the text, white space folded, at most 200 characters.
    pub preview: String,
    /// Number of attachments a person would count (inline images of an HTML part are not among them).
    pub attachments: u32,
    pub defects: Vec<Defect>,
}

/// One attachment, as listed under a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Position to ask for its bytes with.
    pub index: usize,
    /// A name that is safe to save under: no directories, no control or direction characters, never empty.
    pub file_name: String,
    /// Lower-case media type such as `application/pdf`.
    pub media_type: String,
    /// Decoded size in bytes.
    pub size: u64,
    /// Content-ID without angle brackets.
    pub content_id: Option<String>,
    /// Shown within an HTML part rather than listed.
    pub inline: bool,
}

/// Where the readable text came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextOrigin {
    #[default]
    None,
    Plain,
    /// Made from HTML.
    Html,
}

/// What the reader shows of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    pub envelope: Envelope,
    /// Readable text with `\n` line ends: the plain part, else the HTML as text.
    pub text: String,
    pub origin: TextOrigin,
    /// The HTML part, decoded to text, unsanitised.
    pub html: Option<String>,
    /// Every attachment, inline ones too.
    pub attachments: Vec<Attachment>,
    /// Count of references to remote content in the HTML part; none is ever fetched.
    pub remote: usize,
    pub defects: Vec<Defect>,
}
