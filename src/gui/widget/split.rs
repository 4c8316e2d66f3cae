//! Two panes beside each other with a divider that drags. The divider is a stop of the Tab key and moves
//! by the arrow keys too.

use super::control::{Id, Role, Semantics};
use crate::gui::theme;
use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, key};
use iced::{Element, Event, Length, Point, Rectangle, Renderer, Size, Theme, Vector};

/// How far from the line the pointer takes it.
const REACH: f32 = 3.0;
/// A step of an arrow key.
const STEP: f32 = 16.0;

/// Two panes; the left one has a width of its own.
pub struct Split<'a, Message> {
    id: Id,
    semantics: Semantics,
    panes: [Element<'a, Message>; 2],
    width: f32,
    least: f32,
    rest: f32,
    on_resize: Box<dyn Fn(f32) -> Message + 'a>,
}

/// `least` is the least width of the left pane, `rest` of the right one.
pub fn split<'a, Message>(
    id: impl Into<Id>,
    name: impl Into<String>,
    panes: [Element<'a, Message>; 2],
    width: f32,
    (least, rest): (f32, f32),
    on_resize: impl Fn(f32) -> Message + 'a,
) -> Split<'a, Message> {
    Split {
        id: id.into(),
        semantics: Semantics::new(Role::Splitter, name),
        panes,
        width,
        least,
        rest,
        on_resize: Box::new(on_resize),
    }
}

/// The width of the left pane: as wished, within what both panes need.
pub fn fitted(wished: f32, least: f32, rest: f32, all: f32) -> f32 {
    wished.min(all - rest - 1.0).max(least).min((all - 1.0).max(0.0))
}

#[derive(Default)]
struct State {
    focused: bool,
    grab: Option<f32>,
    hovered: bool,
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

impl<Message> Split<'_, Message> {
    fn line(&self, bounds: Rectangle) -> Rectangle {
        let width = fitted(self.width, self.least, self.rest, bounds.width);
        Rectangle { x: bounds.x + width, width: 1.0, ..bounds }
    }
    fn taken(&self, bounds: Rectangle, point: Point) -> bool {
        let line = self.line(bounds);
        bounds.contains(point) && (point.x - line.x - 0.5).abs() <= REACH
    }
    fn resize(&self, bounds: Rectangle, to: f32, shell: &mut Shell<'_, Message>) {
        let to = fitted(to, self.least, self.rest, bounds.width).round();
        if to != self.width {
            shell.publish((self.on_resize)(to));
        }
    }
}

impl<Message> Widget<Message, Theme, Renderer> for Split<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }
    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }
    fn children(&self) -> Vec<Tree> {
        self.panes.iter().map(Tree::new).collect()
    }
    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.panes);
    }
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }
    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let size = limits.max();
        let left = fitted(self.width, self.least, self.rest, size.width);
        let widths = [left, (size.width - left - 1.0).max(0.0)];
        let mut x = 0.0;
        let mut nodes = Vec::with_capacity(2);
        for ((pane, tree), width) in self.panes.iter_mut().zip(&mut tree.children).zip(widths) {
            let size = Size::new(width, size.height);
            let node = pane.as_widget_mut().layout(tree, renderer, &layout::Limits::new(size, size));
            nodes.push(node.move_to(Point::new(x, 0.0)));
            x += width + 1.0;
        }
        layout::Node::with_children(size, nodes)
    }
    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        let bounds = layout.bounds();
        let line = self.line(bounds);
        let mut children = self.panes.iter_mut().zip(&mut tree.children).zip(layout.children());
        if let Some(((pane, tree), layout)) = children.next() {
            operation.traverse(&mut |operation| pane.as_widget_mut().operate(tree, layout, renderer, operation));
        }
        self.semantics.value = Some(format!("{}", self.width));
        operation.custom(Some(&self.id), line, &mut self.semantics);
        operation.focusable(Some(&self.id), line, tree.state.downcast_mut::<State>());
        if let Some(((pane, tree), layout)) = children.next() {
            operation.traverse(&mut |operation| pane.as_widget_mut().operate(tree, layout, renderer, operation));
        }
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
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let state = tree.state.downcast_mut::<State>();
        let over = cursor.position().is_some_and(|point| self.taken(bounds, point));
        if state.hovered != over {
            state.hovered = over;
            shell.request_redraw();
        }
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) => {
                state.focused = false;
                if over && let Some(point) = cursor.position() {
                    state.grab = Some(point.x - self.line(bounds).x);
                    shell.capture_event();
                    return;
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) if state.grab.take().is_some() => {
                shell.capture_event();
                return;
            }
            Event::Mouse(mouse::Event::CursorMoved { position }) => {
                if let Some(grab) = state.grab {
                    self.resize(bounds, position.x - grab - bounds.x, shell);
                    shell.capture_event();
                    return;
                }
            }
            Event::Keyboard(keyboard::Event::KeyPressed { key: keyboard::Key::Named(named), .. }) if state.focused => {
                let by = match named {
                    key::Named::ArrowLeft => -STEP,
                    key::Named::ArrowRight => STEP,
                    _ => 0.0,
                };
                if by != 0.0 {
                    self.resize(bounds, self.width + by, shell);
                    shell.capture_event();
                    return;
                }
            }
            _ => {}
        }
        for ((pane, tree), layout) in self.panes.iter_mut().zip(&mut tree.children).zip(layout.children()) {
            pane.as_widget_mut().update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
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
        let taken = cursor.position().is_some_and(|point| self.taken(layout.bounds(), point));
        if taken || tree.state.downcast_ref::<State>().grab.is_some() {
            return mouse::Interaction::ResizingHorizontally;
        }
        let panes = self.panes.iter().zip(&tree.children).zip(layout.children());
        panes
            .map(|((pane, tree), layout)| pane.as_widget().mouse_interaction(tree, layout, cursor, viewport, renderer))
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
        for ((pane, tree), layout) in self.panes.iter().zip(&tree.children).zip(layout.children()) {
            if let Some(clip) = layout.bounds().intersection(viewport) {
                pane.as_widget().draw(tree, renderer, theme, style, layout, cursor, &clip);
            }
        }
        let state = tree.state.downcast_ref::<State>();
        let tokens = theme::tokens(theme);
        let line = self.line(layout.bounds());
        let (bounds, color) = match state.focused || state.grab.is_some() {
            true => (Rectangle { x: line.x - 0.5, width: 2.0, ..line }, tokens.accent),
            false => (line, if state.hovered { tokens.faint } else { tokens.line }),
        };
        renderer.with_layer(*viewport, |renderer| {
            renderer.fill_quad(renderer::Quad { bounds, ..renderer::Quad::default() }, color);
        });
    }
    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        overlay::from_children(&mut self.panes, tree, layout, renderer, viewport, translation)
    }
}

impl<'a, Message: 'a> From<Split<'a, Message>> for Element<'a, Message> {
    fn from(split: Split<'a, Message>) -> Self {
        Element::new(split)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_pane_is_squeezed_out_while_there_is_room() {
        assert_eq!(fitted(232.0, 160.0, 500.0, 1280.0), 232.0);
        assert_eq!(fitted(20.0, 160.0, 500.0, 1280.0), 160.0);
        assert_eq!(fitted(900.0, 160.0, 500.0, 1280.0), 779.0);
        assert_eq!(fitted(300.0, 160.0, 500.0, 400.0), 160.0);
        assert_eq!(fitted(300.0, 160.0, 500.0, 100.0), 99.0);
    }
}
