//! Sending, keeping, discarding.

use super::*;
use crate::gui::keymap::Press;
use crate::service::command::SendTime;
use iced::keyboard::Modifiers;

fn submit(compose: &Compose) -> Action {
    submit_at(compose, SendTime::After(10))
}

fn submit_at(compose: &Compose, when: SendTime) -> Action {
    let report = compose.draft().report;
    Action::Command(Command::Submit { draft: Box::new(compose.draft()), when, report }, END)
}

fn outbox(id: i64) -> Answer {
    Answer::Done(Ok(Receipt { outbox: Some(id), ..Receipt::default() }))
}

#[test]
fn ctrl_enter_submits_and_the_window_goes_when_it_is_safe() {
    let t = Instant::now();
    let mut compose = ready(t);
    let press = Press::new(Key::Named(Named::Enter), Modifiers::CTRL);
    assert_eq!(compose.update(Message::Key(press), t), submit(&compose));
    assert_eq!(compose.update(Message::SendPressed, t), Action::None, "once");
    assert_eq!(compose.update(Message::SubjectTyped("changed".into()), t), Action::None, "what is sent stands still");
    let action = compose.answer(END, outbox(7), t);
    assert_eq!(flat(action), [Action::Sent { outbox: 7, when: SendTime::After(10) }, Action::Close]);
}

#[test]
fn sending_waits_for_a_save_and_for_files_under_way() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::FromChosen(1), t);
    compose.update(Message::FileDropped("/home/ada/a.pdf".into()), t);
    assert_eq!(compose.update(Message::SendPressed, t), Action::None);
    assert_eq!(compose.answer(SAVE, Answer::Done(Ok(Receipt::default())), t), Action::None);
    let tag = Tag::numbered(attaching::ARRIVE, 1);
    let action = compose.answer(tag, Answer::Done(Ok(with_attachment("a.pdf", 3))), t);
    assert_eq!(action, submit(&compose));
    assert_eq!(compose.draft().attachments.len(), 1);
}

#[test]
fn a_message_never_leaves_without_a_file_that_failed() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::FileDropped("/home/ada/a.pdf".into()), t);
    compose.update(Message::SendPressed, t);
    let tag = Tag::numbered(attaching::ARRIVE, 1);
    compose.answer(tag, Answer::Done(Err(full(ProblemKind::DiskFull))), t);
    assert!(matches!(compose.notice, Some(Notice::NotAttached { .. })));
    assert_eq!(compose.ending, None, "the person decides anew");
}

#[test]
fn what_cannot_be_sent_is_named_and_shown() {
    let t = Instant::now();
    let mut compose = on(Draft { subject: "s".into(), ..draft() }, t);
    let action = compose.update(Message::SendPressed, t);
    assert_eq!(action, Action::Focus(Field::To.id()));
    assert_eq!(compose.notice, Some(Notice::NoRecipients));
    compose.update(Message::Typed(Field::Bcc, "luigi".into()), t);
    let action = compose.update(Message::SendPressed, t);
    assert!(flat(action).contains(&Action::Focus(Field::Bcc.id())));
    assert_eq!(compose.notice, Some(Notice::BadRecipient("luigi".into())));
    let mut compose = on(Draft { account: "gone".into(), ..ready(t).draft() }, t);
    assert_eq!(compose.update(Message::SendPressed, t), Action::Focus(ids::FROM));
}

#[test]
fn a_slip_is_asked_about_once() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::SubjectTyped(" ".into()), t);
    let paste = text_editor::Edit::Paste(std::sync::Arc::new("I have attached it.".to_string()));
    compose.update(Message::Edited(text_editor::Action::Edit(paste)), t);
    let action = compose.update(Message::SendPressed, t);
    assert_eq!(action, Action::Focus(ids::ANYWAY));
    assert_eq!(compose.notice, Some(Notice::Doubts(vec![Doubt::NoSubject, Doubt::NoAttachment])));
    // Mended in part: the rest was answered by going on.
    compose.update(Message::SubjectTyped("Note".into()), t);
    assert_eq!(compose.update(Message::SendPressed, t), submit(&compose));
}

#[test]
fn a_refused_submission_leaves_the_window_open() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::SendPressed, t);
    let problem = full(ProblemKind::TooLarge { size: 9, limit: 5 });
    compose.answer(END, Answer::Done(Err(problem.clone())), t);
    assert_eq!(compose.notice, Some(Notice::Problem(problem)));
    assert_eq!(compose.limit, Some(5));
    assert_ne!(compose.update(Message::SubjectTyped("writing goes on".into()), t), Action::None);
}

#[test]
fn an_empty_draft_goes_silently() {
    let t = Instant::now();
    let mut compose = on(draft(), t);
    let action = compose.update(Message::Key(Press::named(Named::Escape)), t);
    assert_eq!(action, Action::Command(Command::DiscardDraft { id: "d1".into() }, END));
    let gone = full(ProblemKind::NotFound { what: "d1".into() });
    assert_eq!(compose.answer(END, Answer::Done(Err(gone)), t), Action::Close);
}

