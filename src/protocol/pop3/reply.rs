//! The status line of an answer (RFC 1939, section 3) and its response code (RFC 2449, section 8).

use crate::protocol::error::Error;
use crate::protocol::transcript::Recorder;

/// Characters kept of a refusal's text.
const MAX_TEXT: usize = 500;

/// A status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// `+OK`, with its text.
    Ok(String),
    /// `-ERR`.
    Refused(Refusal),
    /// `+`, within AUTH, with its challenge.
    Challenge(String),
}

/// What the server said with `-ERR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// In capitals, such as `IN-USE`.
    pub code: Option<String>,
    pub text: String,
}

impl Reply {
    /// Reads a line without its end; none if it is no status line.
    pub fn parse(line: &[u8]) -> Option<Reply> {
        let line = String::from_utf8_lossy(line);
        let (word, text) = line.split_once([' ', '\t']).unwrap_or((&line, ""));
        match word.to_ascii_uppercase().as_str() {
            "+OK" => Some(Reply::Ok(text.trim().to_string())),
            "-ERR" => Some(Reply::Refused(Refusal::parse(text.trim()))),
            "+" => Some(Reply::Challenge(text.trim().to_string())),
            _ => None,
        }
    }
}

impl Refusal {
    fn parse(text: &str) -> Refusal {
        let code = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        match code.filter(|(code, _)| (1..=64).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_graphic())) {
            Some((code, text)) => Refusal { code: Some(code.to_ascii_uppercase()), text: text.trim().to_string() },
            None => Refusal { code: None, text: text.to_string() },
        }
    }

    /// The same as an error, scrubbed of secrets and of bounded length.
    pub fn into_error(self, recorder: &Recorder) -> Error {
        let text: String = self.text.chars().filter(|c| !c.is_control()).collect();
        Error::Refused { code: self.code, reply: recorder.scrub(&text).chars().take(MAX_TEXT).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: Option<&str>, text: &str) -> Option<Reply> {
        Some(Reply::Refused(Refusal { code: code.map(String::from), text: text.into() }))
    }

    #[test]
    fn status_lines_are_read() {
        assert_eq!(Reply::parse(b"+OK"), Some(Reply::Ok(String::new())));
        assert_eq!(Reply::parse(b"+ok 2 320 "), Some(Reply::Ok("2 320".into())));
        assert_eq!(Reply::parse(b"+OK caf\xe9"), Some(Reply::Ok("caf\u{fffd}".into())));
        assert_eq!(Reply::parse(b"+ eyJ9"), Some(Reply::Challenge("eyJ9".into())));
        assert_eq!(Reply::parse(b"+"), Some(Reply::Challenge(String::new())));
        assert_eq!(Reply::parse(b"-ERR"), refused(None, ""));
        assert_eq!(
            Reply::parse(b"-ERR [in-use] Do you have another?"),
            refused(Some("IN-USE"), "Do you have another?")
        );
        assert_eq!(Reply::parse(b"-ERR [SYS/TEMP]"), refused(Some("SYS/TEMP"), ""));
        assert_eq!(Reply::parse(b"-ERR [not a code] x"), refused(None, "[not a code] x"));
        assert_eq!(Reply::parse(b"-ERR [] x"), refused(None, "[] x"));
        for no in ["", " +OK", "+OKAY", "OK", "-ERROR x", "* OK", "HTTP/1.1 400 Bad", "220 smtp"] {
            assert_eq!(Reply::parse(no.as_bytes()), None, "{no}");
        }
    }
}
