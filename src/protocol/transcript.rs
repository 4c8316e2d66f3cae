//! The dialogue of every connection as it happened, bounded, and without secrets.
//!
//! One [`Transcript`] per account holds its last lines in memory; each connection writes
//! through a [`Recorder`] of its own, which carries its label and the secrets to scrub. The
//! conversations never hand a secret to it in the first place (they write redacted lines);
//! scrubbing is the second fence, for servers that echo what they were sent.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Lines kept per account.
const MAX_LINES: usize = 2000;
/// Bytes of text kept per account.
const MAX_BYTES: usize = 512 * 1024;
/// Bytes kept of one line.
const MAX_LINE: usize = 1024;
/// What stands in the place of a secret.
const HIDDEN: &str = "…";

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Client,
    Server,
    /// A remark of our own: connected, TLS version, closed.
    Note,
}

/// One line of a dialogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Such as `imaps://mail.example.org:993 #3`.
    pub connection: Arc<str>,
    pub direction: Direction,
    /// Without its line end.
    pub text: String,
}

/// Called with every line as it is recorded; it must not block.
pub type Sink = Arc<dyn Fn(&Line) + Send + Sync>;

/// The last lines of all connections of one account. Cheap to clone.
#[derive(Clone, Default)]
pub struct Transcript {
    lines: Arc<Mutex<Kept>>,
    sink: Option<Sink>,
}

#[derive(Default)]
struct Kept {
    lines: VecDeque<Line>,
    bytes: usize,
    connections: u64,
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transcript({} lines)", locked(&self.lines).lines.len())
    }
}

impl Transcript {
    pub fn new() -> Transcript {
        Transcript::default()
    }

    /// A transcript that also hands every line on, to be kept or shown elsewhere.
    pub fn with_sink(sink: Sink) -> Transcript {
        Transcript { lines: Arc::default(), sink: Some(sink) }
    }

    /// The lines kept, oldest first.
    pub fn lines(&self) -> Vec<Line> {
        locked(&self.lines).lines.iter().cloned().collect()
    }

    /// A recorder for a new connection to `server`, numbered.
    pub fn open(&self, server: impl fmt::Display) -> Recorder {
        let mut kept = locked(&self.lines);
        kept.connections = kept.connections.saturating_add(1);
        let label = format!("{server} #{}", kept.connections);
        drop(kept);
        Recorder { transcript: self.clone(), label: label.into(), secrets: Arc::default() }
    }

    fn push(&self, line: Line) {
        if let Some(sink) = &self.sink {
            sink(&line);
        }
        let mut kept = locked(&self.lines);
        kept.bytes = kept.bytes.saturating_add(line.text.len());
        kept.lines.push_back(line);
        while kept.lines.len() > MAX_LINES || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.lines.pop_front() else { break };
            kept.bytes = kept.bytes.saturating_sub(oldest.text.len());
        }
    }
}

/// Writes the lines of one connection. Clones write to the same connection.
#[derive(Clone)]
pub struct Recorder {
    transcript: Transcript,
    label: Arc<str>,
    secrets: Arc<Mutex<Vec<String>>>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({})", self.label)
    }
}

impl Recorder {
    /// What we sent; the caller has left secrets out.
    pub fn client(&self, text: &str) {
        self.record(Direction::Client, text);
    }
    /// What the server said, in whatever bytes.
    pub fn server(&self, text: &[u8]) {
        let start = text.get(..text.len().min(MAX_LINE * 2)).unwrap_or_default();
        self.record(Direction::Server, &String::from_utf8_lossy(start));
    }
    /// A remark of our own.
    pub fn note(&self, text: &str) {
        self.record(Direction::Note, text);
    }

    /// Makes these strings unsayable on this connection from now on.
    pub fn hide(&self, secrets: impl IntoIterator<Item = String>) {
        let mut hidden = locked(&self.secrets);
        hidden.extend(secrets.into_iter().filter(|s| !s.is_empty()));
        // Longest first, so that a secret within a payload does not break the payload's own match.
        hidden.sort_by_key(|s| std::cmp::Reverse(s.len()));
        hidden.dedup();
    }

    /// The text with every hidden string replaced: for replies that go into errors.
    pub fn scrub(&self, text: &str) -> String {
        let hidden = locked(&self.secrets);
        hidden.iter().fold(text.to_string(), |text, secret| {
            if text.contains(secret.as_str()) { text.replace(secret.as_str(), HIDDEN) } else { text }
        })
    }

    fn record(&self, direction: Direction, text: &str) {
        let text = shortened(&self.scrub(text.trim_end_matches(['\r', '\n'])));
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        self.transcript.push(Line { at, connection: self.label.clone(), direction, text });
    }
}

/// At most [`MAX_LINE`] bytes, with a mark where it was cut, and without control characters.
fn shortened(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_LINE + 4));
    for c in text.chars() {
        if out.len() + c.len_utf8() > MAX_LINE {
            out.push_str(" […]");
            break;
        }
        out.push(if c.is_control() && c != '\t' { '\u{fffd}' } else { c });
    }
    out
}

/// A number with its thousands apart, as summaries of literals show it.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Lines are appended whole, so what a panicking thread left behind is still good.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_in_lines_bytes_and_line_length() {
        let transcript = Transcript::new();
        let recorder = transcript.open("imap://h:1");
        for i in 0..5000 {
            recorder.client(&format!("line {i}"));
        }
        let lines = transcript.lines();
        assert_eq!(lines.len(), MAX_LINES);
        assert_eq!(lines.last().map(|l| l.text.as_str()), Some("line 4999"));
        for _ in 0..2000 {
            recorder.server(&[b'x'; 100_000]);
        }
        let lines = transcript.lines();
        assert!(lines.iter().map(|l| l.text.len()).sum::<usize>() <= MAX_BYTES);
        assert!(lines.iter().all(|l| l.text.len() < MAX_LINE + 10));
    }

    #[test]
    fn secrets_do_not_enter_even_when_the_server_says_them() {
        let transcript = Transcript::new();
        let recorder = transcript.open("imap://h:1");
        recorder.hide(["hunter2".to_string(), "AGFkYQBodW50ZXIy".to_string(), String::new()]);
        recorder.server(b"A1 NO no user with hunter2 or AGFkYQBodW50ZXIy\r\n");
        assert_eq!(transcript.lines()[0].text, "A1 NO no user with … or …");
        assert!(!format!("{recorder:?} {transcript:?}").contains("hunter2"));
        // Within a word too, and whoever says it.
        recorder.hide(["demo".to_string()]);
        recorder.client("demo");
        recorder.note("a demonstration");
        let lines: Vec<String> = transcript.lines().into_iter().skip(1).map(|line| line.text).collect();
        assert_eq!(lines, ["…", "a …nstration"]);
    }

    #[test]
    fn connections_are_numbered_and_lines_handed_on() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let copy = seen.clone();
        let transcript = Transcript::with_sink(Arc::new(move |line| copy.lock().unwrap().push(line.text.clone())));
        transcript.open("a").note("one\u{7}\r\n");
        transcript.open("a").note("two");
        let lines = transcript.lines();
        assert_eq!((&*lines[0].connection, &*lines[1].connection), ("a #1", "a #2"));
        assert_eq!(*seen.lock().unwrap(), ["one\u{fffd}", "two"]);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            (thousands(7), thousands(1234), thousands(1_234_567)),
            ("7".into(), "1,234".into(), "1,234,567".into())
        );
    }
}
