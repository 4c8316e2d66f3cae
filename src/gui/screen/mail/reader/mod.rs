//! The reader: one message, or a conversation as cards. What is asked for, what is shown.
//!
//! One wish is asked for at a time, then the newest. Of a conversation both the list of its messages and the wished one
//! are asked for at once, and what was shown before stays until both are here: nothing jumps.

pub(super) mod attachments;
mod banners;
mod body;
mod card;
mod cards;
mod conversation;
pub(super) mod find;
mod follow;
mod header;
mod hover;
pub(in crate::gui::screen) mod marks;
pub(super) mod opened;
pub(in crate::gui::screen) mod page;
pub(in crate::gui::screen) mod page_look;
pub(in crate::gui::screen) mod page_view;
pub(in crate::gui::screen) mod pieces;
pub(super) mod printing;
pub(in crate::gui::screen) mod saving;
pub(in crate::gui::screen) mod sheet;
mod toolbar;
pub(in crate::gui::screen) mod trust;
pub(in crate::gui::screen) mod view;
pub(super) mod whole;

use super::hits::Hits;
use super::{Asking, CONVERSATION, READ};
use crate::gui::action::{Action, Ask};
use crate::service::model::{ConversationView, MessageId, MessageView};
use crate::service::problem::Problem;
pub use conversation::{Body, Conversation};
pub use opened::{Opened, Spot};
use page_look::Looking;
use sheet::Sheet;

/// What the reader shows.
#[derive(Debug, Default)]
pub enum Shown {
    #[default]
    Nothing,
    Loading,
    Failed(Problem),
    Messages(Box<Conversation>),
}

/// What shall be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    pub id: MessageId,
    /// With all of its conversation.
    pub whole: bool,
}

/// A wish that is asked for, with what has come of it.
#[derive(Debug)]
struct Asked {
    wish: Wish,
    message: Option<Result<MessageView, Problem>>,
    conversation: Option<Result<ConversationView, Problem>>,
}

/// The reader's state.
#[derive(Debug, Default)]
pub struct Reader {
    pub shown: Shown,
    /// What is or shall be shown.
    wanted: Option<Wish>,
    /// The request under way: one at a time, then the newest wish.
    asked: Option<Asked>,
    /// The conversation that is shown being read again.
    rereading: Asking,
    /// What is shown was chosen by nobody: it stays unread until somebody does something with it.
    pub unbidden: bool,
    pub looking: Looking,
    /// The search within the message, while its bar is open.
    pub find: Option<find::Find>,
    /// Words of the search that found what is shown.
    pub hits: Hits,
}

/// What an answer led to.
#[derive(Debug, PartialEq)]
pub enum Came {
    /// Nothing for the screen; something else may be asked for now.
    Nothing(Action),
    /// The wish is shown; another one than before where `new`.
    Shown { new: bool },
}

impl Reader {
    pub fn conversation(&self) -> Option<&Conversation> {
        if let Shown::Messages(all) = &self.shown { Some(all) } else { None }
    }
    pub fn conversation_mut(&mut self) -> Option<&mut Conversation> {
        if let Shown::Messages(all) = &mut self.shown { Some(all) } else { None }
    }
    /// The message that the person is at, where it is open.
    pub fn message(&self) -> Option<&Opened> {
        self.opened(self.active()?)
    }
    /// An open message.
    pub fn opened(&self, id: MessageId) -> Option<&Opened> {
        self.conversation()?.card(id)?.opened()
    }
    pub fn opened_mut(&mut self, id: MessageId) -> Option<&mut Opened> {
        self.conversation_mut()?.card_mut(id)?.opened_mut()
    }
    /// All open messages, from top to bottom.
    pub fn all_opened(&mut self) -> impl Iterator<Item = &mut Opened> {
        self.conversation_mut().into_iter().flat_map(|all| &mut all.cards).filter_map(|card| card.opened_mut())
    }
    /// The card that was used last.
    pub fn active(&self) -> Option<MessageId> {
        self.conversation().map(|all| all.active)
    }
    fn sheet_mut(&mut self, id: MessageId) -> Option<&mut Sheet> {
        self.opened_mut(id)?.page.sheet.as_deref_mut()
    }

    /// What is or shall be shown.
    pub fn wanted(&self) -> Option<Wish> {
        self.wanted
    }
    /// Whether this message was chosen and is on the screen.
    pub fn shows(&self, id: MessageId) -> bool {
        self.wanted.is_some_and(|wish| wish.id == id) && self.conversation().is_some_and(|all| all.card(id).is_some())
    }
    /// Whether all of a conversation is shown, for the message that was chosen.
    pub fn is_whole(&self) -> bool {
        let shown = self.conversation().filter(|all| all.id.is_some());
        shown.zip(self.wanted).is_some_and(|(all, wish)| wish.whole && all.card(wish.id).is_some())
    }

    /// Wishes for something, or for nothing. Returns what to ask for now.
    pub fn want(&mut self, wish: Option<Wish>) -> Action {
        if self.wanted == wish {
            return Action::None;
        }
        self.wanted = wish;
        match wish {
            None => {
                self.shown = Shown::Nothing;
                self.find = None;
                Action::None
            }
            Some(wish) => {
                // What was before stays on the screen for the few milliseconds until this is here.
                if !matches!(self.shown, Shown::Messages(_)) {
                    self.shown = Shown::Loading;
                }
                self.ask(wish)
            }
        }
    }

