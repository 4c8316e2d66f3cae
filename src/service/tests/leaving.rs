//! When messages leave: at a time that the person chose, many over one connection, and given up where that is safe.

use super::*;
use crate::demo::Fault;
use crate::service::{Event, ProblemKind};

fn at(submission: &Submission) -> i64 {
    match submission {
        Submission::Waiting { not_before, .. } => *not_before,
        other => panic!("{other:?}"),
    }
}

impl World {
    async fn submit_at(&self, subject: &str, when: SendTime) -> i64 {
        let draft = self.draft("ada", &[POP], subject).await;
        let command = Command::Submit { draft: Box::new(draft), when, report: false };
        self.execute(command).await.outbox.unwrap()
    }

    fn now(&self) -> i64 {
        (self.platform.clock)()
    }

    fn connections(&self) -> usize {
        self.server.connections(Protocol::Smtp).len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_leaves_at_its_time_and_not_before() {
    let world = World::imap().await;
    let tomorrow = world.now() + 86_400;
    let id = world.submit_at("tomorrow", SendTime::At(tomorrow)).await;
    let world = world.restart().await;
    let item = world.outbox_item(id).await.unwrap();
    assert_eq!((at(&item.submission), item.leaves_at), (tomorrow, Some(tomorrow)));
    assert_eq!(world.synchronise().await.sent, 0);
    // Another time; in its turn it survives, too.
    world.execute(Command::Reschedule { id, when: SendTime::At(tomorrow - 3600) }).await;
    let world = world.restart().await;
    assert_eq!(world.outbox_item(id).await.unwrap().leaves_at, Some(tomorrow - 3600));
    world.later(86_400 - 3700);
    assert_eq!(world.synchronise().await.sent, 0);
    world.later(200);
    assert_eq!(world.synchronise().await.sent, 1);
    assert_eq!(world.server.submissions().len(), 1);
    assert!(world.handle.execute(Command::Reschedule { id, when: SendTime::After(0) }).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_time_can_be_taken_back_for_now_or_for_a_draft() {
    let world = World::imap().await;
    let far = SendTime::At(world.now() + 1_000_000);
    let (now, back) = (world.submit_at("now", far).await, world.submit_at("back", far).await);
    world.execute(Command::Reschedule { id: now, when: SendTime::After(0) }).await;
    assert_eq!(world.outbox_item(now).await.unwrap().leaves_at, None);
    let draft = world.execute(Command::CancelSubmission { id: back }).await.draft.unwrap();
    assert_eq!(draft.subject, "back");
    assert_eq!(world.synchronise().await.sent, 1);
    assert_eq!(world.handle.outbox().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_wrong_holds_nothing_back() {
    let world = World::imap().await;
    let delayed = world.submit_at("delayed", SendTime::After(10)).await;
    let chosen = world.submit_at("chosen", SendTime::At(world.now() + 600)).await;
    world.server.fault(Fault::on(Protocol::Smtp, "RCPT").status("451 4.7.1 greylisted"));
    let retried = world.submit_at("retried", SendTime::After(0)).await;
    world.handle.deliver(retried).await.unwrap();
    world.later(-40_000_000);
    assert_eq!(world.synchronise().await.sent, 2, "a delay and a retry are never a year long");
    assert!(world.outbox_item(delayed).await.is_none() && world.outbox_item(retried).await.is_none());
    assert!(world.outbox_item(chosen).await.is_some(), "the person said when");
    world.later(40_000_000 + 601);
    assert_eq!(world.synchronise().await.sent, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_messages_go_over_one_connection_and_each_is_filed_once() {
    let world = World::imap().await;
    for n in 0..40 {
        world.submit_at(&format!("number {n:02}"), SendTime::After(0)).await;
    }
    assert_eq!(world.synchronise().await.sent, 40);
    assert_eq!((world.connections(), world.server.submissions().len()), (1, 40));
    assert_eq!(world.handle.outbox().await.unwrap(), []);
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects("Sent").await.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_few_messages_at_once_is_connected_to_again() {
    let world = World::imap().await;
    for n in 0..5 {
        world.submit_at(&format!("number {n}"), SendTime::After(0)).await;
    }
    world.server.fault(Fault::on(Protocol::Smtp, "MAIL").nth(3).status("421 4.7.0 too many messages"));
    world.server.fault(Fault::on(Protocol::Smtp, "MAIL").nth(5).close());
    assert_eq!(world.synchronise().await.sent, 5);
    assert_eq!((world.connections(), world.server.submissions().len()), (3, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_in_the_middle_of_many_leaves_one_in_doubt() {
    let world = World::imap().await;
    world.server.fault(Fault::on(Protocol::Smtp, "DATA-END").nth(4).done().close());
    for n in 0..8 {
        world.submit_at(&format!("number {n}"), SendTime::After(0)).await;
    }
    // The trouble of the one is told.
    world.fails().await;
    let left: Vec<String> = world.handle.outbox().await.unwrap().into_iter().map(|i| i.subject).collect();
    assert_eq!(left, ["number 3"]);
    let item = world.handle.outbox().await.unwrap().remove(0);
    assert_eq!(item.submission, Submission::Unknown);
    assert_eq!(world.server.submissions().len(), 8);
    // The person has looked: it arrived.
    world.execute(Command::MarkSent { id: item.id }).await;
    assert_eq!(world.handle.outbox().await.unwrap(), []);
    world.synchronise().await;
    assert_eq!(world.subjects("Sent").await.len(), 8);
    world.agree().await;
    assert!(world.handle.execute(Command::MarkSent { id: item.id }).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_recipient_has_its_own_outcome_and_those_to_come_later_are_tried_alone() {
    let world = World::imap().await;
    world.server.fault(Fault::refuse_recipient("pop.example", "450 4.2.0 greylisted"));
    let draft = world.draft("ada", &[ADA, POP, "nobody@lovelace.example"], "three").await;
    let id = world.submit(&draft).await;
    let item = world.handle.deliver(id).await.unwrap();
    assert!(matches!(&item.submission, Submission::Waiting { reason, .. } if reply(reason).contains("greylisted")));
    assert_eq!(item.attempts, 1);
    world.server.clear_faults();
    world.later(31);
    // Now only what was refused for good is left, and nobody was asked about that again.
    world.fails().await;
    let item = world.outbox_item(id).await.unwrap();
    assert!(matches!(&item.submission, Submission::Refused { reply, .. } if reply.contains("5.1.1")), "{item:?}");
    let taken: Vec<Vec<String>> = world.server.submissions().into_iter().map(|s| s.recipients).collect();
    assert_eq!(taken, [vec![ADA.to_string()], vec![POP.to_string()]]);
    assert_eq!(world.count(Protocol::Smtp, "RCPT TO:<nobody"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_recipients_are_in_the_copy_alone() {
    let world = World::imap().await;
    world.synchronise().await;
    let mut draft = world.draft("ada", &[POP], "secret").await;
    draft.bcc = vec![Address { name: "Ärzte".into(), addr: ADA.into() }];
    let id = world.submit(&draft).await;
    world.handle.deliver(id).await.unwrap();
    let is_hidden = |raw: &[u8]| !String::from_utf8_lossy(raw).to_ascii_lowercase().contains("\nbcc:");
    let taken = world.server.submissions();
    let starts = |raw: &[u8]| raw.get(..4).is_some_and(|s| s.eq_ignore_ascii_case(b"bcc:"));
    assert!(is_hidden(&taken[0].raw) && !starts(&taken[0].raw));
    let copy = world.handle.raw(world.row("Sent", "secret").await.id).await.unwrap();
    let content = crate::mail::mime::content(&copy);
    assert_eq!(content.envelope.bcc, draft.bcc, "{}", String::from_utf8_lossy(&copy));
    world.synchronise().await;
    world.agree().await;
    let raw = format!("From: {ADA}\nTo: {POP}\nBcc: {ADA}\nSubject: raw\n\nbody\n");
    let id = world
        .execute(Command::SubmitRaw { account: None, raw: raw.into_bytes(), when: SendTime::After(0), report: false })
        .await
        .outbox
        .unwrap();
    world.handle.deliver(id).await.unwrap();
    let copy = world.handle.raw(world.row("Sent", "raw").await.id).await.unwrap();
    assert_eq!(crate::mail::mime::content(&copy).envelope.bcc[0].addr, ADA);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_for_reports_is_passed_on_or_its_refusal_told() {
    for offered in [true, false] {
        let world = World::imap().await;
        if !offered {
            world.server.fault(Fault::omit(Protocol::Smtp, "DSN"));
        }
        let mut events = world.handle.subscribe();
        let mut draft = world.draft("ada", &[POP], "report").await;
        draft.report = true;
        let id = world.submit(&draft).await;
        assert!(world.outbox_item(id).await.unwrap().report);
        let done = world.handle.deliver(id).await.unwrap();
        assert!(matches!(done.submission, Submission::Accepted { .. }));
        assert_eq!(world.count(Protocol::Smtp, &format!("RCPT TO:<{POP}> NOTIFY=")), usize::from(offered));
        let mut told = false;
        while let Ok(event) = events.try_recv() {
            told |= matches!(event, Event::Failed(p) if matches!(p.kind, ProblemKind::NoReports { .. }));
        }
        assert_eq!(told, !offered);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hangs_before_its_end_can_be_called_back_at_once() {
    for event in ["CONNECT", "EHLO", "MAIL", "DATA"] {
        let world = World::imap().await;
        world.server.fault(Fault::on(Protocol::Smtp, event).stall());
        let id = world.submit_at("hangs", SendTime::After(0)).await;
        let handle = world.handle.clone();
        let sending = tokio::spawn(async move { handle.deliver(id).await });
        let seen = || async {
            let item = world.outbox_item(id).await;
            let is_under_way = world.count(Protocol::Smtp, event) > 0 || event == "CONNECT" && world.connections() > 0;
            item.is_some_and(|i| i.submission == Submission::Sending) && is_under_way
        };
        until("it is being sent", seen).await;
        let draft = world.execute(Command::CancelSubmission { id }).await.draft.unwrap();
        assert_eq!(draft.subject, "hangs", "{event}");
        sending.await.unwrap().ok();
        assert_eq!(world.handle.outbox().await.unwrap(), []);
        assert!(world.server.submissions().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_taken_cannot_be_called_back() {
    let world = World::imap().await;
    world.server.fault(Fault::on(Protocol::Smtp, "DATA-END").stall());
    let id = world.submit_at("too late", SendTime::After(0)).await;
    let handle = world.handle.clone();
    let sending = tokio::spawn(async move { handle.deliver(id).await });
    until("its end is there", || async { world.count(Protocol::Smtp, "DATA") > 0 }).await;
    until("it is unknown on disk", || async { world.outbox_item(id).await.is_some() }).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(world.handle.execute(Command::CancelSubmission { id }).await.is_err());
    sending.abort();
    let _ = sending.await;
    let world = world.restart().await;
    assert_eq!(world.outbox_item(id).await.unwrap().submission, Submission::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_is_looked_into_again_for_what_is_unknown() {
    let world = World::imap().await;
    world.synchronise().await;
    world.server.fault(Fault::on(Protocol::Smtp, "DATA-END").done().close());
    let id = world.submit_at("filed late", SendTime::After(0)).await;
    let item = world.handle.deliver(id).await.unwrap();
    assert_eq!(item.submission, Submission::Unknown);
    let filed = format!("Message-ID: <{}>\r\nSubject: filed late\r\n\r\nx\r\n", item.message_id);
    world.server.deliver(ADA, "Sent", filed.as_bytes()).unwrap();
    world.later(301);
    world.synchronise().await;
    assert_eq!(world.handle.outbox().await.unwrap(), []);
    world.synchronise().await;
    assert_eq!(world.server.messages(ADA, "Sent").len(), 1, "not filed twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_kept_for_the_next_message() {
    let mut world = World::imap().await;
    world.mode = Mode::Interactive;
    let world = world.restart().await;
    for n in 0..3 {
        let id = world.submit_at(&format!("number {n}"), SendTime::After(0)).await;
        until("it is sent", || async { world.outbox_item(id).await.is_none() }).await;
    }
    assert_eq!((world.connections(), world.server.submissions().len()), (1, 3));
    // The server has left meanwhile: the next goes over a new one, without a wait.
    world.server.fault(Fault::on(Protocol::Smtp, "MAIL").reply_and_close("421 4.4.2 idle too long\r\n"));
    let id = world.submit_at("after", SendTime::After(0)).await;
    until("it is sent", || async { world.outbox_item(id).await.is_none() }).await;
    assert_eq!((world.connections(), world.server.submissions().len()), (2, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_all_wait_alike() {
    let world = World::imap().await;
    world.server.fault(Fault::on(Protocol::Smtp, "CONNECT").always().close());
    for n in 0..4 {
        world.submit_at(&format!("number {n}"), SendTime::After(0)).await;
    }
    world.fails().await;
    let items = world.handle.outbox().await.unwrap();
    assert!(items.iter().all(|i| i.attempts == 1 && at(&i.submission) > world.now()), "{items:?}");
    assert_eq!(world.connections(), 1, "the others would fare no better");
}
