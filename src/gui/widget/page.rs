//! A page of HTML mail: its tiles as pictures, what is selected or found drawn over them, and the pointer's doings told.
//!
//! It is as wide as there is room and as tall as the layout, within a scrollable; of the tiles only those in sight are
//! drawn. Points are in logical pixels from the top left of the page.

use crate::gui::action::page::{Near, TILE};
use crate::gui::theme;
use crate::service::page::{Layout as PageLayout, Point as PagePoint, Rect, Unit};
use iced::advanced::image::Renderer as _;
use iced::advanced::renderer::{Quad, Renderer as _};
use iced::advanced::widget::{Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, image, layout, mouse, renderer};
use iced::{Color, Element, Event, Length, Point, Rectangle, Renderer, Size, Theme};
use std::collections::BTreeMap;

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Picture<'a> {
    pub layout: &'a PageLayout,
    /// Device pixels of a logical pixel.
    pub scale: f32,
    /// By their numbers.
    pub tiles: &'a BTreeMap<u32, image::Handle>,
    pub selected: &'a [Rect],
    /// Places that were found, and those of the present one.
    pub found: Vec<Rect>,
    pub present: &'a [Rect],
}

/// What the page says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said {
    /// So wide it can be, and these rows of it are in sight.
    Seen(f32, Near),
    /// The pointer is over another link, by its number in the layout, or over none.
    Over(Option<usize>),
    Pressed(PagePoint, Unit),
    Dragged(PagePoint),
    Released(PagePoint),
}

/// See the module. Made by [`page`].
pub struct Page<'a, M> {
    picture: Option<Picture<'a>>,
    on: Box<dyn Fn(Said) -> M + 'a>,
}

/// A page; without a picture it tells how wide it could be.
pub fn page<'a, M>(picture: Option<Picture<'a>>, on: impl Fn(Said) -> M + 'a) -> Page<'a, M> {
    Page { picture, on: Box::new(on) }
}

#[derive(Default)]
struct State {
    seen: Option<(f32, Near)>,
    over: Option<usize>,
    pressed: bool,
    click: Option<mouse::Click>,
}

impl<M> Page<'_, M> {
    /// The link at a point of the page.
    fn link_at(&self, at: PagePoint) -> Option<usize> {
        let links = &self.picture.as_ref()?.layout.links;
        links.iter().rposition(|link| link.areas.iter().any(|area| area.contains(at)))
    }

    fn press(&self, state: &mut State, bounds: Rectangle, at: Point, shell: &mut Shell<'_, M>) {
        let click = mouse::Click::new(at, mouse::Button::Left, state.click);
        let unit = match click.kind() {
            mouse::click::Kind::Single => Unit::Character,
            mouse::click::Kind::Double => Unit::Word,
            mouse::click::Kind::Triple => Unit::Block,
        };
        state.click = Some(click);
        state.pressed = true;
        shell.publish((self.on)(Said::Pressed(inward(bounds, at), unit)));
        shell.capture_event();
    }

    fn draw_over(
        &self,
        picture: &Picture<'_>,
        renderer: &mut Renderer,
        theme: &Theme,
        bounds: Rectangle,
        seen: Rectangle,
    ) {
        let tokens = theme::tokens(theme);
        let kinds = [
            (picture.selected, Color { a: 0.3, ..tokens.accent }),
            (picture.found.as_slice(), Color { a: 0.3, ..MARK }),
            (picture.present, Color { a: 0.55, ..MARK_PRESENT }),
        ];
        for (areas, color) in kinds {
            for area in areas {
                let place =
                    Rectangle { x: bounds.x + area.x, y: bounds.y + area.y, width: area.width, height: area.height };
                if let Some(bounds) = place.intersection(&seen) {
                    renderer.fill_quad(Quad { bounds, ..Quad::default() }, color);
                }
            }
        }
    }
}

/// A text marker's yellow, and an orange for the place that one is at: they lie on the page's own colours.
const MARK: Color = Color::from_rgb(1.0, 0.85, 0.0);
const MARK_PRESENT: Color = Color::from_rgb(1.0, 0.5, 0.0);

fn inward(bounds: Rectangle, at: Point) -> PagePoint {
    PagePoint { x: at.x - bounds.x, y: at.y - bounds.y }
}

impl<M> Widget<M, Theme, Renderer> for Page<'_, M> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }
    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Shrink)
    }
    fn layout(&mut self, _tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let height = self.picture.as_ref().map_or(0.0, |picture| picture.layout.height);
        layout::Node::new(limits.resolve(Length::Fill, Length::Shrink, Size::new(0.0, height)))
    }
    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _renderer: &Renderer,
        _clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let state = tree.state.downcast_mut::<State>();
        let seen = (bounds.width, Near { top: viewport.y - bounds.y, height: viewport.height });
        if state.seen != Some(seen) {
            state.seen = Some(seen);
            shell.publish((self.on)(Said::Seen(seen.0, seen.1)));
        }
        let Event::Mouse(event) = event else { return };
        let over = cursor.position_over(bounds);
        let link = over.and_then(|at| self.link_at(inward(bounds, at)));
        if state.over != link {
            state.over = link;
            shell.publish((self.on)(Said::Over(link)));
        }
        match event {
            mouse::Event::ButtonPressed(mouse::Button::Left) if !shell.is_event_captured() => {
                if let Some(at) = over {
                    self.press(state, bounds, at, shell);
                }
            }
            mouse::Event::CursorMoved { .. } if state.pressed => {
                if let Some(at) = cursor.position() {
                    shell.publish((self.on)(Said::Dragged(inward(bounds, at))));
                }
            }
            mouse::Event::ButtonReleased(mouse::Button::Left) if state.pressed => {
                state.pressed = false;
                if let Some(at) = cursor.position() {
                    shell.publish((self.on)(Said::Released(inward(bounds, at))));
                }
            }
            _ => {}
        }
    }
    fn mouse_interaction(
        &self,
        _tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        let bounds = layout.bounds();
        match cursor.position_over(bounds) {
            Some(at) if self.link_at(inward(bounds, at)).is_some() => mouse::Interaction::Pointer,
            Some(_) => mouse::Interaction::Text,
            None => mouse::Interaction::None,
        }
    }
    fn draw(
        &self,
        _tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let (Some(picture), Some(seen)) = (&self.picture, bounds.intersection(viewport)) else { return };
        let scale = picture.scale.max(0.1);
        renderer.with_layer(seen, |renderer| {
            for (number, handle) in picture.tiles {
                let image::Handle::Rgba { width, height, .. } = handle else { continue };
                let size = Size::new(*width as f32 / scale, *height as f32 / scale);
                let y = bounds.y + number.saturating_mul(TILE) as f32 / scale;
                let place = Rectangle::new(Point::new(bounds.x, y), size);
                if place.intersection(&seen).is_some() {
                    let picture =
                        image::Image::new(handle.clone()).filter_method(image::FilterMethod::Nearest).snap(true);
                    renderer.draw_image(picture, place, seen);
                }
            }
        });
        // Above the pictures: within one layer they would cover it.
        if [picture.selected, picture.found.as_slice(), picture.present].iter().any(|areas| !areas.is_empty()) {
            renderer.with_layer(seen, |renderer| self.draw_over(picture, renderer, theme, bounds, seen));
        }
    }
}

impl<'a, M: 'a> From<Page<'a, M>> for Element<'a, M> {
    fn from(page: Page<'a, M>) -> Self {
        Element::new(page)
    }
}
