//! A text as the reader shows it: what was written, what is quoted (without its “>” marks, behind a bar for each level,
//! folded where it is long), and the signature; each piece is a text to select from, with its links.

use super::marks::LineLink;
use crate::mail::prose;
use crate::service::model::{BlockKind, Content, Link, LinkTarget, Prose};
use iced::widget::text_editor;
use std::ops::Range;
use std::sync::Arc;

/// Longer text is cut here; the whole is in the file that Save as writes.
pub const MOST_TEXT: usize = 1_000_000;
/// Up to here the text flows between header and attachments and is laid out whole; above it scrolls by itself, and
/// only what is visible is laid out.
pub const FLOW: usize = 48_000;
/// A line this long (in bytes) is broken: nobody writes one, and laying it out would take seconds.
const LONGEST_LINE: usize = 4_000;
/// Lines of a quotation that are shown before it is unfolded.
const SHORT: usize = 3;
/// A text of more pieces is shown as it came: each piece is laid out by itself.
const MOST: usize = 200;

/// Lines that stand together and are of one kind.
#[derive(Debug)]
pub struct Piece {
    pub kind: BlockKind,
    pub text: text_editor::Content,
    pub links: Arc<Vec<LineLink>>,
}

/// A run of pieces: written, quoted at whatever levels, or the signature.
#[derive(Debug)]
pub struct Block {
    pub pieces: Vec<Piece>,
    /// How many of the pieces are shown while it is folded; all, where it does not fold.
    short: usize,
    pub open: bool,
}

/// The text of a message, ready to be shown.
#[derive(Debug)]
pub struct Text {
    pub blocks: Vec<Block>,
    /// It is short enough to flow with the rest.
    pub flows: bool,
    /// It was longer than is shown.
    pub cut: bool,
}

impl Text {
    pub fn of(content: &Content) -> Text {
        let flows = content.text.len() <= FLOW;
        let end = floor(&content.text, MOST_TEXT);
        let cut = end < content.text.len();
        let apart = flows.then(|| apart(content)).flatten();
        let blocks = apart.unwrap_or_else(|| {
            let text = content.text.get(..end).unwrap_or_default().trim_end();
            vec![Block::new(vec![Piece::new(BlockKind::Written, text, &prose::links(text))], 1)]
        });
        Text { blocks, flows, cut }
    }
}

/// The blocks of a text, in order; none where there are too many to lay each out by itself.
fn apart(content: &Content) -> Option<Vec<Block>> {
    let made;
    let prose = if content.prose.blocks.is_empty() {
        made = Prose::of(&content.text);
        &made
    } else {
        &content.prose
    };
    let mut blocks: Vec<Block> = Vec::new();
    let mut quoted: Vec<Piece> = Vec::new();
    // Lines of the quotation so far, and how many of its pieces hold the first of them.
    let (mut lines, mut short) = (0, 0);
    for block in &prose.blocks {
        if !matches!(block.kind, BlockKind::Quoted(_)) {
            if !quoted.is_empty() {
                blocks.push(Block::new(std::mem::take(&mut quoted), short));
            }
            (lines, short) = (0, 0);
            blocks.push(Block::new(vec![Piece::new(block.kind, &block.text, &block.links)], 1));
            continue;
        }
        // The fold lies between two pieces.
        let here = block.text.split('\n').count();
        let room = SHORT.saturating_sub(lines);
        let fold = if 0 < room && room < here { nth_line(&block.text, room) } else { block.text.len() };
        for part in [0..fold, fold..block.text.len()] {
            if !part.is_empty() {
                quoted.push(Piece::part(block.kind, &block.text, &block.links, part));
                short += usize::from(lines < SHORT && (short == quoted.len() - 1));
                lines += if room < here && lines < SHORT { room } else { here };
            }
        }
        if blocks.len() + quoted.len() > MOST {
            return None;
        }
    }
    if !quoted.is_empty() {
        blocks.push(Block::new(quoted, short));
    }
    (blocks.iter().map(|block| block.pieces.len()).sum::<usize>() <= MOST).then_some(blocks)
}

