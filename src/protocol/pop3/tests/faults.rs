//! Servers that refuse, fall silent, or go away: never a message that is not whole, never a
//! success that was not.

use super::*;
use crate::protocol::Error;
use crate::protocol::pop3::wire::{Patience, Wire};
use std::time::Duration;
use tokio::io::{AsyncReadExt, DuplexStream};

/// The messages of this server as they go over the line, and as they are.
const MESSAGES: [(&str, &str); 4] = [
    ("Subject: a\r\n\r\n..\r\n..dot\r\nend\r\n.\r\n", "Subject: a\r\n\r\n.\r\n.dot\r\nend\r\n"),
    (".\r\n", ""),
    ("a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"),
    ("\r\n\r\n.\r\n", "\r\n\r\n"),
];

fn answer(command: &str) -> String {
    let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
    match verb {
        "CAPA" => "+OK\r\nUIDL\r\nTOP\r\nPIPELINING\r\nSASL PLAIN\r\n.\r\n".into(),
        "STAT" => "+OK 4 99\r\n".into(),
        "UIDL" => "+OK\r\n1 a\r\n2 b\r\n3 c\r\n4 d\r\n.\r\n".into(),
        "LIST" => "+OK\r\n1 1\r\n2 2\r\n3 3\r\n4 4\r\n.\r\n".into(),
        "TOP" => "+OK\r\n..\r\n.\r\n".into(),
        "RETR" => format!("+OK\r\n{}", MESSAGES[rest.parse::<usize>().unwrap() - 1].0),
        _ => "+OK done\r\n".into(),
    }
}

/// What a server does after so many bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Close,
    Stall,
}

/// A server that answers everything, up to so many bytes; what it said in all.
fn server(limit: usize, then: Then) -> (Stream, JoinHandle<usize>) {
    let (stream, pipe) = silent();
    (stream, tokio::spawn(serve(pipe, limit, then)))
}

async fn serve(pipe: DuplexStream, limit: usize, then: Then) -> usize {
    let mut pipe = BufReader::new(pipe);
    let mut said = 0;
    let mut text = "+OK hi\r\n".to_string();
    loop {
        let part = &text.as_bytes()[..text.len().min(limit - said)];
        said += part.len();
        let _ = pipe.get_mut().write_all(part).await;
        if part.len() < text.len() {
            if then == Then::Stall {
                let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
            }
            return said;
        }
        let mut line = String::new();
        if pipe.read_line(&mut line).await.unwrap_or(0) == 0 {
            return said;
        }
        text = answer(line.trim_end());
    }
}

/// A whole session; the messages that it got, and whether the goodbye was answered.
async fn everything(stream: Stream, patience: Patience) -> (Vec<Vec<u8>>, Result<()>) {
    let mut messages = Vec::new();
    let result = async {
        let endpoint = endpoint(Security::None);
        let wire = Wire::new(stream, Transcript::new().open(&endpoint), patience);
        let mut session = Session::start_on(wire, &endpoint, None, &credentials()).await?;
        assert_eq!(session.stat().await?, (4, 99));
        assert_eq!(session.uidl().await?.len(), 4);
        assert_eq!(session.list().await?.len(), 4);
        assert_eq!(session.top(1, 1).await?, b".\r\n");
        let (all, result) = retrieve(&mut session, 1..=4).await;
        messages = all.iter().map(bytes).collect();
        result?;
        session.reset().await?;
        assert!(session.delete(&[1, 2, 3]).await?.iter().all(|(_, outcome)| outcome.is_ok()));
        session.noop().await?;
        session.quit().await
    };
    let result = result.await;
    (messages, result)
}

fn are_whole(messages: &[Vec<u8>]) {
    for (message, (_, expected)) in messages.iter().zip(MESSAGES) {
        assert_eq!(message, expected.as_bytes());
    }
}

async fn total() -> usize {
    let (stream, server) = server(usize::MAX, Then::Close);
    let (messages, result) = everything(stream, Patience::default()).await;
    result.unwrap();
    are_whole(&messages);
    assert_eq!(messages.len(), 4);
    server.await.unwrap()
}

#[tokio::test]
async fn an_end_at_any_byte_is_an_error_and_leaves_no_message_cut() {
    let total = total().await;
    assert!(total > 300, "{total}");
    for limit in 0..total {
        let (stream, _server) = server(limit, Then::Close);
        let (messages, result) = everything(stream, Patience::default()).await;
        assert!(matches!(result, Err(Error::Closed)), "cut after {limit} of {total}: {result:?}");
        are_whole(&messages);
    }
}

#[tokio::test]
async fn silence_at_any_byte_has_a_deadline() {
    let total = total().await;
    let patience = Patience { usual: Duration::from_millis(200), long: Duration::from_millis(300) };
    let all = (0..total).map(|limit| async move {
        let (stream, _server) = server(limit, Then::Stall);
        let (messages, result) = everything(stream, patience).await;
        assert!(matches!(result, Err(Error::TimedOut { .. })), "silent after {limit} of {total}: {result:?}");
        are_whole(&messages);
    });
    futures::future::join_all(all).await;
}

