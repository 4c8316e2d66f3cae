//! The calm bar above the text: what is missing, what failed, what may be a slip.

use super::super::ending::Doubt;
use super::super::{Compose, Message, Notice, ids};
use crate::fl;
use crate::gui::theme::{self, size, space};
use crate::gui::widget::control::{Role, Semantics, control, icon_button, link};
use crate::gui::widget::icon::{Icon, icon};
use crate::i18n::{problem, units};
use iced::widget::{button, column, container, row, text};
use iced::{Alignment, Element, Length, Theme};

pub fn view(compose: &Compose) -> Option<Element<'_, Message>> {
    let notice = compose.notice.as_ref()?;
    let bad = matches!(notice, Notice::Problem(_) | Notice::NotAttached { .. });
    let (words, details) = said(notice);
    let mut column = column![text(words.clone()).size(size::SMALL).line_height(size::line(20.0))];
    if let (true, Some(details)) = (compose.details, &details) {
        column = column.push(text(details.clone()).font(crate::gui::font::MONO).size(size::META));
    }
    let style = if bad { in_bad } else { in_warn };
    let mut buttons = row![].spacing(space::M).align_y(Alignment::Center);
    if details.is_some() {
        let name = if compose.details { fl!("compose-details-less") } else { fl!("compose-details") };
        buttons = buttons.push(link(ids::DETAILS, name, size::SMALL, style, Some(Message::DetailsPressed)));
    }
    if matches!(notice, Notice::Doubts(_)) {
        buttons =
            buttons.push(link(ids::ANYWAY, fl!("compose-send-anyway"), size::SMALL, style, Some(Message::SendAnyway)));
    }
    let sign = icon(if bad { Icon::CircleAlert } else { Icon::TriangleAlert }, 16.0);
    let leave = icon_button(ids::NOTICE_LEAVE, Icon::X, fl!("compose-notice-leave"), None, Some(Message::NoticeLeft));
    let line = row![sign, column.width(Length::Fill), buttons, leave].spacing(10).align_y(Alignment::Center);
    let ground = if bad { theme::ground::bad } else { theme::ground::warn };
    let bar = container(line).padding([6.0, 12.0]).width(Length::Fill).style(ground);
    let bar = control(ids::NOTICE, Semantics::new(Role::Alert, words), bar).radius(theme::radius::CARD);
    Some(container(bar).padding([10.0, 24.0]).into())
}

fn in_bad(theme: &Theme, status: button::Status) -> button::Style {
    theme::press::banner(|tokens| tokens.bad)(theme, status)
}

fn in_warn(theme: &Theme, status: button::Status) -> button::Style {
    theme::press::banner(|tokens| tokens.warn)(theme, status)
}

/// The sentence of a notice, and the technical words behind it.
fn said(notice: &Notice) -> (String, Option<String>) {
    match notice {
        Notice::Problem(failure) => {
            let words = problem::words(failure);
            (format!("{} {}", words.what, words.advice), words.details)
        }
        Notice::NotAttached { file_name, problem: failure } => {
            let words = problem::words(failure);
            (fl!("compose-not-attached", name = file_name.as_str(), what = words.what), words.details)
        }
        Notice::NoRecipients => (fl!("compose-no-recipients"), None),
        Notice::BadRecipient(text) => (fl!("compose-bad-recipient", text = text.as_str()), None),
        Notice::NoAccount => (fl!("compose-no-account"), None),
        Notice::Doubts(doubts) => {
            let sentences: Vec<String> = doubts.iter().map(doubt).collect();
            (sentences.join(" "), None)
        }
    }
}

fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::NoSubject => fl!("compose-doubt-subject"),
        Doubt::NoAttachment => fl!("compose-doubt-attachment"),
        Doubt::TooLarge { size, limit } => {
            fl!("compose-doubt-size", size = units::size(*size), limit = units::size(*limit))
        }
    }
}
