//! What a widget that wraps one other hands on unchanged. iced has no such thing: each of these methods
//! must be spelled, and a wrapper is about the one or two that it does not hand on.

/// `forward!(Message: size layout draw)` inside an `impl Widget` hands these methods to `self.content`,
/// whose state is the first child of the tree.
macro_rules! forward {
    ($message:ident: $($method:ident)+) => { $( crate::gui::widget::forward::forward!(@$method $message); )+ };
    (@children $message:ident) => {
        fn children(&self) -> Vec<iced::advanced::widget::Tree> {
            vec![iced::advanced::widget::Tree::new(&self.content)]
        }
    };
    (@diff $message:ident) => {
        fn diff(&self, tree: &mut iced::advanced::widget::Tree) {
            tree.diff_children(std::slice::from_ref(&self.content));
        }
    };
    (@size $message:ident) => {
        fn size(&self) -> iced::Size<iced::Length> {
            self.content.as_widget().size()
        }
    };
    (@layout $message:ident) => {
        fn layout(
            &mut self,
            tree: &mut iced::advanced::widget::Tree,
            renderer: &iced::Renderer,
            limits: &iced::advanced::layout::Limits,
        ) -> iced::advanced::layout::Node {
            let Some(child) = tree.children.first_mut() else { return iced::advanced::layout::Node::default() };
            self.content.as_widget_mut().layout(child, renderer, limits)
        }
    };
    (@operate $message:ident) => {
        fn operate(
            &mut self,
            tree: &mut iced::advanced::widget::Tree,
            layout: iced::advanced::Layout<'_>,
            renderer: &iced::Renderer,
            operation: &mut dyn iced::advanced::widget::Operation,
        ) {
            if let Some(child) = tree.children.first_mut() {
                self.content.as_widget_mut().operate(child, layout, renderer, operation);
            }
        }
    };
    (@update $message:ident) => {
        fn update(
            &mut self,
            tree: &mut iced::advanced::widget::Tree,
            event: &iced::Event,
            layout: iced::advanced::Layout<'_>,
            cursor: iced::advanced::mouse::Cursor,
            renderer: &iced::Renderer,
            clipboard: &mut dyn iced::advanced::Clipboard,
            shell: &mut iced::advanced::Shell<'_, $message>,
            viewport: &iced::Rectangle,
        ) {
            if let Some(child) = tree.children.first_mut() {
                self.content.as_widget_mut().update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
            }
        }
    };
    (@mouse_interaction $message:ident) => {
        fn mouse_interaction(
            &self,
            tree: &iced::advanced::widget::Tree,
            layout: iced::advanced::Layout<'_>,
            cursor: iced::advanced::mouse::Cursor,
            viewport: &iced::Rectangle,
            renderer: &iced::Renderer,
        ) -> iced::advanced::mouse::Interaction {
            tree.children.first().map_or(iced::advanced::mouse::Interaction::None, |child| {
                self.content.as_widget().mouse_interaction(child, layout, cursor, viewport, renderer)
            })
        }
    };
    (@draw $message:ident) => {
        fn draw(
            &self,
            tree: &iced::advanced::widget::Tree,
            renderer: &mut iced::Renderer,
            theme: &iced::Theme,
            style: &iced::advanced::renderer::Style,
            layout: iced::advanced::Layout<'_>,
            cursor: iced::advanced::mouse::Cursor,
            viewport: &iced::Rectangle,
        ) {
            if let Some(child) = tree.children.first() {
                self.content.as_widget().draw(child, renderer, theme, style, layout, cursor, viewport);
            }
        }
    };
    (@overlay $message:ident) => {
        fn overlay<'b>(
            &'b mut self,
            tree: &'b mut iced::advanced::widget::Tree,
            layout: iced::advanced::Layout<'b>,
            renderer: &iced::Renderer,
            viewport: &iced::Rectangle,
            translation: iced::Vector,
        ) -> Option<iced::advanced::overlay::Element<'b, $message, iced::Theme, iced::Renderer>> {
            let child = tree.children.first_mut()?;
            self.content.as_widget_mut().overlay(child, layout, renderer, viewport, translation)
        }
    };
}

pub(crate) use forward;
