//! `postwren account set N [--offline full|headers|MONTHS] [--pin M] [--unpin M] [--connections N]
//! [--removals ask|carry|fetch] [--proxy URL|none]`

use super::super::failure::Failure;
use super::super::output;
use crate::fl;
use crate::service::command::Secret;
use crate::service::model::{Account, MailboxPath, Offline, Protocol, Proxy};
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
    /// What becomes on the server of messages that another program removes here: ask, carry the removal out there too,
    /// or fetch the messages again
    #[arg(long, value_name = "ask|carry|fetch", group = "change", value_parser = removals)]
    removals: Option<Removals>,
    /// Reach the servers through this proxy: socks5://[user@]host[:port] or http://[user@]host[:port]; or none
    #[arg(long, value_name = "URL|none", group = "change", value_parser = proxy)]
    proxy: Option<Through>,
    /// Read the proxy's password from the first line of standard input
    #[arg(long, group = "change")]
    proxy_password_stdin: bool,
    #[arg(skip)]
    proxy_password: Option<Secret>,
}

/// What connections go through.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Through(Option<Proxy>);

/// [`Account::carry_removals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Removals(Option<bool>);

fn removals(text: &str) -> Result<Removals, String> {
    match text {
        "ask" => Ok(Removals(None)),
        "carry" => Ok(Removals(Some(true))),
        "fetch" => Ok(Removals(Some(false))),
        _ => Err("use ask, carry or fetch".into()),
    }
}

fn proxy(text: &str) -> Result<Through, String> {
    if text == "none" {
        return Ok(Through(None));
    }
    Proxy::parse(text).map(|proxy| Through(Some(proxy))).map_err(|error| error.to_string())
}

impl Args {
    /// Reads the password before the profile is opened.
    pub fn prepare(&mut self) -> Result<(), Failure> {
        if self.proxy_password_stdin {
            self.proxy_password = Some(super::add::read_secret(&mut std::io::stdin().lock())?);
        }
        Ok(())
    }

    fn is_about_imap(&self) -> bool {
        self.offline.is_some()
            || self.connections.is_some()
            || self.removals.is_some()
            || !self.pin.is_empty()
            || !self.unpin.is_empty()
    }
}

pub async fn run(mut args: Args, handle: &Handle) -> Result<(), Failure> {
    let mut account = super::find(handle, &args.name).await?;
    if args.is_about_imap() && account.incoming.protocol != Protocol::Imap {
        return Err(Failure::Sentence(fl!("cli-account-set-imap", name = args.name)));
    }
    let known = handle.mailboxes(Some(&account.name)).await?;
    for path in &args.pin {
        if !known.iter().any(|mailbox| mailbox.path.0 == *path) {
            return Err(Problem::not_found(format!("{}/{path}", account.name)).into());
        }
    }
    let password = args.proxy_password.take();
    change(&mut account, args);
    let name = account.name.clone();
    handle.execute(Command::AddAccount { account: Box::new(account), secret: None }).await?;
    if password.is_some() {
        handle.execute(Command::SetProxyPassword { account: name.clone(), password }).await?;
    }
    output::line(&fl!("cli-account-changed", name = name))
}

fn change(account: &mut Account, args: Args) {
    let Args { offline, pin, unpin, connections, removals, proxy, .. } = args;
    if let Some(Through(proxy)) = proxy {
        account.proxy = proxy;
    }
    if let Some(Removals(carry)) = removals {
        account.carry_removals = carry;
    }
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
            removals: None,
            proxy: None,
            proxy_password_stdin: false,
            proxy_password: None,
        };
        change(&mut account, args(Some(Offline::Months(6)), &["Work", "Lists"], &[]));
        assert_eq!(account.pinned, [lists(), MailboxPath("Work".into())]);
        change(&mut account, args(None, &[], &["Lists", "Nowhere"]));
        assert_eq!((account.pinned.len(), account.connections, account.offline), (1, 3, Offline::Months(6)));
        let through = Args { proxy: Some(proxy("socks5://127.0.0.1:9050").unwrap()), ..args(None, &[], &[]) };
        assert!(!through.is_about_imap());
        change(&mut account, through);
        change(&mut account, args(None, &[], &[]));
        assert_eq!(account.proxy.as_ref().map(ToString::to_string).as_deref(), Some("socks5://127.0.0.1:9050"));
        change(&mut account, Args { proxy: Some(proxy("none").unwrap()), ..args(None, &[], &[]) });
        assert_eq!(account.proxy, None);
        for (word, carry) in [("carry", Some(true)), ("fetch", Some(false)), ("ask", None)] {
            let args = Args { removals: Some(removals(word).unwrap()), ..args(None, &[], &[]) };
            assert!(args.is_about_imap());
            change(&mut account, args);
            assert_eq!(account.carry_removals, carry, "{word}");
        }
    }

    #[test]
    fn values_are_checked_where_they_are_given() {
        assert_eq!((offline("full"), offline("12")), (Ok(Offline::Full), Ok(Offline::Months(12))));
        assert!(["", "0", "-1", "some", "99999"].iter().all(|bad| offline(bad).is_err()));
    }
}
