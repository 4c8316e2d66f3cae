//! The text of a message: to select from, quoted text behind coloured bars and folded, the signature dimmed, links and
//! what was searched for marked.

use super::hover::{Type, hover};
use super::marks::{self, Marks, Settings};
use super::pieces::{Block, Piece};
use super::view::Message;
use super::{Opened, Spot, find, page_view, whole};
use crate::fl;
use crate::gui::screen::mail::hits::Hits;
use crate::gui::screen::mail::{Message as Screen, State};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::{font, theme};
use crate::service::model::{BlockKind, MessageId};
use iced::widget::text_editor::{Binding, KeyPress};
use iced::widget::{Column, mouse_area, row, rule, space, text, text_editor};
use iced::{Element, Font, Length};

/// Bars that are drawn for the levels of a quotation; deeper levels have as many.
const BARS: u8 = 6;
/// Height of a text in a card that is too long to be laid out whole: it scrolls by itself.
const WINDOW: f32 = 520.0;

/// How the text is shown.
#[derive(Clone, Copy)]
struct Look<'a> {
    /// The card that it is in.
    card: Option<MessageId>,
    height: Length,
    size: f32,
    font: Font,
    /// What is looked for.
    found: &'a str,
    hits: &'a Hits,
}

/// The text, the page in its stead, or why there is neither. `card` names it where there are several.
pub fn view<'a>(state: &'a State, opened: &'a Opened, card: Option<MessageId>) -> Element<'a, Screen> {
    if opened.view.row.headers_only {
        return whole::view(opened);
    }
    let active = state.reader.active() == Some(opened.view.row.id);
    let find = state.reader.find.as_ref().filter(|_| active);
    if opened.page.is_shown() {
        return page_view::body(find, opened);
    }
    if opened.is_empty() {
        let words =
            if opened.attachments().is_empty() { fl!("reader-no-text") } else { fl!("reader-only-attachments") };
        return text(words).style(theme::words::dim).into();
    }
    let looking = &state.reader.looking;
    let look = Look {
        card,
        height: match (opened.flows, card) {
            (true, _) => Length::Shrink,
            (false, None) => Length::Fill,
            (false, Some(_)) => Length::Fixed(WINDOW),
        },
        size: if looking.monospace { theme::size::BODY } else { theme::size::MESSAGE } * looking.zoom,
        font: if looking.monospace { font::MONO } else { font::REGULAR },
        found: find.map_or("", |find| find.text.as_str()),
        hits: &state.reader.hits,
    };
    let blocks = opened.blocks.iter().enumerate().map(|(number, block)| match block.kind() {
        BlockKind::Quoted(_) => quotation(look, number, block),
        BlockKind::Written | BlockKind::Signature => piece(look, Spot { block: number, piece: 0 }, block),
    });
    let all = Column::with_children(blocks).spacing(theme::space::M).height(look.height);
    let all = mouse_area(all).on_release(Screen::Read(Message::Released));
    control::control("reader-document", Semantics::new(Role::Document, opened.view.row.subject.clone()), all).into()
}

/// One piece of the text, to select from.
fn piece<'a>(look: Look<'a>, spot: Spot, block: &'a Block) -> Element<'a, Screen> {
    let Some(piece) = block.pieces.get(spot.piece) else { return space().into() };
    let line = (look.size * 1.6).round();
    let settings =
        Settings { links: piece.links.clone(), found: look.found.trim().to_string(), hits: look.hits.clone() };
    let editor = text_editor(&piece.text)
        .id(find::text_id(look.card, spot))
        .font(look.font)
        .size(look.size)
        .line_height(theme::size::line(line))
        .padding(0)
        .height(look.height)
        .key_binding(keys)
        .style(style(piece))
        .highlight_with::<Marks>(settings.clone(), marks::format)
        .on_action(move |action| Screen::Read(Message::Text(spot, action)));
    // A text that scrolls by itself is not laid out whole, nor what would lie beneath it.
    if look.height != Length::Shrink {
        return editor.into();
    }
    let set = Type { font: look.font, size: look.size, line };
    hover(editor, piece, settings, set, |over| Screen::Read(Message::Over(over))).into()
}

fn style(piece: &Piece) -> impl Fn(&iced::Theme, text_editor::Status) -> text_editor::Style {
    let kind = piece.kind;
    move |theme, status| match kind {
        BlockKind::Written => theme::bare_editor(theme, status),
        BlockKind::Quoted(level) => theme::quoted_editor(level, theme, status),
        BlockKind::Signature => theme::dim_editor(theme, status),
    }
}

/// Quoted pieces behind a bar, a further one for each further level; folded where they are long.
fn quotation<'a>(look: Look<'a>, number: usize, block: &'a Block) -> Element<'a, Screen> {
    let pieces = block.pieces.iter().enumerate().take(block.shown()).map(|(at, quoted)| {
        let words = piece(Look { height: Length::Shrink, ..look }, Spot { block: number, piece: at }, block);
        let deepest = quoted.level().min(BARS);
        (2..=deepest).rev().fold(words, |words, level| behind_bar(level, words))
    });
    let mut all = Column::with_children(pieces);
    if block.folds() {
        let name = if block.open { fl!("reader-quote-hide") } else { fl!("reader-quote-show") };
        let fold = Some(Screen::Read(Message::Fold(number)));
        all = all.push(control::link(
            format!("reader-quote-{number}"),
            name,
            theme::size::MESSAGE,
            theme::press::link,
            fold,
        ));
    }
    behind_bar(1, all.into())
}

fn behind_bar(level: u8, content: Element<'_, Screen>) -> Element<'_, Screen> {
    let bar = rule::vertical(3).style(move |theme| theme::quote_bar(level, theme));
    row![bar, content].spacing(14).height(Length::Shrink).into()
}

/// The keys of the text: selecting and copying. Everything else stays with the window.
fn keys(press: KeyPress) -> Option<Binding<Screen>> {
    match Binding::from_key_press(press)? {
        binding @ (Binding::Copy | Binding::SelectAll | Binding::Select(_) | Binding::Unfocus) => Some(binding),
        _ => None,
    }
}
