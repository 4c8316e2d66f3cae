//! mbox, the old form of many messages in one file (RFC 4155): each begins with a line `From address date`, and
//! lines of its text that look so are quoted. Line by line, for a reader that holds no whole file.
//!
//! Programs differ in how they quote. *mboxrd* puts a `>` before every line that is `From ` after any number of `>`,
//! which can be taken back exactly; *mboxo* only before `From ` itself, which can be taken back but for a line that
//! had its `>` before.

use super::flags::Flags;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// How lines that begin with `From ` were quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quoting {
    /// Every such line has one `>` more.
    #[default]
    Mboxrd,
    /// Only a bare `From ` got its `>`.
    Mboxo,
}

impl Quoting {
    /// A line of a message without the `>` that the mbox put before it.
    pub fn unquote(self, line: &[u8]) -> &[u8] {
        let Some(rest) = line.strip_prefix(b">") else { return line };
        let inner = match self {
            Quoting::Mboxrd => rest.trim_prefix_all(b'>'),
            Quoting::Mboxo => rest,
        };
        if inner.starts_with(b"From ") { rest } else { line }
    }
}

trait TrimAll {
    fn trim_prefix_all(&self, byte: u8) -> &[u8];
}

impl TrimAll for [u8] {
    fn trim_prefix_all(&self, byte: u8) -> &[u8] {
        let start = self.iter().position(|b| *b != byte).unwrap_or(self.len());
        self.get(start..).unwrap_or_default()
    }
}

/// A line that begins a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separator {
    /// When it was received, Unix seconds, where the line says so.
    pub received: Option<i64>,
}

