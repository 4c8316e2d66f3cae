//! What waits for the servers.

use super::*;

fn operation(id: i64, kind: QueuedKind) -> QueuedOperation {
    QueuedOperation {
        id,
        account: "ada".into(),
        kind,
        mailbox: MailboxPath("Projects/Engine".into()),
        subject: Some("Minutes".into()),
        attempts: 1,
        reason: Some(Problem::new(ProblemKind::Offline, "connection refused")),
        not_before: 0,
        under_way: false,
    }
}

fn waiting(operations: Vec<QueuedOperation>) -> State {
    let mut state = screen(10);
    let _ = state.answered(QUEUE, Answer::Queue(Ok(operations)));
    state
}

fn texts(state: &State) -> Vec<String> {
    let names = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (seen, mut every) = (names.clone(), all());
    let collect = move |candidate: iced::widget::selector::Candidate<'_>| {
        let semantics = every.select(candidate)?;
        seen.lock().unwrap().push(semantics.name);
        None::<usize>
    };
    assert!(window(state).find(collect).is_err(), "it walks over all");
    std::mem::take(&mut *names.lock().unwrap())
}

#[test]
fn the_status_bar_counts_what_waits_and_opens_it() {
    let state = waiting(vec![operation(1, QueuedKind::Move), operation(2, QueuedKind::Flags)]);
    let mut window = window(&state);
    let _ = window.click(having(Kind::Button, "2 changes wait"));
    let said: Vec<Message> = window.into_messages().collect();
    assert!(said.iter().any(|m| matches!(m, Message::Menu(Some(Menu::Queue)))), "{said:?}");
    assert!(!texts(&waiting(Vec::new())).iter().any(|name| name.contains("wait")));
}

#[test]
fn every_operation_is_told_and_can_be_tried_or_taken_out() {
    let under_way = QueuedOperation { under_way: true, ..operation(3, QueuedKind::RenameMailbox) };
    let mut state = waiting(vec![operation(1, QueuedKind::Move), operation(2, QueuedKind::Flags), under_way]);
    let _ = state.deed(Deed::Queue);
    let names = texts(&state);
    for told in ["Move “Minutes” to Projects/Engine", "Mark “Minutes”", "Rename or move the folder Projects/Engine"]
    {
        assert!(names.iter().any(|name| name == told), "{told}: {names:?}");
    }
    let count = |name: &str| names.iter().filter(|n| *n == name).count();
    assert_eq!((count("Try again"), count("Cancel")), (2, 2), "what is under way cannot be taken out");
    let cancelled = state.update(Message::Queue(super::super::queue::Message::Cancel(1)));
    assert_eq!(commands(&cancelled), [&Command::CancelOperation { id: 1 }]);
    let tried = state.update(Message::Queue(super::super::queue::Message::Retry(2)));
    assert_eq!(commands(&tried), [&Command::RetryOperation { id: 2 }]);
}

#[test]
fn an_empty_queue_says_so() {
    let mut state = waiting(Vec::new());
    let _ = state.deed(Deed::Queue);
    assert!(window(&state).find("Nothing waits: the servers know of every change.").is_ok());
}

#[test]
fn what_keeps_it_waiting_is_said_as_elsewhere() {
    let mut state = waiting(vec![operation(1, QueuedKind::Move)]);
    let problem = Problem::new(ProblemKind::Offline, "connection refused").of("ada");
    let connection = Connection::Failed { problem, retry_at: None };
    let _ = state.happened(&[Event::Connection { account: "ada".into(), connection }]);
    let _ = state.deed(Deed::Queue);
    assert!(window(&state).find("ada · There is no network.").is_ok());
}

#[test]
fn a_store_that_is_missing_and_removals_beside_us_are_said_above_the_list() {
    let mut state = screen(10);
    asks(&mut state, vec![(1, ProblemKind::StoreMissing { path: "/mail/ada".into() })]);
    let names = texts(&state);
    assert!(names.iter().any(|name| name.contains("/mail/ada is missing")), "{names:?}");
    let mut shown = window(&state);
    shown.click(having(Kind::Button, "Fetch its mail again")).expect("the choice");
    let said: Vec<Message> = shown.into_messages().collect();
    let [.., Message::FetchAgain(INBOX)] = &said[..] else { panic!("{said:?}") };
    let action = state.update(Message::FetchAgain(INBOX));
    assert_eq!(commands(&action), [&Command::FetchAgain { mailbox: INBOX }]);
    let mut shown = window(&state);
    shown.click(having(Kind::Button, "It is back")).expect("the choice");
    let said: Vec<Message> = shown.into_messages().collect();
    assert!(matches!(&said[..], [.., Message::Refresh(Some(name))] if name == "ada"), "{said:?}");
}

#[test]
fn removals_by_other_programs_are_asked_about_once_for_an_account() {
    let mut state = screen(10);
    let removed = |mailbox: &str, removals| ProblemKind::RemovedHere { mailbox: mailbox.into(), removals };
    asks(&mut state, vec![(1, removed("INBOX", 3)), (4, removed("Projects", 2))]);
    let names = texts(&state);
    let count = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
    assert_eq!((count(&crate::fl!("removed-fetch")), count(&crate::fl!("removed-carry"))), (1, 1), "{names:?}");
    assert!(names.iter().any(|name| name.contains("removed 5 messages from 2 folders")), "{names:?}");
    // An answer is heard by what waits, and asked about anew.
    let asked = state.happened(&[Event::Queue { account: "ada".into() }]);
    assert_eq!(asked, Action::Ask(Ask::Accounts, ACCOUNTS));
    asks(&mut state, Vec::new());
    assert!(!texts(&state).contains(&crate::fl!("removed-carry")));
}
