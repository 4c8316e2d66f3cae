//! A ready RFC 5322 message from elsewhere (`postwren send FILE`), made fit to submit.
//!
//! Bytes that a server could read in two ways are not sent: every line end becomes CRLF, so that no bare LF or CR
//! survives for SMTP smuggling, and what has no unambiguous reading is refused with its reason.

use super::build::MAX_LINE;
use super::mailboxes::unique;
use crate::mail::address::Address;
use crate::mail::mime::{self, guard};
use crate::mail::{address, message_id, text};

/// A message fit to submit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub bytes: Vec<u8>,
    /// Of the account that sends, domain as A-labels.
    pub reverse_path: String,
    /// Forward-paths, each once, domains as A-labels.
    pub recipients: Vec<String>,
    /// Decoded, to show.
    pub subject: String,
    /// Without angle brackets.
    pub message_id: String,
    /// The field `Bcc` that was taken out, with its line end: the sender's own copy keeps it.
    pub bcc: Option<String>,
}

/// Why a message cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    #[error("it begins with no header field")]
    NoHeader,
    #[error("line {0} is no header field, and no empty line comes before it")]
    HeaderLine(usize),
    #[error("the header has bytes that are no UTF-8")]
    HeaderBytes,
    #[error("the header is longer than can be read")]
    HeaderSize,
    #[error("the field {0} stands there more than once")]
    Repeated(&'static str),
    #[error("it contains NUL bytes, which no mail can carry")]
    Nul,
    #[error("line {0} is longer than the 998 bytes that mail allows")]
    LongLine(usize),
    #[error("“{0}” is no address that mail can be sent to")]
    Recipient(String),
    #[error("no To, Cc or Bcc names a recipient")]
    NoRecipients,
    #[error("no mail can come from “{0}”")]
    From(String),
    #[error("the date cannot be written")]
    Date,
}

/// Fields of which a message has one (RFC 5322, 3.6).
const SINGLE: [&str; 5] = ["From", "Date", "Message-ID", "Subject", "Sender"];
/// Fields that do not leave: hidden recipients, and what only a final delivery writes.
const REMOVED: [&str; 3] = ["bcc", "resent-bcc", "return-path"];

/// Makes a message fit to submit. Recipients are those of To, Cc and Bcc, or, for a message that is resent, those of
/// its topmost Resent- fields (RFC 5322, 3.6.6). A missing From, Date or Message-ID is added; `message_id` is without
/// angle brackets.
///
/// # Errors
/// See [`PrepareError`]: the message as it stands cannot or should not be sent.
pub fn prepare(raw: &[u8], from: &Address, now: &jiff::Zoned, id: &str) -> Result<Prepared, PrepareError> {
    let bad_from = || PrepareError::From(text::display_safe(&from.addr).into_owned());
    let reverse_path = address::to_wire(&from.addr).ok_or_else(bad_from)?;
    let normal = crlf(raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw));
    let message = without_mbox_line(&normal);
    check_lines(message)?;
    let (fields, body) = split(message)?;
    for name in SINGLE {
        if fields.iter().filter(|f| f.is(name)).count() > 1 {
            return Err(PrepareError::Repeated(name));
        }
    }
    let recipients = recipients(&fields)?;
    let (mut added, found) = (String::new(), |name: &str| fields.iter().find(|f| f.is(name)));
    let own_id = found("Message-ID").and_then(|f| message_id::parse(&f.text(), 1).pop());
    let message_id = own_id.clone().unwrap_or_else(|| id.to_string());
    if own_id.is_none() {
        added += &format!("Message-ID: <{id}>\r\n");
    }
    if found("Date").is_none() {
        let date = jiff::fmt::rfc2822::to_string(now).map_err(|_| PrepareError::Date)?;
        added += &format!("Date: {date}\r\n");
    }
    if found("From").is_none() {
        added += &super::encode::from_field(from, &reverse_path);
    }
    if needs_label(&fields, body) {
        added += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
    }
    let mut bytes = added.into_bytes();
    for field in &fields {
        let replaced = own_id.is_none() && field.is("Message-ID");
        if !replaced && !REMOVED.iter().any(|name| field.is(name)) {
            bytes.extend_from_slice(field.line);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    let subject = found("Subject").map(|f| mime::decoded_line(f.value())).unwrap_or_default();
    let bcc: String = fields.iter().filter(|f| f.is("Bcc")).map(|f| String::from_utf8_lossy(f.line)).collect();
    let bcc = Some(bcc).filter(|bcc| !bcc.is_empty());
    Ok(Prepared { bytes, reverse_path, recipients, subject, message_id, bcc })
}

/// Every line end as CRLF: a CR or LF alone is one, too. The last line is ended.
pub fn crlf(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len().saturating_add(raw.len() / 32).saturating_add(2));
    let mut rest = raw;
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        let (line, end) = rest.split_at(at);
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
        let length = if end.starts_with(b"\r\n") { 2 } else { 1 };
        rest = end.get(length..).unwrap_or_default();
    }
    if !rest.is_empty() {
        out.extend_from_slice(rest);
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn without_mbox_line(message: &[u8]) -> &[u8] {
    if !mime::is_mbox_line(message) {
        return message;
    }
    let end = memchr::memchr(b'\n', message).map_or(message.len(), |at| at.saturating_add(1));
    message.get(end..).unwrap_or_default()
}

fn check_lines(message: &[u8]) -> Result<(), PrepareError> {
    if message.contains(&0) {
        return Err(PrepareError::Nul);
    }
    let lines = message.split_inclusive(|b| *b == b'\n');
    match lines.enumerate().find(|(_, line)| line.len() > MAX_LINE.saturating_add(2)) {
        Some((at, _)) => Err(PrepareError::LongLine(at.saturating_add(1))),
        None => Ok(()),
    }
}

/// A field with its folding and line end.
struct Field<'a> {
    name: &'a str,
    line: &'a [u8],
}

