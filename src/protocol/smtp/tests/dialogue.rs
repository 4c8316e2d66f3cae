//! What is said, and what the server ends up with.

use super::*;
use crate::demo::Fault;
use crate::mail::account::AuthMethod;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test]
async fn a_message_is_submitted_over_both_kinds_of_tls() {
    let demo = Running::start(demo()).await;
    for security in [Security::StartTls, Security::Tls] {
        let mut session = demo.connect(security).await.unwrap();
        assert!(session.limits().size.is_some() && session.limits().pipelining);
        assert_eq!(session.mechanism(), "PLAIN");
        let outcome = submit(&mut session, &[BOB], MESSAGE).await.unwrap();
        assert_eq!(replies(&outcome), ["ok"]);
        assert!(outcome.accepted.unwrap().to_string().starts_with("250 2.0.0 delivered as demo"));
        session.quit().await;
    }
    let taken = demo.server.submissions();
    assert_eq!(taken.len(), 2);
    assert!(taken.iter().all(|s| &*s.raw == MESSAGE && s.sender == ADA && s.recipients == [BOB]));
    let connections = demo.server.connections(Protocol::Smtp);
    assert!(connections.iter().all(|c| c.tls && c.credentials_before_tls.is_empty()));
    assert_eq!(connections[0].commands.last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn the_transcript_shows_the_dialogue_without_secrets() {
    let demo = Running::start(demo()).await;
    let mut session = demo.connect(Security::StartTls).await.unwrap();
    submit(&mut session, &[BOB], format!("Subject: x\r\n\r\n{}", "secret words\r\n".repeat(1000))).await.unwrap();
    session.quit().await;
    let lines = demo.lines();
    let position = |text: &str| {
        let found = lines.iter().position(|line| line.starts_with(text));
        found.unwrap_or_else(|| panic!("“{text}” in {lines:#?}"))
    };
    let order = [
        "connected to",
        "220 localhost",
        "EHLO [127.0.0.1]",
        "250-localhost",
        "STARTTLS",
        "220 2.0.0",
        "TLS 1.3",
        "AUTH PLAIN …",
        "235 ",
        "MAIL FROM:<ada@demo.test> SIZE=14014",
        "RCPT TO:<bob@demo.test>",
        "DATA",
        "250 2.1.0",
        "250 2.1.5",
        "354 ",
        "… 14,014 bytes",
        ".",
        "250 2.0.0",
        "QUIT",
        "221 ",
    ];
    let places: Vec<usize> = order.into_iter().map(position).collect();
    assert!(places.is_sorted(), "{lines:#?}");
    let forms = credentials().forms();
    assert!(lines.iter().all(|line| !line.contains("secret") && forms.iter().all(|form| !line.contains(form))));
}

#[tokio::test]
async fn some_refused_leave_the_others() {
    for omitted in ["PIPELINING", "DSN"] {
        let demo = Running::start(demo().account("carol@demo.test", "x").fault(Fault::omit(Protocol::Smtp, omitted)));
        let demo = demo.await;
        let mut session = demo.connect(Security::Tls).await.unwrap();
        let to = [BOB, "nobody@demo.test", "eve@elsewhere.example", "no address", "carol@demo.test"];
        let outcome = submit(&mut session, &to, MESSAGE).await.unwrap();
        let replies = replies(&outcome);
        assert_eq!((replies[0].as_str(), replies[4].as_str()), ("ok", "ok"));
        assert_eq!(replies[1], "550 5.1.1 <nobody@demo.test>: no such mailbox here");
        assert!(replies[2].starts_with("550 5.7.1 this is a demo server"), "{replies:?}");
        assert_eq!(replies[3], "553 5.1.3 this is no address that mail can be sent to");
        assert!(outcome.recipients.iter().map(|(address, _)| address.as_str()).eq(to));
        assert_eq!(demo.server.submissions()[0].recipients, [BOB, "carol@demo.test"]);
        assert!(!demo.server.commands(Protocol::Smtp).iter().any(|line| line.contains("no address")));
    }
}

#[tokio::test]
async fn when_all_are_refused_the_message_is_not_sent() {
    let demo = Running::start(demo().fault(Fault::refuse_recipient("bob", "450 4.2.0 later"))).await;
    let mut session = demo.connect(Security::StartTls).await.unwrap();
    let hook = AtomicBool::new(false);
    let recipients = ["nobody@demo.test".to_string(), BOB.to_string()];
    let envelope = SubmissionEnvelope { reverse_path: ADA, recipients: &recipients, report: None };
    let before_data = async {
        hook.store(true, Ordering::Relaxed);
        Ok(())
    };
    let outcome = session
        .submit(&envelope, &Letter::bytes(MESSAGE.to_vec()), before_data, |_, _| panic!("no progress"))
        .await
        .unwrap();
    assert_eq!(outcome.accepted, None);
    assert_eq!(replies(&outcome)[1], "450 4.2.0 later");
    assert!(!hook.load(Ordering::Relaxed));
    let commands = demo.server.commands(Protocol::Smtp);
    assert_eq!(commands.last().map(String::as_str), Some("RSET"));
    // DATA went along with the recipients, and was refused with them.
    assert_eq!(demo.server.submissions().len(), 0);
    // The connection serves on.
    demo.server.clear_faults();
    assert_eq!(replies(&submit(&mut session, &[BOB], MESSAGE).await.unwrap()), ["ok"]);
}

#[tokio::test]
async fn many_recipients_and_many_messages_go_over_one_connection() {
    let names: Vec<String> = (0..55).map(|i| format!("user{i}@demo.test")).collect();
    let builder = names.iter().fold(demo(), |builder, name| builder.account(name, "x"));
    let demo = Running::start(builder).await;
    let mut session = demo.connect(Security::Tls).await.unwrap();
    let to: Vec<&str> = names.iter().map(String::as_str).chain(["nobody@demo.test"]).collect();
    for _ in 0..3 {
        let outcome = submit(&mut session, &to, MESSAGE).await.unwrap();
        let replies = replies(&outcome);
        assert!(replies[..55].iter().all(|reply| reply == "ok"));
        assert!(replies[55].starts_with("550 5.1.1"), "{replies:?}");
    }
    let taken = demo.server.submissions();
    assert_eq!(taken.len(), 3);
    assert!(taken.iter().all(|s| s.recipients == names));
    assert_eq!(demo.server.connections(Protocol::Smtp).len(), 1);
}

#[tokio::test]
async fn the_server_receives_the_normalised_bytes_exactly() {
    let demo = Running::start(demo()).await;
    let mut session = demo.connect(Security::Tls).await.unwrap();
    let long = ".".repeat(100_000);
    let lines = ".x\r\n..\r\n.\r\n".repeat(5000);
    let cases: Vec<(&[u8], &[u8])> = vec![
        (b"a: b\n\nx\n.\r\nMAIL FROM:<evil@x>\r\n", b"a: b\r\n\r\nx\r\n.\r\nMAIL FROM:<evil@x>\r\n"),
        (b"a: b\r\rx\r.\ry", b"a: b\r\n\r\nx\r\n.\r\ny\r\n"),
        (b"\r\n.\r\n", b"\r\n.\r\n"),
        (b".", b".\r\n"),
        (b"..\r\n.\r\n...", b"..\r\n.\r\n...\r\n"),
        (b"", b""),
        (b"x\r\n\r\n\r\n", b"x\r\n\r\n\r\n"),
        (b"a: b\r\n\r\nno end", b"a: b\r\n\r\nno end\r\n"),
        (b"x\r\n.\n.\r.\r\n.", b"x\r\n.\r\n.\r\n.\r\n.\r\n"),
        (lines.as_bytes(), lines.as_bytes()),
    ];
    for (message, expected) in &cases {
        assert_eq!(replies(&submit(&mut session, &[BOB], message).await.unwrap()), ["ok"]);
        let taken = demo.server.submissions().pop().unwrap();
        assert!(&*taken.raw == *expected, "{:?}", String::from_utf8_lossy(message));
    }
    submit(&mut session, &[BOB], &long).await.unwrap();
    assert_eq!(demo.server.submissions().pop().unwrap().raw.len(), 100_002);
    assert_eq!(demo.server.submissions().len(), cases.len() + 1, "nothing was smuggled");
}

#[tokio::test]
async fn progress_is_told_and_the_hook_comes_before_the_first_byte() {
    let demo = Running::start(demo()).await;
    let mut session = demo.connect(Security::Tls).await.unwrap();
    let message = format!("Subject: x\r\n\r\n{}", "0123456789\r\n".repeat(80_000));
    let recipients = [BOB.to_string()];
    let envelope = SubmissionEnvelope { reverse_path: "", recipients: &recipients, report: None };
    let mut heard = Vec::new();
    let seen = || demo.server.commands(Protocol::Smtp).pop();
    let before_data = async {
        assert_eq!(seen().as_deref(), Some("DATA"));
        assert!(demo.server.submissions().is_empty());
        Ok(())
    };
    let letter = Letter::bytes(message.clone().into_bytes());
    session.submit(&envelope, &letter, before_data, |done, of| heard.push((done, of))).await.unwrap();
    let total = message.len() as u64;
    assert_eq!((heard[0], *heard.last().unwrap()), ((0, total), (total, total)));
    assert!(heard.is_sorted() && heard.len() > 5);
    assert_eq!(demo.server.submissions()[0].sender, "");
}

#[tokio::test]
async fn if_it_cannot_be_recorded_it_is_not_sent() {
    let demo = Running::start(demo()).await;
    let mut session = demo.connect(Security::Tls).await.unwrap();
    let recipients = [BOB.to_string()];
    let envelope = SubmissionEnvelope { reverse_path: ADA, recipients: &recipients, report: None };
    let full = ready(Err(std::io::ErrorKind::StorageFull.into()));
    let error = session.submit(&envelope, &Letter::bytes(MESSAGE.to_vec()), full, |_, _| {}).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotSent(Error::Io(_))), "{error:?}");
    assert!(session.is_broken());
    drop(session);
    assert!(demo.server.submissions().is_empty());
}