/// Reads a line that begins a message; `None` for a line of text. It stands at the beginning of the file or after an
/// empty line, which the caller has seen to. Programs that do not quote leave lines of text such as `From here on`
/// there: only one with a time of day and a year, or with nothing more (Thunderbird), begins a message.
pub fn separator(line: &[u8]) -> Option<Separator> {
    let rest = line.strip_prefix(b"From ")?;
    let rest = std::str::from_utf8(rest.get(..rest.len().min(512)).unwrap_or_default()).unwrap_or_default().trim();
    if rest.is_empty() || rest == "-" {
        return Some(Separator { received: None });
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    let clock = words.iter().rposition(|word| is_clock(word))?;
    let year = words.iter().skip(clock).find(|w| w.len() == 4 && w.bytes().all(|b| b.is_ascii_digit()));
    Some(Separator { received: received(&words, clock, year?) })
}

fn is_clock(word: &str) -> bool {
    let parts: Vec<&str> = word.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

/// `Thu Aug 22 12:36:23 [zone] 2002`: in UTC, as RFC 4155 has it, but for a numeric zone.
fn received(words: &[&str], clock: usize, year: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let before = |n: usize| clock.checked_sub(n).and_then(|at| words.get(at));
    let month = before(2)?.get(..3)?.to_ascii_lowercase();
    let month = i8::try_from(MONTHS.iter().position(|m| *m == month)?).ok()?.checked_add(1)?;
    let day: i8 = before(1)?.parse().ok()?;
    let mut time = words.get(clock)?.split(':').map(|part| part.parse::<i8>().unwrap_or(-1));
    let (hour, minute, second) = (time.next()?, time.next()?, time.next().unwrap_or(0));
    let civil = DateTime::new(year.parse().ok()?, month, day, hour, minute, second.min(59), 0).ok()?;
    let zone = words.iter().skip(clock).find_map(|word| zone(word)).unwrap_or(0);
    let offset = Offset::from_seconds(zone).ok()?;
    offset.to_timestamp(civil).ok().map(|at| at.as_second())
}

/// `+0200` in seconds.
fn zone(word: &str) -> Option<i32> {
    let sign = match word.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = word.get(1..).filter(|d| d.len() == 4 && d.bytes().all(|b| b.is_ascii_digit()))?;
    let (hours, minutes): (i32, i32) = (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?);
    hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_mul(sign)
}

/// What a message's own header says of it, where mbox has no other place for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Flags(Flags),
    /// Deleted, and only the file was not cleaned of it yet (Thunderbird).
    Deleted,
}

/// Reads `Status` and `X-Status` (mutt, Pine), `X-Mozilla-Status` (Thunderbird) and `X-Gmail-Labels` (Takeout) from
/// the beginning of a message. One that says nothing counts as read: it was filed away somewhere.
pub fn standing(message: &[u8]) -> Standing {
    let (mut flags, mut says) = (Flags::empty(), false);
    for line in message.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let (name, value) = (line.get(..colon).unwrap_or_default(), line.get(colon..).unwrap_or_default());
        let value = String::from_utf8_lossy(value.get(1..).unwrap_or_default());
        let value = value.trim();
        let has = |letter: char| value.contains(letter);
        let mut set = |is: bool, flag: Flags| {
            if is {
                flags = flags.union(flag);
            }
        };
        if name.eq_ignore_ascii_case(b"Status") {
            says = true;
            set(has('R'), Flags::SEEN);
        } else if name.eq_ignore_ascii_case(b"X-Status") {
            set(has('A'), Flags::ANSWERED);
            set(has('F'), Flags::FLAGGED);
            set(has('T'), Flags::DRAFT);
        } else if name.eq_ignore_ascii_case(b"X-Mozilla-Status") {
            let Ok(bits) = u16::from_str_radix(value, 16) else { continue };
            if bits & 0x0008 != 0 {
                return Standing::Deleted;
            }
            says = true;
            set(bits & 0x0001 != 0, Flags::SEEN);
            set(bits & 0x0002 != 0, Flags::ANSWERED);
            set(bits & 0x0004 != 0, Flags::FLAGGED);
            set(bits & 0x1000 != 0, Flags::FORWARDED);
        } else if name.eq_ignore_ascii_case(b"X-Gmail-Labels") {
            says = true;
            let label = |wanted: &str| value.split(',').any(|l| l.trim().eq_ignore_ascii_case(wanted));
            set(!label("Unread"), Flags::SEEN);
            set(label("Starred"), Flags::FLAGGED);
        }
    }
    Standing::Flags(if says { flags } else { flags.union(Flags::SEEN) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(line: &str) -> Option<Option<i64>> {
        separator(line.as_bytes()).map(|s| s.received)
    }

    #[test]
    fn a_message_begins_with_an_address_and_a_date_and_a_sentence_does_not() {
        assert_eq!(at("From ada@x.example Thu Aug 22 12:36:23 2002\n"), Some(Some(1_030_019_783)));
        assert_eq!(at("From ada@x.example  Thu Aug 22 12:36:23 +0200 2002\r\n"), Some(Some(1_030_012_583)));
        assert_eq!(at("From 16@xxx Thu Aug 22 12:36:23 2002 +0200"), Some(Some(1_030_012_583)));
        assert_eq!(at("From - Thu Aug 22 12:36 2002"), Some(Some(1_030_019_760)));
        assert_eq!(at("From \n"), Some(None));
        assert_eq!(at("From ada Thu Foo 99 12:36:23 2002"), Some(None), "a date that is none");
        for text in ["From here on it rains\n", "From 12:30 we dine\n", "Fromage", ">From a Thu Aug 22 12:36:23 2002"] {
            assert_eq!(at(text), None, "{text}");
        }
        let endless = [b"From ".to_vec(), vec![b'x'; 100_000]].concat();
        assert_eq!(separator(&endless), None);
    }

    #[test]
    fn the_two_ways_to_quote_are_taken_back() {
        let both = |line: &'static str| {
            [Quoting::Mboxrd, Quoting::Mboxo].map(|q| std::str::from_utf8(q.unquote(line.as_bytes())).unwrap())
        };
        assert_eq!(both(">From me"), ["From me", "From me"]);
        assert_eq!(both(">>From me"), [">From me", ">>From me"]);
        assert_eq!(both("> From me"), ["> From me", "> From me"]);
        assert_eq!(both(">Fromage"), [">Fromage", ">Fromage"]);
    }

    #[test]
    fn the_header_says_how_a_message_stands() {
        let of = |header: &str| standing(format!("{header}\r\n\r\nStatus: RO\r\n").as_bytes());
        assert_eq!(of("Subject: x"), Standing::Flags(Flags::SEEN));
        assert_eq!(of("Status: O"), Standing::Flags(Flags::empty()));
        assert_eq!(of("status: RO\r\nX-Status: AF"), Standing::Flags(Flags(1 | 2 | 4)));
        assert_eq!(of("X-Mozilla-Status: 1003"), Standing::Flags(Flags(1 | 2 | 32)));
        assert_eq!(of("X-Mozilla-Status: 0009"), Standing::Deleted);
        assert_eq!(of("X-Gmail-Labels: Inbox,Unread, Starred"), Standing::Flags(Flags::FLAGGED));
    }

    proptest! {
        #[test]
        fn what_mboxrd_quotes_comes_back(line in "[>From \\ta-c]{0,12}") {
            let bytes = line.as_bytes();
            let is_quoted = bytes.trim_prefix_all(b'>').starts_with(b"From ");
            let written = if is_quoted { [b">", bytes].concat() } else { bytes.to_vec() };
            prop_assert_eq!(Quoting::Mboxrd.unquote(&written), bytes);
            prop_assert!(separator(&written).is_none());
        }
    }
}
