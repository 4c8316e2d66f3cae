//! The settings of an account without a display: what its update asks for, and what its view shows.

use super::*;
use crate::gui::action::Answer;
use crate::gui::widget::control::{Named, Role as Kind, having, named};
use crate::service::command::{Receipt, Secret};
use crate::service::model::*;
use crate::service::problem::ProblemKind;
use iced_test::Simulator;

fn account() -> Account {
    let endpoint = |protocol, port| Endpoint { protocol, host: "mail.example".into(), port, security: Security::Tls };
    Account {
        name: "ada".into(),
        email: "ada@mail.example".into(),
        user: "ada".into(),
        incoming: endpoint(Protocol::Imap, 993),
        outgoing: endpoint(Protocol::Smtp, 465),
        ..Account::default()
    }
}

fn mailbox(id: i64, path: &str) -> MailboxView {
    MailboxView {
        id: MailboxId(id),
        account: "ada".into(),
        path: MailboxPath(path.into()),
        role: (path == "INBOX").then_some(Role::Inbox),
        selectable: true,
        unread: 0,
        total: 0,
        subscribed: true,
    }
}

fn open(account: Account) -> State {
    let (mut state, action) = State::new(Box::new(account));
    assert_eq!(action, Action::Ask(Ask::Mailboxes(Some("ada".into())), MAILBOXES));
    let mailboxes = [(1, "INBOX"), (2, "Lists/Rust"), (3, "Lists/IMAP"), (4, "Work")];
    let mailboxes = mailboxes.map(|(id, path)| mailbox(id, path)).to_vec();
    assert_eq!(state.answered(MAILBOXES, Answer::Mailboxes(Ok(mailboxes))), Action::None);
    state
}

fn ui(state: &State) -> Simulator<'_, Message> {
    crate::i18n::choose(Some("en"));
    Simulator::with_size(crate::gui::app::settings(), (680.0, 1600.0), state.view())
}

fn click(state: &mut State, control: Named) -> Action {
    let mut window = ui(state);
    let _ = window.click(control).unwrap();
    let said: Vec<Message> = window.into_messages().collect();
    Action::batch(said.into_iter().map(|message| state.update(message)))
}

fn done(state: &mut State, tag: Tag) -> Action {
    state.answered(tag, Answer::Done(Ok(Receipt::default())))
}

#[test]
fn what_is_chosen_by_the_pointer_is_saved_by_one_command() {
    let mut state = open(account());
    click(&mut state, having(Kind::Radio, "Mail of the last months"));
    click(&mut state, having(Kind::Radio, "No more than"));
    click(&mut state, having(Kind::Radio, "Remove them on the server too"));
    let saved = click(&mut state, having(Kind::Button, "Save"));
    let wanted = Account { offline: Offline::Months(12), connections: 4, carry_removals: Some(true), ..account() };
    let wanted = Command::AddAccount { account: Box::new(wanted), secret: None };
    assert_eq!(saved, Action::Command(wanted, SAVE));
    assert_eq!(state.update(Message::SavePressed), Action::None, "once");
    assert_eq!(done(&mut state, SAVE), Action::Close);
}

#[test]
fn nothing_changed_is_nothing_saved() {
    let mut state = open(account());
    assert_eq!(state.update(Message::SavePressed), Action::Close);
    assert_eq!(open(account()).update(Message::CancelPressed), Action::Close);
}

#[test]
fn folders_are_found_watched_and_left_alone() {
    let mut state = open(account());
    let _ = state.update(Message::FolderTyped("li rust".into()));
    assert!(ui(&state).find(having(Kind::MenuItem, "Lists/Rust")).is_ok());
    assert!(ui(&state).find(having(Kind::MenuItem, "Lists/IMAP")).is_err());
    let _ = state.update(Message::FolderDone);
    let _ = state.update(Message::FolderTyped("inbox".into()));
    assert!(ui(&state).find("No other folder has these words in its name.").is_ok(), "it is watched anyway");
    let _ = state.update(Message::FolderTyped("work".into()));
    click(&mut state, having(Kind::MenuItem, "Work"));
    click(&mut state, named("Do not watch Lists/Rust any more"));
    let (made, _) = state.form.account(&state.account).unwrap();
    assert_eq!(made.pinned, [MailboxPath("Work".into())]);
}

