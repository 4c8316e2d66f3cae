//! The keywords of a mailbox: names that servers and people give freely (RFC 9051, section 2.3.2),
//! each with a letter of its own in the mailbox's file names.
//!
//! A table of names turns the keyword bits of a [`Flags`] into words and back. It only ever
//! grows, so that a letter once written into a file name keeps its meaning.

use super::flags::{Flags, KEYWORDS};
use serde::{Deserialize, Serialize};

/// Bytes of a keyword; longer ones are passed over.
pub const LONGEST: usize = 100;

/// Names by their place, which is their letter: the first is `a`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Keywords(Vec<String>);

/// Whether a name can be a keyword that is kept here: an atom of bounded length that is no flag by itself.
pub fn is_keyword(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST
        && name.bytes().all(|b| b.is_ascii_graphic() && !b"(){%*\"\\]".contains(&b))
        && Flags::from_imap(name).is_empty()
}

impl Keywords {
    /// A name's flag; none where the table lacks it. Names differ not by case alone.
    pub fn flag(&self, name: &str) -> Option<Flags> {
        if name.is_empty() {
            return None;
        }
        let place = self.0.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        u8::try_from(place).ok().map(Flags::keyword)
    }

    /// The flags of the names that the table has.
    pub fn flags<S: AsRef<str>>(&self, names: impl IntoIterator<Item = S>) -> Flags {
        names.into_iter().filter_map(|name| self.flag(name.as_ref())).fold(Flags::empty(), Flags::union)
    }

    /// The names of a set's keywords. Letters without a name mean nothing.
    pub fn names(&self, flags: Flags) -> Vec<String> {
        flags.keywords().filter_map(|place| self.0.get(usize::from(place))).filter(|n| !n.is_empty()).cloned().collect()
    }

    /// Every flag that has a name.
    pub fn named(&self) -> Flags {
        let places = (0..KEYWORDS).zip(&self.0).filter(|(_, name)| !name.is_empty());
        places.fold(Flags::empty(), |all, (place, _)| all.union(Flags::keyword(place)))
    }

    /// The flag of a name, which gets a place where it has none; none where there is no room or the name cannot be
    /// a keyword. `taken` are letters that other programs gave a meaning that is not known here.
    pub fn learn(&mut self, name: &str, taken: Flags) -> Option<Flags> {
        if let Some(known) = self.flag(name) {
            return Some(known);
        }
        if !is_keyword(name) {
            return None;
        }
        let used = self.named().union(taken);
        let place = (0..KEYWORDS).find(|place| !used.contains(Flags::keyword(*place)))?;
        let at = usize::from(place);
        if self.0.len() <= at {
            self.0.resize(at.saturating_add(1), String::new());
        }
        if let Some(free) = self.0.get_mut(at) {
            *free = name.to_string();
        }
        Some(Flags::keyword(place))
    }

    /// What a set of this table is in another: the flags that mean the same everywhere, and the keywords that the
    /// other one has.
    pub fn translate(&self, flags: Flags, to: &Keywords) -> Flags {
        if flags == flags.system() { flags } else { flags.system().union(to.flags(self.names(flags))) }
    }
}

impl From<Vec<String>> for Keywords {
    /// Names that cannot be, or come twice, leave their places empty.
    fn from(mut names: Vec<String>) -> Keywords {
        names.truncate(usize::from(KEYWORDS));
        let mut table = Keywords::default();
        for name in names {
            let fits = is_keyword(&name) && table.flag(&name).is_none();
            table.0.push(if fits { name } else { String::new() });
        }
        table
    }
}

impl From<Keywords> for Vec<String> {
    fn from(table: Keywords) -> Vec<String> {
        table.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_keeps_its_letter_and_its_first_spelling() {
        let mut table = Keywords::default();
        let junk = table.learn("$Junk", Flags::empty()).unwrap();
        let work = table.learn("Work", Flags::keyword(1)).unwrap();
        assert_eq!((junk, work), (Flags::keyword(0), Flags::keyword(2)), "a letter of unknown meaning is left alone");
        assert_eq!(table.learn("$JUNK", Flags::empty()), Some(junk));
        assert_eq!(table.names(junk.union(Flags::keyword(1)).union(work)), ["$Junk", "Work"]);
        assert_eq!(table.named(), junk.union(work));
    }

    #[test]
    fn what_cannot_be_a_keyword_gets_no_letter() {
        let long = "x".repeat(LONGEST + 1);
        for name in ["", "\\Seen", "$Forwarded", "two words", "a\u{7f}", "ü", "a]", "(", &long] {
            assert_eq!(Keywords::default().learn(name, Flags::empty()), None, "{name:?}");
        }
        let mut full = Keywords::default();
        for n in 0..100_000 {
            let _ = full.learn(&format!("k{n}"), Flags::empty());
        }
        assert_eq!(full.names(Flags(u32::MAX)).len(), 26);
        assert_eq!(full.learn("k25", Flags::empty()), Some(Flags::keyword(25)));
    }

    #[test]
    fn a_table_from_a_file_is_not_believed_blindly() {
        let table: Keywords = serde_json::from_str(r#"["a","bad name","A","\\Seen","ok"]"#).unwrap();
        assert_eq!(table.names(Flags(u32::MAX)), ["a", "ok"]);
        assert_eq!(table.flag("ok"), Some(Flags::keyword(4)));
        assert_eq!(serde_json::to_string(&table).unwrap(), r#"["a","","","","ok"]"#);
    }

    proptest! {
        #[test]
        fn what_both_tables_name_survives_a_translation(bits: u32, a in names(), b in names()) {
            let flags = Flags(bits);
            let there = a.translate(flags, &b);
            prop_assert_eq!(there.system(), flags.system());
            let both: Vec<String> = a.names(flags).into_iter().filter(|n| b.flag(n).is_some()).collect();
            let mut got = b.names(there);
            got.sort();
            let mut both = both;
            both.sort();
            prop_assert_eq!(got, both);
        }
    }

    fn names() -> impl Strategy<Value = Keywords> {
        proptest::collection::vec("[a-f]", 0..8).prop_map(Keywords::from)
    }
}
