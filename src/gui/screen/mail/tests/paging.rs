//! HTML mail in the reader.

use super::*;
use crate::gui::action::page::{Came, Laid, Near, Of, Paper, TILE, Told};
use crate::gui::screen::mail::hits::Hits;
use crate::gui::widget::page::Said as Page;
use crate::mail::search::Phrase;
use crate::service::page::{
    Colours, Doubt, Facts, Hit, ImageChoice, Layout, LinkArea, Point, Rect, RenderError, Selection, Unit, Verdict, View,
};
use iced::widget::image::Handle;
use reader::page::{Message as Paged, PAGE, SHEET, WIDTH};
use reader::page_view::Question;
use reader::view::Message as Read;

const NEAR: Near = Near { top: -150.0, height: 600.0 };
const VIEW: View = View { width: 600.0, scale: 1.0, zoom: 1.0, colours: Colours::Light };

fn say(state: &mut State, message: Paged) -> Action {
    state.update(Message::Read(Read::Page(message)))
}

fn find(state: &mut State, message: reader::find::Message) -> Action {
    state.update(Message::Read(Read::Find(message)))
}

/// The questions about pages among actions, with their tags.
fn asked(action: &Action) -> Vec<(Ask, Tag)> {
    match action {
        Action::Batch(all) => all.iter().flat_map(asked).collect(),
        Action::Ask(ask @ (Ask::Page { .. } | Ask::OfPage(..) | Ask::ChooseImages { .. }), tag) => {
            vec![(ask.clone(), *tag)]
        }
        _ => Vec::new(),
    }
}

fn of(action: &Action) -> Vec<Of> {
    let ofs =
        asked(action).into_iter().filter_map(|(ask, _)| if let Ask::OfPage(_, of) = ask { Some(of) } else { None });
    ofs.collect()
}

fn read_html(state: &mut State) -> Action {
    let _ = press(state, 0, Modifiers::empty());
    let mut content =
        Content { text: "Dear Ada, dear reader".into(), html: Some("<p>Dear Ada</p>".into()), ..Content::default() };
    content.envelope.from = row(3).from;
    let view = MessageView { row: row(3), account: "ada".into(), content, trust: Default::default() };
    state.answered(READ, Answer::Message(MessageId(3), Box::new(Ok(view))))
}

/// A screen whose message has HTML that was asked for; with the tag of that question.
fn asking() -> (State, Tag) {
    let mut state = screen(3);
    let _ = say(&mut state, Paged::Said(Page::Seen(600.0, NEAR)));
    let action = read_html(&mut state);
    let [(Ask::Page { id, view, once, near }, tag)] = &asked(&action)[..] else { panic!("{action:?}") };
    assert_eq!((*id, *view, *once, near.top), (MessageId(3), VIEW, false, 0.0));
    (state, *tag)
}

fn layout(height: f32) -> Layout {
    let link = |href: &str, text: &str, y| LinkArea {
        href: href.into(),
        text: text.into(),
        areas: vec![Rect { x: 0.0, y, width: 100.0, height: 20.0 }],
    };
    let links = vec![
        link("https://a.example/x", "here", 0.0),
        link("https://evil.example/", "www.mybank.com", 40.0),
        link("mailto:bob@a.example", "Bob", 80.0),
        link("javascript:alert(1)", "Press", 120.0),
    ];
    Layout { width: 600.0, height, pixels: (600, height as u32), cut: false, fit: 1.0, links }
}

fn tile() -> Handle {
    Handle::from_rgba(1, 1, vec![255; 4])
}

fn laid(height: f32) -> Laid {
    Laid { view: VIEW, layout: layout(height), tiles: vec![(0, tile())] }
}

fn came(height: f32) -> Came {
    let facts = Facts { remote_images: 2, trackers: 1, ..Facts::default() };
    let drawn = Ok((Paper::blank(), laid(height)));
    Came { drawn, facts, choice: ImageChoice::Ask, loaded: false, missing: 0 }
}

fn comes(state: &mut State, tag: Tag, came: Came) -> Action {
    state.answered(tag, Answer::Page(MessageId(3), Box::new(Ok(Some(came)))))
}

