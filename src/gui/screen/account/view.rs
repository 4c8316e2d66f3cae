//! What the settings of an account look like: cards below each other, and the buttons at the foot.

use super::form::{Keep, Mistake};
use super::{Message, State, ids};
use crate::fl;
use crate::gui::theme::{self, size, space};
use crate::gui::widget::choice::{self, labelled, note};
use crate::gui::widget::control::{self, Role, Semantics, control};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, screen::mail::sign_of};
use crate::i18n::{problem, units};
use crate::service::model::{MailboxPath, ProxyKind};
use iced::widget::{Column, Id, column, container, row, rule, scrollable, space as gap, text};
use iced::{Alignment, Element, Length, Padding};

/// Where a mistake is mended.
fn field_of(mistake: Mistake) -> &'static str {
    match mistake {
        Mistake::Months => ids::MONTHS,
        Mistake::Connections => ids::CONNECTIONS,
        Mistake::HostMissing | Mistake::Host => ids::HOST,
        Mistake::Port => ids::PORT,
        Mistake::User => ids::USER,
        Mistake::Password => ids::PASSWORD,
    }
}

pub fn place(mistake: Mistake) -> Id {
    Id::new(field_of(mistake))
}

fn said(mistake: Mistake) -> String {
    match mistake {
        Mistake::Months => fl!("account-mistake-months"),
        Mistake::Connections => fl!("account-mistake-connections"),
        Mistake::HostMissing => fl!("account-mistake-host-missing"),
        Mistake::Host => fl!("account-mistake-host"),
        Mistake::Port => fl!("account-mistake-port"),
        Mistake::User => fl!("account-mistake-user"),
        Mistake::Password => fl!("account-mistake-password"),
    }
}

pub fn view(state: &State) -> Element<'_, Message> {
    let mistakes = state.mistakes();
    let mut parts = column![head(state)].push(failure(state)).spacing(14);
    if state.is_imap() {
        parts = parts.push(keeping(state, &mistakes)).push(watching(state)).push(connections(state, &mistakes));
    }
    parts = parts.push(proxy(state, &mistakes));
    if state.is_imap() {
        parts = parts.push(removals(state));
    }
    let page = container(parts).max_width(620).padding([20.0, 28.0]);
    let page = scrollable(container(page).center_x(Length::Fill)).id(ids::PAGE).style(theme::scroll);
    let hairline = rule::horizontal(1).style(theme::hairline);
    container(column![page.height(Length::Fill), hairline, buttons(state)])
        .height(Length::Fill)
        .width(Length::Fill)
        .style(theme::ground::pane)
        .into()
}

fn head(state: &State) -> Element<'_, Message> {
    let title = fl!("account-settings-title", account = state.name());
    let shown = line(title.clone()).font(font::SEMIBOLD).size(size::SUBJECT).height(28.0);
    column![
        control("account-heading", Semantics::new(Role::Heading, title), shown),
        line(state.account.incoming.to_string()).style(theme::words::dim),
    ]
    .spacing(space::XS)
    .into()
}

/// Why the settings were not saved.
fn failure(state: &State) -> Option<Element<'_, Message>> {
    let words = problem::words(state.problem.as_ref()?);
    let all = fl!("account-not-saved", what = words.what, advice = words.advice);
    let mut lines = column![text(all.clone()).size(size::SMALL).line_height(size::line(20.0))].spacing(space::XS);
    if let Some(details) = words.details {
        lines = lines.push(text(details).font(font::MONO).size(size::META));
    }
    let bar = container(lines).padding([10.0, 12.0]).width(Length::Fill).style(theme::ground::bad);
    Some(control(ids::PROBLEM, Semantics::new(Role::Alert, all), bar).into())
}

/// A part of the settings, with its heading.
fn card<'a>(sign: Icon, title: String, parts: Column<'a, Message>) -> Element<'a, Message> {
    let head = row![icon(sign, 16.0).style(theme::words::dim), text(title.clone()).font(font::SEMIBOLD)];
    let head = control(
        format!("account-part-{title}"),
        Semantics::new(Role::Heading, title),
        head.spacing(10).align_y(Alignment::Center),
    );
    let parts = column![head, parts.spacing(space::XS)].spacing(space::S);
    container(parts).padding([12.0, 14.0]).width(Length::Fill).style(theme::ground::card).into()
}

fn option<'a>(id: &'static str, words: String, chosen: bool, message: Message) -> Element<'a, Message> {
    choice::option(id, words, chosen, message, Message::Stepped)
}

/// What a choice means, below it and indented as its words are.
fn meaning<'a>(words: String) -> Element<'a, Message> {
    container(note(words)).padding(Padding { left: 32.0, bottom: 4.0, ..Padding::ZERO }).into()
}

