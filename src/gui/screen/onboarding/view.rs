//! What the set-up looks like: one card.

mod servers;

use super::form::{Mistake, Side};
use super::{Message, Stage, State, ids};
use crate::fl;
use crate::gui::theme::{self, size, space};
use crate::gui::widget::choice::{self, labelled, note};
use crate::gui::widget::control::{self, Role, Semantics, button, control, icon_button, link};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::lifted::lifted;
use crate::gui::{font, widget::control::Press};
use crate::i18n::problem;
use crate::service::model::SecretPlace;
use crate::service::{Problem, ProblemKind};
use iced::widget::{Id, column, container, row, scrollable, space as gap, text, text_input};
use iced::{Alignment, Element, Length, Padding, Theme};

/// Width of the card.
const CARD: f32 = 560.0;

/// The control where a mistake is mended.
pub fn place(mistake: Mistake) -> Id {
    Id::new(match mistake {
        Mistake::EmailMissing | Mistake::Email | Mistake::Exists => ids::EMAIL,
        Mistake::PasswordMissing => ids::PASSWORD,
        Mistake::CommandMissing => ids::COMMAND,
        Mistake::UserMissing => ids::USER,
        Mistake::HostMissing(Side::Incoming) | Mistake::Host(Side::Incoming) => ids::INCOMING_HOST,
        Mistake::HostMissing(Side::Outgoing) | Mistake::Host(Side::Outgoing) => ids::OUTGOING_HOST,
        Mistake::Port(Side::Incoming) => ids::INCOMING_PORT,
        Mistake::Port(Side::Outgoing) => ids::OUTGOING_PORT,
        Mistake::PlainNotAccepted(Side::Incoming) => servers::PLAIN_INCOMING,
        Mistake::PlainNotAccepted(Side::Outgoing) => servers::PLAIN_OUTGOING,
        Mistake::Days => ids::DAYS,
    })
}

fn said(mistake: Mistake) -> String {
    match mistake {
        Mistake::EmailMissing => fl!("setup-mistake-email-missing"),
        Mistake::Email => fl!("setup-mistake-email"),
        Mistake::Exists => fl!("setup-mistake-exists"),
        Mistake::PasswordMissing => fl!("setup-mistake-password"),
        Mistake::CommandMissing => fl!("setup-mistake-command"),
        Mistake::UserMissing => fl!("setup-mistake-user"),
        Mistake::HostMissing(_) => fl!("setup-mistake-host-missing"),
        Mistake::Host(_) => fl!("setup-mistake-host"),
        Mistake::Port(_) => fl!("setup-mistake-port"),
        Mistake::PlainNotAccepted(_) => fl!("setup-mistake-plain"),
        Mistake::Days => fl!("setup-mistake-days"),
    }
}

pub fn view(state: &State) -> Element<'_, Message> {
    let mistakes = state.mistakes();
    let parts = column![head(state), person(state, &mistakes), servers::view(state, &mistakes)]
        .push(advanced(state, &mistakes))
        .push(results(state))
        .push(secret(state))
        .push(buttons(state))
        .spacing(14);
    let card = container(parts).padding([28.0, 36.0]).width(CARD).style(theme::ground::dialog);
    let page = container(lifted(theme::radius::DIALOG, card)).center_x(Length::Fill).padding(16.0);
    let page = scrollable(page).id(ids::PAGE).style(theme::scroll).width(Length::Fill);
    container(page).center_y(Length::Fill).width(Length::Fill).style(theme::ground::pane).into()
}

fn head(state: &State) -> Element<'_, Message> {
    let title = if state.changed.is_some() { fl!("setup-change") } else { fl!("setup-add") };
    let shown = text(title.clone()).font(font::SEMIBOLD).size(size::SUBJECT).line_height(size::line(28.0));
    column![
        icon(Icon::MailPlus, 30.0).style(theme::words::accent),
        gap().height(space::S),
        control("setup-heading", Semantics::new(Role::Heading, title), shown),
        text(fl!("setup-words")).style(theme::words::dim),
    ]
    .spacing(space::XS)
    .into()
}

fn person<'a>(state: &'a State, mistakes: &[Mistake]) -> Element<'a, Message> {
    let form = &state.form;
    let person = line(ids::PERSON, Some(Icon::User), fl!("setup-person"), &form.person, false, Message::PersonTyped);
    let email = line(ids::EMAIL, Some(Icon::AtSign), fl!("setup-email"), &form.email, false, Message::EmailTyped);
    let mut parts = column![person, email].push(mistake_of(ids::EMAIL, mistakes)).spacing(10);
    if !form.by_command {
        let name = match state.changed {
            Some(_) => fl!("setup-password-unchanged"),
            None => fl!("setup-password"),
        };
        let hidden = !state.password_shown;
        let field = line(ids::PASSWORD, Some(Icon::KeyRound), name, &form.password, hidden, Message::PasswordTyped);
        let (sign, words) = match state.password_shown {
            true => (Icon::EyeOff, fl!("setup-password-hide")),
            false => (Icon::Eye, fl!("setup-password-show")),
        };
        let eye = icon_button(ids::EYE, sign, words, None, Some(Message::EyePressed));
        let eye = container(eye).align_right(Length::Fill).padding([2.0, 4.0]);
        parts = parts.push(iced::widget::stack![field, eye]).push(mistake_of(ids::PASSWORD, mistakes));
    }
    parts.into()
}

