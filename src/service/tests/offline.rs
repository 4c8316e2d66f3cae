//! How much of the mail is kept here: headers, months, all; and what comes later.

use super::*;
use crate::demo::Fault;
use crate::service::{Event, ProblemKind};

async fn world(mode: Mode, offline: Offline, count: u32) -> World {
    let world = World::empty(mode).await;
    world.server.create(ADA, "Archive", Some(Role::Archive));
    world.server.create(ADA, "Trash", Some(Role::Trash));
    world.deliver("INBOX", 0..count);
    world.add(Account { offline, ..world.account() }).await;
    world
}

fn bodies(world: &World) -> usize {
    world.server.commands(Protocol::Imap).iter().filter(|c| c.contains("BODY.PEEK[]")).count()
}

async fn partial(world: &World) -> usize {
    world.rows("INBOX").await.iter().filter(|r| r.headers_only).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_alone_are_here_until_a_message_is_wanted() {
    let world = world(Mode::Batch, Offline::Headers, 60).await;
    let mut events = world.handle.subscribe();
    assert_eq!(world.synchronise().await.received, 60);
    assert_eq!((bodies(&world), partial(&world).await), (0, 60));
    let row = world.row("INBOX", "note 00039").await;
    assert_eq!(row.size, message(39).len() as u64);
    let view = world.handle.message(row.id).await.unwrap();
    assert_eq!((view.row.headers_only, view.content.envelope.subject.as_str()), (true, "note 00039"));
    assert_eq!(view.content.text.trim(), "");
    let there = |id| world.handle.store().raw(id).map_err(crate::service::problem_from::of_storage);
    assert_eq!(there(row.id).unwrap_err().kind, ProblemKind::HeadersOnly);
    while events.try_recv().is_ok() {}
    let ids = vec![row.id];
    assert_eq!(world.execute(Command::FetchWhole { ids: ids.clone() }).await.count, 1);
    assert_eq!(world.handle.raw(row.id).await.unwrap(), message(39).as_bytes());
    let mut told = false;
    while let Ok(event) = events.try_recv() {
        told |= event == Event::Mailbox { id: row.mailbox };
    }
    assert!(told);
    let fetched = bodies(&world);
    assert_eq!(world.execute(Command::FetchWhole { ids }).await.count, 0, "it is here");
    assert_eq!((bodies(&world), world.synchronise().await), (fetched, SyncSummary::default()));
    // The index is made anew, and nothing is asked for again.
    world.handle.doctor(true).await.unwrap();
    assert_eq!((world.synchronise().await.received, partial(&world).await), (0, 59));
    assert_eq!(world.row("INBOX", "note 00038").await.size, message(38).len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_and_saved_messages_are_fetched_first() {
    let world = world(Mode::Batch, Offline::Headers, 4).await;
    world.synchronise().await;
    let id = |subject: &'static str| async { world.row("INBOX", subject).await.id };
    let begun = world.handle.begin(DraftOrigin::Reply(id("note 00001").await.0), false).await.unwrap();
    assert!(begun.body.contains("> "), "{}", begun.body);
    assert_eq!(partial(&world).await, 3);
    assert_eq!(world.handle.raw(id("note 00002").await).await.unwrap(), message(2).as_bytes());
    // It has none, but that is known by looking into it.
    assert!(world.handle.attachment(id("note 00003").await, 0).await.is_err());
    assert_eq!(partial(&world).await, 1);
    // Without its server nothing is begun.
    let last = id("note 00000").await;
    world.server.expunge(ADA, "INBOX", 1);
    assert!(world.handle.begin(DraftOrigin::Forward(last.0), false).await.is_err());
    assert_eq!(world.handle.drafts().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_alone_are_marked_moved_and_deleted() {
    let world = world(Mode::Batch, Offline::Headers, 4).await;
    world.synchronise().await;
    let [a, b, c] = [0, 1, 2].map(|n| format!("note {n:05}"));
    let id = async |subject: &str| vec![world.row("INBOX", subject).await.id];
    world.execute(Command::SetFlags { ids: id(&a).await, add: Flags::SEEN, remove: Flags::empty() }).await;
    let moved = id(&b).await;
    world.execute(Command::MoveToRole { ids: moved.clone(), role: Role::Archive }).await;
    world.execute(Command::Delete { ids: id(&c).await }).await;
    world.synchronise().await;
    assert_eq!(world.handle.queue().await.unwrap(), []);
    assert_eq!(world.subjects_there("Archive"), [b.as_str()]);
    assert_eq!(world.subjects_there("Trash"), [c.as_str()]);
    assert_eq!(world.server.messages(ADA, "INBOX").iter().filter(|m| m.flags == Flags::SEEN).count(), 1);
    assert!(world.row("Archive", &b).await.headers_only);
    assert_eq!(bodies(&world), 0);
    // Read before it was moved on, it comes from where it is.
    world.execute(Command::MoveToRole { ids: moved.clone(), role: Role::Trash }).await;
    world.execute(Command::FetchWhole { ids: moved.clone() }).await;
    assert_eq!(world.handle.raw(moved[0]).await.unwrap(), message(1).as_bytes());
    assert_eq!(world.row("Trash", &b).await.id, moved[0]);
    let trash = world.rows("Trash").await.into_iter().map(|r| r.id).collect();
    world.execute(Command::Delete { ids: trash }).await;
    world.later(60);
    world.synchronise().await;
    assert_eq!((world.rows("Trash").await.len(), world.server.messages(ADA, "Trash").len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_of_less_keeps_what_is_here_and_one_of_more_brings_the_rest() {
    let world = world(Mode::Batch, Offline::Full, 30).await;
    world.synchronise().await;
    world.add(Account { offline: Offline::Headers, ..world.account() }).await;
    world.deliver("INBOX", 30..40);
    world.synchronise().await;
    assert_eq!((world.rows("INBOX").await.len(), partial(&world).await), (40, 10));
    world.add(Account { offline: Offline::Full, ..world.account() }).await;
    let summary = world.synchronise().await;
    assert_eq!((summary.received, partial(&world).await), (0, 0), "they were counted when they came");
    world.agree().await;
    let fetched = bodies(&world);
    world.synchronise().await;
    assert_eq!(bodies(&world), fetched);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_months_are_whole() {
    let world = World::imap().await;
    let now = jiff::Timestamp::now();
    for (n, days) in [(1, 1), (2, 40), (3, 80), (4, 200), (5, 4000)] {
        let date = now - jiff::SignedDuration::from_hours(24 * days);
        world.server.deliver_dated(ADA, "INBOX", message(n).as_bytes(), Flags::empty(), date).unwrap();
    }
    let whole = async || {
        let rows = world.rows("INBOX").await;
        let mut whole: Vec<String> = rows.into_iter().filter(|r| !r.headers_only).map(|r| r.subject).collect();
        whole.sort();
        whole
    };
    world.add(Account { offline: Offline::Months(2), ..world.account() }).await;
    assert_eq!(world.synchronise().await.received, 5);
    assert_eq!(whole().await, ["note 00001", "note 00002"]);
    world.add(Account { offline: Offline::Months(12), ..world.account() }).await;
    world.synchronise().await;
    assert_eq!(whole().await, ["note 00001", "note 00002", "note 00003", "note 00004"]);
}

async fn metered(world: &World, metered: MeteredChoice) {
    let preferences = Preferences { metered, ..world.handle.preferences().await.unwrap() };
    world.execute(Command::SetPreferences { preferences: Box::new(preferences) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_metered_network_headers_come_and_the_rest_afterwards() {
    let world = world(Mode::Batch, Offline::Full, 5).await;
    metered(&world, MeteredChoice::Always).await;
    world.synchronise().await;
    assert_eq!((bodies(&world), partial(&world).await), (0, 5));
    metered(&world, MeteredChoice::Never).await;
    world.synchronise().await;
    assert_eq!(partial(&world).await, 0);
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opened_message_overtakes_the_download() {
    let world = World::empty(Mode::Interactive).await;
    world.server.create(ADA, "Archive", Some(Role::Archive));
    world.deliver("INBOX", 0..20);
    metered(&world, MeteredChoice::Always).await;
    world.add(world.account()).await;
    until("headers", || async {
        let all = world.handle.mailboxes(None).await.unwrap();
        all.iter().any(|m| m.total == 20)
    })
    .await;
    metered(&world, MeteredChoice::Never).await;
    let download = Fault::on(Protocol::Imap, "UID FETCH").containing("BODY.PEEK[]").connection(2).always();
    world.server.fault(download.stall());
    world.deliver("Archive", 100..400);
    world.execute(Command::Refresh { account: None }).await;
    until("the download", || async { bodies(&world) > 0 }).await;
    let row = world.row("INBOX", "note 00007").await;
    world.execute(Command::FetchWhole { ids: vec![row.id] }).await;
    assert_eq!(world.handle.raw(row.id).await.unwrap(), message(7).as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_a_message_hears_why_it_cannot_be_had() {
    let world = world(Mode::Batch, Offline::Headers, 2).await;
    world.synchronise().await;
    let row = world.row("INBOX", "note 00001").await;
    world.server.fault(Fault::on(Protocol::Imap, "CONNECT").times(1).close());
    let refused = world.handle.execute(Command::FetchWhole { ids: vec![row.id] }).await.unwrap_err();
    assert!(matches!(refused.kind, ProblemKind::Unreachable { .. }), "{refused:?}");
    assert!(world.handle.message(row.id).await.unwrap().row.headers_only, "what is here stays");
    world.server.expunge(ADA, "INBOX", 2);
    let gone = world.handle.execute(Command::FetchWhole { ids: vec![row.id] }).await.unwrap_err();
    assert!(matches!(gone.kind, ProblemKind::NotFound { .. }), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_readers_do_not_see_headers_as_messages() {
    let world = world(Mode::Batch, Offline::Headers, 3).await;
    world.synchronise().await;
    let cur = world.profile().join("mail/ada/INBOX/cur");
    assert_eq!(std::fs::read_dir(cur).unwrap().count(), 0);
}
