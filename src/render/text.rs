//! The text of a document that is laid out: where it stands, what is selected of it, where something is found.

use super::direction::is_isolate;
use super::model::{Hit, Point, Rect, Selection, Unit};
use crate::mail::search::{self, Phrase};
use blitz_dom::{BaseDocument, Node, NodeId};
use parley::{Affinity, Cursor};
use std::time::{Duration, Instant};

/// Places that a search returns.
const MAX_HITS: usize = 5_000;
/// Rectangles of one answer.
const MAX_AREAS: usize = 20_000;
/// Bytes of selected text.
const MAX_TEXT: usize = 4 << 20;

/// Places and rectangles of words that are lit, and how long they are looked for: nobody asked for them by themselves,
/// and what is in sight waits behind them.
const MAX_LIT: usize = 2_000;
pub const MAX_LIT_AREAS: usize = 5_000;
const LIGHT: Duration = Duration::from_millis(250);
/// Words between two looks at the clock.
const ROUND: usize = 256;

/// Paragraphs and other runs of text in document order.
#[derive(Debug, Default)]
pub struct Blocks {
    blocks: Vec<Block>,
}

/// Text that is broken into lines together.
#[derive(Debug)]
struct Block {
    node: NodeId,
    /// Where its text begins, in CSS pixels of the document.
    x: f32,
    y: f32,
    /// Its border box.
    area: Rect,
}

/// A place in the text: a block and a byte in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    block: usize,
    byte: usize,
}

impl Blocks {
    /// Finds the text of a document, whose scroll position must be zero.
    pub fn of(document: &BaseDocument) -> Blocks {
        let mut blocks = Vec::new();
        let mut waiting: Vec<NodeId> = document.try_root_element().map(|root| root.id).into_iter().collect();
        while let Some(node) = waiting.pop() {
            let Some(data) = document.get_node(node) else { continue };
            if let Some(text) = text_of(data).filter(|text| !text.text.is_empty())
                && let Some(bounds) = document.get_client_bounding_rect(node)
            {
                let layout = data.unrounded_layout();
                let area = Rect {
                    x: bounds.x as f32,
                    y: bounds.y as f32,
                    width: bounds.width as f32,
                    height: bounds.height as f32,
                };
                let x = area.x + layout.padding.left + layout.border.left;
                let y = area.y + layout.padding.top + layout.border.top + text.block_offset;
                blocks.push(Block { node, x, y, area });
            }
            // Text beside blocks lies in boxes that the layout alone knows.
            match data.layout_children.borrow().as_ref() {
                Some(boxes) => waiting.extend(boxes.iter().rev()),
                None => waiting.extend(data.children.iter().rev()),
            }
        }
        Blocks { blocks }
    }

    /// Every text with its layout.
    pub fn texts<'a>(&'a self, document: &'a BaseDocument) -> impl Iterator<Item = &'a blitz_dom::node::TextLayout> {
        self.blocks.iter().filter_map(|block| document.get_node(block.node).and_then(text_of))
    }

    /// Tops and bottoms of all lines, in CSS pixels.
    pub fn lines(&self, document: &BaseDocument) -> Vec<(f64, f64)> {
        let mut found = Vec::new();
        for block in &self.blocks {
            let Some(text) = document.get_node(block.node).and_then(text_of) else { continue };
            let scale = text.layout.scale().max(0.01);
            for line in text.layout.lines() {
                let metrics = line.metrics();
                let top = block.y + metrics.block_min_coord / scale;
                let bottom = block.y + metrics.block_max_coord / scale;
                found.push((f64::from(top), f64::from(bottom)));
            }
        }
        found
    }

    /// What lies between two points.
    pub fn select(&self, document: &BaseDocument, from: Point, to: Point, unit: Unit) -> Selection {
        let (Some(a), Some(b)) = (self.position(document, from), self.position(document, to)) else {
            return Selection::default();
        };
        let (start, end) = if a <= b { (a, b) } else { (b, a) };
        let (start, end) = self.widened(document, start, end, unit);
        self.between(document, start, end)
    }

