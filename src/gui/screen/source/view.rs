//! What the window on a source looks like.

use super::{Message, ROW, State, Tab, fields, ids};
use crate::fl;
use crate::gui::font;
use crate::gui::keymap::{self, Deed};
use crate::gui::theme::{self, size, space};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::gui::widget::line::line;
use crate::gui::widget::virtual_list::VirtualList;
use crate::i18n::{problem, units};
use iced::widget::text_editor::{Binding, KeyPress};
use iced::widget::{button, center, column, container, row, space as gap, text, text_editor};
use iced::{Alignment, Element, Length};

pub fn view(state: &State) -> Element<'_, Message> {
    let content: Element<'_, Message> = match (&state.problem, state.tab) {
        (Some(failure), _) => {
            let again =
                control::button("source-again", None, fl!("try-again"), theme::press::plain, Some(Message::Again));
            let words = text(problem::words(failure).to_string()).style(theme::words::bad);
            center(column![words, again].spacing(space::M).align_x(Alignment::Center)).into()
        }
        (None, Tab::Headers) => headers(state),
        (None, Tab::Source) => lines(state),
    };
    let card = container(content).padding([8.0, 0.0]).width(Length::Fill).height(Length::Fill);
    let page = column![bar(state), card.style(theme::ground::card), foot(state)].spacing(space::M);
    container(page).padding(space::L).width(Length::Fill).height(Length::Fill).style(theme::ground::bg).into()
}

fn bar(state: &State) -> Element<'_, Message> {
    let tab = |id: iced::widget::Id, name: String, tab: Tab| {
        let on = state.tab == tab;
        let words = text(name.clone()).font(if on { font::SEMIBOLD } else { font::MEDIUM });
        let face = button(words).padding([6.0, 14.0]).style(theme::press::row(on)).on_press(Message::Tab(tab));
        control::control(id, Semantics::new(Role::Radio, name), face).on_activate(Some(Message::Tab(tab))).checked(on)
    };
    let field = control::input(&fl!("source-find"), &state.find).on_input(Message::Find).on_submit(Message::Next);
    let field = control::field(ids::FIND, fl!("source-find"), field.width(220)).value(&state.find);
    let step = |id: &'static str, sign: Icon, name: String, deed: Deed, message: Message| {
        let able = (!state.find.is_empty()).then_some(message);
        control::icon_button(id, sign, name, Some(keymap::hint(deed)), able)
    };
    row![
        tab(ids::HEADERS, fl!("source-tab-headers"), Tab::Headers),
        tab(ids::SOURCE, fl!("source-tab-source"), Tab::Source),
        gap::horizontal(),
        field,
        step("source-previous", Icon::ChevronUp, fl!("deed-find-previous"), Deed::FindPrevious, Message::Previous),
        step("source-next", Icon::ChevronDown, fl!("deed-find-next"), Deed::FindNext, Message::Next),
        control::button(ids::COPY, Some(Icon::Copy), fl!("copy"), theme::press::plain, Some(Message::Copy)),
        control::button(ids::SAVE, Some(Icon::Download), fl!("file-save"), theme::press::plain, Some(Message::Save)),
    ]
    .spacing(space::S)
    .align_y(Alignment::Center)
    .into()
}

fn headers(state: &State) -> Element<'_, Message> {
    let Some(content) = &state.fields else {
        return center(text(fl!("source-loading")).style(theme::words::dim)).into();
    };
    let editor = text_editor(content)
        .id("source-fields")
        .size(size::SMALL)
        .line_height(size::line(20.0))
        .padding(0)
        .height(Length::Fill)
        .key_binding(keys)
        .style(theme::bare_editor)
        .highlight_with::<fields::Marks>((), fields::format)
        .on_action(Message::Fields);
    let editor = control::control("source-document", Semantics::new(Role::Document, fl!("source-tab-headers")), editor);
    container(editor).padding([6.0, 16.0]).into()
}

/// Selecting and copying; everything else stays with the window.
fn keys(press: KeyPress) -> Option<Binding<Message>> {
    match Binding::from_key_press(press)? {
        binding @ (Binding::Copy | Binding::SelectAll | Binding::Select(_)) => Some(binding),
        _ => None,
    }
}

fn lines(state: &State) -> Element<'_, Message> {
    if state.lines.len() == 0 {
        let words = if state.lines.is_whole() { fl!("source-empty") } else { fl!("source-loading") };
        return center(text(words).style(theme::words::dim)).into();
    }
    let rows = state.rows().unwrap_or(0..0);
    let one = |index: u64| -> Element<'_, Message> {
        // What is not here yet comes in a moment.
        let words = state.lines.row(index).unwrap_or_default();
        let words = line(words).font(font::MONO).size(size::META);
        container(words).padding([0.0, 16.0]).height(ROW).align_y(Alignment::Center).into()
    };
    VirtualList::new(ids::LINES, fl!("source-lines"), state.position(), one, Message::Lines)
        .unlined()
        .selected(move |index| rows.contains(&index))
        .into()
}

fn foot(state: &State) -> Element<'_, Message> {
    let total = state.lines.total().map(|total| match state.lines.is_whole() {
        true => fl!("source-size", size = units::size(total)),
        false => fl!("source-reading", size = units::size(total)),
    });
    let said = match (&state.said, state.seeking) {
        (_, Some(_)) => fl!("source-seeking"),
        (Some(said), None) => said.clone(),
        (None, None) => String::new(),
    };
    let status = line(said.clone()).size(size::META).style(theme::words::dim);
    let status = control::control("source-said", Semantics::new(Role::Status, said), status);
    let total = text(total.unwrap_or_default()).size(size::META).style(theme::words::dim);
    row![container(status).width(Length::Fill), total.wrapping(text::Wrapping::None)].into()
}
