//! The list of attachments, and the question before one is opened.

use super::{Message, State, is_file};
use crate::fl;
use crate::gui::screen::preview;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::lifted::lifted;
use crate::gui::widget::line::line;
use crate::gui::widget::popover::{Flush, popover};
use crate::gui::{font, theme};
use crate::i18n::{files, reading, units};
use crate::service::MessagePlace;
use crate::service::model::{Attachment, AttachmentKind};
use iced::widget::{Column, button, column, container, opaque, row, space, text};
use iced::{Alignment, Element, Length};

/// Attachments that are listed at most.
const MOST: usize = 200;
/// Width of a card.
const WIDTH: f32 = 288.0;

/// The attachments of a message. `whole` says that pictures within the text are not seen there, and are listed.
pub fn list<'a>(
    state: &'a State,
    place: &MessagePlace,
    attachments: &'a [Attachment],
    whole: bool,
) -> Element<'a, Message> {
    let all = state.lists_all(place);
    let is_listed = |a: &Attachment| all || is_file(a) || whole && !a.technical;
    let listed = attachments.iter().enumerate().filter(|(_, a)| is_listed(a)).take(MOST);
    let mut cards: Vec<Element<'a, Message>> = listed.map(|(at, a)| card(state, place, at, a)).collect();
    let files = attachments.iter().filter(|a| is_listed(a)).count();
    let hidden = attachments.iter().filter(|a| !is_file(a)).count();
    if files > 1 {
        let save = Some(Message::SaveAll(place.clone()));
        cards.push(control::button("save-all", Some(Icon::Download), fl!("save-all"), theme::press::quiet, save));
    }
    let more = (hidden > 0 && !whole).then(|| {
        let words = if all { fl!("files-fewer") } else { fl!("files-more", count = hidden) };
        let toggle = Some(Message::All(place.clone(), !all));
        control::link("files-more", words, theme::size::SMALL, theme::press::link, toggle)
    });
    if cards.is_empty() && more.is_none() {
        return space().into();
    }
    let cards =
        (!cards.is_empty()).then(|| row(cards).spacing(10).align_y(Alignment::Center).wrap().vertical_spacing(10));
    let all = Column::new().push(cards).push(more).spacing(theme::space::S);
    control::control("attachments", Semantics::new(Role::List, fl!("attachments")), all).into()
}

/// An attachment: a press looks at it, the sign at its end has what else can be done.
fn card<'a>(state: &'a State, place: &MessagePlace, at: usize, attachment: &'a Attachment) -> Element<'a, Message> {
    let is_message = attachment.kind == AttachmentKind::Message;
    let about = format!("{} · {}", files::kind(attachment.kind), units::size(attachment.size));
    let mut words = column![
        line(shortened(&attachment.file_name)).font(font::MEDIUM),
        text(about.clone()).size(theme::size::META).style(theme::words::dim),
    ];
    let danger = attachment.dangers.first().map(|danger| files::danger(*danger));
    if let Some(danger) = &danger {
        let sign = icon(Icon::TriangleAlert, 13.0).style(theme::words::warn);
        let said = text(danger.clone()).size(theme::size::META).style(theme::words::warn).width(Length::Fill);
        words = words.push(row![sign, said].spacing(5).align_y(Alignment::Start));
    }
    let face =
        row![icon(sign(attachment.kind), 20.0), words.width(Length::Fill)].spacing(10).align_y(Alignment::Center);
    let message = Some(Message::Activate(place.clone(), at));
    let face = button(face)
        .padding([8.0, 12.0])
        .width(Length::Fill)
        .style(theme::press::row(false))
        .on_press_maybe(message.clone());
    let name = attachment.file_name.as_str();
    let name = if is_message { fl!("attachment-open", name = name) } else { fl!("attachment-show", name = name) };
    let value = danger.map_or(about.clone(), |danger| format!("{about}. {danger}"));
    let semantics = Semantics { value: Some(value), ..Semantics::new(Role::Button, name.clone()) };
    let face = control::control(id(place, at), semantics, face).on_activate(message);
    let face = control::hint(face, attachment.file_name.clone(), None);
    let all = row![container(face).width(Length::Fill), menu(state, place, at, attachment)].align_y(Alignment::Center);
    let ground = if attachment.dangers.is_empty() { theme::ground::card } else { theme::ground::card_bad };
    container(all).width(WIDTH).padding(1).style(ground).into()
}

/// The control that shows an attachment.
pub fn id(place: &MessagePlace, at: usize) -> iced::widget::Id {
    format!("attachment-{}", key(place, at)).into()
}

/// A name for the controls of an attachment that no other has.
fn key(place: &MessagePlace, at: usize) -> String {
    let id = place.id().map(|id| id.0).unwrap_or_default();
    format!("{id}-{at}")
}

