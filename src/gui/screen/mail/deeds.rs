//! What a person does to messages. The screen changes at once; the service records it; a toast offers Undo.

use super::fetching::Then;
use super::list::{self, is_starred, is_unread};
use super::{DEED, Menu, Place, SEEN, State};
use crate::fl;
use crate::gui::action::{Action, Open, Tag};
use crate::gui::screen::mail::toast::{Toast, Words};
use crate::gui::screen::mail::undo::Undo;
use crate::service::model::*;
use crate::service::{Command, Problem, Receipt};
use std::collections::HashSet;

impl State {
    /// What a deed is done to: the selected messages.
    pub(super) fn chosen(&self) -> Vec<MessageId> {
        self.selection.sorted()
    }

    /// How many messages these rows stand for; they are sorted, as [`State::chosen`] gives them. Views ask at each frame.
    pub(super) fn messages_of(&self, ids: &[MessageId]) -> usize {
        ids.len().saturating_add(self.pages.beyond(|id| ids.binary_search(&id).is_ok()))
    }

    /// The same of the selected rows.
    pub(super) fn selected_messages(&self) -> usize {
        self.selection.len().saturating_add(self.pages.beyond(|id| self.selection.contains(id)))
    }

    /// Carries out a command; `words` are said once it is done, with Undo where there is one.
    pub(super) fn command(&mut self, command: Command, words: impl Into<Words>) -> Action {
        let number = self.next();
        self.pending.insert(number, words.into());
        Action::Command(self.meant(command), Tag::numbered(DEED, number))
    }

    /// What is done to a row of a conversation is done to all of it that is here.
    fn meant(&self, command: Command) -> Command {
        let of_messages = matches!(
            command,
            Command::SetFlags { .. }
                | Command::Move { .. }
                | Command::MoveToRole { .. }
                | Command::Copy { .. }
                | Command::Delete { .. }
        );
        if of_messages && self.is_threaded() { Command::OnConversations(Box::new(command)) } else { command }
    }

    /// The same for a command that takes messages out of the list: they go at once.
    fn take_away(
        &mut self,
        ids: Vec<MessageId>,
        command: impl FnOnce(Vec<MessageId>) -> Command,
        words: impl Into<Words>,
    ) -> Action {
        let command = self.command(command(ids.clone()), words);
        self.departing.insert(self.number);
        command.and(self.leave(&ids))
    }

    pub(super) fn write(&mut self, origin: DraftOrigin, reply_all: bool) -> Action {
        Action::Open(Open::Compose { origin, reply_all })
    }

    /// Reply, reply to all, forward: to the one message that is selected, of a conversation to the card that was used.
    pub(super) fn answer(&mut self, origin: fn(u64) -> DraftOrigin, reply_all: bool) -> Action {
        match self.attended() {
            Some(id) => self.with_whole(id, Then::Write { origin: origin(id.0), reply_all }),
            None => Action::None,
        }
    }

    pub(super) fn file_under(&mut self, role: Role) -> Action {
        let ids = self.chosen();
        if ids.is_empty() || self.here().is_some_and(|mailbox| mailbox.role == Some(role)) {
            return Action::None;
        }
        let count = self.messages_of(&ids);
        let words = match role {
            Role::Junk => fl!("said-junk", count = count),
            _ => fl!("said-archived", count = count),
        };
        self.take_away(ids, |ids| Command::MoveToRole { ids, role }, words)
    }

    pub(super) fn move_to(&mut self, to: MailboxId) -> Action {
        let ids = self.chosen();
        self.move_messages(ids, to)
    }

    pub(super) fn move_messages(&mut self, ids: Vec<MessageId>, to: MailboxId) -> Action {
        self.menu = None;
        let Some(name) = self.mailbox(to).map(super::folders::name) else { return Action::None };
        if ids.is_empty() || self.place == Place::Mailbox(to) {
            return Action::None;
        }
        let words = Words::about(fl!("said-moved", count = self.messages_of(&ids), folder = name.clone()), name);
        self.take_away(ids, |ids| Command::Move { ids, to }, words)
    }

    /// To the Trash; what is in the Trash goes for good, and that is asked first.
    pub(super) fn delete(&mut self) -> Action {
        let ids = self.chosen();
        if ids.is_empty() {
            return Action::None;
        }
        if self.here().is_some_and(|mailbox| mailbox.role == Some(Role::Trash)) {
            return self.open_menu(Some(Menu::DeleteForGood(ids)));
        }
        let words = fl!("said-deleted", count = self.messages_of(&ids));
        self.take_away(ids, |ids| Command::Delete { ids }, words)
    }