    pub fn select_all(&self, document: &BaseDocument) -> Selection {
        let end = Position { block: self.blocks.len(), byte: 0 };
        self.between(document, Position { block: 0, byte: 0 }, end)
    }

    /// Every place of a text, letters in either case, white space folded.
    pub fn find(&self, document: &BaseDocument, wanted: &str) -> Vec<Hit> {
        let wanted: Vec<char> = folded(wanted.trim()).map(|(_, c)| c).collect();
        let mut hits = Vec::new();
        if wanted.is_empty() {
            return hits;
        }
        for block in &self.blocks {
            let Some(text) = document.get_node(block.node).and_then(text_of) else { continue };
            for (start, end) in matches(&text.text, &wanted) {
                if hits.len() == MAX_HITS {
                    return hits;
                }
                let mut areas = Vec::new();
                block.areas(document, start, end, &mut areas);
                hits.push(Hit { areas });
            }
        }
        hits
    }

    /// Where these words stand, from the top; what is not found within bounds is left out.
    pub fn light(&self, document: &BaseDocument, phrases: &[Phrase]) -> Vec<Rect> {
        let end = Instant::now().checked_add(LIGHT);
        let in_time = || end.is_none_or(|end| Instant::now() < end);
        let (mut areas, mut count, mut words) = (Vec::new(), 0_usize, 0_usize);
        for block in &self.blocks {
            let Some(text) = document.get_node(block.node).and_then(text_of) else { continue };
            let go_on = || {
                words = words.wrapping_add(1);
                words % ROUND != 0 || in_time()
            };
            for place in search::places(&text.text, phrases, go_on) {
                // A place costs as much as its block has lines.
                if count >= MAX_LIT || areas.len() >= MAX_LIT_AREAS || !in_time() {
                    areas.truncate(MAX_LIT_AREAS);
                    return areas;
                }
                block.areas(document, place.start, place.end, &mut areas);
                count = count.saturating_add(1);
            }
        }
        areas.truncate(MAX_LIT_AREAS);
        areas
    }

    /// The place in the text nearest to a point.
    fn position(&self, document: &BaseDocument, at: Point) -> Option<Position> {
        // The innermost block that holds the point comes last; else the nearest.
        let holds = self.blocks.iter().rposition(|block| block.area.contains(at));
        let near = || {
            let distance = |block: &Block| {
                let x = (block.area.x - at.x).max(at.x - block.area.x - block.area.width).max(0.0);
                let y = (block.area.y - at.y).max(at.y - block.area.y - block.area.height).max(0.0);
                // What stands beside the point is nearer than what is above or below it.
                y.mul_add(1_000.0, x)
            };
            let nearest = self.blocks.iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
            nearest.map(|(index, _)| index)
        };
        let index = holds.or_else(near)?;
        let block = self.blocks.get(index)?;
        let text = document.get_node(block.node).and_then(text_of)?;
        let scale = text.layout.scale();
        let cursor = Cursor::from_point(&text.layout, (at.x - block.x) * scale, (at.y - block.y) * scale);
        Some(Position { block: index, byte: cursor.index().min(text.text.len()) })
    }

    fn widened(&self, document: &BaseDocument, start: Position, end: Position, unit: Unit) -> (Position, Position) {
        let text = |at: Position| {
            let block = self.blocks.get(at.block)?;
            document.get_node(block.node).and_then(text_of).map(|text| text.text.as_str())
        };
        match unit {
            Unit::Character => (start, end),
            Unit::Block => {
                let last = text(end).map_or(end.byte, str::len);
                (Position { byte: 0, ..start }, Position { byte: last, ..end })
            }
            Unit::Word => {
                let first = text(start).map_or(start.byte, |text| word(text, start.byte).0);
                let last = text(end).map_or(end.byte, |text| word(text, end.byte).1);
                (Position { byte: first, ..start }, Position { byte: last, ..end })
            }
        }
    }

