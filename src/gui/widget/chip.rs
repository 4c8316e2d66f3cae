//! A chip: a finished entry in a field, with a cross to take it away.

use super::control::{Role, Semantics, control, hint};
use super::icon::{Icon, icon};
use crate::gui::{font, theme};
use iced::widget::{button, container, row, text};
use iced::{Alignment, Border, Color, Element, Theme};

/// How a chip looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Normal,
    /// Something is wrong with it.
    Warn,
}

/// What a chip shows and does.
pub struct Chip<'a, M> {
    /// The same in every frame.
    pub id: String,
    pub face: String,
    /// In full: the name for assistive technology, and the tooltip.
    pub name: String,
    pub tone: Tone,
    /// The keyboard stands on it.
    pub active: bool,
    pub remove_name: String,
    pub on_press: M,
    pub on_remove: M,
    pub _life: std::marker::PhantomData<&'a M>,
}

const HEIGHT: f32 = 24.0;

impl<'a, M: Clone + 'a> From<Chip<'a, M>> for Element<'a, M> {
    fn from(chip: Chip<'a, M>) -> Self {
        let Chip { id, face, name, tone, active, remove_name, on_press, on_remove, .. } = chip;
        let words = text(face.clone())
            .font(font::semibold(&face))
            .size(theme::size::META)
            .line_height(theme::size::line(16.0))
            .wrapping(text::Wrapping::None);
        let bare = move |theme: &Theme, status| bare(theme, status, tone);
        let words = button(words).padding([4.0, 0.0]).style(bare).on_press(on_press);
        let cross = button(icon(Icon::X, 12.0)).padding([6.0, 4.0]).style(bare).on_press(on_remove);
        let cross = control(format!("{id}-remove"), Semantics::new(Role::Button, remove_name), cross);
        let inside = row![words, cross].spacing(4).align_y(Alignment::Center);
        let ground = move |theme: &Theme| {
            let tokens = theme::tokens(theme);
            let color = if tone == Tone::Warn { tokens.warn_bg } else { tokens.hover };
            let ring = if active { tokens.accent } else { Color::TRANSPARENT };
            let border = Border { color: ring, width: 2.0, radius: (HEIGHT / 2.0).into() };
            container::Style { background: Some(color.into()), border, ..container::Style::default() }
        };
        let body = container(inside).height(HEIGHT).padding([0.0, 5.0]).padding(iced::Padding {
            left: 9.0,
            right: 5.0,
            top: 0.0,
            bottom: 0.0,
        });
        let body = hint(body.style(ground).clip(true), name.clone(), None);
        control(id, Semantics::new(Role::ListItem, name), body).selected(active).into()
    }
}

fn bare(theme: &Theme, status: button::Status, tone: Tone) -> button::Style {
    let tokens = theme::tokens(theme);
    let text_color = match (tone, status) {
        (Tone::Warn, _) => tokens.warn,
        (_, button::Status::Hovered | button::Status::Pressed) => tokens.accent,
        _ => tokens.text,
    };
    button::Style { text_color, background: None, ..button::Style::default() }
}
