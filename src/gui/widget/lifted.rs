//! A soft edge under what lies above the window: menus, dialogs, toasts.
//!
//! It is made of translucent outlines, not of iced's shadow: the software renderer (iced_tiny_skia 0.14.1)
//! draws shadows past the region that it repaints, so that they darken with every frame and stay behind.

use super::forward::forward;
use crate::gui::theme;
use iced::advanced::widget::Tree;
use iced::advanced::{Layout, Widget, mouse, renderer};
use iced::{Border, Color, Element, Rectangle, Renderer, Theme};

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
    forward!(Message: children diff size layout operate update mouse_interaction overlay);

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
}

impl<'a, Message: 'a> From<Lifted<'a, Message>> for Element<'a, Message> {
    fn from(lifted: Lifted<'a, Message>) -> Self {
        Element::new(lifted)
    }
}
