//! The selection by pointer and keys, as in every file manager.

use super::*;

fn release(state: &mut State, index: u64, modifiers: Modifiers) {
    let _ = state.update(Message::List(Said::Released(RowPress { index, modifiers, double: false })));
}

/// A press and the end of it.
fn click(state: &mut State, index: u64, modifiers: Modifiers) {
    let _ = press(state, index, modifiers);
    release(state, index, modifiers);
}

fn key(state: &mut State, key: Key, modifiers: Modifiers) -> Action {
    state.key(&Press::new(keyboard::Key::Named(key), modifiers))
}

#[test]
fn a_press_on_a_selected_row_decides_when_it_is_let_go() {
    let mut state = screen(100);
    let none = Modifiers::empty();
    click(&mut state, 0, none);
    click(&mut state, 2, Modifiers::CTRL);
    assert_eq!(ids(&state), [98, 100]);
    let _ = press(&mut state, 0, none);
    assert_eq!(ids(&state), [98, 100], "it may become a drag of both");
    release(&mut state, 0, none);
    assert_eq!(ids(&state), [100]);
    click(&mut state, 2, Modifiers::CTRL);
    let _ = press(&mut state, 2, Modifiers::CTRL);
    assert_eq!(ids(&state), [98, 100], "it may become a copy of both");
    release(&mut state, 2, Modifiers::CTRL);
    assert_eq!(ids(&state), [100]);
    // On a row that was not selected the release does nothing more.
    click(&mut state, 5, Modifiers::CTRL);
    assert_eq!(ids(&state), [95, 100]);
}

#[test]
fn ctrl_with_arrows_and_space_picks_single_rows() {
    let mut state = screen(100);
    click(&mut state, 0, Modifiers::empty());
    let action = key(&mut state, Key::ArrowDown, Modifiers::CTRL);
    let _ = key(&mut state, Key::ArrowDown, Modifiers::CTRL);
    assert_eq!(ids(&state), [100], "only the cursor moved");
    assert_eq!(action, Action::Focus(super::super::list::ID.into()), "and shows");
    let _ = key(&mut state, Key::Space, Modifiers::CTRL);
    assert_eq!(ids(&state), [98, 100]);
    let _ = key(&mut state, Key::ArrowDown, Modifiers::SHIFT);
    assert_eq!(ids(&state), [97, 98], "Shift reaches from there");
    let _ = key(&mut state, Key::Space, Modifiers::CTRL);
    assert_eq!(ids(&state), [98]);
}

#[test]
fn shift_reaches_to_the_ends_and_by_pages() {
    let mut state = screen(50);
    click(&mut state, 10, Modifiers::empty());
    let mut action = key(&mut state, Key::Home, Modifiers::SHIFT);
    answer_rows(&mut state, &mut action, 50);
    assert_eq!(state.selection.len(), 11);
    let mut action = key(&mut state, Key::End, Modifiers::SHIFT);
    answer_rows(&mut state, &mut action, 50);
    assert_eq!(ids(&state), (1..=40).collect::<Vec<u64>>());
    click(&mut state, 49, Modifiers::empty());
    let _ = key(&mut state, Key::PageUp, Modifiers::SHIFT);
    assert_eq!(ids(&state), (1..=10).collect::<Vec<u64>>(), "nine rows of ten that are seen");
}

#[test]
fn several_take_the_place_of_the_reader_with_what_can_be_done() {
    let mut state = screen(10);
    click(&mut state, 0, Modifiers::empty());
    click(&mut state, 2, Modifiers::SHIFT);
    let mut window = window(&state);
    assert!(window.find(having(Kind::Status, "3 messages selected")).is_ok());
    assert!(window.find(having(Kind::Button, "Archive")).is_ok());
}