/// A screen with a page of this height open, and the tag of what is asked of it.
fn open(height: f32) -> (State, Tag) {
    let (mut state, tag) = asking();
    let _ = comes(&mut state, tag, came(height));
    (state, Tag { name: SHEET, ..tag })
}

fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

fn click(state: &mut State, y: f32) -> Action {
    let _ = say(state, Paged::Said(Page::Pressed(at(5.0, y), Unit::Character)));
    say(state, Paged::Said(Page::Released(at(5.0, y))))
}

#[test]
fn the_width_is_told_by_the_window_and_then_the_page_is_asked_for_once() {
    let mut state = screen(3);
    assert!(asked(&read_html(&mut state)).is_empty(), "nobody knows how wide it is");
    let mut shown = window(&state);
    let _ = shown.find(having(Kind::Document, "Subject 3")).expect("the place of the page");
    shown.simulate([iced::Event::Mouse(iced::mouse::Event::CursorEntered)]);
    let seen = shown.into_messages().find(|m| matches!(m, Message::Read(Read::Page(Paged::Said(Page::Seen(..))))));
    let seen = seen.expect("it tells its width");
    assert_eq!(asked(&state.update(seen.clone())).len(), 1);
    assert!(asked(&state.update(seen)).is_empty());
}

#[test]
fn a_message_without_html_asks_for_no_page() {
    let mut state = screen(3);
    let _ = say(&mut state, Paged::Said(Page::Seen(600.0, NEAR)));
    let _ = press(&mut state, 0, Modifiers::empty());
    assert!(asked(&opened(&mut state, 3, "text")).is_empty());
    assert!(window(&state).find(named("More")).is_ok());
}

#[test]
fn blocked_images_are_told_and_shown_for_this_time() {
    let (mut state, _) = open(500.0);
    let words = "2 remote images were blocked to protect your privacy. One tracker removed.";
    let mut shown = window(&state);
    assert!(shown.find(having(Kind::Status, words)).is_ok());
    shown.click(having(Kind::Button, "Show once")).expect("the button");
    let said = shown.into_messages().find(|m| matches!(m, Message::Read(Read::Page(Paged::Once)))).expect("it works");
    let action = state.update(said);
    let [(Ask::Page { once: true, .. }, tag)] = asked(&action)[..] else { panic!("{action:?}") };
    let _ = comes(&mut state, tag, Came { loaded: true, missing: 1, ..came(500.0) });
    let mut shown = window(&state);
    assert!(shown.find(having(Kind::Button, "Show once")).is_err());
    assert!(shown.find(having(Kind::Status, "One remote image could not be loaded. One tracker removed.")).is_ok());
}

#[test]
fn what_is_wanted_of_a_sender_is_kept_and_done() {
    let (mut state, _) = open(500.0);
    let action = say(&mut state, Paged::Keep(ImageChoice::Always));
    let [(ask, tag)] = &asked(&action)[..] else { panic!("{action:?}") };
    let sender = "p3@mail.example".to_string();
    assert_eq!(*ask, Ask::ChooseImages { sender, choice: ImageChoice::Always });
    let action = state.answered(*tag, Answer::ImagesChosen(ImageChoice::Always, Ok(())));
    assert!(matches!(asked(&action)[..], [(Ask::Page { once: false, .. }, _)]), "{action:?}");

    let (mut state, _) = open(500.0);
    let _ = say(&mut state, Paged::Choosing(true));
    let action = say(&mut state, Paged::Keep(ImageChoice::Never));
    let action = state.answered(asked(&action)[0].1, Answer::ImagesChosen(ImageChoice::Never, Ok(())));
    assert_eq!(action, Action::None);
    let mut shown = window(&state);
    assert!(shown.find(having(Kind::Button, "Show once")).is_err(), "it is asked no more");
    assert!(shown.find(having(Kind::Status, "One tracker removed.")).is_ok());

    let (mut state, _) = open(500.0);
    let action = say(&mut state, Paged::Keep(ImageChoice::Always));
    let problem = Problem::new(ProblemKind::DiskFull, "");
    let _ = state.answered(asked(&action)[0].1, Answer::ImagesChosen(ImageChoice::Always, Err(problem.clone())));
    assert_eq!(state.notice, Some(problem));
}

