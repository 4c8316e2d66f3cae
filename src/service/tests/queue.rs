//! The queue as people see and steer it: what waits and why, retry, cancel, and the history of undo.

use super::*;
use crate::demo::Fault;
use crate::service::{Event, ProblemKind};

const IMAP: Protocol = Protocol::Imap;

async fn world() -> World {
    let world = World::imap().await;
    world.deliver("INBOX", 0..6);
    world.synchronise().await;
    world
}

async fn id(world: &World, path: &str, n: u32) -> MessageId {
    world.row(path, &format!("note {n:05}")).await.id
}

async fn move_to(world: &World, message: MessageId, to: &str) -> Receipt {
    let to = world.mailbox(to).await.id;
    world.execute(Command::Move { ids: vec![message], to }).await
}

async fn flag(world: &World, message: MessageId, add: Flags, remove: Flags) -> Receipt {
    world.execute(Command::SetFlags { ids: vec![message], add, remove }).await
}

async fn cancel(world: &World, at: usize) -> std::result::Result<Receipt, Problem> {
    let id = world.handle.queue().await.unwrap()[at].id;
    world.handle.execute(Command::CancelOperation { id }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_does_ten_times_the_server_hears_once() {
    let world = world().await;
    let (one, none) = (id(&world, "INBOX", 1).await, Flags::empty());
    for _ in 0..5 {
        flag(&world, one, Flags::FLAGGED, none).await;
        flag(&world, one, none, Flags::FLAGGED).await;
    }
    assert_eq!(world.handle.queue().await.unwrap(), []);
    for add in [Flags::SEEN, Flags::FLAGGED, Flags::ANSWERED] {
        flag(&world, one, add, none).await;
    }
    for to in ["Archive", "Trash", "Archive"] {
        move_to(&world, one, to).await;
    }
    assert_eq!(world.handle.queue().await.unwrap().len(), 2);
    world.synchronise().await;
    world.agree().await;
    assert_eq!((world.count(IMAP, "UID STORE"), world.count(IMAP, "UID MOVE")), (1, 1));
    // To and fro without the server's knowing, and with nothing fetched again.
    let before = world.server.commands(IMAP).iter().filter(|c| c.contains("BODY.PEEK[]")).count();
    move_to(&world, one, "Trash").await;
    flag(&world, one, none, Flags::SEEN).await;
    move_to(&world, one, "Archive").await;
    assert_eq!(world.handle.queue().await.unwrap().len(), 1);
    let world = world.restart().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.count(IMAP, "UID MOVE"), 1);
    assert_eq!(world.server.commands(IMAP).iter().filter(|c| c.contains("BODY.PEEK[]")).count(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_shown_with_its_reason_and_tried_again() {
    let world = world().await;
    let mut events = world.handle.subscribe();
    let one = id(&world, "INBOX", 1).await;
    world.server.fault(Fault::on(IMAP, "UID MOVE").status("NO [OVERQUOTA] full up"));
    move_to(&world, one, "Archive").await;
    world.synchronise().await;
    let queue = world.handle.queue().await.unwrap();
    assert_eq!((queue[0].kind, queue[0].attempts), (QueuedKind::Move, 1));
    assert_eq!((reply(&queue[0].reason), queue[0].under_way), ("full up", false));
    assert_eq!(queue[0].subject.as_deref(), Some("note 00001"));
    let mut told = 0;
    while let Ok(event) = events.try_recv() {
        told += usize::from(event == Event::Queue { account: "ada".into() });
    }
    assert_eq!(told, 2, "queued, and refused");
    world.synchronise().await;
    assert_eq!(world.handle.queue().await.unwrap().len(), 1, "not yet");
    world.execute(Command::RetryOperation { id: queue[0].id }).await;
    world.synchronise().await;
    world.agree().await;
    let gone = world.handle.execute(Command::RetryOperation { id: queue[0].id }).await.unwrap_err();
    assert!(matches!(gone.kind, ProblemKind::NotFound { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_is_as_it_was() {
    let world = world().await;
    let ids = [id(&world, "INBOX", 0).await, id(&world, "INBOX", 1).await, id(&world, "INBOX", 2).await];
    flag(&world, ids[0], Flags::FLAGGED, Flags::empty()).await;
    move_to(&world, ids[1], "Archive").await;
    let to = world.mailbox("Archive").await.id;
    world.execute(Command::Copy { ids: vec![ids[2]], to }).await;
    world.execute(Command::CreateMailbox { account: "ada".into(), path: MailboxPath("New".into()) }).await;
    for _ in 0..4 {
        cancel(&world, 0).await.unwrap();
    }
    assert_eq!(world.handle.queue().await.unwrap(), []);
    assert_eq!(world.subjects("INBOX").await.len(), 6);
    assert_eq!(world.subjects("Archive").await, [""; 0]);
    assert!(world.row("INBOX", "note 00000").await.flags.is_empty());
    assert!(world.handle.mailboxes(None).await.unwrap().iter().all(|m| m.path.0 != "New"));
    assert_eq!(world.synchronise().await, SyncSummary::default());
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_takes_along_what_followed() {
    let world = world().await;
    let one = id(&world, "INBOX", 1).await;
    world.server.fault(Fault::on(IMAP, "UID MOVE").status("NO [OVERQUOTA] full"));
    move_to(&world, one, "Archive").await;
    world.synchronise().await;
    move_to(&world, one, "Trash").await;
    flag(&world, one, Flags::FLAGGED, Flags::empty()).await;
    world.execute(Command::Delete { ids: vec![one] }).await;
    assert_eq!(world.subjects("Trash").await, [""; 0], "held");
    assert_eq!(world.handle.queue().await.unwrap().len(), 4);
    cancel(&world, 0).await.unwrap();
    assert_eq!(world.handle.queue().await.unwrap(), []);
    assert_eq!(world.subjects("INBOX").await.len(), 6);
    world.synchronise().await;
    world.agree().await;
    // A mailbox that mail waits for cannot be taken from under it.
    world.execute(Command::CreateMailbox { account: "ada".into(), path: MailboxPath("New".into()) }).await;
    move_to(&world, one, "New").await;
    assert!(matches!(cancel(&world, 0).await.unwrap_err().kind, ProblemKind::Invalid { .. }));
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_goes_back_step_by_step_and_survives() {
    let world = world().await;
    let (one, two) = (id(&world, "INBOX", 1).await, id(&world, "INBOX", 2).await);
    flag(&world, one, Flags::FLAGGED, Flags::empty()).await;
    world.synchronise().await;
    let to = world.mailbox("Archive").await.id;
    world.execute(Command::Move { ids: vec![one, two], to }).await;
    world.execute(Command::Delete { ids: vec![two] }).await;
    let world = world.restart().await;
    let history = world.handle.undo_history().await.unwrap();
    let kinds: Vec<(UndoKind, u64)> = history.iter().map(|entry| (entry.kind, entry.count)).collect();
    assert_eq!(kinds, [(UndoKind::Delete, 1), (UndoKind::Move, 2), (UndoKind::Flags, 1)]);
    assert_eq!(world.execute(Command::UndoLast).await.count, 1);
    assert_eq!(world.subjects("Archive").await.len(), 2);
    world.synchronise().await;
    assert_eq!(world.execute(Command::UndoLast).await.count, 2);
    world.execute(Command::UndoLast).await;
    assert!(matches!(world.handle.execute(Command::UndoLast).await.unwrap_err().kind, ProblemKind::NotFound { .. }));
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects("INBOX").await.len(), 6);
    assert!(world.row("INBOX", "note 00001").await.flags.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_half_carried_out_is_taken_back_whole() {
    for done in [true, false] {
        let world = world().await;
        let ids = vec![id(&world, "INBOX", 0).await, id(&world, "INBOX", 3).await];
        world.server.deliver(ADA, "Drafts", message(50).as_bytes()).unwrap();
        world.synchronise().await;
        let ids = [ids, vec![id(&world, "Drafts", 50).await]].concat();
        let fault = Fault::on(IMAP, "UID MOVE").nth(2);
        world.server.fault(if done { fault.done().close() } else { fault.close() });
        let token = world.execute(Command::Delete { ids }).await.undo.unwrap();
        world.fails().await;
        world.execute(Command::Undo { token }).await;
        world.synchronise().await;
        world.synchronise().await;
        world.agree().await;
        assert_eq!((world.subjects_there("INBOX").len(), world.subjects_there("Drafts").len()), (6, 1), "{done}");
    }
}

/// A message of the POP3 account, and the IMAP account beside it.
async fn two() -> (World, MailboxId) {
    let world = world().await;
    world.server.create(BOB, "Archive", Some(Role::Archive));
    let bob = Account { name: "bob".into(), user: BOB.into(), ..world.account() };
    world.add(bob).await;
    for (account, result) in world.handle.synchronise(None).await {
        result.unwrap_or_else(|problem| panic!("{account}: {problem}"));
    }
    let there = world.handle.mailboxes(Some("bob")).await.unwrap();
    let to = there.iter().find(|m| m.role == Some(Role::Archive)).unwrap().id;
    (world, to)
}

fn subjects_of_bob(world: &World) -> usize {
    world.server.messages(BOB, "Archive").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn between_accounts_the_original_goes_when_the_copy_has_arrived() {
    let (world, to) = two().await;
    let one = id(&world, "INBOX", 1).await;
    world.server.fault(Fault::on(IMAP, "APPEND").status("NO [OVERQUOTA] full"));
    world.execute(Command::Move { ids: vec![one], to }).await;
    for _ in 0..2 {
        world.handle.synchronise(None).await;
    }
    assert_eq!((world.subjects_there("INBOX").len(), subjects_of_bob(&world)), (6, 0), "nothing left its server");
    let queue = world.handle.queue().await.unwrap();
    let reasons: Vec<_> = queue.iter().filter_map(|op| op.reason.as_ref().map(|reason| &reason.kind)).collect();
    let first = ProblemKind::CopyFirst { mailbox: "bob/Archive".into() };
    assert!(matches!(reasons[..], [ProblemKind::Refused { reply, .. }, then] if reply == "full" && *then == first));
    let world = world.restart().await;
    world.later(60);
    world.handle.synchronise(Some("bob")).await;
    world.handle.synchronise(Some("ada")).await;
    assert_eq!((world.subjects_there("INBOX").len(), subjects_of_bob(&world)), (5, 1));
    assert_eq!(world.subjects_there("Trash"), ["note 00001"]);
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_cancelled_leaves_the_original_where_it_was() {
    let (world, to) = two().await;
    let one = id(&world, "INBOX", 1).await;
    let receipt = world.execute(Command::Move { ids: vec![one], to }).await;
    cancel(&world, 0).await.unwrap();
    assert_eq!(world.handle.queue().await.unwrap(), []);
    assert_eq!(world.subjects("INBOX").await.len(), 6);
    world.handle.synchronise(None).await;
    world.agree().await;
    assert_eq!(subjects_of_bob(&world), 0);
    drop(receipt);
    // And undone: before, and after it was carried out.
    for stage in 0..2 {
        let token = world.execute(Command::Move { ids: vec![one], to }).await.undo.unwrap();
        if stage == 1 {
            world.handle.synchronise(Some("bob")).await;
            world.handle.synchronise(Some("ada")).await;
        }
        world.execute(Command::Undo { token }).await;
        for _ in 0..2 {
            world.handle.synchronise(None).await;
        }
        world.agree().await;
        assert_eq!((world.subjects_there("INBOX").len(), subjects_of_bob(&world)), (6, 0), "{stage}");
    }
}

/// A message that is only here, on its way to the Sent of the server.
async fn sent(world: &World) {
    let draft = world.draft("ada", &[POP], "once").await;
    let id = world.submit(&draft).await;
    world.handle.deliver(id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_cut_anywhere_is_there_once() {
    let cuts: [(&str, bool, &[&str]); 6] = [
        ("APPEND", false, &[]),
        ("APPEND-END", false, &[]),
        ("APPEND-END", true, &[]),
        ("APPEND-END", false, &["UIDPLUS"]),
        ("APPEND-END", true, &["UIDPLUS"]),
        ("APPEND", false, &["UIDPLUS"]),
    ];
    for (event, done, missing) in cuts {
        let world = World::imap().await;
        world.synchronise().await;
        missing.iter().for_each(|capability| world.server.fault(Fault::omit(IMAP, capability)));
        let fault = Fault::on(IMAP, event);
        world.server.fault(if done { fault.done().close() } else { fault.close() });
        sent(&world).await;
        let world = world.restart().await;
        world.later(60);
        world.synchronise().await;
        world.synchronise().await;
        assert_eq!(world.subjects_there("Sent"), ["once"], "{event} {done} {missing:?}");
        world.agree().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ok_without_a_message_is_not_believed() {
    let world = World::imap().await;
    world.synchronise().await;
    world.server.fault(Fault::omit(IMAP, "UIDPLUS"));
    world.server.fault(Fault::on(IMAP, "APPEND-END").status("OK stored, honestly"));
    sent(&world).await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Sent"), [""; 0]);
    let queue = world.handle.queue().await.unwrap();
    let kind = queue[0].reason.as_ref().map(|reason| &reason.kind);
    assert!(matches!(kind, Some(ProblemKind::NotStored { .. })), "{queue:?}");
    assert_eq!(world.subjects("Sent").await, ["once"], "it stays here");
    world.later(60);
    world.synchronise().await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Sent"), ["once"]);
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_reached_the_server_is_deleted_without_its_hearing() {
    let world = World::imap().await;
    world.synchronise().await;
    world.server.fault(Fault::on(IMAP, "CONNECT").close());
    sent(&world).await;
    let message = world.rows("Sent").await[0].id;
    world.execute(Command::Delete { ids: vec![message] }).await;
    let token = world.execute(Command::Delete { ids: vec![message] }).await.undo.unwrap();
    // Taken back it is on its way again.
    world.execute(Command::Undo { token }).await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Trash"), ["once"]);
    world.agree().await;
    let before = world.count(IMAP, "APPEND");
    world.server.fault(Fault::on(IMAP, "CONNECT").close());
    sent(&world).await;
    let message = world.rows("Sent").await[0].id;
    world.execute(Command::Delete { ids: vec![message] }).await;
    world.execute(Command::Delete { ids: vec![message] }).await;
    world.later(11);
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.count(IMAP, "APPEND"), before);
}