impl Field<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
    fn value(&self) -> &[u8] {
        self.line.get(self.name.len().saturating_add(1)..).unwrap_or_default()
    }
    fn text(&self) -> String {
        String::from_utf8_lossy(self.value()).into_owned()
    }
}

/// Fields and body, strictly: what other readers could take for a body must not be ours for a header.
fn split(message: &[u8]) -> Result<(Vec<Field<'_>>, &[u8]), PrepareError> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut at = 0usize;
    // Where the last field begins.
    let mut start = 0;
    for (number, line) in message.split_inclusive(|b| *b == b'\n').enumerate() {
        if line == b"\r\n" {
            at = at.saturating_add(line.len());
            break;
        }
        let line_start = at;
        at = at.saturating_add(line.len());
        if at > guard::MAX_HEADER || fields.len() > guard::MAX_FIELDS {
            return Err(PrepareError::HeaderSize);
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            let last = fields.last_mut().ok_or(PrepareError::NoHeader)?;
            last.line = message.get(start..at).unwrap_or_default();
            continue;
        }
        let text = std::str::from_utf8(line).map_err(|_| PrepareError::HeaderBytes)?;
        let name = text.split_once(':').map(|(name, _)| name).filter(|name| is_name(name));
        let Some(name) = name else {
            return Err(if number == 0 {
                PrepareError::NoHeader
            } else {
                PrepareError::HeaderLine(number.saturating_add(1))
            });
        };
        start = line_start;
        fields.push(Field { name, line });
    }
    if fields.is_empty() {
        return Err(PrepareError::NoHeader);
    }
    if fields.iter().any(|f| std::str::from_utf8(f.line).is_err()) {
        return Err(PrepareError::HeaderBytes);
    }
    Ok((fields, message.get(at..).unwrap_or_default()))
}

/// A field name (RFC 5322, 2.2): visible ASCII, no blank before its colon.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())
}

fn recipients(fields: &[Field<'_>]) -> Result<Vec<String>, PrepareError> {
    const RESENT: [&str; 3] = ["resent-to", "resent-cc", "resent-bcc"];
    let resent = fields.iter().any(|f| RESENT.iter().any(|name| f.is(name)));
    let names = if resent { RESENT } else { ["to", "cc", "bcc"] };
    let mut all: Vec<Address> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for field in fields {
        let Some(name) = names.iter().find(|name| field.is(name)) else { continue };
        // A second Resent-To begins the block of an earlier resending.
        if resent && seen.contains(name) {
            break;
        }
        seen.push(name);
        // A shortened list would lose recipients silently.
        if field.line.len() > guard::MAX_ADDRESS_FIELD {
            return Err(PrepareError::HeaderSize);
        }
        all.extend(mime::address_field(field.value()));
    }
    if let Some(bad) = all.iter().find(|a| !a.is_valid()) {
        return Err(PrepareError::Recipient(text::display_safe(&bad.to_string()).into_owned()));
    }
    let paths = unique(all.iter());
    if paths.is_empty() { Err(PrepareError::NoRecipients) } else { Ok(paths) }
}

/// Whether the body is UTF-8 text that nothing declares.
fn needs_label(fields: &[Field<'_>], body: &[u8]) -> bool {
    let declared = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
    let undeclared = !fields.iter().any(|f| declared.iter().any(|name| f.is(name)));
    undeclared && !body.is_ascii() && std::str::from_utf8(body).is_ok()
}
