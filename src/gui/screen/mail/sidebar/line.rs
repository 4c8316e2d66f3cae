//! A line of the folders: a place, a folder, or an account's heading.

use super::super::account_menu::Message as Account;
use super::super::drag::{self, Target};
use super::super::folder_deeds::{Edited, Message as Folder};
use super::super::folders::Entry;
use super::super::{Message, Place, State};
use super::{HEADING, INDENT, LINE, account_id, keys, name, place_id};
use crate::fl;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::widget::spot::spot;
use crate::gui::widget::watch::watch;
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::model::MailboxId;
use iced::widget::{button, container, mouse_area, row, space, text};
use iced::{Alignment, Element, Length, Padding};

/// What a line of the folders shows.
pub struct Line {
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

/// A line that is no folder.
pub fn plain(sign: Icon, name: String, unread: u64) -> Line {
    Line { name, sign, depth: 0, unread, selectable: true, faint: false, aimed: false, fold: None }
}

/// A line of an account, and the field of a name in the making.
pub fn entry<'a>(state: &'a State, entry: Entry) -> Vec<Element<'a, Message>> {
    let Entry::Mailbox { id, depth, .. } = entry else { return vec![heading(state, entry)] };
    let editing = state.editing.as_ref();
    match editing.map(|editing| &editing.of) {
        Some(Edited::Name(edited)) if *edited == id => vec![name::field(state, depth)],
        Some(Edited::Inside(parent)) if *parent == id => vec![mailbox(state, entry), name::field(state, depth + 1)],
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
    // What has a role is shown whether other programs are told of it or not.
    let faint = !subscribed && state.is_own(id);
    let line = Line { name, sign, depth, unread, selectable, faint, aimed, fold: holds.then_some((id, folded)) };
    let face = place(state, Place::Mailbox(id), line);
    let keys = watch(face).on_key(move |key, modifiers| keys::on_folder(id, key, modifiers));
    spot(keys)
        .on_drag(move |at| Message::Drag(drag::Message::Folder(id, at)))
        .on_menu(move |at| Message::Folder(Folder::Menu(id, at)))
        .on_over(Message::Drag(drag::Message::Over(target.clone())), Message::Drag(drag::Message::Left(target)))
        .into()
}

pub fn place<'a>(state: &'a State, place: Place, shown: Line) -> Element<'a, Message> {
    let Line { name, sign, depth, unread, selectable, faint, aimed, fold } = shown;
    let selected = state.place == place;
    let weight = if selected { font::semibold(&name) } else { font::REGULAR };
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
    let Entry::Account { name, title, collapsed, pop3, secret_in_file, plain, failed, offline } = entry else {
        return space().into();
    };
    let fold = icon(if collapsed { Icon::ChevronRight } else { Icon::ChevronDown }, 14.0).style(theme::words::dim);
    let words = line(title.clone()).size(theme::size::META).font(font::semibold(&title)).style(theme::words::dim);
    let mut all = row![fold, words].spacing(6).align_y(Alignment::Center).height(Length::Fill);
    if failed {
        all = all.push(mark(Icon::CircleAlert, theme::words::bad, fl!("account-failed")));
    }
    if offline {
        all = all.push(mark(Icon::WifiOff, theme::words::dim, fl!("account-offline")));
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
        .height(HEADING - 14.0)
        .padding([0.0, 8.0])
        .width(Length::Fill)
        .style(theme::press::target(false, state.drop_target() == Some(&target)))
        .on_press_maybe(message.clone());
    let face = control::control(account_id(&name), Semantics::new(Role::TreeItem, title), face)
        .on_activate(message)
        .on_step(Message::Step)
        .expanded(!collapsed);
    let of = name.clone();
    let face = watch(face).on_key(move |key, modifiers| keys::on_heading(&name, collapsed, key, modifiers));
    let (over, left) = (drag::Message::Over(target.clone()), drag::Message::Left(target));
    let face = spot(face)
        .on_menu(move |at| Message::Account(Account::Menu(of.clone(), at)))
        .on_over(Message::Drag(over), Message::Drag(left));
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
