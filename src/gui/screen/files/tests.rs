//! What is done with attachments, without a display.

use super::*;
use crate::gui::widget::control::{having, named};
use crate::service::model::{Danger, MessageId};
use iced_test::Simulator;

fn place() -> MessagePlace {
    MessagePlace::stored(MessageId(7))
}

fn attachment(index: usize, file_name: &str, kind: AttachmentKind) -> Attachment {
    Attachment { index, file_name: file_name.into(), kind, size: 12_345, ..Attachment::default() }
}

fn several() -> Vec<Attachment> {
    let program = Attachment {
        dangers: vec![Danger::Program, Danger::DoubleExtension],
        ..attachment(3, "invoice.pdf.exe", AttachmentKind::Program)
    };
    let logo = Attachment { inline: true, ..attachment(0, "logo.png", AttachmentKind::Image) };
    vec![
        logo,
        attachment(1, "scan.pdf", AttachmentKind::Pdf),
        attachment(2, "letter.eml", AttachmentKind::Message),
        program,
    ]
}

fn ui<'a>(state: &'a State, attachments: &'a [Attachment]) -> Simulator<'a, Message> {
    crate::i18n::choose(Some("en"));
    let list = list(state, &place(), attachments, false);
    // As in the window, what lies over it has all of it.
    let mut layers = iced::widget::stack![iced::widget::container(list).height(iced::Length::Fill)];
    for layer in overlay(state) {
        layers = layers.push(layer);
    }
    Simulator::with_size(crate::gui::app::settings(), (900.0, 600.0), layers)
}

fn does(state: &mut State, message: Message) -> Action {
    match state.update(message, &several(), 1.0) {
        Wish::Do(action) => action,
        Wish::Save(save) => panic!("{save:?}"),
    }
}

#[test]
fn files_are_listed_with_what_is_dangerous_about_them() {
    let (state, attachments) = (State::default(), several());
    let mut ui = ui(&state, &attachments);
    assert!(ui.find(named("Show scan.pdf")).is_ok());
    assert!(ui.find(named("Open letter.eml")).is_ok());
    assert!(ui.find(named("Show logo.png")).is_err(), "it is within the text");
    assert!(ui.find("A program").is_ok());
    ui.click(named("Show one more part")).unwrap();
    let messages: Vec<Message> = ui.into_messages().collect();
    assert!(matches!(&messages[..], [Message::All(_, true)]), "{messages:?}");
}

#[test]
fn a_press_looks_at_a_file_and_opens_a_message() {
    let mut state = State::default();
    let action = does(&mut state, Message::Activate(place(), 2));
    assert_eq!(action, Action::Open(Open::Letter(place().inner(2))));
    assert!(!state.is_open());
    let action = does(&mut state, Message::Activate(place(), 1));
    assert!(
        matches!(&action, Action::Batch(all) if matches!(&all[0], Action::Ask(crate::gui::action::Ask::Preview(of, a), _)
        if *of == place() && a.file_name == "scan.pdf")),
        "{action:?}"
    );
    assert!(state.is_open());
    let escape = Press::named(Named::Escape);
    let _ = state.pressed(&escape);
    assert!(!state.is_open());
}

#[test]
fn what_is_dangerous_is_opened_after_a_question_alone() {
    let mut state = State::default();
    let action = does(&mut state, Message::Open(place(), 3));
    assert_eq!(action, Action::FocusNext, "nothing was opened");
    let attachments = several();
    {
        let mut ui = ui(&state, &attachments);
        assert!(ui.find(having(crate::gui::widget::control::Role::Dialog, "Open this file?")).is_ok());
        assert!(ui.find("This is a program: opening it runs it.").is_ok());
        ui.click(named("Cancel")).unwrap();
        let messages: Vec<Message> = ui.into_messages().collect();
        assert!(matches!(messages[..], [Message::Confirmed(false)]), "{messages:?}");
    }
    let _ = does(&mut state, Message::Confirmed(false));
    assert!(!state.is_open());
    let _ = does(&mut state, Message::Open(place(), 3));
    let action = does(&mut state, Message::Confirmed(true));
    let opens = |action: &Action| matches!(action, Action::OpenAttachment { index: 3, .. });
    assert!(matches!(&action, Action::Batch(all) if all.iter().any(opens)), "{action:?}");
    let action = does(&mut state, Message::Open(place(), 1));
    assert!(matches!(action, Action::OpenAttachment { index: 1, .. }), "{action:?}");
}

#[test]
fn the_menu_opens_by_key_and_all_files_are_saved_together() {
    let attachments = several();
    let mut state = State::default();
    let _ = does(&mut state, Message::Menu(Some((place(), 1))));
    {
        let mut ui = ui(&state, &attachments);
        for name in ["Show", "Open", "Save as…", "Copy"] {
            assert!(ui.find(having(crate::gui::widget::control::Role::MenuItem, name)).is_ok(), "{name}");
        }
        let _ = ui.tap_key(Named::Escape);
        assert!(ui.into_messages().any(|message| matches!(message, Message::Menu(None))), "Escape closes it");
    }
    let Wish::Save(save) = state.update(Message::SaveAll(place()), &attachments, 1.0) else { panic!("no wish") };
    let SaveSource::Attachments { files, .. } = save.source else { panic!("{save:?}") };
    assert_eq!(files.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2, 3], "the logo is no file");
    let inner = place().inner(2);
    let Wish::Save(save) = state.update(Message::Save(inner.clone(), 1), &attachments, 1.0) else { panic!("no wish") };
    assert_eq!(save.source, SaveSource::Enclosed { place: inner, index: 1 });
}

#[test]
fn only_kinds_that_run_nothing_open_by_themselves() {
    let named = |name: &str| Attachment { file_name: name.into(), ..Attachment::default() };
    for good in ["a.pdf", "scan.JPG", "x.tar.txt"] {
        assert!(may_open(&named(good)), "{good}");
    }
    for bad in ["run.sh", "a.exe", "x.desktop", "page.html", "pdf", "a.svg", "a.pdf.lnk", "m.docm"] {
        assert!(!may_open(&named(bad)), "{bad}");
    }
}
