//! What answers and forwarded messages begin with, in the chosen language.

use crate::fl;
use crate::mail::compose::ForwardWords;
use crate::service::ComposeWords;
use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Asks [`super::LOADER`] each time, so that a language chosen later counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct FluentWords;

impl ComposeWords for FluentWords {
    fn attribution(&self, from: &str, at: Option<i64>) -> String {
        match moment(at) {
            Some(at) => {
                fl!("answer-wrote-on", date = super::units::date(&at), time = super::units::time(&at), from = from)
            }
            None => fl!("answer-wrote", from = from),
        }
    }

    fn forward(&self, at: Option<i64>) -> ForwardWords {
        ForwardWords {
            title: format!("---------- {} ----------", fl!("answer-forwarded")),
            from: fl!("answer-from"),
            date: fl!("answer-date"),
            subject: fl!("answer-subject"),
            to: fl!("answer-to"),
            cc: fl!("answer-cc"),
            sent: moment(at).map(|at| super::units::in_full(&at)).unwrap_or_default(),
        }
    }
}

/// The moment where the person is.
fn moment(at: Option<i64>) -> Option<Zoned> {
    Some(Timestamp::from_second(at?).ok()?.to_zoned(TimeZone::system()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_date_leaves_no_hole() {
        assert_eq!(FluentWords.attribution("Ada", None), "Ada wrote:");
        assert_eq!(FluentWords.forward(None).sent, "");
        assert_eq!(FluentWords.attribution("Ada", Some(i64::MAX)), "Ada wrote:");
        let line = FluentWords.attribution("Ada", Some(1_795_423_320));
        assert!(line.starts_with("On 23 Nov 2026, ") && line.ends_with(", Ada wrote:"), "{line}");
    }
}
