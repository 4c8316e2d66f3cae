//! The text of the letter: iced's editor, which has no undo, joined to a [`History`].

use super::history::{Edit, History, Snapshot};
use iced::widget::text_editor::{self, Action, Content, Cursor, Position};
use std::sync::Arc;
use std::time::Instant;

/// The body being written. The caret of a new one is at the top, above what is quoted.
pub struct Body {
    content: Content,
    history: History,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("lines", &self.content.line_count()).finish_non_exhaustive()
    }
}

impl Body {
    pub fn new(text: &str) -> Body {
        Body { content: Content::with_text(text), history: History::default() }
    }

    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The text with `\n` line ends.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (at, line) in self.content.lines().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            text.push_str(&line.text);
        }
        text
    }

    /// Carries out what the editor asks. True where the text may have changed.
    pub fn perform(&mut self, action: Action, now: Instant) -> bool {
        let action = match action {
            Action::Edit(text_editor::Edit::Paste(text)) => Action::Edit(text_editor::Edit::Paste(plain(text))),
            other => other,
        };
        let edit = match &action {
            Action::Edit(text_editor::Edit::Insert(c)) => Some(Edit::Insert(*c)),
            Action::Edit(text_editor::Edit::Backspace | text_editor::Edit::Delete) => Some(Edit::Delete),
            Action::Edit(_) => Some(Edit::Whole),
            Action::Scroll { .. } => None,
            _ => {
                self.history.interrupt();
                None
            }
        };
        if let Some(edit) = edit {
            // A selection that is typed over is a step of its own.
            let edit = if self.content.cursor().selection.is_some() { Edit::Whole } else { edit };
            let present = || snapshot(&self.content);
            self.history.before(edit, now, present);
        }
        self.content.perform(action);
        edit.is_some()
    }

    /// True where there was something to undo.
    pub fn undo(&mut self) -> bool {
        let wanted = self.history.undo(snapshot(&self.content));
        wanted.map(|wanted| self.restore(&wanted)).is_some()
    }

    /// True where there was something to redo.
    pub fn redo(&mut self) -> bool {
        let wanted = self.history.redo(snapshot(&self.content));
        wanted.map(|wanted| self.restore(&wanted)).is_some()
    }

    /// Changes only what differs, so that the view stays where it is.
    fn restore(&mut self, wanted: &Snapshot) {
        let present = self.text();
        let (start, end_present, end_wanted) = difference(&present, &wanted.text);
        let replacement = wanted.text.get(start..end_wanted).unwrap_or_default();
        if end_present > start {
            let selection = Some(position(&present, start));
            self.content.move_to(Cursor { position: position(&present, end_present), selection });
            self.content.perform(Action::Edit(text_editor::Edit::Delete));
        } else {
            // A selection that the person left would be typed over.
            self.content.perform(Action::Move(text_editor::Motion::Left));
            self.content.move_to(Cursor { position: position(&present, start), selection: None });
        }
        if !replacement.is_empty() {
            self.content.perform(Action::Edit(text_editor::Edit::Paste(Arc::new(replacement.into()))));
        }
        if self.text() != wanted.text {
            self.content = Content::with_text(&wanted.text);
        }
        let (line, column) = wanted.caret;
        self.content.move_to(Cursor { position: Position { line, column }, selection: None });
    }
}

fn snapshot(content: &Content) -> Snapshot {
    let caret = content.cursor().position;
    let body = content.lines().map(|line| line.text.into_owned()).collect::<Vec<_>>();
    Snapshot { text: body.join("\n"), caret: (caret.line, caret.column) }
}

/// Pasted text as a body takes it: `\n` line ends, no control characters but the tab.
fn plain(text: Arc<String>) -> Arc<String> {
    if !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return text;
    }
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    Arc::new(lines.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect())
}

/// Where two texts begin to differ, and where their common ends begin, in bytes on character boundaries.
fn difference(a: &str, b: &str) -> (usize, usize, usize) {
    let start: usize = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    let rest = a.len().min(b.len()).saturating_sub(start);
    let mut common = 0usize;
    for (x, y) in a.chars().rev().zip(b.chars().rev()) {
        let longer = common.saturating_add(x.len_utf8());
        if x != y || longer > rest {
            break;
        }
        common = longer;
    }
    (start, a.len().saturating_sub(common), b.len().saturating_sub(common))
}

