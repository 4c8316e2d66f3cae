//! Servers that mean harm: bounded memory, no panic, no acceptance that was not given.

use super::*;
use crate::mail::account::AuthMethod;
use crate::protocol::testing::{perform, silent};
use proptest::prelude::*;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

/// What a submission makes of this answer to MAIL.
async fn mail(answer: impl Into<String>) -> std::result::Result<Outcome, SubmitError> {
    let script = vec![on("MAIL", answer), on("RCPT", "550 no\r\n"), on("RSET", "250 ok\r\n")];
    let (mut session, _server) = session(&[], script).await;
    submit(&mut session, &[BOB], MESSAGE).await
}

/// What a submission makes of this answer to its final dot.
async fn dot(answer: impl AsRef<[u8]>) -> std::result::Result<Outcome, SubmitError> {
    let answer = answer.as_ref().to_vec();
    let (stream, pipe) = silent();
    tokio::spawn(async move {
        let (_, mut pipe) = perform(pipe, [greeting(&[]), until_data(), payload("")].concat()).await;
        let _ = pipe.get_mut().write_all(&answer).await;
        let _ = pipe.read_to_end(&mut Vec::new()).await;
    });
    submit(&mut start(stream).await.unwrap(), &[BOB], MESSAGE).await
}

#[tokio::test]
async fn lines_and_replies_are_bounded() {
    let line = "250 ".to_string() + &"x".repeat(3_000_000);
    let lines = "250-x\r\n".repeat(300_000);
    for (answer, what) in [(&line, "line"), (&lines, "reply")] {
        let (stream, _server) = play(vec![on("", answer)]);
        let error = start(stream).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { what: w, .. } if w == what), "{error:?}");
        let error = mail(answer).await.unwrap_err();
        assert!(matches!(error, SubmitError::NotSent(Error::TooLarge { what: w, .. }) if w == what), "{error:?}");
        let error = dot(answer).await.unwrap_err();
        assert!(matches!(error, SubmitError::Unknown(Error::TooLarge { what: w, .. }) if w == what), "{error:?}");
    }
}

#[tokio::test]
async fn malformed_replies_are_not_taken_for_answers() {
    for bad in [
        "\r\n",
        "25\r\n",
        "250-a\r\n251 b\r\n",
        "250-a\r\n* OK\r\n",
        "ok\r\n",
        "250_ok\r\n",
        "150 wait\r\n",
        "999 x\r\n",
        "2500 ok\r\n",
        "-250 ok\r\n",
        "250-a\r\n\r\n250 b\r\n",
        "HTTP/1.1 200 OK\r\n",
        " 250 ok\r\n",
        "\u{0}250 ok\r\n",
    ] {
        let error = mail(bad).await.unwrap_err();
        assert!(matches!(error, SubmitError::NotSent(Error::Protocol(_))), "{bad:?}: {error:?}");
        let error = dot(bad).await.unwrap_err();
        assert!(matches!(error, SubmitError::Unknown(Error::Protocol(_))), "{bad:?}: {error:?}");
    }
}

#[tokio::test]
async fn replies_that_are_only_odd_are_understood() {
    for (odd, shown) in [
        (&b"250\r\n"[..], "250"),
        (b"250 \r\n", "250"),
        (b"250 lf alone\n", "250 lf alone"),
        (b"250-\xfc\xff\r\n250 2.0.0 \xe9\r\n", "250 \u{fffd}\u{fffd} 2.0.0 \u{fffd}"),
        (b"299 2.9.9 x\r\n", "299 2.9.9 x"),
    ] {
        let outcome = dot(odd).await.unwrap();
        assert_eq!(outcome.accepted.unwrap().to_string(), shown);
    }
    let outcome = dot("571 5.7.1 spam\r\n").await.unwrap();
    assert_eq!((replies(&outcome), outcome.accepted), (vec!["571 5.7.1 spam".to_string()], None));
}