fn mistake_of<'a>(id: &'static str, mistakes: &[Mistake]) -> Option<Element<'a, Message>> {
    let here = mistakes.iter().find(|mistake| field_of(**mistake) == id)?;
    Some(choice::mistake(id, said(*here)))
}

/// A field of one line; Enter saves.
fn field<'a>(
    id: &'static str,
    name: String,
    value: &'a str,
    on_input: impl Fn(String) -> Message + 'a,
) -> Element<'a, Message> {
    let input = control::input(&name, value).on_input(on_input).on_submit(Message::SavePressed);
    control::field(id, name, input).value(value).into()
}

/// A short field for a number, with what is counted after it, below a choice.
fn number<'a>(field: Element<'a, Message>, unit: String) -> Element<'a, Message> {
    let all = row![container(field).width(84), text(unit).style(theme::words::dim)];
    container(all.spacing(space::S).align_y(Alignment::Center)).padding(Padding { left: 32.0, ..Padding::ZERO }).into()
}

fn keeping<'a>(state: &'a State, mistakes: &[Mistake]) -> Element<'a, Message> {
    let form = &state.form;
    let one = |id, words, keep| option(id, words, form.keep == keep, Message::KeepChosen(keep));
    let mut parts = column![
        one("account-keep-full", fl!("account-keep-full"), Keep::Full),
        meaning(fl!("account-keep-full-words")),
        one("account-keep-months", fl!("account-keep-months"), Keep::Months),
    ];
    if form.keep == Keep::Months {
        let months = field(ids::MONTHS, fl!("account-months"), &form.months, Message::MonthsTyped);
        let unit = fl!("account-months-unit", count = form.months.parse::<u32>().unwrap_or(0));
        parts = parts.push(number(months, unit)).push(mistake_of(ids::MONTHS, mistakes));
    }
    parts = parts
        .push(meaning(fl!("account-keep-months-words")))
        .push(one("account-keep-headers", fl!("account-keep-headers"), Keep::Headers))
        .push(meaning(fl!("account-keep-headers-words")))
        .push(note(fl!("account-keep-words")));
    card(Icon::HardDriveDownload, fl!("account-keep"), parts)
}

fn watching(state: &State) -> Element<'_, Message> {
    let form = &state.form;
    let mut parts = column![note(fl!("account-watch-words"))];
    for path in &form.pinned {
        parts = parts.push(watched(state, path));
    }
    let name = fl!("account-watch-add");
    let input = control::input(&name, &state.folder).on_input(Message::FolderTyped).on_submit(Message::FolderDone);
    parts = parts.push(control::field(ids::FOLDER, name, input).value(state.folder.as_str()));
    let offers = state.offers();
    if offers.is_empty() && !state.folder.trim().is_empty() {
        parts = parts.push(meaning(fl!("account-watch-none")));
    }
    for mailbox in offers {
        parts = parts.push(control::menu_item(
            format!("account-offer-{}", mailbox.id.0),
            Some(sign_of(mailbox.role)),
            mailbox.path.to_string(),
            None,
            Some(Message::Watch(mailbox.path.clone())),
            Message::Stepped,
        ));
    }
    let unwatched = form.unwatched() as u64;
    if unwatched > 0 {
        let words = fl!("account-watch-full", count = unwatched, shown = units::count(unwatched));
        parts = parts.push(warning("account-watch-full", words));
    }
    card(Icon::BellRing, fl!("account-watch"), parts)
}

/// A watched folder, with what ends that.
fn watched<'a>(state: &State, path: &'a MailboxPath) -> Element<'a, Message> {
    let found = state.mailboxes.iter().find(|mailbox| mailbox.path == *path);
    // Before the folders are read nothing is said to be missing.
    let missing = found.is_none() && !state.mailboxes.is_empty();
    let sign = icon(sign_of(found.and_then(|mailbox| mailbox.role)), size::ICON_ROW).style(theme::words::dim);
    let mut all = row![sign, line(path.to_string())].spacing(10).align_y(Alignment::Center);
    if missing {
        all = all.push(text(fl!("account-watch-missing")).size(size::META).style(theme::words::warn));
    }
    let remove = fl!("account-unwatch", folder = path.to_string());
    all = all.push(control::icon_button(
        format!("account-unwatch-{path}"),
        Icon::X,
        remove,
        None,
        Some(Message::Unwatch(path.clone())),
    ));
    let all = container(all).padding(Padding { left: 6.0, ..Padding::ZERO });
    control(format!("account-watched-{path}"), Semantics::new(Role::ListItem, path.to_string()), all).into()
}

fn warning<'a>(id: &'static str, words: String) -> Element<'a, Message> {
    let shown = text(words.clone()).size(size::SMALL).line_height(size::line(20.0)).width(Length::Fill);
    let bar = row![icon(Icon::TriangleAlert, 16.0), shown].spacing(10).align_y(Alignment::Center);
    let bar = container(bar).padding([8.0, 12.0]).width(Length::Fill).style(theme::ground::warn);
    control(id, Semantics::new(Role::Status, words), bar).into()
}

