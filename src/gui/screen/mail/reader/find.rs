//! Finding words in the message that is read: on its page or in its text. Of a conversation it is the one that was
//! used last.

use super::opened::TEXT;
use super::pieces::Block;
use super::view::Message as Read;
use super::{Opened, Shown, Spot};
use crate::fl;
use crate::gui::action::Action;
use crate::gui::action::page::Of;
use crate::gui::screen::mail::{Message as Screen, State};
use crate::gui::theme;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::gui::widget::watch::watch;
use crate::service::model::MessageId;
use crate::service::page::{Hit, Rect};
use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced::widget::{container, row, text};
use iced::{Alignment, Element, Length};
use std::ops::Range;

/// The field.
pub const FIELD: &str = "find-field";
/// The scrollable around the message.
pub const SCROLL: &str = "reader-scroll";
/// Places that are looked at in a text.
const MOST: usize = 5_000;

/// What is looked for, and where it was found.
#[derive(Debug, Default)]
pub struct Find {
    pub text: String,
    places: Places,
    /// Which of them one is at, from 0.
    at: usize,
    /// The page is being asked.
    asking: bool,
}

#[derive(Debug, Default)]
enum Places {
    #[default]
    Unknown,
    Page(Vec<Hit>),
    Text(Vec<Found>),
}

/// A place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    spot: Spot,
    line: usize,
    bytes: Range<usize>,
}

#[derive(Clone, Debug)]
pub enum Message {
    Typed(String),
    Next,
    Previous,
    Close,
}

impl Find {
    pub fn count(&self) -> usize {
        match &self.places {
            Places::Unknown => 0,
            Places::Page(hits) => hits.len(),
            Places::Text(found) => found.len(),
        }
    }

    /// Where it stands on the page: everywhere, and the present place.
    pub fn areas(&self) -> (Vec<Rect>, &[Rect]) {
        let Places::Page(hits) = &self.places else { return (Vec::new(), &[]) };
        let others = hits.iter().enumerate().filter(|(at, _)| *at != self.at);
        let others = others.flat_map(|(_, hit)| hit.areas.iter().copied()).collect();
        (others, hits.get(self.at).map_or(&[], |hit| hit.areas.as_slice()))
    }

    /// Begins with the first place again.
    pub fn restart(&mut self) {
        self.at = 0;
    }

    /// In words: “3 of 12”.
    fn said(&self) -> String {
        match (&self.places, self.count()) {
            (Places::Unknown, _) => String::new(),
            (_, 0) => fl!("find-nothing"),
            (_, count) => fl!("find-count", at = self.at.saturating_add(1), count = count),
        }
    }

    fn step(&mut self, by: isize) {
        let count = self.count();
        if count > 0 {
            let by = by.rem_euclid(isize::try_from(count).unwrap_or(1));
            self.at = self.at.wrapping_add_signed(by) % count;
        }
    }
}

impl State {
    /// Opens the bar, or gives its field the keyboard again.
    pub(in crate::gui::screen::mail) fn open_find(&mut self) -> Action {
        if self.reader.message().is_none() || self.selection.single().is_none() {
            return Action::None;
        }
        let selected = self.reader.message().and_then(Opened::selection);
        let find = self.reader.find.get_or_insert_default();
        match selected.filter(|text| text.len() <= 100 && !text.contains('\n')) {
            Some(text) if text != find.text => {
                find.text = text;
                Action::Edit(FIELD.into()).and(self.find_again())
            }
            _ => Action::Edit(FIELD.into()),
        }
    }

    pub(in crate::gui::screen::mail) fn finding(&mut self, message: Message) -> Action {
        match message {
            Message::Typed(text) => {
                let Some(find) = &mut self.reader.find else { return Action::None };
                find.text = text;
                find.at = 0;
                self.find_again()
            }
            Message::Next => self.find_step(1),
            Message::Previous => self.find_step(-1),
            Message::Close => self.close_find(),
        }
    }