#[tokio::test]
async fn every_mechanism_is_spoken_as_the_server_offers_it() {
    let omit = |mechanism| Fault::omit(Protocol::Smtp, mechanism);
    let demo = Running::start(demo().fault(omit("AUTH=PLAIN"))).await;
    assert_eq!(demo.connect(Security::Tls).await.unwrap().mechanism(), "LOGIN");
    let token = Credentials::token(ADA, "t0ken");
    let session = demo.connect_as(Security::StartTls, &token).await.unwrap();
    assert_eq!(session.mechanism(), "XOAUTH2");
    demo.server.fault(omit("AUTH=XOAUTH2"));
    let error = demo.connect_as(Security::Tls, &token).await.unwrap_err();
    assert!(matches!(error, Error::NoMechanism), "a password way is not tried with a token");
    demo.server.fault(omit("AUTH"));
    assert!(matches!(demo.connect(Security::Tls).await, Err(Error::NoMechanism)));
}

#[tokio::test]
async fn refused_credentials_are_an_error_of_their_own() {
    let demo = Running::start(demo()).await;
    let wrong = |method| Credentials { user: ADA.into(), secret: "wr0ng".into(), method };
    let error = demo.connect_as(Security::Tls, &wrong(AuthMethod::Password)).await.unwrap_err();
    let refused = "535 5.7.8 user name or password is wrong";
    assert!(matches!(&error, Error::Authentication { reply } if reply == refused), "{error:?}");
    let error = demo.connect_as(Security::Tls, &wrong(AuthMethod::XOAuth2)).await.unwrap_err();
    let Error::Authentication { reply } = error else { panic!("{error:?}") };
    assert!(reply.starts_with("535 ") && reply.contains("\"status\":\"400\""), "{reply}");
    demo.server.fault(Fault::on(Protocol::Smtp, "AUTH").status("454 4.7.0 try later"));
    let error = demo.connect(Security::Tls).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { code: Some(code), .. } if code == "4.7.0"), "{error:?}");
    demo.server.fault(Fault::on(Protocol::Smtp, "AUTH").status("504 5.5.4 not that"));
    assert!(matches!(demo.connect(Security::Tls).await, Err(Error::NoMechanism)));
}

