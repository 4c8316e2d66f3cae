//! Undo and redo of a text, by snapshots: one for every step that a person would call one (a word, a run of
//! deletions, a paste), bounded in number and in bytes. The text itself lives elsewhere; the history is asked
//! before each edit and given the present state when it is to go back.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Most steps kept.
pub const STEPS: usize = 500;
/// Most bytes of text kept, over all steps.
pub const BYTES: usize = 16 * 1024 * 1024;
/// A pause that ends a step.
const PAUSE: Duration = Duration::from_secs(2);

/// A text and where its caret stood, as (line, byte in the line).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub text: String,
    pub caret: (usize, usize),
}

/// What an edit does, as far as grouping is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// One character was typed.
    Insert(char),
    Delete,
    /// A step of its own: a paste, a line end.
    Whole,
}

/// The steps behind and ahead of the present.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: VecDeque<Snapshot>,
    future: Vec<Snapshot>,
    bytes: usize,
    run: Option<(Edit, Instant)>,
}

impl History {
    /// To be called before an edit. The present state is asked for only where a new step begins.
    pub fn before(&mut self, edit: Edit, now: Instant, present: impl FnOnce() -> Snapshot) {
        let continues = self.run.is_some_and(|(last, at)| same_run(last, edit) && now.duration_since(at) < PAUSE);
        self.run = Some((edit, now));
        if !continues || !self.future.is_empty() {
            self.push(present());
        }
        for undone in self.future.drain(..) {
            self.bytes = self.bytes.saturating_sub(undone.text.len());
        }
    }

    /// The caret moved: the next edit begins a new step.
    pub fn interrupt(&mut self) {
        self.run = None;
    }

    /// The state before the last step; the present becomes the next one to redo.
    pub fn undo(&mut self, present: Snapshot) -> Option<Snapshot> {
        self.run = None;
        // A step that changed nothing (Backspace at the start) is none.
        while self.past.back().is_some_and(|last| last.text == present.text) {
            self.pop();
        }
        let last = self.pop()?;
        self.bytes = self.bytes.saturating_add(present.text.len());
        self.future.push(present);
        Some(last)
    }

    /// The state that was last undone.
    pub fn redo(&mut self, present: Snapshot) -> Option<Snapshot> {
        self.run = None;
        let next = self.future.pop()?;
        self.bytes = self.bytes.saturating_sub(next.text.len());
        self.push(present);
        Some(next)
    }

    fn push(&mut self, snapshot: Snapshot) {
        self.bytes = self.bytes.saturating_add(snapshot.text.len());
        self.past.push_back(snapshot);
        while self.past.len() > STEPS || (self.bytes > BYTES && self.past.len() > 1) {
            if let Some(oldest) = self.past.pop_front() {
                self.bytes = self.bytes.saturating_sub(oldest.text.len());
            }
        }
    }

    fn pop(&mut self) -> Option<Snapshot> {
        let last = self.past.pop_back()?;
        self.bytes = self.bytes.saturating_sub(last.text.len());
        Some(last)
    }
}

/// Whether an edit goes on with what the last one did. A word begins where a space is followed by something else.
fn same_run(last: Edit, next: Edit) -> bool {
    match (last, next) {
        (Edit::Insert(a), Edit::Insert(b)) => !a.is_whitespace() || b.is_whitespace(),
        (Edit::Delete, Edit::Delete) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Snapshot {
        Snapshot { text: text.into(), caret: (0, text.len()) }
    }

    fn typed(history: &mut History, text: &mut String, words: &str, now: Instant) {
        for c in words.chars() {
            history.before(Edit::Insert(c), now, || at(text));
            text.push(c);
        }
    }

    #[test]
    fn a_word_is_one_step() {
        let (mut history, mut text, now) = (History::default(), String::new(), Instant::now());
        typed(&mut history, &mut text, "Dear Charles", now);
        assert_eq!(history.undo(at("Dear Charles")), Some(at("Dear ")));
        assert_eq!(history.undo(at("Dear ")), Some(at("")));
        assert_eq!(history.undo(at("")), None);
        assert_eq!(history.redo(at("")), Some(at("Dear ")));
        assert_eq!(history.redo(at("Dear ")), Some(at("Dear Charles")));
        assert_eq!(history.redo(at("Dear Charles")), None);
    }

    #[test]
    fn a_pause_and_a_moved_caret_end_a_step() {
        let (mut history, mut text, now) = (History::default(), String::new(), Instant::now());
        typed(&mut history, &mut text, "ab", now);
        typed(&mut history, &mut text, "cd", now + Duration::from_secs(5));
        history.interrupt();
        typed(&mut history, &mut text, "ef", now + Duration::from_secs(5));
        assert_eq!(history.undo(at("abcdef")), Some(at("abcd")));
        assert_eq!(history.undo(at("abcd")), Some(at("ab")));
    }

    #[test]
    fn an_edit_after_undo_forgets_what_was_undone() {
        let (mut history, mut text, now) = (History::default(), String::new(), Instant::now());
        typed(&mut history, &mut text, "one", now);
        assert_eq!(history.undo(at("one")), Some(at("")));
        history.before(Edit::Whole, now, || at(""));
        assert_eq!(history.redo(at("two")), None);
        assert_eq!(history.undo(at("two")), Some(at("")));
    }

    #[test]
    fn an_edit_that_changed_nothing_is_no_step() {
        let (mut history, now) = (History::default(), Instant::now());
        history.before(Edit::Whole, now, || at("a"));
        history.before(Edit::Delete, now, || at("ab"));
        assert_eq!(history.undo(at("ab")), Some(at("a")));
    }

    #[test]
    fn steps_and_bytes_are_bounded() {
        let (mut history, now) = (History::default(), Instant::now());
        for n in 0..2 * STEPS {
            history.before(Edit::Whole, now, || at(&n.to_string()));
        }
        assert_eq!(history.past.len(), STEPS);
        let big = "x".repeat(BYTES / 3);
        for _ in 0..10 {
            history.before(Edit::Whole, now, || at(&big));
        }
        assert!(history.bytes <= BYTES);
        let total: usize = history.past.iter().map(|s| s.text.len()).sum();
        assert_eq!(history.bytes, total);
    }

    proptest! {
        #[test]
        fn undoing_all_and_redoing_all_returns(edits in prop::collection::vec(("[a-c ]{0,3}", 0u64..4, any::<bool>()), 1..40)) {
            let mut history = History::default();
            let mut text = String::new();
            let mut now = Instant::now();
            for (piece, seconds, delete) in edits {
                now += Duration::from_secs(seconds);
                if delete {
                    history.before(Edit::Delete, now, || at(&text));
                    text.pop();
                }
                for c in piece.chars() {
                    history.before(Edit::Insert(c), now, || at(&text));
                    text.push(c);
                }
            }
            let end = text.clone();
            let mut present = at(&text);
            let mut steps = 0;
            while let Some(before) = history.undo(present.clone()) {
                present = before;
                steps += 1;
            }
            prop_assert_eq!(&present.text, "");
            let mut redone = 0;
            while let Some(next) = history.redo(present.clone()) {
                present = next;
                redone += 1;
            }
            prop_assert_eq!(present.text, end);
            prop_assert_eq!(steps, redone);
        }
    }
}
