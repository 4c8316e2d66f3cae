//! `postwren mailbox create|rename|delete|empty|export|subscribe|unsubscribe MAILBOX`

use super::failure::Failure;
use super::mailbox::{self, MailboxName};
use super::progress::Wait;
use super::{changed, interrupt, output};
use crate::fl;
use crate::i18n::units;
use crate::service::command::ExportFormat;
use crate::service::model::{MailboxId, MailboxPath};
use crate::service::{Command, Handle, Problem};
use std::path::PathBuf;

/// Change the tree of mailboxes: here at once, on the server with the next sync.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make a mailbox
    Create {
        /// The new mailbox: ACCOUNT/path
        mailbox: MailboxName,
    },
    /// Give a mailbox, and all below it, another path
    Rename {
        /// The mailbox: ACCOUNT/path
        mailbox: MailboxName,
        /// Its new name, in the same account: ACCOUNT/path
        to: MailboxName,
    },
    /// Delete a mailbox with all below it
    ///
    /// Its messages go to the Trash. A mailbox in the Trash goes for good, with its messages, ten seconds later with
    /// the next sync: until then “postwren undo” takes it back.
    Delete {
        /// The mailbox: ACCOUNT/path
        mailbox: MailboxName,
    },
    /// Delete every message of a mailbox: to the Trash; in Trash and Junk for good
    Empty {
        /// The mailbox: ACCOUNT/path
        mailbox: MailboxName,
    },
    /// Write every message of a mailbox for other programs, where nothing is yet
    Export {
        /// The mailbox: ACCOUNT/path
        mailbox: MailboxName,
        /// The file, or for single messages the directory, to make
        #[arg(value_name = "PATH")]
        to: PathBuf,
        /// One file, or a directory with a file for each message
        #[arg(long, value_enum, default_value = "mbox")]
        format: Format,
    },
    /// Let mail programs show a mailbox
    Subscribe {
        /// The mailbox: ACCOUNT/path
        mailbox: MailboxName,
    },
    /// Let mail programs hide a mailbox
    Unsubscribe {
        /// The mailbox: ACCOUNT/path
        mailbox: MailboxName,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// One mbox file (mboxrd)
    Mbox,
    /// A directory of .eml files
    Eml,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let command = match args.action {
        Action::Create { mailbox } => Command::CreateMailbox { account: mailbox.account, path: mailbox.path },
        Action::Rename { mailbox, to } => {
            let to = within(&mailbox.account, to)?;
            Command::RenameMailbox { mailbox: mailbox::find(handle, &mailbox).await?.id, to }
        }
        Action::Delete { mailbox } => Command::DeleteMailbox { mailbox: mailbox::find(handle, &mailbox).await?.id },
        Action::Empty { mailbox } => {
            let mailbox = mailbox::find(handle, &mailbox).await?.id;
            return changed::tell(&handle.execute(Command::EmptyMailbox { mailbox }).await?);
        }
        Action::Export { mailbox, to, format } => {
            let mailbox = mailbox::find(handle, &mailbox).await?.id;
            return export(handle, mailbox, to, format).await;
        }
        Action::Subscribe { mailbox } => {
            Command::SetSubscribed { mailbox: mailbox::find(handle, &mailbox).await?.id, subscribed: true }
        }
        Action::Unsubscribe { mailbox } => {
            Command::SetSubscribed { mailbox: mailbox::find(handle, &mailbox).await?.id, subscribed: false }
        }
    };
    handle.execute(command).await?;
    output::line(&fl!("cli-mailbox-changed"))
}

/// An interrupt ends it, and nothing of it stays.
async fn export(handle: &Handle, mailbox: MailboxId, to: PathBuf, format: Format) -> Result<(), Failure> {
    let format = match format {
        Format::Mbox => ExportFormat::Mbox,
        Format::Eml => ExportFormat::Messages,
    };
    let path = to.display().to_string();
    let wait = Wait::start(fl!("cli-mailbox-exporting"));
    let exporting = handle.execute(Command::Export { mailbox, format, to });
    tokio::pin!(exporting);
    let receipt = tokio::select! {
        receipt = &mut exporting => receipt,
        () = interrupt::asked() => {
            handle.execute(Command::StopExport { mailbox }).await?;
            exporting.await
        }
    };
    wait.end();
    let count = units::messages(receipt?.count as u64);
    output::line(&fl!("cli-mailbox-exported", messages = count, path = path))
}

/// A mailbox stays in its account.
fn within(account: &str, to: MailboxName) -> Result<MailboxPath, Problem> {
    if to.account == account {
        return Ok(to.path);
    }
    Err(Problem::invalid(fl!("cli-mailbox-other-account", name = to.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_stays_in_its_account() {
        let name = |text: &str| text.parse::<MailboxName>().expect("a name");
        assert_eq!(within("ada", name("ada/A/B")).expect("a path").0, "A/B");
        assert!(within("ada", name("bob/A")).is_err());
    }
}
