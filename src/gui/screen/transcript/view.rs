//! What the connection log looks like.

use super::lines::{mark, time};
use super::{Message, State, ids};
use crate::fl;
use crate::gui::font;
use crate::gui::theme::{self, size, space};
use crate::gui::widget::control::{Role, Semantics, button, control, link, menu_item};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::widget::popover::popover;
use crate::gui::widget::virtual_list::VirtualList;
use crate::i18n::problem;
use crate::service::model::{Direction, TranscriptLine};
use iced::widget::{button as press_button, center, column, container, row, rule, scrollable, space as gap, text};
use iced::{Alignment, Element, Length, Theme};

type Words = fn(&Theme) -> text::Style;

pub fn view(state: &State) -> Element<'_, Message> {
    let lines = match (&state.problem, state.lines.is_empty()) {
        (Some(failure), _) => {
            let words = problem::words(failure);
            center(text(fl!("transcript-failed", what = words.what, advice = words.advice)).style(theme::words::bad))
                .into()
        }
        (None, true) => {
            let words = if state.asked { fl!("transcript-empty") } else { fl!("transcript-loading") };
            center(text(words).style(theme::words::dim)).into()
        }
        (None, false) => rows(state),
    };
    let card = container(lines).padding([8.0, 0.0]).width(Length::Fill).height(Length::Fill).style(theme::ground::card);
    let page = column![bar(state), card].push(whole(state)).spacing(space::M);
    container(page).padding(space::L).width(Length::Fill).height(Length::Fill).style(theme::ground::bg).into()
}

fn bar(state: &State) -> Element<'_, Message> {
    let follow = tick(fl!("transcript-follow"), state.follow);
    let copy =
        button(ids::COPY, Some(Icon::Copy), fl!("transcript-copy"), theme::press::plain, Some(Message::CopyPressed));
    row![filter(state), gap::horizontal(), follow, copy].spacing(space::S).align_y(Alignment::Center).into()
}

fn tick<'a>(words: String, ticked: bool) -> Element<'a, Message> {
    let sign = icon(if ticked { Icon::SquareCheck } else { Icon::Square }, 16.0);
    let face = row![sign, text(words.clone())].spacing(space::S).align_y(Alignment::Center);
    let face = press_button(face).padding([6.0, 10.0]).style(theme::press::quiet).on_press(Message::FollowPressed);
    control(ids::FOLLOW, Semantics::new(Role::CheckBox, words), face)
        .on_activate(Some(Message::FollowPressed))
        .checked(ticked)
        .into()
}

fn filter(state: &State) -> Element<'_, Message> {
    let chosen = state.lines.filter().map_or_else(|| fl!("transcript-all"), str::to_string);
    let face = row![text(chosen.clone()), icon(Icon::ChevronDown, 14.0)].spacing(space::S).align_y(Alignment::Center);
    let face = press_button(face).padding([6.0, 12.0]).style(theme::press::plain).on_press(Message::FilterPressed);
    let face = control(ids::FILTER, Semantics::new(Role::Button, fl!("transcript-filter")), face)
        .on_activate(Some(Message::FilterPressed))
        .value(chosen)
        .expanded(state.choosing);
    let list = state.choosing.then(|| {
        let sign = |here: bool| here.then_some(Icon::Check);
        let all = state.lines.filter().is_none();
        let first = menu_item(
            "transcript-choice-all",
            sign(all),
            fl!("transcript-all"),
            None,
            Some(Message::Chosen(None)),
            Message::Stepped,
        );
        let rest = state.lines.connections().into_iter().enumerate().map(|(at, connection)| {
            let here = state.lines.filter() == Some(connection.as_str());
            let id = format!("transcript-choice-{at}");
            menu_item(id, sign(here), connection, None, Some(Message::Chosen(Some(at))), Message::Stepped)
        });
        let list = scrollable(column(std::iter::once(first).chain(rest))).style(theme::scroll);
        let list = container(list).padding(space::XS).width(420).max_height(360).style(theme::ground::menu);
        control(ids::CHOICES, Semantics::new(Role::Menu, fl!("transcript-filter")), list).into()
    });
    popover(face, list).on_dismiss(Message::FilterLeft).into()
}

fn rows(state: &State) -> Element<'_, Message> {
    let list = VirtualList::new(
        ids::LINES,
        fl!("transcript-lines"),
        state.position(),
        |index| usize::try_from(index).ok().and_then(|at| state.lines.get(at)).map_or_else(blank, |l| one(state, l)),
        Message::Said,
    );
    list.unlined().selected(|index| state.chosen == Some(index)).into()
}

fn blank<'a>() -> Element<'a, Message> {
    gap().into()
}

/// Sign and colour of who speaks.
fn voice(direction: Direction) -> (Icon, Words) {
    match direction {
        Direction::Client => (Icon::ArrowRight, theme::words::accent),
        Direction::Server => (Icon::ArrowLeft, theme::words::ok),
        Direction::Note => (Icon::Info, theme::words::dim),
    }
}

fn one<'a>(state: &State, said: &'a TranscriptLine) -> Element<'a, Message> {
    let (sign, style) = voice(said.direction);
    let words: Words = if said.direction == Direction::Note { theme::words::dim } else { theme::words::normal };
    let at = text(time(said.at, &state.zone)).font(font::MONO).size(size::META).style(theme::words::dim);
    let who = text(mark(said.direction)).font(font::MONO).size(size::META).style(style);
    let said = line(said.text.as_str()).font(font::MONO).size(size::SMALL).style(words);
    let row = row![at, icon(sign, 14.0).style(style), who, said].spacing(10).align_y(Alignment::Center);
    container(row).padding([0.0, 14.0]).height(super::ROW).align_y(Alignment::Center).into()
}

/// The chosen line, unshortened.
fn whole(state: &State) -> Option<Element<'_, Message>> {
    let said = state.whole()?;
    let words = text(said.text.as_str()).font(font::MONO).size(size::SMALL).wrapping(text::Wrapping::WordOrGlyph);
    let copy = link(
        ids::COPY_LINE,
        fl!("transcript-copy-line"),
        size::META,
        theme::press::link,
        Some(Message::CopyLinePressed),
    );
    let head = row![text(said.connection.as_str()).size(size::META).style(theme::words::dim), gap::horizontal(), copy];
    let words = container(scrollable(words).style(theme::scroll).width(Length::Fill)).max_height(160);
    let card = container(column![head, rule::horizontal(1).style(theme::hairline), words].spacing(space::S));
    let card = card.padding(space::M).width(Length::Fill).style(theme::ground::card);
    Some(control(ids::WHOLE, Semantics::new(Role::Document, said.text.as_str()), card).into())
}
