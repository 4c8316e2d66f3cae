//! Looking at attachments without a display.

use super::*;
use crate::gui::widget::control::{Role, having, named};
use crate::service::model::{AttachmentKind, MessageId};
use crate::service::page::RenderError;
use iced_test::Simulator;

fn items() -> Vec<Attachment> {
    let one = |index: usize, name: &str, kind| Attachment {
        index,
        file_name: name.into(),
        kind,
        size: 2_000,
        ..Attachment::default()
    };
    vec![
        one(0, "scan.pdf", AttachmentKind::Pdf),
        one(1, "gears.png", AttachmentKind::Image),
        one(2, "wheels.csv", AttachmentKind::Text),
        one(3, "deck.odp", AttachmentKind::Presentation),
    ]
}

fn opened(at: usize) -> State {
    let (state, _) = State::new(MessagePlace::stored(MessageId(1)), items(), at, 1.0);
    state
}

fn comes(state: &mut State, came: Came) -> Action {
    let tag = Tag::numbered(SHOW, state.number);
    state.answered(tag, Answer::Preview(Box::new(Ok(came))))
}

fn pdf(pages: usize) -> Came {
    let pages = vec![PageSize { width: 600.0, height: 800.0 }; pages];
    Came::Pdf { sheets: Sheets::blank(), count: pages.len(), pages }
}

fn ui(state: &State) -> Simulator<'_, Message> {
    crate::i18n::choose(Some("en"));
    Simulator::with_size(crate::gui::app::settings(), (900.0, 700.0), view(state))
}

/// The page and the width that are asked for.
fn asked(action: &Action) -> Option<(usize, u32)> {
    match action {
        Action::Ask(Ask::Sheet { page, width, .. }, _) => Some((*page, *width)),
        _ => None,
    }
}

fn drawn(state: &mut State, page: usize, width: u32) -> Action {
    let tag = Tag::numbered(SHEET, state.number);
    let drawn = Ok(image::Handle::from_rgba(1, 1, vec![0, 0, 0, 255]));
    state.answered(tag, Answer::Sheet { page, width, drawn })
}

#[test]
fn pages_come_one_by_one_as_they_are_looked_at() {
    let mut state = opened(0);
    assert_eq!(comes(&mut state, pdf(100)), Action::None, "how wide is not known yet");
    let action = state.update(Message::Room(Size::new(832.0, 600.0)));
    assert_eq!(asked(&action), Some((0, 800)));
    // What is in sight comes first, then its neighbours, then nothing.
    let mut seen = vec![0];
    let mut action = drawn(&mut state, 0, 800);
    while let Some((page, width)) = asked(&action) {
        seen.push(page);
        action = drawn(&mut state, page, width);
    }
    assert_eq!(seen, [0, 1, 2]);
    let far = 50.0 * (800.0 * 800.0 / 600.0 + GAP);
    let action = state.update(Message::Scrolled(far));
    assert!(matches!(asked(&action), Some((48..=51, 800))), "{action:?}");
    let Shown::Sheets(open) = &state.shown else { panic!("{:?}", state.shown) };
    assert!(open.drawn.is_empty(), "those far away are let go");
    assert!((49..=52).contains(&state.current()), "{}", state.current());
    assert!(ui(&state).find(having(Role::Document, "scan.pdf")).is_ok());
}

#[test]
fn a_larger_page_is_asked_for_and_the_old_one_stays_meanwhile() {
    let mut state = opened(0);
    comes(&mut state, pdf(1));
    let _ = state.update(Message::Room(Size::new(832.0, 600.0)));
    let _ = drawn(&mut state, 0, 800);
    let action = state.update(Message::Zoom(1));
    assert_eq!(asked(&action), Some((0, 1_000)));
    let Shown::Sheets(open) = &state.shown else { panic!("{:?}", state.shown) };
    assert_eq!(open.drawn.get(&0).map(|(width, _)| *width), Some(800));
}

#[test]
fn a_small_picture_is_as_it_is_and_a_large_one_is_seen_whole() {
    for (width, height, expected) in [(40.0, 20.0, 40), (4_000.0, 2_000.0, 800), (2_000.0, 4_000.0, 284)] {
        let mut state = opened(1);
        comes(&mut state, Came::Picture(Sheets::blank(), PageSize { width, height }));
        let action = state.update(Message::Room(Size::new(832.0, 600.0)));
        assert_eq!(asked(&action), Some((0, expected)));
        assert!(ui(&state).find(having(Role::Image, "gears.png")).is_ok());
    }
}

#[test]
fn arrows_go_to_the_neighbours_and_late_answers_are_dropped() {
    let mut state = opened(0);
    let late = Tag::numbered(SHOW, state.number);
    let press = |named| Press::named(named);
    assert!(matches!(state.pressed(&press(Named::ArrowRight)), Some(Message::Turn(1))));
    let _ = state.update(Message::Turn(1));
    assert_eq!(state.attachment().map(|a| a.file_name.as_str()), Some("gears.png"));
    state.answered(late, Answer::Preview(Box::new(Ok(pdf(3)))));
    assert!(matches!(state.shown, Shown::Loading));
    let _ = state.update(Message::Turn(-1));
    assert_eq!(state.update(Message::Turn(-1)), Action::None, "there is none before the first");
    assert!(matches!(state.pressed(&press(Named::Escape)), Some(Message::Close)));
    assert!(matches!(state.pressed(&press(Named::PageDown)), Some(Message::Page(1))));
}

#[test]
fn text_is_shown_and_cannot_be_changed() {
    let mut state = opened(2);
    comes(&mut state, Came::Text { text: format!("a;b\n{}", "x".repeat(9_000)), whole: false });
    let Shown::Text { text, .. } = &state.shown else { panic!("{:?}", state.shown) };
    assert_eq!(text.line_count(), 4, "an endless line is broken");
    let _ = state.update(Message::Text(text_editor::Action::Edit(text_editor::Edit::Insert('z'))));
    let Shown::Text { text, .. } = &state.shown else { panic!("{:?}", state.shown) };
    assert!(!text.text().contains('z'));
    let mut ui = ui(&state);
    assert!(ui.find(having(Role::Document, "wheels.csv")).is_ok());
    assert!(ui.find("Only its first part is shown. Open or save it to see all.").is_ok());
}

#[test]
fn what_cannot_be_shown_says_so_and_can_be_opened_and_saved() {
    let mut state = opened(3);
    comes(&mut state, Came::Nothing(Why::Kind));
    let mut ui = ui(&state);
    assert!(ui.find(having(Role::Status, "Files of this kind cannot be shown here; open or save it.")).is_ok());
    ui.click(named("Open")).unwrap();
    let messages: Vec<Message> = ui.into_messages().collect();
    assert!(matches!(messages.last(), Some(Message::Open)), "{messages:?}");

    let mut state = opened(0);
    comes(&mut state, pdf(2));
    let _ = state.update(Message::Room(Size::new(832.0, 600.0)));
    let tag = Tag::numbered(SHEET, state.number);
    state.answered(tag, Answer::Sheet { page: 0, width: 800, drawn: Err(RenderError::TimedOut) });
    assert!(matches!(state.shown, Shown::Nothing(Why::Costly)));
}
