//! An address field: finished addresses as chips, and the text that is still being typed.
//!
//! The field takes whatever people type or paste and loses nothing of it: what is no address becomes a chip too,
//! marked with its reason, and can be corrected. The keyboard walks the chips from the text: with the text empty,
//! Left and Backspace step onto the last one.

use crate::mail::address::{Address, BadAddressReason, parse_list};

/// One finished entry of an address field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chip {
    Good(Address),
    /// Mail cannot be sent to this.
    Bad {
        /// As typed.
        text: String,
        reason: BadAddressReason,
    },
}

impl Chip {
    /// What the text field shows when this chip is corrected: it reads back as the same chip.
    pub fn editable(&self) -> String {
        match self {
            Chip::Good(address) => address.to_string(),
            Chip::Bad { text, .. } => text.clone(),
        }
    }

    /// The short face of the chip: the name where there is one.
    pub fn face(&self) -> &str {
        match self {
            Chip::Good(address) if address.name.is_empty() => &address.addr,
            Chip::Good(address) => &address.name,
            Chip::Bad { text, .. } => text,
        }
    }
}

/// A key that the field understands while its text is empty or a chip is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Left,
    Right,
    Home,
    End,
    Backspace,
    Delete,
    /// Corrects the active chip.
    Enter,
    Escape,
}

/// The state of one address field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients {
    chips: Vec<Chip>,
    text: String,
    active: Option<usize>,
    /// Where the text came from when a chip is being corrected: the chip goes back there.
    origin: Option<usize>,
}

impl Recipients {
    /// A field as a draft holds it.
    pub fn new(addresses: &[Address], unfinished: &str) -> Recipients {
        let mut field = Recipients { text: unfinished.to_string(), ..Recipients::default() };
        for address in addresses {
            let chip = match parse_list(&address.addr).as_slice() {
                [Ok(read)] if read.addr == address.addr => Chip::Good(address.clone()),
                [Err(bad)] => Chip::Bad { text: address.to_string(), reason: bad.reason },
                _ => Chip::Bad { text: address.to_string(), reason: BadAddressReason::LocalPart },
            };
            field.chips.push(chip);
        }
        field
    }

