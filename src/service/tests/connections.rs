//! Several connections of one account: what comes first, what is not done twice, and how they end.

use super::*;
use crate::demo::Fault;
use crate::service::{Event, ProblemKind};
use tokio::time::timeout;

/// Longer than anything that is cancelled may take, and far shorter than any deadline of the protocol.
const SOON: Duration = Duration::from_secs(5);

async fn total(world: &World, path: &str) -> u64 {
    let all = world.handle.mailboxes(None).await.unwrap();
    all.iter().find(|m| m.path.0 == path).map_or(0, |m| m.total)
}

/// Downloads on these connections are slow.
fn slow(world: &World, connections: std::ops::RangeInclusive<u32>) {
    for n in connections {
        let fetch = Fault::on(Protocol::Imap, "UID FETCH").containing("BODY.PEEK[]").connection(n).always();
        world.server.fault(fetch.slow(Duration::from_millis(400)));
    }
}

fn fetches(world: &World) -> Vec<String> {
    let commands = world.server.commands(Protocol::Imap);
    commands.into_iter().filter(|c| c.contains("BODY.PEEK[]")).collect()
}

/// How many messages were asked for, over all connections.
fn asked_for(world: &World) -> u64 {
    let span = |range: &str| {
        let (low, high) = range.split_once(':').unwrap_or((range, range));
        high.parse::<u64>().unwrap() - low.parse::<u64>().unwrap() + 1
    };
    fetches(world).iter().map(|c| c.split(' ').nth(2).unwrap().split(',').map(span).sum::<u64>()).sum()
}

