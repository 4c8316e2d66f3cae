//! How pages are looked at: how large, how wide, which part; and what the keyboard scrolls.

use super::find::SCROLL;
use super::sheet::Sheet;
use crate::gui::action::Action;
use crate::gui::action::page::Near;
use crate::gui::screen::mail::State;
use crate::gui::widget::page::Scroll;
use crate::service::model::MessageId;
use crate::service::page::{Colours, View};
use iced::widget::Id;

/// The steps of the zoom.
const ZOOMS: [f32; 11] = [0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 3.0];
/// Pixels of one step of the keyboard.
const LINE: f32 = 60.0;
/// A share of what is in sight, so that the line one was at stays in it.
const SCREEN: f32 = 0.9;

/// How everything is looked at, message after message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Looking {
    /// The width that there is, and the rows in sight of the page that told it last.
    pub seen: Option<(f32, Near)>,
    /// Device pixels of a logical pixel.
    pub scale: f32,
    pub zoom: f32,
    /// Texts are set in letters of one width.
    pub monospace: bool,
}

impl Default for Looking {
    fn default() -> Looking {
        Looking { seen: None, scale: 1.0, zoom: 1.0, monospace: false }
    }
}

impl Looking {
    pub(in crate::gui::screen) fn view(&self, dark: bool) -> Option<View> {
        let (width, _) = self.seen?;
        let colours = if dark { Colours::Dark } else { Colours::Light };
        Some(View { width, scale: self.scale, zoom: self.zoom, colours })
    }
}

impl State {
    /// The window is of another fineness.
    pub fn scaled(&mut self, scale: f32) -> Action {
        self.reader.looking.scale = scale;
        self.look_anew_all()
    }

    /// Larger, smaller, or as it was meant.
    pub(in crate::gui::screen::mail) fn zoom(&mut self, step: i8) -> Action {
        self.reader.looking.zoom = zoomed(&ZOOMS, self.reader.looking.zoom, step);
        self.look_anew_all()
    }

    /// Lays an open page out as it is to be looked at now.
    pub(super) fn look_anew(&mut self, id: MessageId) -> Action {
        let looking = self.reader.looking;
        let Some(page) = self.reader.opened_mut(id).map(|opened| &mut opened.page) else { return Action::None };
        let (Some(view), Some((_, seen))) = (looking.view(page.dark), looking.seen) else { return Action::None };
        let near = page.near.unwrap_or(seen);
        page.sheet.as_mut().map(|sheet| sheet.look(view, near)).unwrap_or_default()
    }

    /// The same for all that are open.
    pub(super) fn look_anew_all(&mut self) -> Action {
        let all = self.all_open();
        Action::batch(all.into_iter().map(|id| self.look_anew(id)))
    }

    /// Scrolls the message by the keyboard.
    pub(super) fn scroll_page(&mut self, scroll: Scroll) -> Action {
        scroll_by(SCROLL, self.reader.looking, scroll)
    }

    /// Brings a link of the page into sight.
    pub(super) fn reveal_link(&mut self, id: MessageId, link: Option<usize>) -> Action {
        let Some(page) = self.reader.opened(id).map(|opened| &opened.page) else { return Action::None };
        let near = page.near.or(self.reader.looking.seen.map(|(_, near)| near));
        let Some(sheet) = page.sheet.as_deref() else { return Action::None };
        near.map_or(Action::None, |near| reveal(SCROLL, sheet, near, link))
    }
}

/// The zoom one of these steps up or down, or as it was meant.
pub(in crate::gui::screen) fn zoomed(steps: &[f32], zoom: f32, step: i8) -> f32 {
    let next = match step {
        0 => return 1.0,
        1.. => steps.iter().find(|z| **z > zoom + 0.01),
        _ => steps.iter().rev().find(|z| **z < zoom - 0.01),
    };
    next.copied().unwrap_or(zoom)
}

/// Scrolls by the keyboard.
pub(in crate::gui::screen) fn scroll_by(id: impl Into<Id>, looking: Looking, scroll: Scroll) -> Action {
    let height = looking.seen.map_or(0.0, |(_, near)| near.height);
    match scroll {
        Scroll::Line(direction) => Action::ScrollBy(id.into(), direction * LINE),
        Scroll::Screen(direction) => Action::ScrollBy(id.into(), direction * height * SCREEN),
        Scroll::Top => Action::ScrollToTop(id.into()),
        // Farther than any page is high.
        Scroll::End => Action::ScrollBy(id.into(), 1.0e7),
    }
}

/// Brings a link of a page into sight.
pub(in crate::gui::screen) fn reveal(id: impl Into<Id>, sheet: &Sheet, near: Near, link: Option<usize>) -> Action {
    let area = link.and_then(|link| sheet.layout.links.get(link)).and_then(|link| link.areas.first());
    let Some(area) = area else { return Action::None };
    if area.y >= near.top && area.y + area.height <= near.top + near.height {
        return Action::None;
    }
    Action::ScrollBy(id.into(), area.y - near.top - near.height / 3.0)
}
