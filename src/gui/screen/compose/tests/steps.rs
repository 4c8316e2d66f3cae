//! Messages and the actions that they come to.

use super::*;
use crate::service::command::AttachSource;
use iced::widget::text_editor::{Action as Edit, Edit as Kind};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[test]
fn typing_is_saved_after_a_second_and_once() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    let first = compose.update(Message::SubjectTyped("N".into()), t);
    assert_eq!(first, Action::After(1001, TIMER));
    assert_eq!(compose.update(Message::SubjectTyped("No".into()), t + ms(300)), Action::None, "one timer is enough");
    let saved = compose.answer(TIMER, Answer::Elapsed, t + ms(1001));
    assert_eq!(saved, save(&compose));
    // While it is under way, more is typed.
    assert_eq!(compose.update(Message::SubjectTyped("Note".into()), t + ms(1100)), Action::None);
    let next = compose.answer(SAVE, Answer::Done(Ok(Receipt::default())), t + ms(1200));
    assert_eq!(flat(next), [Action::After(901, TIMER), Action::After(1000, CLOCK)]);
    assert_eq!(compose.draft().subject, "Note");
}

#[test]
fn a_new_recipient_is_saved_at_once() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    let action = compose.update(Message::Typed(Field::To, "charles@babbage.example,".into()), t);
    assert_eq!(flat(action), [save(&compose)]);
    assert_eq!(compose.draft().to, [Address::new("", "charles@babbage.example")]);
}

#[test]
fn people_are_suggested_and_taken() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    let action = compose.update(Message::Typed(Field::Cc, "mar".into()), t);
    let ask = Action::Ask(
        Ask::Addresses { prefix: "mar".into(), limit: suggestions::MOST },
        Tag::numbered(suggestions::NAME, 1),
    );
    assert!(flat(action).contains(&ask));
    let found = vec![Address::new("Mary Somerville", "mary@somerville.example")];
    let tag = Tag::numbered(suggestions::NAME, 1);
    compose.answer(tag, Answer::Addresses { prefix: "mar".into(), found: Ok(found.clone()) }, t);
    compose.update(Message::SuggestionAccepted, t);
    assert_eq!(compose.draft().cc, found);
    assert_eq!(compose.field(Field::Cc).text(), "");
}

#[test]
fn leaving_a_field_makes_a_chip_and_nothing_is_lost() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    compose.update(Message::Typed(Field::To, "luigi".into()), t);
    assert_eq!(compose.draft().unfinished, ["luigi".to_string(), String::new(), String::new()]);
    compose.update(Message::Blurred(Field::To), t);
    assert!(compose.draft().to.is_empty());
    assert_eq!(compose.draft().unfinished[0], "luigi");
    let again = on(compose.draft(), t);
    assert_eq!(again.field(Field::To).text(), "luigi", "a restored draft has it too");
}

#[test]
fn the_sender_is_chosen_by_list_and_by_arrow() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    let action = compose.update(Message::FromChosen(1), t);
    assert!(flat(action).contains(&save(&compose)));
    assert_eq!(compose.draft().account, "plain");
    compose.update(Message::FromStepped(-1), t);
    assert_eq!(compose.draft().account, "ada");
    assert_eq!(compose.update(Message::FromStepped(-1), t), Action::None);
}

#[test]
fn text_is_undone_and_redone() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    for c in "Dear".chars() {
        compose.update(Message::Edited(Edit::Edit(Kind::Insert(c))), t);
    }
    compose.update(Message::Undo, t);
    assert_eq!(compose.draft().body, "");
    compose.update(Message::Redo, t);
    assert_eq!(compose.draft().body, "Dear");
    assert_eq!(compose.update(Message::Redo, t), Action::None);
}

#[test]
fn dropped_files_are_attached_by_the_service() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    let (csv, png) = (PathBuf::from("/home/ada/variables.csv"), PathBuf::from("/home/ada/engine.png"));
    compose.update(Message::FileHovered(csv.clone()), t);
    let action = compose.update(Message::FileHovered(png.clone()), t);
    assert_eq!(action, Action::Measure(vec![csv.clone(), png.clone()], attaching::MEASURE));
    compose.answer(attaching::MEASURE, Answer::Measured(2_300_000), t);
    assert_eq!(compose.hover.names(), "variables.csv, engine.png");
    assert_eq!(compose.hover.size, Some(2_300_000));
    for (number, path) in [(1, csv), (2, png)] {
        let action = compose.update(Message::FileDropped(path.clone()), t);
        let command = Command::Attach { draft: "d1".into(), source: AttachSource::File(path) };
        assert_eq!(action, Action::Command(command, Tag::numbered(attaching::ARRIVE, number)));
    }
    assert!(compose.hover.files.is_empty());
    let tag = Tag::numbered(attaching::ARRIVE, 2);
    let action = compose.answer(tag, Answer::Done(Ok(with_attachment("engine.png", 5))), t);
    assert_eq!(action, save(&compose));
    assert_eq!(compose.draft().attachments, [attached("engine.png", 5)]);
    assert_eq!(compose.arriving.len(), 1);
    compose.answer(SAVE, Answer::Done(Ok(Receipt::default())), t);
    let tag = Tag::numbered(attaching::ARRIVE, 1);
    compose.answer(tag, Answer::Done(Ok(with_attachment("variables.csv", 7))), t);
    let names: Vec<String> = compose.draft().attachments.into_iter().map(|a| a.file_name).collect();
    assert_eq!(names, ["variables.csv", "engine.png"], "in the order of dropping");
}