#[test]
fn a_plain_link_opens_and_a_doubtful_one_asks_first() {
    let (mut state, _) = open(500.0);
    assert_eq!(click(&mut state, 5.0), Action::OpenUrl("https://a.example/x".into()));
    assert_eq!(click(&mut state, 85.0), Action::Open(Open::Mailto("mailto:bob@a.example".into())));
    assert_eq!(click(&mut state, 300.0), Action::None);
    let _ = click(&mut state, 45.0);
    let doubt = Doubt::OtherSite { shown: "www.mybank.com".into(), target: "evil.example".into() };
    let question = Question { href: "https://evil.example/".into(), verdict: Verdict::Doubtful(vec![doubt]) };
    assert_eq!(state.menu, Some(Menu::Link(Box::new(question))));
    let mut shown = window(&state);
    assert!(shown.find(having(Kind::Dialog, "Open this link?")).is_ok());
    assert!(shown.find("It shows www.mybank.com, but leads to evil.example.").is_ok());
    assert!(shown.find(having(Kind::Status, "https://evil.example/")).is_ok());
    shown.click(having(Kind::Button, "Open anyway")).expect("the button");
    let said = shown.into_messages().find(|m| matches!(m, Message::Read(Read::Page(Paged::Follow(_)))));
    let action = state.update(said.expect("it works"));
    assert!(matches!(&action, Action::Batch(all) if all.contains(&Action::OpenUrl("https://evil.example/".into()))));
    assert_eq!(state.menu, None);
}

#[test]
fn what_is_no_page_is_never_opened() {
    let (mut state, _) = open(500.0);
    let _ = click(&mut state, 125.0);
    let mut shown = window(&state);
    assert!(shown.find(having(Kind::Dialog, "This link is not opened")).is_ok());
    assert!(shown.find(having(Kind::Button, "Open anyway")).is_err());
    assert!(shown.find(having(Kind::Button, "Copy address")).is_ok());
}

#[test]
fn the_target_stands_at_the_bottom_while_the_pointer_is_over_a_link() {
    let (mut state, _) = open(500.0);
    let _ = say(&mut state, Paged::Said(Page::Over(Some(1))));
    assert!(window(&state).find(having(Kind::Status, "https://evil.example/")).is_ok());
    let _ = say(&mut state, Paged::Said(Page::Over(None)));
    assert!(window(&state).find(having(Kind::Status, "https://evil.example/")).is_err());
}

#[test]
fn a_drag_over_a_link_selects_and_the_last_place_wins() {
    let (mut state, tag) = open(500.0);
    let _ = say(&mut state, Paged::Said(Page::Pressed(at(5.0, 5.0), Unit::Character)));
    assert!(of(&say(&mut state, Paged::Said(Page::Dragged(at(6.0, 5.0))))).is_empty(), "a shaky hand");
    let first = say(&mut state, Paged::Said(Page::Dragged(at(50.0, 5.0))));
    let select = |to| Of::Select { from: at(5.0, 5.0), to, unit: Unit::Character };
    assert_eq!(of(&first), [select(at(50.0, 5.0))]);
    assert!(of(&say(&mut state, Paged::Said(Page::Dragged(at(60.0, 5.0))))).is_empty(), "one at a time");
    assert!(of(&say(&mut state, Paged::Said(Page::Dragged(at(70.0, 5.0))))).is_empty());
    let selection = |text: &str| Told::Selected(Ok(Selection { text: text.into(), areas: Vec::new() }));
    let next = state.answered(tag, Answer::OfPage(Box::new(selection("he"))));
    assert_eq!(of(&next), [select(at(70.0, 5.0))]);
    let _ = state.answered(tag, Answer::OfPage(Box::new(selection("here"))));
    assert_eq!(say(&mut state, Paged::Said(Page::Released(at(70.0, 5.0)))), Action::None, "no link is followed");
    assert_eq!(state.deed(Deed::Copy), Action::Copy("here".into()));
    let word = say(&mut state, Paged::Said(Page::Pressed(at(9.0, 9.0), Unit::Word)));
    assert_eq!(of(&word), [Of::Select { from: at(9.0, 9.0), to: at(9.0, 9.0), unit: Unit::Word }]);
}

