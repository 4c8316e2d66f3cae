//! `postwren import PATH… --to local/NAME`

use super::failure::Failure;
use super::mailbox::MailboxName;
use super::output;
use super::plain;
use super::progress::Bars;
use crate::fl;
use crate::i18n::units;
use crate::service::Handle;
use crate::service::model::{Import, Imported, LOCAL, Quoting};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Maildirs, mboxes, .eml files, and directories with such
    #[arg(value_name = "PATH", required = true, num_args = 1..)]
    paths: Vec<PathBuf>,
    /// Where to: local/NAME; made where there is none
    #[arg(long, value_name = "local/NAME")]
    to: MailboxName,
    /// The mboxes are of the kind that puts > before “From ” alone, and not before “>From ”
    #[arg(long)]
    mboxo: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    /// Refuses what cannot be, before anything is read.
    pub fn prepare(&self) -> Result<(), Failure> {
        if self.to.account == LOCAL { Ok(()) } else { Err(Failure::Usage(fl!("cli-import-local"))) }
    }
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let Args { paths, to, mboxo, json } = args;
    let quoting = if mboxo { Quoting::Mboxo } else { Quoting::Mboxrd };
    let bars = Bars::follow(handle);
    let name = to.to_string();
    let done = handle.import(Import { paths, account: to.account, mailbox: to.path, quoting }).await;
    bars.end().await;
    let done = done?;
    if json {
        output::json(&done)?;
    } else {
        output::line(&line(&name, &done))?;
    }
    for (path, reason) in &done.failures {
        super::eprintln(&plain::line(&fl!(
            "cli-file-failed",
            path = path.display().to_string(),
            reason = reason.as_str()
        )));
    }
    let unnamed = done.failed.saturating_sub(done.failures.len() as u64);
    if unnamed > 0 {
        output::remark(&fl!("cli-import-more-failed", count = unnamed));
    }
    if done.failed > 0 { Err(Failure::Told) } else { Ok(()) }
}

/// What was done, without what there was nothing of.
fn line(name: &str, done: &Imported) -> String {
    let said = |count: u64, words: String| (count > 0).then_some(words);
    let parts: Vec<String> = [
        said(done.known, fl!("cli-import-known", count = done.known, shown = units::count(done.known))),
        said(done.deleted, fl!("cli-import-deleted", count = done.deleted, shown = units::count(done.deleted))),
        said(
            done.passed_over,
            fl!("cli-import-passed", count = done.passed_over, shown = units::count(done.passed_over)),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    let new = fl!("cli-import-new", mailbox = name, messages = units::messages(done.new));
    [vec![new], parts].concat().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_there_was_and_nothing_else() {
        let done = Imported { new: 12_000, ..Imported::default() };
        assert_eq!(line("local/Old", &done), "local/Old: 12\u{202f}000 messages imported");
        let done = Imported { new: 0, known: 1, deleted: 2, passed_over: 3, ..Imported::default() };
        let expected = "local/Old: 0 messages imported, 1 was here already, 2 were deleted in their mbox, \
                        3 files are no mail";
        assert_eq!(line("local/Old", &done), expected);
    }
}
