//! The view, found by name and driven by keys and pointer.

use super::*;
use crate::gui::widget::control::{having, named};
use iced::keyboard::{self, Modifiers, key};
use iced::{Event, Point, mouse};
use iced_test::selector;

fn press(name: Named, modifiers: Modifiers) -> Event {
    press_key(Key::Named(name), modifiers, None)
}

fn press_key(key: Key, modifiers: Modifiers, text: Option<&str>) -> Event {
    Event::Keyboard(keyboard::Event::KeyPressed {
        key: key.clone(),
        modified_key: key,
        physical_key: key::Physical::Unidentified(key::NativeCode::Unidentified),
        location: keyboard::Location::Standard,
        modifiers,
        repeat: false,
        text: text.map(Into::into),
    })
}

fn messages(ui: Simulator<'_, Message>) -> Vec<Message> {
    ui.into_messages().collect()
}

#[test]
fn every_control_is_found_by_its_name() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::Typed(Field::To, "luigi@menabrea..x,".into()), t);
    compose.attachments.push(there("note-g.pdf", 640_000));
    let mut ui = ui(&compose);
    for (role, name) in [
        (Role::Button, "Send"),
        (Role::Button, "Attach"),
        (Role::Button, "More"),
        (Role::Button, "From"),
        (Role::Field, "To"),
        (Role::Button, "Cc"),
        (Role::Button, "Bcc"),
        (Role::Field, "Subject"),
        (Role::MultilineField, "Message text"),
        (Role::ListItem, "Charles Babbage <charles@babbage.example>"),
        (Role::ListItem, "luigi@menabrea..x — no such domain can exist"),
        (Role::ListItem, "note-g.pdf"),
        (Role::Button, "Remove note-g.pdf"),
        (Role::Status, "Will be sent by smtp.lovelace.example, STARTTLS"),
    ] {
        assert!(ui.find(having(role, name)).is_ok(), "{role:?} {name}");
    }
}

#[test]
fn a_plain_route_is_told_plainly() {
    let t = Instant::now();
    let compose = on(Draft { account: "plain".into(), ..draft() }, t);
    let words = "Will be sent by old.example without encryption: everybody on the way can read it";
    assert!(ui(&compose).find(named(words)).is_ok());
}

#[test]
fn the_button_and_ctrl_enter_send_from_every_field() {
    let t = Instant::now();
    let compose = ready(t);
    let mut ui_ = ui(&compose);
    ui_.click(having(Role::Button, "Send")).unwrap();
    assert_eq!(messages(ui_), [Message::SendPressed]);
    for id in [Field::To.id(), ids::SUBJECT, ids::BODY] {
        let mut ui = ui(&compose);
        ui.click(selector::id(id.clone())).unwrap();
        ui.simulate([press(Named::Enter, Modifiers::CTRL)]);
        assert!(messages(ui).contains(&Message::SendPressed), "{id:?}");
    }
}

#[test]
fn ctrl_shift_enter_opens_the_times_from_every_field() {
    let t = Instant::now();
    let compose = ready(t);
    for id in [Field::To.id(), ids::SUBJECT, ids::BODY] {
        let mut ui = ui(&compose);
        ui.click(selector::id(id.clone())).unwrap();
        ui.simulate([press(Named::Enter, Modifiers::CTRL | Modifiers::SHIFT)]);
        let all = messages(ui);
        assert!(all.contains(&Message::LaterPressed) && !all.contains(&Message::SendPressed), "{id:?} {all:?}");
    }
}

