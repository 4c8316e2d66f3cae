//! The window before there is a draft, and links that fill it.

use super::*;
use crate::gui::screen::Screen;
use crate::service::model::{AccountView, Connection, Preferences};

const BEGIN: Tag = Tag::new("compose-begin");

fn answer_all(state: &mut State, draft: Result<Draft, Problem>) -> Vec<Action> {
    let accounts = accounts()
        .into_iter()
        .map(|account| AccountView { account, connection: Connection::Idle, questions: Vec::new() })
        .collect();
    let answers = [
        (BEGIN, Answer::Begun(Box::new(draft))),
        (Tag::new("compose-accounts"), Answer::Accounts(Ok(accounts))),
        (Tag::new("compose-preferences"), Answer::Preferences(Ok(Preferences::default()))),
    ];
    answers.into_iter().flat_map(|(tag, answer)| flat(state.answered(tag, answer))).collect()
}

#[test]
fn it_waits_for_draft_accounts_and_preferences() {
    let (mut state, action) = State::begin(DraftOrigin::New, false);
    assert_eq!(flat(action).len(), 3);
    assert_eq!(state.resized(800.0, 600.0), Action::None);
    assert_eq!(answer_all(&mut state, Ok(draft())), [Action::Focus(Field::To.id())]);
    assert_eq!(state.draft_id(), Some("d1"));
    assert_eq!(state.title(), "New message");
}

#[test]
fn a_link_fills_the_draft_and_is_saved() {
    crate::i18n::choose(Some("en"));
    let (mut state, _) =
        State::mailto("mailto:a@a.test?cc=b@b.test&subject=Hi%20there&body=one%0Atwo&attach=/etc/passwd");
    let actions = answer_all(&mut state, Ok(draft()));
    let Some(Action::Command(Command::SaveDraft { draft }, _)) = actions.last() else { panic!("{actions:?}") };
    assert_eq!(draft.to, [Address::new("", "a@a.test")]);
    assert_eq!(draft.cc, [Address::new("", "b@b.test")]);
    assert_eq!((draft.subject.as_str(), draft.body.as_str()), ("Hi there", "one\ntwo"));
    assert!(draft.attachments.is_empty());
    assert_eq!(state.title(), "Hi there");
}

#[test]
fn a_draft_that_cannot_begin_is_told() {
    crate::i18n::choose(Some("en"));
    let (mut state, _) = State::begin(DraftOrigin::Reply(7), true);
    answer_all(&mut state, Err(full(ProblemKind::NotFound { what: "message".into() })));
    let mut ui = Simulator::with_size(crate::gui::app::settings(), (800.0, 600.0), state.view());
    ui.click(crate::gui::widget::control::having(Role::Button, "Close")).unwrap();
    assert_eq!(ui.into_messages().collect::<Vec<_>>(), [Message::CloseRequested]);
    assert_eq!(state.update(Message::CloseRequested), Action::Close);
}
