//! The main screen without a display: updates by their actions, and the window by its controls' names.

mod conversing;
mod dragging;
mod fetching;
mod folder_lines;
mod leaving;
mod narrow;
mod outbox_rows;
mod paging;
mod quoting;
mod searching;
mod selecting;
mod settings;
mod taking_back;
mod typing;
mod waiting;

use super::fixtures::{account, mailbox, page, row};
use super::undo::Undo;
use super::*;
use crate::gui::action::{Listed, Part};
use crate::gui::keymap::Press;
use crate::gui::widget::control::{Role as Kind, all, having, named, root};
use crate::gui::widget::virtual_list::RowPress;
use crate::service::command::UndoToken;
use crate::service::{Problem, ProblemKind, Receipt};
use iced::Size;
use iced::keyboard::key::Named as Key;
use iced::keyboard::{self, Modifiers};
use iced::widget::selector::Selector;
use iced_test::simulator::{Simulator, press_key};

const INBOX: MailboxId = MailboxId(1);
const SIZE: Size = Size::new(1280.0, 800.0);

/// A screen on the Inbox of one account, with so many messages in it.
fn screen(total: u64) -> State {
    screen_with(Preferences { conversations: false, ..Preferences::default() }, total)
}

fn screen_with(preferences: Preferences, total: u64) -> State {
    let (mut state, _) = State::new(preferences);
    state.answered(ACCOUNTS, Answer::Accounts(Ok(vec![account("ada")])));
    let mailboxes = vec![
        mailbox(1, "ada", "INBOX", Some(Role::Inbox)),
        mailbox(2, "ada", "Drafts", Some(Role::Drafts)),
        mailbox(3, "ada", "Trash", Some(Role::Trash)),
        mailbox(4, "ada", "Projects", None),
    ];
    state.viewport = 720.0;
    let mut action = state.answered(MAILBOXES, Answer::Mailboxes(Ok(mailboxes)));
    answer_rows(&mut state, &mut action, total);
    state
}

/// Answers what is asked of the list until nothing more is asked. Returns the other actions.
fn answer_rows(state: &mut State, action: &mut Action, total: u64) -> Vec<Action> {
    answer_pages(state, action, |range| page(range, total))
}

fn answer_pages(state: &mut State, action: &mut Action, page: impl Fn(std::ops::Range<u64>) -> Part) -> Vec<Action> {
    let mut other = Vec::new();
    let mut open = vec![std::mem::take(action)];
    while let Some(next) = open.pop() {
        match next {
            Action::Batch(all) => open.extend(all),
            Action::Ask(Ask::Rows { query, range }, tag) => {
                let part = Ok(page(range.clone()));
                open.push(state.answered(tag, Answer::Rows { query, range, part }));
            }
            Action::None => {}
            action => other.push(action),
        }
    }
    other
}

fn press(state: &mut State, index: u64, modifiers: Modifiers) -> Action {
    state.update(Message::List(Said::Pressed(RowPress { index, modifiers, double: false })))
}

/// The commands among actions.
fn commands(action: &Action) -> Vec<&Command> {
    match action {
        Action::Batch(all) => all.iter().flat_map(commands).collect(),
        Action::Command(command, _) => vec![command],
        _ => Vec::new(),
    }
}

/// The tag of the first command.
fn tag(action: &Action) -> Tag {
    match action {
        Action::Command(_, tag) => Some(*tag),
        Action::Batch(all) => all.iter().find_map(|a| if let Action::Command(_, tag) = a { Some(*tag) } else { None }),
        _ => None,
    }
    .unwrap_or_else(|| panic!("{action:?}"))
}

/// The account asks these questions, each about a mailbox.
fn asks(state: &mut State, questions: Vec<(i64, ProblemKind)>) {
    let questions = questions
        .into_iter()
        .map(|(id, kind)| Question { mailbox: Some(MailboxId(id)), problem: Problem::new(kind, "").of("ada") });
    let view = AccountView { questions: questions.collect(), ..account("ada") };
    let _ = state.answered(ACCOUNTS, Answer::Accounts(Ok(vec![view])));
}

fn ids(state: &State) -> Vec<u64> {
    state.selection.sorted().iter().map(|id| id.0).collect()
}

fn opened(state: &mut State, id: u64, text: &str) -> Action {
    let content = Content { text: text.into(), ..Content::default() };
    let view = MessageView { row: row(id), account: "ada".into(), content, trust: Default::default() };
    state.answered(READ, Answer::Message(MessageId(id), Box::new(Ok(view))))
}

type Window<'a> = Simulator<'a, Message>;

