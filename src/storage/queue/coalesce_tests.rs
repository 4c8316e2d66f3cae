use super::*;
use crate::mail::uid::{Uid, UidValidity};
use proptest::prelude::*;

const UID: ServerUid = Some((UidValidity(7), Uid(9)));

fn path(name: &str) -> MailboxPath {
    MailboxPath(name.into())
}
fn flags(mailbox: &str, add: Flags, remove: Flags) -> OpKind {
    OpKind::set_flags(path(mailbox), MessageId(1), UID, add, remove)
}
fn moved(from: &str, to: &str) -> OpKind {
    let (message, message_id) = (MessageId(1), Some("a@b".into()));
    OpKind::Move { message, message_id, size: 1, from: path(from), uid: UID, to: path(to) }
}
fn append(mailbox: &str, flags: Flags) -> OpKind {
    OpKind::Append { message: MessageId(1), mailbox: path(mailbox), flags }
}
fn expunge(mailbox: &str) -> OpKind {
    OpKind::Expunge { message: MessageId(1), mailbox: path(mailbox), uid: UID, message_id: Some("a@b".into()) }
}
fn wish(kind: OpKind) -> Wish {
    Wish { new: NewOperation { account: "a".into(), kind, not_before: 0, group: 1 }, after: None }
}
fn row(id: i64, kind: OpKind, attempts: u32) -> Operation {
    let (account, reason) = ("a".into(), None);
    Operation { id: OpId(id), account, kind, created_at: 0, not_before: 0, attempts, reason, group: 0, after: None }
}
fn merge(waiting: Vec<OpKind>, wishes: Vec<OpKind>) -> Merged {
    let waiting = (1..).zip(waiting).map(|(id, kind)| row(id, kind, 0)).collect();
    coalesce(waiting, &HashSet::new(), wishes.into_iter().map(wish).collect())
}
/// What the queue holds afterwards.
fn queue(waiting: Vec<OpKind>, wishes: Vec<OpKind>) -> Vec<OpKind> {
    let merged = merge(waiting.clone(), wishes);
    let mut rows: Vec<(OpId, OpKind)> = (1..).map(OpId).zip(waiting).collect();
    rows.retain(|(id, _)| !merged.dropped.contains(id));
    for (id, kind) in merged.replaced {
        rows.iter_mut().filter(|(own, _)| *own == id).for_each(|(_, own)| *own = kind.clone());
    }
    rows.into_iter().map(|(_, kind)| kind).chain(merged.added.into_iter().map(|added| added.new.kind)).collect()
}

#[test]
fn ten_changes_of_flags_are_one() {
    let (seen, flagged, none) = (Flags::SEEN, Flags::FLAGGED, Flags::empty());
    let mut wishes = Vec::new();
    for _ in 0..5 {
        wishes.extend([flags("INBOX", seen.union(flagged), none), flags("INBOX", Flags::ANSWERED, seen)]);
    }
    let all = flagged.union(Flags::ANSWERED);
    assert_eq!(queue(vec![], wishes), [flags("INBOX", all, none)]);
    assert_eq!(queue(vec![flags("INBOX", seen, none)], vec![flags("INBOX", none, seen)]), []);
}

#[test]
fn flags_and_keywords_pass_moves() {
    let (seen, none) = (Flags::SEEN, Flags::empty());
    let label = |mailbox: &str| match flags(mailbox, none, none) {
        OpKind::SetFlags { mailbox, message, uid, add, remove, .. } => {
            let (add_keywords, remove_keywords) = (vec!["Work".into()], vec!["Later".into()]);
            OpKind::SetFlags { mailbox, message, uid, add, remove, add_keywords, remove_keywords }
        }
        other => other,
    };
    let before = vec![flags("INBOX", seen, none), moved("INBOX", "A")];
    let after = [flags("INBOX", seen.union(Flags::FLAGGED), none), moved("INBOX", "A")];
    assert_eq!(queue(before.clone(), vec![flags("A", Flags::FLAGGED, none)]), after);
    assert_eq!(queue(before, vec![label("A")]).len(), 2);
    let later = vec![moved("INBOX", "A"), label("A")];
    assert_eq!(queue(later, vec![moved("A", "B")]).len(), 2);
}

#[test]
fn a_move_after_a_move_is_one_and_back_home_is_none() {
    let later = || vec![moved("INBOX", "A"), flags("A", Flags::SEEN, Flags::empty())];
    let expected = [moved("INBOX", "B"), flags("B", Flags::SEEN, Flags::empty())];
    assert_eq!(queue(later(), vec![moved("A", "B")]), expected);
    let merged = merge(later(), vec![moved("A", "INBOX")]);
    assert_eq!(merged.dropped, [OpId(1)]);
    assert_eq!(merged.replaced, [(OpId(2), flags("INBOX", Flags::SEEN, Flags::empty()))]);
    let (account, mailbox) = ("a".to_string(), path("INBOX"));
    assert_eq!(merged.home, [Home { account, message: MessageId(1), mailbox, uid: UID }]);
    assert_eq!(merged.added, []);
}

