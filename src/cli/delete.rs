//! `postwren delete ID…`

use super::changed;
use super::failure::Failure;
use crate::service::model::MessageId;
use crate::service::{Command, Handle};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The messages, as `postwren list` names them
    #[arg(value_name = "ID", required = true)]
    ids: Vec<MessageId>,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    changed::tell(&handle.execute(Command::Delete { ids: args.ids }).await?)
}
