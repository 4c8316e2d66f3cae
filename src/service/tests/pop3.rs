//! An account by POP3: everything comes once, and leaves the server only as the person said.

use super::*;
use crate::demo::Fault;

fn there(world: &World) -> usize {
    world.server.messages(POP, "INBOX").len()
}

fn deliver(world: &World, numbers: std::ops::Range<u32>) {
    for n in numbers {
        world.server.deliver(POP, "INBOX", message(n).as_bytes()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_stays_on_the_server_by_default_and_comes_once() {
    let world = World::pop3(Pop3Keep::Always).await;
    let roles: Vec<Option<Role>> = world.handle.mailboxes(None).await.unwrap().iter().map(|m| m.role).collect();
    assert_eq!(roles, [Role::Inbox, Role::Drafts, Role::Sent, Role::Archive, Role::Junk, Role::Trash].map(Some));
    deliver(&world, 0..80);
    assert_eq!(world.synchronise().await.received, 80);
    let row = world.row("INBOX", "note 00033").await;
    assert_eq!(world.handle.raw(row.id).await.unwrap(), message(33).as_bytes());
    let world = world.restart().await;
    deliver(&world, 80..82);
    assert_eq!(world.synchronise().await.received, 2);
    assert_eq!((world.subjects("INBOX").await.len(), there(&world)), (82, 82));
    assert_eq!(world.count(Protocol::Pop3, "DELE"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_or_moved_here_does_not_come_back() {
    let world = World::pop3(Pop3Keep::Always).await;
    deliver(&world, 0..3);
    world.synchronise().await;
    let archived = vec![world.row("INBOX", "note 00000").await.id];
    let deleted = vec![world.row("INBOX", "note 00001").await.id];
    world.execute(Command::MoveToRole { ids: archived, role: Role::Archive }).await;
    world.execute(Command::Delete { ids: deleted.clone() }).await;
    let token = world.execute(Command::Delete { ids: deleted.clone() }).await.undo.unwrap();
    assert_eq!(world.subjects("Trash").await, [""; 0]);
    world.execute(Command::Undo { token }).await;
    assert_eq!(world.subjects("Trash").await, ["note 00001"]);
    world.execute(Command::Delete { ids: deleted }).await;
    world.later(11);
    assert_eq!(world.synchronise().await.received, 0);
    assert_eq!(world.handle.queue().await.unwrap(), []);
    let world = world.restart().await;
    world.synchronise().await;
    assert_eq!(world.subjects("INBOX").await, ["note 00002"]);
    assert_eq!(world.subjects("Archive").await, ["note 00000"]);
    assert_eq!((world.subjects("Trash").await.len(), there(&world)), (0, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn removal_after_download_happens_when_it_is_safe_here() {
    let world = World::pop3(Pop3Keep::Never).await;
    deliver(&world, 0..20);
    world.server.fault(Fault::on(Protocol::Pop3, "DELE").nth(5).close());
    assert!(world.handle.synchronise(None).await[0].1.is_err());
    assert_eq!((world.subjects("INBOX").await.len(), there(&world)), (20, 20));
    let world = world.restart().await;
    assert_eq!(world.synchronise().await.received, 0);
    assert_eq!((world.subjects("INBOX").await.len(), there(&world)), (20, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn removal_after_days_waits_for_them() {
    let world = World::pop3(Pop3Keep::Days(3)).await;
    deliver(&world, 0..4);
    world.synchronise().await;
    world.later(2 * 24 * 60 * 60);
    world.synchronise().await;
    assert_eq!(there(&world), 4);
    deliver(&world, 4..5);
    world.synchronise().await;
    world.later(24 * 60 * 60 + 1);
    world.synchronise().await;
    assert_eq!((world.subjects("INBOX").await.len(), there(&world)), (5, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_while_mail_was_to_stay_stays() {
    let world = World::pop3(Pop3Keep::Always).await;
    deliver(&world, 0..2);
    world.synchronise().await;
    world.add(world.pop3_account(Pop3Keep::Never)).await;
    deliver(&world, 2..3);
    world.synchronise().await;
    assert_eq!((world.subjects("INBOX").await.len(), there(&world)), (3, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_download_goes_on_and_doubles_nothing() {
    for bytes in [2_000, 30_000, 60_000] {
        let world = World::pop3(Pop3Keep::Never).await;
        deliver(&world, 0..100);
        world.server.fault(Fault::after_sent(Protocol::Pop3, bytes).reset());
        assert!(world.handle.synchronise(None).await[0].1.is_err());
        assert_eq!(there(&world), 100, "nothing is deleted without QUIT");
        let world = world.restart().await;
        world.synchronise().await;
        assert_eq!((world.subjects("INBOX").await.len(), there(&world)), (100, 0), "after {bytes}");
        let mut subjects = world.subjects("INBOX").await;
        subjects.dedup();
        assert_eq!(subjects.len(), 100);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_sent_mail_and_drafts_are_filed_here() {
    let world = World::pop3(Pop3Keep::Always).await;
    let id = world.submit(&world.draft("pop", &[ADA], "by hand").await).await;
    assert!(matches!(world.handle.deliver(id).await.unwrap().submission, Submission::Accepted { .. }));
    let draft = world.draft("pop", &[ADA], "unfinished").await;
    world.execute(Command::KeepDraft { draft: Box::new(draft) }).await;
    world.synchronise().await;
    assert_eq!(world.subjects("Sent").await, ["by hand"]);
    assert_eq!(world.subjects("Drafts").await, ["unfinished"]);
    assert_eq!(world.handle.queue().await.unwrap(), []);
}
