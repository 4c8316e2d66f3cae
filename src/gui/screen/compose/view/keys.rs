//! What keys mean within the controls of the window, before the controls see them.

use super::super::recipients::Step;
use super::super::{Compose, Field, Message};
use crate::gui::keymap::Press;
use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced::widget::text_editor::{Binding, KeyPress, Motion, Status};

fn escape() -> Message {
    Message::Key(Press::named(Named::Escape))
}

/// Whether a key leaves a window that shows nothing to write on.
pub fn leaves(press: &Press) -> bool {
    let w = matches!(press.key.as_ref(), Key::Character("w"));
    press.key == Key::Named(Named::Escape) || (w && press.modifiers.command())
}

/// Keys in the text. Tab indents as everywhere in letters; Ctrl Tab and Shift Tab leave.
pub fn in_body(press: KeyPress, selected: bool) -> Option<Binding<Message>> {
    if !matches!(press.status, Status::Focused { .. }) {
        return None;
    }
    let (ctrl, shift) = (press.modifiers.command(), press.modifiers.shift());
    if let Key::Named(named) = press.key {
        match named {
            Named::Enter if ctrl && shift => return Some(Binding::Custom(Message::LaterPressed)),
            Named::Enter if ctrl => return Some(Binding::Custom(Message::SendPressed)),
            Named::Escape => return Some(Binding::Custom(escape())),
            Named::Tab if shift => return Some(Binding::Custom(Message::BodyLeft { backwards: true })),
            Named::Tab if ctrl => return Some(Binding::Custom(Message::BodyLeft { backwards: false })),
            Named::Tab if press.modifiers.is_empty() => return Some(Binding::Insert('\t')),
            Named::Backspace if ctrl && !selected => {
                return Some(Binding::Sequence(vec![Binding::Select(Motion::WordLeft), Binding::Backspace]));
            }
            Named::Delete if ctrl && !selected => {
                return Some(Binding::Sequence(vec![Binding::Select(Motion::WordRight), Binding::Delete]));
            }
            _ => {}
        }
    }
    match press.key.to_latin(press.physical_key).map(|c| c.to_ascii_lowercase()) {
        Some('z') if ctrl && shift => Some(Binding::Custom(Message::Redo)),
        Some('z') if ctrl => Some(Binding::Custom(Message::Undo)),
        Some('y') if ctrl => Some(Binding::Custom(Message::Redo)),
        Some('c' | 'x' | 'v' | 'a') if ctrl && !shift => Binding::from_key_press(press),
        Some(_) if ctrl => None,
        _ => Binding::from_key_press(press),
    }
}

/// Keys in an address field.
pub fn in_field(compose: &Compose, field: Field, key: &Key, modifiers: Modifiers) -> Option<Message> {
    let Key::Named(named) = key else { return None };
    if modifiers.command() {
        return (*named == Named::Enter).then(|| sends(modifiers));
    }
    let recipients = compose.field(field);
    if !compose.suggestions.below(field).is_empty() {
        let highlighted = compose.suggestions.highlighted().is_some();
        match named {
            Named::ArrowDown => return Some(Message::SuggestionStepped(1)),
            Named::ArrowUp => return Some(Message::SuggestionStepped(-1)),
            Named::Enter if highlighted => return Some(Message::SuggestionAccepted),
            Named::Tab if highlighted && modifiers.is_empty() => return Some(Message::SuggestionAccepted),
            Named::Escape => return Some(Message::SuggestionsLeft),
            _ => {}
        }
    }
    let step = match named {
        Named::ArrowLeft => Some(Step::Left),
        Named::ArrowRight => Some(Step::Right),
        Named::Home => Some(Step::Home),
        Named::End => Some(Step::End),
        Named::Backspace => Some(Step::Backspace),
        Named::Delete => Some(Step::Delete),
        Named::Enter => Some(Step::Enter),
        Named::Escape => Some(Step::Escape),
        _ => None,
    };
    match (named, step) {
        (_, Some(step)) if recipients.clone().step(step) => Some(Message::Stepped(field, step)),
        (Named::Enter, _) => Some(Message::Finished(field)),
        (Named::Escape, _) => Some(escape()),
        _ => None,
    }
}

/// Ctrl Enter; with Shift, at a time to be chosen.
fn sends(modifiers: Modifiers) -> Message {
    if modifiers.shift() { Message::LaterPressed } else { Message::SendPressed }
}

/// Keys in the subject and the field for a path.
pub fn in_line(key: &Key, modifiers: Modifiers) -> Option<Message> {
    match key {
        Key::Named(Named::Enter) if modifiers.command() => Some(sends(modifiers)),
        Key::Named(Named::Escape) => Some(escape()),
        _ => None,
    }
}

/// Keys on the choice of the sender.
pub fn in_from(key: &Key, modifiers: Modifiers) -> Option<Message> {
    match key {
        Key::Named(Named::ArrowDown) if modifiers.is_empty() => Some(Message::FromStepped(1)),
        Key::Named(Named::ArrowUp) if modifiers.is_empty() => Some(Message::FromStepped(-1)),
        _ => None,
    }
}