/// Line and byte column of a byte offset.
fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count();
    let column = before.len().saturating_sub(before.rfind('\n').map_or(0, |at| at.saturating_add(1)));
    Position { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use text_editor::Motion;

    fn insert(body: &mut Body, words: &str, now: Instant) {
        for c in words.chars() {
            let edit = if c == '\n' { text_editor::Edit::Enter } else { text_editor::Edit::Insert(c) };
            body.perform(Action::Edit(edit), now);
        }
    }

    #[test]
    fn words_are_undone_and_redone_with_their_caret() {
        let now = Instant::now();
        let mut body = Body::new("> quoted\n");
        insert(&mut body, "Dear Ада 你好\n", now);
        assert_eq!(body.text(), "Dear Ада 你好\n> quoted\n");
        assert!(body.undo());
        assert_eq!(body.text(), "Dear Ада 你好> quoted\n");
        assert!(body.undo());
        assert_eq!(body.text(), "Dear Ада > quoted\n");
        assert!(body.undo() && body.undo());
        assert_eq!(body.text(), "> quoted\n");
        assert!(!body.undo());
        while body.redo() {}
        assert_eq!(body.text(), "Dear Ада 你好\n> quoted\n");
        insert(&mut body, "x", now);
        assert_eq!(body.text(), "Dear Ада 你好\nx> quoted\n", "the caret came back too");
    }

    #[test]
    fn a_selection_typed_over_comes_back() {
        let now = Instant::now();
        let mut body = Body::new("one two");
        body.perform(Action::SelectAll, now);
        insert(&mut body, "z", now);
        assert_eq!(body.text(), "z");
        assert!(body.undo());
        assert_eq!(body.text(), "one two");
        body.perform(Action::SelectAll, now);
        assert!(body.redo());
        assert_eq!(body.text(), "z");
    }

    #[test]
    fn pasted_text_has_plain_line_ends_and_no_controls() {
        let mut body = Body::new("");
        let text = Arc::new("a\r\nb\rc\0\u{1b}[31md\te".to_string());
        body.perform(Action::Edit(text_editor::Edit::Paste(text)), Instant::now());
        assert_eq!(body.text(), "a\nb\nc[31md\te");
    }

    proptest! {
        #[test]
        fn any_edits_are_undone_to_the_start_and_redone_to_the_end(
            start in "[a\u{e9}\u{4f60} \n]{0,12}",
            steps in prop::collection::vec((0u8..9, "[b\u{644}\n ]{0,4}"), 0..25),
        ) {
            let mut body = Body::new(&start);
            let start = body.text();
            let now = Instant::now();
            for (kind, words) in steps {
                match kind {
                    0..=2 => insert(&mut body, &words, now),
                    3 => { body.perform(Action::Edit(text_editor::Edit::Backspace), now); }
                    4 => { body.perform(Action::Edit(text_editor::Edit::Delete), now); }
                    5 => { body.perform(Action::Edit(text_editor::Edit::Paste(Arc::new(words))), now); }
                    6 => { body.perform(Action::Move(Motion::WordLeft), now); }
                    7 => { body.perform(Action::Select(Motion::End), now); }
                    _ => { body.perform(Action::Move(Motion::DocumentEnd), now); }
                }
            }
            let end = body.text();
            while body.undo() {}
            prop_assert_eq!(body.text(), start);
            while body.redo() {}
            prop_assert_eq!(body.text(), end);
        }

        #[test]
        fn a_difference_can_be_put_back(a in "[ab\u{e9}]{0,8}", b in "[ab\u{e9}]{0,8}") {
            let (start, end_a, end_b) = difference(&a, &b);
            let patched = format!("{}{}{}", &a[..start], &b[start..end_b], &a[end_a..]);
            prop_assert_eq!(patched, b);
        }
    }
}
