//! Flags, numbers, moves, copies, deletions.

use super::*;
use crate::storage::{Error, Noticed};

fn three() -> (Desk, MailboxId, Vec<MessageId>) {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let ids = desk.store().deliver(inbox, (1..=3).map(incoming).collect()).unwrap();
    (desk, inbox, ids)
}

fn known(desk: &Desk, mailbox: MailboxId, id: MessageId) -> Known {
    desk.store().known(mailbox).unwrap().into_iter().find(|k| k.id == id).unwrap()
}

#[test]
fn flags_go_into_the_file_name_and_the_counts() {
    let (desk, inbox, ids) = three();
    desk.store().set_local_flags(&[(ids[0], Flags::SEEN.union(Flags::FLAGGED)), (MessageId(5), Flags::SEEN)]).unwrap();
    let k = known(&desk, inbox, ids[0]);
    assert_eq!((k.flags, k.server_flags), (Flags::SEEN.union(Flags::FLAGGED), Flags::empty()));
    assert!(desk.store().locate(ids[0]).unwrap().unwrap().path.to_str().unwrap().ends_with(":2,FS"));
    assert_eq!(desk.store().unread_ids(inbox).unwrap(), [ids[2]]);
    let changes = [
        (Uid(1), Flags::ANSWERED, Flags::SEEN),
        (Uid(3), Flags::SEEN, Flags::SEEN),
        (Uid(99), Flags::SEEN, Flags::SEEN),
    ];
    desk.store().set_server_flags(inbox, &changes).unwrap();
    let k = known(&desk, inbox, ids[0]);
    assert_eq!((k.flags, k.server_flags), (Flags::SEEN, Flags::ANSWERED));
    assert_eq!(whole(desk.store(), inbox).unread, 0);
    assert_in_step(desk.store());
}

#[test]
fn a_move_keeps_the_id_and_drops_the_number() {
    let (desk, inbox, ids) = three();
    let archive = desk.mailbox("Archive/2026");
    desk.store().move_local(&[ids[0], ids[2], MessageId(1)], archive).unwrap();
    assert_eq!(subjects(desk.store(), archive), ["Message 3", "Message 1"]);
    let located = desk.store().locate(ids[2]).unwrap().unwrap();
    assert_eq!((located.mailbox, located.uid), (archive, None));
    assert!(!located.path.to_str().unwrap().contains("_V"));
    assert_eq!(desk.store().raw(ids[2]).unwrap(), raw(3));
    assert_eq!(whole(desk.store(), inbox).total, 1);
    assert_in_step(desk.store());
}

#[test]
fn copies_are_messages_of_their_own() {
    let (desk, inbox, ids) = three();
    let archive = desk.mailbox("Archive");
    let copies = desk.store().copy_local(&ids, archive).unwrap();
    let more = desk.store().copy_local(&ids[..1], archive).unwrap();
    assert_eq!(whole(desk.store(), archive).total, 4);
    assert!(copies.iter().chain(&more).all(|c| !ids.contains(c)));
    desk.store().set_local_flags(&[(copies[0], Flags::FLAGGED)]).unwrap();
    desk.store().forget(inbox, &ids).unwrap();
    assert_eq!(desk.store().raw(copies[0]).unwrap(), raw(1));
    let within = desk.store().copy_local(&copies[..1], archive).unwrap();
    assert_eq!(desk.store().raw(within[0]).unwrap(), raw(1));
    assert_in_step(desk.store());
}

#[test]
fn a_local_message_learns_its_number() {
    let desk = Desk::new();
    let sent = desk.mailbox("Sent");
    let id = desk.store().deliver(sent, vec![local(1)]).unwrap()[0];
    assert_eq!(known(&desk, sent, id).uid, None);
    desk.store().adopt(id, V, Uid(12), Flags::SEEN).unwrap();
    assert_eq!(known(&desk, sent, id).uid, Some(Uid(12)));
    assert!(desk.store().locate(id).unwrap().unwrap().path.to_str().unwrap().contains("_V7U12."));
    assert!(matches!(desk.store().adopt(id, UidValidity(9), Uid(1), Flags::SEEN), Err(Error::UidValidity { .. })));
    desk.store().disown(&[id]).unwrap();
    assert_eq!(known(&desk, sent, id).uid, None);
    // The server's copy was fetched before its number was known: one message stays.
    desk.store().deliver(sent, vec![Incoming { uid: Some((V, Uid(12))), ..local(1) }]).unwrap();
    assert_eq!(whole(desk.store(), sent).total, 2);
    desk.store().adopt(id, V, Uid(12), Flags::SEEN).unwrap();
    assert_eq!(whole(desk.store(), sent).total, 1);
    assert_eq!(known(&desk, sent, id).uid, Some(Uid(12)));
    assert_in_step(desk.store());
}

