//! `postwren send [--account N] [--queue | --later TIME] [--report] [FILE|-]`

use super::failure::Failure;
use super::progress::Wait;
use super::{output, plain};
use crate::fl;
use crate::i18n::{problem, units};
use crate::mail::schedule;
use crate::service::model::{OutboxItem, RecipientOutcome, Submission};
use crate::service::{Command, Handle, Problem, ProblemKind, SendTime};
use jiff::Zoned;
use std::path::PathBuf;
use tempfile::TempPath;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Send from this account; otherwise from the one whose address is in From
    #[arg(long, value_name = "N")]
    account: Option<String>,
    /// Put it into the Outbox and leave the sending to `postwren sync`
    #[arg(long)]
    queue: bool,
    /// Leave at this time, such as “2026-11-24 08:00”, 18:00, “tomorrow 8:00”, +2h, with the next `postwren sync`
    #[arg(long, value_name = "TIME", conflicts_with = "queue")]
    later: Option<String>,
    /// Ask the recipients' servers to report delivery, where the own server passes that on
    #[arg(long)]
    report: bool,
    /// A file with the message (RFC 5322); - is standard input
    #[arg(value_name = "FILE|-", default_value = "-")]
    file: PathBuf,
    /// What no file can be read twice from, as it was read, until it is in the Outbox.
    #[arg(skip)]
    input: Option<TempPath>,
}

impl Args {
    /// Reads the message before the profile is opened: a person may take a while to type one.
    pub fn prepare(&mut self) -> Result<(), Failure> {
        let size = self.take_in().map_err(|error| Failure::file(&self.file, &error))?;
        if size == 0 {
            return Err(Failure::Sentence(fl!("cli-send-empty")));
        }
        Ok(())
    }

    /// Makes sure that there is a file to read; its size.
    fn take_in(&mut self) -> std::io::Result<u64> {
        let is_input = self.file.as_os_str() == "-";
        if !is_input && std::fs::metadata(&self.file)?.is_file() {
            return Ok(std::fs::File::open(&self.file)?.metadata()?.len());
        }
        // A file of its own, for nobody else to read: a message may be larger than memory.
        let mut file = tempfile::NamedTempFile::new()?;
        let size = match is_input {
            true => std::io::copy(&mut std::io::stdin().lock(), file.as_file_mut())?,
            false => std::io::copy(&mut std::fs::File::open(&self.file)?, file.as_file_mut())?,
        };
        self.input = Some(file.into_temp_path());
        Ok(size)
    }
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let now = Zoned::now();
    let when = args.later.as_deref().map(|text| when(text, &now)).transpose()?.unwrap_or(SendTime::After(0));
    let path = args.input.as_ref().map_or(args.file, |input| input.to_path_buf());
    let (account, report) = (args.account, args.report);
    let receipt = handle.execute(Command::SubmitFile { account, path, when, report }).await?;
    let Some(id) = receipt.outbox else {
        return Err(Problem::new(ProblemKind::Internal, "a submission without an Outbox entry").into());
    };
    if let SendTime::At(at) = when {
        return output::line(&fl!("cli-outbox-leaves", id = id, at = units::moment(at, &now)));
    }
    if args.queue {
        return output::line(&fl!("cli-send-queued", id = id));
    }
    deliver(handle, id).await
}

/// A time as typed.
///
/// # Errors
/// [`Failure::Usage`] for what is no time, or has passed.
pub fn when(text: &str, now: &Zoned) -> Result<SendTime, Failure> {
    if text.trim().eq_ignore_ascii_case("now") {
        return Ok(SendTime::After(0));
    }
    let at = schedule::parse(text, now);
    at.map(SendTime::At).ok_or_else(|| Failure::Usage(fl!("cli-no-time", text = text)))
}

/// Sends an Outbox entry now and says what became of it.
///
/// # Errors
/// Unless a server took it for every recipient.
pub async fn deliver(handle: &Handle, id: i64) -> Result<(), Failure> {
    let wait = Wait::start(fl!("cli-send-sending"));
    let item = handle.deliver(id).await;
    wait.end();
    tell(&item?)
}

/// What became of a submission: to standard output where all is done, else to standard error.
fn tell(item: &OutboxItem) -> Result<(), Failure> {
    match verdict(item) {
        Ok(line) => output::line(&line),
        Err(lines) => {
            lines.iter().for_each(|line| output::remark(line));
            Err(Failure::Told)
        }
    }
}

