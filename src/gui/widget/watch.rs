//! Watches the focus within an element: tells when it comes and goes, and lets keys be taken before the element
//! sees them. Fields of iced tell neither.

use super::forward::forward;
use iced::advanced::widget::operation::{Focusable, Outcome};
use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, clipboard, mouse};
use iced::keyboard::{self, Key, Modifiers};
use iced::{Element, Event, Length, Rectangle, Renderer, Size, Theme};

type OnKey<'a, M> = Box<dyn Fn(&Key, Modifiers) -> Option<M> + 'a>;
type OnPaste<'a, M> = Box<dyn Fn(Option<String>) -> Option<M> + 'a>;

/// See the module. Made by [`watch`].
pub struct Watch<'a, M> {
    content: Element<'a, M>,
    on_key: Option<OnKey<'a, M>>,
    on_paste: Option<OnPaste<'a, M>>,
    on_focus: Option<M>,
    on_blur: Option<M>,
}

#[derive(Default)]
struct State {
    focused: bool,
}

/// Watches an element.
pub fn watch<'a, M: Clone + 'a>(content: impl Into<Element<'a, M>>) -> Watch<'a, M> {
    Watch { content: content.into(), on_key: None, on_paste: None, on_focus: None, on_blur: None }
}

impl<'a, M: Clone + 'a> Watch<'a, M> {
    /// Asked for every key pressed while the focus is within; a message takes the key.
    pub fn on_key(mut self, on_key: impl Fn(&Key, Modifiers) -> Option<M> + 'a) -> Self {
        self.on_key = Some(Box::new(on_key));
        self
    }

    /// Asked when the person pastes while the focus is within, with the text of the clipboard where there is some;
    /// a message takes it.
    pub fn on_paste(mut self, on_paste: impl Fn(Option<String>) -> Option<M> + 'a) -> Self {
        self.on_paste = Some(Box::new(on_paste));
        self
    }

    pub fn on_focus(mut self, message: M) -> Self {
        self.on_focus = Some(message);
        self
    }

    pub fn on_blur(mut self, message: M) -> Self {
        self.on_blur = Some(message);
        self
    }

    fn has_focus(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer) -> bool {
        let mut find = FindFocus(false);
        if let Some(child) = tree.children.first_mut() {
            self.content.as_widget_mut().operate(child, layout, renderer, &mut find);
        }
        find.0
    }

    fn takes(&self, event: &Event, clipboard: &mut dyn Clipboard) -> Option<M> {
        let Event::Keyboard(keyboard::Event::KeyPressed { key, physical_key, modifiers, .. }) = event else {
            return None;
        };
        let pastes = modifiers.command() && !modifiers.alt() && key.to_latin(*physical_key) == Some('v');
        if let (true, Some(on_paste)) = (pastes, &self.on_paste) {
            return on_paste(clipboard.read(clipboard::Kind::Standard).filter(|text| !text.is_empty()));
        }
        self.on_key.as_ref().and_then(|on_key| on_key(key, *modifiers))
    }
}

/// Whether anything that an operation walks over has the focus.
struct FindFocus(bool);

impl Operation for FindFocus {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }
    fn focusable(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        self.0 |= state.is_focused();
    }
    fn finish(&self) -> Outcome<()> {
        Outcome::None
    }
}

impl<'a, M: Clone + 'a> Widget<M, Theme, Renderer> for Watch<'a, M> {
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
            self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, operation);
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
        let is_key = matches!(event, Event::Keyboard(keyboard::Event::KeyPressed { .. }));
        let taken = if is_key && self.has_focus(tree, layout, renderer) { self.takes(event, clipboard) } else { None };
        match taken {
            Some(message) => {
                shell.publish(message);
                shell.capture_event();
            }
            None => self.content.as_widget_mut().update(
                &mut tree.children[0],
                event,
                layout,
                cursor,
                renderer,
                clipboard,
                shell,
                viewport,
            ),
        }
        let focused = self.has_focus(tree, layout, renderer);
        let state = tree.state.downcast_mut::<State>();
        if state.focused != focused {
            state.focused = focused;
            let message = if focused { &self.on_focus } else { &self.on_blur };
            if let Some(message) = message {
                shell.publish(message.clone());
            }
        }
    }
}

impl<'a, M: Clone + 'a> From<Watch<'a, M>> for Element<'a, M> {
    fn from(watch: Watch<'a, M>) -> Self {
        Element::new(watch)
    }
}