#[test]
fn a_page_that_fails_gives_way_to_the_text_and_can_be_tried_again() {
    let (mut state, tag) = asking();
    let _ = comes(&mut state, tag, Came { drawn: Err(RenderError::TimedOut), ..came(0.0) });
    let mut shown = window(&state);
    let words = "This message cannot be shown as it was designed; this is its text.";
    assert!(shown.find(having(Kind::Status, words)).is_ok());
    assert!(shown.find(having(Kind::Button, "Show once")).is_err());
    shown.click(having(Kind::Button, "Try again")).expect("the button");
    let again = shown.into_messages().find(|m| matches!(m, Message::Read(Read::Page(Paged::Again)))).expect("it works");
    let action = state.update(again);
    let [(Ask::Page { .. }, tag)] = asked(&action)[..] else { panic!("{action:?}") };
    let _ = comes(&mut state, tag, came(500.0));
    assert!(window(&state).find(having(Kind::Status, words)).is_err());
    // It dies while it is read.
    let sheet = Tag { name: SHEET, ..tag };
    let _ = state.answered(sheet, Answer::OfPage(Box::new(Told::Tile(0, Err(RenderError::Died)))));
    assert!(window(&state).find(having(Kind::Status, words)).is_ok());
}

#[test]
fn the_text_is_shown_where_it_is_wished_and_the_page_again() {
    let (mut state, _) = open(500.0);
    assert!(asked(&state.deed(Deed::TogglePage)).is_empty());
    assert!(window(&state).find(having(Kind::Button, "Show once")).is_err(), "no image is missing from a text");
    let _ = state.deed(Deed::TogglePage);
    assert!(window(&state).find(having(Kind::Button, "Show once")).is_ok());
    let _ = state.update(Message::Menu(Some(Menu::More)));
    assert!(window(&state).find(having(Kind::MenuItem, "Show as text")).is_ok());
    let action = say(&mut state, Paged::Dark(true));
    assert!(matches!(of(&action)[..], [Of::View(View { colours: Colours::Dark, .. }, _)]), "{action:?}");
}

#[test]
fn answers_about_what_is_shown_no_more_are_dropped() {
    let (mut state, tag) = asking();
    assert_eq!(comes(&mut state, Tag { number: tag.number + 1, ..tag }, came(500.0)), Action::None);
    let _ = comes(&mut state, tag, came(500.0));
    let late = Tag::numbered(SHEET, tag.number + 1);
    let action = state.answered(late, Answer::OfPage(Box::new(Told::Tile(0, Err(RenderError::Died)))));
    assert_eq!(action, Action::None);
    assert!(state.reader.message().is_some_and(|opened| opened.page.sheet.is_some()));
    assert_eq!(tag.name, PAGE);
}

#[test]
fn tiles_come_as_they_are_scrolled_to_and_few_are_kept() {
    let (mut state, tag) = asking();
    let mut waiting = vec![comes(&mut state, tag, came(100_000.0))];
    let tag = Tag { name: SHEET, ..tag };
    let mut most = 0;
    for step in 0..60 {
        let near = Near { top: step as f32 * 700.0, height: 600.0 };
        waiting.push(say(&mut state, Paged::Said(Page::Seen(600.0, near))));
        while let Some(action) = waiting.pop() {
            for question in of(&action) {
                let Of::Tile(view, number) = question else { continue };
                assert_eq!(view, VIEW);
                let told = Told::Tile(number, Ok(Some(tile())));
                waiting.push(state.answered(tag, Answer::OfPage(Box::new(told))));
            }
        }
        let sheet = state.reader.message().and_then(|opened| opened.page.sheet.as_ref()).expect("it is open");
        for number in near.tiles(1.0, 100_000) {
            assert!(sheet.tiles.contains_key(&number), "{number} of {near:?}");
        }
        most = most.max(sheet.tiles.len());
    }
    assert!(most as u32 <= 3_000 / TILE + 2, "{most}");
}

