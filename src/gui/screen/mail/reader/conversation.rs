//! What the reader shows: one message, or all of a conversation as cards in the order of their dates. Of the cards some
//! are open; the others are a line each, and of a long run of such lines the middle is one line more. Only open cards
//! are loaded and laid out.
//!
//! The service decides what belongs together; nothing here follows a reference.

use super::opened::Opened;
use crate::service::model::{
    ConversationId, ConversationMessage, ConversationView, Flags, MessageId, MessageView, Row,
};
use crate::service::problem::Problem;
use std::collections::HashMap;
use std::ops::Range;

/// Cards that are opened because they are unread.
const MOST_UNREAD: usize = 12;
/// Cards that are opened at once by hand.
pub const MOST_UNFOLDED: usize = 60;
/// A run of folded cards up to this is shown whole.
const RUN: usize = 4;
/// Lines that one click on a folded run shows.
const STEP: usize = 50;

/// What is shown.
#[derive(Debug)]
pub struct Conversation {
    /// Of the service; none for one message by itself.
    pub id: Option<ConversationId>,
    /// The oldest first; at least one.
    pub cards: Vec<Card>,
    /// The card that was used last: what keys and the toolbar are about.
    pub active: MessageId,
    /// How many lines of long runs are shown beyond their ends.
    revealed: usize,
}

/// A message of it.
#[derive(Debug)]
pub struct Card {
    pub message: ConversationMessage,
    pub body: Body,
}

#[derive(Debug)]
pub enum Body {
    Folded,
    Loading,
    Failed(Problem),
    Open(Box<Opened>),
}

/// What is drawn: a card, or a run of folded ones that is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Card(usize),
    Run(Range<usize>),
}

impl Card {
    pub fn id(&self) -> MessageId {
        self.message.row.id
    }

    pub fn is_open(&self) -> bool {
        !matches!(self.body, Body::Folded)
    }

    pub fn is_unread(&self) -> bool {
        !self.row().flags.contains(Flags::SEEN)
    }

    /// What is known of it; of an open card what was read last.
    pub fn row(&self) -> &Row {
        self.opened().map_or(&self.message.row, |opened| &opened.view.row)
    }

    pub fn opened(&self) -> Option<&Opened> {
        if let Body::Open(opened) = &self.body { Some(opened) } else { None }
    }

    pub fn opened_mut(&mut self) -> Option<&mut Opened> {
        if let Body::Open(opened) = &mut self.body { Some(opened) } else { None }
    }

    /// Shows flags at once.
    pub fn flag(&mut self, add: Flags, remove: Flags) {
        let row = &mut self.message.row;
        row.flags = row.flags.union(add).without(remove);
        if let Some(opened) = self.opened_mut() {
            opened.view.row.flags = opened.view.row.flags.union(add).without(remove);
        }
    }

    /// It was loaded.
    fn put(&mut self, answer: Result<MessageView, Problem>) {
        match (answer, &mut self.body) {
            (Ok(view), Body::Open(opened)) => opened.renew(view),
            (Ok(view), body) => *body = Body::Open(Box::new(Opened::new(view))),
            // What is here stays.
            (Err(_), Body::Open(_)) => {}
            (Err(problem), body) => *body = Body::Failed(problem),
        }
    }
}

impl Conversation {
    /// One message by itself.
    pub fn single(view: MessageView) -> Conversation {
        let active = view.row.id;
        let message = ConversationMessage { row: view.row.clone(), places: Vec::new() };
        let card = Card { message, body: Body::Open(Box::new(Opened::new(view))) };
        Conversation { id: None, cards: vec![card], active, revealed: 0 }
    }

    /// All messages of a conversation, of which this one was asked for: it is open, and so are the newest and the
    /// unread ones.
    pub fn whole(view: MessageView, all: ConversationView) -> Conversation {
        let mut shown = Conversation::single(view);
        shown.id = Some(all.id);
        shown.renew(all);
        let unread = shown.cards.iter_mut().rev().filter(|card| card.is_unread()).take(MOST_UNREAD);
        for card in unread.filter(|card| !card.is_open()) {
            card.body = Body::Loading;
        }
        if let Some(newest) = shown.cards.last_mut().filter(|card| !card.is_open()) {
            newest.body = Body::Loading;
        }
        shown
    }

    /// Whether there are cards: one message alone is drawn by itself.
    pub fn has_cards(&self) -> bool {
        self.cards.len() > 1
    }

    pub fn position(&self, id: MessageId) -> Option<usize> {
        self.cards.iter().position(|card| card.id() == id)
    }

    pub fn card(&self, id: MessageId) -> Option<&Card> {
        self.cards.get(self.position(id)?)
    }

    pub fn card_mut(&mut self, id: MessageId) -> Option<&mut Card> {
        let at = self.position(id)?;
        self.cards.get_mut(at)
    }

