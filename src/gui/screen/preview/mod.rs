//! An attachment looked at over the window: pictures, text, and PDFs page by page. Left and Right go to the next
//! attachment, Escape and Space back to the message.
//!
//! What a stranger's bytes become is drawn elsewhere ([`crate::render::Previewer`]); here are the pictures of pages, as
//! wide as they are shown, of those near the view. One page is asked for at a time; an answer to what is shown no more
//! is dropped by the number of its tag.

#[cfg(test)]
mod tests;
mod view;

pub use view::view;

use crate::gui::action::preview::{Came, Sheets, Why};
use crate::gui::action::{Action, Answer, Ask, Tag};
use crate::gui::keymap::Press;
use crate::service::model::Attachment;
use crate::service::page::PageSize;
use crate::service::{MessagePlace, Problem};
use iced::keyboard::Key;
use iced::keyboard::key::Named;
use iced::widget::{image, text_editor};
use iced::{Size, widget};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// What scrolls.
const SCROLL: widget::Id = widget::Id::new("preview-scroll");
/// An attachment was opened; the number is of the request.
const SHOW: &str = "preview.show";
/// A page of it; the same number.
const SHEET: &str = "preview.sheet";

/// Logical pixels around and between pages.
const GAP: f32 = 16.0;
/// The widest that a page is shown of itself, in logical pixels.
const WIDEST: f32 = 900.0;
/// The steps of the zoom.
const ZOOMS: [f32; 11] = [0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0];
/// A line this long (in bytes) is broken: laying it out would take seconds.
const LONGEST_LINE: usize = 4_000;
/// Pages above and below those in sight whose pictures are kept.
const KEPT: usize = 2;

/// What is shown.
#[derive(Debug)]
enum Shown {
    Loading,
    Failed(Problem),
    Nothing(Why),
    /// Pages of a PDF, or a picture, which is one.
    Sheets(Box<Open>),
    Text {
        text: text_editor::Content,
        whole: bool,
    },
}

/// An open file.
#[derive(Debug)]
struct Open {
    sheets: Sheets,
    pages: Vec<PageSize>,
    count: usize,
    is_picture: bool,
    /// Pictures of pages, and how many device pixels wide they were asked for.
    drawn: BTreeMap<usize, (u32, image::Handle)>,
    /// The page that is asked for.
    waiting: Option<usize>,
}

#[derive(Debug)]
pub struct State {
    place: MessagePlace,
    items: Vec<Attachment>,
    at: usize,
    shown: Shown,
    zoom: f32,
    /// Device pixels of a logical pixel.
    scale: f32,
    /// What there is for the file, once the widget has told.
    room: Option<Size>,
    /// How far it is scrolled.
    offset: f32,
    number: u64,
}

#[derive(Clone, Debug)]
pub enum Message {
    Close,
    Open,
    Save,
    /// To a neighbour.
    Turn(i8),
    /// Larger, smaller, or as it was.
    Zoom(i8),
    Room(Size),
    Scrolled(f32),
    Page(i8),
    First,
    Last,
    Text(text_editor::Action),
    Again,
}

impl State {
    /// Looks at one of a message's attachments.
    pub fn new(place: MessagePlace, items: Vec<Attachment>, at: usize, scale: f32) -> (State, Action) {
        let mut state = State {
            place,
            items,
            at,
            shown: Shown::Loading,
            zoom: 1.0,
            scale: scale.clamp(0.5, 4.0),
            room: None,
            offset: 0.0,
            number: 0,
        };
        // Its keys are the window's while no control has them: Space closes it as it opened it.
        let action = state.ask().and(Action::Unfocus);
        (state, action)
    }

    pub fn place(&self) -> &MessagePlace {
        &self.place
    }

    pub fn attachment(&self) -> Option<&Attachment> {
        self.items.get(self.at)
    }

