//! Mail goes out, to everybody once, and the Outbox says what is true.

use super::*;
use crate::demo::Fault;
use crate::service::ProblemKind;
use crate::service::command::AttachSource;

fn headers(raw: &[u8], name: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(raw).replace("\r\n ", " ");
    let found = text.lines().take_while(|l| !l.is_empty()).filter(|l| l.starts_with(&format!("{name}: ")));
    found.map(String::from).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_out_and_is_filed_once_on_both_sides() {
    let world = World::imap().await;
    world.synchronise().await;
    let mut draft = world.draft("ada", &[POP], "Grüße von Ada").await;
    draft.bcc = vec![Address { name: String::new(), addr: ADA.into() }];
    let source = AttachSource::Bytes {
        file_name: "a plan.txt".into(),
        media_type: "text/plain".into(),
        bytes: b"plan\n".to_vec(),
    };
    let attached = world.execute(Command::Attach { draft: draft.id.clone(), source }).await.attachment.unwrap();
    draft.attachments.push(attached);
    let id = world.submit(&draft).await;
    assert!(world.handle.drafts().await.unwrap().is_empty(), "no longer open");
    let delivered = world.handle.deliver(id).await.unwrap();
    assert!(
        matches!(&delivered.submission, Submission::Accepted { reply } if reply.starts_with("250 ")),
        "{delivered:?}"
    );
    assert_eq!(delivered.recipients.len(), 2);
    assert_eq!(world.handle.outbox().await.unwrap(), []);

    let taken = world.server.submissions();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].sender.as_str(), taken[0].recipients.len()), (ADA, 2));
    assert!(headers(&taken[0].raw, "Bcc").is_empty());
    assert_eq!(headers(&taken[0].raw, "From"), ["From: \"Ada Lovelace\" <ada@lovelace.example>"]);
    assert_eq!(world.subjects("Sent").await, ["Grüße von Ada"]);
    assert_eq!(world.server.messages(ADA, "Sent").len(), 1, "at once, without waiting for a synchronisation");
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.server.messages(ADA, "Sent")[0].flags, Flags::SEEN);
    let arrived = world.row("INBOX", "Grüße von Ada").await;
    assert_eq!(arrived.attachments, 1);
    assert!(std::fs::read_dir(world.profile().join("drafts")).unwrap().next().is_none(), "nothing is left over");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_recipient_keeps_the_others_and_can_be_corrected() {
    let world = World::imap().await;
    world.synchronise().await;
    let draft = world.draft("ada", &[POP, "nobody@lovelace.example", ADA], "to three").await;
    let id = world.submit(&draft).await;
    let item = world.handle.deliver(id).await.unwrap();
    assert!(matches!(&item.submission, Submission::Refused { reply, .. } if reply.contains("5.1.1")), "{item:?}");
    let outcomes: Vec<bool> = item.recipients.iter().map(|(_, o)| *o == RecipientOutcome::Accepted).collect();
    assert_eq!(outcomes, [true, false, true]);
    assert_eq!(world.server.submissions()[0].recipients, [POP, ADA]);
    assert_eq!(world.subjects("Sent").await, ["to three"], "it was sent, though not to all");

    let world = world.restart().await;
    assert_eq!(world.outbox_item(id).await.unwrap(), item);
    let corrected = vec![("nobody@lovelace.example".to_string(), "not an address".to_string())];
    assert!(world.handle.execute(Command::RetrySubmission { id, corrected }).await.is_err());
    world.server.fault(Fault::on(Protocol::Smtp, "EHLO").status("421 later"));
    let corrected = vec![("nobody@lovelace.example".to_string(), "ada@lovelace.example".to_string())];
    world.execute(Command::RetrySubmission { id, corrected }).await;
    // The corrected address has it already: nobody is asked twice.
    let item = world.outbox_item(id).await.unwrap();
    assert_eq!(item.recipients.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_address_gets_it_and_the_others_not_again() {
    let world = World::imap().await;
    let draft = world.draft("ada", &[ADA, "pop@pop.example"], "corrected").await;
    let id = world.submit(&draft).await;
    world.handle.deliver(id).await.unwrap();
    let corrected = vec![("pop@pop.example".to_string(), POP.to_string())];
    world.execute(Command::RetrySubmission { id, corrected }).await;
    let done = world.handle.deliver(id).await.unwrap();
    assert!(matches!(done.submission, Submission::Accepted { .. }), "{done:?}");
    let taken = world.server.submissions();
    assert_eq!((taken.len(), taken[1].recipients.clone()), (2, vec![POP.to_string()]));
    let ids: Vec<Vec<String>> = taken.iter().map(|t| headers(&t.raw, "Message-ID")).collect();
    assert_eq!(ids[0], ids[1]);
    assert!(headers(&taken[1].raw, "To")[0].contains(POP), "the header says so too");
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects("Sent").await, ["corrected"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_after_the_final_dot_is_unknown_and_never_sent_again_by_itself() {
    for delivered in [true, false] {
        let world = World::imap().await;
        world.synchronise().await;
        let fault = Fault::on(Protocol::Smtp, "DATA-END");
        world.server.fault(if delivered { fault.done().close() } else { fault.close() });
        let id = world.submit(&world.draft("ada", &[POP], "perhaps").await).await;
        assert_eq!(world.handle.deliver(id).await.unwrap().submission, Submission::Unknown);
        let world = world.restart().await;
        world.later(100_000);
        let problem = world.handle.synchronise(None).await;
        assert!(problem[0].1.is_ok(), "{problem:?}");
        assert_eq!(world.outbox_item(id).await.unwrap().submission, Submission::Unknown);
        assert_eq!(world.server.submissions().len(), usize::from(delivered));
        // The person decides: it has the same Message-ID, so that a double is recognised.
        world.execute(Command::RetrySubmission { id, corrected: Vec::new() }).await;
        let done = world.handle.deliver(id).await.unwrap();
        assert!(matches!(done.submission, Submission::Accepted { .. }));
        world.synchronise().await;
        world.agree().await;
        assert_eq!(world.subjects("Sent").await, ["perhaps"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_message_that_the_server_filed_in_sent_was_sent() {
    let world = World::imap().await;
    world.synchronise().await;
    let draft = world.draft("ada", &[POP], "filed by the server").await;
    let id = world.submit(&draft).await;
    let message_id = world.outbox_item(id).await.unwrap().message_id;
    let filed = format!("Message-ID: <{message_id}>\r\nSubject: filed by the server\r\n\r\nx\r\n");
    world.server.deliver(ADA, "Sent", filed.as_bytes()).unwrap();
    world.server.fault(Fault::on(Protocol::Smtp, "DATA-END").done().close());
    let item = world.handle.deliver(id).await.unwrap();
    assert!(matches!(item.submission, Submission::Accepted { .. }), "{item:?}");
    world.synchronise().await;
    assert_eq!(world.server.messages(ADA, "Sent").len(), 1, "not filed twice");
    assert_eq!(world.subjects("Sent").await, ["filed by the server"]);
    assert_eq!(world.handle.queue().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_reach_the_end_is_sent_later_by_itself_and_once() {
    let cuts = ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"];
    for event in cuts {
        let world = World::imap().await;
        world.server.fault(Fault::on(Protocol::Smtp, event).close());
        let id = world.submit(&world.draft("ada", &[POP], "later").await).await;
        let item = world.handle.deliver(id).await.unwrap();
        let Submission::Waiting { not_before, reason: Some(_) } = item.submission else { panic!("{event}: {item:?}") };
        assert!(not_before > item.queued_at, "{event}");
        let world = world.restart().await;
        world.synchronise().await;
        assert_eq!(world.server.submissions().len(), 0, "{event}: not before its time");
        world.later(31);
        assert_eq!(world.synchronise().await.sent, 1, "{event}");
        world.synchronise().await;
        assert_eq!((world.server.submissions().len(), world.handle.outbox().await.unwrap().len()), (1, 0), "{event}");
        world.agree().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn come_later_is_obeyed_for_those_alone() {
    let world = World::imap().await;
    world.server.fault(Fault::refuse_recipient("pop.example", "450 4.2.0 come back later"));
    let id = world.submit(&world.draft("ada", &[ADA, POP], "two").await).await;
    let item = world.handle.deliver(id).await.unwrap();
    let Submission::Waiting { reason, .. } = &item.submission else { panic!("{item:?}") };
    assert_eq!(reply(reason), "450 4.2.0 come back later");
    world.server.clear_faults();
    world.later(31);
    world.synchronise().await;
    let taken: Vec<Vec<String>> = world.server.submissions().into_iter().map(|s| s.recipients).collect();
    assert_eq!(taken, [vec![ADA.to_string()], vec![POP.to_string()]]);
    assert_eq!(world.handle.outbox().await.unwrap(), []);
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_and_a_refused_message_say_so() {
    let world = World::imap().await;
    world.server.fault(Fault::on(Protocol::Smtp, "AUTH").always().status("535 5.7.8 wrong"));
    let id = world.submit(&world.draft("ada", &[POP], "x").await).await;
    let item = world.handle.deliver(id).await.unwrap();
    assert!(
        matches!(&item.submission, Submission::Waiting { reason, .. } if reply(reason).contains("wrong")),
        "{item:?}"
    );
    world.later(31);
    let results = world.handle.synchronise(None).await;
    let kind = &results[0].1.as_ref().unwrap_err().kind;
    assert!(matches!(kind, ProblemKind::Authentication { .. }), "{kind:?}");
    world.server.clear_faults();
    world.server.fault(Fault::on(Protocol::Smtp, "DATA-END").status("554 5.7.1 spam"));
    let item = world.handle.deliver(id).await.unwrap();
    assert_eq!(item.submission, Submission::Refused { reply: "554 5.7.1 spam".into(), problem: None });
    assert!(matches!(item.recipients[0].1, RecipientOutcome::Refused { permanent: true, .. }));
    assert_eq!(world.subjects("Sent").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_can_be_taken_back_until_it_begins() {
    let world = World::imap().await;
    let draft = world.draft("ada", &[POP], "hasty").await;
    let command = Command::Submit { draft: Box::new(draft.clone()), when: SendTime::After(10), report: false };
    let id = world.execute(command).await.outbox.unwrap();
    assert_eq!(world.synchronise().await.sent, 0, "still within its delay");
    let back = world.execute(Command::CancelSubmission { id }).await.draft.unwrap();
    assert_eq!(*back, draft);
    assert_eq!(world.handle.drafts().await.unwrap(), [draft]);
    world.later(11);
    world.synchronise().await;
    assert!(world.server.submissions().is_empty());
    assert!(world.handle.execute(Command::CancelSubmission { id }).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_message_goes_by_its_own_fields() {
    let world = World::imap().await;
    let raw = format!("From: {ADA}\nTo: {POP}\nBcc: {ADA}\nSubject: ready\n\nbody\n.\nmore\n");
    let command = Command::SubmitRaw { account: None, raw: raw.into_bytes(), when: SendTime::After(0), report: false };
    let id = world.execute(command).await.outbox.unwrap();
    world.handle.deliver(id).await.unwrap();
    let taken = world.server.submissions();
    assert_eq!(taken[0].recipients, [POP, ADA]);
    assert!(taken[0].raw.ends_with(b"\r\n\r\nbody\r\n.\r\nmore\r\n"));
    assert!(headers(&taken[0].raw, "Bcc").is_empty() && headers(&taken[0].raw, "Message-ID").len() == 1);
    let nobody = Command::SubmitRaw {
        account: None,
        raw: b"Subject: x\n\nx\n".to_vec(),
        when: SendTime::After(0),
        report: false,
    };
    assert!(matches!(world.handle.execute(nobody).await.unwrap_err().kind, ProblemKind::Invalid { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_while_filing_in_sent_files_once() {
    for done in [true, false] {
        let world = World::imap().await;
        world.synchronise().await;
        let fault = Fault::on(Protocol::Imap, "APPEND-END");
        world.server.fault(if done { fault.done().close() } else { fault.close() });
        let id = world.submit(&world.draft("ada", &[POP], "filed").await).await;
        world.handle.deliver(id).await.unwrap();
        let world = world.restart().await;
        world.synchronise().await;
        world.later(60);
        world.synchronise().await;
        assert_eq!(world.server.messages(ADA, "Sent").len(), 1, "done: {done}");
        world.agree().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_message_left_is_no_doubt() {
    use crate::storage::{OutboxState, Profile, Store};
    let world = World::imap().await;
    let sure = world.submit(&world.draft("ada", &[POP], "sure").await).await;
    let doubtful = world.submit(&world.draft("ada", &[POP], "doubtful").await).await;
    let profile = world.profile();
    let World { server, handle, platform, mode, ahead, dir } = world;
    handle.stop().await;
    drop(handle);
    {
        // As a kill leaves them: connecting, and waiting for the answer to the message.
        let store = Store::open(&Profile::open(profile).unwrap()).unwrap();
        store.outbox().set_state(sure, &OutboxState::Sending, None).unwrap();
        store.outbox().set_state(doubtful, &OutboxState::Unknown, None).unwrap();
    }
    let handle = started(&platform, mode).await;
    let world = World { server, handle, platform, mode, ahead, dir };
    assert_eq!(world.synchronise().await.sent, 1);
    assert_eq!(world.outbox_item(doubtful).await.unwrap().submission, Submission::Unknown);
    assert_eq!(world.server.submissions().len(), 1);
}
