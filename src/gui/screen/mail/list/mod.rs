//! The list pane: its heading, banners, and the rows.

pub(super) mod listing;
pub(super) mod listing_menu;
pub(super) mod pages;
pub(super) mod row;
pub(super) mod selection;

use super::{Message, Place, State, questions, search_view, view};
use crate::fl;
use crate::gui::keymap::{self, Deed};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::gui::widget::line::line;
use crate::gui::widget::virtual_list::VirtualList;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::{self, AccountView, Connection, ConversationRow, Flags, ListRow};
use iced::widget::{column, container, row as line_of, text};
use iced::{Alignment, Element, Length, Padding};

/// The id of the list.
pub const ID: &str = "messages";

pub fn view(state: &State) -> Element<'_, Message> {
    let mut all = column![search_view::field(state), head(state)].extend(search_view::choices(state));
    all = all.extend(narrowed(state)).push(view::line());
    for banner in banners(state) {
        all = all.push(container(banner).padding([8.0, 12.0]));
    }
    all.push(body(state)).into()
}

/// The heading: the place's name and its counts.
pub fn head(state: &State) -> Element<'_, Message> {
    let name = match state.search {
        Some(_) => fl!("search-results"),
        None => state.place_name().unwrap_or_default(),
    };
    let heading = line(name.clone()).font(font::semibold(&name)).size(15.0);
    let heading = control::control("list-heading", Semantics::new(Role::Heading, name), heading);
    let counts = match state.place {
        Place::Outbox => state.outbox.ready().map(|items| fl!("outbox-count", count = items.len())),
        _ if !state.pages.known() => None,
        _ if state.search.is_some() => Some(search_view::found(state)),
        _ => Some(counts(state)),
    };
    let counts = text(counts.unwrap_or_default())
        .size(theme::size::SMALL)
        .style(theme::words::dim)
        .wrapping(text::Wrapping::None);
    let open = Some(Message::Menu(state.listing_menu()));
    let menu =
        control::icon_button("listing", Icon::ListFilter, fl!("listing"), Some(keymap::hint(Deed::Filter)), open);
    let menu = (state.place != Place::Outbox).then_some(menu);
    let head = line_of![heading, counts].extend(menu);
    container(head.spacing(theme::space::S).align_y(Alignment::Center))
        .padding(Padding { left: 16.0, right: 8.0, ..Padding::ZERO })
        .height(40)
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

/// What of the list is shown, where it is not all, and the way back.
fn narrowed(state: &State) -> Option<Element<'_, Message>> {
    let filter = &state.listing.filter;
    if filter.is_empty() || state.search.is_some() {
        return None;
    }
    let mut words = Vec::new();
    words.extend(filter.unread.then(|| fl!("listing-unread")));
    words.extend(filter.starred.then(|| fl!("listing-starred")));
    words.extend(filter.attachment.then(|| fl!("listing-attachment")));
    words.extend((!filter.text.trim().is_empty()).then(|| fl!("listing-with", text = filter.text.trim())));
    let words = fl!("listing-only", what = words.join(" · "));
    let all = Some(Message::Listing(listing::Message::Everything));
    let link = |theme: &iced::Theme, status| theme::press::banner(|t| t.accent)(theme, status);
    let all = control::link("listing-everything", fl!("listing-everything"), theme::size::SMALL, link, all);
    let banner = view::banner(Icon::ListFilter, words, vec![all], theme::ground::accent);
    Some(container(banner).padding(Padding { right: 12.0, bottom: 8.0, left: 12.0, ..Padding::ZERO }).into())
}

/// Nothing was found: what was searched, and where it is read still.
fn nothing_found(state: &State) -> Element<'_, Message> {
    let words = [Some(fl!("search-nothing")), search_view::searched(state)];
    let words = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    view::empty(Icon::SearchX, words, None)
}

/// An empty mailbox: it may not have been fetched yet.
fn nothing(state: &State) -> Element<'_, Message> {
    if state.search.is_some() {
        return nothing_found(state);
    }
    if !state.listing.filter.is_empty() {
        return view::empty(Icon::ListFilter, fl!("listing-nothing"), None);
    }
    if matches!(state.place, Place::Saved(_)) {
        return view::empty(Icon::SearchX, fl!("search-nothing"), None);
    }
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
        .cursor(state.selection.cursor().map(|(at, _)| at))
        .days(|index| day(state, index))
        .date(date(state));
    container(list).width(Length::Fill).height(Length::Fill).into()
}

/// The day that begins with a row: the one before is of another.
pub(super) fn day(state: &State, index: u64) -> Option<String> {
    if !state.has_days() {
        return None;
    }
    let (row, before) = (state.pages.get(index)?, state.pages.get(index.checked_sub(1)?)?);
    (!units::same_day(row.date, before.date, &state.now)).then(|| units::day_name(row.date, &state.now))
}

/// The day of the first row in sight.
fn date(state: &State) -> Option<String> {
    let first = state.position().visible().start;
    state.pages.get(first).filter(|_| state.has_days()).map(|row| units::day_name(row.date, &state.now))
}

/// Whether something in a row is unread.
pub fn is_unread(listed: &ListRow) -> bool {
    match &listed.conversation {
        Some(conversation) => conversation.unread > 0,
        None => !listed.row.flags.contains(Flags::SEEN),
    }
}

/// Whether something in a row has a star.
pub fn is_starred(listed: &ListRow) -> bool {
    match &listed.conversation {
        Some(conversation) => conversation.starred > 0,
        None => listed.row.flags.contains(Flags::FLAGGED),
    }
}

/// Shows new flags of all that a row stands for.
pub fn flag(listed: &mut ListRow, add: Flags, remove: Flags) {
    listed.row.flags = listed.row.flags.union(add).without(remove);
    let Some(ConversationRow { count, unread, starred, .. }) = &mut listed.conversation else { return };
    for (flag, how_many, without) in [(Flags::SEEN, unread, true), (Flags::FLAGGED, starred, false)] {
        if add.contains(flag) {
            *how_many = if without { 0 } else { *count };
        } else if remove.contains(flag) {
            *how_many = if without { *count } else { 0 };
        }
    }
}

/// Shows new flags of one message: of the row, or of another message of its conversation.
pub fn flag_one(listed: &mut ListRow, id: model::MessageId, add: Flags, remove: Flags) {
    let before = listed.row.flags;
    let other = listed.row.id != id;
    if !other {
        listed.row.flags = before.union(add).without(remove);
    }
    let Some(ConversationRow { count, unread, starred, .. }) = &mut listed.conversation else { return };
    let changed =
        |flag: Flags, on: bool| if on { other || !before.contains(flag) } else { other || before.contains(flag) };
    let step = |how_many: &mut u64, up: bool| {
        *how_many = if up { how_many.saturating_add(1).min(*count) } else { how_many.saturating_sub(1) };
    };
    for (flag, how_many, without) in [(Flags::SEEN, unread, true), (Flags::FLAGGED, starred, false)] {
        if add.contains(flag) && changed(flag, true) {
            step(how_many, !without);
        } else if remove.contains(flag) && changed(flag, false) {
            step(how_many, without);
        }
    }
}

/// What an account of this place wants to be decided or known.
fn banners(state: &State) -> Vec<Element<'_, Message>> {
    let here = state.here().map(|mailbox| mailbox.account.as_str());
    let shown = state.accounts.all().iter().filter(|view| here.is_none_or(|name| name == view.account.name));
    shown.flat_map(|view| questions::banners(state, view)).collect()
}
