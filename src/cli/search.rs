//! `postwren search QUERY [--limit K] [--json] [--save NAME]`

use super::failure::Failure;
use super::message;
use super::output;
use crate::fl;
use crate::i18n::units;
use crate::service::model::{MailboxId, Row, SearchOrder};
use crate::service::{Command, Handle};
use jiff::Zoned;
use std::collections::HashMap;

/// Rows that are asked for and printed at a time.
const CHUNK: u64 = 500;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Words; from: to: subject: body: filename: in: account: before: after: on: larger: smaller: is: has:attachment;
    /// "a phrase", -without, a OR b, (groups), begin*
    #[arg(value_name = "QUERY", required = true)]
    words: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "K", default_value_t = 50)]
    limit: u64,
    /// Keep the search under this name, as a folder of the window
    #[arg(long, value_name = "NAME")]
    save: Option<String>,
    /// Those first in which the words tell most, not the newest
    #[arg(long)]
    relevance: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    // Words of messages that came since; nothing where none came.
    handle.read_words().await?;
    let line = args.words.join(" ");
    if let Some(name) = &args.save {
        handle.execute(Command::SaveSearch { name: name.clone(), line: line.clone() }).await?;
        output::remark(&fl!("cli-search-saved", name = name.clone()));
    }
    let order = if args.relevance { SearchOrder::Relevance } else { SearchOrder::Date };
    let names = if args.json { names(handle).await? } else { HashMap::new() };
    let (mut start, mut searched) = (0, 0);
    while start < args.limit {
        let end = start.saturating_add(CHUNK).min(args.limit);
        let page = handle.search(&line, false, order, start..end).await?;
        searched = page.searched;
        if page.rows.is_empty() {
            break;
        }
        let (rows, first) = (&page.rows, start == 0);
        let name = |row: &Row| names.get(&row.mailbox).map_or("", String::as_str);
        output::print(&if args.json {
            message::json_part(rows, first, name)?
        } else {
            // Asked for only here: the first question for the time of day reads all names of time zones.
            message::table(rows, &Zoned::now(), first, output::width())
        })?;
        start = start.saturating_add(u64::try_from(page.rows.len()).unwrap_or(u64::MAX));
    }
    match (args.json, start) {
        (true, 0) => output::print("[]\n"),
        (true, _) => output::print("\n]\n"),
        (false, 0) => {
            output::remark(&fl!("cli-search-nothing", count = searched, shown = units::count(searched)));
            Ok(())
        }
        (false, _) => Ok(()),
    }
}

/// Every mailbox as ACCOUNT/path.
async fn names(handle: &Handle) -> Result<HashMap<MailboxId, String>, Failure> {
    let all = handle.mailboxes(None).await?;
    Ok(all.into_iter().map(|m| (m.id, format!("{}/{}", m.account, m.path))).collect())
}
