//! The connection log: the recorded dialogue with every server.

use super::Screen;
use crate::gui::action::{Action, Answer, Ask, Tag};
use crate::service::model::TranscriptLine;
use iced::Element;

#[derive(Debug, Default)]
pub struct State {
    lines: Vec<TranscriptLine>,
}

#[derive(Clone, Debug)]
pub enum Message {}

impl State {
    /// Of one account, or of all.
    pub fn new(account: Option<String>) -> (State, Action) {
        (State::default(), Action::Ask(Ask::Transcript(account), Tag::new("transcript")))
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {}
    }
    pub fn view(&self) -> Element<'_, Message> {
        iced::widget::space().into()
    }
}

impl Screen for State {
    fn answered(&mut self, _tag: Tag, answer: Answer) -> Action {
        if let Answer::Transcript(Ok(lines)) = answer {
            self.lines = lines;
        }
        Action::None
    }
    fn title(&self) -> String {
        crate::fl!("app-name")
    }
}
