//! Servers that mean harm: bounded memory, no panic, no success.

use super::*;
use crate::mail::uid::Uid;
use crate::protocol::Error;
use crate::protocol::imap::fetch_bodies::FIRST;
use crate::protocol::imap::{Access, Body, FetchPlan, UidSet};
use crate::protocol::testing::silent;
use proptest::prelude::*;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::mpsc;

/// What NOOP makes of an answer.
async fn noop(answer: impl Into<String>) -> (Result<()>, Session) {
    let (mut session, _server) = session(CAPABILITIES, vec![on("NOOP", answer)]).await;
    (session.noop().await, session)
}

#[tokio::test]
async fn what_the_parser_cannot_read_is_passed_over() {
    let (result, _) = noop(concat!(
        "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
        "* ESEARCH (TAG \"A1\") UID ALL 1:5\r\n",
        "* THREAD (1 2)(3)\r\n",
        "* ID (\"name\" NIL)\r\n",
        "* WHATEVER {5}\r\n)(\"\r\n tail\r\n",
        "* OK [UNKNOWN-CODE (a b)] text\r\n",
        "* OK [ALERT]\u{e9}t\u{e9}\r\n",
        "* OK [X] [ALERT]\u{e9}\r\n",
        "* OK\r\n* NO\r\n",
        "* FLAGS (((\r\n",
        "* 99999999999 RECENT\r\n",
        "TAG OK done\r\n"
    ))
    .await;
    result.unwrap();
}

#[tokio::test]
async fn what_is_needed_and_unreadable_is_an_error() {
    for answer in
        ["* 99999999999 EXISTS", "* -1 EXPUNGE", "* 1 FETCH UID", "* SEARCH 1 x", "* STATUS x", "* CAPABILITY nothing"]
    {
        let (result, _) = noop(format!("{answer}\r\nTAG OK done\r\n")).await;
        let passed_over = answer.contains("-1");
        assert_eq!(result.is_ok(), passed_over, "{answer}: {result:?}");
    }
}

