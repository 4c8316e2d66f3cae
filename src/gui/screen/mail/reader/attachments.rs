//! The attachments of the message that is read.

use super::view::Message;
use super::{Opened, may_open};
use crate::fl;
use crate::gui::screen::mail::Message as Screen;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::Attachment;
use iced::widget::{button, column, container, row, space, text};
use iced::{Alignment, Element};

/// All attachments of the message.
pub fn view<'a>(opened: &'a Opened) -> Element<'a, Screen> {
    let all = opened.attachments();
    if all.is_empty() {
        return space().into();
    }
    let mut cards: Vec<Element<'a, Screen>> = all.iter().take(200).enumerate().map(|(i, a)| card(i, a)).collect();
    if all.len() > 1 {
        let all = Some(Screen::Read(Message::SaveAll));
        cards.push(control::button("save-all", Some(Icon::Download), fl!("save-all"), theme::press::quiet, all));
    }
    row(cards).spacing(10).align_y(Alignment::Center).wrap().vertical_spacing(10).into()
}

/// An attachment: a click opens what may be opened and saves the rest; the sign at its end saves.
fn card<'a>(number: usize, attachment: &'a Attachment) -> Element<'a, Screen> {
    let opens = may_open(attachment);
    let size = units::size(attachment.size);
    let words = column![
        text(shortened(&attachment.file_name)).font(font::MEDIUM).wrapping(text::Wrapping::None),
        text(size.clone()).size(theme::size::META).style(theme::words::dim),
    ];
    let face = row![icon(sign(&attachment.media_type), 20.0), words].spacing(10).align_y(Alignment::Center);
    let message = Some(Screen::Read(Message::Attachment(number)));
    let face = button(face).padding([8.0, 12.0]).style(theme::press::row(false)).on_press_maybe(message.clone());
    let name = match opens {
        true => fl!("attachment-open", name = attachment.file_name.as_str()),
        false => fl!("attachment-save", name = attachment.file_name.as_str()),
    };
    let semantics = Semantics { value: Some(size), ..Semantics::new(Role::Button, name.clone()) };
    let face = control::control(format!("attachment-{number}"), semantics, face).on_activate(message);
    let mut all = row![control::hint(face, name, None)].align_y(Alignment::Center);
    if opens {
        let name = fl!("attachment-save", name = attachment.file_name.as_str());
        let save = Some(Screen::Read(Message::SaveAttachment(number)));
        all = all.push(control::icon_button(format!("attachment-save-{number}"), Icon::Download, name, None, save));
    }
    container(all).padding(1).style(theme::ground::card).into()
}

/// A long name loses its middle: its kind stays readable.
fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= 36 {
        return name.to_string();
    }
    let head: String = letters.iter().take(22).collect();
    let tail: String = letters.iter().skip(letters.len() - 12).collect();
    format!("{head}…{tail}")
}

fn sign(media_type: &str) -> Icon {
    match media_type.split('/').next().unwrap_or_default() {
        "image" => Icon::FileImage,
        "audio" => Icon::FileMusic,
        "video" => Icon::FilePlay,
        "message" => Icon::Mail,
        _ if media_type.contains("zip") || media_type.contains("compressed") => Icon::FileArchive,
        _ => Icon::FileText,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_its_kind() {
        assert_eq!(shortened("a.pdf"), "a.pdf");
        let long = shortened(&format!("{}.pdf", "é".repeat(100)));
        assert!(long.ends_with(".pdf") && long.chars().count() == 35, "{long}");
    }
}
