//! The bundled typefaces: Inter (SIL Open Font License, `assets/fonts/OFL.txt`) and Lucide's icons.
//! Every other script falls back to the system's fonts.

use iced::Font;
use iced::font::{Family, Style, Weight};
use std::borrow::Cow;

/// Everything that is loaded at the start.
pub fn all() -> Vec<Cow<'static, [u8]>> {
    vec![
        include_bytes!("../../assets/fonts/Inter-Regular.otf").as_slice().into(),
        include_bytes!("../../assets/fonts/Inter-Medium.otf").as_slice().into(),
        include_bytes!("../../assets/fonts/Inter-SemiBold.otf").as_slice().into(),
        lucide_icons::LUCIDE_FONT_BYTES.into(),
    ]
}

const fn inter(weight: Weight) -> Font {
    Font { family: Family::Name("Inter"), weight, ..Font::DEFAULT }
}

/// Weight 400: running text.
pub const REGULAR: Font = inter(Weight::Normal);
/// Weight 500: buttons, names.
pub const MEDIUM: Font = inter(Weight::Medium);
/// Weight 600: headings, unread rows.
pub const SEMIBOLD: Font = inter(Weight::Semibold);
/// Names within a sentence. Inter's own letters, slanted.
pub const ITALIC: Font = Font { style: Style::Italic, ..REGULAR };
/// Fixed pitch of the system: transcripts, source.
pub const MONO: Font = Font::MONOSPACE;
/// The icons.
pub const ICONS: Font = Font::with_name("lucide");

/// Weight 700: what is [`SEMIBOLD`] in scripts that Inter does not have.
const BOLD: Font = inter(Weight::Bold);

/// [`MEDIUM`] where Inter has the letters. The system's fonts of other scripts seldom have a weight of 500,
/// and the search for one ends at an unfitting face: those get the regular weight.
pub fn medium(text: &str) -> Font {
    if is_inters(text) { MEDIUM } else { REGULAR }
}

/// [`SEMIBOLD`] where Inter has the letters. For the same reason other scripts get the weight of 700, which most of
/// their fonts have.
pub fn semibold(text: &str) -> Font {
    if is_inters(text) { SEMIBOLD } else { BOLD }
}

/// Latin, Greek, Cyrillic and the usual punctuation.
fn is_inters(text: &str) -> bool {
    text.chars().all(|c| c < '\u{0590}' || matches!(c, '\u{2000}'..='\u{206f}'))
}
