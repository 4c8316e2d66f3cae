//! Header blocks of messages that stay on the server.

use super::*;
use crate::mail::uid::Uid;
use crate::protocol::Error;
use crate::protocol::imap::{FetchedHeaders, UidSet};
use tokio::sync::mpsc;

fn answer(seq: u32, uid: u32, size: u32, header: &str) -> String {
    format!(
        "* {seq} FETCH (UID {uid} FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE {size} \
         BODY[HEADER]<0> {{{}}}\r\n{header})\r\n",
        header.len()
    )
}

async fn fetch(script: Vec<Step>, sets: Vec<UidSet>) -> (Result<()>, Vec<FetchedHeaders>) {
    let (mut session, server) = session(CAPABILITIES, script).await;
    let (to, mut from) = mpsc::channel(64);
    let result = session.fetch_header_blocks(sets, 2, &to).await;
    drop((to, session));
    let mut all = Vec::new();
    while let Some(one) = from.recv().await {
        all.push(one);
    }
    server.await.unwrap();
    (result, all)
}

#[tokio::test]
async fn blocks_come_with_the_size_of_the_whole_and_only_those_asked_for() {
    let header = "Subject: a\r\nFrom: b\r\n\r\n";
    let first = format!("{}{}TAG OK done\r\n", answer(1, 5, 9000, header), answer(2, 99, 9000, header));
    let second = format!("* 3 FETCH (UID 8 BODY[HEADER]<0> NIL)\r\n{}TAG OK done\r\n", answer(4, 9, 3, header));
    let script = vec![on("UID FETCH 5:6 ", first), on("UID FETCH 8:9 ", second)];
    let sets = vec![UidSet::range(Uid(5), Uid(6)), UidSet::range(Uid(8), Uid(9))];
    let (result, all) = fetch(script, sets).await;
    result.unwrap();
    let seen: Vec<(u32, u64, bool)> = all.iter().map(|f| (f.uid.0, f.size, f.bytes.is_some())).collect();
    assert_eq!(seen, [(5, 9000, true), (8, 0, false), (9, header.len() as u64, true)], "no size below the block's");
    assert_eq!((all[0].internal_date, all[0].bytes.as_deref()), (Some(837_596_665), Some(header.as_bytes())));
}

#[tokio::test]
async fn a_refusal_is_told_after_the_rest_is_done() {
    let header = "Subject: a\r\n\r\n";
    let script = vec![
        on("UID FETCH 1 ", "TAG NO [SERVERBUG] not this\r\n"),
        on("UID FETCH 2 ", format!("{}TAG OK done\r\n", answer(2, 2, 10, header))),
    ];
    let sets = [1, 2].map(|n| UidSet::range(Uid(n), Uid(n))).to_vec();
    let (result, all) = fetch(script, sets).await;
    assert!(matches!(result, Err(Error::Refused { .. })), "{result:?}");
    assert_eq!(all.len(), 1);
}
