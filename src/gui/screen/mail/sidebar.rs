//! The folder pane: the new-message button, the places, the tree of every account, and a row of icons.

use super::folders::{self, Entry, Place};
use super::{Loaded, Menu, Message, State, view};
use crate::fl;
use crate::gui::action::Open;
use crate::gui::keymap::{self, Deed};
use crate::gui::widget::control::{self, Id, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model;
use iced::widget::{Column, button, column, container, row, scrollable, space, text};
use iced::{Alignment, Element, Length, Padding};

/// Height of a line.
const LINE: f32 = 32.0;
/// Indentation of a nested mailbox.
const INDENT: f32 = 22.0;

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
    let tree = scrollable(tree(state)).style(theme::scroll).height(Length::Fill);
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
        place(state, Place::AllInboxes, Icon::Layers, fl!("sidebar-all-inboxes"), 0, unread, true),
        place(
            state,
            Place::Outbox,
            Icon::SendHorizontal,
            fl!("sidebar-outbox"),
            0,
            state.outbox.all().len() as u64,
            true
        ),
    ];
    match (&state.accounts, &state.mailboxes) {
        (Loaded::Failed(problem), _) | (_, Loaded::Failed(problem)) => {
            return column![all, view::failed(problem, Message::Refresh(None))].into();
        }
        (Loaded::Loading, _) => all = all.push(view::quiet(fl!("sidebar-loading"))),
        (Loaded::Ready(accounts), mailboxes) => {
            let entries = folders::entries(accounts, mailboxes.all(), &state.preferences().collapsed);
            all = all.extend(entries.into_iter().map(|entry| self::entry(state, entry)));
        }
    }
    let all = all.padding(Padding { top: 0.0, right: 8.0, bottom: 12.0, left: 8.0 }).width(Length::Fill);
    control::control("folders", Semantics::new(Role::Tree, fl!("sidebar-folders")), all).into()
}

fn entry<'a>(state: &'a State, entry: Entry) -> Element<'a, Message> {
    match entry {
        Entry::Mailbox { id, name, sign, depth, unread, selectable } => {
            place(state, Place::Mailbox(id), sign, name, depth, unread, selectable)
        }
        Entry::Account { .. } => heading(entry),
    }
}

/// The stable id of a place's line.
pub fn place_id(place: Place) -> Id {
    match place {
        Place::AllInboxes => "place-all".into(),
        Place::Outbox => "place-outbox".into(),
        Place::Mailbox(id) => format!("place-{}", id.0).into(),
    }
}

fn place<'a>(
    state: &'a State,
    place: Place,
    sign: Icon,
    name: String,
    depth: usize,
    unread: u64,
    selectable: bool,
) -> Element<'a, Message> {
    let selected = state.place == place;
    let weight = if selected { font::SEMIBOLD } else { font::REGULAR };
    let sign = icon(sign, theme::size::ICON_ROW).style(if selected { theme::words::accent } else { theme::words::dim });
    let mut words = row![sign, line(name.clone()).font(weight)].spacing(10);
    if unread > 0 {
        words = words
            .push(text(units::count(unread)).size(theme::size::META).font(font::SEMIBOLD).style(theme::words::dim));
    }
    let message = selectable.then_some(Message::Show(place));
    let face = button(words.align_y(Alignment::Center).height(Length::Fill))
        .height(LINE)
        .padding(Padding { left: 8.0 + INDENT * depth as f32, right: 8.0, ..Padding::ZERO })
        .width(Length::Fill)
        .style(theme::press::row(selected))
        .on_press_maybe(message.clone());
    let semantics =
        Semantics { value: (unread > 0).then(|| units::count(unread)), ..Semantics::new(Role::TreeItem, name) };
    control::control(place_id(place), semantics, face)
        .on_activate(message)
        .on_step(Message::Step)
        .selected(selected)
        .level(depth)
        .into()
}

/// An account's heading: folds its folders away; says what is special about it.
fn heading<'a>(entry: Entry) -> Element<'a, Message> {
    let Entry::Account { name, collapsed, pop3, secret_in_file, plain, failed } = entry else { return space().into() };
    let fold = icon(if collapsed { Icon::ChevronRight } else { Icon::ChevronDown }, 14.0).style(theme::words::dim);
    let words = line(name.clone()).size(theme::size::META).font(font::SEMIBOLD).style(theme::words::dim);
    let mut all = row![fold, words].spacing(6).align_y(Alignment::Center).height(Length::Fill);
    if failed {
        all = all.push(mark(Icon::CircleAlert, theme::words::bad, fl!("account-failed")));
    }
    if plain {
        all = all.push(mark(Icon::LockOpen, theme::words::warn, fl!("account-plain")));
    }
    if secret_in_file {
        all = all.push(mark(Icon::KeyRound, theme::words::warn, fl!("account-secret-file")));
    }
    if pop3 {
        all = all.push(text(fl!("account-pop3")).size(theme::size::META).style(theme::words::dim));
    }
    let message = Some(Message::Fold(name.clone()));
    let face = button(all)
        .height(LINE - 4.0)
        .padding([0.0, 8.0])
        .width(Length::Fill)
        .style(theme::press::row(false))
        .on_press_maybe(message.clone());
    let face = control::control(format!("account-{name}"), Semantics::new(Role::TreeItem, name), face)
        .on_activate(message)
        .on_step(Message::Step)
        .expanded(!collapsed);
    container(face).padding(Padding { top: 12.0, bottom: 2.0, ..Padding::ZERO }).into()
}

fn mark<'a>(sign: Icon, style: fn(&iced::Theme) -> text::Style, words: String) -> Element<'a, Message> {
    let sign = control::control(
        format!("mark-{words}"),
        Semantics::new(Role::Image, words.clone()),
        icon(sign, 14.0).style(style),
    );
    control::hint(sign, words, None)
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
