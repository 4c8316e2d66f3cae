//! What the compose window looks like.

mod head;
mod keys;
mod later;
mod notice;
mod strip;

pub use keys::leaves;

use super::autosave::Saved;
use super::ending::Ending;
use super::{Compose, Layer, Message, ids};
use crate::fl;
use crate::gui::theme::{self, space};
use crate::gui::widget::control::{self, Role, Semantics, Step, button, control, icon_button, menu_item};
use crate::gui::widget::dashes::dashes;
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::lifted::lifted;
use crate::gui::widget::popover::{Flush, popover};
use crate::gui::widget::watch::watch;
use crate::gui::{font, theme::size};
use crate::i18n::{problem, units};
use crate::service::Problem;
use crate::service::model::{Account, Security};
use iced::widget::{center, column, container, opaque, row, rule, space as gap, stack, text, text_editor};
use iced::{Alignment, Element, Length, Padding};

/// The window with its draft.
pub fn view(compose: &Compose) -> Element<'_, Message> {
    let page = column![
        toolbar(compose),
        hairline(),
        head::view(compose),
        hairline(),
        notice::view(compose),
        later::field(compose),
        body(compose),
        strip::view(compose),
        hairline(),
        footer(compose),
    ];
    let page = container(page).width(Length::Fill).height(Length::Fill).style(theme::ground::bg);
    if compose.layer == Layer::Closing { stack![page, closing()].into() } else { page.into() }
}

/// Before the draft is there.
pub fn waiting<'a>() -> Element<'a, Message> {
    let words = text(fl!("compose-opening")).style(theme::words::dim);
    container(center(words)).style(theme::ground::bg).into()
}

/// Where there is no draft to write on.
pub fn failed<'a>(failure: &Problem) -> Element<'a, Message> {
    let words = problem::words(failure);
    let close = button(ids::CLOSE, None, fl!("compose-close"), theme::press::plain, Some(Message::CloseRequested));
    let page = column![text(words.what), text(words.advice).style(theme::words::dim), close]
        .spacing(space::M)
        .max_width(480)
        .align_x(Alignment::Center);
    container(center(page)).padding(space::XL).style(theme::ground::bg).into()
}

fn hairline<'a>() -> Element<'a, Message> {
    rule::horizontal(1).style(theme::hairline).into()
}

fn toolbar(compose: &Compose) -> Element<'_, Message> {
    let idle = compose.ending.is_none();
    let sending = compose.ending == Some(Ending::Send);
    let name = if sending { fl!("compose-sending") } else { fl!("compose-send") };
    let on_send = idle.then_some(Message::SendPressed);
    let send = button(ids::SEND, Some(Icon::Send), name, theme::press::primary, on_send);
    let send = control::hint(send, fl!("compose-send-hint"), Some(fl!("compose-key-send")));
    let on_later = idle.then_some(Message::LaterPressed);
    let later = button(ids::LATER, Some(Icon::CalendarClock), fl!("compose-later"), theme::press::quiet, on_later);
    let later = control::hint(later, fl!("compose-later-hint"), Some(fl!("compose-key-later")));
    let times = (compose.layer == Layer::Later).then(later::menu);
    let later = popover(later, times).on_dismiss(Message::MenuLeft);
    let on_attach = idle.then_some(Message::AttachPressed);
    let attach = button(ids::ATTACH, Some(Icon::Paperclip), fl!("compose-attach"), theme::press::quiet, on_attach);
    let attach = control::hint(attach, fl!("compose-attach-hint"), Some(fl!("compose-key-attach")));
    let more = icon_button(ids::MORE, Icon::Ellipsis, fl!("compose-more"), None, idle.then_some(Message::MenuPressed));
    let menu = (compose.layer == Layer::Menu).then(|| menu(compose));
    let more = popover(more, menu).on_dismiss(Message::MenuLeft).flush(Flush::Right);
    let bar = row![send, later, gap::horizontal(), attach, more].spacing(space::S).align_y(Alignment::Center);
    container(bar).padding([12.0, 16.0]).width(Length::Fill).into()
}

/// One step to the neighbour in a menu.
fn stepped(step: Step) -> Message {
    Message::BodyLeft { backwards: step == Step::Back }
}

fn menu(compose: &Compose) -> Element<'_, Message> {
    let sign = compose.base.report.then_some(Icon::Check);
    let report = menu_item(ids::MENU_REPORT, sign, fl!("compose-report"), None, Some(Message::ReportToggled), stepped);
    let keep =
        menu_item(ids::MENU_KEEP, Some(Icon::Save), fl!("compose-keep"), None, Some(Message::KeepPressed), stepped);
    let discard = menu_item(
        ids::MENU_DISCARD,
        Some(Icon::Trash2),
        fl!("compose-discard"),
        None,
        Some(Message::DiscardPressed),
        stepped,
    );
    let list = container(column![report, keep, discard]).padding(space::XS).width(280).style(theme::ground::menu);
    control(ids::MENU, Semantics::new(Role::Menu, fl!("compose-more")), list).into()
}