    pub(super) fn delete_for_good(&mut self, ids: Vec<MessageId>) -> Action {
        self.menu = None;
        let words = fl!("said-deleted-for-good", count = self.messages_of(&ids));
        self.take_away(ids, |ids| Command::Delete { ids }, words)
    }

    /// Marks as read where one of them is unread, else as unread.
    pub(super) fn toggle_read(&mut self) -> Action {
        let ids = self.chosen();
        if ids.is_empty() {
            return Action::None;
        }
        let unread = ids.iter().filter_map(|id| self.pages.find_listed(*id)).any(is_unread);
        let count = self.messages_of(&ids);
        if unread {
            self.flag(ids, Flags::SEEN, Flags::empty(), fl!("said-read", count = count))
        } else {
            self.flag(ids, Flags::empty(), Flags::SEEN, fl!("said-unread", count = count))
        }
    }

    /// Stars where one of them has none, else takes the stars away.
    pub(super) fn star(&mut self, ids: &[MessageId]) -> Action {
        if ids.is_empty() {
            return Action::None;
        }
        let plain = !ids.iter().filter_map(|id| self.pages.find_listed(*id)).all(is_starred);
        let count = self.messages_of(ids);
        if plain {
            self.flag(ids.to_vec(), Flags::FLAGGED, Flags::empty(), fl!("said-starred", count = count))
        } else {
            self.flag(ids.to_vec(), Flags::empty(), Flags::FLAGGED, fl!("said-unstarred", count = count))
        }
    }

    fn flag(&mut self, ids: Vec<MessageId>, add: Flags, remove: Flags, words: String) -> Action {
        self.flag_here(&ids, add, remove);
        self.command(Command::SetFlags { ids, add, remove }, words)
    }

    /// Shows new flags at once.
    fn flag_here(&mut self, ids: &[MessageId], add: Flags, remove: Flags) {
        let ids: HashSet<MessageId> = ids.iter().copied().collect();
        self.pages.change(&ids, |listed| list::flag(listed, add, remove));
    }

    /// Shows new flags of one message at once, also in the row of the conversation that it was opened in.
    pub(super) fn flag_one_here(&mut self, id: MessageId, add: Flags, remove: Flags) {
        let here = self.reader.conversation().is_some_and(|shown| shown.id.is_some() && self.is_here(shown, id));
        let row = self.reader.wanted().filter(|_| here).map(|wish| wish.id);
        let rows: HashSet<MessageId> = row.into_iter().chain([id]).collect();
        self.pages.change(&rows, |listed| list::flag_one(listed, id, add, remove));
    }

    /// A message was opened: it is read. That is said to nobody.
    pub(super) fn seen(&mut self, id: MessageId) -> Action {
        self.flag_one_here(id, Flags::SEEN, Flags::empty());
        Action::Command(Command::SetFlags { ids: vec![id], add: Flags::SEEN, remove: Flags::empty() }, SEEN)
    }

    pub(super) fn mark_all_read(&mut self) -> Action {
        self.menu = None;
        let Place::Mailbox(mailbox) = self.place else { return Action::None };
        let name = self.place_name().unwrap_or_default();
        let words = Words::about(fl!("said-all-read", folder = name.clone()), name);
        self.command(Command::MarkAllRead { mailbox }, words)
    }

    /// A command is done.
    pub(super) fn done(&mut self, number: u64, answer: Result<Receipt, Problem>) -> Action {
        let words = self.pending.remove(&number);
        // What was not read again meanwhile is read now.
        let left = if self.departing.remove(&number) { self.fetch() } else { Action::None };
        left.and(self.done_so(words, answer))
    }

    fn done_so(&mut self, words: Option<Words>, answer: Result<Receipt, Problem>) -> Action {
        match answer {
            Ok(receipt) => {
                let undo = receipt.undo.map(Undo::Change);
                let Some(words) = words else { return Action::None };
                if let Some(undo) = undo {
                    self.undo.push(undo, words.clone());
                }
                self.say(words, undo).and(self.undo_waiting())
            }
            Err(problem) => self.failed(problem).and(self.undo_waiting()),
        }
    }

    /// A command failed: what the screen changed ahead is read again as it is.
    pub(super) fn failed(&mut self, problem: Problem) -> Action {
        self.notice = Some(problem);
        self.pages.invalidate();
        self.fetch()
    }

    /// Shows a toast for ten seconds.
    pub(super) fn say(&mut self, words: impl Into<Words>, undo: Option<Undo>) -> Action {
        let number = self.next();
        self.toast = Some(Toast { number, words: words.into(), undo });
        Action::After(Toast::LASTS, Tag::numbered(super::TOAST, number))
    }

    pub(super) fn copy_text(&self) -> Action {
        let selected = self.reader.message().and_then(|opened| opened.selection());
        selected.map(Action::Copy).unwrap_or_default()
    }
}
