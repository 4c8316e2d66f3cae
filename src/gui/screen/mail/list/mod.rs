//! The list pane: its heading, banners, and the rows.

pub(super) mod pages;
pub(super) mod row;
pub(super) mod selection;

use super::{Message, Place, State, questions, view};
use crate::fl;
use crate::gui::keymap::Deed;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::gui::widget::line::line;
use crate::gui::widget::virtual_list::VirtualList;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::{self, AccountView, Connection};
use iced::widget::{column, container, row as line_of, text};
use iced::{Alignment, Element, Length};

/// The id of the list.
pub const ID: &str = "messages";

pub fn view(state: &State) -> Element<'_, Message> {
    let mut all = column![head(state), view::line()];
    for banner in banners(state) {
        all = all.push(container(banner).padding([8.0, 12.0]));
    }
    all.push(body(state)).into()
}

/// The heading: the place's name and its counts.
pub fn head(state: &State) -> Element<'_, Message> {
    let name = state.place_name().unwrap_or_default();
    let heading = line(name.clone()).font(font::SEMIBOLD).size(15.0);
    let heading = control::control("list-heading", Semantics::new(Role::Heading, name), heading);
    let counts = match state.place {
        Place::Outbox => state.outbox.ready().map(|items| fl!("outbox-count", count = items.len())),
        _ if !state.pages.known() => None,
        _ => Some(counts(state)),
    };
    let counts = text(counts.unwrap_or_default())
        .size(theme::size::SMALL)
        .style(theme::words::dim)
        .wrapping(text::Wrapping::None);
    container(line_of![heading, counts].spacing(theme::space::S).align_y(Alignment::Center))
        .padding([0.0, 16.0])
        .height(56)
        .align_y(Alignment::Center)
        .into()
}

fn counts(state: &State) -> String {
    let (unread, total) = (state.pages.unread(), state.pages.total());
    match unread {
        0 => units::messages(total),
        _ => fl!("list-unread-of", unread = units::count(unread), total = units::count(total)),
    }
}

fn body(state: &State) -> Element<'_, Message> {
    if let Some(problem) = &state.list_problem
        && state.pages.total() == 0
    {
        return view::failed(problem, Message::Show(state.place));
    }
    if !state.pages.known() {
        // Not a word for the few milliseconds that it takes; the list itself measures its height.
        return rows(state);
    }
    if state.pages.total() == 0 {
        return nothing(state);
    }
    rows(state)
}

/// An empty mailbox: it may not have been fetched yet.
fn nothing(state: &State) -> Element<'_, Message> {
    let connecting = |view: &AccountView| {
        matches!(view.connection, Connection::Connecting | Connection::Synchronising | Connection::Idle)
    };
    let here = state.here().map(|mailbox| mailbox.account.as_str());
    let mut accounts = state.accounts.all().iter().filter(|view| here.is_none_or(|name| name == view.account.name));
    if accounts.clone().any(connecting) {
        return view::quiet(fl!("list-fetching"));
    }
    let failed = accounts.find_map(|view| match &view.connection {
        Connection::Failed { problem, .. } => Some(problem),
        _ => None,
    });
    if let Some(problem) = failed {
        return view::failed(problem, Message::Refresh(problem.account.clone()));
    }
    let refresh = control::button(
        "list-refresh",
        Some(Icon::RefreshCw),
        fl!("refresh"),
        theme::press::plain,
        Some(Message::Do(Deed::Refresh)),
    );
    let words = match state.here().and_then(|mailbox| mailbox.role) {
        Some(model::Role::Inbox) => fl!("list-empty-inbox"),
        _ => fl!("list-empty"),
    };
    view::empty(Icon::Inbox, words, Some(refresh))
}

fn rows(state: &State) -> Element<'_, Message> {
    let name = state.place_name().unwrap_or_default();
    let list = VirtualList::new(ID, name, state.position(), |index| row::view(state, index), Message::List)
        .selected(|index| state.pages.get(index).is_some_and(|row| state.selection.contains(row.id)))
        .cursor(state.selection.cursor().map(|(at, _)| at));
    container(list).width(Length::Fill).height(Length::Fill).into()
}

/// What an account of this place wants to be decided or known.
fn banners(state: &State) -> Vec<Element<'_, Message>> {
    let here = state.here().map(|mailbox| mailbox.account.as_str());
    let shown = state.accounts.all().iter().filter(|view| here.is_none_or(|name| name == view.account.name));
    shown.flat_map(|view| questions::banners(state, view)).collect()
}