fn connections<'a>(state: &'a State, mistakes: &[Mistake]) -> Element<'a, Message> {
    let form = &state.form;
    let one = |id, words, limited| option(id, words, form.limited == limited, Message::LimitedChosen(limited));
    let mut parts = column![
        one("account-connections-own", fl!("account-connections-own"), false),
        one("account-connections-most", fl!("account-connections-most"), true),
    ];
    if form.limited {
        let name = fl!("account-connections-count");
        let count = field(ids::CONNECTIONS, name, &form.connections, Message::ConnectionsTyped);
        let unit = fl!("account-connections-unit", count = form.connections.parse::<u32>().unwrap_or(0));
        parts = parts.push(number(count, unit)).push(mistake_of(ids::CONNECTIONS, mistakes));
    }
    card(Icon::Cable, fl!("account-connections"), parts.push(note(fl!("account-connections-words"))))
}

fn proxy<'a>(state: &'a State, mistakes: &[Mistake]) -> Element<'a, Message> {
    let form = &state.form;
    let one = |id, words, kind| option(id, words, form.proxy == kind, Message::ProxyChosen(kind));
    let mut parts = column![
        one("account-proxy-none", fl!("account-proxy-none"), None),
        one("account-proxy-socks5", fl!("account-proxy-socks5"), Some(ProxyKind::Socks5)),
        one("account-proxy-http", fl!("account-proxy-http"), Some(ProxyKind::Http)),
    ];
    if form.proxy.is_some() {
        parts = parts.push(through(state, mistakes));
    }
    card(Icon::Waypoints, fl!("account-proxy"), parts)
}

/// Where the proxy is, and who one is there.
fn through<'a>(state: &'a State, mistakes: &[Mistake]) -> Element<'a, Message> {
    let form = &state.form;
    let host = field(ids::HOST, fl!("account-proxy-host"), &form.host, Message::HostTyped);
    let port = field(ids::PORT, fl!("account-proxy-port"), &form.port, Message::PortTyped);
    let address = row![container(host).width(Length::Fill), container(port).width(84)].spacing(space::S);
    let user = field(ids::USER, fl!("account-proxy-user"), &form.user, Message::UserTyped);
    let known = form.is_known_proxy(&state.account) && state.account.proxy.as_ref().is_some_and(|p| p.user.is_some());
    let name = if known { fl!("account-proxy-password-kept") } else { fl!("account-proxy-password") };
    let input = control::input(&name, &form.password)
        .on_input_maybe((!form.forget).then_some(Message::PasswordTyped))
        .on_submit(Message::SavePressed)
        .secure(true);
    // A password is nothing to be read out.
    let password = control(Id::new(ids::PASSWORD), Semantics::new(Role::PasswordField, name), input.id(ids::PASSWORD));
    let mut parts = column![
        labelled(fl!("account-proxy-server"), address.into()),
        labelled(fl!("account-proxy-as"), user),
        labelled(fl!("account-proxy-secret"), password.into()),
    ]
    .spacing(space::S);
    for id in [ids::HOST, ids::PORT, ids::USER, ids::PASSWORD] {
        parts = parts.push(mistake_of(id, mistakes));
    }
    if known {
        let tick = choice::tick(
            "account-proxy-forget",
            fl!("account-proxy-forget"),
            form.forget,
            Message::ForgetTicked,
            Message::Stepped,
        );
        parts = parts.push(container(tick).padding(Padding { left: 104.0, ..Padding::ZERO }));
    }
    parts = parts.push(note(fl!("account-proxy-words")));
    container(parts).padding(Padding { top: 6.0, ..Padding::ZERO }).into()
}

fn removals(state: &State) -> Element<'_, Message> {
    let one = |id, words, carry| option(id, words, state.form.removals == carry, Message::RemovalsChosen(carry));
    let parts = column![
        note(fl!("account-removals-words")),
        one("account-removals-ask", fl!("account-removals-ask"), None),
        one("account-removals-carry", fl!("account-removals-carry"), Some(true)),
        one("account-removals-fetch", fl!("account-removals-fetch"), Some(false)),
    ];
    card(Icon::FolderSync, fl!("account-removals"), parts)
}

fn buttons(state: &State) -> Element<'_, Message> {
    let cancel = control::button(ids::CANCEL, None, fl!("cancel"), theme::press::quiet, Some(Message::CancelPressed));
    let words = if state.busy { fl!("account-saving") } else { fl!("save") };
    let save = (!state.busy).then_some(Message::SavePressed);
    let save = control::button(ids::SAVE, None, words, theme::press::primary, save);
    let all = row![gap::horizontal(), cancel, save].spacing(space::S).align_y(Alignment::Center);
    container(all).padding([12.0, 28.0]).width(Length::Fill).into()
}
