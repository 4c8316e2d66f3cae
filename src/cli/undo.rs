//! `postwren undo [--list]`

use super::failure::Failure;
use super::table::Table;
use super::{message, output};
use crate::fl;
use crate::i18n::units;
use crate::service::model::{UndoEntry, UndoKind};
use crate::service::{Command, Handle};
use jiff::Zoned;
use serde_json::{Value, json};

/// Take the latest change back: flags, moves, copies, deletions, and changes of mailboxes, for a day.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// List what can be taken back, the newest first
    #[arg(long)]
    list: bool,
    /// Print the list as JSON
    #[arg(long, requires = "list")]
    json: bool,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let history = handle.undo_history().await?;
    if args.json {
        return output::json(&history.iter().map(to_json).collect::<Vec<_>>());
    }
    let Some(last) = history.first() else {
        output::remark(&fl!("cli-undo-none"));
        return Ok(());
    };
    if args.list {
        return output::print(&render(&history, &Zoned::now(), output::width()));
    }
    handle.execute(Command::UndoLast).await?;
    output::line(&fl!("cli-undone", change = words(last)))
}

fn render(history: &[UndoEntry], now: &Zoned, width: Option<usize>) -> String {
    let mut table = Table::new(vec![fl!("cli-column-date"), fl!("cli-column-change")], &[]);
    for entry in history {
        table.row(vec![units::short_date(entry.at, now), words(entry)]);
    }
    table.render(width)
}

/// “move (3 messages)”
fn words(entry: &UndoEntry) -> String {
    let kind = match entry.kind {
        UndoKind::Flags => fl!("cli-change-flags"),
        UndoKind::Move => fl!("cli-change-move"),
        UndoKind::Copy => fl!("cli-change-copy"),
        UndoKind::Delete => fl!("cli-change-delete"),
        UndoKind::CreateMailbox => fl!("cli-change-create-mailbox"),
        UndoKind::RenameMailbox => fl!("cli-change-rename-mailbox"),
        UndoKind::DeleteMailbox => fl!("cli-change-delete-mailbox"),
        UndoKind::Subscribe => fl!("cli-change-subscription"),
    };
    if entry.count == 0 { kind } else { format!("{kind} ({})", units::messages(entry.count)) }
}

fn to_json(entry: &UndoEntry) -> Value {
    let mut value = json!(entry);
    value["at"] = message::moment(entry.at);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_says_what_and_how_many() {
        let now: Zoned = "2026-11-24T10:00:00+00:00[UTC]".parse().expect("a moment");
        let at = now.timestamp().as_second();
        let all = [
            UndoEntry { token: 2, at, kind: UndoKind::Move, count: 3 },
            UndoEntry { token: 1, at, kind: UndoKind::RenameMailbox, count: 0 },
        ];
        let text = render(&all, &now, None);
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert!(lines[0].ends_with("move (3 messages)") && lines[1].ends_with("rename mailbox"), "{text}");
        assert_eq!(to_json(&all[1])["kind"], "rename_mailbox");
    }
}
