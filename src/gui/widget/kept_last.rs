//! Keeps what the last of several children knows, its keyboard focus above all, while others come and go before it.
//!
//! iced 0.14 compares children by their place: a field behind chips would lose the keyboard with every chip.

use iced::advanced::widget::{Operation, Tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::{Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector};

/// A row or column whose last child stays itself.
pub struct KeptLast<'a, Message> {
    content: Element<'a, Message>,
    count: usize,
}

/// `content` is a row or column with so many children.
pub fn kept_last<'a, Message>(count: usize, content: impl Into<Element<'a, Message>>) -> KeptLast<'a, Message> {
    KeptLast { content: content.into(), count }
}

impl<Message> KeptLast<'_, Message> {
    /// Moves the last child's state to where the last child is now.
    fn keep(&self, states: &mut Vec<Tree>) {
        if states.len() == self.count {
            return;
        }
        if let Some(last) = states.pop() {
            // What is put in its place is made anew when the children are compared.
            states.resize_with(self.count.saturating_sub(1), Tree::empty);
            states.push(last);
        }
    }
}

impl<Message> Widget<Message, Theme, Renderer> for KeptLast<'_, Message> {
    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }
    fn diff(&self, tree: &mut Tree) {
        if let Some(inner) = tree.children.first_mut() {
            self.keep(&mut inner.children);
        }
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

impl<'a, Message: 'a> From<KeptLast<'a, Message>> for Element<'a, Message> {
    fn from(kept: KeptLast<'a, Message>) -> Self {
        Element::new(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iced::advanced::text::Renderer as TextRenderer;
    use iced::widget::{row, text, text_input};

    type Field = text_input::State<<Renderer as TextRenderer>::Paragraph>;

    fn line(chips: usize) -> Element<'static, String> {
        let chips = (0..chips).map(|at| text(at.to_string()).into());
        kept_last(chips.len() + 1, row(chips).push(text_input("", "").on_input(|text| text)).wrap()).into()
    }

    fn field(tree: &mut Tree) -> &mut Field {
        tree.children[0].children.last_mut().unwrap().state.downcast_mut()
    }

    #[test]
    fn the_field_keeps_the_keyboard_while_chips_come_and_go() {
        let mut tree = Tree::new(line(0));
        field(&mut tree).focus();
        for chips in [1, 2, 5, 3, 0] {
            tree.diff(line(chips));
            assert_eq!(tree.children[0].children.len(), chips + 1);
            assert!(field(&mut tree).is_focused(), "lost with {chips} chips");
        }
    }
}
