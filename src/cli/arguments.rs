//! The arguments, as `--help` tells them.

use super::failure::Failure;
#[cfg(feature = "html")]
use super::render;
use super::{
    account, copy, delete, doctor, flag, folder, import, list, mailboxes, move_to, outbox, queue, search, send,
    settings, show, sync, transcript, undo,
};
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// A calm, fast mail client that never loses a message.
///
/// Without a command it opens the window. Mail lies as Maildirs below the profile's directory.
#[derive(Debug, Parser)]
#[command(
    name = "postwren",
    version,
    override_usage = "postwren [--profile DIR] [--demo] [mailto:… | FILE.eml]\n       postwren [--profile DIR] [--demo] COMMAND …",
    after_help = "Exit status: 0 done, 1 failed with a sentence on standard error, 2 used wrongly.\n\
                  POSTWREN_LOG=debug writes a log to standard error."
)]
pub struct Arguments {
    /// The directory that holds everything of one profile: settings, mail, queue
    #[arg(long, value_name = "DIR", global = true, conflicts_with = "demo")]
    pub profile: Option<PathBuf>,

    /// Try it out: two accounts full of mail on a server inside the program, gone at the end
    #[arg(long, global = true)]
    pub demo: bool,

    /// What the window opens with: a mailto: address to write to, or a message to read
    #[arg(value_name = "mailto:… | FILE.eml")]
    pub open: Option<OsString>,

    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add, list, check, set up or remove accounts
    Account(account::Args),
    /// Receive, carry out what is queued, send the Outbox
    Sync(sync::Args),
    /// List mailboxes with their counts
    Mailboxes(mailboxes::Args),
    Mailbox(folder::Args),
    /// List the messages of a mailbox, newest first
    List(list::Args),
    /// Find messages by every word in them, newest first
    Search(search::Args),
    /// Show a message
    Show(show::Args),
    #[cfg(feature = "html")]
    Render(render::Args),
    /// Set and clear flags: seen, flagged, answered, forwarded, draft, deleted
    Flag(flag::Args),
    /// Move messages to another mailbox
    Move(move_to::Args),
    /// Copy messages to another mailbox
    Copy(copy::Args),
    Delete(delete::Args),
    /// Take in mail that other programs left: Maildirs, mboxes, .eml files. Made again, it goes on where it was cut
    Import(import::Args),
    Undo(undo::Args),
    Queue(queue::Args),
    /// Send a ready message (RFC 5322) to its To, Cc and Bcc
    Send(send::Args),
    /// List what waits to be sent; send it again or take it back
    Outbox(outbox::Args),
    Settings(settings::Args),
    /// Print the recorded dialogues with the servers; passwords are never in them
    Transcript(transcript::Args),
    /// Check the index against the mail on disk
    Doctor(doctor::Args),
}

impl Command {
    /// Whether the service works by itself meanwhile, until it is interrupted.
    pub fn watches(&self) -> bool {
        matches!(self, Command::Sync(args) if args.watch)
    }

    /// The accounts that are connected meanwhile; all where none is named.
    pub fn watched(&self) -> Vec<String> {
        match self {
            Command::Sync(args) if args.watch => args.accounts.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether a demo needs its mail before this makes sense.
    pub fn needs_mail(&self) -> bool {
        !matches!(self, Command::Sync(_) | Command::Account(_) | Command::Settings(_))
    }

    /// What must be right before the profile is opened, such as standard input read to its end.
    pub fn prepare(&mut self) -> Result<(), Failure> {
        match self {
            Command::Account(args) => args.prepare(),
            Command::Send(args) => args.prepare(),
            Command::Flag(args) => args.prepare(),
            Command::Import(args) => args.prepare(),
            _ => Ok(()),
        }
    }
}

/// What the window opens with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// A `mailto:` URL (RFC 6068), as given.
    Mailto(String),
    /// A file that holds a message.
    Message(PathBuf),
}

impl Arguments {
    /// Reads what the window should open with.
    ///
    /// # Errors
    /// [`Failure::Usage`] for what is neither a `mailto:` URL nor a file: most likely a mistyped command.
    pub fn open(&self) -> Result<Option<Open>, Failure> {
        let Some(given) = &self.open else { return Ok(None) };
        let text = given.to_string_lossy();
        if text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
            return Ok(Some(Open::Mailto(text.into_owned())));
        }
        let path = PathBuf::from(given);
        if path.is_file() {
            return Ok(Some(Open::Message(std::path::absolute(&path).unwrap_or(path))));
        }
        Err(Failure::Usage(crate::fl!("cli-no-such-command", word = text.into_owned())))
    }
}

#[cfg(test)]
#[path = "arguments/tests.rs"]
mod tests;
