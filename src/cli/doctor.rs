//! `postwren doctor [--rebuild-index]`

use super::failure::Failure;
use super::output;
use super::progress::Wait;
use crate::fl;
use crate::service::Handle;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Make the index anew from the Maildirs; they themselves are not touched
    #[arg(long)]
    rebuild_index: bool,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let wait = Wait::start(if args.rebuild_index { fl!("cli-doctor-rebuilding") } else { fl!("cli-doctor-checking") });
    let lines = handle.doctor(args.rebuild_index).await;
    wait.end();
    lines?.iter().try_for_each(|line| output::line(line))
}
