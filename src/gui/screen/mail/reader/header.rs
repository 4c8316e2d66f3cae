//! The head of a message: who wrote it, to whom, when, and whether that can be trusted.

use super::view::Message;
use super::{Opened, trust};
use crate::fl;
use crate::gui::screen::mail::list::row::name;
use crate::gui::screen::mail::{Message as Screen, State};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::{Address, Row};
use iced::widget::{Column, button, column, container, responsive, row, text};
use iced::{Alignment, Element, Length, Padding, Size};

/// Narrower panes have date and chip below the names.
const WIDE: f32 = 460.0;

/// The subject, in large letters.
pub fn subject<'a>(row: &'a Row) -> Element<'a, Screen> {
    let subject = row.subject.trim();
    let subject = if subject.is_empty() { fl!("no-subject") } else { subject.to_string() };
    let words = text(subject.clone())
        .size(theme::size::SUBJECT)
        .line_height(theme::size::line(28.0))
        .font(font::semibold(&subject));
    control::control("reader-subject", Semantics::new(Role::Heading, subject), words).into()
}

/// Sender, recipients, date, and the chip about trust. Where the pane is narrow date and chip stand below: who wrote
/// it is never squeezed away.
pub fn view<'a>(state: &'a State, opened: &'a Opened) -> Element<'a, Screen> {
    responsive(move |size: Size| of(state, opened, size.width >= WIDE)).height(Length::Shrink).into()
}

fn of<'a>(state: &'a State, opened: &'a Opened, wide: bool) -> Element<'a, Screen> {
    let unknown = Address::default();
    let from = opened.view.content.envelope.from.first().or(opened.view.row.from.first()).unwrap_or(&unknown);
    let shown = if name(from).is_empty() { fl!("no-sender") } else { name(from).to_string() };
    let mut who = column![line(shown.clone()).font(font::semibold(&shown))];
    if !from.name.trim().is_empty() && !from.addr.is_empty() {
        who = who.push(line(format!("<{}>", from.addr)).style(theme::words::dim));
    }
    who = who.push(recipients(state, opened));
    if opened.expanded {
        who = who.push(all_addresses(opened));
    }
    let avatar = container(avatar(from, &shown, 40.0)).padding(Padding { top: 4.0, ..Padding::ZERO });
    let who = row![avatar, who.width(Length::Fill)].spacing(theme::space::M);
    if wide {
        let date = container(date(state, opened, Alignment::End)).padding(Padding { top: 3.0, ..Padding::ZERO });
        who.push(date).into()
    } else {
        column![who, date(state, opened, Alignment::Start)].spacing(theme::space::S).into()
    }
}

/// When it was written, and the chip below.
fn date<'a>(state: &'a State, opened: &'a Opened, side: Alignment) -> Element<'a, Screen> {
    let date = text(units::full_date(opened.view.row.date, &state.now))
        .size(theme::size::SMALL)
        .style(theme::words::dim)
        .wrapping(text::Wrapping::None);
    let date = control::hint(date, units::full_date_with_zone(opened.view.row.date, &state.now), None);
    let all = column![date].extend(trust::chip(&opened.view.trust, opened.trust_shown));
    all.spacing(theme::space::S).align_x(side).into()
}

/// The initials on a calm colour, in a circle of this width.
pub fn avatar<'a>(from: &Address, shown: &str, width: f32) -> Element<'a, Screen> {
    let ground = theme::avatar(&from.addr);
    let initials = initials(shown);
    let letters = text(initials.clone()).size(width * 0.35).font(font::semibold(&initials)).color(theme::ON_AVATAR);
    container(letters)
        .center(width)
        .style(move |_| container::Style {
            background: Some(ground.into()),
            border: iced::Border::default().rounded(width / 2.0),
            ..container::Style::default()
        })
        .into()
}

/// The first letters of the first and the last word.
pub fn initials(name: &str) -> String {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut letters = name.split_whitespace().filter_map(letter);
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// “to you, Mary Somerville”: opens into all addresses.
fn recipients<'a>(state: &'a State, opened: &'a Opened) -> Element<'a, Screen> {
    let envelope = &opened.view.content.envelope;
    let mine = |address: &Address| {
        state.accounts.all().iter().any(|view| view.account.email.eq_ignore_ascii_case(&address.addr))
    };
    let all: Vec<&Address> = envelope.to.iter().chain(&envelope.cc).collect();
    let mut shown: Vec<String> = Vec::new();
    if all.iter().any(|address| mine(address)) {
        shown.push(fl!("reader-you"));
    }
    shown.extend(all.iter().filter(|address| !mine(address)).take(3).map(|address| name(address).to_string()));
    let rest = all.len().saturating_sub(shown.len());
    let words = match (shown.is_empty(), rest) {
        (true, _) => fl!("reader-to-nobody"),
        (false, 0) => fl!("reader-to", names = shown.join(", ")),
        (false, rest) => fl!("reader-to-more", names = shown.join(", "), count = rest),
    };
    let sign = if opened.expanded { Icon::ChevronUp } else { Icon::ChevronDown };
    let face = row![
        line(words.clone()).size(theme::size::SMALL).style(theme::words::dim).shrink(),
        icon(sign, 13.0).style(theme::words::dim)
    ]
    .spacing(theme::space::XS)
    .align_y(Alignment::Center);
    let message = Some(Screen::Read(Message::Expand));
    let face = button(face).padding(0).style(theme::press::link).on_press_maybe(message.clone());
    control::control("reader-to", Semantics::new(Role::Button, words), face)
        .on_activate(message)
        .expanded(opened.expanded)
        .radius(4.0)
        .into()
}

fn all_addresses<'a>(opened: &'a Opened) -> Element<'a, Screen> {
    let envelope = &opened.view.content.envelope;
    let fields = [
        (fl!("header-from"), &envelope.from),
        (fl!("header-reply-to"), &envelope.reply_to),
        (fl!("header-to"), &envelope.to),
        (fl!("header-cc"), &envelope.cc),
        (fl!("header-bcc"), &envelope.bcc),
    ];
    let written = |address: &Address| match address.name.trim() {
        "" => address.addr.clone(),
        name => format!("{name} <{}>", address.addr),
    };
    let lines = fields.into_iter().filter(|(_, addresses)| !addresses.is_empty()).map(|(field, addresses)| {
        let mut shown: Vec<String> = addresses.iter().take(100).map(written).collect();
        if addresses.len() > 100 {
            let rest: usize = addresses.len() - 100;
            shown.push(fl!("reader-more-addresses", count = rest));
        }
        row![
            text(field).size(theme::size::SMALL).style(theme::words::dim).width(80),
            text(shown.join(", ")).size(theme::size::SMALL).width(Length::Fill),
        ]
        .into()
    });
    container(Column::with_children(lines).spacing(2)).padding(Padding { top: 6.0, ..Padding::ZERO }).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        assert_eq!(initials("Charles Babbage"), "CB");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials("\"Mary\" F. Somerville"), "MS");
        assert_eq!(initials("中村 ひかり"), "中ひ");
        assert_eq!(initials("<>"), "");
    }
}
