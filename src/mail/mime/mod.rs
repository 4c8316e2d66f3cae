//! MIME (RFC 2045–2049, 2183, 2231, 2047) read from raw bytes, for lists and for the reader.
//!
//! Nothing here fails: what cannot be read becomes a [`Defect`], and the rest is shown.
//!
//! Three depths of reading, so that receiving never pays for what only a reader wants: [`summary`] reads headers and
//! the first words; [`searchable`] the words; [`content`] everything that is shown of one message: its text taken
//! apart, reports, invitations, what its seals claim, what `winmail.dat` holds, and every defect. Attached messages
//! are leaves in all of them; [`message_within`] opens one, and what is in it is read as a message of its own.
//!
//! The parts are found by a scan of our own that cannot be made to recurse ([`structure`]); addresses, dates, base64
//! and charsets are read by mail-parser. What a stranger could make large is bounded in [`guard`].

use super::envelope::Envelope;
use super::invitation::Invitation;
use super::prose::Prose;
use super::report::Report;
use super::seal::Seal;
use body::Selection;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use structure::Structure;

mod attachment;
mod body;
mod charset;
mod danger;
mod defects;
mod enclosed;
mod fields;
mod file_name;
mod flowed;
pub mod guard;
mod header;
mod media;
mod preview;
mod reader;
mod seals;
mod searchable;
mod shifted;
mod structure;
mod transfer;
mod uuencode;
pub(crate) mod word;

pub use attachment::{Attachment, AttachmentKind, Danger};
pub use file_name::safe as safe_file_name;
pub(crate) use header::{Header, is_mbox_line};
pub use searchable::{Searchable, searchable};

/// What a list shows of a message. Reads headers and structure, and of the text only its beginning; nothing that is
/// attached is decoded. Any bytes give an answer.
pub fn summary(raw: &[u8]) -> Summary {
    let raw = readable(raw);
    let structure = Structure::parse(&raw);
    let selection = Selection::of(&structure);
    let (envelope, defects) = head(&structure);
    let counted = selection.attachments.iter().filter(|source| body::counts(&structure, &selection, **source)).count();
    Summary {
        envelope,
        preview: preview::of(&structure, &selection),
        attachments: u32::try_from(counted).unwrap_or(u32::MAX),
        defects,
    }
}

/// What the reader shows of a message. Any bytes give an answer.
pub fn content(raw: &[u8]) -> Content {
    let raw = readable(raw);
    let structure = Structure::parse(&raw);
    let selection = Selection::opened(&structure);
    let (envelope, mut defects) = head(&structure);
    defects::note(&structure, &mut defects);
    let mut content = Content { envelope, defects, ..Content::default() };
    reader::read(&structure, &selection, &mut content);
    enclosed::read(&structure, &selection, &mut content);
    content.seals = seals::of(&structure, &content.text);
    let sources = selection.attachments.iter().enumerate();
    content.attachments = sources.filter_map(|(at, s)| body::describe(&structure, &selection, at, *s)).collect();
    content
}

/// An attachment by its [`Attachment::index`], with its decoded bytes.
pub fn attachment(raw: &[u8], index: usize) -> Option<(Attachment, Vec<u8>)> {
    let raw = readable(raw);
    let structure = Structure::parse(&raw);
    let selection = Selection::opened(&structure);
    let source = *selection.attachments.get(index)?;
    let described = body::describe(&structure, &selection, index, source)?;
    Some((described, body::bytes(&structure, &selection, source)?))
}

/// An attachment read as text, with `\n` line ends and safe to show: by its mark of order, else in the charset that it
/// declares. At most `limit` bytes of it are read; whether that is all. `None` where it is no text.
pub fn attachment_text(raw: &[u8], index: usize, limit: usize) -> Option<(String, bool)> {
    let raw = readable(raw);
    let structure = Structure::parse(&raw);
    let selection = Selection::opened(&structure);
    body::text(&structure, &selection, *selection.attachments.get(index)?, limit)
}

/// The attached message that a path of [`Attachment::index`]es leads to, each one inside the one before; the message
/// itself for an empty path. `None` where one of them is no message, or the path is longer than
/// [`guard::MAX_WITHIN`].
pub fn message_within<'a>(raw: &'a [u8], path: &[usize]) -> Option<Cow<'a, [u8]>> {
    if path.len() > guard::MAX_WITHIN {
        return None;
    }
    let mut message = Cow::Borrowed(raw);
    for index in path {
        let inner = {
            let raw = readable(&message);
            let structure = Structure::parse(&raw);
            let selection = Selection::opened(&structure);
            body::attached_message(&structure, *selection.attachments.get(*index)?)?
        };
        message = Cow::Owned(inner);
    }
    Some(message)
}

