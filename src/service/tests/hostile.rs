//! Servers whose numbers cannot be believed: nothing here is removed for it, and nothing comes twice.

use super::*;
use crate::demo::{Fault, FaultAt};

const KINDS: [&[&str]; 2] = [&[], &["CONDSTORE", "QRESYNC", "LIST-STATUS"]];

fn on(event: &str) -> FaultAt {
    Fault::on(Protocol::Imap, event)
}

/// The answer to SELECT of a server that holds this, otherwise than it says.
fn opening(exists: usize, validity: u32, next: u32) -> String {
    format!(
        "* {exists} EXISTS\r\n* OK [UIDVALIDITY {validity}] x\r\n* OK [UIDNEXT {next}] x\r\n\
         * OK [HIGHESTMODSEQ 9999] x\r\n{{tag}} OK [READ-WRITE] done\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn generations_that_change_every_time_and_go_back_cost_no_message() {
    for kind in KINDS {
        let world = World::imap_with(kind).await;
        world.deliver("INBOX", 0..30);
        world.synchronise().await;
        let before: Vec<_> = world.rows("INBOX").await.into_iter().map(|row| row.id).collect();
        for validity in [77, 78, 5, 4_294_967_295, 77] {
            world.server.renumber(ADA, "INBOX", validity);
            let summary = world.synchronise().await;
            assert_eq!((summary.received, summary.removed), (0, 0), "{kind:?} {validity}");
        }
        let after: Vec<_> = world.rows("INBOX").await.into_iter().map(|row| row.id).collect();
        assert_eq!(before, after);
        world.agree().await;
        assert_eq!(world.count(Protocol::Imap, "UID STORE"), 0, "nothing was told to the server");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_do_not_add_up_remove_nothing() {
    for kind in KINDS {
        let world = World::imap_with(kind).await;
        world.deliver("INBOX", 0..30);
        world.synchronise().await;
        let view = world.server.mailbox(ADA, "INBOX").unwrap();
        let (validity, next) = (view.uid_validity, view.uid_next);
        let lies = [
            ("no generation", opening(30, 0, next)),
            ("a generation too large", opening(30, 1, next).replace("UIDVALIDITY 1", "UIDVALIDITY 4294967296")),
            ("fewer than there are", opening(3, validity, next)),
            ("none at all", opening(0, validity, next)),
            ("more than there are", opening(3000, validity, next)),
            ("a next number that was given", opening(30, validity, 2)),
            ("a next number of zero", opening(30, validity, 0)),
            ("nothing but yes", "{tag} OK done\r\n".to_string()),
        ];
        for (what, lie) in lies {
            // Something changed, so that the mailbox is opened at all.
            let flags =
                if world.server.messages(ADA, "INBOX")[0].flags.is_empty() { Flags::SEEN } else { Flags::empty() };
            world.server.set_flags(ADA, "INBOX", 1, flags);
            world.server.fault(on("SELECT \"INBOX\"").done().reply(&lie));
            let _ = world.handle.synchronise(None).await;
            assert_eq!(world.mailbox("INBOX").await.total, 30, "{kind:?}: {what}");
            world.server.clear_faults();
            world.synchronise().await;
            world.agree().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_given_twice_or_left_out_remove_nothing() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..3);
    world.synchronise().await;
    let answers = [
        "* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 1 FLAGS (\\Seen))\r\n* 3 FETCH (UID 3 FLAGS ())\r\n{tag} OK done\r\n",
        "* 1 FETCH (UID 1 FLAGS ())\r\n{tag} OK done\r\n",
        "{tag} OK done\r\n",
        "* 1 FETCH (UID 0 FLAGS ())\r\n* 2 FETCH (FLAGS ())\r\n{tag} OK done\r\n",
    ];
    for answer in answers {
        world.server.fault(on("UID FETCH 1:* (UID FLAGS)").reply(answer));
        let _ = world.handle.synchronise(None).await;
        assert_eq!(world.mailbox("INBOX").await.total, 3, "{answer}");
    }
    world.server.clear_faults();
    world.synchronise().await;
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_about_where_messages_arrived_are_found_out() {
    for code in ["COPYUID 999 1 7", "COPYUID 1 1:9 7", "COPYUID 1 2 7", "COPYUID 1 1 4294967295", "COPYUID x"] {
        for missing in [&[][..], &["MOVE"]] {
            let world = World::imap().await;
            missing.iter().for_each(|m| world.server.fault(Fault::omit(Protocol::Imap, m)));
            world.deliver("INBOX", 0..3);
            world.deliver("Archive", 5..6);
            world.synchronise().await;
            let id = world.row("INBOX", "note 00000").await.id;
            let archive = world.mailbox("Archive").await.id;
            world.execute(Command::Move { ids: vec![id], to: archive }).await;
            let answer = format!("* OK [{code}] x\r\n{{tag}} OK [{code}] done\r\n");
            world.server.fault(on("UID MOVE").done().reply(&answer));
            world.server.fault(on("UID COPY").done().reply(&answer));
            for _ in 0..3 {
                let _ = world.handle.synchronise(None).await;
                world.later(3600);
            }
            assert_eq!(world.subjects("Archive").await, ["note 00000", "note 00005"], "{code} {missing:?}");
            world.agree().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_about_where_a_copy_was_filed_are_found_out() {
    for code in ["APPENDUID 999 1", "APPENDUID 1 0", "APPENDUID 1 4294967295", "APPENDUID x y"] {
        let world = World::imap().await;
        world.synchronise().await;
        let draft = world.draft("ada", &[POP], "where is it").await;
        world.server.fault(on("APPEND-END").done().reply(format!("{{tag}} OK [{code}] done\r\n")));
        let item = world.submit(&draft).await;
        world.handle.deliver(item).await.unwrap();
        for _ in 0..3 {
            let _ = world.handle.synchronise(None).await;
            world.later(3600);
        }
        assert_eq!(world.subjects_there("Sent").len(), 1, "{code}");
        assert_eq!(world.subjects("Sent").await, ["where is it"], "{code}");
    }
}
