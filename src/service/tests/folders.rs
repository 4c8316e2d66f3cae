//! Mailboxes are renamed, moved, deleted, emptied and subscribed to, whatever happens on the way.

use super::*;
use crate::demo::Fault;
use crate::service::ProblemKind;

const IMAP: Protocol = Protocol::Imap;

/// A world with a few mailboxes of the person's own.
async fn world() -> World {
    let world = World::imap().await;
    for path in ["Projects", "Projects/Engine", "Projects/Engine/Mill"] {
        assert!(world.server.create(ADA, path, None));
    }
    world.deliver("INBOX", 0..3);
    world.deliver("Projects/Engine", 10..13);
    world.deliver("Projects/Engine/Mill", 20..22);
    world.synchronise().await;
    world
}

async fn paths(world: &World) -> Vec<String> {
    let all = world.handle.mailboxes(Some("ada")).await.unwrap();
    let mut paths: Vec<String> = all.into_iter().map(|m| m.path.0).collect();
    paths.sort();
    paths
}

fn bodies(world: &World) -> usize {
    world.server.commands(IMAP).iter().filter(|c| c.contains("BODY.PEEK[]")).count()
}

async fn rename(world: &World, from: &str, to: &str) -> Receipt {
    let mailbox = world.mailbox(from).await.id;
    world.execute(Command::RenameMailbox { mailbox, to: MailboxPath(to.into()) }).await
}

async fn delete(world: &World, path: &str) -> Receipt {
    let mailbox = world.mailbox(path).await.id;
    world.execute(Command::DeleteMailbox { mailbox }).await
}

async fn undo(world: &World, receipt: &Receipt) {
    world.execute(Command::Undo { token: receipt.undo.unwrap() }).await;
}

