//! Parts of forms: boxes to tick, one of several lines, labels, notes, mistakes.

use super::control::{Role, Semantics, Step, control};
use super::icon::{Icon, icon};
use crate::gui::theme::{self, size};
use iced::widget::{Id, button as press_button, container, row, text};
use iced::{Alignment, Element, Length, Theme};

/// A box to tick, with its words.
pub fn tick<'a, M: Clone + 'a>(
    id: impl Into<Id>,
    words: String,
    ticked: bool,
    on_press: M,
    step: impl Fn(Step) -> M + 'a,
) -> Element<'a, M> {
    let sign = icon(if ticked { Icon::SquareCheck } else { Icon::Square }, 18.0);
    choice(id, Role::CheckBox, sign.into(), words, ticked, on_press, step)
}

/// One of several choices, each a line.
pub fn option<'a, M: Clone + 'a>(
    id: impl Into<Id>,
    words: String,
    chosen: bool,
    on_press: M,
    step: impl Fn(Step) -> M + 'a,
) -> Element<'a, M> {
    let sign = icon(if chosen { Icon::CircleDot } else { Icon::Circle }, 16.0);
    choice(id, Role::Radio, sign.into(), words, chosen, on_press, step)
}

fn choice<'a, M: Clone + 'a>(
    id: impl Into<Id>,
    role: Role,
    sign: Element<'a, M>,
    words: String,
    chosen: bool,
    on_press: M,
    step: impl Fn(Step) -> M + 'a,
) -> Element<'a, M> {
    let shown = text(words.clone()).line_height(size::line(20.0)).width(Length::Fill);
    let face = press_button(row![sign, shown].spacing(10).align_y(Alignment::Center))
        .padding([4.0, 6.0])
        .width(Length::Fill)
        .style(theme::press::row(false))
        .on_press(on_press.clone());
    control(id, Semantics::new(role, words), face).on_activate(Some(on_press)).on_step(step).checked(chosen).into()
}

/// Something with its label before it.
pub fn labelled<'a, M: 'a>(label: String, content: Element<'a, M>) -> Element<'a, M> {
    let label = container(text(label).style(theme::words::dim)).width(110).padding([8.0, 0.0]);
    row![label, container(content).width(Length::Fill)].into()
}

/// A few words below something, that say what it means.
pub fn note<'a, M: 'a>(words: String) -> Element<'a, M> {
    text(words).size(size::SMALL).line_height(size::line(18.0)).style(theme::words::dim).into()
}

/// What is wrong with the field of this id, below it.
pub fn mistake<'a, M: Clone + 'a>(id: &str, words: String) -> Element<'a, M> {
    let shown = row![icon(Icon::CircleAlert, 14.0), text(words.clone()).size(size::SMALL)].spacing(6);
    let shown = container(shown.align_y(Alignment::Center)).style(|theme: &Theme| container::Style {
        text_color: Some(theme::tokens(theme).bad),
        ..container::Style::default()
    });
    control(format!("{id}-mistake"), Semantics::new(Role::Alert, words), shown).into()
}
