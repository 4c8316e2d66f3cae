//! A conversation in the reader.

use super::*;
use crate::gui::screen::mail::fixtures::{self, conversation};
use iced::widget::text_editor;
use reader::view::Message as Read;

const THREAD: ConversationId = ConversationId(1);

fn message(id: u64) -> MessageId {
    MessageId(id)
}

/// A list whose first row is a conversation with this newest message, of so many in the Inbox and so many unread.
fn listed(newest: u64, unread: u64) -> Part {
    let mut part = page(0..1, newest);
    if let Some(first) = part.rows.first_mut() {
        first.conversation = Some(ConversationRow {
            id: THREAD,
            count: 3,
            unread,
            starred: 0,
            with_attachments: 0,
            answered: false,
            forwarded: false,
            participants: Vec::new(),
        });
    }
    Part { total: 1, ..part }
}

/// A screen of one conversation, in which nothing is opened.
fn screen_of(newest: u64, unread: u64) -> State {
    let mut state = screen_with(Preferences::default(), 0);
    state.pages.invalidate();
    let mut action = state.fetch();
    answer_pages(&mut state, &mut action, |_| listed(newest, unread));
    state
}

fn text(id: u64) -> Result<MessageView, Problem> {
    let mut view = fixtures::opened(id, &format!("Text {id}"));
    view.content.envelope.from = row(id).from;
    Ok(view)
}

fn asks(action: &Action) -> Vec<Ask> {
    match action {
        Action::Batch(all) => all.iter().flat_map(asks).collect(),
        Action::Ask(ask, _) => vec![ask.clone()],
        _ => Vec::new(),
    }
}

fn loads(action: &Action) -> Vec<u64> {
    asks(action).into_iter().filter_map(|ask| if let Ask::Message(id) = ask { Some(id.0) } else { None }).collect()
}

/// Opens the conversation by its row. What is asked for then.
fn open(state: &mut State, id: u64, all: ConversationView) -> Action {
    let asked = press(state, 0, Modifiers::empty());
    assert_eq!(asks(&asked), [Ask::Message(message(id)), Ask::Conversation(message(id))]);
    let _ = state.answered(CONVERSATION, Answer::Conversation(message(id), Ok(all)));
    state.answered(READ, Answer::Message(message(id), Box::new(text(id))))
}

fn comes(state: &mut State, id: u64) -> Action {
    state.answered(Tag::numbered(CARD, id), Answer::Message(message(id), Box::new(text(id))))
}

fn seen(all: ConversationView) -> ConversationView {
    let mut all = all;
    all.messages.iter_mut().for_each(|message| message.row.flags = Flags::SEEN);
    all
}

/// Five messages that are read, the last of them open.
fn reading() -> State {
    let mut state = screen_of(5, 0);
    assert!(loads(&open(&mut state, 5, seen(conversation(1..=5)))).is_empty());
    state
}

fn of(state: &mut State, id: u64, message: Read) -> Action {
    state.update(Message::Read(Read::Of(MessageId(id), Box::new(message))))
}

fn open_ids(state: &State) -> Vec<u64> {
    let all = state.reader.conversation().expect("it is shown");
    all.cards.iter().filter(|card| card.is_open()).map(|card| card.id().0).collect()
}

/// What a click on a card said.
fn pressed(window: Window<'_>) -> Message {
    let is_it = |said: &Message| matches!(said, Message::Read(Read::Of(_, inner)) if matches!(**inner, Read::Toggle | Read::AgainCard));
    window.into_messages().find(is_it).expect("it says something")
}

fn key(state: &mut State, key: &str) -> Action {
    state.key(&Press::new(keyboard::Key::Character(key.into()), Modifiers::empty()))
}

fn set_seen(id: u64) -> Command {
    Command::SetFlags { ids: vec![MessageId(id)], add: Flags::SEEN, remove: Flags::empty() }
}

