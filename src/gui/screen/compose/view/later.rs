//! The menu of times at which the message may leave, and the field for another one.

use super::super::{Compose, Message, ids};
use super::{keys, stepped};
use crate::fl;
use crate::gui::screen::later::offered;
use crate::gui::theme::{self, size, space};
use crate::gui::widget::control::{Role, Semantics, button, control, menu_item, text_field};
use crate::gui::widget::icon::Icon;
use crate::gui::widget::watch::watch;
use iced::keyboard::Key;
use iced::keyboard::key::Named;
use iced::widget::{column, container, row, text};
use iced::{Element, Length};
use jiff::Zoned;

pub fn menu<'a>() -> Element<'a, Message> {
    let items = offered(&Zoned::now()).into_iter().enumerate().map(|(place, (words, at))| {
        let id = format!("compose-later-{place}");
        menu_item(id, Some(Icon::Clock), words, None, Some(Message::LaterChosen(at)), stepped)
    });
    let other = menu_item(
        ids::LATER_OTHER,
        Some(Icon::CalendarClock),
        fl!("compose-later-other"),
        None,
        Some(Message::OtherTimePressed),
        stepped,
    );
    let list = container(column(items).push(other)).padding(space::XS).width(320).style(theme::ground::menu);
    control(ids::LATER_MENU, Semantics::new(Role::Menu, fl!("compose-later")), list).into()
}

/// The field, while a time is typed.
pub fn field(compose: &Compose) -> Option<Element<'_, Message>> {
    let time = compose.time.as_ref()?;
    let name = fl!("compose-time");
    let line = text_field(ids::TIME_NAME, name.clone(), &name, &time.text, Message::TimeTyped);
    let line = watch(container(line).width(Length::Fill)).on_key(|key, modifiers| {
        let enter = *key == Key::Named(Named::Enter);
        if enter && modifiers.is_empty() { Some(Message::TimeFinished) } else { keys::in_line(key, modifiers) }
    });
    let finish = Some(Message::TimeFinished);
    let send = button(ids::TIME_SEND, None, fl!("compose-time-send"), theme::press::plain, finish);
    let leave = button(ids::TIME_LEAVE, None, fl!("compose-path-leave"), theme::press::quiet, Some(Message::TimeLeft));
    let style = if time.is_wrong { theme::words::bad } else { theme::words::dim };
    let words = text(time.words(&Zoned::now())).size(size::META).style(style);
    let bar = column![row![line, send, leave].spacing(space::S), words].spacing(space::XS);
    Some(container(bar).padding([10.0, 24.0]).into())
}
