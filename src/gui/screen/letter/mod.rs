//! A window on one message that lies in a file (`postwren message.eml`) or is attached to another: it is read as the
//! reader reads, its page drawn, its attachments looked at and saved, the messages in it opened again; nothing of it
//! enters the mail store.

#[cfg(test)]
mod tests;
mod view;

use super::Screen;
use super::files::{self, Wish};
use super::mail::Message as Reading;
use super::mail::reader::page::{self, REST};
use super::mail::reader::page_look::{self, Looking};
use super::mail::reader::page_view::Question;
use super::mail::reader::pieces::Piece;
use super::mail::reader::pieces::{FLOW, MOST_TEXT};
use super::mail::reader::sheet::Sheet;
use super::mail::reader::{saving, view as reading};
use crate::fl;
use crate::gui::action::page::{Came, Near, Told};
use crate::gui::action::{Action, Answer, Ask, Open, Save, SaveSource, Tag};
use crate::gui::keymap::{self, Deed, Press};
use crate::gui::widget::page::Said;
use crate::i18n::problem;
use crate::mail::prose;
use crate::service::model::{Attachment, BlockKind};
use crate::service::page::{Verdict, judge};
use crate::service::{Letter, MessagePlace, Problem, Root};
use iced::widget::text_editor;
use std::path::PathBuf;

/// The steps of the zoom.
const ZOOMS: [f32; 9] = [0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0];

const READ: Tag = Tag::new("letter.read");
const SAVE: Tag = Tag::new("letter.save");
const PAGE: &str = "letter.page";
const WIDTH: &str = "letter.width";

#[derive(Debug)]
pub struct State {
    place: MessagePlace,
    shown: Shown,
    files: files::State,
    looking: Looking,
    /// What became of the last attempt to save.
    said: Option<String>,
    /// A link that is asked about.
    question: Option<Question>,
    number: u64,
    /// The number of the last change of the width.
    rested: u64,
}

#[derive(Debug)]
enum Shown {
    Loading,
    Failed(Problem),
    Read(Box<Opened>),
}

/// A message on the screen.
#[derive(Debug)]
struct Opened {
    letter: Letter,
    text: Piece,
    /// The text is short enough to flow with the rest.
    flows: bool,
    /// It was longer than is shown.
    cut: bool,
    page: Page,
    trust_shown: bool,
}

/// Its HTML.
#[derive(Debug, Default)]
struct Page {
    /// There is none, or it cannot be drawn.
    none: bool,
    failed: bool,
    as_text: bool,
    once: bool,
    asked: Option<u64>,
    sheet: Option<Box<Sheet>>,
    number: u64,
    /// Images that lie elsewhere, and whether they were asked for.
    remote: usize,
    loaded: bool,
}

impl Page {
    fn is_shown(&self) -> bool {
        !self.none && !self.failed && !self.as_text
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    Text(text_editor::Action),
    Files(files::Message),
    Page(Said),
    /// What the reader's parts say that are shown here.
    Reader(Box<Reading>),
    /// The page, or its text.
    AsText(bool),
    /// Remote images are shown, for this time.
    Once,
    Source,
    Save,
    Again,
}

/// Where something of a message goes without a dialog: beside the file that it came with, else where files are usually
/// saved.
pub fn directory_for(place: &MessagePlace) -> PathBuf {
    match &place.root {
        Root::File(file) => {
            let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
            directory.map_or_else(|| PathBuf::from("."), PathBuf::from)
        }
        Root::Stored(_) => saving::downloads(),
    }
}

impl State {
    pub fn new(place: MessagePlace) -> (State, Action) {
        let action = Action::Ask(Ask::Letter(place.clone()), READ);
        let state = State {
            place,
            shown: Shown::Loading,
            files: files::State::default(),
            looking: Looking::default(),
            said: None,
            question: None,
            number: 0,
            rested: 0,
        };
        (state, action)
    }

    fn opened(&mut self) -> Option<&mut Opened> {
        match &mut self.shown {
            Shown::Read(opened) => Some(opened),
            _ => None,
        }
    }

    fn sheet(&mut self) -> Option<&mut Sheet> {
        self.opened()?.page.sheet.as_deref_mut()
    }