#[test]
fn held_messages_are_in_no_list_and_are_still_known() {
    let (mut desk, inbox, ids) = three();
    desk.store().hold(&ids[..2]).unwrap();
    assert_eq!(subjects(desk.store(), inbox), ["Message 3"]);
    assert!(known(&desk, inbox, ids[0]).held);
    assert_eq!(known(&desk, inbox, ids[0]).uid, Some(Uid(1)));
    assert_eq!(desk.store().row(ids[0]).unwrap(), None);
    // The server sends it again: it does not come back by itself.
    assert_eq!(desk.store().deliver(inbox, vec![incoming(1)]).unwrap(), ids[..1]);
    assert_eq!(whole(desk.store(), inbox).total, 1);
    assert_in_step(desk.store());
    let before = view(desk.store());
    desk.reopen_without_index().rebuild(&mut |_, _, _| {}).unwrap();
    assert_eq!(view(desk.store()), before);
    desk.store().unhold(&ids[..1]).unwrap();
    desk.store().drop_held(&ids).unwrap();
    assert_eq!(subjects(desk.store(), inbox), ["Message 3", "Message 1"]);
    assert_eq!(desk.store().held_ids().unwrap(), []);
    assert!(matches!(desk.store().raw(ids[1]), Err(Error::NotFound(_))));
    assert_in_step(desk.store());
}

#[test]
fn what_is_gone_on_the_server_goes_here() {
    let (desk, inbox, ids) = three();
    let other = desk.mailbox("Other");
    desk.store().forget(other, &ids).unwrap();
    assert_eq!(whole(desk.store(), inbox).total, 3, "messages of other mailboxes are passed over");
    desk.store().forget(inbox, &ids[1..]).unwrap();
    desk.store().forget(inbox, &ids[1..]).unwrap();
    assert_eq!(subjects(desk.store(), inbox), ["Message 1"]);
    assert_in_step(desk.store());
}

#[test]
fn files_that_other_programs_renamed_are_found() {
    let (desk, inbox, ids) = three();
    let rename = |id: MessageId, letters: &str| {
        let path = desk.store().locate(id).unwrap().unwrap().path;
        let base = path.to_str().unwrap().rsplit_once(":2,").unwrap().0.to_string();
        std::fs::rename(&path, format!("{base}:2,{letters}")).unwrap();
    };
    rename(ids[0], "FS");
    assert_eq!(desk.store().raw(ids[0]).unwrap(), raw(1));
    let flags = |n: usize| desk.store().row(ids[n]).unwrap().unwrap().flags;
    assert_eq!(flags(0), Flags::empty(), "who compares the two tells the server first");
    rename(ids[1], "RSa");
    desk.store().set_local_flags(&[(ids[1], Flags::FLAGGED)]).unwrap();
    let path = desk.store().locate(ids[1]).unwrap().unwrap().path;
    assert!(path.to_str().unwrap().ends_with(":2,FRa"), "{path:?}");
    rename(ids[2], "F");
    desk.store().forget(inbox, &ids[2..]).unwrap();
    let mut noticed = Vec::new();
    let mut tell = |piece: &Noticed| {
        noticed.extend(piece.flags.iter().map(|f| (f.id, f.before, f.after)));
        Ok(())
    };
    desk.store().survey(inbox, &mut tell).unwrap();
    noticed.sort_by_key(|(id, ..)| ids.iter().position(|i| i == id));
    let (starred, keyword) = (Flags::FLAGGED, Flags::keyword(0));
    let now = Flags::SEEN.union(starred);
    let both = starred.union(Flags::ANSWERED).union(keyword);
    assert_eq!(noticed, [(ids[0], Flags::empty(), now), (ids[1], starred, both)]);
    assert_eq!(flags(0), now);
    assert_in_step(desk.store());
}

#[test]
fn a_number_is_kept_for_a_message_whose_file_was_just_taken_away() {
    let (desk, inbox, ids) = three();
    let other = desk.store().locate(ids[0]).unwrap().unwrap();
    let validity = other.uid.unwrap().0;
    desk.store().disown(&ids[..1]).unwrap();
    std::fs::remove_file(desk.store().locate(ids[0]).unwrap().unwrap().path).unwrap();
    desk.store().adopt(ids[0], validity, Uid(77), Flags::empty()).unwrap();
    let survey = desk.store().survey(inbox, &mut |_| Ok(())).unwrap();
    assert_eq!(
        survey.gone.iter().map(|one| (one.id, one.uid)).collect::<Vec<_>>(),
        [(ids[0], Some((validity, Uid(77))))]
    );
}

#[test]
fn messages_are_found_by_their_message_id() {
    let (desk, _, ids) = three();
    assert_eq!(desk.store().find_message_id("work", "m2@a.test").unwrap(), [ids[1]]);
    assert_eq!(desk.store().find_message_id("home", "m2@a.test").unwrap(), []);
}
