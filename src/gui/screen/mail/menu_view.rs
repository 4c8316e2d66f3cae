//! Menus and dialogs drawn above the window. While one is open the keyboard stays within it.

use super::list::{is_starred, is_unread, listing_menu};
use super::menu::{close, valid_folder};
use super::reader::{page_view, printing};
use super::{Menu, Message, State, account_menu, export, folder_menu, folders, queue, search_view};
use crate::fl;
use crate::gui::action::{Open, SaveSource};
use crate::gui::keymap::{self, Deed};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::lifted::lifted;
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::{problem, units};
use crate::service::command::ExportFormat;
use crate::service::model::{AccountView, Connection, MessageId, MeteredChoice, ThemeChoice};
use iced::widget::{Column, button, column, container, mouse_area, opaque, row, scrollable, space, text};
use iced::{Alignment, Element, Length, Padding};

/// Folders listed at once in the menu of folders; the field narrows them.
const FOLDERS: usize = 200;

pub fn view(state: &State) -> Option<Element<'_, Message>> {
    let menu = state.menu.as_ref()?;
    Some(match menu {
        Menu::Move => above(corner(move_to(state), 300.0, false)),
        Menu::More => above(corner(more(state), 260.0, false)),
        Menu::Listing => above(beside(state, listing_menu::view(state))),
        Menu::SaveSearch(_) => dialog(fl!("search-save"), search_view::save(state), 420.0),
        Menu::DeleteSearch(id) => dialog(fl!("search-delete"), search_view::delete(state, *id), 420.0),
        Menu::Settings => above(corner(settings(state), 260.0, true)),
        Menu::Accounts => dialog(fl!("accounts"), accounts(state), 520.0),
        Menu::Keys => dialog(fl!("deed-keys-title"), keys(), 560.0),
        Menu::NewFolder => dialog(fl!("new-folder"), new_folder(state), 420.0),
        Menu::Account(name, at) => account_menu::menu(state, name, *at),
        Menu::Folder(id, at) => folder_menu::menu(state, *id, *at),
        Menu::MoveFolder(id) => folder_menu::move_to(state, *id),
        Menu::Empty(id) => folder_menu::empty(state, *id),
        Menu::DeleteFolder(id) => folder_menu::delete(state, *id),
        Menu::Export(id) => export::dialog(state, *id),
        Menu::Queue => queue::view(state),
        Menu::Link(question) => dialog(page_view::question_title(question), page_view::question(question), 520.0),
        Menu::DeleteForGood(ids) => dialog(fl!("delete-for-good"), delete_for_good(state, ids), 420.0),
        Menu::RemoveAccount(name) => dialog(fl!("remove-account"), remove_account(name), 460.0),
        Menu::Path => dialog(fl!("save-path"), path(state), 560.0),
    })
}

/// Lays something over the window; a press beside it closes it.
pub fn above<'a>(content: Element<'a, Message>) -> Element<'a, Message> {
    let backdrop = mouse_area(container(content).width(Length::Fill).height(Length::Fill)).on_press(close());
    opaque(backdrop)
}

/// A menu in its corner: under the toolbar's end, or above the sidebar's foot.
fn corner<'a>(content: Element<'a, Message>, width: f32, foot: bool) -> Element<'a, Message> {
    let content = scrollable(content).style(theme::scroll);
    let card = container(content).width(width).padding(6).style(theme::ground::menu);
    let card = control::control("menu", Semantics::new(Role::Menu, fl!("menu")), card).on_escape(close());
    let card = lifted(theme::radius::CARD, opaque(card));
    let (x, y, padding) = if foot {
        (Alignment::Start, Alignment::End, Padding { left: 12.0, bottom: 76.0, ..Padding::ZERO })
    } else {
        (Alignment::End, Alignment::Start, Padding { right: 16.0, top: 50.0, ..Padding::ZERO })
    };
    container(card).width(Length::Fill).height(Length::Fill).align_x(x).align_y(y).padding(padding).into()
}

/// A menu under the heading of the list.
fn beside<'a>(state: &State, content: Element<'a, Message>) -> Element<'a, Message> {
    const WIDTH: f32 = 250.0;
    let card = container(scrollable(content).style(theme::scroll)).width(WIDTH).padding(6).style(theme::ground::menu);
    let card = control::control("menu", Semantics::new(Role::Menu, fl!("menu")), card).on_escape(close());
    let card = lifted(theme::radius::CARD, opaque(card));
    let preferences = state.preferences();
    let left = preferences.sidebar_width + (preferences.list_width - WIDTH - 8.0).max(8.0);
    container(card).padding(Padding { left, top: 92.0, bottom: 30.0, ..Padding::ZERO }).into()
}

