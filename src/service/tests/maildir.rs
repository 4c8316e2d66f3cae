//! Another mail program works on the same Maildirs: what it does reaches the server, and nothing is lost by it.

use super::*;
use crate::demo::Fault;
use crate::service::ProblemKind;
use std::path::Path;

/// A world with some mail; the names of its files can be changed as mutt would.
async fn world(n: u32) -> World {
    let world = World::imap().await;
    world.deliver("INBOX", 0..n);
    world.synchronise().await;
    world
}

fn dir(world: &World, mailbox: &str, sub: &str) -> PathBuf {
    world.profile().join("mail/ada").join(mailbox).join(sub)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The file of a message with this subject.
fn file(world: &World, mailbox: &str, subject: &str) -> PathBuf {
    let is_it = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains(&format!("Subject: {subject}"));
    files(&dir(world, mailbox, "cur")).into_iter().find(is_it).unwrap()
}

fn rename(from: &Path, to: &Path) {
    std::fs::rename(from, to).unwrap();
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_moves_and_deliveries_are_carried_to_the_server() {
    let world = world(4).await;
    let flagged = file(&world, "INBOX", "note 00000");
    rename(&flagged, Path::new(&format!("{}FS", flagged.display())));
    // By its name, and as mutt does it, under a new one.
    let moved = file(&world, "INBOX", "note 00001");
    rename(&moved, &dir(&world, "Archive", "cur").join(name(&moved)));
    let copied = file(&world, "INBOX", "note 00002");
    std::fs::copy(&copied, dir(&world, "Archive", "new").join("1700000000.R1.mutt")).unwrap();
    std::fs::remove_file(&copied).unwrap();
    std::fs::write(dir(&world, "INBOX", "new").join("1700000001.R2.mutt"), message(9)).unwrap();
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("INBOX"), ["note 00000", "note 00003", "note 00009"]);
    assert_eq!(world.subjects_there("Archive"), ["note 00001", "note 00002"]);
    assert_eq!(world.row("INBOX", "note 00000").await.flags, Flags::FLAGGED.union(Flags::SEEN));
    assert_eq!(world.server.messages(ADA, "Trash").len(), 0);
    assert_eq!(world.count(Protocol::Imap, "APPEND"), 1, "what was moved is moved, not uploaded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_file_is_a_copy() {
    let world = world(1).await;
    let original = file(&world, "INBOX", "note 00000");
    std::fs::copy(&original, dir(&world, "Archive", "cur").join(name(&original))).unwrap();
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!((world.subjects_there("INBOX").len(), world.subjects_there("Archive").len()), (1, 1));
}

/// Writes a message into a mailbox as another program would, under a name of its own.
fn write(world: &World, mailbox: &str, n: u32) -> PathBuf {
    let path = dir(world, mailbox, "cur").join(format!("1700000000.R{}.mutt:2,", fastrand::u64(..)));
    std::fs::write(&path, message(n)).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_whose_original_goes_later_was_moved() {
    let world = world(2).await;
    // mutt writes the copy at once, and removes the original when it closes the mailbox.
    write(&world, "Archive", 1);
    world.synchronise().await;
    assert_eq!((world.subjects_there("INBOX").len(), world.subjects_there("Archive").len()), (2, 1));
    std::fs::remove_file(file(&world, "INBOX", "note 00001")).unwrap();
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("INBOX"), ["note 00000"]);
    assert_eq!(world.subjects_there("Archive"), ["note 00001"]);
    assert_eq!((world.server.messages(ADA, "Trash").len(), world.handle.queue().await.unwrap().len()), (0, 0));
}

/// A copy in the archive says nothing about an original that goes a good while later.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_old_is_no_place_to_which_a_message_was_moved() {
    for (restarts, reaches) in [(true, true), (false, true), (false, false)] {
        let world = world(2).await;
        if !reaches {
            world.server.fault(Fault::on(Protocol::Imap, "APPEND").always().status("NO not now"));
        }
        write(&world, "Archive", 1);
        world.synchronise().await;
        let world = if restarts { world.restart().await } else { world };
        let state = world.handle.shared().account("ada").unwrap();
        crate::service::state::locked(&state.newcomers).age(Duration::from_secs(61));
        std::fs::remove_file(file(&world, "INBOX", "note 00001")).unwrap();
        world.synchronise().await;
        world.server.clear_faults();
        world.later(4000);
        world.synchronise().await;
        let asked = &world.handle.accounts().await.unwrap()[0].questions;
        assert!(matches!(asked[0].problem.kind, ProblemKind::RemovedHere { removals: 1, .. }), "{restarts} {asked:?}");
        let there = |mailbox: &str| world.subjects_there(mailbox);
        assert_eq!((there("INBOX").len(), there("Archive").len()), (2, 1), "nothing goes without the person's word");
        world.execute(Command::CarryRemovals { account: "ada".into(), carry: true }).await;
        world.synchronise().await;
        world.synchronise().await;
        world.agree().await;
        assert_eq!((there("INBOX").len(), there("Archive").len(), there("Trash").len()), (1, 1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_that_the_server_had_is_a_removal() {
    let world = world(2).await;
    world.server.deliver(ADA, "Archive", message(1).as_bytes());
    world.synchronise().await;
    std::fs::remove_file(file(&world, "INBOX", "note 00001")).unwrap();
    world.synchronise().await;
    world.synchronise().await;
    assert_eq!(world.handle.queue().await.unwrap().len(), 1, "the person is asked");
    assert_eq!(world.subjects_there("INBOX").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_waits_was_a_move_when_the_message_comes_to_another_mailbox() {
    let world = world(2).await;
    let moved = file(&world, "INBOX", "note 00001");
    let aside = world.profile().join("aside");
    rename(&moved, &aside);
    world.synchronise().await;
    assert_eq!(world.handle.queue().await.unwrap().len(), 1);
    rename(&aside, &dir(&world, "Archive", "cur").join("1700000000.R1.mutt:2,S"));
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("INBOX"), ["note 00000"]);
    assert_eq!(world.subjects_there("Archive"), ["note 00001"]);
    assert_eq!((world.count(Protocol::Imap, "APPEND"), world.handle.queue().await.unwrap().len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_moved_on_before_the_server_has_it_is_there_once() {
    let refused = || Fault::on(Protocol::Imap, "APPEND").status("NO [UNAVAILABLE] not now");
    let unheard = || Fault::on(Protocol::Imap, "APPEND").done().close();
    let moving = || Fault::on(Protocol::Imap, "UID MOVE").done().close();
    for (at, fault) in [refused(), unheard(), moving()].into_iter().enumerate() {
        let world = world(1).await;
        world.server.create(ADA, "Work", None);
        world.synchronise().await;
        world.server.fault(fault);
        write(&world, "INBOX", 7);
        let _ = world.handle.synchronise(None).await;
        // It may have got its number, and a name of ours with it.
        let first = file(&world, "INBOX", "note 00007");
        rename(&first, &dir(&world, "Archive", "cur").join("1700000001.R7.mutt:2,"));
        for _ in 0..2 {
            world.later(4000);
            let _ = world.handle.synchronise(None).await;
        }
        // Once more, before anybody has seen where it went.
        let now = file(&world, "Archive", "note 00007");
        rename(&now, &dir(&world, "Work", "cur").join("1700000002.R7.mutt:2,F"));
        for _ in 0..4 {
            world.later(4000);
            let _ = world.handle.synchronise(None).await;
        }
        world.synchronise().await;
        world.agree().await;
        assert_eq!(world.subjects_there("INBOX"), ["note 00000"], "{at}");
        assert_eq!(world.subjects_there("Archive").len(), 0, "{at}");
        assert_eq!(world.subjects_there("Work"), ["note 00007"], "{at}");
        assert_eq!((world.server.messages(ADA, "Trash").len(), world.handle.queue().await.unwrap().len()), (0, 0));
        assert_eq!(world.row("Work", "note 00007").await.flags, Flags::FLAGGED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_in_the_same_mailbox_is_no_news() {
    let world = world(2).await;
    let named = file(&world, "INBOX", "note 00001");
    // As mbsync does it, which writes its numbers there.
    rename(&named, &dir(&world, "INBOX", "cur").join("1700000000.R1.mbsync,U=2:2,F"));
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!((world.subjects_there("INBOX").len(), world.count(Protocol::Imap, "APPEND")), (2, 0));
    assert_eq!((world.count(Protocol::Imap, "UID MOVE"), world.handle.queue().await.unwrap().len()), (0, 0));
    assert_eq!(world.row("INBOX", "note 00001").await.flags, Flags::FLAGGED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_waits_for_the_persons_word_and_then_goes_to_the_trash() {
    let world = world(3).await;
    let mut events = world.handle.subscribe();
    std::fs::remove_file(file(&world, "INBOX", "note 00001")).unwrap();
    world.synchronise().await;
    assert_eq!(world.subjects("INBOX").await, ["note 00000", "note 00002"], "it is not fetched again");
    let mut told = 0;
    while let Ok(event) = events.try_recv() {
        if let crate::service::Event::Failed(problem) = event {
            assert_eq!(problem.kind, ProblemKind::RemovedHere { mailbox: "INBOX".into(), removals: 1 });
            told += 1;
        }
    }
    let question = async |world: &World| {
        let accounts = world.handle.accounts().await.unwrap();
        accounts[0].questions.iter().map(|q| q.problem.kind.clone()).collect::<Vec<_>>()
    };
    let asked = vec![ProblemKind::RemovedHere { mailbox: "INBOX".into(), removals: 1 }];
    assert_eq!(question(&world).await, asked);
    let world = world.restart().await;
    assert_eq!(question(&world).await, asked, "it stands until it is answered");
    let mut events = world.handle.subscribe();
    world.synchronise().await;
    world.synchronise().await;
    let mut again = 0;
    while let Ok(event) = events.try_recv() {
        again += usize::from(matches!(event, crate::service::Event::Failed(problem) if problem.kind == asked[0]));
    }
    assert_eq!(again, 1, "told once after a restart");
    assert_eq!((told, world.subjects_there("INBOX").len(), world.subjects("INBOX").await.len()), (1, 3, 2));
    assert_eq!(world.handle.queue().await.unwrap().len(), 1);
    world.execute(Command::CarryRemovals { account: "ada".into(), carry: true }).await;
    assert!(question(&world).await.is_empty());
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("INBOX"), ["note 00000", "note 00002"]);
    assert_eq!(world.subjects_there("Trash"), ["note 00001"]);
    // From now on without asking.
    std::fs::remove_file(file(&world, "INBOX", "note 00002")).unwrap();
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("Trash"), ["note 00001", "note 00002"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_may_be_given_in_the_settings() {
    let world = world(3).await;
    std::fs::remove_file(file(&world, "INBOX", "note 00001")).unwrap();
    world.synchronise().await;
    let account = world.handle.accounts().await.unwrap()[0].account.clone();
    let account = Box::new(Account { carry_removals: Some(true), ..account });
    world.execute(Command::AddAccount { account, secret: None }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("Trash"), ["note 00001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_no_the_messages_come_again() {
    let world = world(3).await;
    for again in [1, 2] {
        std::fs::remove_file(file(&world, "INBOX", "note 00001")).unwrap();
        world.synchronise().await;
        if again == 1 {
            assert_eq!(world.subjects("INBOX").await.len(), 2);
            world.execute(Command::CarryRemovals { account: "ada".into(), carry: false }).await;
            world.synchronise().await;
        }
        assert_eq!(world.subjects("INBOX").await.len(), 3, "{again}");
        world.agree().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_removals_are_asked_about_every_time() {
    let world = world(60).await;
    world.execute(Command::CarryRemovals { account: "ada".into(), carry: true }).await;
    files(&dir(&world, "INBOX", "cur")).iter().take(21).for_each(|path| std::fs::remove_file(path).unwrap());
    world.synchronise().await;
    world.synchronise().await;
    assert_eq!((world.subjects_there("INBOX").len(), world.subjects("INBOX").await.len()), (60, 39));
    world.execute(Command::CarryRemovals { account: "ada".into(), carry: true }).await;
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("Trash").len(), 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_not_there_is_no_wish_to_delete() {
    let world = world(30).await;
    world.execute(Command::CarryRemovals { account: "ada".into(), carry: true }).await;
    let (inbox, aside) = (world.profile().join("mail/ada/INBOX"), world.profile().join("aside"));
    rename(&inbox, &aside);
    for put in [None, Some(false), Some(true)] {
        match put {
            // A dangling link, and the empty directories of a disk that is not mounted.
            Some(false) => std::os::unix::fs::symlink("/nowhere/at/all", &inbox).unwrap(),
            Some(true) => {
                ["cur", "new", "tmp"].iter().for_each(|sub| std::fs::create_dir_all(inbox.join(sub)).unwrap())
            }
            None => {}
        }
        world.server.deliver(ADA, "INBOX", message(100 + u32::from(put.is_some())).as_bytes());
        world.server.deliver(ADA, "Archive", message(200).as_bytes());
        let problem = world.fails().await;
        assert!(matches!(problem.kind, ProblemKind::StoreMissing { .. }), "{put:?}: {problem}");
        assert!(world.server.messages(ADA, "INBOX").len() >= 30);
        assert!(!world.subjects("Archive").await.is_empty(), "the others go on");
        match put {
            Some(false) => std::fs::remove_file(&inbox).unwrap(),
            Some(true) => std::fs::remove_dir_all(&inbox).unwrap(),
            None => {}
        }
    }
    rename(&aside, &inbox);
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects_there("Trash").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_does_not_come_back_is_fetched_again() {
    let world = world(12).await;
    world.execute(Command::CarryRemovals { account: "ada".into(), carry: true }).await;
    let row = world.row("INBOX", "note 00003").await;
    world.execute(Command::SetFlags { ids: vec![row.id], add: Flags::FLAGGED, remove: Flags::empty() }).await;
    std::fs::remove_dir_all(world.profile().join("mail/ada/INBOX")).unwrap();
    world.fails().await;
    let questions = world.handle.accounts().await.unwrap()[0].questions.clone();
    assert!(matches!(questions[0].problem.kind, ProblemKind::StoreMissing { .. }));
    assert_eq!(questions[0].mailbox, Some(row.mailbox));
    assert_eq!(world.execute(Command::FetchAgain { mailbox: row.mailbox }).await.count, 12);
    assert!(world.handle.accounts().await.unwrap()[0].questions.is_empty());
    // Once more does no harm.
    assert_eq!(world.execute(Command::FetchAgain { mailbox: row.mailbox }).await.count, 0);
    assert_eq!(world.synchronise().await.received, 12);
    world.synchronise().await;
    world.agree().await;
    assert_eq!((world.subjects_there("INBOX").len(), world.subjects_there("Trash").len()), (12, 0));
    let row = world.row("INBOX", "note 00003").await;
    assert_eq!(row.flags, Flags::FLAGGED, "what was wanted before is done all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_back_is_as_it_was() {
    let world = world(3).await;
    let (inbox, aside) = (world.profile().join("mail/ada/INBOX"), world.profile().join("aside"));
    rename(&inbox, &aside);
    world.fails().await;
    let id = world.handle.accounts().await.unwrap()[0].questions[0].mailbox.unwrap();
    rename(&aside, &inbox);
    assert_eq!(world.execute(Command::FetchAgain { mailbox: id }).await.count, 0, "nothing was thrown away");
    assert!(world.handle.accounts().await.unwrap()[0].questions.is_empty());
    assert_eq!(world.synchronise().await.received, 0);
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_mailbox_is_not_read() {
    let world = world(5).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    world.synchronise().await;
    let store = crate::service::tests::store_of(&world);
    let inbox = world.mailbox("INBOX").await.id;
    assert!(store.is_untouched(inbox).unwrap());
    let path = file(&world, "INBOX", "note 00000");
    rename(&path, Path::new(&format!("{}S", path.display())));
    assert!(!store.is_untouched(inbox).unwrap());
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moved_here_and_deleted_there_is_not_lost() {
    for lacking in [&[][..], &["MOVE"], &["MOVE", "UIDPLUS"]] {
        let world = world(2).await;
        lacking.iter().for_each(|word| world.server.fault(Fault::omit(Protocol::Imap, word)));
        let moved = file(&world, "INBOX", "note 00000");
        rename(&moved, &dir(&world, "Archive", "cur").join(name(&moved)));
        world.server.expunge(ADA, "INBOX", 1);
        for _ in 0..3 {
            world.synchronise().await;
        }
        world.agree().await;
        assert_eq!(world.subjects_there("Archive"), ["note 00000"], "{lacking:?}");
        assert_eq!(world.handle.queue().await.unwrap(), [], "{lacking:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keyword_letters_of_another_program_mean_what_the_mailbox_says() {
    let world = world(2).await;
    world.server.set_keywords(ADA, "INBOX", 1, &["$Junk", "Work"]);
    world.server.set_keywords(ADA, "INBOX", 2, &["Work"]);
    world.synchronise().await;
    let junk = file(&world, "INBOX", "note 00001");
    let table = std::fs::read_to_string(world.profile().join("mail/ada/INBOX/.postwren.json")).unwrap();
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    let letter = if table["keywords"][0] == "$Junk" { "a" } else { "b" };
    rename(&junk, Path::new(&format!("{}{letter}", junk.display())));
    let moved = file(&world, "INBOX", "note 00000");
    rename(&moved, &dir(&world, "Archive", "cur").join(name(&moved)));
    world.synchronise().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.server.messages(ADA, "INBOX")[0].keywords.len(), 2);
    assert_eq!(world.server.messages(ADA, "Archive")[0].keywords.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_window_runs_it_is_noticed() {
    let world = World::empty(Mode::Interactive).await;
    for (path, role) in [("Trash", Role::Trash), ("Archive", Role::Archive)] {
        world.server.create(ADA, path, Some(role));
    }
    world.deliver("INBOX", 0..3);
    world.add(world.account()).await;
    until("the mail is here", || async {
        let all = world.handle.mailboxes(None).await.unwrap();
        all.iter().any(|m| m.path.0 == "INBOX" && m.total == 3) && all.iter().any(|m| m.path.0 == "Archive")
    })
    .await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let flagged = file(&world, "INBOX", "note 00000");
    rename(&flagged, Path::new(&format!("{}F", flagged.display())));
    let moved = file(&world, "INBOX", "note 00001");
    rename(&moved, &dir(&world, "Archive", "cur").join(name(&moved)));
    until("the server has the flag", || async { world.server.messages(ADA, "INBOX")[0].flags == Flags::FLAGGED }).await;
    until("the server has the move", || async { world.subjects_there("Archive") == ["note 00001"] }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_removal_that_is_taken_out_of_the_queue_brings_the_message_back() {
    let world = world(3).await;
    std::fs::remove_file(file(&world, "INBOX", "note 00001")).unwrap();
    world.synchronise().await;
    world.synchronise().await;
    assert_eq!(world.subjects("INBOX").await.len(), 2);
    let id = world.handle.queue().await.unwrap().first().unwrap().id;
    world.execute(Command::CancelOperation { id }).await;
    world.synchronise().await;
    assert_eq!(world.subjects("INBOX").await, ["note 00000", "note 00001", "note 00002"]);
    world.agree().await;
}

/// The server has what was appended, and nobody heard of it; what it has is looked at before it is tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_message_id_is_appended_once_however_the_line_is_cut() {
    for (omitted, waits) in [("", false), ("UIDPLUS", false), ("UIDPLUS", true), ("", true)] {
        let world = world(2).await;
        if !omitted.is_empty() {
            world.server.fault(Fault::omit(Protocol::Imap, omitted));
        }
        // As a delivery agent writes it: with bare line feeds.
        let raw = "From: a@x.example\nSubject: nameless\n\nNo Message-ID.\n";
        std::fs::write(dir(&world, "INBOX", "new").join("1000000000.M1P1.host"), raw).unwrap();
        // Another of the same size that is another.
        let other = raw.replace("nameless", "namesake").replace('\n', "\r\n");
        world.server.deliver(ADA, "INBOX", other.as_bytes());
        world.server.fault(Fault::on(Protocol::Imap, "APPEND-END").done().close());
        world.fails().await;
        if waits {
            // A round in which it is not tried again.
            let store = store_of(&world);
            for operation in store.operations().pending(None).unwrap() {
                let state = crate::storage::OpState { attempts: 1, not_before: i64::MAX / 2, reason: None };
                store.operations().update(operation.id, &state).unwrap();
            }
            world.synchronise().await;
            assert_eq!(world.subjects_there("INBOX"), ["nameless", "namesake", "note 00000", "note 00001"]);
            store.operations().pending(None).unwrap().iter().for_each(|op| {
                store
                    .operations()
                    .update(op.id, &crate::storage::OpState { attempts: 1, ..Default::default() })
                    .unwrap();
            });
        }
        world.synchronise().await;
        world.synchronise().await;
        let expected = ["nameless", "namesake", "note 00000", "note 00001"];
        assert_eq!(world.subjects_there("INBOX"), expected, "{omitted} {waits}");
        assert_eq!(world.subjects("INBOX").await, expected, "{omitted} {waits}");
        assert_eq!(world.handle.queue().await.unwrap(), []);
    }
}
