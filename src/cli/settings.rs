//! `postwren settings [--verify-senders on|off] [--metered system|always|never] [--undo-seconds N] [--json]`

use super::failure::Failure;
use super::output;
use super::table::Table;
use crate::fl;
use crate::service::model::{MeteredChoice, Preferences};
use crate::service::{Command, Handle};
use serde_json::json;

/// Show what holds for all accounts, or change it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Look DKIM, SPF and DMARC up in the DNS when mail arrives, where the own server says nothing about its sender
    #[arg(long, value_name = "on|off", value_parser = switch)]
    verify_senders: Option<bool>,
    /// Over which networks only headers are fetched: those of which the system says that they are metered, all, none
    #[arg(long, value_name = "system|always|never", value_parser = metered)]
    metered: Option<MeteredChoice>,
    /// Seconds in which sending from the window can be taken back
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(0..=120))]
    undo_seconds: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("use on or off".into()),
    }
}

fn metered(text: &str) -> Result<MeteredChoice, String> {
    match text {
        "system" => Ok(MeteredChoice::System),
        "always" => Ok(MeteredChoice::Always),
        "never" => Ok(MeteredChoice::Never),
        _ => Err("use system, always or never".into()),
    }
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let before = handle.preferences().await?;
    let after = changed(before.clone(), &args);
    if after != before {
        handle.execute(Command::SetPreferences { preferences: Box::new(after.clone()) }).await?;
    }
    if args.json {
        return output::json(&json!({
            "verify_senders": after.verify_senders,
            "metered": after.metered,
            "undo_seconds": after.undo_seconds,
        }));
    }
    output::print(&render(&after, output::width()))
}

fn changed(before: Preferences, args: &Args) -> Preferences {
    Preferences {
        verify_senders: args.verify_senders.unwrap_or(before.verify_senders),
        metered: args.metered.unwrap_or(before.metered),
        undo_seconds: args.undo_seconds.unwrap_or(before.undo_seconds),
        ..before
    }
}

fn render(preferences: &Preferences, width: Option<usize>) -> String {
    let mut table = Table::new(vec![fl!("cli-column-setting"), fl!("cli-column-value")], &[]);
    let metered = match preferences.metered {
        MeteredChoice::System => fl!("metered-system"),
        MeteredChoice::Always => fl!("metered-always"),
        MeteredChoice::Never => fl!("metered-never"),
    };
    let verify = if preferences.verify_senders { fl!("cli-on") } else { fl!("cli-off") };
    table.row(vec![fl!("settings-verify-senders"), verify]);
    table.row(vec![fl!("settings-metered"), metered]);
    table.row(vec![fl!("cli-undo-seconds"), preferences.undo_seconds.to_string()]);
    table.render(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays_as_it_is() {
        let args = |verify_senders, metered| Args { verify_senders, metered, undo_seconds: None, json: false };
        let before = Preferences { undo_seconds: 30, conversations: false, ..Preferences::default() };
        let after = changed(before.clone(), &args(Some(true), None));
        assert_eq!(after, Preferences { verify_senders: true, ..before });
        let again = changed(after.clone(), &args(None, Some(MeteredChoice::Always)));
        assert_eq!((again.verify_senders, again.metered), (true, MeteredChoice::Always));
        assert!(render(&again, None).contains("30"));
        assert!(switch("yes").is_err() && metered("").is_err());
    }
}
