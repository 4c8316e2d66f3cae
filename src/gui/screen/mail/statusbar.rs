//! The status bar: how the connections stand, in words; transfers; the Outbox; what waits; how much there is.

use super::{Message, Place, State, export};
use crate::fl;
use crate::gui::action::Open;
use crate::gui::theme;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::i18n::{problem, units};
use crate::service::event::Progress;
use crate::service::model::{AccountView, Connection, Security};
use crate::service::{Problem, ProblemKind};
use iced::widget::{Row, container, progress_bar, row, space, text};
use iced::{Alignment, Element, Length};

const HEIGHT: f32 = 27.0;

type Words = fn(&iced::Theme) -> text::Style;

pub fn view(state: &State) -> Element<'_, Message> {
    let mut all: Row<'_, Message> = row![connection(state)].spacing(18).align_y(Alignment::Center).height(HEIGHT);
    if let Some(progress) = state.progress.first() {
        all = all.push(transfer(progress));
    }
    if let Some(export) = export::progress(state) {
        all = all.push(export);
    }
    if let Some(outbox) = outbox(state) {
        all = all.push(outbox);
    }
    all = all.push(space::horizontal());
    if !state.queue.is_empty() {
        let count = state.queue.len();
        let reason = state.queue.iter().find_map(|operation| operation.reason.as_ref()).map(problem::reason);
        let open = Some(Message::Menu(Some(super::Menu::Queue)));
        let words = fl!("status-queue", count = count);
        let words = control::link("status-queue", words, theme::size::META, theme::press::link, open);
        let words = row![icon(Icon::Hourglass, 13.0).style(theme::words::dim), words];
        let words = words.spacing(5).align_y(Alignment::Center);
        all = all.push(match reason {
            Some(reason) => control::hint(words, reason, None),
            None => words.into(),
        });
    }
    if state.accounts.all().iter().any(plain) {
        let words = said("status-plain", Icon::LockOpen, fl!("status-plain"), theme::words::warn);
        all = all.push(control::hint(words, fl!("account-plain"), None));
    }
    if state.place != Place::Outbox && state.pages.known() {
        all = all.push(meta(units::messages(state.pages.total()), theme::words::dim));
    }
    container(all).padding([0.0, 14.0]).width(Length::Fill).style(theme::ground::pane).clip(true).into()
}

pub fn meta<'a>(words: String, style: Words) -> Element<'a, Message> {
    text(words).size(theme::size::META).style(style).wrapping(text::Wrapping::None).into()
}

fn said<'a>(id: &'static str, sign: Icon, words: String, style: Words) -> Element<'a, Message> {
    let line = row![icon(sign, 13.0).style(style), meta(words.clone(), style)].spacing(5).align_y(Alignment::Center);
    control::control(id, Semantics::new(Role::Status, words), line).into()
}

fn plain(view: &AccountView) -> bool {
    view.account.incoming.security == Security::None || view.account.outgoing.security == Security::None
}

/// The one sentence about all connections: what failed comes first.
fn connection(state: &State) -> Element<'_, Message> {
    if let Some(problem) = &state.notice {
        let account = problem.account.clone();
        return failure(problem, account, Some(Message::Dismiss));
    }
    let accounts = state.accounts.all();
    let failed = accounts.iter().find_map(|view| match &view.connection {
        Connection::Failed { problem, .. } => Some((view, problem)),
        _ => None,
    });
    if let Some((view, problem)) = failed {
        return failure(problem, Some(view.account.name.clone()), None);
    }
    let any = |wanted: fn(&Connection) -> bool| accounts.iter().any(|view| wanted(&view.connection));
    if any(|c| matches!(c, Connection::Connecting)) {
        return said("status", Icon::RefreshCw, fl!("status-connecting"), theme::words::dim);
    }
    if any(|c| matches!(c, Connection::Synchronising)) {
        return said("status", Icon::RefreshCw, fl!("status-synchronising"), theme::words::dim);
    }
    let oldest = accounts.iter().filter_map(|view| match view.connection {
        Connection::Synchronised { at } => Some(at),
        _ => None,
    });
    match oldest.min() {
        Some(at) => {
            let words = fl!("status-synchronised", ago = units::ago(at, &state.now));
            said("status", Icon::CircleCheck, words, theme::words::dim)
        }
        None => said("status", Icon::Circle, fl!("status-idle"), theme::words::dim),
    }
}

