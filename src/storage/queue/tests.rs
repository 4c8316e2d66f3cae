//! The durable queue: what was written is there after a restart, whatever happens to the index.

use super::operations::{NewOperation, OpKind, OpState};
use super::outbox::{NewOutbox, OutboxState, Recipient, RecipientOutcome};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::{Error, LedgerEntry, LedgerState, OutboxChange, Profile, Store};
use sha2::Digest;
use tempfile::TempDir;

fn desk() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    (dir, store)
}

fn open(dir: &TempDir) -> Store {
    Store::open(&Profile::open(dir.path()).unwrap()).unwrap()
}

fn every_kind() -> Vec<OpKind> {
    let (message, from, to) = (MessageId(0xabc), MailboxPath("INBOX".into()), MailboxPath("Archiv/Ä".into()));
    let uid = Some((UidValidity(7), Uid(9)));
    let message_id = Some("a@b".to_string());
    vec![
        OpKind::set_flags(from.clone(), message, uid, Flags::SEEN, Flags::empty()),
        OpKind::Move { message, message_id: message_id.clone(), size: 5, from: from.clone(), uid, to: to.clone() },
        OpKind::Copy {
            message,
            source: MessageId(1),
            message_id: message_id.clone(),
            size: 5,
            from: from.clone(),
            uid: None,
            to: to.clone(),
        },
        OpKind::Expunge { message, mailbox: from.clone(), uid, message_id },
        OpKind::Append { message, mailbox: from, flags: Flags::DRAFT },
        OpKind::CreateMailbox { path: to },
    ]
}

#[test]
fn operations_wait_in_order_and_survive() {
    let (dir, store) = desk();
    let group = store.operations().new_group().unwrap();
    assert!(store.operations().new_group().unwrap() > group);
    let new: Vec<NewOperation> = every_kind()
        .into_iter()
        .map(|kind| NewOperation { account: "work".into(), kind, not_before: 3, group })
        .collect();
    let (ids, token) = store.operations().enqueue_with_undo(&new, group, "{\"back\":1}").unwrap();
    let other = NewOperation { account: "home".into(), ..new[0].clone() };
    store.operations().enqueue(&[other]).unwrap();
    drop(store);
    let store = open(&dir);
    let operations = store.operations();
    let pending = operations.pending(Some("work")).unwrap();
    assert_eq!(pending.iter().map(|o| o.id).collect::<Vec<_>>(), ids);
    assert_eq!(pending.iter().map(|o| o.kind.clone()).collect::<Vec<_>>(), every_kind());
    assert_eq!(operations.pending(None).unwrap().len(), 7);
    assert_eq!(operations.of_group(group).unwrap().len(), 7);
    let state = OpState { attempts: 2, not_before: 99, reason: Some("NO try later".into()) };
    operations.update(ids[0], &state).unwrap();
    operations.replace(ids[1], &every_kind()[5]).unwrap();
    operations.done(ids[2]).unwrap();
    assert!(operations.cancel(ids[3]).unwrap());
    assert!(!operations.cancel(ids[3]).unwrap());
    assert_eq!(operations.cancel_all(&ids[3..5]).unwrap(), 1);
    let pending = operations.pending(Some("work")).unwrap();
    assert_eq!(pending.iter().map(|o| o.id).collect::<Vec<_>>(), [ids[0], ids[1], ids[5]]);
    assert_eq!((pending[0].attempts, pending[0].not_before), (2, 99));
    assert_eq!(pending[0].reason.as_deref(), Some("NO try later"));
    assert_eq!(pending[1].kind, every_kind()[5]);
    let undo = store.undo_log();
    assert_eq!(undo.peek(token).unwrap(), Some((group, "{\"back\":1}".into())));
    assert_eq!(undo.take(token).unwrap(), Some((group, "{\"back\":1}".into())));
    assert_eq!(undo.take(token).unwrap(), None);
    let kept = undo.record(group, "x").unwrap();
    assert!(kept > token, "a token is never given twice");
    assert_eq!(undo.expire(i64::MAX).unwrap(), 1);
    assert!(open_is_locked(&dir));
}

fn open_is_locked(dir: &TempDir) -> bool {
    matches!(Store::open(&Profile::open(dir.path()).unwrap()), Err(Error::Locked))
}

