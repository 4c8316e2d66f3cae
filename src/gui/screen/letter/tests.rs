//! The window on one message without a display.

use super::*;
use crate::gui::action::page::{Laid, Paper};
use crate::gui::widget::control::{Role, having, named};
use crate::service::model::{AttachmentKind, Content, MessageId, Suspicion, Trust};
use crate::service::page::{Facts, ImageChoice, Layout, RenderError, View};
use iced_test::Simulator;

fn place() -> MessagePlace {
    MessagePlace::stored(MessageId(1)).inner(2)
}

fn letter(html: Option<&str>) -> Letter {
    let mut content = Content { text: "Hello".into(), html: html.map(String::from), ..Content::default() };
    content.envelope.subject = "Inner".into();
    content.attachments = vec![Attachment {
        index: 4,
        file_name: "deeper.eml".into(),
        kind: AttachmentKind::Message,
        ..Attachment::default()
    }];
    Letter { content, trust: Trust::default() }
}

fn read(letter: Letter) -> (State, Action) {
    let (mut state, action) = State::new(place());
    assert_eq!(action, Action::Ask(Ask::Letter(place()), READ));
    let action = state.answered(READ, Answer::Letter(Box::new(Ok(letter))));
    (state, action)
}

fn ui(state: &State) -> Simulator<'_, Message> {
    crate::i18n::choose(Some("en"));
    Simulator::with_size(crate::gui::app::settings(), (900.0, 720.0), state.view())
}

fn pressed(ui: Simulator<'_, Message>) -> Vec<Message> {
    ui.into_messages().collect()
}

#[test]
fn a_message_in_a_message_in_a_message_is_opened() {
    let (mut state, _) = read(letter(None));
    let message = {
        let mut ui = ui(&state);
        assert!(ui.find(having(Role::Heading, "Inner")).is_ok());
        ui.click(named("Open deeper.eml")).unwrap();
        pressed(ui).pop().expect("a message")
    };
    assert_eq!(state.update(message), Action::Open(Open::Letter(place().inner(4))));
}

#[test]
fn its_page_is_drawn_as_soon_as_the_width_is_known() {
    let (mut state, action) = read(letter(Some("<p>Hello")));
    assert_eq!(action, Action::None);
    let near = Near { top: 0.0, height: 500.0 };
    let action = state.update(Message::Page(Said::Seen(700.0, near)));
    let Action::Ask(Ask::LetterPage { place: of, once: false, .. }, tag) = action else { panic!("{action:?}") };
    assert_eq!(of, place());
    let layout = Layout { width: 700.0, height: 300.0, pixels: (700, 300), ..Layout::default() };
    let laid = Laid { view: View::default(), layout, tiles: Vec::new() };
    let facts = Facts { remote_images: 2, ..Facts::default() };
    let came = Came { drawn: Ok((Paper::blank(), laid)), facts, choice: ImageChoice::Ask, loaded: false, missing: 0 };
    let action = state.answered(tag, Answer::LetterPage(Box::new(Ok(Some(came)))));
    assert!(matches!(action, Action::Ask(Ask::OfPage(..), of) if of == Tag::numbered(page::SHEET, tag.number)));
    assert!(ui(&state).find(named("Show once")).is_ok());
    let again = state.update(Message::Once);
    assert!(matches!(again, Action::Ask(Ask::LetterPage { once: true, .. }, _)), "{again:?}");
    // A page that kills its worker is followed by the text.
    let tag = Tag::numbered(page::SHEET, tag.number);
    let _ = state.answered(tag, Answer::OfPage(Box::new(Told::Tile(0, Err(RenderError::Died)))));
    assert!(state.opened().is_some_and(|opened| !opened.page.is_shown()));
    assert!(ui(&state).find(having(Role::Document, "Inner")).is_ok());
}

#[test]
fn a_doubtful_link_is_asked_about_and_the_sender_shown_for_what_is_known() {
    let mut suspicious = letter(None);
    suspicious.trust.suspicions = vec![Suspicion::ForgedResults];
    let (mut state, _) = read(suspicious);
    let action = state.follow("https://bank.example", "https://evil.example/x".into());
    assert_eq!((action, state.question.is_some()), (Action::FocusNext, true));
    {
        let mut ui = ui(&state);
        assert!(ui.find(having(Role::Dialog, "Open this link?")).is_ok());
    }
    let escape = Press::named(iced::keyboard::key::Named::Escape);
    assert_eq!(state.pressed(&escape), Action::None);
    assert!(state.question.is_none());
    assert_eq!(state.follow("x", "https://a.example/".into()), Action::OpenUrl("https://a.example/".into()));
    assert_eq!(state.pressed(&escape), Action::Close);
}

#[test]
fn without_a_dialog_a_file_goes_beside_the_message_that_it_came_with() {
    let file = MessagePlace::file(PathBuf::from("/tmp/mail/m.eml"));
    assert_eq!(directory_for(&file.inner(1)), PathBuf::from("/tmp/mail"));
    let (mut state, _) = State::new(file.clone());
    state.answered(READ, Answer::Letter(Box::new(Ok(letter(None)))));
    let action = state.update(Message::Files(files::Message::Save(file.clone(), 0)));
    let Action::SaveAs(save, tag) = action else { panic!("{action:?}") };
    assert_eq!(save.source, SaveSource::Enclosed { place: file, index: 4 });
    let action = state.answered(tag, Answer::NoDialog(Some(save.clone())));
    assert_eq!(action, Action::SaveTo(save, PathBuf::from("/tmp/mail"), SAVE));
}
