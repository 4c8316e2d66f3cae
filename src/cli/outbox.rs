//! `postwren outbox [retry ID|cancel ID]`

use super::failure::Failure;
use super::{message, output, send};
use crate::fl;
use crate::i18n::units;
use crate::service::model::{OutboxItem, RecipientOutcome, Submission};
use crate::service::{Command, Handle};
use jiff::Zoned;
use serde_json::{Value, json};

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
    /// Send again now, to the recipients that have not got it
    Retry {
        /// The Outbox entry
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Take a message out of the Outbox, unsent
    Cancel {
        /// The Outbox entry
        #[arg(value_name = "ID")]
        id: i64,
    },
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    match args.action {
        Some(Action::Retry { id }) => {
            handle.execute(Command::RetrySubmission { id, corrected: Vec::new() }).await?;
            send::deliver(handle, id).await
        }
        Some(Action::Cancel { id }) => {
            let receipt = handle.execute(Command::CancelSubmission { id }).await?;
            output::line(&match receipt.draft {
                Some(_) => fl!("cli-outbox-draft", id = id),
                None => fl!("cli-outbox-cancelled", id = id),
            })
        }
        None => list(&handle.outbox().await?, args.json),
    }
}

fn list(items: &[OutboxItem], json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&items.iter().map(to_json).collect::<Vec<_>>());
    }
    if items.is_empty() {
        output::remark(&fl!("cli-outbox-empty"));
    }
    let now = Zoned::now();
    items.iter().flat_map(|item| lines(item, &now)).try_for_each(|line| output::line(&line))
}

/// An entry for people: what and where it stands, then every recipient that has not got it.
fn lines(item: &OutboxItem, now: &Zoned) -> Vec<String> {
    let mut lines = vec![format!("{}  {}  {}  {}", item.id, item.account, state(&item.submission, now), item.subject)];
    for (address, outcome) in &item.recipients {
        lines.push(match outcome {
            RecipientOutcome::Waiting => fl!("cli-recipient-waiting", address = address.as_str()),
            RecipientOutcome::Accepted => fl!("cli-recipient-accepted", address = address.as_str()),
            RecipientOutcome::Refused { reply, .. } => {
                fl!("cli-recipient-refused", address = address.as_str(), reply = reply.as_str())
            }
        });
    }
    lines
}

fn state(submission: &Submission, now: &Zoned) -> String {
    match submission {
        Submission::Waiting { not_before, reason } => {
            let due = *not_before > now.timestamp().as_second();
            match (due, reason) {
                (true, Some(reason)) => {
                    let at = units::short_date(*not_before, now);
                    fl!("cli-outbox-waiting-until-because", at = at, reason = reason.as_str())
                }
                (true, None) => fl!("cli-outbox-waiting-until", at = units::short_date(*not_before, now)),
                (false, Some(reason)) => fl!("cli-outbox-waiting-because", reason = reason.as_str()),
                (false, None) => fl!("cli-outbox-waiting"),
            }
        }
        Submission::Sending => fl!("cli-outbox-sending"),
        Submission::Accepted { reply } => fl!("cli-outbox-accepted", reply = reply.as_str()),
        Submission::Refused { reply } => fl!("cli-outbox-refused", reply = reply.as_str()),
        Submission::Unknown => fl!("cli-outbox-unknown"),
    }
}

/// An entry for scripts; `state` and `outcome` are the words that tell what else there is.
fn to_json(item: &OutboxItem) -> Value {
    let recipients: Vec<Value> = item
        .recipients
        .iter()
        .map(|(address, outcome)| {
            let mut value = json!(outcome);
            value["address"] = json!(address);
            value
        })
        .collect();
    let mut value = json!(item.submission);
    value["id"] = json!(item.id);
    value["account"] = json!(item.account);
    value["subject"] = json!(item.subject);
    value["message_id"] = json!(item.message_id);
    value["queued_at"] = message::moment(item.queued_at);
    value["recipients"] = json!(recipients);
    if let Submission::Waiting { not_before, .. } = item.submission {
        value["not_before"] = message::moment(not_before);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> OutboxItem {
        let refused = RecipientOutcome::Refused { reply: "550 no".into(), permanent: true };
        OutboxItem {
            id: 3,
            account: "alice".into(),
            subject: "Three".into(),
            message_id: "m@a.test".into(),
            submission: Submission::Refused { reply: "250 queued as X".into() },
            recipients: vec![("bob@b.test".into(), RecipientOutcome::Accepted), ("x@a.test".into(), refused)],
            queued_at: 1_795_423_320,
            attempts: 0,
            report: false,
            leaves_at: None,
        }
    }

    #[test]
    fn an_entry_is_listed_with_its_recipients() {
        let now: Zoned = "2026-11-24T10:00:00+00:00[UTC]".parse().expect("a moment");
        let expected = ["3  alice  refused (250 queued as X)  Three", "  bob@b.test: accepted", "  x@a.test: 550 no"];
        assert_eq!(lines(&item(), &now), expected);
    }

    #[test]
    fn scripts_read_states_by_name() {
        let expected = json!({
            "id": 3, "account": "alice", "subject": "Three", "message_id": "m@a.test",
            "queued_at": "2026-11-23T08:42:00Z", "state": "refused", "reply": "250 queued as X",
            "recipients": [
                { "address": "bob@b.test", "outcome": "accepted" },
                { "address": "x@a.test", "outcome": "refused", "reply": "550 no", "permanent": true },
            ],
        });
        assert_eq!(to_json(&item()), expected);
        let waiting = Submission::Waiting { not_before: 1_795_423_320, reason: None };
        let value = to_json(&OutboxItem { submission: waiting, ..item() });
        assert_eq!((&value["state"], &value["not_before"]), (&json!("waiting"), &json!("2026-11-23T08:42:00Z")));
    }
}