/// A field of one line with an icon before it; Enter signs in.
fn line<'a>(
    id: &'static str,
    sign: Option<Icon>,
    name: String,
    value: &str,
    hidden: bool,
    on_input: impl Fn(String) -> Message + 'a,
) -> Element<'a, Message> {
    let mut input = control::input(&name, value).on_input(on_input).on_submit(Message::SignInPressed).secure(hidden);
    if let Some(sign) = sign {
        input = input.icon(text_input::Icon {
            font: font::ICONS,
            code_point: char::from(sign),
            size: Some(size::ICON_ROW.into()),
            spacing: 10.0,
            side: text_input::Side::Left,
        });
    }
    let role = if hidden || id == ids::PASSWORD { Role::PasswordField } else { Role::Field };
    let field = control(Id::new(id), Semantics::new(role, name), input.id(Id::new(id)));
    // A password is nothing to be read out.
    if role == Role::PasswordField { field.into() } else { field.value(value).into() }
}

/// The mistakes that are mended at this control, in words below it.
fn mistake_of<'a>(id: &'static str, mistakes: &[Mistake]) -> Option<Element<'a, Message>> {
    let here = mistakes.iter().find(|mistake| place(**mistake) == Id::new(id))?;
    Some(choice::mistake(id, said(*here)))
}

/// A box to tick, with its words.
fn tick<'a>(id: impl Into<Id>, words: String, ticked: bool, on_press: Message) -> Element<'a, Message> {
    choice::tick(id, words, ticked, on_press, Message::Stepped)
}

/// One of several choices, each a line.
fn option<'a>(id: impl Into<Id>, words: String, chosen: bool, on_press: Message) -> Element<'a, Message> {
    choice::option(id, words, chosen, on_press, Message::Stepped)
}

fn advanced<'a>(state: &'a State, mistakes: &[Mistake]) -> Element<'a, Message> {
    let name = if state.advanced { fl!("setup-advanced-less") } else { fl!("setup-advanced") };
    let toggle = link(ids::ADVANCED, name, size::BODY, theme::press::link, Some(Message::AdvancedPressed));
    let mut parts = column![toggle].spacing(10);
    if state.advanced {
        let form = &state.form;
        let ca = line(ids::CA, None, fl!("setup-ca"), &form.ca_file, false, Message::CaTyped);
        let choose = button(ids::CA_CHOOSE, None, fl!("setup-choose"), theme::press::plain, Some(Message::CaPressed));
        let by_command = tick(ids::BY_COMMAND, fl!("setup-by-command"), form.by_command, Message::ByCommandTicked);
        parts = parts
            .push(labelled(fl!("setup-ca-label"), row![ca, choose].spacing(space::S).into()))
            .push(note(fl!("setup-ca-words")))
            .push(by_command);
        if form.by_command {
            let command = line(ids::COMMAND, None, fl!("setup-command"), &form.command, false, Message::CommandTyped);
            parts = parts.push(command).push(note(fl!("setup-command-words")));
            parts = parts.push(mistake_of(ids::COMMAND, mistakes));
        }
    }
    parts.into()
}

/// What the test found, and why the account was not added.
fn results(state: &State) -> Option<Element<'_, Message>> {
    let mut parts = column![].spacing(space::S);
    match (&state.report, state.stage) {
        (_, Stage::Testing { .. }) => {
            let words = fl!("setup-testing");
            let shown = row![icon(Icon::LoaderCircle, 16.0), text(words.clone())].spacing(space::S);
            let shown = control("setup-testing", Semantics::new(Role::Status, words), shown.align_y(Alignment::Center));
            parts = parts.push(container(shown).padding([8.0, 12.0]));
        }
        (Some(report), _) => {
            parts = parts.push(result(state, Side::Incoming, &report.incoming));
            parts = parts.push(result(state, Side::Outgoing, &report.outgoing));
        }
        (None, _) if state.problem.is_none() => return None,
        (None, _) => {}
    }
    if let Some(failure) = &state.problem {
        let words = problem::words(failure);
        let all = fl!("setup-not-added", what = words.what, advice = words.advice);
        let mut lines = column![text(all.clone()).size(size::SMALL).line_height(size::line(20.0))].spacing(space::XS);
        if let Some(details) = words.details {
            lines = lines.push(text(details).font(font::MONO).size(size::META));
        }
        let bar = container(lines).padding([10.0, 12.0]).width(Length::Fill).style(theme::ground::bad);
        parts = parts.push(control(ids::PROBLEM, Semantics::new(Role::Alert, all), bar));
    }
    Some(parts.into())
}

