//! Who the message is from and whom it goes to: the steps of the sender's choice and of the address fields.

use super::recipients::Step;
use super::{Action, Ask, Compose, Field, Layer, Tag, suggestions};

impl Compose {
    // -- sender --

    pub(super) fn choose_sender(&mut self, at: usize) -> Action {
        self.layer = Layer::None;
        match self.accounts.get(at) {
            Some(account) if account.name != self.base.account => {
                self.base.account = account.name.clone();
                self.limit = None;
                self.changed()
            }
            _ => Action::None,
        }
    }

    pub(super) fn step_sender(&mut self, by: isize) -> Action {
        let at = self.accounts.iter().position(|account| account.name == self.base.account);
        let next = at.map_or(Some(0), |at| at.checked_add_signed(by));
        let open = self.layer;
        let action = next.map_or(Action::None, |at| self.choose_sender(at));
        self.layer = open;
        action
    }

    // -- recipients --

    pub(super) fn typed(&mut self, field: Field, text: String) -> Action {
        let made = self.field_mut(field).typed(&text);
        let prefix = self.field(field).text().trim().to_string();
        let ask = self.suggestions.ask(field, &prefix);
        let saved = if made { self.changed() } else { self.edited() };
        saved.and(ask)
    }

    pub(super) fn pasted(&mut self, field: Field, text: &str) -> Action {
        self.suggestions.close();
        let made = self.field_mut(field).pasted(text);
        if made { self.changed() } else { self.edited() }
    }

    pub(super) fn stepped(&mut self, field: Field, step: Step) -> Action {
        let before = self.field(field).clone();
        self.field_mut(field).step(step);
        if *self.field(field) == before || self.field(field).chips() == before.chips() {
            return Action::None;
        }
        self.changed()
    }

    pub(super) fn finished(&mut self, field: Field) -> Action {
        self.suggestions.close();
        if self.field_mut(field).finish() {
            return self.changed();
        }
        // Enter in an empty field goes on to the next.
        Action::FocusNext
    }

    pub(super) fn blurred(&mut self, field: Field) -> Action {
        self.focused = self.focused.filter(|focused| *focused != field);
        self.suggestions.close();
        if self.field_mut(field).finish() { self.changed() } else { Action::None }
    }

    pub(super) fn field_shown(&mut self, field: Field) -> Action {
        match field {
            Field::To => {}
            Field::Cc => self.cc_shown = true,
            Field::Bcc => self.bcc_shown = true,
        }
        Action::Focus(field.id())
    }

    pub(super) fn chip_pressed(&mut self, field: Field, at: usize) -> Action {
        self.field_mut(field).edit(at);
        self.changed().and(Action::Focus(field.id()))
    }

    pub(super) fn chip_removed(&mut self, field: Field, at: usize) -> Action {
        self.field_mut(field).remove(at);
        self.changed().and(Action::Focus(field.id()))
    }

    pub(super) fn suggestion_chosen(&mut self, at: usize) -> Action {
        let Some((field, address)) = self.suggestions.take(at) else { return Action::None };
        self.field_mut(field).accept(address);
        self.changed().and(Action::Focus(field.id()))
    }

    pub(super) fn suggestion_accepted(&mut self) -> Action {
        match self.suggestions.highlighted() {
            Some(at) => self.suggestion_chosen(at),
            None => Action::None,
        }
    }

    /// Asks for people whose name or address begins so.
    pub(super) fn addresses(prefix: &str, number: u64) -> Action {
        let ask = Ask::Addresses { prefix: prefix.into(), limit: suggestions::MOST };
        Action::Ask(ask, Tag { name: suggestions::NAME, number })
    }
}
