//! `postwren delete ID…`

use super::changed;
use super::failure::Failure;
use crate::service::model::MessageId;
use crate::service::{Command, Handle};

/// Delete messages: to the Trash, and from the Trash for good.
///
/// What is deleted for good leaves this list at once, and the server ten seconds later with the next sync: until
/// then a window can take it back.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The messages, as `postwren list` names them
    #[arg(value_name = "ID", required = true)]
    ids: Vec<MessageId>,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    changed::tell(&handle.execute(Command::Delete { ids: args.ids }).await?)
}
