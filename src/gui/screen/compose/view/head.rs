//! From, the address fields and the subject.

use super::super::recipients::{Chip as Entry, Recipients};
use super::super::{Compose, Field, Layer, Message, ids};
use super::{keys, stepped};
use crate::fl;
use crate::gui::theme::{self, space};
use crate::gui::widget::chip::{Chip, Tone};
use crate::gui::widget::control::{self, Role, Semantics, control, link, menu_item};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::kept_last::kept_last;
use crate::gui::widget::line::line as text_line;
use crate::gui::widget::popover::popover;
use crate::gui::widget::watch::watch;
use crate::gui::{font, theme::size};
use crate::mail::address::{Address, BadAddressReason};
use crate::service::model::Account;
use iced::widget::{button, column, container, mouse_area, row, scrollable, space as gap, text, text_input};
use iced::{Alignment, Border, Element, Length, Padding, Theme};
use std::marker::PhantomData;

const LABEL: f32 = 70.0;
/// Height of a field of one line.
const FIELD: f32 = 36.0;
/// Many recipients scroll within this height.
const MOST: f32 = 148.0;

pub fn view(compose: &Compose) -> Element<'_, Message> {
    let mut fields = column![labelled(fl!("compose-from"), from(compose)), field(compose, Field::To)];
    if compose.cc_shown {
        fields = fields.push(field(compose, Field::Cc));
    }
    if compose.bcc_shown {
        fields = fields.push(field(compose, Field::Bcc));
    }
    let fields = fields.push(labelled(fl!("compose-subject"), subject(compose))).spacing(space::S);
    container(fields).padding(Padding { top: 14.0, right: 24.0, bottom: 14.0, left: 24.0 }).into()
}

fn labelled<'a>(label: String, content: Element<'a, Message>) -> Element<'a, Message> {
    let label = container(text(label).style(theme::words::dim)).width(LABEL).padding([8.0, 0.0]);
    row![label, content].into()
}

fn sender(account: &Account) -> String {
    Address::new(account.person.clone(), account.email.clone()).to_string()
}

fn from(compose: &Compose) -> Element<'_, Message> {
    let chosen = compose.account().map_or_else(|| fl!("compose-from-none"), sender);
    let words = text(chosen.clone()).wrapping(text::Wrapping::None).width(Length::Fill);
    let face = row![container(words).clip(true), icon(Icon::ChevronDown, 14.0)].align_y(Alignment::Center);
    let face = button(face).padding([8.0, 12.0]).width(Length::Fill).style(theme::press::plain);
    let open = compose.layer == Layer::From;
    let semantics = Semantics::new(Role::Button, fl!("compose-from"));
    let face = control(ids::FROM, semantics, face.on_press(Message::FromPressed))
        .on_activate(Some(Message::FromPressed))
        .value(chosen)
        .expanded(open);
    let list = open.then(|| {
        let items = compose.accounts.iter().enumerate().map(|(at, account)| {
            let sign = (account.name == compose.base.account).then_some(Icon::Check);
            let id = format!("compose-from-{at}");
            menu_item(id, sign, sender(account), None, Some(Message::FromChosen(at)), stepped)
        });
        let list = container(scrollable(column(items)).style(theme::scroll)).padding(space::XS).width(Length::Fill);
        let list = list.style(theme::ground::menu);
        control(ids::FROM_LIST, Semantics::new(Role::Menu, fl!("compose-from")), list).into()
    });
    let face = popover(face, list).as_wide().on_dismiss(Message::MenuLeft);
    watch(face).on_key(keys::in_from).into()
}

fn label(field: Field) -> String {
    match field {
        Field::To => fl!("compose-to"),
        Field::Cc => fl!("compose-cc"),
        Field::Bcc => fl!("compose-bcc"),
    }
}

fn field(compose: &Compose, field: Field) -> Element<'_, Message> {
    let recipients = compose.field(field);
    let chips = recipients.chips().iter().enumerate().map(|(at, entry)| chip(field, at, entry, recipients));
    let count = chips.len() + 1;
    let inside = row(chips).push(input(field, recipients)).spacing(space::S).align_y(Alignment::Center);
    let inside = kept_last(count, inside.wrap().vertical_spacing(6));
    let inside = scrollable(inside).style(theme::scroll).width(Length::Fill);
    let inside = container(inside).padding([5.0, 0.0]).max_height(MOST).width(Length::Fill);
    // The links are no part of the field: on the way to them it is left.
    let inside = watch(inside)
        .on_key(move |key, modifiers| keys::in_field(compose, field, key, modifiers))
        .on_paste(move |pasted| {
            // A field of one line would run lines together.
            let pasted = pasted.filter(|text| text.contains(['\n', '\r', '\t']))?;
            Some(Message::Pasted(field, format!("{}{pasted}", recipients.text())))
        })
        .on_focus(Message::Focused(field))
        .on_blur(Message::Blurred(field));
    let line = row![inside].push(more_fields(compose, field)).spacing(space::S);
    let focused = compose.focused == Some(field);
    let box_style = move |theme: &Theme| {
        let tokens = theme::tokens(theme);
        let (color, width) = if focused { (tokens.accent, 2.0) } else { (tokens.line, 1.0) };
        let border = Border { color, width, radius: theme::radius::CONTROL.into() };
        container::Style { border, background: Some(tokens.card.into()), ..container::Style::default() }
    };
    let face = container(line).padding([0.0, 12.0]).width(Length::Fill).style(box_style);
    let face = mouse_area(face).on_press(Message::FieldPressed(field)).interaction(iced::mouse::Interaction::Text);
    let list = compose.suggestions.below(field);
    let list = (!list.is_empty()).then(|| suggestions(list, compose.suggestions.highlighted()));
    let face = popover(face, list).on_dismiss(Message::SuggestionsLeft);
    labelled(label(field), face.into())
}

