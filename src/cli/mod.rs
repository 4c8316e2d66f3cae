//! The command line: one file per subcommand, over the same service as the window.
//!
//! Results go to standard output, everything else to standard error. A command that changes
//! something on a server records the change durably and leaves the network to `sync`; `send` and
//! `outbox retry` are the ones that connect at once, because their exit status is the server's
//! answer. Nothing foreign reaches the terminal unchecked: see [`plain`].

mod account;
pub mod arguments;
mod changed;
mod copy;
mod delete;
mod demo;
mod descriptors;
mod doctor;
mod failure;
mod flag;
mod folder;
mod import;
mod interrupt;
mod list;
mod log;
mod mailbox;
mod mailboxes;
mod message;
mod move_to;
mod outbox;
mod output;
mod plain;
mod progress;
mod queue;
#[cfg(feature = "html")]
mod render;
mod search;
mod send;
mod session;
mod settings;
mod show;
mod sync;
mod table;
mod transcript;
mod undo;

pub use arguments::{Arguments, Open};
pub use descriptors::prepare as prepare_descriptors;
pub use failure::{Failure, in_words};
pub use log::start as start_log;
pub use session::Session;

use crate::fl;
use crate::service::{Handle, Mode};
use arguments::Command;
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

/// Reads the arguments; `--help`, `--version` and mistakes end the process here (0, 0, 2).
pub fn parse() -> Arguments {
    Arguments::parse()
}

/// Tells a failure on standard error and turns it into an exit status.
pub fn finish(result: Result<(), Failure>) -> ExitCode {
    let Err(failure) = result else { return ExitCode::SUCCESS };
    match (&failure, failure.sentence()) {
        (Failure::Usage(_), Some(sentence)) => {
            // In clap's own form: the sentence, the usage, where to find more.
            let _ = Arguments::command().error(clap::error::ErrorKind::ValueValidation, sentence).print();
        }
        (_, Some(sentence)) => eprintln(&format!("postwren: {sentence}")),
        (_, None) => {}
    }
    ExitCode::from(failure.code())
}

/// Writes to standard error; that it cannot be read is no reason to fail.
fn eprintln(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Carries out one command on a profile, or on a demo.
pub fn run(runtime: tokio::runtime::Runtime, arguments: Arguments) -> Result<(), Failure> {
    let Some(mut command) = arguments.command else { return Ok(()) };
    // Needs no profile.
    #[cfg(feature = "html")]
    if let Command::Render(args) = command {
        return runtime.block_on(render::run(args));
    }
    command.prepare()?;
    let mode = if command.watches() { Mode::Interactive } else { Mode::Batch };
    let (session, result) = runtime.block_on(async {
        let stop = interrupt::asked();
        let only = command.watched();
        let session = Session::open_for(arguments.profile, arguments.demo, mode, only).await?;
        // Asked to end, a command is dropped where it stands: what is durable goes on the next time. For a watch that
        // is its proper end.
        let stopped = if command.watches() { Ok(()) } else { Err(Failure::Interrupted) };
        let result = tokio::select! {
            biased;
            () = stop => stopped,
            result = carry_out(command, &session) => result,
        };
        Ok::<_, Failure>((session, result))
    })?;
    session.close(runtime);
    result
}

async fn carry_out(command: Command, session: &Session) -> Result<(), Failure> {
    if session.is_demo() {
        output::remark(&fl!("cli-demo"));
        if command.needs_mail() {
            session.fill().await?;
        }
    }
    dispatch(command, session.handle()).await
}

async fn dispatch(command: Command, handle: &Handle) -> Result<(), Failure> {
    match command {
        Command::Account(args) => account::run(args, handle).await,
        Command::Sync(args) => sync::run(args, handle).await,
        Command::Mailboxes(args) => mailboxes::run(args, handle).await,
        Command::Mailbox(args) => folder::run(args, handle).await,
        Command::List(args) => list::run(args, handle).await,
        Command::Show(args) => show::run(args, handle).await,
        #[cfg(feature = "html")]
        Command::Render(args) => render::run(args).await,
        Command::Flag(args) => flag::run(args, handle).await,
        Command::Move(args) => move_to::run(args, handle).await,
        Command::Copy(args) => copy::run(args, handle).await,
        Command::Delete(args) => delete::run(args, handle).await,
        Command::Search(args) => search::run(args, handle).await,
        Command::Import(args) => import::run(args, handle).await,
        Command::Send(args) => send::run(args, handle).await,
        Command::Queue(args) => queue::run(args, handle).await,
        Command::Undo(args) => undo::run(args, handle).await,
        Command::Outbox(args) => outbox::run(args, handle).await,
        Command::Transcript(args) => transcript::run(args, handle).await,
        Command::Settings(args) => settings::run(args, handle).await,
        Command::Doctor(args) => doctor::run(args, handle).await,
    }
}