/// The window in a simulator.
fn window(state: &State) -> Window<'_> {
    let settings = crate::gui::app::settings();
    Simulator::with_size(settings, SIZE, root(iced::window::Id::unique(), state.title(), state.view()))
}

#[test]
fn it_starts_in_the_first_inbox_and_asks_for_its_rows_only() {
    let (mut state, first) = State::new(Preferences::default());
    assert!(!state.is_empty(), "nothing is known yet");
    assert!(!state.has_rows());
    assert!(matches!(first, Action::Batch(all) if all.contains(&Action::Ask(Ask::Accounts, ACCOUNTS))));
    let action = state.answered(MAILBOXES, Answer::Mailboxes(Ok(vec![mailbox(7, "ada", "INBOX", Some(Role::Inbox))])));
    let asked = Ask::Rows { query: Listed::List(ListQuery::threaded(Query::Mailbox(MailboxId(7)))), range: 0..64 };
    assert_eq!(action, Action::Ask(asked, Tag::numbered(ROWS, 0)));
    state.answered(ACCOUNTS, Answer::Accounts(Ok(Vec::new())));
    assert!(state.is_empty());
}

#[test]
fn drafts_that_a_kill_left_open_are_opened_again() {
    let mut state = screen(3);
    let draft = Draft {
        id: "d1".into(),
        account: "ada".into(),
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: String::new(),
        body: String::new(),
        attachments: Vec::new(),
        in_reply_to: Vec::new(),
        references: Vec::new(),
        origin: DraftOrigin::New,
        unfinished: Default::default(),
        report: false,
    };
    let action = state.answered(DRAFTS, Answer::Drafts(Ok(vec![draft.clone()])));
    assert_eq!(action, Action::Open(Open::Draft(Box::new(draft))));
}

#[test]
fn a_click_reads_a_message_and_marks_it_read_without_a_word() {
    let mut state = screen(100);
    assert!(state.has_rows());
    assert_eq!(press(&mut state, 2, Modifiers::empty()), Action::Ask(Ask::Message(MessageId(98)), READ));
    let action = opened(&mut state, 98, "hello");
    let command = Command::SetFlags { ids: vec![MessageId(98)], add: Flags::SEEN, remove: Flags::empty() };
    assert_eq!(commands(&action), [&command]);
    assert!(state.pages.get(2).is_some_and(|row| row.flags.contains(Flags::SEEN)), "the list shows it at once");
    assert!(state.toast.is_none());
}

#[test]
fn ctrl_and_shift_select_as_in_a_file_manager() {
    let mut state = screen(100);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = press(&mut state, 3, Modifiers::CTRL);
    assert_eq!(ids(&state), [97, 100]);
    let _ = press(&mut state, 5, Modifiers::SHIFT);
    assert_eq!(ids(&state), [95, 96, 97]);
    let _ = state.deed(Deed::ExtendNext);
    assert_eq!(ids(&state), [94, 95, 96, 97]);
    let _ = state.deed(Deed::Escape);
    assert_eq!(ids(&state), [94]);
}

#[test]
fn shift_over_rows_that_are_not_known_asks_for_them_in_parts() {
    let mut state = screen(10_000);
    let _ = press(&mut state, 0, Modifiers::empty());
    let mut action = state.update(Message::List(Said::Scrolled(5_000.0)));
    answer_rows(&mut state, &mut action, 10_000);
    let mut action = press(&mut state, 5_001, Modifiers::SHIFT);
    answer_rows(&mut state, &mut action, 10_000);
    assert_eq!(state.selection.len(), 5_002);
    let mut action = state.deed(Deed::SelectAll);
    answer_rows(&mut state, &mut action, 10_000);
    assert_eq!(state.selection.len(), 10_000);
    assert!(state.sweep.is_none());
}

#[test]
fn deleting_moves_on_at_once_and_offers_undo() {
    let mut state = screen(100);
    let _ = press(&mut state, 2, Modifiers::empty());
    let _ = opened(&mut state, 98, "x");
    let action = state.deed(Deed::Delete);
    assert_eq!(commands(&action)[0], &Command::Delete { ids: vec![MessageId(98)] });
    assert_eq!(state.pages.total(), 99, "it is gone before the service has answered");
    assert_eq!(ids(&state), [97], "what took its place is selected");
    let tag = tag(&action);
    let receipt = Receipt { undo: Some(UndoToken(5)), count: 1, ..Receipt::default() };
    let _ = state.answered(tag, Answer::Done(Ok(receipt)));
    assert!(state.toast.as_ref().is_some_and(|toast| toast.undo.is_some()));
    let action = state.key(&Press::new(keyboard::Key::Character("z".into()), Modifiers::COMMAND));
    assert_eq!(commands(&action), [&Command::Undo { token: UndoToken(5) }]);
}

