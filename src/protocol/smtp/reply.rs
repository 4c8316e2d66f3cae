//! What a server answers: a code, perhaps an enhanced one (RFC 2034, RFC 3463), and text.

use crate::protocol::error::{Error, Result};
use std::fmt;

/// Bytes of one line of a reply; RFC 5321, 4.5.3.1.5 grants 512.
pub(super) const MAX_LINE: usize = 2_000;
/// Lines of one reply.
const MAX_LINES: usize = 100;
/// Characters of text kept for people.
const MAX_TEXT: usize = 500;

/// One reply, in the server's words, scrubbed of secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// Such as `5.1.1`, where the server gave one that fits the code.
    pub enhanced: Option<String>,
    /// One line without control characters and without the enhanced code, at most 500 characters.
    pub text: String,
}

impl Reply {
    /// 5yz: trying the same again is of no use.
    pub fn permanent(&self) -> bool {
        self.code / 100 == 5
    }
    /// 4yz: it may go later.
    pub fn transient(&self) -> bool {
        self.code / 100 == 4
    }
    pub(super) fn positive(&self) -> bool {
        self.code / 100 == 2
    }
    pub(super) fn intermediate(&self) -> bool {
        self.code / 100 == 3
    }
    /// The server says that it ends the connection (RFC 5321, 3.8).
    pub(super) fn ends_connection(&self) -> bool {
        self.code == 421
    }

    /// A refusal of our own, before the server was asked.
    pub(super) fn local(code: u16, enhanced: &str, text: &str) -> Reply {
        Reply { code, enhanced: Some(enhanced.into()), text: text.into() }
    }

    /// As the error of a step that it ended: what is negative was refused, all else is out of place.
    pub(super) fn into_error(self) -> Error {
        if self.permanent() || self.transient() {
            let code = self.enhanced.clone().unwrap_or_else(|| self.code.to_string());
            return Error::Refused { code: Some(code), reply: self.to_string() };
        }
        Error::Protocol(format!("an answer out of place: {self}"))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = &self.enhanced {
            write!(f, " {enhanced}")?;
        }
        if !self.text.is_empty() {
            write!(f, " {}", self.text)?;
        }
        Ok(())
    }
}

/// A whole reply as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Raw {
    pub code: u16,
    /// Without code and separator.
    pub lines: Vec<String>,
}

impl Raw {
    /// For people; `scrub` takes the secrets out.
    pub fn into_reply(self, scrub: impl Fn(&str) -> String) -> Reply {
        let class = char::from_digit(u32::from(self.code / 100), 10).unwrap_or_default();
        let enhanced = self.lines.first().and_then(|line| enhanced_of(line, class)).map(String::from);
        let texts = self.lines.iter().map(|line| match &enhanced {
            Some(code) => line.strip_prefix(code.as_str()).unwrap_or(line).trim(),
            None => line.trim(),
        });
        let text = texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        let text = scrub(&text).chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_TEXT).collect();
        Reply { code: self.code, enhanced, text }
    }
}

/// The enhanced code at the start of a line; one of another class than the reply is not believed.
fn enhanced_of(line: &str, class: char) -> Option<&str> {
    let word = line.split_ascii_whitespace().next()?;
    let mut parts = word.split('.');
    let whole = parts.next()?.chars().eq([class]) && matches!(class, '2' | '4' | '5');
    let numbers = [parts.next()?, parts.next()?];
    let numeric = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (whole && parts.next().is_none() && numbers.iter().all(numeric)).then_some(word)
}

/// Puts replies together from lines (RFC 5321, 4.2).
#[derive(Debug, Default)]
pub(super) struct Gatherer {
    reply: Raw,
}

impl Gatherer {
    /// Whether a reply has begun and not ended.
    pub fn is_within(&self) -> bool {
        !self.reply.lines.is_empty()
    }

    /// Takes a line without its line end; a reply that it completes comes back.
    pub fn push(&mut self, line: &[u8]) -> Result<Option<Raw>> {
        let broken = || Error::Protocol(String::from_utf8_lossy(line).chars().take(200).collect());
        let (digits, rest) = line.split_at_checked(3).ok_or_else(broken)?;
        let code = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let code = code.and_then(|d| d.parse::<u16>().ok()).filter(|c| (200..600).contains(c)).ok_or_else(broken)?;
        let (is_last, text) = match rest.split_first() {
            // A code alone is to be taken (RFC 5321, 4.2).
            None => (true, rest),
            Some((b' ', text)) => (true, text),
            Some((b'-', text)) => (false, text),
            Some(_) => return Err(broken()),
        };
        if self.is_within() && code != self.reply.code {
            return Err(broken());
        }
        if self.reply.lines.len() >= MAX_LINES {
            return Err(Error::TooLarge { what: "reply", limit: MAX_LINES as u64 });
        }
        self.reply.code = code;
        self.reply.lines.push(String::from_utf8_lossy(text).into_owned());
        Ok(is_last.then(|| std::mem::take(&mut self.reply)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Result<Option<Raw>> {
        let mut gatherer = Gatherer::default();
        let mut last = None;
        for line in lines {
            assert!(last.is_none(), "a reply ended early");
            last = gatherer.push(line.as_bytes())?;
        }
        Ok(last)
    }

    fn reply(lines: &[&str]) -> Reply {
        read(lines).unwrap().unwrap().into_reply(str::to_string)
    }

    #[test]
    fn replies_are_put_together() {
        let refused = reply(&["550-5.1.1 no such", "550-5.1.1", "550 5.1.1 user\u{7}"]);
        assert_eq!(refused.to_string(), "550 5.1.1 no such user ");
        assert!(refused.permanent() && !refused.transient());
        assert_eq!(reply(&["250"]), Reply { code: 250, enhanced: None, text: String::new() });
        assert_eq!(reply(&["571 never"]).code, 571);
        assert_eq!(read(&["250-more"]).unwrap(), None);
        assert!(reply(&[&format!("451 {}", "x".repeat(1900))]).text.len() == 500);
    }

    #[test]
    fn enhanced_codes_fit_their_reply_or_are_text() {
        assert_eq!(reply(&["450 4.2.0 later"]).enhanced.as_deref(), Some("4.2.0"));
        for odd in ["550 2.0.0 ok", "550 5.1 x", "550 5.1.1.1 x", "550 5.1.1234 x", "354 3.0.0 go", "550 5..1 x"] {
            let reply = reply(&[odd]);
            assert_eq!(reply.enhanced, None, "{odd}");
            assert_eq!(reply.to_string(), odd);
        }
    }

    #[test]
    fn what_is_no_reply_is_an_error() {
        for bad in [
            &["250-a", "251 b"][..],
            &["25"],
            &[""],
            &["250_x"],
            &["250\tx"],
            &["150 x"],
            &["650 x"],
            &["2e0 x"],
            &["+25 x"],
            &["250-a", "* OK"],
            &["ｂad"],
        ] {
            assert!(matches!(read(bad), Err(Error::Protocol(_))), "{bad:?}");
        }
        let endless = vec!["250-x"; MAX_LINES + 1];
        assert!(matches!(read(&endless), Err(Error::TooLarge { what: "reply", .. })));
    }
}
