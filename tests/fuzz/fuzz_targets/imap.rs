#![no_main]
//! Anything said by an IMAP server after the log-in: framing, repairs, parser, and what is made of it. The first
//! byte chooses the command that is answered; it ends, well or not, and nothing grows without bound.

use libfuzzer_sys::fuzz_target;
use postwren::mail::account::{Endpoint, Protocol, Security};
use postwren::mail::uid::{ModSeq, Uid, UidValidity};
use postwren::protocol::imap::{Access, FetchPlan, MailboxName, Resume, Session, UidSet};
use postwren::protocol::sasl::Credentials;
use postwren::protocol::stream::Stream;
use postwren::protocol::transcript::Transcript;
use tokio::io::AsyncWriteExt;

/// Up to the log-in, and QRESYNC enabled; tags are counted from one.
const BEGINNING: &[u8] = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n\
    P1 OK [CAPABILITY IMAP4rev1 ENABLE IDLE UIDPLUS MOVE CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS] in\r\n\
    * ENABLED QRESYNC\r\nP2 OK done\r\n";
const END: &[u8] = b"\r\nP3 OK done\r\n";

fuzz_target!(|data: &[u8]| {
    let Some((choice, said)) = data.split_first() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(converse(*choice, said));
});

async fn converse(choice: u8, said: &[u8]) {
    let all = [BEGINNING, said, END].concat();
    let (ours, mut theirs) = tokio::io::duplex(all.len().max(64 * 1024));
    theirs.write_all(&all).await.expect("room for all of it");
    theirs.shutdown().await.expect("an open pipe");
    let endpoint =
        Endpoint { protocol: Protocol::Imap, host: "localhost".into(), port: 143, security: Security::None };
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
