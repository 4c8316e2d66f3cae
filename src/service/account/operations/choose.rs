//! Which operations go to the server next, together.

use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::service::backoff::retry_after;
use crate::service::foreign::HELD;
use crate::storage::{OpId, OpKind, Operation};
use std::collections::HashSet;

/// Operations of one command on the wire.
const MOST: usize = 2000;
/// No operation that was not tried yet waits longer, so that it can be taken back.
const MOST_DELAY: i64 = 3600;

/// The first operation that is due and all that can go with it; and when the next that waits is due.
///
/// Operations on different messages may pass each other; those on the same message keep their order, what needs a
/// mailbox waits until it was made, one is deleted when everything before has left it, and changes of the tree keep
/// their order. What other connections have in hand (`in_flight`) holds up all that concerns the same messages or
/// mailboxes: a mailbox is worked on by one at a time. `pending` may be the beginning of a longer queue.
pub(super) fn choose(pending: Vec<Operation>, in_flight: &HashSet<OpId>, now: i64) -> (Vec<Operation>, Option<i64>) {
    let mut before = Before::default();
    for operation in pending.iter().filter(|op| in_flight.contains(&op.id)) {
        before.busy(&operation.kind);
    }
    let mut group: Vec<Operation> = Vec::new();
    let mut next: Option<i64> = None;
    for operation in pending.into_iter().filter(|op| !in_flight.contains(&op.id)) {
        let is_behind = operation.after.is_some() || before.holds_up(&operation.kind);
        let due = due(&operation, now);
        let is_due = due <= now;
        if !is_behind && !is_due {
            next = Some(next.map_or(due, |n| n.min(due)));
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

/// When an operation is due. A time that lies further off than any delay there is, is that of a clock that was wrong;
/// only what waits for the person's word has none.
fn due(operation: &Operation, now: i64) -> i64 {
    let longest = if operation.attempts > 0 { retry_after(operation.attempts) } else { MOST_DELAY };
    let is_wrong = operation.not_before < HELD && operation.not_before.saturating_sub(now) > longest;
    if is_wrong { now } else { operation.not_before }
}

/// What comes before an operation.
#[derive(Default)]
struct Before {
    /// Messages of operations that wait or are under way.
    messages: HashSet<MessageId>,
    /// Mailboxes that messages wait for, or in.
    named: HashSet<MailboxPath>,
    /// Mailboxes that are to be made.
    unmade: HashSet<MailboxPath>,
    /// Mailboxes that are to go, with all below.
    doomed: Vec<MailboxPath>,
    /// Mailboxes of which the tree is to change.
    trees: Vec<MailboxPath>,
    /// Mailboxes that another connection works on.
    busy: HashSet<MailboxPath>,
    /// The same with all below.
    busy_trees: Vec<MailboxPath>,
}

impl Before {
    fn busy(&mut self, kind: &OpKind) {
        self.waits(kind);
        let paths = kind.paths().cloned();
        match kind {
            OpKind::RenameMailbox { .. } | OpKind::DeleteMailbox { .. } => self.busy_trees.extend(paths),
            _ => self.busy.extend(paths),
        }
    }

    fn waits(&mut self, kind: &OpKind) {
        self.messages.extend(kind.messages());
        match kind {
            OpKind::CreateMailbox { path } => {
                self.unmade.insert(path.clone());
                self.trees.push(path.clone());
            }
            OpKind::DeleteMailbox { path, .. } => {
                self.doomed.push(path.clone());
                self.trees.push(path.clone());
            }
            OpKind::RenameMailbox { from, to, .. } => self.trees.extend([from.clone(), to.clone()]),
            OpKind::Subscribe { path, .. } => self.trees.push(path.clone()),
            _ => self.named.extend(kind.paths().cloned()),
        }
    }

    fn holds_up(&self, kind: &OpKind) -> bool {
        let within = |trees: &[MailboxPath], path: &MailboxPath| trees.iter().any(|tree| path.is_within(tree));
        let meets = |tree: &MailboxPath| self.trees.iter().any(|t| t.is_within(tree) || tree.is_within(t));
        let is_busy = |path: &MailboxPath| self.busy.contains(path) || within(&self.busy_trees, path);
        let busy_below = |tree: &MailboxPath| {
            self.busy.iter().chain(&self.busy_trees).any(|p| p.is_within(tree)) || within(&self.busy_trees, tree)
        };
        match kind {
            // What waits in it may go before or after: it has the server's name until then.
            OpKind::RenameMailbox { from, to, .. } => [from, to].iter().any(|p| busy_below(p) || meets(p)),
            OpKind::DeleteMailbox { path, .. } => {
                busy_below(path) || meets(path) || self.named.iter().any(|p| p.is_within(path))
            }
            OpKind::CreateMailbox { path } | OpKind::Subscribe { path, .. } => is_busy(path) || meets(path),
            _ => {
                kind.messages().any(|m| self.messages.contains(&m))
                    || kind.paths().any(|p| self.unmade.contains(p) || within(&self.doomed, p) || is_busy(p))
            }
        }
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
    use crate::mail::ids::MailboxId;

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
            after: None,
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
    fn a_time_that_a_wrong_clock_gave_is_no_wait() {
        let mut all = queue(vec![(moved(1, "A"), 50_000), (moved(2, "B"), 100_000), (moved(3, "C"), HELD)]);
        all[0].attempts = 1;
        let tried = all[..1].to_vec();
        assert_eq!(ids(&choose(all.clone(), &HashSet::new(), 10).0), [1], "set back by half a day");
        assert_eq!(choose(tried.clone(), &HashSet::new(), 49_980).1, Some(50_000), "in its time");
        assert_eq!(ids(&choose(all[1..].to_vec(), &HashSet::new(), 10).0), [2]);
        assert_eq!(choose(all[2..].to_vec(), &HashSet::new(), 10), (Vec::new(), Some(HELD)), "for the person's word");
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

    fn delete(name: &str) -> OpKind {
        OpKind::DeleteMailbox { mailbox: MailboxId(1), path: path(name), for_good: false, seen: None }
    }
    fn rename(from: &str, to: &str) -> OpKind {
        OpKind::RenameMailbox { mailbox: MailboxId(1), from: path(from), to: path(to) }
    }
    fn make(name: &str) -> OpKind {
        OpKind::CreateMailbox { path: path(name) }
    }
    fn first(kinds: Vec<OpKind>, in_flight: &[i64]) -> Vec<i64> {
        let in_flight: HashSet<OpId> = in_flight.iter().copied().map(OpId).collect();
        ids(&choose(queue(kinds.into_iter().map(|kind| (kind, 0)).collect()), &in_flight, 0).0)
    }

    #[test]
    fn a_mailbox_is_deleted_when_everything_has_left_it() {
        let all = || vec![moved(1, "A/b"), delete("A/b"), delete("A"), make("A")];
        assert_eq!(first(all(), &[]), [1]);
        assert_eq!(first(all(), &[1]), [0; 0]);
        assert_eq!(first(all()[1..].to_vec(), &[]), [1], "the deepest first");
        assert_eq!(first(all()[1..].to_vec(), &[1]), [0; 0], "and the next only after it");
        assert_eq!(first(vec![delete("A"), moved(1, "B")], &[1]), [2]);
    }

    #[test]
    fn a_renaming_is_alone_with_its_mailboxes() {
        assert_eq!(first(vec![moved(1, "B"), rename("A", "B")], &[1]), [0; 0], "someone is at work there");
        assert_eq!(first(vec![rename("A", "B"), moved(1, "B/x"), moved(2, "C")], &[1]), [3]);
        assert_eq!(first(vec![rename("A", "B"), make("A"), rename("B", "C")], &[1]), [0; 0]);
        // A renaming that was refused holds up no mail.
        let all = queue(vec![(rename("A", "B"), 99), (moved(1, "B"), 0), (make("A/c"), 0)]);
        let (chosen, next) = choose(all, &HashSet::new(), 0);
        assert_eq!((ids(&chosen), next), (vec![2], Some(99)));
    }

    #[test]
    fn what_waits_for_another_account_waits() {
        let mut all = queue(vec![(moved(1, "Trash"), 0), (moved(1, "Archive"), 0), (moved(2, "Trash"), 0)]);
        all[0].after = Some(OpId(77));
        assert_eq!(ids(&choose(all, &HashSet::new(), 0).0), [3]);
    }
}
