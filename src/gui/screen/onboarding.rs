//! The account set-up: fills the main window while there is no account, or where one is added.

use super::Screen;
use crate::gui::action::{Action, Answer, Tag};
use crate::service::model::Account;
use iced::Element;

#[derive(Debug, Default)]
pub struct State {}

#[derive(Clone, Debug)]
pub enum Message {}

impl State {
    /// `first`: there is no account yet, so there is nothing to go back to.
    /// `account`: its settings are shown to be changed.
    pub fn new(_first: bool, _account: Option<Box<Account>>) -> (State, Action) {
        (State::default(), Action::None)
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
