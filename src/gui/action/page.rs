//! Pages of HTML mail as plain data: what is asked of one, and what comes back.

use crate::mail::search::Phrase;
use crate::service::page::{
    Document, Facts, Hit, ImageChoice, Layout, Point, Rect, RenderError, Selection, Unit, View,
};
use iced::widget::image;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::RwLock;

/// Rows of a tile, in device pixels. A page is cut into tiles from its top; the last one may be lower.
pub const TILE: u32 = 512;

/// A document that is open; it is closed with the last copy of this.
#[derive(Clone, Debug)]
pub struct Paper {
    number: u64,
    document: Option<Arc<RwLock<Document>>>,
}

impl Paper {
    pub fn new(document: Document) -> Paper {
        Paper::numbered(Some(Arc::new(RwLock::new(document))))
    }

    /// A paper of nothing, for tests.
    #[cfg(test)]
    pub fn blank() -> Paper {
        Paper::numbered(None)
    }

    fn numbered(document: Option<Arc<RwLock<Document>>>) -> Paper {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Paper { number: NEXT.fetch_add(1, Ordering::Relaxed), document }
    }

    pub fn document(&self) -> Option<&RwLock<Document>> {
        self.document.as_deref()
    }
}

impl PartialEq for Paper {
    fn eq(&self, other: &Paper) -> bool {
        self.number == other.number
    }
}

/// The rows that are looked at, in logical pixels from the top of the page. The top is negative where the page begins
/// further down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Near {
    pub top: f32,
    pub height: f32,
}

impl Near {
    /// The tiles that these rows and as many again above and below them need, of a page of so many device pixels.
    pub fn tiles(&self, scale: f32, rows: u32) -> std::ops::Range<u32> {
        self.tiles_within(1.0, scale, rows)
    }

    /// The same with so many heights above and below.
    pub fn tiles_within(&self, heights: f32, scale: f32, rows: u32) -> std::ops::Range<u32> {
        // A cast of a float saturates.
        let first = ((self.top - self.height * heights).max(0.0) * scale) as u32;
        let last = ((self.top + self.height * (1.0 + heights)).max(0.0) * scale).ceil() as u32;
        let count = rows.div_ceil(TILE);
        (first / TILE).min(count)..last.min(rows).div_ceil(TILE).min(count)
    }
}

/// A document as it was laid out, with the tiles that are seen first.
#[derive(Clone, Debug, PartialEq)]
pub struct Laid {
    pub view: View,
    pub layout: Layout,
    /// By their numbers.
    pub tiles: Vec<(u32, image::Handle)>,
}

/// The page of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Came {
    /// What to draw, or why the text is to be shown in its stead.
    pub drawn: Result<(Paper, Laid), RenderError>,
    pub facts: Facts,
    /// What is kept about the sender.
    pub choice: ImageChoice,
    /// Whether remote images were asked for.
    pub loaded: bool,
    /// Those that did not come.
    pub missing: usize,
}

/// A question about an open page.
#[derive(Clone, Debug, PartialEq)]
pub enum Of {
    /// Lays it out anew.
    View(View, Near),
    /// One tile, where it is still laid out like this.
    Tile(View, u32),
    Select {
        from: Point,
        to: Point,
        unit: Unit,
    },
    Find(String),
    /// Where words of a search of all mail stand, where it is still laid out like this.
    Light(View, Vec<Phrase>),
    /// All of its text.
    SelectAll,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Laid(Result<Laid, RenderError>),
    /// None where it is laid out otherwise by now.
    Tile(u32, Result<Option<image::Handle>, RenderError>),
    Selected(Result<Selection, RenderError>),
    Found(String, Result<Vec<Hit>, RenderError>),
    /// No areas where it is laid out otherwise by now.
    Lit {
        view: View,
        phrases: Vec<Phrase>,
        areas: Result<Option<Vec<Rect>>, RenderError>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tiles_near_what_is_seen_are_of_the_page() {
        let near = Near { top: 1_000.0, height: 500.0 };
        assert_eq!(near.tiles(1.0, 100_000), 0..4);
        assert_eq!(near.tiles(2.0, 100_000), 1..8);
        assert_eq!(near.tiles(1.0, 600), 0..2, "a page ends");
        assert_eq!(Near { top: -2_000.0, height: 500.0 }.tiles(1.0, 100_000), 0..0, "it is far below");
        assert_eq!(Near { top: 9_000.0, height: 500.0 }.tiles(1.0, 600), 2..2, "it is far above");
    }
}
