//! One line of text that ends in “…” where it does not fit. iced's own text is cut in the middle of a letter.

use iced::advanced::text::{self, Paragraph as _};
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Layout, Widget, layout, mouse, renderer};
use iced::widget::text::{LineHeight, Shaping, Wrapping};
use iced::{Color, Element, Font, Length, Pixels, Rectangle, Renderer, Size, Theme};
use std::borrow::Cow;
use std::ops::Range;

type Paragraph = <Renderer as text::Renderer>::Paragraph;

/// Longer text is cut before it is measured: no pane is wide enough for more.
const MOST: usize = 400;

/// A line of text.
pub struct Line<'a> {
    content: Cow<'a, str>,
    size: f32,
    height: f32,
    font: Font,
    color: fn(&Theme) -> iced::widget::text::Style,
    width: Length,
    /// Bytes that lie on the ground of what was searched for.
    marks: Vec<Range<usize>>,
}

/// A line as wide as there is room.
pub fn line<'a>(content: impl Into<Cow<'a, str>>) -> Line<'a> {
    Line {
        content: first(content.into()),
        size: crate::gui::theme::size::BODY,
        height: 20.0,
        font: crate::gui::font::REGULAR,
        color: crate::gui::theme::words::normal,
        width: Length::Fill,
        marks: Vec::new(),
    }
}

/// The first characters, on one line.
fn first(content: Cow<'_, str>) -> Cow<'_, str> {
    let long = content.char_indices().nth(MOST).map(|(at, _)| at);
    if long.is_none() && !content.contains(['\n', '\r', '\t']) {
        return content;
    }
    let cut = content.get(..long.unwrap_or(content.len())).unwrap_or_default();
    Cow::Owned(cut.replace(['\n', '\r', '\t'], " "))
}

impl Line<'_> {
    pub fn size(mut self, size: f32) -> Self {
        self.size = size;
        self
    }
    /// Height of the line in pixels.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }
    pub fn font(mut self, font: Font) -> Self {
        self.font = font;
        self
    }
    pub fn style(mut self, color: fn(&Theme) -> iced::widget::text::Style) -> Self {
        self.color = color;
        self
    }
    /// Lays these bytes, in order and none within another, on the ground of what was searched for.
    pub fn marked(mut self, marks: Vec<Range<usize>>) -> Self {
        self.marks = marks;
        self
    }
    /// As wide as its text, up to what there is.
    pub fn shrink(mut self) -> Self {
        self.width = Length::Shrink;
        self
    }

    /// Where the marked bytes of a shown text stand.
    fn grounds(&self, shown: &str) -> Vec<Rectangle> {
        // Behind the last letter that was kept stands “…”.
        let kept = if shown == self.content { shown } else { shown.trim_end_matches('…') };
        let mut spans: Vec<text::Span<'_, ()>> = Vec::new();
        let (mut at, mut marked) = (0, Vec::new());
        for mark in &self.marks {
            let (start, end) = (mark.start.min(kept.len()), mark.end.min(kept.len()));
            let (Some(before), Some(here)) = (shown.get(at..start), shown.get(start..end)) else { break };
            spans.push(text::Span::new(before.to_string()));
            marked.push(spans.len());
            spans.push(text::Span::new(here.to_string()));
            at = end;
        }
        spans.push(text::Span::new(shown.get(at..).unwrap_or_default().to_string()));
        let paragraph = Paragraph::with_spans(self.text(spans.as_slice()));
        marked.into_iter().flat_map(|span| paragraph.span_bounds(span)).collect()
    }

    fn paragraph(&self, content: &str) -> Paragraph {
        Paragraph::with_text(self.text(content))
    }

    fn text<T>(&self, content: T) -> text::Text<T, Font> {
        text::Text {
            content,
            bounds: Size::new(f32::from(u16::MAX), self.height),
            size: Pixels(self.size),
            line_height: LineHeight::Absolute(Pixels(self.height)),
            font: self.font,
            align_x: text::Alignment::Default,
            align_y: iced::alignment::Vertical::Top,
            shaping: Shaping::Auto,
            wrapping: Wrapping::None,
        }
    }
}

#[derive(Default)]
struct State {
    /// What was measured, and for which width.
    content: String,
    font: Option<Font>,
    size: f32,
    whole: f32,
    width: f32,
    paragraph: Option<Paragraph>,
    marks: Vec<Range<usize>>,
    grounds: Vec<Rectangle>,
}