#[test]
fn a_page_follows_the_width_once_it_rests() {
    let (mut state, tag) = open(500.0);
    let widths = |state: &mut State, width| match say(state, Paged::Said(Page::Seen(width, NEAR))) {
        Action::After(_, tag) if tag.name == WIDTH => tag,
        other => panic!("{other:?}"),
    };
    let first = widths(&mut state, 590.0);
    let last = widths(&mut state, 300.0);
    assert_eq!(state.answered(first, Answer::Elapsed), Action::None);
    let narrow = View { width: 300.0, ..VIEW };
    assert_eq!(of(&state.answered(last, Answer::Elapsed)), [Of::View(narrow, NEAR)]);
    assert_eq!(of(&state.deed(Deed::ZoomIn)), [], "it is under way");
    let told = Told::Laid(Ok(Laid { view: narrow, ..laid(700.0) }));
    let action = state.answered(tag, Answer::OfPage(Box::new(told)));
    assert_eq!(of(&action), [Of::View(View { zoom: 1.1, ..narrow }, NEAR)], "the newest wish follows");
}

#[test]
fn places_on_a_page_are_stepped_through_and_brought_into_sight() {
    let (mut state, tag) = open(5_000.0);
    assert_eq!(state.deed(Deed::Find), Action::Edit("find-field".into()));
    let action = find(&mut state, reader::find::Message::Typed("ada".into()));
    assert_eq!(of(&action), [Of::Find("ada".into())]);
    let hit = |y| Hit { areas: vec![Rect { x: 0.0, y, width: 30.0, height: 20.0 }] };
    let told = Told::Found("ada".into(), Ok(vec![hit(10.0), hit(2_000.0), hit(4_000.0)]));
    assert_eq!(state.answered(tag, Answer::OfPage(Box::new(told))), Action::None, "the first is in sight");
    assert!(window(&state).find(having(Kind::Status, "1 of 3")).is_ok());
    let scroll = |y: f32| Action::ScrollBy("reader-scroll".into(), y - NEAR.top - NEAR.height / 3.0);
    assert_eq!(state.deed(Deed::FindNext), scroll(2_000.0));
    assert!(window(&state).find(having(Kind::Status, "2 of 3")).is_ok());
    let _ = find(&mut state, reader::find::Message::Previous);
    assert_eq!(state.deed(Deed::FindPrevious), scroll(4_000.0), "and round");
    let action = find(&mut state, reader::find::Message::Typed("zebra".into()));
    assert_eq!(of(&action), [Of::Find("zebra".into())]);
    let _ = state.answered(tag, Answer::OfPage(Box::new(Told::Found("zebra".into(), Ok(Vec::new())))));
    assert!(window(&state).find(having(Kind::Status, "Not found")).is_ok());
    assert_eq!(state.deed(Deed::Escape), Action::Unfocus);
    assert!(window(&state).find(named("Find in the message")).is_err());
}

#[test]
fn places_in_a_text_are_selected_and_unfolded() {
    let mut state = screen(3);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = opened(&mut state, 3, "Engine one\n\n> a\n> b\n> c\n> the ENGINE\n> d\n\nAda");
    let _ = state.deed(Deed::Find);
    let first = find(&mut state, reader::find::Message::Typed("engine".into()));
    assert_eq!(first, Action::Reveal(reader::opened::TEXT.into(), 0.0));
    assert_eq!(state.copy_text(), Action::Copy("Engine".into()));
    let second = state.deed(Deed::FindNext);
    assert!(matches!(&second, Action::Reveal(id, _) if *id == "reader-text-1-1".into()), "{second:?}");
    assert_eq!(state.copy_text(), Action::Copy("ENGINE".into()));
    assert_eq!(state.reader.message().map(|m| m.blocks[1].shown()), Some(2), "it was folded");
}

fn search(state: &mut State, line: &str) {
    let mut action = state.update(Message::Search(search::Message::Line(line.into())));
    answer_rows(state, &mut action, 3);
}

fn lights(action: &Action) -> Vec<(View, Vec<Phrase>)> {
    let ask = |of| if let Of::Light(view, phrases) = of { Some((view, phrases)) } else { None };
    of(action).into_iter().filter_map(ask).collect()
}

fn lit(view: View, phrases: &[Phrase], y: f32) -> Told {
    let areas = Ok(Some(vec![Rect { x: 0.0, y, width: 30.0, height: 20.0 }]));
    Told::Lit { view, phrases: phrases.to_vec(), areas }
}

