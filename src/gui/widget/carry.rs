//! The surface over which something is carried: while it is, it hears where the pointer goes, which keys are held,
//! and how it ends, whatever lies beneath.

use super::forward::forward;
use iced::advanced::widget::{Operation, Tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, mouse};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Element, Event, Length, Point, Rectangle, Renderer, Size, Theme};

/// What happens to what is carried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Carry {
    Moved(Point),
    Keys(Modifiers),
    Dropped,
    Cancelled,
}

/// See the module. Made by [`carry`].
pub struct Surface<'a, M> {
    content: Element<'a, M>,
    on: Option<fn(Carry) -> M>,
}

/// Carries over an element; `on` is there while something is carried.
pub fn carry<'a, M: 'a>(content: impl Into<Element<'a, M>>, on: Option<fn(Carry) -> M>) -> Surface<'a, M> {
    Surface { content: content.into(), on }
}

impl<M> Widget<M, Theme, Renderer> for Surface<'_, M> {
    forward!(M: children diff size layout draw overlay);

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
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
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        let carried = self.on.and_then(|on| {
            Some(on(match event {
                Event::Mouse(mouse::Event::CursorMoved { position }) => Carry::Moved(*position),
                Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) => Carry::Dropped,
                Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Right)) => Carry::Cancelled,
                Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => Carry::Keys(*modifiers),
                Event::Keyboard(keyboard::Event::KeyPressed { key: Key::Named(Named::Escape), .. }) => {
                    shell.capture_event();
                    Carry::Cancelled
                }
                _ => return None,
            }))
        });
        let escaped = shell.is_event_captured();
        if let Some(child) = tree.children.first_mut().filter(|_| !escaped) {
            // What lies beneath says first what the pointer is over.
            self.content.as_widget_mut().update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
        }
        if let Some(message) = carried {
            shell.publish(message);
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
        if self.on.is_some() {
            return mouse::Interaction::Grabbing;
        }
        tree.children.first().map_or(mouse::Interaction::None, |child| {
            self.content.as_widget().mouse_interaction(child, layout, cursor, viewport, renderer)
        })
    }
}

impl<'a, M: 'a> From<Surface<'a, M>> for Element<'a, M> {
    fn from(surface: Surface<'a, M>) -> Self {
        Element::new(surface)
    }
}
