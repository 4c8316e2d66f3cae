//! The HTML of a message in the reader (of several open messages, each its own): asked for, laid out to the pane's
//! width, drawn as a [`Sheet`], its links judged before they are opened.
//!
//! One request of each kind runs at a time and the newest wish follows it; an answer to what is shown no more is
//! dropped by the number of its tag. Where a page cannot be drawn the text is shown, and a line says so.

use super::Opened;
use super::page_view::Question;
use super::sheet::Sheet;
use crate::gui::action::page::{Came, Near, Told};
use crate::gui::action::{Action, Answer, Ask, Open, Tag};
use crate::gui::screen::mail::{Menu, State};
use crate::gui::widget::page::Said;
use crate::service::Problem;
use crate::service::model::MessageId;
use crate::service::page::{ImageChoice, RenderError, Verdict, judge};
use crate::service::printing::Form;

/// The page of a message; the number is of the request.
pub const PAGE: &str = "mail.page";
/// Of an open page; the same number.
pub const SHEET: &str = "mail.page.sheet";
/// The pane's width has rested.
pub const WIDTH: &str = "mail.page.width";
/// What the person wants of a sender's remote images was kept.
pub const IMAGES: &str = "mail.page.images";
/// It is time to start the process that draws.
pub const WARM: Tag = Tag::new("mail.page.warm");

/// Milliseconds for which a width must last before a page is laid out to it.
pub(in crate::gui::screen) const REST: u64 = 120;

/// The page of the message that is read.
#[derive(Debug, Default)]
pub struct Page {
    /// The message has HTML.
    has: bool,
    /// Its text is shown in the page's stead.
    pub as_text: bool,
    pub dark: bool,
    /// The rows of it that are in sight, once the widget has told.
    pub near: Option<Near>,
    /// Remote images were asked for, for this time.
    once: bool,
    /// The request under way.
    asked: Option<u64>,
    pub sheet: Option<Box<Sheet>>,
    /// It cannot be drawn.
    pub failed: bool,
    pub images: Images,
    /// The small menu of the banner is open.
    pub choosing: bool,
}

/// What is known of the images that lie elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Images {
    pub remote: usize,
    pub trackers: usize,
    pub choice: ImageChoice,
    pub loaded: bool,
    pub missing: usize,
}

#[derive(Clone, Debug)]
pub enum Message {
    Said(Said),
    /// Shows the page again, or the text in its stead.
    AsText(bool),
    Dark(bool),
    /// Remote images are shown, for this time.
    Once,
    /// Remote images of this sender are always shown, or never.
    Keep(ImageChoice),
    Choosing(bool),
    Again,
    /// Opens a link that was asked about.
    Follow(String),
    /// Copies the address of a link.
    Copy(String),
}

impl Page {
    pub fn new(has: bool) -> Page {
        Page { has, ..Page::default() }
    }

    /// Whether the page is, or shall be, on the screen and not the text.
    pub fn is_shown(&self) -> bool {
        self.has && !self.as_text && !self.failed
    }

    /// Whether there is a page to switch to.
    pub fn has(&self) -> bool {
        self.has
    }

    /// The target of the link under the pointer.
    pub fn target(&self) -> Option<&str> {
        let sheet = self.sheet.as_ref().filter(|_| self.is_shown())?;
        sheet.layout.links.get(sheet.over?).map(|link| link.href.as_str())
    }

