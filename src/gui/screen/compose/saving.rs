//! The draft on disk follows the window: when [`super::autosave`] says so, one save at a time.

use super::{Action, CLOCK, Compose, SAVE, TIMER, autosave};
use crate::service::Problem;
use crate::service::command::Command;

impl Compose {
    /// Something was typed.
    pub(super) fn edited(&mut self) -> Action {
        self.saving.edited(self.now);
        self.save()
    }

    /// Something of substance changed.
    pub(super) fn changed(&mut self) -> Action {
        self.saving.changed_now(self.now);
        self.save()
    }

    /// Saves where it is time, else sees to it that it will be.
    pub(super) fn save(&mut self) -> Action {
        if self.ending.is_some() {
            return Action::None;
        }
        if self.saving.begin(self.now) {
            return Action::Command(Command::SaveDraft { draft: Box::new(self.draft()) }, SAVE);
        }
        match self.saving.due() {
            Some(due) if self.timer.is_none_or(|timer| due < timer) => {
                self.timer = Some(due);
                let wait = due.saturating_duration_since(self.now).as_millis();
                Action::After(u64::try_from(wait).unwrap_or(u64::MAX).saturating_add(1), TIMER)
            }
            _ => Action::None,
        }
    }

    pub(super) fn save_ended(&mut self, result: Result<(), Problem>) -> Action {
        let first = matches!(self.saving.state(self.now), autosave::Saved::Pending);
        self.saving.ended(result, self.now);
        let clock = if first { self.clock() } else { Action::None };
        if self.ending.is_some() {
            return self.proceed();
        }
        self.save().and(clock)
    }

    /// Redraws "saved 3 s ago" as often as it changes.
    pub(super) fn clock(&mut self) -> Action {
        match self.saving.state(self.now) {
            autosave::Saved::At(ago) if ago.as_secs() < 60 => Action::After(1_000, CLOCK),
            autosave::Saved::At(_) => Action::After(30_000, CLOCK),
            _ => Action::After(5_000, CLOCK),
        }
    }
}
