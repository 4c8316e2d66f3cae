//! Mailboxes: made, renamed, removed, renumbered.

use super::*;
use crate::storage::Error;
use proptest::prelude::*;

#[test]
fn two_stores_cannot_open_one_profile() {
    let desk = Desk::new();
    assert!(matches!(Store::open(&desk.profile()), Err(Error::Locked)));
}

#[test]
fn a_mailbox_is_made_once_and_brought_up_to_date() {
    let mut desk = Desk::new();
    let id = desk.mailbox("Projects/Ünder");
    assert_eq!(desk.mailbox("Projects/Ünder"), id);
    let changed = MailboxMeta { role: Some(Role::Archive), ..meta("Projects/Ünder") };
    assert_eq!(desk.store().ensure_mailbox("work", &changed).unwrap(), id);
    let store = desk.reopen();
    let found = store.find_mailbox("work", &MailboxPath("Projects/Ünder".into())).unwrap().unwrap();
    assert_eq!((found.id, found.meta), (id, changed));
    assert_eq!(store.mailboxes(Some("home")).unwrap(), []);
    assert!(matches!(store.ensure_mailbox("../x", &meta("INBOX")), Err(Error::Invalid(_))));
}

#[test]
fn a_rename_takes_nested_mailboxes_along() {
    let mut desk = Desk::new();
    let (a, b, other) = (desk.mailbox("A"), desk.mailbox("A/B"), desk.mailbox("AB"));
    let ids = desk.store().deliver(b, vec![incoming(1)]).unwrap();
    desk.store().rename_mailbox(a, &meta("X/Y")).unwrap();
    let paths =
        |store: &Store| -> Vec<String> { store.mailboxes(None).unwrap().into_iter().map(|m| m.meta.path.0).collect() };
    assert_eq!(paths(desk.store()), ["AB", "X/Y", "X/Y/B"]);
    assert_eq!(desk.store().find_mailbox("work", &MailboxPath("X/Y/B".into())).unwrap().unwrap().id, b);
    assert_eq!(desk.store().raw(ids[0]).unwrap(), raw(1));
    assert!(desk.store().rename_mailbox(a, &meta("AB")).is_err());
    assert!(desk.dir.path().join("mail/work/X/Y/B/cur").is_dir());
    let before = view(desk.store());
    desk.reopen_without_index().rebuild(&mut |_, _, _| {}).unwrap();
    assert_eq!(view(desk.store()), before);
    assert_eq!(whole(desk.store(), other).total, 0);
}

#[test]
fn only_what_the_server_has_is_removed() {
    let desk = Desk::new();
    let (a, b) = (desk.mailbox("A"), desk.mailbox("A/B"));
    desk.store().deliver(a, vec![incoming(1), local(2)]).unwrap();
    desk.store().deliver(b, vec![incoming(3)]).unwrap();
    assert!(matches!(desk.store().remove_mailbox(a), Err(Error::LocalOnly { messages: 1, .. })));
    let local = desk.store().known(a).unwrap().into_iter().find(|k| k.uid.is_none()).unwrap().id;
    desk.store().move_local(&[local], b).unwrap();
    desk.store().remove_mailbox(a).unwrap();
    assert_eq!(desk.store().mailbox(a).unwrap(), None);
    assert_eq!(whole(desk.store(), b).total, 2);
    // The mail itself is still there.
    let removed = desk.dir.path().join("mail/work/.removed");
    let kept = std::fs::read_dir(&removed).unwrap().next().unwrap().unwrap().path().join("cur");
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 1);
    assert_in_step(desk.store());
}

#[test]
fn an_account_goes_with_everything() {
    let mut desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    desk.store().deliver(inbox, vec![incoming(1)]).unwrap();
    let other = desk.store().ensure_mailbox("home", &meta("INBOX")).unwrap();
    let kept = desk.store().deliver(other, vec![incoming(1)]).unwrap();
    desk.store().remove_account("work").unwrap();
    assert_eq!(desk.store().mailboxes(None).unwrap().len(), 1);
    assert!(!desk.dir.path().join("mail/work").exists());
    assert_eq!(std::fs::read_dir(desk.dir.path().join("mail")).unwrap().count(), 1);
    assert_eq!(desk.reopen().raw(kept[0]).unwrap(), raw(1));
}

#[test]
fn a_renumbered_mailbox_keeps_its_messages() {
    let mut desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let ids = desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap();
    let state = SyncState { uid_validity: Some(V), uid_next: Some(Uid(4)), highest_mod_seq: None, exists: Some(3) };
    desk.store().set_sync_state(inbox, &state).unwrap();
    assert_eq!(desk.store().mailbox(inbox).unwrap().unwrap().state, state);
    let new = UidValidity(8);
    assert!(desk.store().set_sync_state(inbox, &SyncState { uid_validity: Some(new), ..state }).is_err());
    desk.store().new_uid_validity(inbox, new, &[(ids[0], Uid(101)), (ids[2], Uid(103))]).unwrap();
    let uids = |store: &Store| -> Vec<Option<u32>> {
        let known = store.known(inbox).unwrap();
        ids.iter().map(|id| known.iter().find(|k| k.id == *id).unwrap().uid.map(|u| u.0)).collect()
    };
    assert_eq!(uids(desk.store()), [Some(101), None, Some(103)]);
    assert_eq!(desk.store().mailbox(inbox).unwrap().unwrap().state.uid_next, None);
    assert_eq!(uids(desk.reopen()), [Some(101), None, Some(103)]);
    desk.reopen_without_index().rebuild(&mut |_, _, _| {}).unwrap();
    assert_eq!(uids(desk.store()), [Some(101), None, Some(103)]);
    assert_in_step(desk.store());
}

