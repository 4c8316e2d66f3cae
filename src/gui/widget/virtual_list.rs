//! A list of any length of which only the visible rows exist.
//!
//! The screen owns the position, in rows as f64: a million rows of 72 pixels are more than an f32 can count
//! in pixels. Every frame it builds the rows of [`visible`] and no others, so that a million rows cost what
//! a thousand do. The list paints grounds (selected, hovered) and hairlines itself.

use super::control::{Id, Role, Semantics, ring};
use super::day_label;
use super::spot::SLACK;
use crate::gui::theme;
use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Modifiers};
use iced::{Border, Element, Event, Length, Point, Rectangle, Renderer, Size, Theme, Vector, touch, window};
use std::ops::Range;
use std::time::{Duration, Instant};

/// Width of the scroll bar's strip.
const BAR: f32 = 10.0;
/// The smallest thumb that can be grabbed.
const THUMB: f32 = 28.0;
/// A turn of the wheel by one notch, in pixels.
const NOTCH: f32 = 72.0;
/// How long a turn of the wheel glides.
const GLIDE: Duration = Duration::from_millis(90);

/// The rows to build for a viewport: those that are at least partly visible.
pub fn visible(offset: f64, viewport: f32, row: f32, total: u64) -> Range<u64> {
    let first = (offset.max(0.0) as u64).min(total);
    let count = (f64::from(viewport.max(0.0)) / f64::from(row.max(1.0))).ceil() as u64 + 1;
    first..first.saturating_add(count).min(total)
}

/// The last position: the last row stands at the bottom.
pub fn last_offset(viewport: f32, row: f32, total: u64) -> f64 {
    (total as f64 - f64::from(viewport) / f64::from(row.max(1.0))).max(0.0)
}

/// The position that shows a row whole and moves as little as it can.
pub fn revealing(offset: f64, viewport: f32, row: f32, total: u64, index: u64) -> f64 {
    let rows = f64::from(viewport) / f64::from(row.max(1.0));
    let top = index as f64;
    let moved = if top < offset {
        top
    } else if top + 1.0 > offset + rows {
        top + 1.0 - rows
    } else {
        offset
    };
    moved.clamp(0.0, last_offset(viewport, row, total))
}

/// Top and height of the scroll bar's thumb within a strip of this height; `None` where all is visible.
fn thumb(offset: f64, viewport: f32, row: f32, total: u64) -> Option<(f32, f32)> {
    let rows = f64::from(viewport) / f64::from(row.max(1.0));
    let last = last_offset(viewport, row, total);
    if last <= 0.0 || viewport <= 0.0 {
        return None;
    }
    let height = (f64::from(viewport) * rows / total as f64).max(f64::from(THUMB)).min(f64::from(viewport));
    let top = (offset / last).clamp(0.0, 1.0) * (f64::from(viewport) - height);
    Some((top as f32, height as f32))
}

/// A press on a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowPress {
    pub index: u64,
    pub modifiers: Modifiers,
    pub double: bool,
}

/// What the list says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said {
    /// The position changed, in rows.
    Scrolled(f64),
    /// The viewport's height changed, in pixels.
    Resized(f32),
    Pressed(RowPress),
    /// The button was let go on the row that it was pressed on, and nothing was dragged.
    Released(RowPress),
    /// A row is taken hold of and moved to this point of the window, with these keys held.
    Dragged(u64, Point, Modifiers),
}

/// The list. See the module.
pub struct VirtualList<'a, Message> {
    id: Id,
    semantics: Semantics,
    rows: Vec<Element<'a, Message>>,
    first: u64,
    offset: f64,
    total: u64,
    height: f32,
    selected: Box<dyn Fn(u64) -> bool + 'a>,
    cursor: Option<u64>,
    lined: bool,
    /// Rows above which a day begins, with its name.
    days: Vec<(u64, String)>,
    /// What stands beside the thumb while it is dragged.
    date: Option<String>,
    on: Box<dyn Fn(Said) -> Message + 'a>,
}