fn new_outbox() -> NewOutbox {
    NewOutbox {
        account: "work".into(),
        message_id: "m@a.test".into(),
        subject: "Hello".into(),
        reverse_path: "me@a.test".into(),
        recipients: vec!["bob@b.test".into(), "carol@c.test".into()],
        not_before: 10,
        draft_json: Some("{}".into()),
        bcc: None,
        report: false,
        leaves_at: None,
        measures: Some("m".into()),
    }
}

#[test]
fn a_message_on_its_way_out_is_in_one_state() {
    let (dir, store) = desk();
    let outbox = store.outbox();
    let id = outbox.insert(&new_outbox(), b"first").unwrap();
    let waiting = OutboxState::Waiting { not_before: 10, reason: None, attempts: 0 };
    assert_eq!(outbox.item(id).unwrap().unwrap().state, waiting);
    assert!(outbox.advance(id, &waiting, &OutboxState::Sending).unwrap());
    assert!(!outbox.advance(id, &waiting, &OutboxState::Sending).unwrap(), "two cannot send it");
    assert_eq!(outbox.cancel(id).unwrap(), None, "what is being sent cannot be called back");
    drop((outbox, store));
    let store = open(&dir);
    let outbox = store.outbox();
    assert_eq!(outbox.items().unwrap()[0].state, OutboxState::Sending);
    let mut recipients = outbox.item(id).unwrap().unwrap().recipients;
    assert_eq!(recipients[1], Recipient { address: "carol@c.test".into(), outcome: RecipientOutcome::Waiting });
    recipients[0].outcome = RecipientOutcome::Accepted;
    recipients[1].outcome = RecipientOutcome::Refused { reply: "550 no".into(), permanent: true };
    let refused = OutboxState::Refused { reply: "550 no".into() };
    outbox.set_state(id, &refused, Some(&recipients)).unwrap();
    outbox.set_state(id, &refused, None).unwrap();
    let item = outbox.item(id).unwrap().unwrap();
    assert_eq!((item.state.clone(), item.recipients.clone()), (refused, recipients.clone()));
    outbox.replace(id, Some(b"second"), &recipients[1..], &waiting).unwrap();
    assert_eq!(outbox.raw(id).unwrap(), b"second");
    assert_eq!(outbox.item(id).unwrap().unwrap().size, 6);
    assert_eq!(std::fs::read_dir(dir.path().join("outbox")).unwrap().count(), 1);
    let taken = outbox.cancel(id).unwrap().unwrap();
    assert_eq!(taken.draft_json.as_deref(), Some("{}"));
    assert_eq!(outbox.items().unwrap(), []);
    assert_eq!(std::fs::read_dir(dir.path().join("outbox")).unwrap().count(), 0);
    assert!(matches!(outbox.set_state(id, &OutboxState::Unknown, None), Err(Error::NotFound(_))));
    assert!(matches!(outbox.raw(id), Err(Error::NotFound(_))));
    outbox.remove(id).unwrap();
    assert!(outbox.insert(&new_outbox(), b"x").unwrap() > id, "an id is never given twice");
}

#[test]
fn states_are_stored_as_they_are() {
    let (_dir, store) = desk();
    let outbox = store.outbox();
    let id = outbox.insert(&new_outbox(), b"x").unwrap();
    for state in [
        OutboxState::Waiting { not_before: i64::MAX, reason: Some("4.2.0 „später“".into()), attempts: 7 },
        OutboxState::Sending,
        OutboxState::Unknown,
        OutboxState::Refused { reply: String::new() },
        OutboxState::Accepted { reply: "250 2.0.0 Ok: queued as 4F".into() },
    ] {
        outbox.set_state(id, &state, None).unwrap();
        assert_eq!(outbox.item(id).unwrap().unwrap().state, state);
    }
}

#[test]
fn many_states_are_set_at_once() {
    let (_dir, store) = desk();
    let outbox = store.outbox();
    let ids: Vec<i64> = (0..3).map(|_| outbox.insert(&new_outbox(), b"x").unwrap()).collect();
    let waiting = OutboxState::Waiting { not_before: 10, reason: None, attempts: 0 };
    outbox.set_state(ids[1], &OutboxState::Unknown, None).unwrap();
    let entries: Vec<_> = ids.iter().map(|id| (*id, waiting.clone())).collect();
    let advanced = outbox.advance_all(&entries, &OutboxState::Sending).unwrap();
    assert_eq!(advanced, [ids[0], ids[2]], "what is in another state stays");
    let accepted = OutboxState::Accepted { reply: "250".into() };
    let change = |id, state: &OutboxState| OutboxChange { id, state: state.clone(), recipients: None };
    outbox.set_states(&[change(ids[0], &accepted), change(ids[2], &waiting), change(77, &waiting)]).unwrap();
    let states: Vec<OutboxState> = outbox.items().unwrap().into_iter().map(|item| item.state).collect();
    assert_eq!(states, [accepted, OutboxState::Unknown, waiting]);
    outbox.remove_all(&[ids[0], ids[1], 77]).unwrap();
    assert_eq!(outbox.items().unwrap().len(), 1);
}

