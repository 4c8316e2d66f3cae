//! `postwren queue [list|retry ID|cancel ID]`

use super::failure::Failure;
use super::table::Table;
use super::{message, output};
use crate::fl;
use crate::i18n::{problem, units};
use crate::service::model::{QueuedKind, QueuedOperation};
use crate::service::{Command, Handle};
use jiff::Zoned;
use serde_json::{Value, json};

/// List the changes that wait for their servers; try one again or take it back.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List what waits, oldest first, each with the reason
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let a waiting change be tried with the next sync, however long it was to wait
    Retry {
        /// The change, as the list names it
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Take a waiting change out, and what is shown of it here back
    Cancel {
        /// The change, as the list names it
        #[arg(value_name = "ID")]
        id: i64,
    },
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    match args.action {
        Some(Action::Retry { id }) => {
            handle.execute(Command::RetryOperation { id }).await?;
            output::line(&fl!("cli-queue-retried", id = id))
        }
        Some(Action::Cancel { id }) => {
            handle.execute(Command::CancelOperation { id }).await?;
            output::line(&fl!("cli-queue-cancelled", id = id))
        }
        Some(Action::List { json }) => list(&handle.queue().await?, json || args.json),
        None => list(&handle.queue().await?, args.json),
    }
}

fn list(all: &[QueuedOperation], json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&all.iter().map(to_json).collect::<Vec<_>>());
    }
    if all.is_empty() {
        output::remark(&fl!("cli-queue-empty"));
        return Ok(());
    }
    output::print(&render(all, &Zoned::now(), output::width()))
}

fn render(all: &[QueuedOperation], now: &Zoned, width: Option<usize>) -> String {
    let headings = vec![
        fl!("cli-column-id"),
        fl!("cli-column-change"),
        fl!("cli-column-mailbox"),
        fl!("cli-column-subject"),
        fl!("cli-column-waits"),
    ];
    let mut table = Table::new(headings, &[0]);
    for operation in all {
        table.row(vec![
            operation.id.to_string(),
            word(operation.kind),
            format!("{}/{}", operation.account, operation.mailbox),
            operation.subject.clone().unwrap_or_default(),
            waits(operation, now),
        ]);
    }
    table.render(width)
}

fn waits(operation: &QueuedOperation, now: &Zoned) -> String {
    if operation.under_way {
        return fl!("cli-queue-under-way");
    }
    let due = operation.not_before > now.timestamp().as_second();
    let at = units::short_date(operation.not_before, now);
    match (operation.reason.as_ref().map(problem::reason), due) {
        (Some(reason), true) => fl!("cli-queue-until-because", at = at, reason = reason),
        (None, true) => fl!("cli-queue-until", at = at),
        (Some(reason), false) => reason,
        (None, false) => fl!("cli-queue-sync"),
    }
}

fn word(kind: QueuedKind) -> String {
    match kind {
        QueuedKind::Flags => fl!("cli-change-flags"),
        QueuedKind::Move => fl!("cli-change-move"),
        QueuedKind::Copy => fl!("cli-change-copy"),
        QueuedKind::Expunge => fl!("cli-change-delete"),
        QueuedKind::Append => fl!("cli-change-store"),
        QueuedKind::CreateMailbox => fl!("cli-change-create-mailbox"),
        QueuedKind::RenameMailbox => fl!("cli-change-rename-mailbox"),
        QueuedKind::DeleteMailbox => fl!("cli-change-delete-mailbox"),
        QueuedKind::Subscribe => fl!("cli-change-subscribe"),
        QueuedKind::Unsubscribe => fl!("cli-change-unsubscribe"),
    }
}

fn to_json(operation: &QueuedOperation) -> Value {
    let mut value = json!(operation);
    // As people read it, beside what programs read.
    value["problem"] = json!(operation.reason);
    value["reason"] = json!(operation.reason.as_ref().map(problem::reason));
    value["mailbox"] = json!(format!("{}/{}", operation.account, operation.mailbox));
    value["not_before"] = match operation.not_before {
        0 => Value::Null,
        at => message::moment(at),
    };
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::model::MailboxPath;
    use crate::service::{Problem, ProblemKind};

    fn reason() -> Problem {
        Problem::new(ProblemKind::Refused { server: "imap.a.test:993".into(), reply: "over quota".into() }, "NO")
    }

    fn operation() -> QueuedOperation {
        QueuedOperation {
            id: 7,
            account: "ada".into(),
            kind: QueuedKind::Move,
            mailbox: MailboxPath("Archive".into()),
            subject: Some("Notes".into()),
            attempts: 1,
            reason: Some(reason()),
            not_before: 0,
            under_way: false,
        }
    }

    #[test]
    fn what_waits_is_listed_with_its_reason() {
        let now: Zoned = "2026-11-24T10:00:00+00:00[UTC]".parse().expect("a moment");
        let held =
            QueuedOperation { id: 12, kind: QueuedKind::RenameMailbox, subject: None, reason: None, ..operation() };
        let expected = "ID  CHANGE          MAILBOX      SUBJECT  WAITS\n \
                        7  move            ada/Archive  Notes    over quota\n\
                        12  rename mailbox  ada/Archive           for the next sync\n";
        assert_eq!(render(&[operation(), held], &now, None), expected);
    }

    #[test]
    fn scripts_read_kinds_by_name() {
        let value = to_json(&QueuedOperation { not_before: 1_795_423_320, ..operation() });
        let expected = json!({
            "id": 7, "account": "ada", "kind": "move", "mailbox": "ada/Archive", "subject": "Notes", "attempts": 1,
            "problem": reason(), "reason": "over quota", "not_before": "2026-11-23T08:42:00Z", "under_way": false,
        });
        assert_eq!(value, expected);
    }
}
