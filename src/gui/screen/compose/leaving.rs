//! When the message leaves, and whether reports of its delivery are asked for.

use super::{Action, Compose, Layer, ids};
use crate::gui::screen::later::TimeField;
use crate::service::command::SendTime;
use jiff::Zoned;

impl Compose {
    /// When the message leaves.
    pub(super) fn when(&self) -> SendTime {
        self.leaves_at.map_or(SendTime::After(self.undo_seconds), SendTime::At)
    }

    pub(super) fn send_at(&mut self, at: i64) -> Action {
        self.leaves_at = Some(at);
        self.send(false)
    }

    pub(super) fn other_time(&mut self) -> Action {
        self.layer = Layer::None;
        self.time = Some(TimeField::new(self.leaves_at, &Zoned::now()));
        Action::Focus(ids::TIME)
    }

    pub(super) fn time_typed(&mut self, text: String) -> Action {
        if let Some(time) = &mut self.time {
            time.typed(text);
        }
        Action::None
    }

    /// Sends at the time that was typed, if it is one.
    pub(super) fn time_finished(&mut self) -> Action {
        match self.time.as_mut().map(|time| time.finish(&Zoned::now())) {
            Some(Some(at)) => self.send_at(at),
            Some(None) => Action::Focus(ids::TIME),
            None => Action::None,
        }
    }

    pub(super) fn time_left(&mut self) -> Action {
        self.time = None;
        Action::Focus(ids::BODY)
    }

    pub(super) fn report_toggled(&mut self) -> Action {
        self.layer = Layer::None;
        self.base.report = !self.base.report;
        self.edited().and(Action::Focus(ids::BODY))
    }
}