/// The button that shows the technical words of a failure.
pub fn details_id(side: Side) -> Id {
    Id::new(match side {
        Side::Incoming => "setup-details-incoming",
        Side::Outgoing => "setup-details-outgoing",
    })
}

fn result<'a>(state: &State, side: Side, outcome: &Result<String, Problem>) -> Element<'a, Message> {
    let server = match side {
        Side::Incoming => fl!("setup-incoming"),
        Side::Outgoing => fl!("setup-outgoing"),
    };
    let (sign, words, details, ground): (_, _, _, fn(&Theme) -> container::Style) = match outcome {
        Ok(how) => {
            (Icon::CircleCheck, fl!("setup-result-ok", server = server, how = how.as_str()), None, theme::ground::ok)
        }
        Err(failure) => {
            // The account is the one that is being set up: it need not be named, and has no mail here yet.
            let words = problem::words(&Problem { account: None, ..failure.clone() });
            let advice = match failure.kind {
                ProblemKind::Unreachable { .. } | ProblemKind::TimedOut { .. } | ProblemKind::NoEncryption { .. } => {
                    fl!("setup-advice-server")
                }
                ProblemKind::Authentication { .. } => fl!("setup-advice-password"),
                _ => words.advice,
            };
            let sentence = fl!("setup-result-bad", server = server, what = words.what, advice = advice);
            (Icon::CircleAlert, sentence, words.details, theme::ground::bad)
        }
    };
    let open = state.details == Some(side);
    let mut lines = column![text(words.clone()).size(size::SMALL).line_height(size::line(20.0))].spacing(space::XS);
    if let Some(details) = details {
        let name = if open { fl!("setup-details-less") } else { fl!("setup-details") };
        let style: Press = |theme, status| theme::press::banner(|tokens| tokens.bad)(theme, status);
        lines = lines.push(link(details_id(side), name, size::SMALL, style, Some(Message::DetailsPressed(side))));
        if open {
            lines = lines.push(text(details).font(font::MONO).size(size::META));
        }
    }
    let bar = row![container(icon(sign, 16.0)).padding(Padding::ZERO.top(2)), lines.width(Length::Fill)].spacing(10);
    let bar = container(bar).padding([10.0, 12.0]).width(Length::Fill).style(ground);
    control(format!("setup-result-{side:?}"), Semantics::new(Role::Status, words), bar).into()
}

/// Where the mail and the secret will lie.
fn secret(state: &State) -> Element<'_, Message> {
    let (sign, words, ground): (_, _, fn(&Theme) -> container::Style) = match (state.form.by_command, state.place) {
        (true, _) => (Icon::ShieldCheck, fl!("setup-secret-command"), theme::ground::ok),
        (false, SecretPlace::Keyring) => (Icon::ShieldCheck, fl!("setup-secret-keyring"), theme::ground::ok),
        (false, SecretPlace::File) => (Icon::TriangleAlert, fl!("setup-secret-file"), theme::ground::warn),
    };
    let shown = text(words.clone()).size(size::SMALL).line_height(size::line(20.0)).width(Length::Fill);
    let bar = container(row![icon(sign, 16.0), shown].spacing(10).align_y(Alignment::Center));
    let bar = bar.padding([8.0, 12.0]).width(Length::Fill).style(ground);
    control(ids::SECRET, Semantics::new(Role::Status, words), bar).into()
}

fn buttons(state: &State) -> Element<'_, Message> {
    let idle = state.stage == Stage::Typing;
    let when_idle = |message: Message| idle.then_some(message);
    let mut line = row![].spacing(space::S).align_y(Alignment::Center);
    if state.first {
        line = line.push(button(ids::DEMO, None, fl!("setup-demo"), theme::press::quiet, Some(Message::DemoPressed)));
    } else {
        let cancel = when_idle(Message::CancelPressed);
        line = line.push(button(ids::CANCEL, None, fl!("setup-cancel"), theme::press::quiet, cancel));
    }
    line = line.push(gap::horizontal());
    let failed = state.report.as_ref().is_some_and(|r| r.incoming.is_err() || r.outgoing.is_err());
    if failed && idle {
        let anyway = Some(Message::AddAnyway);
        line = line.push(button(ids::ANYWAY, None, fl!("setup-anyway"), theme::press::quiet, anyway));
    }
    let sign_in = match (&state.changed, state.stage) {
        (_, Stage::Adding | Stage::Done) => fl!("setup-adding"),
        (Some(_), _) => fl!("setup-save"),
        (None, _) => fl!("setup-sign-in"),
    };
    line.push(button(ids::TEST, None, fl!("setup-test"), theme::press::plain, when_idle(Message::TestPressed)))
        .push(button(ids::SIGN_IN, None, sign_in, theme::press::primary, when_idle(Message::SignInPressed)))
        .into()
}
