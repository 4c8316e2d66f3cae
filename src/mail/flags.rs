//! The system flags of a message, in the three spellings that matter here:
//! a bit set, IMAP flags (RFC 9051, 2.3.2), and Maildir info letters.

use serde::{Deserialize, Serialize};

/// A set of flags. `FORWARDED` is the keyword `$Forwarded` (RFC 5788) and Maildir's `P` (passed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flags(pub u8);

impl Flags {
    pub const SEEN: Flags = Flags(1);
    pub const ANSWERED: Flags = Flags(2);
    pub const FLAGGED: Flags = Flags(4);
    pub const DELETED: Flags = Flags(8);
    pub const DRAFT: Flags = Flags(16);
    pub const FORWARDED: Flags = Flags(32);

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

    /// Maildir info letters, sorted, as they stand after `:2,`.
    pub fn to_maildir(self) -> String {
        Self::TABLE.iter().filter(|(f, ..)| self.contains(*f)).map(|(_, c, _)| *c).collect()
    }

    /// Reads Maildir letters; letters that nobody defined (Dovecot's keyword letters `a`–`z`) are passed over.
    pub fn from_maildir(letters: &str) -> Flags {
        Self::TABLE.iter().filter(|(_, c, _)| letters.contains(*c)).fold(Flags::empty(), |all, (f, ..)| all.union(*f))
    }

    /// The IMAP spellings of the set.
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
            assert_eq!(Flags::from_maildir(&flags.to_maildir()), flags);
            let back = flags.to_imap().iter().fold(Flags::empty(), |f, s| f.union(Flags::from_imap(s)));
            assert_eq!(back, flags);
        }
    }

    #[test]
    fn maildir_letters_are_sorted() {
        assert_eq!(Flags(63).to_maildir(), "DFPRST");
    }
}
