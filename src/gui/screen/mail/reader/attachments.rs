//! The attachments of a message that is read: [`files`] with the reader's messages around it.

use super::Opened;
use super::view::Message as Read;
use crate::gui::action::Action;
use crate::gui::keymap::Press;
use crate::gui::screen::files::{self, Wish};
use crate::gui::screen::mail::{Message as Screen, State};
use crate::service::MessagePlace;
use iced::Element;

/// All attachments of the message.
pub fn view<'a>(state: &'a State, opened: &'a Opened) -> Element<'a, Screen> {
    let place = MessagePlace::stored(opened.view.row.id);
    let whole = !opened.page.is_shown();
    files::list(&state.files, &place, opened.attachments(), whole).map(|message| Screen::Read(Read::Files(message)))
}

/// What lies over the window: the preview of an attachment, the question before it is opened.
pub fn overlay(state: &State) -> Vec<Element<'_, Screen>> {
    let all = files::overlay(&state.files).into_iter();
    all.map(|layer| layer.map(|message| Screen::Read(Read::Files(message)))).collect()
}

impl State {
    pub(super) fn filed(&mut self, message: files::Message) -> Action {
        let scale = self.reader.looking.scale;
        let attachments = self.reader.message().map(Opened::attachments).unwrap_or_default();
        let wish = self.files.update(message, attachments, scale);
        self.wished(wish)
    }

    /// A key, while something lies over the window.
    pub(in crate::gui::screen::mail) fn file_key(&mut self, press: &Press) -> Action {
        let wish = self.files.pressed(press);
        self.wished(wish)
    }

    fn wished(&mut self, wish: Wish) -> Action {
        match wish {
            Wish::Do(action) => action,
            Wish::Save(save) => self.save(save),
        }
    }
}
