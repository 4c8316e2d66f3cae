//! Replies, forwarded messages and saved ones of which only the headers are here.

use super::super::fetching::{FIRST, Message as Fetching, view};
use super::*;
use crate::gui::action::Open;

fn selected(headers_only: bool) -> State {
    let mut state = screen(3);
    let _ = press(&mut state, 0, Modifiers::empty());
    let ids = state.selection.ids().clone();
    state.pages.change(&ids, |listed| listed.row.headers_only = headers_only);
    state
}

fn partial() -> State {
    selected(true)
}

fn number(action: &Action) -> u64 {
    match action {
        Action::Command(Command::FetchWhole { ids }, tag) if *ids == [MessageId(3)] => tag.number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_message_is_loaded_first_and_then_answered() {
    let mut state = partial();
    let asked = state.deed(Deed::Forward);
    let tag = Tag::numbered(FIRST, number(&asked));
    assert!(view(&state).is_some());
    let action = state.answered(tag, Answer::Done(Ok(Receipt::default())));
    assert_eq!(action, Action::Open(Open::Compose { origin: DraftOrigin::Forward(3), reply_all: false }));
    assert!(view(&state).is_none());
    assert_eq!(state.answered(tag, Answer::Done(Ok(Receipt::default()))), Action::None, "once");
}

#[test]
fn what_is_taken_back_does_not_happen() {
    let mut state = partial();
    let asked = state.deed(Deed::Reply);
    let tag = Tag::numbered(FIRST, number(&asked));
    let _ = state.update(Message::Fetching(Fetching::Leave));
    assert!(view(&state).is_none());
    assert_eq!(state.answered(tag, Answer::Done(Ok(Receipt::default()))), Action::None);
    // So does Escape, and a newer wish.
    let _ = state.deed(Deed::Reply);
    let _ = state.deed(Deed::Escape);
    assert!(view(&state).is_none());
    let old = number(&state.deed(Deed::Reply));
    let _ = state.deed(Deed::ReplyAll);
    assert_eq!(state.answered(Tag::numbered(FIRST, old), Answer::Done(Ok(Receipt::default()))), Action::None);
    assert!(view(&state).is_some());
}

#[test]
fn what_cannot_be_loaded_is_told() {
    let mut state = partial();
    let save = state.as_file().unwrap();
    let asked = state.update(Message::Save(save));
    let tag = tag(&asked);
    let problem = Problem::new(ProblemKind::Offline, "");
    assert_eq!(state.answered(tag, Answer::Done(Err(problem.clone()))), Action::None);
    assert_eq!((state.notice, state.fetching), (Some(problem), None));
}

#[test]
fn what_is_whole_waits_for_nothing() {
    let mut state = selected(false);
    assert!(matches!(state.deed(Deed::Reply), Action::Open(Open::Compose { .. })));
}