#[test]
fn the_menu_of_times_offers_some_and_a_field() {
    let t = Instant::now();
    let mut compose = ready(t);
    let mut closed = ui(&compose);
    closed.click(having(Role::Button, "Send later")).unwrap();
    assert_eq!(messages(closed), [Message::LaterPressed]);
    compose.update(Message::LaterPressed, t);
    let mut open = ui(&compose);
    open.click(selector::id(Id::from("compose-later-0".to_string()))).unwrap();
    let all = messages(open);
    assert!(matches!(all.as_slice(), [Message::LaterChosen(at)] if *at > 1_700_000_000), "{all:?}");
    let mut open = ui(&compose);
    open.click(having(Role::MenuItem, "Pick day and time…")).unwrap();
    assert_eq!(messages(open), [Message::OtherTimePressed]);
    compose.update(Message::OtherTimePressed, t);
    compose.update(Message::TimeTyped("tomorrow 8:00".into()), t);
    let mut field = ui(&compose);
    field.click(selector::id(ids::TIME)).unwrap();
    field.simulate([press(Named::Enter, Modifiers::empty())]);
    assert!(messages(field).contains(&Message::TimeFinished));
    let mut field = ui(&compose);
    field.click(having(Role::Button, "Send then")).unwrap();
    assert_eq!(messages(field), [Message::TimeFinished]);
}

#[test]
fn the_menu_asks_for_reports() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::MenuPressed, t);
    let mut ui = ui(&compose);
    ui.click(having(Role::MenuItem, "Ask for reports of delivery")).unwrap();
    assert_eq!(messages(ui), [Message::ReportToggled]);
}

#[test]
fn keys_of_the_text() {
    let t = Instant::now();
    let compose = ready(t);
    for (event, wanted) in [
        (press_key(Key::Character("z".into()), Modifiers::CTRL, Some("\u{1a}")), Message::Undo),
        (press_key(Key::Character("Z".into()), Modifiers::CTRL | Modifiers::SHIFT, None), Message::Redo),
        (press_key(Key::Character("y".into()), Modifiers::CTRL, Some("\u{19}")), Message::Redo),
        (press(Named::Tab, Modifiers::SHIFT), Message::BodyLeft { backwards: true }),
        (press(Named::Tab, Modifiers::CTRL), Message::BodyLeft { backwards: false }),
        (press(Named::Escape, Modifiers::empty()), Message::Key(Press::named(Named::Escape))),
        (press_key(Key::Character("v".into()), Modifiers::CTRL, Some("\u{16}")), Message::BodyPasted(None)),
    ] {
        let mut ui = ui(&compose);
        ui.click(selector::id(ids::BODY)).unwrap();
        ui.simulate([event.clone()]);
        assert!(messages(ui).contains(&wanted), "{event:?}");
    }
}

#[test]
fn typing_in_a_field_and_leaving_it() {
    let t = Instant::now();
    let compose = on(draft(), t);
    let mut ui = ui(&compose);
    ui.click(selector::id(Field::To.id())).unwrap();
    ui.typewrite("a");
    ui.click(selector::id(ids::SUBJECT)).unwrap();
    let all = messages(ui);
    assert!(all.contains(&Message::Focused(Field::To)), "{all:?}");
    assert!(all.contains(&Message::Typed(Field::To, "a".into())));
    assert!(all.contains(&Message::Blurred(Field::To)));
}

#[test]
fn letters_are_text_in_every_field_of_the_window() {
    let t = Instant::now();
    let compose = ready(t);
    for id in [Field::To.id(), ids::SUBJECT, ids::BODY] {
        let mut ui = ui(&compose);
        ui.click(selector::id(id.clone())).unwrap();
        for letter in "jknamsJM ".chars() {
            let status = ui.typewrite(&letter.to_string());
            assert_eq!(status, iced::event::Status::Captured, "{letter} in {id:?}");
        }
        assert!(!messages(ui).iter().any(|m| matches!(m, Message::Key(_))), "{id:?}");
    }
}

#[test]
fn backspace_in_an_empty_field_steps_onto_the_last_chip() {
    let t = Instant::now();
    let compose = ready(t);
    let mut ui = ui(&compose);
    ui.click(selector::id(Field::To.id())).unwrap();
    ui.simulate([press(Named::Backspace, Modifiers::empty())]);
    assert!(messages(ui).contains(&Message::Stepped(Field::To, Step::Backspace)));
}

