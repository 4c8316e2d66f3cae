//! An element that hangs below another one, above everything else: lists of suggestions, choices, small menus.
//! A press on it does not take the focus from where it is; a press elsewhere closes it.

use super::lifted::lifted;
use crate::gui::theme;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::{Element, Event, Length, Point, Rectangle, Renderer, Size, Theme, Vector, touch};

/// On which side of the anchor the popover is flush.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flush {
    #[default]
    Left,
    Right,
}

/// See the module. Made by [`popover`].
pub struct Popover<'a, M> {
    anchor: Element<'a, M>,
    content: Option<Element<'a, M>>,
    on_dismiss: Option<M>,
    flush: Flush,
    as_wide: bool,
}

/// Distance between the anchor and what hangs below it.
const GAP: f32 = 4.0;
/// Distance kept from the window's edge.
const MARGIN: f32 = 8.0;

/// Hangs `content`, where there is some, below `anchor`.
pub fn popover<'a, M: Clone + 'a>(
    anchor: impl Into<Element<'a, M>>,
    content: Option<Element<'a, M>>,
) -> Popover<'a, M> {
    let content = content.map(|content| lifted(theme::radius::CARD, content).into());
    Popover { anchor: anchor.into(), content, on_dismiss: None, flush: Flush::Left, as_wide: false }
}

impl<'a, M: Clone + 'a> Popover<'a, M> {
    /// Sent when the person presses elsewhere.
    pub fn on_dismiss(mut self, message: M) -> Self {
        self.on_dismiss = Some(message);
        self
    }

    pub fn flush(mut self, flush: Flush) -> Self {
        self.flush = flush;
        self
    }

    /// At least as wide as its anchor.
    pub fn as_wide(mut self) -> Self {
        self.as_wide = true;
        self
    }

    fn parts(&self) -> Vec<&Element<'a, M>> {
        std::iter::once(&self.anchor).chain(&self.content).collect()
    }
}

impl<'a, M: Clone + 'a> Widget<M, Theme, Renderer> for Popover<'a, M> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::stateless()
    }
    fn children(&self) -> Vec<Tree> {
        self.parts().into_iter().map(Tree::new).collect()
    }
    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.parts());
    }
    fn size(&self) -> Size<Length> {
        self.anchor.as_widget().size()
    }
    fn size_hint(&self) -> Size<Length> {
        self.anchor.as_widget().size_hint()
    }
    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        self.anchor.as_widget_mut().layout(&mut tree.children[0], renderer, limits)
    }
    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        operation.traverse(&mut |operation| {
            self.anchor.as_widget_mut().operate(&mut tree.children[0], layout, renderer, operation);
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
        self.anchor.as_widget_mut().update(
            &mut tree.children[0],
            event,
            layout,
            cursor,
            renderer,
            clipboard,
            shell,
            viewport,
        );
    }
    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.anchor.as_widget().mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
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
        self.anchor.as_widget().draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, M, Theme, Renderer>> {
        let (anchor, rest) = tree.children.split_first_mut()?;
        // While something hangs here, the anchor's own tooltip would lie across it.
        let of_anchor = match self.content {
            Some(_) => None,
            None => self.anchor.as_widget_mut().overlay(anchor, layout, renderer, viewport, translation),
        };
        let own = match (self.content.as_mut(), rest.first_mut()) {
            (Some(content), Some(tree)) => Some(overlay::Element::new(Box::new(Hanging {
                content,
                tree,
                anchor: layout.bounds() + translation,
                on_dismiss: self.on_dismiss.as_ref(),
                flush: self.flush,
                as_wide: self.as_wide,
            }))),
            _ => None,
        };
        let all: Vec<_> = of_anchor.into_iter().chain(own).collect();
        (!all.is_empty()).then(|| overlay::Group::with_children(all).overlay())
    }
}

impl<'a, M: Clone + 'a> From<Popover<'a, M>> for Element<'a, M> {
    fn from(popover: Popover<'a, M>) -> Self {
        Element::new(popover)
    }
}

struct Hanging<'a, 'b, M> {
    content: &'b mut Element<'a, M>,
    tree: &'b mut Tree,
    anchor: Rectangle,
    on_dismiss: Option<&'b M>,
    flush: Flush,
    as_wide: bool,
}

impl<M: Clone> overlay::Overlay<M, Theme, Renderer> for Hanging<'_, '_, M> {
    fn layout(&mut self, renderer: &Renderer, bounds: Size) -> layout::Node {
        let below = bounds.height - (self.anchor.y + self.anchor.height + GAP) - MARGIN;
        let above = self.anchor.y - GAP - MARGIN;
        let room = below.max(above).max(0.0);
        let most = Size::new((bounds.width - 2.0 * MARGIN).max(0.0), room);
        let least = if self.as_wide { Size::new(self.anchor.width.min(most.width), 0.0) } else { Size::ZERO };
        let limits = layout::Limits::new(least, most);
        let node = self.content.as_widget_mut().layout(self.tree, renderer, &limits);
        let size = node.size();
        let x = match self.flush {
            Flush::Left => self.anchor.x,
            Flush::Right => self.anchor.x + self.anchor.width - size.width,
        };
        let x = x.min(bounds.width - size.width - MARGIN).max(0.0);
        let y = if size.height <= below || below >= above {
            self.anchor.y + self.anchor.height + GAP
        } else {
            self.anchor.y - GAP - size.height
        };
        node.move_to(Point::new(x, y))
    }

    fn update(
        &mut self,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, M>,
    ) {
        let bounds = layout.bounds();
        self.content.as_widget_mut().update(self.tree, event, layout, cursor, renderer, clipboard, shell, &bounds);
        let pressed = matches!(
            event,
            Event::Mouse(mouse::Event::ButtonPressed(_)) | Event::Touch(touch::Event::FingerPressed { .. })
        );
        match (pressed, cursor.is_over(bounds)) {
            (true, true) => shell.capture_event(),
            (true, false) => {
                if let Some(message) = self.on_dismiss {
                    shell.publish(message.clone());
                }
            }
            _ => {}
        }
    }

    fn mouse_interaction(&self, layout: Layout<'_>, cursor: mouse::Cursor, renderer: &Renderer) -> mouse::Interaction {
        let bounds = layout.bounds();
        let inner = self.content.as_widget().mouse_interaction(self.tree, layout, cursor, &bounds, renderer);
        match inner {
            // Anything but `None` keeps the pointer from what lies beneath.
            mouse::Interaction::None if cursor.is_over(bounds) => mouse::Interaction::Idle,
            other => other,
        }
    }

    fn operate(&mut self, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        self.content.as_widget_mut().operate(self.tree, layout, renderer, operation);
    }

    fn draw(
        &self,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
    ) {
        let bounds = layout.bounds();
        self.content.as_widget().draw(self.tree, renderer, theme, style, layout, cursor, &bounds);
    }

    fn index(&self) -> f32 {
        2.0
    }
}
