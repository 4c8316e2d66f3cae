//! What needs the whole of a message of which only the headers are here: the message is loaded first, before
//! everything else, then it goes on by itself. Meanwhile a card says so, and takes it back.

use super::{Message as Screen, State, toast};
use crate::fl;
use crate::gui::action::{Action, Open, Save, SaveSource, Tag};
use crate::gui::theme;
use crate::gui::widget::control;
use crate::service::model::{DraftOrigin, MessageId};
use crate::service::{Command, Problem, Receipt};
use iced::Element;

/// The loading for what waits; its number is that of the wish.
pub const FIRST: &str = "mail.first";

/// What waits for the message.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    Write { origin: DraftOrigin, reply_all: bool },
    Save(Save),
}

/// A wish that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetching {
    number: u64,
    subject: String,
    then: Then,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The person no longer wants what waits. The message may come all the same.
    Leave,
}

impl State {
    pub(super) fn fetching(&mut self, message: Message) -> Action {
        match message {
            Message::Leave => self.fetching = None,
        }
        Action::None
    }

    /// Whether only the headers of a message are here, as far as the screen knows.
    fn is_partial(&self, id: MessageId) -> bool {
        // What is read is known better than its row of a moment ago.
        let read = self.reader.conversation().and_then(|all| all.card(id)).map(|card| card.row());
        read.or_else(|| self.pages.find(id)).is_some_and(|row| row.headers_only)
    }

    /// Does what needs the whole of a message, once it is here. A newer wish takes the place of one that waits.
    pub(super) fn with_whole(&mut self, id: MessageId, then: Then) -> Action {
        self.fetching = None;
        if !self.is_partial(id) {
            return self.go_on(then);
        }
        let subject = self.pages.find(id).map(|row| row.subject.trim().to_string()).unwrap_or_default();
        let subject = if subject.is_empty() { fl!("no-subject") } else { subject };
        let number = self.next();
        self.fetching = Some(Fetching { number, subject, then });
        Action::Command(Command::FetchWhole { ids: vec![id] }, Tag::numbered(FIRST, number))
    }

    fn go_on(&mut self, then: Then) -> Action {
        match then {
            Then::Write { origin, reply_all } => Action::Open(Open::Compose { origin, reply_all }),
            Then::Save(save) => self.choose_file(save),
        }
    }

    /// The message is here, or cannot be had.
    pub(super) fn first_came(&mut self, number: u64, answer: Result<Receipt, Problem>) -> Action {
        let Some(fetching) = self.fetching.take_if(|fetching| fetching.number == number) else { return Action::None };
        match answer {
            Ok(_) => self.go_on(fetching.then),
            Err(problem) => {
                self.notice = Some(problem);
                Action::None
            }
        }
    }
}

/// The message that something is saved of.
pub fn message_of(save: &Save) -> Option<MessageId> {
    match &save.source {
        SaveSource::Attachment { id, .. } | SaveSource::Attachments { id, .. } | SaveSource::Raw(id) => Some(*id),
        SaveSource::Enclosed { .. }
        | SaveSource::AllEnclosed { .. }
        | SaveSource::Letter(_)
        | SaveSource::Text(_)
        | SaveSource::Pdf(_)
        | SaveSource::Mailbox { .. } => None,
    }
}

/// The card while something waits.
pub fn view(state: &State) -> Option<Element<'_, Screen>> {
    let Fetching { subject, then, .. } = state.fetching.as_ref()?;
    let subject = subject.as_str();
    let words = match then {
        Then::Write { origin: DraftOrigin::Forward(_), .. } => fl!("fetching-forward", subject = subject),
        Then::Write { .. } => fl!("fetching-reply", subject = subject),
        Then::Save(_) => fl!("fetching-save", subject = subject),
    };
    let leave = Some(Screen::Fetching(Message::Leave));
    let leave = control::link("fetching-leave", fl!("cancel"), theme::size::BODY, theme::press::toast, leave);
    Some(toast::card("fetching", &words.into(), Some(leave)))
}