#[tokio::test]
async fn a_status_line_is_in_time_as_a_whole_and_a_message_as_long_as_it_goes_on() {
    let patience = Patience { usual: Duration::from_millis(300), long: Duration::from_millis(300) };
    let endpoint = endpoint(Security::None);
    let connect = async |stream| {
        let wire = Wire::new(stream, Transcript::new().open(&endpoint), patience);
        Session::start_on(wire, &endpoint, None, &credentials()).await.unwrap()
    };
    let slowly = async |pipe: &mut DuplexStream, text: &str| {
        for byte in text.bytes() {
            let _ = pipe.write_all(&[byte]).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    for (text, arrives) in [("+OK\r\none byte at a time\r\n.\r\n", true), ("+OK one byte at a time\r\n.\r\n", false)] {
        let (stream, mut pipe) = silent();
        let server = tokio::spawn(async move {
            let mut buffer = [0; 1000];
            pipe.write_all(b"+OK\r\n").await.unwrap();
            for answer in [answer("CAPA"), answer("AUTH"), answer("CAPA")] {
                assert!(pipe.read(&mut buffer).await.unwrap() > 0);
                pipe.write_all(answer.as_bytes()).await.unwrap();
            }
            assert!(pipe.read(&mut buffer).await.unwrap() > 0);
            slowly(&mut pipe, text).await;
        });
        let mut session = connect(stream).await;
        let (all, result) = retrieve(&mut session, [1]).await;
        if arrives {
            result.unwrap();
            assert_eq!(bytes(&all[0]), b"one byte at a time\r\n");
        } else {
            assert!(matches!(result, Err(Error::TimedOut { .. })), "{result:?}");
            assert!(session.is_broken() && all.is_empty());
        }
        server.abort();
    }
}

#[tokio::test]
async fn a_refusal_of_any_command_is_an_error_with_its_words_and_the_session_goes_on() {
    for step in 0..8 {
        let script = vec![on(ANY, "-ERR [SYS/TEMP] because\r\n"), on("NOOP", "+OK\r\n")];
        let (mut session, _server) = session(CAPABILITIES, script).await;
        let result = match step {
            0 => session.stat().await.map(drop),
            1 => session.uidl().await.map(drop),
            2 => session.list().await.map(drop),
            3 => session.top(1, 1).await.map(drop),
            4 => retrieve(&mut session, [1]).await.0.remove(0).body.map(drop),
            5 => session.delete(&[1]).await.unwrap().remove(0).1,
            6 => session.reset().await,
            _ => session.noop().await,
        };
        match result {
            Err(Error::Refused { code: Some(code), reply }) => assert_eq!((&*code, &*reply), ("SYS/TEMP", "because")),
            other => panic!("step {step}: {other:?}"),
        }
        session.noop().await.unwrap();
    }
    let (session, _server) =
        session(CAPABILITIES, vec![on("QUIT", "-ERR some deleted messages not removed\r\n")]).await;
    assert!(matches!(session.quit().await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn answers_out_of_step_end_the_session() {
    for answer in ["+OK\r\n+OK\r\n", "+ more?\r\n", "OK\r\n", "\r\n", "+OKAY\r\n", "* OK\r\n"] {
        let (mut session, _server) = session(CAPABILITIES, vec![on("NOOP", answer), on("NOOP", "+OK\r\n")]).await;
        let first = session.noop().await;
        let result = if first.is_ok() { session.noop().await } else { first };
        assert!(matches!(result, Err(Error::Protocol(_))), "{answer:?}: {result:?}");
        assert!(session.is_broken());
        assert!(matches!(session.noop().await, Err(Error::Closed)), "nothing more is said");
    }
}

#[tokio::test]
async fn numbers_that_cannot_be_end_the_session() {
    for answer in [
        "+OK\r\n",
        "+OK 1\r\n",
        "+OK x 1\r\n",
        "+OK -1 1\r\n",
        "+OK 4294967296 1\r\n",
        "+OK 1 99999999999999999999\r\n",
    ] {
        let (mut session, _server) = session(CAPABILITIES, vec![on("STAT", answer)]).await;
        let result = session.stat().await;
        assert!(matches!(result, Err(Error::Protocol(_))), "{answer:?}: {result:?}");
        assert!(session.is_broken());
    }
}

#[tokio::test]
async fn what_was_dropped_halfway_is_not_gone_on_with() {
    for (step, answer) in ["+OK\r\n1 ", "+OK\r\n1 ", "+OK", "+OK\r\n1 "].into_iter().enumerate() {
        let (mut session, server) = session(CAPABILITIES, vec![on(ANY, answer), on("never", "")]).await;
        let (to, _from) = mpsc::channel(1);
        let plan = RetrievePlan { window: 8, spool: Path::new("/") };
        let work = async {
            match step {
                0 => drop(session.uidl().await),
                1 => drop(session.retrieve([(1, None)], plan, &to).await),
                2 => drop(session.delete(&[1]).await),
                _ => drop(session.top(1, 1).await),
            }
        };
        assert!(tokio::time::timeout(Duration::from_millis(50), work).await.is_err(), "step {step}");
        assert!(session.is_broken());
        assert!(matches!(session.delete(&[1]).await, Err(Error::Closed)));
        assert!(matches!(session.quit().await, Err(Error::Closed)));
        server.abort();
    }
}

#[tokio::test]
async fn a_disk_that_does_not_take_it_is_an_error_and_ends_the_session() {
    let large = format!("+OK\r\n{}.\r\n", "x".repeat(98) + "\r\n").replace('x', &"x".repeat(60_000));
    let (mut session, _server) = session(CAPABILITIES, vec![on("RETR 1", large)]).await;
    let (all, result) = retrieve_into(&mut session, [1], Path::new("/nowhere/at/all")).await;
    assert!(matches!(result, Err(Error::Io(_))), "{result:?}");
    assert!(all.is_empty() && session.is_broken());
}
