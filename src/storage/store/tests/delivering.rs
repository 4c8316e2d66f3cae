//! Messages coming in.

use super::*;
use crate::storage::Error;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_batch_is_on_disk_and_in_the_list() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let ids = desk.store().deliver(inbox, (1..=600).map(incoming).collect()).unwrap();
    assert_eq!(ids.len(), 600);
    for n in [1u32, 256, 257, 600] {
        let id = ids[n as usize - 1];
        assert_eq!(desk.store().raw(id).unwrap(), raw(n));
        let located = desk.store().locate(id).unwrap().unwrap();
        assert_eq!(located.uid, Some((V, Uid(n))));
        assert_eq!(located.message_id.as_deref(), Some(format!("m{n}@a.test").as_str()));
        assert_eq!(located.path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let page = desk.store().page(&Query::Mailbox(inbox), 0..2).unwrap();
    assert_eq!((page.total, page.unread), (600, 300));
    assert_eq!(page.rows[0].subject, "Message 600");
    assert_eq!(page.rows[0].from[0].addr, "p600@a.test");
    assert_eq!(page.rows[1].id, ids[598]);
    assert_eq!(desk.store().row(ids[0]).unwrap().unwrap().preview, "Text of 1");
    assert_eq!(desk.store().mailbox(inbox).unwrap().unwrap().state.uid_validity, Some(V));
    assert_in_step(desk.store());
}

#[test]
fn batches_at_the_same_time_do_not_double_or_lose() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let store = desk.store();
    let all: Vec<Vec<MessageId>> = std::thread::scope(|scope| {
        let starts = [1_u32, 61, 121];
        // Each shares half of its messages with the next.
        let deliver = |from: u32| store.deliver(inbox, (from..from + 120).map(incoming).collect()).unwrap();
        let threads: Vec<_> = starts.into_iter().map(|from| scope.spawn(move || deliver(from))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(all[0][60..], all[1][..60]);
    assert_eq!(all[1][60..], all[2][..60]);
    assert_eq!(store.page(&Query::Mailbox(inbox), 0..1).unwrap().total, 240);
    assert_in_step(store);
}

#[test]
fn other_programs_read_the_maildir() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    desk.store().deliver(inbox, vec![incoming(1), incoming(2)]).unwrap();
    let dir = desk.dir.path().join("mail/work/INBOX");
    for sub in ["cur", "new", "tmp"] {
        assert_eq!(dir.join(sub).metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
    let mut names: Vec<String> =
        std::fs::read_dir(dir.join("cur")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names[0].starts_with("1700000001.M") && names[0].ends_with("_V7U1.postwren:2,"), "{names:?}");
    assert!(names[1].ends_with("_V7U2.postwren:2,S"), "{names:?}");
}

#[test]
fn the_same_again_replaces() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let first = desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap();
    // Other flags now: another file name.
    let again = (1..=3).map(|n| Incoming { flags: Flags::FLAGGED, ..incoming(n) }).collect();
    assert_eq!(desk.store().deliver(inbox, again).unwrap(), first);
    assert_eq!(whole(desk.store(), inbox).total, 3);
    assert!(whole(desk.store(), inbox).rows.iter().all(|r| r.flags == Flags::FLAGGED));
    assert_in_step(desk.store());
    // Without a number, the same bytes are the same message.
    let sent = desk.mailbox("Sent");
    let one = desk.store().deliver(sent, vec![local(9)]).unwrap();
    assert_eq!(desk.store().deliver(sent, vec![local(9), local(9)]).unwrap(), [one[0], one[0]]);
    assert_eq!(whole(desk.store(), sent).total, 1);
    assert_in_step(desk.store());
}

#[test]
fn the_same_number_twice_in_one_batch_is_one_message() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let flagged = Incoming { flags: Flags::FLAGGED, ..incoming(1) };
    let ids = desk.store().deliver(inbox, vec![incoming(1), flagged, local(5), local(5)]).unwrap();
    assert_eq!((ids[0], ids[2]), (ids[1], ids[3]));
    assert_eq!(whole(desk.store(), inbox).total, 2);
    assert_in_step(desk.store());
}

#[test]
fn a_message_that_was_moved_away_may_come_again() {
    let desk = Desk::new();
    let (inbox, archive) = (desk.mailbox("INBOX"), desk.mailbox("Archive"));
    let first = desk.store().deliver(inbox, vec![incoming(1)]).unwrap();
    desk.store().move_local(&first, archive).unwrap();
    let second = desk.store().deliver(inbox, vec![incoming(1)]).unwrap();
    assert_ne!(first, second);
    assert_eq!(desk.store().deliver(inbox, vec![incoming(1)]).unwrap(), second);
    assert_eq!((whole(desk.store(), inbox).total, whole(desk.store(), archive).total), (1, 1));
    assert_in_step(desk.store());
}

#[test]
fn numbers_of_another_generation_are_refused() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    desk.store().deliver(inbox, vec![incoming(1)]).unwrap();
    let stale = Incoming { uid: Some((UidValidity(8), Uid(1))), ..incoming(2) };
    let error = desk.store().deliver(inbox, vec![stale]).unwrap_err();
    assert!(matches!(error, Error::UidValidity { known: 7, got: 8 }), "{error}");
    assert_in_step(desk.store());
}

#[test]
fn a_large_message_comes_as_a_file() {
    use std::io::Write;
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let mut bytes = raw(1);
    bytes.resize(3 << 20, b'x');
    let mut inside = desk.store().scratch(inbox).unwrap();
    inside.write_all(&bytes).unwrap();
    let mut outside = tempfile::NamedTempFile::new().unwrap();
    outside.write_all(&bytes).unwrap();
    let by_file = |file, uid| Incoming { uid, body: IncomingBody::File(file), ..incoming(1) };
    let batch = vec![by_file(inside, Some((V, Uid(1)))), by_file(outside, None)];
    let ids = desk.store().deliver(inbox, batch).unwrap();
    for id in ids {
        assert_eq!(desk.store().raw(id).unwrap(), bytes);
        assert_eq!(desk.store().row(id).unwrap().unwrap().size, 3 << 20);
    }
    assert_in_step(desk.store());
}

#[test]
fn a_vanished_directory_is_a_fault_and_no_empty_mailbox() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    desk.store().deliver(inbox, vec![incoming(1)]).unwrap();
    desk.store().known(inbox).unwrap();
    std::fs::rename(desk.dir.path().join("mail/work"), desk.dir.path().join("elsewhere")).unwrap();
    let missing = |result: Result<()>| assert!(matches!(result, Err(Error::Missing { .. })));
    missing(desk.store().deliver(inbox, vec![incoming(2)]).map(drop));
    missing(desk.store().reconcile(inbox).map(drop));
    missing(desk.store().known(inbox).map(drop));
    missing(desk.store().ensure_mailbox("work", &meta("INBOX")).map(drop));
    assert_eq!(whole(desk.store(), inbox).total, 1);
    std::fs::rename(desk.dir.path().join("elsewhere"), desk.dir.path().join("mail/work")).unwrap();
    assert_eq!(desk.store().known(inbox).unwrap().len(), 1);
}

