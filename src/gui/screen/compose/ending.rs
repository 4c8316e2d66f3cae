//! How writing ends: sent, kept or discarded. Each waits until no save and no copy of a file is under way.

use super::{Action, Compose, END, Field, Layer, Notice, ids, reminder};
use crate::service::command::{Command, Receipt};
use crate::service::model::DraftOrigin;
use crate::service::problem::{Problem, ProblemKind};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Send,
    /// Into the Drafts mailbox.
    Keep,
    Discard,
}

/// What may be a slip; asked once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    NoSubject,
    /// The text speaks of an attachment, and there is none.
    NoAttachment,
    /// Larger than the server said it takes, in bytes.
    TooLarge {
        size: u64,
        limit: u64,
    },
}

impl Compose {
    /// Sends, unless something is missing. Doubts are asked once each; `anyway` is the answer.
    pub(super) fn send(&mut self, anyway: bool) -> Action {
        self.layer = Layer::None;
        self.suggestions.close();
        let mut made = false;
        for field in Field::ALL {
            made |= self.field_mut(field).finish();
        }
        let save = if made { self.changed() } else { Action::None };
        if let Some((notice, focus)) = self.missing() {
            self.notice = Some(notice);
            return save.and(focus);
        }
        let doubts: Vec<Doubt> = self.doubts().into_iter().filter(|doubt| !self.doubts_shown.contains(doubt)).collect();
        if !anyway && !doubts.is_empty() {
            self.doubts_shown.extend(&doubts);
            self.notice = Some(Notice::Doubts(doubts));
            return save.and(Action::Focus(ids::ANYWAY));
        }
        save.and(self.end(Ending::Send))
    }

    /// What keeps the message from being sent, and where to mend it.
    fn missing(&self) -> Option<(Notice, Action)> {
        use super::recipients::Chip;
        if self.account().is_none() {
            return Some((Notice::NoAccount, Action::Focus(ids::FROM)));
        }
        for field in Field::ALL {
            for chip in self.field(field).chips() {
                if let Chip::Bad { text, .. } = chip {
                    return Some((Notice::BadRecipient(text.clone()), Action::Focus(field.id())));
                }
            }
        }
        let none = Field::ALL.into_iter().all(|field| self.field(field).chips().is_empty());
        none.then(|| (Notice::NoRecipients, Action::Focus(Field::To.id())))
    }

    fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        if self.subject.trim().is_empty() {
            doubts.push(Doubt::NoSubject);
        }
        let attached = !self.attachments.is_empty() || !self.arriving.is_empty();
        if !attached && reminder::speaks_of_attachment(&self.subject, &self.body.text()) {
            doubts.push(Doubt::NoAttachment);
        }
        match self.limit {
            Some(limit) if self.sent_size() > limit => {
                doubts.push(Doubt::TooLarge { size: self.sent_size(), limit });
            }
            _ => {}
        }
        doubts
    }

    /// Asks where something would be lost; an empty draft goes silently, and so does a reply that nobody began.
    pub(super) fn close_requested(&mut self) -> Action {
        self.suggestions.close();
        let untouched = self.fresh && !self.saving.is_touched();
        if untouched && matches!(self.base.origin, DraftOrigin::Draft(_)) {
            // It was looked at: it stays where it was kept.
            return self.end(Ending::Keep);
        }
        if untouched || self.is_blank() {
            return self.end(Ending::Discard);
        }
        if self.layer == Layer::Closing {
            return Action::None;
        }
        self.layer = Layer::None;
        self.open(Layer::Closing)
    }

    /// Whether there is nothing in it.
    fn is_blank(&self) -> bool {
        let recipients = Field::ALL.into_iter().all(|field| self.field(field).is_empty());
        let words = self.subject.trim().is_empty() && self.body.text().trim().is_empty();
        let files = self.attachments.is_empty() && self.arriving.is_empty();
        files && recipients && words
    }

    pub(super) fn end(&mut self, ending: Ending) -> Action {
        self.layer = Layer::None;
        self.notice = None;
        self.ending = Some(ending);
        self.proceed()
    }

    /// Does what was decided, as soon as nothing else works on the draft.
    pub(super) fn proceed(&mut self) -> Action {
        let Some(ending) = self.ending else { return Action::None };
        if self.saving.is_saving() || !self.arriving.is_empty() {
            return Action::None;
        }
        let command = match ending {
            Ending::Send => {
                let (when, report) = (self.when(), self.base.report);
                Command::Submit { draft: Box::new(self.draft()), when, report }
            }
            Ending::Keep => Command::KeepDraft { draft: Box::new(self.draft()) },
            Ending::Discard => Command::DiscardDraft { id: self.base.id.clone() },
        };
        Action::Command(command, END)
    }

    /// The window goes only after its draft is safe where it was sent to.
    pub(super) fn ended(&mut self, result: Result<Receipt, Problem>) -> Action {
        match (result, self.ending.take()) {
            (Ok(receipt), Some(Ending::Send)) => match receipt.outbox {
                Some(outbox) => Action::batch([Action::Sent { outbox, when: self.when() }, Action::Close]),
                None => Action::Close,
            },
            (Ok(_), _) => Action::Close,
            // A draft that was never saved cannot be discarded: nothing is left of it either way.
            (Err(problem), Some(Ending::Discard)) if matches!(problem.kind, ProblemKind::NotFound { .. }) => {
                Action::Close
            }
            (Err(problem), _) => {
                if let ProblemKind::TooLarge { limit, .. } = problem.kind {
                    self.limit = Some(limit);
                }
                self.notice = Some(Notice::Problem(problem));
                self.save()
            }
        }
    }
}
