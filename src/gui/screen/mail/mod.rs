//! The main screen: folders, list, reader, status.

use super::Screen;
use crate::gui::action::{Action, Answer, Tag};
use crate::service::model::Preferences;
use iced::Element;

#[derive(Debug)]
pub struct State {
    preferences: Preferences,
}

#[derive(Clone, Debug)]
pub enum Message {}

impl State {
    pub fn new(preferences: Preferences) -> (State, Action) {
        (State { preferences }, Action::None)
    }
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }
    /// Whether it is known that there is no account.
    pub fn is_empty(&self) -> bool {
        false
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {}
    }
    pub fn view(&self) -> Element<'_, Message> {
        iced::widget::space().into()
    }
}

impl Screen for State {
    fn answered(&mut self, _tag: Tag, _answer: Answer) -> Action {
        Action::None
    }
    fn title(&self) -> String {
        crate::fl!("app-name")
    }
}
