//! The message that is open leaves its mailbox by another program's doing.

use super::*;

/// A part of a mailbox that holds these ids.
fn of(ids: &[u64], range: std::ops::Range<u64>) -> Page {
    let part = ids.iter().skip(range.start as usize).take((range.end - range.start) as usize);
    Page { start: range.start, rows: part.map(|id| row(*id)).collect(), total: ids.len() as u64, unread: 0 }
}

/// The Inbox changed elsewhere and holds these now. What is asked beside its rows.
fn changed(state: &mut State, ids: &[u64]) -> Vec<Action> {
    let mut action = state.happened(&[Event::Mailbox { id: INBOX }]);
    answer_pages(state, &mut action, |range| of(ids, range))
}

fn asked(actions: &[Action], id: u64) -> bool {
    actions.contains(&Action::Ask(Ask::Message(MessageId(id)), READ))
}

fn not_found() -> Answer {
    let kind = ProblemKind::NotFound { what: "message".into() };
    Answer::Message(MessageId(98), Box::new(Err(Problem::new(kind, ""))))
}

/// A hundred messages, of which the third, 98, is open.
fn reading() -> State {
    let mut state = screen(100);
    let _ = press(&mut state, 2, Modifiers::empty());
    let _ = opened(&mut state, 98, "hello");
    state
}

#[test]
fn the_next_message_takes_its_place_and_stays_unread() {
    let mut state = reading();
    let rest: Vec<u64> = (1..=100).rev().filter(|id| *id != 98).collect();
    let actions = changed(&mut state, &rest);
    assert!(asked(&actions, 98), "the service has the last word: {actions:?}");
    let mut action = state.answered(READ, not_found());
    let others = answer_pages(&mut state, &mut action, |range| of(&rest, range));
    assert!(asked(&others, 97), "{others:?}");
    assert_eq!((ids(&state), state.selection.cursor()), (vec![97], Some((2, MessageId(97)))));
    assert!(state.notice.is_none() && state.toast.is_none(), "it is no trouble");
    let action = opened(&mut state, 97, "next");
    assert!(commands(&action).is_empty(), "nobody here has read it: {action:?}");
    let _ = press(&mut state, 3, Modifiers::empty());
    assert_eq!(commands(&opened(&mut state, 96, "chosen")).len(), 1, "what a person chooses is read");
}

#[test]
fn the_last_message_leaves_an_empty_reader() {
    let mut state = reading();
    let actions = changed(&mut state, &[]);
    assert!(asked(&actions, 98), "{actions:?}");
    let _ = state.answered(READ, not_found());
    assert!(state.selection.is_empty());
    assert!(matches!(state.reader.shown, reader::Shown::Nothing));
    assert!(window(&state).find(crate::fl!("reader-nothing").as_str()).is_ok());
}

#[test]
fn a_message_that_was_moved_elsewhere_has_left_too() {
    let mut state = reading();
    let rest: Vec<u64> = (1..=97).rev().collect();
    assert!(asked(&changed(&mut state, &rest), 98));
    let view = MessageView {
        row: Row { mailbox: MailboxId(3), ..row(98) },
        account: "ada".into(),
        content: Content { text: "hello".into(), ..Content::default() },
        trust: Default::default(),
    };
    let _ = state.answered(READ, Answer::Message(MessageId(98), Box::new(Ok(view))));
    assert_eq!(ids(&state), [97]);
}

#[test]
fn a_message_that_stays_is_left_alone() {
    let mut state = reading();
    let more: Vec<u64> = (1..=103).rev().filter(|id| *id != 50).collect();
    let actions = changed(&mut state, &more);
    assert!(!asked(&actions, 98), "it is still there: {actions:?}");
    assert_eq!(state.selection.cursor(), Some((5, MessageId(98))));
    assert_eq!(state.reader.message().map(|opened| opened.view.row.id), Some(MessageId(98)));
}

#[test]
fn what_left_does_not_come_back_before_the_service_is_done() {
    let mut state = screen(100);
    let _ = press(&mut state, 0, Modifiers::empty());
    // A question that was asked before.
    let mut asked = state.happened(&[Event::Mailbox { id: INBOX }]);
    let deleted = state.deed(Deed::Delete);
    let envelopes = |action: &Action| format!("{action:?}").contains("Envelopes");
    assert!(envelopes(&asked) && !envelopes(&deleted), "the list is not read ahead of the change");
    answer_rows(&mut state, &mut asked, 100);
    assert_eq!(state.pages.total(), 99, "an answer of before it is too old");
    let mut done = state.answered(tag(&deleted), Answer::Done(Ok(Receipt::default())));
    assert!(envelopes(&done));
    answer_rows(&mut state, &mut done, 99);
    assert_eq!((state.pages.total(), ids(&state)), (99, vec![99]));
}