/// Both sides have the same mailboxes with the same mail.
async fn same(world: &World) {
    world.agree().await;
    assert_eq!(paths(world).await, world.server.mailboxes(ADA));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_mailbox_takes_its_mail_along_and_fetches_nothing() {
    let world = world().await;
    let before = bodies(&world);
    rename(&world, "Projects/Engine", "Maschine").await;
    assert_eq!(world.subjects("Maschine/Mill").await.len(), 2, "at once");
    let world = world.restart().await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Maschine").len(), 3);
    assert_eq!(world.subjects_there("Maschine/Mill").len(), 2);
    same(&world).await;
    world.synchronise().await;
    assert_eq!(bodies(&world), before);
    let subscriptions = world.server.subscriptions(ADA);
    assert!(subscriptions.contains(&"Maschine/Mill".to_string()), "{subscriptions:?}");
    assert!(!subscriptions.iter().any(|path| path.starts_with("Projects/")), "{subscriptions:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renaming_cut_anywhere_is_done_once() {
    for done in [true, false] {
        let world = world().await;
        let fault = Fault::on(IMAP, "RENAME");
        world.server.fault(if done { fault.done().close() } else { fault.close() });
        rename(&world, "Projects/Engine", "Engine").await;
        world.fails().await;
        let before = bodies(&world);
        let world = world.restart().await;
        world.synchronise().await;
        world.synchronise().await;
        assert_eq!(world.subjects_there("Engine").len(), 3, "{done}");
        same(&world).await;
        assert_eq!(bodies(&world), before, "{done}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_follows_a_renamed_mailbox_before_and_after() {
    let world = world().await;
    let (one, two) = (world.row("INBOX", "note 00001").await.id, world.row("INBOX", "note 00002").await.id);
    let to = world.mailbox("Projects/Engine").await.id;
    world.execute(Command::Move { ids: vec![one], to }).await;
    // The mail goes while the renaming is refused, and the other way round.
    world.server.fault(Fault::on(IMAP, "RENAME").status("NO [INUSE] later"));
    rename(&world, "Projects/Engine", "Engine").await;
    world.execute(Command::Move { ids: vec![two], to }).await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Projects/Engine").len(), 5);
    assert_eq!(world.subjects("Engine").await.len(), 5);
    let queue = world.handle.queue().await.unwrap();
    assert_eq!((queue[0].kind, reply(&queue[0].reason)), (QueuedKind::RenameMailbox, "later"));
    world.later(31);
    world.synchronise().await;
    same(&world).await;
    assert_eq!(world.subjects_there("Engine").len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn renamings_are_taken_back_and_refused_where_they_make_no_sense() {
    let world = world().await;
    let first = rename(&world, "Projects", "Work").await;
    undo(&world, &first).await;
    assert_eq!(world.handle.queue().await.unwrap(), [], "the server never hears of it");
    let second = rename(&world, "Projects", "Work").await;
    world.synchronise().await;
    undo(&world, &second).await;
    world.synchronise().await;
    same(&world).await;
    assert!(paths(&world).await.contains(&"Projects/Engine/Mill".to_string()));
    for (from, to) in [("INBOX", "X"), ("Trash", "X"), ("Projects", "Archive"), ("Projects", "Projects/Engine/Sub")] {
        let mailbox = world.mailbox(from).await.id;
        let refused = world.handle.execute(Command::RenameMailbox { mailbox, to: MailboxPath(to.into()) }).await;
        assert!(matches!(refused.unwrap_err().kind, ProblemKind::Invalid { .. }), "{from} {to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_the_server_cannot_give_comes_back() {
    let world = world().await;
    rename(&world, "Projects", "Work").await;
    world.server.create(ADA, "Work", None);
    world.synchronise().await;
    world.synchronise().await;
    same(&world).await;
    assert!(paths(&world).await.contains(&"Projects/Engine".to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_programs_renaming_fetches_nothing() {
    let world = world().await;
    let (before, id) = (bodies(&world), world.mailbox("Projects/Engine").await.id);
    let row = world.row("INBOX", "note 00001").await.id;
    world.execute(Command::Move { ids: vec![row], to: id }).await;
    world.synchronise().await;
    world.synchronise().await;
    assert!(world.server.rename(ADA, "Projects", "Work/Deep"));
    world.synchronise().await;
    same(&world).await;
    assert_eq!(world.mailbox("Work/Deep/Engine").await.id, id);
    assert_eq!(bodies(&world), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_mailbox_leaves_its_mail_in_the_trash() {
    for missing in [&[][..], &["MOVE"], &["MOVE", "UIDPLUS"]] {
        let world = world().await;
        missing.iter().for_each(|capability| world.server.fault(Fault::omit(IMAP, capability)));
        let receipt = delete(&world, "Projects").await;
        assert_eq!(receipt.count, 5);
        assert!(!paths(&world).await.iter().any(|path| path.starts_with("Projects")), "at once");
        let world = world.restart().await;
        assert!(!paths(&world).await.iter().any(|path| path.starts_with("Projects")));
        world.synchronise().await;
        world.synchronise().await;
        assert_eq!(world.subjects_there("Trash").len(), 5, "without {missing:?}");
        same(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_cut_anywhere_is_done_once() {
    let cuts = [("DELETE", true), ("DELETE", false), ("UID MOVE", true), ("UID MOVE", false)];
    for (command, done) in cuts {
        let world = world().await;
        let fault = Fault::on(IMAP, command);
        world.server.fault(if done { fault.done().close() } else { fault.close() });
        delete(&world, "Projects").await;
        world.fails().await;
        let world = world.restart().await;
        world.synchronise().await;
        world.synchronise().await;
        assert_eq!(world.subjects_there("Trash").len(), 5, "{command} {done}");
        same(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_is_taken_back_before_in_the_middle_and_after() {
    for stage in 0..3 {
        let world = world().await;
        let receipt = delete(&world, "Projects").await;
        match stage {
            0 => {}
            1 => {
                world.server.fault(Fault::on(IMAP, "UID MOVE").nth(2).close());
                world.fails().await;
            }
            _ => drop(world.synchronise().await),
        }
        undo(&world, &receipt).await;
        assert_eq!(world.subjects("Projects/Engine").await.len(), 3, "{stage}");
        let world = world.restart().await;
        world.synchronise().await;
        world.synchronise().await;
        same(&world).await;
        assert_eq!(world.subjects_there("Projects/Engine/Mill").len(), 2, "{stage}");
        assert_eq!(world.subjects_there("Trash"), [""; 0], "{stage}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_comes_into_a_deleted_mailbox_keeps_it() {
    let world = world().await;
    delete(&world, "Projects/Engine/Mill").await;
    world.deliver("Projects/Engine/Mill", 30..31);
    world.synchronise().await;
    world.synchronise().await;
    same(&world).await;
    assert_eq!(world.subjects("Projects/Engine/Mill").await, ["note 00030"]);
    assert_eq!(world.subjects("Trash").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_trash_a_mailbox_goes_for_good_after_a_while() {
    let world = world().await;
    rename(&world, "Projects/Engine", "Trash/Engine").await;
    world.synchronise().await;
    let receipt = delete(&world, "Trash/Engine").await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Trash/Engine").len(), 3, "not yet");
    undo(&world, &receipt).await;
    assert_eq!(world.subjects("Trash/Engine").await.len(), 3);
    delete(&world, "Trash/Engine").await;
    world.later(11);
    world.synchronise().await;
    same(&world).await;
    assert!(!world.server.mailboxes(ADA).iter().any(|path| path.starts_with("Trash/")));
    assert_eq!(world.subjects_there("Trash"), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_created_goes_again_and_subscriptions_change() {
    let world = world().await;
    let path = MailboxPath("Neu/Ünder".into());
    let created = world.execute(Command::CreateMailbox { account: "ada".into(), path: path.clone() }).await;
    world.synchronise().await;
    undo(&world, &created).await;
    world.synchronise().await;
    world.agree().await;
    assert!(!world.server.mailboxes(ADA).contains(&path.0));
    let (mailbox, subscribed) = (world.mailbox("Projects").await.id, false);
    let receipt = world.execute(Command::SetSubscribed { mailbox, subscribed }).await;
    assert!(!world.mailbox("Projects").await.subscribed);
    world.synchronise().await;
    world.synchronise().await;
    assert!(!world.mailbox("Projects").await.subscribed);
    assert!(!world.server.subscriptions(ADA).contains(&"Projects".to_string()));
    undo(&world, &receipt).await;
    world.synchronise().await;
    assert!(world.mailbox("Projects").await.subscribed);
    assert!(world.server.subscriptions(ADA).contains(&"Projects".to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn emptied_mailboxes_go_to_the_trash_and_the_trash_for_good() {
    let world = world().await;
    let (mill, trash) = (world.mailbox("Projects/Engine/Mill").await.id, world.mailbox("Trash").await.id);
    let receipt = world.execute(Command::EmptyMailbox { mailbox: mill }).await;
    world.synchronise().await;
    same(&world).await;
    assert_eq!(world.subjects_there("Trash").len(), 2);
    undo(&world, &receipt).await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Projects/Engine/Mill").len(), 2);
    world.execute(Command::EmptyMailbox { mailbox: mill }).await;
    let receipt = world.execute(Command::EmptyMailbox { mailbox: trash }).await;
    world.synchronise().await;
    assert_eq!((world.subjects("Trash").await.len(), world.subjects_there("Trash").len()), (0, 2));
    undo(&world, &receipt).await;
    world.execute(Command::EmptyMailbox { mailbox: trash }).await;
    // What comes meanwhile is no part of it.
    world.deliver("Trash", 40..41);
    world.later(11);
    world.synchronise().await;
    world.synchronise().await;
    same(&world).await;
    assert_eq!(world.subjects_there("Trash"), ["note 00040"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_mailboxes_change_here() {
    let world = World::pop3(Pop3Keep::Always).await;
    world.server.deliver(POP, "INBOX", message(1).as_bytes()).unwrap();
    world.synchronise().await;
    world.execute(Command::CreateMailbox { account: "pop".into(), path: MailboxPath("A".into()) }).await;
    let (a, id) = (world.mailbox("A").await.id, world.row("INBOX", "note 00001").await.id);
    world.execute(Command::Move { ids: vec![id], to: a }).await;
    rename(&world, "A", "B/C").await;
    assert_eq!(world.subjects("B/C").await, ["note 00001"]);
    let receipt = delete(&world, "B/C").await;
    world.synchronise().await;
    assert_eq!(world.subjects("Trash").await, ["note 00001"]);
    undo(&world, &receipt).await;
    assert_eq!(world.subjects("B/C").await, ["note 00001"]);
    let receipt = delete(&world, "B/C").await;
    undo(&world, &receipt).await;
    world.synchronise().await;
    assert_eq!(world.subjects("B/C").await, ["note 00001"]);
    assert_eq!(world.handle.queue().await.unwrap(), []);
}
