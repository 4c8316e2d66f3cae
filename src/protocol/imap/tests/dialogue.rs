//! What goes over the wire, and what is understood of the answers.

use super::*;
use crate::mail::flags::Flags;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::mail::uid::{ModSeq, Uid, UidValidity};
use crate::protocol::Error;
use crate::protocol::imap::{Access, Body, FetchPlan, Fetched, UidSet, Wake};
use crate::protocol::testing::ANY;
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;

fn plan() -> FetchPlan<'static> {
    FetchPlan { window: 2, spool: Path::new("/tmp") }
}

#[tokio::test]
async fn capabilities_are_learnt_anew_after_login() {
    let (stream, server) = play(vec![
        on("", "* OK hi\r\n"),
        on("CAPABILITY", "* CAPABILITY IMAP4rev1 MOVE\r\nTAG OK done\r\n"),
        on("LOGIN \"ada\" \"hunter2 \\\"quoted\\\"\"", "TAG OK in\r\n"),
        on("CAPABILITY", "* CAPABILITY IMAP4rev1 Idle\r\nTAG OK done\r\n"),
    ]);
    let transcript = Transcript::new();
    let session = start(stream, &transcript).await.unwrap();
    assert!(session.capabilities().has("IDLE") && !session.capabilities().has("MOVE"));
    assert_eq!(server.await.unwrap().len(), 3);
    let words: String = transcript.lines().iter().map(|l| format!("{}\n", l.text)).collect();
    assert!(words.contains("LOGIN …") && words.contains("* OK hi"), "{words}");
    assert!(!words.contains("hunter2"), "{words}");
}

#[tokio::test]
async fn plain_waits_for_the_challenge_without_sasl_ir_and_secrets_stay_out_of_everything() {
    let (stream, server) = play(vec![
        on("", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED] hi\r\n"),
        on("AUTHENTICATE PLAIN", "+ \r\n"),
        on("AGFkYQBodW50ZXIyICJxdW90ZWQi", "TAG NO no hunter2 \"quoted\" and AGFkYQBodW50ZXIyICJxdW90ZWQi\r\n"),
    ]);
    let transcript = Transcript::new();
    let error = start(stream, &transcript).await.unwrap_err();
    assert!(matches!(&error, Error::Authentication { reply } if reply == "no … and …"), "{error:?}");
    assert_eq!(server.await.unwrap().len(), 2);
    let words = format!("{:?} {error:?} {error}", transcript.lines());
    assert!(!words.contains("hunter2") && !words.contains("AGFkYQBod"), "{words}");
}

#[tokio::test]
async fn xoauth2_explains_its_refusal() {
    let (stream, server) = play(vec![
        on("", "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi\r\n"),
        on("AUTHENTICATE XOAUTH2 ", "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"),
        on(ANY, "TAG NO [AUTHENTICATIONFAILED] sorry\r\n"),
    ]);
    let endpoint = endpoint(Security::None);
    let recorder = Transcript::new().open(&endpoint);
    let token = Credentials::token("ada", "token");
    let error = Session::start(stream, &endpoint, None, &token, recorder).await.unwrap_err();
    assert!(matches!(&error, Error::Authentication { reply } if reply == "sorry {\"status\":\"400\"}"), "{error:?}");
    drop(server);
}

