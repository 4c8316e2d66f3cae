//! What a face gives and gets: plain values.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A document to show, sanitised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Of [`Sanitised`](crate::mail::html::Sanitised).
    pub html: String,
    /// Rules that stand for its presentational attributes.
    pub sheet: String,
    /// Whether it expects the manners of old browsers.
    pub quirks: bool,
    /// Whether it brings a dark style of its own.
    pub has_dark: bool,
    /// What its `cid:` and `https:` references stand for.
    pub images: Vec<Image>,
}

/// An image by the reference that the document uses for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub url: String,
    pub bytes: Arc<[u8]>,
}

/// How a document is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Logical pixels.
    pub width: f32,
    /// Device pixels of a logical pixel.
    pub scale: f32,
    /// 1.0 is the size the author meant.
    pub zoom: f32,
    pub colours: Colours,
}

impl Default for View {
    fn default() -> View {
        View { width: 700.0, scale: 1.0, zoom: 1.0, colours: Colours::Light }
    }
}

/// Which colours a document is shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Colours {
    /// As the author meant, on white.
    #[default]
    Light,
    /// By the document's own dark style where it has one, else with light and dark exchanged; pictures stay.
    Dark,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Rect {
    pub fn contains(&self, point: Point) -> bool {
        point.x >= self.x && point.x < self.x + self.width && point.y >= self.y && point.y < self.y + self.height
    }
}

/// What a document became in a [`View`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// Logical pixels.
    pub width: f32,
    pub height: f32,
    /// The same in device pixels: what tiles are cut from.
    pub pixels: (u32, u32),
    /// How much smaller it is than was asked for, so that it fits: 1 where it does. Wider than the view it is where
    /// even that was not enough.
    pub fit: f32,
    /// Whether it goes on below what is shown.
    pub cut: bool,
    /// Where its links are, in document order.
    pub links: Vec<LinkArea>,
}

impl Layout {
    /// The link at a point.
    pub fn link_at(&self, point: Point) -> Option<&LinkArea> {
        self.links.iter().rev().find(|link| link.areas.iter().any(|area| area.contains(point)))
    }
}

/// A link and where it can be pressed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkArea {
    pub href: String,
    /// What it shows, white space folded; for [`judge`](crate::mail::html::judge).
    pub text: String,
    /// One for each line that it runs over.
    pub areas: Vec<Rect>,
}

/// Rows of a document as pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Tile {
    /// The first row, in device pixels from the top of the document.
    pub top: u32,
    pub width: u32,
    pub height: u32,
    /// Four bytes a pixel: red, green, blue, opaque.
    pub rgba: Vec<u8>,
}

impl std::fmt::Debug for Tile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tile({}×{} at {})", self.width, self.height, self.top)
    }
}

/// What a press selects: once, twice, three times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    #[default]
    Character,
    Word,
    /// The whole paragraph.
    Block,
}

/// Selected text and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// Blocks are lines.
    pub text: String,
    pub areas: Vec<Rect>,
}

/// A place where a text was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// One for each line that it runs over.
    pub areas: Vec<Rect>,
}
