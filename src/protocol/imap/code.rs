//! Status responses: their response code (RFC 3501, section 7.1; RFC 5530) and their text.

use super::uid_set::UidSet;
use crate::mail::uid::{Uid, UidValidity};

/// What stands in brackets before a status response's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// In capitals: `UIDVALIDITY`, `TRYCREATE`, `APPENDUID` …
    pub name: String,
    /// What follows the name.
    pub arguments: String,
}

/// Where copied or moved messages now are (COPYUID, RFC 4315).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    pub validity: UidValidity,
    /// Each message's UID before and after.
    pub pairs: Vec<(Uid, Uid)>,
}

impl Code {
    /// Splits `[CODE arguments] text`.
    pub fn split(text: &str) -> (Option<Code>, &str) {
        let inside = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((inside, text)) = inside else { return (None, text) };
        let (name, arguments) = inside.split_once(' ').unwrap_or((inside, ""));
        let code = Code { name: name.to_ascii_uppercase(), arguments: arguments.trim().to_string() };
        (Some(code), text.strip_prefix(' ').unwrap_or(text))
    }

    /// The number that is the whole of the arguments.
    pub fn number<N: std::str::FromStr>(&self) -> Option<N> {
        self.arguments.parse().ok()
    }

    /// Where an appended message is.
    pub fn appended(&self) -> Option<(UidValidity, Uid)> {
        let (validity, uid) = self.arguments.split_once(' ').filter(|_| self.name == "APPENDUID")?;
        Some((UidValidity(validity.parse().ok()?), Uid(uid.trim().parse().ok().filter(|u| *u > 0)?)))
    }

    /// Where copied messages are; none where the two sets do not match.
    pub fn copied(&self) -> Option<Copied> {
        let mut words = self.arguments.split_ascii_whitespace();
        let validity = words.next().filter(|_| self.name == "COPYUID")?.parse().ok()?;
        let before = UidSet::listed(words.next()?)?;
        let after = UidSet::listed(words.next()?)?;
        (before.len() == after.len())
            .then(|| Copied { validity: UidValidity(validity), pairs: before.into_iter().zip(after).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        Code::split(text).0.unwrap()
    }

    #[test]
    fn codes_come_apart_from_text() {
        assert_eq!(Code::split("[ALERT] café"), (Some(code("[alert]")), "café"));
        assert_eq!(Code::split("[UNCLOSED text"), (None, "[UNCLOSED text"));
        assert_eq!(code("[UIDVALIDITY 3857529045]x").number(), Some(3_857_529_045_u32));
        assert_eq!(code("[UIDVALIDITY -1]").number::<u32>(), None);
    }

    #[test]
    fn uidplus_codes_are_read() {
        assert_eq!(code("[APPENDUID 38505 3955] done").appended(), Some((UidValidity(38505), Uid(3955))));
        assert_eq!(code("[APPENDUID 1 0]").appended(), None);
        let copied = code("[COPYUID 38505 304,319:320 3956:3958] done").copied().unwrap();
        let pairs = [(304, 3956), (319, 3957), (320, 3958)].map(|(a, b)| (Uid(a), Uid(b)));
        assert_eq!((copied.validity, copied.pairs), (UidValidity(38505), pairs.to_vec()));
        assert_eq!(code("[COPYUID 1 1:3 1:2]").copied(), None);
        assert_eq!(code("[COPYUID 1 1:4294967295 1:4294967295]").copied(), None);
    }
}