    /// What is selected on the page, where it is shown.
    pub fn selection(&self) -> Option<&str> {
        let sheet = self.sheet.as_ref().filter(|_| self.is_shown())?;
        Some(sheet.selection.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Whether it is in sight or soon may be, as far as the widget has told.
    fn is_near(&self) -> bool {
        self.near.is_none_or(|near| near.top > -2.0 * near.height)
    }

    /// What is printed of it: what is seen.
    pub fn form(&self) -> Form {
        if self.is_shown() { Form::Page { once: self.once } } else { Form::Text }
    }

    fn fail(&mut self) {
        self.failed = true;
        self.asked = None;
        self.sheet = None;
    }
}

impl State {
    /// About the page of a message; nothing is shown of it where it has none yet.
    pub(in crate::gui::screen::mail) fn paged(&mut self, id: Option<MessageId>, message: Message) -> Action {
        if let Message::Said(Said::Seen(width, near)) = message {
            return self.page_seen(id, width, near);
        }
        let Some((id, opened)) = id.and_then(|id| Some((id, self.reader.opened_mut(id)?))) else { return Action::None };
        let page = &mut opened.page;
        match message {
            Message::Said(said) => self.page_said(id, said),
            Message::AsText(as_text) => {
                page.as_text = as_text;
                let menu = self.open_menu(None);
                menu.and(self.ask_page(id)).and(self.find_anew())
            }
            Message::Dark(dark) => {
                page.dark = dark;
                let menu = self.open_menu(None);
                menu.and(self.look_anew(id))
            }
            Message::Once => {
                (page.once, page.choosing) = (true, false);
                self.ask_page_again(id)
            }
            Message::Keep(choice) => {
                page.choosing = false;
                match opened.sender() {
                    Some(sender) => Action::Ask(Ask::ChooseImages { sender, choice }, Tag::numbered(IMAGES, id.0)),
                    None => Action::None,
                }
            }
            Message::Choosing(choosing) => {
                page.choosing = choosing;
                Action::None
            }
            Message::Again => self.ask_page_again(id),
            Message::Follow(href) => self.open_menu(None).and(open(href)),
            Message::Copy(href) => self.open_menu(None).and(Action::Copy(href)),
        }
    }

    fn page_said(&mut self, id: MessageId, said: Said) -> Action {
        let Some(sheet) = self.reader.sheet_mut(id) else { return Action::None };
        match said {
            Said::Seen(..) => Action::None,
            Said::Over(link) => {
                sheet.over = link;
                Action::None
            }
            Said::Focused(link) => {
                sheet.over = link;
                self.reveal_link(id, link)
            }
            Said::Entered(link) => match sheet.link(link) {
                Some((text, href)) => self.follow(id, &text, href),
                None => Action::None,
            },
            Said::All => sheet.select_all(),
            Said::Scrolled(scroll) => self.scroll_page(scroll),
            Said::Pressed(at, unit) => sheet.press(at, unit),
            Said::Dragged(at) => sheet.drag(at),
            Said::Released(_) => match sheet.release() {
                Some((text, href)) => self.follow(id, &text, href),
                None => Action::None,
            },
        }
    }

    /// Opens a link, or asks first where it may not lead where it seems to.
    pub(in crate::gui::screen::mail) fn follow(&mut self, id: MessageId, text: &str, href: String) -> Action {
        let domain = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
        let own = self.accounts.all().iter().filter_map(|view| domain(&view.account.email));
        let sender = self.reader.opened(id).and_then(|opened| opened.sender());
        let known: Vec<String> = own.chain(sender.as_deref().and_then(domain)).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        match judge(text, &href, &known) {
            Verdict::Plain => open(href),
            verdict => self.open_menu(Some(Menu::Link(Box::new(Question { href, verdict })))),
        }
    }

    /// The pane tells how wide it is and what is in sight.
    fn page_seen(&mut self, id: Option<MessageId>, width: f32, near: Near) -> Action {
        let before = self.reader.looking.seen.replace((width, near));
        let Some((id, opened)) = id.and_then(|id| Some((id, self.reader.opened_mut(id)?))) else { return Action::None };
        opened.page.near = Some(near);
        let asked = self.ask_page(id);
        let rests = match before {
            Some((before, _)) if before != width => {
                self.rested = self.next();
                Action::After(REST, Tag::numbered(WIDTH, self.rested))
            }
            _ => Action::None,
        };
        Action::batch([asked, rests, self.fetch_tiles(id)])
    }

    /// Switches between the page and its text.
    pub(in crate::gui::screen::mail) fn toggle_page(&mut self) -> Action {
        match self.reader.message().filter(|opened| opened.page.has()) {
            Some(opened) => self.paged(Some(opened.view.row.id), Message::AsText(!opened.page.as_text)),
            None => Action::None,
        }
    }

    /// Asks for the page of a message, where it has one that is neither here nor on its way.
    pub(in crate::gui::screen::mail) fn ask_page(&mut self, id: MessageId) -> Action {
        let Some(page) = self.reader.opened(id).map(|opened| &opened.page) else { return Action::None };
        if !page.is_shown() || page.asked.is_some() || page.sheet.is_some() || !page.is_near() {
            return Action::None;
        }
        self.ask_page_now(id)
    }

    /// The same for all open messages.
    pub(in crate::gui::screen::mail) fn ask_pages(&mut self) -> Action {
        let all = self.all_open();
        Action::batch(all.into_iter().map(|id| self.ask_page(id)))
    }

    pub(super) fn all_open(&mut self) -> Vec<MessageId> {
        self.reader.all_opened().map(|opened| opened.view.row.id).collect()
    }

    /// The same although it is here; that stays on the screen until the other comes.
    fn ask_page_again(&mut self, id: MessageId) -> Action {
        if let Some(opened) = self.reader.opened_mut(id) {
            opened.page.failed = false;
        }
        self.ask_page_now(id)
    }

    fn ask_page_now(&mut self, id: MessageId) -> Action {
        let number = self.next();
        let looking = self.reader.looking;
        // Without a width the widget is waited for, which tells it as soon as it is drawn.
        let (Some(opened), Some((_, seen))) = (self.reader.opened_mut(id), looking.seen) else { return Action::None };
        let Some(view) = looking.view(opened.page.dark) else { return Action::None };
        opened.page.asked = Some(number);
        let near = opened.page.near.unwrap_or(seen);
        let near = if opened.page.sheet.is_some() { near } else { Near { top: 0.0, ..near } };
        let once = opened.page.once;
        Action::Ask(Ask::Page { id, view, once, near }, Tag::numbered(PAGE, number))
    }

    /// Takes the answers and the times of this file.
    pub(in crate::gui::screen::mail) fn page_answered(&mut self, tag: Tag, answer: Answer) -> Action {
        match (tag.name, answer) {
            (PAGE, Answer::Page(id, answer)) => self.page_came(id, tag.number, *answer),
            (SHEET, Answer::OfPage(told)) => self.page_told(tag.number, *told),
            (IMAGES, Answer::ImagesChosen(choice, answer)) => self.images_chosen(MessageId(tag.number), choice, answer),
            (WIDTH, Answer::Elapsed) if tag.number == self.rested => self.look_anew_all(),
            _ => Action::None,
        }
    }

    fn page_came(&mut self, id: MessageId, number: u64, answer: Result<Option<Came>, Problem>) -> Action {
        let opened = self.reader.opened_mut(id);
        let Some(page) = opened.map(|opened| &mut opened.page).filter(|page| page.asked == Some(number)) else {
            return Action::None;
        };
        page.asked = None;
        match answer {
            Ok(Some(came)) => {
                page.images = Images {
                    remote: came.facts.remote_images,
                    trackers: came.facts.trackers,
                    choice: came.choice,
                    loaded: came.loaded,
                    missing: came.missing,
                };
                match came.drawn {
                    Ok((paper, laid)) => page.sheet = Some(Box::new(Sheet::new(number, paper, laid))),
                    Err(_) => page.fail(),
                }
            }
            Ok(None) => page.has = false,
            Err(_) => page.fail(),
        }
        // The pane may have changed meanwhile.
        Action::batch([self.look_anew(id), self.fetch_tiles(id), self.find_in(id), self.light_page(id)])
    }

    fn fetch_tiles(&mut self, id: MessageId) -> Action {
        let seen = self.reader.looking.seen;
        let Some(page) = self.reader.opened_mut(id).map(|opened| &mut opened.page) else { return Action::None };
        let Some(near) = page.near.or(seen.map(|(_, near)| near)) else { return Action::None };
        page.sheet.as_mut().map(|sheet| sheet.fetch(near)).unwrap_or_default()
    }

    /// What is looked for is looked for again, where this is the message that the person is at.
    fn find_in(&mut self, id: MessageId) -> Action {
        if self.reader.active() == Some(id) { self.find_anew() } else { Action::None }
    }

    /// The words of the search that found it are lit on the page of a message.
    fn light_page(&mut self, id: MessageId) -> Action {
        let hits = self.reader.hits.clone();
        self.reader.sheet_mut(id).map(|sheet| sheet.light(&hits)).unwrap_or_default()
    }

    /// The same for all open messages.
    pub(super) fn light_pages(&mut self) -> Action {
        let all = self.all_open();
        Action::batch(all.into_iter().map(|id| self.light_page(id)))
    }

    fn page_told(&mut self, number: u64, told: Told) -> Action {
        let has = |opened: &&mut Opened| opened.page.sheet.as_ref().is_some_and(|sheet| sheet.number == number);
        let Some(opened) = self.reader.all_opened().find(has) else { return Action::None };
        let id = opened.view.row.id;
        let Some(sheet) = &mut opened.page.sheet else { return Action::None };
        match told {
            Told::Laid(Ok(laid)) => {
                sheet.laid(laid);
                Action::batch([self.look_anew(id), self.fetch_tiles(id), self.find_in(id), self.light_page(id)])
            }
            Told::Tile(at, Ok(tile)) => {
                // What was asked for before it was laid out anew is not waited for.
                if sheet.waiting.remove(&at)
                    && let Some(tile) = tile
                {
                    sheet.tiles.insert(at, tile);
                }
                self.fetch_tiles(id)
            }
            Told::Selected(Ok(selection)) => sheet.selected(selection),
            Told::Found(text, Ok(hits)) => self.found_on_page(id, &text, hits),
            Told::Lit { view, phrases, areas: Ok(areas) } => {
                sheet.lit(view, &phrases, areas);
                self.light_page(id)
            }
            // A search that fails finds nothing; the page is as it was.
            Told::Found(text, Err(RenderError::TooLarge)) => self.found_on_page(id, &text, Vec::new()),
            Told::Laid(Err(error))
            | Told::Tile(_, Err(error))
            | Told::Selected(Err(error))
            | Told::Found(_, Err(error))
            | Told::Lit { areas: Err(error), .. } => {
                tracing::info!(%error, "HTML is shown as text");
                opened.page.fail();
                self.find_in(id)
            }
        }
    }

    fn images_chosen(&mut self, id: MessageId, choice: ImageChoice, answer: Result<(), Problem>) -> Action {
        if let Err(problem) = answer {
            self.notice = Some(problem);
            return Action::None;
        }
        let Some(opened) = self.reader.opened_mut(id) else { return Action::None };
        opened.page.images.choice = choice;
        if choice == ImageChoice::Always { self.ask_page_again(id) } else { Action::None }
    }
}

/// Opens a link that is in order: mail is written here, everything else is the desktop's.
pub(in crate::gui::screen) fn open(href: String) -> Action {
    if href.starts_with('#') {
        return Action::None;
    }
    if href.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
        return Action::Open(Open::Mailto(href));
    }
    Action::OpenUrl(href)
}
