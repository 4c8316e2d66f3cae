//! A window on the source of a message: its header fields in words, and every byte of it as it stands.
//!
//! The source is read in pages ([`lines`]): first what is in sight, then the rest once, to know where its lines begin.
//! What is looked for is sought by the service's side, page by page, so that a message of any size costs the window
//! what a small one costs.

mod fields;
mod lines;
#[cfg(test)]
mod tests;
mod view;

use super::Screen;
use super::mail::safe_name;
use crate::fl;
use crate::gui::action::{Action, Answer, Ask, Save, SaveSource, Tag};
use crate::gui::keymap::{self, Deed, Press};
use crate::gui::widget::virtual_list::{self, Position, Said};
use crate::i18n::problem;
use crate::service::{MessagePlace, Problem};
use iced::Element;
use iced::keyboard::Key;
use iced::keyboard::key::Named;
use iced::widget::{Id, text_editor};
use lines::{Lines, PAGE};
use std::ops::Range;

/// Names of the controls, for the keyboard and for tests.
pub mod ids {
    use iced::widget::Id;

    pub const HEADERS: Id = Id::new("source-headers");
    pub const SOURCE: Id = Id::new("source-source");
    pub const LINES: Id = Id::new("source-lines");
    pub const COPY: Id = Id::new("source-copy");
    pub const SAVE: Id = Id::new("source-save");
    pub const FIND: &str = "source-find";
}

const FIELDS: Tag = Tag::new("source.fields");
const PAGES: Tag = Tag::new("source.page");
const FIND: &str = "source.find";
const TEXT: Tag = Tag::new("source.text");
const SAVE: Tag = Tag::new("source.save");
/// Height of a row in pixels.
const ROW: f32 = 20.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Headers,
    Source,
}

#[derive(Debug)]
pub struct State {
    place: MessagePlace,
    tab: Tab,
    subject: String,
    fields: Option<text_editor::Content>,
    problem: Option<Problem>,
    lines: Lines,
    /// The page that is asked for.
    waiting: bool,
    /// Position of the first visible row.
    offset: f64,
    viewport: f32,
    /// The chosen rows: where choosing began, and where it is.
    chosen: Option<(u64, u64)>,
    /// What is looked for.
    find: String,
    /// The byte that was found last.
    found: Option<u64>,
    /// The byte to go to, as soon as its row is known.
    going: Option<u64>,
    /// The number of the search under way.
    seeking: Option<u64>,
    number: u64,
    /// What became of a search, of copying or saving.
    said: Option<String>,
}

#[derive(Clone, Debug)]
pub enum Message {
    Tab(Tab),
    Fields(text_editor::Action),
    Lines(Said),
    Find(String),
    Next,
    Previous,
    Copy,
    Save,
    Again,
}

impl State {
    pub fn new(place: MessagePlace) -> (State, Action) {
        let mut state = State {
            place,
            tab: Tab::Headers,
            subject: String::new(),
            fields: None,
            problem: None,
            lines: Lines::default(),
            waiting: false,
            offset: 0.0,
            viewport: 400.0,
            chosen: None,
            find: String::new(),
            found: None,
            going: None,
            seeking: None,
            number: 0,
            said: None,
        };
        let action = Action::Ask(Ask::Fields(state.place.clone()), FIELDS).and(state.read());
        (state, action)
    }

    fn position(&self) -> Position {
        Position { offset: self.offset, viewport: self.viewport, total: self.lines.len(), row: ROW }
    }