#[tokio::test]
async fn a_long_token_waits_for_its_turn() {
    let token = "x".repeat(2000);
    let (stream, server) = play(vec![
        on("", "220 hi\r\n"),
        on("EHLO", ehlo(&["AUTH XOAUTH2"])),
        on("AUTH XOAUTH2", "334 \r\n"),
        on("dXNlcj1hZGFA", "235 in\r\n"),
    ]);
    let session = start_with(stream, &Credentials::token(ADA, token)).await.unwrap();
    drop(session);
    assert_eq!(server.await.unwrap()[1], "AUTH XOAUTH2");
}

#[tokio::test]
async fn what_the_server_cannot_take_is_not_sent() {
    let body = "Subject: x\r\n\r\ngr\u{fc}\u{df}e\r\n";
    let header = "Subject: gr\u{fc}\u{df}e\r\n\r\nx\r\n";
    for (offers, message, unsupported) in [
        (&["SMTPUTF8"][..], body, "8BITMIME"),
        (&["8BITMIME"], header, "SMTPUTF8"),
        (&["SMTPUTF8"], header, "8BITMIME"),
    ] {
        let (mut session, server) = session(offers, Vec::new()).await;
        let error = submit(&mut session, &[BOB], message).await.unwrap_err();
        assert!(matches!(error, SubmitError::NotSent(Error::Unsupported(what)) if what == unsupported), "{error:?}");
        assert!(!session.is_broken());
        drop(session);
        assert_eq!(server.await.unwrap().len(), 2);
    }
    let (mut session, server) = session(&["SIZE 60"], Vec::new()).await;
    let error = submit(&mut session, &[BOB], MESSAGE).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotSent(Error::TooLarge { what: "message", limit: 60 })), "{error:?}");
    assert!(error.error().leaves_connection_usable() && !session.is_broken());
    drop(session);
    assert_eq!(server.await.unwrap().len(), 2);
}

