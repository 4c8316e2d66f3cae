//! Searching, the list's form, and conversations in it.

use super::*;
use crate::gui::screen::mail::list::listing;
use crate::gui::screen::mail::search;

fn rows(action: &Action) -> Vec<(Listed, std::ops::Range<u64>)> {
    match action {
        Action::Batch(all) => all.iter().flat_map(rows).collect(),
        Action::Ask(Ask::Rows { query, range }, _) => vec![(query.clone(), range.clone())],
        _ => Vec::new(),
    }
}

fn typed(state: &mut State, line: &str) -> Action {
    state.update(Message::Search(search::Message::Line(line.into())))
}

fn found(line: &str) -> Listed {
    Listed::Found { line: line.into(), typing: true, order: SearchOrder::Date }
}

/// A list of conversations of three messages each, two of them unread.
fn threaded(total: u64) -> State {
    let mut state = screen_with(Preferences::default(), 0);
    state.pages.invalidate();
    let mut action = state.fetch();
    answer_pages(&mut state, &mut action, |range| {
        let mut part = page(range, total);
        for listed in &mut part.rows {
            listed.conversation = Some(ConversationRow {
                id: ConversationId(1),
                count: 3,
                unread: 2,
                starred: 0,
                with_attachments: 1,
                answered: false,
                forwarded: false,
                participants: ["Charles Babbage", "Mary Somerville"]
                    .map(|name| Participant {
                        address: Address { name: name.into(), addr: "x@a.test".into() },
                        unread: false,
                    })
                    .to_vec(),
            });
        }
        part
    });
    state
}

#[test]
fn a_search_finds_while_it_is_typed_and_the_list_comes_back_where_it_was() {
    let mut state = screen(1_000);
    let mut action = state.update(Message::List(Said::Scrolled(100.0)));
    answer_rows(&mut state, &mut action, 1_000);
    let _ = press(&mut state, 103, Modifiers::empty());
    let first = typed(&mut state, "en");
    assert_eq!(rows(&first), [(found("en"), 0..64)]);
    let mut second = typed(&mut state, "engine");
    assert_eq!(rows(&second), [(found("engine"), 0..64)], "an answer under way is not waited for");
    // The late answer of the first is for nobody.
    let late = Answer::Rows { query: found("en"), range: 0..64, part: Ok(page(0..64, 64)) };
    state.answered(Tag::numbered(ROWS, 1), late);
    answer_rows(&mut state, &mut second, 7);
    assert_eq!((state.pages.total(), ids(&state).len()), (7, 0));
    let mut back = state.deed(Deed::Escape);
    answer_rows(&mut state, &mut back, 1_000);
    assert_eq!((state.offset, ids(&state)), (100.0, vec![1_000 - 103]));
    assert!(state.search.is_none());
}

#[test]
fn an_emptied_line_leaves_the_search_and_a_place_does_too() {
    let mut state = screen(10);
    let _ = typed(&mut state, "x");
    let _ = typed(&mut state, " ");
    assert!(state.search.is_none());
    let _ = typed(&mut state, "x");
    let _ = state.update(Message::Show(Place::Mailbox(INBOX)));
    assert!(state.search.is_none());
}

#[test]
fn the_window_says_what_was_searched() {
    let mut state = screen(10);
    let _ = typed(&mut state, "nothing such");
    let part = Part { searched: Some((1_000_000, 0)), ..Part::default() };
    let answer = Answer::Rows { query: found("nothing such"), range: 0..64, part: Ok(part) };
    state.answered(Tag::numbered(ROWS, state.pages.epoch()), answer);
    assert!(search_view::searched(&state).is_some_and(|words| words.contains("1") && words.contains("000")));
    let mut window = window(&state);
    assert!(window.find(having(Kind::Field, "Search all mail")).is_ok());
    assert!(window.find(having(Kind::Heading, "Search")).is_ok());
}

#[test]
fn a_search_is_kept_as_a_folder_and_shown_as_one() {
    let mut state = screen(10);
    let _ = typed(&mut state, "from:ada");
    let _ = state.update(Message::Menu(Some(Menu::SaveSearch(None))));
    let _ = state.update(Message::Filter("Ada".into()));
    let action = state.update(Message::FilterDone);
    assert_eq!(commands(&action), [&Command::SaveSearch { name: "Ada".into(), line: "from:ada".into() }]);
    let saved = SavedSearch { id: SavedSearchId(4), name: "Ada".into(), line: "from:ada".into() };
    let _ = state.answered(SAVED, Answer::SavedSearches(Ok(vec![(saved, SavedCount::default())])));
    let receipt = Receipt { saved: Some(SavedSearchId(4)), ..Receipt::default() };
    let shown = state.answered(tag(&action), Answer::Done(Ok(receipt)));
    assert_eq!(state.place, Place::Saved(SavedSearchId(4)));
    let query = Listed::List(ListQuery::flat(Query::Saved(SavedSearchId(4))));
    assert_eq!(rows(&shown), [(query, 0..64)]);
    // Its name is taken now.
    let _ = typed(&mut state, "from:bob");
    let _ = state.update(Message::Menu(Some(Menu::SaveSearch(None))));
    let _ = state.update(Message::Filter(" Ada".into()));
    assert_eq!(state.update(Message::FilterDone), Action::None);
    // Forgotten: the Inbox takes its place.
    let _ = state.answered(SAVED, Answer::SavedSearches(Ok(Vec::new())));
    assert_eq!(state.place, Place::Mailbox(INBOX));
}