/// Links in the To field that show the fields that are not there yet.
fn more_fields(compose: &Compose, field: Field) -> Option<Element<'_, Message>> {
    if field != Field::To || (compose.cc_shown && compose.bcc_shown) {
        return None;
    }
    let mut links = row![].spacing(space::S);
    for (other, shown, id) in
        [(Field::Cc, compose.cc_shown, ids::SHOW_CC), (Field::Bcc, compose.bcc_shown, ids::SHOW_BCC)]
    {
        if !shown {
            links =
                links.push(link(id, label(other), size::BODY, theme::press::link, Some(Message::FieldShown(other))));
        }
    }
    Some(container(links).padding([8.0, 0.0]).into())
}

fn input(field: Field, recipients: &Recipients) -> Element<'_, Message> {
    // As wide as what is typed, so that it moves to the next line with it.
    let letters = recipients.text().chars().count().min(60) as f32;
    let line = text_input("", recipients.text())
        .id(field.id())
        .on_input(move |text| Message::Typed(field, text))
        .on_paste(move |text| Message::Pasted(field, text))
        .size(size::BODY)
        .line_height(size::line(20.0))
        .padding([3.0, 0.0])
        .width(Length::Fixed((letters * 8.5 + 24.0).max(180.0)))
        .style(theme::bare_field);
    let semantics = Semantics::new(Role::Field, label(field));
    control(field.id(), semantics, line).value(recipients.text()).into()
}

fn chip<'a>(field: Field, at: usize, entry: &Entry, recipients: &Recipients) -> Element<'a, Message> {
    let (face, name, tone) = match entry {
        Entry::Good(address) => (entry.face().to_string(), address.to_string(), Tone::Normal),
        Entry::Bad { text, reason } => {
            let words = fl!("compose-chip-bad", text = text.as_str(), reason = reason_words(*reason));
            (words.clone(), words, Tone::Warn)
        }
    };
    let face = if face.chars().count() > 48 { face.chars().take(47).chain(Some('…')).collect() } else { face };
    Chip {
        id: format!("compose-chip-{field:?}-{at}"),
        remove_name: fl!("compose-chip-remove", name = name.as_str()),
        face,
        name,
        tone,
        active: recipients.active() == Some(at),
        on_press: Message::ChipPressed(field, at),
        on_remove: Message::ChipRemoved(field, at),
        _life: PhantomData,
    }
    .into()
}

pub(super) fn reason_words(reason: BadAddressReason) -> String {
    match reason {
        BadAddressReason::NoAt => fl!("compose-bad-no-at"),
        BadAddressReason::LocalPart => fl!("compose-bad-local"),
        BadAddressReason::Domain => fl!("compose-bad-domain"),
    }
}

fn suggestions<'a>(list: &[Address], highlighted: Option<usize>) -> Element<'a, Message> {
    let count = list.len() as u64;
    let rows = list.iter().enumerate().map(|(at, address)| {
        let (first, second) =
            if address.name.is_empty() { (&address.addr, "") } else { (&address.name, address.addr.as_str()) };
        let words = row![
            text_line(first.clone()).font(font::MEDIUM).shrink(),
            text_line(second.to_string()).size(size::SMALL).style(theme::words::dim),
        ];
        let selected = highlighted == Some(at);
        let face = button(words.spacing(space::S).align_y(Alignment::Center))
            .padding([6.0, 10.0])
            .width(Length::Fill)
            .style(theme::press::row(selected))
            .on_press(Message::SuggestionChosen(at));
        let semantics = Semantics::new(Role::ListItem, address.to_string());
        control(format!("compose-suggestion-{at}"), semantics, face)
            .selected(selected)
            .position(at as u64, count)
            .into()
    });
    let list = container(column(rows)).padding(space::XS).width(420).clip(true).style(theme::ground::menu);
    control(ids::SUGGESTIONS, Semantics::new(Role::List, fl!("compose-suggestions")), list).into()
}

fn subject(compose: &Compose) -> Element<'_, Message> {
    let line = control::input("", &compose.subject)
        .font(font::SEMIBOLD)
        .on_input(Message::SubjectTyped)
        .on_submit(Message::SubjectFinished);
    let line = control(ids::SUBJECT, Semantics::new(Role::Field, fl!("compose-subject")), line.id(ids::SUBJECT));
    let line = container(row![line.value(compose.subject.clone()), gap().height(FIELD)]);
    watch(line).on_key(keys::in_line).into()
}
