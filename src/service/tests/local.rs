//! Local Folders: mail that is here alone.

use super::*;

async fn import(world: &World, from: &std::path::Path, mailbox: &str) -> Imported {
    let import = Import {
        paths: vec![from.into()],
        account: LOCAL.into(),
        mailbox: MailboxPath(mailbox.into()),
        quoting: Quoting::Mboxrd,
    };
    world.handle.import(import).await.unwrap()
}

/// A world with three imported messages.
async fn world() -> World {
    let world = World::imap().await;
    world.synchronise().await;
    let from = tempfile::tempdir().unwrap();
    for n in 1..4 {
        std::fs::write(from.path().join(format!("{n}.eml")), message(n)).unwrap();
    }
    assert_eq!(import(&world, from.path(), "Old").await.new, 3);
    world
}

async fn paths(world: &World) -> Vec<String> {
    let all = world.handle.mailboxes(Some(LOCAL)).await.unwrap();
    all.into_iter().map(|m| m.path.0).collect()
}

#[tokio::test]
async fn what_is_imported_can_be_moved_to_an_account_and_back() {
    let world = world().await;
    assert_eq!(paths(&world).await, ["Old", "Trash"]);
    let (row, archive) = (world.row("Old", "note 00001").await, world.mailbox("Archive").await.id);
    world.execute(Command::Copy { ids: vec![row.id], to: archive }).await;
    let row = world.row("Old", "note 00002").await;
    world.execute(Command::Move { ids: vec![row.id], to: archive }).await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Archive"), ["note 00001", "note 00002"]);
    assert_eq!(world.subjects("Old").await, ["note 00001", "note 00003"]);
    let row = world.row("Archive", "note 00001").await;
    let old = world.mailbox("Old").await.id;
    world.execute(Command::Move { ids: vec![row.id], to: old }).await;
    world.synchronise().await;
    assert_eq!(world.subjects_there("Archive"), ["note 00002"]);
    assert_eq!(world.subjects("Old").await, ["note 00001", "note 00001", "note 00003"]);
    assert_eq!(world.handle.queue().await.unwrap(), []);
}

#[tokio::test]
async fn what_is_deleted_goes_to_its_own_trash_and_then_for_good() {
    let world = world().await;
    let row = world.row("Old", "note 00001").await;
    let receipt = world.execute(Command::Delete { ids: vec![row.id] }).await;
    let trash = |world: &World| {
        let handle = world.handle.clone();
        async move {
            let all = handle.mailboxes(Some(LOCAL)).await.unwrap();
            let id = all.into_iter().find(|m| m.role == Some(Role::Trash)).unwrap().id;
            handle.envelopes(&Query::Mailbox(id), 0..10).await.unwrap().rows
        }
    };
    assert_eq!(trash(&world).await.len(), 1);
    world.execute(Command::Undo { token: receipt.undo.unwrap() }).await;
    assert_eq!(world.subjects("Old").await.len(), 3);
    world.execute(Command::Delete { ids: vec![row.id] }).await;
    let id = trash(&world).await.first().unwrap().id;
    world.execute(Command::Delete { ids: vec![id] }).await;
    assert_eq!(trash(&world).await, []);
    assert_eq!(world.handle.queue().await.unwrap().len(), 1, "it can be taken back");
    world.later(60);
    world.synchronise().await;
    assert_eq!(world.handle.queue().await.unwrap(), []);
    assert!(world.handle.raw(id).await.is_err());
}

#[tokio::test]
async fn its_mailboxes_are_made_renamed_and_deleted() {
    let world = world().await;
    world.execute(Command::CreateMailbox { account: LOCAL.into(), path: MailboxPath("New".into()) }).await;
    let id = world.mailbox("New").await.id;
    world.execute(Command::RenameMailbox { mailbox: id, to: MailboxPath("Old/Newer".into()) }).await;
    assert_eq!(paths(&world).await, ["Old", "Old/Newer", "Trash"]);
    world.execute(Command::DeleteMailbox { mailbox: id }).await;
    world.synchronise().await;
    assert_eq!(paths(&world).await, ["Old", "Trash"]);
}

#[tokio::test]
async fn while_the_service_runs_it_lets_go_by_itself_what_is_due() {
    let world = World::empty(Mode::Interactive).await;
    let from = tempfile::tempdir().unwrap();
    std::fs::write(from.path().join("1.eml"), message(1)).unwrap();
    import(&world, from.path(), "Trash").await;
    let id = world.row("Trash", "note 00001").await.id;
    world.execute(Command::Delete { ids: vec![id] }).await;
    world.later(60);
    world.handle.execute(Command::Refresh { account: None }).await.unwrap();
    world.handle.shared().local.work.notify_one();
    until("the message is gone", || async { world.handle.queue().await.unwrap().is_empty() }).await;
}

#[tokio::test]
async fn nothing_is_imported_into_an_account_and_no_account_is_called_so() {
    let world = World::imap().await;
    let import =
        Import { paths: vec![], account: "ada".into(), mailbox: MailboxPath("INBOX".into()), quoting: Quoting::Mboxrd };
    assert!(matches!(world.handle.import(import).await.unwrap_err().kind, super::super::ProblemKind::Invalid { .. }));
    let account = Box::new(Account { name: "Local".into(), ..world.account() });
    let refused = world.handle.execute(Command::AddAccount { account, secret: None }).await;
    assert!(matches!(refused.unwrap_err().kind, super::super::ProblemKind::Invalid { .. }));
    assert!(world.handle.execute(Command::RemoveAccount { name: LOCAL.into() }).await.is_err());
}