    /// Reads the page that is needed next, one at a time.
    fn read(&mut self) -> Action {
        if self.waiting || self.problem.is_some() {
            return Action::None;
        }
        let Some(page) = self.lines.wanted(self.position().visible()) else { return Action::None };
        self.waiting = true;
        let start = page.saturating_mul(PAGE);
        let length = usize::try_from(PAGE).unwrap_or(usize::MAX);
        Action::Ask(Ask::Source { place: self.place.clone(), start, length }, PAGES)
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Tab(tab) => self.tab = tab,
            Message::Fields(action) => {
                if let (Some(fields), false) = (&mut self.fields, action.is_edit()) {
                    fields.perform(action);
                }
            }
            Message::Lines(Said::Scrolled(offset)) => {
                self.offset = offset;
                return self.read();
            }
            Message::Lines(Said::Resized(height)) => {
                self.viewport = height;
                self.offset = self.offset.min(self.last());
                return self.read();
            }
            Message::Lines(Said::Pressed(press)) => {
                self.chosen = match self.chosen {
                    Some((from, _)) if press.modifiers.shift() => Some((from, press.index)),
                    Some((from, to)) if from == to && from == press.index => None,
                    _ => Some((press.index, press.index)),
                };
            }
            // Lines are not dragged.
            Message::Lines(Said::Released(_) | Said::Dragged(..)) => {}
            Message::Find(text) => {
                self.find = text;
                (self.found, self.said) = (None, None);
            }
            Message::Next => return self.seek(false),
            Message::Previous => return self.seek(true),
            Message::Copy => return self.copy(),
            Message::Save => {
                let file_name = format!("{}.eml", safe_name(&self.subject));
                let source = match self.place.id() {
                    Some(id) => SaveSource::Raw(id),
                    None => SaveSource::Letter(self.place.clone()),
                };
                return Action::SaveAs(Save { file_name, source }, SAVE);
            }
            Message::Again => {
                self.problem = None;
                return Action::Ask(Ask::Fields(self.place.clone()), FIELDS).and(self.read());
            }
        }
        Action::None
    }

    fn last(&self) -> f64 {
        virtual_list::last_offset(self.viewport, ROW, self.lines.len())
    }

    fn scroll(&mut self, rows: f64) -> Action {
        let offset = (self.offset + rows).clamp(0.0, self.last());
        self.update(Message::Lines(Said::Scrolled(offset)))
    }

    /// Looks for the text from where it was found last, or from what is in sight.
    fn seek(&mut self, back: bool) -> Action {
        if self.find.is_empty() {
            return Action::None;
        }
        self.tab = Tab::Source;
        let top = self.lines.bytes(self.position().visible()).start;
        let from = match (self.found, back) {
            (Some(found), false) => found.saturating_add(1),
            (Some(found), true) => found,
            (None, _) => top,
        };
        self.ask_find(from, back)
    }

    fn ask_find(&mut self, from: u64, back: bool) -> Action {
        self.number = self.number.wrapping_add(1);
        self.seeking = Some(self.number);
        let question = Ask::FindSource { place: self.place.clone(), text: self.find.clone(), from, back };
        Action::Ask(question, Tag::numbered(FIND, self.number))
    }

    fn came_upon(&mut self, at: Option<u64>) -> Action {
        match at {
            Some(at) => {
                self.found = Some(at);
                self.going = Some(at);
                self.go()
            }
            // From the beginning, once.
            None if self.found.is_some() || self.offset > 0.0 => {
                self.found = None;
                self.offset = 0.0;
                self.ask_find(0, false)
            }
            None => {
                self.said = Some(fl!("source-not-found"));
                Action::None
            }
        }
    }

    /// Goes to what was found, where its row is known by now.
    fn go(&mut self) -> Action {
        let Some(row) = self.going.and_then(|byte| self.lines.row_of(byte)) else { return Action::None };
        self.going = None;
        self.chosen = Some((row, row));
        // A third of the way down: what stands before it is seen, too.
        let above = f64::from(self.viewport / ROW / 3.0).floor();
        self.offset = (row as f64 - above).clamp(0.0, self.last());
        self.read()
    }

    /// The chosen rows, in order.
    fn rows(&self) -> Option<Range<u64>> {
        let (from, to) = self.chosen?;
        Some(from.min(to)..from.max(to).saturating_add(1))
    }

    fn copy(&mut self) -> Action {
        match (self.tab, &self.fields) {
            (Tab::Headers, Some(fields)) => {
                Action::Copy(fields.selection().filter(|text| !text.is_empty()).unwrap_or_else(|| fields.text()))
            }
            (Tab::Headers, None) => Action::None,
            (Tab::Source, _) => {
                let range = match self.rows() {
                    Some(rows) => self.lines.bytes(rows),
                    None => 0..self.lines.total().unwrap_or(u64::MAX),
                };
                Action::Ask(Ask::SourceText { place: self.place.clone(), range }, TEXT)
            }
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        view::view(self)
    }
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        match answer {
            Answer::Fields(Ok(all)) => {
                let subject = all.iter().find(|field| field.name.eq_ignore_ascii_case("Subject"));
                self.subject = subject.map(|field| field.decoded.clone()).unwrap_or_default();
                self.fields = Some(text_editor::Content::with_text(&fields::text(&all)));
            }
            Answer::Source(Ok(page)) => {
                self.waiting = false;
                // A cast of a float saturates.
                self.lines.came(page, self.offset as u64);
                return self.go().and(self.read());
            }
            Answer::Source(Err(problem)) => {
                self.waiting = false;
                self.problem = Some(problem);
            }
            Answer::Fields(Err(problem)) => self.problem = Some(problem),
            Answer::FoundSource(answer) if self.seeking == Some(tag.number) => {
                self.seeking = None;
                match answer {
                    Ok(at) => return self.came_upon(at),
                    Err(failure) => self.said = Some(problem::words(&failure).to_string()),
                }
            }
            Answer::SourceText(Ok(text)) => {
                self.said = Some(fl!("source-copied"));
                return Action::Copy(text);
            }
            Answer::Saved(Ok(Some(path))) => self.said = Some(fl!("said-saved", path = path.display().to_string())),
            Answer::SourceText(Err(failure)) | Answer::Saved(Err(failure)) => {
                self.said = Some(problem::words(&failure).to_string());
            }
            Answer::NoDialog(Some(save)) => {
                return Action::SaveTo(save, super::letter::directory_for(&self.place), SAVE);
            }
            _ => {}
        }
        Action::None
    }

    fn title(&self) -> String {
        match self.subject.trim() {
            "" => fl!("source"),
            subject => fl!("source-of", subject = subject),
        }
    }

    fn pressed(&mut self, press: &Press) -> Action {
        let page = f64::from(self.viewport / ROW) - 1.0;
        match (keymap::deed(press), press.key.as_ref()) {
            (Some(Deed::Escape), _) if self.chosen.is_some() && self.tab == Tab::Source => {
                self.chosen = None;
                Action::None
            }
            (Some(Deed::CloseWindow | Deed::Escape | Deed::Source), _) => Action::Close,
            (Some(Deed::Quit), _) => Action::Quit,
            (Some(Deed::Find), _) => {
                self.tab = Tab::Source;
                Action::Edit(Id::from(ids::FIND))
            }
            (Some(Deed::FindNext), _) => self.seek(false),
            (Some(Deed::FindPrevious), _) => self.seek(true),
            (Some(Deed::Copy), _) => self.copy(),
            (Some(Deed::SelectAll), _) if self.tab == Tab::Source && self.lines.len() > 0 => {
                self.chosen = Some((0, self.lines.len().saturating_sub(1)));
                Action::None
            }
            (_, Key::Character("s")) if press.modifiers.command() => self.update(Message::Save),
            (_, Key::Named(Named::ArrowLeft)) => self.update(Message::Tab(Tab::Headers)),
            (_, Key::Named(Named::ArrowRight)) => self.update(Message::Tab(Tab::Source)),
            (_, _) if self.tab == Tab::Headers => Action::None,
            (_, Key::Named(Named::ArrowDown)) => self.scroll(1.0),
            (_, Key::Named(Named::ArrowUp)) => self.scroll(-1.0),
            (_, Key::Named(Named::PageDown | Named::Space)) => self.scroll(page),
            (_, Key::Named(Named::PageUp)) => self.scroll(-page),
            (_, Key::Named(Named::Home)) => self.scroll(f64::NEG_INFINITY),
            (_, Key::Named(Named::End)) => self.scroll(f64::INFINITY),
            _ => Action::None,
        }
    }
}
