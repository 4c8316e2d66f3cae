//! The process dies at every step that changes the disk; afterwards nothing is lost and nothing is there twice.

use super::*;
use crate::storage::{NewOutbox, OutboxState};

/// Prepares a desk, dies at step 1, 2, 3 …, restarts, and compares; then does it again to the end. `lost` and
/// `doubled` are looked for by the bytes of `messages`.
fn at_every_step(
    prepare: impl Fn(&Desk) -> Vec<MessageId>,
    act: impl Fn(&Store, &[MessageId]),
    messages: std::ops::RangeInclusive<u32>,
) -> i64 {
    for n in 1.. {
        let mut desk = Desk::new();
        let ids = prepare(&desk);
        let before: usize = messages.clone().filter(|m| places(desk.store(), *m) > 0).count();
        let crashed = desk.crashes_at(n, |store| act(store, &ids));
        let store = desk.reopen();
        compare_all(store);
        assert_in_step(store);
        for m in messages.clone() {
            assert!(places(store, m) <= 1, "message {m} is there twice after step {n}");
        }
        let after: usize = messages.clone().filter(|m| places(store, *m) == 1).count();
        assert!(after >= before, "lost at step {n}");
        // Again, to the end: as the service does when it starts again.
        act(store, &ids);
        compare_all(store);
        assert_in_step(store);
        for m in messages.clone() {
            assert_eq!(places(store, m), 1, "message {m} after step {n} and a repetition");
        }
        let all = view(store);
        desk.reopen_without_index().rebuild(&mut |_, _, _| {}).unwrap();
        assert_eq!(view(desk.store()), all);
        if !crashed {
            return n - 1;
        }
    }
    0
}

fn compare_all(store: &Store) {
    // Twice: a message can be found in a mailbox that was compared before the one it left.
    for _ in 0..2 {
        for mailbox in store.mailboxes(None).unwrap() {
            store.reconcile(mailbox.id).unwrap();
        }
    }
}

/// In how many listed files the bytes of a message are.
fn places(store: &Store, n: u32) -> usize {
    let wanted = raw(n);
    let boxes = store.mailboxes(None).unwrap();
    let all = boxes.iter().flat_map(|m| store.known(m.id).unwrap());
    all.filter(|k| store.raw(k.id).unwrap() == wanted).count()
}

/// So many that they become durable by one flush and not file by file.
#[test]
fn delivering_many() {
    let steps = at_every_step(
        |desk| {
            desk.mailbox("INBOX");
            Vec::new()
        },
        |store, _| {
            let inbox = store.find_mailbox("work", &MailboxPath("INBOX".into())).unwrap().unwrap().id;
            store.deliver(inbox, (1..=20).map(incoming).collect()).unwrap();
        },
        1..=20,
    );
    assert!(steps >= 40, "{steps}");
}

#[test]
fn delivering() {
    let steps = at_every_step(
        |desk| {
            desk.mailbox("INBOX");
            Vec::new()
        },
        |store, _| {
            let inbox = store.find_mailbox("work", &MailboxPath("INBOX".into())).unwrap().unwrap().id;
            store.deliver(inbox, (1..=4).map(incoming).chain([local(5)]).collect()).unwrap();
        },
        1..=5,
    );
    assert!(steps >= 12, "{steps}");
}

#[test]
fn delivering_again_with_other_flags() {
    at_every_step(
        |desk| {
            let inbox = desk.mailbox("INBOX");
            desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap()
        },
        |store, _| {
            let inbox = store.mailboxes(None).unwrap()[0].id;
            let again = (1..=3).map(|n| Incoming { flags: Flags::FLAGGED, ..incoming(n) });
            store.deliver(inbox, again.collect()).unwrap();
        },
        1..=3,
    );
}

#[test]
fn moving() {
    let steps = at_every_step(
        |desk| {
            let inbox = desk.mailbox("INBOX");
            desk.mailbox("Archive");
            desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap()
        },
        |store, ids| {
            let to = store.find_mailbox("work", &MailboxPath("Archive".into())).unwrap().unwrap().id;
            store.move_local(ids, to).unwrap();
        },
        1..=3,
    );
    assert!(steps >= 4, "{steps}");
}

#[test]
fn adopting() {
    let steps = at_every_step(
        |desk| {
            let sent = desk.mailbox("Sent");
            desk.store().deliver(sent, vec![local(1), incoming(2)]).unwrap()
        },
        |store, ids| store.adopt(ids[0], V, Uid(9), Flags::SEEN).unwrap(),
        1..=2,
    );
    assert!(steps >= 2, "{steps}");
}

#[test]
fn changing_flags_and_holding() {
    at_every_step(
        |desk| {
            let inbox = desk.mailbox("INBOX");
            desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap()
        },
        |store, ids| {
            store.set_local_flags(&ids.iter().map(|id| (*id, Flags::FLAGGED)).collect::<Vec<_>>()).unwrap();
            store.hold(&ids[..2]).unwrap();
            store.unhold(&ids[..1]).unwrap();
        },
        1..=3,
    );
}