    /// Asks for the attachment that shall be looked at.
    fn ask(&mut self) -> Action {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        self.number = NEXT.fetch_add(1, Ordering::Relaxed);
        (self.shown, self.zoom, self.offset) = (Shown::Loading, 1.0, 0.0);
        let Some(attachment) = self.attachment() else { return Action::None };
        let question = Ask::Preview(self.place.clone(), Box::new(attachment.clone()));
        Action::Ask(question, Tag::numbered(SHOW, self.number))
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            // These are for the screen that shows it.
            Message::Close | Message::Open | Message::Save => {}
            Message::Turn(step) => {
                let next = if step < 0 { self.at.checked_sub(1) } else { self.at.checked_add(1) };
                if let Some(next) = next.filter(|next| *next < self.items.len()) {
                    self.at = next;
                    return self.ask().and(Action::ScrollToTop(SCROLL));
                }
            }
            Message::Zoom(step) => {
                self.zoom = match step {
                    0 => 1.0,
                    1.. => ZOOMS.into_iter().find(|z| *z > self.zoom + 0.01).unwrap_or(self.zoom),
                    _ => ZOOMS.into_iter().rev().find(|z| *z < self.zoom - 0.01).unwrap_or(self.zoom),
                };
                return self.fetch();
            }
            Message::Room(room) => {
                self.room = Some(room);
                return self.fetch();
            }
            Message::Scrolled(offset) => {
                self.offset = offset;
                return self.fetch();
            }
            Message::Page(step) => {
                let page = self.room.map_or(400.0, |room| room.height - 60.0).max(60.0);
                return Action::ScrollBy(SCROLL, page * f32::from(step));
            }
            Message::First => return Action::ScrollToTop(SCROLL),
            // It stops at the end.
            Message::Last => return Action::ScrollBy(SCROLL, 1e9),
            Message::Text(action) => {
                if let (Shown::Text { text, .. }, false) = (&mut self.shown, action.is_edit()) {
                    text.perform(action);
                }
            }
            Message::Again => return self.ask(),
        }
        Action::None
    }

    /// What a key does.
    pub fn pressed(&self, press: &Press) -> Option<Message> {
        let command = press.modifiers.command();
        Some(match press.key.as_ref() {
            Key::Named(Named::Escape | Named::Space) => Message::Close,
            Key::Character("w") if command => Message::Close,
            Key::Character("s") if command => Message::Save,
            Key::Named(Named::ArrowLeft) => Message::Turn(-1),
            Key::Named(Named::ArrowRight) => Message::Turn(1),
            Key::Named(Named::PageUp) => Message::Page(-1),
            Key::Named(Named::PageDown) => Message::Page(1),
            Key::Named(Named::Home) => Message::First,
            Key::Named(Named::End) => Message::Last,
            Key::Character("+" | "=") => Message::Zoom(1),
            Key::Character("-") => Message::Zoom(-1),
            Key::Character("0") => Message::Zoom(0),
            _ => return None,
        })
    }

    /// An answer of its own.
    pub fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        if tag.number != self.number {
            return Action::None;
        }
        match (tag.name, answer) {
            (SHOW, Answer::Preview(came)) => {
                self.shown = match *came {
                    Ok(came) => shown(came),
                    Err(problem) => Shown::Failed(problem),
                };
                self.fetch()
            }
            (SHEET, Answer::Sheet { page, width, drawn }) => {
                let Shown::Sheets(open) = &mut self.shown else { return Action::None };
                open.waiting = None;
                match drawn {
                    Ok(picture) => {
                        open.drawn.insert(page, (width, picture));
                    }
                    Err(error) => {
                        tracing::info!(%error, "an attachment cannot be shown");
                        self.shown = Shown::Nothing(Why::from(&error));
                    }
                }
                self.fetch()
            }
            _ => Action::None,
        }
    }

    /// Lets go of pages far from the view, and asks for the next that is missing near it.
    fn fetch(&mut self) -> Action {
        let number = self.number;
        let visible = self.visible();
        let Shown::Sheets(open) = &self.shown else { return Action::None };
        if visible.is_empty() || open.waiting.is_some() {
            return Action::None;
        }
        let near = visible.start.saturating_sub(KEPT)..visible.end.saturating_add(KEPT).min(open.pages.len());
        let wanted = visible.chain(near.clone()).find_map(|page| {
            // A cast of a float saturates.
            let width = (self.size(open, page).width * self.scale).round() as u32;
            let has = open.drawn.get(&page).is_some_and(|(drawn, _)| *drawn == width);
            (!has).then_some((page, width))
        });
        let Shown::Sheets(open) = &mut self.shown else { return Action::None };
        open.drawn.retain(|page, _| near.contains(page));
        let Some((page, width)) = wanted else { return Action::None };
        open.waiting = Some(page);
        Action::Ask(Ask::Sheet { sheets: open.sheets.clone(), page, width }, Tag::numbered(SHEET, number))
    }

    /// How large a page is shown, in logical pixels.
    fn size(&self, open: &Open, page: usize) -> Size {
        let room = self.room.unwrap_or(Size::new(800.0, 600.0));
        let (across, down) = ((room.width - 2.0 * GAP).max(40.0), (room.height - 2.0 * GAP).max(40.0));
        let Some(size) = open.pages.get(page) else { return Size::ZERO };
        let width = if open.is_picture {
            // As it is, or as much smaller as it needs to be seen whole.
            let natural = size.width / self.scale;
            natural.min(across).min(down * size.width / size.height.max(1.0)) * self.zoom
        } else {
            across.min(WIDEST) * self.zoom
        };
        let width = width.clamp(1.0, 8_000.0);
        Size::new(width, size.rows(width).min(40_000.0))
    }

    /// The pages in sight.
    fn visible(&self) -> Range<usize> {
        let (Shown::Sheets(open), Some(room)) = (&self.shown, self.room) else { return 0..0 };
        let mut top = GAP;
        let mut first = None;
        for page in 0..open.pages.len() {
            let bottom = top + self.size(open, page).height;
            if bottom >= self.offset && first.is_none() {
                first = Some(page);
            }
            if top > self.offset + room.height {
                return first.unwrap_or(page)..page;
            }
            top = bottom + GAP;
        }
        first.unwrap_or(0)..open.pages.len()
    }

    /// The page that is read, counted from one.
    fn current(&self) -> usize {
        let visible = self.visible();
        let (Shown::Sheets(open), Some(room)) = (&self.shown, self.room) else { return 1 };
        // The one that has the middle of the view.
        let mut top = GAP;
        for page in 0..visible.end {
            top += self.size(open, page).height + GAP;
            if top > self.offset + room.height / 2.0 {
                return page + 1;
            }
        }
        visible.end.max(1)
    }
}

fn shown(came: Came) -> Shown {
    let open = |sheets, pages, count, is_picture| {
        Shown::Sheets(Box::new(Open { sheets, pages, count, is_picture, drawn: BTreeMap::new(), waiting: None }))
    };
    match came {
        Came::Picture(sheets, size) => open(sheets, vec![size], 1, true),
        Came::Pdf { sheets, pages, count } => open(sheets, pages, count, false),
        Came::Text { text, whole } => {
            Shown::Text { text: text_editor::Content::with_text(&broken(&text, LONGEST_LINE)), whole }
        }
        Came::Nothing(why) => Shown::Nothing(why),
    }
}

/// The same text with no line longer than so many bytes.
fn broken(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut length = 0_usize;
        for c in line.chars() {
            if length >= longest {
                out.push('\n');
                length = 0;
            }
            out.push(c);
            length = length.saturating_add(c.len_utf8());
        }
    }
    out
}