#[test]
fn another_time_is_given_only_to_what_still_waits() {
    let (dir, store) = desk();
    let outbox = store.outbox();
    let id = outbox.insert(&NewOutbox { leaves_at: Some(10), report: true, ..new_outbox() }, b"x").unwrap();
    let at = |not_before| OutboxState::Waiting { not_before, reason: None, attempts: 0 };
    assert!(outbox.reschedule(id, &at(10), &at(20), Some(20)).unwrap());
    assert!(!outbox.reschedule(id, &at(10), &at(30), None).unwrap());
    drop((outbox, store));
    let item = open(&dir).outbox().item(id).unwrap().unwrap();
    assert_eq!((item.state, item.leaves_at, item.report), (at(20), Some(20), true));
}

#[test]
fn a_large_message_is_placed_as_a_file() {
    let (dir, store) = desk();
    let outbox = store.outbox();
    let mut file = outbox.scratch().unwrap();
    std::io::Write::write_all(&mut file, b"large").unwrap();
    let id = outbox.insert_file(&new_outbox(), file).unwrap();
    drop(outbox.scratch().unwrap());
    assert_eq!((outbox.raw(id).unwrap(), outbox.item(id).unwrap().unwrap().size), (b"large".to_vec(), 5));
    assert_eq!(std::fs::read_dir(dir.path().join("outbox")).unwrap().count(), 1);
}

#[test]
fn what_was_measured_of_a_message_is_of_its_bytes() {
    let (_dir, store) = desk();
    let outbox = store.outbox();
    let hash = |bytes: &[u8]| Some(sha2::Sha256::digest(bytes).into());
    let measured = |id| {
        let item = outbox.item(id).unwrap().unwrap();
        (item.sha256, item.measures)
    };
    let mut file = outbox.scratch().unwrap();
    std::io::Write::write_all(&mut file, b"large").unwrap();
    let placed = outbox.insert_file(&new_outbox(), file).unwrap();
    assert_eq!(measured(placed), (hash(b"large"), Some("m".into())));
    let id = outbox.insert(&new_outbox(), b"first").unwrap();
    assert_eq!(measured(id), (hash(b"first"), Some("m".into())));
    let waiting = OutboxState::Waiting { not_before: 10, reason: None, attempts: 0 };
    outbox.replace(id, None, &[], &waiting).unwrap();
    assert_eq!(measured(id), (hash(b"first"), Some("m".into())));
    outbox.replace(id, Some(b"second"), &[], &waiting).unwrap();
    assert_eq!(measured(id), (hash(b"second"), None), "what was said of other bytes is void");
}

#[test]
fn a_queue_of_an_earlier_version_is_taken_over() {
    let (dir, store) = desk();
    let id = store.outbox().insert(&new_outbox(), b"old").unwrap();
    drop(store);
    let connection = rusqlite::Connection::open(dir.path().join("queue.db")).unwrap();
    for column in ["bcc", "report", "leaves_at", "sha256", "measures"] {
        connection.execute(&format!("ALTER TABLE outbox DROP COLUMN {column}"), []).unwrap();
    }
    connection.execute("ALTER TABLE ledger DROP COLUMN size", []).unwrap();
    connection.execute("DROP TABLE arrival", []).unwrap();
    connection.execute("DROP TABLE saved_search", []).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let store = open(&dir);
    let item = store.outbox().item(id).unwrap().unwrap();
    assert_eq!((item.bcc, item.report, item.leaves_at), (None, false, None));
    assert_eq!((item.sha256, item.measures), (None, None));
    assert_eq!((item.subject.as_str(), store.outbox().raw(id).unwrap()), ("Hello", b"old".to_vec()));
    drop(store);
    let connection = rusqlite::Connection::open(dir.path().join("queue.db")).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    assert!(matches!(Store::open(&Profile::open(dir.path()).unwrap()), Err(Error::Damaged { .. })));
}

