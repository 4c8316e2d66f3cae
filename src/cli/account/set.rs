//! `postwren account set N [--offline full|headers|MONTHS] [--pin M] [--unpin M] [--connections N]`

use super::super::failure::Failure;
use super::super::output;
use crate::fl;
use crate::service::model::{Account, MailboxPath, Offline, Protocol};
use crate::service::{Command, Handle, Problem};

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub struct Args {
    /// The account
    #[arg(value_name = "N")]
    name: String,
    /// How much of each message is kept here: all, its headers, or all of those of the last so many MONTHS. What is
    /// here stays; the rest comes when a message is opened
    #[arg(long, value_name = "full|headers|MONTHS", group = "change", value_parser = offline)]
    offline: Option<Offline>,
    /// Watch this mailbox as the Inbox is watched, by a connection of its own
    #[arg(long, value_name = "M", group = "change")]
    pin: Vec<String>,
    /// Do not watch this mailbox any more
    #[arg(long, value_name = "M", group = "change")]
    unpin: Vec<String>,
    /// Connections to the server at most; 0 leaves it to Postwren
    #[arg(long, value_name = "COUNT", group = "change", value_parser = clap::value_parser!(u8).range(0..=50))]
    connections: Option<u8>,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let mut account = super::find(handle, &args.name).await?;
    if account.incoming.protocol != Protocol::Imap {
        return Err(Failure::Sentence(fl!("cli-account-set-imap", name = args.name)));
    }
    let known = handle.mailboxes(Some(&account.name)).await?;
    for path in &args.pin {
        if !known.iter().any(|mailbox| mailbox.path.0 == *path) {
            return Err(Problem::not_found(format!("{}/{path}", account.name)).into());
        }
    }
    change(&mut account, args);
    let name = account.name.clone();
    handle.execute(Command::AddAccount { account: Box::new(account), secret: None }).await?;
    output::line(&fl!("cli-account-changed", name = name))
}

fn change(account: &mut Account, args: Args) {
    let Args { offline, pin, unpin, connections, .. } = args;
    account.offline = offline.unwrap_or(account.offline);
    account.connections = connections.unwrap_or(account.connections);
    account.pinned.retain(|path| !unpin.contains(&path.0));
    for path in pin.into_iter().map(MailboxPath) {
        if !account.pinned.contains(&path) {
            account.pinned.push(path);
        }
    }
}

fn offline(text: &str) -> Result<Offline, String> {
    match text {
        "full" => Ok(Offline::Full),
        "headers" => Ok(Offline::Headers),
        _ => match text.parse() {
            Ok(months @ 1..=1200) => Ok(Offline::Months(months)),
            _ => Err("use full, headers, or a number of months from 1".into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays_as_it_is() {
        let lists = || MailboxPath("Lists".into());
        let mut account = Account { pinned: vec![lists()], connections: 3, ..Account::default() };
        let args = |offline, pin: &[&str], unpin: &[&str]| Args {
            name: "ada".into(),
            offline,
            pin: pin.iter().map(|p| (*p).into()).collect(),
            unpin: unpin.iter().map(|p| (*p).into()).collect(),
            connections: None,
        };
        change(&mut account, args(Some(Offline::Months(6)), &["Work", "Lists"], &[]));
        assert_eq!(account.pinned, [lists(), MailboxPath("Work".into())]);
        change(&mut account, args(None, &[], &["Lists", "Nowhere"]));
        assert_eq!((account.pinned.len(), account.connections, account.offline), (1, 3, Offline::Months(6)));
    }

    #[test]
    fn values_are_checked_where_they_are_given() {
        assert_eq!((offline("full"), offline("12")), (Ok(Offline::Full), Ok(Offline::Months(12))));
        assert!(["", "0", "-1", "some", "99999"].iter().all(|bad| offline(bad).is_err()));
    }
}
