//! The message that is read: what is asked for, what is shown, its text as something to select from.

mod cards;
pub(super) mod find;
pub(in crate::gui::screen) mod links;
pub(super) mod page;
mod page_look;
pub(super) mod page_view;
pub(super) mod printing;
mod quote;
pub(super) mod saving;
mod trust;
pub(super) mod view;
pub(super) mod whole;

use crate::service::model::{Attachment, MessageId, MessageView};
use crate::service::problem::Problem;
use iced::widget::text_editor;
use page::{Page, Sheet};
use page_look::Looking;
use quote::{Block, Piece};

/// Longer text is cut here; the whole is in the file that Save as writes.
const MOST_TEXT: usize = 1_000_000;
/// Up to here the text flows between header and attachments and is laid out whole;
/// above it scrolls by itself, and only what is visible is laid out.
const FLOW: usize = 48_000;
/// A line this long (in bytes) is broken: nobody writes one, and laying it out would take seconds.
const LONGEST_LINE: usize = 4_000;

/// What the reader shows.
#[derive(Debug, Default)]
pub enum Shown {
    #[default]
    Nothing,
    Loading,
    Failed(Problem),
    Message(Box<Opened>),
}

/// A piece of the text: its block, and which of its pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub block: usize,
    pub piece: usize,
}

/// A message on the screen.
#[derive(Debug)]
pub struct Opened {
    pub view: MessageView,
    /// The text, written and quoted blocks apart.
    pub blocks: Vec<Block>,
    /// The piece that was used last: what is selected there can be copied.
    used: Spot,
    /// The text is short enough to flow with the rest.
    pub flows: bool,
    /// The text was longer than is shown.
    pub cut: bool,
    /// All addresses are shown.
    pub expanded: bool,
    /// What is known about the sender is shown.
    pub trust_shown: bool,
    /// Why the rest of it could not be loaded, where only its headers are here.
    pub unloadable: Option<Problem>,
    /// The link under the last press, until the pointer is dragged.
    pressed: Option<String>,
    /// Its HTML.
    pub page: Page,
}

/// The reader's state.
#[derive(Debug, Default)]
pub struct Reader {
    pub shown: Shown,
    /// The message that is or shall be shown.
    wanted: Option<MessageId>,
    /// The request under way: one at a time, then the newest wish.
    asked: Option<MessageId>,
    pub looking: Looking,
    /// The search within the message, while its bar is open.
    pub find: Option<find::Find>,
}

impl Reader {
    pub fn message(&self) -> Option<&Opened> {
        match &self.shown {
            Shown::Message(opened) => Some(opened),
            _ => None,
        }
    }
    pub fn message_mut(&mut self) -> Option<&mut Opened> {
        match &mut self.shown {
            Shown::Message(opened) => Some(opened),
            _ => None,
        }
    }
    /// The open page of the message.
    fn sheet_mut(&mut self) -> Option<&mut Sheet> {
        self.message_mut()?.page.sheet.as_deref_mut()
    }
    /// Whether this message is on the screen, and shall be.
    pub fn shows(&self, id: MessageId) -> bool {
        self.wanted == Some(id) && self.message().is_some_and(|opened| opened.view.row.id == id)
    }
    /// The request under way was answered by something that is not for the screen.
    pub fn unasked(&mut self) {
        self.asked = None;
    }
    /// Wishes for a message, or for none. Returns what to ask for now.
    pub fn want(&mut self, id: Option<MessageId>) -> Option<MessageId> {
        if self.wanted == id {
            return None;
        }
        self.wanted = id;
        match id {
            None => {
                self.shown = Shown::Nothing;
                self.find = None;
                None
            }
            Some(id) => {
                // The message before stays on the screen for the few milliseconds until this one is here.
                if !matches!(self.shown, Shown::Message(_)) {
                    self.shown = Shown::Loading;
                }
                self.ask(id)
            }
        }
    }

    /// Asks for the wished message again: it changed, or failed.
    pub fn again(&mut self) -> Option<MessageId> {
        let id = self.wanted?;
        self.ask(id)
    }

    fn ask(&mut self, id: MessageId) -> Option<MessageId> {
        if self.asked.is_some() {
            return None;
        }
        self.asked = Some(id);
        Some(id)
    }

