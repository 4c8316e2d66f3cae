//! Messages of which only the headers are here.

use super::*;
use crate::storage::{Error, Readable};

fn header_files(desk: &Desk, mailbox: MailboxId) -> usize {
    let maildir = desk.store().maildir(&desk.store().record(mailbox).unwrap());
    Listing::read(&maildir.place(Place::Headers)).unwrap().len()
}

#[test]
fn headers_are_listed_and_the_rest_comes_later() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let store = desk.store();
    let ids = store.deliver(inbox, vec![headers(1), incoming(2), headers(3)]).unwrap();
    let page = whole(store, inbox);
    let seen: Vec<(u64, bool)> = page.rows.iter().map(|r| (r.size, r.headers_only)).collect();
    let size = |n| raw(n).len() as u64;
    assert_eq!(seen, [(size(3), true), (size(2), false), (size(1), true)]);
    assert_eq!((page.total, page.unread), (3, 2));
    assert_eq!(std::fs::read_dir(desk.cur(inbox)).unwrap().count(), 1, "no reader takes headers for a message");
    assert!(matches!(store.raw(ids[0]), Err(Error::HeadersOnly(id)) if id == ids[0]));
    assert!(matches!(store.readable(ids[0]).unwrap(), Readable::Headers(bytes) if raw(1).starts_with(&bytes)));
    assert_eq!(store.headers_only(inbox).unwrap(), [Uid(1), Uid(3)]);
    assert_eq!(store.known(inbox).unwrap().iter().filter(|k| k.headers_only).count(), 2);
    assert_in_step(store);

    // The person read it meanwhile, and the server does not know yet.
    store.set_local_flags(&[(ids[0], Flags::SEEN)]).unwrap();
    let again = store.deliver(inbox, vec![headers(1), incoming(1), headers(1)]).unwrap();
    assert_eq!(again, [ids[0]; 3]);
    assert_eq!(store.raw(ids[0]).unwrap(), raw(1));
    let row = store.row(ids[0]).unwrap().unwrap();
    assert_eq!((row.headers_only, row.flags), (false, Flags::SEEN));
    assert_eq!((store.headers_only(inbox).unwrap(), header_files(&desk, inbox)), (vec![Uid(3)], 1));
    // What is whole does not become less.
    store.deliver(inbox, vec![headers(1)]).unwrap();
    assert_eq!(store.raw(ids[0]).unwrap(), raw(1));
    assert_in_step(store);
}

#[test]
fn headers_are_moved_copied_held_and_deleted_like_messages() {
    let desk = Desk::new();
    let (inbox, archive) = (desk.mailbox("INBOX"), desk.mailbox("Archive"));
    let store = desk.store();
    let ids = store.deliver(inbox, vec![headers(1), headers(2), headers(3), incoming(4)]).unwrap();
    store.move_local(&[ids[0], ids[3]], archive).unwrap();
    let copies = store.copy_local(&[ids[1], ids[3]], archive).unwrap();
    assert!(matches!(store.raw(copies[0]), Err(Error::HeadersOnly(_))));
    assert_eq!(store.raw(copies[1]).unwrap(), raw(4));
    let there: Vec<bool> = whole(store, archive).rows.iter().map(|r| r.headers_only).collect();
    assert_eq!(there.iter().filter(|h| **h).count(), 2);
    assert_in_step(store);
    store.hold(&[ids[1], ids[2]]).unwrap();
    assert_eq!(whole(store, inbox).total, 0);
    assert_in_step(store);
    store.unhold(&[ids[1]]).unwrap();
    store.drop_held(&[ids[2]]).unwrap();
    assert_eq!(whole(store, inbox).rows.iter().map(|r| (r.id, r.headers_only)).collect::<Vec<_>>(), [(ids[1], true)]);
    // It got a number elsewhere, and becomes whole there.
    store.adopt(ids[0], V, Uid(77), Flags::FLAGGED).unwrap();
    let rest = Incoming { uid: Some((V, Uid(77))), ..incoming(1) };
    assert_eq!(store.deliver(archive, vec![rest]).unwrap(), [ids[0]]);
    assert_eq!(store.raw(ids[0]).unwrap(), raw(1));
    store.forget(inbox, &[ids[1]]).unwrap();
    assert_eq!(header_files(&desk, inbox), 0);
    assert_in_step(store);
}