#[tokio::test]
async fn sizes_are_bounded_before_anything_is_allocated() {
    let what = |result: Result<()>| match result {
        Err(Error::TooLarge { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(what(noop("* 1 FETCH (BODY[] {4294967295}\r\n").await.0), "literal");
    assert_eq!(what(noop("* 1 FETCH (BODY[] {500000000}\r\n").await.0), "literal");
    assert_eq!(what(noop("x".repeat(2_000_000)).await.0), "line");
    assert_eq!(what(noop(format!("* 1 FETCH (BODYSTRUCTURE {}\r\n", "(".repeat(1000))).await.0), "nesting");
}

#[tokio::test]
async fn a_flood_of_news_costs_nothing() {
    let mut flood = String::new();
    for i in 1..=20_000 {
        flood.push_str(&format!("* {i} EXISTS\r\n* 1 EXPUNGE\r\n* 1 FETCH (UID {i} FLAGS (\\Seen))\r\n"));
    }
    let (result, mut session) = noop(format!("{flood}TAG OK done\r\n")).await;
    result.unwrap();
    let changes = session.take_changes();
    assert_eq!((changes.exists, changes.expunged), (Some(20_000), 20_000));
    assert!(changes.flags.len() <= 1000 && changes.other_flags);
}

#[tokio::test]
async fn transcripts_sum_up_what_is_long() {
    let mut answer = String::new();
    for i in 1..=500 {
        answer.push_str(&format!("* {i} FETCH (UID {i} BODY[] {{12}}\r\nsecret words)\r\n"));
    }
    let (stream, _server) =
        play([greeting(CAPABILITIES), vec![on("NOOP", format!("{answer}TAG OK done\r\n"))]].concat());
    let transcript = Transcript::new();
    let mut session = start(stream, &transcript).await.unwrap();
    session.noop().await.unwrap();
    let lines: Vec<String> = transcript.lines().into_iter().map(|l| l.text).collect();
    assert!(lines.len() < 20, "{lines:?}");
    assert!(lines.contains(&"* 1 FETCH (UID 1 BODY[] [12 bytes])".to_string()), "{lines:?}");
    assert!(lines.contains(&"497 more FETCH answers, 5,964 bytes".to_string()), "{lines:?}");
    assert!(lines.iter().all(|l| !l.contains("secret")));
}

#[tokio::test]
async fn a_mailbox_without_uidvalidity_is_not_believed() {
    for validity in ["", "* OK [UIDVALIDITY 0] x\r\n", "* OK [UIDVALIDITY 4294967296] x\r\n"] {
        let script = vec![on("SELECT", format!("* 1 EXISTS\r\n{validity}TAG OK done\r\n"))];
        let (mut session, _server) = session(CAPABILITIES, script).await;
        let result = session.select(&inbox(), Access::ReadWrite).await;
        assert!(matches!(result, Err(Error::Protocol(_))), "{result:?}");
    }
}

/// A server of messages of these sizes, UIDs from 1, that answers parts as they are asked for,
/// but no longer than `cap`, and says that messages are larger than they are by `overstated`.
fn server_of(sizes: Vec<usize>, cap: usize, overstated: usize) -> Stream {
    let (stream, pipe) = silent();
    tokio::spawn(async move {
        let mut pipe = BufReader::new(pipe);
        let greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n";
        pipe.get_mut().write_all(greeting.as_bytes()).await.unwrap();
        let mut line = String::new();
        while pipe.read_line(&mut line).await.unwrap_or(0) > 0 {
            let words: Vec<&str> = line.trim_end().trim_end_matches(")").split(' ').collect();
            let mut answer = Vec::new();
            if words[1] == "UID" {
                let (low, high) = words[3].split_once(':').unwrap_or((words[3], words[3]));
                let (offset, length) =
                    line.split_once('<').unwrap().1.split_once('>').unwrap().0.split_once('.').unwrap();
                let (offset, length): (usize, usize) = (offset.parse().unwrap(), cap.min(length.parse().unwrap()));
                for uid in low.parse::<usize>().unwrap()..=high.parse().unwrap() {
                    let Some(size) = sizes.get(uid - 1) else { continue };
                    let part: Vec<u8> =
                        (offset.min(*size)..(offset + length).min(*size)).map(|i| pattern(uid, i)).collect();
                    let head = format!(
                        "* {uid} FETCH (UID {uid} RFC822.SIZE {} BODY[]<{offset}> {{{}}}\r\n",
                        size + overstated,
                        part.len()
                    );
                    answer.extend([head.as_bytes(), &part, b")\r\n"].concat());
                }
            }
            let code = if words[1] == "UID" { "" } else { "[CAPABILITY IMAP4rev1] " };
            answer.extend(format!("{} OK {code}done\r\n", words[0]).as_bytes());
            if pipe.get_mut().write_all(&answer).await.is_err() {
                return;
            }
            line.clear();
        }
    });
    stream
}

fn pattern(uid: usize, at: usize) -> u8 {
    u8::try_from((at / 7 + at / 4096 + uid) % 251).unwrap()
}

#[tokio::test]
async fn large_messages_come_in_parts_and_whole() {
    let first = FIRST as usize;
    let sizes = vec![100, first - 1, first, first + 1, 3 * first + 17, first, first + 2, 0, first + 9, first + 3, 5];
    all_arrive(sizes, usize::MAX, 0).await;
}

#[tokio::test]
async fn parts_shorter_than_asked_for_do_not_cut_messages() {
    let sizes = vec![10, 70_000, 200_000, 64 * 1024, 64 * 1024 + 1, 130_000, 300_000, 5, 90_000, 131_072, 1];
    all_arrive(sizes, 64 * 1024, 0).await;
}

#[tokio::test]
async fn overstated_sizes_are_seen_through() {
    all_arrive(vec![10; 11], usize::MAX, 7).await;
}

async fn all_arrive(sizes: Vec<usize>, cap: usize, overstated: usize) {
    let mut session = start(server_of(sizes.clone(), cap, overstated), &Transcript::new()).await.unwrap();
    let spool = tempfile::tempdir().unwrap();
    let (to, mut from) = mpsc::channel(1);
    let fetch = async {
        let chunks = [UidSet::range(Uid(1), Uid(6)), UidSet::range(Uid(7), Uid(12))];
        let plan = FetchPlan { window: 2, spool: spool.path() };
        session.fetch_bodies(chunks, plan, &to).await.unwrap();
        drop(to);
    };
    let collect = async {
        let mut seen = Vec::new();
        while let Some(fetched) = from.recv().await {
            let bytes = match fetched.body {
                Body::Bytes(bytes) => bytes,
                Body::Spooled { file, size } => {
                    let bytes = std::fs::read(file.path()).unwrap();
                    assert_eq!(bytes.len() as u64, size);
                    bytes
                }
                other => panic!("{other:?}"),
            };
            let uid = fetched.uid.0 as usize;
            assert_eq!(bytes.len(), sizes[uid - 1], "message {uid}");
            assert!(bytes.iter().enumerate().all(|(i, b)| *b == pattern(uid, i)), "message {uid}");
            seen.push(uid);
        }
        seen.sort_unstable();
        seen
    };
    let ((), seen) = tokio::join!(fetch, collect);
    assert_eq!(seen, (1..=11).collect::<Vec<_>>());
    assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0, "spooled files are removed");
}

#[tokio::test]
async fn a_receiver_that_goes_away_leaves_the_session_in_step() {
    let mut session = start(server_of(vec![10; 100], usize::MAX, 0), &Transcript::new()).await.unwrap();
    let (to, mut from) = mpsc::channel(1);
    let chunks = (0..10).map(|i| UidSet::range(Uid(i * 10 + 1), Uid(i * 10 + 10)));
    let plan = FetchPlan { window: 3, spool: std::path::Path::new("/") };
    let listen = async {
        from.recv().await;
        drop(from);
    };
    let (result, ()) = tokio::join!(session.fetch_bodies(chunks, plan, &to), listen);
    result.unwrap();
    session.noop().await.unwrap();
}

/// Valid answers to begin with, for bytes to be changed in.
const SEEDS: [&str; 8] = [
    "* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" BODY[]<0> {3}\r\nabc)\r\n",
    "* LIST (\\HasNoChildren \\Sent) \"\\\\\" \"a\\\\b\"\r\n",
    "* 1 FETCH (INTERNALDATE NIL BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))\r\n",
    "* OK [COPYUID 1 1:3 4:6]x\r\n",
    "* STATUS \"x\" (MESSAGES 1 UIDNEXT 2 HIGHESTMODSEQ 3)\r\n",
    "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n* VANISHED (EARLIER) 1:3\r\n",
    "* SEARCH 1 2 3\r\n* 3 EXPUNGE\r\n* ENABLED x\r\n",
    "P1 OK [APPENDUID 1 2] done\r\n+ go\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn no_bytes_make_it_panic_or_hang(
        seed in 0..SEEDS.len(),
        changes in proptest::collection::vec((any::<u16>(), any::<u8>(), 0..3_u8), 0..6),
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
            pipe.write_all(&bytes).await.unwrap();
            drop(pipe);
            let mut session = Session::new(stream, Transcript::new().open("test"), true);
            while session.next(Duration::from_secs(5)).await.is_ok() {}
        });
    }
}
