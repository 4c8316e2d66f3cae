//! `postwren account add|set|list|check|remove`

mod add;
mod proxy;
mod set;

use super::failure::{Failure, in_words};
use super::output;
use super::progress::Wait;
use super::table::Table;
use crate::fl;
use crate::service::model::{Account, AccountView, AuthMethod, Offline, Pop3Keep, Protocol, SecretSource};
use crate::service::{Command, Handle, Problem};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Add an account, or change the settings of the one with this name
    Add(Box<add::Args>),
    /// Change how much mail is kept here, which mailboxes are watched, how many connections are used, and whether the
    /// server follows when another program removes mail here
    Set(set::Args),
    /// List the accounts
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Try an account's servers, receiving and sending; no mail is sent
    Check {
        /// The account
        #[arg(value_name = "N")]
        name: String,
    },
    /// Remove an account and its mail from this computer; nothing changes on its server
    Remove {
        /// The account
        #[arg(value_name = "N")]
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

impl Args {
    pub fn prepare(&mut self) -> Result<(), Failure> {
        match &mut self.action {
            Action::Add(args) => args.prepare(),
            Action::Set(args) => args.prepare(),
            Action::Remove { name, yes } if !*yes => confirm(name),
            _ => Ok(()),
        }
    }
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    match args.action {
        Action::Add(args) => add::run(*args, handle).await,
        Action::Set(args) => set::run(args, handle).await,
        Action::List { json } => list(&handle.accounts().await?, json),
        Action::Check { name } => check(&name, handle).await,
        Action::Remove { name, .. } => {
            find(handle, &name).await?;
            handle.execute(Command::RemoveAccount { name: name.clone() }).await?;
            output::line(&fl!("cli-account-removed", name = name))
        }
    }
}

/// Mail that is only here would be gone: a person at a terminal is asked, a script has decided.
fn confirm(name: &str) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(());
    }
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{} ", super::plain::line(&fl!("cli-account-remove-ask", name = name)));
    let _ = err.flush();
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    if read.is_ok() && answer.trim() == name { Ok(()) } else { Err(Failure::Sentence(fl!("cli-account-kept"))) }
}

async fn find(handle: &Handle, name: &str) -> Result<Account, Problem> {
    let all = handle.accounts().await?;
    let found = all.into_iter().map(|view| view.account).find(|account| account.name == name);
    found.ok_or_else(|| Problem::not_found(fl!("cli-account-named", name = name)))
}

async fn check(name: &str, handle: &Handle) -> Result<(), Failure> {
    let account = find(handle, name).await?;
    let wait = Wait::start(fl!("cli-account-checking"));
    let report = handle.check(&account, None).await;
    wait.end();
    let report = report?;
    let mut failed = false;
    for (endpoint, outcome) in [(&account.incoming, report.incoming), (&account.outgoing, report.outgoing)] {
        match outcome {
            Ok(found) => output::line(&fl!("cli-account-reached", server = endpoint.to_string(), found = found))?,
            Err(problem) => {
                failed = true;
                super::eprintln(&format!("{endpoint}: {}", in_words(&problem)));
            }
        }
    }
    if failed { Err(Failure::Told) } else { Ok(()) }
}

fn list(all: &[AccountView], json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&all.iter().map(|view| to_json(&view.account)).collect::<Vec<_>>());
    }
    if all.is_empty() {
        output::remark(&fl!("cli-no-accounts"));
        return Ok(());
    }
    let headings =
        vec![fl!("cli-column-account"), fl!("cli-column-address"), fl!("cli-column-receives"), fl!("cli-column-sends")];
    let mut table = Table::new(headings, &[]);
    for Account { name, email, incoming, outgoing, .. } in all.iter().map(|view| &view.account) {
        table.row(vec![name.clone(), email.clone(), incoming.to_string(), outgoing.to_string()]);
    }
    output::print(&table.render(output::width()))
}

fn to_json(account: &Account) -> Value {
    let keep = match account.pop3_keep {
        _ if account.incoming.protocol != Protocol::Pop3 => Value::Null,
        Pop3Keep::Always => json!("always"),
        Pop3Keep::Never => json!("never"),
        Pop3Keep::Days(days) => json!(days),
    };
    let offline = match account.offline {
        _ if account.incoming.protocol != Protocol::Imap => Value::Null,
        Offline::Full => json!("full"),
        Offline::Headers => json!("headers"),
        Offline::Months(months) => json!(months),
    };
    let removals = match account.carry_removals {
        _ if account.incoming.protocol != Protocol::Imap => Value::Null,
        None => json!("ask"),
        Some(true) => json!("carry"),
        Some(false) => json!("fetch"),
    };
    let secret = match account.secret {
        SecretSource::Keyring => "keyring",
        SecretSource::Command(_) => "command",
        SecretSource::File => "file",
    };
    json!({
        "name": account.name,
        "person": account.person,
        "email": account.email,
        "user": account.user,
        "incoming": account.incoming.to_string(),
        "outgoing": account.outgoing.to_string(),
        "auth": if account.auth == AuthMethod::XOAuth2 { "xoauth2" } else { "password" },
        "secret": secret,
        "ca_file": account.ca_file,
        "pop3_keep": keep,
        "proxy": account.proxy.as_ref().map(ToString::to_string),
        "offline": offline,
        "pinned": account.pinned,
        "connections": account.connections,
        "removals": removals,
    })
}