#[test]
fn those_messages_are_read_that_were_open_on_the_screen() {
    let mut state = screen_of(5, 2);
    let mut all = seen(conversation(1..=5));
    for at in [1, 4] {
        all.messages[at].row.flags = Flags::empty();
    }
    let action = open(&mut state, 5, all);
    assert_eq!(loads(&action), [2], "what is unread is opened too");
    assert!(commands(&action).is_empty(), "it may lie below the window: {action:?}");
    assert!(commands(&comes(&mut state, 2)).is_empty());
    assert_eq!(commands(&of(&mut state, 2, Read::OnScreen)), [&set_seen(2)]);
    assert!(commands(&of(&mut state, 2, Read::OnScreen)).is_empty(), "once");
    assert!(commands(&of(&mut state, 1, Read::OnScreen)).is_empty(), "it is read already");
    let unread = |state: &State| state.pages.listed(0).and_then(|l| l.conversation.as_ref()).map(|c| c.unread);
    assert_eq!(unread(&state), Some(1), "the row shows it at once");
    assert_eq!(commands(&of(&mut state, 5, Read::OnScreen)), [&set_seen(5)]);
    assert_eq!(unread(&state), Some(0));
}

#[test]
fn the_window_tells_what_is_on_the_screen() {
    let mut state = screen_of(2, 2);
    let _ = open(&mut state, 2, conversation(1..=2));
    let _ = comes(&mut state, 1);
    let mut window = window(&state);
    let _ = window.find(having(Kind::Button, "Fold the message of Person 1")).expect("it is open");
    window.simulate([iced::Event::Window(iced::window::Event::RedrawRequested(std::time::Instant::now()))]);
    let told: Vec<u64> = window
        .into_messages()
        .filter_map(|said| match said {
            Message::Read(Read::Of(id, inner)) if matches!(*inner, Read::OnScreen) => Some(id.0),
            _ => None,
        })
        .collect();
    assert_eq!(told, [1, 2]);
}

#[test]
fn a_folded_card_is_a_line_that_opens_by_a_click() {
    let mut state = reading();
    let mut shown = window(&state);
    assert!(shown.find(having(Kind::Document, "Subject 5")).is_ok());
    assert!(shown.find(having(Kind::Document, "Subject 2")).is_err(), "it is not laid out");
    shown.click(having(Kind::Button, "Open the message of Person 2")).expect("its line");
    let said = pressed(shown);
    assert_eq!(loads(&state.update(said)), [2]);
    let _ = comes(&mut state, 2);
    assert_eq!(open_ids(&state), [2, 5]);
    let mut shown = window(&state);
    assert!(shown.find(having(Kind::Document, "Subject 2")).is_ok());
    shown.click(having(Kind::Button, "Fold the message of Person 2")).expect("its head");
    let said = pressed(shown);
    let _ = state.update(said);
    assert_eq!(open_ids(&state), [5]);
}

#[test]
fn a_long_conversation_shows_its_ends() {
    let mut state = screen_of(300, 0);
    let _ = open(&mut state, 300, seen(conversation(1..=300)));
    let mut shown = window(&state);
    assert!(shown.find(having(Kind::Button, "Open the message of Person 1")).is_ok());
    assert!(shown.find(having(Kind::Button, "Open the message of Person 150")).is_err());
    shown.click(having(Kind::Button, "297 older messages")).expect("the middle");
    let said: Vec<Message> = shown.into_messages().collect();
    assert!(said.iter().any(|m| matches!(m, Message::Read(Read::Older))), "{said:?}");
    said.into_iter().for_each(|said| drop(state.update(said)));
    let lines = state.reader.conversation().map(|all| all.lines().len());
    assert_eq!(lines, Some(54), "fifty more are shown");
}

