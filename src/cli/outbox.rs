//! `postwren outbox [send|retry ID|cancel ID|at ID TIME|sent ID]`

use super::failure::{Failure, in_words};
use super::progress::Wait;
use super::{message, output, send};
use crate::fl;
use crate::i18n::{problem, units};
use crate::service::model::{OutboxItem, RecipientOutcome, Submission};
use crate::service::{Command, Handle, SendTime};
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
    /// Send everything that is due, without receiving
    Send {
        /// Of this account; of all where none is named
        #[arg(value_name = "N")]
        account: Option<String>,
    },
    /// Give a waiting message another time to leave
    At {
        /// The Outbox entry
        #[arg(value_name = "ID")]
        id: i64,
        /// Such as “2026-11-24 08:00”, 18:00, “tomorrow 8:00”, +2h; or now
        #[arg(value_name = "TIME")]
        time: String,
    },
    /// Say that a message of unknown fate was sent: it goes into Sent
    Sent {
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
        Some(Action::Send { account }) => send_all(handle, account.as_deref()).await,
        Some(Action::At { id, time }) => {
            let now = Zoned::now();
            let when = send::when(&time, &now)?;
            handle.execute(Command::Reschedule { id, when }).await?;
            output::line(&match when {
                SendTime::At(at) => fl!("cli-outbox-leaves", id = id, at = units::moment(at, &now)),
                SendTime::After(_) => fl!("cli-outbox-leaves-now", id = id),
            })
        }
        Some(Action::Sent { id }) => {
            handle.execute(Command::MarkSent { id }).await?;
            output::line(&fl!("cli-outbox-filed", id = id))
        }
        None => list(&handle.outbox().await?, args.json),
    }
}

/// Sends what is due and says how much of it was taken.
async fn send_all(handle: &Handle, account: Option<&str>) -> Result<(), Failure> {
    let wait = Wait::start(fl!("cli-send-sending"));
    let outcomes = handle.send_outbox(account).await;
    wait.end();
    let mut is_well = true;
    for (account, outcome) in outcomes {
        match outcome {
            Ok(0) => {}
            Ok(count) => {
                let shown = units::count(count);
                output::line(&fl!("cli-outbox-sent", account = account, count = count, shown = shown))?;
            }
            Err(problem) => {
                is_well = false;
                output::remark(&in_words(&problem));
            }
        }
    }
    if is_well { Ok(()) } else { Err(Failure::Told) }
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
    let mut lines = vec![format!("{}  {}  {}  {}", item.id, item.account, state(item, now), item.subject)];
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

fn state(item: &OutboxItem, now: &Zoned) -> String {
    match &item.submission {
        Submission::Waiting { not_before, reason } => {
            let due = *not_before > now.timestamp().as_second();
            match (due, reason.as_ref().map(problem::reason)) {
                (true, Some(reason)) => {
                    let at = units::moment(*not_before, now);
                    fl!("cli-outbox-waiting-until-because", at = at, reason = reason)
                }
                (true, None) if item.leaves_at.is_some() => {
                    fl!("cli-outbox-waiting-leaves", at = units::moment(*not_before, now))
                }
                (true, None) => fl!("cli-outbox-waiting-until", at = units::moment(*not_before, now)),
                (false, Some(reason)) => fl!("cli-outbox-waiting-because", reason = reason),
                (false, None) => fl!("cli-outbox-waiting"),
            }
        }
        Submission::Sending => fl!("cli-outbox-sending"),
        Submission::Accepted { reply } => fl!("cli-outbox-accepted", reply = reply.as_str()),
        Submission::Refused { problem: Some(problem), .. } => {
            fl!("cli-outbox-refused", reply = problem::reason(problem))
        }
        Submission::Refused { reply, .. } => fl!("cli-outbox-refused", reply = reply.as_str()),
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
    value["attempts"] = json!(item.attempts);
    value["report"] = json!(item.report);
    if let Some(at) = item.leaves_at {
        value["leaves_at"] = message::moment(at);
    }
    let problem = match &item.submission {
        Submission::Waiting { not_before, reason } => {
            value["not_before"] = message::moment(*not_before);
            value["reason"] = json!(reason.as_ref().map(problem::reason));
            reason.as_ref()
        }
        Submission::Refused { problem, .. } => problem.as_ref(),
        _ => None,
    };
    // For programs; `reason` and `reply` are for people.
    value["problem"] = json!(problem);
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::{Problem, ProblemKind};

    fn item() -> OutboxItem {
        let refused = RecipientOutcome::Refused { reply: "550 no".into(), permanent: true };
        OutboxItem {
            id: 3,
            account: "alice".into(),
            subject: "Three".into(),
            message_id: "m@a.test".into(),
            submission: Submission::Refused { reply: "250 queued as X".into(), problem: None },
            recipients: vec![("bob@b.test".into(), RecipientOutcome::Accepted), ("x@a.test".into(), refused)],
            queued_at: 1_795_423_320,
            attempts: 0,
            report: false,
            leaves_at: None,
            is_editable: true,
        }
    }

    #[test]
    fn an_entry_is_listed_with_its_recipients() {
        let now: Zoned = "2026-11-24T10:00:00+00:00[UTC]".parse().expect("a moment");
        let expected = ["3  alice  refused (250 queued as X)  Three", "  bob@b.test: accepted", "  x@a.test: 550 no"];
        assert_eq!(lines(&item(), &now), expected);
    }

    #[test]
    fn the_time_to_leave_is_told() {
        let now: Zoned = "2026-11-24T10:00:00+00:00[UTC]".parse().expect("a moment");
        let submission = Submission::Waiting { not_before: 1_795_593_600, reason: None };
        let chosen = OutboxItem { submission, leaves_at: Some(1_795_593_600), ..item() };
        assert_eq!(lines(&chosen, &now)[0], "3  alice  leaves tomorrow, 08:00  Three");
        assert_eq!(to_json(&chosen)["leaves_at"], json!("2026-11-25T08:00:00Z"));
        let kind = ProblemKind::Refused { server: String::new(), reply: "451 later".into() };
        let later = Problem::new(kind, "");
        let submission = Submission::Waiting { not_before: 1_795_514_460, reason: Some(later) };
        let retried = OutboxItem { submission, ..item() };
        assert_eq!(lines(&retried, &now)[0], "3  alice  waiting until today, 10:01 (451 later)  Three");
    }

    #[test]
    fn scripts_read_states_by_name() {
        let expected = json!({
            "id": 3, "account": "alice", "subject": "Three", "message_id": "m@a.test",
            "queued_at": "2026-11-23T08:42:00Z", "attempts": 0, "report": false, "state": "refused", "reply": "250 queued as X",
            "problem": null,
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
