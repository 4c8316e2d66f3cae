//! Which messages make one conversation.
//!
//! As JWZ and RFC 5256 have it, messages belong together that name each other in References or In-Reply-To, also where
//! a message between them is missing: two answers to what never came meet in its Message-ID. And as there, an answer
//! without any reference belongs to a message with its base subject. But where those two describe steps that
//! depend on the order of messages, here a conversation is a property of the set: messages are tied by [`Ties`], and
//! what hangs together is one conversation. So any order of arrival gives the same conversations, a
//! message that comes late joins what it ties, and one that goes parts what only it tied. Loops are nothing
//! special, for ties have no direction.
//!
//! What a stranger forges must stay small:
//! - Of a message's references only the first, the last [`LAST_REFERENCES`] and the first of In-Reply-To tie. That is
//!   all that a chain needs (each message is tied to its root and to those right above it), and one forged message
//!   joins at most [`MAX_REFERENCES`] conversations, never thousands.
//! - A subject ties only a message that has no reference, says that it is a reply, and has a base subject that is not
//!   empty; only to the one message before it, in the same account, and only within [`SUBJECT_WINDOW`]. "Invoice" and
//!   "Invoice" are two conversations.
//!
//! A forwarded message is no reply: its subject does not tie it.

pub mod subject;
#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// References at the end of the field that tie.
pub const LAST_REFERENCES: usize = 3;
/// All that tie, In-Reply-To among them.
pub const MAX_REFERENCES: usize = LAST_REFERENCES + 2;
/// How long after a message an answer without references may come, in seconds: thirty days.
pub const SUBJECT_WINDOW: i64 = 30 * 86_400;

/// A Message-ID in 63 bits. Who makes two that are equal joins two conversations, as a forged reference does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(pub i64);

impl Node {
    pub fn of(message_id: &str) -> Node {
        Node(hash(&[message_id]))
    }
}

/// What ties a message to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// Its own Message-ID.
    pub own: Option<Node>,
    /// What it answers; without its own.
    pub references: Vec<Node>,
    /// Its account and base subject; `None` where the subject is empty.
    pub topic: Option<i64>,
    /// It belongs to what came before it with this topic.
    pub follows: bool,
}

impl Ties {
    /// Of a message of an account, with its header fields as [`Envelope`](super::envelope::Envelope) has them.
    pub fn of(
        account: &str,
        message_id: Option<&str>,
        in_reply_to: &[String],
        references: &[String],
        subject: &str,
    ) -> Ties {
        let own = message_id.map(Node::of);
        let last = references.len().saturating_sub(LAST_REFERENCES).max(1);
        let first = references.first().into_iter();
        let last = references.iter().skip(last);
        let mut nodes: Vec<Node> = Vec::with_capacity(MAX_REFERENCES);
        for id in first.chain(last).chain(in_reply_to.first()) {
            let node = Node::of(id);
            if Some(node) != own && !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        let subject = subject::parse(subject);
        let topic = (!subject.base.is_empty()).then(|| hash(&[account, &subject.base]));
        let follows = subject.is_reply && topic.is_some() && references.is_empty() && in_reply_to.is_empty();
        Ties { own, references: nodes, topic, follows }
    }

    /// Its own and those that it refers to.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.own.into_iter().chain(self.references.iter().copied())
    }
}

/// A message among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Date and id: its place in time.
    pub key: (i64, i64),
    pub ties: Ties,
}

/// Which conversation each of these is in: numbers from 0, in the order in which their first messages stand.
pub fn conversations(members: &[Member]) -> Vec<usize> {
    let mut sets = Sets::new(members.len());
    let mut met: HashMap<Node, usize> = HashMap::new();
    for (at, member) in members.iter().enumerate() {
        for node in member.ties.nodes() {
            match met.get(&node) {
                Some(other) => sets.join(*other, at),
                None => drop(met.insert(node, at)),
            }
        }
    }
    let mut by_topic: Vec<(i64, (i64, i64), usize)> =
        members.iter().enumerate().filter_map(|(at, m)| Some((m.ties.topic?, m.key, at))).collect();
    by_topic.sort_unstable();
    for pair in by_topic.windows(2) {
        let [(topic, (before, _), first), (same, (date, _), second)] = pair else { continue };
        let follows = members.get(*second).is_some_and(|m| m.ties.follows);
        if topic == same && follows && is_near(*before, *date) {
            sets.join(*first, *second);
        }
    }
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    (0..members.len())
        .map(|at| {
            let next = numbers.len();
            *numbers.entry(sets.find(at)).or_insert(next)
        })
        .collect()
}

/// Whether an answer at this date may follow a message of that one.
pub fn is_near(before: i64, date: i64) -> bool {
    date.saturating_sub(before) <= SUBJECT_WINDOW
}

/// Disjoint sets.
#[derive(Debug)]
pub struct Sets {
    above: Vec<usize>,
}

impl Sets {
    pub fn new(count: usize) -> Sets {
        Sets { above: (0..count).collect() }
    }

    /// The one that stands for the set of this one.
    pub fn find(&mut self, mut at: usize) -> usize {
        while let Some(above) = self.above.get(at).copied().filter(|above| *above != at) {
            // Halves the way for the next who asks.
            let next = self.above.get(above).copied().unwrap_or(above);
            if let Some(slot) = self.above.get_mut(at) {
                *slot = next;
            }
            at = next;
        }
        at
    }

    pub fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        if let Some(slot) = self.above.get_mut(one.max(other)) {
            *slot = one.min(other);
        }
    }
}

/// 63 bits that are the same on every machine and in every version.
fn hash(parts: &[&str]) -> i64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let head = digest.iter().take(8).fold(0u64, |n, byte| (n << 8) | u64::from(*byte));
    i64::try_from(head >> 1).unwrap_or(0)
}
