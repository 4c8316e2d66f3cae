//! A soft edge under what lies above the window: menus, dialogs, toasts.
//!
//! It is made of translucent outlines, not of iced's shadow: the software renderer (iced_tiny_skia 0.14.1)
//! draws shadows past the region that it repaints, so that they darken with every frame and stay behind.

use crate::gui::theme;
use iced::advanced::widget::{Operation, Tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::{Border, Color, Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector};

/// How far the edge reaches, in pixels.
const REACH: u8 = 10;

/// Content with a soft edge.
pub struct Lifted<'a, Message> {
    content: Element<'a, Message>,
    radius: f32,
}

/// `radius` is that of the content's corners.
pub fn lifted<'a, Message>(radius: f32, content: impl Into<Element<'a, Message>>) -> Lifted<'a, Message> {
    Lifted { content: content.into(), radius }
}

impl<Message> Widget<Message, Theme, Renderer> for Lifted<'_, Message> {
    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }
    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }
    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }
    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let Some(child) = tree.children.first_mut() else { return layout::Node::default() };
        self.content.as_widget_mut().layout(child, renderer, limits)
    }
    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        if let Some(child) = tree.children.first_mut() {
            self.content.as_widget_mut().operate(child, layout, renderer, operation);
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
        if let Some(child) = tree.children.first_mut() {
            self.content.as_widget_mut().update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
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
        tree.children.first().map_or(mouse::Interaction::None, |child| {
            self.content.as_widget().mouse_interaction(child, layout, cursor, viewport, renderer)
        })
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
        let shadow = theme::tokens(theme).shadow;
        let color = Color { a: shadow.a / 8.0, ..shadow };
        for step in (1..=REACH).rev().step_by(2) {
            let by = f32::from(step);
            let quad = renderer::Quad {
                bounds: Rectangle { y: bounds.y + 2.0, ..bounds }.expand(by),
                border: Border::default().rounded(self.radius + by),
                ..renderer::Quad::default()
            };
            renderer.fill_quad(quad, color);
        }
        if let Some(child) = tree.children.first() {
            self.content.as_widget().draw(child, renderer, theme, style, layout, cursor, viewport);
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
        let child = tree.children.first_mut()?;
        self.content.as_widget_mut().overlay(child, layout, renderer, viewport, translation)
    }
}

impl<'a, Message: 'a> From<Lifted<'a, Message>> for Element<'a, Message> {
    fn from(lifted: Lifted<'a, Message>) -> Self {
        Element::new(lifted)
    }
}
