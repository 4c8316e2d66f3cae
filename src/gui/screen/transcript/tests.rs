//! The connection log without a display.

use super::*;
use crate::gui::widget::control::{Role, having};
use crate::gui::widget::virtual_list::RowPress;
use crate::service::model::Direction;
use iced::keyboard::Modifiers;
use iced_test::Simulator;

fn line(n: i64, connection: &str, direction: Direction) -> TranscriptLine {
    TranscriptLine { at: n, account: "ada".into(), connection: connection.into(), direction, text: format!("line {n}") }
}

fn with(count: i64) -> State {
    let (mut state, action) = State::new(Some("ada".into()));
    assert_eq!(action, Action::Ask(Ask::Transcript(Some("ada".into())), ASK));
    let all = (0..count).map(|n| line(n, if n % 2 == 0 { "imaps://a #1" } else { "smtp://b #2" }, Direction::Client));
    state.answered(ASK, Answer::Transcript(Ok(all.collect())));
    state.zone = TimeZone::UTC;
    state
}

fn ui(state: &State) -> Simulator<'_, Message> {
    crate::i18n::choose(Some("en"));
    Simulator::with_size(crate::gui::app::settings(), (820.0, 620.0), state.view())
}

#[test]
fn the_end_is_followed_until_the_person_looks_back() {
    let mut state = with(1000);
    assert_eq!(state.offset, state.last());
    state.update(Message::Said(Said::Scrolled(3.0)));
    assert!(!state.follow);
    state.answered(ASK, Answer::Transcript(Ok((0..2000).map(|n| line(n, "c", Direction::Note)).collect())));
    assert_eq!(state.offset, 3.0);
    state.update(Message::FollowPressed);
    assert_eq!(state.offset, state.last());
    state.pressed(&Press::named(Named::Home));
    assert_eq!((state.offset, state.follow), (0.0, false));
    state.pressed(&Press::named(Named::End));
    assert!(state.follow);
}

#[test]
fn it_is_asked_anew_every_second_but_never_twice_at_once() {
    let mut state = with(1);
    assert_ne!(state.ticked(jiff::Zoned::now()), Action::None);
    assert_eq!(state.happened(&[Event::Lagged]), Action::None);
    state.answered(ASK, Answer::Transcript(Ok(Vec::new())));
    assert_ne!(state.happened(&[Event::Lagged]), Action::None);
}

#[test]
fn a_connection_is_chosen_and_copied() {
    let mut state = with(4);
    state.update(Message::FilterPressed);
    let mut shown = ui(&state);
    shown.click(having(Role::MenuItem, "smtp://b #2")).unwrap();
    assert_eq!(shown.into_messages().last(), Some(Message::Chosen(Some(0))));
    state.update(Message::Chosen(Some(0)));
    let text = "== smtp://b #2\n00:00:00.001 C: line 1\n00:00:00.003 C: line 3\n";
    assert_eq!(state.update(Message::CopyPressed), Action::Copy(text.into()));
}

#[test]
fn a_million_lines_cost_what_is_visible() {
    let state = with(1_000_000);
    let mut shown = ui(&state);
    assert!(shown.find(having(Role::List, "Dialogue")).is_ok());
    assert!(state.position().visible().count() < 40);
}

#[test]
fn a_line_is_shown_whole() {
    let mut state = with(10);
    let press = RowPress { index: 2, modifiers: Modifiers::empty(), double: false };
    state.update(Message::Said(Said::Pressed(press)));
    assert!(ui(&state).find(having(Role::Document, "line 2")).is_ok());
    assert_eq!(state.update(Message::CopyLinePressed), Action::Copy("line 2".into()));
    assert_eq!(state.pressed(&Press::named(Named::Escape)), Action::Close);
}
