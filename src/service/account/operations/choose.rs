//! Which operations go to the server next, together.

use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::storage::{OpKind, Operation};
use std::collections::HashSet;

/// Operations of one command on the wire.
const MOST: usize = 500;

/// The first operation that is due and all that can go with it; and when the next that waits is due.
///
/// Operations on different messages may pass each other; those on the same message keep their order,
/// and what needs a mailbox waits until it was made.
pub(super) fn choose(pending: Vec<Operation>, now: i64) -> (Vec<Operation>, Option<i64>) {
    let mut group: Vec<Operation> = Vec::new();
    let mut next: Option<i64> = None;
    let mut messages: HashSet<MessageId> = HashSet::new();
    let mut paths: HashSet<MailboxPath> = HashSet::new();
    for operation in pending {
        let concerned = messages_of(&operation.kind);
        let needs = super::super::mailboxes::paths_of(&operation.kind);
        let is_behind = concerned.iter().any(|m| messages.contains(m)) || needs.iter().any(|p| paths.contains(*p));
        let is_due = operation.not_before <= now;
        if !is_behind && !is_due {
            next = Some(next.map_or(operation.not_before, |n| n.min(operation.not_before)));
        }
        let joins = match group.first() {
            None => true,
            Some(first) => group.len() < MOST && go_together(&first.kind, &operation.kind),
        };
        messages.extend(concerned);
        if let OpKind::CreateMailbox { path } = &operation.kind {
            paths.insert(path.clone());
        }
        if !is_behind && is_due && joins {
            group.push(operation);
        }
    }
    (group, next)
}

fn messages_of(kind: &OpKind) -> Vec<MessageId> {
    match kind {
        OpKind::SetFlags { message, .. }
        | OpKind::Move { message, .. }
        | OpKind::Expunge { message, .. }
        | OpKind::Append { message, .. } => vec![*message],
        OpKind::Copy { message, source, .. } => vec![*message, *source],
        OpKind::CreateMailbox { .. } => Vec::new(),
    }
}

fn go_together(first: &OpKind, other: &OpKind) -> bool {
    match (first, other) {
        (
            OpKind::SetFlags { mailbox: a, add, remove, .. },
            OpKind::SetFlags { mailbox: b, add: add_too, remove: remove_too, .. },
        ) => a == b && add == add_too && remove == remove_too,
        (OpKind::Move { from: a, to, .. }, OpKind::Move { from: b, to: to_too, .. })
        | (OpKind::Copy { from: a, to, .. }, OpKind::Copy { from: b, to: to_too, .. }) => a == b && to == to_too,
        (OpKind::Expunge { mailbox: a, .. }, OpKind::Expunge { mailbox: b, .. }) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::flags::Flags;
    use crate::storage::OpId;

    fn path(name: &str) -> MailboxPath {
        MailboxPath(name.into())
    }
    fn flag(message: u64, add: Flags) -> OpKind {
        OpKind::SetFlags { mailbox: path("INBOX"), message: MessageId(message), uid: None, add, remove: Flags::empty() }
    }
    fn moved(message: u64, to: &str) -> OpKind {
        let message = MessageId(message);
        OpKind::Move { message, message_id: None, size: 1, from: path("INBOX"), uid: None, to: path(to) }
    }
    fn queue(kinds: Vec<(OpKind, i64)>) -> Vec<Operation> {
        let number = |(id, (kind, not_before))| Operation {
            id: OpId(id),
            account: "a".into(),
            kind,
            created_at: 0,
            not_before,
            attempts: 0,
            reason: None,
            group: 0,
        };
        (1..).zip(kinds).map(number).collect()
    }
    fn ids(chosen: &[Operation]) -> Vec<i64> {
        chosen.iter().map(|op| op.id.0).collect()
    }

    #[test]
    fn equal_changes_go_together_and_a_messages_own_keep_their_order() {
        let all = queue(vec![
            (flag(1, Flags::SEEN), 0),
            (moved(1, "Archive"), 0),
            (flag(2, Flags::SEEN), 0),
            (flag(1, Flags::SEEN), 0),
            (flag(3, Flags::FLAGGED), 0),
        ]);
        assert_eq!(ids(&choose(all, 0).0), [1, 3]);
    }

    #[test]
    fn what_waits_holds_up_its_own_message_alone() {
        let all = queue(vec![(flag(1, Flags::SEEN), 50), (moved(1, "Archive"), 0), (moved(2, "Archive"), 0)]);
        let (chosen, next) = choose(all.clone(), 10);
        assert_eq!((ids(&chosen), next), (vec![3], Some(50)));
        assert_eq!(ids(&choose(all, 50).0), [1]);
    }

    #[test]
    fn a_mailbox_is_made_before_it_is_used() {
        let all =
            queue(vec![(OpKind::CreateMailbox { path: path("New") }, 9), (moved(1, "New"), 0), (moved(2, "Old"), 0)]);
        assert_eq!(ids(&choose(all, 0).0), [3]);
    }
}
