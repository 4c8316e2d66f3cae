//! The folder pane: the new-message button, the places, the tree of every account, and a row of icons.

use super::drag::{self, Target};
use super::folder_deeds::{self, Edited, Message as Folder};
use super::folders::{self, Entry, Place};
use super::{Loaded, Menu, Message, State, view};
use crate::fl;
use crate::gui::action::Open;
use crate::gui::keymap::{self, Deed};
use crate::gui::widget::control::{self, Id, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::widget::spot::spot;
use crate::gui::widget::watch::watch;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::{self, MailboxId};
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::{Column, button, column, container, mouse_area, row, scrollable, space, text};
use iced::{Alignment, Element, Length, Padding, Point};

/// Height of a line.
const LINE: f32 = 32.0;
/// Indentation of a nested mailbox.
const INDENT: f32 = 22.0;
/// The scrolled part, and what is above and below it.
pub const SCROLL: &str = "folders-scroll";
pub const TOP: f32 = 48.0;
pub const FOOT: f32 = 72.0;
/// Where a folder's menu opens that was asked for by a key.
const BESIDE: Point = Point::new(180.0, 160.0);

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
    let tree = scrollable(tree(state)).id(SCROLL).style(theme::scroll).height(Length::Fill);
    container(column![new, tree, icons(state)])
        .style(theme::ground::pane)
        .width(Length::Fill)
        .height(Length::Fill)
        .into()
}

/// A line that is no folder.
fn plain(sign: Icon, name: String, unread: u64) -> Line {
    Line { name, sign, depth: 0, unread, selectable: true, faint: false, aimed: false, fold: None }
}

fn tree(state: &State) -> Element<'_, Message> {
    let unread = |m: &&model::MailboxView| m.role == Some(model::Role::Inbox);
    let unread = state.mailboxes.all().iter().filter(unread).map(|m| m.unread).sum();
    let mut all: Column<'_, Message> = column![
        place(state, Place::AllInboxes, plain(Icon::Layers, fl!("sidebar-all-inboxes"), unread)),
        place(
            state,
            Place::Outbox,
            plain(Icon::SendHorizontal, fl!("sidebar-outbox"), state.outbox.all().len() as u64)
        ),
    ];
    match (&state.accounts, &state.mailboxes) {
        (Loaded::Failed(problem), _) | (_, Loaded::Failed(problem)) => {
            return column![all, view::failed(problem, Message::Refresh(None))].into();
        }
        (Loaded::Loading, _) => all = all.push(view::quiet(fl!("sidebar-loading"))),
        (Loaded::Ready(accounts), mailboxes) => {
            let entries = {
                let preferences = state.preferences();
                folders::entries(accounts, mailboxes.all(), &preferences.collapsed, &preferences.folded)
            };
            all = all.extend(entries.into_iter().flat_map(|entry| self::entry(state, entry)));
        }
    }
    let all = all.padding(Padding { top: 0.0, right: 8.0, bottom: 12.0, left: 8.0 }).width(Length::Fill);
    control::control("folders", Semantics::new(Role::Tree, fl!("sidebar-folders")), all).into()
}

fn entry<'a>(state: &'a State, entry: Entry) -> Vec<Element<'a, Message>> {
    let Entry::Mailbox { id, depth, .. } = entry else { return vec![heading(state, entry)] };
    let editing = state.editing.as_ref();
    match editing.map(|editing| &editing.of) {
        Some(Edited::Name(edited)) if *edited == id => vec![name_field(state, depth)],
        Some(Edited::Inside(parent)) if *parent == id => vec![mailbox(state, entry), name_field(state, depth + 1)],
        _ => vec![mailbox(state, entry)],
    }
}

/// A folder's line: shows it, is carried, takes what is dropped, has a menu.
fn mailbox<'a>(state: &'a State, entry: Entry) -> Element<'a, Message> {
    let Entry::Mailbox { id, name, sign, depth, unread, selectable, subscribed, holds, folded } = entry else {
        return space().into();
    };
    let target = Target::Mailbox(id);
    let aimed = state.drop_target() == Some(&target);
    let line =
        Line { name, sign, depth, unread, selectable, faint: !subscribed, aimed, fold: holds.then_some((id, folded)) };
    let face = place(state, Place::Mailbox(id), line);
    let keys = watch(face).on_key(move |key, modifiers| folder_key(id, key, modifiers));
    spot(keys)
        .on_drag(move |at| Message::Drag(drag::Message::Folder(id, at)))
        .on_menu(move |at| Message::Folder(Folder::Menu(id, at)))
        .on_over(Message::Drag(drag::Message::Over(target.clone())), Message::Drag(drag::Message::Left(target)))
        .into()
}

