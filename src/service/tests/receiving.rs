//! Mail comes in, and only once.

use super::*;
use crate::demo::Fault;
use crate::service::Event;
use crate::service::event::Progress;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_synchronisation_brings_everything_and_a_second_nothing() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..120);
    world.server.create(ADA, "Projects/Ärger & Co", None);
    world.deliver("Projects/Ärger & Co", 200..203);
    let mut events = world.handle.subscribe();
    let summary = world.synchronise().await;
    assert_eq!(summary.received, 123);
    world.agree().await;
    let inbox = world.mailbox("INBOX").await;
    assert_eq!((inbox.total, inbox.unread, inbox.role), (120, 120, Some(Role::Inbox)));
    let order: Vec<Option<Role>> = world.handle.mailboxes(None).await.unwrap().iter().map(|m| m.role).collect();
    let roles = [Role::Inbox, Role::Drafts, Role::Sent, Role::Archive].map(Some);
    assert_eq!(order, [&roles[..], &[None, None, Some(Role::Trash)]].concat());
    let mut finished = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Progress(Progress { mailbox, done, total, finished: true, .. }) = event {
            finished.push((mailbox.0, done, total));
        }
    }
    assert_eq!(finished, [("INBOX".to_string(), 120, 120), ("Projects/Ärger & Co".to_string(), 3, 3)]);

    let fetched = world.count(Protocol::Imap, "UID FETCH");
    let world = world.restart().await;
    assert_eq!(world.synchronise().await, SyncSummary::default());
    let bodies = |w: &World| w.server.commands(Protocol::Imap).iter().filter(|c| c.contains("BODY.PEEK[]")).count();
    let before = bodies(&world);
    assert!(fetched > 0);
    world.synchronise().await;
    assert_eq!(bodies(&world), before, "nothing is fetched twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_are_first_in_the_list_and_bytes_are_as_they_came() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..3);
    let odd = b"Subject: odd\nno blank \xff\x00\r\n\r\nlone\nfeeds\r\r\n.\r\n";
    world.server.deliver(ADA, "INBOX", odd).unwrap();
    world.synchronise().await;
    world.agree().await;
    let subjects: Vec<String> =
        world.rows("INBOX").await.into_iter().map(|r| r.subject).filter(|s| s != "odd").collect();
    assert_eq!(subjects, ["note 00002", "note 00001", "note 00000"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_download_goes_on_where_it_stopped() {
    for bytes in [3_000, 40_000, 100_000, 150_000] {
        let world = World::imap().await;
        world.deliver("INBOX", 0..150);
        world.server.fault(Fault::after_sent(Protocol::Imap, bytes).reset());
        let problem = world.fails().await;
        assert_eq!(problem.account.as_deref(), Some("ada"), "{problem}");
        let world = world.restart().await;
        let here = world.handle.mailboxes(None).await.unwrap().iter().map(|m| m.total).sum::<u64>();
        let summary = world.synchronise().await;
        assert_eq!(summary.received + here, 150, "after {bytes}");
        world.agree().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn news_in_every_mailbox_is_found_and_what_went_goes() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..10);
    world.synchronise().await;
    world.deliver("INBOX", 10..12);
    world.deliver("Archive", 20..21);
    world.server.expunge(ADA, "INBOX", 3);
    let summary = world.synchronise().await;
    assert_eq!((summary.received, summary.removed), (3, 1));
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_goes_on_the_server_goes_here() {
    let world = World::imap().await;
    world.server.create(ADA, "Old", None);
    world.deliver("Old", 0..2);
    world.synchronise().await;
    // A mailbox made here is not taken for one that vanished.
    let path = MailboxPath("New/Deeper".into());
    world.execute(Command::CreateMailbox { account: "ada".into(), path }).await;
    assert!(world.handle.mailboxes(None).await.unwrap().iter().any(|m| m.path.0 == "New/Deeper"));
    world.synchronise().await;
    assert!(world.server.mailboxes(ADA).contains(&"New/Deeper".to_string()));
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_and_lying_servers_give_words_and_remove_nothing() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..5);
    world.synchronise().await;
    let faults = [
        Fault::on(Protocol::Imap, "CONNECT").close(),
        Fault::on(Protocol::Imap, "UID FETCH").status("OK done"),
        Fault::on(Protocol::Imap, "LIST").status("OK done"),
        Fault::on(Protocol::Imap, "LIST").status("NO [SERVERBUG] sorry"),
        Fault::on(Protocol::Imap, "SELECT").always().status("NO [SERVERBUG] sorry"),
        Fault::on(Protocol::Imap, "AUTHENTICATE").status("NO [AUTHENTICATIONFAILED] no"),
    ];
    for fault in faults {
        world.server.fault(fault);
        // Whether it is noticed or harmless depends on the fault; nothing may go.
        let _ = world.handle.synchronise(None).await;
        world.server.clear_faults();
        assert_eq!(world.subjects("INBOX").await.len(), 5);
    }
    assert_eq!(world.handle.mailboxes(None).await.unwrap().len(), 5);
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_can_be_lost() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..30);
    world.synchronise().await;
    let before = world.rows("INBOX").await;
    let (profile, World { handle, server, platform, mode, ahead, dir }) = (world.profile(), world);
    handle.stop().await;
    drop(handle);
    tokio::time::sleep(Duration::from_millis(100)).await;
    for name in ["index.db", "index.db-wal", "index.db-shm"] {
        let _ = std::fs::remove_file(profile.join(name));
    }
    let handle = started(&platform, mode).await;
    let world = World { server, handle, platform, mode, ahead, dir };
    assert_eq!(world.rows("INBOX").await, before);
    assert_eq!(world.synchronise().await.received, 0);
    world.agree().await;
}