fn menu<'a>(state: &State, place: &MessagePlace, at: usize, attachment: &Attachment) -> Element<'a, Message> {
    let here = (place.clone(), at);
    let open = state.menu.as_ref() == Some(&here);
    let toggle = Message::Menu((!open).then_some(here));
    let face = button(container(icon(Icon::EllipsisVertical, theme::size::ICON_ROW)).center(Length::Fill))
        .width(32)
        .height(32)
        .padding(0)
        .style(theme::press::quiet)
        .on_press(toggle.clone());
    let name = fl!("attachment-more", name = attachment.file_name.as_str());
    let semantics = Semantics { expanded: Some(open), ..Semantics::new(Role::Button, name) };
    let face =
        control::control(format!("attachment-more-{}", key(place, at)), semantics, face).on_activate(Some(toggle));
    let list = open.then(|| {
        let item = |id: &'static str, sign: Icon, name: String, key: Option<String>, message: Message| {
            control::menu_item(id, Some(sign), name, key, Some(message), Message::Step)
        };
        let show = match attachment.kind {
            AttachmentKind::Message => None,
            _ => Some(item(
                "file-show",
                Icon::Eye,
                fl!("file-show"),
                Some(fl!("key-space")),
                Message::Activate(place.clone(), at),
            )),
        };
        let asks = if attachment.dangers.is_empty() { fl!("file-open") } else { fl!("file-open-asking") };
        let lines = Column::new()
            .push(show)
            .push(item("file-open", Icon::ExternalLink, asks, None, Message::Open(place.clone(), at)))
            .push(item("file-save", Icon::Download, fl!("file-save"), None, Message::Save(place.clone(), at)))
            .push(item("file-copy", Icon::Copy, fl!("file-copy"), None, Message::Copy(place.clone(), at)));
        let card = container(lines).width(230).padding(6).style(theme::ground::menu);
        control::control("file-menu", Semantics::new(Role::Menu, fl!("menu")), card)
            .on_escape(Message::Menu(None))
            .into()
    });
    popover(face, list).on_dismiss(Message::Menu(None)).flush(Flush::Right).into()
}

/// What lies over the window: the preview, and above it the question.
pub fn overlay(state: &State) -> Vec<Element<'_, Message>> {
    let preview = state.preview.as_ref().map(|preview| preview::view(preview).map(Message::Preview));
    let question = state.asking.as_ref().map(|(_, attachment)| question(attachment));
    preview.into_iter().chain(question).collect()
}

/// What a file may do, before it is opened.
fn question(attachment: &Attachment) -> Element<'_, Message> {
    let mut reasons: Vec<String> = attachment.dangers.iter().map(|danger| reading::danger(*danger)).collect();
    if reasons.is_empty() {
        reasons.push(fl!("file-unknown-kind"));
    }
    let reasons = reasons.into_iter().map(|words| {
        let sign = icon(Icon::TriangleAlert, theme::size::ICON_ROW).style(theme::words::warn);
        row![sign, text(words).width(Length::Fill)].spacing(10).into()
    });
    let title = fl!("file-question");
    let name = container(text(attachment.file_name.clone()).size(theme::size::SMALL)).padding([6.0, 10.0]);
    let no = Some(Message::Confirmed(false));
    let buttons = row![
        space::horizontal(),
        control::button("file-leave", None, fl!("cancel"), theme::press::plain, no.clone()),
        control::button(
            "file-open-anyway",
            None,
            fl!("file-open-anyway"),
            theme::press::danger,
            Some(Message::Confirmed(true))
        ),
    ]
    .spacing(theme::space::S);
    let all = column![
        text(title.clone()).size(17).font(font::semibold(&title)),
        name.width(Length::Fill).style(theme::ground::card),
        Column::with_children(reasons).spacing(theme::space::S),
        text(fl!("file-question-advice")).style(theme::words::dim),
        buttons,
    ]
    .spacing(theme::space::L);
    let card = container(all).max_width(480).padding(theme::space::XL).style(theme::ground::dialog);
    let card = control::control("dialog", Semantics::new(Role::Dialog, title), card)
        .radius(theme::radius::DIALOG)
        .on_escape(Message::Confirmed(false));
    let card = lifted(theme::radius::DIALOG, opaque(card));
    let ground = container(card).center(Length::Fill).padding(theme::space::XL).style(theme::ground::scrim);
    opaque(iced::widget::mouse_area(ground).on_press(Message::Confirmed(false)))
}

/// A long name loses its middle: its kind stays readable.
pub fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= 36 {
        return name.to_string();
    }
    let head: String = letters.iter().take(16).collect();
    let tail: String = letters.iter().skip(letters.len() - 12).collect();
    format!("{head}…{tail}")
}

/// The sign of a kind.
pub fn sign(kind: AttachmentKind) -> Icon {
    match kind {
        AttachmentKind::Other => Icon::File,
        AttachmentKind::Text => Icon::FileText,
        AttachmentKind::Image => Icon::FileImage,
        AttachmentKind::Audio => Icon::FileMusic,
        AttachmentKind::Video => Icon::FilePlay,
        AttachmentKind::Pdf | AttachmentKind::Document => Icon::FileText,
        AttachmentKind::Spreadsheet => Icon::FileSpreadsheet,
        AttachmentKind::Presentation => Icon::Presentation,
        AttachmentKind::Archive => Icon::FileArchive,
        AttachmentKind::Page => Icon::FileCode,
        AttachmentKind::Calendar => Icon::CalendarDays,
        AttachmentKind::Contact => Icon::Contact,
        AttachmentKind::Message => Icon::Mail,
        AttachmentKind::Key => Icon::FileKey,
        AttachmentKind::Program => Icon::FileTerminal,
    }
}
