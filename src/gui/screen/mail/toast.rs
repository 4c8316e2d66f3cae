//! A few words at the bottom of the window, with Undo.

use super::{Message, State};
use crate::fl;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::lifted::lifted;
use crate::gui::{font, theme};
use crate::service::command::UndoToken;
use iced::widget::{container, row, text};
use iced::{Alignment, Element, Length};

/// What can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    Change(UndoToken),
    /// A submission whose delay still runs.
    Send(i64),
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub number: u64,
    pub words: String,
    pub undo: Option<Undo>,
}

impl Toast {
    /// How long it stays, in milliseconds.
    pub const LASTS: u64 = 10_000;
}

/// The toast above the status bar, in the middle.
pub fn view(state: &State) -> Option<Element<'_, Message>> {
    let toast = state.toast.as_ref()?;
    let mut line = row![text(&toast.words).size(theme::size::BODY).font(font::REGULAR)].spacing(18);
    if toast.undo.is_some() {
        let undo =
            control::link("toast-undo", fl!("undo"), theme::size::BODY, theme::press::toast, Some(Message::Undo));
        line = line.push(undo);
    }
    let card = container(line.align_y(Alignment::Center)).padding([10.0, 14.0]).style(theme::ground::toast);
    let card =
        control::control("toast", Semantics::new(Role::Status, toast.words.clone()), lifted(theme::radius::CARD, card));
    Some(
        container(card)
            .width(Length::Fill)
            .height(Length::Fill)
            .align_x(Alignment::Center)
            .align_y(Alignment::End)
            .padding(iced::Padding { bottom: 44.0, ..iced::Padding::ZERO })
            .into(),
    )
}