fn lit_rows(state: &State) -> Vec<f32> {
    let sheet = state.reader.message().and_then(|opened| opened.page.sheet.as_ref()).expect("it is open");
    sheet.lit_areas().iter().map(|area| area.y).collect()
}

/// A page that a search found, and the tag of what is asked of it, with that question.
fn found_page() -> (State, Tag, Vec<Phrase>) {
    let mut state = screen(3);
    search(&mut state, "engine ");
    let _ = say(&mut state, Paged::Said(Page::Seen(600.0, NEAR)));
    let action = read_html(&mut state);
    let tag = asked(&action)[0].1;
    let action = comes(&mut state, tag, came(5_000.0));
    let [(VIEW, phrases)] = &lights(&action)[..] else { panic!("{action:?}") };
    (state, Tag { name: SHEET, ..tag }, phrases.clone())
}

#[test]
fn without_a_search_nothing_is_lit_nor_asked_for() {
    let (mut state, tag) = asking();
    assert!(lights(&comes(&mut state, tag, came(500.0))).is_empty());
    let _ = state.answered(Tag { name: SHEET, ..tag }, Answer::OfPage(Box::new(Told::Laid(Ok(laid(700.0))))));
    assert!(lit_rows(&state).is_empty());
}

#[test]
fn words_of_the_search_are_lit_on_the_page_and_nothing_scrolls() {
    let (mut state, tag, phrases) = found_page();
    assert_eq!(phrases, Hits::of("engine ", &state.now).phrases(hits::Part::Body));
    let action = state.answered(tag, Answer::OfPage(Box::new(lit(VIEW, &phrases, 3_000.0))));
    assert_eq!((action, lit_rows(&state)), (Action::None, vec![3_000.0]));
    let found = find(&mut state, reader::find::Message::Next);
    assert_eq!(lights(&found), [], "finding in the message is apart from it");
    assert_eq!(lit_rows(&state), [3_000.0]);
    // Laid out anew, it stands elsewhere.
    let narrow = View { width: 300.0, ..VIEW };
    let action = state.answered(tag, Answer::OfPage(Box::new(Told::Laid(Ok(Laid { view: narrow, ..laid(9_000.0) })))));
    assert!(lit_rows(&state).is_empty());
    let _ = state.answered(tag, Answer::OfPage(Box::new(lit(VIEW, &phrases, 3_000.0))));
    assert!(lit_rows(&state).is_empty(), "it is about what was before");
    assert!(lights(&action).is_empty(), "it is laid out to the pane's width first");
    let action = state.answered(tag, Answer::OfPage(Box::new(Told::Laid(Ok(laid(5_000.0))))));
    assert_eq!(lights(&action), [(VIEW, phrases.clone())]);
    let _ = state.answered(tag, Answer::OfPage(Box::new(lit(VIEW, &phrases, 3_000.0))));
    assert_eq!(lit_rows(&state), [3_000.0]);
}

#[test]
fn while_a_search_is_typed_its_newest_words_are_lit() {
    let (mut state, tag, phrases) = found_page();
    let types = |state: &mut State, line: &str| {
        state.hits = Hits::of(line, &state.now);
        state.read_selected()
    };
    assert_eq!(lights(&types(&mut state, "mill ")), [], "one at a time");
    let action = state.answered(tag, Answer::OfPage(Box::new(lit(VIEW, &phrases, 10.0))));
    let mill = Hits::of("mill ", &state.now).phrases(hits::Part::Body).to_vec();
    assert_eq!(lights(&action), [(VIEW, mill.clone())]);
    let _ = state.answered(tag, Answer::OfPage(Box::new(lit(VIEW, &mill, 20.0))));
    assert_eq!(lit_rows(&state), [20.0]);
    assert_eq!(types(&mut state, "subject:mill "), Action::None, "the page is no subject");
    assert!(lit_rows(&state).is_empty());
}

#[test]
fn a_worker_that_ends_over_the_words_leaves_the_text() {
    let (mut state, tag, phrases) = found_page();
    let told = |error| Told::Lit { view: VIEW, phrases: phrases.clone(), areas: Err(error) };
    let _ = state.answered(tag, Answer::OfPage(Box::new(told(RenderError::Died))));
    assert!(state.reader.message().is_some_and(|opened| opened.page.failed && !opened.page.is_shown()));
}
