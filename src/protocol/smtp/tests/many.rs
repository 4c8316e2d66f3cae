//! Many messages over one connection, the next asked for together with the end of the one before: whatever happens
//! then, what is said of each message is true.

use super::*;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

const OFFERS: &str = "250-mail.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n";

/// A server that takes everything, but goes away after so many bytes of what it says; how many messages it has.
fn says(limit: usize) -> (Stream, JoinHandle<(usize, usize)>) {
    let (stream, pipe) = crate::protocol::testing::silent();
    let server = tokio::spawn(async move {
        let (mut pipe, mut said, mut taken, mut in_data) = (BufReader::new(pipe), 0, 0, false);
        let mut answer = Some("220 mail.example\r\n");
        loop {
            if let Some(answer) = answer {
                let part = answer.get(..limit.saturating_sub(said)).unwrap_or(answer);
                said += part.len();
                if pipe.get_mut().write_all(part.as_bytes()).await.is_err() || part.len() < answer.len() {
                    return (taken, said);
                }
            }
            let mut line = String::new();
            if pipe.read_line(&mut line).await.unwrap_or(0) == 0 {
                return (taken, said);
            }
            let is_end = line == ".\r\n";
            answer = match line.get(..4) {
                _ if in_data && !is_end => None,
                _ if in_data => {
                    (taken, in_data) = (taken + 1, false);
                    Some("250-2.0.0 queued\r\n250 2.0.0 as 4711\r\n")
                }
                Some("EHLO") => Some(OFFERS),
                Some("AUTH") => Some("235 2.7.0 in\r\n"),
                Some("DATA") => {
                    in_data = true;
                    Some("354 go\r\n")
                }
                _ => Some("250 2.1.0 ok\r\n"),
            };
        }
    });
    (stream, server)
}

/// Submits so many messages, each asked for with the end of the one before; how many were taken, and the first error.
async fn submit_all(stream: Stream, count: usize) -> (usize, Option<SubmitError>) {
    let mut session = match start(stream).await {
        Ok(session) => session,
        Err(error) => return (0, Some(SubmitError::NotSent(error))),
    };
    let letter = Letter::bytes(MESSAGE.to_vec());
    let recipients: Vec<Vec<String>> = (0..count).map(|n| vec![format!("number-{n}@demo.test")]).collect();
    let post = |recipients| Post {
        envelope: SubmissionEnvelope { reverse_path: ADA, recipients, report: None },
        letter: &letter,
    };
    for n in 0..count {
        let next = recipients.get(n + 1).map(|to| post(to));
        match session.submit_and_go_on(post(&recipients[n]), next, ready(Ok(())), |_, _| {}).await {
            Ok(outcome) => assert!(outcome.accepted.is_some()),
            Err(error) => return (n, Some(error)),
        }
    }
    session.quit().await;
    (count, None)
}

#[tokio::test]
async fn an_end_at_any_byte_is_told_exactly_of_each_message() {
    const COUNT: usize = 3;
    let (stream, server) = says(usize::MAX);
    assert!(matches!(submit_all(stream, COUNT).await, (COUNT, None)));
    let (taken, total) = server.await.unwrap();
    assert_eq!(taken, COUNT);
    let mut doubts = 0;
    for limit in 0..total {
        let (stream, server) = says(limit);
        let (known, error) = submit_all(stream, COUNT).await;
        let (taken, _) = server.await.unwrap();
        match error {
            Some(SubmitError::Unknown(_)) => {
                assert_eq!(taken, known + 1, "cut after {limit} of {total}");
                doubts += 1;
            }
            Some(SubmitError::NotSent(_)) => assert_eq!(taken, known, "cut after {limit} of {total}"),
            // Only the farewell was cut.
            None => assert_eq!((known, taken), (COUNT, COUNT)),
        }
    }
    assert!(doubts > COUNT * 10, "{doubts}");
}

