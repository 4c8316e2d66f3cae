//! The look: every colour, size and distance, and the styles of the controls made of them.
//! No other file of the window spells a colour.

use crate::service::model::ThemeChoice;
use iced::widget::{button, container, progress_bar, rule, scrollable, text, text_editor, text_input};
use iced::{Background, Border, Color, Shadow, Theme, color};
use std::sync::LazyLock;

/// The colours of one ground, light or dark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tokens {
    /// List and reader.
    pub bg: Color,
    /// Sidebar and status bar.
    pub pane: Color,
    /// Fields, buttons, menus.
    pub card: Color,
    /// Hairlines.
    pub line: Color,
    pub text: Color,
    pub dim: Color,
    pub faint: Color,
    /// Primary button, unread dot, links, focus ring.
    pub accent: Color,
    pub accent_bg: Color,
    /// Words on the accent.
    pub on_accent: Color,
    /// Rows.
    pub selected: Color,
    pub hover: Color,
    /// Encrypted, verified, done.
    pub ok: Color,
    pub ok_bg: Color,
    /// Blocked, delayed, suspicious.
    pub warn: Color,
    pub warn_bg: Color,
    /// Failed, refused.
    pub bad: Color,
    pub bad_bg: Color,
    /// Quoted text of the second, third and fourth level.
    pub quotes: [Color; 3],
    /// Words that were searched for, and the ground beneath them.
    pub hit: Color,
    pub hit_bg: Color,
    /// Behind the toast; its words; its button.
    pub toast: Color,
    pub on_toast: Color,
    pub toast_accent: Color,
    /// Laid over the window beneath a dialog.
    pub scrim: Color,
    /// Under menus and toasts: see [`super::widget::lifted`].
    pub shadow: Color,
}

pub const LIGHT: Tokens = Tokens {
    bg: color!(0xFBFAF8),
    pane: color!(0xF4F2EE),
    card: color!(0xFFFFFF),
    line: color!(0xE6E2DB),
    text: color!(0x211F1C),
    dim: color!(0x6F6A62),
    faint: color!(0x9A948A),
    accent: color!(0xB4532A),
    accent_bg: color!(0xF7E8DF),
    on_accent: color!(0xFFFFFF),
    selected: color!(0xF3E3D9),
    hover: color!(0xF0EDE8),
    // A shade darker than the design's #2F7D4F: 4.5 to 1 on its own ground.
    ok: color!(0x2B7549),
    ok_bg: color!(0xE5F2EA),
    // As above: the design's #9A6A00 keeps but 4.3 to 1.
    warn: color!(0x8F6200),
    warn_bg: color!(0xFBF1D9),
    bad: color!(0xB3261E),
    bad_bg: color!(0xFBE5E3),
    quotes: [color!(0x2F6A7D), color!(0x5A6B2A), color!(0x7A4F78)],
    hit: color!(0x7A4A00),
    hit_bg: color!(0xFDEBBF),
    toast: color!(0x2B2926),
    on_toast: color!(0xF4F2EE),
    toast_accent: color!(0xE58E60),
    scrim: color!(0x211F1C, 0.35),
    shadow: color!(0x211F1C, 0.16),
};

pub const DARK: Tokens = Tokens {
    bg: color!(0x1D1C1A),
    pane: color!(0x171614),
    card: color!(0x242220),
    line: color!(0x34312D),
    text: color!(0xECE8E2),
    dim: color!(0xA8A198),
    faint: color!(0x7C766D),
    accent: color!(0xE58E60),
    accent_bg: color!(0x3A2A21),
    on_accent: color!(0x1D1C1A),
    selected: color!(0x3B2C23),
    hover: color!(0x282623),
    ok: color!(0x77C795),
    ok_bg: color!(0x1F3327),
    warn: color!(0xE3B655),
    warn_bg: color!(0x382F1C),
    bad: color!(0xF08A82),
    bad_bg: color!(0x3D2321),
    quotes: [color!(0x7FBAD0), color!(0xABBF74), color!(0xCFA3CC)],
    hit: color!(0xF5CF7A),
    hit_bg: color!(0x433410),
    toast: color!(0xECE8E2),
    on_toast: color!(0x211F1C),
    toast_accent: color!(0xB4532A),
    scrim: color!(0x000000, 0.5),
    shadow: color!(0x000000, 0.45),
};

