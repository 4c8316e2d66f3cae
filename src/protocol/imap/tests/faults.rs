//! Servers that refuse, fall silent, or go away: never a success.

use super::*;
use crate::mail::flags::Flags;
use crate::mail::uid::Uid;
use crate::protocol::Error;
use crate::protocol::imap::{Access, FetchPlan, UidSet};
use crate::protocol::testing::{hurry, silent};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

/// The answers to one of each command, in the order of [`everything`].
const ANSWERS: [&str; 14] = [
    "* LIST () \"/\" INBOX\r\nTAG OK done\r\n",
    "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\nTAG OK [READ-WRITE] done\r\n",
    "* STATUS \"x\" (MESSAGES 1 UIDNEXT 2)\r\nTAG OK done\r\n",
    "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\nTAG OK done\r\n",
    "* 1 FETCH (UID 1 RFC822.SIZE 3 BODY[HEADER.FIELDS (MESSAGE-ID)] {2}\r\n\r\n)\r\nTAG OK done\r\n",
    "* 1 FETCH (UID 1 FLAGS () INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" BODY[]<0> {3}\r\nabc)\r\nTAG OK done\r\n",
    "* SEARCH 1\r\nTAG OK done\r\n",
    "TAG OK stored\r\n",
    "TAG OK [COPYUID 1 1 2] copied\r\n",
    "TAG OK moved\r\n",
    "TAG OK expunged\r\n",
    "+ go\r\nTAG OK [APPENDUID 1 2] done\r\n",
    "TAG OK renamed\r\n",
    "TAG OK done\r\n",
];

/// One of each command; stops at the first error.
async fn everything(session: &mut Session, only: Option<usize>) -> Result<()> {
    let set = UidSet::range(Uid(1), Uid(1));
    let run = |step: usize| only.is_none_or(|only| only == step);
    let mut answers = 0;
    if run(0) {
        answers += session.list().await?.mailboxes.len();
    }
    if run(1) {
        session.select(&inbox(), Access::ReadWrite).await?;
    }
    if run(2) {
        session.status(&MailboxName("x".into())).await?;
    }
    if run(3) {
        session.fetch_flags(&set, None, |_| answers += 1).await?;
    }
    if run(4) {
        session.fetch_headers(&set, |_| answers += 1).await?;
    }
    if run(5) {
        let (to, mut from) = mpsc::channel(10);
        session.fetch_bodies([set.clone()], FetchPlan { window: 3, spool: Path::new("/") }, &to).await?;
        answers += usize::from(from.try_recv().is_ok());
    }
    if run(6) {
        answers += session.search_all().await?.len();
    }
    if run(7) {
        session.add_flags(&set, Flags::SEEN, &[]).await?;
    }
    if run(8) {
        session.copy_messages(&set, &inbox()).await?;
    }
    if run(9) {
        session.move_messages(&set, &inbox()).await?;
    }
    if run(10) {
        session.expunge(&set).await?;
    }
    if run(11) {
        session.append(&inbox(), Flags::SEEN, &[], None, b"x\r\n".to_vec()).await?;
    }
    if run(12) {
        session.rename_mailbox(&inbox(), &inbox()).await?;
    }
    if run(13) {
        session.noop().await?;
    }
    assert!(only.is_some() || answers == 5, "{answers} answers");
    Ok(())
}

/// What a server does after so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Leave,
    /// Neither says nor reads anything more.
    Stall,
}

/// A server that answers everything, up to so many bytes; what it would have said in all.
fn said_until(limit: usize, then: Then) -> (Stream, JoinHandle<usize>) {
    let (stream, mut pipe) = silent();
    let server = tokio::spawn(async move {
        let said = answer_until(&mut pipe, limit).await;
        if then == Then::Stall {
            std::future::pending::<()>().await;
        }
        said
    });
    (stream, server)
}

async fn answer_until(pipe: &mut tokio::io::DuplexStream, limit: usize) -> usize {
    let mut said = 0;
    let mut say = async |pipe: &mut tokio::io::DuplexStream, text: &str| {
        let part = &text.as_bytes()[..text.len().min(limit.saturating_sub(said))];
        said += part.len();
        let whole = part.len() == text.len() && pipe.write_all(part).await.is_ok();
        if !whole {
            let _ = pipe.write_all(part).await;
        }
        whole.then_some(said)
    };
    let log_in = format!("TAG OK [CAPABILITY {CAPABILITIES}] in\r\n");
    let greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n";
    let Some(mut total) = say(pipe, greeting).await else { return 0 };
    let answers = [log_in.as_str()].into_iter().chain(ANSWERS);
    for (i, answer) in answers.enumerate() {
        let mut buffer = [0; 1024];
        // Each command fits in a read, and none is sent before the last was answered.
        if pipe.read(&mut buffer).await.unwrap_or(0) == 0 {
            break;
        }
        let answer = answer.replace("TAG", &format!("P{}", i + 1));
        let parts: Vec<&str> = answer.split_inclusive("+ go\r\n").collect();
        for (n, part) in parts.iter().enumerate() {
            if n > 0 && pipe.read(&mut buffer).await.unwrap_or(0) == 0 {
                return 0;
            }
            match say(pipe, part).await {
                Some(so_far) => total = so_far,
                None => return 0,
            }
        }
    }
    total
}