/// Where the line with this number begins.
fn nth_line(text: &str, number: usize) -> usize {
    text.split_inclusive('\n').take(number).map(str::len).sum()
}

impl Block {
    fn new(pieces: Vec<Piece>, short: usize) -> Block {
        Block { pieces, short, open: false }
    }

    pub fn kind(&self) -> BlockKind {
        self.pieces.first().map(|piece| piece.kind).unwrap_or_default()
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

impl Piece {
    /// A text with the links that lie in it.
    pub fn new(kind: BlockKind, text: &str, links: &[Link]) -> Piece {
        Piece::part(kind, text, links, 0..text.len())
    }

    /// A part of a text: whole lines.
    fn part(kind: BlockKind, text: &str, links: &[Link], part: Range<usize>) -> Piece {
        let words = text.get(part.clone()).unwrap_or_default();
        let words = words.strip_suffix('\n').unwrap_or(words);
        let mut shown = String::with_capacity(words.len());
        let mut found = Vec::new();
        let mut links = links.iter().skip_while(|link| link.range.start < part.start).peekable();
        for (number, line) in lines(words).into_iter().enumerate() {
            if number > 0 {
                shown.push('\n');
            }
            let start = part.start + line.start;
            let bytes = words.get(line).unwrap_or_default().trim_end_matches('\r');
            // A return within a line would be the end of one for the widget.
            shown.extend(bytes.chars().map(|c| if c == '\r' { ' ' } else { c }));
            while let Some(link) = links.next_if(|link| link.range.start < start + bytes.len()) {
                // A link that is broken with its line leads on from its beginning.
                if let Some(from) = link.range.start.checked_sub(start) {
                    let end = (link.range.end - start).min(bytes.len());
                    found.push(LineLink { line: number, bytes: from..end, target: target(&link.target) });
                }
            }
        }
        Piece { kind, text: text_editor::Content::with_text(&shown), links: Arc::new(found) }
    }

    /// How deep it is quoted; 0 where it is not.
    pub fn level(&self) -> u8 {
        if let BlockKind::Quoted(level) = self.kind { level } else { 0 }
    }

    /// The link at a place of a line.
    pub fn link_at(&self, line: usize, column: usize) -> Option<&LineLink> {
        self.links.iter().find(|link| link.line == line && link.bytes.contains(&column))
    }
}

/// What is opened for a link.
fn target(target: &LinkTarget) -> String {
    match target {
        LinkTarget::Web(url) => url.clone(),
        LinkTarget::Mail(address) => format!("mailto:{address}"),
    }
}

/// The lines of a text, none of them endless.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        let end = at + line.len();
        while end - at > LONGEST_LINE {
            let cut = floor(text, at + LONGEST_LINE);
            all.push(at..cut);
            at = cut;
        }
        all.push(at..end);
        at = end + 1;
    }
    all
}

