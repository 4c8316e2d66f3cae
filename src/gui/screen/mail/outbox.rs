//! The Outbox in the list's place: every entry with its state in words, per recipient where one was refused,
//! and what can be done about it.

use super::undo::Undo;
use super::{Loaded, Message as Screen, QUIET, STOPPED, State};
use crate::fl;
use crate::gui::action::Action;
use crate::gui::screen::later::{TimeField, offered};
use crate::gui::screen::mail::view;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::{font, theme};
use crate::i18n::{problem, units};
use crate::service::model::*;
use crate::service::{Command, SendTime};
use iced::widget::{Column, column, container, row, scrollable, text};
use iced::{Alignment, Element, Length};

#[derive(Clone, Debug)]
pub enum Message {
    /// Sends again, to the corrected addresses where the person corrected some.
    Retry(i64),
    /// Takes it out to be edited: it comes back as a draft in its window.
    Edit(i64),
    /// Takes it out; what was written here goes to the Drafts.
    Cancel(i64),
    /// Another time is to be chosen for it; or not after all.
    Retime(i64),
    /// It leaves at this Unix time.
    Leave {
        id: i64,
        at: i64,
    },
    TimeTyped(String),
    TimeFinished,
    /// The person knows that it was sent.
    WasSent(i64),
    /// Another address instead of a refused one.
    Correct {
        id: i64,
        old: String,
        new: String,
    },
}

impl State {
    pub(super) fn outbox_said(&mut self, message: Message) -> Action {
        match message {
            Message::Retry(id) => {
                let corrected = self.corrected(id);
                self.corrections.retain(|(item, _), _| *item != id);
                Action::Command(Command::RetrySubmission { id, corrected }, QUIET)
            }
            Message::Edit(id) => self.unsend(id),
            Message::Cancel(id) => {
                self.undo.forget(Undo::Send(id));
                Action::Command(Command::CancelSubmission { id }, STOPPED)
            }
            Message::Retime(id) => self.retime(id),
            Message::Leave { id, at } => {
                self.retiming = None;
                Action::Command(Command::Reschedule { id, when: SendTime::At(at) }, QUIET)
            }
            Message::TimeTyped(text) => {
                if let Some((_, time)) = &mut self.retiming {
                    time.typed(text);
                }
                Action::None
            }
            Message::TimeFinished => match self.retiming.as_mut().map(|(id, time)| (*id, time.finish(&self.now))) {
                Some((id, Some(at))) => self.outbox_said(Message::Leave { id, at }),
                _ => Action::None,
            },
            Message::WasSent(id) => Action::Command(Command::MarkSent { id }, QUIET),
            Message::Correct { id, old, new } => {
                self.corrections.insert((id, old), new);
                Action::None
            }
        }
    }

    fn retime(&mut self, id: i64) -> Action {
        if self.retiming.take().is_some_and(|(open, _)| open == id) {
            return Action::None;
        }
        let at = self.outbox.all().iter().find(|item| item.id == id).and_then(|item| item.leaves_at);
        self.retiming = Some((id, TimeField::new(at, &self.now)));
        Action::Focus(format!("outbox-{id}-time").into())
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
    let head = column![text(subject.clone()).font(font::semibold(&subject)), status].spacing(theme::space::XS);
    let recipients =
        item.recipients.iter().enumerate().map(|(i, (address, outcome))| recipient(state, item, i, address, outcome));
    let report = item.report.then(|| text(fl!("outbox-report")).size(theme::size::META).style(theme::words::dim));
    let body = column![head].extend(recipients).push(report).push(buttons(item)).push(times(state, item));
    let body = body.spacing(theme::space::S);
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
                    let at = units::moment(*not_before, &state.now);
                    fl!("outbox-waiting-reason", reason = problem::reason(reason), at = at)
                }
                None if *not_before > now && item.leaves_at.is_some() => {
                    fl!("outbox-leaves", at = units::moment(*not_before, &state.now))
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
        Submission::Refused { problem: Some(problem), .. } => {
            (Icon::CircleAlert, theme::words::bad, problem::words(problem).what)
        }
        Submission::Refused { reply, .. } => {
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
    let deed = |what: &str, sign: Option<Icon>, name: String, style: control::Press, message: Message| {
        control::button(format!("outbox-{id}-{what}"), sign, name, style, Some(Screen::Outbox(message)))
    };
    let retry = |name: String| deed("retry", Some(Icon::RefreshCw), name, theme::press::plain, Message::Retry(id));
    let edit = item
        .is_editable
        .then(|| deed("edit", Some(Icon::Pencil), fl!("outbox-edit"), theme::press::quiet, Message::Edit(id)));
    let cancel = || deed("cancel", None, fl!("outbox-stop"), theme::press::quiet, Message::Cancel(id));
    let line = match &item.submission {
        Submission::Accepted { .. } => return iced::widget::space().into(),
        // While it is safe: the service knows.
        Submission::Sending => row![cancel()],
        Submission::Waiting { reason, .. } => {
            let now = if reason.is_some() { fl!("outbox-try-now") } else { fl!("outbox-send-now") };
            let sign = Some(Icon::CalendarClock);
            let time = deed("retime", sign, fl!("outbox-change-time"), theme::press::quiet, Message::Retime(id));
            row![retry(now), time].push(edit).push(cancel())
        }
        Submission::Refused { .. } => row![retry(fl!("outbox-resend"))].push(edit).push(cancel()),
        // Nobody knows whether it was sent: the person decides, knowing that.
        Submission::Unknown => {
            let sent =
                deed("sent", Some(Icon::Check), fl!("outbox-was-sent"), theme::press::plain, Message::WasSent(id));
            row![sent, retry(fl!("outbox-resend-anyway"))].push(edit).push(cancel())
        }
    };
    line.spacing(theme::space::S).wrap().into()
}

/// The choice of another time, where it was asked for.
fn times<'a>(state: &'a State, item: &'a OutboxItem) -> Option<Element<'a, Screen>> {
    let id = item.id;
    let (_, time): &(i64, TimeField) = state.retiming.as_ref().filter(|(open, _)| *open == id)?;
    let choices = offered(&state.now).into_iter().enumerate().map(|(place, (words, at))| {
        let message = Screen::Outbox(Message::Leave { id, at });
        control::button(format!("outbox-{id}-time-{place}"), None, words, theme::press::quiet, Some(message))
    });
    let choices = iced::widget::Row::with_children(choices).spacing(theme::space::S).wrap();
    let name = format!("outbox-{id}-time");
    let field = control::input("", &time.text)
        .on_input(|text| Screen::Outbox(Message::TimeTyped(text)))
        .on_submit(Screen::Outbox(Message::TimeFinished));
    let semantics = Semantics { value: Some(time.text.clone()), ..Semantics::new(Role::Field, fl!("later-field")) };
    let field = control::control(name.clone(), semantics, field.id(name));
    let set = control::button(
        format!("outbox-{id}-time-set"),
        None,
        fl!("outbox-set-time"),
        theme::press::plain,
        Some(Screen::Outbox(Message::TimeFinished)),
    );
    let style = if time.is_wrong { theme::words::bad } else { theme::words::dim };
    let words = text(time.words(&state.now)).size(theme::size::META).style(style);
    Some(column![choices, row![field, set].spacing(theme::space::S), words].spacing(theme::space::XS).into())
}
