//! `postwren sync [N…] [--watch]`

use super::failure::{Failure, in_words};
use super::output;
use super::progress::Bars;
use crate::fl;
use crate::i18n::units;
use crate::service::model::{Connection, Submission, SyncSummary};
use crate::service::{Command, Event, Handle, Problem};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::HashSet;
use tokio::sync::broadcast::error::RecvError;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// These accounts; all where none is named
    #[arg(value_name = "N")]
    pub accounts: Vec<String>,
    /// Stay connected to these accounts and go on until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    /// Let a held synchronisation of the named accounts remove what their servers no longer have
    #[arg(long, requires = "accounts", conflicts_with = "watch")]
    accept_removals: bool,
    /// Read the words of what came as well, so that the next search need not
    #[arg(long, conflicts_with = "watch")]
    searchable: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "watch")]
    json: bool,
}

type Outcome = (String, Result<SyncSummary, Problem>);

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    known(handle, &args.accounts).await?;
    if args.watch {
        return watch(&args.accounts, handle).await;
    }
    if args.accept_removals {
        for account in &args.accounts {
            handle.execute(Command::AcceptRemovals { account: account.clone() }).await?;
        }
    }
    let stuck = stuck_submissions(handle).await?;
    let bars = Bars::follow(handle);
    let outcomes = synchronise(&args.accounts, handle).await;
    if args.searchable {
        handle.read_words().await?;
    }
    bars.end().await;
    if args.json {
        output::json(&outcomes.iter().map(to_json).collect::<Vec<_>>())?;
    } else {
        tell(&outcomes)?;
    }
    let asked = |account: &str| outcomes.iter().any(|(name, _)| name == account);
    let waiting = handle.queue().await?.iter().filter(|operation| asked(&operation.account)).count();
    if waiting > 0 {
        output::remark(&fl!("cli-sync-waiting", count = waiting));
    }
    let newly = stuck_submissions(handle).await?.difference(&stuck).count();
    if newly > 0 {
        return Err(Failure::Sentence(fl!("cli-sync-not-sent", count = newly)));
    }
    if outcomes.iter().any(|(_, outcome)| outcome.is_err()) { Err(Failure::Told) } else { Ok(()) }
}

/// Refuses names that no account has, before anything is done.
async fn known(handle: &Handle, names: &[String]) -> Result<(), Failure> {
    let accounts = handle.accounts().await?;
    match names.iter().find(|name| !accounts.iter().any(|view| view.account.name == **name)) {
        Some(name) => Err(Problem::not_found(fl!("cli-account-named", name = name.as_str())).into()),
        None if accounts.is_empty() => Err(Failure::Sentence(fl!("cli-no-accounts"))),
        None => Ok(()),
    }
}

async fn synchronise(names: &[String], handle: &Handle) -> Vec<Outcome> {
    if names.is_empty() {
        return handle.synchronise(None).await;
    }
    join_all(names.iter().map(|name| handle.synchronise(Some(name)))).await.into_iter().flatten().collect()
}

/// Outbox entries that only a person can help on.
async fn stuck_submissions(handle: &Handle) -> Result<HashSet<i64>, Problem> {
    let stuck = |submission: &Submission| matches!(submission, Submission::Refused { .. } | Submission::Unknown);
    Ok(handle.outbox().await?.into_iter().filter(|item| stuck(&item.submission)).map(|item| item.id).collect())
}

/// One line for every account: what was done to standard output, what failed to standard error.
fn tell(outcomes: &[Outcome]) -> Result<(), Failure> {
    for (account, outcome) in outcomes {
        match outcome {
            Ok(summary) => output::line(&line(account, summary))?,
            Err(problem) => super::eprintln(&format!("postwren: {}", in_words(&named(problem, account)))),
        }
    }
    Ok(())
}

/// The problem with its account, which a line among others must name.
fn named(problem: &Problem, account: &str) -> Problem {
    if problem.account.is_some() { problem.clone() } else { problem.clone().of(account) }
}

fn line(account: &str, summary: &SyncSummary) -> String {
    if *summary == SyncSummary::default() {
        return fl!("cli-sync-nothing", account = account);
    }
    let done = [
        (summary.received, fl!("cli-sync-received", count = summary.received, shown = units::count(summary.received))),
        (summary.flags, fl!("cli-sync-flags", count = summary.flags, shown = units::count(summary.flags))),
        (summary.removed, fl!("cli-sync-removed", count = summary.removed, shown = units::count(summary.removed))),
        (
            summary.operations,
            fl!("cli-sync-operations", count = summary.operations, shown = units::count(summary.operations)),
        ),
        (summary.sent, fl!("cli-sync-sent", count = summary.sent, shown = units::count(summary.sent))),
    ];
    let done: Vec<String> = done.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words).collect();
    fl!("cli-sync-done", account = account, done = done.join(", "))
}

fn to_json((account, outcome): &Outcome) -> Value {
    let mut value = match outcome {
        Ok(summary) => json!(summary),
        Err(problem) => json!({ "problem": problem, "words": in_words(problem) }),
    };
    value["account"] = json!(account);
    value
}

/// Tells what happens until the person has enough: Ctrl-C drops this.
async fn watch(names: &[String], handle: &Handle) -> Result<(), Failure> {
    output::remark(&fl!("cli-sync-watching"));
    let wanted = |account: &str| names.is_empty() || names.iter().any(|name| name == account);
    let mut events = handle.subscribe();
    loop {
        match events.recv().await {
            Ok(Event::Connection { account, connection }) if wanted(&account) => match connection {
                Connection::Synchronised { .. } => output::line(&stamped(&fl!("cli-sync-in-step", account = account)))?,
                Connection::Failed { problem, .. } => {
                    super::eprintln(&stamped(&in_words(&named(&problem, &account))));
                }
                Connection::Idle | Connection::Connecting | Connection::Synchronising => {}
            },
            Ok(Event::Progress(progress)) if progress.finished && wanted(&progress.account) => {
                let mailbox = format!("{}/{}", progress.account, progress.mailbox);
                let messages = units::messages(progress.done);
                output::line(&stamped(&fl!("cli-sync-arrived", mailbox = mailbox, messages = messages)))?;
            }
            Ok(Event::Failed(problem)) if problem.account.as_deref().is_none_or(wanted) => {
                super::eprintln(&stamped(&in_words(&problem)));
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

/// A line of the watch, with its time.
fn stamped(text: &str) -> String {
    format!("{} {text}", jiff::Zoned::now().strftime("%T"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::ProblemKind;

    #[test]
    fn an_account_says_what_was_done_and_nothing_else() {
        let summary = SyncSummary { received: 12_000, sent: 1, ..SyncSummary::default() };
        assert_eq!(line("ada", &summary), "ada: 12\u{202f}000 received, 1 sent");
        let all = SyncSummary { received: 1, flags: 2, removed: 3, operations: 4, sent: 5 };
        let expected = "ada: 1 received, flags of 2 messages, 3 removed, 4 changes carried out, 5 sent";
        assert_eq!(line("ada", &all), expected);
        assert_eq!(line("ada", &SyncSummary::default()), "ada: nothing new");
    }

    #[test]
    fn scripts_see_success_and_failure_of_each() {
        let summary = SyncSummary { received: 2, ..SyncSummary::default() };
        assert_eq!(to_json(&("ada".into(), Ok(summary)))["received"], 2);
        let value = to_json(&("pop".into(), Err(Problem::new(ProblemKind::DiskFull, ""))));
        assert_eq!((&value["account"], &value["problem"]["kind"]), (&json!("pop"), &json!("DiskFull")));
    }
}
