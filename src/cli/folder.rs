//! `postwren mailbox create|rename|delete|empty|subscribe|unsubscribe MAILBOX`

use super::failure::Failure;
use super::mailbox::{self, MailboxName};
use super::{changed, output};
use crate::fl;
use crate::service::model::MailboxPath;
use crate::service::{Command, Handle, Problem};

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
