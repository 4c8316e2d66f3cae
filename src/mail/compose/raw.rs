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
    let (mut intake, mut message) = (Intake::default(), Vec::with_capacity(raw.len()));
    intake.push(raw, &mut message)?;
    intake.finish(&mut message)?;
    let mut prepared = prepare_header(&intake, from, now, id)?;
    prepared.bytes.extend_from_slice(message.get(intake.header.len()..).unwrap_or_default());
    Ok(prepared)
}

/// The same for a message that was taken in piece by piece: [`Prepared::bytes`] are its new header with the empty line,
/// and in the message as taken in the body begins after [`Intake::header`].
///
/// # Errors
/// As [`prepare`].
pub fn prepare_header(intake: &Intake, from: &Address, now: &jiff::Zoned, id: &str) -> Result<Prepared, PrepareError> {
    let bad_from = || PrepareError::From(text::display_safe(&from.addr).into_owned());
    let reverse_path = address::to_wire(&from.addr).ok_or_else(bad_from)?;
    let fields = split(without_mbox_line(&intake.header))?;
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
    if needs_label(&fields, intake) {
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
    let subject = found("Subject").map(|f| mime::decoded_line(f.value())).unwrap_or_default();
    let bcc: String = fields.iter().filter(|f| f.is("Bcc")).map(|f| String::from_utf8_lossy(f.line)).collect();
    let bcc = Some(bcc).filter(|bcc| !bcc.is_empty());
    Ok(Prepared { bytes, reverse_path, recipients, subject, message_id, bcc })
}

/// Takes a message in piece by piece: makes every line end CRLF, checks every line, and remembers the header. Of the
/// body no more than a line is held.
#[derive(Clone, Debug)]
pub struct Intake {
    /// With the empty line that ends it, lines ended by CRLF.
    pub header: Vec<u8>,
    line: Vec<u8>,
    lines: usize,
    /// The last piece ended in CR: an LF that follows belongs to it.
    is_after_cr: bool,
    is_in_header: bool,
    is_body_ascii: bool,
    is_body_utf8: bool,
}

impl Default for Intake {
    fn default() -> Intake {
        let (header, line, lines, is_after_cr) = Default::default();
        Intake { header, line, lines, is_after_cr, is_in_header: true, is_body_ascii: true, is_body_utf8: true }
    }
}

impl Intake {
    /// # Errors
    /// [`PrepareError::Nul`], [`PrepareError::LongLine`], [`PrepareError::HeaderSize`].
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), PrepareError> {
        let mut rest = piece;
        if !rest.is_empty() && std::mem::take(&mut self.is_after_cr) {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some((text, end)) = memchr::memchr2(b'\r', b'\n', rest).and_then(|at| rest.split_at_checked(at)) {
            self.grow(text)?;
            self.end_line(out)?;
            self.is_after_cr = end == b"\r";
            rest = end.strip_prefix(b"\r\n").or_else(|| end.get(1..)).unwrap_or_default();
        }
        self.grow(rest)
    }

    /// Ends the last line.
    ///
    /// # Errors
    /// As [`push`](Intake::push).
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), PrepareError> {
        if self.line.is_empty() { Ok(()) } else { self.end_line(out) }
    }

    fn grow(&mut self, text: &[u8]) -> Result<(), PrepareError> {
        const MARK: &[u8] = b"\xEF\xBB\xBF";
        self.line.extend_from_slice(text);
        let mark = if self.lines == 0 { MARK.len() } else { 0 };
        if self.line.len() > MAX_LINE.saturating_add(mark) {
            return Err(PrepareError::LongLine(self.lines.saturating_add(1)));
        }
        Ok(())
    }

    fn end_line(&mut self, out: &mut Vec<u8>) -> Result<(), PrepareError> {
        let mut line = std::mem::take(&mut self.line);
        if self.lines == 0 && line.starts_with(b"\xEF\xBB\xBF") {
            line.drain(..3);
        }
        self.lines = self.lines.saturating_add(1);
        if line.contains(&0) {
            return Err(PrepareError::Nul);
        }
        if line.len() > MAX_LINE {
            return Err(PrepareError::LongLine(self.lines));
        }
        let is_empty = line.is_empty();
        line.extend_from_slice(b"\r\n");
        if self.is_in_header {
            self.header.extend_from_slice(&line);
            if self.header.len() > MOST_HEADER {
                return Err(PrepareError::HeaderSize);
            }
            self.is_in_header = !is_empty;
        } else if !line.is_ascii() {
            self.is_body_ascii = false;
            self.is_body_utf8 &= std::str::from_utf8(&line).is_ok();
        }
        out.extend_from_slice(&line);
        line.clear();
        self.line = line;
        Ok(())
    }
}

/// Bytes of a header, a line of an mbox before it included.
const MOST_HEADER: usize = guard::MAX_HEADER.saturating_add(2 * MAX_LINE);

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

/// The fields, strictly: what other readers could take for a body must not be ours for a header.
fn split(message: &[u8]) -> Result<Vec<Field<'_>>, PrepareError> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut at = 0usize;
    // Where the last field begins.
    let mut start = 0;
    for (number, line) in message.split_inclusive(|b| *b == b'\n').enumerate() {
        if line == b"\r\n" {
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
    Ok(fields)
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
fn needs_label(fields: &[Field<'_>], intake: &Intake) -> bool {
    let declared = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
    let undeclared = !fields.iter().any(|f| declared.iter().any(|name| f.is(name)));
    undeclared && !intake.is_body_ascii && intake.is_body_utf8
}
