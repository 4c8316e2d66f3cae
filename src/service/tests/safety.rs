//! What must not be believed at once: renumbered mailboxes, and servers on which everything is gone.

use super::*;
use crate::service::ProblemKind;

#[tokio::test(flavor = "multi_thread")]
async fn a_renumbered_mailbox_is_recognised_and_fetched_not_again() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..60);
    world.synchronise().await;
    let id = world.row("INBOX", "note 00007").await.id;
    world.execute(Command::SetFlags { ids: vec![id], add: Flags::FLAGGED, remove: Flags::empty() }).await;
    world.server.expunge(ADA, "INBOX", 3);
    world.server.renumber(ADA, "INBOX", 77);
    world.deliver("INBOX", 60..62);
    let summary = world.synchronise().await;
    assert_eq!((summary.received, summary.removed), (2, 1));
    world.synchronise().await;
    world.agree().await;
    let flagged = world.row("INBOX", "note 00007").await;
    assert_eq!((flagged.id, flagged.flags), (id, Flags::FLAGGED), "found again by Message-ID");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_removal_is_held_until_the_person_agrees() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..60);
    world.synchronise().await;
    (1..=20).for_each(|uid| world.server.expunge(ADA, "INBOX", uid));
    world.deliver("INBOX", 60..61);
    let problem = world.fails().await;
    assert_eq!(problem.kind, ProblemKind::Held { mailbox: "INBOX".into(), removals: 20, total: 60 });
    assert_eq!(world.mailbox("INBOX").await.total, 61, "new mail comes all the same");
    let world = world.restart().await;
    assert!(matches!(world.fails().await.kind, ProblemKind::Held { .. }));
    world.execute(Command::AcceptRemovals { account: "ada".into() }).await;
    assert_eq!(world.synchronise().await.removed, 20);
    world.agree().await;
    world.deliver("INBOX", 61..100);
    world.synchronise().await;
    (21..=50).for_each(|uid| world.server.expunge(ADA, "INBOX", uid));
    assert!(matches!(world.fails().await.kind, ProblemKind::Held { .. }), "the word was for once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_server_after_renumbering_removes_nothing() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..60);
    world.synchronise().await;
    (1..=60).for_each(|uid| world.server.expunge(ADA, "INBOX", uid));
    world.server.renumber(ADA, "INBOX", 99);
    assert!(matches!(world.fails().await.kind, ProblemKind::Held { .. }));
    assert_eq!(world.mailbox("INBOX").await.total, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_served_once() {
    let world = World::imap().await;
    let problem = start(world.platform.clone(), Mode::Batch).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Locked);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_nowhere_but_where_they_belong() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..1);
    world.synchronise().await;
    let lines = world.handle.transcript(None).await.unwrap();
    assert!(lines.iter().any(|line| line.text.contains("AUTHENTICATE PLAIN …")), "{lines:?}");
    for line in &lines {
        assert!(!line.text.split(' ').any(|word| word == "pw" || word.contains("AGFkYUBsb3ZlbGFjZS5leGFtcGxlAHB3")));
    }
    let settings = std::fs::read_to_string(world.profile().join("settings.toml")).unwrap();
    assert!(!settings.contains("pw"), "{settings}");
}