/// Keys on a folder that has the keyboard.
fn folder_key(id: MailboxId, key: &Key, modifiers: Modifiers) -> Option<Message> {
    let Key::Named(named) = key else { return None };
    Some(Message::Folder(match (named, modifiers) {
        (Named::F2, _) => Folder::Rename(id),
        (Named::Delete, _) => Folder::Delete(id),
        (Named::ContextMenu, _) => Folder::Menu(id, BESIDE),
        (Named::F10, modifiers) if modifiers.shift() => Folder::Menu(id, BESIDE),
        (Named::ArrowLeft, _) => Folder::FoldBy(id, true),
        (Named::ArrowRight, _) => Folder::FoldBy(id, false),
        _ => return None,
    }))
}

/// A folder's name in the making, in the place of its line.
fn name_field(state: &State, depth: usize) -> Element<'_, Message> {
    let words = state.editing.as_ref().map(|editing| editing.text.as_str()).unwrap_or_default();
    let field = control::input(&fl!("new-folder-name"), words)
        .on_input(|text| Message::Folder(Folder::Text(text)))
        .on_submit(Message::Folder(Folder::Done));
    let field = control::field(folder_deeds::FIELD, fl!("new-folder-name"), field).value(words);
    let field = watch(field)
        .on_key(|key, _| matches!(key, Key::Named(Named::Escape)).then_some(Message::Folder(Folder::Leave)));
    let indent = 8.0 + INDENT * depth as f32;
    container(field).padding(Padding { left: indent, right: 0.0, top: 2.0, bottom: 2.0 }).into()
}

/// The stable id of a place's line.
pub fn place_id(place: Place) -> Id {
    match place {
        Place::AllInboxes => "place-all".into(),
        Place::Outbox => "place-outbox".into(),
        Place::Mailbox(id) => format!("place-{}", id.0).into(),
    }
}

/// What a line of the folders shows.
struct Line {
    name: String,
    sign: Icon,
    depth: usize,
    unread: u64,
    selectable: bool,
    /// Other programs of the person do not show it.
    faint: bool,
    /// What is carried would be dropped here.
    aimed: bool,
    /// Others are inside it: whether they are folded away.
    fold: Option<(MailboxId, bool)>,
}

fn place<'a>(state: &'a State, place: Place, shown: Line) -> Element<'a, Message> {
    let Line { name, sign, depth, unread, selectable, faint, aimed, fold } = shown;
    let selected = state.place == place;
    let weight = if selected { font::SEMIBOLD } else { font::REGULAR };
    let sign = icon(sign, theme::size::ICON_ROW).style(if selected { theme::words::accent } else { theme::words::dim });
    let sign: Element<'a, Message> = match fold {
        Some((id, _)) => mouse_area(sign).on_press(Message::Folder(Folder::Fold(id))).into(),
        None => sign.into(),
    };
    let style = if faint { theme::words::dim } else { theme::words::normal };
    let mut words = row![sign, line(name.clone()).font(weight).style(style)].spacing(10);
    if unread > 0 {
        words = words
            .push(text(units::count(unread)).size(theme::size::META).font(font::SEMIBOLD).style(theme::words::dim));
    }
    let message = selectable.then_some(Message::Show(place));
    let face = button(words.align_y(Alignment::Center).height(Length::Fill))
        .height(LINE)
        .padding(Padding { left: 8.0 + INDENT * depth as f32, right: 8.0, ..Padding::ZERO })
        .width(Length::Fill)
        .style(theme::press::target(selected, aimed))
        .on_press_maybe(message.clone());
    let semantics =
        Semantics { value: (unread > 0).then(|| units::count(unread)), ..Semantics::new(Role::TreeItem, name) };
    let mut line = control::control(place_id(place), semantics, face)
        .on_activate(message)
        .on_step(Message::Step)
        .selected(selected)
        .level(depth);
    if let Some((_, folded)) = fold {
        line = line.expanded(!folded);
    }
    line.into()
}

/// An account's heading: folds its folders away; says what is special about it.
fn heading<'a>(state: &'a State, entry: Entry) -> Element<'a, Message> {
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
    let target = Target::Account(name.clone());
    let face = button(all)
        .height(LINE - 4.0)
        .padding([0.0, 8.0])
        .width(Length::Fill)
        .style(theme::press::target(false, state.drop_target() == Some(&target)))
        .on_press_maybe(message.clone());
    let face = control::control(format!("account-{name}"), Semantics::new(Role::TreeItem, name), face)
        .on_activate(message)
        .on_step(Message::Step)
        .expanded(!collapsed);
    let (over, left) = (drag::Message::Over(target.clone()), drag::Message::Left(target));
    let face = spot(face).on_over(Message::Drag(over), Message::Drag(left));
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
