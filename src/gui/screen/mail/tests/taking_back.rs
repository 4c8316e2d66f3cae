//! Undo: from the toast, and one after the other by its key.

use super::*;
use crate::service::model::{UndoEntry, UndoKind};

fn undo(state: &mut State) -> Action {
    state.key(&Press::new(keyboard::Key::Character("z".into()), Modifiers::COMMAND))
}

/// The tag of the only command.
fn tag(action: &Action) -> Tag {
    match action {
        Action::Command(_, tag) => Some(*tag),
        Action::Batch(all) => all.iter().find_map(|a| if let Action::Command(_, tag) = a { Some(*tag) } else { None }),
        _ => None,
    }
    .unwrap_or_else(|| panic!("{action:?}"))
}

fn done(state: &mut State, tag: Tag, token: Option<i64>) -> Action {
    let receipt = Receipt { undo: token.map(UndoToken), count: 1, ..Receipt::default() };
    state.answered(tag, Answer::Done(Ok(receipt)))
}

fn said(state: &State) -> &str {
    state.toast.as_ref().map(|toast| toast.words.text.as_str()).unwrap_or_default()
}

/// Deletes the first message; the change has this token.
fn delete(state: &mut State, token: i64) {
    let _ = press(state, 0, Modifiers::empty());
    let deleted = state.deed(Deed::Delete);
    let _ = done(state, tag(&deleted), Some(token));
}

#[test]
fn changes_are_taken_back_one_after_the_other_and_named() {
    let mut state = screen(100);
    delete(&mut state, 1);
    let _ = press(&mut state, 0, Modifiers::empty());
    let moved = state.move_messages(vec![MessageId(99)], MailboxId(4));
    let _ = done(&mut state, tag(&moved), Some(2));
    assert_eq!(said(&state), "Message moved to Projects");
    for (token, words) in [(2, "Undone: Message moved to Projects"), (1, "Undone: Message moved to Trash")] {
        let action = undo(&mut state);
        assert_eq!(commands(&action), [&Command::Undo { token: UndoToken(token) }]);
        let _ = done(&mut state, tag(&action), None);
        assert_eq!(said(&state), words);
        assert!(state.toast.as_ref().is_some_and(|toast| toast.undo.is_none()));
    }
}

#[test]
fn beyond_this_window_the_services_history_goes_on() {
    let mut state = screen(100);
    let _ = press(&mut state, 0, Modifiers::empty());
    let seen = opened(&mut state, 100, "hello");
    let _ = done(&mut state, tag(&seen), Some(9));
    let asked = undo(&mut state);
    assert_eq!(asked, Action::Ask(Ask::UndoHistory, HISTORY));
    let entry = |token, kind, count| UndoEntry { token, at: 0, kind, count };
    let history = vec![entry(9, UndoKind::Flags, 1), entry(8, UndoKind::RenameMailbox, 0)];
    let action = state.answered(HISTORY, Answer::UndoHistory(Ok(history)));
    let renamed = Command::Undo { token: UndoToken(8) };
    assert_eq!(commands(&action), [&renamed], "that opening marked as read nobody asked for");
    let _ = done(&mut state, tag(&action), None);
    assert_eq!(said(&state), "Undone: A folder renamed or moved");
    let _ = state.answered(HISTORY, Answer::UndoHistory(Ok(Vec::new())));
    assert_eq!(said(&state), "There is nothing to undo");
}

#[test]
fn what_is_under_way_is_taken_back_when_it_is_done() {
    let mut state = screen(100);
    delete(&mut state, 1);
    let _ = press(&mut state, 0, Modifiers::empty());
    let second = state.deed(Deed::Delete);
    assert_eq!(undo(&mut state), Action::None, "the one before it is not meant");
    let action = done(&mut state, tag(&second), Some(2));
    assert_eq!(commands(&action), [&Command::Undo { token: UndoToken(2) }]);
}

#[test]
fn a_change_that_is_gone_is_no_failure() {
    let mut state = screen(100);
    delete(&mut state, 1);
    let action = undo(&mut state);
    let gone = Err(Problem::not_found("the change to take back"));
    let _ = state.answered(tag(&action), Answer::Done(gone));
    assert_eq!((said(&state), &state.notice), ("There is nothing to undo", &None));
}
