//! The small list of people below an address field.

use super::{Action, Compose, Field};
use crate::mail::address::{Address, is_valid};

/// The name of the request.
pub const NAME: &str = "compose-addresses";
/// Most suggestions shown.
pub const MOST: usize = 6;

/// What is offered, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestions {
    field: Option<Field>,
    prefix: String,
    found: Vec<Address>,
    highlighted: Option<usize>,
    asked: u64,
}

impl Suggestions {
    /// The text of a field is now `prefix`.
    pub fn ask(&mut self, field: Field, prefix: &str) -> Action {
        if prefix.is_empty() || prefix.contains(['<', '"']) {
            return self.close();
        }
        if self.field != Some(field) {
            self.found.clear();
        }
        self.field = Some(field);
        self.prefix = prefix.into();
        self.highlighted = None;
        self.asked = self.asked.saturating_add(1);
        Compose::addresses(prefix, self.asked)
    }

    /// An answer came; one to an older question is dropped. The first is highlighted, unless what stands there is
    /// an address by itself: a stranger's address must never turn into a friend's by Enter.
    pub fn found(&mut self, prefix: &str, mut found: Vec<Address>) {
        if self.field.is_none() || prefix != self.prefix {
            return;
        }
        found.truncate(MOST);
        self.highlighted = (!found.is_empty() && !is_valid(prefix)).then_some(0);
        self.found = found;
    }

    pub fn close(&mut self) -> Action {
        self.field = None;
        self.prefix.clear();
        self.found.clear();
        self.highlighted = None;
        Action::None
    }

    pub fn step(&mut self, by: isize) -> Action {
        let last = self.found.len().saturating_sub(1);
        if !self.found.is_empty() {
            self.highlighted = Some(match self.highlighted {
                None if by < 0 => last,
                None => 0,
                Some(at) => at.saturating_add_signed(by).min(last),
            });
        }
        Action::None
    }

    pub fn take(&mut self, at: usize) -> Option<(Field, Address)> {
        let taken = self.field.zip(self.found.get(at).cloned());
        self.close();
        taken
    }

    pub fn highlighted(&self) -> Option<usize> {
        self.highlighted
    }

    pub fn is_open(&self) -> bool {
        self.field.is_some() && !self.found.is_empty()
    }

    /// What hangs below this field.
    pub fn below(&self, field: Field) -> &[Address] {
        if self.field == Some(field) { &self.found } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Address> {
        vec![Address::new("Ada", "ada@lovelace.example"), Address::new("Adam", "adam@x.example")]
    }

    #[test]
    fn keys_walk_the_list_and_take_from_it() {
        let mut list = Suggestions::default();
        assert_ne!(list.ask(Field::To, "ad"), Action::None);
        list.found("ad", people());
        assert_eq!(list.highlighted(), Some(0));
        list.step(1);
        list.step(1);
        assert_eq!(list.highlighted(), Some(1));
        assert_eq!(list.below(Field::Cc), &[]);
        assert_eq!(list.take(1), Some((Field::To, people()[1].clone())));
        assert!(!list.is_open());
    }

    #[test]
    fn an_answer_to_an_older_question_is_dropped() {
        let mut list = Suggestions::default();
        list.ask(Field::To, "a");
        list.ask(Field::To, "ad");
        list.found("a", people());
        assert!(!list.is_open());
        list.ask(Field::To, "");
        list.found("ad", people());
        assert!(!list.is_open());
    }

    #[test]
    fn a_whole_address_is_never_replaced_by_itself() {
        let mut list = Suggestions::default();
        list.ask(Field::Bcc, "ada@love.example");
        list.found("ada@love.example", people());
        assert!(list.is_open());
        assert_eq!(list.highlighted(), None);
        list.step(-1);
        assert_eq!(list.highlighted(), Some(1));
    }
}
