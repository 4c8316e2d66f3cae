//! The connection log: what was said with every server, as it happened. Secrets were never recorded.

mod lines;
#[cfg(test)]
mod tests;
mod view;

use super::Screen;
use crate::gui::action::{Action, Answer, Ask, Tag};
use crate::gui::keymap::Press;
use crate::gui::widget::control::Step;
use crate::gui::widget::virtual_list::{self, Position, Said};
use crate::service::model::TranscriptLine;
use crate::service::{Event, Problem};
use iced::Element;
use iced::keyboard::Key;
use iced::keyboard::key::Named;
use jiff::tz::TimeZone;
use lines::Lines;
use std::time::Duration;

/// Names of the controls, for the keyboard and for tests.
pub mod ids {
    use iced::widget::Id;

    pub const FILTER: Id = Id::new("transcript-filter");
    pub const CHOICES: Id = Id::new("transcript-choices");
    pub const FOLLOW: Id = Id::new("transcript-follow");
    pub const COPY: Id = Id::new("transcript-copy");
    pub const LINES: Id = Id::new("transcript-lines");
    pub const WHOLE: Id = Id::new("transcript-whole");
    pub const COPY_LINE: Id = Id::new("transcript-copy-line");
}

const ASK: Tag = Tag::new("transcript");
/// Height of a line in pixels.
const ROW: f32 = 24.0;
/// How often the log is looked at anew.
const EVERY: Duration = Duration::from_secs(1);

/// What happens in the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    Said(Said),
    FilterPressed,
    FilterLeft,
    /// One connection by its place in the list, or all.
    Chosen(Option<usize>),
    FollowPressed,
    CopyPressed,
    CopyLinePressed,
    Stepped(Step),
}

/// The window.
#[derive(Debug)]
pub struct State {
    account: Option<String>,
    lines: Lines,
    zone: TimeZone,
    /// Position of the first visible line.
    offset: f64,
    viewport: f32,
    /// New lines are scrolled to.
    follow: bool,
    choosing: bool,
    /// The line that is shown whole.
    chosen: Option<u64>,
    asking: bool,
    asked: bool,
    problem: Option<Problem>,
}

impl State {
    /// Of one account, or of all.
    pub fn new(account: Option<String>) -> (State, Action) {
        let mut state = State {
            account,
            lines: Lines::default(),
            zone: TimeZone::system(),
            offset: 0.0,
            viewport: 500.0,
            follow: true,
            choosing: false,
            chosen: None,
            asking: false,
            asked: false,
            problem: None,
        };
        let ask = state.ask();
        (state, ask)
    }

    fn ask(&mut self) -> Action {
        if std::mem::replace(&mut self.asking, true) {
            return Action::None;
        }
        Action::Ask(Ask::Transcript(self.account.clone()), ASK)
    }

    fn position(&self) -> Position {
        Position { offset: self.offset, viewport: self.viewport, total: self.lines.len() as u64, row: ROW }
    }

    fn last(&self) -> f64 {
        virtual_list::last_offset(self.viewport, ROW, self.lines.len() as u64)
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Said(Said::Scrolled(offset)) => {
                self.offset = offset;
                self.follow = offset >= self.last() - 0.5;
            }
            Message::Said(Said::Resized(height)) => {
                self.viewport = height;
                self.settle();
            }
            Message::Said(Said::Pressed(press)) => {
                self.chosen = Some(press.index).filter(|index| self.chosen != Some(*index));
            }
            // Lines are not dragged.
            Message::Said(Said::Released(_) | Said::Dragged(..)) => {}
            Message::FilterPressed => {
                self.choosing = !self.choosing;
                return if self.choosing { Action::FocusNext } else { Action::None };
            }
            Message::FilterLeft => self.choosing = false,
            Message::Chosen(place) => {
                let connection = place.and_then(|at| self.lines.connections().get(at).cloned());
                self.lines.choose(connection);
                self.choosing = false;
                self.chosen = None;
                self.follow = true;
                self.settle();
                return Action::Focus(ids::FILTER);
            }
            Message::FollowPressed => {
                self.follow = !self.follow;
                self.settle();
            }
            Message::CopyPressed => return Action::Copy(self.lines.text(&self.zone)),
            Message::CopyLinePressed => {
                return self.whole().map_or(Action::None, |line| Action::Copy(line.text.clone()));
            }
            Message::Stepped(Step::On) => return Action::FocusNext,
            Message::Stepped(Step::Back) => return Action::FocusPrevious,
        }
        Action::None
    }

    /// The line that is shown whole.
    fn whole(&self) -> Option<&TranscriptLine> {
        self.chosen.and_then(|row| self.lines.get(usize::try_from(row).ok()?))
    }

    /// Keeps the position within what there is, and at the end while that is followed.
    fn settle(&mut self) {
        let last = self.last();
        self.offset = if self.follow { last } else { self.offset.min(last) };
    }

    fn scroll(&mut self, rows: f64) -> Action {
        let offset = (self.offset + rows).clamp(0.0, self.last());
        self.update(Message::Said(Said::Scrolled(offset)))
    }

    pub fn view(&self) -> Element<'_, Message> {
        view::view(self)
    }
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        if let (ASK, Answer::Transcript(result)) = (tag, answer) {
            self.asking = false;
            self.asked = true;
            match result {
                Ok(lines) => {
                    self.problem = None;
                    self.lines.replace(lines);
                    self.settle();
                }
                Err(problem) => self.problem = Some(problem),
            }
        }
        Action::None
    }

    fn title(&self) -> String {
        match &self.account {
            Some(account) => crate::fl!("transcript-title-of", account = account.as_str()),
            None => crate::fl!("transcript-title"),
        }
    }

    fn happened(&mut self, _events: &[Event]) -> Action {
        self.ask()
    }

    fn pressed(&mut self, press: &Press) -> Action {
        let page = f64::from(self.viewport / ROW) - 1.0;
        match press.key.as_ref() {
            Key::Named(Named::Escape) if self.choosing => {
                self.choosing = false;
                Action::Focus(ids::FILTER)
            }
            Key::Named(Named::Escape) => Action::Close,
            Key::Character("w") if press.modifiers.command() => Action::Close,
            Key::Character("c") if press.modifiers.command() => match self.chosen {
                Some(_) => self.update(Message::CopyLinePressed),
                None => self.update(Message::CopyPressed),
            },
            Key::Named(Named::ArrowDown) => self.scroll(1.0),
            Key::Named(Named::ArrowUp) => self.scroll(-1.0),
            Key::Named(Named::PageDown) => self.scroll(page),
            Key::Named(Named::PageUp) => self.scroll(-page),
            Key::Named(Named::Home) => self.scroll(f64::NEG_INFINITY),
            Key::Named(Named::End) => self.scroll(f64::INFINITY),
            _ => Action::None,
        }
    }

    fn ticks(&self) -> Option<Duration> {
        Some(EVERY)
    }

    fn ticked(&mut self, _now: jiff::Zoned) -> Action {
        self.ask()
    }
}
