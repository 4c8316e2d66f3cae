//! The set-up without a display: what its update asks for, and what its view shows.

use super::*;
use crate::gui::widget::control::{Role, having, named};
use crate::service::problem::{CertificateReason, ProblemKind};
use iced::keyboard;
use iced_test::{Simulator, selector};

fn fresh() -> State {
    State::new(true, None).0
}

fn filled() -> State {
    let mut state = fresh();
    for message in [
        Message::PersonTyped("Ada Lovelace".into()),
        Message::EmailTyped("ada@lovelace.example".into()),
        Message::PasswordTyped("secret".into()),
    ] {
        assert_eq!(state.update(message), Action::None);
    }
    state
}

fn ui(state: &State) -> Simulator<'_, Message> {
    crate::i18n::choose(Some("en"));
    Simulator::with_size(crate::gui::app::settings(), (1280.0, 1400.0), state.view())
}

fn check(state: &State) -> Action {
    let (account, secret) = state.account().unwrap();
    Action::Ask(Ask::Check { account: Box::new(account), secret }, CHECK)
}

fn add(state: &State) -> Action {
    let (account, secret) = state.account().unwrap();
    Action::Command(Command::AddAccount { account: Box::new(account), secret }, ADD)
}

fn good() -> CheckReport {
    CheckReport { incoming: Ok("TLS 1.3, PLAIN".into()), outgoing: Ok("TLS 1.3".into()) }
}

fn report(state: &mut State, report: CheckReport) -> Action {
    state.answered(CHECK, Answer::Check(Box::new(Ok(report))))
}

fn wrong_name() -> Problem {
    Problem::new(
        ProblemKind::Certificate {
            server: "imap.lovelace.example:993".into(),
            reason: CertificateReason::Name { presented: vec!["other.example".into()] },
            issuer: "Some CA".into(),
        },
        "NotValidForName",
    )
}

#[test]
fn signing_in_tests_then_adds_then_leaves() {
    let mut state = filled();
    assert_eq!(state.update(Message::SignInPressed), check(&state));
    assert_eq!(state.update(Message::SignInPressed), Action::None, "once");
    assert_eq!(state.update(Message::PasswordTyped("other".into())), Action::None);
    assert_eq!(state.form.password, "secret", "what is being tested stands still");
    assert_eq!(report(&mut state, good()), add(&state));
    assert_eq!(state.answered(ADD, Answer::Done(Ok(Receipt::default()))), Action::Close);
    assert!(state.is_done());
    assert_eq!(state.form.password, "");
}

#[test]
fn a_test_alone_adds_nothing_and_is_not_repeated() {
    let mut state = filled();
    assert_eq!(state.update(Message::TestPressed), check(&state));
    assert_eq!(report(&mut state, good()), Action::Focus(ids::SIGN_IN));
    assert_eq!(state.update(Message::SignInPressed), add(&state));
}

#[test]
fn other_settings_are_tested_anew() {
    let mut state = filled();
    state.update(Message::TestPressed);
    report(&mut state, good());
    state.update(Message::HostTyped(Side::Outgoing, "mail.lovelace.example".into()));
    assert_eq!(state.report, None);
    assert_eq!(state.update(Message::SignInPressed), check(&state));
}

#[test]
fn a_failed_server_keeps_what_was_typed_and_adds_only_when_told() {
    let mut state = filled();
    state.update(Message::SignInPressed);
    let bad = CheckReport { incoming: Err(wrong_name()), ..good() };
    assert_eq!(report(&mut state, bad), Action::Focus(view::details_id(Side::Incoming)));
    assert_eq!(state.form.password, "secret");
    assert_eq!(state.update(Message::AddAnyway), add(&state));
}

#[test]
fn a_certificate_is_told_with_name_and_issuer_and_no_override() {
    let mut state = filled();
    state.update(Message::SignInPressed);
    report(&mut state, CheckReport { incoming: Err(wrong_name()), ..good() });
    let words = crate::i18n::problem::words(&wrong_name());
    assert!(words.what.contains("other.example") && words.what.contains("Some CA"));
    let sentence = format!("Incoming mail: {} {}", words.what, words.advice);
    let mut shown = ui(&state);
    assert!(shown.find(having(Role::Status, sentence)).is_ok());
    assert!(shown.find(having(Role::Status, "Outgoing mail: works (TLS 1.3).")).is_ok());
    assert!(shown.find("NotValidForName").is_err());
    shown.click(having(Role::Button, "Details")).unwrap();
    let messages: Vec<_> = shown.into_messages().collect();
    assert_eq!(messages, [Message::DetailsPressed(Side::Incoming)]);
    state.update(Message::DetailsPressed(Side::Incoming));
    assert!(ui(&state).find("NotValidForName").is_ok());
}