    fn between(&self, document: &BaseDocument, start: Position, end: Position) -> Selection {
        let mut selection = Selection::default();
        for (index, block) in self.blocks.iter().enumerate().skip(start.block) {
            if index > end.block || selection.areas.len() > MAX_AREAS || selection.text.len() > MAX_TEXT {
                break;
            }
            let Some(text) = document.get_node(block.node).and_then(text_of) else { continue };
            let first = if index == start.block { start.byte } else { 0 };
            let last = if index == end.block { end.byte } else { text.text.len() };
            let Some(part) = text.text.get(first..last).filter(|part| !part.is_empty()) else { continue };
            if !selection.text.is_empty() {
                selection.text.push('\n');
            }
            // Pictures stand in the text as this character.
            selection.text.extend(part.chars().filter(|c| *c != '\u{FFFC}' && !is_isolate(*c)));
            block.areas(document, first, last, &mut selection.areas);
        }
        selection
    }
}

impl Block {
    /// Where a part of the text stands, line by line.
    fn areas(&self, document: &BaseDocument, start: usize, end: usize, areas: &mut Vec<Rect>) {
        let Some(text) = document.get_node(self.node).and_then(text_of) else { return };
        let cursor = |byte, affinity| Cursor::from_byte_index(&text.layout, byte, affinity);
        let range = parley::Selection::new(cursor(start, Affinity::Downstream), cursor(end, Affinity::Upstream));
        let scale = f64::from(text.layout.scale()).max(0.01);
        for (bounds, _) in range.geometry(&text.layout) {
            areas.push(Rect {
                x: self.x + (bounds.x0 / scale) as f32,
                y: self.y + (bounds.y0 / scale) as f32,
                width: ((bounds.x1 - bounds.x0) / scale) as f32,
                height: ((bounds.y1 - bounds.y0) / scale) as f32,
            });
        }
    }
}

/// The text of a block, with its lines.
fn text_of(node: &Node) -> Option<&blitz_dom::node::TextLayout> {
    node.element_data()?.inline_layout_data.as_deref()
}

/// The characters of a text as a search compares them, each with the byte that it begins at.
fn folded(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    text.char_indices().flat_map(|(at, c)| {
        let c = if c.is_whitespace() { ' ' } else { c };
        c.to_lowercase().map(move |c| (at, c))
    })
}

/// Where `wanted` stands in a text, in bytes.
fn matches(text: &str, wanted: &[char]) -> Vec<(usize, usize)> {
    let characters: Vec<(usize, char)> = folded(text).collect();
    let mut found = Vec::new();
    let mut at = 0_usize;
    while let Some(window) = characters.get(at..at.saturating_add(wanted.len())) {
        if window.iter().map(|(_, c)| c).eq(wanted.iter()) {
            let start = window.first().map_or(0, |(byte, _)| *byte);
            let last = window.last().map_or(start, |(byte, _)| *byte);
            let end = text.get(last..).and_then(|rest| rest.chars().next()).map_or(last, |c| last + c.len_utf8());
            found.push((start, end));
            if found.len() >= MAX_HITS {
                break;
            }
            at = at.saturating_add(wanted.len());
        } else {
            at = at.saturating_add(1);
        }
    }
    found
}

/// The word around a byte.
fn word(text: &str, byte: usize) -> (usize, usize) {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '\'' | '’');
    let (Some(before), Some(after)) = (text.get(..byte), text.get(byte..)) else { return (byte, byte) };
    let start = before.char_indices().rev().take_while(|(_, c)| inside(*c)).last().map_or(byte, |(at, _)| at);
    let length: usize = after.chars().take_while(|c| inside(*c)).map(char::len_utf8).sum();
    (start, byte.saturating_add(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_minds_neither_case_nor_line_ends() {
        let wanted: Vec<char> = "größe x".chars().collect();
        assert_eq!(matches("GRÖSSE x, Größe\nX, GRÖßE\u{a0}x", &wanted), [(11, 20), (22, 32)]);
        assert_eq!(matches("aaa", &['a', 'a']), [(0, 2)]);
        assert!(matches("", &['a']).is_empty());
    }

    #[test]
    fn a_word_ends_where_letters_end() {
        assert_eq!(word("ein schönes, Haus", 7), (4, 12));
        assert_eq!(word("ein", 3), (0, 3));
        assert_eq!(word("a  b", 2), (2, 2));
    }
}