    pub fn chips(&self) -> &[Chip] {
        &self.chips
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The chip on which the keyboard stands.
    pub fn active(&self) -> Option<usize> {
        self.active
    }

    pub fn is_empty(&self) -> bool {
        self.chips.is_empty() && self.text.trim().is_empty()
    }

    #[cfg(test)]
    fn has_bad(&self) -> bool {
        self.chips.iter().any(|chip| matches!(chip, Chip::Bad { .. }))
    }

    /// The addresses that mail can be sent to.
    pub fn addresses(&self) -> Vec<Address> {
        self.chips
            .iter()
            .filter_map(|chip| match chip {
                Chip::Good(address) => Some(address.clone()),
                Chip::Bad { .. } => None,
            })
            .collect()
    }

    /// Everything that is no address yet, as a draft keeps it.
    pub fn unfinished(&self) -> String {
        let bad = self.chips.iter().filter_map(|chip| match chip {
            Chip::Good(_) => None,
            Chip::Bad { text, .. } => Some(text.as_str()),
        });
        bad.chain(Some(self.text.as_str()).filter(|t| !t.trim().is_empty())).collect::<Vec<_>>().join(", ")
    }

    /// The text as it is after a key. A separator (comma, semicolon, outside quotes and brackets) finishes what
    /// stands before it. True where chips came of it.
    pub fn typed(&mut self, text: &str) -> bool {
        self.active = None;
        match last_separator(text) {
            Some(at) => {
                let (done, rest) = text.split_at(at);
                let made = self.insert(done);
                self.text = rest.trim_start_matches([',', ';', ' ', '\n', '\r', '\t']).to_string();
                made
            }
            None => {
                self.text = text.to_string();
                false
            }
        }
    }

    /// The text as it is after something was pasted: a list becomes chips as a whole, a single word stays text
    /// unless it is an address already.
    pub fn pasted(&mut self, text: &str) -> bool {
        let lines = text.replace(['\t', '\r'], "\n");
        let list = lines.contains('\n') || last_separator(&lines).is_some();
        let address = matches!(parse_list(&lines).as_slice(), [Ok(_), ..]);
        if !(list || address) {
            return self.typed(text);
        }
        self.active = None;
        self.text.clear();
        self.insert(&lines)
    }

    /// Makes chips of the text: Enter, Tab, or the focus went elsewhere. True where there was something.
    pub fn finish(&mut self) -> bool {
        let text = std::mem::take(&mut self.text);
        self.active = None;
        self.insert(&text)
    }

    /// Takes a suggestion instead of the text.
    pub fn accept(&mut self, address: Address) {
        self.text.clear();
        self.active = None;
        self.put(Chip::Good(address));
        self.origin = None;
    }

    pub fn remove(&mut self, index: usize) -> bool {
        if index >= self.chips.len() {
            return false;
        }
        self.chips.remove(index);
        self.origin = self.origin.map(|at| if at > index { at.saturating_sub(1) } else { at });
        self.active = match self.active {
            Some(_) if self.chips.is_empty() => None,
            Some(active) if active >= index && active > 0 => Some(active.saturating_sub(1)),
            other => other,
        };
        true
    }

    /// Turns a chip back into text; what was being typed is finished first.
    pub fn edit(&mut self, index: usize) -> bool {
        let Some(chip) = self.chips.get(index).cloned() else { return false };
        let before = self.chips.len();
        self.finish();
        let grown = self.chips.len().saturating_sub(before);
        // What was finished went back to its own place, which may lie before this chip.
        let at = match self.chips.get(index) {
            Some(same) if *same == chip => index,
            _ => index.saturating_add(grown),
        };
        if at < self.chips.len() {
            self.chips.remove(at);
        }
        self.text = chip.editable();
        self.origin = Some(at);
        self.active = None;
        true
    }

    /// Walks and works on the chips by key. True where the key meant something here; otherwise it belongs to the text.
    pub fn step(&mut self, step: Step) -> bool {
        let Some(active) = self.active else {
            let last = self.chips.len().checked_sub(1);
            let enters = self.text.is_empty() && matches!(step, Step::Left | Step::Backspace | Step::Home);
            if enters && last.is_some() {
                self.active = if step == Step::Home { Some(0) } else { last };
                return true;
            }
            return false;
        };
        let last = self.chips.len().saturating_sub(1);
        match step {
            Step::Left => self.active = Some(active.saturating_sub(1)),
            Step::Right => self.active = Some(active.saturating_add(1)).filter(|next| *next <= last),
            Step::Home => self.active = Some(0),
            Step::End | Step::Escape => self.active = None,
            Step::Backspace => {
                self.remove(active);
            }
            Step::Delete => {
                self.remove(active);
                self.active = Some(active).filter(|at| *at < self.chips.len());
            }
            Step::Enter => {
                self.edit(active);
            }
        }
        true
    }

    fn insert(&mut self, text: &str) -> bool {
        let found = parse_list(text);
        let any = !found.is_empty();
        for item in found {
            self.put(match item {
                Ok(address) => Chip::Good(address),
                Err(bad) => Chip::Bad { text: bad.text, reason: bad.reason },
            });
        }
        self.origin = None;
        any
    }

    /// Puts a chip in its place, once.
    fn put(&mut self, chip: Chip) {
        if self.chips.contains(&chip) {
            return;
        }
        match self.origin {
            Some(at) if at <= self.chips.len() => {
                self.chips.insert(at, chip);
                self.origin = Some(at.saturating_add(1));
            }
            _ => self.chips.push(chip),
        }
    }
}

/// Byte position of the last comma or semicolon outside quotes, angle brackets and comments.
fn last_separator(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped, mut angle, mut comment) = (false, false, false, false);
    let mut found = None;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '<' => angle = true,
            '>' => angle = false,
            '(' => comment = true,
            ')' => comment = false,
            ',' | ';' if !angle && !comment => found = Some(at),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn faces(field: &Recipients) -> Vec<&str> {
        field.chips().iter().map(Chip::face).collect()
    }

    #[test]
    fn separators_finish_what_was_typed() {
        let mut field = Recipients::default();
        assert!(!field.typed("ada@lovelace.example"));
        assert!(field.typed("ada@lovelace.example,"));
        assert!(field.typed("Charles <charles@babbage.example>; ma"));
        assert_eq!(faces(&field), ["ada@lovelace.example", "Charles"]);
        assert_eq!(field.text(), "ma");
        assert!(field.finish());
        assert_eq!(field.chips().len(), 3);
        assert!(field.has_bad());
        assert_eq!(field.text(), "");
    }

