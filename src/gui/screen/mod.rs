//! The screens. Each owns its state, its messages, an update and a view, and knows nothing of the others.

pub mod account;
pub mod compose;
pub mod files;
pub mod later;
pub mod letter;
pub mod mail;
pub mod onboarding;
pub mod preview;
pub mod source;
pub mod transcript;

use super::action::{Action, Answer, Tag};
use super::keymap::Press;
use crate::service::Event;
use jiff::Zoned;
use std::path::PathBuf;
use std::time::Duration;

/// What the program does with every screen. Beside this each has, of its own message type,
/// `update(&mut self, Message) -> Action` and `view(&self) -> Element<'_, Message>`.
pub trait Screen {
    /// The answer to a request of its own.
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action;
    /// Of its window.
    fn title(&self) -> String;
    /// The service's news.
    fn happened(&mut self, _events: &[Event]) -> Action {
        Action::None
    }
    /// A key that no control took.
    fn pressed(&mut self, _press: &Press) -> Action {
        Action::None
    }
    /// Files over the window.
    fn files(&mut self, _files: Files) -> Action {
        Action::None
    }
    /// The window was resized, to logical pixels.
    fn resized(&mut self, _width: f32, _height: f32) -> Action {
        Action::None
    }
    /// The person wants the window closed. [`Action::Close`] closes it; anything else may come first.
    fn closing(&mut self) -> Action {
        Action::Close
    }
    /// How often time matters to what it shows; `None` while it does not.
    fn ticks(&self) -> Option<Duration> {
        None
    }
    /// Time went on.
    fn ticked(&mut self, _now: Zoned) -> Action {
        Action::None
    }
}

/// Files that are dragged from the desktop. Several come one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    Hovered(PathBuf),
    Left,
    Dropped(PathBuf),
}
