//! `postwren list MAILBOX [--limit K]`

use super::failure::Failure;
use super::mailbox::{self, MailboxName};
use super::message;
use super::output;
use crate::fl;
use crate::service::Handle;
use crate::service::model::Query;
use jiff::Zoned;

/// Rows that are asked for and printed at a time, so that a long list neither waits nor fills the memory.
const CHUNK: u64 = 500;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// ACCOUNT/path, as `postwren mailboxes` lists them
    #[arg(value_name = "MAILBOX")]
    mailbox: MailboxName,
    /// At most so many, the newest
    #[arg(long, value_name = "K")]
    limit: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let query = Query::Mailbox(mailbox::find(handle, &args.mailbox).await?.id);
    let name = args.mailbox.to_string();
    let now = Zoned::now();
    let (mut start, mut shown) = (0, 0);
    let limit = args.limit.unwrap_or(u64::MAX);
    while start < limit {
        let end = start.saturating_add(CHUNK).min(limit);
        let page = handle.envelopes(&query, start..end).await?;
        if page.rows.is_empty() {
            break;
        }
        let first = shown == 0;
        shown += page.rows.len();
        output::print(&if args.json {
            message::json_part(&page.rows, first, |_| &name)?
        } else {
            message::table(&page.rows, &now, first, output::width())
        })?;
        start = end;
    }
    match (args.json, shown) {
        (true, 0) => output::print("[]\n"),
        (true, _) => output::print("\n]\n"),
        (false, 0) => {
            output::remark(&fl!("cli-list-empty", mailbox = name));
            Ok(())
        }
        (false, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::model::{Address, Flags, MailboxId, MessageId, Row};

    fn row(id: u64, subject: &str, flags: Flags) -> Row {
        Row {
            id: MessageId(id),
            mailbox: MailboxId(1),
            from: vec![Address { name: "Charles Babbage".into(), addr: "charles@babbage.example".into() }],
            to: Vec::new(),
            subject: subject.into(),
            preview: "The cards".into(),
            date: 1_795_423_320,
            flags,
            attachments: 2,
            size: 4000,
            keywords: Vec::new(),
            headers_only: false,
        }
    }

    #[test]
    fn messages_are_listed_for_people() {
        let now: Zoned = "2026-11-24T10:00:00+00:00[UTC]".parse().expect("a moment");
        let rows = [row(1, "The engine\u{1b}[2J", Flags::empty()), row(2, "Again", Flags::SEEN.union(Flags::FLAGGED))];
        let expected = "ID             FLAGS   @  DATE       FROM             SUBJECT\n\
                        0000000000001  N-----  2  Yesterday  Charles Babbage  The engine\u{fffd}[2J\n\
                        0000000000002  -F----  2  Yesterday  Charles Babbage  Again\n";
        assert_eq!(message::table(&rows, &now, true, None), expected);
        assert_eq!(message::table(&rows, &now, false, None), expected.split_once('\n').expect("lines").1);
    }

    #[test]
    fn chunks_make_one_json_array() {
        let parts = [
            message::json_part(&[row(1, "a\u{9b}", Flags::SEEN)], true, |_| "ada/INBOX").expect("JSON"),
            message::json_part(&[row(2, "b", Flags::empty()), row(3, "c", Flags::empty())], false, |_| "ada/INBOX")
                .expect("JSON"),
            "\n]\n".to_string(),
        ];
        let all: serde_json::Value = serde_json::from_str(&parts.concat()).expect("an array");
        assert_eq!(all.as_array().map(Vec::len), Some(3));
        assert_eq!(all[0]["id"], "0000000000001");
        assert_eq!(all[0]["subject"], "a\u{9b}");
        assert_eq!(all[0]["flags"], serde_json::json!(["seen"]));
        assert_eq!(all[0]["date"], "2026-11-23T08:42:00Z");
        assert_eq!(all[0]["from"][0]["addr"], "charles@babbage.example");
    }
}