/// Text sizes and line heights in logical pixels.
pub mod size {
    use iced::widget::text::LineHeight;

    pub const BODY: f32 = 14.0;
    pub const MESSAGE: f32 = 15.0;
    pub const SUBJECT: f32 = 21.0;
    pub const META: f32 = 12.0;
    /// Second lines: addresses, previews, banners.
    pub const SMALL: f32 = 13.0;
    pub const ICON_ROW: f32 = 16.0;
    pub const ICON_TOOLBAR: f32 = 18.0;

    /// A line height in pixels.
    pub const fn line(pixels: f32) -> LineHeight {
        LineHeight::Absolute(iced::Pixels(pixels))
    }
}

/// Corner radii.
pub mod radius {
    pub const CONTROL: f32 = 8.0;
    pub const CARD: f32 = 10.0;
    pub const DIALOG: f32 = 16.0;
}

/// Distances, on a grid of 4.
pub mod space {
    pub const XS: f32 = 4.0;
    pub const S: f32 = 8.0;
    pub const M: f32 = 12.0;
    pub const L: f32 = 16.0;
    pub const XL: f32 = 24.0;
}

static LIGHT_THEME: LazyLock<Theme> = LazyLock::new(|| made("Postwren Light", &LIGHT));
static DARK_THEME: LazyLock<Theme> = LazyLock::new(|| made("Postwren Dark", &DARK));

fn made(name: &'static str, tokens: &Tokens) -> Theme {
    Theme::custom(
        name,
        iced::theme::Palette {
            background: tokens.bg,
            text: tokens.text,
            primary: tokens.accent,
            success: tokens.ok,
            warning: tokens.warn,
            danger: tokens.bad,
        },
    )
}

/// The theme of a choice; `System` follows what the desktop last said.
pub fn theme(choice: ThemeChoice, system: iced::theme::Mode) -> Theme {
    let dark = match choice {
        ThemeChoice::Light => false,
        ThemeChoice::Dark => true,
        ThemeChoice::System => system == iced::theme::Mode::Dark,
    };
    if dark { DARK_THEME.clone() } else { LIGHT_THEME.clone() }
}

/// The tokens of a theme.
pub fn tokens(theme: &Theme) -> &'static Tokens {
    if theme.palette().background == DARK.bg { &DARK } else { &LIGHT }
}

fn border(color: Color, width: f32, radius: f32) -> Border {
    Border { color, width, radius: radius.into() }
}

/// Styles of words: `text("…").style(theme::words::dim)`.
pub mod words {
    use super::*;

    fn colored(color: Color) -> text::Style {
        text::Style { color: Some(color) }
    }
    pub fn normal(theme: &Theme) -> text::Style {
        colored(tokens(theme).text)
    }
    pub fn dim(theme: &Theme) -> text::Style {
        colored(tokens(theme).dim)
    }
    pub fn faint(theme: &Theme) -> text::Style {
        colored(tokens(theme).faint)
    }
    pub fn accent(theme: &Theme) -> text::Style {
        colored(tokens(theme).accent)
    }
    pub fn ok(theme: &Theme) -> text::Style {
        colored(tokens(theme).ok)
    }
    pub fn warn(theme: &Theme) -> text::Style {
        colored(tokens(theme).warn)
    }
    pub fn bad(theme: &Theme) -> text::Style {
        colored(tokens(theme).bad)
    }
    pub fn on_accent(theme: &Theme) -> text::Style {
        colored(tokens(theme).on_accent)
    }
}

/// Styles of buttons.
pub mod press {
    use super::*;
    use button::{Status, Style};

    fn style(background: Option<Color>, text_color: Color, border: Border) -> Style {
        Style {
            background: background.map(Background::Color),
            text_color,
            border,
            shadow: Shadow::default(),
            snap: true,
        }
    }