/// Where a list stands: what the screen keeps of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// The first visible row, with a fraction.
    pub offset: f64,
    /// The viewport's height in pixels.
    pub viewport: f32,
    pub total: u64,
    /// Height of a row in pixels.
    pub row: f32,
}

impl Position {
    pub fn visible(&self) -> Range<u64> {
        visible(self.offset, self.viewport, self.row, self.total)
    }
}

impl<'a, Message> VirtualList<'a, Message> {
    pub fn new(
        id: impl Into<Id>,
        name: impl Into<String>,
        position: Position,
        row: impl Fn(u64) -> Element<'a, Message>,
        on: impl Fn(Said) -> Message + 'a,
    ) -> Self {
        let range = position.visible();
        VirtualList {
            id: id.into(),
            semantics: Semantics { position: Some((0, position.total)), ..Semantics::new(Role::List, name) },
            first: range.start,
            rows: range.map(row).collect(),
            offset: position.offset,
            total: position.total,
            height: position.row,
            selected: Box::new(|_| false),
            cursor: None,
            lined: true,
            days: Vec::new(),
            date: None,
            on: Box::new(on),
        }
    }
    /// Which rows are selected.
    pub fn selected(mut self, selected: impl Fn(u64) -> bool + 'a) -> Self {
        self.selected = Box::new(selected);
        self
    }
    /// The row that keys move from.
    pub fn cursor(mut self, cursor: Option<u64>) -> Self {
        self.cursor = cursor;
        self
    }
    /// Names the day that begins with a row, where one does. Only visible rows are asked.
    pub fn days(mut self, day: impl Fn(u64) -> Option<String>) -> Self {
        self.days = (self.first..).take(self.rows.len()).filter_map(|at| Some((at, day(at)?))).collect();
        self
    }
    /// The date of what is in sight: it stands beside the thumb while that is dragged.
    pub fn date(mut self, date: Option<String>) -> Self {
        self.date = date;
        self
    }
    /// Without hairlines between the rows.
    pub fn unlined(mut self) -> Self {
        self.lined = false;
        self
    }

    fn bar(&self, bounds: Rectangle) -> Option<Rectangle> {
        let (top, height) = thumb(self.offset, bounds.height, self.height, self.total)?;
        Some(Rectangle { x: bounds.x + bounds.width - BAR, y: bounds.y + top, width: BAR, height })
    }

    fn row_at(&self, bounds: Rectangle, point: Point) -> Option<u64> {
        if !bounds.contains(point) {
            return None;
        }
        let row = self.offset + f64::from(point.y - bounds.y) / f64::from(self.height);
        (row >= 0.0 && row < self.total as f64).then_some(row as u64)
    }

    fn row_bounds(&self, bounds: Rectangle, index: u64) -> Rectangle {
        let top = ((index as f64 - self.offset) * f64::from(self.height)) as f32;
        Rectangle { x: bounds.x, y: (bounds.y + top).round(), width: bounds.width, height: self.height }
    }
}

#[derive(Default)]
struct State {
    focused: bool,
    /// The index that the first child's state belongs to.
    first: u64,
    viewport: f32,
    grab: Option<f32>,
    /// The press that may become a drag, with its row.
    held: Option<(Point, u64)>,
    hovered: Option<u64>,
    modifiers: Modifiers,
    click: Option<(mouse::Click, u64)>,
    glide: Option<Glide>,
}

#[derive(Clone, Copy)]
struct Glide {
    from: f64,
    to: f64,
    begun: Instant,
}

impl Glide {
    /// Where it is at a moment, and whether it has arrived.
    fn at(&self, now: Instant) -> (f64, bool) {
        let part = now.saturating_duration_since(self.begun).as_secs_f64() / GLIDE.as_secs_f64();
        if part >= 1.0 {
            return (self.to, true);
        }
        // Quick at first, soft at the end.
        let eased = 1.0 - (1.0 - part) * (1.0 - part);
        (self.from + (self.to - self.from) * eased, false)
    }
}

impl Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }
    fn focus(&mut self) {
        self.focused = true;
    }
    fn unfocus(&mut self) {
        self.focused = false;
    }
}

