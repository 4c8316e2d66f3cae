//! Taking back: what this window did, one after the other, and then what was done before it.

use super::toast::Words;
use super::{HISTORY, QUIET, State, UNDONE, UNSENT};
use crate::fl;
use crate::gui::action::{Action, Ask, Open, Tag};
use crate::gui::screen::Screen;
use crate::i18n::units;
use crate::service::command::UndoToken;
use crate::service::model::{UndoEntry, UndoKind};
use crate::service::{Command, Event, Problem, ProblemKind, Receipt, SendTime};
use jiff::Zoned;
use std::collections::HashSet;

/// What can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    Change(UndoToken),
    /// A submission whose delay still runs.
    Send(i64),
}

/// What can be taken back from this window.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// With what was said of it, the newest last.
    done: Vec<(Undo, Words)>,
    /// Changes that nobody asked for in words, such as marking what was opened as read.
    quiet: HashSet<UndoToken>,
    /// It was asked for while a command was under way: what that did is taken back when it is done.
    waits: bool,
}

/// More are not kept; the service knows those of a whole day.
const MOST: usize = 500;

impl History {
    pub fn push(&mut self, undo: Undo, words: Words) {
        self.done.push((undo, words));
        let surplus = self.done.len().saturating_sub(MOST);
        self.done.drain(..surplus);
    }

    /// It cannot be taken back any more.
    pub fn forget(&mut self, undo: Undo) {
        self.done.retain(|(kept, _)| *kept != undo);
    }

    /// Submissions of which only these can still be taken back.
    pub fn leaving(&mut self, leaving: &[i64]) {
        self.done.retain(|(undo, _)| !matches!(undo, Undo::Send(id) if !leaving.contains(id)));
    }

    fn take(&mut self, told: Option<Undo>) -> Option<(Undo, Words)> {
        match told {
            Some(told) => {
                let at = self.done.iter().rposition(|(undo, _)| *undo == told);
                Some(at.map_or((told, Words::default()), |at| self.done.remove(at)))
            }
            None => self.done.pop(),
        }
    }

    #[cfg(test)]
    pub fn all(&self) -> Vec<Undo> {
        self.done.iter().map(|(undo, _)| *undo).collect()
    }
}

impl State {
    /// Takes the latest change back: what the toast tells of, else what was done last.
    pub(super) fn undo_latest(&mut self) -> Action {
        if !self.pending.is_empty() {
            self.undo.waits = true;
            return Action::None;
        }
        let told = self.toast.take().and_then(|toast| toast.undo);
        match self.undo.take(told) {
            Some((Undo::Change(token), words)) => self.take_back(token, words),
            Some((Undo::Send(id), _)) => self.unsend(id),
            // What was done before this window began.
            None => Action::Ask(Ask::UndoHistory, HISTORY),
        }
    }

    /// No command is under way any more: what was to be taken back meanwhile.
    pub(super) fn undo_waiting(&mut self) -> Action {
        let due = self.undo.waits && self.pending.is_empty();
        self.undo.waits &= !due;
        if due { self.undo_latest() } else { Action::None }
    }

    fn take_back(&mut self, token: UndoToken, words: Words) -> Action {
        let number = self.next();
        self.undoing.insert(number, words);
        Action::Command(Command::Undo { token }, Tag::numbered(UNDONE, number))
    }

    /// What the service can take back: the latest that was done in so many words.
    pub(super) fn history_came(&mut self, answer: Result<Vec<UndoEntry>, Problem>) -> Action {
        let history = match answer {
            Ok(history) => history,
            Err(problem) => return self.failed(problem),
        };
        let said = |entry: &&UndoEntry| !self.undo.quiet.contains(&UndoToken(entry.token));
        match history.iter().find(said) {
            Some(entry) => self.take_back(UndoToken(entry.token), words(entry).into()),
            None => self.say(fl!("said-nothing-to-undo"), None),
        }
    }

    pub(super) fn undone(&mut self, number: u64, answer: Result<Receipt, Problem>) -> Action {
        let words = self.undoing.remove(&number).unwrap_or_default();
        match answer {
            Ok(_) if words.text.is_empty() => self.say(fl!("said-undone"), None),
            Ok(_) => {
                let text = fl!("said-undone-what", what = words.text.as_str());
                self.say(words.within(text), None)
            }
            Err(Problem { kind: ProblemKind::NotFound { .. }, .. }) => self.say(fl!("said-nothing-to-undo"), None),
            Err(problem) => self.failed(problem),
        }
    }

    /// A change that nobody asked for in words is done.
    pub(super) fn seen_said(&mut self, answer: Result<Receipt, Problem>) -> Action {
        match answer {
            Ok(receipt) => {
                self.undo.quiet.extend(receipt.undo);
                Action::None
            }
            Err(problem) => self.failed(problem),
        }
    }

    /// Takes a message out of the Outbox; it comes back as a draft.
    pub(super) fn unsend(&mut self, id: i64) -> Action {
        self.undo.forget(Undo::Send(id));
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
}

/// A change of before this window, as a person would tell it.
fn words(entry: &UndoEntry) -> String {
    let count = entry.count;
    match entry.kind {
        UndoKind::Flags => fl!("undo-flags", count = count),
        UndoKind::Move => fl!("undo-move", count = count),
        UndoKind::Copy => fl!("undo-copy", count = count),
        UndoKind::Delete => fl!("undo-delete", count = count),
        UndoKind::CreateMailbox => fl!("undo-create"),
        UndoKind::RenameMailbox => fl!("undo-rename"),
        UndoKind::DeleteMailbox => fl!("undo-delete-folder"),
        UndoKind::Subscribe => fl!("undo-subscribe"),
    }
}