#[tokio::test]
async fn mailboxes_are_listed_with_names_roles_and_state() {
    let reply = concat!(
        "* LIST (\\HasChildren) \"/\" INBOX\r\n",
        "* LIST (\\Noselect) \"/\" Archives\r\n",
        "* LIST (\\Sent) \"/\" \"Sent &AOQ-\"\r\n",
        "* LIST () \"/\" \"Sent Items\"\r\n",
        "* LIST () \"/\" \"Papierkorb\"\r\n",
        "* LIST () \"/\" \"with \\\"quotes\\\" and \\\\\"\r\n",
        "* LIST () \"/\" {6}\r\nlit\"er\r\n",
        "* LIST () \"\\\\\" \"a\\\\b\"\r\n",
        "* LIST broken\r\n",
        "* STATUS \"with \\\"quotes\\\" and \\\\\" (MESSAGES 4)\r\n",
        "* STATUS INBOX (MESSAGES 3 UNSEEN 1 UIDNEXT 9 UIDVALIDITY 7 HIGHESTMODSEQ 12)\r\n",
        "TAG OK done\r\n"
    );
    let capabilities = "IMAP4rev1 SPECIAL-USE LIST-EXTENDED LIST-STATUS CONDSTORE";
    let (mut session, server) =
        session(capabilities, vec![on("LIST \"\" \"*\" RETURN (SPECIAL-USE SUBSCRIBED STATUS (", reply)]).await;
    let listing = session.list().await.unwrap();
    assert_eq!(listing.unreadable, 1);
    let by = |path: &str| {
        listing.mailboxes.iter().find(|m| m.path.0 == path).unwrap_or_else(|| panic!("{path} {listing:?}"))
    };
    assert_eq!(by("INBOX").role, Some(Role::Inbox));
    let status = by("INBOX").status.unwrap();
    assert_eq!((status.messages, status.uid_next, status.highest_mod_seq), (Some(3), Some(Uid(9)), Some(ModSeq(12))));
    assert!(!by("Archives").selectable);
    assert_eq!(by("Archives").role, None, "a level without messages has no role");
    assert_eq!((by("Sent ä").role, by("Sent ä").name.0.as_str()), (Some(Role::Sent), "Sent &AOQ-"));
    assert_eq!(by("Sent Items").role, None, "the attribute comes before the name");
    assert_eq!(by("Papierkorb").role, Some(Role::Trash));
    assert!(by("with \"quotes\" and \\").selectable);
    assert_eq!(by("with \"quotes\" and \\").status.unwrap().messages, Some(4));
    assert!(by("lit\"er").selectable);
    assert_eq!((by("a/b").delimiter, by("a/b").name.0.as_str()), (Some('\\'), "a\\b"));
    drop(session);
    server.await.unwrap();
}

#[tokio::test]
async fn a_selected_mailbox_is_described() {
    let reply = concat!(
        "* FLAGS (\\Answered \\Seen)\r\n",
        "* OK [PERMANENTFLAGS (\\Seen \\Flagged \\*)] ok\r\n",
        "* 172 EXISTS\r\n* 1 RECENT\r\n* OK [UNSEEN 12]\r\n",
        "* OK [UIDVALIDITY 3857529045]é\r\n",
        "* OK [UIDNEXT 4392] next\r\n* OK [HIGHESTMODSEQ 715194045007]\r\n",
        "TAG OK [READ-ONLY] done\r\n"
    );
    let (mut session, _server) = session(CAPABILITIES, vec![on("SELECT \"INBOX\" (CONDSTORE)", reply)]).await;
    let selected = session.select(&inbox(), Access::ReadWrite).await.unwrap();
    assert_eq!((selected.exists, selected.uid_validity), (172, UidValidity(3_857_529_045)));
    assert_eq!((selected.uid_next, selected.highest_mod_seq), (Some(Uid(4392)), Some(ModSeq(715_194_045_007))));
    assert!(selected.permanent.keeps("Anything"));
    assert_eq!(selected.permanent.flags, Flags::SEEN.union(Flags::FLAGGED).union(Flags::FORWARDED));
    assert!(selected.read_only);
    assert!(session.take_changes().is_empty());
}

#[tokio::test]
async fn flags_are_fetched_for_what_was_asked_and_the_rest_is_gathered() {
    let reply = concat!(
        "* 1 FETCH (UID 5 FLAGS (\\Seen $Forwarded caf\u{e9} custom) MODSEQ (99))\r\n",
        "* 9 FETCH (FLAGS (\\Flagged))\r\n",
        "* 2 FETCH (UID 900 FLAGS ())\r\n",
        "* 173 EXISTS\r\n* 4 EXPUNGE\r\n",
        "* 3 FETCH (FLAGS () UID 7)\r\n",
        "TAG OK done\r\n"
    );
    let script = vec![on("UID FETCH 5:7 (UID FLAGS) (CHANGEDSINCE 42)", reply)];
    let (mut session, _server) = session(CAPABILITIES, script).await;
    let mut found = Vec::new();
    let set = UidSet::range(Uid(5), Uid(7));
    session.fetch_flags(&set, Some(ModSeq(42)), |f| found.push((f.uid.0, f.flags, f.mod_seq))).await.unwrap();
    assert_eq!(session.letters().names(found[0].1), ["custom"], "an atom is ASCII");
    let seen = Flags::SEEN.union(Flags::FORWARDED).union(Flags::keyword(0));
    assert_eq!(found, [(5, seen, Some(ModSeq(99))), (7, Flags::empty(), None)]);
    let changes = session.take_changes();
    assert_eq!((changes.exists, changes.expunged, changes.other_flags), (Some(173), 1, true));
    assert_eq!(changes.flags.get(&Uid(900)), Some(&Flags::empty()));
}