#[test]
fn more_folders_than_connections_are_told() {
    let mut state = open(Account { connections: 3, ..account() });
    let _ = state.update(Message::Watch(MailboxPath("Work".into())));
    assert_eq!(state.form.unwatched(), 0);
    let _ = state.update(Message::Watch(MailboxPath("Lists/Rust".into())));
    let words = "There are not enough connections: one of these folders is looked at in turn with the rest instead.";
    assert!(ui(&state).find(words).is_ok());
}

#[test]
fn a_mistake_is_told_in_words_and_the_keyboard_goes_there() {
    let mut state = open(account());
    click(&mut state, having(Kind::Radio, "SOCKS5"));
    assert!(ui(&state).find("Enter the name of the proxy.").is_err(), "not before something is asked for");
    assert_eq!(state.update(Message::SavePressed), Action::Focus(ids::HOST.into()));
    assert!(ui(&state).find("Enter the name of the proxy.").is_ok());
    let _ = state.update(Message::HostTyped("proxy.example".into()));
    let _ = state.update(Message::PortTyped("0".into()));
    assert_eq!(state.update(Message::SavePressed), Action::Focus(ids::PORT.into()));
    assert!(ui(&state).find("A port is a number from 1 to 65535.").is_ok());
}

#[test]
fn the_password_of_a_proxy_is_kept_first_and_never_shown() {
    let mut state = open(account());
    let _ = state.update(Message::HostTyped("socks5://ada@proxy.example".into()));
    let _ = state.update(Message::PasswordTyped("hunter2".into()));
    assert!(ui(&state).find("hunter2").is_err());
    assert!(!format!("{:?}", state.form.account(&state.account)).contains("hunter2"));
    let kept = Command::SetProxyPassword { account: "ada".into(), password: Some(Secret("hunter2".into())) };
    assert_eq!(state.update(Message::SavePressed), Action::Command(kept, PASSWORD));
    let proxy = Proxy::parse("socks5://ada@proxy.example").ok();
    let account = Command::AddAccount { account: Box::new(Account { proxy, ..account() }), secret: None };
    assert_eq!(done(&mut state, PASSWORD), Action::Command(account, SAVE));
    assert_eq!(state.form.password, "");
}

#[test]
fn what_was_not_saved_is_told_and_still_there() {
    let mut state = open(account());
    click(&mut state, having(Kind::Radio, "Headers first"));
    let _ = state.update(Message::SavePressed);
    let problem = Problem::new(ProblemKind::DiskFull, "No space left on device");
    assert_eq!(state.answered(SAVE, Answer::Done(Err(problem))), Action::ScrollToTop(ids::PAGE));
    assert!(ui(&state).find("No space left on device").is_ok());
    assert_eq!(state.form.keep, Keep::Headers);
    assert!(matches!(state.update(Message::SavePressed), Action::Command(..)), "it can be tried again");
}

#[test]
fn a_pop3_account_has_a_proxy_and_nothing_of_imap() {
    let incoming = Endpoint { protocol: Protocol::Pop3, ..account().incoming };
    let state = open(Account { incoming, ..account() });
    let mut window = ui(&state);
    assert!(window.find(having(Kind::Heading, "Proxy")).is_ok());
    assert!(window.find(having(Kind::Heading, "Watched folders")).is_err());
    assert!(window.find(having(Kind::Heading, "Mail on this computer")).is_err());
}

#[test]
fn news_from_elsewhere_is_taken_over_and_a_removed_account_closes_the_window() {
    let mut state = open(account());
    let asked = state.happened(&[Event::Accounts]);
    assert_eq!(asked, Action::Ask(Ask::Accounts, ACCOUNTS));
    let pinned = vec![MailboxPath("Work".into())];
    let view =
        AccountView { account: Account { pinned, ..account() }, connection: Connection::Idle, questions: Vec::new() };
    let _ = state.answered(ACCOUNTS, Answer::Accounts(Ok(vec![view])));
    assert_eq!(state.update(Message::SavePressed), Action::Close, "it says what is so already");
    assert_eq!(state.answered(ACCOUNTS, Answer::Accounts(Ok(Vec::new()))), Action::Close);
}