impl<Message> VirtualList<'_, Message> {
    fn wheel(&self, state: &mut State, bounds: Rectangle, delta: mouse::ScrollDelta, shell: &mut Shell<'_, Message>) {
        let last = last_offset(bounds.height, self.height, self.total);
        match delta {
            mouse::ScrollDelta::Lines { y, .. } => {
                let from = state.glide.map_or(self.offset, |glide| glide.to);
                let to = (from - f64::from(y * NOTCH / self.height)).clamp(0.0, last);
                state.glide = Some(Glide { from: self.offset, to, begun: Instant::now() });
                shell.request_redraw();
            }
            mouse::ScrollDelta::Pixels { y, .. } => {
                state.glide = None;
                let to = (self.offset - f64::from(y / self.height)).clamp(0.0, last);
                if to != self.offset {
                    shell.publish((self.on)(Said::Scrolled(to)));
                }
            }
        }
    }

    fn press(&self, state: &mut State, bounds: Rectangle, point: Point, shell: &mut Shell<'_, Message>) {
        state.glide = None;
        if let Some(bar) = self.bar(bounds)
            && point.x >= bar.x
        {
            if bar.contains(point) {
                state.grab = Some(point.y - bar.y);
            } else {
                // A click beside the thumb moves by a page.
                let page = f64::from(bounds.height / self.height) - 1.0;
                let last = last_offset(bounds.height, self.height, self.total);
                let to = if point.y < bar.y { self.offset - page } else { self.offset + page };
                shell.publish((self.on)(Said::Scrolled(to.clamp(0.0, last))));
            }
            shell.capture_event();
            return;
        }
        let Some(index) = self.row_at(bounds, point) else { return };
        let previous = state.click.filter(|(_, row)| *row == index).map(|(click, _)| click);
        let click = mouse::Click::new(point, mouse::Button::Left, previous);
        let double = click.kind() == mouse::click::Kind::Double;
        state.click = Some((click, index));
        state.held = (!double).then_some((point, index));
        let press = RowPress { index, modifiers: state.modifiers, double };
        shell.publish((self.on)(Said::Pressed(press)));
        shell.capture_event();
    }
}

