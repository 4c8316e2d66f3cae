//! Drafts survive, begin rightly, and go where they belong.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_survives_the_end_of_the_program() {
    let world = World::imap().await;
    let draft = world.draft("ada", &[POP], "half a thought").await;
    let world = world.restart().await;
    assert_eq!(world.handle.drafts().await.unwrap(), std::slice::from_ref(&draft));
    world.execute(Command::DiscardDraft { id: draft.id }).await;
    assert_eq!(world.handle.drafts().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_draft_lies_in_drafts_and_replaces_itself() {
    let world = World::imap().await;
    world.synchronise().await;
    let mut draft = world.draft("ada", &[POP], "first").await;
    draft.unfinished[1] = "somebo".into();
    world.execute(Command::KeepDraft { draft: Box::new(draft) }).await;
    assert_eq!(world.handle.drafts().await.unwrap(), []);
    world.synchronise().await;
    world.agree().await;
    let kept = world.row("Drafts", "first").await;
    assert!(kept.flags.contains(Flags::DRAFT));

    let mut again = world.handle.begin(DraftOrigin::Draft(kept.id.0), false).await.unwrap();
    assert_eq!(
        (again.subject.as_str(), again.to[0].addr.as_str(), again.unfinished[1].as_str()),
        ("first", POP, "somebo")
    );
    assert_eq!(again.body.trim_end(), "Dear reader,\nthis is it.");
    again.subject = "second".into();
    world.execute(Command::KeepDraft { draft: Box::new(again) }).await;
    assert_eq!(world.subjects("Drafts").await, ["second"]);
    world.synchronise().await;
    world.agree().await;

    let kept = world.row("Drafts", "second").await;
    let mut last = world.handle.begin(DraftOrigin::Draft(kept.id.0), false).await.unwrap();
    last.unfinished[1].clear();
    let id = world.submit(&last).await;
    assert_eq!(world.subjects("Drafts").await, ["second"], "until it is sent");
    world.handle.deliver(id).await.unwrap();
    world.synchronise().await;
    world.agree().await;
    assert_eq!(world.subjects("Drafts").await, [""; 0]);
    assert_eq!(world.subjects("Sent").await, ["second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_quotes_threads_and_marks() {
    let world = World::imap().await;
    world.deliver("INBOX", 5..6);
    world.synchronise().await;
    let original = world.row("INBOX", "note 00005").await;
    let draft = world.handle.begin(DraftOrigin::Reply(original.id.0), false).await.unwrap();
    assert_eq!((draft.account.as_str(), draft.subject.as_str()), ("ada", "Re: note 00005"));
    assert_eq!(draft.in_reply_to, ["note5@babbage.example"]);
    assert!(draft.body.contains("Charles wrote:\n> Note 5."), "{}", draft.body);
    assert_eq!(world.handle.drafts().await.unwrap().len(), 1, "saved from the beginning");
    let mut draft = draft;
    draft.to = vec![Address { name: String::new(), addr: POP.into() }];
    let id = world.submit(&draft).await;
    world.handle.deliver(id).await.unwrap();
    assert!(world.row("INBOX", "note 00005").await.flags.contains(Flags::ANSWERED));
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_message_takes_its_attachments_along() {
    let world = World::imap().await;
    let raw = "From: c@babbage.example\r\nSubject: plans\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\n\
        Content-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n";
    world.server.deliver(ADA, "INBOX", raw.as_bytes()).unwrap();
    world.synchronise().await;
    let original = world.row("INBOX", "plans").await;
    let mut draft = world.handle.begin(DraftOrigin::Forward(original.id.0), false).await.unwrap();
    assert_eq!(draft.attachments.len(), 1);
    assert_eq!(std::fs::read(&draft.attachments[0].path).unwrap(), b"%PDF-");
    draft.to = vec![Address { name: String::new(), addr: POP.into() }];
    let id = world.submit(&draft).await;
    world.handle.deliver(id).await.unwrap();
    let sent = world.row("Sent", "Fwd: plans").await;
    let (attachment, bytes) = world.handle.attachment(sent.id, 0).await.unwrap();
    assert_eq!((attachment.file_name.as_str(), bytes.as_slice()), ("plan.pdf", &b"%PDF-"[..]));
    let to = world.profile().join("saved.pdf");
    world.handle.save_attachment(sent.id, 0, &to).await.unwrap();
    assert_eq!(std::fs::read(to).unwrap(), b"%PDF-");
    assert!(world.row("INBOX", "plans").await.flags.contains(Flags::FORWARDED));
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_others_are_not_sent() {
    let world = World::imap().await;
    let mut draft = world.draft("ada", &[POP], "x").await;
    let path = world.profile().join("settings.toml");
    draft.attachments.push(DraftAttachment { file_name: "x".into(), media_type: "text/plain".into(), size: 1, path });
    assert!(
        world
            .handle
            .execute(Command::Submit { draft: Box::new(draft), when: SendTime::After(0), report: false })
            .await
            .is_err()
    );
    assert_eq!(world.handle.outbox().await.unwrap(), []);
}
