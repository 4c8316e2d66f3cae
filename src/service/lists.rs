//! Lists, conversations and saved searches, asked from the store.

use super::model::*;
use super::problem::Problem;
use super::state::{Result, Shared};
use super::view;
use crate::mail::search::{self, Expression};
use crate::storage;
use jiff::Zoned;
use jiff::tz::TimeZone;
use std::ops::Range;

/// A list as the store is asked for it, with what a saved search looks for.
type Asked = (storage::ListQuery, Option<Expression>);

async fn asked(shared: &Shared, query: &ListQuery) -> Result<Asked> {
    let (of, expression) = match query.of {
        Query::Mailbox(id) => (storage::Query::Mailbox(id), None),
        Query::AllInboxes => (storage::Query::AllInboxes, None),
        Query::Saved(id) => {
            let saved = shared.db(move |store| store.saved_searches().find(id.0)).await?;
            let saved = saved.ok_or_else(|| Problem::not_found(format!("saved search {}", id.0)))?;
            // The query's own place is not looked at.
            (storage::Query::AllInboxes, Some(search::parse(&saved.line, &Zoned::now(), false)))
        }
    };
    Ok((stored(query, of), expression))
}

fn stored(query: &ListQuery, of: storage::Query) -> storage::ListQuery {
    storage::ListQuery { of, threaded: query.threaded, sort: query.sort, filter: query.filter.clone() }
}

pub(super) async fn page(shared: &Shared, query: &ListQuery, range: Range<u64>) -> Result<ListPage> {
    let (query, expression) = asked(shared, query).await?;
    let by_date = query.sort.by == SortBy::Date;
    let page = shared
        .db(move |store| match &expression {
            Some(expression) => store.list_found(expression, &query, range),
            None => store.list(&query, range),
        })
        .await?;
    let storage::ListPage { start, rows, total, unread, date_before } = page;
    let rows: Vec<ListRow> = rows.into_iter().map(row).collect();
    let days = if by_date { days(start, &rows, date_before, &TimeZone::system()) } else { Vec::new() };
    Ok(ListPage { start, rows, total, unread, days })
}

pub(super) async fn position(shared: &Shared, query: &ListQuery, id: MessageId) -> Result<Option<u64>> {
    let (query, expression) = asked(shared, query).await?;
    shared.db(move |store| store.list_position(expression.as_ref(), &query, id)).await
}

pub(super) async fn position_of_date(shared: &Shared, query: &ListQuery, date: i64) -> Result<u64> {
    let (query, expression) = asked(shared, query).await?;
    shared.db(move |store| store.list_position_of_date(expression.as_ref(), &query, date)).await
}

pub(super) async fn ids(shared: &Shared, query: &ListQuery, range: Range<u64>) -> Result<Vec<MessageId>> {
    let (query, expression) = asked(shared, query).await?;
    shared.db(move |store| store.list_ids(expression.as_ref(), &query, range)).await
}

fn row(row: storage::ListRow) -> ListRow {
    let conversation = row.conversation.map(|summed| ConversationRow {
        id: ConversationId(summed.thread),
        count: summed.total,
        unread: summed.unread,
        starred: summed.starred,
        with_attachments: summed.attached,
        answered: summed.answered,
        forwarded: summed.forwarded,
        participants: summed
            .participants
            .into_iter()
            .map(|(address, unread)| Participant { address, unread })
            .collect(),
    });
    ListRow { row: view::row(row.row), conversation }
}

/// Where days begin among rows, by the calendar of a time zone.
fn days(start: u64, rows: &[ListRow], date_before: Option<i64>, zone: &TimeZone) -> Vec<DayStart> {
    let day = |date: i64| jiff::Timestamp::from_second(date).ok().map(|at| zone.to_datetime(at).date());
    let mut before = date_before.and_then(day);
    let mut days = Vec::new();
    for (row, position) in rows.iter().zip(start..) {
        let own = day(row.row.date);
        if let Some(day) = own.filter(|_| own != before) {
            days.push(DayStart { position, day });
        }
        before = own;
    }
    days
}

pub(super) fn opened(opened: storage::Opened) -> ConversationView {
    let message = |message: storage::OpenedMessage| ConversationMessage {
        row: view::row(message.row),
        places: message
            .places
            .into_iter()
            .map(|place| ConversationPlace { id: place.id, mailbox: place.mailbox, account: place.account })
            .collect(),
    };
    ConversationView {
        id: ConversationId(opened.thread),
        messages: opened.messages.into_iter().map(message).collect(),
        start: opened.start,
        total: opened.total,
    }
}

pub(super) async fn saved(shared: &Shared) -> Result<Vec<SavedSearch>> {
    let all = shared.db(|store| store.saved_searches().all()).await?;
    let view = |saved: storage::Saved| SavedSearch { id: SavedSearchId(saved.id), name: saved.name, line: saved.line };
    Ok(all.into_iter().map(view).collect())
}

pub(super) async fn saved_counts(shared: &Shared) -> Result<Vec<SavedCount>> {
    let now = Zoned::now();
    shared
        .db(move |store| {
            let all = ListQuery::flat(Query::AllInboxes);
            let unread = ListQuery { filter: Filter { unread: true, ..Filter::default() }, ..all.clone() };
            let stored = |query| stored(query, storage::Query::AllInboxes);
            let mut counts = Vec::new();
            for saved in store.saved_searches().all()? {
                let expression = search::parse(&saved.line, &now, false);
                counts.push(SavedCount {
                    id: SavedSearchId(saved.id),
                    total: store.count_found(&expression, &stored(&all))?,
                    unread: store.count_found(&expression, &stored(&unread))?,
                });
            }
            Ok(counts)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(date: i64) -> ListRow {
        let row = Row {
            id: MessageId(1),
            mailbox: MailboxId(1),
            from: Vec::new(),
            to: Vec::new(),
            subject: String::new(),
            preview: String::new(),
            date,
            flags: Flags::empty(),
            attachments: 0,
            size: 0,
            keywords: Vec::new(),
            headers_only: false,
        };
        ListRow { row, conversation: None }
    }

    #[test]
    fn days_begin_where_the_calendar_says_and_not_twice() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        // 23:30 UTC is the next day an hour further east.
        let rows = [86_400 * 2, 86_400 * 2 - 1800, 86_400 * 2 - 3601, 86_400].map(row);
        let starts = |before| days(10, &rows, before, &zone).iter().map(|d| d.position).collect::<Vec<_>>();
        assert_eq!(starts(None), [10, 12]);
        assert_eq!(starts(Some(86_400 * 2 + 60)), [12]);
        assert_eq!(days(10, &rows, None, &zone)[1].day.to_string(), "1970-01-02");
    }
}