    fn mixed(a: Color, b: Color, part: f32) -> Color {
        Color::from_rgba(
            a.r + (b.r - a.r) * part,
            a.g + (b.g - a.g) * part,
            a.b + (b.b - a.b) * part,
            a.a + (b.a - a.a) * part,
        )
    }

    /// The one thing to do here: filled with the accent.
    pub fn primary(theme: &Theme, status: Status) -> Style {
        let t = tokens(theme);
        let ground = match status {
            Status::Hovered => mixed(t.accent, t.text, 0.10),
            Status::Pressed => mixed(t.accent, t.text, 0.18),
            Status::Active => t.accent,
            Status::Disabled => mixed(t.accent, t.bg, 0.55),
        };
        style(Some(ground), t.on_accent, border(Color::TRANSPARENT, 0.0, radius::CONTROL))
    }

    /// An ordinary button: a card with a hairline.
    pub fn plain(theme: &Theme, status: Status) -> Style {
        let t = tokens(theme);
        let (ground, words) = match status {
            Status::Hovered | Status::Pressed => (t.hover, t.text),
            Status::Active => (t.card, t.text),
            Status::Disabled => (t.card, t.faint),
        };
        style(Some(ground), words, border(t.line, 1.0, radius::CONTROL))
    }

    /// A quiet button: words alone, a ground on hover.
    pub fn quiet(theme: &Theme, status: Status) -> Style {
        let t = tokens(theme);
        let (ground, words) = match status {
            Status::Hovered | Status::Pressed => (Some(t.hover), t.text),
            Status::Active => (None, t.dim),
            Status::Disabled => (None, t.faint),
        };
        style(ground, words, border(Color::TRANSPARENT, 0.0, radius::CONTROL))
    }

    /// Words in the accent, such as Undo in the status bar.
    pub fn link(theme: &Theme, status: Status) -> Style {
        let t = tokens(theme);
        let words = match status {
            Status::Disabled => t.faint,
            Status::Hovered | Status::Pressed => mixed(t.accent, t.text, 0.35),
            Status::Active => t.accent,
        };
        style(None, words, border(Color::TRANSPARENT, 0.0, radius::XS))
    }

    /// A destructive choice.
    pub fn danger(theme: &Theme, status: Status) -> Style {
        let t = tokens(theme);
        let ground = match status {
            Status::Hovered | Status::Pressed => t.bad_bg,
            _ => t.card,
        };
        style(
            Some(ground),
            if status == Status::Disabled { t.faint } else { t.bad },
            border(t.line, 1.0, radius::CONTROL),
        )
    }

    /// A row of the sidebar or of a menu; `selected` fills it.
    pub fn row(selected: bool) -> impl Fn(&Theme, Status) -> Style {
        move |theme, status| {
            let t = tokens(theme);
            let ground = match status {
                _ if selected => Some(t.selected),
                Status::Hovered | Status::Pressed => Some(t.hover),
                _ => None,
            };
            let words = if status == Status::Disabled { t.faint } else { t.text };
            style(ground, words, border(Color::TRANSPARENT, 0.0, radius::CONTROL))
        }
    }

    /// A row of the sidebar on which something can be dropped; `aimed` outlines it.
    pub fn target(selected: bool, aimed: bool) -> impl Fn(&Theme, Status) -> Style {
        move |theme, status| {
            let t = tokens(theme);
            if aimed {
                return style(Some(t.accent_bg), t.text, border(t.accent, 2.0, radius::CONTROL));
            }
            row(selected)(theme, status)
        }
    }

    /// A folded message of a conversation.
    pub fn folded(theme: &Theme, status: Status) -> Style {
        let t = tokens(theme);
        let ground = if matches!(status, Status::Hovered | Status::Pressed) { t.hover } else { t.bg };
        style(Some(ground), t.text, border(t.line, 1.0, super::radius::CARD))
    }

