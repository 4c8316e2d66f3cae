//! The main screen drawn: three panes, the status bar, and above them the menu and the toast.

use super::{Message, Place, State, drag_view, list, menu_view, outbox, reader, sidebar, statusbar, toast};
use crate::fl;
use crate::gui::action::Open;
use crate::gui::widget::carry::carry;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::split::split;
use crate::gui::{font, theme};
use crate::i18n::problem;
use crate::service::Problem;
use iced::widget::{column, container, row, rule, stack, text};
use iced::{Alignment, Element, Length};

/// The least widths of the panes.
const SIDEBAR: f32 = 150.0;
const LIST: f32 = 240.0;
/// Room for all buttons of its toolbar.
const READER: f32 = 312.0;

pub fn view(state: &State) -> Element<'_, Message> {
    let preferences = state.preferences();
    let middle: Element<'_, Message> = match state.place {
        Place::Outbox => column![list::head(state), line(), outbox::view(state)].into(),
        _ => list::view(state),
    };
    let inner = split(
        "split-list",
        fl!("split-list"),
        [middle, reader::view::view(state)],
        preferences.list_width,
        (LIST, READER),
        Message::ListResized,
    );
    let panes = split(
        "split-sidebar",
        fl!("split-sidebar"),
        [sidebar::view(state), inner.into()],
        preferences.sidebar_width,
        (SIDEBAR, LIST + READER),
        Message::SidebarResized,
    );
    let base = container(column![panes, line(), statusbar::view(state)]).style(theme::ground::bg);
    let mut layers = stack![base];
    for layer in reader::attachments::overlay(state) {
        layers = layers.push(layer);
    }
    if let Some(toast) = toast::view(state) {
        layers = layers.push(toast);
    }
    if let Some(menu) = menu_view::view(state) {
        layers = layers.push(menu);
    }
    if let Some(carried) = drag_view::view(state) {
        layers = layers.push(carried);
    }
    carry(layers.width(Length::Fill).height(Length::Fill), state.carrying()).into()
}

/// A hairline across.
pub fn line<'a>() -> Element<'a, Message> {
    rule::horizontal(1).style(theme::hairline).into()
}

/// Words in the middle of a pane, for a moment: it is loading.
pub fn quiet<'a>(words: String) -> Element<'a, Message> {
    let words = text(words).style(theme::words::dim).align_x(Alignment::Center);
    container(words).center(Length::Fill).padding(theme::space::XL).into()
}

/// An empty pane: a sign, words, and the one button that helps.
pub fn empty<'a>(sign: Icon, words: String, button: Option<Element<'a, Message>>) -> Element<'a, Message> {
    let mut all = column![
        icon(sign, 28.0).style(theme::words::faint),
        text(words).style(theme::words::dim).align_x(Alignment::Center),
    ]
    .spacing(theme::space::M)
    .align_x(Alignment::Center)
    .max_width(360);
    if let Some(button) = button {
        all = all.push(button);
    }
    container(all).center(Length::Fill).padding(theme::space::XL).into()
}

/// A pane that could not be read: what happened, that the mail is safe, the button that tries again, and Details.
pub fn failed<'a>(problem: &Problem, again: Message) -> Element<'a, Message> {
    let words = problem::words(problem);
    let sign = if statusbar::is_calm(&problem.kind) {
        icon(Icon::WifiOff, 28.0).style(theme::words::faint)
    } else {
        icon(Icon::CircleAlert, 28.0).style(theme::words::bad)
    };
    let mut all = column![
        sign,
        text(words.what.clone()).font(font::MEDIUM).align_x(Alignment::Center),
        text(words.advice).style(theme::words::dim).align_x(Alignment::Center),
    ]
    .spacing(theme::space::M)
    .align_x(Alignment::Center)
    .max_width(420);
    if let Some(details) = words.details {
        all = all.push(text(details).size(theme::size::META).style(theme::words::dim).align_x(Alignment::Center));
    }
    let again =
        control::button("pane-again", Some(Icon::RefreshCw), fl!("try-again"), theme::press::plain, Some(again));
    let details = Message::Open(Open::Transcript(problem.account.clone()));
    let details = control::button("pane-details", None, fl!("details"), theme::press::quiet, Some(details));
    let buttons = row![again, details].spacing(theme::space::S);
    let all = container(all.push(buttons)).center(Length::Fill).padding(theme::space::XL);
    control::control("pane-failed", Semantics::new(Role::Alert, words.what), all).into()
}

/// A banner across a pane: sign, words, and buttons at its end.
pub fn banner<'a>(
    sign: Icon,
    words: String,
    buttons: Vec<Element<'a, Message>>,
    ground: fn(&iced::Theme) -> container::Style,
) -> Element<'a, Message> {
    let body = text(words.clone()).size(theme::size::SMALL).line_height(theme::size::line(20.0)).width(Length::Fill);
    let buttons = row(buttons).spacing(theme::space::S).align_y(Alignment::Center);
    let body = row![icon(sign, theme::size::ICON_ROW), body, buttons].spacing(10).align_y(Alignment::Center);
    let body = container(body).padding([8.0, 12.0]).width(Length::Fill).style(ground);
    control::control(format!("banner-{words}"), Semantics::new(Role::Status, words), body).into()
}
