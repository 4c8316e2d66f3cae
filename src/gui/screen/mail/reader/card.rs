//! A conversation drawn: its subject once, then a card for each message. A folded card is a line with sender, first
//! words, marks and date; an open one has all that a message by itself has, and its own buttons to answer.

use super::conversation::{Body, Card, Conversation, Line};
use super::view::{self as reader, Message, header_id};
use super::{Opened, attachments, body, find, header};
use crate::fl;
use crate::gui::keymap::{self, Deed};
use crate::gui::screen::mail::list::row::{name, names};
use crate::gui::screen::mail::{Message as Screen, State, view};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::{Address, Flags, Row};
use iced::widget::{button, column, container, keyed_column, row, scrollable, sensor, space, text};
use iced::{Alignment, Element, Length, Padding};

/// All cards below the subject.
pub fn conversation<'a>(state: &'a State, all: &'a Conversation) -> Element<'a, Screen> {
    let Some(first) = all.cards.first() else { return space().into() };
    let (sign, words) = match all.all_open() {
        true => (Icon::FoldVertical, fl!("reader-fold-all")),
        false => (Icon::UnfoldVertical, fl!("reader-unfold-all")),
    };
    let every = Some(Screen::Read(Message::ToggleAll));
    let every = control::icon_button("reader-every", sign, words, Some(keymap::hint(Deed::UnfoldAll)), every);
    let count = fl!("reader-messages", count = all.cards.len());
    let count = text(count).size(theme::size::SMALL).style(theme::words::dim).wrapping(text::Wrapping::None);
    let head = row![
        container(header::subject(first.row())).width(Length::Fill),
        container(count).padding(Padding { top: 6.0, ..Padding::ZERO }),
        every,
    ];
    let head = container(head.spacing(theme::space::S)).padding(Padding { left: 8.0, ..Padding::ZERO });
    // By their keys they keep their state when others come and go.
    let lines = all.lines().into_iter().filter_map(|drawn| match drawn {
        Line::Card(at) => all.cards.get(at).map(|one| (one.id().0, card(state, all, one))),
        Line::Run(run) => all.cards.get(run.start).map(|one| (one.id().0, older(run.len()))),
    });
    let lines = keyed_column(lines).spacing(6);
    let all = column![head, lines].spacing(theme::space::M).width(Length::Fill);
    let all = container(all).padding(Padding { top: 18.0, right: 20.0, bottom: 28.0, left: 20.0 });
    scrollable(all).id(find::SCROLL).style(theme::scroll).width(Length::Fill).height(Length::Fill).into()
}

/// The line that stands for many folded cards.
fn older<'a>(count: usize) -> Element<'a, Screen> {
    let words = fl!("reader-older", count = count);
    let face = row![
        container(icon(Icon::ChevronsUpDown, 14.0).style(theme::words::dim)).center_x(28),
        text(words.clone()).size(theme::size::SMALL).style(theme::words::dim),
    ]
    .spacing(theme::space::M)
    .align_y(Alignment::Center);
    let message = Some(Screen::Read(Message::Older));
    let face = button(face)
        .padding([5.0, 12.0])
        .width(Length::Fill)
        .style(theme::press::row(false))
        .on_press_maybe(message.clone());
    control::control("reader-older", Semantics::new(Role::Button, words), face).on_activate(message).into()
}

fn card<'a>(state: &'a State, all: &'a Conversation, card: &'a Card) -> Element<'a, Screen> {
    let id = card.id();
    let drawn = match &card.body {
        Body::Folded => folded(state, card),
        Body::Loading => framed(all, card, head(card, line_of(state, card))),
        Body::Failed(problem) => {
            let again = view::failed(problem, Screen::Read(Message::AgainCard));
            let again = container(again).height(260);
            framed(all, card, column![head(card, line_of(state, card)), again].into())
        }
        Body::Open(opened) => framed(all, card, open(state, card, opened)),
    };
    drawn.map(move |message| match message {
        // What is about all cards, or names its own, stays as it is.
        Screen::Read(message @ (Message::Of(..) | Message::Find(_) | Message::ToggleAll | Message::Older)) => {
            Screen::Read(message)
        }
        Screen::Read(message) => Screen::Read(Message::Of(id, Box::new(message))),
        message => message,
    })
}

/// The card's frame; of the one that keys are about in a stronger line.
fn framed<'a>(all: &Conversation, card: &Card, content: Element<'a, Screen>) -> Element<'a, Screen> {
    let active = all.active == card.id();
    container(content).width(Length::Fill).padding(1).style(theme::ground::message(active)).into()
}

fn folded<'a>(state: &'a State, card: &'a Card) -> Element<'a, Screen> {
    let face = line_of(state, card);
    let face = button(face)
        .padding([7.0, 12.0])
        .width(Length::Fill)
        .style(theme::press::folded)
        .on_press(Screen::Read(Message::Toggle));
    headed(card, face.into(), 10.0)
}

