//! A folder's name in the making, in the place of its line.

use super::super::folder_deeds::{self, Message as Folder};
use super::super::{Message, State};
use super::INDENT;
use crate::fl;
use crate::gui::theme;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::watch::watch;
use iced::keyboard::{Key, key::Named};
use iced::widget::{column, container, text};
use iced::{Element, Padding};

pub fn field(state: &State, depth: usize) -> Element<'_, Message> {
    let words = state.editing.as_ref().map(|editing| editing.text.as_str()).unwrap_or_default();
    let field = control::input(&fl!("new-folder-name"), words)
        .padding([5.0, 8.0])
        .on_input(|text| Message::Folder(Folder::Text(text)))
        .on_submit(Message::Folder(Folder::Done));
    let field = control::field(folder_deeds::FIELD, fl!("new-folder-name"), field).value(words);
    let field = watch(field)
        .on_key(|key, _| matches!(key, Key::Named(Named::Escape)).then_some(Message::Folder(Folder::Leave)))
        .on_blur(Message::Folder(Folder::Blurred));
    let mut all = column![field].spacing(theme::space::XS);
    if let Some(flaw) = state.name_flaw() {
        let words = text(flaw.clone()).size(theme::size::META).style(theme::words::bad);
        all = all.push(control::control("folder-name-flaw", Semantics::new(Role::Alert, flaw), words));
    }
    // The words stand where those of the line stood, behind the sign.
    let indent = 8.0 + INDENT * depth as f32 + 18.0;
    container(all).padding(Padding { left: indent, right: 4.0, top: 0.0, bottom: 2.0 }).into()
}