#[tokio::test]
async fn parameters_are_sent_only_where_offered_and_needed() {
    let body = "Subject: x\r\n\r\ngr\u{fc}\u{df}e\r\n";
    let all = ["SIZE 0", "SIZE 1000", "8BITMIME", "SMTPUTF8"];
    let cases: [(&[&str], &str, &str, &str); 6] = [
        (&[], "x", BOB, "MAIL FROM:<ada@demo.test>"),
        (&all, "x", BOB, "MAIL FROM:<ada@demo.test> SIZE=3"),
        (&all, body, BOB, "MAIL FROM:<ada@demo.test> SIZE=23 BODY=8BITMIME"),
        (&["8BITMIME"], body, BOB, "MAIL FROM:<ada@demo.test> BODY=8BITMIME"),
        (&all, "x", "j\u{f6}rg@demo.test", "MAIL FROM:<ada@demo.test> SIZE=3 SMTPUTF8"),
        (&all, "x", "bob@m\u{fc}ller.example", "MAIL FROM:<ada@demo.test> SIZE=3"),
    ];
    for (offers, message, to, expected) in cases {
        let (mut session, server) = session(offers, until_data()).await;
        let _ = submit(&mut session, &[to], message).await;
        drop(session);
        assert_eq!(server.await.unwrap()[2], expected);
    }
}

