//! Catching up with servers of every kind, and what it costs on the wire.

use super::*;
use crate::demo::Fault;
use crate::service::ProblemKind;

/// Every kind of server: the extensions beyond the usual.
const KINDS: [&[&str]; 4] =
    [&[], &["LIST-STATUS"], &["CONDSTORE", "LIST-STATUS"], &["CONDSTORE", "QRESYNC", "LIST-STATUS"]];
const RESYNC: &[&str] = KINDS[3];

impl World {
    /// The commands of one round.
    async fn said(&self) -> Vec<String> {
        let before = self.server.commands(Protocol::Imap).len();
        self.synchronise().await;
        let all = self.server.commands(Protocol::Imap);
        all[before..].iter().filter(|c| !c.starts_with("AUTHENTICATE")).cloned().collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_of_every_kind_come_to_the_same() {
    for kind in KINDS {
        let world = World::imap_with(kind).await;
        world.deliver("INBOX", 0..70);
        world.deliver("Archive", 100..103);
        assert_eq!(world.synchronise().await.received, 73);
        world.agree().await;
        for uid in [3, 9, 33] {
            world.server.expunge(ADA, "INBOX", uid);
        }
        world.server.set_flags(ADA, "INBOX", 5, Flags::SEEN.union(Flags::FLAGGED));
        world.server.set_flags(ADA, "INBOX", 70, Flags::ANSWERED);
        world.deliver("INBOX", 70..75);
        world.server.set_flags(ADA, "INBOX", 71, Flags::SEEN);
        world.server.expunge(ADA, "INBOX", 75);
        let summary = world.synchronise().await;
        assert_eq!((summary.received, summary.removed, summary.flags), (4, 3, 2), "{kind:?}");
        world.agree().await;
        // What this side does comes back as news that is none.
        let archived = world.row("INBOX", "note 00020").await.id;
        let archive = world.mailbox("Archive").await.id;
        world.execute(Command::Move { ids: vec![archived], to: archive }).await;
        let marked = world.row("INBOX", "note 00021").await.id;
        world.execute(Command::SetFlags { ids: vec![marked], add: Flags::SEEN, remove: Flags::empty() }).await;
        let summary = world.synchronise().await;
        assert_eq!((summary.received, summary.removed, summary.operations), (0, 0, 2), "{kind:?}");
        world.agree().await;
        let world = world.restart().await;
        let summary = world.synchronise().await;
        assert_eq!((summary.received, summary.removed, summary.flags), (0, 0, 0), "{kind:?}");
        world.agree().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_one_command() {
    let world = World::imap_with(RESYNC).await;
    world.deliver("INBOX", 0..3);
    world.deliver("Archive", 3..5);
    world.synchronise().await;
    let said = world.said().await;
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[0], "ENABLE QRESYNC");
    assert!(said[1].starts_with("LIST \"\" \"*\" RETURN (SPECIAL-USE SUBSCRIBED STATUS ("), "{said:?}");
    assert_eq!(said[2], "LOGOUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn catching_up_asks_for_what_changed_and_nothing_else() {
    let world = World::imap_with(RESYNC).await;
    world.deliver("INBOX", 0..70);
    world.synchronise().await;
    world.server.expunge(ADA, "INBOX", 7);
    world.server.set_flags(ADA, "INBOX", 8, Flags::SEEN);
    let said = world.said().await;
    let words = said.join("\n");
    assert!(said.iter().any(|c| c.starts_with("SELECT \"INBOX\" (QRESYNC (")), "{words}");
    assert!(!words.contains("SEARCH") && !words.contains("FETCH"), "{words}");
    world.agree().await;
    world.deliver("INBOX", 70..72);
    let fetches: Vec<String> = world.said().await.into_iter().filter(|c| c.contains("FETCH")).collect();
    assert!(matches!(fetches.as_slice(), [one] if one.starts_with("UID FETCH 71:72 ")), "{fetches:?}");
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_qresync_numbers_are_listed_only_where_something_is_gone() {
    let world = World::imap_with(KINDS[2]).await;
    world.deliver("INBOX", 0..70);
    world.synchronise().await;
    world.server.set_flags(ADA, "INBOX", 8, Flags::SEEN);
    world.deliver("INBOX", 70..72);
    let words = world.said().await.join("\n");
    assert!(words.contains("(CHANGEDSINCE ") && !words.contains("SEARCH ALL"), "{words}");
    world.server.expunge(ADA, "INBOX", 7);
    let words = world.said().await.join("\n");
    assert!(words.contains("(CHANGEDSINCE ") && words.contains("SEARCH ALL"), "{words}");
    world.agree().await;
}

/// A server that leaves out what went, or tells too much of it.
#[tokio::test(flavor = "multi_thread")]
async fn changes_that_do_not_come_out_are_not_believed() {
    let world = World::imap_with(RESYNC).await;
    world.deliver("INBOX", 0..10);
    world.synchronise().await;
    for (lie, there) in [("", 9), ("* VANISHED (EARLIER) 2:9\r\n", 8)] {
        let view = world.server.mailbox(ADA, "INBOX").unwrap();
        world.server.expunge(ADA, "INBOX", view.messages[0].uid);
        let now = world.server.mailbox(ADA, "INBOX").unwrap();
        let opening = format!(
            "* {} EXISTS\r\n* OK [UIDVALIDITY {}] x\r\n* OK [UIDNEXT {}] x\r\n* OK [HIGHESTMODSEQ {}] x\r\n{lie}{{tag}} OK done\r\n",
            now.messages.len(),
            now.uid_validity,
            now.uid_next,
            now.mod_seq,
        );
        // What the server says of the mailbox is a lie, what it does is honest.
        world.server.fault(Fault::on(Protocol::Imap, "SELECT \"INBOX\"").done().reply(&opening));
        let said = world.said().await;
        assert!(said.iter().any(|c| c.starts_with("UID FETCH 1:* (UID FLAGS)")), "{said:?}");
        assert_eq!(world.rows("INBOX").await.len(), there, "{lie}");
        world.agree().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn vanished_messages_are_held_back_like_all_others() {
    let world = World::imap_with(RESYNC).await;
    world.deliver("INBOX", 0..60);
    world.synchronise().await;
    (1..=20).for_each(|uid| world.server.expunge(ADA, "INBOX", uid));
    world.deliver("INBOX", 60..61);
    let held = ProblemKind::Held { mailbox: "INBOX".into(), removals: 20, total: 60 };
    assert_eq!(world.fails().await.kind, held);
    assert_eq!(world.mailbox("INBOX").await.total, 61, "new mail comes all the same");
    assert!(matches!(world.fails().await.kind, ProblemKind::Held { removals: 20, .. }), "it is not forgotten");
    world.execute(Command::AcceptRemovals { account: "ada".into() }).await;
    assert_eq!(world.synchronise().await.removed, 20);
    world.agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_lost_here_is_fetched_again() {
    for kind in KINDS {
        let world = World::imap_with(kind).await;
        world.deliver("INBOX", 0..5);
        world.synchronise().await;
        let cur = world.profile().join("mail/ada/INBOX/cur");
        let lost = std::fs::read_dir(cur).unwrap().next().unwrap().unwrap().path();
        let world = world.restart().await;
        std::fs::remove_file(lost).unwrap();
        world.deliver("INBOX", 5..6);
        assert_eq!(world.synchronise().await.received, 1, "{kind:?}: whether it was meant is asked first");
        world.execute(Command::CarryRemovals { account: "ada".into(), carry: false }).await;
        assert_eq!(world.synchronise().await.received, 1, "{kind:?}");
        world.agree().await;
    }
}

/// A server whose list has lost something: everything, the Inbox, or large mailboxes.
#[tokio::test(flavor = "multi_thread")]
async fn mailboxes_that_vanish_with_much_mail_are_held_until_the_person_agrees() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..3);
    world.deliver("Archive", 3..60);
    world.deliver("Trash", 60..64);
    world.synchronise().await;
    for answer in ["{tag} OK none\r\n", "* LIST () \"/\" Drafts\r\n{tag} OK done\r\n"] {
        world.server.fault(Fault::on(Protocol::Imap, "LIST").reply(answer));
        world.synchronise().await;
        assert_eq!(world.handle.mailboxes(Some("ada")).await.unwrap().len(), 5, "{answer}");
    }
    assert!(world.server.delete(ADA, "Archive"));
    assert!(world.server.delete(ADA, "Trash"));
    world.deliver("INBOX", 64..65);
    let problem = world.fails().await;
    assert_eq!(problem.kind, ProblemKind::Held { mailbox: "Archive".into(), removals: 57, total: 57 });
    assert_eq!((world.mailbox("INBOX").await.total, world.mailbox("Trash").await.total), (4, 4));
    let world = world.restart().await;
    assert!(matches!(world.fails().await.kind, ProblemKind::Held { .. }), "it is not forgotten");
    world.execute(Command::AcceptRemovals { account: "ada".into() }).await;
    world.synchronise().await;
    assert_eq!(world.handle.mailboxes(Some("ada")).await.unwrap().len(), 3);
    let removed = world.profile().join("mail/ada/.removed");
    assert_eq!(std::fs::read_dir(removed).unwrap().count(), 2, "their files are kept");
    // The word was for once, and what holds little goes without asking.
    world.deliver("Sent", 65..68);
    world.synchronise().await;
    assert!(world.server.delete(ADA, "Sent"));
    world.synchronise().await;
    assert_eq!(world.handle.mailboxes(Some("ada")).await.unwrap().len(), 2);
}