    /// Takes an answer. Returns what to ask for next; [`Reader::message`] has it where it was still wished.
    pub fn answered(&mut self, id: MessageId, answer: Result<MessageView, Problem>) -> Option<MessageId> {
        self.asked = None;
        let wanted = self.wanted?;
        if wanted != id {
            return self.ask(wanted);
        }
        match (answer, &mut self.shown) {
            // The same text again: flags changed. What is selected in it stays.
            (Ok(view), Shown::Message(opened)) if opened.view.row.id == id && opened.view.content == view.content => {
                opened.view = view;
            }
            (Ok(view), _) => self.shown = Shown::Message(Box::new(Opened::new(view))),
            (Err(problem), _) => self.shown = Shown::Failed(problem),
        }
        None
    }
}

impl Opened {
    pub fn new(view: MessageView) -> Opened {
        let (text, cut) = prepared(&view.content.text);
        let flows = text.len() <= FLOW;
        Opened {
            blocks: quote::blocks(&text, flows),
            used: Spot::default(),
            flows,
            cut,
            expanded: false,
            trust_shown: false,
            unloadable: None,
            pressed: None,
            page: Page::new(view.content.html.is_some() && !view.row.headers_only),
            view,
        }
    }

    /// What a person does to the text: selecting, never editing. A press on a link is kept for its release.
    pub fn perform(&mut self, spot: Spot, action: text_editor::Action) {
        if action.is_edit() {
            return;
        }
        let click = matches!(action, text_editor::Action::Click(_));
        let Some(piece) = self.piece_mut(spot) else { return };
        piece.text.perform(action);
        self.used = spot;
        self.pressed = if click { self.link_at_cursor() } else { None };
    }

    /// The pointer is released: the link that it was pressed on, if it was not dragged since.
    pub fn released(&mut self) -> Option<String> {
        self.pressed.take()
    }

    fn piece_mut(&mut self, spot: Spot) -> Option<&mut Piece> {
        self.blocks.get_mut(spot.block)?.pieces.get_mut(spot.piece)
    }

    fn used(&self) -> Option<&text_editor::Content> {
        self.blocks.get(self.used.block)?.pieces.get(self.used.piece).map(|piece| &piece.text)
    }

    /// The address of the one who wrote it; none where it is not one alone.
    pub fn sender(&self) -> Option<String> {
        match self.view.content.envelope.from.as_slice() {
            [one] if !one.addr.is_empty() => Some(one.addr.to_lowercase()),
            _ => None,
        }
    }

    /// What is selected, where something is.
    pub fn selection(&self) -> Option<String> {
        if self.page.is_shown() {
            return self.page.selection().map(String::from);
        }
        self.used()?.selection().filter(|text| !text.is_empty())
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.blocks.iter().flat_map(|block| &block.pieces).all(|piece| piece.text.is_empty())
    }

    /// Shows all of a quotation, or its first lines alone.
    pub fn fold(&mut self, block: usize) {
        if let Some(block) = self.blocks.get_mut(block) {
            block.open = !block.open;
            self.used = Spot::default();
        }
    }

    fn link_at_cursor(&self) -> Option<String> {
        let text = self.used()?;
        let at = text.cursor().position;
        let line = text.line(at.line)?;
        let found =
            links::find(&line.text).into_iter().find(|range| range.start <= at.column && at.column < range.end)?;
        line.text.get(found).map(String::from)
    }

    /// Attachments in the order of the message.
    pub fn attachments(&self) -> &[Attachment] {
        &self.view.content.attachments
    }
}

/// The text as it is shown: at most [`MOST_TEXT`], with no endless line, and whether something was left out.
fn prepared(text: &str) -> (String, bool) {
    let end = floor(text, MOST_TEXT);
    let shown = text.get(..end).unwrap_or_default();
    let mut out = String::with_capacity(shown.len() + 64);
    for (number, line) in shown.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let mut rest = line.trim_end_matches('\r');
        while rest.len() > LONGEST_LINE {
            let cut = floor(rest, LONGEST_LINE);
            let (head, tail) = rest.split_at(cut);
            out.push_str(head);
            out.push('\n');
            rest = tail;
        }
        out.push_str(rest);
    }
    let trimmed = out.trim_end().len();
    out.truncate(trimmed);
    (out, end < text.len())
}

