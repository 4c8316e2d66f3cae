//! The menu of a folder, and the questions that it asks.

use super::drag::Target;
use super::folder_deeds::Message as Folder;
use super::menu_view::{above, choices, dialog};
use super::{Menu, Message, State, folders};
use crate::fl;
use crate::gui::keymap::{self, Deed};
use crate::gui::theme;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::gui::widget::lifted::lifted;
use crate::i18n::units;
use crate::service::model::{self, MailboxId};
use iced::widget::{Column, column, container, opaque, pin, scrollable, text};
use iced::{Element, Point};

const WIDTH: f32 = 252.0;
const HEIGHT: f32 = 326.0;

/// The menu where it was asked for, moved so that it is whole within the window.
pub fn menu(state: &State, id: MailboxId, at: Point) -> Element<'_, Message> {
    let window = state.preferences();
    let x = at.x.min(window.window_width - WIDTH - 12.0).max(8.0);
    let y = at.y.min(window.window_height - HEIGHT - 40.0).max(8.0);
    let card = container(items(state, id)).width(WIDTH).padding(6).style(theme::ground::menu);
    let card =
        control::control("folder-menu", Semantics::new(Role::Menu, fl!("menu")), card).on_escape(super::menu::close());
    above(pin(lifted(theme::radius::CARD, opaque(card))).x(x).y(y).into())
}

fn items(state: &State, id: MailboxId) -> Element<'_, Message> {
    let Some(mailbox) = state.mailbox(id) else { return text("").into() };
    let own = state.is_own(id);
    let subscribed = mailbox.subscribed;
    let server = state.accounts.all().iter().find(|view| view.account.name == mailbox.account);
    let on_server = server.is_some_and(|view| view.account.incoming.protocol == model::Protocol::Imap);
    let item = |name: &'static str, sign: Icon, words: String, key: Option<String>, message: Option<Message>| {
        control::menu_item(name, Some(sign), words, key, message, Message::Step)
    };
    let does = |able: bool, folder: Folder| able.then_some(Message::Folder(folder));
    let mut all = column![
        item("folder-new", Icon::FolderPlus, fl!("folder-new-inside"), None, does(true, Folder::NewInside(id))),
        item(
            "folder-rename",
            Icon::Pencil,
            fl!("folder-rename"),
            Some(keymap::hint(Deed::RenameFolder)),
            does(own, Folder::Rename(id))
        ),
        item(
            "folder-move",
            Icon::FolderInput,
            fl!("folder-move"),
            None,
            own.then_some(Message::Menu(Some(Menu::MoveFolder(id))))
        ),
        item(
            "folder-read",
            Icon::MailCheck,
            fl!("folder-read"),
            None,
            does(mailbox.unread > 0, Folder::MarkAllRead(id))
        ),
    ];
    if on_server {
        let (sign, words) =
            if subscribed { (Icon::EyeOff, fl!("folder-unsubscribe")) } else { (Icon::Eye, fl!("folder-subscribe")) };
        all = all.push(item("folder-subscribe", sign, words, None, does(true, Folder::Subscribe(id, !subscribed))));
    }
    if on_server && mailbox.selectable && !mailbox.path.is_inbox() {
        let watched = state.is_watched(id);
        let (sign, words) =
            if watched { (Icon::BellOff, fl!("folder-unwatch")) } else { (Icon::BellRing, fl!("folder-watch")) };
        all = all.push(item("folder-watch", sign, words, None, does(true, Folder::Watch(id, !watched))));
    }
    all.push(item(
        "folder-export",
        Icon::FileDown,
        fl!("folder-export"),
        None,
        (mailbox.total > 0).then_some(Message::Menu(Some(Menu::Export(id)))),
    ))
    .push(item(
        "folder-empty",
        Icon::BrushCleaning,
        fl!("folder-empty"),
        None,
        does(mailbox.total > 0, Folder::Empty(id)),
    ))
    .push(item(
        "folder-delete",
        Icon::Trash2,
        fl!("folder-delete"),
        Some(fl!("key-delete")),
        does(own, Folder::Delete(id)),
    ))
    .into()
}

pub fn empty(state: &State, id: MailboxId) -> Element<'_, Message> {
    let name = state.mailbox(id).map(folders::name).unwrap_or_default();
    let count = state.mailbox(id).map_or(0, |mailbox| mailbox.total);
    let words = fl!("empty-words", count = count, shown = units::count(count), folder = name.clone());
    let deed = control::button(
        "empty-now",
        Some(Icon::Trash2),
        fl!("delete-for-good"),
        theme::press::danger,
        Some(Message::Folder(Folder::EmptyNow(id))),
    );
    let content = column![text(words), choices(deed)].spacing(theme::space::L).into();
    dialog(fl!("empty-title", folder = name), content, 420.0)
}

pub fn delete(state: &State, id: MailboxId) -> Element<'_, Message> {
    let name = state.mailbox(id).map(folders::name).unwrap_or_default();
    let count = state.mail_inside(id);
    let shown = units::count(count);
    let words = if state.holds_others(id) {
        fl!("delete-folders-words", count = count, shown = shown, folder = name.clone())
    } else {
        fl!("delete-folder-words", count = count, shown = shown, folder = name.clone())
    };
    let deed = control::button(
        "delete-folder-now",
        Some(Icon::Trash2),
        fl!("delete-folder"),
        theme::press::danger,
        Some(Message::Folder(Folder::DeleteNow(id))),
    );
    let content = column![text(words), choices(deed)].spacing(theme::space::L).into();
    dialog(fl!("delete-folder-title", folder = name), content, 440.0)
}

pub fn move_to(state: &State, id: MailboxId) -> Element<'_, Message> {
    let name = state.mailbox(id).map(folders::name).unwrap_or_default();
    let field =
        control::input(&fl!("move-filter"), &state.filter).on_input(Message::Filter).on_submit(Message::FilterDone);
    let field = control::field("menu-filter", fl!("move-filter"), field).value(&state.filter);
    let line = |at: String, sign: Icon, words: String, target: Target| {
        control::menu_item(
            at,
            Some(sign),
            words,
            None,
            Some(Message::Folder(Folder::MoveTo(id, target))),
            Message::Step,
        )
    };
    let account = state.mailbox(id).map(|mailbox| mailbox.account.clone()).unwrap_or_default();
    let top = Target::Account(account.clone());
    let top = state.new_path(id, &top).is_some().then(|| line("into-top".into(), Icon::Layers, account, top));
    let lines = state.folder_targets(id).into_iter().map(|into| {
        let words = if into.role.is_some() { folders::name(into) } else { into.path.to_string() };
        line(format!("into-{}", into.id.0), folders::sign(into.role, false), words, Target::Mailbox(into.id))
    });
    let lines = Column::with_children(top.into_iter().chain(lines));
    let list = container(scrollable(lines).style(theme::scroll)).max_height(360);
    dialog(fl!("move-folder-title", folder = name), column![field, list].spacing(theme::space::S).into(), 420.0)
}