#[test]
fn keys_walk_fold_and_answer() {
    let mut state = reading();
    let action = key(&mut state, ",");
    assert_eq!(action, Action::Focus(format!("reader-card-{}", MessageId(4)).into()));
    assert_eq!(loads(&key(&mut state, "o")), [4]);
    let _ = comes(&mut state, 4);
    let action = state.deed(Deed::Reply);
    let answers = |id| Action::Open(Open::Compose { origin: DraftOrigin::Reply(id), reply_all: false });
    assert_eq!(action, answers(4), "it is the one that the keyboard is at");
    let _ = key(&mut state, ".");
    assert_eq!(state.deed(Deed::Reply), answers(5));
    assert_eq!(of(&mut state, 4, Read::Do(Deed::Reply)), answers(4), "a card has its own buttons");
    assert_eq!(loads(&key(&mut state, "e")), [1, 2, 3]);
    let _ = key(&mut state, "e");
    assert_eq!(open_ids(&state), [4]);
    // A row's own key goes on in the list, not in the reader.
    assert_eq!(state.attended(), Some(message(4)));
}

#[test]
fn a_reply_that_arrives_is_shown_and_nothing_that_was_open_is_lost() {
    let mut state = reading();
    let _ = of(&mut state, 2, Read::Toggle);
    let _ = comes(&mut state, 2);
    let spot = reader::Spot::default();
    let _ = of(&mut state, 2, Read::Text(spot, text_editor::Action::SelectAll));
    // It lies in another mailbox, as one's own reply does.
    let action = state.happened(&[Event::Mailbox { id: MailboxId(4) }]);
    assert!(asks(&action).contains(&Ask::Conversation(message(5))), "{action:?}");
    let again = state.answered(REREAD, Answer::Conversation(message(5), Ok(seen(conversation(1..=6)))));
    assert_eq!(again, Action::None, "nothing scrolls");
    assert_eq!(open_ids(&state), [2, 5]);
    assert_eq!(state.copy_text(), Action::Copy("Text 2".into()), "what is selected is selected");
    assert!(window(&state).find(having(Kind::Button, "Open the message of Person 6")).is_ok());
}

#[test]
fn the_row_is_followed_to_the_newest_message() {
    let mut state = reading();
    let mut action = state.happened(&[Event::Mailbox { id: INBOX }]);
    let _ = state.answered(REREAD, Answer::Conversation(message(5), Ok(seen(conversation(1..=6)))));
    answer_pages(&mut state, &mut action, |_| listed(6, 1));
    assert_eq!(ids(&state), [6], "the conversation is still the one that is selected");
    assert_eq!(open_ids(&state), [5]);
    assert_eq!(state.read_selected(), Action::None, "and the one that is read");
}

#[test]
fn a_message_that_is_deleted_goes_and_the_conversation_stays() {
    let mut state = reading();
    let mut action = state.happened(&[Event::Mailbox { id: INBOX }]);
    answer_pages(&mut state, &mut action, |_| listed(4, 0));
    let gone = Problem::new(ProblemKind::NotFound { what: "message".into() }, "");
    let action = state.answered(REREAD, Answer::Conversation(message(5), Err(gone)));
    assert_eq!((ids(&state), asks(&action)), (vec![4], vec![Ask::Conversation(message(4))]));
    let _ = state.answered(REREAD, Answer::Conversation(message(4), Ok(seen(conversation(1..=4)))));
    assert_eq!(state.reader.conversation().map(|all| all.cards.len()), Some(4));
    // All of it went to another mailbox: it has left.
    let mut all = seen(conversation(1..=4));
    for message in &mut all.messages {
        message.row.mailbox = MailboxId(3);
        message.places.clear();
    }
    let mut action = state.happened(&[Event::Mailbox { id: INBOX }]);
    answer_pages(&mut state, &mut action, |_| Part::default());
    let _ = state.answered(REREAD, Answer::Conversation(message(4), Ok(all)));
    assert!(state.selection.is_empty() && state.reader.conversation().is_none());
}

