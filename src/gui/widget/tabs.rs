//! The Tab key at once. A focus that moves by message and task arrives a few frames later; what is typed meanwhile
//! would land in the field before: a password among the letters of an address.

use super::forward::forward;
use crate::gui::focus::{self, Move};
use crate::gui::reveal;
use iced::advanced::widget::operation::Outcome;
use iced::advanced::widget::{Operation, Tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, mouse};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Element, Event, Rectangle, Renderer, Theme, Vector, window};

/// The whole of a window.
pub struct Tabs<'a, M> {
    window: window::Id,
    content: Element<'a, M>,
}

/// Moves the keyboard within `content`, the root of this window, when Tab is pressed and nobody else takes it.
/// While a menu or a tooltip lies above, it is left to the program: its controls are not part of the content.
pub fn tabs<'a, M>(window: window::Id, content: impl Into<Element<'a, M>>) -> Tabs<'a, M> {
    Tabs { window, content: content.into() }
}

fn tab(event: &Event) -> Option<Move> {
    let Event::Keyboard(keyboard::Event::KeyPressed { key: Key::Named(Named::Tab), modifiers, .. }) = event else {
        return None;
    };
    match *modifiers {
        Modifiers::SHIFT => Some(Move::Previous),
        m if m.is_empty() => Some(Move::Next),
        _ => None,
    }
}

impl<M> Tabs<'_, M> {
    fn operate_to_the_end(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        first: impl Operation + 'static,
    ) {
        let mut next: Option<Box<dyn Operation>> = Some(Box::new(first));
        while let Some(mut operation) = next.take() {
            self.content.as_widget_mut().operate(tree, layout, renderer, operation.as_mut());
            if let Outcome::Chain(then) = operation.finish() {
                next = Some(then);
            }
        }
    }
}

impl<M> Widget<M, Theme, Renderer> for Tabs<'_, M> {
    forward!(M: children diff size layout operate mouse_interaction draw overlay);

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
        let Some(child) = tree.children.first_mut() else { return };
        self.content.as_widget_mut().update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
        let Some(to) = tab(event).filter(|_| !shell.is_event_captured()) else { return };
        let covered = self.content.as_widget_mut().overlay(child, layout, renderer, viewport, Vector::ZERO).is_some();
        if !covered {
            self.operate_to_the_end(child, layout, renderer, focus::focus(self.window, to));
            self.operate_to_the_end(child, layout, renderer, reveal::reveal());
            shell.capture_event();
            shell.request_redraw();
        }
    }
}

impl<'a, M: 'a> From<Tabs<'a, M>> for Element<'a, M> {
    fn from(tabs: Tabs<'a, M>) -> Self {
        Element::new(tabs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::widget::control;
    use iced::widget::column;
    use iced_test::simulator::{Simulator, press_key, typewrite};

    #[test]
    fn what_is_typed_after_tab_lands_in_the_next_field() {
        let id = window::Id::unique();
        let fields = column![
            control::text_field("a", "a", "", "", |text| format!("a {text}")),
            control::text_field("b", "b", "", "", |text| format!("b {text}")),
        ];
        let root = control::root(id, "w", fields);
        let mut ui: Simulator<'_, String> = Simulator::new(tabs(id, root));
        let tab = || press_key(Key::Named(Named::Tab), None);
        // All at once, as a fast typist or a slow machine has it.
        let events = [tab()].into_iter().chain(typewrite("1")).chain([tab()]).chain(typewrite("2"));
        ui.simulate(events.collect::<Vec<_>>());
        assert_eq!(ui.into_messages().collect::<Vec<_>>(), ["a 1", "b 2"]);
    }
}