#[test]
fn a_refused_change_is_said_and_the_list_is_read_again() {
    let mut state = screen(10);
    let _ = press(&mut state, 0, Modifiers::empty());
    let action = state.deed(Deed::Archive);
    let tag = tag(&action);
    let problem = Problem::new(ProblemKind::DiskFull, "");
    let action = state.answered(tag, Answer::Done(Err(problem.clone())));
    assert_eq!(state.notice, Some(problem));
    assert!(matches!(action, Action::None | Action::Ask(Ask::Rows { .. }, _)), "{action:?}");
}

#[test]
fn the_trash_asks_before_it_deletes_for_good() {
    let mut state = screen(10);
    let mut action = state.update(Message::Show(Place::Mailbox(MailboxId(3))));
    answer_rows(&mut state, &mut action, 5);
    let _ = press(&mut state, 0, Modifiers::empty());
    let action = state.deed(Deed::Delete);
    assert!(commands(&action).is_empty());
    assert_eq!(state.menu, Some(Menu::DeleteForGood(vec![MessageId(5)])));
    let action = state.update(Message::DeleteForGood(vec![MessageId(5)]));
    assert_eq!(commands(&action)[0], &Command::Delete { ids: vec![MessageId(5)] });
}

#[test]
fn the_next_unread_message_is_found_beyond_what_is_known() {
    let mut state = screen(5_000);
    let seen: HashSet<MessageId> = (0..=5_000).map(MessageId).collect();
    state.pages.change(&seen, |listed| listed.row.flags = Flags::SEEN);
    let _ = press(&mut state, 0, Modifiers::empty());
    let action = state.deed(Deed::NextUnread);
    let Action::Ask(Ask::Rows { query, range }, tag) = action else { panic!("{action:?}") };
    assert!(range.start > 0 && tag.name == SEEK);
    let mut found = page(range.clone(), 5_000);
    for row in found.rows.iter_mut().take(500) {
        row.row.flags = Flags::SEEN;
    }
    let mut action = state.answered(tag, Answer::Rows { query, range: range.clone(), part: Ok(found) });
    answer_rows(&mut state, &mut action, 5_000);
    assert_eq!(state.selection.cursor().map(|(at, _)| at), Some(range.start + 500));
}

#[test]
fn new_mail_above_leaves_what_is_read_where_it_is() {
    let mut state = screen(1_000);
    let mut action = state.update(Message::List(Said::Scrolled(100.0)));
    answer_rows(&mut state, &mut action, 1_000);
    let _ = press(&mut state, 101, Modifiers::empty());
    let mut action = state.happened(&[Event::Mailbox { id: INBOX }]);
    answer_rows(&mut state, &mut action, 1_003);
    assert_eq!(state.offset, 103.0);
    assert_eq!(state.selection.cursor(), Some((104, MessageId(899))));
}

#[test]
fn the_service_is_asked_one_thing_at_a_time() {
    let mut state = screen(10);
    let changed = [Event::Mailboxes { account: "ada".into() }];
    assert_eq!(state.happened(&changed), Action::Ask(Ask::Mailboxes(None), MAILBOXES));
    assert_eq!(state.happened(&changed), Action::None, "the answer under way will be followed by another question");
    let again = state.answered(MAILBOXES, Answer::Mailboxes(Ok(vec![mailbox(1, "ada", "INBOX", Some(Role::Inbox))])));
    assert_eq!(again, Action::Ask(Ask::Mailboxes(None), MAILBOXES));
}

#[test]
fn a_refused_recipient_is_corrected_and_sent_again() {
    let mut state = screen(1);
    let correct = outbox::Message::Correct { id: 4, old: "x@a.test".into(), new: " y@a.test ".into() };
    let _ = state.update(Message::Outbox(correct));
    let action = state.update(Message::Outbox(outbox::Message::Retry(4)));
    let corrected = vec![("x@a.test".to_string(), "y@a.test".to_string())];
    assert_eq!(action, Action::Command(Command::RetrySubmission { id: 4, corrected }, QUIET));
}

