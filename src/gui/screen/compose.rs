//! The compose window.

use super::Screen;
use crate::gui::action::{Action, Answer, Ask, Tag};
use crate::service::model::{Draft, DraftOrigin};
use iced::Element;

#[derive(Debug, Default)]
pub struct State {
    draft: Option<Box<Draft>>,
}

#[derive(Clone, Debug)]
pub enum Message {}

const BEGIN: Tag = Tag::new("compose.begin");

impl State {
    /// On a fresh draft, asked of the service.
    pub fn begin(origin: DraftOrigin, reply_all: bool) -> (State, Action) {
        (State::default(), Action::Ask(Ask::Begin { origin, reply_all }, BEGIN))
    }
    /// On this draft.
    pub fn open(draft: Box<Draft>) -> (State, Action) {
        (State { draft: Some(draft) }, Action::None)
    }
    /// For a `mailto:` link.
    pub fn mailto(_link: &str) -> (State, Action) {
        State::begin(DraftOrigin::New, false)
    }
    /// The draft's name: one draft has one window.
    pub fn draft_id(&self) -> Option<&str> {
        self.draft.as_ref().map(|draft| draft.id.as_str())
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {}
    }
    pub fn view(&self) -> Element<'_, Message> {
        iced::widget::space().into()
    }
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        if let (BEGIN, Answer::Begun(draft)) = (tag, answer) {
            self.draft = draft.ok().map(Box::new);
        }
        Action::None
    }
    fn title(&self) -> String {
        self.draft.as_ref().map(|draft| draft.subject.clone()).unwrap_or_default()
    }
}