    #[test]
    fn a_comma_in_quotes_waits() {
        let mut field = Recipients::default();
        assert!(!field.typed("\"Lovelace, Ada"));
        assert!(!field.typed("\"Lovelace, Ada\" <ada@lovelace.example>"));
        assert!(field.typed("\"Lovelace, Ada\" <ada@lovelace.example>,"));
        assert_eq!(faces(&field), ["Lovelace, Ada"]);
    }

    #[test]
    fn a_pasted_list_becomes_chips_whole() {
        let mut field = Recipients::default();
        assert!(field.pasted("a@a.test\nBob <b@b.test>\r\nc@c.test"));
        assert_eq!(faces(&field), ["a@a.test", "Bob", "c@c.test"]);
        assert!(!field.pasted("Mary"));
        assert_eq!(field.text(), "Mary");
    }

    #[test]
    fn the_keyboard_walks_removes_and_corrects() {
        let mut field = Recipients::default();
        field.pasted("a@a.test, b@b.test, c@c.test");
        assert!(field.step(Step::Backspace), "the first one only steps onto the last chip");
        assert_eq!(field.active(), Some(2));
        assert!(field.step(Step::Backspace));
        assert_eq!(faces(&field), ["a@a.test", "b@b.test"]);
        assert_eq!(field.active(), Some(1));
        assert!(field.step(Step::Left));
        assert!(field.step(Step::Enter));
        assert_eq!((field.text(), field.active()), ("a@a.test", None));
        assert!(field.typed("a2@a.test,"));
        assert_eq!(faces(&field), ["a2@a.test", "b@b.test"], "a corrected chip keeps its place");
        assert!(!field.step(Step::Right), "the text has the key");
        field.step(Step::Home);
        field.step(Step::Right);
        assert_eq!(field.active(), Some(1));
        field.step(Step::Right);
        assert_eq!(field.active(), None);
        field.typed("x");
        assert!(!field.step(Step::Backspace), "with text, Backspace belongs to the text");
    }

    #[test]
    fn an_unfinished_correction_is_finished_before_the_next() {
        let mut field = Recipients::default();
        field.pasted("a@a.test, b@b.test, c@c.test");
        field.edit(0);
        field.typed("aa@a.test");
        field.edit(1);
        assert_eq!(field.text(), "c@c.test");
        assert_eq!(faces(&field), ["aa@a.test", "b@b.test"]);
    }

    #[test]
    fn the_same_address_is_there_once() {
        let mut field = Recipients::default();
        field.pasted("a@a.test, a@a.test");
        field.accept(Address::new("", "a@a.test"));
        assert_eq!(field.chips().len(), 1);
    }

    #[test]
    fn what_is_no_address_is_kept_in_the_draft() {
        let mut field = Recipients::default();
        field.typed("good@a.test, nonsense, half");
        assert_eq!(field.unfinished(), "nonsense, half");
        let back = Recipients::new(&field.addresses(), &field.unfinished());
        assert_eq!(back.addresses(), field.addresses());
        assert_eq!(back.text(), "nonsense, half");
    }

    proptest! {
        #[test]
        fn any_sequence_of_keys_keeps_the_field_sound(keys in prop::collection::vec(0u8..14, 0..60)) {
            let mut field = Recipients::default();
            for key in keys {
                match key {
                    0 => { field.typed("a@a.test, b"); }
                    1 => { field.typed("zoe@z.test"); }
                    2 => { field.pasted("q@q.test;r@r.test"); }
                    3 => { field.finish(); }
                    4 => { field.edit(0); }
                    5 => { field.edit(1); }
                    6 => { field.step(Step::Left); }
                    7 => { field.step(Step::Right); }
                    8 => { field.step(Step::Backspace); }
                    9 => { field.step(Step::Delete); }
                    10 => { field.step(Step::Enter); }
                    11 => { field.step(Step::Home); }
                    12 => { field.remove(0); }
                    _ => { field.typed(""); }
                }
                prop_assert!(field.active().is_none_or(|at| at < field.chips().len()));
            }
        }
    }
}