    /// The head of an open message: it shows no ground of its own.
    pub fn head(theme: &Theme, _status: Status) -> Style {
        style(None, tokens(theme).text, border(Color::TRANSPARENT, 0.0, super::radius::CARD))
    }

    /// A row that a pane ground lies under: its hover is that of cards.
    pub fn banner(color: fn(&Tokens) -> Color) -> impl Fn(&Theme, Status) -> Style {
        move |theme, status| {
            let t = tokens(theme);
            let words = match status {
                Status::Hovered | Status::Pressed => mixed(color(t), t.text, 0.4),
                _ => color(t),
            };
            style(None, words, border(Color::TRANSPARENT, 0.0, radius::XS))
        }
    }

    /// The button of a toast.
    pub fn toast(theme: &Theme, status: Status) -> Style {
        let t = tokens(theme);
        let words = if matches!(status, Status::Hovered | Status::Pressed) { t.on_toast } else { t.toast_accent };
        style(None, words, border(Color::TRANSPARENT, 0.0, radius::XS))
    }

    mod radius {
        pub use super::super::radius::CONTROL;
        pub const XS: f32 = 4.0;
    }
}

/// Grounds of containers.
pub mod ground {
    use super::*;
    use container::Style;

    fn filled(color: Color) -> Style {
        Style { background: Some(color.into()), ..Style::default() }
    }

    pub fn bg(theme: &Theme) -> Style {
        Style { text_color: Some(tokens(theme).text), ..filled(tokens(theme).bg) }
    }
    pub fn pane(theme: &Theme) -> Style {
        Style { text_color: Some(tokens(theme).text), ..filled(tokens(theme).pane) }
    }
    pub fn line(theme: &Theme) -> Style {
        filled(tokens(theme).line)
    }
    pub fn scrim(theme: &Theme) -> Style {
        filled(tokens(theme).scrim)
    }

    /// A card: fields that hold more than text, attachments, blocks.
    pub fn card(theme: &Theme) -> Style {
        let t = tokens(theme);
        Style { border: border(t.line, 1.0, radius::CARD), text_color: Some(t.text), ..filled(t.card) }
    }

    /// An open message of a conversation; the `active` one is outlined.
    pub fn message(active: bool) -> impl Fn(&Theme) -> Style {
        move |theme| {
            let t = tokens(theme);
            let edge = if active { t.faint } else { t.line };
            Style { border: border(edge, 1.0, radius::CARD), ..card(theme) }
        }
    }

    /// A card that is refused or failed.
    pub fn card_bad(theme: &Theme) -> Style {
        let t = tokens(theme);
        Style { border: border(t.bad, 1.0, radius::CARD), text_color: Some(t.text), ..filled(t.card) }
    }

    /// A page of paper: white in every theme.
    pub fn paper(theme: &Theme) -> Style {
        Style { border: border(tokens(theme).line, 1.0, 0.0), ..filled(Color::WHITE) }
    }

    /// A dialog of its own on the pane.
    pub fn dialog(theme: &Theme) -> Style {
        let t = tokens(theme);
        Style { border: border(t.line, 1.0, radius::DIALOG), text_color: Some(t.text), ..filled(t.card) }
    }

    /// A menu or tooltip above the window.
    pub fn menu(theme: &Theme) -> Style {
        let t = tokens(theme);
        Style { border: border(t.line, 1.0, radius::CARD), text_color: Some(t.text), ..filled(t.card) }
    }

    pub fn toast(theme: &Theme) -> Style {
        let t = tokens(theme);
        Style { border: border(Color::TRANSPARENT, 0.0, radius::CARD), text_color: Some(t.on_toast), ..filled(t.toast) }
    }

    fn banner(ground: Color, words: Color) -> Style {
        Style { border: border(Color::TRANSPARENT, 0.0, radius::CARD), text_color: Some(words), ..filled(ground) }
    }
    pub fn ok(theme: &Theme) -> Style {
        banner(tokens(theme).ok_bg, tokens(theme).ok)
    }
    pub fn warn(theme: &Theme) -> Style {
        banner(tokens(theme).warn_bg, tokens(theme).warn)
    }
    pub fn bad(theme: &Theme) -> Style {
        banner(tokens(theme).bad_bg, tokens(theme).bad)
    }
    pub fn accent(theme: &Theme) -> Style {
        banner(tokens(theme).accent_bg, tokens(theme).accent)
    }

