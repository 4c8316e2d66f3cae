//! A page that is open: laid out, its tiles near the view kept, what is selected of it, its links under the pointer.
//! Of each kind one question runs at a time and the newest wish follows it.

use super::page::SHEET;
use crate::gui::action::page::{Laid, Near, Of, Paper};
use crate::gui::action::{Action, Ask, Tag};
use crate::gui::screen::mail::hits::{Hits, Part};
use crate::mail::search::Phrase;
use crate::service::page::{Layout, Point, Rect, Selection, Unit, View};
use iced::widget::image;
use std::collections::{BTreeMap, BTreeSet};

/// Tiles that are asked for at once.
const AT_ONCE: usize = 3;
/// Pixels that a press must move to select.
const SLACK: f32 = 4.0;

/// A page that is open.
#[derive(Debug)]
pub struct Sheet {
    paper: Paper,
    /// The number of its request: answers about another one are not for it.
    pub(in crate::gui::screen) number: u64,
    view: View,
    pub layout: Layout,
    pub tiles: BTreeMap<u32, image::Handle>,
    pub(in crate::gui::screen) waiting: BTreeSet<u32>,
    /// It is being laid out anew.
    changing: bool,
    /// The link under the pointer.
    pub over: Option<usize>,
    pub selection: Selection,
    pressed: Option<Pressed>,
    selecting: bool,
    /// What shall be selected after what is.
    select_next: Option<(Point, Point, Unit)>,
    lit: Lit,
}

/// Words of the search that found the message, where they stand on its page.
#[derive(Debug, Default)]
struct Lit {
    /// The newest that were asked for.
    phrases: Vec<Phrase>,
    areas: Vec<Rect>,
    asking: bool,
}

#[derive(Clone, Copy, Debug)]
struct Pressed {
    from: Point,
    unit: Unit,
    moved: bool,
}

impl Sheet {
    pub(in crate::gui::screen) fn new(number: u64, paper: Paper, laid: Laid) -> Sheet {
        Sheet {
            paper,
            number,
            view: laid.view,
            layout: laid.layout,
            tiles: laid.tiles.into_iter().collect(),
            waiting: BTreeSet::new(),
            changing: false,
            over: None,
            selection: Selection::default(),
            pressed: None,
            selecting: false,
            select_next: None,
            lit: Lit::default(),
        }
    }

    /// Where words of the search stand.
    pub fn lit_areas(&self) -> &[Rect] {
        &self.lit.areas
    }

    pub fn scale(&self) -> f32 {
        self.view.scale
    }

    pub(super) fn ask(&self, question: Of) -> Action {
        Action::Ask(Ask::OfPage(self.paper.clone(), question), Tag::numbered(SHEET, self.number))
    }

    /// Lets go of tiles far from the view and asks for those near it that are not here.
    pub(in crate::gui::screen) fn fetch(&mut self, near: Near) -> Action {
        if self.changing {
            return Action::None;
        }
        let rows = self.layout.pixels.1;
        let kept = near.tiles_within(2.0, self.view.scale, rows);
        self.tiles.retain(|number, _| kept.contains(number));
        let mut actions = Vec::new();
        // What is in sight comes before what may be soon.
        let wanted = near.tiles_within(0.0, self.view.scale, rows).chain(near.tiles(self.view.scale, rows));
        for number in wanted {
            if self.waiting.len() >= AT_ONCE {
                break;
            }
            if !self.tiles.contains_key(&number) && self.waiting.insert(number) {
                actions.push(self.ask(Of::Tile(self.view, number)));
            }
        }
        Action::batch(actions)
    }

    /// Lays it out as it shall be looked at, where it is not.
    pub(in crate::gui::screen) fn look(&mut self, view: View, near: Near) -> Action {
        if self.changing || self.view == view {
            return Action::None;
        }
        self.changing = true;
        self.ask(Of::View(view, near))
    }

    pub(in crate::gui::screen) fn laid(&mut self, laid: Laid) {
        self.changing = false;
        self.waiting.clear();
        self.over = None;
        self.selection = Selection::default();
        // All of it stands elsewhere now.
        self.lit = Lit::default();
        self.view = laid.view;
        self.layout = laid.layout;
        self.tiles = laid.tiles.into_iter().collect();
    }

    /// Asks where the words of a search stand, where that is not known. What is lit stays so until it is.
    pub(in crate::gui::screen) fn light(&mut self, hits: &Hits) -> Action {
        let phrases = hits.phrases(Part::Body);
        if self.changing || self.lit.asking || self.lit.phrases == phrases {
            return Action::None;
        }
        if phrases.is_empty() {
            self.lit = Lit::default();
            return Action::None;
        }
        self.lit.phrases = phrases.to_vec();
        self.lit.asking = true;
        self.ask(Of::Light(self.view, self.lit.phrases.clone()))
    }

    /// Where words stand on the page as it was in a view; none where it had been laid out otherwise by then.
    pub(in crate::gui::screen) fn lit(&mut self, view: View, phrases: &[Phrase], areas: Option<Vec<Rect>>) {
        self.lit.asking = false;
        if view == self.view && phrases == self.lit.phrases {
            self.lit.areas = areas.unwrap_or_default();
        }
    }

    pub(in crate::gui::screen) fn select(&mut self, from: Point, to: Point, unit: Unit) -> Action {
        if self.selecting {
            self.select_next = Some((from, to, unit));
            return Action::None;
        }
        self.selecting = true;
        self.ask(Of::Select { from, to, unit })
    }

    pub(in crate::gui::screen) fn select_all(&mut self) -> Action {
        (self.pressed, self.select_next) = (None, None);
        self.selecting = true;
        self.ask(Of::SelectAll)
    }

    pub(in crate::gui::screen) fn selected(&mut self, selection: Selection) -> Action {
        self.selecting = false;
        self.selection = selection;
        match self.select_next.take() {
            Some((from, to, unit)) => self.select(from, to, unit),
            None => Action::None,
        }
    }

    pub(in crate::gui::screen) fn press(&mut self, from: Point, unit: Unit) -> Action {
        self.pressed = Some(Pressed { from, unit, moved: false });
        self.selection = Selection::default();
        self.select_next = None;
        if unit == Unit::Character { Action::None } else { self.select(from, from, unit) }
    }

    pub(in crate::gui::screen) fn drag(&mut self, to: Point) -> Action {
        let Some(pressed) = &mut self.pressed else { return Action::None };
        pressed.moved |= (to.x - pressed.from.x).hypot(to.y - pressed.from.y) > SLACK;
        let Pressed { from, unit, moved } = *pressed;
        if moved { self.select(from, to, unit) } else { Action::None }
    }

    /// A link by its number: what it shows and where it leads.
    pub(in crate::gui::screen) fn link(&self, number: usize) -> Option<(String, String)> {
        self.layout.links.get(number).map(|link| (link.text.clone(), link.href.clone()))
    }

    /// The link that was pressed and not dragged: what it shows and where it leads.
    pub(in crate::gui::screen) fn release(&mut self) -> Option<(String, String)> {
        let pressed = self.pressed.take().filter(|pressed| !pressed.moved && pressed.unit == Unit::Character)?;
        let link = self.layout.link_at(pressed.from)?;
        Some((link.text.clone(), link.href.clone()))
    }
}