    fn next(&mut self) -> u64 {
        self.number = self.number.wrapping_add(1);
        self.number
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Text(action) => {
                if let Some(opened) = self.opened().filter(|_| !action.is_edit()) {
                    opened.text.text.perform(action);
                }
                Action::None
            }
            Message::Files(message) => {
                let attachments: &[Attachment] = match &self.shown {
                    Shown::Read(opened) => &opened.letter.content.attachments,
                    _ => &[],
                };
                let wish = self.files.update(message, attachments, self.looking.scale);
                self.wished(wish)
            }
            Message::Page(said) => self.page_said(said),
            Message::Reader(message) => self.reader_said(*message),
            Message::AsText(as_text) => {
                if let Some(opened) = self.opened() {
                    opened.page.as_text = as_text;
                }
                self.ask_page()
            }
            Message::Once => {
                if let Some(opened) = self.opened() {
                    opened.page.once = true;
                }
                self.ask_page_now()
            }
            Message::Source => Action::Open(Open::Source(self.place.clone())),
            Message::Save => {
                let subject = super::mail::safe_name(&self.title());
                let source = match self.place.id() {
                    Some(id) => SaveSource::Raw(id),
                    None => SaveSource::Letter(self.place.clone()),
                };
                self.save(Save { file_name: format!("{subject}.eml"), source })
            }
            Message::Again => Action::Ask(Ask::Letter(self.place.clone()), READ),
        }
    }

    fn wished(&mut self, wish: Wish) -> Action {
        match wish {
            Wish::Do(action) => action,
            Wish::Save(save) => self.save(save),
        }
    }

    fn save(&mut self, save: Save) -> Action {
        Action::SaveAs(save, SAVE)
    }

    /// The parts of the reader speak its language: what they say of the sender and of links is meant here.
    fn reader_said(&mut self, message: Reading) -> Action {
        match message {
            Reading::Read(reading::Message::Trust) => {
                if let Some(opened) = self.opened() {
                    opened.trust_shown = !opened.trust_shown;
                }
            }
            Reading::Read(reading::Message::Page(page::Message::Follow(href))) => {
                self.question = None;
                return page::open(href);
            }
            Reading::Read(reading::Message::Page(page::Message::Copy(href))) => {
                self.question = None;
                return Action::Copy(href);
            }
            Reading::Menu(None) => self.question = None,
            _ => {}
        }
        Action::None
    }

    fn page_said(&mut self, said: Said) -> Action {
        if let Said::Seen(width, near) = said {
            return self.seen(width, near);
        }
        let looking = self.looking;
        let Some(sheet) = self.sheet() else { return Action::None };
        match said {
            Said::Seen(..) => Action::None,
            Said::Over(link) => {
                sheet.over = link;
                Action::None
            }
            Said::Focused(link) => {
                sheet.over = link;
                match looking.seen {
                    Some((_, near)) => page_look::reveal(view::SCROLL, sheet, near, link),
                    None => Action::None,
                }
            }
            Said::Entered(link) => match sheet.link(link) {
                Some((text, href)) => self.follow(&text, href),
                None => Action::None,
            },
            Said::All => sheet.select_all(),
            Said::Scrolled(scroll) => page_look::scroll_by(view::SCROLL, looking, scroll),
            Said::Pressed(at, unit) => sheet.press(at, unit),
            Said::Dragged(at) => sheet.drag(at),
            Said::Released(_) => match sheet.release() {
                Some((text, href)) => self.follow(&text, href),
                None => Action::None,
            },
        }
    }

    /// Opens a link, or asks first where it may not lead where it seems to.
    fn follow(&mut self, text: &str, href: String) -> Action {
        let sender = match &self.shown {
            Shown::Read(opened) => opened.letter.content.envelope.from.first().map(|from| from.addr.to_lowercase()),
            _ => None,
        };
        let known: Vec<&str> = sender.as_deref().and_then(|a| a.rsplit_once('@')).map(|(_, d)| d).into_iter().collect();
        match judge(text, &href, &known) {
            Verdict::Plain => page::open(href),
            verdict => {
                self.question = Some(Question { href, verdict });
                Action::FocusNext
            }
        }
    }