    /// A key on the keyboard, or a small tag.
    pub fn key(theme: &Theme) -> Style {
        let t = tokens(theme);
        Style { border: border(t.line, 1.0, 5.0), text_color: Some(t.dim), ..filled(t.bg) }
    }

    /// A row of the message list.
    pub fn row(selected: bool, hovered: bool) -> impl Fn(&Theme) -> Style {
        move |theme| {
            let t = tokens(theme);
            match (selected, hovered) {
                (true, _) => filled(t.selected),
                (false, true) => filled(t.hover),
                _ => Style::default(),
            }
        }
    }
}

/// A one-line field.
pub fn field(theme: &Theme, status: text_input::Status) -> text_input::Style {
    let t = tokens(theme);
    let edge = match status {
        text_input::Status::Focused { .. } => border(t.accent, 2.0, radius::CONTROL),
        text_input::Status::Hovered => border(t.faint, 1.0, radius::CONTROL),
        _ => border(t.line, 1.0, radius::CONTROL),
    };
    text_input::Style {
        background: t.card.into(),
        border: edge,
        icon: t.dim,
        placeholder: t.faint,
        value: if status == text_input::Status::Disabled { t.dim } else { t.text },
        selection: t.selected,
    }
}

/// The field that searches: as round as a card.
pub fn search_field(theme: &Theme, status: text_input::Status) -> text_input::Style {
    let style = field(theme, status);
    text_input::Style { border: style.border.rounded(radius::CARD), ..style }
}

/// A field within a card that draws the edge itself.
pub fn bare_field(theme: &Theme, status: text_input::Status) -> text_input::Style {
    text_input::Style {
        background: Color::TRANSPARENT.into(),
        border: border(Color::TRANSPARENT, 0.0, radius::CONTROL),
        ..field(theme, status)
    }
}

/// A text of many lines without an edge: the reader's text, the body of a letter.
pub fn bare_editor(theme: &Theme, _status: text_editor::Status) -> text_editor::Style {
    let t = tokens(theme);
    text_editor::Style {
        background: Color::TRANSPARENT.into(),
        border: Border::default(),
        placeholder: t.faint,
        value: t.text,
        selection: t.selected,
    }
}

/// The same for text that matters less, as a signature.
pub fn dim_editor(theme: &Theme, status: text_editor::Status) -> text_editor::Style {
    text_editor::Style { value: tokens(theme).dim, ..bare_editor(theme, status) }
}

/// The same for text that is quoted at a level, from 1.
pub fn quoted_editor(level: u8, theme: &Theme, status: text_editor::Status) -> text_editor::Style {
    text_editor::Style { value: quote(level, theme).unwrap_or(tokens(theme).dim), ..bare_editor(theme, status) }
}

/// The colour of a deeper quotation; the first level is as calm as any second line. After the last of the colours they
/// begin again.
fn quote(level: u8, theme: &Theme) -> Option<Color> {
    let quotes = &tokens(theme).quotes;
    let deeper = usize::from(level.checked_sub(2)?);
    quotes.get(deeper % quotes.len()).copied()
}

/// A text of many lines as a field.
pub fn editor(theme: &Theme, status: text_editor::Status) -> text_editor::Style {
    let t = tokens(theme);
    let edge = match status {
        text_editor::Status::Focused { .. } => border(t.accent, 2.0, radius::CONTROL),
        _ => border(t.line, 1.0, radius::CONTROL),
    };
    text_editor::Style { background: t.card.into(), border: edge, ..bare_editor(theme, status) }
}