/// A dialog in the middle, the window dimmed beneath it.
pub fn dialog<'a>(title: String, content: Element<'a, Message>, width: f32) -> Element<'a, Message> {
    let head = row![
        text(title.clone()).size(17).font(font::semibold(&title)).width(Length::Fill),
        control::icon_button("dialog-close", Icon::X, fl!("close"), Some(fl!("key-escape")), Some(close())),
    ]
    .align_y(Alignment::Center);
    let card = container(column![head, content].spacing(theme::space::M))
        .max_width(width)
        .padding(theme::space::XL)
        .style(theme::ground::dialog);
    let card = control::control("dialog", Semantics::new(Role::Dialog, title), card)
        .radius(theme::radius::DIALOG)
        .on_escape(close());
    let card = lifted(theme::radius::DIALOG, opaque(card));
    let ground = container(card).center(Length::Fill).padding(theme::space::XL).style(theme::ground::scrim);
    opaque(mouse_area(ground).on_press(close()))
}

pub fn item<'a>(
    id: &'static str,
    sign: Icon,
    name: String,
    deed: Option<Deed>,
    message: Option<Message>,
) -> Element<'a, Message> {
    control::menu_item(id, Some(sign), name, deed.map(keymap::hint), message, Message::Step)
}

fn move_to(state: &State) -> Element<'_, Message> {
    let field =
        control::input(&fl!("move-filter"), &state.filter).on_input(Message::Filter).on_submit(Message::FilterDone);
    let field = control::field("menu-filter", fl!("move-filter"), field).value(&state.filter);
    let targets = state.move_targets();
    let many = state.accounts.all().len() > 1;
    let none = targets.is_empty();
    let lines = targets.into_iter().take(FOLDERS).map(|mailbox| {
        let name = folders::name(mailbox);
        let words = match mailbox.path.parent() {
            Some(parent) if mailbox.role.is_none() => format!("{parent}/{name}"),
            _ => name,
        };
        let key = (many && state.accounts_of_selection().len() != 1).then(|| mailbox.account.clone());
        let id = mailbox.id;
        control::menu_item(
            format!("move-{}", id.0),
            Some(folders::sign(mailbox.role, false)),
            words,
            key,
            Some(Message::MoveTo(id)),
            Message::Step,
        )
    });
    let mut all = column![field].spacing(theme::space::XS);
    all = if none {
        all.push(container(text(fl!("move-nothing")).style(theme::words::dim)).padding(10))
    } else {
        all.push(container(scrollable(Column::with_children(lines)).style(theme::scroll)).max_height(360))
    };
    all.into()
}

fn more(state: &State) -> Element<'_, Message> {
    let one = state.attended();
    let some = !state.selection.is_empty();
    let unread = state.chosen().iter().filter_map(|id| state.pages.find_listed(*id)).any(is_unread);
    let read = if unread { (Icon::MailOpen, fl!("mark-read")) } else { (Icon::Mail, fl!("mark-unread")) };
    let starred = state.chosen().iter().filter_map(|id| state.pages.find_listed(*id)).all(is_starred);
    let star = if starred { (Icon::StarOff, fl!("unstar")) } else { (Icon::Star, fl!("star")) };
    let does = |deed: Deed| some.then_some(Message::Do(deed));
    let mono = match state.reader.looking.monospace {
        true => (Icon::Type, fl!("reader-proportional")),
        false => (Icon::CaseSensitive, fl!("reader-monospace")),
    };
    let copied = state.reader.message().and_then(|opened| opened.selection()).is_some();
    let all_read = state.can_mark_all().then_some(Message::MarkAllRead);
    column![
        item("more-read", read.0, read.1, Some(Deed::ToggleRead), does(Deed::ToggleRead)),
        item("more-star", star.0, star.1, Some(Deed::ToggleStar), does(Deed::ToggleStar)),
        item("more-all-read", Icon::CheckCheck, fl!("mark-all-read"), None, all_read),
        item("more-copy", Icon::Copy, fl!("copy"), Some(Deed::Copy), copied.then_some(Message::Do(Deed::Copy))),
        Column::with_children(page_view::menu(state)),
        Column::with_children(printing::menu(state)),
        item("more-monospace", mono.0, mono.1, Some(Deed::Monospace), does(Deed::Monospace)),
        item("more-source", Icon::CodeXml, fl!("source"), Some(Deed::Source), one.map(|_| Message::Do(Deed::Source))),
        item("more-save", Icon::Download, fl!("save-message"), None, state.as_file().map(Message::Save)),
    ]
    .into()
}

