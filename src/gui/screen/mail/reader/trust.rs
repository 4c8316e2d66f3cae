//! Who really sent it: a chip with one sentence, and behind it what it rests on.

use super::view::Message;
use crate::fl;
use crate::gui::screen::mail::Message as Screen;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::{font, theme};
use crate::i18n::reading::trust as words;
use crate::service::model::{Transit, Trust, Verdict};
use iced::widget::{Column, button, column, container, row, text};
use iced::{Alignment, Element, Length};

/// Sentences and steps that are told at most.
const MOST: usize = 12;

type Style = fn(&iced::Theme) -> text::Style;
type Ground = fn(&iced::Theme) -> container::Style;

/// The chip; none where nobody checked it and nothing is odd, which is most mail of small servers.
pub fn chip<'a>(trust: &Trust, open: bool) -> Option<Element<'a, Screen>> {
    if trust.verdict == Verdict::NotChecked && trust.suspicions.is_empty() && trust.hops.is_empty() {
        return None;
    }
    let (sign, style, ground): (Icon, Style, Ground) = match trust.verdict {
        Verdict::Verified => (Icon::CircleCheck, theme::words::ok, theme::ground::ok),
        Verdict::Failed => (Icon::ShieldX, theme::words::bad, theme::ground::bad),
        Verdict::Suspicious => (Icon::TriangleAlert, theme::words::warn, theme::ground::warn),
        Verdict::Unknown | Verdict::NotChecked => (Icon::ShieldQuestionMark, theme::words::dim, theme::ground::key),
    };
    let said = short(trust);
    let face = text(said.clone()).size(theme::size::META).font(font::SEMIBOLD).style(style);
    let face = row![icon(sign, 13.0).style(style), face.wrapping(text::Wrapping::None)];
    let face = container(face.spacing(6).align_y(Alignment::Center)).padding([3.0, 10.0]).style(ground);
    let message = Some(Screen::Read(Message::Trust));
    let face = button(face).padding(0).style(theme::press::link).on_press_maybe(message.clone());
    let chip = control::control("reader-trust", Semantics::new(Role::Button, said), face);
    Some(chip.on_activate(message).expanded(open).into())
}

/// The chip's few words: there is little room beside the sender's name. The sentence is in the details.
fn short(trust: &Trust) -> String {
    let verdict = match trust.verdict {
        Verdict::Verified => fl!("trust-short-verified"),
        Verdict::Failed => fl!("trust-short-failed"),
        Verdict::Suspicious => fl!("trust-short-suspicious"),
        Verdict::Unknown | Verdict::NotChecked => fl!("trust-short-unknown"),
    };
    match trust.transit {
        Transit::Encrypted => format!("{verdict} · {}", fl!("trust-short-encrypted")),
        _ => verdict,
    }
}

/// What the chip rests on: oddities first, then checks, then the way that it took.
pub fn details<'a>(trust: &Trust) -> Element<'a, Screen> {
    let line = |words: String, style: Style| -> Element<'a, Screen> {
        text(words).size(theme::size::SMALL).style(style).width(Length::Fill).into()
    };
    let mut all: Column<'a, Screen> = column![line(words::verdict(trust), theme::words::normal)];
    all = all.spacing(theme::space::XS);
    for suspicion in trust.suspicions.iter().take(MOST) {
        all = all.push(line(words::suspicion(suspicion), theme::words::warn));
    }
    for note in trust.notes.iter().take(MOST) {
        all = all.push(line(words::note(note), theme::words::dim));
    }
    for check in trust.checks.iter().take(MOST) {
        all = all.push(line(words::check(check), theme::words::normal));
    }
    all = all.push(line(words::transit(trust.transit), theme::words::normal));
    for hop in trust.hops.iter().take(MOST) {
        all = all.push(line(words::hop(hop), theme::words::dim));
    }
    let all = container(all).padding([10.0, 12.0]).width(Length::Fill).style(theme::ground::card);
    control::control("reader-trust-details", Semantics::new(Role::Status, fl!("reader-trust-details")), all).into()
}