#[test]
fn counts_of_saved_searches_are_asked_once_for_many_news() {
    let mut state = screen(10);
    let saved = SavedSearch { id: SavedSearchId(4), name: "Ada".into(), line: "from:ada".into() };
    let answer = || Answer::SavedSearches(Ok(vec![(saved.clone(), SavedCount::default())]));
    let _ = state.answered(SAVED, answer());
    let asked = |action: &Action| format!("{action:?}").contains("SavedSearches");
    let news = [Event::Mailbox { id: INBOX }];
    let first = state.happened(&news);
    assert!(!asked(&first) && format!("{first:?}").contains("After("), "{first:?}");
    let second = state.happened(&news);
    assert!(!asked(&second) && !format!("{second:?}").contains("After("), "{second:?}");
    assert!(asked(&state.answered(RECOUNT, Answer::Elapsed)));
    let _ = state.answered(SAVED, answer());
    // What comes after that is counted too.
    assert!(format!("{:?}", state.happened(&news)).contains("After("));
    // Searches themselves became others: at once.
    assert!(asked(&state.happened(&[Event::SavedSearches])));
}

#[test]
fn what_is_done_to_a_conversation_is_done_to_all_of_it() {
    let mut state = threaded(20);
    let _ = press(&mut state, 0, Modifiers::empty());
    let action = state.deed(Deed::Delete);
    let delete = Command::Delete { ids: vec![MessageId(20)] };
    assert!(commands(&action).contains(&&Command::OnConversations(Box::new(delete))), "{action:?}");
    assert_eq!(state.pages.total(), 19);
    let action = state.deed(Deed::ToggleRead);
    let Command::OnConversations(inner) = commands(&action)[0] else { panic!("{action:?}") };
    assert!(matches!(&**inner, Command::SetFlags { add, .. } if *add == Flags::SEEN));
}

#[test]
fn reading_one_message_leaves_the_others_of_its_conversation_unread() {
    let mut state = threaded(3);
    let unread = |state: &State| state.pages.listed(0).and_then(|l| l.conversation.as_ref()).map(|c| c.unread);
    let _ = press(&mut state, 0, Modifiers::empty());
    let action = opened(&mut state, 3, "hello");
    let seen = Command::SetFlags { ids: vec![MessageId(3)], add: Flags::SEEN, remove: Flags::empty() };
    assert!(commands(&action).contains(&&seen), "this one alone: {action:?}");
    assert_eq!(unread(&state), Some(1));
    let _ = state.deed(Deed::ToggleRead);
    assert_eq!(unread(&state), Some(0), "by hand all of it is");
}

#[test]
fn order_and_filter_ask_anew_from_the_top() {
    let mut state = screen(500);
    let mut action = state.update(Message::List(Said::Scrolled(200.0)));
    answer_rows(&mut state, &mut action, 500);
    let action = state.update(Message::Listing(listing::Message::Sort(SortBy::Sender)));
    let sort = Sort { by: SortBy::Sender, ascending: true };
    let wanted = ListQuery { sort, ..ListQuery::flat(Query::Mailbox(INBOX)) };
    assert_eq!(rows(&action), [(Listed::List(wanted.clone()), 0..64)]);
    assert_eq!(state.offset, 0.0);
    let action = state.update(Message::Listing(listing::Message::Unread(true)));
    let wanted = ListQuery { filter: Filter { unread: true, ..Filter::default() }, ..wanted };
    assert_eq!(rows(&action), [(Listed::List(wanted), 0..64)]);
    let _ = state.update(Message::Show(Place::Mailbox(MailboxId(4))));
    assert!(state.listing.filter.is_empty(), "a filter is the place's");
}

#[test]
fn a_day_is_gone_to() {
    let mut state = screen(5_000);
    let _ = state.update(Message::Listing(listing::Message::Day("2025-13".into())));
    assert_eq!(state.update(Message::Listing(listing::Message::GoToDay)), Action::None);
    let _ = state.update(Message::Listing(listing::Message::Day("2025-01-31".into())));
    let action = state.update(Message::Listing(listing::Message::GoToDay));
    let Action::Ask(Ask::PositionOfDate { query, date }, tag) = action else { panic!("{action:?}") };
    assert!((1_738_281_600..1_738_281_600 + 2 * 86_400).contains(&date), "the end of that day: {date}");
    let mut action = state.answered(tag, Answer::PositionOfDate { query, position: Ok(2_345) });
    answer_rows(&mut state, &mut action, 5_000);
    assert_eq!(state.offset, 2_345.0);
}

#[test]
fn one_line_each_shows_more_of_them() {
    let mut state = screen(100);
    let cards = state.position().visible().end;
    let _ = state.update(Message::Listing(listing::Message::Columns(true)));
    assert!(state.position().visible().end > 2 * cards);
    let mut window = window(&state);
    assert!(window.find(having(Kind::ListItem, "Subject 100")).is_ok());
}