    fn seen(&mut self, width: f32, near: Near) -> Action {
        let before = self.looking.seen.replace((width, near));
        let asked = self.ask_page();
        let rests = match before {
            Some((before, _)) if before != width => {
                self.rested = self.next();
                Action::After(REST, Tag::numbered(WIDTH, self.rested))
            }
            _ => Action::None,
        };
        Action::batch([asked, rests, self.fetch_tiles()])
    }

    /// The window is of another fineness.
    pub fn scaled(&mut self, scale: f32) -> Action {
        self.looking.scale = scale;
        self.look_anew()
    }

    fn zoom(&mut self, step: i8) -> Action {
        self.looking.zoom = page_look::zoomed(&ZOOMS, self.looking.zoom, step);
        self.look_anew()
    }

    fn ask_page(&mut self) -> Action {
        let wanted =
            self.opened().is_some_and(|o| o.page.is_shown() && o.page.asked.is_none() && o.page.sheet.is_none());
        if wanted { self.ask_page_now() } else { Action::None }
    }

    fn ask_page_now(&mut self) -> Action {
        let (number, looking, place) = (self.next(), self.looking, self.place.clone());
        // Without a width the widget is waited for, which tells it as soon as it is drawn.
        let (Some(opened), Some((_, near)), Some(view)) = (self.opened(), looking.seen, looking.view(false)) else {
            return Action::None;
        };
        opened.page.asked = Some(number);
        let once = opened.page.once;
        Action::Ask(Ask::LetterPage { place, view, once, near }, Tag::numbered(PAGE, number))
    }

    fn look_anew(&mut self) -> Action {
        let looking = self.looking;
        let (Some(view), Some((_, near))) = (looking.view(false), looking.seen) else { return Action::None };
        self.sheet().map(|sheet| sheet.look(view, near)).unwrap_or_default()
    }

    fn fetch_tiles(&mut self) -> Action {
        let Some((_, near)) = self.looking.seen else { return Action::None };
        self.sheet().map(|sheet| sheet.fetch(near)).unwrap_or_default()
    }

    fn page_came(&mut self, number: u64, answer: Result<Option<Came>, Problem>) -> Action {
        let Some(opened) = self.opened().filter(|opened| opened.page.asked == Some(number)) else {
            return Action::None;
        };
        let page = &mut opened.page;
        page.asked = None;
        match answer {
            Ok(Some(came)) => {
                (page.remote, page.loaded) = (came.facts.remote_images, came.loaded);
                match came.drawn {
                    Ok((paper, laid)) => {
                        page.sheet = Some(Box::new(Sheet::new(number, paper, laid)));
                        page.number = number;
                    }
                    Err(_) => page.failed = true,
                }
            }
            Ok(None) => page.none = true,
            Err(_) => page.failed = true,
        }
        self.look_anew().and(self.fetch_tiles())
    }

    fn page_told(&mut self, number: u64, told: Told) -> Action {
        if self.opened().is_none_or(|opened| opened.page.number != number) {
            return Action::None;
        }
        let Some(sheet) = self.sheet() else { return Action::None };
        match told {
            Told::Laid(Ok(laid)) => {
                sheet.laid(laid);
                self.look_anew().and(self.fetch_tiles())
            }
            Told::Tile(at, Ok(tile)) => {
                // What was asked for before it was laid out anew is not waited for.
                if sheet.waiting.remove(&at)
                    && let Some(tile) = tile
                {
                    sheet.tiles.insert(at, tile);
                }
                self.fetch_tiles()
            }
            Told::Selected(Ok(selection)) => sheet.selected(selection),
            Told::Found(..) | Told::Lit { .. } => Action::None,
            Told::Laid(Err(error)) | Told::Tile(_, Err(error)) | Told::Selected(Err(error)) => {
                tracing::info!(%error, "HTML is shown as text");
                if let Some(opened) = self.opened() {
                    opened.page.failed = true;
                    opened.page.sheet = None;
                }
                Action::None
            }
        }
    }

