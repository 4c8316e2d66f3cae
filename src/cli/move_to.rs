//! `postwren move ID… MAILBOX`

use super::changed;
use super::failure::Failure;
use super::mailbox::{self, MailboxName};
use crate::service::model::MessageId;
use crate::service::{Command, Handle};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The messages, as `postwren list` names them
    #[arg(value_name = "ID", required = true, num_args = 1..)]
    ids: Vec<MessageId>,
    /// Where to: ACCOUNT/path
    #[arg(value_name = "MAILBOX")]
    to: MailboxName,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let to = mailbox::find(handle, &args.to).await?.id;
    changed::tell(&handle.execute(Command::Move { ids: args.ids, to }).await?)
}