    /// The next place, or the one before; opens the bar where it is not open.
    pub(in crate::gui::screen::mail) fn find_step(&mut self, by: isize) -> Action {
        match &mut self.reader.find {
            Some(find) => {
                find.step(by);
                self.find_show()
            }
            None => self.open_find(),
        }
    }

    pub(in crate::gui::screen::mail) fn close_find(&mut self) -> Action {
        self.reader.find = None;
        Action::Unfocus
    }

    /// Looks for it in what is shown now.
    pub(in crate::gui::screen::mail) fn find_again(&mut self) -> Action {
        let super::Reader { find: Some(find), shown: Shown::Messages(all), .. } = &mut self.reader else {
            return Action::None;
        };
        let Some(opened) = all.card(all.active).and_then(|card| card.opened()) else {
            (find.places, find.asking) = (Places::Unknown, false);
            return Action::None;
        };
        let words = find.text.trim();
        if words.is_empty() {
            find.places = Places::Unknown;
            return Action::None;
        }
        if !opened.page.is_shown() {
            find.places = Places::Text(in_blocks(&opened.blocks, words));
            find.at = find.at.min(find.count().saturating_sub(1));
            return self.find_show();
        }
        match &opened.page.sheet {
            Some(sheet) if !find.asking => {
                find.asking = true;
                sheet.ask(Of::Find(words.to_string()))
            }
            _ => Action::None,
        }
    }

    pub(in crate::gui::screen::mail) fn found_on_page(&mut self, id: MessageId, text: &str, hits: Vec<Hit>) -> Action {
        let active = self.reader.active() == Some(id);
        let Some(find) = self.reader.find.as_mut().filter(|_| active) else { return Action::None };
        find.asking = false;
        if find.text.trim() != text {
            return self.find_again();
        }
        find.places = Places::Page(hits);
        find.at = find.at.min(find.count().saturating_sub(1));
        self.find_show()
    }

    /// The same where something else is shown: an answer under way is not for it.
    pub(in crate::gui::screen::mail) fn find_anew(&mut self) -> Action {
        if let Some(find) = &mut self.reader.find {
            (find.asking, find.places) = (false, Places::Unknown);
        }
        self.find_again()
    }

    /// Brings the present place into sight.
    fn find_show(&mut self) -> Action {
        let looking = self.reader.looking;
        let super::Reader { find: Some(find), shown: Shown::Messages(all), .. } = &mut self.reader else {
            return Action::None;
        };
        let (id, scope) = (all.active, all.has_cards().then_some(all.active));
        let Some(opened) = all.card_mut(id).and_then(|card| card.opened_mut()) else { return Action::None };
        match &find.places {
            Places::Unknown => Action::None,
            Places::Page(hits) => {
                let area = hits.get(find.at).and_then(|hit| hit.areas.first());
                let near = opened.page.near.or(looking.seen.map(|(_, near)| near));
                let (Some(area), Some(near)) = (area, near) else { return Action::None };
                let margin = (near.height / 6.0).min(60.0);
                if area.y >= near.top + margin && area.y + area.height <= near.top + near.height - margin {
                    return Action::None;
                }
                Action::ScrollBy(SCROLL.into(), area.y - near.top - near.height / 3.0)
            }
            Places::Text(found) => match found.get(find.at) {
                Some(Found { spot, line, bytes }) => {
                    let part = opened.select(*spot, *line, bytes.clone());
                    part.map(|part| Action::Reveal(text_id(scope, *spot).into(), part)).unwrap_or_default()
                }
                None => Action::None,
            },
        }
    }
}

/// The id of a piece of the text of a message; of one that is shown by itself without its number.
pub fn text_id(card: Option<MessageId>, spot: Spot) -> String {
    let text = match card {
        Some(id) => format!("{TEXT}-of-{id}"),
        None => TEXT.to_string(),
    };
    if spot == Spot::default() { text } else { format!("{text}-{}-{}", spot.block, spot.piece) }
}

