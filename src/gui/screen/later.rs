//! Times at which a message may leave, as the compose window and the Outbox offer them: some that are often wanted, and
//! a field for any other.

use crate::fl;
use crate::i18n::units;
use crate::mail::schedule::{self, Choice};
use jiff::Zoned;

/// The offered times with their words, soonest first, in Unix seconds.
pub fn offered(now: &Zoned) -> Vec<(String, i64)> {
    let named = |choice: Choice, at: i64| {
        let time = units::moment(at, now);
        match choice {
            Choice::InAnHour => fl!("later-in-an-hour", at = time),
            Choice::ThisEvening => fl!("later-this-evening", at = time),
            Choice::Tomorrow => fl!("later-tomorrow", at = time),
            Choice::Monday => fl!("later-monday", at = time),
        }
    };
    schedule::choices(now).into_iter().map(|(choice, at)| (named(choice, at), at)).collect()
}

/// A field in which a time is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeField {
    pub text: String,
    /// What stands there was tried and is no time ahead.
    pub is_wrong: bool,
}

impl TimeField {
    /// With a time to begin with, so that only what differs is typed.
    pub fn new(at: Option<i64>, now: &Zoned) -> TimeField {
        let tomorrow = || schedule::choices(now).into_iter().find(|(choice, _)| *choice == Choice::Tomorrow);
        let at = at.or_else(|| tomorrow().map(|(_, at)| at));
        TimeField { text: at.map(|at| schedule::typed(at, now)).unwrap_or_default(), is_wrong: false }
    }

    pub fn typed(&mut self, text: String) {
        (self.text, self.is_wrong) = (text, false);
    }

    /// The time that stands there, in Unix seconds; what is none is marked.
    pub fn finish(&mut self, now: &Zoned) -> Option<i64> {
        let at = schedule::parse(&self.text, now);
        self.is_wrong = at.is_none();
        at
    }

    /// What stands below the field: the time in full, or how one is written.
    pub fn words(&self, now: &Zoned) -> String {
        match schedule::parse(&self.text, now) {
            Some(at) => fl!("later-means", at = units::full_date(at, now)),
            None if self.is_wrong => fl!("later-wrong"),
            None => fl!("later-how"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_time_is_told_in_full_or_marked() {
        crate::i18n::choose(Some("en"));
        let now: Zoned = "2026-11-24T10:00:00+00:00[UTC]".parse().unwrap();
        let mut field = TimeField::new(None, &now);
        assert_eq!(field.text, "2026-11-25 08:00");
        assert_eq!(field.words(&now), "Wed 25 Nov 2026, 08:00");
        field.typed("yesterday".into());
        assert!(!field.is_wrong);
        assert_eq!((field.finish(&now), field.is_wrong), (None, true));
        let words: Vec<String> = offered(&now).into_iter().map(|(words, _)| words).collect();
        assert_eq!(
            words,
            [
                "In an hour (today, 11:00)",
                "This evening (today, 18:00)",
                "Tomorrow morning (tomorrow, 08:00)",
                "Monday morning (Mon 30 Nov, 08:00)"
            ]
        );
    }
}
