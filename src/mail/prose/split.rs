//! Lines to blocks.

use super::{Block, BlockKind, MAX_BLOCKS, MAX_LEVEL, MAX_LINKS, Prose, links};
use std::borrow::Cow;

/// Longer signatures are none.
const MAX_SIGNATURE: usize = 100;

/// A line without its quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// How often it was marked.
    pub level: u8,
    pub text: Cow<'a, str>,
    /// The line `-- `.
    pub is_separator: bool,
}

/// The lines of a text whose quotations are marked with `>`, or `> >`.
pub(crate) fn plain_lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split('\n').map(|line| {
        let (level, words) = unmarked(line);
        // White space at the end of a line is often lost on the way; a line of dashes alone is too.
        let is_separator = level == 0 && (words == "-- " || words == "--");
        Line { level, text: Cow::Borrowed(words), is_separator }
    })
}

/// A line without its marks, and how many there were. `>From` at the beginning is a `From` that some server marked.
fn unmarked(line: &str) -> (u8, &str) {
    if line.starts_with(">From ") {
        return (0, line.get(1..).unwrap_or(line));
    }
    let mut level = 0u8;
    let mut rest = line;
    while let Some(inner) = rest.strip_prefix('>') {
        level = level.saturating_add(1).min(MAX_LEVEL);
        rest = inner.strip_prefix(' ').filter(|after| after.starts_with('>')).unwrap_or(inner);
    }
    (level, if level > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}

/// Puts lines together to blocks and finds their links.
pub(crate) fn of_lines<'a>(lines: impl Iterator<Item = Line<'a>>) -> Prose {
    let mut open = Blocks::default();
    for line in lines {
        open.add(&line);
    }
    open.finish()
}

#[derive(Default)]
struct Blocks {
    done: Vec<Block>,
    open: Option<Block>,
    /// Lines of the open block.
    lines: usize,
}

impl Blocks {
    fn add(&mut self, line: &Line<'_>) {
        if self.done.len() >= MAX_BLOCKS {
            let marks = ">".repeat(usize::from(line.level));
            let gap = if line.level > 0 { " " } else { "" };
            return self.push(BlockKind::Written, &format!("{marks}{gap}{}", line.text));
        }
        if line.is_separator && self.open.as_ref().is_none_or(|open| open.kind != BlockKind::Signature) {
            self.close();
            self.open = Some(Block { kind: BlockKind::Signature, ..Block::default() });
            self.lines = 0;
            return;
        }
        let in_signature = self.open.as_ref().is_some_and(|open| open.kind == BlockKind::Signature);
        match line.level {
            0 if in_signature => self.push(BlockKind::Signature, &line.text),
            0 => self.push(BlockKind::Written, &line.text),
            level => self.push(BlockKind::Quoted(level), &line.text),
        }
    }

    fn push(&mut self, kind: BlockKind, text: &str) {
        if self.open.as_ref().is_none_or(|open| open.kind != kind) {
            self.close();
            self.open = Some(Block { kind, ..Block::default() });
            self.lines = 0;
        }
        let Some(open) = &mut self.open else { return };
        if self.lines > 0 {
            open.text.push('\n');
        }
        open.text.push_str(text);
        self.lines = self.lines.saturating_add(1);
    }

    fn close(&mut self) {
        let Some(mut block) = self.open.take() else { return };
        if block.kind != BlockKind::Signature {
            return self.done.push(block);
        }
        if self.lines > MAX_SIGNATURE {
            block = Block { kind: BlockKind::Written, text: format!("-- \n{}", block.text), links: Vec::new() };
            return self.done.push(block);
        }
        // "Ada wrote:" below one's signature, above what is quoted, belongs to the quotation.
        let attribution = block.text.trim_end().rfind("\n\n").filter(|_| block.text.trim_end().ends_with([':', '：']));
        let rest = attribution.map(|at| block.text.split_off(at).trim_start_matches('\n').to_string());
        self.done.push(block);
        self.done.extend(rest.map(|text| Block { text, ..Block::default() }));
    }

    fn finish(mut self) -> Prose {
        self.close();
        let mut budget = MAX_LINKS;
        // Blank lines around what is quoted are spacing, which every face has of its own.
        for block in &mut self.done {
            let kept = block.text.trim_end().len();
            block.text.truncate(kept);
            if block.kind == BlockKind::Written {
                let blank = blank_lines(&block.text);
                block.text.drain(..blank);
            }
        }
        self.done.retain(|block| !block.text.is_empty());
        for block in &mut self.done {
            block.links = links::bounded(&block.text, budget);
            budget = budget.saturating_sub(block.links.len());
        }
        Prose { blocks: self.done }
    }
}

/// Bytes of the blank lines that a text begins with.
fn blank_lines(text: &str) -> usize {
    let mut length = 0usize;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            break;
        }
        length = length.saturating_add(line.len());
    }
    length
}