#[test]
fn undo_takes_back_a_submission_that_has_not_left() {
    let mut state = screen(1);
    let item = |id| OutboxItem {
        id,
        account: "ada".into(),
        subject: "s".into(),
        message_id: "m".into(),
        submission: Submission::Waiting { not_before: state.now.timestamp().as_second() + 60, reason: None },
        recipients: Vec::new(),
        queued_at: 0,
        attempts: 0,
        report: false,
        leaves_at: None,
        is_editable: true,
    };
    let (old, new) = (item(1), item(2));
    let _ = state.answered(OUTBOX, Answer::Outbox(Ok(vec![old.clone()])));
    let _ = state.answered(OUTBOX, Answer::Outbox(Ok(vec![old, new])));
    assert_eq!(state.deed(Deed::Undo), Action::Command(Command::CancelSubmission { id: 2 }, UNSENT));
    assert_eq!(state.ticks(), Some(Duration::from_secs(1)), "the seconds are counted down");
}

#[test]
fn the_toast_takes_back_what_it_tells_of() {
    let mut state = screen(1);
    state.undo.push(Undo::Change(UndoToken(1)), Words::default());
    state.undo.push(Undo::Change(UndoToken(2)), Words::default());
    let _ = state.say("sent".to_string(), Some(Undo::Send(7)));
    assert_eq!(state.update(Message::Undo), Action::Command(Command::CancelSubmission { id: 7 }, UNSENT));
    assert_eq!(commands(&state.deed(Deed::Undo)), [&Command::Undo { token: UndoToken(2) }]);
    assert_eq!(state.undo.all(), [Undo::Change(UndoToken(1))]);
}

#[test]
fn a_refused_recipient_is_led_to_the_outbox() {
    let mut state = screen(1);
    let kind = ProblemKind::SomeRefused { refused: 1, total: 3 };
    let _ = state.happened(&[Event::Failed(Problem::new(kind, "").of("ada"))]);
    let mut shown = window(&state);
    shown.click(having(Kind::Button, "Open the Outbox")).expect("the way there");
    let messages: Vec<Message> = shown.into_messages().collect();
    assert!(messages.iter().any(|m| matches!(m, Message::Show(Place::Outbox))), "{messages:?}");
}

#[test]
fn preferences_are_stored_once_after_a_drag() {
    let mut state = screen(1);
    let first = state.update(Message::SidebarResized(250.0));
    let second = state.update(Message::SidebarResized(260.0));
    let (Action::After(_, first), Action::After(_, second)) = (first, second) else { panic!() };
    assert_eq!(state.answered(first, Answer::Elapsed), Action::None);
    let stored = state.answered(second, Answer::Elapsed);
    let [Command::SetPreferences { preferences }] = commands(&stored)[..] else { panic!("{stored:?}") };
    assert_eq!(preferences.sidebar_width, 260.0);
}

#[test]
fn every_control_is_found_by_its_name_and_role() {
    let mut state = screen(100);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = opened(&mut state, 100, "hello");
    let mut window = window(&state);
    for (kind, name) in [
        (Kind::Button, "New message"),
        (Kind::TreeItem, "Inbox"),
        (Kind::TreeItem, "Projects"),
        (Kind::TreeItem, "ada"),
        (Kind::List, "Inbox"),
        (Kind::ListItem, "Subject 100"),
        (Kind::Heading, "Subject 100"),
        (Kind::Button, "Reply"),
        (Kind::Button, "Reply all"),
        (Kind::Button, "Archive"),
        (Kind::Button, "Delete"),
        (Kind::Document, "Subject 100"),
        (Kind::Splitter, "Width of the list"),
        (Kind::Status, "Not connected yet"),
    ] {
        assert!(window.find(having(kind, name)).is_ok(), "{kind:?} {name}");
    }
    window.click(named("Archive")).expect("the button");
    let messages: Vec<Message> = window.into_messages().collect();
    assert!(messages.iter().any(|m| matches!(m, Message::Do(Deed::Archive))), "{messages:?}");
}

#[test]
fn a_million_rows_build_the_visible_ones_only() {
    let state = screen(1_000_000);
    let mut window = window(&state);
    let controls = window.find(all_of(Kind::ListItem)).expect("rows");
    assert!((8..=14).contains(&controls), "{controls} rows are built");
    let list = window.find(having(Kind::List, "Inbox")).expect("the list");
    assert!(list_size(&mut window) == Some(1_000_000), "{list:?}");
}

/// Counts the controls of a kind that lie in the list.
fn all_of(kind: Kind) -> impl Selector<Output = usize> + Send {
    let mut count = 0;
    move |candidate: iced::widget::selector::Candidate<'_>| {
        if let iced::widget::selector::Candidate::Custom { state, .. } = &candidate
            && let Some(semantics) = state.downcast_ref::<crate::gui::widget::control::Semantics>()
        {
            if semantics.role == kind {
                count += 1;
            }
            // The status bar comes last of all.
            if semantics.role == Kind::Status {
                return Some(count);
            }
        }
        None
    }
}