    /// A card was loaded. Whether it is one that is waited for or open.
    pub fn put(&mut self, id: MessageId, answer: Result<MessageView, Problem>) -> bool {
        let Some(card) = self.card_mut(id).filter(|card| card.is_open()) else { return false };
        card.put(answer);
        true
    }

    /// What is waited for.
    pub fn loading(&self) -> impl Iterator<Item = MessageId> {
        self.cards.iter().filter(|card| matches!(card.body, Body::Loading)).map(Card::id)
    }

    /// The conversation as it is now. What is open stays open, wherever the message lies by now; what is new is folded,
    /// so that nothing moves. What stands for the only open one that went is to be loaded.
    pub fn renew(&mut self, all: ConversationView) {
        let mut before: HashMap<MessageId, Card> = HashMap::new();
        for card in std::mem::take(&mut self.cards) {
            before.insert(card.id(), card);
        }
        let (active, was) = (self.active, self.active);
        self.id = Some(all.id);
        for message in all.messages {
            let known = std::iter::once(message.row.id).chain(message.places.iter().map(|place| place.id));
            let known: Option<Card> = { known }.find_map(|id| before.remove(&id));
            let Some(mut card) = known else {
                self.cards.push(Card { message, body: Body::Folded });
                continue;
            };
            if card.id() == active {
                self.active = message.row.id;
            }
            if let Some(opened) = card.opened_mut() {
                let headers_only = opened.view.row.headers_only;
                opened.view.row = Row { headers_only, ..message.row.clone() };
            }
            card.message = message;
            self.cards.push(card);
        }
        // The service may not count it among them, as where it lies in Junk.
        if let Some(card) = before.remove(&active).filter(|_| self.cards.is_empty()) {
            self.cards.push(card);
        }
        if self.position(self.active).is_none()
            && let Some(card) = self.cards.iter().rev().find(|card| card.is_open()).or(self.cards.last())
        {
            self.active = card.id();
        }
        let none = !self.cards.iter().any(Card::is_open);
        let (active, lone) = (self.active, self.cards.len() == 1);
        let moved = active != was;
        if let Some(card) = self.card_mut(active).filter(|_| none && (lone || moved)) {
            card.body = Body::Loading;
        }
    }

    /// Folds a card, or opens it. True where it is to be loaded now.
    pub fn toggle(&mut self, id: MessageId) -> bool {
        let Some(card) = self.card_mut(id) else { return false };
        let opens = !card.is_open();
        card.body = if opens { Body::Loading } else { Body::Folded };
        opens
    }

    /// Opens all, the newest first where there are many; or, where all are, leaves but the active one.
    pub fn toggle_all(&mut self) {
        if self.all_open() {
            let active = self.active;
            for card in self.cards.iter_mut().filter(|card| card.id() != active) {
                card.body = Body::Folded;
            }
            return;
        }
        for card in self.cards.iter_mut().rev().take(MOST_UNFOLDED).filter(|card| !card.is_open()) {
            card.body = Body::Loading;
        }
    }

    pub fn all_open(&self) -> bool {
        self.cards.iter().rev().take(MOST_UNFOLDED).all(Card::is_open)
    }

    /// Shows more lines of the folded runs.
    pub fn reveal(&mut self) {
        self.revealed = self.revealed.saturating_add(STEP);
    }

    /// The card so many further on among what is drawn, from the active one.
    pub fn neighbour(&self, by: isize) -> Option<MessageId> {
        let shown: Vec<usize> = self
            .lines()
            .into_iter()
            .filter_map(|line| if let Line::Card(at) = line { Some(at) } else { None })
            .collect();
        let at = self.position(self.active)?;
        let here = shown.iter().position(|shown| *shown == at)?;
        let card = self.cards.get(*shown.get(here.checked_add_signed(by)?)?)?;
        Some(card.id())
    }

