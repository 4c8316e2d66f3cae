//! A text taken apart for the reader: what was written, and what is quoted, which loses its “>” marks for a bar at
//! its left and is folded where it is long.

use iced::widget::text_editor;

/// Lines of a quotation that are shown before it is unfolded.
pub const SHORT: usize = 3;
/// Deeper levels are shown as this one.
const DEEPEST: usize = 6;
/// A text of more pieces is shown as it came: each piece is laid out by itself.
const MOST: usize = 200;

/// Lines that stand together at one level of quotation.
#[derive(Debug)]
pub struct Piece {
    /// How often its lines were marked; 0 for what was written.
    pub depth: usize,
    pub text: text_editor::Content,
}

/// A run of written or of quoted pieces.
#[derive(Debug)]
pub struct Block {
    pub pieces: Vec<Piece>,
    /// How many of the pieces are shown while it is folded; all, where it does not fold.
    short: usize,
    pub open: bool,
}

impl Block {
    fn new(runs: Vec<Run<'_>>, short: usize) -> Block {
        let pieces = runs
            .into_iter()
            .map(|run| Piece { depth: run.depth, text: text_editor::Content::with_text(&run.lines.join("\n")) })
            .collect();
        Block { pieces, short, open: false }
    }

    pub fn is_quoted(&self) -> bool {
        self.pieces.first().is_some_and(|piece| piece.depth > 0)
    }

    /// Whether there is more than is shown at first.
    pub fn folds(&self) -> bool {
        self.short < self.pieces.len()
    }

    /// How many pieces are shown now.
    pub fn shown(&self) -> usize {
        if self.open { self.pieces.len() } else { self.short }
    }
}

/// Neighbouring lines of one depth, without their marks.
struct Run<'a> {
    depth: usize,
    lines: Vec<&'a str>,
}

/// A line without its marks, and how many there were. “>From” is a “From” that some server has marked.
fn unmarked(line: &str) -> (usize, &str) {
    let mut depth = 0;
    let mut rest = line;
    while let Some(inner) = rest.strip_prefix('>').filter(|_| !(depth == 0 && line.starts_with(">From "))) {
        depth += 1;
        rest = inner.strip_prefix(' ').filter(|after| after.starts_with('>')).unwrap_or(inner);
    }
    let words = if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest };
    (depth.min(DEEPEST), words)
}

/// The blocks of a text, in order. One block where there is nothing quoted, or too much to lay out piece by piece.
pub fn blocks(text: &str, apart: bool) -> Vec<Block> {
    let whole = || vec![Block::new(vec![Run { depth: 0, lines: vec![text] }], 1)];
    if !apart {
        return whole();
    }
    let mut blocks: Vec<(Vec<Run<'_>>, usize)> = Vec::new();
    let mut count = 0;
    for line in text.split('\n') {
        let (depth, words) = unmarked(line);
        match blocks.last_mut().filter(|(runs, _)| runs.last().is_some_and(|run| (run.depth > 0) == (depth > 0))) {
            Some((runs, lines)) => {
                *lines += 1;
                // The fold lies between two pieces.
                let folds = depth > 0 && *lines == SHORT + 1;
                match runs.last_mut().filter(|run| run.depth == depth && !folds) {
                    Some(run) => run.lines.push(words),
                    None => {
                        count += 1;
                        runs.push(Run { depth, lines: vec![words] });
                    }
                }
            }
            None => {
                count += 1;
                blocks.push((vec![Run { depth, lines: vec![words] }], 1));
            }
        }
        if count > MOST {
            return whole();
        }
    }
    blocks.retain(|(runs, _)| runs.iter().any(|run| run.depth > 0 || run.lines.iter().any(|l| !l.trim().is_empty())));
    blocks.into_iter().map(|(runs, lines)| finished(runs, lines)).collect()
}

/// Blank lines around a block are spacing, which the reader has of its own.
fn finished(mut runs: Vec<Run<'_>>, lines: usize) -> Block {
    if let [Run { depth: 0, lines }] = &mut runs[..] {
        let blank = |line: &&str| line.trim().is_empty();
        while lines.last().is_some_and(blank) {
            lines.pop();
        }
        let first = lines.iter().take_while(|line| blank(line)).count();
        lines.drain(..first);
    }
    let folds = lines > SHORT && runs.first().is_some_and(|run| run.depth > 0);
    let short = if folds { first_pieces(&runs) } else { runs.len() };
    Block::new(runs, short)
}

/// How many pieces hold the first [`SHORT`] lines.
fn first_pieces(runs: &[Run<'_>]) -> usize {
    let mut lines = 0;
    runs.iter()
        .take_while(|run| {
            let before = lines;
            lines += run.lines.len();
            before < SHORT
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Depth and text of every piece, block by block.
    fn taken(text: &str) -> Vec<Vec<(usize, String)>> {
        let pieces = |block: &Block| block.pieces.iter().map(|p| (p.depth, p.text.text())).collect();
        blocks(text, true).iter().map(pieces).collect()
    }

    fn piece(depth: usize, text: &str) -> (usize, String) {
        (depth, text.into())
    }

    #[test]
    fn quoted_lines_lose_their_marks_and_keep_their_depth() {
        let text = "Dear Bob,\n\nyou wrote:\n> one\n>> two\n> > three\n>\n> four\n\nYours\n";
        assert_eq!(
            taken(text),
            [
                vec![piece(0, "Dear Bob,\n\nyou wrote:")],
                vec![piece(1, "one"), piece(2, "two\nthree"), piece(1, "\nfour")],
                vec![piece(0, "Yours")],
            ]
        );
        assert_eq!(taken("no quote\n  > indented"), [vec![piece(0, "no quote\n  > indented")]]);
        assert_eq!(taken(">From the start"), [vec![piece(0, ">From the start")]]);
    }

    #[test]
    fn a_long_quotation_is_folded_after_its_third_line() {
        let all = blocks("> 1\n> 2\n> 3", true);
        assert!(all[0].is_quoted() && !all[0].folds());
        let mut all = blocks("a\n> 1\n> 2\n> 3\n> 4\n> 5\nb", true);
        assert_eq!(all.len(), 3);
        assert!(all[1].folds() && !all[0].folds() && !all[2].folds());
        let shown = |block: &Block| {
            let pieces = block.pieces.iter().take(block.shown());
            pieces.map(|piece| piece.text.text()).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(shown(&all[1]), "1\n2\n3");
        all[1].open = true;
        assert_eq!(shown(&all[1]), "1\n2\n3\n4\n5");
    }

    #[test]
    fn too_many_pieces_stay_one_text() {
        let text = "> a\nb\n".repeat(MOST);
        assert_eq!(blocks(&text, true).len(), 1);
        assert_eq!(blocks("> a\nb", false).len(), 1);
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "([> ]{0,4}[a-c é中]{0,6}\n){0,30}") {
            let bare = |s: &str| s.replace(['>', ' ', '\n'], "");
            let all: String = blocks(&text, true).iter().flat_map(|b| &b.pieces).map(|p| p.text.text()).collect();
            prop_assert_eq!(bare(&all), bare(&text));
            for block in blocks(&text, true) {
                prop_assert!(block.shown() >= 1 && block.shown() <= block.pieces.len());
            }
        }
    }
}