#[test]
fn suggestions_work_by_keys_and_by_pointer_without_losing_the_field() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    compose.update(Message::Typed(Field::To, "ma".into()), t);
    let found = vec![Address::new("Mary Somerville", "mary@somerville.example"), Address::new("", "max@x.example")];
    let tag = Tag::numbered(suggestions::NAME, 1);
    compose.answer(tag, Answer::Addresses { prefix: "ma".into(), found: Ok(found) }, t);
    let mut keys = ui(&compose);
    keys.click(selector::id(Field::To.id())).unwrap();
    keys.simulate([press(Named::ArrowDown, Modifiers::empty()), press(Named::Enter, Modifiers::empty())]);
    let all = messages(keys);
    assert!(all.contains(&Message::SuggestionStepped(1)) && all.contains(&Message::SuggestionAccepted), "{all:?}");
    let mut pointer = ui(&compose);
    pointer.click(selector::id(Field::To.id())).unwrap();
    pointer.click(having(Role::ListItem, "max@x.example")).unwrap();
    let all = messages(pointer);
    assert!(all.contains(&Message::SuggestionChosen(1)), "{all:?}");
    assert!(!all.contains(&Message::Blurred(Field::To)), "{all:?}");
}

#[test]
fn files_held_above_the_window_show_where_they_go() {
    let t = Instant::now();
    let mut compose = ready(t);
    assert!(ui(&compose).find(named("Drop to attach 2 files")).is_err());
    for name in ["variables.csv", "engine.png"] {
        compose.update(Message::FileHovered(PathBuf::from("/home/ada").join(name)), t);
    }
    compose.answer(attaching::MEASURE, Answer::Measured(2_300_000), t);
    let mut ui = ui(&compose);
    assert!(ui.find(having(Role::Status, "Drop to attach 2 files")).is_ok());
    assert!(ui.find("variables.csv, engine.png · 2.3\u{a0}MB").is_ok());
}

#[test]
fn a_slip_shows_a_bar_with_send_anyway() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::SubjectTyped(String::new()), t);
    compose.update(Message::SendPressed, t);
    let mut ui = ui(&compose);
    assert!(ui.find(having(Role::Alert, "The message has no subject.")).is_ok());
    ui.click(having(Role::Button, "Send anyway")).unwrap();
    assert_eq!(messages(ui), [Message::SendAnyway]);
}

#[test]
fn closing_shows_a_dialog_over_everything() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::CloseRequested, t);
    let mut ui = ui(&compose);
    assert!(ui.find(having(Role::Dialog, "Keep this message?")).is_ok());
    ui.click(having(Role::Button, "Discard")).unwrap();
    // What lies beneath does not get the pointer.
    ui.point_at(Point::new(60.0, 28.0));
    ui.simulate([
        Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)),
        Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)),
    ]);
    assert_eq!(messages(ui), [Message::DiscardPressed]);
}

#[test]
fn tab_goes_through_the_window_in_reading_order() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::FieldShown(Field::Cc), t);
    compose.attachments.push(there("note-g.pdf", 1));
    let mut ui = ui(&compose);
    let stops = ui.find(selector_of_stops()).unwrap();
    let wanted = [
        ids::SEND,
        ids::LATER,
        ids::ATTACH,
        ids::MORE,
        ids::FROM,
        Field::To.id(),
        ids::SHOW_BCC,
        Field::Cc.id(),
        ids::SUBJECT,
        ids::BODY,
        iced::widget::Id::from("compose-attachment-remove-0".to_string()),
    ];
    assert_eq!(stops, wanted);
}

/// The ids of everything that Tab reaches, in order: collected by a selector that never finds.
fn selector_of_stops() -> impl iced_test::Selector<Output = Vec<Id>> + Send {
    struct Stops(Vec<Id>);
    impl iced_test::Selector for Stops {
        type Output = Vec<Id>;
        fn select(&mut self, candidate: selector::Candidate<'_>) -> Option<Vec<Id>> {
            match candidate {
                selector::Candidate::Focusable { id, .. } => self.0.extend(id.cloned()),
                // The last control of the window ends the walk.
                selector::Candidate::Custom { id: Some(id), .. } if *id == ids::ROUTE => return Some(self.0.clone()),
                _ => {}
            }
            None
        }
        fn description(&self) -> String {
            "stops of the Tab key".into()
        }
    }
    Stops(Vec::new())
}
