//! The menu of the list's form: what rows are, their order, what of them is shown, a day to go to.

use super::listing::{Listing, Message};
use crate::fl;
use crate::gui::screen::mail::menu_view::{caption, item, option};
use crate::gui::screen::mail::{Menu, Message as Screen, Place, State};
use crate::gui::theme;
use crate::gui::widget::control;
use crate::gui::widget::icon::Icon;
use crate::service::model::SortBy;
use iced::widget::{Column, column, container, text};
use iced::{Element, Padding};

pub fn view(state: &State) -> Element<'_, Screen> {
    let Listing { sort, filter, .. } = &state.listing;
    let conversations = state.preferences().conversations;
    let columns = state.preferences().columns;
    let say = |message: Message| Screen::Listing(message);
    let sorted = |id: &'static str, name: String, by: SortBy| option(id, name, sort.by == by, say(Message::Sort(by)));
    let mut all: Column<'_, Screen> = column![
        caption(fl!("listing-rows")),
        option("listing-threads", fl!("listing-threads"), conversations, say(Message::Conversations(true))),
        option("listing-messages", fl!("listing-messages"), !conversations, say(Message::Conversations(false))),
        option("listing-cards", fl!("listing-cards"), !columns, say(Message::Columns(false))),
        option("listing-columns", fl!("listing-columns"), columns, say(Message::Columns(true))),
    ];
    if state.search.is_none() {
        all = all
            .push(caption(fl!("listing-show")))
            .push(option("listing-unread", fl!("listing-unread"), filter.unread, say(Message::Unread(!filter.unread))))
            .push(option(
                "listing-starred",
                fl!("listing-starred"),
                filter.starred,
                say(Message::Starred(!filter.starred)),
            ))
            .push(option(
                "listing-attachment",
                fl!("listing-attachment"),
                filter.attachment,
                say(Message::Attachment(!filter.attachment)),
            ))
            .push(field("listing-text", fl!("listing-text"), &filter.text, Message::Text, None))
            .push(caption(fl!("listing-sort")))
            .push(sorted("sort-date", fl!("sort-date"), SortBy::Date))
            .push(sorted("sort-sender", fl!("sort-sender"), SortBy::Sender))
            .push(sorted("sort-subject", fl!("sort-subject"), SortBy::Subject))
            .push(sorted("sort-size", fl!("sort-size"), SortBy::Size))
            .push(option(
                "sort-backwards",
                if sort.ascending { descending(sort.by) } else { ascending(sort.by) },
                false,
                say(Message::Ascending(!sort.ascending)),
            ));
    }
    if state.has_days() {
        all = all.push(caption(fl!("listing-day"))).push(field(
            "listing-day",
            fl!("listing-day-hint"),
            &state.listing.day,
            Message::Day,
            Some(Message::GoToDay),
        ));
        if !state.listing.day.trim().is_empty() && state.day().is_none() {
            let words = text(fl!("listing-day-unclear")).size(theme::size::META).style(theme::words::dim);
            all = all.push(container(words).padding([2.0, 10.0]));
        }
    }
    all.extend(saved(state)).into()
}

/// What can be done with the saved search that is shown.
fn saved(state: &State) -> Vec<Element<'_, Screen>> {
    let Place::Saved(id) = state.place else { return Vec::new() };
    let open = |menu: Menu| Some(Screen::Menu(Some(menu)));
    vec![
        caption(fl!("search-saved")),
        item("search-rename", Icon::PenLine, fl!("search-rename"), None, open(Menu::SaveSearch(Some(id)))),
        item("search-delete", Icon::Trash2, fl!("search-delete"), None, open(Menu::DeleteSearch(id))),
    ]
}

fn field<'a>(
    id: &'static str,
    name: String,
    value: &str,
    typed: fn(String) -> Message,
    done: Option<Message>,
) -> Element<'a, Screen> {
    let mut input = control::input(&name, value).on_input(move |text| Screen::Listing(typed(text)));
    if let Some(done) = done {
        input = input.on_submit(Screen::Listing(done));
    }
    container(control::field(id, name, input).value(value))
        .padding(Padding { top: 4.0, right: 6.0, bottom: 2.0, left: 6.0 })
        .into()
}

/// The other direction, in the words of what is sorted by.
fn ascending(by: SortBy) -> String {
    match by {
        SortBy::Date => fl!("sort-oldest"),
        SortBy::Sender | SortBy::Subject => fl!("sort-a-to-z"),
        SortBy::Size => fl!("sort-smallest"),
    }
}

fn descending(by: SortBy) -> String {
    match by {
        SortBy::Date => fl!("sort-newest"),
        SortBy::Sender | SortBy::Subject => fl!("sort-z-to-a"),
        SortBy::Size => fl!("sort-largest"),
    }
}