/// The last boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Text {
        Text::of(&Content { text: text.into(), ..Content::default() })
    }

    fn blocks(words: &str) -> Vec<Block> {
        text(words).blocks
    }

    /// Level and text of every piece, block by block.
    fn taken(text: &str) -> Vec<Vec<(u8, String)>> {
        let pieces = |block: &Block| block.pieces.iter().map(|p| (p.level(), p.text.text())).collect();
        blocks(text).iter().map(pieces).collect()
    }

    fn piece(level: u8, text: &str) -> (u8, String) {
        (level, text.into())
    }

    fn shown(block: &Block) -> String {
        let pieces = block.pieces.iter().take(block.shown());
        pieces.map(|piece| piece.text.text()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn quoted_lines_of_all_levels_stand_together() {
        assert_eq!(
            taken("Dear Bob,\n\nyou wrote:\n> one\n>> two\n> > three\n>\n> four\n\nYours\n-- \nAda"),
            [
                vec![piece(0, "Dear Bob,\n\nyou wrote:")],
                vec![piece(1, "one"), piece(2, "two\nthree"), piece(1, "\nfour")],
                vec![piece(0, "Yours")],
                vec![piece(0, "Ada")],
            ]
        );
        assert_eq!(blocks("a\n-- \nAda")[1].kind(), BlockKind::Signature);
    }

    #[test]
    fn a_long_quotation_is_folded_after_its_third_line() {
        let all = blocks("> 1\n> 2\n> 3");
        assert!(all[0].kind() == BlockKind::Quoted(1) && !all[0].folds());
        let mut all = blocks("a\n> 1\n> 2\n> 3\n> 4\n> 5\nb");
        assert_eq!(all.len(), 3);
        assert!(all[1].folds() && !all[0].folds() && !all[2].folds());
        assert_eq!(shown(&all[1]), "1\n2\n3");
        all[1].open = true;
        assert_eq!(shown(&all[1]), "1\n2\n3\n4\n5");
        assert_eq!(shown(&blocks("> 1\n>> 2\n>> 3\n>>> 4\n> 5")[0]), "1\n2\n3");
        assert_eq!(shown(&blocks("> 1\n>> 2\n> 3\n>> 4\n>> 5")[0]), "1\n2\n3");
    }

    #[test]
    fn a_link_is_found_where_its_line_shows_it() {
        let all = blocks("> 1\n> 2\n> 3\n> x https://a.example/y.\nor www.b.example, bob@a.example");
        let links = |piece: &Piece| piece.links.iter().map(|l| (l.line, l.target.clone())).collect::<Vec<_>>();
        assert_eq!(links(&all[0].pieces[1]), [(0, "https://a.example/y".into())]);
        assert_eq!(
            links(&all[1].pieces[0]),
            [(0, "https://www.b.example".into()), (0, "mailto:bob@a.example".to_string())]
        );
        assert_eq!(all[1].pieces[0].link_at(0, 3).map(|l| l.target.as_str()), Some("https://www.b.example"));
        assert_eq!(all[1].pieces[0].link_at(0, 0), None);
    }

    #[test]
    fn too_many_pieces_stay_one_text() {
        assert_eq!(blocks(&"> a\nb\n".repeat(MOST)).len(), 1);
        assert_eq!(blocks(&"> a\nhttps://a.example/\n".repeat(FLOW)).len(), 1);
    }

    #[test]
    fn huge_text_is_cut_and_says_so() {
        let Text { blocks, flows, cut } = text(&"é".repeat(MOST_TEXT));
        assert!(cut && !flows && blocks[0].pieces[0].text.text().len() <= MOST_TEXT + MOST_TEXT / LONGEST_LINE + 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_word_is_lost_and_no_line_is_endless(
            words in "([> ]{0,4}[a-c é中]{0,6}(https://a.b/|@a.example|)\n){0,30}[a-zé中]{0,300}",
            repeat in 1usize..20,
        ) {
            let bare = |s: &str| s.replace(['>', ' ', '\n', '\r'], "");
            let words = words.repeat(repeat);
            let Text { blocks, .. } = text(&words);
            let all: String = blocks.iter().flat_map(|b| &b.pieces).map(|p| p.text.text()).collect();
            prop_assert_eq!(bare(&all), bare(&words));
            for block in &blocks {
                prop_assert!(block.shown() >= 1 && block.shown() <= block.pieces.len());
                for piece in &block.pieces {
                    prop_assert!(piece.text.lines().all(|line| line.text.len() <= LONGEST_LINE));
                    for link in piece.links.iter() {
                        let line = piece.text.line(link.line).map(|line| line.text.into_owned()).unwrap_or_default();
                        prop_assert!(line.get(link.bytes.clone()).is_some(), "{link:?} {line:?}");
                    }
                }
            }
        }
    }
}