#[test]
fn renumbering() {
    at_every_step(
        |desk| {
            let inbox = desk.mailbox("INBOX");
            desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap()
        },
        |store, ids| {
            let inbox = store.mailboxes(None).unwrap()[0].id;
            store.new_uid_validity(inbox, UidValidity(8), &[(ids[0], Uid(11)), (ids[1], Uid(12))]).unwrap();
            let known = store.known(inbox).unwrap();
            let uids: BTreeSet<_> = known.iter().map(|k| k.uid).collect();
            assert_eq!(uids, BTreeSet::from([None, Some(Uid(11)), Some(Uid(12))]));
        },
        1..=3,
    );
}

#[test]
fn renaming_a_mailbox() {
    at_every_step(
        |desk| {
            let (a, b) = (desk.mailbox("A"), desk.mailbox("A/B"));
            let mut ids = desk.store().deliver(a, vec![incoming(1)]).unwrap();
            ids.extend(desk.store().deliver(b, vec![incoming(2)]).unwrap());
            ids
        },
        |store, ids| {
            let id = store.locate(ids[0]).unwrap().unwrap().mailbox;
            store.rename_mailbox(id, &meta("X/Y")).unwrap();
            let paths: Vec<String> = store.mailboxes(None).unwrap().into_iter().map(|m| m.meta.path.0).collect();
            assert_eq!(paths, ["X/Y", "X/Y/B"]);
        },
        1..=2,
    );
}

#[test]
fn deleting() {
    for n in 1.. {
        let mut desk = Desk::new();
        let inbox = desk.mailbox("INBOX");
        let ids = desk.store().deliver(inbox, (1..=4).map(incoming).collect()).unwrap();
        let act = |store: &Store| {
            store.hold(&ids[..1]).unwrap();
            store.drop_held(&ids[..1]).unwrap();
            store.forget(inbox, &ids[1..3]).unwrap();
        };
        let crashed = desk.crashes_at(n, act);
        let store = desk.reopen();
        compare_all(store);
        assert_in_step(store);
        assert_eq!(places(store, 4), 1, "only what was asked for goes");
        act(store);
        assert_in_step(store);
        assert_eq!(subjects(store, inbox), ["Message 4"]);
        if !crashed {
            break;
        }
    }
}

#[test]
fn removing_an_account() {
    for n in 1.. {
        let mut desk = Desk::new();
        let inbox = desk.mailbox("INBOX");
        desk.store().deliver(inbox, vec![incoming(1)]).unwrap();
        let home = desk.store().ensure_mailbox("home", &meta("INBOX")).unwrap();
        desk.store().deliver(home, vec![incoming(2)]).unwrap();
        let crashed = desk.crashes_at(n, |store| store.remove_account("work").unwrap());
        let store = desk.reopen();
        store.remove_account("work").unwrap();
        assert_eq!(store.mailboxes(None).unwrap().len(), 1);
        assert_eq!(places(store, 2), 1);
        let left = std::fs::read_dir(desk.dir.path().join("mail")).unwrap().count();
        assert_eq!(left, 1, "nothing half-removed");
        if !crashed {
            break;
        }
    }
}

#[test]
fn copying() {
    for n in 1.. {
        let mut desk = Desk::new();
        let (inbox, to) = (desk.mailbox("INBOX"), desk.mailbox("Archive"));
        let ids = desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap();
        let crashed = desk.crashes_at(n, |store| drop(store.copy_local(&ids, to).unwrap()));
        let store = desk.reopen();
        compare_all(store);
        assert_in_step(store);
        assert_eq!(whole(store, inbox).total, 3);
        if !crashed {
            assert_eq!(whole(store, to).total, 3);
            break;
        }
    }
}

#[test]
fn putting_into_the_outbox() {
    for n in 1.. {
        let mut desk = Desk::new();
        let new = NewOutbox {
            account: "work".into(),
            message_id: "m1@a.test".into(),
            subject: "Message 1".into(),
            reverse_path: "me@a.test".into(),
            recipients: vec!["bob@b.test".into()],
            not_before: 5,
            draft_json: None,
            bcc: None,
            report: false,
            leaves_at: None,
            measures: None,
        };
        let crashed = desk.crashes_at(n, |store| {
            store.outbox().insert(&new, &raw(1)).unwrap();
        });
        let outbox = desk.reopen().outbox();
        let items = outbox.items().unwrap();
        assert!(items.len() <= 1);
        for item in &items {
            assert_eq!(outbox.raw(item.id).unwrap(), raw(1));
            assert!(matches!(item.state, OutboxState::Waiting { not_before: 5, .. }));
        }
        let files = std::fs::read_dir(desk.dir.path().join("outbox")).unwrap().count();
        assert_eq!(files, items.len(), "no file without its row");
        if !crashed {
            assert_eq!(items.len(), 1);
            break;
        }
    }
}
