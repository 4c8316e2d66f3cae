//! What a text that can be selected from lacks in iced: the link under the pointer is told, and words that were searched
//! for lie on a coloured ground. The same text is laid out a second time, invisibly, where there is something to tell.

use super::marks::{self, Mark, Marks, Settings};
use super::pieces::Piece;
use crate::gui::theme;
use crate::gui::widget::forward::forward;
use iced::advanced::renderer::{Quad, Renderer as _};
use iced::advanced::text::{self, Highlighter, Paragraph as _, Span};
use iced::advanced::widget::{Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, mouse, renderer};
use iced::widget::text::{LineHeight, Shaping, Wrapping};
use iced::{Border, Element, Event, Font, Pixels, Rectangle, Renderer, Size, Theme};
use std::cell::RefCell;

type Paragraph = <Renderer as text::Renderer>::Paragraph;

/// Marked places of one piece of text that get a ground.
const MOST: usize = 300;

/// How the text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Type {
    pub font: Font,
    pub size: f32,
    /// Height of a line.
    pub line: f32,
}

/// See the module. Made by [`hover`].
pub struct Hover<'a, M> {
    content: Element<'a, M>,
    piece: &'a Piece,
    settings: Settings,
    set: Type,
    on: Box<dyn Fn(Option<String>) -> M + 'a>,
}

/// A text of this piece, marked so and set so; `on` is told where the link under the pointer leads.
pub fn hover<'a, M>(
    content: impl Into<Element<'a, M>>,
    piece: &'a Piece,
    settings: Settings,
    set: Type,
    on: impl Fn(Option<String>) -> M + 'a,
) -> Hover<'a, M> {
    Hover { content: content.into(), piece, settings, set, on: Box::new(on) }
}

#[derive(Default)]
struct State {
    shadow: RefCell<Option<Shadow>>,
    /// The link under the pointer, by its number in the piece.
    over: Option<usize>,
}

/// The text laid out a second time.
struct Shadow {
    settings: Settings,
    set: Type,
    width: f32,
    paragraph: Paragraph,
    /// Of each span the number of its link.
    links: Vec<Option<usize>>,
    /// Where marked words stand.
    grounds: Vec<(Mark, Rectangle)>,
}

impl<M> Hover<'_, M> {
    /// Does something with the second layout, which is made anew where it is not as the text is now.
    fn with_shadow<T>(&self, state: &State, width: f32, work: impl FnOnce(&Shadow) -> T) -> T {
        let mut shadow = state.shadow.borrow_mut();
        let same =
            |shadow: &Shadow| shadow.width == width && shadow.set == self.set && shadow.settings == self.settings;
        if !shadow.as_ref().is_some_and(same) {
            *shadow = None;
        }
        work(shadow.get_or_insert_with(|| self.shadow(width)))
    }

    fn shadow(&self, width: f32) -> Shadow {
        let mut spans: Vec<Span<'_, ()>> = Vec::new();
        let (mut links, mut kinds) = (Vec::new(), Vec::new());
        let mut marks = Marks::new(&self.settings);
        for (number, line) in self.piece.text.lines().enumerate() {
            if number > 0 {
                spans.push(Span::new("\n"));
                links.push(None);
                kinds.push(None);
            }
            let marked: Vec<_> = marks.highlight_line(&line.text).collect();
            let mut ends: Vec<usize> = marked.iter().flat_map(|(range, _)| [range.start, range.end]).collect();
            ends.extend([0, line.text.len()]);
            ends.sort_unstable();
            ends.dedup();
            for part in ends.windows(2) {
                let [start, end] = *part else { continue };
                spans.push(Span::new(line.text.get(start..end).unwrap_or_default().to_string()));
                let has = |wanted: &[Mark]| {
                    let found = marked.iter().rev().find(|(r, mark)| wanted.contains(mark) && r.contains(&start));
                    found.map(|(_, mark)| *mark)
                };
                let link = has(&[Mark::Link]).and_then(|_| {
                    let here = |link: &marks::LineLink| link.line == number && link.bytes.contains(&start);
                    self.settings.links.iter().position(here)
                });
                links.push(link);
                kinds.push(has(&[Mark::Hit, Mark::Found]));
            }
        }
        let paragraph = Paragraph::with_spans(text::Text {
            content: spans.as_slice(),
            bounds: Size::new(width, f32::INFINITY),
            size: Pixels(self.set.size),
            line_height: LineHeight::Absolute(Pixels(self.set.line)),
            font: self.set.font,
            align_x: text::Alignment::Default,
            align_y: iced::alignment::Vertical::Top,
            shaping: Shaping::Advanced,
            wrapping: Wrapping::default(),
        });
        let marked = kinds.iter().enumerate().filter_map(|(span, kind)| Some((span, (*kind)?))).take(MOST);
        let bounds = marked.flat_map(|(span, mark)| {
            let bounds = paragraph.span_bounds(span);
            bounds.into_iter().map(move |bounds| (mark, bounds))
        });
        let grounds = bounds.collect();
        Shadow { settings: self.settings.clone(), set: self.set, width, paragraph, links, grounds }
    }

    fn link_at(&self, state: &State, bounds: Rectangle, cursor: mouse::Cursor) -> Option<usize> {
        let at = cursor.position_in(bounds).filter(|_| !self.settings.links.is_empty())?;
        self.with_shadow(state, bounds.width, |shadow| {
            let span = shadow.paragraph.hit_span(at)?;
            shadow.links.get(span).copied().flatten()
        })
    }

    fn has_grounds(&self) -> bool {
        !self.settings.hits.is_empty() || !self.settings.found.is_empty()
    }
}

impl<M> Widget<M, Theme, Renderer> for Hover<'_, M> {
    forward!(M: children diff size layout operate overlay);

    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }
    fn state(&self) -> tree::State {
        tree::State::new(State::default())
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
        if let Event::Mouse(mouse::Event::CursorMoved { .. } | mouse::Event::CursorLeft) = event {
            let before = tree.state.downcast_ref::<State>().over;
            let over = self.link_at(tree.state.downcast_ref::<State>(), layout.bounds(), cursor);
            if over != before {
                tree.state.downcast_mut::<State>().over = over;
                let target = over.and_then(|at| self.settings.links.get(at)).map(|link| link.target.clone());
                shell.publish((self.on)(target));
            }
        }
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
        if tree.state.downcast_ref::<State>().over.is_some() && cursor.is_over(layout.bounds()) {
            return mouse::Interaction::Pointer;
        }
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
        let bounds = layout.bounds();
        if self.has_grounds() && bounds.intersects(viewport) {
            self.with_shadow(tree.state.downcast_ref::<State>(), bounds.width, |shadow| {
                for (mark, place) in &shadow.grounds {
                    let place = *place + iced::Vector::new(bounds.x, bounds.y);
                    if let Some(seen) = place.intersection(viewport) {
                        let quad = Quad { bounds: seen, border: Border::default().rounded(2), ..Quad::default() };
                        renderer.fill_quad(quad, ground(*mark, theme));
                    }
                }
            });
        }
        if let Some(child) = tree.children.first() {
            self.content.as_widget().draw(child, renderer, theme, style, layout, cursor, viewport);
        }
    }
}

fn ground(mark: Mark, theme: &Theme) -> iced::Color {
    let tokens = theme::tokens(theme);
    if mark == Mark::Found { tokens.warn_bg } else { tokens.hit_bg }
}

impl<'a, M: 'a> From<Hover<'a, M>> for Element<'a, M> {
    fn from(hover: Hover<'a, M>) -> Self {
        Element::new(hover)
    }
}