/// The longest beginning that fits with “…” after it. `measure` gives the width of a text.
fn shortened(content: &str, whole: f32, width: f32, mut measure: impl FnMut(&str) -> f32) -> String {
    let ends: Vec<usize> = content.char_indices().map(|(at, _)| at).collect();
    let text = |count: usize| {
        let end = ends.get(count).copied().unwrap_or(content.len());
        format!("{}…", content.get(..end).unwrap_or_default().trim_end())
    };
    // A guess by proportion, then steps of a search between what fits and what does not.
    let (mut fits, mut over) = (0, ends.len());
    let mut guess = ((ends.len() as f32) * (width / whole.max(1.0))) as usize;
    while over - fits > 1 {
        let middle = guess.clamp(fits + 1, over - 1);
        if measure(&text(middle)) <= width {
            fits = middle;
            guess = middle + 2;
        } else {
            over = middle;
            guess = middle.saturating_sub(2);
        }
        if over - fits > 6 && guess != middle + 2 && guess + 2 != middle {
            guess = (fits + over) / 2;
        }
    }
    text(fits)
}

impl<Message> Widget<Message, Theme, Renderer> for Line<'_> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }
    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }
    fn size(&self) -> Size<Length> {
        Size::new(self.width, Length::Fixed(self.height))
    }
    fn layout(&mut self, tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let state = tree.state.downcast_mut::<State>();
        let room = limits.width(self.width).max().width;
        let same = state.content == self.content
            && state.marks == self.marks
            && state.font == Some(self.font)
            && state.size == self.size;
        if !same || state.paragraph.is_none() || (state.width != room && state.whole > room.min(state.width)) {
            let whole = self.paragraph(&self.content);
            state.whole = whole.min_width();
            let (shown, paragraph) = if state.whole <= room {
                (self.content.to_string(), whole)
            } else {
                let short = shortened(&self.content, state.whole, room, |text| self.paragraph(text).min_width());
                let paragraph = self.paragraph(&short);
                (short, paragraph)
            };
            state.paragraph = Some(paragraph);
            state.grounds = if self.marks.is_empty() { Vec::new() } else { self.grounds(&shown) };
            state.marks.clone_from(&self.marks);
            state.content.clear();
            state.content.push_str(&self.content);
            state.font = Some(self.font);
            state.size = self.size;
        }
        state.width = room;
        let width = match self.width {
            Length::Shrink => state.whole.ceil().min(room),
            _ => room,
        };
        layout::Node::new(Size::new(width, self.height))
    }
    fn operate(&mut self, _tree: &mut Tree, layout: Layout<'_>, _renderer: &Renderer, operation: &mut dyn Operation) {
        operation.text(None, layout.bounds(), &self.content);
    }
    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        use iced::advanced::Renderer as _;
        use iced::advanced::text::Renderer as _;
        let bounds = layout.bounds();
        let Some(clip) = bounds.intersection(viewport) else { return };
        let color: Color = (self.color)(theme).color.unwrap_or(style.text_color);
        let state = tree.state.downcast_ref::<State>();
        for place in &state.grounds {
            let place = *place + iced::Vector::new(bounds.x, bounds.y);
            if let Some(bounds) = place.intersection(&clip) {
                let border = iced::Border::default().rounded(2);
                let quad = renderer::Quad { bounds, border, ..renderer::Quad::default() };
                renderer.fill_quad(quad, crate::gui::theme::tokens(theme).hit_bg);
            }
        }
        if let Some(paragraph) = &state.paragraph {
            renderer.fill_paragraph(paragraph, bounds.position(), color, clip);
        }
    }
}

impl<'a, Message: 'a> From<Line<'a>> for Element<'a, Message> {
    fn from(line: Line<'a>) -> Self {
        Element::new(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_text_and_line_ends_are_cut_before_measuring() {
        assert_eq!(first("a\r\nb\tc".into()), "a  b c");
        assert_eq!(first("ä".repeat(MOST + 100).into()).chars().count(), MOST);
        assert!(matches!(first("plain".into()), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn what_is_shown_fits_and_nothing_longer_would(text in "\\PC{1,80}", width in 1.0f32..60.0) {
            // Every character is one wide, but for one in seven that is two.
            let measure = |s: &str| s.chars().map(|c| if (c as u32).is_multiple_of(7) { 2.0 } else { 1.0 }).sum::<f32>();
            let whole = measure(&text);
            prop_assume!(whole > width);
            let short = shortened(&text, whole, width, measure);
            prop_assert!(short.ends_with('…'));
            let kept = short.trim_end_matches('…').chars().count();
            prop_assert!(measure(&short) <= width || kept == 0);
        }
    }
}