#[test]
fn an_index_that_was_lost_comes_back_with_the_sizes() {
    let mut desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let ids = desk.store().deliver(inbox, (1..=40).map(headers).chain((41..=60).map(incoming)).collect()).unwrap();
    desk.store().set_local_flags(&[(ids[3], Flags::FLAGGED)]).unwrap();
    desk.store().hold(&ids[7..8]).unwrap();
    let before = view(desk.store());
    let store = desk.reopen_without_index();
    store.rebuild(&mut |_, _, _| {}).unwrap();
    assert_eq!(view(store), before);
    assert_in_step(store);
    let row = store.row(ids[0]).unwrap().unwrap();
    assert_eq!((row.size, row.headers_only), (raw(1).len() as u64, true));
    store.unhold(&ids[7..8]).unwrap();
    assert_eq!(store.headers_only(inbox).unwrap().len(), 40);
    assert_in_step(store);
}

/// Dies at every step of the coming of the rest: headers or whole, each message is there once, and the same.
#[test]
fn a_crash_while_the_rest_comes_costs_nothing() {
    for n in 1.. {
        let mut desk = Desk::new();
        let inbox = desk.mailbox("INBOX");
        let ids = desk.store().deliver(inbox, (1..=4).map(headers).collect()).unwrap();
        let act = |store: &Store| {
            let got = store.deliver(inbox, (1..=3).map(incoming).chain([headers(5), incoming(6)]).collect()).unwrap();
            assert_eq!(got[..3], ids[..3]);
        };
        let crashed = desk.crashes_at(n, act);
        for lose_index in [false, true] {
            let store = if lose_index { desk.reopen_without_index() } else { desk.reopen() };
            store.rebuild(&mut |_, _, _| {}).unwrap();
            check(store, inbox, &ids, n);
        }
        let store = desk.reopen();
        store.reconcile(inbox).unwrap();
        check(store, inbox, &ids, n);
        act(store);
        assert_in_step(store);
        let page = whole(store, inbox);
        assert_eq!(page.total, 6);
        for row in &page.rows {
            let m: u32 = row.subject.rsplit(' ').next().unwrap().parse().unwrap();
            assert_eq!(row.headers_only, m == 4 || m == 5, "{m} after step {n}");
            assert_eq!((row.size, row.preview.is_empty()), (raw(m).len() as u64, row.headers_only));
        }
        if !crashed {
            assert!(n > 12, "{n}");
            break;
        }
    }
}

/// The same without looking at names first: the row is still the one of the headers, or already the other.
#[test]
fn a_crash_is_found_by_comparing_alone() {
    for n in 1.. {
        let mut desk = Desk::new();
        let inbox = desk.mailbox("INBOX");
        let ids = desk.store().deliver(inbox, (1..=3).map(headers).collect()).unwrap();
        let crashed = desk.crashes_at(n, |store| drop(store.deliver(inbox, (1..=3).map(incoming).collect()).unwrap()));
        let store = desk.reopen();
        store.reconcile(inbox).unwrap();
        check(store, inbox, &ids, n);
        for row in whole(store, inbox).rows {
            assert_eq!(row.preview.is_empty(), row.headers_only, "the row is of what is there, after step {n}");
        }
        if !crashed {
            break;
        }
    }
}

fn check(store: &Store, inbox: MailboxId, ids: &[MessageId], n: i64) {
    assert_in_step(store);
    for (id, m) in ids.iter().zip(1..) {
        match store.readable(*id).unwrap() {
            Readable::Whole(bytes) => assert_eq!(bytes, raw(m)),
            Readable::Headers(bytes) => assert!(raw(m).starts_with(&bytes)),
        }
        let named = whole(store, inbox).rows.iter().filter(|r| r.subject == format!("Message {m}")).count();
        assert_eq!(named, 1, "message {m} after step {n}");
    }
}
