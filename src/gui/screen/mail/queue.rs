//! What waits for a server: every change in words, why it waits, and what can be done about it.

use super::menu_view::dialog;
use super::{Message as Mail, QUIET, State};
use crate::fl;
use crate::gui::action::Action;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::{problem, units};
use crate::service::model::{Connection, MailboxPath, QueuedKind, QueuedOperation};
use crate::service::{Command, Problem};
use iced::widget::{Column, column, container, row, scrollable, space, text};
use iced::{Alignment, Element, Length};

/// Operations drawn at once; the rest is counted.
const SHOWN: usize = 200;

#[derive(Clone, Copy, Debug)]
pub enum Message {
    Retry(i64),
    RetryAll,
    Cancel(i64),
}

impl State {
    pub(super) fn queued(&mut self, message: Message) -> Action {
        match message {
            Message::Retry(id) => Action::Command(Command::RetryOperation { id }, QUIET),
            Message::RetryAll => {
                let waiting = self.queue.iter().filter(|op| !op.under_way && op.not_before > 0).map(|op| op.id);
                let all: Vec<Action> =
                    waiting.map(|id| Action::Command(Command::RetryOperation { id }, QUIET)).collect();
                // Operations wait for the connection, too.
                Action::batch(all).and(Action::Command(Command::Refresh { account: None }, QUIET))
            }
            Message::Cancel(id) => self.command(Command::CancelOperation { id }, fl!("said-cancelled")),
        }
    }
}

pub fn view(state: &State) -> Element<'_, Mail> {
    let count = state.queue.len();
    if count == 0 {
        let words = text(fl!("queue-empty")).style(theme::words::dim);
        return dialog(fl!("queue-title"), column![words].into(), 520.0);
    }
    let lines = state.queue.iter().take(SHOWN).map(|operation| self::operation(state, operation));
    let lines = Column::with_children(lines)
        .spacing(theme::space::M)
        .padding(iced::Padding { right: 14.0, ..iced::Padding::ZERO });
    let mut all = column![
        text(fl!("queue-words")).size(theme::size::SMALL).style(theme::words::dim),
        container(scrollable(lines).style(theme::scroll)).max_height(420),
    ]
    .spacing(theme::space::M);
    if count > SHOWN {
        let rest = (count - SHOWN) as u64;
        all = all.push(text(fl!("queue-more", count = rest, shown = units::count(rest))).style(theme::words::dim));
    }
    let retry = control::button(
        "queue-retry-all",
        Some(Icon::RefreshCw),
        fl!("queue-retry-all"),
        theme::press::plain,
        Some(Mail::Queue(Message::RetryAll)),
    );
    dialog(fl!("queue-title"), all.push(row![space::horizontal(), retry]).into(), 620.0)
}

fn operation<'a>(state: &'a State, operation: &'a QueuedOperation) -> Element<'a, Mail> {
    let (sign, words) = words(operation);
    let (reason, due) = why(state, operation);
    let now = state.now.timestamp().as_second();
    let when = due.filter(|due| *due > now).map(|due| fl!("queue-again", time = units::short_date(due, &state.now)));
    let about =
        [Some(operation.account.clone()), when, Some(reason)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let about =
        column![line(words.clone()).font(font::MEDIUM), text(about).size(theme::size::META).style(theme::words::dim),];
    let link = |what: &str, words: String, message: Message| {
        let id = format!("queue-{what}-{}", operation.id);
        control::link(id, words, theme::size::SMALL, theme::press::link, Some(Mail::Queue(message)))
    };
    let mut all = row![icon(sign, theme::size::ICON_ROW).style(theme::words::dim), about.width(Length::Fill)]
        .spacing(theme::space::M)
        .align_y(Alignment::Center);
    if !operation.under_way {
        all = all.push(link("retry", fl!("try-again"), Message::Retry(operation.id)));
        all = all.push(link("cancel", fl!("cancel"), Message::Cancel(operation.id)));
    }
    control::control(format!("queue-{}", operation.id), Semantics::new(Role::ListItem, words), all).into()
}

/// Why an operation waits, in words, and until when at least.
fn why(state: &State, operation: &QueuedOperation) -> (String, Option<i64>) {
    if operation.under_way {
        return (fl!("queue-under-way"), None);
    }
    let mut accounts = state.accounts.all().iter().filter(|view| view.account.name == operation.account);
    let failed = accounts.find_map(|view| match &view.connection {
        Connection::Failed { problem, retry_at } => Some((problem, *retry_at)),
        _ => None,
    });
    match (&operation.reason, failed) {
        // What its account fails at is said as it is said elsewhere; the account stands before it.
        (reason, Some((problem, retry_at))) if reason.as_ref().is_none_or(|reason| reason.kind == problem.kind) => {
            let problem = Problem { account: None, ..problem.clone() };
            (problem::words(&problem).what, retry_at.max(Some(operation.not_before)))
        }
        (Some(reason), _) => (problem::reason(reason), Some(operation.not_before)),
        (None, _) => (fl!("queue-next"), Some(operation.not_before)),
    }
}

/// An operation as a person would tell it.
fn words(operation: &QueuedOperation) -> (Icon, String) {
    let folder = folder(&operation.mailbox);
    let subject = match operation.subject.as_deref().map(str::trim) {
        Some("") => fl!("no-subject"),
        Some(subject) => subject.to_string(),
        None => fl!("queue-a-message"),
    };
    match operation.kind {
        QueuedKind::Flags => (Icon::Star, fl!("queue-flags", subject = subject)),
        QueuedKind::Move => (Icon::FolderInput, fl!("queue-move", subject = subject, folder = folder)),
        QueuedKind::Copy => (Icon::Copy, fl!("queue-copy", subject = subject, folder = folder)),
        QueuedKind::Expunge => (Icon::Trash2, fl!("queue-expunge", subject = subject)),
        QueuedKind::Append => (Icon::FileUp, fl!("queue-append", subject = subject, folder = folder)),
        QueuedKind::CreateMailbox => (Icon::FolderPlus, fl!("queue-create", folder = folder)),
        QueuedKind::RenameMailbox => (Icon::Pencil, fl!("queue-rename", folder = folder)),
        QueuedKind::DeleteMailbox => (Icon::Trash2, fl!("queue-delete", folder = folder)),
        QueuedKind::Subscribe => (Icon::Eye, fl!("queue-subscribe", folder = folder)),
        QueuedKind::Unsubscribe => (Icon::EyeOff, fl!("queue-unsubscribe", folder = folder)),
    }
}

fn folder(path: &MailboxPath) -> String {
    if path.is_inbox() { fl!("folder-inbox") } else { path.to_string() }
}
