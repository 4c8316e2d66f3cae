//! Flags go both ways.

use super::*;
use crate::demo::Fault;

async fn world() -> World {
    let world = World::imap().await;
    world.deliver("INBOX", 0..4);
    world.synchronise().await;
    world
}

async fn set(world: &World, subjects: &[&str], add: Flags, remove: Flags) -> Receipt {
    let mut ids = Vec::new();
    for subject in subjects {
        ids.push(world.row("INBOX", subject).await.id);
    }
    world.execute(Command::SetFlags { ids, add, remove }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_shows_at_once_and_goes_in_one_command() {
    let world = world().await;
    let receipt = set(&world, &["note 00000", "note 00001", "note 00003"], Flags::SEEN, Flags::empty()).await;
    assert_eq!((receipt.count, world.mailbox("INBOX").await.unread), (3, 1));
    assert_eq!(world.handle.queue().await.unwrap().len(), 3);
    let world = world.restart().await;
    assert_eq!(world.mailbox("INBOX").await.unread, 1);
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.count(Protocol::Imap, "UID STORE 1:2,4 +FLAGS.SILENT (\\Seen)"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_both_sides_meet() {
    let world = world().await;
    set(&world, &["note 00000"], Flags::FLAGGED, Flags::empty()).await;
    world.server.set_flags(ADA, "INBOX", 1, Flags::SEEN);
    world.server.set_flags(ADA, "INBOX", 2, Flags::ANSWERED);
    let summary = world.synchronise().await;
    world.agree().await;
    assert_eq!(world.row("INBOX", "note 00000").await.flags, Flags::SEEN.union(Flags::FLAGGED));
    assert_eq!(world.row("INBOX", "note 00001").await.flags, Flags::ANSWERED);
    assert_eq!(summary.flags, 2);
    world.server.set_flags(ADA, "INBOX", 1, Flags::empty());
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_change_waits_with_its_reason() {
    let world = world().await;
    set(&world, &["note 00000"], Flags::SEEN, Flags::empty()).await;
    world.server.fault(Fault::on(Protocol::Imap, "UID STORE").status("NO [INUSE] later, please"));
    let _ = world.handle.synchronise(None).await;
    let queue = world.handle.queue().await.unwrap();
    assert_eq!((queue.len(), queue[0].attempts, reply(&queue[0].reason)), (1, 1, "later, please"));
    assert_eq!(world.row("INBOX", "note 00000").await.flags, Flags::SEEN, "the server's view does not undo it");
    world.synchronise().await;
    assert_eq!(world.handle.queue().await.unwrap().len(), 1, "not tried before its time");
    world.later(31);
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_takes_it_back_before_and_after_the_server_heard() {
    let world = world().await;
    let token = set(&world, &["note 00000"], Flags::SEEN, Flags::empty()).await.undo.unwrap();
    world.execute(Command::Undo { token }).await;
    assert_eq!(world.handle.queue().await.unwrap(), []);
    assert_eq!(world.mailbox("INBOX").await.unread, 4);
    let token = set(&world, &["note 00000"], Flags::SEEN, Flags::empty()).await.undo.unwrap();
    world.synchronise().await;
    let world = world.restart().await;
    world.execute(Command::Undo { token }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.mailbox("INBOX").await.unread, 4);
    assert!(world.handle.execute(Command::Undo { token }).await.is_err(), "only once");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_marked_read_at_once() {
    let world = world().await;
    let mailbox = world.mailbox("INBOX").await.id;
    assert_eq!(world.execute(Command::MarkAllRead { mailbox }).await.count, 4);
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.mailbox("INBOX").await.unread, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_programs_change_in_the_maildir_reaches_the_server() {
    let world = world().await;
    let profile = world.profile();
    let (server, platform, mode, ahead, dir) = {
        let World { server, handle, platform, mode, ahead, dir } = world;
        handle.stop().await;
        drop(handle);
        (server, platform, mode, ahead, dir)
    };
    let cur = profile.join("mail/ada/INBOX/cur");
    let file = std::fs::read_dir(&cur).unwrap().next().unwrap().unwrap().path();
    std::fs::rename(&file, format!("{}F", file.display())).unwrap();
    let handle = started(&platform, mode).await;
    let world = World { server, handle, platform, mode, ahead, dir };
    world.synchronise().await;
    world.agree().await;
    let flagged = world.server.messages(ADA, "INBOX").iter().filter(|m| m.flags.contains(Flags::FLAGGED)).count();
    assert_eq!(flagged, 1);
}