#[test]
fn people_are_remembered_for_completing() {
    let desk = Desk::new();
    let (inbox, sent) = (desk.mailbox("INBOX"), desk.mailbox("Sent"));
    desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap();
    desk.store().deliver(sent, vec![local(9)]).unwrap();
    let found = desk.store().addresses("", 10).unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!(found[0].addr, "bob@b.test", "written to counts most");
    assert_eq!(desk.store().addresses("pers", 2).unwrap().len(), 2);
    assert_eq!(desk.store().addresses("P3@A", 10).unwrap()[0].name, "Person 3");
    assert!(desk.store().addresses("erson", 10).unwrap().is_empty());
}

#[test]
fn any_bytes_are_stored_as_they_are() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let odd: Vec<Vec<u8>> = vec![
        vec![],
        vec![0],
        b"\r\n.\r\n".to_vec(),
        vec![0xff; 100],
        b"Date: Mon, 1 Jan 999999 00:00:00 +0000\n\nx".to_vec(),
    ];
    let batch =
        odd.iter().zip(1..).map(|(bytes, n)| Incoming { body: IncomingBody::Bytes(bytes.clone()), ..incoming(n) });
    let ids = desk.store().deliver(inbox, batch.collect()).unwrap();
    for (id, bytes) in ids.iter().zip(&odd) {
        assert_eq!(&desk.store().raw(*id).unwrap(), bytes);
    }
    assert_in_step(desk.store());
}