fn settings(state: &State) -> Element<'_, Message> {
    let preferences = state.preferences();
    let theme_line = |id: &'static str, name: String, choice: ThemeChoice| {
        option(id, name, preferences.theme == choice, Message::Theme(choice))
    };
    let language = |id: &'static str, name: String, tag: Option<&str>| {
        option(id, name, preferences.language.as_deref() == tag, Message::Language(tag.map(String::from)))
    };
    let metered = |id: &'static str, name: String, choice: MeteredChoice| {
        option(id, name, preferences.metered == choice, Message::Metered(choice))
    };
    column![
        caption(fl!("settings-theme")),
        theme_line("theme-system", fl!("theme-system"), ThemeChoice::System),
        theme_line("theme-light", fl!("theme-light"), ThemeChoice::Light),
        theme_line("theme-dark", fl!("theme-dark"), ThemeChoice::Dark),
        caption(fl!("settings-language")),
        language("language-system", fl!("language-system"), None),
        // The names of languages are the same in every language.
        language("language-en", "English".into(), Some("en")),
        language("language-de", "Deutsch".into(), Some("de")),
        caption(fl!("settings-metered")),
        metered("metered-system", fl!("metered-system"), MeteredChoice::System),
        metered("metered-always", fl!("metered-always"), MeteredChoice::Always),
        metered("metered-never", fl!("metered-never"), MeteredChoice::Never),
        caption(fl!("settings-senders")),
        switch(
            "settings-verify-senders",
            fl!("settings-verify-senders"),
            preferences.verify_senders,
            Message::VerifySenders(!preferences.verify_senders)
        ),
        caption(fl!("accounts")),
        item(
            "settings-accounts",
            Icon::Users,
            fl!("settings-accounts"),
            None,
            Some(Message::Menu(Some(Menu::Accounts)))
        ),
        caption(fl!("settings-help")),
        item(
            "settings-keys",
            Icon::Keyboard,
            fl!("deed-keys-title"),
            Some(Deed::Keys),
            Some(Message::Menu(Some(Menu::Keys)))
        ),
    ]
    .into()
}

pub fn caption<'a>(words: String) -> Element<'a, Message> {
    let words = text(words).size(theme::size::META).font(font::SEMIBOLD).style(theme::words::dim);
    container(words).padding(Padding { top: 8.0, right: 10.0, bottom: 2.0, left: 10.0 }).into()
}

/// A line of several of which one holds.
pub fn option<'a>(id: &'static str, name: String, on: bool, message: Message) -> Element<'a, Message> {
    ticked(Role::Radio, id, name, on, message)
}

/// A line that holds or does not.
fn switch<'a>(id: &'static str, name: String, on: bool, message: Message) -> Element<'a, Message> {
    ticked(Role::CheckBox, id, name, on, message)
}

fn ticked<'a>(role: Role, id: &'static str, name: String, on: bool, message: Message) -> Element<'a, Message> {
    let sign: Element<'a, Message> = if on {
        icon(Icon::Check, theme::size::ICON_ROW).style(theme::words::accent).into()
    } else {
        space().width(16).into()
    };
    let face = row![sign, text(name.clone()).width(Length::Fill)].spacing(10).align_y(Alignment::Center);
    let face =
        button(face).padding([5.0, 10.0]).width(Length::Fill).style(theme::press::row(false)).on_press(message.clone());
    control::control(id, Semantics::new(role, name), face)
        .on_activate(Some(message))
        .on_step(Message::Step)
        .checked(on)
        .into()
}

fn accounts(state: &State) -> Element<'_, Message> {
    let lines = state.accounts.all().iter().map(|view| account(state, view));
    let add = control::button(
        "account-add",
        Some(Icon::UserPlus),
        fl!("account-add"),
        theme::press::primary,
        Some(Message::Open(Open::Setup(None))),
    );
    let lines = Column::with_children(lines).spacing(theme::space::M);
    column![container(scrollable(lines).style(theme::scroll)).max_height(420), add].spacing(theme::space::L).into()
}

