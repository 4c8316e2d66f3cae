//! The compose window as the program sees it: it waits for its draft, the accounts and the preferences, then
//! hands everything to [`Compose`].

use super::{Compose, Message, view};
use crate::gui::action::{Action, Answer, Ask, Tag};
use crate::gui::keymap::Press;
use crate::gui::screen::{Files, Screen};
use crate::mail::compose::mailto;
use crate::service::model::{Account, Draft, DraftOrigin};
use crate::service::{Event, Problem};
use iced::Element;
use std::time::Instant;

const BEGIN: Tag = Tag::new("compose-begin");
const ACCOUNTS: Tag = Tag::new("compose-accounts");
const PREFERENCES: Tag = Tag::new("compose-preferences");

/// What came so far.
#[derive(Debug)]
enum Stage {
    Waiting,
    /// There is no draft to write on.
    Failed(Problem),
    Ready(Box<Compose>),
}

/// A compose window.
#[derive(Debug)]
pub struct State {
    stage: Stage,
    draft: Option<Box<Draft>>,
    /// A link whose fields go into the draft.
    mailto: Option<String>,
    accounts: Option<Vec<Account>>,
    undo_seconds: Option<u32>,
    /// The draft was begun for this window.
    begun: bool,
    /// The window is on the screen, and can be given the keyboard.
    shown: bool,
}

impl State {
    /// On a fresh draft, asked of the service.
    pub fn begin(origin: DraftOrigin, reply_all: bool) -> (State, Action) {
        let ask = Action::Ask(Ask::Begin { origin, reply_all }, BEGIN);
        let (state, action) = State::waiting(None);
        (state, ask.and(action))
    }

    /// On this draft.
    pub fn open(draft: Box<Draft>) -> (State, Action) {
        State::waiting(Some(draft))
    }

    /// For a `mailto:` link (RFC 6068); what cannot be read begins an empty message.
    pub fn mailto(link: &str) -> (State, Action) {
        let (mut state, action) = State::begin(DraftOrigin::New, false);
        state.mailto = Some(link.into());
        (state, action)
    }

    fn waiting(draft: Option<Box<Draft>>) -> (State, Action) {
        let state = State {
            stage: Stage::Waiting,
            draft,
            mailto: None,
            accounts: None,
            undo_seconds: None,
            begun: false,
            shown: false,
        };
        (state, Action::Ask(Ask::Accounts, ACCOUNTS).and(Action::Ask(Ask::Preferences, PREFERENCES)))
    }

    /// The draft's name: one draft has one window.
    pub fn draft_id(&self) -> Option<&str> {
        match &self.stage {
            Stage::Ready(compose) => Some(compose.id()),
            _ => self.draft.as_ref().map(|draft| draft.id.as_str()),
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match &mut self.stage {
            Stage::Ready(compose) => compose.update(message, Instant::now()),
            Stage::Failed(_) if matches!(message, Message::CloseRequested | Message::StayPressed) => Action::Close,
            _ => Action::None,
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        match &self.stage {
            Stage::Waiting => view::waiting(),
            Stage::Failed(problem) => view::failed(problem),
            Stage::Ready(compose) => view::view(compose),
        }
    }

    fn begin_when_all_is_there(&mut self) -> Action {
        if !matches!(self.stage, Stage::Waiting) {
            return Action::None;
        }
        let (Some(accounts), Some(undo_seconds)) = (&self.accounts, self.undo_seconds) else { return Action::None };
        let Some(mut draft) = self.draft.take() else { return Action::None };
        let filled = self.mailto.take().is_some_and(|link| fill(&mut draft, &link));
        let mut compose = Compose::new(*draft, accounts.clone(), undo_seconds, Instant::now());
        if self.begun {
            compose = compose.fresh();
        }
        let opened = if self.shown { compose.opened() } else { Action::None };
        let saved = if filled { compose.changed() } else { Action::None };
        self.stage = Stage::Ready(Box::new(compose));
        opened.and(saved)
    }
}

/// Puts a link's fields into a fresh draft; a signature that stands there stays below.
fn fill(draft: &mut Draft, link: &str) -> bool {
    let Some(parts) = mailto::parse(link) else { return false };
    draft.to.extend(parts.to);
    draft.cc.extend(parts.cc);
    draft.bcc.extend(parts.bcc);
    draft.unfinished = parts.unfinished;
    draft.subject = parts.subject;
    draft.body.insert_str(0, &parts.body);
    draft.in_reply_to = parts.in_reply_to;
    draft.references = parts.references;
    true
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        match (tag, answer) {
            (BEGIN, Answer::Begun(draft)) => match *draft {
                Ok(draft) => {
                    self.draft = Some(Box::new(draft));
                    self.begun = true;
                }
                Err(problem) => self.stage = Stage::Failed(problem),
            },
            (ACCOUNTS, Answer::Accounts(Ok(accounts))) => {
                let accounts: Vec<Account> = accounts.into_iter().map(|view| view.account).collect();
                if let Stage::Ready(compose) = &mut self.stage {
                    compose.set_accounts(accounts.clone());
                }
                self.accounts = Some(accounts);
            }
            (ACCOUNTS, Answer::Accounts(Err(problem))) => self.stage = Stage::Failed(problem),
            (PREFERENCES, Answer::Preferences(preferences)) => {
                let seconds = preferences.unwrap_or_default().undo_seconds;
                self.undo_seconds = Some(seconds);
            }
            (tag, answer) => {
                return match &mut self.stage {
                    Stage::Ready(compose) => compose.answer(tag, answer, Instant::now()),
                    _ => Action::None,
                };
            }
        }
        self.begin_when_all_is_there()
    }

    fn title(&self) -> String {
        match &self.stage {
            Stage::Ready(compose) if !compose.title().is_empty() => compose.title().to_string(),
            _ => crate::fl!("compose-title"),
        }
    }

    fn happened(&mut self, events: &[Event]) -> Action {
        let accounts = |event: &Event| matches!(event, Event::Accounts | Event::Lagged);
        if events.iter().any(accounts) { Action::Ask(Ask::Accounts, ACCOUNTS) } else { Action::None }
    }

    fn pressed(&mut self, press: &Press) -> Action {
        match &self.stage {
            Stage::Ready(_) => self.update(Message::Key(press.clone())),
            _ if view::leaves(press) => Action::Close,
            _ => Action::None,
        }
    }

    fn files(&mut self, files: Files) -> Action {
        self.update(match files {
            Files::Hovered(path) => Message::FileHovered(path),
            Files::Left => Message::FilesLeft,
            Files::Dropped(path) => Message::FileDropped(path),
        })
    }

    fn resized(&mut self, _width: f32, _height: f32) -> Action {
        match (&self.stage, std::mem::replace(&mut self.shown, true)) {
            (Stage::Ready(compose), false) => compose.opened(),
            _ => Action::None,
        }
    }

    fn closing(&mut self) -> Action {
        match &self.stage {
            Stage::Ready(_) => self.update(Message::CloseRequested),
            _ => Action::Close,
        }
    }
}
