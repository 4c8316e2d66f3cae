//! Messages are moved, copied and deleted, whatever the server can do.

use super::*;
use crate::demo::Fault;

async fn world() -> World {
    let world = World::imap().await;
    world.deliver("INBOX", 0..6);
    world.synchronise().await;
    world
}

async fn ids(world: &World, path: &str, subjects: &[&str]) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for subject in subjects {
        ids.push(world.row(path, subject).await.id);
    }
    ids
}

async fn move_to(world: &World, subjects: &[&str], to: &str) -> Receipt {
    let (ids, to) = (ids(world, "INBOX", subjects).await, world.mailbox(to).await.id);
    world.execute(Command::Move { ids, to }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_arrive_once_whatever_the_server_can() {
    for missing in [&[][..], &["MOVE"], &["UIDPLUS"], &["MOVE", "UIDPLUS"]] {
        let world = world().await;
        missing.iter().for_each(|capability| world.server.fault(Fault::omit(Protocol::Imap, capability)));
        move_to(&world, &["note 00001", "note 00004"], "Archive").await;
        assert_eq!(world.subjects("Archive").await, ["note 00001", "note 00004"], "at once");
        assert_eq!(world.subjects("INBOX").await.len(), 4);
        let bodies = |w: &World| w.server.commands(Protocol::Imap).iter().filter(|c| c.contains("BODY.PEEK[]")).count();
        let before = bodies(&world);
        world.synchronise().await;
        world.synchronise().await;
        assert_eq!(world.subjects("Archive").await, ["note 00001", "note 00004"], "without {missing:?}");
        assert_eq!(world.subjects_there("Archive"), ["note 00001", "note 00004"], "without {missing:?}");
        assert_eq!(world.subjects("INBOX").await.len(), 4, "without {missing:?}");
        assert_eq!(bodies(&world), before, "nothing is fetched again without {missing:?}");
        if missing == ["MOVE", "UIDPLUS"] {
            let marked =
                world.server.messages(ADA, "INBOX").iter().filter(|m| m.flags.contains(Flags::DELETED)).count();
            assert_eq!(marked, 2, "they stay, marked");
        } else {
            world.agree().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_cut_at_any_point_arrives_once() {
    let cuts = [
        ("UID MOVE", true, &[][..]),
        ("UID MOVE", false, &[]),
        ("UID COPY", true, &["MOVE"]),
        ("UID COPY", false, &["MOVE"]),
        ("UID STORE", true, &["MOVE"]),
        ("UID EXPUNGE", false, &["MOVE"]),
        ("UID EXPUNGE", true, &["MOVE"]),
    ];
    for (command, done, missing) in cuts {
        let world = world().await;
        missing.iter().for_each(|capability| world.server.fault(Fault::omit(Protocol::Imap, capability)));
        let fault = Fault::on(Protocol::Imap, command);
        world.server.fault(if done { fault.done().close() } else { fault.close() });
        move_to(&world, &["note 00001", "note 00004"], "Archive").await;
        world.fails().await;
        let world = world.restart().await;
        world.later(60);
        world.synchronise().await;
        world.synchronise().await;
        assert_eq!(world.subjects_there("Archive"), ["note 00001", "note 00004"], "{command} {done}");
        world.agree().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_move_keeps_the_message_and_its_reason() {
    let world = world().await;
    world.server.fault(Fault::on(Protocol::Imap, "UID MOVE").status("NO [OVERQUOTA] full"));
    move_to(&world, &["note 00001"], "Archive").await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("INBOX").len(), 6);
    assert_eq!(world.subjects("Archive").await, ["note 00001"]);
    assert_eq!(reply(&world.handle.queue().await.unwrap()[0].reason), "full");
    world.later(31);
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_can_be_taken_back_before_and_after() {
    let world = world().await;
    let token = move_to(&world, &["note 00001"], "Archive").await.undo.unwrap();
    world.execute(Command::Undo { token }).await;
    assert_eq!(world.handle.queue().await.unwrap(), []);
    assert_eq!(world.synchronise().await, SyncSummary::default());
    world.agree().await;
    let token = move_to(&world, &["note 00001"], "Archive").await.undo.unwrap();
    world.synchronise().await;
    assert_eq!(world.subjects_there("Archive"), ["note 00001"]);
    let world = world.restart().await;
    world.execute(Command::Undo { token }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects("INBOX").await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_of_one_message_follow_each_other() {
    let world = world().await;
    move_to(&world, &["note 00002"], "Archive").await;
    let (id, trash) = (world.row("Archive", "note 00002").await.id, world.mailbox("Trash").await.id);
    world.execute(Command::SetFlags { ids: vec![id], add: Flags::FLAGGED, remove: Flags::empty() }).await;
    world.execute(Command::Move { ids: vec![id], to: trash }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.row("Trash", "note 00002").await.flags, Flags::FLAGGED);
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_are_made_once() {
    for missing in [&[][..], &["UIDPLUS"]] {
        let world = world().await;
        missing.iter().for_each(|capability| world.server.fault(Fault::omit(Protocol::Imap, capability)));
        let (ids, to) = (ids(&world, "INBOX", &["note 00001"]).await, world.mailbox("Archive").await.id);
        world.server.fault(Fault::on(Protocol::Imap, "UID COPY").done().close());
        world.execute(Command::Copy { ids, to }).await;
        world.fails().await;
        world.later(60);
        world.synchronise().await;
        world.agree().await;
        assert_eq!(world.subjects_there("Archive"), ["note 00001"], "without {missing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_goes_to_the_trash_and_from_there_for_good_after_a_while() {
    let world = world().await;
    let deleted = ids(&world, "INBOX", &["note 00001", "note 00002"]).await;
    world.execute(Command::Delete { ids: deleted.clone() }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects("Trash").await, ["note 00001", "note 00002"]);

    let token = world.execute(Command::Delete { ids: vec![deleted[0]] }).await.undo.unwrap();
    world.execute(Command::Delete { ids: vec![deleted[1]] }).await;
    assert_eq!(world.subjects("Trash").await, [""; 0]);
    world.synchronise().await;
    assert_eq!(world.subjects_there("Trash").len(), 2, "not yet");
    let world = world.restart().await;
    assert_eq!(world.subjects("Trash").await, [""; 0], "still on its way out");
    world.execute(Command::Undo { token }).await;
    assert_eq!(world.subjects("Trash").await, ["note 00001"]);
    world.later(11);
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("Trash"), ["note 00001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_trash_is_made_on_both_sides() {
    let world = World::empty(Mode::Batch).await;
    world.add(world.account()).await;
    world.deliver("INBOX", 0..2);
    world.synchronise().await;
    let ids = vec![world.row("INBOX", "note 00000").await.id];
    world.execute(Command::Delete { ids }).await;
    let junk = vec![world.row("INBOX", "note 00001").await.id];
    world.execute(Command::MoveToRole { ids: junk, role: Role::Junk }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.server.mailboxes(ADA), ["INBOX", "Junk", "Trash"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_program_took_away_meanwhile_is_kept_where_it_was_wanted() {
    let world = world().await;
    move_to(&world, &["note 00001"], "Archive").await;
    world.server.expunge(ADA, "INBOX", 2);
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("Archive"), ["note 00001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn between_accounts_the_copy_goes_over_and_the_original_to_its_trash() {
    let world = world().await;
    world.add(world.pop3_account(Pop3Keep::Always)).await;
    world.server.deliver(POP, "INBOX", message(77).as_bytes()).unwrap();
    world.synchronise().await;
    let mailboxes = world.handle.mailboxes(Some("pop")).await.unwrap();
    let inbox = mailboxes.iter().find(|m| m.role == Some(Role::Inbox)).unwrap().id;
    let page = world.handle.envelopes(&Query::Mailbox(inbox), 0..10).await.unwrap();
    let to = world.mailbox("Archive").await.id;
    let token = world.execute(Command::Move { ids: vec![page.rows[0].id], to }).await.undo.unwrap();
    world.synchronise().await;
    assert_eq!(world.subjects_there("Archive"), ["note 00077"]);
    world.agree().await;
    let trash = mailboxes.iter().find(|m| m.role == Some(Role::Trash)).unwrap().id;
    assert_eq!(world.handle.envelopes(&Query::Mailbox(trash), 0..10).await.unwrap().total, 1);
    world.execute(Command::Undo { token }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("Archive"), [""; 0]);
    assert_eq!(world.handle.envelopes(&Query::Mailbox(inbox), 0..10).await.unwrap().total, 1);
}