#[test]
fn mistakes_are_told_when_asked_and_take_the_keyboard() {
    let mut state = fresh();
    assert!(ui(&state).find(having(Role::Alert, "Enter your mail address.")).is_err());
    assert_eq!(state.update(Message::SignInPressed), Action::Focus(iced::widget::Id::new(ids::EMAIL)));
    let mut shown = ui(&state);
    for words in ["Enter your mail address.", "Enter the password.", "Enter the user name."] {
        assert!(shown.find(having(Role::Alert, words)).is_ok(), "{words}");
    }
}

#[test]
fn plain_text_is_warned_of_and_needs_its_tick() {
    let mut state = filled();
    state.update(Message::SecurityChosen(Side::Incoming, Security::None));
    assert!(matches!(state.update(Message::SignInPressed), Action::Focus(_)));
    let mut shown = ui(&state);
    assert!(shown.find("Tick that you want this, or choose TLS or STARTTLS.").is_ok());
    shown.click(having(Role::CheckBox, "I understand, and want it so")).unwrap();
    let messages: Vec<_> = shown.into_messages().collect();
    assert_eq!(messages, [Message::PlainTicked(Side::Incoming)]);
    state.update(Message::PlainTicked(Side::Incoming));
    assert_eq!(state.update(Message::SignInPressed), check(&state));
}

#[test]
fn the_policies_of_pop3_are_shown_for_pop3_alone() {
    let mut state = filled();
    assert!(ui(&state).find(named("Keep it there")).is_err());
    let mut shown = ui(&state);
    shown.click(having(Role::Radio, "POP3")).unwrap();
    assert_eq!(shown.into_messages().collect::<Vec<_>>(), [Message::IncomingChosen(Protocol::Pop3)]);
    state.update(Message::IncomingChosen(Protocol::Pop3));
    let mut shown = ui(&state);
    for words in
        ["Keep it there", "Remove it some days after it was downloaded", "Remove it as soon as it is downloaded"]
    {
        assert!(shown.find(having(Role::Radio, words)).is_ok(), "{words}");
    }
}

#[test]
fn the_place_of_the_password_is_told() {
    let mut state = filled();
    assert!(
        ui(&state)
            .find("Your mail stays on this computer in a plain Maildir; the password goes to the system keyring.")
            .is_ok()
    );
    state.answered(PLACE, Answer::SecretPlace(SecretPlace::File));
    let mut shown = ui(&state);
    let place = shown.find(selector::id(ids::SECRET));
    assert!(place.is_ok());
    assert!(shown.find(named("No system keyring answers here. The password will lie in a file of your profile that only you can read (mode 0600), but not encrypted.")).is_ok());
}

#[test]
fn the_password_is_hidden_until_it_is_asked_for() {
    let mut state = filled();
    let field = |state: &State| {
        let mut shown = ui(state);
        shown.find("secret").is_ok()
    };
    assert!(!field(&state));
    let mut shown = ui(&state);
    shown.click(having(Role::Button, "Show the password")).unwrap();
    assert_eq!(shown.into_messages().collect::<Vec<_>>(), [Message::EyePressed]);
    state.update(Message::EyePressed);
    assert!(field(&state));
}

#[test]
fn enter_in_a_field_signs_in() {
    let state = filled();
    let mut shown = ui(&state);
    shown.click(selector::id(iced::widget::Id::new(ids::PASSWORD))).unwrap();
    shown.tap_key(keyboard::Key::Named(Named::Enter));
    assert_eq!(shown.into_messages().collect::<Vec<_>>(), [Message::SignInPressed]);
}

#[test]
fn the_first_account_offers_the_demo_and_a_later_one_a_way_back() {
    let state = fresh();
    let mut shown = ui(&state);
    assert!(shown.find(named("Cancel")).is_err());
    shown.click(having(Role::Button, "Try the demo mailbox")).unwrap();
    assert_eq!(shown.into_messages().collect::<Vec<_>>(), [Message::DemoPressed]);
    let mut state = State::new(false, None).0;
    assert!(ui(&state).find(named("Cancel")).is_ok());
    assert_eq!(state.pressed(&Press::named(Named::Escape)), Action::Close);
}

#[test]
fn a_ca_file_is_chosen_or_typed() {
    let mut state = filled();
    assert_eq!(state.update(Message::CaPressed), Action::PickFiles(PICK));
    state.answered(PICK, Answer::Picked(vec!["/home/ada/ca.pem".into()]));
    assert_eq!(state.account().unwrap().0.ca_file, Some("/home/ada/ca.pem".into()));
    let typed = state.answered(PICK, Answer::NoDialog(None));
    assert_eq!(typed, Action::Focus(iced::widget::Id::new(ids::CA)));
}