impl<Message> Widget<Message, Theme, Renderer> for VirtualList<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }
    fn state(&self) -> tree::State {
        tree::State::new(State { first: self.first, ..State::default() })
    }
    fn children(&self) -> Vec<Tree> {
        self.rows.iter().map(Tree::new).collect()
    }
    fn diff(&self, tree: &mut Tree) {
        // Scrolling by a few rows keeps the states (measured text) of the rows that stay.
        let state = tree.state.downcast_mut::<State>();
        let (old, new) = (state.first, self.first);
        state.first = new;
        let count = tree.children.len();
        let moved = usize::try_from(old.abs_diff(new)).unwrap_or(usize::MAX);
        if moved < count {
            if new > old {
                tree.children.rotate_left(moved);
            } else {
                tree.children.rotate_right(moved);
            }
        }
        tree.diff_children(&self.rows);
    }
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }
    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let size = limits.max();
        let inner = layout::Limits::new(Size::ZERO, Size::new(size.width, self.height));
        let bounds = Rectangle::with_size(size);
        let places: Vec<Rectangle> = (self.first..).take(self.rows.len()).map(|i| self.row_bounds(bounds, i)).collect();
        let rows = self.rows.iter_mut().zip(&mut tree.children).zip(places);
        let rows = rows
            .map(|((row, tree), place)| row.as_widget_mut().layout(tree, renderer, &inner).move_to(place.position()))
            .collect();
        layout::Node::with_children(size, rows)
    }
    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        operation.custom(Some(&self.id), layout.bounds(), &mut self.semantics);
        operation.focusable(Some(&self.id), layout.bounds(), tree.state.downcast_mut::<State>());
        operation.traverse(&mut |operation| {
            for ((row, tree), layout) in self.rows.iter_mut().zip(&mut tree.children).zip(layout.children()) {
                row.as_widget_mut().operate(tree, layout, renderer, operation);
            }
            for (at, day) in &self.days {
                operation.text(None, self.row_bounds(layout.bounds(), *at), day);
            }
        });
    }
    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        for ((row, tree), layout) in self.rows.iter_mut().zip(&mut tree.children).zip(layout.children()) {
            row.as_widget_mut().update(tree, event, layout, cursor, renderer, clipboard, shell, &bounds);
        }
        let state = tree.state.downcast_mut::<State>();
        if state.viewport != bounds.height {
            state.viewport = bounds.height;
            shell.publish((self.on)(Said::Resized(bounds.height)));
        }
        let hovered = cursor.position().and_then(|point| self.row_at(bounds, point));
        if state.hovered != hovered {
            state.hovered = hovered;
            shell.request_redraw();
        }
        match event {
            Event::Window(window::Event::RedrawRequested(now)) => {
                if let Some(glide) = state.glide {
                    let (to, arrived) = glide.at(*now);
                    if arrived {
                        state.glide = None;
                    } else {
                        shell.request_redraw();
                    }
                    if to != self.offset {
                        shell.publish((self.on)(Said::Scrolled(to)));
                    }
                }
            }
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => state.modifiers = *modifiers,
            Event::Mouse(mouse::Event::WheelScrolled { delta }) if cursor.is_over(bounds) => {
                self.wheel(state, bounds, *delta, shell);
                shell.capture_event();
            }
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. }) => {
                state.focused = false;
                if let Some(point) = cursor.position_over(bounds)
                    && !shell.is_event_captured()
                {
                    self.press(state, bounds, point, shell);
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerLifted { .. }) => {
                state.grab = None;
                if let Some((_, index)) = state.held.take() {
                    let press = RowPress { index, modifiers: state.modifiers, double: false };
                    shell.publish((self.on)(Said::Released(press)));
                }
            }
            Event::Mouse(mouse::Event::CursorMoved { position }) => {
                if let Some((from, index)) = state.held
                    && from.distance(*position) > SLACK
                {
                    state.held = None;
                    shell.publish((self.on)(Said::Dragged(index, *position, state.modifiers)));
                }
                if let (Some(grab), Some(bar)) = (state.grab, self.bar(bounds)) {
                    let way = (bounds.height - bar.height).max(1.0);
                    let part = ((position.y - grab - bounds.y) / way).clamp(0.0, 1.0);
                    let last = last_offset(bounds.height, self.height, self.total);
                    shell.publish((self.on)(Said::Scrolled(f64::from(part) * last)));
                }
            }
            _ => {}
        }
    }
    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let rows = self.rows.iter().zip(&tree.children).zip(layout.children());
        rows.map(|((row, tree), layout)| row.as_widget().mouse_interaction(tree, layout, cursor, viewport, renderer))
            .max()
            .unwrap_or_default()
    }
    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        use iced::advanced::Renderer as _;
        let bounds = layout.bounds();
        let Some(clip) = bounds.intersection(viewport) else { return };
        let tokens = theme::tokens(theme);
        let state = tree.state.downcast_ref::<State>();
        let quad = |bounds: Rectangle| renderer::Quad { bounds, ..renderer::Quad::default() };
        renderer.with_layer(clip, |renderer| {
            for index in (self.first..).take(self.rows.len()) {
                let place = self.row_bounds(bounds, index);
                let ground = match (self.selected)(index) {
                    true => Some(tokens.selected),
                    false => (state.hovered == Some(index)).then_some(tokens.hover),
                };
                if let Some(ground) = ground {
                    renderer.fill_quad(quad(place), ground);
                }
                let hairline = Rectangle { y: place.y + place.height - 1.0, height: 1.0, ..place };
                if self.lined {
                    renderer.fill_quad(quad(hairline), tokens.line);
                }
            }
            for ((row, tree), layout) in self.rows.iter().zip(&tree.children).zip(layout.children()) {
                row.as_widget().draw(tree, renderer, theme, style, layout, cursor, &clip);
            }
        });
        if !self.days.is_empty() {
            renderer.with_layer(clip, |renderer| {
                for (at, day) in &self.days {
                    day_label::day(renderer, theme, day, self.row_bounds(bounds, *at).position(), clip);
                }
            });
        }
        if let Some(bar) = self.bar(bounds) {
            let strong =
                state.grab.is_some() || cursor.is_over(Rectangle { y: bounds.y, height: bounds.height, ..bar });
            let thin = Rectangle { x: bar.x + 3.0, width: 5.0, ..bar }.shrink([2.0, 0.0]);
            renderer.with_layer(clip, |renderer| {
                let border = Border::default().rounded(3);
                renderer.fill_quad(renderer::Quad { border, ..quad(thin) }, theme::scroller(tokens, strong));
                if let (Some(date), true) = (&self.date, state.grab.is_some()) {
                    day_label::bubble(renderer, theme, date, bar, clip);
                }
            });
        }
        if state.focused {
            let row = self.cursor.map(|index| self.row_bounds(bounds, index)).and_then(|row| row.intersection(&bounds));
            ring(renderer, row.unwrap_or(bounds).shrink(2.0), &clip, 4.0, tokens.accent);
        }
    }
    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        overlay::from_children(&mut self.rows, tree, layout, renderer, viewport, translation)
    }
}