    /// What is selected, on the page or in the text.
    fn selection(&self) -> Option<String> {
        let Shown::Read(opened) = &self.shown else { return None };
        let selected = match &opened.page.sheet {
            Some(sheet) if opened.page.is_shown() => Some(sheet.selection.text.clone()),
            _ => opened.text.text.selection(),
        };
        selected.filter(|text| !text.is_empty())
    }
}

impl Opened {
    fn new(letter: Letter) -> Opened {
        let text = &letter.content.text;
        let end = text.floor_char_boundary(MOST_TEXT);
        let (shown, cut) = (text.get(..end).unwrap_or_default(), end < text.len());
        let page = Page { none: letter.content.html.is_none(), ..Page::default() };
        Opened {
            text: Piece::new(BlockKind::Written, shown, &prose::links(shown)),
            flows: end <= FLOW,
            cut,
            page,
            trust_shown: false,
            letter,
        }
    }
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        match answer {
            Answer::Letter(answer) if tag == READ => {
                self.shown = match *answer {
                    Ok(letter) => Shown::Read(Box::new(Opened::new(letter))),
                    Err(problem) => Shown::Failed(problem),
                };
                return self.ask_page();
            }
            Answer::LetterPage(answer) if tag.name == PAGE => return self.page_came(tag.number, *answer),
            Answer::OfPage(told) if tag.name == page::SHEET => return self.page_told(tag.number, *told),
            Answer::Elapsed if tag == Tag::numbered(WIDTH, self.rested) => return self.look_anew(),
            Answer::Saved(Ok(Some(path))) => self.said = Some(fl!("said-saved", path = path.display().to_string())),
            Answer::Saved(Err(problem)) => self.said = Some(problem::words(&problem).to_string()),
            Answer::NoDialog(Some(save)) => return Action::SaveTo(save, directory_for(&self.place), SAVE),
            answer @ (Answer::Preview(_) | Answer::Sheet { .. } | Answer::Opened(_)) => {
                match self.files.answered(tag, answer) {
                    Ok(action) => return action,
                    Err(problem) => self.said = Some(problem::words(&problem).to_string()),
                }
            }
            _ => {}
        }
        Action::None
    }

    fn title(&self) -> String {
        match &self.shown {
            Shown::Read(opened) => match opened.letter.content.envelope.subject.trim() {
                "" => fl!("no-subject"),
                subject => subject.to_string(),
            },
            _ => match &self.place.root {
                Root::File(file) => file.display().to_string(),
                Root::Stored(_) => fl!("letter-attached"),
            },
        }
    }

    fn pressed(&mut self, press: &Press) -> Action {
        if self.files.is_open() {
            let wish = self.files.pressed(press);
            return self.wished(wish);
        }
        let deed = keymap::deed(press);
        if self.question.is_some() {
            if deed == Some(Deed::Escape) {
                self.question = None;
            }
            return Action::None;
        }
        match deed {
            Some(Deed::CloseWindow | Deed::Escape) => Action::Close,
            Some(Deed::Quit) => Action::Quit,
            Some(Deed::Source) => self.update(Message::Source),
            Some(Deed::Copy) => self.selection().map(Action::Copy).unwrap_or_default(),
            Some(Deed::ZoomIn) => self.zoom(1),
            Some(Deed::ZoomOut) => self.zoom(-1),
            Some(Deed::ZoomReset) => self.zoom(0),
            Some(Deed::TogglePage) => match &self.shown {
                Shown::Read(opened) if !opened.page.none => {
                    let as_text = !opened.page.as_text;
                    self.update(Message::AsText(as_text))
                }
                _ => Action::None,
            },
            Some(Deed::PageDown) => Action::ScrollBy(view::SCROLL, 400.0),
            Some(Deed::PageUp) => Action::ScrollBy(view::SCROLL, -400.0),
            Some(Deed::Next) => Action::ScrollBy(view::SCROLL, 60.0),
            Some(Deed::Previous) => Action::ScrollBy(view::SCROLL, -60.0),
            Some(Deed::New) => {
                Action::Open(Open::Compose { origin: crate::service::model::DraftOrigin::New, reply_all: false })
            }
            _ => Action::None,
        }
    }
}