    /// Another message of the same conversation stands for it.
    fn stand_in(&mut self, id: MessageId) {
        if let Some(wish) = &mut self.wanted {
            wish.id = id;
        }
    }

    /// Asks for the wish again: it changed, or failed.
    pub fn again(&mut self) -> Action {
        self.wanted.map(|wish| self.ask(wish)).unwrap_or_default()
    }

    fn ask(&mut self, wish: Wish) -> Action {
        if self.asked.is_some() {
            return Action::None;
        }
        self.asked = Some(Asked { wish, message: None, conversation: None });
        let message = Action::Ask(Ask::Message(wish.id), READ);
        if wish.whole { message.and(Action::Ask(Ask::Conversation(wish.id), CONVERSATION)) } else { message }
    }

    /// The message that was asked for.
    pub fn message_came(&mut self, id: MessageId, answer: Result<MessageView, Problem>) -> Came {
        if let Some(asked) = self.asked.as_mut().filter(|asked| asked.wish.id == id) {
            asked.message = Some(answer);
        }
        self.came()
    }

    /// The conversation that was asked for.
    pub fn conversation_came(&mut self, id: MessageId, answer: Result<ConversationView, Problem>) -> Came {
        if let Some(asked) = self.asked.as_mut().filter(|asked| asked.wish.id == id) {
            asked.conversation = Some(answer);
        }
        self.came()
    }

    fn came(&mut self) -> Came {
        let is_here =
            |asked: &mut Asked| asked.message.is_some() && (asked.conversation.is_some() || !asked.wish.whole);
        let Some(Asked { wish, message: Some(message), conversation }) = self.asked.take_if(is_here) else {
            return Came::Nothing(Action::None);
        };
        if self.wanted != Some(wish) {
            return Came::Nothing(self.again());
        }
        let view = match message {
            Ok(view) => view,
            Err(problem) => {
                self.shown = Shown::Failed(problem);
                return Came::Nothing(Action::None);
            }
        };
        let all = conversation.and_then(Result::ok);
        match (&mut self.shown, all) {
            // The same again: what is selected and open in it stays.
            (Shown::Messages(shown), all) if shown.card(wish.id).is_some_and(|card| card.opened().is_some()) => {
                shown.put(wish.id, Ok(view));
                if let Some(all) = all {
                    shown.renew(all);
                }
                return Came::Shown { new: false };
            }
            (shown, Some(all)) => *shown = Shown::Messages(Box::new(Conversation::whole(view, all))),
            (shown, None) => *shown = Shown::Messages(Box::new(Conversation::single(view))),
        }
        Came::Shown { new: true }
    }

    /// The request under way was answered by something that is not for the screen.
    pub fn unasked(&mut self) {
        self.asked = None;
    }

    /// The control that has the text of what the person is at.
    pub fn text_id(&self) -> String {
        match self.conversation() {
            Some(all) => find::text_id(all.has_cards().then_some(all.active), Spot::default()),
            None => opened::TEXT.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::screen::mail::fixtures::{conversation, opened};

    fn flat(id: u64) -> Option<Wish> {
        Some(Wish { id: MessageId(id), whole: false })
    }

    fn asks(id: u64) -> Action {
        Action::Ask(Ask::Message(MessageId(id)), READ)
    }

    #[test]
    fn the_newest_wish_wins_and_one_request_runs_at_a_time() {
        let mut reader = Reader::default();
        assert_eq!(reader.want(flat(1)), asks(1));
        assert_eq!(reader.want(flat(2)), Action::None);
        assert_eq!(reader.want(flat(3)), Action::None);
        assert_eq!(reader.message_came(MessageId(1), Ok(opened(1, "one"))), Came::Nothing(asks(3)));
        assert!(reader.message().is_none(), "the first is not wished any more");
        assert_eq!(reader.message_came(MessageId(3), Ok(opened(3, "three"))), Came::Shown { new: true });
        assert_eq!(reader.message().map(|m| m.view.row.id), Some(MessageId(3)));
        assert_eq!(reader.want(None), Action::None);
        assert!(matches!(reader.shown, Shown::Nothing));
    }

    #[test]
    fn a_conversation_is_shown_once_it_and_the_message_are_here() {
        for message_first in [true, false] {
            let mut reader = Reader::default();
            let wish = Wish { id: MessageId(2), whole: true };
            let both = asks(2).and(Action::Ask(Ask::Conversation(MessageId(2)), CONVERSATION));
            assert_eq!(reader.want(Some(wish)), both);
            let mut come = |message: bool| match message {
                true => reader.message_came(MessageId(2), Ok(opened(2, "two"))),
                false => reader.conversation_came(MessageId(2), Ok(conversation(1..=3))),
            };
            assert_eq!(come(message_first), Came::Nothing(Action::None));
            assert_eq!(come(!message_first), Came::Shown { new: true });
            assert!(reader.is_whole());
            assert_eq!(reader.conversation().map(|all| all.cards.len()), Some(3));
        }
    }

    #[test]
    fn where_the_conversation_cannot_be_had_the_message_is_shown() {
        let mut reader = Reader::default();
        let _ = reader.want(Some(Wish { id: MessageId(2), whole: true }));
        let problem = Problem::new(crate::service::ProblemKind::Offline, "");
        let _ = reader.conversation_came(MessageId(2), Err(problem));
        assert_eq!(reader.message_came(MessageId(2), Ok(opened(2, "two"))), Came::Shown { new: true });
        assert!(!reader.is_whole() && reader.message().is_some());
    }
}
