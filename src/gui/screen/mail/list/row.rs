//! A row of the message list: who, when, what, and the first words.

use crate::fl;
use crate::gui::screen::mail::{Message, State};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::{self, Address, Flags, Row};
use iced::widget::{button, column, container, row, space, text};
use iced::{Alignment, Element, Length, Padding};

pub fn view(state: &State, index: u64) -> Element<'_, Message> {
    match state.pages.get(index) {
        Some(row) => known(state, index, row),
        None => unknown(index),
    }
}

/// A row that is not read yet: two bars where the words will be.
fn unknown<'a>(index: u64) -> Element<'a, Message> {
    let bar = |width: f32| container(space().width(width).height(10)).style(theme::ground::line);
    let width = 120.0 + (index % 5) as f32 * 24.0;
    container(column![bar(width), bar(width + 80.0)].spacing(10)).padding([16.0, 28.0]).width(Length::Fill).into()
}

fn known<'a>(state: &'a State, index: u64, row_: &'a Row) -> Element<'a, Message> {
    let unread = !row_.flags.contains(Flags::SEEN);
    let who = who(state, row_);
    let strong = if unread { font::SEMIBOLD } else { font::medium(&who) };
    let subject = if row_.subject.trim().is_empty() { fl!("no-subject") } else { row_.subject.clone() };
    let dot: Element<'a, Message> =
        if unread { container(space().width(8).height(8)).style(dot_style).into() } else { space().width(8).into() };
    let first = row![line(who.clone()).font(strong)]
        .extend(signs(row_))
        .push(when(state, row_))
        .spacing(5)
        .align_y(Alignment::Center);
    let second = line(subject.clone()).font(if unread { font::SEMIBOLD } else { font::REGULAR });
    let second = row![second].extend(star(row_)).spacing(5).align_y(Alignment::Center);
    let third = line(row_.preview.as_str()).size(theme::size::SMALL).height(18.0).style(theme::words::dim);
    let body = row![
        container(dot).padding(Padding { top: 6.0, right: 6.0, ..Padding::ZERO }),
        column![first, second, third].width(Length::Fill),
    ];
    let body = container(body).padding(Padding { top: 7.0, right: 14.0, bottom: 0.0, left: 14.0 }).width(Length::Fill);
    let semantics = Semantics { value: Some(who), ..Semantics::new(Role::ListItem, subject) };
    control::control(format!("row-{}", row_.id), semantics, body)
        .selected(state.selection.contains(row_.id))
        .position(index, state.pages.total())
        .into()
}

fn dot_style(theme: &iced::Theme) -> container::Style {
    container::Style {
        background: Some(theme::tokens(theme).accent.into()),
        border: iced::Border::default().rounded(4),
        ..container::Style::default()
    }
}

/// In Sent and Drafts whom it goes to, elsewhere whom it is from.
fn who(state: &State, row: &Row) -> String {
    let outgoing = state
        .mailbox(row.mailbox)
        .is_some_and(|mailbox| matches!(mailbox.role, Some(model::Role::Sent | model::Role::Drafts)));
    if outgoing {
        return match names(&row.to) {
            names if names.is_empty() => fl!("row-nobody"),
            names => fl!("row-to", names = names),
        };
    }
    match names(&row.from) {
        names if names.is_empty() => fl!("no-sender"),
        names => names,
    }
}

/// Names, or addresses where there are none.
pub fn names(addresses: &[Address]) -> String {
    addresses.iter().take(4).map(name).collect::<Vec<_>>().join(", ")
}

/// The display name, or the address.
pub fn name(address: &Address) -> &str {
    if address.name.trim().is_empty() { &address.addr } else { &address.name }
}

fn signs<'a>(row: &Row) -> Vec<Element<'a, Message>> {
    let sign = |sign: Icon, name: String| {
        control::control(
            format!("sign-{name}"),
            Semantics::new(Role::Image, name),
            icon(sign, 13.0).style(theme::words::dim),
        )
        .into()
    };
    let mut all = Vec::new();
    if row.flags.contains(Flags::ANSWERED) {
        all.push(sign(Icon::Reply, fl!("row-answered")));
    }
    if row.flags.contains(Flags::FORWARDED) {
        all.push(sign(Icon::Forward, fl!("row-forwarded")));
    }
    if row.attachments > 0 {
        all.push(sign(Icon::Paperclip, fl!("row-attachments", count = row.attachments)));
    }
    all
}

/// The star of a starred message; a click takes it away.
fn star<'a>(row: &Row) -> Option<Element<'a, Message>> {
    row.flags.contains(Flags::FLAGGED).then(|| {
        let face = button(icon(Icon::Star, 14.0).style(theme::words::accent))
            .padding([2.0, 0.0])
            .style(theme::press::link)
            .on_press(Message::Star(row.id));
        let star = control::control(format!("star-{}", row.id), Semantics::new(Role::Button, fl!("row-star")), face);
        star.checked(true).into()
    })
}

/// The date as people say it; in full while the pointer rests on it.
fn when<'a>(state: &State, row: &Row) -> Element<'a, Message> {
    let short = text(units::short_date(row.date, &state.now)).size(theme::size::META).style(theme::words::dim);
    control::hint(short.wrapping(text::Wrapping::None), units::full_date_with_zone(row.date, &state.now), None)
}