/// The last boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether the desktop may open this by itself: kinds that show something and run nothing.
pub fn may_open(attachment: &Attachment) -> bool {
    const KINDS: &[&str] = &[
        "pdf", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "avif", "txt", "csv", "md", "log",
        "odt", "ods", "odp", "docx", "xlsx", "pptx", "epub", "mp3", "ogg", "opus", "flac", "wav", "m4a", "mp4", "webm",
        "mkv", "mov", "ics", "vcf",
    ];
    attachment.file_name.rsplit_once('.').is_some_and(|(_, kind)| KINDS.contains(&kind.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::screen::mail::fixtures::row;
    use crate::service::model::{Content, Trust};
    use proptest::prelude::*;

    fn view(id: u64, text: &str) -> MessageView {
        MessageView {
            row: row(id),
            account: "ada".into(),
            content: Content { text: text.into(), ..Content::default() },
            trust: Trust::default(),
        }
    }

    #[test]
    fn the_newest_wish_wins_and_one_request_runs_at_a_time() {
        let mut reader = Reader::default();
        assert_eq!(reader.want(Some(MessageId(1))), Some(MessageId(1)));
        assert_eq!(reader.want(Some(MessageId(2))), None);
        assert_eq!(reader.want(Some(MessageId(3))), None);
        assert_eq!(reader.answered(MessageId(1), Ok(view(1, "one"))), Some(MessageId(3)));
        assert!(reader.message().is_none(), "the first is not wished any more");
        assert_eq!(reader.answered(MessageId(3), Ok(view(3, "three"))), None);
        assert_eq!(reader.message().map(|m| m.view.row.id), Some(MessageId(3)));
        assert_eq!(reader.want(None), None);
        assert!(matches!(reader.shown, Shown::Nothing));
    }

    #[test]
    fn a_link_opens_on_release_and_not_after_a_drag() {
        use iced::Point;
        use iced::widget::text_editor::Action;
        let mut opened = Opened::new(view(1, "see https://mail.example/x now"));
        let spot = Spot::default();
        let position = text_editor::Position { line: 0, column: 8 };
        opened.piece_mut(spot).unwrap().text.move_to(text_editor::Cursor { position, selection: None });
        assert_eq!(opened.link_at_cursor().as_deref(), Some("https://mail.example/x"));
        opened.pressed = opened.link_at_cursor();
        opened.perform(spot, Action::Drag(Point::new(1.0, 1.0)));
        assert_eq!(opened.released(), None);
        opened.perform(spot, Action::Edit(text_editor::Edit::Insert('x')));
        assert!(!opened.used().unwrap().text().contains("xsee"), "the text cannot be edited");
    }

    #[test]
    fn only_kinds_that_run_nothing_open_by_themselves() {
        let named = |name: &str| Attachment { file_name: name.into(), ..Attachment::default() };
        for good in ["a.pdf", "scan.JPG", "x.tar.txt"] {
            assert!(may_open(&named(good)), "{good}");
        }
        for bad in ["run.sh", "a.exe", "x.desktop", "page.html", "pdf", "a.svg", "a.pdf.lnk", "m.docm"] {
            assert!(!may_open(&named(bad)), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn text_keeps_its_characters_and_has_no_endless_line(text in "[a-zé中\n]{0,3000}", repeat in 1usize..8) {
            let text = text.repeat(repeat);
            let (shown, cut) = prepared(&text);
            prop_assert!(!cut);
            prop_assert!(shown.split('\n').all(|line| line.len() <= LONGEST_LINE));
            let bare = |s: &str| s.replace('\n', "");
            prop_assert_eq!(bare(&shown), bare(&text));
        }
    }

    #[test]
    fn huge_text_is_cut_and_says_so() {
        let (shown, cut) = prepared(&"é".repeat(MOST_TEXT));
        assert!(cut && shown.len() <= MOST_TEXT + MOST_TEXT / LONGEST_LINE + 2);
    }
}
