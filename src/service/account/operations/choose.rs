//! Which operations go to the server next, together.

use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::service::account::mailboxes::paths_of;
use crate::storage::{OpId, OpKind, Operation};
use std::collections::HashSet;

/// Operations of one command on the wire.
const MOST: usize = 500;

/// The first operation that is due and all that can go with it; and when the next that waits is due.
///
/// Operations on different messages may pass each other; those on the same message keep their order,
/// and what needs a mailbox waits until it was made. What other connections have in hand (`in_flight`)
/// holds up all that concerns the same messages or mailboxes: a mailbox is worked on by one at a time.
pub(super) fn choose(pending: Vec<Operation>, in_flight: &HashSet<OpId>, now: i64) -> (Vec<Operation>, Option<i64>) {
    let mut before = Before::default();
    for operation in pending.iter().filter(|op| in_flight.contains(&op.id)) {
        before.busy(&operation.kind);
    }
    let mut group: Vec<Operation> = Vec::new();
    let mut next: Option<i64> = None;
    for operation in pending.into_iter().filter(|op| !in_flight.contains(&op.id)) {
        let is_behind = before.holds_up(&operation.kind);
        let is_due = operation.not_before <= now;
        if !is_behind && !is_due {
            next = Some(next.map_or(operation.not_before, |n| n.min(operation.not_before)));
        }
        let joins = match group.first() {
            None => true,
            Some(first) => group.len() < MOST && go_together(&first.kind, &operation.kind),
        };
        before.waits(&operation.kind);
        if !is_behind && is_due && joins {
            group.push(operation);
        }
    }
    (group, next)
}

/// What comes before an operation.
#[derive(Default)]
struct Before {
    /// Messages of operations that wait or are under way.
    messages: HashSet<MessageId>,
    /// Mailboxes that are to be made.
    unmade: HashSet<MailboxPath>,
    /// Mailboxes that another connection works on.
    busy: HashSet<MailboxPath>,
}

impl Before {
    fn busy(&mut self, kind: &OpKind) {
        self.waits(kind);
        self.busy.extend(paths_of(kind).into_iter().cloned());
    }
    fn waits(&mut self, kind: &OpKind) {
        self.messages.extend(messages_of(kind));
        if let OpKind::CreateMailbox { path } = kind {
            self.unmade.insert(path.clone());
        }
    }
    fn holds_up(&self, kind: &OpKind) -> bool {
        messages_of(kind).iter().any(|m| self.messages.contains(m))
            || paths_of(kind).iter().any(|p| self.unmade.contains(*p) || self.busy.contains(*p))
    }
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
            OpKind::SetFlags { mailbox: a, add, remove, add_keywords, remove_keywords, .. },
            OpKind::SetFlags {
                mailbox: b,
                add: add_too,
                remove: remove_too,
                add_keywords: add_keywords_too,
                remove_keywords: remove_keywords_too,
                ..
            },
        ) => {
            (a, add, remove) == (b, add_too, remove_too)
                && (add_keywords, remove_keywords) == (add_keywords_too, remove_keywords_too)
        }
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

    fn path(name: &str) -> MailboxPath {
        MailboxPath(name.into())
    }
    fn flag(message: u64, add: Flags) -> OpKind {
        OpKind::set_flags(path("INBOX"), MessageId(message), None, add, Flags::empty())
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
        assert_eq!(ids(&choose(all, &HashSet::new(), 0).0), [1, 3]);
    }

    #[test]
    fn what_waits_holds_up_its_own_message_alone() {
        let all = queue(vec![(flag(1, Flags::SEEN), 50), (moved(1, "Archive"), 0), (moved(2, "Archive"), 0)]);
        let (chosen, next) = choose(all.clone(), &HashSet::new(), 10);
        assert_eq!((ids(&chosen), next), (vec![3], Some(50)));
        assert_eq!(ids(&choose(all, &HashSet::new(), 50).0), [1]);
    }

    #[test]
    fn a_mailbox_is_made_before_it_is_used() {
        let all =
            queue(vec![(OpKind::CreateMailbox { path: path("New") }, 9), (moved(1, "New"), 0), (moved(2, "Old"), 0)]);
        assert_eq!(ids(&choose(all, &HashSet::new(), 0).0), [3]);
    }

    #[test]
    fn a_mailbox_in_hand_elsewhere_is_left_alone_and_the_others_go_on() {
        let in_hand = HashSet::from([OpId(1)]);
        let elsewhere =
            |message| OpKind::set_flags(path("Lists"), MessageId(message), None, Flags::SEEN, Flags::empty());
        let all = queue(vec![
            (moved(1, "Archive"), 0),
            (flag(2, Flags::SEEN), 0),
            (elsewhere(3), 0),
            (elsewhere(1), 0),
            (flag(4, Flags::SEEN), 7),
        ]);
        assert_eq!(ids(&choose(all.clone(), &in_hand, 0).0), [3], "INBOX and message 1 are busy");
        assert_eq!(ids(&choose(all.clone(), &HashSet::from([OpId(1), OpId(3)]), 0).0), [0; 0]);
        assert_eq!(ids(&choose(all, &HashSet::from([OpId(3)]), 0).0), [1]);
    }
}
