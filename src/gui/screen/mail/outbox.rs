//! The Outbox in the list's place: every entry with its state in words, per recipient where one was refused,
//! and what can be done about it.

use super::{Loaded, Message as Screen, QUIET, State};
use crate::fl;
use crate::gui::action::Action;
use crate::gui::screen::mail::view;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::{font, theme};
use crate::i18n::units;
use crate::service::Command;
use crate::service::model::*;
use iced::widget::{Column, column, container, row, scrollable, text};
use iced::{Alignment, Element, Length};

#[derive(Clone, Debug)]
pub enum Message {
    /// Sends again, to the corrected addresses where the person corrected some.
    Retry(i64),
    /// Takes it out; what was written here comes back as a draft.
    Cancel(i64),
    /// Another address instead of a refused one.
    Correct { id: i64, old: String, new: String },
}

impl State {
    pub(super) fn outbox_said(&mut self, message: Message) -> Action {
        match message {
            Message::Retry(id) => {
                let corrected = self.corrected(id);
                self.corrections.retain(|(item, _), _| *item != id);
                Action::Command(Command::RetrySubmission { id, corrected }, QUIET)
            }
            Message::Cancel(id) => self.unsend(id),
            Message::Correct { id, old, new } => {
                self.corrections.insert((id, old), new);
                Action::None
            }
        }
    }

    /// The corrections of an entry that change something, by the old address.
    fn corrected(&self, id: i64) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = self
            .corrections
            .iter()
            .filter(|((item, old), new)| *item == id && !new.trim().is_empty() && new.trim() != old)
            .map(|((_, old), new)| (old.clone(), new.trim().to_string()))
            .collect();
        all.sort();
        all
    }
}

/// The list of entries.
pub fn view(state: &State) -> Element<'_, Screen> {
    match &state.outbox {
        Loaded::Loading => view::quiet(fl!("outbox-loading")),
        Loaded::Failed(problem) => view::failed(problem, Screen::Refresh(None)),
        Loaded::Ready(items) if items.is_empty() => view::empty(Icon::SendHorizontal, fl!("outbox-empty"), None),
        Loaded::Ready(items) => {
            let cards = items.iter().map(|item| card(state, item));
            scrollable(Column::with_children(cards).spacing(theme::space::M).padding(theme::space::M))
                .style(theme::scroll)
                .height(Length::Fill)
                .into()
        }
    }
}

fn card<'a>(state: &'a State, item: &'a OutboxItem) -> Element<'a, Screen> {
    let subject = if item.subject.is_empty() { fl!("no-subject") } else { item.subject.clone() };
    let (sign, style, words) = said(state, item);
    let status = row![
        icon(sign, theme::size::ICON_ROW).style(style),
        text(words.clone()).size(theme::size::SMALL).style(style).width(Length::Fill)
    ];
    let status = status.spacing(6).align_y(Alignment::Center);
    let head = column![text(subject.clone()).font(font::SEMIBOLD), status].spacing(theme::space::XS);
    let recipients =
        item.recipients.iter().enumerate().map(|(i, (address, outcome))| recipient(state, item, i, address, outcome));
    let body = column![head].extend(recipients).push(buttons(item)).spacing(theme::space::S);
    let refused = matches!(item.submission, Submission::Refused { .. });
    let body = container(body).padding(theme::space::M).width(Length::Fill);
    let body = body.style(if refused { theme::ground::card_bad } else { theme::ground::card });
    let semantics = Semantics { value: Some(words), ..Semantics::new(Role::ListItem, subject) };
    control::control(format!("outbox-{}", item.id), semantics, body).into()
}

type Words = fn(&iced::Theme) -> text::Style;