/// A thin, calm scroll bar.
pub fn scroll(theme: &Theme, status: scrollable::Status) -> scrollable::Style {
    let t = tokens(theme);
    let strong = matches!(
        status,
        scrollable::Status::Hovered { is_vertical_scrollbar_hovered: true, .. } | scrollable::Status::Dragged { .. }
    );
    let mut style = scrollable::default(theme, status);
    let rail = scrollable::Rail {
        background: None,
        border: Border::default(),
        scroller: scrollable::Scroller {
            background: scroller(t, strong).into(),
            border: border(Color::TRANSPARENT, 0.0, 3.0),
        },
    };
    style.vertical_rail = rail;
    style.horizontal_rail = rail;
    style.gap = None;
    style
}

/// The colour of a scroll bar's thumb.
pub fn scroller(tokens: &Tokens, strong: bool) -> Color {
    Color { a: if strong { 0.8 } else { 0.35 }, ..tokens.faint }
}

/// The progress of a transfer.
pub fn progress(theme: &Theme) -> progress_bar::Style {
    let t = tokens(theme);
    progress_bar::Style {
        background: t.line.into(),
        bar: t.accent.into(),
        border: border(Color::TRANSPARENT, 0.0, 2.0),
    }
}

/// A hairline.
pub fn hairline(theme: &Theme) -> rule::Style {
    rule::Style { color: tokens(theme).line, radius: 0.0.into(), fill_mode: rule::FillMode::Full, snap: true }
}

/// The bar beside quoted text.
pub fn quote_bar(level: u8, theme: &Theme) -> rule::Style {
    let color = quote(level, theme).map_or(tokens(theme).line, |color| Color { a: 0.5, ..color });
    rule::Style { color, radius: 0.0.into(), fill_mode: rule::FillMode::Full, snap: true }
}

/// The ground of a person's initials: a calm colour that is always the same for the same address.
pub fn avatar(address: &str) -> Color {
    const GROUNDS: [Color; 8] = [
        color!(0x3D6A80),
        color!(0x5B6B3A),
        color!(0x7A5272),
        color!(0x8A5A33),
        color!(0x3F6E5D),
        color!(0x5A5F8C),
        color!(0x8A4A4A),
        color!(0x6B6257),
    ];
    let sum = address.to_lowercase().bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    GROUNDS[sum as usize % GROUNDS.len()]
}

/// Words on an [`avatar`].
pub const ON_AVATAR: Color = Color::WHITE;

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2 contrast of two opaque colours.
    fn contrast(a: Color, b: Color) -> f32 {
        let (a, b) = (a.relative_luminance(), b.relative_luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn words_are_readable_on_their_grounds() {
        for t in [&LIGHT, &DARK] {
            for (words, ground) in [
                (t.text, t.bg),
                (t.text, t.pane),
                (t.text, t.card),
                (t.text, t.selected),
                (t.text, t.hover),
                (t.dim, t.bg),
                (t.dim, t.pane),
                (t.dim, t.card),
                (t.ok, t.ok_bg),
                (t.warn, t.warn_bg),
                (t.bad, t.bad_bg),
                (t.quotes[0], t.bg),
                (t.quotes[1], t.bg),
                (t.quotes[2], t.bg),
                (t.quotes[0], t.card),
                (t.quotes[1], t.card),
                (t.quotes[2], t.card),
                (t.hit, t.hit_bg),
                (t.text, t.hit_bg),
                (t.dim, t.hit_bg),
                (t.on_toast, t.toast),
                (t.on_accent, t.accent),
            ] {
                assert!(contrast(words, ground) >= 4.5, "{words:?} on {ground:?}: {}", contrast(words, ground));
            }
        }
    }

    #[test]
    fn a_theme_gives_its_own_tokens() {
        use iced::theme::Mode;
        assert_eq!(tokens(&theme(ThemeChoice::System, Mode::Dark)).bg, DARK.bg);
        assert_eq!(tokens(&theme(ThemeChoice::System, Mode::None)).bg, LIGHT.bg);
        assert_eq!(tokens(&theme(ThemeChoice::Dark, Mode::Light)).bg, DARK.bg);
        assert_eq!(tokens(&theme(ThemeChoice::Light, Mode::Dark)).bg, LIGHT.bg);
    }
}