async fn all_with(limit: usize, then: Then) -> (Result<()>, JoinHandle<usize>) {
    let (stream, server) = said_until(limit, then);
    let work = async {
        let mut session = start(stream, &Transcript::new()).await?;
        everything(&mut session, None).await
    };
    (work.await, server)
}

#[tokio::test]
async fn an_end_at_any_byte_is_an_error() {
    let (result, server) = all_with(usize::MAX, Then::Leave).await;
    result.unwrap();
    let total = server.await.unwrap();
    assert!(total > 600, "{total}");
    for limit in 0..total {
        let (result, server) = all_with(limit, Then::Leave).await;
        assert!(matches!(result, Err(Error::Closed)), "cut after {limit} of {total}: {result:?}");
        server.abort();
    }
}

#[tokio::test]
async fn silence_at_any_byte_has_a_deadline() {
    let total = all_with(usize::MAX, Then::Leave).await.1.await.unwrap();
    hurry(400);
    let all = (0..total).map(|limit| async move {
        let (result, server) = all_with(limit, Then::Stall).await;
        assert!(matches!(result, Err(Error::TimedOut { .. })), "silent after {limit} of {total}: {result:?}");
        server.abort();
    });
    let all = tokio::time::timeout(Duration::from_secs(60), futures::future::join_all(all)).await;
    assert_eq!(all.map(|all| all.len()), Ok(total));
}

#[tokio::test]
async fn a_refusal_of_any_command_is_an_error_with_its_words() {
    for step in 0..ANSWERS.len() {
        for (status, code) in [("NO [TRYCREATE]", Some("TRYCREATE")), ("BAD", None)] {
            let script = vec![on(" ", format!("TAG {status} because\r\n"))];
            let (mut session, server) = session(CAPABILITIES, script).await;
            let result = everything(&mut session, Some(step)).await;
            match result {
                Err(Error::Refused { code: found, reply }) => {
                    assert_eq!((found.as_deref(), reply.as_str()), (code, "because"), "step {step}");
                }
                other => panic!("step {step}: {other:?}"),
            }
            assert!(!session.is_broken(), "step {step}");
            drop((session, server));
        }
    }
}

#[tokio::test]
async fn answers_out_of_step_end_the_session() {
    for answer in [
        "X1 OK done\r\n",
        "P99 OK done\r\n",
        "+ more?\r\n",
        "* 1 FETCH (\r\n",
        "* SEARCH x\r\n",
        "what?\r\n",
        "TAG PREAUTH hi\r\n",
    ] {
        let (mut session, _server) = session(CAPABILITIES, vec![on("NOOP", answer)]).await;
        let result = session.noop().await;
        assert!(matches!(result, Err(Error::Protocol(_))), "{answer:?}: {result:?}");
        assert!(matches!(session.noop().await, Err(Error::Closed)), "nothing more is said");
    }
}

#[tokio::test]
async fn silence_has_a_deadline_but_slow_progress_has_not() {
    let (stream, mut pipe) = silent();
    pipe.write_all(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n").await.unwrap();
    let slow = tokio::spawn(async move {
        let mut buffer = [0; 100];
        assert!(pipe.read(&mut buffer).await.unwrap() > 0);
        for byte in b"P1 OK [CAPABILITY IMAP4rev1] slowly\r\n" {
            pipe.write_all(&[*byte]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        pipe
    });
    let mut session = start(stream, &Transcript::new()).await.unwrap();
    let pipe = slow.await.unwrap();
    let result = session.next(Duration::from_millis(20)).await;
    assert!(matches!(result, Err(Error::TimedOut { .. })));
    assert!(session.is_broken());
    drop(pipe);

    let (stream, mut pipe) = silent();
    let slow = tokio::spawn(async move {
        for byte in b"* OK slowly, over 300 ms\r\n" {
            pipe.write_all(&[*byte]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(12)).await;
        }
        pipe
    });
    let mut session = Session::new(stream, Transcript::new().open("test"), true);
    assert!(session.next(Duration::from_millis(150)).await.is_ok());
    slow.await.unwrap();
}
