//! Index and directory compared.

use super::*;
use crate::storage::Error;

#[test]
fn an_index_that_was_deleted_comes_back_the_same() {
    let mut desk = Desk::new();
    let (inbox, sent, deep) = (desk.mailbox("INBOX"), desk.mailbox("Sent"), desk.mailbox("A/b.c/../d"));
    let ids = desk.store().deliver(inbox, (1..=300).map(incoming).collect()).unwrap();
    desk.store().deliver(sent, vec![local(900), local(901)]).unwrap();
    desk.store().move_local(&ids[..10], deep).unwrap();
    desk.store().copy_local(&ids[20..25], deep).unwrap();
    desk.store().set_local_flags(&[(ids[50], Flags::FLAGGED.union(Flags::SEEN))]).unwrap();
    desk.store().hold(&ids[60..62]).unwrap();
    std::fs::write(desk.cur(inbox).join("1445446372.foreign.host,U=9:2,RSa"), raw(500)).unwrap();
    desk.store().reconcile(inbox).unwrap();
    assert_in_step(desk.store());
    let before = view(desk.store());
    let store = desk.reopen_without_index();
    assert!(store.needs_rebuild());
    assert_eq!(store.mailboxes(None).unwrap().len(), 3, "mailboxes are there at once");
    let mut told = Vec::new();
    let found = store.rebuild(&mut |mailbox, read, total| told.push((mailbox, read, total))).unwrap();
    assert_eq!(found.added, 308);
    assert!(told.contains(&(inbox, 256, 291)) && told.contains(&(inbox, 291, 291)), "{told:?}");
    assert!(!store.needs_rebuild());
    assert_eq!(view(store), before);
    assert_in_step(store);
    assert!(!desk.reopen().needs_rebuild());
}

#[test]
fn a_damaged_index_is_made_anew() {
    let mut desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    desk.store().deliver(inbox, (1..=20).map(incoming).collect()).unwrap();
    let before = view(desk.store());
    for damage in [&b"not a database at all"[..], &[0u8; 100], b""] {
        desk.store = None;
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(desk.dir.path().join(format!("index.db{suffix}")));
        }
        std::fs::write(desk.dir.path().join("index.db"), damage).unwrap();
        let store = desk.reopen();
        assert!(store.needs_rebuild());
        // The first question of a synchronisation brings the mailbox back by itself.
        assert_eq!(store.known(inbox).unwrap().len(), 20);
        assert_eq!(view(store), before);
        assert!(!store.needs_rebuild(), "every mailbox was compared");
    }
}

#[test]
fn an_index_without_space_says_so_and_recovers() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    desk.store().deliver(inbox, vec![incoming(1)]).unwrap();
    let limit = |pages: u32| {
        let pages = desk.store().inner.index.write(|w| {
            Ok(w.tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get::<_, u32>(0))?)
        });
        pages.unwrap()
    };
    limit(1);
    let result = desk.store().deliver(inbox, (2..=200).map(incoming).collect());
    assert!(matches!(&result, Err(Error::DiskFull { path }) if path.ends_with("index.db")), "{result:?}");
    assert_eq!(subjects(desk.store(), inbox), ["Message 1"]);
    limit(u32::MAX);
    desk.store().deliver(inbox, (2..=200).map(incoming).collect()).unwrap();
    assert_eq!(whole(desk.store(), inbox).total, 200);
    assert_in_step(desk.store());
}

#[test]
fn everything_at_once_stays_in_step() {
    let desk = Desk::new();
    let (inbox, archive) = (desk.mailbox("INBOX"), desk.mailbox("Archive"));
    let first = desk.store().deliver(inbox, (1..=60).map(incoming).collect()).unwrap();
    let store = desk.store();
    std::thread::scope(|scope| {
        scope.spawn(|| (61..=160).for_each(|n| drop(store.deliver(inbox, vec![incoming(n)]).unwrap())));
        scope.spawn(|| first.iter().for_each(|id| store.move_local(&[*id], archive).unwrap()));
        scope.spawn(|| first.iter().for_each(|id| store.set_local_flags(&[(*id, Flags::FLAGGED)]).unwrap()));
        scope.spawn(|| {
            for _ in 0..10 {
                store.reconcile(inbox).unwrap();
                store.reconcile(archive).unwrap();
                store.ensure_mailbox("work", &meta("INBOX")).unwrap();
            }
        });
        scope.spawn(|| {
            for _ in 0..30 {
                let page = store.page(&Query::Mailbox(inbox), 0..500).unwrap();
                assert_eq!(page.rows.len() as u64, page.total, "one snapshot");
                first.iter().step_by(7).for_each(|id| assert!(!store.raw(*id).unwrap().is_empty()));
            }
        });
    });
    assert_eq!((whole(store, inbox).total, whole(store, archive).total), (100, 60));
    assert_in_step(store);
    assert_eq!(store.reconcile(inbox).unwrap(), Reconciled::default());
}