#[test]
fn a_directory_of_another_mailbox_is_not_shared() {
    // As on a file system that folds case: the directory "Foo" is there, and is that of "foo".
    let desk = Desk::new();
    let foo = desk.mailbox("foo");
    let record = desk.store().record(foo).unwrap();
    std::fs::rename(desk.store().maildir(&record).dir(), desk.dir.path().join("mail/work/Foo")).unwrap();
    let other = desk.mailbox("Foo");
    assert_ne!(desk.store().record(other).unwrap().dir, PathBuf::from("work/Foo"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_names_make_mailboxes_that_come_back(names in proptest::collection::btree_set("[a/.%~\\-é]{0,6}|cur|\\PC{0,30}", 1..5)) {
        let mut desk = Desk::new();
        for name in &names {
            let id = desk.mailbox(name);
            desk.store().deliver(id, vec![incoming(1)]).unwrap();
        }
        let before = view(desk.store());
        prop_assert_eq!(before.len(), names.len());
        prop_assert!(before.iter().all(|(m, rows, _)| m.total == 1 && rows.len() == 1));
        desk.reopen_without_index().rebuild(&mut |_, _, _| {}).unwrap();
        prop_assert_eq!(view(desk.store()), before);
        // Nothing was made outside of the account.
        let top: Vec<_> = std::fs::read_dir(desk.dir.path().join("mail")).unwrap().map(|e| e.unwrap().file_name()).collect();
        prop_assert_eq!(top, ["work"]);
    }
}

#[test]
fn many_mailboxes_are_made_together_each_with_a_place_of_its_own() {
    let mut desk = Desk::new();
    let old = desk.mailbox("Old");
    let names = ["Old", "..", "../../.ssh", "/etc/x", "cur", "A", "a", "A/cur", ".lock", "x\0y", "%2e"];
    let many = names.iter().map(|name| (*name).to_string()).chain((0..40).map(|n| format!("List/{n}")));
    let wanted: Vec<_> = many.map(|name| (meta(&name), Some(V))).collect();
    desk.store().ensure_mailboxes("work", &wanted).unwrap();
    let before = desk.store().mailboxes(Some("work")).unwrap();
    assert_eq!(before.len(), wanted.len());
    assert_eq!(before.iter().find(|m| m.meta.path.0 == "Old").unwrap().id, old);
    let mut dirs: Vec<PathBuf> = before.iter().map(|m| desk.cur(m.id)).collect();
    assert!(dirs.iter().all(|dir| dir.is_dir() && dir.starts_with(desk.dir.path().join("mail/work"))));
    dirs.sort();
    dirs.dedup();
    assert_eq!(dirs.len(), before.len());
    // Again nothing changes, and the descriptions alone say the same.
    desk.store().ensure_mailboxes("work", &wanted).unwrap();
    assert_eq!(desk.store().mailboxes(Some("work")).unwrap(), before);
    let again = desk.reopen_without_index().mailboxes(Some("work")).unwrap();
    let all = |boxes: &[StoredMailbox]| -> Vec<_> {
        boxes.iter().map(|m| (m.id, m.meta.clone(), m.state.uid_validity)).collect()
    };
    assert_eq!(all(&again), all(&before));
}

#[test]
fn messages_are_looked_up_by_number_and_counted() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let numbered = |n: u32| Incoming { uid: Some((V, Uid(n))), ..incoming(n) };
    desk.store().deliver(inbox, (1..=20).map(numbered).collect()).unwrap();
    let ours = desk.store().deliver(inbox, vec![Incoming { uid: None, ..incoming(77) }]).unwrap();
    let known = |ranges: &[(u32, u32)]| {
        let ranges: Vec<_> = ranges.iter().map(|(a, b)| (Uid(*a), Uid(*b))).collect();
        let found = desk.store().known_among(inbox, &ranges).unwrap();
        found.into_iter().map(|k| k.uid.unwrap().0).collect::<Vec<_>>()
    };
    assert_eq!(known(&[(3, 5), (19, u32::MAX)]), [3, 4, 5, 19, 20]);
    assert_eq!(known(&[]), [0; 0]);
    assert_eq!(desk.store().numbered(inbox).unwrap(), 20);
    let unnumbered = desk.store().unnumbered(inbox).unwrap();
    assert_eq!(unnumbered.iter().map(|i| i.id).collect::<Vec<_>>(), ours);
    let held = desk.store().known_among(inbox, &[(Uid(4), Uid(4))]).unwrap()[0].id;
    desk.store().hold(&[held, ours[0]]).unwrap();
    assert_eq!(desk.store().numbered(inbox).unwrap(), 20, "held messages count");
    desk.store().forget(inbox, &[held]).unwrap();
    assert_eq!(desk.store().numbered(inbox).unwrap(), 19);
}
