//! The service by itself: it watches, comes back after cuts, sends, and ends.

use super::*;
use crate::demo::Fault;
use crate::service::Event;

async fn world() -> World {
    let world = World::empty(Mode::Interactive).await;
    world.server.create(ADA, "Sent", Some(Role::Sent));
    world.server.create(ADA, "Archive", Some(Role::Archive));
    world.deliver("INBOX", 0..3);
    world.add(world.account()).await;
    until("the first mail", || async { total(&world, "INBOX").await == 3 }).await;
    world
}

async fn total(world: &World, path: &str) -> u64 {
    let all = world.handle.mailboxes(None).await.unwrap();
    all.iter().find(|m| m.path.0 == path).map_or(0, |m| m.total)
}

#[tokio::test(flavor = "multi_thread")]
async fn new_mail_arrives_by_itself_and_changes_leave_by_themselves() {
    let world = world().await;
    let mut events = world.handle.subscribe();
    world.deliver("INBOX", 3..4);
    until("the new message", || async { total(&world, "INBOX").await == 4 }).await;
    let inbox = world.mailbox("INBOX").await.id;
    let mut told = false;
    while let Ok(event) = events.try_recv() {
        told |= event == Event::Mailbox { id: inbox };
    }
    assert!(told);
    let ids = vec![world.row("INBOX", "note 00001").await.id];
    world.execute(Command::SetFlags { ids: ids.clone(), add: Flags::SEEN, remove: Flags::empty() }).await;
    world.execute(Command::MoveToRole { ids, role: Role::Archive }).await;
    until("the move on the server", || async { world.server.messages(ADA, "Archive").len() == 1 }).await;
    until("an empty queue", || async { world.handle.queue().await.unwrap().is_empty() }).await;
    assert_eq!(world.server.messages(ADA, "Archive")[0].flags, Flags::SEEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_comes_back() {
    let world = world().await;
    until("waiting", || async { world.count(Protocol::Imap, "IDLE") > 0 }).await;
    world.server.drop_connections();
    world.deliver("INBOX", 3..5);
    until("mail after the cut", || async { total(&world, "INBOX").await == 5 }).await;
    let view = &world.handle.accounts().await.unwrap()[0];
    assert!(matches!(view.connection, Connection::Synchronised { .. } | Connection::Synchronising), "{view:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_leaves_by_itself_after_its_delay_and_is_filed() {
    let world = world().await;
    let draft = world.draft("ada", &[POP], "soon").await;
    world.execute(Command::Submit { draft: Box::new(draft), when: SendTime::After(1), report: false }).await;
    assert_eq!(world.server.submissions().len(), 0);
    until("sending", || async { world.server.submissions().len() == 1 }).await;
    until("filing", || async { world.server.messages(ADA, "Sent").len() == 1 }).await;
    until("an empty Outbox", || async { world.handle.outbox().await.unwrap().is_empty() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_idle_it_polls_and_refresh_looks_at_once() {
    let world = World::empty(Mode::Interactive).await;
    world.server.fault(Fault::omit(Protocol::Imap, "IDLE"));
    world.add(world.account()).await;
    until("the first round", || async {
        matches!(world.handle.accounts().await.unwrap()[0].connection, Connection::Synchronised { .. })
    })
    .await;
    world.deliver("INBOX", 0..1);
    world.execute(Command::Refresh { account: None }).await;
    until("mail", || async { total(&world, "INBOX").await == 1 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_is_shown_with_the_time_of_the_next_try() {
    let world = World::empty(Mode::Interactive).await;
    world.server.fault(Fault::on(Protocol::Imap, "AUTHENTICATE").status("NO [AUTHENTICATIONFAILED] no such luck"));
    world.add(world.account()).await;
    until("the failure", || async {
        let views = world.handle.accounts().await.unwrap();
        matches!(&views[0].connection, Connection::Failed { problem, retry_at: Some(_) } if problem.account.is_some())
    })
    .await;
    assert_eq!(world.count(Protocol::Imap, "AUTHENTICATE"), 1, "not again and again");
    world.execute(Command::Refresh { account: Some("ada".into()) }).await;
    until("the next try", || async { world.count(Protocol::Imap, "AUTHENTICATE") == 2 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_while_it_waits_and_leaves_the_profile_free() {
    let world = world().await;
    world.add(world.pop3_account(Pop3Keep::Always)).await;
    world.server.deliver(POP, "INBOX", message(1).as_bytes()).unwrap();
    let world = world.restart().await;
    until("mail of the second account", || async {
        let all = world.handle.mailboxes(Some("pop")).await.unwrap();
        all.iter().map(|m| m.total).sum::<u64>() == 1
    })
    .await;
    world.execute(Command::RemoveAccount { name: "ada".into() }).await;
    let world = world.restart().await;
    assert_eq!(world.handle.accounts().await.unwrap().len(), 1);
}

/// Without CONDSTORE a server tells of new mail by its number alone: a change that came along is seen as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_flag_that_changes_together_with_new_mail_is_seen_at_once() {
    let world = world().await;
    until("waiting", || async { world.count(Protocol::Imap, "IDLE") > 0 }).await;
    world.server.set_flags(ADA, "INBOX", 2, Flags::FLAGGED);
    world.deliver("INBOX", 3..4);
    until("the new message", || async { total(&world, "INBOX").await == 4 }).await;
    until("the flag", || async { world.row("INBOX", "note 00001").await.flags.contains(Flags::FLAGGED) }).await;
}