#[tokio::test]
async fn positive_and_intermediate_replies_out_of_place_are_no_success() {
    for (at, reply, unknown) in
        [(0, "354 go\r\n", false), (1, "354 go\r\n", false), (2, "250 ok\r\n", false), (3, "354 more\r\n", true)]
    {
        let mut script = [until_data(), payload("")].concat();
        let place = if at == 3 { script.len() - 1 } else { at };
        script[place].1 = reply.into();
        let (mut session, _server) = session(&[], script).await;
        let error = submit(&mut session, &[BOB], MESSAGE).await.unwrap_err();
        assert_eq!(matches!(error, SubmitError::Unknown(Error::Protocol(_))), unknown, "{at}: {error:?}");
        assert!(matches!(error.error(), Error::Protocol(_)) && session.is_broken());
    }
}

#[tokio::test]
async fn an_acceptance_before_the_message_is_not_believed() {
    // With the leave to send it.
    let mut script = until_data();
    script[2].1 = "354 go\r\n250 2.0.0 queued\r\n".into();
    let (mut session, server) = session(&[], script).await;
    let error = submit(&mut session, &[BOB], MESSAGE).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotSent(Error::Protocol(_))), "{error:?}");
    drop(session);
    assert_eq!(server.await.unwrap().last().map(String::as_str), Some("DATA"));
    // And while it is sent.
    let (stream, pipe) = silent();
    let server = tokio::spawn(async move {
        let (_, mut pipe) = perform(pipe, [greeting(&[]), until_data()].concat()).await;
        pipe.get_mut().write_all(b"250 2.0.0 queued\r\n").await.unwrap();
        let mut message = Vec::new();
        pipe.read_to_end(&mut message).await.unwrap();
        message
    });
    let mut session = start(stream).await.unwrap();
    let error = submit(&mut session, &[BOB], vec![b'x'; 200_000]).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotSent(Error::Protocol(_))), "{error:?}");
    drop(session);
    assert!(!server.await.unwrap().ends_with(b"\r\n.\r\n"));
}

#[tokio::test]
async fn answers_that_nobody_asked_for_are_not_answers_to_what_follows() {
    for surplus in ["250 ok\r\n", "250-", "x", &"250 ok\r\n".repeat(5_000)] {
        let script = vec![on("MAIL", format!("250 ok\r\n{surplus}")), on(ANY, "")];
        let (mut session, server) = session(&[], script).await;
        let error = submit(&mut session, &[BOB], MESSAGE).await.unwrap_err();
        assert!(matches!(error, SubmitError::NotSent(Error::Protocol(_))), "{error:?}");
        drop(session);
        assert!(server.await.unwrap().last().unwrap().starts_with("MAIL"));
    }
}

/// The error of an exchange of PLAIN or LOGIN with these answers, and what the server was told.
async fn auth(offer: &str, answers: Vec<Step>) -> (Error, Vec<String>) {
    let (stream, server) = play([vec![on("", "220 hi\r\n"), on("EHLO", ehlo(&[offer]))], answers].concat());
    let error = start(stream).await.unwrap_err();
    (error, server.await.unwrap())
}

#[tokio::test]
async fn authentication_out_of_step_is_ended() {
    let (error, told) = auth("AUTH PLAIN", vec![on("AUTH", "334 \r\n"), on("*", "501 off\r\n")]).await;
    assert!(matches!(&error, Error::Authentication { reply } if reply == "501 off"), "{error:?}");
    assert_eq!(told.last().map(String::as_str), Some("*"));
    for (offer, answers) in [
        ("AUTH PLAIN", vec![on("AUTH", "334 \r\n"), on("*", "235 in\r\n")]),
        ("AUTH PLAIN", vec![on("AUTH", "334 \r\n"), on("*", "334 \r\n"), on(ANY, "")]),
        ("AUTH LOGIN", vec![on("AUTH LOGIN", "235 in\r\n")]),
        ("AUTH LOGIN", vec![on("AUTH LOGIN", "334 \r\n"), on(ANY, "235 in\r\n")]),
    ] {
        let (error, _) = auth(offer, answers).await;
        assert!(matches!(error, Error::Protocol(_)), "{offer}: {error:?}");
    }
}

