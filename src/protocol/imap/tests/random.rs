//! Anything said in answer to each command, as the fuzz target `imap` says it for longer.

use super::*;
use crate::mail::uid::{ModSeq, Uid, UidValidity};
use crate::protocol::imap::{Access, FetchPlan, Resume, UidSet};
use proptest::prelude::*;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// Up to the log-in, and QRESYNC enabled; tags are counted from one.
const BEGINNING: &[u8] = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n\
    P1 OK [CAPABILITY IMAP4rev1 ENABLE IDLE UIDPLUS MOVE CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS] in\r\n\
    * ENABLED QRESYNC\r\nP2 OK done\r\n";
const END: &[u8] = b"\r\nP3 OK done\r\n";

async fn converse(choice: u8, said: &[u8]) {
    let all = [BEGINNING, said, END].concat();
    let (ours, mut theirs) = tokio::io::duplex(all.len().max(64 * 1024));
    theirs.write_all(&all).await.expect("room for all of it");
    theirs.shutdown().await.expect("an open pipe");
    let endpoint = Endpoint { protocol: Protocol::Imap, host: "localhost".into(), port: 143, security: Security::None };
    let recorder = Transcript::new().open(&endpoint);
    let credentials = Credentials::password("ada", "secret");
    let session = Session::start(Stream::memory(ours), &endpoint, None, &credentials, recorder).await;
    let mut session = session.expect("an honest beginning");
    let (inbox, set) = (MailboxName("INBOX".into()), UidSet::range(Uid(1), Uid(9)));
    match choice % 8 {
        0 => drop(session.list().await),
        1 => drop(session.select(&inbox, Access::ReadWrite).await),
        2 => {
            let from = Resume { uid_validity: UidValidity(1), mod_seq: ModSeq(1) };
            drop(session.resume(&inbox, Access::ReadOnly, from).await);
        }
        3 => drop(session.status(&inbox).await),
        4 => drop(session.fetch_flags(&set, Some(ModSeq(1)), |flags| assert!(set.contains(flags.uid))).await),
        5 => drop(session.search_all().await),
        6 => drop(session.move_messages(&set, &inbox).await),
        _ => {
            let (to, mut from) = tokio::sync::mpsc::channel(100);
            let plan = FetchPlan { window: 1, spool: &std::env::temp_dir() };
            let drain = async { while from.recv().await.is_some() {} };
            let fetch = async {
                let _ = session.fetch_bodies([set.clone()], plan, &to).await;
                drop(to);
            };
            tokio::join!(fetch, drain);
        }
    }
    let changes = session.take_changes();
    assert!(changes.flags.len() <= 1000);
}

/// Answers that mean something, to be put together in any order, cut and changed.
const PIECES: [&str; 12] = [
    "* 3 EXISTS\r\n",
    "* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 9] x\r\n",
    "* OK [HIGHESTMODSEQ 5] x\r\n* OK [CLOSED] x\r\n",
    "* VANISHED (EARLIER) 1:4294967295,3,9:2\r\n",
    "* 1 FETCH (UID 1 FLAGS (\\Seen $Forwarded) MODSEQ (12345678901234567890))\r\n",
    "* 2 FETCH (UID 2 FLAGS () INTERNALDATE NIL RFC822.SIZE 3 BODY[]<0> {3}\r\nabc)\r\n",
    "* LIST (\\Subscribed \\Noselect) \"\\\\\" \"a\\\\b\"\r\n",
    "* STATUS {5}\r\nINBOX (MESSAGES 1 UIDNEXT 2 HIGHESTMODSEQ 3)\r\n",
    "* SEARCH 1 2 3\r\n* 3 EXPUNGE\r\n",
    "* OK [COPYUID 1 1:3 4:6] x\r\n",
    "* 1 FETCH (BODY[] {99999999999}\r\n",
    "P3 NO [ALERT] x\r\n+ go\r\n* BYE x\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn no_answer_makes_a_command_panic_or_hang(
        choice: u8,
        pieces in proptest::collection::vec(0..PIECES.len(), 0..8),
        changes in proptest::collection::vec((any::<u16>(), any::<u8>(), 0..3_u8), 0..4),
    ) {
        let mut said: Vec<u8> = pieces.into_iter().flat_map(|at| PIECES[at].bytes()).collect();
        for (at, byte, how) in changes {
            let at = usize::from(at) % (said.len() + 1);
            match how {
                0 => said.insert(at, byte),
                1 if at < said.len() => said[at] = byte,
                _ if at < said.len() => said.truncate(at),
                _ => {}
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ended = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(20), converse(choice, &said)).await });
        prop_assert!(ended.is_ok(), "it hangs");
    }
}
