//! The RFC 5322 message of a draft, built by lettre.
//!
//! Header injection is impossible by construction: every text of the draft is made one line without controls before
//! it becomes a header field, addresses and Message-IDs are validated, and lettre encodes the rest.

use super::draft::{Draft, DraftAttachment};
use super::encode::{self, one_line};
use super::mailboxes::{Recipients, recipients};
use crate::mail::address::{self, Address, BadAddress};
use crate::mail::{message_id, mime, text};
use lettre::message::header::{self, ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

/// Longest display name that is written.
const MAX_NAME: usize = 300;
/// Longest line of a message, without its line end (RFC 5322, 2.1.1).
pub const MAX_LINE: usize = 998;

/// Why a draft cannot become a message.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("the message has no recipient")]
    NoRecipients,
    #[error(transparent)]
    Recipient(#[from] BadAddress),
    #[error("no mail can come from “{0}”")]
    From(String),
    #[error("the Message-ID “{0}” cannot be written")]
    MessageId(String),
    #[error("the attachment {file_name} cannot be read: {source}")]
    Attachment { file_name: String, source: std::io::Error },
    #[error("the message cannot be built: {0}")]
    Builder(#[from] lettre::error::Error),
    #[error("the date cannot be written: {0}")]
    Date(#[from] jiff::Error),
}

/// Reads the private copy of an attachment.
pub type Load<'a> = &'a mut dyn FnMut(&DraftAttachment) -> std::io::Result<Vec<u8>>;

/// The message that is sent: no Bcc, `message_id` without angle brackets as its identity.
///
/// # Errors
/// See [`BuildError`]; nothing was built then.
pub fn build(
    draft: &Draft,
    from: &Address,
    now: &jiff::Zoned,
    message_id: &str,
    load: Load<'_>,
) -> Result<Vec<u8>, BuildError> {
    let recipients = recipients(draft)?;
    if recipients.all().next().is_none() {
        return Err(BuildError::NoRecipients);
    }
    let mut builder = begin(draft, from, now, message_id)?;
    let Recipients { to, cc, .. } = recipients;
    for person in &to {
        builder = builder.to(mailbox(person)?);
    }
    for person in &cc {
        builder = builder.cc(mailbox(person)?);
    }
    if to.is_empty() && cc.is_empty() {
        // Only hidden recipients: a message needs some destination field (RFC 5322, 3.6.3).
        builder = builder.raw_header(raw("To", "undisclosed-recipients:;".into()));
    }
    finish(builder, draft, now, message_id, load)
}

/// The field `Bcc` of a draft with its line end, for the sender's own copy of the message.
///
/// # Errors
/// A hidden recipient that is no address.
pub fn bcc_field(draft: &Draft) -> Result<Option<String>, BuildError> {
    Ok(encode::address_field("Bcc", &recipients(draft)?.bcc))
}

/// The message that is kept in the Drafts mailbox: Bcc stays, and text that is no address yet is kept beside the
/// addresses, so that [`super::from_message`] gives the same draft back.
///
/// # Errors
/// As [`build`], but for recipients.
pub fn build_draft(
    draft: &Draft,
    from: &Address,
    now: &jiff::Zoned,
    message_id: &str,
    load: Load<'_>,
) -> Result<Vec<u8>, BuildError> {
    let mut builder = begin(draft, from, now, message_id)?.keep_bcc();
    let [to, cc, bcc] = &draft.unfinished;
    let fields = [("To", &draft.to, to), ("Cc", &draft.cc, cc), ("Bcc", &draft.bcc, bcc)];
    for field in fields.into_iter().filter_map(|(name, list, typed)| encode::kept_addresses(name, list, typed)) {
        builder = builder.raw_header(field);
    }
    finish(builder, draft, now, message_id, load)
}

/// Everything but destination fields and body.
fn begin(draft: &Draft, from: &Address, now: &jiff::Zoned, id: &str) -> Result<MessageBuilder, BuildError> {
    if !message_id::is_writable(id) {
        return Err(BuildError::MessageId(text::display_safe(id).into_owned()));
    }
    let sender = mailbox(from).map_err(|_| BuildError::From(from.addr.clone()))?;
    // The envelope is made by [`super::envelope`]; lettre insists on one and would take it from the header fields.
    let unused = lettre::address::Envelope::new(Some(sender.email.clone()), vec![sender.email.clone()])?;
    let mut builder = lettre::Message::builder()
        .envelope(unused)
        .date(std::time::SystemTime::from(now.timestamp()))
        .from(sender)
        .message_id(Some(format!("<{id}>")))
        .raw_header(encode::unstructured("Subject", &one_line(&draft.subject)));
    if let Some(ids) = id_list(&draft.in_reply_to) {
        builder = builder.in_reply_to(ids);
    }
    if let Some(ids) = id_list(&draft.references) {
        builder = builder.references(ids);
    }
    Ok(builder.user_agent(concat!("Postwren/", env!("CARGO_PKG_VERSION")).into()))
}

fn finish(
    builder: MessageBuilder,
    draft: &Draft,
    now: &jiff::Zoned,
    id: &str,
    load: Load<'_>,
) -> Result<Vec<u8>, BuildError> {
    let body = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(Body::new(plain(&draft.body)));
    let mut message = if draft.attachments.is_empty() {
        builder.singlepart(body)?
    } else {
        let mut parts = MultiPart::mixed().boundary(boundary(id)).singlepart(body);
        for file in &draft.attachments {
            let bytes =
                load(file).map_err(|source| BuildError::Attachment { file_name: file.file_name.clone(), source })?;
            parts = parts.singlepart(attachment(file, bytes));
        }
        builder.multipart(parts)?
    };
    // lettre's Date knows UTC only.
    message.headers_mut().insert_raw(raw("Date", jiff::fmt::rfc2822::to_string(now)?));
    let mut bytes = message.formatted();
    if !bytes.ends_with(b"\r\n") {
        bytes.extend_from_slice(b"\r\n");
    }
    Ok(bytes)
}

/// A field whose value is plain ASCII of our own making.
fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// An address for lettre: name on one line, domain as A-labels, so that no server needs SMTPUTF8 for the domain.
fn mailbox(person: &Address) -> Result<Mailbox, BuildError> {
    let bad = || BadAddress { text: person.to_string(), reason: address::BadAddressReason::LocalPart };
    let wire = address::to_wire(&person.addr).ok_or_else(bad)?;
    let (local, domain) = address::split(&wire).ok_or_else(bad)?;
    let email = lettre::Address::new(local, domain).map_err(|_| bad())?;
    // `=?` would be read as the beginning of an encoded word.
    let name = one_line(&person.name).replace("=?", "= ?");
    let name = text::truncate(&name, MAX_NAME).trim_end();
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_string()), email))
}

