//! Servers that refuse, fall silent, or go away: what was not accepted is never said to be,
//! and what may have been accepted is never said not to be sent.

use super::*;
use crate::demo::Fault;
use crate::protocol::testing::{hurry, silent};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

/// What a good server says: greeting, then an answer to each line, the last to the final dot.
const SAID: [&str; 9] = [
    "220-mail.example\r\n220 ESMTP\r\n",
    "250-mail.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n",
    "235-2.7.0 welcome\r\n235 2.7.0 in\r\n",
    "250 2.1.0 ok\r\n",
    "250 2.1.5 ok\r\n",
    "550-5.1.1 no such\r\n550 5.1.1 user\r\n",
    "250 2.1.5 ok\r\n",
    "354 go\r\n",
    "250-2.0.0 queued\r\n250 2.0.0 as 4711\r\n",
];

/// A server that says all that, but goes away after so many bytes of it, or stays and is silent; whether it saw the
/// final dot.
fn said_until(limit: usize, pipelining: bool, stays: bool) -> (Stream, JoinHandle<bool>) {
    let (stream, pipe) = silent();
    let server = tokio::spawn(async move {
        let mut pipe = BufReader::new(pipe);
        let mut said = 0;
        let mut has_dot = false;
        for (i, answer) in SAID.into_iter().enumerate() {
            let mut line = String::new();
            let is_last = i + 1 == SAID.len();
            while i > 0 && (line.is_empty() || is_last && line != ".\r\n") {
                line.clear();
                if pipe.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return has_dot;
                }
            }
            has_dot = is_last;
            let answer = if pipelining { answer.into() } else { answer.replace("PIPELINING", "HELP") };
            let part = answer.get(..limit.saturating_sub(said)).unwrap_or(&answer);
            said += part.len();
            if pipe.get_mut().write_all(part.as_bytes()).await.is_err() || part.len() < answer.len() {
                if stays {
                    let _ = pipe.read_to_end(&mut Vec::new()).await;
                }
                return has_dot;
            }
        }
        // Until the client leaves.
        let _ = pipe.read_to_end(&mut Vec::new()).await;
        has_dot
    });
    (stream, server)
}

async fn submit_to(stream: Stream) -> std::result::Result<Outcome, SubmitError> {
    let mut session = start(stream).await?;
    submit(&mut session, &[BOB, "nobody@demo.test", "carol@demo.test"], MESSAGE).await
}

#[tokio::test]
async fn an_end_at_any_byte_of_the_dialogue_is_told_exactly() {
    for pipelining in [true, false] {
        let replaced = if pipelining { 0 } else { "PIPELINING".len() - "HELP".len() };
        let total = SAID.iter().map(|said| said.len()).sum::<usize>() - replaced;
        for limit in 0..=total {
            let (stream, server) = said_until(limit, pipelining, false);
            let result = submit_to(stream).await;
            let has_dot = server.await.unwrap();
            match result {
                Ok(outcome) => {
                    assert!(limit == total && has_dot, "cut after {limit} of {total}: {outcome:?}");
                    assert_eq!(outcome.accepted.as_ref().unwrap().to_string(), "250 2.0.0 queued as 4711");
                    assert_eq!(replies(&outcome), ["ok", "550 5.1.1 no such user", "ok"]);
                }
                Err(SubmitError::Unknown(error)) => {
                    assert!(has_dot && limit < total, "cut after {limit} of {total}: {error:?}");
                    assert!(matches!(error, Error::Closed), "{error:?}");
                }
                Err(SubmitError::NotSent(error)) => {
                    assert!(!has_dot && limit < total, "cut after {limit} of {total}: {error:?}");
                    assert!(matches!(error, Error::Closed), "{error:?}");
                }
            }
        }
    }
}