#[test]
fn a_file_that_cannot_be_attached_is_named() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    compose.update(Message::FileDropped("/home/ada/gone.pdf".into()), t);
    let problem = full(ProblemKind::Disk { path: "/home/ada/gone.pdf".into() });
    let tag = Tag::numbered(attaching::ARRIVE, 1);
    compose.answer(tag, Answer::Done(Err(problem.clone())), t);
    assert_eq!(compose.notice, Some(Notice::NotAttached { file_name: "gone.pdf".into(), problem }));
    assert!(compose.arriving.is_empty());
}

#[test]
fn without_a_dialog_a_path_is_asked_for() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    assert_eq!(compose.update(Message::AttachPressed, t), Action::PickFiles(attaching::PICK));
    let asked = compose.answer(attaching::PICK, Answer::NoDialog(None), t);
    assert_eq!(asked, Action::Focus(ids::PATH));
    compose.update(Message::PathTyped(" /home/ada/note.pdf ".into()), t);
    let action = compose.update(Message::PathFinished, t);
    let command = Command::Attach { draft: "d1".into(), source: AttachSource::File("/home/ada/note.pdf".into()) };
    assert!(flat(action).contains(&Action::Command(command, Tag::numbered(attaching::ARRIVE, 1))));
    assert_eq!(compose.path, None);
}

#[test]
fn pasted_text_goes_in_and_pasted_files_are_attached() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    compose.update(Message::BodyPasted(Some("two\nlines".into())), t);
    assert_eq!(compose.draft().body, "two\nlines");
    // File managers give the names as text too.
    let action = compose.update(Message::BodyPasted(Some("/home/ada/note.pdf".into())), t);
    assert_eq!(action, Action::ReadClipboard(attaching::CLIPBOARD));
    let file = AttachSource::File("/home/ada/note.pdf".into());
    let action = compose.answer(attaching::CLIPBOARD, Answer::Clipboard(vec![file.clone()]), t);
    let command = Command::Attach { draft: "d1".into(), source: file };
    assert_eq!(action, Action::Command(command, Tag::numbered(attaching::ARRIVE, 1)));
    assert_eq!(compose.draft().body, "two\nlines");
    // A path that somebody wrote is only a text.
    compose.update(Message::BodyPasted(Some("/etc/hosts".into())), t);
    compose.answer(attaching::CLIPBOARD, Answer::Clipboard(Vec::new()), t);
    assert_eq!(compose.draft().body, "two\nlines/etc/hosts");
    // An image has no text.
    compose.update(Message::BodyPasted(None), t);
    let image = AttachSource::Bytes { file_name: "p.png".into(), media_type: "image/png".into(), bytes: vec![1] };
    let action = compose.answer(attaching::CLIPBOARD, Answer::Clipboard(vec![image]), t);
    assert!(matches!(action, Action::Command(Command::Attach { .. }, _)));
}

#[test]
fn a_failed_save_is_tried_again() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    compose.update(Message::SubjectTyped("N".into()), t);
    compose.answer(TIMER, Answer::Elapsed, t + ms(1001));
    let action = compose.answer(SAVE, Answer::Done(Err(full(ProblemKind::DiskFull))), t + ms(1002));
    assert!(flat(action).contains(&Action::After(5001, TIMER)));
    let action = compose.answer(TIMER, Answer::Elapsed, t + ms(6100));
    assert_eq!(action, save(&compose));
}

#[test]
fn where_writing_goes_on() {
    let t = Instant::now();
    assert_eq!(on(draft(), t).opened(), Action::Focus(Field::To.id()));
    assert_eq!(ready(t).opened(), Action::Focus(ids::BODY));
    let to = vec![Address::new("", "a@a.test")];
    assert_eq!(on(Draft { to: to.clone(), ..draft() }, t).opened(), Action::Focus(ids::SUBJECT));
    let reply = Draft { to, origin: DraftOrigin::Reply(7), ..draft() };
    assert_eq!(on(reply, t).opened(), Action::Focus(ids::BODY));
}
