//! When a draft is saved: a second after the first change that is not saved yet, at once after a change of
//! substance (recipients, attachments, account), and one save at a time, so that an older state never lands after a
//! newer one. Time is handed in.

use crate::service::Problem;
use std::time::{Duration, Instant};

/// Longest time that typing stays unsaved.
pub const DELAY: Duration = Duration::from_secs(1);
/// Time to the next try after a failure.
pub const RETRY: Duration = Duration::from_secs(5);

/// What of the draft is on disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Autosave {
    /// Counts changes.
    revision: u64,
    /// Last revision known to be on disk.
    saved: u64,
    /// Revision on its way.
    in_flight: Option<u64>,
    due: Option<Instant>,
    saved_at: Option<Instant>,
    failure: Option<Problem>,
}

/// What the footer says.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved<'a> {
    /// Nothing was written yet.
    Untouched,
    /// There are changes, or a save is under way.
    Pending,
    /// So long ago.
    At(Duration),
    Failed(&'a Problem),
}

impl Autosave {
    /// Something was typed.
    pub fn edited(&mut self, now: Instant) {
        self.changed(now + DELAY);
    }

    /// Something of substance changed.
    pub fn changed_now(&mut self, now: Instant) {
        self.changed(now);
    }

    fn changed(&mut self, due: Instant) {
        self.revision = self.revision.saturating_add(1);
        self.due = Some(self.due.map_or(due, |earlier| earlier.min(due)));
    }

    /// Whether a save is to begin now; it then counts as under way.
    pub fn begin(&mut self, now: Instant) -> bool {
        let due = self.in_flight.is_none() && self.due.is_some_and(|due| due <= now);
        if due {
            self.in_flight = Some(self.revision);
            self.due = None;
        }
        due
    }

    /// A save ended.
    pub fn ended(&mut self, result: Result<(), Problem>, now: Instant) {
        let Some(revision) = self.in_flight.take() else { return };
        match result {
            Ok(()) => {
                self.saved = revision;
                self.saved_at = Some(now);
                self.failure = None;
            }
            Err(problem) => {
                self.failure = Some(problem);
                let retry = now + RETRY;
                self.due = Some(self.due.map_or(retry, |due| due.max(retry)));
            }
        }
    }

    /// Whether a save is under way: nothing else may be done with the draft before it ends.
    pub fn is_saving(&self) -> bool {
        self.in_flight.is_some()
    }

    /// Whether everything is on disk.
    #[cfg(test)]
    pub fn is_clean(&self) -> bool {
        self.saved == self.revision
    }

    /// Whether anything was changed since the window opened.
    pub fn is_touched(&self) -> bool {
        self.revision > 0
    }

    /// The time at which [`Autosave::begin`] is to be asked.
    pub fn due(&self) -> Option<Instant> {
        self.due.filter(|_| self.in_flight.is_none())
    }

    pub fn state(&self, now: Instant) -> Saved<'_> {
        match (&self.failure, self.saved_at) {
            (Some(problem), _) => Saved::Failed(problem),
            (None, _) if self.revision == 0 => Saved::Untouched,
            (None, Some(at)) => Saved::At(now.saturating_duration_since(at)),
            (None, None) => Saved::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::ProblemKind;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn typing_is_saved_a_second_after_its_first_key() {
        let (mut save, t) = (Autosave::default(), Instant::now());
        assert!(!save.begin(t));
        save.edited(t);
        save.edited(t + ms(900));
        assert!(!save.begin(t + ms(999)));
        assert!(save.begin(t + ms(1000)), "typing on does not put it off");
        assert!(!save.begin(t + ms(1000)), "once");
        save.ended(Ok(()), t + ms(1010));
        assert!(save.is_clean());
        assert_eq!(save.state(t + ms(4010)), Saved::At(ms(3000)));
    }

    #[test]
    fn a_change_of_substance_is_saved_at_once() {
        let (mut save, t) = (Autosave::default(), Instant::now());
        save.edited(t);
        save.changed_now(t + ms(10));
        assert!(save.begin(t + ms(10)));
    }

    #[test]
    fn one_save_at_a_time_and_the_last_state_wins() {
        let (mut save, t) = (Autosave::default(), Instant::now());
        save.changed_now(t);
        assert!(save.begin(t));
        save.changed_now(t + ms(1));
        assert_eq!(save.due(), None);
        assert!(!save.begin(t + ms(5000)), "the first is still under way");
        save.ended(Ok(()), t + ms(5000));
        assert!(!save.is_clean());
        assert!(save.begin(t + ms(5000)));
        save.ended(Ok(()), t + ms(5001));
        assert!(save.is_clean());
    }

    #[test]
    fn a_failure_is_told_and_tried_again() {
        let (mut save, t) = (Autosave::default(), Instant::now());
        let full = Problem::new(ProblemKind::DiskFull, "ENOSPC");
        save.changed_now(t);
        assert!(save.begin(t));
        save.ended(Err(full.clone()), t);
        assert_eq!(save.state(t), Saved::Failed(&full));
        assert!(!save.begin(t + ms(4999)));
        save.edited(t + ms(100));
        assert!(!save.is_clean());
        assert!(save.begin(t + RETRY));
        save.ended(Ok(()), t + RETRY);
        assert!(matches!(save.state(t + RETRY), Saved::At(_)));
    }

    #[test]
    fn an_answer_that_nobody_waits_for_changes_nothing() {
        let (mut save, t) = (Autosave::default(), Instant::now());
        save.ended(Ok(()), t);
        assert_eq!(save, Autosave::default());
    }
}
