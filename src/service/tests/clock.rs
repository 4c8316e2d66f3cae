//! F15: the clock jumps, by a year forwards or backwards, as that of a machine with an empty battery does. Nothing
//! waits for years, nothing leaves before the time that a person chose, nothing is sent or done twice, and nothing goes.

use super::*;
use crate::demo::Fault;

const YEAR: i64 = 365 * 86_400;
const JUMPS: [i64; 4] = [YEAR, -YEAR, 3600, -3600];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_tried_again() {
    for jump in JUMPS {
        let world = World::imap().await;
        world.deliver("INBOX", 0..1);
        world.synchronise().await;
        world.server.fault(Fault::on(Protocol::Imap, "UID STORE").status("NO [UNAVAILABLE] not now"));
        let id = world.row("INBOX", "note 00000").await.id;
        world.execute(Command::SetFlags { ids: vec![id], add: Flags::FLAGGED, remove: Flags::empty() }).await;
        let _ = world.handle.synchronise(None).await;
        assert_eq!(world.handle.queue().await.unwrap().len(), 1, "{jump}");
        world.later(jump);
        let world = world.restart().await;
        world.synchronise().await;
        world.agree().await;
        assert_eq!(world.server.messages(ADA, "INBOX")[0].flags, Flags::FLAGGED, "{jump}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_taken_back_waits_no_year() {
    for jump in JUMPS {
        let world = World::imap().await;
        world.server.deliver(ADA, "Trash", message(0).as_bytes());
        world.deliver("INBOX", 1..2);
        world.synchronise().await;
        let gone = world.row("Trash", "note 00000").await.id;
        world.execute(Command::Delete { ids: vec![gone] }).await;
        let id = world.submit(&world.draft("ada", &[POP], "soon").await).await;
        world.later(jump);
        let world = world.restart().await;
        for _ in 0..3 {
            let _ = world.handle.synchronise(None).await;
            world.later(3700);
        }
        world.synchronise().await;
        world.agree().await;
        assert_eq!(world.server.messages(ADA, "Trash").len(), 0, "{jump}");
        assert_eq!(world.subjects_there("INBOX"), ["note 00001"], "{jump}: nothing else went");
        assert_eq!(world.outbox_item(id).await, None, "{jump}");
        assert_eq!(world.server.submissions().len(), 1, "{jump}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_that_a_person_chose_is_kept_and_sent_once() {
    let world = World::imap().await;
    world.synchronise().await;
    let draft = Box::new(world.draft("ada", &[POP], "new year").await);
    let now = world.handle.outbox().await.map(|_| jiff::Timestamp::now().as_second()).unwrap();
    let when = SendTime::At(now + 30 * 86_400);
    world.execute(Command::Submit { draft, when, report: false }).await;
    for jump in [-YEAR, YEAR] {
        world.later(jump);
        world.synchronise().await;
        assert_eq!(world.server.submissions().len(), 0, "{jump}");
    }
    for jump in [YEAR, -YEAR, -YEAR, 3 * YEAR] {
        world.later(jump);
        world.synchronise().await;
        assert_eq!(world.server.submissions().len(), 1, "{jump}");
    }
    world.agree().await;
    assert_eq!(world.subjects("Sent").await, ["new year"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_while_the_clock_jumps_is_here_once() {
    let world = World::imap().await;
    for (n, jump) in (0..).zip(JUMPS) {
        world.deliver("INBOX", n..n + 1);
        world.synchronise().await;
        world.later(jump);
    }
    let world = world.restart().await;
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects("INBOX").await.len(), JUMPS.len());
    world.handle.doctor(true).await.unwrap();
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects("INBOX").await.len(), JUMPS.len());
}