/// The state of an entry in words, with its sign and colour.
fn said(state: &State, item: &OutboxItem) -> (Icon, Words, String) {
    let now = state.now.timestamp().as_second();
    match &item.submission {
        Submission::Waiting { not_before, reason } => {
            let words = match reason {
                Some(reason) => {
                    let at = units::full_date(*not_before, &state.now);
                    fl!("outbox-waiting-reason", reason = reason.as_str(), at = at)
                }
                None if *not_before > now => {
                    let seconds: i64 = not_before - now;
                    fl!("outbox-waiting-seconds", count = seconds)
                }
                None => fl!("outbox-waiting"),
            };
            (Icon::Clock, theme::words::dim, words)
        }
        Submission::Sending => (Icon::SendHorizontal, theme::words::dim, fl!("outbox-sending")),
        Submission::Accepted { reply } => {
            (Icon::Check, theme::words::ok, fl!("outbox-accepted", reply = reply.as_str()))
        }
        Submission::Refused { reply } => {
            let refused = item.recipients.iter().filter(|(_, o)| matches!(o, RecipientOutcome::Refused { .. })).count();
            let words = match refused {
                0 => fl!("outbox-refused", reply = reply.as_str()),
                1 if item.recipients.len() == 1 => fl!("outbox-refused-only"),
                _ => fl!("outbox-refused-some", count = refused, total = item.recipients.len()),
            };
            (Icon::CircleAlert, theme::words::bad, words)
        }
        Submission::Unknown => (Icon::CircleQuestionMark, theme::words::warn, fl!("outbox-unknown")),
    }
}

fn recipient<'a>(
    state: &'a State,
    item: &'a OutboxItem,
    index: usize,
    address: &'a str,
    outcome: &'a RecipientOutcome,
) -> Element<'a, Screen> {
    let (sign, words): (Icon, Words) = match outcome {
        RecipientOutcome::Waiting => (Icon::Clock, theme::words::dim),
        RecipientOutcome::Accepted => (Icon::Check, theme::words::ok),
        RecipientOutcome::Refused { .. } => (Icon::X, theme::words::bad),
    };
    let line = row![icon(sign, 14.0).style(words), text(address).size(theme::size::SMALL)]
        .spacing(6)
        .align_y(Alignment::Center);
    let RecipientOutcome::Refused { reply, .. } = outcome else { return line.into() };
    let id = item.id;
    let corrected = state.corrections.get(&(id, address.to_string())).map_or(address, String::as_str);
    let field = control::input(address, corrected)
        .on_input(move |new| Screen::Outbox(Message::Correct { id, old: address.to_string(), new }))
        .on_submit(Screen::Outbox(Message::Retry(id)));
    let name = fl!("outbox-correct", address = address);
    let field = control::control(
        format!("outbox-{id}-to-{index}"),
        Semantics { value: Some(corrected.to_string()), ..Semantics::new(Role::Field, name) },
        field.id(format!("outbox-{id}-to-{index}")),
    );
    column![line, text(fl!("outbox-server-said", reply = reply.as_str())).size(theme::size::META), field]
        .spacing(theme::space::XS)
        .into()
}

fn buttons(item: &OutboxItem) -> Element<'_, Screen> {
    let id = item.id;
    let retry = |name: String| {
        control::button(
            format!("outbox-{id}-retry"),
            Some(Icon::RefreshCw),
            name,
            theme::press::plain,
            Some(Screen::Outbox(Message::Retry(id))),
        )
    };
    let cancel = control::button(
        format!("outbox-{id}-cancel"),
        None,
        fl!("outbox-cancel"),
        theme::press::quiet,
        Some(Screen::Outbox(Message::Cancel(id))),
    );
    let line = match &item.submission {
        Submission::Sending | Submission::Accepted { .. } => return iced::widget::space().into(),
        Submission::Waiting { .. } => row![retry(fl!("outbox-send-now")), cancel],
        Submission::Refused { .. } => row![retry(fl!("outbox-resend")), cancel],
        // Nobody knows whether it was sent: the person decides, knowing that.
        Submission::Unknown => row![retry(fl!("outbox-resend-anyway")), cancel],
    };
    line.spacing(theme::space::S).wrap().into()
}
