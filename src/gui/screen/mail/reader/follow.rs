//! What the main screen does with a conversation that is read: it is asked for, kept up with, folded and walked
//! through, and of its messages those are marked as read that were open on the screen.

use super::conversation::Conversation;
use super::view::{Message, header_id};
use super::{Came, Wish, find};
use crate::gui::action::{Action, Ask, Tag};
use crate::gui::screen::mail::{CARD, DEED, REREAD, State};
use crate::service::model::{ConversationView, Flags, MessageId, MessageView};
use crate::service::{Command, Problem, ProblemKind};

impl State {
    /// Shows what is selected in the reader: one message or conversation, or nothing.
    pub(in crate::gui::screen::mail) fn read_selected(&mut self) -> Action {
        let whole = self.is_threaded();
        self.reader.hits = self.hits.clone();
        let wanted = self.reader.want(self.selection.single().map(|id| Wish { id, whole }));
        // What is shown already may have been found by other words.
        wanted.and(self.light_pages())
    }

    /// The message that a person means who has one row selected: of a conversation the card that was used last.
    pub(in crate::gui::screen::mail) fn attended(&self) -> Option<MessageId> {
        let id = self.selection.single()?;
        Some(if self.reader.shows(id) { self.reader.active().unwrap_or(id) } else { id })
    }

    pub(in crate::gui::screen::mail) fn message_came(
        &mut self,
        id: MessageId,
        answer: Result<MessageView, Problem>,
    ) -> Action {
        if self.reader.shows(id) && !self.reader.is_whole() && self.has_left(&answer) {
            self.reader.unasked();
            return self.opened_left(id);
        }
        let came = self.reader.message_came(id, answer);
        self.wish_came(came)
    }

    pub(in crate::gui::screen::mail) fn conversation_came(
        &mut self,
        id: MessageId,
        answer: Result<ConversationView, Problem>,
    ) -> Action {
        let came = self.reader.conversation_came(id, answer);
        self.wish_came(came)
    }

    fn wish_came(&mut self, came: Came) -> Action {
        match came {
            Came::Nothing(action) => action,
            // The same message: its HTML may have come with the rest of it.
            Came::Shown { new: false } => self.ask_pages().and(self.load_cards()),
            Came::Shown { new: true } => self.begin_reading(),
        }
    }

    fn begin_reading(&mut self) -> Action {
        let top = Action::ScrollToTop(find::SCROLL.into());
        self.reader.unbidden = std::mem::take(&mut self.unbidden);
        if let Some(find) = &mut self.reader.find {
            find.restart();
        }
        let Some(all) = self.reader.conversation() else { return Action::None };
        // A message by itself is on the screen now. Of several it is seen which are.
        let (id, has_cards) = (all.active, all.has_cards());
        let seen = if has_cards { Action::None } else { self.card_seen(id) };
        top.and(seen).and(self.load_whole(id)).and(self.ask_page(id)).and(self.load_cards()).and(self.find_anew())
    }

    /// Asks for the cards that are open and not here.
    fn load_cards(&mut self) -> Action {
        let loading = self.reader.conversation().map(|all| all.loading().collect::<Vec<_>>()).unwrap_or_default();
        Action::batch(loading.into_iter().map(card))
    }

    pub(in crate::gui::screen::mail) fn card_came(
        &mut self,
        id: MessageId,
        answer: Result<MessageView, Problem>,
    ) -> Action {
        let here = self.reader.opened(id).is_some();
        if !self.reader.conversation_mut().is_some_and(|all| all.put(id, answer)) {
            return Action::None;
        }
        let found = if self.reader.active() == Some(id) { self.find_anew() } else { Action::None };
        // What was here already is loaded once.
        let whole = if here { Action::None } else { self.load_whole(id) };
        whole.and(self.ask_page(id)).and(found)
    }

    /// Mail changed: the conversation that is shown is read again.
    pub(in crate::gui::screen::mail) fn reread(&mut self) -> Action {
        let Some(wish) = self.reader.wanted.filter(|_| self.reader.is_whole()) else { return Action::None };
        self.reader.rereading.ask(Ask::Conversation(wish.id), REREAD)
    }

    pub(in crate::gui::screen::mail) fn reread_came(
        &mut self,
        id: MessageId,
        answer: Result<ConversationView, Problem>,
    ) -> Action {
        let stale = self.reader.rereading.answered();
        if !self.reader.is_whole() || !self.reader.shows(id) {
            // Another message stands for it by now, or something else is shown.
            return self.reread();
        }
        let mut renewed = Action::None;
        let gone = match answer {
            Ok(all) => {
                renewed = self.renewed(all);
                !self.reader.conversation().is_some_and(|shown| self.is_here(shown, id))
            }
            Err(problem) if matches!(problem.kind, ProblemKind::NotFound { .. }) => true,
            Err(_) => false,
        };
        let again = if stale { self.reread() } else { Action::None }.and(renewed);
        if !gone {
            return again;
        }
        // Another message of it that is in the list stands for it from now on; where there is none it has left.
        let other = self.reader.conversation().and_then(|shown| {
            let here = shown.cards.iter().rev().filter(|card| card.id() != id);
            here.map(|card| card.id()).find(|id| self.is_here(shown, *id))
        });
        match other {
            Some(other) => {
                self.stand_in(id, other);
                again.and(self.reread())
            }
            None => again.and(self.opened_left(id)),
        }
    }

    fn renewed(&mut self, all: ConversationView) -> Action {
        let Some(shown) = self.reader.conversation_mut() else { return Action::None };
        shown.renew(all);
        self.follow_row();
        self.load_cards()
    }

    /// Letters of one width, or those that are easier to read.
    pub(in crate::gui::screen::mail) fn toggle_monospace(&mut self) -> Action {
        self.reader.looking.monospace = !self.reader.looking.monospace;
        Action::None
    }

