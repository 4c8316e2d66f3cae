//! The window on a source without a display.

use super::*;
use crate::gui::widget::control::{Role, having, named};
use crate::gui::widget::virtual_list::RowPress;
use crate::service::model::{MessageId, SourceField, SourcePage};
use iced::keyboard::Modifiers;
use iced_test::Simulator;

fn place() -> MessagePlace {
    MessagePlace::stored(MessageId(1))
}

fn field(name: &str, raw: &str, decoded: &str) -> SourceField {
    SourceField { name: name.into(), raw: raw.into(), decoded: decoded.into(), shortened: false }
}

/// Answers what is asked of the source until nothing more is asked; how often that was.
fn serve(state: &mut State, source: &[u8], action: Action) -> usize {
    let mut open = vec![action];
    let mut times = 0;
    while let Some(next) = open.pop() {
        match next {
            Action::Batch(all) => open.extend(all),
            Action::Ask(Ask::Source { start, length, .. }, tag) => {
                times += 1;
                let from = (start as usize).min(source.len());
                let bytes = source[from..].iter().copied().take(length).collect();
                let page = SourcePage { start, bytes, total: source.len() as u64 };
                open.push(state.answered(tag, Answer::Source(Ok(page))));
            }
            Action::Ask(Ask::Fields(_), tag) => {
                let all = vec![field("Subject", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"), field("To", "a@b.c", "a@b.c")];
                open.push(state.answered(tag, Answer::Fields(Ok(all))));
            }
            _ => {}
        }
    }
    times
}

fn with(source: &[u8]) -> State {
    let (mut state, action) = State::new(place());
    serve(&mut state, source, action);
    state
}

fn ui(state: &State) -> Simulator<'_, Message> {
    crate::i18n::choose(Some("en"));
    Simulator::with_size(crate::gui::app::settings(), (900.0, 720.0), state.view())
}

#[test]
fn headers_come_first_and_the_source_on_its_tab() {
    let mut state = with(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nTo: a@b.c\r\n\r\nHello\r\n");
    crate::i18n::choose(Some("en"));
    assert_eq!(state.title(), "Source: Grüße");
    assert!(ui(&state).find(having(Role::Document, "Headers")).is_ok());
    {
        let mut ui = ui(&state);
        ui.click(having(Role::Radio, "Source")).unwrap();
        let messages: Vec<Message> = ui.into_messages().collect();
        assert!(matches!(messages.last(), Some(Message::Tab(Tab::Source))), "{messages:?}");
    }
    let _ = state.update(Message::Tab(Tab::Source));
    assert!(ui(&state).find(named("Lines of the source")).is_ok());
    assert_eq!(state.lines.row(3).as_deref(), Some("Hello"));
    assert_eq!(state.update(Message::Tab(Tab::Headers)), Action::None);
    let Action::Copy(text) = state.update(Message::Copy) else { panic!("nothing is copied") };
    assert!(text.starts_with("Subject: Grüße\n    =?utf-8?q?"), "{text}");
}

#[test]
fn chosen_lines_are_copied_as_they_stand() {
    let mut state = with(b"one\r\ntwo\r\nthree\r\n");
    let _ = state.update(Message::Tab(Tab::Source));
    let press = |index, modifiers| Message::Lines(Said::Pressed(RowPress { index, modifiers, double: false }));
    let _ = state.update(press(2, Modifiers::empty()));
    let _ = state.update(press(1, Modifiers::SHIFT));
    assert_eq!(state.update(Message::Copy), Action::Ask(Ask::SourceText { place: place(), range: 5..17 }, TEXT));
    let action = state.answered(TEXT, Answer::SourceText(Ok("two\nthree\n".into())));
    assert_eq!(action, Action::Copy("two\nthree\n".into()));
    let _ = state.update(press(1, Modifiers::empty()));
    let _ = state.update(press(1, Modifiers::empty()));
    assert_eq!(state.update(Message::Copy), Action::Ask(Ask::SourceText { place: place(), range: 0..17 }, TEXT));
}

#[test]
fn what_is_found_is_gone_to_and_the_search_goes_round_once() {
    let source = b"a line of the source\r\n".repeat(50_000);
    let mut state = with(&source);
    let _ = state.update(Message::Tab(Tab::Source));
    let _ = state.update(Message::Find("source".into()));
    let action = state.update(Message::Next);
    let Action::Ask(Ask::FindSource { from: 0, back: false, .. }, tag) = action else { panic!("{action:?}") };
    let at = 22 * 30_000 + 14;
    let more = state.answered(tag, Answer::FoundSource(Ok(Some(at))));
    serve(&mut state, &source, more);
    assert_eq!(state.rows(), Some(30_000..30_001));
    assert!(state.position().visible().contains(&30_000));
    assert_eq!(state.lines.row(30_000).as_deref(), Some("a line of the source"));
    let stale = state.answered(Tag::numbered(FIND, tag.number.wrapping_add(9)), Answer::FoundSource(Ok(Some(0))));
    assert_eq!((stale, state.rows()), (Action::None, Some(30_000..30_001)));
    let action = state.update(Message::Next);
    let Action::Ask(Ask::FindSource { from, .. }, tag) = action else { panic!("{action:?}") };
    assert_eq!(from, at + 1);
    let action = state.answered(tag, Answer::FoundSource(Ok(None)));
    let Action::Ask(Ask::FindSource { from: 0, .. }, tag) = action else { panic!("{action:?}") };
    let _ = state.answered(tag, Answer::FoundSource(Ok(None)));
    assert_eq!(state.said.as_deref(), Some("Not found"));
}

#[test]
fn a_large_source_is_read_page_by_page() {
    let source = b"0123456789012345678901234567890123456789\r\n".repeat(100_000);
    let (mut state, action) = State::new(place());
    let times = serve(&mut state, &source, action);
    assert_eq!(times, source.len().div_ceil(usize::try_from(PAGE).unwrap()));
    assert!(state.lines.is_whole());
    let _ = state.update(Message::Tab(Tab::Source));
    let _ = state.pressed(&Press::named(Named::End));
    assert!(ui(&state).find(named("Lines of the source")).is_ok());
}
