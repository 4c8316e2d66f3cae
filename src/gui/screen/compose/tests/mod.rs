//! The compose window without a display: what its update asks for, and what its view shows.

mod ending;
mod opening;
mod steps;
mod window;

use super::*;
use crate::gui::widget::control::Role;
use crate::mail::address::Address;
use crate::service::command::{Command, Receipt};
use crate::service::model::{AuthMethod, DraftAttachment, Endpoint, Pop3Keep, SecretSource};
use crate::service::problem::ProblemKind;
use iced_test::Simulator;
use std::time::Duration;

fn account(name: &str, outgoing: &str) -> Account {
    Account {
        name: name.into(),
        person: "Ada Lovelace".into(),
        email: format!("{name}@lovelace.example"),
        user: name.into(),
        incoming: Endpoint::parse("imaps://imap.lovelace.example").unwrap(),
        outgoing: Endpoint::parse(outgoing).unwrap(),
        auth: AuthMethod::Password,
        secret: SecretSource::Keyring,
        ca_file: None,
        pop3_keep: Pop3Keep::Always,
        ..Account::default()
    }
}

fn accounts() -> Vec<Account> {
    vec![account("ada", "smtp://smtp.lovelace.example"), account("plain", "smtp://old.example?security=none")]
}

fn draft() -> Draft {
    Draft {
        id: "d1".into(),
        account: "ada".into(),
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: String::new(),
        body: String::new(),
        attachments: Vec::new(),
        in_reply_to: Vec::new(),
        references: Vec::new(),
        origin: DraftOrigin::New,
        unfinished: Default::default(),
        report: false,
    }
}

fn on(draft: Draft, now: Instant) -> Compose {
    Compose::new(draft, accounts(), 10, now)
}

/// A message that can be sent.
fn ready(now: Instant) -> Compose {
    let to = vec![Address::new("Charles Babbage", "charles@babbage.example")];
    on(Draft { to, subject: "Note G".into(), body: "Dear Charles,".into(), ..draft() }, now)
}

fn full(problem_kind: ProblemKind) -> Problem {
    Problem::new(problem_kind, "said the system")
}

fn attached(name: &str, size: u64) -> DraftAttachment {
    DraftAttachment {
        file_name: name.into(),
        media_type: "application/pdf".into(),
        size,
        path: PathBuf::from("/p").join(name),
    }
}

fn there(name: &str, size: u64) -> Attached {
    Attached { number: 0, file: attached(name, size) }
}

fn with_attachment(name: &str, size: u64) -> Receipt {
    Receipt { attachment: Some(attached(name, size)), ..Receipt::default() }
}

/// All actions, batches opened.
fn flat(action: Action) -> Vec<Action> {
    match action {
        Action::Batch(all) => all,
        Action::None => Vec::new(),
        one => vec![one],
    }
}

fn save(compose: &Compose) -> Action {
    Action::Command(Command::SaveDraft { draft: Box::new(compose.draft()) }, SAVE)
}

fn ui(compose: &Compose) -> Simulator<'_, Message> {
    crate::i18n::choose(Some("en"));
    Simulator::with_size(crate::gui::app::settings(), (1280.0, 800.0), view::view(compose))
}