    /// Whether a message of what is shown lies in what the list shows.
    pub(in crate::gui::screen::mail) fn is_here(&self, shown: &Conversation, id: MessageId) -> bool {
        let Some(card) = shown.card(id) else { return false };
        self.shows(card.message.row.mailbox) || card.message.places.iter().any(|place| self.shows(place.mailbox))
    }

    /// The row of a conversation is known by another of its messages from now on.
    fn stand_in(&mut self, before: MessageId, id: MessageId) {
        self.reader.stand_in(id);
        if self.selection.single() == Some(before)
            && let Some((cursor, _)) = self.selection.cursor()
        {
            let at = self.pages.position_of(id).unwrap_or(cursor);
            self.selection.only(at, id);
        }
    }

    /// Rows came: the row of the conversation that is read may be that of a newer message by now.
    pub(in crate::gui::screen::mail) fn follow_row(&mut self) {
        let Some(id) = self.selection.single().filter(|id| self.reader.shows(*id) && self.reader.is_whole()) else {
            return;
        };
        if self.pages.is_fresh(id) {
            return;
        }
        let thread = self.reader.conversation().and_then(|shown| shown.id);
        let is_it = |row: &crate::service::model::ListRow| row.conversation.as_ref().map(|c| c.id) == thread;
        let rows = self.pages.from(0).filter(|(_, row)| row.id != id && self.pages.is_fresh(row.id));
        let mut rows = rows.filter(|(at, _)| self.pages.listed(*at).is_some_and(is_it)).map(|(_, row)| row.id);
        let known = |id: &MessageId| self.reader.conversation().is_some_and(|shown| shown.card(*id).is_some());
        // A card that the reader has not read yet comes with the answer that is under way.
        let other = rows.next().filter(known);
        drop(rows);
        if let Some(other) = other {
            self.stand_in(id, other);
        }
    }

    /// A card is used: keys and the toolbar are about it now.
    pub(super) fn attend(&mut self, id: MessageId) -> Action {
        // Somebody is there now.
        let seen = if std::mem::take(&mut self.reader.unbidden) { self.card_seen(id) } else { Action::None };
        match self.reader.conversation_mut().filter(|all| all.active != id && all.card(id).is_some()) {
            Some(all) => {
                all.active = id;
                seen.and(self.find_anew())
            }
            None => seen,
        }
    }

    /// Folds or opens a card.
    pub(super) fn toggle_card(&mut self, id: MessageId) -> Action {
        let Some(all) = self.reader.conversation_mut().filter(|all| all.has_cards()) else { return Action::None };
        let loads = all.toggle(id);
        let found = self.find_anew();
        found.and(if loads { card(id) } else { Action::None })
    }

    /// Folds or opens the card that the keyboard is at.
    pub(in crate::gui::screen::mail) fn toggle_active(&mut self) -> Action {
        self.reader.active().map(|id| self.toggle_card(id)).unwrap_or_default()
    }

    /// Opens all cards, or folds all but one.
    pub(in crate::gui::screen::mail) fn toggle_cards(&mut self) -> Action {
        self.reader.unbidden = false;
        let Some(all) = self.reader.conversation_mut().filter(|all| all.has_cards()) else { return Action::None };
        all.toggle_all();
        self.load_cards().and(self.find_anew())
    }

    /// The next message of the conversation, or the one before: it gets the keyboard.
    pub(in crate::gui::screen::mail) fn step_card(&mut self, by: isize) -> Action {
        let Some(all) = self.reader.conversation().filter(|all| all.has_cards()) else { return Action::None };
        let Some(id) = all.neighbour(by) else { return Action::None };
        self.attend(id).and(Action::Focus(header_id(id).into()))
    }

    /// An open card is on the screen: it is read.
    pub(super) fn card_seen(&mut self, id: MessageId) -> Action {
        let unbidden = self.reader.unbidden;
        let Some(card) = self.reader.conversation_mut().and_then(|all| all.card_mut(id)) else { return Action::None };
        if unbidden || !card.is_unread() || card.opened().is_none() {
            return Action::None;
        }
        card.flag(Flags::SEEN, Flags::empty());
        self.seen(id)
    }

    /// A star or the mark of having read, of one card.
    pub(super) fn flag_card(&mut self, id: MessageId, flag: Flags) -> Action {
        let Some(card) = self.reader.conversation_mut().and_then(|all| all.card_mut(id)) else { return Action::None };
        let has = card.row().flags.contains(flag);
        let (add, remove) = if has { (Flags::empty(), flag) } else { (flag, Flags::empty()) };
        card.flag(add, remove);
        let words = match (flag == Flags::SEEN, has) {
            (true, false) => crate::fl!("said-read", count = 1),
            (true, true) => crate::fl!("said-unread", count = 1),
            (false, false) => crate::fl!("said-starred", count = 1),
            (false, true) => crate::fl!("said-unstarred", count = 1),
        };
        // Of this message alone, not of the conversation that its row is.
        self.flag_one_here(id, add, remove);
        let number = self.next();
        self.pending.insert(number, words.into());
        Action::Command(Command::SetFlags { ids: vec![id], add, remove }, Tag::numbered(DEED, number))
    }

    /// What a person does with one card.
    pub(super) fn on_card(&mut self, id: MessageId, message: Message) -> Action {
        match message {
            Message::Toggle => self.toggle_card(id),
            Message::Flag(flag) => self.flag_card(id, flag),
            Message::Do(deed) => self.deed(deed),
            Message::AgainCard => card(id),
            _ => Action::None,
        }
    }
}

fn card(id: MessageId) -> Action {
    Action::Ask(Ask::Message(id), Tag::numbered(CARD, id.0))
}
