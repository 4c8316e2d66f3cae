//! Keeps what the last of several children knows, its keyboard focus above all, while others come and go before it.
//!
//! iced 0.14 compares children by their place: a field behind chips would lose the keyboard with every chip.

use super::forward::forward;
use iced::advanced::Widget;
use iced::advanced::widget::Tree;
use iced::{Element, Renderer, Theme};

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
    forward!(Message: children size layout operate update mouse_interaction draw overlay);

    fn diff(&self, tree: &mut Tree) {
        if let Some(inner) = tree.children.first_mut() {
            self.keep(&mut inner.children);
        }
        tree.diff_children(std::slice::from_ref(&self.content));
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
