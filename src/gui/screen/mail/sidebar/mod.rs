//! The folder pane: the new-message button, the places, the tree of every account, and a row of icons.

mod keys;
mod line;
mod name;

use super::folders::Place;
use super::{Loaded, Menu, Message, State, view};
use crate::fl;
use crate::gui::action::Open;
use crate::gui::keymap::{self, Deed};
use crate::gui::widget::control::{self, Id, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::{font, theme};
use crate::service::model;
use iced::widget::{Column, button, column, container, row, scrollable, space, text};
use iced::{Alignment, Element, Length, Padding};

/// Height of a line.
const LINE: f32 = 32.0;
/// Height of an account's heading with the room around it.
const HEADING: f32 = 42.0;
/// Indentation of a nested mailbox.
const INDENT: f32 = 22.0;
/// The scrolled part, and what is above and below it.
pub const SCROLL: &str = "folders-scroll";
pub const TOP: f32 = 48.0;
pub const FOOT: f32 = 72.0;

pub fn view(state: &State) -> Element<'_, Message> {
    let words = row![icon(Icon::PenLine, 16.0), text(fl!("new-message")).font(font::MEDIUM)]
        .spacing(10)
        .align_y(Alignment::Center);
    let new = button(container(words).center(Length::Fill))
        .padding([0.0, 12.0])
        .height(32)
        .width(Length::Fill)
        .style(theme::press::primary)
        .on_press(Message::Do(Deed::New));
    let new = control::control("new-message", Semantics::new(Role::Button, fl!("new-message")), new)
        .on_activate(Some(Message::Do(Deed::New)));
    let new = container(new).padding(Padding { top: 12.0, right: 12.0, bottom: 4.0, left: 12.0 });
    let scrolled = |view: scrollable::Viewport| Message::FoldersScrolled(view.absolute_offset().y);
    let tree = scrollable(tree(state)).id(SCROLL).on_scroll(scrolled).style(theme::scroll).height(Length::Fill);
    container(column![new, tree, icons(state)])
        .style(theme::ground::pane)
        .width(Length::Fill)
        .height(Length::Fill)
        .into()
}

fn tree(state: &State) -> Element<'_, Message> {
    let unread = |m: &&model::MailboxView| m.role == Some(model::Role::Inbox);
    let unread = state.mailboxes.all().iter().filter(unread).map(|m| m.unread).sum();
    let mut all: Column<'_, Message> = column![
        line::place(state, Place::AllInboxes, line::plain(Icon::Layers, fl!("sidebar-all-inboxes"), unread)),
        line::place(
            state,
            Place::Outbox,
            line::plain(Icon::SendHorizontal, fl!("sidebar-outbox"), state.outbox.all().len() as u64)
        ),
    ];
    all = all.extend(state.saved_searches.iter().map(|(saved, count)| {
        line::place(state, Place::Saved(saved.id), line::plain(Icon::Search, saved.name.clone(), count.unread))
    }));
    match (&state.accounts, &state.mailboxes) {
        (Loaded::Failed(problem), _) | (_, Loaded::Failed(problem)) => {
            return column![all, view::failed(problem, Message::Refresh(None))].into();
        }
        (Loaded::Loading, _) => all = all.push(view::quiet(fl!("sidebar-loading"))),
        (Loaded::Ready(_), _) => {
            all = all.extend(state.entries().into_iter().flat_map(|entry| line::entry(state, entry)))
        }
    }
    let all = all.padding(Padding { top: 0.0, right: 8.0, bottom: 12.0, left: 8.0 }).width(Length::Fill);
    control::control("folders", Semantics::new(Role::Tree, fl!("sidebar-folders")), all).into()
}

/// The stable id of a place's line.
pub fn place_id(place: Place) -> Id {
    match place {
        Place::AllInboxes => "place-all".into(),
        Place::Outbox => "place-outbox".into(),
        Place::Mailbox(id) => format!("place-{}", id.0).into(),
        Place::Saved(id) => format!("place-saved-{}", id.0).into(),
    }
}

/// The stable id of an account's heading.
pub fn account_id(name: &str) -> Id {
    format!("account-{name}").into()
}

fn icons(state: &State) -> Element<'_, Message> {
    let folder = state.folder_account().map(|_| Message::Menu(Some(Menu::NewFolder)));
    let all = row![
        control::icon_button("accounts", Icon::Users, fl!("accounts"), None, Some(Message::Menu(Some(Menu::Accounts)))),
        space::horizontal(),
        control::icon_button("new-folder", Icon::FolderPlus, fl!("new-folder"), None, folder),
        space::horizontal(),
        control::icon_button(
            "transcript",
            Icon::Route,
            fl!("connection-log"),
            None,
            Some(Message::Open(Open::Transcript(None)))
        ),
        space::horizontal(),
        control::icon_button(
            "settings",
            Icon::Settings,
            fl!("settings"),
            Some(keymap::hint(Deed::Settings)),
            Some(Message::Menu(Some(Menu::Settings)))
        ),
    ];
    container(all).padding([8.0, 6.0]).into()
}
