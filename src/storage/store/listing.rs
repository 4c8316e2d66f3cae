//! Lists and conversations.

use super::Store;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::listing::{Filter, Sort};
use crate::mail::search::Expression;
use crate::storage::error::{Error, Result};
use crate::storage::index::conversation;
use crate::storage::index::list::{self, List, Search};
use crate::storage::search::Order;
use crate::storage::{ListPage, ListQuery, Opened, Page, Query};
use std::ops::Range;

impl Store {
    /// Messages `range` of a query, newest first.
    ///
    /// # Errors
    /// What the databases say, as every call here.
    pub fn page(&self, query: &Query, range: Range<u64>) -> Result<Page> {
        let query = ListQuery { of: query.clone(), threaded: false, sort: Sort::default(), filter: Filter::default() };
        let ListPage { start, rows, total, unread, .. } = self.list(&query, range)?;
        Ok(Page { start, rows: rows.into_iter().map(|row| row.row).collect(), total, unread })
    }

    /// Rows `range` of a list. Costs what the range costs, wherever it lies: see [`list`].
    pub fn list(&self, query: &ListQuery, range: Range<u64>) -> Result<ListPage> {
        list::with(&self.inner.index, query, None, |list| list.page(range))
    }

    /// As [`Store::list`], of the messages that an expression finds, whatever `query` is of.
    pub fn list_found(&self, expression: &Expression, query: &ListQuery, range: Range<u64>) -> Result<ListPage> {
        self.with_found(expression, query, |list| list.page(range))
    }

    /// How many messages an expression finds.
    pub fn count_found(&self, expression: &Expression, query: &ListQuery) -> Result<u64> {
        self.with_found(expression, query, |list| list.total())
    }

    /// The position of a message or its conversation in a list; `None` where the list does not have it.
    pub fn list_position(&self, found: Option<&Expression>, query: &ListQuery, id: MessageId) -> Result<Option<u64>> {
        self.with_list(found, query, |list| list.position(id))
    }

    /// The position in a list by date of the first row that is not newer than this Unix time; the oldest first, not
    /// older. The total where there is none, and 0 in another list.
    pub fn list_position_of_date(&self, found: Option<&Expression>, query: &ListQuery, date: i64) -> Result<u64> {
        self.with_list(found, query, |list| list.position_of_date(date))
    }

    /// Ids of the messages behind rows of a list: of a conversation all that it has in its mailbox.
    pub fn list_ids(&self, found: Option<&Expression>, query: &ListQuery, range: Range<u64>) -> Result<Vec<MessageId>> {
        self.with_list(found, query, |list| list.ids(range))
    }

    /// Messages `range` of the conversation of a message, wherever they lie.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn conversation(&self, id: MessageId, range: Range<u64>) -> Result<Opened> {
        let found = self.inner.index.read(|c| conversation::open(c, id, range))?;
        found.ok_or_else(|| Error::NotFound(format!("message {id}")))
    }

    /// All messages of the conversations of these, as far as they are in the same mailboxes.
    pub fn whole_conversations(&self, ids: &[MessageId]) -> Result<Vec<MessageId>> {
        self.inner.index.read(|c| list::conversations_of(c, ids))
    }

    /// Mailboxes in which conversations joined or parted since this was last asked, perhaps because of a message
    /// elsewhere.
    pub fn take_renumbered(&self) -> Vec<MailboxId> {
        self.inner.index.take_renumbered().into_iter().map(MailboxId).collect()
    }

    fn with_list<T>(
        &self,
        found: Option<&Expression>,
        query: &ListQuery,
        work: impl FnOnce(&List<'_>) -> Result<T>,
    ) -> Result<T> {
        match found {
            Some(expression) => self.with_found(expression, query, work),
            None => list::with(&self.inner.index, query, None, work),
        }
    }

    fn with_found<T>(
        &self,
        expression: &Expression,
        query: &ListQuery,
        work: impl FnOnce(&List<'_>) -> Result<T>,
    ) -> Result<T> {
        let (index, search) = (&self.inner.index, &self.inner.search);
        let generation = index.generation();
        let everything = 0..u64::from(u32::MAX);
        let find = || search.find(generation, expression, Order::Date, everything.clone());
        let visited = search.visited(generation)?.seq;
        // Two expressions that print the same are the same.
        let search = Search { name: format!("{expression:?}"), find: &find, visited };
        list::with(index, query, Some(&search), work)
    }
}
