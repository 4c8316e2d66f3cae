//! Lists of conversations, conversations opened, and saved searches, from a mailbox on a server to the window's side.

use super::*;
use crate::service::{Event, ProblemKind};

/// Two people over three days: a question, an answer in Sent, the thanks; and something else.
async fn world() -> World {
    let world = World::imap().await;
    let message = |id: &str, refs: &str, from: &str, subject: &str, day: u32| {
        format!(
            "From: {from} <{from}@a.example>\r\nTo: {ADA}\r\nSubject: {subject}\r\nMessage-ID: <{id}@a.example>\r\n\
             {refs}Date: Tue, {day} Nov 2026 10:00:00 +0000\r\n\r\n{subject} of day {day}.\r\n"
        )
    };
    let question = message("q", "", "Charles", "The engine", 3);
    let answer = message("a", "In-Reply-To: <q@a.example>\r\n", "Ada", "AW: The engine", 4);
    let thanks = message("t", "References: <q@a.example> <a@a.example>\r\n", "Charles", "Re: The engine", 5);
    let other = message("o", "", "Mary", "Tea", 4);
    for (path, raw) in [("INBOX", &question), ("Sent", &answer), ("INBOX", &thanks), ("INBOX", &other)] {
        world.server.deliver(ADA, path, raw.as_bytes()).unwrap();
    }
    world.synchronise().await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_one_row_and_opens_across_mailboxes() {
    let world = world().await;
    let inbox = world.mailbox("INBOX").await.id;
    let query = ListQuery::threaded(Query::Mailbox(inbox));
    let page = world.handle.list(&query, 0..10).await.unwrap();
    assert_eq!((page.total, page.unread, page.days.len()), (2, 3, 2));
    let (first, second) = (&page.rows[0], &page.rows[1]);
    let engine = first.conversation.as_ref().unwrap();
    assert_eq!((first.row.subject.as_str(), second.row.subject.as_str()), ("Re: The engine", "Tea"));
    assert_eq!((engine.count, engine.unread, engine.participants.len()), (2, 2, 1));
    assert_eq!(world.handle.list_position(&query, second.row.id).await.unwrap(), Some(1));

    let opened = world.handle.conversation(first.row.id, 0..u64::MAX).await.unwrap();
    let subjects: Vec<&str> = opened.messages.iter().map(|m| m.row.subject.as_str()).collect();
    assert_eq!(subjects, ["The engine", "AW: The engine", "Re: The engine"]);
    assert_eq!((opened.id, opened.total), (engine.id, 3));

    // What is done to the row is done to both of its messages here, and to none elsewhere.
    let ids = world.handle.whole_conversations(&[first.row.id]).await.unwrap();
    assert_eq!(ids, world.handle.list_ids(&query, 0..1).await.unwrap());
    assert_eq!(ids.len(), 2);
    world.execute(Command::SetFlags { ids, add: Flags::SEEN, remove: Flags::empty() }).await;
    let unread = ListQuery { filter: Filter { unread: true, ..Filter::default() }, ..query.clone() };
    let rows = world.handle.list(&unread, 0..10).await.unwrap().rows;
    assert_eq!(rows.iter().map(|r| r.row.subject.as_str()).collect::<Vec<_>>(), ["Tea"]);
    let by_sender = ListQuery { sort: Sort { by: SortBy::Sender, ascending: false }, ..query };
    let rows = world.handle.list(&by_sender, 0..10).await.unwrap().rows;
    assert_eq!(rows.iter().map(|r| r.row.subject.as_str()).collect::<Vec<_>>(), ["Tea", "Re: The engine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_the_same_after_the_index_was_lost() {
    let world = world().await;
    let inbox = world.mailbox("INBOX").await.id;
    let query = ListQuery::threaded(Query::Mailbox(inbox));
    let rows = |page: ListPage| -> Vec<(MessageId, u64)> {
        page.rows.into_iter().map(|r| (r.row.id, r.conversation.unwrap().count)).collect()
    };
    let before = rows(world.handle.list(&query, 0..10).await.unwrap());
    world.handle.doctor(true).await.unwrap();
    assert_eq!(rows(world.handle.list(&query, 0..10).await.unwrap()), before);
    let opened = world.handle.conversation(before[0].0, 0..10).await.unwrap();
    assert_eq!(opened.total, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_elsewhere_that_joins_conversations_is_told_where_they_are_listed() {
    let world = world().await;
    let inbox = world.mailbox("INBOX").await.id;
    let late = "From: x@a.example\r\nSubject: Both\r\nMessage-ID: <l@a.example>\r\n\
                References: <q@a.example> <o@a.example>\r\n\r\nx\r\n";
    world.server.deliver(ADA, "Archive", late.as_bytes()).unwrap();
    let mut events = world.handle.subscribe();
    world.synchronise().await;
    let mut told = false;
    while let Ok(event) = events.try_recv() {
        told |= event == Event::Mailbox { id: inbox };
    }
    assert!(told);
    let query = ListQuery::threaded(Query::Mailbox(inbox));
    assert_eq!(world.handle.list(&query, 0..10).await.unwrap().total, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_search_is_a_list_like_others() {
    let world = world().await;
    world.handle.read_words().await.unwrap();
    let mut events = world.handle.subscribe();
    let save = Command::SaveSearch { name: "Engines".into(), line: "subject:engine".into() };
    let id = world.execute(save).await.saved.unwrap();
    assert_eq!(events.try_recv().unwrap(), Event::SavedSearches);
    let refused = Command::SaveSearch { name: "engines".into(), line: "tea".into() };
    let problem = world.handle.execute(refused).await.unwrap_err();
    assert!(matches!(problem.kind, ProblemKind::Invalid { .. }), "{problem}");

    let count = SavedCount { id, total: 3, unread: 3 };
    assert_eq!(world.handle.saved_counts().await.unwrap(), [count]);
    let sort = Sort { by: SortBy::Date, ascending: true };
    let query = ListQuery { sort, ..ListQuery::flat(Query::Saved(id)) };
    let page = world.handle.list(&query, 1..3).await.unwrap();
    let subjects: Vec<&str> = page.rows.iter().map(|r| r.row.subject.as_str()).collect();
    assert_eq!((page.total, subjects), (3, vec!["AW: The engine", "Re: The engine"]));
    let read = page.rows[0].row.id;
    assert_eq!(world.handle.list_position(&query, read).await.unwrap(), Some(1));
    world.execute(Command::SetFlags { ids: vec![read], add: Flags::SEEN, remove: Flags::empty() }).await;
    assert_eq!(world.handle.saved_counts().await.unwrap(), [SavedCount { unread: 2, ..count }]);

    world.execute(Command::RenameSearch { id, name: "Mills".into() }).await;
    let world = world.restart().await;
    let saved = world.handle.saved_searches().await.unwrap();
    assert_eq!(saved, [SavedSearch { id, name: "Mills".into(), line: "subject:engine".into() }]);
    world.execute(Command::DeleteSearch { id }).await;
    assert_eq!(world.handle.saved_searches().await.unwrap(), []);
    let problem = world.handle.list(&query, 0..1).await.unwrap_err();
    assert!(matches!(problem.kind, ProblemKind::NotFound { .. }), "{problem}");
}
