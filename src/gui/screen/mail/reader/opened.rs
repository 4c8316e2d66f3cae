//! One message on the screen: its text as something to select from, and what a person does with it there.

use super::pieces::{Block, Piece, Text};
use super::{marks::LineLink, page::Page};
use crate::service::model::{Attachment, MessageView};
use crate::service::problem::Problem;
use iced::widget::text_editor;

/// The id of the text of a message that is shown by itself.
pub const TEXT: &str = "reader-text";

/// A piece of the text: its block, and which of its pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spot {
    pub block: usize,
    pub piece: usize,
}

/// A message on the screen.
#[derive(Debug)]
pub struct Opened {
    pub view: MessageView,
    /// The text: written and quoted blocks apart.
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
    pressed: Option<LineLink>,
    /// Where the link under the pointer leads.
    pub over: Option<String>,
    /// Its HTML.
    pub page: Page,
}

impl Opened {
    pub fn new(view: MessageView) -> Opened {
        let Text { blocks, flows, cut } = Text::of(&view.content);
        Opened {
            blocks,
            used: Spot::default(),
            flows,
            cut,
            expanded: false,
            trust_shown: false,
            unloadable: None,
            pressed: None,
            over: None,
            page: Page::new(view.content.html.is_some() && !view.row.headers_only),
            view,
        }
    }

    /// The same message again. What is selected in it stays where only its flags changed.
    pub fn renew(&mut self, view: MessageView) {
        if self.view.content == view.content && self.view.row.headers_only == view.row.headers_only {
            self.view = view;
        } else {
            *self = Opened::new(view);
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

    /// The pointer is released: the link that it was pressed on, if it was not dragged since. What it shows, and where
    /// it leads.
    pub fn released(&mut self) -> Option<(String, String)> {
        let LineLink { line, bytes, target } = self.pressed.take()?;
        let shown = self.used()?.text.line(line).and_then(|line| line.text.get(bytes).map(String::from));
        Some((shown.unwrap_or_default(), target))
    }

    fn piece_mut(&mut self, spot: Spot) -> Option<&mut Piece> {
        self.blocks.get_mut(spot.block)?.pieces.get_mut(spot.piece)
    }

    fn used(&self) -> Option<&Piece> {
        self.blocks.get(self.used.block)?.pieces.get(self.used.piece)
    }

    /// Selects a part of a line, and unfolds what hides it. How far down in its piece it is, from 0 to 1.
    pub fn select(&mut self, spot: Spot, line: usize, bytes: std::ops::Range<usize>) -> Option<f32> {
        if let Some(block) = self.blocks.get_mut(spot.block) {
            block.open |= spot.piece >= block.shown();
        }
        let piece = self.piece_mut(spot)?;
        let position = |column: usize| text_editor::Position { line, column };
        let cursor = text_editor::Cursor { position: position(bytes.end), selection: Some(position(bytes.start)) };
        piece.text.move_to(cursor);
        let part = line as f32 / piece.text.line_count().saturating_sub(1).max(1) as f32;
        self.used = spot;
        Some(part)
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
        self.used()?.text.selection().filter(|text| !text.is_empty())
    }

    /// Where the link under the pointer leads.
    pub fn target(&self) -> Option<&str> {
        if self.page.is_shown() { self.page.target() } else { self.over.as_deref() }
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

    fn link_at_cursor(&self) -> Option<LineLink> {
        let piece = self.used()?;
        let at = piece.text.cursor().position;
        piece.link_at(at.line, at.column).cloned()
    }

    /// Attachments in the order of the message.
    pub fn attachments(&self) -> &[Attachment] {
        &self.view.content.attachments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::screen::mail::fixtures::opened;
    use iced::Point;
    use iced::widget::text_editor::Action;

    #[test]
    fn a_link_opens_on_release_and_not_after_a_drag() {
        let mut opened = Opened::new(opened(1, "see www.mail.example/x now"));
        let spot = Spot::default();
        let position = text_editor::Position { line: 0, column: 8 };
        opened.piece_mut(spot).unwrap().text.move_to(text_editor::Cursor { position, selection: None });
        let found = opened.link_at_cursor();
        assert_eq!(found.as_ref().map(|link| link.target.as_str()), Some("https://www.mail.example/x"));
        opened.pressed = found.clone();
        assert_eq!(opened.released(), Some(("www.mail.example/x".into(), "https://www.mail.example/x".into())));
        opened.pressed = found;
        opened.perform(spot, Action::Drag(Point::new(1.0, 1.0)));
        assert_eq!(opened.released(), None);
        opened.perform(spot, Action::Edit(text_editor::Edit::Insert('x')));
        assert!(!opened.used().unwrap().text.text().contains("xsee"), "the text cannot be edited");
    }
}
