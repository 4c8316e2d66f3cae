//! Maildirs that other programs make, in an account's tree.

use super::*;
use crate::demo::Fault;
use std::path::Path;

async fn world(mode: Mode) -> World {
    let world = World::empty(mode).await;
    for (path, role) in [("Trash", Role::Trash), ("Archive", Role::Archive)] {
        world.server.create(ADA, path, Some(role));
    }
    world.deliver("INBOX", 0..3);
    world.add(world.account()).await;
    world
}

fn tree(world: &World) -> PathBuf {
    world.profile().join("mail/ada")
}

fn make(dir: &Path) {
    ["tmp", "new", "cur"].iter().for_each(|sub| std::fs::create_dir_all(dir.join(sub)).unwrap());
}

fn write(dir: &Path, n: u32) {
    std::fs::write(dir.join(format!("1700000000.R{n}.mutt:2,S")), message(n)).unwrap();
}

async fn paths(world: &World) -> Vec<String> {
    world.handle.mailboxes(None).await.unwrap().into_iter().map(|m| m.path.0).collect()
}

/// Ends the service and starts another, which has to find everything in the files.
async fn without_index(world: World) -> World {
    world.handle.stop().await;
    for name in ["index.db", "index.db-wal", "index.db-shm"] {
        let _ = std::fs::remove_file(world.profile().join(name));
    }
    world.restart().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildir_of_another_program_becomes_a_mailbox_with_its_mail() {
    let world = world(Mode::Batch).await;
    world.synchronise().await;
    make(&tree(&world).join("Projects"));
    make(&tree(&world).join(".Lists.Rust"));
    make(&tree(&world).join("Work/Plans"));
    write(&tree(&world).join("Projects/cur"), 70);
    write(&tree(&world).join(".Lists.Rust/new"), 71);
    // Not made yet, or no Maildirs at all.
    std::fs::create_dir_all(tree(&world).join("Half/cur")).unwrap();
    std::fs::create_dir_all(tree(&world).join(".stuff/within")).unwrap();
    for _ in 0..3 {
        world.synchronise().await;
    }
    world.agree().await;
    let here = paths(&world).await;
    for made in ["Projects", "Lists/Rust", "Work/Plans"] {
        assert!(here.iter().any(|path| path == made), "{made}: {here:?}");
    }
    assert!(!here.iter().any(|path| path.contains("Half") || path.contains("stuff")), "{here:?}");
    assert_eq!(world.subjects_there("Projects"), ["note 00070"]);
    assert_eq!(world.subjects_there("Lists/Rust"), ["note 00071"]);
    assert_eq!(world.subjects_there("Work/Plans").len(), 0);
    assert!(tree(&world).join(".Lists.Rust/cur").is_dir(), "it stays where the other program has it");
    assert_eq!(world.handle.queue().await.unwrap(), []);
    // Found again from the files alone.
    let world = without_index(world).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!((paths(&world).await, world.subjects_there("Lists/Rust").len()), (here, 1));
    assert_eq!(world.count(Protocol::Imap, "CREATE"), 3);
    // The last one is whole now, and another has the name of one that is there.
    make(&tree(&world).join("Half"));
    make(&tree(&world).join(".Projects"));
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    let now = paths(&world).await;
    assert!(now.iter().any(|path| path == "Half") && now.iter().any(|path| path == "Projects 2"), "{now:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_moved_into_a_new_maildir_is_moved_on_the_server_and_what_goes_stays_there() {
    let world = world(Mode::Batch).await;
    world.synchronise().await;
    world.server.fault(Fault::on(Protocol::Imap, "CREATE").close());
    let projects = tree(&world).join("Projects");
    make(&projects);
    let from = std::fs::read_dir(tree(&world).join("INBOX/cur")).unwrap().next().unwrap().unwrap();
    std::fs::rename(from.path(), projects.join("cur").join(from.file_name())).unwrap();
    let _ = world.handle.synchronise(None).await;
    let world = world.restart().await;
    for _ in 0..3 {
        world.later(4000);
        world.synchronise().await;
    }
    world.agree().await;
    assert_eq!((world.subjects_there("INBOX").len(), world.subjects_there("Projects").len()), (2, 1));
    assert_eq!((world.count(Protocol::Imap, "APPEND"), world.subjects_there("Trash").len()), (0, 0));
    // With its mail, and an empty one: the server keeps both.
    make(&tree(&world).join("Empty"));
    world.synchronise().await;
    for gone in ["Projects", "Empty"] {
        std::fs::remove_dir_all(tree(&world).join(gone)).unwrap();
    }
    for _ in 0..3 {
        let _ = world.handle.synchronise(None).await;
    }
    assert_eq!(world.subjects_there("Projects").len(), 1);
    let questions = world.handle.accounts().await.unwrap()[0].questions.clone();
    assert!(questions.iter().any(|q| matches!(q.problem.kind, super::super::ProblemKind::StoreMissing { .. })));
    assert_eq!(world.count(Protocol::Imap, "DELETE"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_window_runs_a_maildir_is_noticed_as_soon_as_it_is_whole() {
    let world = world(Mode::Interactive).await;
    until("the mail is here", || async {
        let all = world.handle.mailboxes(None).await.unwrap();
        all.iter().any(|m| m.path.0 == "INBOX" && m.total == 3) && all.iter().any(|m| m.path.0 == "Archive")
    })
    .await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let deep = tree(&world).join("Archive/2026");
    for sub in ["tmp", "new", "cur"] {
        assert!(!paths(&world).await.iter().any(|path| path == "Archive/2026"), "{sub}: not before it is whole");
        std::fs::create_dir_all(deep.join(sub)).unwrap();
        if sub == "new" {
            // It is there before the mailbox is.
            write(&deep.join("new"), 72);
        }
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    until("the server has it", || async { world.subjects_there("Archive/2026") == ["note 00072"] }).await;
    write(&deep.join("cur"), 73);
    until("the server has the other", || async { world.subjects_there("Archive/2026").len() == 2 }).await;
    assert!(paths(&world).await.iter().any(|path| path == "Archive/2026"));
}
