//! The menu of an account, on its heading among the folders.

use super::menu_view::above;
use super::sidebar::account_id;
use super::{Menu, Message as Mail, State};
use crate::fl;
use crate::gui::action::{Action, Open};
use crate::gui::keymap::{self, Deed};
use crate::gui::theme;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::gui::widget::lifted::lifted;
use iced::widget::{column, container, opaque, pin, text};
use iced::{Element, Point};

const WIDTH: f32 = 252.0;
const HEIGHT: f32 = 172.0;

#[derive(Clone, Debug)]
pub enum Message {
    Menu(String, Point),
    /// The menu by its key.
    MenuByKey(String),
}

impl State {
    pub(super) fn account_menu(&mut self, message: Message) -> Action {
        match message {
            Message::Menu(name, at) => {
                self.menu_of = None;
                self.open_menu(Some(Menu::Account(name, at)))
            }
            Message::MenuByKey(name) => {
                let (at, of) = (self.below_heading(&name), account_id(&name));
                let opened = self.open_menu(Some(Menu::Account(name, at)));
                self.menu_of = Some(of);
                opened.and(Action::FocusNext)
            }
        }
    }
}

/// The menu where it was asked for, moved so that it is whole within the window.
pub fn menu<'a>(state: &'a State, name: &'a str, at: Point) -> Element<'a, Mail> {
    let window = state.preferences();
    let x = at.x.min(window.window_width - WIDTH - 12.0).max(8.0);
    let y = at.y.min(window.window_height - HEIGHT - 40.0).max(8.0);
    let card = container(items(state, name)).width(WIDTH).padding(6).style(theme::ground::menu);
    let card =
        control::control("account-menu", Semantics::new(Role::Menu, fl!("menu")), card).on_escape(super::menu::close());
    above(pin(lifted(theme::radius::CARD, opaque(card))).x(x).y(y).into())
}

fn items<'a>(state: &'a State, name: &'a str) -> Element<'a, Mail> {
    let Some(view) = state.accounts.all().iter().find(|view| view.account.name == name) else {
        return text("").into();
    };
    let item = |id: &'static str, sign: Icon, words: String, key: Option<String>, message: Mail| {
        control::menu_item(id, Some(sign), words, key, Some(message), Mail::Step)
    };
    let account = || Box::new(view.account.clone());
    column![
        item(
            "account-refresh",
            Icon::RefreshCw,
            fl!("account-refresh"),
            Some(keymap::hint(Deed::Refresh)),
            Mail::Refresh(Some(name.to_string()))
        ),
        item("account-settings", Icon::Settings, fl!("account-settings"), None, Mail::Open(Open::Account(account()))),
        item("account-servers", Icon::Server, fl!("account-servers"), None, Mail::Open(Open::Setup(Some(account())))),
        item(
            "account-log",
            Icon::Route,
            fl!("connection-log"),
            None,
            Mail::Open(Open::Transcript(Some(name.to_string())))
        ),
        item(
            "account-remove",
            Icon::Trash2,
            fl!("account-remove-menu"),
            None,
            Mail::Menu(Some(Menu::RemoveAccount(name.to_string())))
        ),
    ]
    .into()
}
