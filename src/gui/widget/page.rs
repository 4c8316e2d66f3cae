//! A page of HTML mail: its tiles as pictures, what is selected or found drawn over them, and the pointer's doings told.
//!
//! It is as wide as there is room and as tall as the layout, within a scrollable; of the tiles only those in sight are
//! drawn. A page that is wider is moved sideways: by the wheel with Shift, the arrows, or the bar at its foot. Points
//! are in logical pixels from the top left of the page.
//!
//! With the keyboard on it Tab goes from link to link and leaves after the last, Enter opens, Escape lets go of the
//! link and then of the page; the keys that scroll are told.

use crate::gui::action::page::{Near, TILE};
use crate::gui::theme;
use crate::service::page::{Layout as PageLayout, Point as PagePoint, Rect, Unit};
use iced::advanced::image::Renderer as _;
use iced::advanced::renderer::{Quad, Renderer as _};
use iced::advanced::widget::{self, Tree, operation, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, image, layout, mouse, renderer};
use iced::keyboard::key::Named;
use iced::keyboard::{self, Key, Modifiers};
use iced::{Border, Color, Element, Event, Length, Point, Rectangle, Renderer, Size, Theme};
use std::collections::BTreeMap;

/// The id of the page, for the keyboard.
pub const ID: &str = "reader-page";

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Picture<'a> {
    pub layout: &'a PageLayout,
    /// Device pixels of a logical pixel.
    pub scale: f32,
    /// By their numbers.
    pub tiles: &'a BTreeMap<u32, image::Handle>,
    pub selected: &'a [Rect],
    /// Words of the search that found the message.
    pub lit: &'a [Rect],
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
    /// The keyboard is on another link, or on none.
    Focused(Option<usize>),
    /// The link that the keyboard is on is opened.
    Entered(usize),
    /// All of the page is selected.
    All,
    Scrolled(Scroll),
}

/// How far the keyboard scrolls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scroll {
    /// A step, by its direction.
    Line(f32),
    /// What is in sight, by its direction.
    Screen(f32),
    Top,
    End,
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
    /// The keyboard is here.
    focused: bool,
    /// The link that it is on.
    link: Option<usize>,
    modifiers: Modifiers,
    /// How far it is moved sideways.
    aside: f32,
    /// The bar is held: where the pointer was, and how far aside it was then.
    held: Option<(f32, f32)>,
    /// The place that was brought into sight last.
    shown: Option<Rect>,
}

impl operation::Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }
    fn focus(&mut self) {
        self.focused = true;
    }
    fn unfocus(&mut self) {
        (self.focused, self.link) = (false, None);
    }
}

