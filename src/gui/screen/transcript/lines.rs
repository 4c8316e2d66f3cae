//! What the transcript window shows: the lines of one connection or of all, and the text to copy.

use crate::service::model::{Direction, TranscriptLine};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The recorded lines, oldest first, and which of them are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    all: Vec<TranscriptLine>,
    filter: Option<String>,
    /// Positions of the shown ones.
    shown: Vec<usize>,
}

impl Lines {
    pub fn replace(&mut self, all: Vec<TranscriptLine>) {
        self.all = all;
        self.select();
    }

    /// Shows one connection, or all.
    pub fn choose(&mut self, filter: Option<String>) {
        self.filter = filter;
        self.select();
    }

    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    fn select(&mut self) {
        let wanted = |line: &TranscriptLine| self.filter.as_ref().is_none_or(|f| *f == line.connection);
        self.shown = self.all.iter().enumerate().filter(|(_, line)| wanted(line)).map(|(at, _)| at).collect();
    }

    /// The connections, the latest first.
    pub fn connections(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for line in self.all.iter().rev() {
            if !found.contains(&line.connection) {
                found.push(line.connection.clone());
            }
        }
        found
    }

    pub fn len(&self) -> usize {
        self.shown.len()
    }

    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    pub fn get(&self, row: usize) -> Option<&TranscriptLine> {
        self.shown.get(row).and_then(|at| self.all.get(*at))
    }

    /// The shown lines as text.
    pub fn text(&self, zone: &TimeZone) -> String {
        let mut text = String::new();
        let mut connection = "";
        for line in (0..self.len()).filter_map(|row| self.get(row)) {
            if line.connection != connection {
                connection = &line.connection;
                text.push_str(&format!("== {connection}\n"));
            }
            text.push_str(&format!("{} {} {}\n", time(line.at, zone), mark(line.direction), line.text));
        }
        text
    }
}

/// Who speaks, as RFC examples write it.
pub fn mark(direction: Direction) -> &'static str {
    match direction {
        Direction::Client => "C:",
        Direction::Server => "S:",
        Direction::Note => "--",
    }
}

/// The time of day with milliseconds; `at` is in milliseconds since 1970.
pub fn time(at: i64, zone: &TimeZone) -> String {
    match Timestamp::from_millisecond(at) {
        Ok(stamp) => stamp.to_zoned(zone.clone()).strftime("%H:%M:%S.%3f").to_string(),
        Err(_) => "--:--:--.---".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, connection: &str, direction: Direction, text: &str) -> TranscriptLine {
        TranscriptLine { at, account: "ada".into(), connection: connection.into(), direction, text: text.into() }
    }

    fn sample() -> Lines {
        let mut lines = Lines::default();
        lines.replace(vec![
            line(0, "imaps://a:993 #1", Direction::Note, "connected"),
            line(1, "imaps://a:993 #1", Direction::Server, "* OK ready"),
            line(2, "smtp://a:587 #2", Direction::Server, "220 a ESMTP"),
            line(1500, "imaps://a:993 #1", Direction::Client, "a1 NOOP"),
        ]);
        lines
    }

    #[test]
    fn a_connection_is_shown_alone() {
        let mut lines = sample();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines.connections(), ["imaps://a:993 #1", "smtp://a:587 #2"]);
        lines.choose(Some("smtp://a:587 #2".into()));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines.get(0).map(|l| l.text.as_str()), Some("220 a ESMTP"));
        lines.replace(vec![line(2, "smtp://a:587 #2", Direction::Server, "221 bye")]);
        assert_eq!(lines.get(0).map(|l| l.text.as_str()), Some("221 bye"), "new lines keep the choice");
        lines.choose(None);
        assert_eq!(lines.get(1), None);
    }

    #[test]
    fn copied_text_has_time_mark_and_connection() {
        let text = sample().text(&TimeZone::UTC);
        assert_eq!(
            text,
            "== imaps://a:993 #1\n00:00:00.000 -- connected\n00:00:00.001 S: * OK ready\n\
             == smtp://a:587 #2\n00:00:00.002 S: 220 a ESMTP\n\
             == imaps://a:993 #1\n00:00:01.500 C: a1 NOOP\n"
        );
    }

    #[test]
    fn an_impossible_time_is_shown_as_none() {
        assert_eq!(time(i64::MAX, &TimeZone::UTC), "--:--:--.---");
    }
}
