//! A row of the message list: who, when, what, and the first words.

use super::is_starred;
use super::is_unread;
use crate::fl;
use crate::gui::screen::mail::hits::Part;
use crate::gui::screen::mail::{Message, State};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::{self, Address, Flags, ListRow, Row};
use iced::widget::{button, column, container, row, space, text};
use iced::{Alignment, Element, Length, Padding};

pub fn view(state: &State, index: u64) -> Element<'_, Message> {
    let columns = state.preferences().columns;
    match state.pages.listed(index) {
        Some(listed) if columns => in_columns(state, index, listed),
        Some(listed) => known(state, index, listed),
        None => unknown(index, columns),
    }
}

/// A row that is not read yet: bars where the words will be.
fn unknown<'a>(index: u64, columns: bool) -> Element<'a, Message> {
    let bar = |width: f32| container(space().width(width).height(10)).style(theme::ground::line);
    let width = 120.0 + (index % 5) as f32 * 24.0;
    if columns {
        return container(row![bar(90.0), bar(width)].spacing(20)).padding([11.0, 28.0]).width(Length::Fill).into();
    }
    container(column![bar(width), bar(width + 80.0)].spacing(10)).padding([16.0, 28.0]).width(Length::Fill).into()
}

fn known<'a>(state: &'a State, index: u64, listed: &'a ListRow) -> Element<'a, Message> {
    let row_ = &listed.row;
    let unread = is_unread(listed);
    let who = who(state, listed);
    let subject = subject(row_);
    let first = row![author(state, &who, listed)]
        .extend(signs(listed))
        .push(when(state, row_))
        .spacing(5)
        .align_y(Alignment::Center);
    let second = line(subject.clone())
        .font(if unread { font::semibold(&subject) } else { font::REGULAR })
        .marked(state.hits.marks(&subject, Part::Subject));
    let second = row![second].extend(star(listed)).spacing(5).align_y(Alignment::Center);
    let third = line(row_.preview.as_str()).size(theme::size::SMALL).height(18.0).style(theme::words::dim);
    let third = third.marked(state.hits.marks(&row_.preview, Part::Body));
    let body = row![
        container(dot(unread)).padding(Padding { top: 6.0, right: 6.0, ..Padding::ZERO }),
        column![first, second, third].width(Length::Fill),
    ];
    let body = container(body).padding(Padding { top: 7.0, right: 14.0, bottom: 0.0, left: 14.0 }).width(Length::Fill);
    named(state, index, listed, who, subject, body.into())
}

/// The same in one line: who, what, when.
fn in_columns<'a>(state: &'a State, index: u64, listed: &'a ListRow) -> Element<'a, Message> {
    let unread = is_unread(listed);
    let who = who(state, listed);
    let subject = subject(&listed.row);
    let words = line(subject.clone())
        .font(if unread { font::semibold(&subject) } else { font::REGULAR })
        .marked(state.hits.marks(&subject, Part::Subject));
    let body = row![
        dot(unread),
        container(author(state, &who, listed)).width(Length::FillPortion(2)),
        container(words).width(Length::FillPortion(3)),
    ]
    .extend(star(listed))
    .extend(signs(listed))
    .push(when(state, &listed.row))
    .spacing(8)
    .align_y(Alignment::Center);
    let body = container(body).padding([0.0, 14.0]).width(Length::Fill).height(Length::Fill).align_y(Alignment::Center);
    named(state, index, listed, who, subject, body.into())
}

fn named<'a>(
    state: &State,
    index: u64,
    listed: &ListRow,
    who: String,
    subject: String,
    body: Element<'a, Message>,
) -> Element<'a, Message> {
    let id = listed.row.id;
    let semantics = Semantics { value: Some(who), ..Semantics::new(Role::ListItem, subject) };
    control::control(format!("row-{id}"), semantics, body)
        .selected(state.selection.contains(id))
        .position(index, state.pages.total())
        .into()
}

fn subject(row: &Row) -> String {
    if row.subject.trim().is_empty() { fl!("no-subject") } else { row.subject.clone() }
}

/// The names, and how many messages there are of a conversation.
fn author<'a>(state: &State, who: &str, listed: &ListRow) -> Element<'a, Message> {
    let strong = if is_unread(listed) { font::semibold(who) } else { font::medium(who) };
    let names = line(who.to_string()).font(strong).marked(state.hits.marks(who, Part::From));
    let count = listed.conversation.as_ref().map_or(1, |conversation| conversation.count);
    if count < 2 {
        return names.into();
    }
    let count = text(format!("· {}", units::count(count))).size(theme::size::META).style(theme::words::dim);
    let all = row![names.shrink(), count.wrapping(text::Wrapping::None)].spacing(4).align_y(Alignment::Center);
    container(all).width(Length::Fill).into()
}

fn dot<'a>(unread: bool) -> Element<'a, Message> {
    let dot = space().width(8).height(8);
    if unread { container(dot).style(dot_style).into() } else { dot.into() }
}

fn dot_style(theme: &iced::Theme) -> container::Style {
    container::Style {
        background: Some(theme::tokens(theme).accent.into()),
        border: iced::Border::default().rounded(4),
        ..container::Style::default()
    }
}

/// In Sent and Drafts whom it goes to, elsewhere whom it is from.
fn who(state: &State, listed: &ListRow) -> String {
    let row = &listed.row;
    if let Some(conversation) = listed.conversation.as_ref().filter(|conversation| conversation.count > 1) {
        let first = |participant: &model::Participant| short(name(&participant.address));
        let names: Vec<String> = conversation.participants.iter().map(first).collect();
        match names.as_slice() {
            [] => {}
            [_] => {}
            _ => return names.join(", "),
        }
    }
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

/// Of several names the first word of each: the row is narrow.
fn short(name: &str) -> String {
    name.split_whitespace().next().unwrap_or(name).trim_end_matches(',').to_string()
}

/// Names, or addresses where there are none.
pub fn names(addresses: &[Address]) -> String {
    addresses.iter().take(4).map(name).collect::<Vec<_>>().join(", ")
}

/// The display name, or the address.
pub fn name(address: &Address) -> &str {
    if address.name.trim().is_empty() { &address.addr } else { &address.name }
}

fn signs<'a>(listed: &ListRow) -> Vec<Element<'a, Message>> {
    let row = &listed.row;
    let of = listed.conversation.as_ref();
    let answered = of.map_or(row.flags.contains(Flags::ANSWERED), |of| of.answered);
    let forwarded = of.map_or(row.flags.contains(Flags::FORWARDED), |of| of.forwarded);
    let attachments = of.map_or(u64::from(row.attachments), |of| of.with_attachments);
    let sign = |sign: Icon, name: String| {
        control::control(
            format!("sign-{name}"),
            Semantics::new(Role::Image, name),
            icon(sign, 13.0).style(theme::words::dim),
        )
        .into()
    };
    let mut all = Vec::new();
    if answered {
        all.push(sign(Icon::Reply, fl!("row-answered")));
    }
    if forwarded {
        all.push(sign(Icon::Forward, fl!("row-forwarded")));
    }
    if attachments > 0 {
        all.push(sign(Icon::Paperclip, fl!("row-attachments", count = attachments)));
    }
    all
}

/// The star of a starred message; a click takes it away.
fn star<'a>(listed: &ListRow) -> Option<Element<'a, Message>> {
    let row = &listed.row;
    is_starred(listed).then(|| {
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