#[test]
fn what_nobody_chose_stays_unread_until_somebody_is_there() {
    let mut state = screen_of(2, 2);
    state.unbidden = true;
    state.selection.only(0, message(2));
    let _ = state.read_selected();
    let _ = state.answered(CONVERSATION, Answer::Conversation(message(2), Ok(conversation(1..=2))));
    let _ = state.answered(READ, Answer::Message(message(2), Box::new(text(2))));
    assert!(commands(&of(&mut state, 2, Read::OnScreen)).is_empty());
    assert_eq!(commands(&of(&mut state, 2, Read::Expand)), [&set_seen(2)]);
    let unread = of(&mut state, 2, Read::Flag(Flags::SEEN));
    assert_eq!(commands(&unread).len(), 1);
    assert!(commands(&of(&mut state, 2, Read::Expand)).is_empty(), "what was marked as unread stays so");
}

#[test]
fn a_card_that_cannot_be_had_says_so_and_is_asked_for_again() {
    let mut state = reading();
    let _ = of(&mut state, 3, Read::Toggle);
    let problem = Problem::new(ProblemKind::DiskFull, "");
    let _ = state.answered(Tag::numbered(CARD, 3), Answer::Message(message(3), Box::new(Err(problem))));
    let mut shown = window(&state);
    shown.click(having(Kind::Button, "Try again")).expect("a button that helps");
    let said = pressed(shown);
    assert_eq!(loads(&state.update(said)), [3]);
}

#[test]
fn one_message_is_starred_and_not_its_conversation() {
    let mut state = reading();
    let action = of(&mut state, 5, Read::Flag(Flags::FLAGGED));
    let star = Command::SetFlags { ids: vec![message(5)], add: Flags::FLAGGED, remove: Flags::empty() };
    assert_eq!(commands(&action), [&star]);
    assert_eq!(state.pages.listed(0).and_then(|l| l.conversation.as_ref()).map(|c| c.starred), Some(1));
    let action = of(&mut state, 5, Read::Flag(Flags::FLAGGED));
    let plain = Command::SetFlags { ids: vec![message(5)], add: Flags::empty(), remove: Flags::FLAGGED };
    assert_eq!(commands(&action), [&plain]);
}

#[test]
fn one_is_looked_through_that_was_used_last() {
    let mut state = reading();
    let _ = of(&mut state, 2, Read::Toggle);
    let _ = comes(&mut state, 2);
    let _ = state.deed(Deed::Find);
    let found = |state: &mut State| {
        let action = state.update(Message::Read(Read::Find(reader::find::Message::Typed("text".into()))));
        let Action::Reveal(id, _) = action else { panic!("{action:?}") };
        id
    };
    assert_eq!(found(&mut state), format!("reader-text-of-{}", MessageId(2)).into());
    let _ = of(&mut state, 5, Read::Expand);
    assert_eq!(found(&mut state), format!("reader-text-of-{}", MessageId(5)).into());
}

#[test]
fn words_that_were_searched_for_are_lit() {
    let mut state = screen(3);
    let mut action = state.update(Message::Search(search::Message::Line("subject 3".into())));
    answer_rows(&mut state, &mut action, 3);
    let lit = |text| state.hits.marks(text, hits::Part::Subject).len();
    assert_eq!((lit("A subject"), lit("nothing")), (1, 0));
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = opened(&mut state, 3, "the subject");
    assert!(!state.reader.hits.is_empty());
    let _ = state.deed(Deed::Escape);
    assert!(state.hits.is_empty(), "the search is left");
}

#[test]
fn a_conversation_counts_for_all_its_messages() {
    let mut state = screen_of(5, 0);
    let _ = press(&mut state, 0, Modifiers::empty());
    assert_eq!(state.selected_messages(), 3);
    assert_eq!(state.messages_of(&[message(5), message(99)]), 4, "what no known row has is one message");
    let _ = state.update(Message::Do(Deed::Archive));
    let said = state.pending.values().next().map(|words| words.text.clone());
    assert_eq!(said.as_deref(), Some("3 messages archived"));
}
