//! What is typed into a field is text and no shortcut.

use super::*;
use iced::event::Status;

/// Every key of one letter that does something in the window.
const LETTERS: &str = "jknamsJM";

/// The Outbox with a recipient to correct.
fn refused() -> State {
    let mut state = screen(3);
    let outcome = RecipientOutcome::Refused { reply: "550 no such user".into(), permanent: true };
    let item = OutboxItem {
        id: 4,
        account: "ada".into(),
        subject: "s".into(),
        message_id: "m".into(),
        submission: Submission::Refused { reply: "550".into(), problem: None },
        recipients: vec![("x@a.test".into(), outcome)],
        queued_at: 0,
        attempts: 0,
        report: false,
        leaves_at: None,
        is_editable: true,
    };
    let _ = state.answered(OUTBOX, Answer::Outbox(Ok(vec![item])));
    let _ = state.update(Message::Show(Place::Outbox));
    state
}

#[test]
fn a_field_keeps_the_letters_that_are_shortcuts_elsewhere() {
    let outbox = refused();
    let mut moving = screen(3);
    let _ = press(&mut moving, 0, Modifiers::empty());
    let _ = moving.deed(Deed::MoveTo);
    for (state, field) in
        [(&outbox, crate::fl!("outbox-correct", address = "x@a.test")), (&moving, "Find a folder".into())]
    {
        let mut window = window(state);
        window.click(having(Kind::Field, &*field)).expect("the field");
        for letter in LETTERS.chars() {
            assert_eq!(window.typewrite(&letter.to_string()), Status::Captured, "{letter} in {field}");
        }
        for key in [Key::Delete, Key::Home, Key::End, Key::Backspace] {
            assert_eq!(window.tap_key(key), Status::Captured, "{key:?} in {field}");
        }
        let done: Vec<Message> = window.into_messages().filter(|m| matches!(m, Message::Do(_))).collect();
        assert!(done.is_empty(), "{done:?}");
    }
}

#[test]
fn the_same_letters_are_shortcuts_in_list_and_reader() {
    let mut state = screen(3);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = opened(&mut state, 3, "hello");
    for focus in [(Kind::ListItem, "Subject 3"), (Kind::Document, "Subject 3")] {
        let mut window = window(&state);
        window.click(having(focus.0, focus.1)).expect("the control");
        for letter in LETTERS.chars() {
            assert_eq!(window.typewrite(&letter.to_string()), Status::Ignored, "{letter} in {focus:?}");
        }
    }
    assert!(LETTERS.chars().all(|letter| {
        let modifiers = if letter.is_uppercase() { Modifiers::SHIFT } else { Modifiers::empty() };
        let letter = letter.to_string().into();
        crate::gui::keymap::deed(&Press::new(keyboard::Key::Character(letter), modifiers)).is_some()
    }));
}