/// Submits one message to a demo server with this fault and holds the result against what the server has.
async fn agrees(demo: &Running, fault: Fault, security: Security) -> &'static str {
    demo.server.fault(fault);
    let before = demo.server.submissions().len();
    let work = async {
        let mut session = demo.connect(security).await?;
        submit(&mut session, &[BOB], MESSAGE).await
    };
    let result = work.await;
    demo.server.clear_faults();
    let delivered = demo.server.submissions().len() - before;
    match result {
        Ok(outcome) => {
            assert_eq!((outcome.accepted.is_some(), delivered), (true, 1));
            "accepted"
        }
        Err(SubmitError::NotSent(error)) => {
            assert_eq!(delivered, 0, "{error:?}");
            "not sent"
        }
        Err(SubmitError::Unknown(_)) => "unknown",
    }
}

#[tokio::test]
async fn real_connections_cut_anywhere_agree_with_what_the_server_has() {
    let demo = Running::start(demo()).await;
    for security in [Security::StartTls, Security::Tls] {
        assert_eq!(agrees(&demo, Fault::omit(Protocol::Smtp, "DSN"), security).await, "accepted");
        let whole = demo.server.connections(Protocol::Smtp).pop().unwrap();
        let mut ends = Vec::new();
        for bytes in (0..whole.sent).step_by(3).chain([whole.sent - 1]) {
            let cut = Fault::after_sent(Protocol::Smtp, bytes);
            ends.push(agrees(&demo, if bytes % 2 == 0 { cut.close() } else { cut.reset() }, security).await);
        }
        for bytes in (0..whole.received).step_by(3).chain([whole.received - 1]) {
            let cut = Fault::after_received(Protocol::Smtp, bytes);
            ends.push(agrees(&demo, if bytes % 2 == 0 { cut.close() } else { cut.reset() }, security).await);
        }
        assert!(!ends.contains(&"accepted") && ends.contains(&"unknown") && ends.contains(&"not sent"));
    }
}

#[tokio::test]
async fn a_cut_after_the_dot_is_unknown_whether_or_not_it_was_delivered() {
    let demo = Running::start(demo()).await;
    let at = || Fault::on(Protocol::Smtp, "DATA-END");
    for fault in [at().close(), at().done().close(), at().reset(), at().done().reset(), at().reply_and_close("250")] {
        assert_eq!(agrees(&demo, fault, Security::Tls).await, "unknown");
    }
}

#[tokio::test]
async fn a_cut_within_the_message_is_not_sent() {
    let message = "x".repeat(99).replace('x', "y") + "\r\n";
    let message = message.repeat(300_000);
    let demo = Running::start(demo().allow_plain()).await;
    for bytes in [5_000, 3_000_000] {
        demo.server.fault(Fault::after_received(Protocol::Smtp, bytes).close());
        let mut session = demo.connect(Security::None).await.unwrap();
        demo.server.clear_faults();
        let message = message.get(..20_000_000).unwrap();
        let error = submit(&mut session, &[BOB], message).await.unwrap_err();
        assert!(matches!(error, SubmitError::NotSent(_)), "{error:?}");
        assert!(session.is_broken());
    }
    assert!(demo.server.submissions().is_empty());
}

#[tokio::test]
async fn a_refusal_of_mail_data_or_message_is_the_outcome_for_all_accepted() {
    let no = "552-5.2.2 no\r\n552 5.2.2 room\r\n";
    let scripts: [Vec<Step>; 3] = [
        vec![on("MAIL", no)],
        vec![on("MAIL", "250 ok\r\n"), on("RCPT", "250 ok\r\n"), on("DATA", no)],
        [until_data(), payload(no)].concat(),
    ];
    for (i, script) in scripts.into_iter().enumerate() {
        let reset = if i < 2 { vec![on("RSET", "250 ok\r\n")] } else { Vec::new() };
        let again = [until_data(), payload("250 ok\r\n")].concat();
        let (mut session, _server) = session(&[], [script, reset, again].concat()).await;
        let outcome = submit(&mut session, &[BOB], MESSAGE).await.unwrap();
        assert_eq!((replies(&outcome), outcome.accepted), (vec!["552 5.2.2 no room".to_string()], None));
        assert!(!session.is_broken());
        assert!(submit(&mut session, &[BOB], MESSAGE).await.unwrap().accepted.is_some());
    }
}

