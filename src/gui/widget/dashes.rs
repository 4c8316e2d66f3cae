//! A dashed, rounded frame with its ground: where files may be dropped. iced's borders are solid, so the straight
//! sides are short bars, and the corners are cut from a solid frame.

use iced::advanced::renderer::{Quad, Renderer as _};
use iced::advanced::widget::Tree;
use iced::advanced::{Layout, Widget, layout, mouse, renderer};
use iced::{Border, Color, Element, Length, Point, Rectangle, Renderer, Size, Theme};

const DASH: f32 = 6.0;
const GAP: f32 = 4.0;

/// Fills what it is given. `colors` tells frame and ground of a theme.
pub struct Dashes {
    width: f32,
    radius: f32,
    colors: fn(&Theme) -> (Color, Color),
}

pub fn dashes(width: f32, radius: f32, colors: fn(&Theme) -> (Color, Color)) -> Dashes {
    Dashes { width, radius, colors }
}

/// Start and length of the dashes along a side, evenly fitted between its corners.
fn along(from: f32, to: f32) -> impl Iterator<Item = (f32, f32)> {
    let length = (to - from).max(0.0);
    let count = ((length + GAP) / (DASH + GAP)).floor().max(1.0);
    let step = (length + GAP) / count;
    let dash = (step - GAP).min(length);
    (0..count as usize).map(move |n| (from + n as f32 * step, dash))
}

impl<M> Widget<M, Theme, Renderer> for Dashes {
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(&mut self, _tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        layout::atomic(limits, Length::Fill, Length::Fill)
    }

    fn draw(
        &self,
        _tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        _viewport: &Rectangle,
    ) {
        let (line, ground) = (self.colors)(theme);
        let area = layout.bounds();
        let rounded = Border { radius: self.radius.into(), ..Border::default() };
        renderer.fill_quad(Quad { bounds: area, border: rounded, ..Quad::default() }, ground);
        let (right, bottom) = (area.x + area.width - self.width, area.y + area.height - self.width);
        let mut bar = |x, y, width, height| {
            let bounds = Rectangle::new(Point::new(x, y), Size::new(width, height));
            renderer.fill_quad(Quad { bounds, ..Quad::default() }, line);
        };
        for (x, length) in along(area.x + self.radius + GAP, area.x + area.width - self.radius - GAP) {
            bar(x, area.y, length, self.width);
            bar(x, bottom, length, self.width);
        }
        for (y, length) in along(area.y + self.radius + GAP, area.y + area.height - self.radius - GAP) {
            bar(area.x, y, self.width, length);
            bar(right, y, self.width, length);
        }
        let frame = Border { width: self.width, color: line, radius: self.radius.into() };
        let corner = Size::new(self.radius, self.radius);
        for (x, y) in [
            (area.x, area.y),
            (area.x + area.width - self.radius, area.y),
            (area.x, area.y + area.height - self.radius),
            (area.x + area.width - self.radius, area.y + area.height - self.radius),
        ] {
            renderer.with_layer(Rectangle::new(Point::new(x, y), corner), |renderer| {
                renderer.fill_quad(Quad { bounds: area, border: frame, ..Quad::default() }, Color::TRANSPARENT);
            });
        }
    }
}

impl<'a, M: 'a> From<Dashes> for Element<'a, M> {
    fn from(dashes: Dashes) -> Self {
        Element::new(dashes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_fit_their_side_from_end_to_end() {
        for length in [0.0f32, 3.0, 10.0, 97.0, 1252.0] {
            let all: Vec<_> = along(5.0, 5.0 + length).collect();
            let (start, _) = all[0];
            let (last, dash) = all[all.len() - 1];
            assert_eq!(start, 5.0);
            assert!((last + dash - 5.0 - length).abs() < 0.01, "{length}: {all:?}");
        }
    }
}