/// Pixels that an arrow moves, sideways.
const STEP: f32 = 60.0;
/// The bar's height, and the least length of what is held of it.
const BAR: f32 = 8.0;
const LEAST: f32 = 24.0;

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
        shell.publish((self.on)(Said::Pressed(inward(bounds, at, state.aside), unit)));
        shell.capture_event();
    }

    /// How much wider the page is than there is room.
    fn beyond(&self, bounds: Rectangle) -> f32 {
        self.picture.as_ref().map_or(0.0, |picture| (picture.layout.width - bounds.width).max(0.0))
    }

    /// The bar at the foot of what is in sight, and what is held of it; none where the page fits.
    fn bar(&self, bounds: Rectangle, viewport: &Rectangle, aside: f32) -> Option<(Rectangle, Rectangle)> {
        let beyond = self.beyond(bounds);
        let seen = bounds.intersection(viewport).filter(|_| beyond > 0.0)?;
        let track = Rectangle { y: seen.y + seen.height - BAR, height: BAR, ..seen };
        let length = (track.width * track.width / (track.width + beyond)).max(LEAST).min(track.width);
        let x = track.x + (track.width - length) * (aside / beyond).clamp(0.0, 1.0);
        Some((track, Rectangle { x, width: length, ..track }))
    }

    fn move_aside(&self, state: &mut State, bounds: Rectangle, to: f32, shell: &mut Shell<'_, M>) {
        let to = to.clamp(0.0, self.beyond(bounds));
        if to != state.aside {
            state.aside = to;
            shell.request_redraw();
        }
    }

    /// Brings a place into sight, sideways.
    fn reveal(&self, state: &mut State, bounds: Rectangle, place: Rect, shell: &mut Shell<'_, M>) {
        let right = place.x + place.width - bounds.width;
        let to = if place.x < state.aside { place.x } else { state.aside.max(right.min(place.x)) };
        self.move_aside(state, bounds, to, shell);
    }

    /// Puts the keyboard on a link.
    fn focus_link(&self, state: &mut State, bounds: Rectangle, link: Option<usize>, shell: &mut Shell<'_, M>) {
        state.link = link;
        let links = self.picture.as_ref().map(|picture| picture.layout.links.as_slice()).unwrap_or_default();
        if let Some(area) = link.and_then(|link| links.get(link)).and_then(|link| link.areas.first()) {
            self.reveal(state, bounds, *area, shell);
        }
        shell.publish((self.on)(Said::Focused(link)));
        shell.request_redraw();
    }

    /// What a key does here; whether it did something.
    fn key(&self, state: &mut State, bounds: Rectangle, key: &Key, with: Modifiers, shell: &mut Shell<'_, M>) -> bool {
        let Some(picture) = &self.picture else { return false };
        let count = picture.layout.links.len();
        let plain = !with.command() && !with.alt();
        let said = match key.as_ref() {
            Key::Named(Named::Tab) if plain => {
                let next = match (state.link, with.shift()) {
                    (None, false) => Some(0),
                    (None, true) => None,
                    (Some(link), false) => link.checked_add(1),
                    (Some(link), true) => link.checked_sub(1),
                };
                let Some(next) = next.filter(|next| *next < count) else { return false };
                self.focus_link(state, bounds, Some(next), shell);
                return true;
            }
            Key::Named(Named::Escape) if state.link.is_some() => {
                self.focus_link(state, bounds, None, shell);
                return true;
            }
            Key::Named(Named::ArrowLeft) if plain && self.beyond(bounds) > 0.0 => {
                self.move_aside(state, bounds, state.aside - STEP, shell);
                return true;
            }
            Key::Named(Named::ArrowRight) if plain && self.beyond(bounds) > 0.0 => {
                self.move_aside(state, bounds, state.aside + STEP, shell);
                return true;
            }
            Key::Named(Named::Enter) if plain => match state.link.filter(|link| *link < count) {
                Some(link) => Said::Entered(link),
                None => return false,
            },
            Key::Named(Named::ArrowDown) if plain => Said::Scrolled(Scroll::Line(1.0)),
            Key::Named(Named::ArrowUp) if plain => Said::Scrolled(Scroll::Line(-1.0)),
            Key::Named(Named::Space) if plain => Said::Scrolled(Scroll::Screen(if with.shift() { -1.0 } else { 1.0 })),
            Key::Named(Named::PageDown) if plain => Said::Scrolled(Scroll::Screen(1.0)),
            Key::Named(Named::PageUp) if plain => Said::Scrolled(Scroll::Screen(-1.0)),
            Key::Named(Named::Home) if plain => Said::Scrolled(Scroll::Top),
            Key::Named(Named::End) if plain => Said::Scrolled(Scroll::End),
            Key::Character("a") if with.command() && !with.shift() && !with.alt() => Said::All,
            _ => return false,
        };
        shell.publish((self.on)(said));
        true
    }

    /// What the pointer does with the bar and the wheel; whether it did something.
    fn sideways(
        &self,
        state: &mut State,
        event: &mouse::Event,
        bounds: Rectangle,
        viewport: &Rectangle,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, M>,
    ) -> bool {
        let beyond = self.beyond(bounds);
        let bar = self.bar(bounds, viewport, state.aside);
        match event {
            mouse::Event::WheelScrolled { delta } if beyond > 0.0 && cursor.is_over(bounds) => {
                let (x, y) = match *delta {
                    mouse::ScrollDelta::Lines { x, y } => (x * STEP, y * STEP),
                    mouse::ScrollDelta::Pixels { x, y } => (x, y),
                };
                let by = if state.modifiers.shift() && x == 0.0 { y } else { x };
                if by == 0.0 || (!state.modifiers.shift() && y.abs() > x.abs()) {
                    return false;
                }
                self.move_aside(state, bounds, state.aside - by, shell);
                true
            }
            mouse::Event::ButtonPressed(mouse::Button::Left) => {
                let (Some((track, held)), Some(at)) = (bar, cursor.position()) else { return false };
                if !track.contains(at) {
                    return false;
                }
                if !held.contains(at) {
                    let part = (at.x - track.x - held.width / 2.0) / (track.width - held.width).max(1.0);
                    self.move_aside(state, bounds, part * beyond, shell);
                }
                state.held = Some((at.x, state.aside));
                true
            }
            mouse::Event::CursorMoved { .. } => {
                let (Some((from, aside)), Some((track, held)), Some(at)) = (state.held, bar, cursor.position()) else {
                    return false;
                };
                let each = beyond / (track.width - held.width).max(1.0);
                self.move_aside(state, bounds, aside + (at.x - from) * each, shell);
                true
            }
            mouse::Event::ButtonReleased(mouse::Button::Left) => state.held.take().is_some(),
            _ => false,
        }
    }

    /// Where the keyboard is: a ring round the link, or round the page.
    fn draw_keys(
        &self,
        state: &State,
        picture: &Picture<'_>,
        renderer: &mut Renderer,
        theme: &Theme,
        bounds: Rectangle,
        seen: Rectangle,
    ) {
        if !state.focused {
            return;
        }
        let border = Border { color: theme::tokens(theme).accent, width: 2.0, radius: 3.0.into() };
        let link = state.link.and_then(|link| picture.layout.links.get(link));
        let Some(link) = link else { return };
        renderer.with_layer(seen, |renderer| {
            for area in &link.areas {
                let bounds = outward(bounds, area, state.aside).expand(2.0);
                renderer.fill_quad(Quad { bounds, border, ..Quad::default() }, Color::TRANSPARENT);
            }
        });
    }

    /// Words of the search, but for those that the search in the message marks anyway.
    fn draw_lit(&self, picture: &Picture<'_>, renderer: &mut Renderer, bounds: Rectangle, seen: Rectangle, aside: f32) {
        if picture.lit.is_empty() {
            return;
        }
        let in_sight = |area: &Rect| outward(bounds, area, aside).intersection(&seen);
        let marked = picture.found.iter().chain(picture.present).filter_map(in_sight);
        let marked: Vec<Rectangle> = marked.take(MOST_MARKED).collect();
        for place in picture.lit.iter().filter_map(in_sight) {
            if marked.iter().all(|mark| mark.intersection(&place).is_none()) {
                renderer.fill_quad(Quad { bounds: place, ..Quad::default() }, LIT);
                let line = Rectangle { y: place.y + place.height - LINE, height: LINE, ..place };
                renderer.fill_quad(Quad { bounds: line, ..Quad::default() }, LIT_LINE);
            }
        }
    }

    fn draw_over(
        &self,
        picture: &Picture<'_>,
        renderer: &mut Renderer,
        theme: &Theme,
        bounds: Rectangle,
        seen: Rectangle,
        aside: f32,
    ) {
        let tokens = theme::tokens(theme);
        self.draw_lit(picture, renderer, bounds, seen, aside);
        let kinds = [
            (picture.selected, Color { a: 0.3, ..tokens.accent }),
            (picture.found.as_slice(), Color { a: 0.3, ..MARK }),
            (picture.present, Color { a: 0.55, ..MARK_PRESENT }),
        ];
        for (areas, color) in kinds {
            for area in areas {
                let place = outward(bounds, area, aside);
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
/// A breath of the same yellow, with a line beneath that shows it on any ground.
const LIT: Color = Color::from_rgba(1.0, 0.85, 0.0, 0.16);
const LIT_LINE: Color = Color::from_rgba(0.9, 0.65, 0.0, 0.75);
const LINE: f32 = 1.5;
/// Marks in sight that take the place of what is lit.
const MOST_MARKED: usize = 500;

fn inward(bounds: Rectangle, at: Point, aside: f32) -> PagePoint {
    PagePoint { x: at.x - bounds.x + aside, y: at.y - bounds.y }
}

fn outward(bounds: Rectangle, area: &Rect, aside: f32) -> Rectangle {
    Rectangle { x: bounds.x + area.x - aside, y: bounds.y + area.y, width: area.width, height: area.height }
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
        state.aside = state.aside.min(self.beyond(bounds));
        let present = self.picture.as_ref().and_then(|picture| picture.present.first()).copied();
        if state.shown != present {
            state.shown = present;
            if let Some(place) = present {
                self.reveal(state, bounds, place, shell);
            }
        }
        match event {
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => state.modifiers = *modifiers,
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. })
                if state.focused && !shell.is_event_captured() && self.key(state, bounds, key, *modifiers, shell) =>
            {
                shell.capture_event();
            }
            _ => {}
        }
        let Event::Mouse(event) = event else { return };
        if self.sideways(state, event, bounds, viewport, cursor, shell) {
            shell.capture_event();
            return;
        }
        let aside = state.aside;
        let over = cursor.position_over(bounds);
        let link = over.and_then(|at| self.link_at(inward(bounds, at, aside)));
        if state.over != link {
            state.over = link;
            shell.publish((self.on)(Said::Over(link)));
        }
        match event {
            mouse::Event::ButtonPressed(mouse::Button::Left) if !shell.is_event_captured() => {
                if state.link.is_some() {
                    self.focus_link(state, bounds, None, shell);
                }
                state.focused = over.is_some();
                if let Some(at) = over {
                    self.press(state, bounds, at, shell);
                }
            }
            mouse::Event::CursorMoved { .. } if state.pressed => {
                if let Some(at) = cursor.position() {
                    shell.publish((self.on)(Said::Dragged(inward(bounds, at, aside))));
                }
            }
            mouse::Event::ButtonReleased(mouse::Button::Left) if state.pressed => {
                state.pressed = false;
                if let Some(at) = cursor.position() {
                    shell.publish((self.on)(Said::Released(inward(bounds, at, aside))));
                }
            }
            _ => {}
        }
    }
    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        _renderer: &Renderer,
        operation: &mut dyn widget::Operation,
    ) {
        // Without a page there is nothing to be on.
        if self.picture.is_some() {
            let state = tree.state.downcast_mut::<State>();
            operation.focusable(Some(&widget::Id::new(ID)), layout.bounds(), state);
        }
    }
    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        let bounds = layout.bounds();
        let aside = tree.state.downcast_ref::<State>().aside;
        let bar = self.bar(bounds, viewport, aside);
        match cursor.position_over(bounds) {
            Some(at) if bar.is_some_and(|(track, _)| track.contains(at)) => mouse::Interaction::Idle,
            Some(at) if self.link_at(inward(bounds, at, aside)).is_some() => mouse::Interaction::Pointer,
            Some(_) => mouse::Interaction::Text,
            None => mouse::Interaction::None,
        }
    }
    fn draw(
        &self,
        tree: &Tree,
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
        let state = tree.state.downcast_ref::<State>();
        let aside = state.aside;
        renderer.with_layer(seen, |renderer| {
            for (number, handle) in picture.tiles {
                let image::Handle::Rgba { width, height, .. } = handle else { continue };
                let size = Size::new(*width as f32 / scale, *height as f32 / scale);
                let y = bounds.y + number.saturating_mul(TILE) as f32 / scale;
                let place = Rectangle::new(Point::new(bounds.x - aside, y), size);
                if place.intersection(&seen).is_some() {
                    let picture =
                        image::Image::new(handle.clone()).filter_method(image::FilterMethod::Nearest).snap(true);
                    renderer.draw_image(picture, place, seen);
                }
            }
        });
        // Above the pictures: within one layer they would cover it.
        let over = [picture.lit, picture.selected, picture.found.as_slice(), picture.present];
        if over.iter().any(|areas| !areas.is_empty()) {
            renderer.with_layer(seen, |renderer| self.draw_over(picture, renderer, theme, bounds, seen, aside));
        }
        self.draw_keys(state, picture, renderer, theme, bounds, seen);
        if let Some((_, held)) = self.bar(bounds, viewport, aside) {
            let tokens = theme::tokens(theme);
            let border = Border::default().rounded(BAR / 2.0);
            let held = Quad { bounds: held.shrink(1.0), border, ..Quad::default() };
            renderer.with_layer(seen, |renderer| renderer.fill_quad(held, Color { a: 0.6, ..tokens.dim }));
        }
    }
}

impl<'a, M: 'a> From<Page<'a, M>> for Element<'a, M> {
    fn from(page: Page<'a, M>) -> Self {
        Element::new(page)
    }
}
