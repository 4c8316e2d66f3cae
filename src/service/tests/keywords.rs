//! Keywords go both ways, by name, whatever letters the mailboxes here give them.

use super::*;

async fn world() -> World {
    let world = World::imap().await;
    world.deliver("INBOX", 0..4);
    world.server.set_keywords(ADA, "INBOX", 1, &["$Junk", "Work"]);
    world.server.set_keywords(ADA, "INBOX", 2, &["Work", "$MDNSent"]);
    world.synchronise().await;
    world
}

async fn keywords(world: &World, path: &str, subject: &str) -> Vec<String> {
    let mut names = world.row(path, subject).await.keywords;
    names.sort();
    names
}

async fn set(world: &World, path: &str, subject: &str, add: &[&str], remove: &[&str]) -> Receipt {
    let words = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    let ids = vec![world.row(path, subject).await.id];
    world.execute(Command::SetKeywords { ids, add: words(add), remove: words(remove) }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn they_come_with_the_messages_and_are_there_after_a_rebuild() {
    let world = world().await;
    world.agree().await;
    assert_eq!(keywords(&world, "INBOX", "note 00000").await, ["$Junk", "Work"]);
    std::fs::remove_file(world.profile().join("index.db")).unwrap();
    let world = world.restart().await;
    assert_eq!(keywords(&world, "INBOX", "note 00001").await, ["$MDNSent", "Work"]);
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.count(Protocol::Imap, "UID STORE"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_both_sides_meet() {
    let world = world().await;
    set(&world, "INBOX", "note 00000", &["Later"], &["$junk"]).await;
    set(&world, "INBOX", "note 00003", &["later"], &[]).await;
    world.server.set_keywords(ADA, "INBOX", 1, &["$Junk", "Work", "$Phishing"]);
    world.server.set_keywords(ADA, "INBOX", 2, &["Work"]);
    world.synchronise().await;
    world.synchronise().await;
    assert_eq!(keywords(&world, "INBOX", "note 00000").await, ["$Phishing", "Later", "Work"]);
    assert_eq!(keywords(&world, "INBOX", "note 00001").await, ["Work"]);
    let there = &world.server.messages(ADA, "INBOX")[0].keywords;
    assert_eq!(there.iter().map(String::as_str).collect::<Vec<_>>(), ["$Phishing", "Later", "Work"]);
    assert_eq!(world.handle.queue().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_takes_its_keywords_along_though_the_letters_differ() {
    let world = world().await;
    set(&world, "INBOX", "note 00003", &["Third"], &[]).await;
    world.synchronise().await;
    let ids = vec![world.row("INBOX", "note 00003").await.id, world.row("INBOX", "note 00001").await.id];
    let archive = world.mailbox("Archive").await.id;
    let moved = world.execute(Command::Move { ids, to: archive }).await;
    assert_eq!(keywords(&world, "Archive", "note 00003").await, ["Third"]);
    assert_eq!(keywords(&world, "Archive", "note 00001").await, ["$MDNSent", "Work"]);
    world.execute(Command::Undo { token: moved.undo.unwrap() }).await;
    assert_eq!(keywords(&world, "INBOX", "note 00003").await, ["Third"]);
    let ids = vec![world.row("INBOX", "note 00000").await.id];
    let trash = world.mailbox("Trash").await.id;
    world.execute(Command::Copy { ids, to: trash }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(keywords(&world, "Trash", "note 00000").await, ["$Junk", "Work"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_takes_them_back_before_and_after_the_server_heard() {
    let world = world().await;
    let token = set(&world, "INBOX", "note 00000", &["Later"], &["Work"]).await.undo.unwrap();
    world.execute(Command::Undo { token }).await;
    assert_eq!(keywords(&world, "INBOX", "note 00000").await, ["$Junk", "Work"]);
    let token = set(&world, "INBOX", "note 00000", &["Later"], &["Work"]).await.undo.unwrap();
    world.synchronise().await;
    assert_eq!(keywords(&world, "INBOX", "note 00000").await, ["$Junk", "Later"]);
    world.execute(Command::Undo { token }).await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(keywords(&world, "INBOX", "note 00000").await, ["$Junk", "Work"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_only_this_side_has_brings_them_to_the_server() {
    let world = world().await;
    world.add(Account { name: "pop".into(), ..world.pop3_account(Pop3Keep::Always) }).await;
    world.server.deliver(POP, "INBOX", message(9).as_bytes()).unwrap();
    world.synchronise().await;
    let inbox = world.handle.mailboxes(Some("pop")).await.unwrap().into_iter().find(|m| m.path.is_inbox()).unwrap();
    let row = world.handle.envelopes(&Query::Mailbox(inbox.id), 0..1).await.unwrap().rows.remove(0);
    world.execute(Command::SetKeywords { ids: vec![row.id], add: vec!["Kept".into()], remove: Vec::new() }).await;
    let to = world.mailbox("Archive").await.id;
    world.execute(Command::Copy { ids: vec![row.id], to }).await;
    world.synchronise().await;
    assert!(world.server.messages(ADA, "Archive")[0].keywords.contains("Kept"));
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_letters_they_stay_on_the_server_and_absurd_names_are_refused() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..2);
    let many: Vec<String> = (0..60).map(|n| format!("label{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    world.server.set_keywords(ADA, "INBOX", 1, &many);
    world.synchronise().await;
    assert_eq!(keywords(&world, "INBOX", "note 00000").await.len(), 26);
    set(&world, "INBOX", "note 00001", &["oneMore"], &[]).await;
    set(&world, "INBOX", "note 00000", &[], &["label0", "label1"]).await;
    world.synchronise().await;
    world.synchronise().await;
    let there = world.server.messages(ADA, "INBOX");
    assert!(there[1].keywords.contains("oneMore"));
    assert_eq!(there[0].keywords.len(), 58, "only what was removed is gone");
    for name in ["", "two words", "a\r\nb", "\\Seen", "ü"] {
        let ids = vec![world.row("INBOX", "note 00001").await.id];
        let command = Command::SetKeywords { ids, add: vec![name.into()], remove: Vec::new() };
        assert!(world.handle.execute(command).await.is_err(), "{name:?}");
    }
}
