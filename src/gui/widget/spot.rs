//! A place that can be taken hold of, dropped on, and asked for its menu.
//!
//! iced's own mouse area knows no drag: here a press that moves a few pixels says so once, with where the pointer is
//! in the window. The press itself goes to the content as well, so that a button in it stays a button.

use super::forward::forward;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, mouse};
use iced::{Element, Event, Length, Point, Rectangle, Renderer, Size, Theme};

/// Pixels that a press must move to be a drag: a shaky hand still clicks.
pub const SLACK: f32 = 4.0;

type At<'a, M> = Box<dyn Fn(Point) -> M + 'a>;

/// See the module. Made by [`spot`].
pub struct Spot<'a, M> {
    content: Element<'a, M>,
    on_drag: Option<At<'a, M>>,
    on_menu: Option<At<'a, M>>,
    on_over: Option<(M, M)>,
}

#[derive(Default)]
struct State {
    /// Where the pointer is in the window: within a scrolled pane the cursor of a widget is not.
    pointer: Point,
    pressed: Option<Point>,
    over: bool,
}

/// Makes an element a spot.
pub fn spot<'a, M: Clone + 'a>(content: impl Into<Element<'a, M>>) -> Spot<'a, M> {
    Spot { content: content.into(), on_drag: None, on_menu: None, on_over: None }
}

impl<'a, M: Clone + 'a> Spot<'a, M> {
    /// It is taken hold of and moved; where to, in the window.
    pub fn on_drag(mut self, message: impl Fn(Point) -> M + 'a) -> Self {
        self.on_drag = Some(Box::new(message));
        self
    }
    /// The other mouse button was pressed on it, there in the window.
    pub fn on_menu(mut self, message: impl Fn(Point) -> M + 'a) -> Self {
        self.on_menu = Some(Box::new(message));
        self
    }
    /// The pointer comes upon it, and leaves it.
    pub fn on_over(mut self, comes: M, leaves: M) -> Self {
        self.on_over = Some((comes, leaves));
        self
    }

    fn follow(
        &self,
        state: &mut State,
        event: &Event,
        bounds: Rectangle,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, M>,
    ) {
        if let Event::Mouse(mouse::Event::CursorMoved { position }) = event {
            state.pointer = *position;
        }
        let over = cursor.is_over(bounds);
        if let Some((comes, leaves)) = &self.on_over
            && state.over != over
        {
            shell.publish(if over { comes.clone() } else { leaves.clone() });
        }
        state.over = over;
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) if over => {
                state.pressed = Some(state.pointer);
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) => state.pressed = None,
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Right)) if over => {
                if let Some(on_menu) = &self.on_menu {
                    shell.publish(on_menu(state.pointer));
                    shell.capture_event();
                }
            }
            Event::Mouse(mouse::Event::CursorMoved { .. }) => {
                if let (Some(from), Some(on_drag)) = (state.pressed, &self.on_drag)
                    && from.distance(state.pointer) > SLACK
                {
                    state.pressed = None;
                    shell.publish(on_drag(state.pointer));
                }
            }
            _ => {}
        }
    }
}

impl<'a, M: Clone + 'a> Widget<M, Theme, Renderer> for Spot<'a, M> {
    forward!(M: children diff size layout mouse_interaction draw overlay);

    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }
    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }
    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }
    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        operation.traverse(&mut |operation| {
            if let Some(child) = tree.children.first_mut() {
                self.content.as_widget_mut().operate(child, layout, renderer, operation);
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
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        if let Some(child) = tree.children.first_mut() {
            self.content.as_widget_mut().update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
        }
        self.follow(tree.state.downcast_mut(), event, layout.bounds(), cursor, shell);
    }
}

impl<'a, M: Clone + 'a> From<Spot<'a, M>> for Element<'a, M> {
    fn from(spot: Spot<'a, M>) -> Self {
        Element::new(spot)
    }
}