fn in_blocks(blocks: &[Block], words: &str) -> Vec<Found> {
    let wanted: Vec<char> = folded(words).map(|(_, c)| c).collect();
    let mut all = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        for (at, piece) in block.pieces.iter().enumerate() {
            for (line, words) in piece.text.lines().enumerate() {
                let spot = Spot { block: number, piece: at };
                all.extend(in_line(&words.text, &wanted).into_iter().map(|bytes| Found { spot, line, bytes }));
                if all.len() >= MOST {
                    return all;
                }
            }
        }
    }
    all
}

/// The characters of a text as they are compared, each with the byte that it begins at.
fn folded(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    text.char_indices().flat_map(|(at, c)| {
        let c = if c.is_whitespace() { ' ' } else { c };
        c.to_lowercase().map(move |c| (at, c))
    })
}

/// Where it stands in a line, in bytes.
fn in_line(line: &str, wanted: &[char]) -> Vec<Range<usize>> {
    let characters: Vec<(usize, char)> = folded(line).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(window) = characters.get(at..at + wanted.len()).filter(|window| !window.is_empty()) {
        if window.iter().map(|(_, c)| c).eq(wanted) {
            let start = window.first().map_or(0, |(byte, _)| *byte);
            let last = window.last().map_or(start, |(byte, _)| *byte);
            let after = line.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            found.push(start..last + after);
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    found
}

/// Where what is looked for stands in a line of the text: for the colours of the text.
pub fn marks(line: &str, words: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = folded(words.trim()).map(|(_, c)| c).collect();
    if wanted.is_empty() { Vec::new() } else { in_line(line, &wanted) }
}

/// The bar above the message.
pub fn bar(find: &Find) -> Element<'_, Screen> {
    let say = |message: Message| Screen::Read(Read::Find(message));
    let field = control::input(&fl!("find-hint"), &find.text)
        .on_input(move |typed| say(Message::Typed(typed)))
        .on_submit(say(Message::Next))
        .width(Length::Fill);
    let field = control::field(FIELD, fl!("deed-find"), field).value(&find.text);
    let field = watch(field).on_key(move |key, modifiers| {
        let message = match key {
            Key::Named(Named::Enter) if modifiers == Modifiers::SHIFT => Message::Previous,
            Key::Named(Named::F3) if modifiers == Modifiers::SHIFT => Message::Previous,
            Key::Named(Named::F3) => Message::Next,
            Key::Named(Named::Escape) => Message::Close,
            _ => return None,
        };
        Some(say(message))
    });
    let field = container(field).max_width(320);
    let said = find.said();
    let words = text(said.clone()).size(theme::size::SMALL).style(theme::words::dim).wrapping(text::Wrapping::None);
    let words = control::control("find-said", Semantics::new(Role::Status, said), words);
    let some = find.count() > 0;
    let step = |id: &'static str, sign: Icon, name: String, key: String, message: Message| {
        control::icon_button(id, sign, name, Some(key), some.then(|| say(message)))
    };
    use crate::gui::keymap::{Deed, hint};
    let all = row![
        field,
        words,
        step("find-previous", Icon::ChevronUp, fl!("deed-find-previous"), hint(Deed::FindPrevious), Message::Previous),
        step("find-next", Icon::ChevronDown, fl!("deed-find-next"), hint(Deed::FindNext), Message::Next),
        iced::widget::space::horizontal(),
        control::icon_button("find-close", Icon::X, fl!("close"), Some(fl!("key-escape")), Some(say(Message::Close))),
    ];
    container(all.spacing(theme::space::S).align_y(Alignment::Center))
        .padding([6.0, 16.0])
        .width(Length::Fill)
        .style(theme::ground::pane)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_either_case_and_over_spaces() {
        assert_eq!(marks("Grüße, GRÜẞE? grüsse", "grüße"), [0..7, 9..17]);
        assert_eq!(marks("a\u{a0}b A B", "a b"), [0..4, 5..8]);
        assert_eq!(marks("aaaa", "aa"), [0..2, 2..4]);
        assert_eq!(marks("aaa", " "), Vec::<Range<usize>>::new());
        assert_eq!(marks("", "a"), Vec::<Range<usize>>::new());
    }
}
