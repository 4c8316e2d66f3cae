//! `postwren list MAILBOX [--threads] [--sort KEY] [--ascending] [--filter WHAT] [--text WORDS] [--limit K]`

use super::failure::Failure;
use super::mailbox::{self, MailboxName};
use super::message;
use super::output;
use crate::fl;
use crate::service::Handle;
use crate::service::model::{Filter, ListQuery, Query, Sort, SortBy};
use jiff::Zoned;

/// Rows that are asked for and printed at a time, so that a long list neither waits nor fills the memory.
const CHUNK: u64 = 500;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// ACCOUNT/path, as `postwren mailboxes` lists them
    #[arg(value_name = "MAILBOX")]
    mailbox: MailboxName,
    /// One line for each conversation, with the number of its messages in the mailbox
    #[arg(long)]
    threads: bool,
    /// By what it is sorted, the greatest first: the newest, Z before A
    #[arg(long, value_name = "KEY", default_value = "date")]
    sort: Key,
    /// The least first: the oldest, A before Z
    #[arg(long)]
    ascending: bool,
    /// Only what is all of these; of a conversation some message must be
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    filter: Vec<What>,
    /// Only what has these words in its sender or subject
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// At most so many
    #[arg(long, value_name = "K")]
    limit: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Key {
    Date,
    Sender,
    Subject,
    Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    Unread,
    Starred,
    Attachment,
}

impl Args {
    fn query(&self, of: Query) -> ListQuery {
        let by = match self.sort {
            Key::Date => SortBy::Date,
            Key::Sender => SortBy::Sender,
            Key::Subject => SortBy::Subject,
            Key::Size => SortBy::Size,
        };
        let filter = Filter {
            unread: self.filter.contains(&What::Unread),
            starred: self.filter.contains(&What::Starred),
            attachment: self.filter.contains(&What::Attachment),
            text: self.text.clone().unwrap_or_default(),
        };
        ListQuery { of, threaded: self.threads, sort: Sort { by, ascending: self.ascending }, filter }
    }
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let query = args.query(Query::Mailbox(mailbox::find(handle, &args.mailbox).await?.id));
    let name = args.mailbox.to_string();
    let now = Zoned::now();
    let (mut start, mut shown) = (0, 0);
    let limit = args.limit.unwrap_or(u64::MAX);
    while start < limit {
        let end = start.saturating_add(CHUNK).min(limit);
        let page = handle.list(&query, start..end).await?;
        if page.rows.is_empty() {
            break;
        }
        let first = shown == 0;
        shown += page.rows.len();
        output::print(&if args.json {
            message::json_list(&page.rows, first, |_| &name)?
        } else {
            message::list_table(&page.rows, &now, first, output::width())
        })?;
        start = end;
    }
    match (args.json, shown) {
        (true, 0) => output::print("[]\n"),
        (true, _) => output::print("\n]\n"),
        (false, 0) => {
            output::remark(&match query.filter.is_empty() {
                true => fl!("cli-list-empty", mailbox = name),
                false => fl!("cli-list-nothing", mailbox = name),
            });
            Ok(())
        }
        (false, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::model::{
        Address, ConversationId, ConversationRow, Flags, ListRow, MailboxId, MessageId, Participant, Row,
    };

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
    fn conversations_tell_how_many_messages_they_are_and_who_wrote() {
        let now: Zoned = "2026-11-24T10:00:00+00:00[UTC]".parse().expect("a moment");
        let who = |name: &str, unread| Participant {
            address: Address { name: name.into(), addr: format!("{name}@a.example") },
            unread,
        };
        let conversation = ConversationRow {
            id: ConversationId(7),
            count: 3,
            unread: 1,
            starred: 1,
            with_attachments: 2,
            answered: true,
            forwarded: false,
            participants: vec![who("Ada", false), who("Charles", true)],
        };
        let rows = [
            ListRow { row: row(1, "The engine", Flags::SEEN), conversation: Some(conversation) },
            ListRow { row: row(2, "Again", Flags::SEEN), conversation: None },
        ];
        let expected = "ID             FLAGS   @  DATE       FROM             SUBJECT\n\
                        0000000000001  NFR---  2  Yesterday  Ada, Charles     (3) The engine\n\
                        0000000000002  ------  2  Yesterday  Charles Babbage  Again\n";
        assert_eq!(message::list_table(&rows, &now, true, None), expected);
        let json = message::json_list(&rows, true, |_| "ada/INBOX").expect("JSON") + "]";
        let all: serde_json::Value = serde_json::from_str(&json).expect("an array");
        assert_eq!(all[0]["conversation"]["count"], 3);
        assert_eq!(all[0]["conversation"]["participants"][1]["address"]["name"], "Charles");
        assert!(all[1].get("conversation").is_none());
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