fn account<'a>(state: &'a State, view: &'a AccountView) -> Element<'a, Message> {
    let name = &view.account.name;
    let (words, style): (String, fn(&iced::Theme) -> text::Style) = match &view.connection {
        Connection::Idle => (fl!("status-idle"), theme::words::dim),
        Connection::Connecting => (fl!("status-connecting"), theme::words::dim),
        Connection::Synchronising => (fl!("status-synchronising"), theme::words::dim),
        Connection::Synchronised { at } => {
            (fl!("status-synchronised", ago = units::ago(*at, &state.now)), theme::words::ok)
        }
        Connection::Failed { problem, .. } => (problem::words(problem).what, theme::words::bad),
    };
    let about = column![
        line(name.clone()).font(font::semibold(name)),
        line(view.account.incoming.to_string()).size(theme::size::META).style(theme::words::dim),
        text(words.clone()).size(theme::size::META).style(style),
    ];
    let link = |what: &str, words: String, message: Message| {
        let id = format!("account-{what}-{name}");
        control::link(id, words, theme::size::SMALL, theme::press::link, Some(message))
    };
    let line = row![
        about.width(Length::Fill),
        link("settings", fl!("settings"), Message::Open(Open::Account(Box::new(view.account.clone())))),
        link("edit", fl!("account-edit"), Message::Open(Open::Setup(Some(Box::new(view.account.clone()))))),
        link("remove", fl!("account-remove"), Message::Menu(Some(Menu::RemoveAccount(name.clone())))),
    ]
    .spacing(theme::space::M)
    .align_y(Alignment::Center);
    let semantics = Semantics { value: Some(words), ..Semantics::new(Role::ListItem, name.clone()) };
    control::control(format!("account-line-{name}"), semantics, line).into()
}

fn keys<'a>() -> Element<'a, Message> {
    let lines = keymap::list().into_iter().map(|(keys, words)| {
        row![
            text(words).width(Length::Fill),
            container(text(keys).size(theme::size::META)).padding([1.0, 6.0]).style(theme::ground::key),
        ]
        .spacing(theme::space::M)
        .align_y(Alignment::Center)
        .into()
    });
    let lines = Column::with_children(lines).spacing(5).padding(Padding { right: 14.0, ..Padding::ZERO });
    scrollable(lines).style(theme::scroll).height(Length::Shrink).into()
}

fn new_folder(state: &State) -> Element<'_, Message> {
    let field =
        control::input(&fl!("new-folder-name"), &state.filter).on_input(Message::Filter).on_submit(Message::FilterDone);
    let field = control::field("menu-filter", fl!("new-folder-name"), field).value(&state.filter);
    let account = state.folder_account().map(|account| account.name.clone()).unwrap_or_default();
    let taken = state.is_new_folder_there();
    let valid = valid_folder(state.filter.trim().trim_matches('/')) && !taken;
    let flaw = if taken { fl!("folder-name-taken") } else { String::new() };
    column![
        text(fl!("new-folder-words", account = account)).style(theme::words::dim),
        column![field, text(flaw).size(theme::size::META).style(theme::words::bad)].spacing(theme::space::XS),
        choices(control::button(
            "new-folder-create",
            None,
            fl!("create"),
            theme::press::primary,
            valid.then_some(Message::CreateFolder)
        )),
    ]
    .spacing(theme::space::M)
    .into()
}

/// The buttons at the foot of a dialog: Cancel and the deed.
pub fn choices<'a>(deed: Element<'a, Message>) -> Element<'a, Message> {
    let cancel = control::button("dialog-cancel", None, fl!("cancel"), theme::press::quiet, Some(close()));
    row![space::horizontal(), cancel, deed].spacing(theme::space::S).align_y(Alignment::Center).into()
}

fn delete_for_good<'a>(state: &State, ids: &'a [MessageId]) -> Element<'a, Message> {
    let delete = control::button(
        "delete-for-good",
        Some(Icon::Trash2),
        fl!("delete-for-good"),
        theme::press::danger,
        Some(Message::DeleteForGood(ids.to_vec())),
    );
    let words = fl!("delete-for-good-words", count = state.messages_of(ids));
    column![text(words), choices(delete)].spacing(theme::space::L).into()
}

fn remove_account<'a>(name: &'a str) -> Element<'a, Message> {
    let remove = control::button(
        "remove-account",
        Some(Icon::Trash2),
        fl!("remove-account"),
        theme::press::danger,
        Some(Message::RemoveAccount(name.to_string())),
    );
    column![text(fl!("remove-account-words", name = name)), choices(remove)].spacing(theme::space::L).into()
}

fn path(state: &State) -> Element<'_, Message> {
    let several = state.saving().is_some_and(|save| {
        matches!(
            save.source,
            SaveSource::Attachments { .. }
                | SaveSource::AllEnclosed { .. }
                | SaveSource::Mailbox { format: ExportFormat::Messages, .. }
        )
    });
    let words = if several { fl!("save-path-directory") } else { fl!("save-path-words") };
    let field = control::input("", &state.saving.path).on_input(Message::SavePath).on_submit(Message::SaveHere);
    let field = control::field("save-path", fl!("save-path"), field).value(&state.saving.path);
    let valid = !state.saving.path.trim().is_empty();
    let save =
        control::button("save-here", None, fl!("save"), theme::press::primary, valid.then_some(Message::SaveHere));
    column![text(words).style(theme::words::dim), field, choices(save)].spacing(theme::space::M).into()
}
