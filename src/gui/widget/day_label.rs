//! Small labels over a list: the day that begins between two rows, and the date beside the thumb of the scroll bar while
//! it is dragged. They lie on what is there and take no room, so that every row stays as high as the others.

use crate::gui::{font, theme};
use iced::advanced::renderer::{Quad, Renderer as _};
use iced::advanced::text::{self, Paragraph as _, Renderer as _};
use iced::widget::text::{LineHeight, Shaping, Wrapping};
use iced::{Border, Font, Pixels, Point, Rectangle, Renderer, Size, Theme};

type Paragraph = <Renderer as text::Renderer>::Paragraph;

/// Room at both sides of the words.
const SIDE: f32 = 7.0;

/// Height of the label of a day: it fits between the words of two rows.
const DAY: f32 = 15.0;
/// Height of the date beside the thumb.
const BUBBLE: f32 = 28.0;

/// Words, and how wide they are. The renderer keeps of a paragraph only that it was there: what is made while drawing
/// is handed to it as text.
fn set(words: &str, size: f32, height: f32, font: Font) -> (text::Text<String, Font>, f32) {
    let text = text::Text {
        content: words.to_string(),
        bounds: Size::new(f32::from(u16::MAX), height),
        size: Pixels(size),
        line_height: LineHeight::Absolute(Pixels(height)),
        font,
        align_x: text::Alignment::Default,
        align_y: iced::alignment::Vertical::Top,
        shaping: Shaping::Auto,
        wrapping: Wrapping::None,
    };
    let width = Paragraph::with_text(text.as_ref()).min_width();
    (text, width)
}

/// Draws the label of a day across the line above a row whose top left is here.
pub fn day(renderer: &mut Renderer, theme: &Theme, words: &str, row: Point, clip: Rectangle) {
    let tokens = theme::tokens(theme);
    let (words, width) = set(words, 11.0, DAY, font::MEDIUM);
    let size = Size::new((width + 2.0 * SIDE).ceil(), DAY);
    let place = Rectangle::new(Point::new(row.x + 21.0, (row.y - 1.0 - DAY / 2.0).round()), size);
    let border = Border::default().rounded(DAY / 2.0).width(1).color(tokens.line);
    renderer.fill_quad(Quad { bounds: place, border, ..Quad::default() }, tokens.bg);
    renderer.fill_text(words, Point::new(place.x + SIDE, place.y), tokens.dim, clip);
}

/// Draws the date beside a thumb.
pub fn bubble(renderer: &mut Renderer, theme: &Theme, words: &str, thumb: Rectangle, clip: Rectangle) {
    let tokens = theme::tokens(theme);
    let (words, width) = set(words, theme::size::SMALL, BUBBLE, font::SEMIBOLD);
    let size = Size::new((width + 4.0 * SIDE).ceil(), BUBBLE);
    let middle = thumb.y + (thumb.height - BUBBLE) / 2.0;
    let top = middle.clamp(clip.y, (clip.y + clip.height - BUBBLE).max(clip.y));
    let place = Rectangle::new(Point::new(thumb.x - size.width - 8.0, top.round()), size);
    let border = Border::default().rounded(BUBBLE / 2.0).width(1).color(tokens.line);
    renderer.fill_quad(Quad { bounds: place, border, ..Quad::default() }, tokens.card);
    renderer.fill_text(words, Point::new(place.x + 2.0 * SIDE, place.y), tokens.text, clip);
}