#[test]
fn an_untouched_reply_goes_silently_and_a_restored_one_does_not() {
    let t = Instant::now();
    let reply = Draft { origin: DraftOrigin::Reply(7), ..ready(t).draft() };
    let mut compose = on(reply.clone(), t).fresh();
    let discard = Action::Command(Command::DiscardDraft { id: "d1".into() }, END);
    assert_eq!(compose.update(Message::CloseRequested, t), discard);
    let mut compose = on(reply, t);
    assert_eq!(compose.update(Message::CloseRequested, t), Action::Focus(ids::STAY));
    let kept = Draft { origin: DraftOrigin::Draft(7), ..ready(t).draft() };
    let mut compose = on(kept, t).fresh();
    let action = compose.update(Message::CloseRequested, t);
    assert!(matches!(action, Action::Command(Command::KeepDraft { .. }, END)));
}

#[test]
fn closing_asks_and_does_what_is_answered() {
    let t = Instant::now();
    let mut compose = ready(t);
    assert_eq!(compose.update(Message::CloseRequested, t), Action::Focus(ids::STAY));
    assert_eq!(compose.layer, Layer::Closing);
    compose.update(Message::Key(Press::named(Named::Escape)), t);
    assert_eq!(compose.layer, Layer::None, "Escape goes back to writing");
    compose.update(Message::CloseRequested, t);
    let keep = Command::KeepDraft { draft: Box::new(compose.draft()) };
    assert_eq!(compose.update(Message::KeepPressed, t), Action::Command(keep, END));
    assert_eq!(compose.answer(END, Answer::Done(Ok(Receipt::default())), t), Action::Close);
    let mut compose = ready(t);
    compose.update(Message::CloseRequested, t);
    let discard = Command::DiscardDraft { id: "d1".into() };
    assert_eq!(compose.update(Message::DiscardPressed, t), Action::Command(discard, END));
}

#[test]
fn escape_closes_one_thing_at_a_time() {
    let t = Instant::now();
    let mut compose = ready(t);
    let escape = Message::Key(Press::named(Named::Escape));
    compose.update(Message::MenuPressed, t);
    compose.notice = Some(Notice::NoRecipients);
    compose.update(escape.clone(), t);
    assert_eq!(compose.layer, Layer::None);
    compose.update(escape.clone(), t);
    assert_eq!(compose.notice, None);
    compose.update(escape, t);
    assert_eq!(compose.layer, Layer::Closing);
}

#[test]
fn a_chosen_time_is_sent_with_the_message_and_told() {
    let t = Instant::now();
    let mut compose = ready(t);
    let press = Press::new(Key::Named(Named::Enter), Modifiers::CTRL | Modifiers::SHIFT);
    assert_eq!(compose.update(Message::Key(press), t), Action::Focus("compose-later-0".into()));
    assert_eq!(compose.layer, Layer::Later);
    assert_eq!(
        compose.update(Message::LaterChosen(4_000_000_000), t),
        submit_at(&compose, SendTime::At(4_000_000_000))
    );
    let action = compose.answer(END, outbox(7), t);
    assert_eq!(flat(action)[0], Action::Sent { outbox: 7, when: SendTime::At(4_000_000_000) });
}

#[test]
fn a_time_that_was_chosen_and_not_used_is_forgotten() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::SubjectTyped(" ".into()), t);
    compose.update(Message::LaterChosen(4_000_000_000), t);
    assert!(matches!(compose.notice, Some(Notice::Doubts(_))));
    // The answer to the doubt keeps it, a new decision does not.
    let mut other = ready(t);
    other.update(Message::SubjectTyped(" ".into()), t);
    other.update(Message::LaterChosen(4_000_000_000), t);
    assert_eq!(other.update(Message::SendAnyway, t), submit_at(&other, SendTime::At(4_000_000_000)));
    assert_eq!(compose.update(Message::SendPressed, t), submit(&compose));
}

#[test]
fn a_typed_time_must_lie_ahead() {
    let t = Instant::now();
    let mut compose = ready(t);
    assert_eq!(compose.update(Message::OtherTimePressed, t), Action::Focus(ids::TIME));
    compose.update(Message::TimeTyped("2020-01-01 08:00".into()), t);
    assert_eq!(compose.update(Message::TimeFinished, t), Action::Focus(ids::TIME));
    assert!(compose.time.as_ref().is_some_and(|time| time.is_wrong));
    compose.update(Message::TimeTyped("2096-01-01T08:00:00Z".into()), t);
    let at = SendTime::At(3_976_243_200);
    assert_eq!(compose.update(Message::TimeFinished, t), submit_at(&compose, at));
}

#[test]
fn escape_leaves_the_menu_then_the_field() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::OtherTimePressed, t);
    compose.update(Message::LaterPressed, t);
    compose.update(Message::Key(Press::named(Named::Escape)), t);
    assert_eq!((compose.layer, compose.time.is_some()), (Layer::None, true));
    compose.update(Message::Key(Press::named(Named::Escape)), t);
    assert!(compose.time.is_none());
}

#[test]
fn reports_are_remembered_in_the_draft() {
    let t = Instant::now();
    let mut compose = ready(t);
    compose.update(Message::ReportToggled, t);
    assert!(compose.draft().report);
    let again = on(compose.draft(), t);
    assert!(again.draft().report);
    compose.update(Message::ReportToggled, t);
    assert!(!compose.draft().report);
}
