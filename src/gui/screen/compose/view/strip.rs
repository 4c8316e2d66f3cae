//! The attachments below the text, and the field for a path where no file dialog can be had.

use super::super::attaching::CAREFUL;
use super::super::{Compose, Message, ids};
use super::{hairline, keys};
use crate::fl;
use crate::gui::font;
use crate::gui::theme::{self, size, space};
use crate::gui::widget::control::{Role, Semantics, button, control, icon_button, text_field};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::watch::watch;
use crate::i18n::units;
use iced::widget::{column, container, row, scrollable, text};
use iced::{Alignment, Element, Length};

pub fn view(compose: &Compose) -> Option<Element<'_, Message>> {
    let nothing = compose.attachments.is_empty() && compose.arriving.is_empty() && compose.path.is_none();
    if nothing {
        return None;
    }
    let mut parts = column![].spacing(space::S);
    if let Some(typed) = &compose.path {
        parts = parts.push(path(typed));
    }
    let there = compose.attachments.iter().enumerate().map(|(at, attached)| {
        let attachment = &attached.file;
        let remove = icon_button(
            format!("compose-attachment-remove-{at}"),
            Icon::X,
            fl!("compose-attachment-remove", name = attachment.file_name.as_str()),
            None,
            Some(Message::AttachmentRemoved(at)),
        );
        let sign = kind(&attachment.media_type, &attachment.file_name);
        card(
            format!("compose-attachment-{at}"),
            sign,
            &attachment.file_name,
            units::size(attachment.size),
            Some(remove),
        )
    });
    let arriving = compose.arriving.iter().map(|arriving| {
        let id = format!("compose-arriving-{}", arriving.number);
        card(id, Icon::LoaderCircle, &arriving.file_name, fl!("compose-arriving"), None)
    });
    let cards = row(there.chain(arriving)).spacing(space::S).wrap().vertical_spacing(space::S);
    if !compose.attachments.is_empty() || !compose.arriving.is_empty() {
        parts = parts.push(container(scrollable(cards).style(theme::scroll).width(Length::Fill)).max_height(140));
    }
    let parts = parts.push(total(compose));
    let strip = container(parts).padding([12.0, 24.0]).width(Length::Fill);
    Some(column![hairline(), strip].into())
}

/// The sum, where there is more than one file or it is too much.
fn total(compose: &Compose) -> Option<Element<'_, Message>> {
    let (size, sent) = (compose.attached_size(), compose.sent_size());
    let (words, style): (String, fn(&iced::Theme) -> text::Style) = match compose.limit {
        Some(limit) if sent > limit => {
            let words = fl!("compose-over-limit", size = units::size(sent), limit = units::size(limit));
            (words, theme::words::warn)
        }
        _ if sent > CAREFUL => {
            (fl!("compose-very-large", size = units::size(sent), limit = units::size(CAREFUL)), theme::words::warn)
        }
        _ if compose.attachments.len() > 1 => {
            let count = compose.attachments.len();
            (fl!("compose-total", count = count, size = units::size(size)), theme::words::dim)
        }
        _ => return None,
    };
    let shown = text(words.clone()).size(size::META).line_height(size::line(16.0)).style(style);
    Some(control(ids::TOTAL, Semantics::new(Role::Status, words), shown).into())
}

fn card<'a>(
    id: String,
    sign: Icon,
    name: &str,
    second: String,
    remove: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let shown: String = if name.chars().count() > 40 {
        // The end of a file's name tells its kind.
        let tail: Vec<char> = name.chars().rev().take(14).collect();
        name.chars().take(25).chain(Some('…')).chain(tail.into_iter().rev()).collect()
    } else {
        name.into()
    };
    let words = column![
        text(shown).font(font::MEDIUM).line_height(size::line(20.0)).wrapping(text::Wrapping::None),
        text(second.clone()).size(size::META).line_height(size::line(16.0)).style(theme::words::dim),
    ];
    let line = row![icon(sign, 20.0), words].push(remove).spacing(10).align_y(Alignment::Center);
    let card = container(line).padding([9.0, 12.0]).style(theme::ground::card);
    control(id, Semantics::new(Role::ListItem, name), card).value(second).radius(theme::radius::CARD).into()
}

/// The icon for a kind of file.
fn kind(media_type: &str, file_name: &str) -> Icon {
    let ends = |endings: &[&str]| {
        let extension = file_name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
        endings.contains(&extension.as_str())
    };
    match media_type.split_once('/').unwrap_or_default() {
        ("image", _) => Icon::FileImage,
        ("audio", _) => Icon::FileMusic,
        ("video", _) => Icon::FileVideoCamera,
        ("message", _) => Icon::Mail,
        _ if ends(&["csv", "xls", "xlsx", "ods", "tsv"]) => Icon::FileSpreadsheet,
        _ if ends(&["zip", "gz", "xz", "zst", "bz2", "7z", "tar", "rar"]) => Icon::FileArchive,
        ("text", _) | ("application", "pdf" | "rtf" | "msword") => Icon::FileText,
        _ if ends(&["doc", "docx", "odt"]) => Icon::FileText,
        _ => Icon::File,
    }
}

fn path(typed: &str) -> Element<'_, Message> {
    let name = fl!("compose-path");
    let line = text_field(ids::PATH_NAME, name.clone(), &name, typed, Message::PathTyped);
    let line = watch(container(line).width(Length::Fill)).on_key(|key, modifiers| {
        let enter = *key == iced::keyboard::Key::Named(iced::keyboard::key::Named::Enter);
        if enter && modifiers.is_empty() { Some(Message::PathFinished) } else { keys::in_line(key, modifiers) }
    });
    let attach =
        button(ids::PATH_ATTACH, None, fl!("compose-attach"), theme::press::plain, Some(Message::PathFinished));
    let leave = button(ids::PATH_LEAVE, None, fl!("compose-path-leave"), theme::press::quiet, Some(Message::PathLeft));
    let words = text(fl!("compose-path-words")).size(size::META).style(theme::words::dim);
    column![words, row![line, attach, leave].spacing(space::S)].spacing(space::XS).into()
}