/// Whether it is nobody's fault, and passes by itself.
pub fn is_calm(kind: &ProblemKind) -> bool {
    matches!(kind, ProblemKind::Offline)
}

/// A failure in words, with what helps.
fn failure<'a>(problem: &Problem, account: Option<String>, dismiss: Option<Message>) -> Element<'a, Message> {
    let words = problem::words(problem);
    let calm = is_calm(&problem.kind);
    let (sign, style): (Icon, Words) =
        if calm { (Icon::WifiOff, theme::words::dim) } else { (Icon::CircleAlert, theme::words::bad) };
    let sentence = line(words.what.clone()).size(theme::size::META).height(16.0).style(style).shrink();
    let sentence = control::control("status", Semantics::new(Role::Alert, words.what.clone()), sentence);
    let link = |id: &'static str, name: String, message: Message| {
        control::link(id, name, theme::size::META, theme::press::link, Some(message))
    };
    // What trying cannot help with has no button for it; what waits in the Outbox is decided there.
    let outbox = matches!(problem.kind, ProblemKind::SomeRefused { .. } | ProblemKind::UnknownOutcome);
    let again = !outbox
        && !matches!(
            problem.kind,
            ProblemKind::Held { .. }
                | ProblemKind::Invalid { .. }
                | ProblemKind::NoReports { .. }
                | ProblemKind::Unprintable
        );
    let mut all = row![icon(sign, 13.0).style(style)];
    all = all.push(control::hint(sentence, words.to_string(), None));
    if outbox {
        all = all.push(link("status-to-outbox", fl!("status-to-outbox"), Message::Show(Place::Outbox)));
    }
    if again {
        all = all.push(link("status-again", fl!("try-again"), Message::Refresh(account.clone())));
    }
    all = all.push(link("status-details", fl!("details"), Message::Open(Open::Transcript(account))));
    if let Some(dismiss) = dismiss {
        all = all.push(link("status-dismiss", fl!("dismiss"), dismiss));
    }
    all.spacing(6).align_y(Alignment::Center).into()
}

/// A long transfer: what, how far, how fast.
fn transfer(progress: &Progress) -> Element<'_, Message> {
    let name = crate::service::model::MailboxPath::name(&progress.mailbox);
    let name = if progress.mailbox.is_inbox() { fl!("folder-inbox") } else { name.to_string() };
    let words = fl!("status-fetching", folder = name);
    let counts = fl!(
        "status-progress",
        done = units::count(progress.done),
        total = units::count(progress.total),
        rate = units::rate(progress.rate)
    );
    let bar = progress_bar(0.0..=progress.total.max(1) as f32, progress.done as f32)
        .length(120)
        .girth(4)
        .style(theme::progress);
    let line = row![meta(words.clone(), theme::words::dim), bar, meta(counts.clone(), theme::words::dim)]
        .spacing(5)
        .align_y(Alignment::Center);
    let semantics = Semantics { value: Some(counts), ..Semantics::new(Role::Progress, words) };
    control::control("status-progress", semantics, line).into()
}

/// What waits in the Outbox, with Undo while the delay runs.
fn outbox(state: &State) -> Option<Element<'_, Message>> {
    let count = state.outbox.all().len();
    if count == 0 {
        return None;
    }
    let leaving = state.leaving().min_by_key(|(_, seconds)| *seconds);
    let words = match leaving {
        Some((_, seconds)) => fl!("status-outbox-leaving", count = count, seconds = seconds),
        None => fl!("status-outbox", count = count),
    };
    let mut all =
        row![icon(Icon::SendHorizontal, 13.0).style(theme::words::dim), meta(words.clone(), theme::words::dim)];
    if let Some((item, _)) = leaving {
        let undo = Some(Message::UndoSend(item.id));
        all = all.push(control::link("status-unsend", fl!("undo"), theme::size::META, theme::press::link, undo));
    }
    let all = all.spacing(5).align_y(Alignment::Center);
    Some(control::control("status-outbox", Semantics::new(Role::Status, words), all).into())
}
