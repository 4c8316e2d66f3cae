//! `postwren transcript [N]`

use super::failure::Failure;
use super::output;
use crate::fl;
use crate::service::Handle;
use crate::service::model::{Direction, TranscriptLine};
use jiff::tz::TimeZone;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of this account only
    #[arg(value_name = "N")]
    account: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let lines = handle.transcript(args.account.as_deref()).await?;
    if args.json {
        return output::json(&lines);
    }
    if lines.is_empty() {
        output::remark(&fl!("cli-transcript-empty"));
    }
    let zone = TimeZone::system();
    lines.iter().try_for_each(|line| output::line(&render(line, &zone)))
}

/// `2026-11-23 09:42:00.123 ada imaps://… #3 C: a1 NOOP`
fn render(line: &TranscriptLine, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(line.at)
        .map(|at| at.to_zoned(zone.clone()).strftime("%F %T%.3f").to_string())
        .unwrap_or_default();
    let who = match line.direction {
        Direction::Client => "C:",
        Direction::Server => "S:",
        Direction::Note => "--",
    };
    format!("{at} {} {} {who} {}", line.account, line.connection, line.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_said_what_and_when_is_told() {
        let line = TranscriptLine {
            at: 1_795_423_320_123,
            account: "ada".into(),
            connection: "imaps://mail.example.org:993 #3".into(),
            direction: Direction::Client,
            text: "a1 NOOP".into(),
        };
        let expected = "2026-11-23 08:42:00.123 ada imaps://mail.example.org:993 #3 C: a1 NOOP";
        assert_eq!(render(&line, &TimeZone::UTC), expected);
    }
}