/// The line of a success, or the lines of anything else.
fn verdict(item: &OutboxItem) -> Result<String, Vec<String>> {
    let total = item.recipients.len() as u64;
    let refused = refusals(item);
    let kind = match &item.submission {
        Submission::Accepted { reply } => {
            return Ok(fl!("cli-send-accepted", count = total, shown = units::count(total), reply = reply.as_str()));
        }
        Submission::Waiting { reason, .. } => {
            let reason = reason.as_ref().map_or_else(|| fl!("cli-send-no-reason"), problem::reason);
            let reason = plain::line(&reason);
            let mut lines = vec![format!("postwren: {}", fl!("cli-send-waiting", id = item.id, reason = reason))];
            lines.extend(refused);
            return Err(lines);
        }
        Submission::Sending => return Err(vec![format!("postwren: {}", fl!("cli-send-still", id = item.id))]),
        Submission::Unknown => ProblemKind::UnknownOutcome,
        Submission::Refused { problem: Some(problem), .. } => {
            let words = plain::line(&problem::words(problem).to_string());
            return Err(vec![format!("postwren: {words}"), fl!("cli-send-kept", id = item.id)]);
        }
        Submission::Refused { reply, .. } if refused.is_empty() => {
            return Err(vec![format!("postwren: {}", fl!("cli-send-refused", id = item.id, reply = reply.as_str()))]);
        }
        Submission::Refused { .. } => ProblemKind::SomeRefused { refused: refused.len() as u64, total },
    };
    let words = problem::words(&Problem::new(kind, ""));
    let mut lines = vec![format!("postwren: {}", plain::line(&words.to_string()))];
    lines.extend(refused);
    lines.push(fl!("cli-send-kept", id = item.id));
    Err(lines)
}

/// A line for every refused recipient, with the server's words.
fn refusals(item: &OutboxItem) -> Vec<String> {
    let line = |(address, outcome): &(String, RecipientOutcome)| match outcome {
        RecipientOutcome::Refused { reply, .. } => {
            Some(fl!("cli-recipient-refused", address = address.as_str(), reply = reply.as_str()))
        }
        _ => None,
    };
    item.recipients.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(submission: Submission, refused: usize) -> OutboxItem {
        let refusal = RecipientOutcome::Refused { reply: "550 5.1.1 no such user".into(), permanent: true };
        let recipients = (0..3).map(|i| {
            let outcome = if i < refused { refusal.clone() } else { RecipientOutcome::Accepted };
            (format!("r{i}@b.test"), outcome)
        });
        OutboxItem {
            id: 7,
            account: "alice".into(),
            subject: "s".into(),
            message_id: "m@a.test".into(),
            submission,
            recipients: recipients.collect(),
            queued_at: 0,
            attempts: 0,
            report: false,
            leaves_at: None,
            is_editable: true,
        }
    }

    #[test]
    fn only_a_server_that_took_it_for_all_is_a_success() {
        let accepted = item(Submission::Accepted { reply: "250 2.0.0 queued as 4XYZ".into() }, 0);
        assert_eq!(verdict(&accepted).expect("success"), "Sent to 3 recipients: 250 2.0.0 queued as 4XYZ");
        for submission in [
            Submission::Waiting { not_before: 0, reason: Some(Problem::new(ProblemKind::Offline, "")) },
            Submission::Waiting { not_before: 0, reason: None },
            Submission::Sending,
            Submission::Unknown,
            Submission::Refused { reply: "552 too big".into(), problem: None },
            Submission::Refused {
                reply: String::new(),
                problem: Some(Problem::new(ProblemKind::TooLarge { size: 9, limit: 5 }, "")),
            },
        ] {
            let lines = verdict(&item(submission.clone(), 0)).expect_err("a failure");
            assert!(lines.concat().contains('7'), "the Outbox entry is named: {submission:?} {lines:?}");
        }
    }

    #[test]
    fn a_partial_refusal_names_who_was_refused_and_why() {
        let lines = verdict(&item(Submission::Refused { reply: "250 queued".into(), problem: None }, 1))
            .expect_err("a failure");
        assert!(lines[0].contains("One of 3 recipients"), "{lines:?}");
        assert_eq!(lines[1], "  r0@b.test: 550 5.1.1 no such user");
    }
}
