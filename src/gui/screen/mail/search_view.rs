//! The field that searches everything, what it understands, and how what it found is headed.

use super::menu::close;
use super::search::{FIELD, Message};
use super::{Menu, Message as Screen, State};
use crate::fl;
use crate::gui::keymap::{self, Deed};
use crate::gui::theme;
use crate::gui::widget::control;
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::popover::popover;
use crate::gui::widget::watch::watch;
use crate::i18n::units;
use crate::service::model::{SavedSearchId, SearchOrder};
use iced::keyboard::{Key, key::Named};
use iced::widget::{column, container, row, space, stack, text};
use iced::{Alignment, Element, Length, Padding};

/// What the search understands, as it is typed; the words beside it are in Fluent under the same name.
const OPERATORS: [&str; 10] =
    ["from:", "to:", "subject:", "body:", "filename:", "has:attachment", "is:unread", "in:", "before:", "larger:"];

/// The field, with the key that leads to it, or what empties it.
pub fn field(state: &State) -> Element<'_, Screen> {
    let line = state.search.as_ref().map(|search| search.line.as_str()).unwrap_or_default();
    let input = control::input(&fl!("search"), line)
        .on_input(|line| Screen::Search(Message::Line(line)))
        .on_submit(Screen::Search(Message::Submit))
        .padding(Padding { top: 8.0, right: 64.0, bottom: 8.0, left: 34.0 })
        .style(theme::search_field);
    let input = control::field(FIELD, fl!("search"), input).value(line);
    let sign = container(icon(Icon::Search, 16.0).style(theme::words::dim)).padding([10.0, 12.0]);
    let end: Element<'_, Screen> = if line.is_empty() {
        let key = text(keymap::hint(Deed::Search)).size(theme::size::META).style(theme::words::dim);
        container(key).padding([1.0, 6.0]).style(theme::ground::key).into()
    } else {
        let leave = Some(Screen::Search(Message::Close));
        control::icon_button("search-close", Icon::X, fl!("search-close"), Some(fl!("key-escape")), leave)
    };
    let end = container(end).width(Length::Fill).height(36).align_x(Alignment::End).align_y(Alignment::Center);
    let face = stack![input, sign, end.padding(Padding { right: 6.0, ..Padding::ZERO })];
    let face = watch(face)
        .on_focus(Screen::Search(Message::Focused(true)))
        .on_blur(Screen::Search(Message::Focused(false)))
        .on_key(|key, modifiers| match key {
            Key::Named(Named::Escape) => Some(Screen::Search(Message::Close)),
            Key::Named(Named::ArrowDown) if modifiers.is_empty() => Some(Screen::Search(Message::Submit)),
            _ => None,
        });
    let help = (state.searching && line.is_empty()).then(|| help(state.preferences().list_width));
    let face = popover(face, help).on_dismiss(Screen::Search(Message::Focused(false)));
    container(face).padding(Padding { top: 12.0, right: 12.0, bottom: 0.0, left: 12.0 }).into()
}

/// The operators, each a press away.
fn help<'a>(list_width: f32) -> Element<'a, Screen> {
    let operator = |operator: &'static str| -> Element<'a, Screen> {
        let message = Some(Screen::Search(Message::Operator(operator)));
        control::menu_item(
            format!("operator-{operator}"),
            None,
            operator,
            Some(meaning(operator)),
            message,
            Screen::Step,
        )
    };
    let words = text(fl!("search-help")).size(theme::size::META).style(theme::words::dim);
    let all = column![container(words).padding([4.0, 10.0])].extend(OPERATORS.map(operator));
    container(all).padding(6).width((list_width - 24.0).max(260.0)).style(theme::ground::menu).into()
}

fn meaning(operator: &str) -> String {
    match operator {
        "from:" => fl!("operator-from"),
        "to:" => fl!("operator-to"),
        "subject:" => fl!("operator-subject"),
        "body:" => fl!("operator-body"),
        "filename:" => fl!("operator-filename"),
        "has:attachment" => fl!("operator-attachment"),
        "is:unread" => fl!("operator-unread"),
        "in:" => fl!("operator-in"),
        "before:" => fl!("operator-before"),
        _ => fl!("operator-larger"),
    }
}

/// What was searched, in words: all of it, or all but what is still being read.
pub fn searched(state: &State) -> Option<String> {
    let (searched, waiting) = state.pages.searched()?;
    Some(match waiting {
        0 => fl!("search-searched", count = searched, shown = units::count(searched)),
        _ => fl!("search-waiting", shown = units::count(searched), waiting = units::count(waiting)),
    })
}

/// How many were found.
pub fn found(state: &State) -> String {
    let total = state.pages.total();
    match state.pages.more() {
        true => fl!("search-found-more", shown = units::count(total.saturating_sub(1))),
        false => fl!("search-found", count = total, shown = units::count(total)),
    }
}

/// Under the heading of what was found: its order, and to keep it as a folder.
pub fn choices(state: &State) -> Option<Element<'_, Screen>> {
    let search = state.search.as_ref()?;
    let link = |id: &'static str, name: String, on: bool, message: Screen| {
        let style = if on { theme::press::link } else { theme::press::quiet };
        control::link(id, name, theme::size::META, style, Some(message))
    };
    let order = |order| Screen::Search(Message::Order(order));
    let by_date = search.order == SearchOrder::Date;
    let all = row![
        link("search-by-date", fl!("search-by-date"), by_date, order(SearchOrder::Date)),
        link("search-by-relevance", fl!("search-by-relevance"), !by_date, order(SearchOrder::Relevance)),
        space::horizontal(),
        link("search-keep", fl!("search-keep"), true, Screen::Menu(Some(Menu::SaveSearch(None)))),
    ];
    let all = all.spacing(theme::space::M).align_y(Alignment::Center);
    let said = searched(state).map(|words| text(words).size(theme::size::META).style(theme::words::dim).into());
    let all = column![all].extend(said).spacing(theme::space::XS);
    Some(container(all).padding(Padding { right: 16.0, bottom: 8.0, left: 16.0, ..Padding::ZERO }).into())
}

/// The name under which a search is kept.
pub fn save(state: &State) -> Element<'_, Screen> {
    let field =
        control::input(&fl!("search-name"), &state.filter).on_input(Screen::Filter).on_submit(Screen::FilterDone);
    let field = control::field("menu-filter", fl!("search-name"), field).value(&state.filter);
    let taken = !state.filter.trim().is_empty() && !state.is_name_free();
    let said = if taken { fl!("search-name-taken") } else { fl!("search-save-says") };
    let done = state.is_name_free().then_some(Screen::FilterDone);
    let done = control::button("search-save", Some(Icon::Check), fl!("save"), theme::press::primary, done);
    let said = text(said).size(theme::size::SMALL).style(theme::words::dim);
    column![field, said, done].spacing(theme::space::M).into()
}

pub fn delete(state: &State, id: SavedSearchId) -> Element<'_, Screen> {
    let name = state.saved(id).map(|(saved, _)| saved.name.clone()).unwrap_or_default();
    let delete = Some(Screen::DeleteSearch(id));
    let buttons = row![
        control::button("search-delete", None, fl!("search-delete"), theme::press::danger, delete),
        control::button("search-delete-not", None, fl!("cancel"), theme::press::plain, Some(close())),
    ];
    let words = text(fl!("search-delete-says", name = name)).width(Length::Fill);
    column![words, buttons.spacing(theme::space::S)].spacing(theme::space::L).into()
}