async fn busy() -> World {
    let world = World::empty(Mode::Interactive).await;
    world.server.create(ADA, "Archive", Some(Role::Archive));
    for (path, numbers) in [("Archive", 0..900), ("Old", 1000..1900), ("Visited", 2000..2120)] {
        world.server.create(ADA, path, None);
        world.deliver(path, numbers);
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_person_looks_at_overtakes_the_download() {
    let world = busy().await;
    world.deliver("INBOX", 3000..3003);
    slow(&world, 2..=3);
    world.add(world.account()).await;
    until("a part of the archive", || async { total(&world, "Archive").await > 0 }).await;
    let clicked = world.mailbox("Visited").await;
    assert_eq!(clicked.total, 0);
    world.execute(Command::Look { mailbox: Some(clicked.id) }).await;
    until("the mailbox that was clicked", || async { total(&world, "Visited").await == 120 }).await;
    assert!(total(&world, "Archive").await < 900 && total(&world, "Old").await < 900);
    // New mail comes, and changes leave, all the same.
    world.deliver("INBOX", 3003..3004);
    until("new mail", || async { total(&world, "INBOX").await == 4 }).await;
    let row = world.row("INBOX", "note 03001").await;
    world.execute(Command::SetFlags { ids: vec![row.id], add: Flags::FLAGGED, remove: Flags::empty() }).await;
    until("the flag on the server", || async {
        world.server.messages(ADA, "INBOX").iter().any(|m| m.flags == Flags::FLAGGED)
    })
    .await;
    assert!(total(&world, "Archive").await < 900, "the download is under way still");
    world.server.clear_faults();
    until("everything", || async { total(&world, "Archive").await + total(&world, "Old").await == 1800 }).await;
    assert_eq!(asked_for(&world), 900 + 900 + 120 + 4, "nothing is fetched twice");
    until("in step", || async {
        matches!(world.handle.accounts().await.unwrap()[0].connection, Connection::Synchronised { .. })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_mail_overtakes_the_first_download_of_the_inbox_itself() {
    let world = World::empty(Mode::Interactive).await;
    world.deliver("INBOX", 0..1500);
    slow(&world, 2..=9);
    world.add(world.account()).await;
    until("the newest", || async { total(&world, "INBOX").await >= 100 }).await;
    world.deliver("INBOX", 1500..1501);
    until("new mail", || async {
        let rows = world.rows("INBOX").await;
        rows.iter().any(|r| r.subject == "note 01500")
    })
    .await;
    assert!(total(&world, "INBOX").await < 1501);
    world.server.clear_faults();
    until("everything", || async { total(&world, "INBOX").await == 1501 }).await;
    let here = world.subjects("INBOX").await;
    assert_eq!(here.len(), here.iter().collect::<std::collections::HashSet<_>>().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lets_one_in_is_served_by_one() {
    let world = busy().await;
    let full = "NO [LIMIT] Maximum number of connections from user+IP exceeded";
    world.server.fault(Fault::on(Protocol::Imap, "AUTHENTICATE").nth(2).always().status(full));
    let mut events = world.handle.subscribe();
    world.add(world.account()).await;
    until("the first mail", || async { total(&world, "Archive").await > 0 }).await;
    let clicked = world.mailbox("Visited").await.id;
    world.execute(Command::Look { mailbox: Some(clicked) }).await;
    until("the mailbox that was clicked", || async { total(&world, "Visited").await == 120 }).await;
    world.deliver("INBOX", 3000..3001);
    until("new mail", || async { total(&world, "INBOX").await == 1 }).await;
    until("everything", || async { total(&world, "Archive").await + total(&world, "Old").await == 1800 }).await;
    assert_eq!(asked_for(&world), 900 + 900 + 120 + 1);
    let tried = world.server.connections(Protocol::Imap).len();
    assert!((2..=4).contains(&tried), "{tried} connections");
    while let Ok(event) = events.try_recv() {
        assert!(!matches!(event, Event::Failed(_)), "{event:?}");
        assert!(!matches!(event, Event::Connection { connection: Connection::Failed { .. }, .. }), "{event:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_says_how_many_connections_there_may_be() {
    let world = busy().await;
    world.add(Account { connections: 2, ..world.account() }).await;
    let clicked = || async { total(&world, "Visited").await == 120 };
    until("mailboxes", || async { !world.handle.mailboxes(None).await.unwrap().is_empty() }).await;
    until("everything", || async { total(&world, "Archive").await + total(&world, "Old").await == 1800 }).await;
    until("the last", clicked).await;
    assert_eq!(world.server.connections(Protocol::Imap).len(), 2);
    assert_eq!(asked_for(&world), 900 + 900 + 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn pinned_mailboxes_tell_their_news_at_once() {
    let world = World::empty(Mode::Interactive).await;
    for path in ["Lists", "Other"] {
        world.server.create(ADA, path, None);
    }
    world.add(Account { pinned: vec![MailboxPath("Lists".into())], ..world.account() }).await;
    until("two watched mailboxes", || async { world.count(Protocol::Imap, "IDLE") == 2 }).await;
    world.deliver("Lists", 0..2);
    until("its mail", || async { total(&world, "Lists").await == 2 }).await;
    // What is not pinned waits for its turn, or for the person.
    world.deliver("Other", 5..6);
    world.execute(Command::Look { mailbox: Some(world.mailbox("Other").await.id) }).await;
    until("the other's mail", || async { total(&world, "Other").await == 1 }).await;
    world.server.drop_connections();
    world.deliver("Lists", 2..3);
    until("its mail after a cut", || async { total(&world, "Lists").await == 3 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_download_goes_on_where_it_was() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..900);
    world.server.fault(Fault::after_sent(Protocol::Imap, 400_000).close());
    let problem = world.fails().await;
    assert!(matches!(problem.kind, ProblemKind::Unreachable { .. }), "{problem:?}");
    let here = total(&world, "INBOX").await;
    assert!(here > 50 && here < 900, "{here}");
    let before = asked_for(&world);
    let mut events = world.handle.subscribe();
    let summary = world.synchronise().await;
    assert_eq!((summary.received, asked_for(&world) - before), (900 - here, 900 - here));
    world.agree().await;
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Progress(progress) = event {
            told.push((progress.done, progress.total));
        }
    }
    assert!(told.iter().all(|(done, total)| *done > here && *total == 900), "{told:?}");
    assert_eq!(told.last(), Some(&(900, 900)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_goes_at_once_whatever_it_waits_for() {
    for (what, fault) in [
        ("the network", Fault::on(Protocol::Imap, "CONNECT").always().stall()),
        ("a greeting", Fault::on(Protocol::Imap, "GREETING").always().stall()),
        ("a log-in", Fault::on(Protocol::Imap, "AUTHENTICATE").always().stall()),
        ("a list", Fault::on(Protocol::Imap, "LIST").always().stall()),
        ("mail", Fault::on(Protocol::Imap, "UID FETCH").containing("BODY.PEEK[]").always().stall()),
    ] {
        let world = busy().await;
        world.server.fault(fault);
        world.add(world.account()).await;
        until("a connection", || async { !world.server.connections(Protocol::Imap).is_empty() }).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let remove = world.execute(Command::RemoveAccount { name: "ada".into() });
        timeout(SOON, remove).await.unwrap_or_else(|_| panic!("it waits for {what}"));
        until("no connection", || async { world.server.connections(Protocol::Imap).iter().all(|c| !c.open) }).await;
        timeout(SOON, world.handle.stop()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_was_asked_for_ends_with_its_account() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..10);
    world.server.fault(Fault::on(Protocol::Imap, "UID FETCH").always().stall());
    let round = world.handle.synchronise(Some("ada"));
    let remove = async {
        until("a fetch", || async { world.count(Protocol::Imap, "UID FETCH") > 0 }).await;
        world.execute(Command::RemoveAccount { name: "ada".into() }).await;
    };
    let (results, ()) = timeout(SOON, async { tokio::join!(round, remove) }).await.unwrap();
    assert!(results[0].1.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_accounts_trouble_leaves_the_others_alone() {
    let world = World::empty(Mode::Interactive).await;
    let other = DemoServer::builder().account("grace@hopper.example", "pw").start().await.unwrap();
    other.fault(Fault::on(Protocol::Imap, "GREETING").always().stall());
    let stuck = Account {
        name: "grace".into(),
        email: "grace@hopper.example".into(),
        user: "grace@hopper.example".into(),
        incoming: other.endpoint(Protocol::Imap, Security::StartTls),
        ..world.account()
    };
    world.add(stuck).await;
    world.add(world.account()).await;
    world.deliver("INBOX", 0..3);
    until("the mail of the other", || async { total(&world, "INBOX").await == 3 }).await;
}