#[tokio::test]
async fn bodies_come_through_a_bounded_channel_and_only_those_asked_for() {
    let body = "Subject: x\r\n\r\n(\"{5}\r\n";
    let first = format!(
        "* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" BODY[]<0> {{{}}}\r\n{body})\r\n\
         * 2 FETCH (UID 2 FLAGS () INTERNALDATE NIL BODY[]<0> NIL)\r\n\
         * 3 FETCH (UID 77 FLAGS () BODY[]<0> {{1}}\r\nx)\r\n\
         * 4 FETCH (FLAGS (\\Answered) UID 1)\r\n\
         TAG OK done\r\n",
        body.len()
    );
    let second = "* 5 FETCH (BODY[] \"\" UID 9)\r\nTAG NO [EXPUNGEISSUED] some are gone\r\n";
    let script = vec![
        on("UID FETCH 1:2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.4194304>)", first),
        on("UID FETCH 9:10 ", second),
    ];
    let (mut session, _server) = session(CAPABILITIES, script).await;
    let (to, mut from) = mpsc::channel(1);
    let chunks = [UidSet::range(Uid(1), Uid(2)), UidSet::range(Uid(9), Uid(10))];
    let fetch = async {
        session.fetch_bodies(chunks, plan(), &to).await.unwrap();
        drop(to);
    };
    let collect = async {
        let mut all: Vec<Fetched> = Vec::new();
        while let Some(fetched) = from.recv().await {
            all.push(fetched);
        }
        all
    };
    let ((), all) = tokio::join!(fetch, collect);
    assert_eq!(all.iter().map(|f| f.uid.0).collect::<Vec<_>>(), [1, 2, 9]);
    assert!(matches!(&all[0].body, Body::Bytes(bytes) if bytes == body.as_bytes()));
    assert_eq!((all[0].flags, all[0].internal_date), (Flags::SEEN, Some(837_596_665)));
    assert!(matches!(all[1].body, Body::Missing) && all[1].internal_date.is_none());
    assert!(matches!(&all[2].body, Body::Bytes(bytes) if bytes.is_empty()));
    assert_eq!(session.take_changes().flags.get(&Uid(1)), Some(&Flags::ANSWERED));
}

#[tokio::test]
async fn headers_are_fetched_to_recognise_messages() {
    let reply = concat!(
        "* 1 FETCH (UID 5 RFC822.SIZE 1234 BODY[HEADER.FIELDS (MESSAGE-ID)] {21}\r\nMessage-ID: <a@b>\r\n\r\n)\r\n",
        "* 2 FETCH (UID 6 RFC822.SIZE 99999999999 BODY[HEADER.FIELDS (\"MESSAGE-ID\")] \"\")\r\n",
        "TAG OK done\r\n"
    );
    let (mut session, _server) =
        session(CAPABILITIES, vec![on("UID FETCH 1:* (UID RFC822.SIZE BODY.PEEK[", reply)]).await;
    let mut found = Vec::new();
    session.fetch_headers(&UidSet::all(), |h| found.push((h.uid.0, h.size, h.message_id))).await.unwrap();
    assert_eq!(found, [(5, Some(1234), Some("<a@b>".to_string())), (6, None, None)]);
}

#[tokio::test]
async fn messages_are_changed_moved_and_removed() {
    let script = vec![
        on("UID STORE 1:3 +FLAGS.SILENT (\\Flagged \\Seen)", "TAG OK done\r\n"),
        on("UID STORE 1:3 -FLAGS.SILENT (\\Draft)", "TAG OK done\r\n"),
        on("UID MOVE 1:3 \"a \\\"b\"", "* OK [COPYUID 7 1:3 11:13] moved\r\n* 1 EXPUNGE\r\nTAG OK done\r\n"),
        on("UID COPY 1:3 \"x\"", "TAG OK [COPYUID 7 1:3 11:13] copied\r\n"),
        on("UID EXPUNGE 1:3", "* 1 EXPUNGE\r\nTAG OK done\r\n"),
        on("UID SEARCH HEADER MESSAGE-ID \"<a@b>\"", "* SEARCH 9 3\r\nTAG OK done\r\n"),
        on("UID SEARCH ALL", "TAG OK done\r\n"),
        on("CREATE \"&U,BTFw-\"", "TAG OK done\r\n"),
        on("SUBSCRIBE \"&U,BTFw-\"", "TAG NO none\r\n"),
    ];
    let (mut session, server) = session(CAPABILITIES, script).await;
    let set = UidSet::range(Uid(1), Uid(3));
    session.add_flags(&set, Flags::SEEN.union(Flags::FLAGGED), &[]).await.unwrap();
    session.add_flags(&set, Flags::empty(), &[]).await.unwrap();
    session.remove_flags(&set, Flags::DRAFT, &[]).await.unwrap();
    let moved = session.move_messages(&set, &MailboxName("a \"b".into())).await.unwrap().unwrap();
    assert_eq!((moved.validity, moved.pairs[2]), (UidValidity(7), (Uid(3), Uid(13))));
    assert_eq!(session.copy_messages(&set, &MailboxName("x".into())).await.unwrap().unwrap(), moved);
    session.expunge(&set).await.unwrap();
    assert_eq!(session.search_message_id("<a@b>").await.unwrap(), [Uid(3), Uid(9)]);
    assert_eq!(session.search_all().await.unwrap(), []);
    session.create(&MailboxName::from_path(&MailboxPath("台北".into()), Some('/'))).await.unwrap();
    assert_eq!(session.take_changes().expunged, 2);
    drop(session);
    assert_eq!(server.await.unwrap().len(), 10);
}

