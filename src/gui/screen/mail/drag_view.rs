//! What is carried, drawn beside the pointer.

use super::drag::What;
use super::{Message, State, folders};
use crate::fl;
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::lifted::lifted;
use crate::gui::{font, theme};
use iced::widget::{container, pin, row, text};
use iced::{Alignment, Element};

/// From the pointer to the card, so that it covers nothing that is aimed at.
const BESIDE: f32 = 14.0;

pub fn view(state: &State) -> Option<Element<'_, Message>> {
    let drag = state.drag.as_ref()?;
    let (sign, name, words) = match &drag.what {
        What::Messages(ids) => {
            let (sign, words) =
                if drag.copy { (Icon::Copy, fl!("drag-copy")) } else { (Icon::Mails, fl!("drag-move")) };
            (sign, fl!("drag-messages", count = state.messages_of(ids)), words)
        }
        What::Folder(id) => {
            let name = state.mailbox(*id).map(folders::name).unwrap_or_default();
            (Icon::Folder, name, fl!("drag-folder"))
        }
    };
    let card = row![
        icon(sign, theme::size::ICON_ROW),
        text(name.clone()).font(font::semibold(&name)).wrapping(text::Wrapping::None),
        text(words).style(theme::words::dim).wrapping(text::Wrapping::None),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let card = container(card).padding([8.0, 14.0]).style(theme::ground::menu);
    Some(pin(lifted(theme::radius::CARD, card)).x(drag.at.x + BESIDE).y(drag.at.y + BESIDE).into())
}