impl<'a, Message: 'a> From<VirtualList<'a, Message>> for Element<'a, Message> {
    fn from(list: VirtualList<'a, Message>) -> Self {
        Element::new(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_glide_ends_where_it_was_bound() {
        let begun = Instant::now();
        let glide = Glide { from: 0.0, to: 10.0, begun };
        assert_eq!(glide.at(begun), (0.0, false));
        let (half, arrived) = glide.at(begun + GLIDE / 2);
        assert!(half > 5.0 && half < 10.0 && !arrived);
        assert_eq!(glide.at(begun + GLIDE), (10.0, true));
    }

    proptest! {
        #[test]
        fn only_what_is_visible_is_built(
            total in 0u64..5_000_000, part in 0.0f64..=1.0, viewport in 0.0f32..4000.0, row in 20.0f32..120.0,
        ) {
            let offset = part * last_offset(viewport, row, total);
            let rows = visible(offset, viewport, row, total);
            prop_assert!(rows.end <= total);
            prop_assert!(rows.end - rows.start <= (viewport / row).ceil() as u64 + 1);
            // Nothing that is visible is missing.
            let bottom = offset + f64::from(viewport) / f64::from(row);
            prop_assert!(rows.start as f64 <= offset);
            prop_assert!(rows.end == total || rows.end as f64 >= bottom);
        }

        #[test]
        fn a_revealed_row_is_whole_and_what_was_whole_does_not_move(
            total in 1u64..5_000_000, part in 0.0f64..=1.0, viewport in 200.0f32..2000.0, index in 0u64..5_000_000,
        ) {
            let row = 72.0;
            let index = index % total;
            let offset = part * last_offset(viewport, row, total);
            let to = revealing(offset, viewport, row, total, index);
            let rows = f64::from(viewport) / f64::from(row);
            prop_assert!(to <= index as f64 + 1e-6 && index as f64 + 1.0 <= to + rows + 1e-6);
            if index as f64 >= offset && index as f64 + 1.0 <= offset + rows {
                prop_assert!((to - offset).abs() < 1e-9);
            }
        }

        #[test]
        fn the_thumb_stays_on_its_strip(
            total in 0u64..5_000_000, part in 0.0f64..=1.0, viewport in 30.0f32..4000.0,
        ) {
            let row = 72.0;
            let last = last_offset(viewport, row, total);
            match thumb(part * last, viewport, row, total) {
                None => prop_assert!(total as f64 * f64::from(row) <= f64::from(viewport) + 1e-3),
                Some((top, height)) => {
                    prop_assert!(top >= 0.0 && height >= THUMB.min(viewport) && top + height <= viewport + 0.01);
                }
            }
        }
    }
}