#[tokio::test]
async fn addresses_beyond_ascii_are_refused_here_where_the_server_has_no_smtputf8() {
    let script = vec![
        on("MAIL", "250 ok\r\n"),
        on("RCPT TO:<bob@xn--mller-kva.example>", "550 no\r\n"),
        on("RSET", "250 ok\r\n"),
    ];
    let (mut session, server) = session(&[], script).await;
    let outcome = submit(&mut session, &["j\u{f6}rg@demo.test", "bob@m\u{fc}ller.example"], "x").await.unwrap();
    let replies = replies(&outcome);
    assert!(replies[0].starts_with("553 5.6.7") && replies[1] == "550 no", "{replies:?}");
    drop(session);
    assert_eq!(server.await.unwrap().len(), 5);
}

#[tokio::test]
async fn with_nobody_to_ask_nothing_is_said() {
    let (mut session, server) = session(&[], Vec::new()).await;
    let nobody = submit(&mut session, &[], "x").await.unwrap();
    assert_eq!((nobody.recipients.len(), nobody.accepted), (0, None));
    let outcome = submit(&mut session, &["a@b>\r\nRCPT TO:<evil@x"], "x").await.unwrap();
    assert!(replies(&outcome)[0].starts_with("553 5.1.3"));
    let recipients = [BOB.to_string()];
    let envelope = SubmissionEnvelope { reverse_path: "a@b>\r\nDATA", recipients: &recipients, report: None };
    let outcome = session.submit(&envelope, &Letter::bytes(b"x".to_vec()), ready(Ok(())), |_, _| {}).await.unwrap();
    assert!(replies(&outcome)[0].starts_with("553 5.1.7"));
    drop(session);
    assert_eq!(server.await.unwrap().len(), 2);
}

#[tokio::test]
async fn it_can_run_in_any_task() {
    fn is_send<T: Send>(_: &T) {}
    let (mut session, _server) = session(&[], Vec::new()).await;
    is_send(&submit(&mut session, &[], "x"));
    is_send(&session.reset());
    is_send(&session.quit());
}

#[tokio::test]
async fn a_server_that_waits_for_a_message_to_nobody_gets_a_lone_dot() {
    let refused = "250 2.1.0 ok\r\n";
    let script = vec![
        on("MAIL", refused),
        on("RCPT", "550 5.1.1 no\r\n"),
        on("DATA", "354 go\r\n"),
        on(".", "554 5.5.1 no recipients\r\n"),
        on("RSET", "250 2.0.0 ok\r\n"),
        on("QUIT", "221 bye\r\n"),
    ];
    let (mut session, server) = session(&["PIPELINING"], script).await;
    let outcome = submit(&mut session, &[BOB], MESSAGE).await.unwrap();
    assert_eq!((outcome.accepted.clone(), replies(&outcome)), (None, vec!["550 5.1.1 no".to_string()]));
    session.quit().await;
    server.await.unwrap();
}

#[tokio::test]
async fn reports_are_asked_for_where_they_are_offered() {
    for offered in [true, false] {
        let builder = if offered { demo() } else { demo().fault(Fault::omit(Protocol::Smtp, "DSN")) };
        let demo = Running::start(builder).await;
        let mut session = demo.connect(Security::Tls).await.unwrap();
        let recipients = [BOB.to_string()];
        let envelope = SubmissionEnvelope { reverse_path: ADA, recipients: &recipients, report: Some("1+2=3@a") };
        let letter = Letter::bytes(MESSAGE.to_vec());
        let outcome = session.submit(&envelope, &letter, ready(Ok(())), |_, _| {}).await.unwrap();
        assert_eq!(replies(&outcome), ["ok"]);
        let commands = demo.server.commands(Protocol::Smtp);
        let said = |text: &str| commands.iter().any(|line| line.contains(text));
        assert_eq!(said(" RET=HDRS ENVID=1+2B2+3D3@a"), offered, "{commands:?}");
        assert_eq!(said("RCPT TO:<bob@demo.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;bob@demo.test"), offered);
    }
}
