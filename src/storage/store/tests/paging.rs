//! Ranges of lists, against the same list sorted in memory.

use super::*;
use proptest::prelude::*;

fn dated(n: u32, date: i64) -> Incoming {
    let at = jiff::Timestamp::from_second(date).unwrap().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let body = format!("From: a@b.test\r\nSubject: {n}\r\nDate: {at}\r\n\r\nx");
    Incoming { body: IncomingBody::Bytes(body.into_bytes()), ..incoming(n) }
}

/// Rows straight into the index: pages do not look at files.
pub(super) fn fill(store: &Store, mailbox: MailboxId, dates: impl Iterator<Item = i64>) {
    use crate::storage::index::messages::NewMessage;
    let summary = |date| Summary {
        envelope: crate::mail::envelope::Envelope {
            subject: "A subject of everyday length".into(),
            date: Some(date),
            ..Default::default()
        },
        preview: "The first words of the text, as long as they often are in everyday mail.".into(),
        ..Default::default()
    };
    let mut dates = dates.enumerate().peekable();
    while dates.peek().is_some() {
        store
            .inner
            .index
            .write(|w| {
                dates.by_ref().take(5000).try_for_each(|(n, date)| {
                    let id = identity::message(
                        "fill",
                        &MailboxPath(mailbox.0.to_string()),
                        identity::Seed::Server(V, Uid(u32::try_from(n).unwrap())),
                        0,
                    );
                    w.put(&NewMessage {
                        id,
                        mailbox,
                        place: Place::Cur,
                        file_name: &format!("{date}.M{id}.postwren:2,"),
                        uid: Some(Uid(u32::try_from(n).unwrap())),
                        flags: Flags::empty(),
                        server_flags: Flags::empty(),
                        arrival: date,
                        size: 1,
                        summary: &summary(date),
                    })
                })
            })
            .unwrap();
    }
}

/// Every range of a list is what the whole list has there.
fn assert_ranges(store: &Store, query: &Query, ranges: &[(u64, u64)]) {
    let whole = store.page(query, 0..u64::MAX).unwrap();
    assert_eq!(whole.total, whole.rows.len() as u64);
    assert!(whole.rows.windows(2).all(|w| (w[0].date, w[0].id) > (w[1].date, w[1].id)));
    for (start, len) in ranges {
        let page = store.page(query, *start..start.saturating_add(*len)).unwrap();
        let expected: Vec<_> =
            whole.rows.iter().skip(usize::try_from(*start).unwrap()).take(usize::try_from(*len).unwrap()).collect();
        assert_eq!(page.rows.iter().collect::<Vec<_>>(), expected, "{start}+{len}");
        assert_eq!(page.start, (*start).min(whole.total));
    }
}

#[test]
fn a_large_mailbox_is_read_anywhere() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    // Many with the same date, and not in order.
    fill(desk.store(), inbox, (0..9000i64).map(|n| (n * 7919) % 1000));
    let ranges: Vec<_> =
        (0..9000).step_by(487).map(|start| (start, 40)).chain([(8990, 40), (9000, 1), (0, 0)]).collect();
    assert_ranges(desk.store(), &Query::Mailbox(inbox), &ranges);
}

#[test]
fn all_inboxes_are_one_list() {
    let desk = Desk::new();
    let work = desk.mailbox("INBOX");
    let home = desk.store().ensure_mailbox("home", &meta("INBOX")).unwrap();
    let other = desk.store().ensure_mailbox("third", &meta("INBOX")).unwrap();
    let aside = desk.mailbox("Aside");
    fill(desk.store(), work, (0..5000).map(|n| n * 3));
    fill(desk.store(), home, (0..6000).map(|n| n * 2 + 1));
    fill(desk.store(), other, std::iter::once(4000));
    fill(desk.store(), aside, 0..10);
    let ranges: Vec<_> = (0..11_001).step_by(613).map(|start| (start, 30)).collect();
    assert_ranges(desk.store(), &Query::AllInboxes, &ranges);
    assert_eq!(desk.store().page(&Query::AllInboxes, 0..1).unwrap().total, 11_001);
}

#[test]
fn questions_about_one_mailbox_do_not_read_the_others() {
    let desk = Desk::new();
    let plan = |sql: String| -> Vec<String> {
        let read = |c: &rusqlite::Connection| {
            let mut statement = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            Ok(statement.query_map([1], |row| row.get(3))?.collect::<rusqlite::Result<_>>()?)
        };
        desk.store().inner.index.read(read).unwrap()
    };
    for kind in [messages::LISTED, messages::HELD] {
        for sql in [
            format!("SELECT place, file_name, uid, flags FROM message WHERE {kind}"),
            format!("SELECT * FROM message WHERE {kind}"),
            format!("DELETE FROM message WHERE {kind}"),
        ] {
            let plan = plan(sql.clone());
            assert!(plan.iter().all(|step| step.starts_with("SEARCH")), "{sql}: {plan:?}");
        }
    }
    let void = plan("UPDATE message SET uid = NULL WHERE mailbox = ?1 AND uid IS NOT NULL".into());
    assert!(void.iter().all(|step| step.starts_with("SEARCH")), "{void:?}");
}

#[test]
fn questions_use_the_order_index() {
    let desk = Desk::new();
    let plan: Vec<String> = desk
        .store()
        .inner
        .index
        .read(|c| {
            let mut statement = c.prepare(
                "EXPLAIN QUERY PLAN SELECT date, id FROM message WHERE mailbox = 1 AND place <> 1 \
                 AND (date, id) <= (5, 5) AND (date, id) > (3, 3) ORDER BY date DESC, id DESC LIMIT 9",
            )?;
            Ok(statement.query_map([], |row| row.get(3))?.collect::<rusqlite::Result<_>>()?)
        })
        .unwrap();
    assert_eq!(plan.len(), 1, "no sorting: {plan:?}");
    assert!(plan[0].contains("COVERING INDEX message_order (mailbox=? AND (date,id)"), "{plan:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn lists_follow_every_change(
        dates in proptest::collection::vec(0i64..50, 1..40),
        changes in proptest::collection::vec((0u8..5, any::<proptest::sample::Index>()), 0..12),
        ranges in proptest::collection::vec((0u64..50, 0u64..20), 3),
    ) {
        let desk = Desk::new();
        let (inbox, other) = (desk.mailbox("INBOX"), desk.mailbox("Other"));
        let ids = desk.store().deliver(inbox, dates.iter().zip(1..).map(|(d, n)| dated(n, *d)).collect()).unwrap();
        for (kind, at) in changes {
            let id = [*at.get(&ids)];
            match kind {
                0 => desk.store().move_local(&id, other).unwrap(),
                1 => desk.store().set_local_flags(&[(id[0], Flags::SEEN)]).unwrap(),
                2 => desk.store().hold(&id).unwrap(),
                3 => desk.store().unhold(&id).unwrap(),
                _ => desk.store().forget(inbox, &id).unwrap(),
            }
        }
        assert_in_step(desk.store());
        for mailbox in [inbox, other] {
            assert_ranges(desk.store(), &Query::Mailbox(mailbox), &ranges);
        }
    }
}
