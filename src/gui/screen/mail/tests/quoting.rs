//! Quoted text in the reader.

use super::*;
use iced::widget::text_editor;

fn reading(text: &str) -> State {
    let mut state = screen(3);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = opened(&mut state, 3, text);
    state
}

#[test]
fn a_long_quotation_is_unfolded_and_folded_again() {
    let mut state = reading("Yes.\n\n> 1\n> 2\n> 3\n> 4\n> 5\n\nAda");
    for (name, shown) in [("Show quoted text", 1), ("Hide quoted text", 2), ("Show quoted text", 1)] {
        let block = &state.reader.message().expect("it is open").blocks[1];
        assert_eq!(block.shown(), shown);
        let mut window = window(&state);
        window.click(having(Kind::Button, name)).expect(name);
        let said = window.into_messages().find(|m| matches!(m, Message::Read(reader::view::Message::Fold(_))));
        let _ = state.update(said.expect("the link works"));
    }
}

#[test]
fn a_short_quotation_has_nothing_to_unfold() {
    let state = reading("Yes.\n\n> 1\n> 2\n> 3\n\nAda");
    assert!(window(&state).find(having(Kind::Button, "Show quoted text")).is_err());
    assert!(window(&state).find(having(Kind::Document, "Subject 3")).is_ok());
}

#[test]
fn quoted_text_is_selected_and_copied_without_its_marks() {
    let mut state = reading("Yes.\n> one\n> two");
    let spot = reader::Spot { block: 1, piece: 0 };
    let _ = state.update(Message::Read(reader::view::Message::Text(spot, text_editor::Action::SelectAll)));
    assert_eq!(state.copy_text(), Action::Copy("one\ntwo".into()));
}

#[test]
fn the_keyboard_reaches_the_fold_and_enter_unfolds() {
    use crate::gui::focus::Move;
    let state = reading("> 1\n> 2\n> 3\n> 4");
    let messages = entered(&state, &[Move::To("reader-quote-0".into())]);
    assert!(messages.iter().any(|m| matches!(m, Message::Read(reader::view::Message::Fold(0)))), "{messages:?}");
    // It stands after the text that it unfolds, in the order of Tab.
    let messages = entered(&state, &[Move::To(reader::view::TEXT.into()), Move::Next]);
    assert!(messages.iter().any(|m| matches!(m, Message::Read(reader::view::Message::Fold(0)))), "{messages:?}");
}