#[tokio::test]
async fn a_refused_mail_with_pipelining_is_the_outcome_for_all() {
    let script = vec![
        on("MAIL", "550 5.7.1 not you\r\n"),
        on("RCPT", "503 first MAIL\r\n"),
        on("RCPT", "250 whatever\r\n"),
        on("DATA", "503 first RCPT\r\n"),
        on("RSET", "250 ok\r\n"),
    ];
    let (mut session, server) = session(&["PIPELINING"], script).await;
    let outcome = submit(&mut session, &[BOB, "carol@demo.test"], MESSAGE).await.unwrap();
    assert_eq!(replies(&outcome), ["550 5.7.1 not you", "550 5.7.1 not you"]);
    drop(session);
    assert_eq!(server.await.unwrap().len(), 7);
}

#[tokio::test]
async fn a_farewell_anywhere_ends_it_with_the_servers_words() {
    let bye = "421 4.3.2 shutting down\r\n";
    let whole: Vec<Step> = [greeting(&[]), until_data(), payload("250 ok\r\n")].concat();
    for at in [0, 1, 2, 3, 4, 5, whole.len() - 1] {
        let mut script: Vec<Step> = whole[..=at].to_vec();
        script[at].1 = bye.into();
        let (stream, _server) = play(script);
        let session = start(stream).await;
        let refused = |error: &Error| matches!(error, Error::Refused { code: Some(code), .. } if code == "4.3.2");
        let Ok(mut session) = session else {
            assert!(at < 3 && refused(&session.unwrap_err()));
            continue;
        };
        let result = submit(&mut session, &[BOB], MESSAGE).await;
        assert!(session.is_broken());
        match result {
            // After the dot it is a refusal like any other.
            Ok(outcome) => assert!(at > 5 && replies(&outcome) == ["421 4.3.2 shutting down"]),
            Err(SubmitError::NotSent(error)) => assert!(at < 6 && refused(&error), "{at}: {error:?}"),
            Err(error) => panic!("{at}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_left_between_messages_is_noticed() {
    for farewell in ["", "421 4.4.2 idle too long\r\n"] {
        let script = [until_data(), payload("250 ok\r\n"), vec![on("", farewell)]].concat();
        let (mut session, server) = session(&[], script).await;
        submit(&mut session, &[BOB], MESSAGE).await.unwrap();
        server.await.unwrap();
        let error = submit(&mut session, &[BOB], MESSAGE).await.unwrap_err();
        assert!(matches!(error, SubmitError::NotSent(Error::Closed | Error::Refused { .. })), "{error:?}");
        let error = submit(&mut session, &[BOB], MESSAGE).await.unwrap_err();
        assert!(matches!(error, SubmitError::NotSent(Error::Closed)), "{error:?}");
    }
}

#[tokio::test]
async fn silence_at_any_byte_has_a_deadline_and_is_told_exactly() {
    hurry(400);
    let total = SAID.iter().map(|said| said.len()).sum::<usize>();
    let all = (0..total).map(|limit| async move {
        let (stream, server) = said_until(limit, true, true);
        let result = submit_to(stream).await;
        let has_dot = server.await.unwrap();
        match result {
            Err(SubmitError::Unknown(Error::TimedOut { .. })) => assert!(has_dot, "silent after {limit} of {total}"),
            Err(SubmitError::NotSent(Error::TimedOut { .. })) => assert!(!has_dot, "silent after {limit} of {total}"),
            other => panic!("silent after {limit} of {total}: {other:?}"),
        }
    });
    let all = tokio::time::timeout(Duration::from_secs(60), futures::future::join_all(all)).await;
    assert_eq!(all.map(|all| all.len()), Ok(total));
}

/// Plays a script and then neither reads nor says anything more.
fn play_and_stall(script: Vec<Step>) -> (Stream, JoinHandle<BufReader<DuplexStream>>) {
    let (stream, pipe) = silent();
    (stream, tokio::spawn(async move { crate::protocol::testing::perform(pipe, script).await.1 }))
}

/// A server falls silent at one step, after this part of a reply.
async fn silence(whole: &[Step], at: usize, part: &str) {
    let mut script: Vec<Step> = whole[..=at].to_vec();
    script[at].1 = part.into();
    let (stream, _server) = play_and_stall(script);
    let mut session = match start_impatient(stream).await {
        Ok(session) => session,
        Err(error) => {
            assert!(at < 3 && matches!(error, Error::TimedOut { .. }), "{at}: {error:?}");
            return;
        }
    };
    match submit(&mut session, &[BOB], MESSAGE).await.unwrap_err() {
        SubmitError::NotSent(Error::TimedOut { step: "reply" }) => assert!(at < 6),
        SubmitError::Unknown(Error::TimedOut { step: "reply to the message" }) => assert!(at > 5),
        error => panic!("{at}: {error:?}"),
    }
    assert!(session.is_broken());
}

#[tokio::test]
async fn silence_at_any_step_has_a_deadline() {
    let whole: Vec<Step> = [greeting(&[]), until_data(), payload("250 ok\r\n")].concat();
    let steps = [0, 1, 2, 3, 4, 5, whole.len() - 1];
    let cases = steps.into_iter().flat_map(|at| ["", "250", "250-2.0.0 half\r\n"].map(|part| (at, part)));
    futures::future::join_all(cases.map(|(at, part)| silence(&whole, at, part))).await;
}

#[tokio::test]
async fn a_server_that_stops_taking_the_message_is_given_up() {
    let (stream, _server) = play_and_stall([greeting(&[]), until_data()].concat());
    let mut session = start_impatient(stream).await.unwrap();
    let error = submit(&mut session, &[BOB], vec![b'x'; 1_000_000]).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotSent(Error::TimedOut { step: "send" })), "{error:?}");
}

#[tokio::test]
async fn slow_taking_is_waited_for() {
    let (stream, pipe) = silent();
    tokio::spawn(async move {
        let (_, mut pipe) = crate::protocol::testing::perform(pipe, [greeting(&[]), until_data()].concat()).await;
        let mut message = Vec::new();
        while !message.ends_with(b"\r\n.\r\n") {
            let mut piece = vec![0; 8_000];
            let n = pipe.read(&mut piece).await.unwrap();
            message.extend_from_slice(&piece[..n]);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        pipe.get_mut().write_all(b"250 ok\r\n").await.unwrap();
        pipe
    });
    let mut session = start_impatient(stream).await.unwrap();
    // Longer than the deadline for one piece, in all.
    let outcome = submit(&mut session, &[BOB], vec![b'x'; 600_000]).await.unwrap();
    assert!(outcome.accepted.is_some());
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_the_message_is_heard() {
    let (stream, pipe) = silent();
    tokio::spawn(async move {
        let (_, mut pipe) = crate::protocol::testing::perform(pipe, [greeting(&[]), until_data()].concat()).await;
        pipe.read_exact(&mut vec![0; 100_000]).await.unwrap();
        pipe.get_mut().write_all(b"552 5.3.4 too big\r\n").await.unwrap();
    });
    let mut session = start(stream).await.unwrap();
    let outcome = submit(&mut session, &[BOB], vec![b'x'; 1_000_000]).await.unwrap();
    assert_eq!((replies(&outcome), outcome.accepted), (vec!["552 5.3.4 too big".to_string()], None));
    assert!(session.is_broken());
}

#[tokio::test]
async fn a_dropped_step_leaves_the_connection_broken() {
    let (stream, _server) = play_and_stall([greeting(&[]), vec![on("MAIL", "")]].concat());
    let mut session = start(stream).await.unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(20), submit(&mut session, &[BOB], MESSAGE)).await;
    assert!(given_up.is_err() && session.is_broken());
    let error = submit(&mut session, &[BOB], MESSAGE).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotSent(Error::Closed)));
}