fn body(compose: &Compose) -> Element<'_, Message> {
    let selected = compose.body.content().cursor().selection.is_some();
    let editor = text_editor(compose.body.content())
        .id(ids::BODY)
        .font(font::REGULAR)
        .size(size::MESSAGE)
        .line_height(size::line(24.0))
        .padding(Padding { top: 16.0, right: 24.0, bottom: 16.0, left: 24.0 })
        .height(Length::Fill)
        .placeholder(fl!("compose-body-hint"))
        .style(theme::bare_editor)
        .key_binding(move |press| keys::in_body(press, selected))
        .on_action(Message::Edited);
    let editor = control(ids::BODY, Semantics::new(Role::MultilineField, fl!("compose-body")), editor);
    let editor = watch(editor).on_paste(|text| Some(Message::BodyPasted(text)));
    if compose.hover.files.is_empty() {
        return editor.into();
    }
    stack![editor, container(drop_target(compose)).padding(14)].into()
}

/// Laid over the text while files are held above the window.
fn drop_target(compose: &Compose) -> Element<'_, Message> {
    let count = compose.hover.files.len();
    let title = text(fl!("compose-drop", count = count)).font(font::SEMIBOLD).size(17).style(theme::words::accent);
    let names = match (compose.hover.size, compose.limit) {
        (Some(size), Some(limit)) => fl!(
            "compose-drop-limit",
            names = compose.hover.names(),
            size = units::size(size),
            limit = units::size(limit)
        ),
        (Some(size), None) => fl!("compose-drop-size", names = compose.hover.names(), size = units::size(size)),
        (None, _) => compose.hover.names(),
    };
    let names = text(names).size(size::SMALL).style(theme::words::dim);
    let sign = icon(Icon::Paperclip, 34.0).style(theme::words::accent);
    let words = column![sign, title, names].spacing(space::M).align_x(Alignment::Center);
    let frame = dashes(2.0, 16.0, |theme| {
        let tokens = theme::tokens(theme);
        (tokens.accent, iced::Color { a: 0.92, ..tokens.accent_bg })
    });
    let semantics = Semantics::new(Role::Status, fl!("compose-drop", count = count));
    control(ids::DROP, semantics, stack![frame, center(words)]).into()
}

fn footer(compose: &Compose) -> Element<'_, Message> {
    let (sign, words, style): (_, _, fn(&iced::Theme) -> text::Style) = match compose.saving.state(compose.now) {
        Saved::Untouched => (None, String::new(), theme::words::dim),
        Saved::Pending => (None, fl!("compose-saving"), theme::words::dim),
        Saved::At(ago) => (Some(Icon::Check), saved(ago.as_secs()), theme::words::dim),
        Saved::Failed(failure) => {
            let words = problem::words(failure);
            (Some(Icon::TriangleAlert), fl!("compose-not-saved", what = words.what), theme::words::bad)
        }
    };
    let left = status(ids::SAVED, sign, words, style);
    let right = match compose.account() {
        Some(account) => route(account),
        None => status(ids::ROUTE, Some(Icon::TriangleAlert), fl!("compose-no-account"), theme::words::warn),
    };
    let line = row![left, gap::horizontal(), right].spacing(space::L).align_y(Alignment::Center);
    container(line).padding([6.0, 14.0]).width(Length::Fill).style(theme::ground::pane).into()
}

fn saved(seconds: u64) -> String {
    match seconds {
        0..=1 => fl!("compose-saved-now"),
        2..=59 => fl!("compose-saved-seconds", count = seconds),
        _ => fl!("compose-saved-minutes", count = (seconds / 60)),
    }
}

/// How the message will go out.
fn route<'a>(account: &Account) -> Element<'a, Message> {
    let host = account.outgoing.host.as_str();
    match account.outgoing.security {
        Security::Tls => {
            let words = fl!("compose-route-tls", host = host);
            status(ids::ROUTE, Some(Icon::Lock), words, theme::words::dim)
        }
        Security::StartTls => {
            let words = fl!("compose-route-starttls", host = host);
            status(ids::ROUTE, Some(Icon::Lock), words, theme::words::dim)
        }
        Security::None => {
            let words = fl!("compose-route-plain", host = host);
            status(ids::ROUTE, Some(Icon::LockOpen), words, theme::words::warn)
        }
    }
}

fn status<'a>(
    id: iced::widget::Id,
    sign: Option<Icon>,
    words: String,
    style: fn(&iced::Theme) -> text::Style,
) -> Element<'a, Message> {
    let mut line = row![].spacing(space::XS).align_y(Alignment::Center);
    if let Some(sign) = sign {
        line = line.push(icon(sign, 13.0).style(style));
    }
    let shown = text(words.clone()).size(size::META).line_height(size::line(16.0)).style(style);
    control(id, Semantics::new(Role::Status, words), line.push(shown)).into()
}

/// Asks what becomes of the draft.
fn closing<'a>() -> Element<'a, Message> {
    let title = text(fl!("compose-closing")).font(font::SEMIBOLD).size(17);
    let words = text(fl!("compose-closing-words")).style(theme::words::dim);
    let stay = button(ids::STAY, None, fl!("compose-stay"), theme::press::quiet, Some(Message::StayPressed));
    let discard =
        button(ids::DISCARD, None, fl!("compose-discard"), theme::press::danger, Some(Message::DiscardPressed));
    let keep = button(ids::KEEP, None, fl!("compose-keep"), theme::press::primary, Some(Message::KeepPressed));
    let buttons = row![stay, gap::horizontal(), discard, keep].spacing(space::S);
    let card = container(column![title, words, buttons].spacing(space::M)).padding(space::XL).max_width(460);
    let card =
        control(ids::CLOSING, Semantics::new(Role::Dialog, fl!("compose-closing")), card.style(theme::ground::dialog))
            .radius(theme::radius::DIALOG);
    opaque(center(lifted(theme::radius::DIALOG, card)).style(theme::ground::scrim))
}
