//! The RFC 5322 message of a draft, built by lettre.
//!
//! Header injection is impossible by construction: every text of the draft is made one line without controls before
//! it becomes a header field, addresses and Message-IDs are validated, and lettre encodes the rest.

use super::draft::{Draft, DraftAttachment};
use super::encode::{self, one_line};
use super::mailboxes::{Recipients, recipients};
use super::{attach, raw::crlf};
use crate::mail::address::{self, Address, BadAddress};
use crate::mail::{message_id, text};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};

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
    #[error("the message cannot be written: {0}")]
    Write(std::io::Error),
    #[error("the message cannot be built: {0}")]
    Builder(#[from] lettre::error::Error),
    #[error("the date cannot be written: {0}")]
    Date(#[from] jiff::Error),
}

/// Opens the private copy of an attachment, which is read from its beginning; more than once.
pub type Open<'a> = &'a mut dyn FnMut(&DraftAttachment) -> std::io::Result<Box<dyn Read>>;

/// Writes the message that is sent, with CRLF line ends: no Bcc, `message_id` without angle brackets as its identity.
///
/// # Errors
/// See [`BuildError`]; what was written then is no message.
pub fn build(
    draft: &Draft,
    from: &Address,
    now: &jiff::Zoned,
    message_id: &str,
    open: Open<'_>,
    out: &mut dyn Write,
) -> Result<(), BuildError> {
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
    finish(builder, draft, now, message_id, open, out)
}

/// The field `Bcc` of a draft with its line end, for the sender's own copy of the message.
///
/// # Errors
/// A hidden recipient that is no address.
pub fn bcc_field(draft: &Draft) -> Result<Option<String>, BuildError> {
    Ok(encode::address_field("Bcc", &recipients(draft)?.bcc))
}

/// Writes the message that is kept in the Drafts mailbox: Bcc stays, and text that is no address yet is kept beside the
/// addresses, so that [`super::from_message`] gives the same draft back.
///
/// # Errors
/// As [`build`], but for recipients.
pub fn build_draft(
    draft: &Draft,
    from: &Address,
    now: &jiff::Zoned,
    message_id: &str,
    open: Open<'_>,
    out: &mut dyn Write,
) -> Result<(), BuildError> {
    let mut builder = begin(draft, from, now, message_id)?.keep_bcc();
    let [to, cc, bcc] = &draft.unfinished;
    let fields = [("To", &draft.to, to), ("Cc", &draft.cc, cc), ("Bcc", &draft.bcc, bcc)];
    for field in fields.into_iter().filter_map(|(name, list, typed)| encode::kept_addresses(name, list, typed)) {
        builder = builder.raw_header(field);
    }
    finish(builder, draft, now, message_id, open, out)
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
    open: Open<'_>,
    out: &mut dyn Write,
) -> Result<(), BuildError> {
    let body = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(Body::new(plain(&draft.body)));
    let boundary = boundary(id);
    let mut message = match draft.attachments.is_empty() {
        true => builder.singlepart(body)?,
        false => builder.multipart(MultiPart::mixed().boundary(&boundary).singlepart(body))?,
    };
    // lettre's Date knows UTC only.
    message.headers_mut().insert_raw(raw("Date", jiff::fmt::rfc2822::to_string(now)?));
    // As it will be on the wire and in Sent.
    let mut bytes = crlf(&message.formatted());
    if draft.attachments.is_empty() {
        return out.write_all(&bytes).map_err(BuildError::Write);
    }
    // The files come before the last boundary.
    let end = format!("--{boundary}--\r\n");
    if bytes.ends_with(end.as_bytes()) {
        bytes.truncate(bytes.len().saturating_sub(end.len()));
    }
    out.write_all(&bytes).map_err(BuildError::Write)?;
    for file in &draft.attachments {
        write!(out, "--{boundary}\r\n").map_err(BuildError::Write)?;
        let unread = |source| BuildError::Attachment { file_name: file.file_name.clone(), source };
        attach::write(file, open, out).map_err(unread)?;
    }
    out.write_all(end.as_bytes()).map_err(BuildError::Write)
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