/// The header fields of a message as they stand, names and values.
pub(crate) fn header_fields(raw: &[u8]) -> Vec<(&[u8], &[u8])> {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    header::split(raw, |_| false).0.fields.into_iter().map(|field| (field.name, field.value)).collect()
}

/// The header of a message, or of one group of fields at the beginning of `data`, and where what follows begins.
pub(crate) fn split_header(data: &[u8]) -> (Header<'_>, usize) {
    header::split(data, |_| false)
}

/// Bytes of a named charset as text.
pub(crate) fn decode_charset(bytes: &[u8], charset: &str) -> String {
    charset::decode(bytes, Some(charset)).0.into_owned()
}

/// A Date field or its like, as Unix seconds.
pub(crate) fn moment(value: &[u8]) -> Option<i64> {
    fields::moment(value)
}

/// The addresses of an address field as it stands in a message.
pub(crate) fn address_field(value: &[u8]) -> Vec<crate::mail::address::Address> {
    let mut found = Vec::new();
    fields::parse_addresses(value, &mut found, &mut false);
    found
}

/// An unstructured field on one line, decoded and safe to show.
pub(crate) fn decoded_line(value: &[u8]) -> String {
    fields::shown(&word::decode(&header::unfold(value, guard::MAX_TEXT_FIELD)), &mut false)
}

/// Undoes `%XX`; bytes that are no UTF-8 become windows-1252 text.
pub(crate) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    media::percent(text.as_bytes(), &mut bytes);
    charset::header_text(&bytes).into_owned()
}

/// `kind/subtype` in lower case of what calls itself a media type, else `application/octet-stream`.
pub(crate) fn essence(media_type: &str) -> String {
    media::Media::parse(media_type.as_bytes()).essence().unwrap_or_else(|| "application/octet-stream".into())
}

fn head(structure: &Structure<'_>) -> (Envelope, Vec<Defect>) {
    let mut defects = structure.defects.clone();
    let Some(root) = structure.root() else { return (Envelope::default(), defects) };
    if root.header.fields.is_empty() {
        defects.push(Defect::NoHeaders);
        return (Envelope::default(), defects);
    }
    let envelope = fields::envelope(&root.header, &mut defects);
    (envelope, defects)
}

/// The message with line ends that can be found: a byte order mark goes, and where a CR alone ends the lines it
/// becomes a LF.
fn readable(raw: &[u8]) -> Cow<'_, [u8]> {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    let head = raw.get(..64 << 10).unwrap_or(raw);
    if memchr::memchr(b'\n', head).is_some() || memchr::memchr(b'\r', head).is_none() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

/// Something about a message that breaks the rules, worded for its reader by the faces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Defect {
    /// No header at all.
    NoHeaders,
    /// Parts nested deeper than [`guard`] allows; what is deeper is shown as plain source.
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
    /// The text is longer than what is shown of it.
    Shortened,
    /// A multipart that names no boundary: its parts cannot be told apart.
    NoBoundary,
    /// Bytes in the header that are no UTF-8 (RFC 6532); they were read as windows-1252.
    HeaderBytes,
    /// A field that may stand only once stands several times; the first is believed.
    Duplicate(String),
    /// A Content-Transfer-Encoding that nobody knows; the bytes are shown as they are.
    UnknownEncoding(String),
    /// NUL bytes in header or text.
    Nul,
    /// A `winmail.dat` that could not be opened, or not all of it.
    Tnef,
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
    /// The same text taken apart: what is written, what is quoted, the signature, links.
    pub prose: Prose,
    /// The HTML part, decoded to text, unsanitised.
    pub html: Option<String>,
    /// Every attachment, inline ones too.
    pub attachments: Vec<Attachment>,
    /// Count of references to remote content in the HTML part; none is ever fetched.
    pub remote: usize,
    /// Reports of mail systems, where the message is one.
    pub reports: Vec<Report>,
    /// Calendar messages in it, each once.
    pub invitations: Vec<Invitation>,
    /// What it claims to be signed or encrypted with; nothing is verified.
    pub seals: Vec<Seal>,
    pub defects: Vec<Defect>,
}

#[cfg(test)]
mod tests;
