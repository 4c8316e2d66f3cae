//! Mailboxes written for other programs.

use super::*;
use crate::service::command::ExportFormat;
use crate::service::{Event, ProblemKind};

async fn export(world: &World, format: ExportFormat, to: &std::path::Path) -> Result<usize, Problem> {
    let mailbox = world.mailbox("INBOX").await.id;
    let export = Command::Export { mailbox, format, to: to.to_path_buf() };
    world.handle.execute(export).await.map(|receipt| receipt.count)
}

fn leftovers(dir: &std::path::Path) -> usize {
    let hidden = |e: &std::fs::DirEntry| e.file_name().to_string_lossy().starts_with(".postwren");
    std::fs::read_dir(dir).unwrap().filter(|e| hidden(e.as_ref().unwrap())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_is_exported_whole_and_nothing_is_overwritten() {
    let world = World::imap().await;
    let account = Account { offline: Offline::Headers, ..world.account() };
    world.add(account).await;
    world.deliver("INBOX", 0..45);
    world.synchronise().await;
    let dir = tempfile::tempdir().unwrap();
    let (mbox, single) = (dir.path().join("INBOX.mbox"), dir.path().join("INBOX"));
    let mut events = world.handle.subscribe();
    assert_eq!(export(&world, ExportFormat::Mbox, &mbox).await, Ok(45));
    let mut progress = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Export(export) = event {
            progress.push((export.done, export.total, export.finished));
        }
    }
    assert_eq!(progress, [(0, 45, false), (20, 45, false), (40, 45, false), (45, 45, false), (45, 45, true)]);
    let text = std::fs::read_to_string(&mbox).unwrap();
    assert_eq!(text.lines().filter(|line| line.starts_with("From ")).count(), 45);
    assert!(text.contains("Subject: note 00044\n") && !text.contains('\r'));
    assert_eq!(export(&world, ExportFormat::Messages, &single).await, Ok(45));
    let mut files: Vec<_> = std::fs::read_dir(&single).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 45);
    let bytes = std::fs::read(&files[0]).unwrap();
    assert!((0..45).any(|n| message(n).as_bytes() == bytes), "byte for byte");
    for (format, there) in [(ExportFormat::Mbox, &mbox), (ExportFormat::Messages, &single)] {
        let refused = export(&world, format, there).await.unwrap_err();
        assert!(matches!(refused.kind, ProblemKind::Invalid { .. }), "{refused}");
    }
    assert_eq!(std::fs::read_to_string(&mbox).unwrap(), text);
    assert_eq!(leftovers(dir.path()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_or_cannot_be_had_leaves_nothing() {
    let world = World::imap().await;
    let account = Account { offline: Offline::Headers, ..world.account() };
    world.add(account).await;
    world.deliver("INBOX", 0..30);
    world.synchronise().await;
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("out");
    let fetch = crate::demo::Fault::on(Protocol::Imap, "UID FETCH").always();
    world.server.fault(fetch.slow(Duration::from_secs(30)));
    let mailbox = world.mailbox("INBOX").await.id;
    let cancel = async {
        let mut events = world.handle.subscribe();
        while !matches!(events.recv().await, Ok(Event::Export(_))) {}
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.execute(Command::StopExport { mailbox }).await
    };
    let (exported, stopped) = tokio::join!(export(&world, ExportFormat::Messages, &to), cancel);
    assert_eq!((exported.is_err(), stopped.count), (true, 1));
    assert_eq!(world.execute(Command::StopExport { mailbox }).await.count, 0);
    world.server.clear_faults();
    (1..=30).for_each(|uid| world.server.expunge(ADA, "INBOX", uid));
    assert!(export(&world, ExportFormat::Mbox, &to).await.is_err());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