/// The head as a control: it folds and opens the card.
fn headed<'a>(card: &Card, face: Element<'a, Screen>, radius: f32) -> Element<'a, Screen> {
    let from = sender(card.row());
    let name = if card.is_open() { fl!("reader-fold", name = from) } else { fl!("reader-unfold", name = from) };
    control::control(header_id(card.id()), Semantics::new(Role::Button, name), face)
        .on_activate(Some(Screen::Read(Message::Toggle)))
        .expanded(card.is_open())
        .radius(radius)
        .into()
}

/// The head of an open card: pressed, it folds.
fn head<'a>(card: &Card, content: Element<'a, Screen>) -> Element<'a, Screen> {
    let face = button(content)
        .padding(Padding { top: 11.0, right: 15.0, bottom: 9.0, left: 11.0 })
        .width(Length::Fill)
        .style(theme::press::head)
        .on_press(Screen::Read(Message::Toggle));
    headed(card, face.into(), 10.0)
}

fn sender(row: &Row) -> String {
    let from = names(&row.from);
    if from.is_empty() { fl!("no-sender") } else { from }
}

/// One line: who, the first words, marks, when.
fn line_of<'a>(state: &'a State, card: &'a Card) -> Element<'a, Screen> {
    let row_ = card.row();
    let unknown = Address::default();
    let from = row_.from.first().unwrap_or(&unknown);
    let shown = sender(row_);
    let unread = card.is_unread();
    let strong = if unread { font::semibold(&shown) } else { font::medium(&shown) };
    let who = container(line(shown.clone()).font(strong)).width(Length::FillPortion(2));
    let preview = line(row_.preview.as_str()).size(theme::size::SMALL).style(theme::words::dim);
    let mut all = row![header::avatar(from, name(from), 28.0), who, container(preview).width(Length::FillPortion(5))];
    let marks = [
        (row_.flags.contains(Flags::FLAGGED), Icon::Star, fl!("row-star"), true),
        (row_.flags.contains(Flags::ANSWERED), Icon::Reply, fl!("row-answered"), false),
        (row_.flags.contains(Flags::FORWARDED), Icon::Forward, fl!("row-forwarded"), false),
        (row_.attachments > 0, Icon::Paperclip, fl!("row-attachments", count = row_.attachments), false),
    ];
    for (_, sign, said, strong) in marks.into_iter().filter(|(on, ..)| *on) {
        let style = if strong { theme::words::accent } else { theme::words::dim };
        let semantics = Semantics::new(Role::Image, said.clone());
        all = all.push(control::control(format!("sign-{said}"), semantics, icon(sign, 13.0).style(style)));
    }
    let date = text(units::short_date(row_.date, &state.now)).size(theme::size::META);
    let date = date.style(if unread { theme::words::accent } else { theme::words::dim }).wrapping(text::Wrapping::None);
    all.push(control::hint(date, units::full_date_with_zone(row_.date, &state.now), None))
        .spacing(theme::space::M)
        .align_y(Alignment::Center)
        .into()
}

fn open<'a>(state: &'a State, card: &'a Card, opened: &'a Opened) -> Element<'a, Screen> {
    // Its head being in sight, it is read.
    let head = head(card, header::view(state, opened));
    let head = sensor(head).on_show(|_| Screen::Read(Message::OnScreen));
    let rest = column(reader::notes(state, opened))
        .push(body::view(state, opened, Some(card.id())))
        .push(attachments::view(state, opened))
        .push(answers(card))
        .spacing(theme::space::L);
    let rest = container(rest).padding(Padding { top: 6.0, right: 20.0, bottom: 14.0, left: 20.0 });
    column![head, rest].into()
}

/// What can be done with this one message.
fn answers<'a>(card: &Card) -> Element<'a, Screen> {
    let flags = card.row().flags;
    let does = |id: &str, sign: Icon, name: String, deed: Deed| {
        let id = format!("{id}-{}", card.id());
        let message = Some(Screen::Read(Message::Do(deed)));
        control::button(id, Some(sign), name, theme::press::plain, message)
    };
    let flag = |id: &str, sign: Icon, name: String, flag: Flags| {
        control::icon_button(format!("{id}-{}", card.id()), sign, name, None, Some(Screen::Read(Message::Flag(flag))))
    };
    let star = match flags.contains(Flags::FLAGGED) {
        true => (Icon::StarOff, fl!("unstar")),
        false => (Icon::Star, fl!("star")),
    };
    let read = match flags.contains(Flags::SEEN) {
        true => (Icon::Mail, fl!("mark-unread")),
        false => (Icon::MailOpen, fl!("mark-read")),
    };
    row![
        does("card-reply", Icon::Reply, fl!("reply"), Deed::Reply),
        does("card-reply-all", Icon::ReplyAll, fl!("reply-all"), Deed::ReplyAll),
        does("card-forward", Icon::Forward, fl!("forward"), Deed::Forward),
        flag("card-star", star.0, star.1, Flags::FLAGGED),
        flag("card-read", read.0, read.1, Flags::SEEN),
    ]
    .spacing(theme::space::S)
    .align_y(Alignment::Center)
    .wrap()
    .vertical_spacing(theme::space::S)
    .into()
}