#[tokio::test]
async fn what_needs_an_extension_is_not_tried_without_it() {
    let (mut session, server) = session("IMAP4rev1", vec![]).await;
    let set = UidSet::range(Uid(1), Uid(3));
    assert!(matches!(session.move_messages(&set, &inbox()).await, Err(Error::Unsupported("MOVE"))));
    assert!(matches!(session.expunge(&set).await, Err(Error::Unsupported("UIDPLUS"))));
    drop(session);
    assert_eq!(server.await.unwrap().len(), 1, "nothing but the log-in was said");
}

#[tokio::test]
async fn a_message_is_appended_with_and_without_waiting_for_leave() {
    let script = vec![
        on("APPEND \"Sent\" (\\Seen) \"01-Jan-1970 00:00:00 +0000\" {6}", "+ go on\r\n"),
        on("a", ""),
        on("b", ""),
        on("", "TAG OK [APPENDUID 38505 3955] done\r\n"),
    ];
    let sent = MailboxName("Sent".into());
    let (mut waiting, server) = session("IMAP4rev1", script).await;
    let appended = waiting.append(&sent, Flags::SEEN, &[], Some(0), b"a\nb\r\n".to_vec()).await.unwrap();
    assert_eq!(appended, Some((UidValidity(38505), Uid(3955))));
    drop((waiting, server));

    let script = vec![on("APPEND \"Sent\" () {3+}", ""), on("a", ""), on("", "TAG NO [TRYCREATE] none\r\n")];
    let (mut eager, server) = session("IMAP4rev1 LITERAL+ APPENDLIMIT=100", script).await;
    let result = eager.append(&sent, Flags::empty(), &[], None, b"a\r\n".to_vec()).await;
    assert!(matches!(result, Err(Error::Refused { code: Some(code), .. }) if code == "TRYCREATE"));
    let result = eager.append(&sent, Flags::empty(), &[], None, vec![b'x'; 101]).await;
    assert!(matches!(result, Err(Error::TooLarge { what: "message", limit: 100 })));
    drop((eager, server));
}

#[tokio::test]
async fn idle_ends_with_news_or_when_cancelled() {
    let script = vec![
        on("IDLE", "+ idling\r\n* OK still here\r\n* 5 EXISTS\r\n"),
        on("DONE", "TAG OK done\r\n"),
        on("NOOP", "TAG OK done\r\n"),
        on("IDLE", "+ idling\r\n"),
        on("DONE", "TAG OK done\r\n"),
    ];
    let (mut session, server) = session(CAPABILITIES, script).await;
    let never = std::future::pending::<()>();
    assert_eq!(session.wait(Duration::from_secs(60), never).await.unwrap(), Wake::Changed);
    assert_eq!(session.take_changes().exists, Some(5));
    session.noop().await.unwrap();
    let soon = tokio::time::sleep(Duration::from_millis(20));
    assert_eq!(session.wait(Duration::from_secs(60), soon).await.unwrap(), Wake::Cancelled);
    drop(session);
    assert_eq!(server.await.unwrap().len(), 6);
}

#[tokio::test]
async fn without_idle_it_asks_now_and_then() {
    let script = vec![on("NOOP", "TAG OK nothing\r\n"), on("NOOP", "* 2 EXPUNGE\r\nTAG OK done\r\n")];
    let (mut session, _server) = session("IMAP4rev1", script).await;
    let never = std::future::pending::<()>();
    assert_eq!(session.wait(Duration::from_millis(5), never).await.unwrap(), Wake::Changed);
}
