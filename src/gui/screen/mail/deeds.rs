//! What a person does to messages. The screen changes at once; the service records it; a toast offers Undo.

use super::{DEED, Menu, Place, QUIET, State, UNDONE, UNSENT};
use crate::fl;
use crate::gui::action::{Action, Open, Tag};
use crate::gui::screen::Screen;
use crate::gui::screen::mail::toast::{Toast, Undo};
use crate::i18n::units;
use crate::service::model::*;
use crate::service::{Command, Event, Problem, Receipt, SendTime};
use jiff::Zoned;
use std::collections::HashSet;

impl State {
    /// What a deed is done to: the selected messages.
    pub(super) fn chosen(&self) -> Vec<MessageId> {
        self.selection.sorted()
    }

    /// Carries out a command; `words` are said once it is done, with Undo where there is one.
    pub(super) fn command(&mut self, command: Command, words: String) -> Action {
        let number = self.next();
        self.pending.insert(number, words);
        Action::Command(command, Tag::numbered(DEED, number))
    }

    pub(super) fn write(&mut self, origin: DraftOrigin, reply_all: bool) -> Action {
        Action::Open(Open::Compose { origin, reply_all })
    }

    /// Reply, reply to all, forward: to the one message that is selected.
    pub(super) fn answer(&mut self, origin: fn(u64) -> DraftOrigin, reply_all: bool) -> Action {
        match self.selection.single() {
            Some(id) => self.write(origin(id.0), reply_all),
            None => Action::None,
        }
    }

    pub(super) fn file_under(&mut self, role: Role) -> Action {
        let ids = self.chosen();
        if ids.is_empty() || self.here().is_some_and(|mailbox| mailbox.role == Some(role)) {
            return Action::None;
        }
        let count = ids.len();
        let words = match role {
            Role::Junk => fl!("said-junk", count = count),
            _ => fl!("said-archived", count = count),
        };
        let left = self.leave(&ids);
        self.command(Command::MoveToRole { ids, role }, words).and(left)
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
        let words = fl!("said-moved", count = ids.len(), folder = name);
        let left = self.leave(&ids);
        self.command(Command::Move { ids, to }, words).and(left)
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
        let words = fl!("said-deleted", count = ids.len());
        let left = self.leave(&ids);
        self.command(Command::Delete { ids }, words).and(left)
    }

    pub(super) fn delete_for_good(&mut self, ids: Vec<MessageId>) -> Action {
        self.menu = None;
        let words = fl!("said-deleted-for-good", count = ids.len());
        let left = self.leave(&ids);
        self.command(Command::Delete { ids }, words).and(left)
    }

    /// Marks as read where one of them is unread, else as unread.
    pub(super) fn toggle_read(&mut self) -> Action {
        let ids = self.chosen();
        if ids.is_empty() {
            return Action::None;
        }
        let unread = ids.iter().filter_map(|id| self.pages.find(*id)).any(|row| !row.flags.contains(Flags::SEEN));
        let count = ids.len();
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
        let plain = ids.iter().filter_map(|id| self.pages.find(*id)).any(|row| !row.flags.contains(Flags::FLAGGED));
        let count = ids.len();
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
        self.pages.change(&ids, |row| row.flags = row.flags.union(add).without(remove));
    }

    /// A message was opened: it is read. That is said to nobody.
    pub(super) fn seen(&mut self, id: MessageId) -> Action {
        self.flag_here(&[id], Flags::SEEN, Flags::empty());
        Action::Command(Command::SetFlags { ids: vec![id], add: Flags::SEEN, remove: Flags::empty() }, QUIET)
    }

    pub(super) fn mark_all_read(&mut self) -> Action {
        self.menu = None;
        let Place::Mailbox(mailbox) = self.place else { return Action::None };
        let name = self.place_name().unwrap_or_default();
        self.command(Command::MarkAllRead { mailbox }, fl!("said-all-read", folder = name))
    }