/// `<a> <b>`, which lettre folds between ids; `None` without any that can be written.
fn id_list(ids: &[String]) -> Option<String> {
    let ids: Vec<String> = ids.iter().filter(|id| message_id::is_writable(id)).map(|id| format!("<{id}>")).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The body as lettre wants it: `\n` line ends, which it makes CRLF, without the last, which it adds; no NUL.
fn plain(body: &str) -> String {
    let mut body = body.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{FFFD}");
    if body.ends_with('\n') {
        body.pop();
    }
    body
}

/// Made of the Message-ID, whose random part nobody could know when the text was written. `=_` occurs neither in
/// base64 nor in quoted-printable (RFC 2045, 6.7).
fn boundary(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    let hex: String = digest.iter().take(16).map(|b| format!("{b:02x}")).collect();
    format!("=_{hex}")
}

/// A file. Its bytes arrive unchanged: base64, but for a message that may travel as it is.
fn attachment(file: &DraftAttachment, bytes: Vec<u8>) -> SinglePart {
    let declared = mime::essence(&file.media_type);
    let part = Attachment::new(mime::safe_file_name(Some(&file.file_name), &declared));
    let as_is = is_seven_bit_text(&bytes);
    let media_type = match declared.as_str() {
        // A message must not be encoded (RFC 2046, 5.2.1): one that cannot travel as it is goes as a file.
        "message/rfc822" if as_is => {
            let body = Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit);
            return part.body(body, content_type("message/rfc822"));
        }
        declared if declared.starts_with("message/") || declared.starts_with("multipart/") => {
            "application/octet-stream".into()
        }
        declared if declared.starts_with("text/") && !bytes.is_ascii() && std::str::from_utf8(&bytes).is_ok() => {
            format!("{declared}; charset=utf-8")
        }
        declared => declared.to_string(),
    };
    // As text of 7 bits its line ends would be made CRLF on the way.
    let body = Body::new_with_encoding(bytes, ContentTransferEncoding::Base64).unwrap_or_else(Body::new);
    part.body(body, content_type(&media_type))
}

fn content_type(media_type: &str) -> ContentType {
    let octets = || header::ContentType::parse("application/octet-stream").unwrap_or(ContentType::TEXT_PLAIN);
    ContentType::parse(media_type).unwrap_or_else(|_| octets())
}

/// ASCII without NUL in CRLF lines of bounded length, the last one ended.
fn is_seven_bit_text(bytes: &[u8]) -> bool {
    bytes.is_ascii()
        && !bytes.contains(&0)
        && bytes.split_inclusive(|b| *b == b'\n').all(|line| {
            let content = line.strip_suffix(b"\r\n");
            content.is_some_and(|c| c.len() <= MAX_LINE && !c.contains(&b'\r'))
        })
}
