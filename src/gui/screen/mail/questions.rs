//! What stands still until the person decides, above the list: removals that were held, a mailbox whose directory is
//! gone, removals by other programs.

use super::{Message, State, view};
use crate::fl;
use crate::gui::action::Open;
use crate::gui::theme;
use crate::gui::widget::control;
use crate::gui::widget::icon::Icon;
use crate::i18n::{problem, units};
use crate::service::ProblemKind;
use crate::service::model::{AccountView, MailboxId, Question};
use iced::Element;
use iced::widget::{column, container, row};

/// The banners of an account; each question about all of it is asked once.
pub fn banners<'a>(state: &State, view: &'a AccountView) -> Vec<Element<'a, Message>> {
    let account = view.account.name.as_str();
    let of = |wanted: fn(&ProblemKind) -> bool| view.questions.iter().filter(move |q| wanted(&q.problem.kind));
    let mut all = Vec::new();
    all.extend(of(|kind| matches!(kind, ProblemKind::StoreMissing { .. })).map(|q| store_missing(account, q)));
    if !state.kept.contains(account) {
        all.extend(of(|kind| matches!(kind, ProblemKind::Held { .. })).take(1).map(|q| held(account, q)));
    }
    all.extend(removed_here(account, &of(|kind| matches!(kind, ProblemKind::RemovedHere { .. })).collect::<Vec<_>>()));
    all
}

fn link<'a>(id: String, words: String, message: Message) -> Element<'a, Message> {
    let style = |theme: &iced::Theme, status| theme::press::banner(|t| t.warn)(theme, status);
    control::link(id, words, theme::size::SMALL, style, Some(message))
}

/// The same where something goes.
fn danger<'a>(id: String, words: String, message: Message) -> Element<'a, Message> {
    let style = |theme: &iced::Theme, status| theme::press::banner(|t| t.bad)(theme, status);
    control::link(id, words, theme::size::SMALL, style, Some(message))
}

fn banner<'a>(sign: Icon, words: String, answers: Vec<Element<'a, Message>>) -> Element<'a, Message> {
    let body = view::banner(sign, words, Vec::new(), theme::ground::warn);
    column![body, container(row(answers).spacing(theme::space::M).wrap()).padding([4.0, 12.0])].into()
}

fn details<'a>(what: &str, account: &str) -> Element<'a, Message> {
    let open = Message::Open(Open::Transcript(Some(account.to_string())));
    link(format!("{what}-details-{account}"), fl!("details"), open)
}

/// A synchronisation would remove so much that it stopped.
fn held<'a>(account: &'a str, question: &Question) -> Element<'a, Message> {
    let (keep, remove) = (Message::KeepRemovals(account.to_string()), Message::AcceptRemovals(account.to_string()));
    let answers = vec![
        link(format!("held-keep-{account}"), fl!("held-keep"), keep),
        danger(format!("held-remove-{account}"), fl!("held-remove"), remove),
        details("held", account),
    ];
    banner(Icon::TriangleAlert, problem::words(&question.problem).what, answers)
}

/// A mailbox's mail is not where it was: nothing is done before it is back, or is fetched again.
fn store_missing<'a>(account: &'a str, question: &Question) -> Element<'a, Message> {
    let number = question.mailbox.map_or(0, |MailboxId(id)| id);
    let back = Message::Refresh(Some(account.to_string()));
    let mut answers = vec![link(format!("store-back-{number}"), fl!("store-back"), back)];
    if let Some(mailbox) = question.mailbox {
        let again = Message::FetchAgain(mailbox);
        answers.push(link(format!("store-again-{number}"), fl!("store-fetch"), again));
    }
    banner(Icon::HardDrive, problem::words(&question.problem).to_string(), answers)
}

/// Another program removed messages here: whether the server shall follow is asked once for an account.
fn removed_here<'a>(account: &'a str, questions: &[&Question]) -> Option<Element<'a, Message>> {
    let first = questions.first()?;
    let removals = questions.iter().map(|question| match question.problem.kind {
        ProblemKind::RemovedHere { removals, .. } => removals,
        _ => 0,
    });
    let removals: u64 = removals.sum();
    let words = if questions.len() == 1 {
        problem::words(&first.problem).what
    } else {
        let folders = questions.len() as u64;
        fl!("removed-in-folders", account = account, removals = units::count(removals), folders = units::count(folders))
    };
    let answer = |id: &str, words: String, carry: bool| {
        link(format!("{id}-{account}"), words, Message::CarryRemovals(account.to_string(), carry))
    };
    let answers =
        vec![answer("removed-fetch", fl!("removed-fetch"), false), answer("removed-carry", fl!("removed-carry"), true)];
    Some(banner(Icon::TriangleAlert, words, answers))
}
