//! The two servers: what comes in, what goes out.

use super::super::form::{Keep, Mistake, Server, Side};
use super::super::{Message, State, ids};
use super::{labelled, line, mistake_of, note, option, tick};
use crate::fl;
use crate::gui::font;
use crate::gui::theme::{self, size, space};
use crate::gui::widget::control::{self, Role, Semantics, control};
use crate::gui::widget::icon::{Icon, icon};
use crate::service::model::{Protocol, Security};
use iced::widget::{button, column, container, row, text};
use iced::{Alignment, Element, Length};

pub const PLAIN_INCOMING: &str = "setup-plain-incoming";
pub const PLAIN_OUTGOING: &str = "setup-plain-outgoing";

pub fn view<'a>(state: &'a State, mistakes: &[Mistake]) -> Element<'a, Message> {
    column![server(state, Side::Incoming, mistakes), server(state, Side::Outgoing, mistakes)].spacing(space::L).into()
}

struct Ids {
    host: &'static str,
    port: &'static str,
    plain: &'static str,
}

fn ids_of(side: Side) -> Ids {
    match side {
        Side::Incoming => Ids { host: ids::INCOMING_HOST, port: ids::INCOMING_PORT, plain: PLAIN_INCOMING },
        Side::Outgoing => Ids { host: ids::OUTGOING_HOST, port: ids::OUTGOING_PORT, plain: PLAIN_OUTGOING },
    }
}

fn server<'a>(state: &'a State, side: Side, mistakes: &[Mistake]) -> Element<'a, Message> {
    let names = ids_of(side);
    let (server, title) = match side {
        Side::Incoming => (&state.form.incoming, fl!("setup-incoming")),
        Side::Outgoing => (&state.form.outgoing, fl!("setup-outgoing")),
    };
    let mut head = row![text(title.clone()).font(font::SEMIBOLD).width(Length::Fill)].align_y(Alignment::Center);
    if side == Side::Incoming {
        head = head.push(kinds(server));
    } else {
        head = head.push(text(fl!("setup-smtp")).style(theme::words::dim));
    }
    let host_name = fl!("setup-host", side = title.as_str());
    let port_name = fl!("setup-port", side = title.as_str());
    let host = control::input(&host_name, &server.host)
        .on_input(move |text| Message::HostTyped(side, text))
        .on_paste(move |text| Message::HostPasted(side, text))
        .on_submit(Message::SignInPressed);
    let host = control::field(names.host, host_name, host).value(server.host.as_str());
    let port = line(names.port, None, port_name, &server.port, false, move |text| Message::PortTyped(side, text));
    let address = row![container(host).width(Length::Fill), container(port).width(84)].spacing(space::S);
    let mut parts = column![
        head,
        labelled(fl!("setup-server"), address.into()),
        labelled(fl!("setup-security"), protections(side, server.security)),
    ]
    .push(mistake_of(names.host, mistakes))
    .push(mistake_of(names.port, mistakes))
    .spacing(space::S);
    if side == Side::Incoming {
        let user = line(ids::USER, None, fl!("setup-user"), &state.form.user, false, Message::UserTyped);
        parts = parts.push(labelled(fl!("setup-user"), user)).push(mistake_of(ids::USER, mistakes));
    }
    if server.security == Security::None {
        parts = parts.push(plain(side, names.plain, server, mistakes));
    }
    if server.protocol == Protocol::Pop3 {
        parts = parts.push(keeping(state, mistakes));
    }
    container(parts).padding([12.0, 14.0]).width(Length::Fill).style(theme::ground::card).into()
}

/// One of a few choices side by side.
fn segment<'a>(id: String, name: String, sign: Option<Icon>, chosen: bool, on_press: Message) -> Element<'a, Message> {
    let mut words = row![].spacing(6).align_y(Alignment::Center);
    if let Some(sign) = sign {
        words = words.push(icon(sign, 14.0));
    }
    let words = words.push(text(name.clone()).font(font::MEDIUM).size(size::SMALL).wrapping(text::Wrapping::None));
    let face = button(words).padding([6.0, 12.0]).style(theme::press::row(chosen)).on_press(on_press.clone());
    control(id, Semantics::new(Role::Radio, name), face)
        .on_activate(Some(on_press))
        .on_step(Message::Stepped)
        .checked(chosen)
        .into()
}

fn kinds(server: &Server) -> Element<'_, Message> {
    let one = |protocol, name: String, id: &str| {
        segment(id.into(), name, None, server.protocol == protocol, Message::IncomingChosen(protocol))
    };
    row![one(Protocol::Imap, fl!("setup-imap"), "setup-imap"), one(Protocol::Pop3, fl!("setup-pop3"), "setup-pop3"),]
        .spacing(space::XS)
        .into()
}

fn protections<'a>(side: Side, chosen: Security) -> Element<'a, Message> {
    let one = |security, name: String, sign| {
        let id = format!("setup-security-{side:?}-{security:?}");
        segment(id, name, Some(sign), chosen == security, Message::SecurityChosen(side, security))
    };
    row![
        one(Security::Tls, fl!("setup-tls"), Icon::Lock),
        one(Security::StartTls, fl!("setup-starttls"), Icon::Lock),
        one(Security::None, fl!("setup-plain"), Icon::LockOpen),
    ]
    .spacing(space::XS)
    .into()
}

/// Plain text is warned of, and needs its tick.
fn plain<'a>(side: Side, id: &'static str, server: &Server, mistakes: &[Mistake]) -> Element<'a, Message> {
    let warning = text(fl!("setup-plain-warning")).size(size::SMALL).line_height(size::line(20.0));
    let ticked = tick(id, fl!("setup-plain-accept"), server.plain_accepted, Message::PlainTicked(side));
    let parts = column![warning, ticked].push(mistake_of(id, mistakes)).spacing(space::XS);
    container(parts).padding([8.0, 12.0]).width(Length::Fill).style(theme::ground::warn).into()
}

/// What happens to mail on a POP3 server.
fn keeping<'a>(state: &'a State, mistakes: &[Mistake]) -> Element<'a, Message> {
    let keep = state.form.keep;
    let always = option("setup-keep-always", fl!("setup-keep-always"), keep == Keep::Always, keeps(Keep::Always));
    let days = option("setup-keep-days", fl!("setup-keep-days"), keep == Keep::Days, keeps(Keep::Days));
    let never = option("setup-keep-never", fl!("setup-keep-never"), keep == Keep::Never, keeps(Keep::Never));
    let number = line(ids::DAYS, None, fl!("setup-days"), &state.form.days, false, Message::DaysTyped);
    // What is no number yet is taken for many.
    let unit = fl!("setup-days-unit", count = state.form.days.trim().parse::<u32>().unwrap_or(0));
    let number = row![container(number).width(84), text(unit).style(theme::words::dim)];
    let number = (keep == Keep::Days)
        .then(|| container(number.spacing(space::S).align_y(Alignment::Center)).padding(iced::Padding::ZERO.left(32)));
    column![text(fl!("setup-keep")).font(font::MEDIUM), always, days]
        .push(number)
        .push(mistake_of(ids::DAYS, mistakes))
        .push(never)
        .push(note(fl!("setup-keep-words")))
        .spacing(space::XS)
        .into()
}

fn keeps(keep: Keep) -> Message {
    Message::KeepChosen(keep)
}