#[test]
fn damage_deep_inside_is_told_and_a_rebuild_repairs_it() {
    let mut desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    desk.store().deliver(inbox, (1..=400).map(incoming).collect()).unwrap();
    let before = view(desk.store());
    desk.store = None;
    let path = desk.dir.path().join("index.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // Past the roots of all tables, which lie first.
    let keep = bytes.len() / 2;
    bytes[keep..].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let store = desk.reopen();
    let result = store.known(inbox).and_then(|_| store.page(&Query::Mailbox(inbox), 0..400));
    assert!(matches!(result, Err(Error::Damaged { .. })), "{result:?}");
    store.rebuild(&mut |_, _, _| {}).unwrap();
    assert_eq!(view(store), before);
}

#[test]
fn other_programs_deliver_change_and_delete() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let ids = desk.store().deliver(inbox, (1..=4).map(incoming).collect()).unwrap();
    let cur = desk.cur(inbox);
    let new = cur.parent().unwrap().join("new");
    std::fs::write(new.join("1800000000.M1P1.host"), raw(10)).unwrap();
    std::fs::write(cur.join("1800000001.M1P2.host:2,FSb"), raw(11)).unwrap();
    std::fs::write(cur.join(".hidden"), b"x").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", cur.join("1800000002.link")).unwrap();
    std::fs::remove_file(desk.store().locate(ids[0]).unwrap().unwrap().path).unwrap();
    let path = desk.store().locate(ids[1]).unwrap().unwrap().path;
    std::fs::rename(&path, path.to_str().unwrap().replace(":2,S", ":2,RS")).unwrap();
    let found = desk.store().reconcile(inbox).unwrap();
    assert_eq!(found, Reconciled { added: 2, removed: 1, changed: 1 });
    assert_eq!(subjects(desk.store(), inbox), ["Message 11", "Message 10", "Message 4", "Message 3", "Message 2"]);
    assert_eq!(desk.store().row(ids[1]).unwrap().unwrap().flags, Flags::ANSWERED.union(Flags::SEEN));
    assert!(cur.join("1800000000.M1P1.host:2,").exists(), "what was new has been seen");
    assert_in_step(desk.store());
    assert_eq!(desk.store().reconcile(inbox).unwrap(), Reconciled::default());
    // A change of flags keeps the foreign name and the letters that are not ours.
    let id = whole(desk.store(), inbox).rows[0].id;
    desk.store().set_local_flags(&[(id, Flags::ANSWERED.union(Flags::keyword(1)))]).unwrap();
    assert!(cur.join("1800000001.M1P2.host:2,Rb").exists());
    assert_in_step(desk.store());
}

#[test]
fn a_file_copied_by_another_program_is_a_message_of_its_own() {
    let desk = Desk::new();
    let (inbox, archive) = (desk.mailbox("INBOX"), desk.mailbox("Archive"));
    let ids = desk.store().deliver(inbox, vec![incoming(1)]).unwrap();
    let path = desk.store().locate(ids[0]).unwrap().unwrap().path;
    std::fs::copy(&path, desk.cur(archive).join(path.file_name().unwrap())).unwrap();
    assert_eq!(desk.store().reconcile(archive).unwrap().added, 1);
    desk.store().reconcile(inbox).unwrap();
    assert_eq!(whole(desk.store(), inbox).rows[0].id, ids[0]);
    let copy = whole(desk.store(), archive).rows[0].id;
    assert_ne!(copy, ids[0]);
    assert_in_step(desk.store());
    // In the same mailbox: the same message twice is one, another message with its id is kept.
    let again = path.to_str().unwrap().replace(":2,", ":2,F");
    std::fs::copy(&path, &again).unwrap();
    desk.store().reconcile(inbox).unwrap();
    assert_eq!(whole(desk.store(), inbox).total, 1);
    std::fs::write(&again, raw(77)).unwrap();
    desk.store().reconcile(inbox).unwrap();
    let mut found = subjects(desk.store(), inbox);
    found.sort();
    assert_eq!(found, ["Message 1", "Message 77"]);
    assert_in_step(desk.store());
}

#[test]
fn leftovers_in_tmp_go_and_those_of_others_stay_for_a_while() {
    let mut desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let tmp = desk.cur(inbox).parent().unwrap().join("tmp");
    std::fs::write(tmp.join("postwren-1-0-00000000"), b"half").unwrap();
    std::fs::write(tmp.join("1.other.host"), b"being written").unwrap();
    let old = std::fs::File::create(tmp.join("0.abandoned.host")).unwrap();
    old.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(40 * 3600)).unwrap();
    let store = desk.reopen();
    store.reconcile(inbox).unwrap();
    let left: Vec<_> = std::fs::read_dir(&tmp).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["1.other.host"]);
}

#[test]
fn a_maildir_without_a_description_is_taken_in() {
    let mut desk = Desk::new();
    let dir = desk.dir.path().join("mail/work/Old/Letters");
    for sub in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(dir.join(sub)).unwrap();
    }
    std::fs::write(dir.join("cur/1445446372.x.host:2,S"), raw(1)).unwrap();
    let store = desk.reopen_without_index();
    store.rebuild(&mut |_, _, _| {}).unwrap();
    let found = store.find_mailbox("work", &MailboxPath("Old/Letters".into())).unwrap().unwrap();
    assert_eq!((found.total, found.unread), (1, 0));
}
