//! What lists are asked for and what they answer: sorted, filtered, flat or by conversations, and saved searches.
//!
//! Everything is paged by position, and costs what the page costs. How: [`crate::storage::index::list`].
//! A listener asks for its visible page again when [`Event::Mailbox`](super::Event::Mailbox) names its mailbox;
//! that event also comes where a message elsewhere joined or parted conversations of this one.

use super::model::{Address, MailboxId, MessageId, Query, Row};
pub use crate::mail::listing::{Filter, Sort, SortBy};
use serde::Serialize;

/// Which list: of what, in which form and order, and what of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListQuery {
    pub of: Query,
    /// One row for each conversation of a mailbox, not for each message.
    pub threaded: bool,
    pub sort: Sort,
    pub filter: Filter,
}

impl ListQuery {
    /// Messages, the newest first.
    pub fn flat(of: Query) -> ListQuery {
        ListQuery { of, threaded: false, sort: Sort::default(), filter: Filter::default() }
    }
    /// Conversations, the one with the newest message first.
    pub fn threaded(of: Query) -> ListQuery {
        ListQuery { threaded: true, ..ListQuery::flat(of) }
    }
}

/// A part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// Position of the first row among all.
    pub start: u64,
    pub rows: Vec<ListRow>,
    /// Rows of the whole list.
    pub total: u64,
    /// Messages in the mailboxes that are not read, whatever the filter.
    pub unread: u64,
    /// Where days begin among the rows, for a list by date; else empty.
    pub days: Vec<DayStart>,
}

/// A day begins with this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayStart {
    /// Among all rows.
    pub position: u64,
    pub day: jiff::civil::Date,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListRow {
    /// The message; of a conversation, its newest one in this mailbox.
    #[serde(flatten)]
    pub row: Row,
    /// In a list of conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationRow>,
}

/// What a row tells of a conversation: of its messages in this mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConversationRow {
    pub id: ConversationId,
    pub count: u64,
    pub unread: u64,
    pub starred: u64,
    /// Messages that have attachments.
    pub with_attachments: u64,
    pub answered: bool,
    pub forwarded: bool,
    /// Who wrote its newest messages, each once, in the order in which they first wrote.
    pub participants: Vec<Participant>,
}

/// Who takes part in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Participant {
    pub address: Address,
    /// Wrote something here that is not read.
    pub unread: bool,
}

/// A conversation. The number is good for comparing rows; when conversations join, one of their numbers goes. What is
/// to be kept longer is the id of one of its messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ConversationId(pub i64);

/// A conversation opened for reading: a part of its messages, wherever they are, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationView {
    pub id: ConversationId,
    pub messages: Vec<ConversationMessage>,
    /// Position of the first of them.
    pub start: u64,
    /// Messages of the whole conversation, each counted once.
    pub total: u64,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConversationMessage {
    /// Where it lies in several mailboxes: the one that was asked for, else in the Inbox rather than elsewhere.
    pub row: Row,
    /// Everywhere that it lies, that of `row` among them.
    pub places: Vec<ConversationPlace>,
}

/// Where one of the copies of a message lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConversationPlace {
    pub id: MessageId,
    pub mailbox: MailboxId,
    pub account: String,
}

/// A search kept under a name, shown as a folder: list it with [`Query::Saved`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SavedSearch {
    pub id: SavedSearchId,
    pub name: String,
    /// What is searched for, as it was typed: see [`crate::mail::search`].
    pub line: String,
}

/// Names a saved search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct SavedSearchId(pub i64);

/// How many messages a saved search finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SavedCount {
    pub id: SavedSearchId,
    pub total: u64,
    pub unread: u64,
}