    /// What is drawn, from top to bottom. In a long run of folded cards the first and the last stand by themselves, as
    /// does the active one.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut at = 0;
        let stands = |card: &Card| card.is_open() || card.id() == self.active;
        while let Some(card) = self.cards.get(at) {
            let run = self.cards.iter().skip(at).take_while(|card| !stands(card)).count();
            let end = at.saturating_add(run);
            if stands(card) {
                lines.push(Line::Card(at));
                at += 1;
            } else if run <= RUN.max(self.revealed.saturating_add(3)) {
                lines.extend((at..end).map(Line::Card));
                at = end;
            } else {
                // What is revealed is what is next to the open card below.
                let last = end.saturating_sub(1).saturating_sub(self.revealed);
                lines.push(Line::Card(at));
                lines.push(Line::Run(at.saturating_add(1)..last));
                lines.extend((last..end).map(Line::Card));
                at = end;
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::screen::mail::fixtures::{conversation, opened, row};
    use crate::service::model::{ConversationPlace, MailboxId};

    fn seen(ids: std::ops::RangeInclusive<u64>) -> ConversationView {
        let mut all = conversation(ids);
        for message in &mut all.messages {
            message.row.flags = Flags::SEEN;
        }
        all
    }

    fn open(shown: &Conversation) -> Vec<u64> {
        shown.cards.iter().filter(|card| card.is_open()).map(|card| card.id().0).collect()
    }

    #[test]
    fn the_wished_the_newest_and_the_unread_are_open() {
        let mut all = seen(1..=9);
        all.messages[2].row.flags = Flags::empty();
        let shown = Conversation::whole(opened(7, "seven"), all);
        assert_eq!(open(&shown), [3, 7, 9]);
        assert_eq!(shown.loading().collect::<Vec<_>>(), [MessageId(3), MessageId(9)], "one is here");
        assert_eq!(shown.active, MessageId(7));
        let shown = Conversation::whole(opened(400, "x"), conversation(1..=500));
        assert!(open(&shown).len() <= MOST_UNREAD + 2, "hundreds of unread ones are not loaded");
    }

    #[test]
    fn the_middle_of_a_long_folded_run_is_one_line() {
        let mut shown = Conversation::whole(opened(200, "x"), seen(1..=200));
        assert_eq!(shown.lines(), [Line::Card(0), Line::Run(1..198), Line::Card(198), Line::Card(199)]);
        shown.reveal();
        let lines = shown.lines();
        assert_eq!(lines[1], Line::Run(1..198 - STEP));
        assert_eq!(lines.len(), 4 + STEP);
        for _ in 0..10 {
            shown.reveal();
        }
        assert_eq!(shown.lines().len(), 200);
        let few = Conversation::whole(opened(5, "x"), seen(1..=5));
        assert_eq!(few.lines().len(), 5);
    }

    #[test]
    fn every_message_is_drawn_once() {
        for count in 1..40 {
            let mut all = seen(1..=count);
            all.messages[(count / 2) as usize].row.flags = Flags::empty();
            let shown = Conversation::whole(opened(count, "x"), all);
            let mut drawn = Vec::new();
            for line in shown.lines() {
                match line {
                    Line::Card(at) => drawn.push(at),
                    Line::Run(run) => {
                        assert!(run.len() > 1, "one line for one is no gain");
                        drawn.extend(run);
                    }
                }
            }
            assert_eq!(drawn, (0..count as usize).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_open_stays_open_when_messages_come_go_and_move() {
        let mut shown = Conversation::whole(opened(5, "five"), seen(1..=5));
        shown.card_mut(MessageId(5)).unwrap().opened_mut().unwrap().expanded = true;
        let mut all = seen(2..=6);
        // The fifth lies elsewhere by now.
        all.messages[3].row = Row { mailbox: MailboxId(9), ..row(77) };
        let place = |id| ConversationPlace { id: MessageId(id), mailbox: MailboxId(9), account: "ada".into() };
        all.messages[3].places = vec![place(77), place(5)];
        shown.renew(all);
        let ids: Vec<u64> = shown.cards.iter().map(|card| card.id().0).collect();
        assert_eq!(ids, [2, 3, 4, 77, 6]);
        assert_eq!((open(&shown), shown.active), (vec![77], MessageId(77)), "what came is folded");
        assert!(shown.card(MessageId(77)).unwrap().opened().unwrap().expanded);
        shown.renew(seen(2..=4));
        assert_eq!((shown.active, open(&shown)), (MessageId(4), vec![4]), "the active one went");
        shown.renew(ConversationView::default());
        assert_eq!(shown.cards.len(), 1, "something is always shown");
    }

    #[test]
    fn all_are_opened_and_folded_again() {
        let mut shown = Conversation::whole(opened(3, "x"), seen(1..=5));
        shown.toggle_all();
        assert_eq!(open(&shown), [1, 2, 3, 4, 5]);
        shown.toggle_all();
        assert_eq!(open(&shown), [3]);
        let mut many = Conversation::whole(opened(500, "x"), seen(1..=500));
        many.toggle_all();
        assert_eq!(open(&many).len(), MOST_UNFOLDED);
        assert!(many.all_open());
    }

    #[test]
    fn the_neighbours_are_those_that_are_drawn() {
        let mut shown = Conversation::whole(opened(200, "x"), seen(1..=200));
        assert_eq!(shown.neighbour(1), None);
        assert_eq!(shown.neighbour(-1), Some(MessageId(199)));
        shown.active = MessageId(199);
        assert_eq!(shown.neighbour(-1), Some(MessageId(198)), "the active one stands by itself");
        shown.active = MessageId(1);
        assert_eq!(shown.neighbour(-1), None);
    }
}