#[test]
fn what_was_tried_or_is_under_way_is_left_alone() {
    let (wishes, seen) = (vec![wish(moved("A", "B"))], flags("A", Flags::SEEN, Flags::empty()));
    let tried = coalesce(vec![row(1, moved("INBOX", "A"), 1)], &HashSet::new(), wishes.clone());
    let under_way = coalesce(vec![row(1, moved("INBOX", "A"), 0)], &HashSet::from([OpId(1)]), wishes);
    for merged in [tried, under_way] {
        assert_eq!((merged.replaced.len(), merged.dropped.len(), merged.added.len()), (0, 0, 1));
    }
    // Flags after a tried move do not slip before it.
    let waiting = vec![row(1, seen.clone(), 0), row(2, moved("A", "B"), 3)];
    let merged = coalesce(waiting, &HashSet::new(), vec![wish(flags("B", Flags::empty(), Flags::SEEN))]);
    assert_eq!((merged.dropped.len(), merged.added.len()), (0, 1));
}

#[test]
fn what_was_never_appended_is_not_appended() {
    let seen = Flags::SEEN;
    let flagged = flags("Sent", Flags::FLAGGED, Flags::empty());
    let moved_on = queue(vec![append("Sent", seen)], vec![flagged, moved("Sent", "Trash")]);
    assert_eq!(moved_on, [append("Trash", seen.union(Flags::FLAGGED))]);
    let local = OpKind::Expunge { message: MessageId(1), mailbox: path("Trash"), uid: None, message_id: None };
    assert_eq!(queue(moved_on, vec![expunge("Trash")]), [local]);
    assert_eq!(queue(vec![moved("A", "Trash")], vec![expunge("Trash")]).len(), 2, "it is on the server");
}

#[test]
fn a_copy_keeps_the_flags_of_its_moment() {
    let (message, source) = (MessageId(2), MessageId(1));
    let copy =
        OpKind::Copy { message, source, message_id: None, size: 1, from: path("INBOX"), uid: UID, to: path("A") };
    let waiting = vec![flags("INBOX", Flags::SEEN, Flags::empty()), copy];
    assert_eq!(queue(waiting, vec![flags("INBOX", Flags::empty(), Flags::SEEN)]).len(), 3);
}

#[test]
fn what_waits_follows_a_renamed_mailbox() {
    let rename = |from: &str, to: &str| OpKind::RenameMailbox { mailbox: MailboxId(5), from: path(from), to: path(to) };
    let waiting = vec![moved("INBOX", "A/x"), append("Ab", Flags::empty())];
    let expected = [moved("INBOX", "B/x"), append("Ab", Flags::empty()), rename("A", "B")];
    assert_eq!(queue(waiting, vec![rename("A", "B")]), expected);
    assert_eq!(queue(expected.to_vec(), vec![rename("B", "C")])[2], rename("A", "C"));
    assert_eq!(queue(vec![rename("A", "B")], vec![rename("B", "A")]), []);
    let taken = vec![rename("A", "B"), OpKind::CreateMailbox { path: path("A") }];
    assert_eq!(queue(taken, vec![rename("B", "C")]).len(), 3);
}

#[test]
fn what_waits_for_another_finds_it_wherever_it_ended() {
    let second = |kind, after| Wish { after, ..wish(kind) };
    let other = |to: &str| OpKind::Move {
        message: MessageId(2),
        message_id: None,
        size: 1,
        from: path("INBOX"),
        uid: UID,
        to: path(to),
    };
    let wishes = || vec![wish(append("A", Flags::empty())), second(other("Trash"), Some(0))];
    let merged = coalesce(vec![], &HashSet::new(), wishes());
    assert_eq!(merged.added[1].after, Some(After::Added(0)));
    let subscribe = |subscribed| OpKind::Subscribe { path: path("A"), subscribed };
    let waiting = vec![row(4, subscribe(true), 0)];
    let merged = coalesce(waiting, &HashSet::new(), vec![wish(subscribe(true)), second(other("B"), Some(0))]);
    assert_eq!(merged.added[0].after, Some(After::Waiting(OpId(4))));
}

/// A step of a person with one message.
#[derive(Clone, Debug)]
enum Step {
    Flags(u8, bool),
    Move(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![(0..3u8, any::<bool>()).prop_map(|(bit, on)| Step::Flags(bit, on)), (0..3u8).prop_map(Step::Move)]
}

/// What a server makes of the queue: where the message is, with which flags.
fn carried_out(queue: &[OpKind]) -> (MailboxPath, Flags) {
    let (mut place, mut flags) = (path("0"), Flags::empty());
    for kind in queue {
        match kind {
            OpKind::SetFlags { mailbox, add, remove, .. } => {
                assert_eq!(*mailbox, place);
                flags = flags.union(*add).without(*remove);
            }
            OpKind::Move { from, to, .. } => {
                assert_eq!(*from, place);
                place = to.clone();
            }
            _ => unreachable!(),
        }
    }
    (place, flags)
}

proptest! {
    #[test]
    fn the_server_ends_where_the_person_did(steps in prop::collection::vec(step(), 0..20)) {
        let (mut place, mut own, mut waiting) = ("0".to_string(), Flags::empty(), Vec::new());
        for step in steps {
            let kind = match step {
                Step::Flags(bit, on) => {
                    let flag = Flags(1 << bit);
                    let wanted = if on { own.union(flag) } else { own.without(flag) };
                    let (add, remove) = (wanted.without(own), own.without(wanted));
                    if add.is_empty() && remove.is_empty() { continue }
                    own = wanted;
                    flags(&place, add, remove)
                }
                Step::Move(to) => {
                    let to = to.to_string();
                    if to == place { continue }
                    moved(&std::mem::replace(&mut place, to.clone()), &to)
                }
            };
            waiting = queue(waiting, vec![kind]);
            prop_assert!(waiting.len() <= 3, "{waiting:?}");
        }
        prop_assert_eq!(carried_out(&waiting), (path(&place), own));
    }
}