    /// A command is done.
    pub(super) fn done(&mut self, number: u64, answer: Result<Receipt, Problem>) -> Action {
        let words = self.pending.remove(&number);
        match answer {
            Ok(receipt) => {
                let undo = receipt.undo.map(Undo::Change);
                self.undo.extend(undo);
                words.map(|words| self.say(words, undo)).unwrap_or_default()
            }
            Err(problem) => self.failed(problem),
        }
    }

    /// A command failed: what the screen changed ahead is read again as it is.
    pub(super) fn failed(&mut self, problem: Problem) -> Action {
        self.notice = Some(problem);
        self.pages.invalidate();
        self.fetch()
    }

    /// Takes the latest change back: what the toast tells of, else what was done last.
    pub(super) fn undo_latest(&mut self) -> Action {
        let told = self.toast.take().and_then(|toast| toast.undo);
        let undo = told.or(self.undo.last().copied());
        self.undo.retain(|kept| Some(*kept) != undo);
        match undo {
            Some(Undo::Change(token)) => Action::Command(Command::Undo { token }, UNDONE),
            Some(Undo::Send(id)) => self.unsend(id),
            // What was done before this window began.
            None => Action::Command(Command::UndoLast, UNDONE),
        }
    }

    /// Takes a message out of the Outbox; it comes back as a draft.
    pub(super) fn unsend(&mut self, id: i64) -> Action {
        self.undo.retain(|undo| *undo != Undo::Send(id));
        Action::Command(Command::CancelSubmission { id }, UNSENT)
    }

    /// A compose window put a message into the Outbox; it leaves then.
    pub fn sent(&mut self, outbox: i64, when: SendTime) -> Action {
        let undo = (when != SendTime::After(0)).then_some(Undo::Send(outbox));
        let words = match when {
            SendTime::After(0) => fl!("compose-leaves-now"),
            SendTime::After(delay) => fl!("compose-leaves", count = delay),
            SendTime::At(at) => fl!("compose-leaves-at", at = units::moment(at, &Zoned::now())),
        };
        self.say(words, undo).and(self.happened(&[Event::Outbox { id: outbox }]))
    }

    pub(super) fn undone(&mut self, answer: Result<Receipt, Problem>) -> Action {
        match answer {
            Ok(_) => self.say(fl!("said-undone"), None),
            Err(Problem { kind: crate::service::ProblemKind::NotFound { .. }, .. }) => {
                self.say(fl!("said-nothing-to-undo"), None)
            }
            Err(problem) => self.failed(problem),
        }
    }

    pub(super) fn unsent(&mut self, answer: Result<Receipt, Problem>) -> Action {
        match answer {
            Ok(receipt) => {
                let said = self.say(fl!("said-unsent"), None);
                receipt.draft.map(|draft| Action::Open(Open::Draft(draft))).unwrap_or_default().and(said)
            }
            Err(problem) => self.failed(problem),
        }
    }

    /// A message was taken out of the Outbox for good: what was written here goes to the Drafts.
    pub(super) fn stopped(&mut self, answer: Result<Receipt, Problem>) -> Action {
        match answer {
            Ok(receipt) => {
                let words = if receipt.draft.is_some() { fl!("outbox-stopped") } else { fl!("outbox-removed") };
                let keep = receipt.draft.map(|draft| Action::Command(Command::KeepDraft { draft }, QUIET));
                keep.unwrap_or_default().and(self.say(words, None))
            }
            Err(problem) => self.failed(problem),
        }
    }

    /// Shows a toast for ten seconds.
    pub(super) fn say(&mut self, words: String, undo: Option<Undo>) -> Action {
        let number = self.next();
        self.toast = Some(Toast { number, words, undo });
        Action::After(Toast::LASTS, Tag::numbered(super::TOAST, number))
    }

    pub(super) fn copy_text(&self) -> Action {
        let selected = self.reader.message().and_then(|opened| opened.selection());
        selected.map(Action::Copy).unwrap_or_default()
    }
}