#[tokio::test]
async fn a_refusal_of_one_says_nothing_of_the_next() {
    let no = "552 5.3.4 too big\r\n";
    let script =
        [until_data(), payload(no), until_data(), payload("250 2.0.0 two\r\n"), vec![on("QUIT", "221 bye\r\n")]];
    let (mut session, server) = session(&["PIPELINING"], script.concat()).await;
    let (letter, to) = (Letter::bytes(MESSAGE.to_vec()), [[BOB.to_string()], ["carol@demo.test".to_string()]]);
    let post = |n: usize| Post {
        envelope: SubmissionEnvelope { reverse_path: ADA, recipients: &to[n], report: None },
        letter: &letter,
    };
    let first = session.submit_and_go_on(post(0), Some(post(1)), ready(Ok(())), |_, _| {}).await.unwrap();
    assert_eq!((replies(&first), first.accepted), (vec!["552 5.3.4 too big".to_string()], None));
    let second = session.submit_and_go_on(post(1), None, ready(Ok(())), |_, _| {}).await.unwrap();
    assert_eq!(second.accepted.unwrap().to_string(), "250 2.0.0 two");
    session.quit().await;
    let said = server.await.unwrap();
    let count = |verb: &str| said.iter().filter(|line| line.starts_with(verb)).count();
    assert_eq!((count("MAIL"), count("RCPT"), count("DATA"), count("RSET")), (2, 2, 2, 0), "each is said once");
}

#[tokio::test]
async fn one_whose_recipients_are_all_refused_ahead_leaves_the_connection_good() {
    let refused = [on("MAIL", "250 ok\r\n"), on("RCPT", "550 5.1.1 nobody\r\n"), on("DATA", "554 5.5.1 for whom?\r\n")];
    let reset = vec![on("RSET", "250 ok\r\n")];
    let script =
        [until_data(), payload("250 one\r\n"), refused.to_vec(), reset, until_data(), payload("250 three\r\n")];
    let (mut session, _server) = session(&["PIPELINING"], script.concat()).await;
    let (letter, to) = (Letter::bytes(MESSAGE.to_vec()), [BOB.to_string()]);
    let post =
        Post { envelope: SubmissionEnvelope { reverse_path: ADA, recipients: &to, report: None }, letter: &letter };
    assert!(session.submit_and_go_on(post, Some(post), ready(Ok(())), |_, _| {}).await.unwrap().accepted.is_some());
    let second = session.submit_and_go_on(post, Some(post), ready(Ok(())), |_, _| {}).await.unwrap();
    assert_eq!((replies(&second), second.accepted), (vec!["550 5.1.1 nobody".to_string()], None));
    assert!(!session.is_broken());
    let third = session.submit_and_go_on(post, None, ready(Ok(())), |_, _| {}).await.unwrap();
    assert_eq!(third.accepted.unwrap().to_string(), "250 three");
}

#[tokio::test]
async fn another_than_the_one_that_was_asked_for_is_not_sent() {
    let script = [until_data(), payload("250 one\r\n"), until_data(), vec![on(ANY, "250 what was this?\r\n")]];
    let (mut session, server) = session(&["PIPELINING"], script.concat()).await;
    let (letter, to) = (Letter::bytes(MESSAGE.to_vec()), [[BOB.to_string()], ["carol@demo.test".to_string()]]);
    let post = |n: usize| Post {
        envelope: SubmissionEnvelope { reverse_path: ADA, recipients: &to[n], report: None },
        letter: &letter,
    };
    session.submit_and_go_on(post(0), Some(post(1)), ready(Ok(())), |_, _| {}).await.unwrap();
    let error = session.submit_and_go_on(post(0), None, ready(Ok(())), |_, _| {}).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotSent(Error::Closed)), "{error:?}");
    assert!(session.is_broken());
    // Neither is a goodbye, which the server would take for the message.
    session.quit().await;
    assert!(!server.await.unwrap().iter().any(|line| line.starts_with("QUIT")));
}
