//! Servers that mean harm, and answers that async-pop cannot take: bounded memory, no panic, no
//! success, no waiting for ever.

use super::*;
use crate::protocol::Error;
use crate::protocol::pop3::wire::{MAX_LINE, Patience, Wire};
use proptest::prelude::*;
use std::time::Duration;
use tokio::io::AsyncReadExt;

/// What is too large in an error.
fn what(error: &Error) -> &'static str {
    match error {
        Error::TooLarge { what, .. } => what,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn lines_are_bounded() {
    let long = "x".repeat(MAX_LINE + 1);
    for endless in [format!("+OK {long}"), format!("+OK {long}\r\n")] {
        let (mut session, _server) = session(CAPABILITIES, vec![on("NOOP", endless)]).await;
        assert_eq!(what(&session.noop().await.unwrap_err()), "line");
        assert!(session.is_broken());
    }
    for endless in [long.clone(), format!("1 {long}\r\n.\r\n")] {
        let (mut session, _server) = session(CAPABILITIES, vec![on("UIDL", format!("+OK\r\n{endless}"))]).await;
        assert_eq!(what(&session.uidl().await.unwrap_err()), "line");
    }
    // A line of a message may be as long as the message.
    let (mut session, _server) =
        session(CAPABILITIES, vec![on("RETR", format!("+OK\r\n{}\r\n.\r\n", "x".repeat(3_000_000)))]).await;
    let (all, result) = retrieve(&mut session, [1]).await;
    result.unwrap();
    assert_eq!(bytes(&all[0]).len(), 3_000_002);
}

/// A session with a server that repeats a text after this command, as long as it is read.
async fn flooded(text: &'static str) -> Session {
    let (stream, mut pipe) = silent();
    tokio::spawn(async move {
        let mut buffer = [0; 1000];
        pipe.write_all(b"+OK\r\n").await.unwrap();
        let list = format!("+OK\r\n{CAPABILITIES}\r\n.\r\n");
        for answer in [list.as_str(), "+OK\r\n", list.as_str()] {
            assert!(pipe.read(&mut buffer).await.unwrap() > 0);
            pipe.write_all(answer.as_bytes()).await.unwrap();
        }
        assert!(pipe.read(&mut buffer).await.unwrap() > 0);
        pipe.write_all(b"+OK\r\n").await.unwrap();
        let many = text.repeat(1 + 60_000 / text.len());
        while pipe.write_all(many.as_bytes()).await.is_ok() {}
    });
    start(stream, &Transcript::new()).await.unwrap()
}

#[tokio::test]
async fn floods_are_bounded() {
    assert_eq!(what(&flooded("1 a\r\n").await.uidl().await.unwrap_err()), "listing");
    assert_eq!(what(&flooded("1 1\r\n").await.list().await.unwrap_err()), "listing");
    assert_eq!(what(&flooded("x").await.top(1, 1).await.unwrap_err()), "header");
    let mut unasked = flooded("+OK\r\n").await;
    unasked.noop().await.unwrap();
    assert!(matches!(unasked.noop().await, Err(Error::Protocol(_))));

    let (stream, _server) = play(vec![on("", "+OK\r\n"), capa(&"X-MORE\r\n".repeat(300))]);
    assert_eq!(what(&start(stream, &Transcript::new()).await.unwrap_err()), "list of capabilities");
}

#[tokio::test]
async fn listings_that_cannot_be_read_are_errors() {
    for listing in ["x y", "0 a", "1 a\r\n1 b", "4294967296 a", "\r\n1 a"] {
        let (mut session, _server) =
            session(CAPABILITIES, vec![on("UIDL", format!("+OK\r\n{listing}\r\n.\r\n"))]).await;
        let result = session.uidl().await;
        assert!(matches!(result, Err(Error::Protocol(_))), "{listing:?}: {result:?}");
        assert!(session.is_broken());
    }
    let (mut session, _server) =
        session(CAPABILITIES, vec![on("LIST", "+OK\r\n1 18446744073709551616\r\n.\r\n")]).await;
    assert!(matches!(session.list().await, Err(Error::Protocol(_))));
}

#[tokio::test]
async fn a_hundred_thousand_ids_are_listed() {
    let listing: String = (1..=100_000).map(|n| format!("{n} {n:070}\r\n")).collect();
    let (mut session, _server) =
        session(CAPABILITIES, vec![on("UIDL", format!("+OK\r\n{listing}.\r\n")), on("STAT", "+OK 0 0\r\n")]).await;
    let uidl = session.uidl().await.unwrap();
    assert_eq!((uidl.len(), uidl[99_999].1.len()), (100_000, 70));
    assert_eq!(session.stat().await.unwrap(), (0, 0), "and short answers come after it");
}

#[tokio::test]
async fn ten_thousand_messages_are_retrieved_and_deleted() {
    let count = 10_000_u32;
    let body = "..a line of a message\r\n".repeat(200);
    let (stream, server) = answering(move |line| match line.strip_prefix("RETR ") {
        Some(_) => format!("+OK\r\n{line}\r\n{body}.\r\n"),
        None => "+OK\r\n".into(),
    });
    let mut session = start(stream, &Transcript::new()).await.unwrap();
    let (to, mut from) = mpsc::channel(4);
    let plan = RetrievePlan { window: 8, spool: Path::new("/") };
    let work = async {
        let result = session.retrieve((1..=count).map(|n| (n, None)), plan, &to).await;
        drop(to);
        result
    };
    let collect = async {
        let mut next = 1;
        while let Some(retrieved) = from.recv().await {
            assert_eq!(retrieved.number, next);
            let bytes = bytes(&retrieved);
            let head = format!("RETR {next}\r\n.a line");
            assert!(bytes.starts_with(head.as_bytes()) && bytes.len() == head.len() - 7 + 200 * 22);
            next += 1;
        }
        next - 1
    };
    let (result, arrived) = tokio::join!(work, collect);
    result.unwrap();
    assert_eq!(arrived, count);
    let numbers: Vec<u32> = (1..=count).collect();
    let outcomes = session.delete(&numbers).await.unwrap();
    assert!(outcomes.iter().zip(&numbers).all(|((number, outcome), expected)| number == expected && outcome.is_ok()));
    session.quit().await.unwrap();
    let deleted = server.await.unwrap().iter().filter(|line| line.starts_with("DELE")).count();
    assert_eq!(deleted, numbers.len());
}

#[tokio::test]
async fn announced_giants_are_passed_over() {
    let (mut session, _server) =
        session(CAPABILITIES, vec![on("RETR 2", "+OK\r\nx\r\n.\r\n"), on("NOOP", "+OK\r\n")]).await;
    let (to, mut from) = mpsc::channel(4);
    let plan = RetrievePlan { window: 8, spool: Path::new("/") };
    session.retrieve([(1, Some(u64::MAX)), (2, Some(0))], plan, &to).await.unwrap();
    assert!(matches!(from.recv().await, Some(Retrieved { number: 1, body: Ok(Body::TooLarge) })));
    assert_eq!(bytes(&from.recv().await.unwrap()), b"x\r\n", "a size is no proof");
    session.noop().await.unwrap();
}

#[tokio::test]
async fn answers_that_async_pop_cannot_take_reach_it_mended() {
    // In two pieces, the second answer shorter than the first: it would wait for ever.
    let (stream, mut pipe) = silent();
    tokio::spawn(async move {
        let mut buffer = [0; 1000];
        let capabilities = format!("+OK\r\n{CAPABILITIES}\r\nX-LONG {}\r\n.\r\n", "x".repeat(5000));
        let answers =
            ["+OK ready when you are\r\n", &capabilities, "+OK\r\n", &capabilities, "+OK 1 22222\r\n", "+OK\r\n"];
        for (i, answer) in answers.into_iter().enumerate() {
            if i > 0 {
                assert!(pipe.read(&mut buffer).await.unwrap() > 0);
            }
            let (first, second) = answer.split_at(2);
            pipe.write_all(first.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            pipe.write_all(second.as_bytes()).await.unwrap();
        }
        pipe
    });
    let mut split = start(stream, &Transcript::new()).await.unwrap();
    assert_eq!(split.stat().await.unwrap(), (1, 22222));
    split.noop().await.unwrap();

    // Long, with bytes that are no text, with carriage returns within.
    for text in ["x".repeat(8000), "a\rb\rc".to_string(), "\u{0}\u{7f}\u{e9}".repeat(1000)] {
        for status in ["+OK", "-ERR"] {
            let (mut session, _server) =
                session(CAPABILITIES, vec![on("NOOP", format!("{status} {text}\r\n")), on("STAT", "+OK 1 2\r\n")])
                    .await;
            assert_eq!(session.noop().await.is_ok(), status == "+OK");
            assert_eq!(session.stat().await.unwrap(), (1, 2));
        }
    }
}

/// Answers to begin with, for bytes to be changed in.
const SEEDS: [&str; 6] = [
    "+OK 1 2\r\n",
    "-ERR [IN-USE] no\r\n",
    "+OK\r\n1 a\r\n2 b\r\n.\r\n",
    "+OK\r\nSubject: x\r\n\r\n..\r\n.\r\n",
    "+ eyJ9\r\n",
    "+OK\r\nUIDL\r\nSASL PLAIN\r\n.\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn nothing_a_server_says_makes_it_panic_or_wait(
        seed in 0..SEEDS.len(),
        changes in proptest::collection::vec((any::<u16>(), any::<u8>(), 0..3_u8), 0..6),
        step in 0..6_u8,
    ) {
        let mut bytes = SEEDS[seed].as_bytes().to_vec();
        for (at, byte, how) in changes {
            let at = usize::from(at) % (bytes.len() + 1);
            match how {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => bytes[at] = byte,
                _ if at < bytes.len() => drop(bytes.remove(at)),
                _ => {}
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (stream, mut pipe) = silent();
            let list = "+OK\r\nUIDL\r\nTOP\r\nPIPELINING\r\nSASL PLAIN\r\n.\r\n";
            if step < 5 {
                // Ahead of the questions: whoever is hostile need not wait for them.
                pipe.write_all(b"+OK\r\n").await.unwrap();
                let server = tokio::spawn(async move {
                    let mut buffer = [0; 1000];
                    for answer in [list, "+OK\r\n", list] {
                        let _ = pipe.read(&mut buffer).await;
                        pipe.write_all(answer.as_bytes()).await.unwrap();
                    }
                    let _ = pipe.read(&mut buffer).await;
                    let _ = pipe.write_all(&bytes).await;
                });
                let mut session = start(stream, &Transcript::new()).await.unwrap();
                match step {
                    0 => drop(session.stat().await),
                    1 => drop(session.uidl().await),
                    2 => drop(retrieve(&mut session, [1, 2]).await),
                    3 => drop(session.delete(&[1, 2]).await),
                    _ => drop(session.noop().await),
                }
                let _ = session.quit().await;
                server.await.unwrap();
            } else {
                pipe.write_all(&bytes).await.unwrap();
                drop(pipe);
                let endpoint = endpoint(Security::None);
                let wire = Wire::new(stream, Transcript::new().open("test"), Patience::default());
                prop_assert!(Session::start_on(wire, &endpoint, None, &credentials()).await.is_err());
            }
            Ok(())
        })?;
    }
}
