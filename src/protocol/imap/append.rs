//! APPEND: a message into a mailbox (RFC 3501, section 6.3.11; UIDPLUS, RFC 4315; APPENDLIMIT, RFC 7889).

use super::code::Code;
use super::command::Command;
use super::dispatch::LONG;
use super::store::flag_list;
use super::{MailboxName, Session};
use crate::mail::flags::Flags;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::error::{Error, Result};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Where an appended message is; none where the server does not say (no UIDPLUS).
pub type Appended = Option<(UidValidity, Uid)>;

impl Session {
    /// Puts a message into a mailbox with these flags and keywords and, as its date of arrival, this Unix time.
    /// Lone line feeds become CRLF. [`Error::TooLarge`] where the server's limit is known to be
    /// lower; `TRYCREATE` in [`Error::Refused`] says that the mailbox does not exist.
    pub async fn append(
        &mut self,
        to: &MailboxName,
        flags: Flags,
        keywords: &[String],
        date: Option<i64>,
        message: Vec<u8>,
    ) -> Result<Appended> {
        let message = with_crlf(message);
        let size = message.len() as u64;
        if let Some(limit) = self.capabilities.append_limit().filter(|limit| size > *limit) {
            return Err(Error::TooLarge { what: "message", limit });
        }
        let date = date.and_then(internal_date).map_or(String::new(), |date| format!("\"{date}\" "));
        let words = format!(" ({}) {date}", flag_list(flags, keywords));
        let command = Command::new("APPEND ").string(&to.0).words(&words).literal(message);
        let done = self.run_for(LONG, command, |_| false).await?;
        Ok(done.code.as_ref().and_then(Code::appended))
    }
}

/// `date-time` of RFC 3501, section 9.
fn internal_date(at: i64) -> Option<String> {
    let at = Timestamp::from_second(at).ok()?.to_zoned(TimeZone::UTC);
    (0..10_000).contains(&at.year()).then(|| at.strftime("%d-%b-%Y %H:%M:%S +0000").to_string())
}

/// The message with every line ended by CRLF.
fn with_crlf(message: Vec<u8>) -> Vec<u8> {
    let lone = message.iter().enumerate().any(|(i, b)| *b == b'\n' && (i == 0 || message.get(i - 1) != Some(&b'\r')));
    if !lone {
        return message;
    }
    let mut out = Vec::with_capacity(message.len().saturating_add(message.len() / 32));
    for byte in message {
        if byte == b'\n' && out.last() != Some(&b'\r') {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_imap_wants_them() {
        assert_eq!(internal_date(0).as_deref(), Some("01-Jan-1970 00:00:00 +0000"));
        assert_eq!(internal_date(837_596_665).as_deref(), Some("17-Jul-1996 09:44:25 +0000"));
        assert_eq!(internal_date(i64::MAX), None);
    }

    #[test]
    fn lone_line_feeds_are_completed() {
        assert_eq!(with_crlf(b"\na\nb\r\nc".to_vec()), b"\r\na\r\nb\r\nc");
    }
}