fn list_size(window: &mut Window<'_>) -> Option<u64> {
    let mut all = all();
    let find = move |candidate: iced::widget::selector::Candidate<'_>| {
        all.select(candidate).filter(|semantics| semantics.role == Kind::List).and_then(|semantics| semantics.position)
    };
    window.find(find).ok().map(|(_, size)| size)
}

#[test]
fn tab_reaches_controls_and_enter_works_them() {
    use crate::gui::focus::Move;
    // New message, All inboxes, Outbox, and back.
    let messages = entered(&screen(10), &[Move::Next, Move::Next, Move::Next, Move::Previous]);
    assert!(messages.iter().any(|m| matches!(m, Message::Show(Place::AllInboxes))), "{messages:?}");
}

/// What comes of Enter after the keyboard went this way.
fn entered(state: &State, way: &[crate::gui::focus::Move]) -> Vec<Message> {
    use iced::advanced::widget::operation::{Operation, Outcome, black_box};
    use iced_test::runtime::user_interface::{Cache, UserInterface};
    let id = iced::window::Id::unique();
    let mut renderer = headless();
    let element = root(id, state.title(), state.view());
    let mut ui = UserInterface::build(element, SIZE, Cache::default(), &mut renderer);
    for to in way {
        let mut operation: Option<Box<dyn Operation<()>>> =
            Some(Box::new(crate::gui::focus::focus::<()>(id, to.clone())));
        while let Some(mut running) = operation.take() {
            ui.operate(&renderer, &mut black_box(&mut *running));
            if let Outcome::Chain(next) = running.finish() {
                operation = Some(next);
            }
        }
    }
    let mut messages = Vec::new();
    let enter = [press_key(Key::Enter, None)];
    let (nowhere, nothing) = (iced::mouse::Cursor::Unavailable, &mut iced::advanced::clipboard::Null);
    let _ = ui.update(&enter, nowhere, &mut renderer, nothing, &mut messages);
    messages
}

fn headless() -> iced::Renderer {
    use iced::advanced::renderer::Headless;
    let made = <iced::Renderer as Headless>::new(iced::Font::DEFAULT, 14.0.into(), Some("tiny-skia"));
    iced::futures::executor::block_on(made).expect("a renderer")
}

#[test]
fn escape_closes_a_menu_even_from_its_field() {
    let mut state = screen(10);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = state.deed(Deed::MoveTo);
    assert_eq!(state.menu, Some(Menu::Move));
    let mut window = window(&state);
    window.click(having(Kind::Field, "Find a folder")).expect("the field");
    window.tap_key(Key::Escape);
    let messages: Vec<Message> = window.into_messages().collect();
    assert!(messages.iter().any(|m| matches!(m, Message::Menu(None))), "{messages:?}");
}

#[test]
fn the_first_folder_that_fits_takes_the_messages() {
    let mut state = screen(10);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = state.deed(Deed::MoveTo);
    let _ = state.update(Message::Filter("proj".into()));
    let action = state.update(Message::FilterDone);
    assert_eq!(commands(&action)[0], &Command::Move { ids: vec![MessageId(10)], to: MailboxId(4) });
    assert!(state.menu.is_none());
}

#[test]
fn a_pane_that_failed_says_so_with_a_button() {
    let mut state = screen(0);
    let query = Listed::List(ListQuery::flat(Query::Mailbox(INBOX)));
    let problem = Problem::new(ProblemKind::Disk { path: "/mail".into() }, "I/O error");
    state.pages = Pages::default();
    let _ = state.fetch();
    let _ = state.answered(Tag::numbered(ROWS, 0), Answer::Rows { query, range: 0..64, part: Err(problem) });
    let mut window = window(&state);
    assert!(window.find(having(Kind::Button, "Try again")).is_ok());
}

#[test]
fn held_removals_are_decided_by_the_person() {
    let mut state = screen(10);
    let kind = ProblemKind::Held { mailbox: "INBOX".into(), removals: 60, total: 100 };
    asks(&mut state, vec![(1, kind)]);
    let mut shown = window(&state);
    shown.click(having(Kind::Button, "Remove them here too")).expect("the choice");
    let messages: Vec<Message> = shown.into_messages().collect();
    let [.., Message::AcceptRemovals(name)] = &messages[..] else { panic!("{messages:?}") };
    let action = state.update(Message::AcceptRemovals(name.clone()));
    assert_eq!(action, Action::Command(Command::AcceptRemovals { account: "ada".into() }, QUIET));
    let _ = state.update(Message::KeepRemovals("ada".into()));
    assert!(window(&state).find(having(Kind::Button, "Keep them here")).is_err());
}