#[test]
fn the_ledger_remembers_each_message_of_a_server() {
    let (dir, store) = desk();
    let entry = |uidl: &str, state| LedgerEntry {
        uidl: uidl.into(),
        header_hash: Some("h".into()),
        size: Some(77),
        message: Some(MessageId(5)),
        state,
    };
    let all = [
        LedgerEntry { header_hash: None, message: None, ..entry("a", LedgerState::Known) },
        entry("b", LedgerState::Downloaded),
        entry("c", LedgerState::RemoveAt(1234)),
        entry("d", LedgerState::Removed),
    ];
    store.ledger().set("pop", &all).unwrap();
    store.ledger().set("other", &all[..1]).unwrap();
    drop(store);
    let store = open(&dir);
    assert_eq!(store.ledger().entries("pop").unwrap(), all);
    store.ledger().set("pop", &[entry("a", LedgerState::Downloaded)]).unwrap();
    store.ledger().forget("pop", &["b".into(), "zzz".into()]).unwrap();
    let states: Vec<_> = store.ledger().entries("pop").unwrap().into_iter().map(|e| (e.uidl, e.state)).collect();
    assert_eq!(
        states,
        [
            ("a".to_string(), LedgerState::Downloaded),
            ("c".to_string(), LedgerState::RemoveAt(1234)),
            ("d".to_string(), LedgerState::Removed)
        ]
    );
    store.remove_account("pop").unwrap();
    assert_eq!(store.ledger().entries("pop").unwrap(), []);
    assert_eq!(store.ledger().entries("other").unwrap().len(), 1);
}

#[test]
fn a_damaged_queue_is_told_and_left_alone() {
    let (dir, store) = desk();
    drop(store);
    let path = dir.path().join("queue.db");
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(dir.path().join(format!("queue.db{suffix}")));
    }
    std::fs::write(&path, b"this is no database, but it may have been one").unwrap();
    let result = Store::open(&Profile::open(dir.path()).unwrap());
    assert!(matches!(result, Err(Error::Damaged { .. })));
    assert!(std::fs::read(&path).unwrap().starts_with(b"this is no database"));
}

#[test]
fn deleting_the_index_touches_no_queue() {
    let (dir, store) = desk();
    let group = store.operations().new_group().unwrap();
    let new = NewOperation { account: "work".into(), kind: every_kind()[0].clone(), not_before: 0, group };
    store.operations().enqueue(&[new]).unwrap();
    store.rebuild(&mut |_, _, _| {}).unwrap();
    drop(store);
    std::fs::remove_file(dir.path().join("index.db")).unwrap();
    assert_eq!(open(&dir).operations().pending(None).unwrap().len(), 1);
}

#[test]
fn everything_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, store) = desk();
    store.outbox().insert(&new_outbox(), b"x").unwrap();
    let mut waiting = vec![dir.path().to_path_buf()];
    while let Some(path) = waiting.pop() {
        let meta = path.metadata().unwrap();
        let wanted = if meta.is_dir() { 0o700 } else { 0o600 };
        if path != dir.path() {
            assert_eq!(meta.permissions().mode() & 0o777, wanted, "{}", path.display());
        }
        if meta.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        }
    }
}

#[test]
fn searches_are_kept_under_names_that_nobody_else_has() {
    let (dir, store) = desk();
    let saved = store.saved_searches();
    let id = saved.save("  Bills\u{202e} ", "from:bank is:unread").unwrap();
    let other = saved.save("aunts", "from:aunt").unwrap();
    assert_eq!(saved.save("aunts", " from:aunt ").unwrap(), other);
    assert!(matches!(saved.save("AUNTS", "from:uncle"), Err(Error::Invalid(_))));
    for (name, line) in [("", "x"), (" ", "x"), ("x", " ")] {
        assert!(matches!(saved.save(name, line), Err(Error::Invalid(_))), "{name:?} {line:?}");
    }
    assert!(matches!(saved.rename(id, "Aunts"), Err(Error::Invalid(_))));
    assert!(matches!(saved.rename(99, "x"), Err(Error::NotFound(_))));
    saved.rename(other, "AUNTS").unwrap();
    drop((saved, store));
    let saved = open(&dir).saved_searches();
    let names: Vec<String> = saved.all().unwrap().into_iter().map(|s| s.name).collect();
    assert_eq!(names, ["AUNTS", "Bills\u{fffd}"]);
    assert_eq!(saved.find(id).unwrap().unwrap().line, "from:bank is:unread");
    assert!(saved.delete(id).unwrap() && !saved.delete(id).unwrap());
    assert_eq!(saved.all().unwrap().len(), 1);
}
