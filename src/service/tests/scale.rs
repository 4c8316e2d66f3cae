//! One command about very many messages. The measurement is run by hand:
//! `POSTWREN_MANY=10000 cargo test --lib -- --ignored --nocapture service::tests::scale`.

use super::*;
use std::time::Instant;

/// Processor seconds of this process, own and system's.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u32 = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}

/// The process's memory in MB: now, or at its peak.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find(|l| l.starts_with(line)).and_then(|l| l.split_whitespace().nth(1));
    found.and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1024
}

async fn timed<T>(what: &str, work: impl Future<Output = T>) -> T {
    let (wall, busy) = (Instant::now(), cpu());
    let done = work.await;
    let (wall, busy) = (wall.elapsed().as_secs_f64(), cpu() - busy);
    eprintln!("{what:32} {wall:8.2} s  {busy:7.2} s CPU  {:5} MB now, {:5} MB peak", memory("VmRSS"), memory("VmHWM"));
    done
}

async fn ids(world: &World, path: &str) -> Vec<MessageId> {
    let id = world.mailbox(path).await.id;
    let page = world.handle.envelopes(&Query::Mailbox(id), 0..1_000_000).await.unwrap();
    page.rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn many_messages_by_one_command() {
    let many: u32 = std::env::var("POSTWREN_MANY").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let extensions = std::env::var("POSTWREN_EXTENSIONS").unwrap_or("UIDPLUS MOVE CONDSTORE LIST-STATUS".into());
    let extensions: Vec<&str> = extensions.split_whitespace().collect();
    let world = World::imap_with(&extensions).await;
    world.deliver("INBOX", 0..many);
    timed("first download", world.synchronise()).await;
    let archive = world.mailbox("Archive").await.id;
    let all = ids(&world, "INBOX").await;
    let flags = Command::SetFlags { ids: all.clone(), add: Flags::FLAGGED, remove: Flags::empty() };
    timed("flag: here", world.execute(flags)).await;
    timed("flag: there", world.synchronise()).await;
    timed("move: here", world.execute(Command::Move { ids: all.clone(), to: archive })).await;
    timed("move: there", world.synchronise()).await;
    timed("undo: here", world.execute(Command::UndoLast)).await;
    timed("undo: there", world.synchronise()).await;
    let copied = timed("copy: here", world.execute(Command::Copy { ids: all.clone(), to: archive })).await;
    timed("copy: there", world.synchronise()).await;
    timed("undo of copy: here", world.execute(Command::Undo { token: copied.undo.unwrap() })).await;
    world.later(60);
    timed("undo of copy: there", world.synchronise()).await;
    timed("delete: here", world.execute(Command::Delete { ids: all.clone() })).await;
    timed("delete: there", world.synchronise()).await;
    timed("undo before the server: move", world.execute(Command::Move { ids: all, to: archive })).await;
    timed("undo before the server: undo", world.execute(Command::UndoLast)).await;
    world.synchronise().await;
    assert_eq!(world.server.messages(ADA, "Trash").len(), many as usize);
    let commands = world.server.commands(Protocol::Imap).len();
    eprintln!("{commands} IMAP commands");
}
