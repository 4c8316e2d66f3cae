//! The flags of a message, in the three spellings that matter here: a bit set, IMAP flags
//! (RFC 9051, 2.3.2), and Maildir info letters.
//!
//! Keywords, which servers and people name freely, have the bits above the system flags and the
//! letters `a` to `z`, as Dovecot's Maildirs have them. Which letter is which keyword differs from
//! mailbox to mailbox: the mailbox's description has the names, and a message that moves to another
//! mailbox takes on other letters. So a set that has keywords means something in its mailbox only.

use serde::{Deserialize, Serialize};

/// A set of flags. `FORWARDED` is the keyword `$Forwarded` (RFC 5788) and Maildir's `P` (passed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flags(pub u32);

/// Keywords that a mailbox can tell apart: the letters `a` to `z`.
pub const KEYWORDS: u8 = 26;
/// The bit of the first keyword.
const FIRST_KEYWORD: u8 = 6;

impl Flags {
    pub const SEEN: Flags = Flags(1);
    pub const ANSWERED: Flags = Flags(2);
    pub const FLAGGED: Flags = Flags(4);
    pub const DELETED: Flags = Flags(8);
    pub const DRAFT: Flags = Flags(16);
    pub const FORWARDED: Flags = Flags(32);

    /// Every system flag and `$Forwarded`: what means the same in every mailbox.
    pub const SYSTEM: Flags = Flags(63);

    /// Every flag with its Maildir letter and its IMAP spelling, in the letter order that Maildir demands.
    const TABLE: [(Flags, char, &'static str); 6] = [
        (Flags::DRAFT, 'D', "\\Draft"),
        (Flags::FLAGGED, 'F', "\\Flagged"),
        (Flags::FORWARDED, 'P', "$Forwarded"),
        (Flags::ANSWERED, 'R', "\\Answered"),
        (Flags::SEEN, 'S', "\\Seen"),
        (Flags::DELETED, 'T', "\\Deleted"),
    ];

    pub const fn empty() -> Flags {
        Flags(0)
    }
    pub const fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }
    pub const fn union(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set's part that means the same in every mailbox.
    pub const fn system(self) -> Flags {
        Flags(self.0 & Self::SYSTEM.0)
    }
    /// The keyword of a place, from 0 to 25; the empty set beyond.
    pub const fn keyword(place: u8) -> Flags {
        if place < KEYWORDS { Flags(1 << (FIRST_KEYWORD + place)) } else { Flags(0) }
    }
    /// The places of the set's keywords.
    pub fn keywords(self) -> impl Iterator<Item = u8> {
        (0..KEYWORDS).filter(move |place| self.contains(Flags::keyword(*place)))
    }

    /// Maildir info letters, sorted, as they stand after `:2,`.
    pub fn to_maildir(self) -> String {
        let system = Self::TABLE.iter().filter(|(f, ..)| self.contains(*f)).map(|(_, c, _)| *c);
        system.chain(self.keywords().map(|place| char::from(b'a' + place))).collect()
    }

    /// Reads Maildir letters; what is no flag and no keyword is passed over.
    pub fn from_maildir(letters: &str) -> Flags {
        let flag = |c: char| match c {
            'a'..='z' => u8::try_from(c).map_or(Flags::empty(), |c| Flags::keyword(c.wrapping_sub(b'a'))),
            _ => Self::TABLE.iter().find(|(_, known, _)| *known == c).map_or(Flags::empty(), |(f, ..)| *f),
        };
        letters.chars().fold(Flags::empty(), |all, c| all.union(flag(c)))
    }

    /// The IMAP spellings of the set, but for its keywords: see the mailbox's own list.
    pub fn to_imap(self) -> Vec<&'static str> {
        Self::TABLE.iter().filter(|(f, ..)| self.contains(*f)).map(|(.., s)| *s).collect()
    }

    /// Reads one IMAP flag or keyword in any case; an unknown one is the empty set.
    pub fn from_imap(name: &str) -> Flags {
        Self::TABLE.iter().find(|(.., s)| s.eq_ignore_ascii_case(name)).map_or(Flags::empty(), |(f, ..)| *f)
    }

    /// Reads the words of the command line: `seen`, `answered`, `flagged`, `deleted`, `draft`, `forwarded`.
    pub fn from_word(word: &str) -> Option<Flags> {
        let found = Self::TABLE.iter().find(|(.., s)| s.trim_start_matches(['\\', '$']).eq_ignore_ascii_case(word))?;
        Some(found.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_spellings_agree_for_every_set() {
        for bits in 0..64 {
            let flags = Flags(bits);
            for keywords in [0, 1, 25].map(Flags::keyword) {
                let both = flags.union(keywords);
                assert_eq!(Flags::from_maildir(&both.to_maildir()), both);
            }
            let back = flags.to_imap().iter().fold(Flags::empty(), |f, s| f.union(Flags::from_imap(s)));
            assert_eq!(back, flags);
        }
    }

    #[test]
    fn maildir_letters_are_sorted() {
        assert_eq!(Flags(63).to_maildir(), "DFPRST");
        assert_eq!(Flags::keyword(25).union(Flags::keyword(0)).union(Flags::SEEN).to_maildir(), "Saz");
        assert!(Flags::keyword(26).is_empty());
        assert_eq!(Flags(u32::MAX).to_maildir().len(), 32);
    }
}