#[tokio::test]
async fn secrets_that_a_server_says_back_are_hidden() {
    let all = credentials().forms().join(" ");
    let (stream, _server) = play(vec![
        on("", "220 hi\r\n"),
        on("EHLO", ehlo(&["AUTH LOGIN"])),
        on("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"),
        on(ANY, "334 UGFzc3dvcmQ6\r\n"),
        on(ANY, format!("535-no: {all}\r\n535 and {SECRET}\r\n")),
    ]);
    let endpoint = endpoint(Security::None);
    let transcript = Transcript::new();
    let result = Submission::start(stream, &endpoint, None, &credentials(), transcript.open(&endpoint)).await;
    let shown = format!("{:?} {:?}", result.unwrap_err(), transcript.lines());
    assert!(shown.contains("535") && credentials().forms().iter().all(|form| !shown.contains(form)), "{shown}");
}

#[tokio::test]
async fn credentials_cannot_add_lines_and_nothing_is_said_with_them() {
    for (user, secret) in [("ada\r\nDATA", "x"), ("ada", "x\r\n"), ("ada\0eve", "x"), ("ada\u{1}", "x")] {
        let credentials = Credentials { user: user.into(), secret: secret.into(), method: AuthMethod::Password };
        let (stream, server) = play(vec![on("", "220 hi\r\n"), on("EHLO", ehlo(&["AUTH PLAIN"])), on(ANY, "")]);
        assert!(matches!(start_with(stream, &credentials).await, Err(Error::NoMechanism)));
        assert_eq!(server.await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_greeting_that_is_none_ends_it() {
    for (greeting, refused) in
        [("554 5.3.2 go away\r\n", true), ("* OK IMAP4rev1\r\n", false), ("354 go\r\n", false), ("+OK POP3\r\n", false)]
    {
        let (stream, server) = play(vec![on("", greeting), on(ANY, "")]);
        let error = start(stream).await.unwrap_err();
        assert_eq!(matches!(error, Error::Refused { .. }), refused, "{error:?}");
        assert!(refused || matches!(error, Error::Protocol(_)), "{error:?}");
        drop(server);
    }
    let (stream, _server) = play(vec![on("", "220 hi\r\n"), on("EHLO", "502 5.5.1 only HELO\r\n"), on(ANY, "")]);
    let error = start(stream).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { reply, .. } if reply == "502 5.5.1 only HELO"), "{error:?}");
}

/// One reply of a server that may be out of its mind.
fn reply() -> impl Strategy<Value = Vec<u8>> {
    let line = (200_u16..600, "[ -]", "[ -~]{0,20}").prop_map(|(code, sep, text)| format!("{code}{sep}{text}\r\n"));
    prop_oneof![
        4 => Just(b"250 2.0.0 ok\r\n".to_vec()),
        2 => Just(b"354 go\r\n".to_vec()),
        2 => line.prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => Just(Vec::new()),
    ]
}

/// Answers every line, and the payload after a 354, with the next reply; whether a final dot was followed by a
/// whole positive reply.
async fn answer(pipe: tokio::io::DuplexStream, replies: Vec<Vec<u8>>) -> bool {
    let (_, pipe) = perform(pipe, greeting(&["PIPELINING"])).await;
    let mut pipe = BufReader::new(pipe);
    let mut in_data = false;
    for reply in replies {
        let mut line = Vec::new();
        while line.is_empty() || in_data && line != b".\r\n" {
            line.clear();
            if pipe.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
                return false;
            }
        }
        let _ = pipe.get_mut().get_mut().write_all(&reply).await;
        if line == b".\r\n" {
            return reply.first() == Some(&b'2') && reply.ends_with(b"\n");
        }
        in_data = line == b"DATA\r\n";
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn whatever_is_answered_acceptance_needs_a_positive_reply_to_the_dot(replies in proptest::collection::vec(reply(), 1..7)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (accepted, granted) = runtime.block_on(async move {
            let (stream, pipe) = silent();
            let server = tokio::spawn(answer(pipe, replies));
            let mut session = start(stream).await.unwrap();
            session.deadlines.reply = Duration::from_millis(50);
            session.deadlines.acceptance = Duration::from_millis(50);
            let result = submit(&mut session, &[BOB, "carol@demo.test"], MESSAGE).await;
            drop(session);
            (matches!(result, Ok(Outcome { accepted: Some(_), .. })), server.await.unwrap())
        });
        prop_assert!(!accepted || granted);
    }
}
