//! Lucide icons as text in the bundled icon font.

use crate::gui::font;
use iced::Theme;
use iced::widget::{Text, text};
pub use lucide_icons::Icon;

/// An icon of this size in pixels; it takes the colour of the words around it.
pub fn icon<'a>(icon: Icon, size: f32) -> Text<'a, Theme> {
    text(char::from(icon).to_string())
        .font(font::ICONS)
        .size(size)
        .line_height(1.0)
        .shaping(text::Shaping::Basic)
        .wrapping(text::Wrapping::None)
}
